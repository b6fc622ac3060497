"""Earlier years of what protects the vulnerable behind the scenes: profiles before tasking, officers' support, and differences between districts.

What it is drawn from: partners' lists change priorities since they are read in; in one district an officer who says that support is missing
waits; demands for training are answered in time since somebody answers for them. Plans narrow a gap no oftener in any month.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import numpy as np

from peelian.core.clock import london_day
from peelian.vulnerability.consistency import last_whole_quarter
from peelian.vulnerability.consistency_gaps import quarters

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, by_district, chance, day, instants, one_of
from .steps import before_and_after, took

COUNTING = "crime-analysis"  # why an analyst acts
RATES = {"profile": 1.2, "concern": 2.8, "demand": 1.3, "difference": 1.6}  # cases a month
LISTS, TRAINER = 17, 15  # months ago: partners' lists are read in; somebody answers for training
RAISED = (0.08, 0.70)  # share of profiles in which partners' records change the first priority, before and after
TASKED, MISSING = 0.85, 0.75  # share of profiles decided in time; of officers' words that were so
HEARD = (0.92, 0.35, 0.92)  # share of officers heard within a day, by district
TRAINED = (0.40, 0.93)  # share of demands answered in time, before and after
ANSWERED, NARROWED = 0.82, 0.55  # share of differences answered in time; of plans after which the gap is narrower
THEMES = ("violence at home in {}", "children who go missing from {}", "old people defrauded in {}")
LACKS = ("specialist child abuse investigator", "domestic abuse specialist", "interviewer of vulnerable witnesses")
STEPS = (("outstanding_suspect.found_in_time", "circulate"), ("domestic_abuse.reviewed_in_time_in_time", "refer"), ("missing_person.found_in_time", "supervisor_review"))  # fmt: skip


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _say(play, truth, months)
    profile, difference = (partial(story, analysts=Play(play.now, COUNTING)) for story in (_profile, _difference))
    for story, rate in ((profile, "profile"), (_concern, "concern"), (_demand, "demand"), (difference, "difference")):
        for n, ago in enumerate(instants(rng, months, RATES[rate])):
            story(play, rng, n, ago)


def _say(play: Play, truth: Truth, months: int) -> None:
    before_and_after(truth, "V1", "profile_tasking.partner_changed_priority", RAISED, "partners' records change the first priority, since their lists are read in", months, LISTS)  # fmt: skip
    truth.say(
        "V1",
        "profile_tasking.decided_in_time",
        TASKED,
        "profiles decided in time: no change in any month",
        since=months,
    )
    by_district(
        play,
        truth,
        months,
        "V5",
        "support_concern.concern_answered_in_time",
        HEARD,
        "officers of this district wait to be heard",
    )
    truth.say(
        "V5",
        "support_concern.support_was_missing",
        MISSING,
        "support was missing indeed: the same in every district",
        since=months,
    )
    before_and_after(truth, "V5", "training_demand.demand_answered_in_time", TRAINED, "demands are answered in time, since somebody answers for training", months, TRAINER)  # fmt: skip
    truth.say(
        "V6",
        "consistency.answered_in_time",
        ANSWERED,
        "differences answered in time: no change in any month",
        since=months,
    )
    truth.say("V6", "consistency.gap_narrowed", NARROWED, "plans after which the gap is narrower", since=months)


# -- V1 ------------------------------------------------------------------------------------------------------------------------


def _profile(play: Play, rng: np.random.Generator, n: int, ago: float, *, analysts: Play) -> None:
    """A profile laid before tasking, what each source counts, the decision and its result."""
    first, second = (THEMES[(n + k) % 3].format(DISTRICTS[int(rng.integers(3))]) for k in (0, 1))
    told = Course(analysts, analysts.open("analyst", ago, "profile_tasking", "lay_before", {"theme": "vulnerability", "period": f"the year to {play.ago(ago):%B %Y}", "made_on": day(play, ago)}))  # fmt: skip
    count, raised = int(rng.integers(20, 60)), chance(rng, RAISED[ago < LISTS * MONTH])
    counts = (
        (first, "police", count),
        (second, "police", count - 8),
        (second, "council-social-care", 20 if raised else 3),
    )
    for k, (what, source, events) in enumerate(counts):
        told.do(
            "analyst", ago - 0.1 * (k + 1), "count", {"what": what, "source": source, "events": events, "harm": 10.0}
        )
    one = Course(play, told.ref)
    decided = ago - took(rng, TASKED, 14 * DAY, late=2)
    one.decide(
        "inspector",
        decided,
        "task",
        "as_ranked",
        {"plan": "A lead for each; the neighbourhood team and the council."},
        why="as the profile ranks them",
    )
    one.do(
        "inspector", decided - took(rng, 0.8, 28 * DAY, late=2), "close", {"result": "Fewer calls in the weeks after."}
    )


# -- V5 ------------------------------------------------------------------------------------------------------------------------


def _concern(play: Play, rng: np.random.Generator, n: int, ago: float) -> None:
    """An officer who says that support is missing, and what an inspector settles."""
    place = int(rng.integers(3))
    one = Course(play, play.open("detective", ago, "support_concern", "say_unsupported", {
        "concern": "The supporter is on leave, and nobody answers.", "area": DISTRICTS[place], "team": f"{DISTRICTS[place]} protection",
        "reached": one_of(rng, ("nobody", "supporter", "supervisor"))}))  # fmt: skip
    done = (
        one_of(rng, ("supporter named", "case handed over", "work taken off", "time given"))
        if chance(rng, MISSING)
        else "nothing was missing"
    )
    one.do("inspector", ago - took(rng, HEARD[place], 24), "settle", {"done": done, "what": "Agreed by telephone."})


def _demand(play: Play, rng: np.random.Generator, n: int, ago: float) -> None:
    """A team that lacks an accreditation, and how the demand is answered."""
    place, lapsing = int(rng.integers(3)), int(rng.integers(0, 3))
    one = Course(play, play.open("planner", ago, "training_demand", "raise_demand", {
        "lacks": LACKS[n % len(LACKS)], "overrides": int(rng.integers(2, 14)), "officers": 3, "days": float(rng.integers(5, 40)), "qualified": 5, "lapsing": lapsing,
        "area": DISTRICTS[place], "team": f"{DISTRICTS[place]} protection"}))  # fmt: skip
    took_ = took(rng, TRAINED[ago < TRAINER * MONTH], 28 * DAY, late=2)
    one.decide("superintendent", ago - took_, "answer_demand", "train", {"places": 4}, why="as the team needs")


# -- V6 ------------------------------------------------------------------------------------------------------------------------


def _difference(play: Play, rng: np.random.Generator, n: int, ago: float, *, analysts: Play) -> None:
    """A difference that the monthly review named, answered, its gap counted again after each of two quarters, and the plan closed."""
    (measure, step), place, cases = STEPS[n % len(STEPS)], int(rng.integers(3)), int(rng.integers(20, 50))
    quarter = last_whole_quarter(london_day(play.ago(ago)))
    gap, wide = -float(rng.integers(24, 40)), 9.0
    told = Course(analysts, analysts.open("analyst", ago, "consistency", "name_difference", {
        "about": "a step is left out", "measure": measure, "step": step, "area": DISTRICTS[place], "best": DISTRICTS[(place + 1) % 3], "cases": cases,
        "period": quarters(quarter, quarter)[0][0], "figures": f"{-gap:g} points below the rest of the force, for the same mix of cases",
        "gap": gap, "gap_low": gap - wide, "gap_high": gap + wide}))  # fmt: skip
    one = Course(play, told.ref)
    answered, narrower = ago - took(rng, ANSWERED, 14 * DAY, late=2), chance(rng, NARROWED)
    one.decide("inspector", answered, "answer_it", "adopt", {
        "practice": "Done on the day of the decision", "lead": "The inspector", "start_on": day(play, answered - 7 * DAY)})  # fmt: skip
    for _ in range(2):
        quarter = last_whole_quarter(quarter + timedelta(days=100))  # the next one
        over = (london_day(play.now) - quarter).days * DAY - 9 * DAY
        now = gap / 6 if narrower else gap
        told.do("analyst", over - n % 5, "follow", {
            "period": quarters(quarter, quarter)[0][0], "gap": now, "gap_low": now - wide, "gap_high": now + wide, "cases": cases})  # fmt: skip
        ago = over
    one.do("superintendent", ago - 10 * DAY, "close", {"result": "narrowed" if narrower else "cannot show an effect", "learnt": "It holds where the sergeant looks at it each morning."})  # fmt: skip
