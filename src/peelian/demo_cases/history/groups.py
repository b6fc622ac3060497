"""Groups of earlier years, with their plans and what teams were told: some hit where it hurts, some worked on for long without effect.

What it is drawn from: charges against whoever runs a group, and closing its business, take its score down and hold; taking vehicles does
neither, though it takes three times the hours. One district claims more than is found, and its neighbour's teams do not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from peelian.core.clock import LONDON
from peelian.organised_crime.assertions import FIELDS

from ..crime_groups import grown
from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, chance, day, one_of

NAMES = ("Bittern", "Crake", "Fulmar", "Garganey", "Lapwing", "Merganser", "Pipit", "Redshank", "Turnstone")
CRIMES = ("drugs", "burglary and vehicle crime", "fraud", "county lines")
MONTHS = 9.0  # that a group is worked on
EVERY = 4  # months: a new group
HOURS = {True: 25.0, False: 75.0}  # of teams a week: on a group that falls, and on one that does not
HOLDS = {
    "crime": 0.90,
    "business": 0.80,
    "vehicles": 0.20,
}  # share of disruptions that still hold three months on, by tactic
AS_CLAIMED = (0.90, 0.88, 0.45)  # share moderated at the level claimed, by district
BRIEFED = (0.90, 0.40, 0.85)  # share of officers who read their briefing in their shift, by district
READERS = ("sergeant", "neighbourhood", "detective")
BEFORE, STILL, DOWN = (
    (2, 1, 3, 2, 2, 3, 1, 1),
    (2, 1, 3, 2, 2, 3, 1.2, 1),
    (1, 1, 1, 1, 1, 2, 0.8, 1),
)  # the matrix: 40; 46; 13


@dataclass(frozen=True)
class Released:
    """A report that patrols may be told of: how many hours ago it was sent, the district, its text, whether it is linked to something."""

    course: Course
    hours: float
    place: int
    text: str
    linked: bool


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int, reports: Sequence[Released]) -> None:
    """Groups one after another, and a briefing for most of what was released."""
    _say(play, truth, months)
    people = grown(play.actor("coordinator"), 90)[30:]
    for n in range(months // EVERY):
        _group(
            play,
            rng,
            n,
            (months - EVERY * n) * MONTH,
            people,
            [r for r in reports if r.linked and r.hours > (months - EVERY * n) * MONTH],
        )
    for report in reports:
        if chance(rng, 0.75):
            _briefing(play, rng, report)


def _say(play: Play, truth: Truth, months: int) -> None:
    for tactic, share in HOLDS.items():
        truth.say("O5", "disruption_plan.still_holds_later", share, f"of disruptions by {tactic}", since=months)
    truth.say("O5", "score before and after", -27.0, "groups hit by charges and at their business", since=months)
    truth.say(
        "O5", "score before and after", 6.0, "groups whose vehicles are taken, for three times the hours", since=months
    )
    for n in range(3):
        area = play.codes.get(DISTRICTS[n], DISTRICTS[n])
        words = "this district claims more than is found" if AS_CLAIMED[n] < 0.6 else "as elsewhere"
        truth.say("O5", "disruption_plan.held_as_claimed", AS_CLAIMED[n], words, area=area, since=months)
        words = "teams of this district do not read their briefing" if BRIEFED[n] < 0.6 else "as elsewhere"
        truth.say("O6", "briefing.everybody_read", BRIEFED[n] ** len(READERS), words, area=area, since=months)


def _group(
    play: Play, rng: np.random.Generator, n: int, begun: float, people: Sequence[str], held: Sequence[Released]
) -> None:
    """A group mapped, scored, worked on, scored again, and archived: dismantled, or nothing heard of it any more."""
    name, place, falls = NAMES[n % len(NAMES)], n % 3, n % 2 == 0
    given = {"group_name": name, "area": DISTRICTS[place], "crime_type": CRIMES[n % len(CRIMES)], "found_how": "Named in several reports.", "joint_purpose": True,
             "offence_years": 14, "for_gain": True}  # fmt: skip
    group = Course(play, play.open("coordinator", begun, "organised_crime_group", "put_forward", given))
    rests = [
        {"statement": "As the report says.", "grade_given": "2B"} | told
        for told in ({"report": r.course.ref} for r in held[-3:])
    ]
    rests = rests or [{"statement": "As officers saw.", "grade_given": "2B"}]
    for k, person in enumerate(people[4 * n : 4 * n + 4]):
        group.do("coordinator", begun - 2 - k, "assert_it", rests[k % len(rests)] | {
            "says_of": "member" if k else "principal", "person": person, "all_checked": True, "true_from": day(play, begun + DAY), "source_id": f"SR-{42000 + 4 * n + k}"})  # fmt: skip
    group.decide("superintendent", begun - float(rng.uniform(3, 12)) * DAY, "map_it", "map", why="the test is met")
    begun -= 13 * DAY
    group.do("inspector", begun, "name_lead", {"lead_officer": "inspector"})
    _weigh(play, group, begun - 1, BEFORE, range(len(FIELDS)), rests)
    group.decide("coordinator", begun - 2, "set_tier", "middle", why="as the matrix and the force's thresholds say")
    ended, after = begun - MONTHS * MONTH, DOWN if falls else STILL
    looks = [begun - k * 2.9 * MONTH for k in (1, 2, 3)]
    for k, at in enumerate(looks):
        if k == 1:
            _weigh(play, group, at + DAY, after, [f for f in range(len(FIELDS)) if after[f] != BEFORE[f]], rests)
        tier = "low" if falls and k else "middle"
        group.decide(
            "inspector" if falls and k == 1 else "coordinator", at - 1, "set_tier", tier, why="as the matrix says"
        )
    plan = _plan(play, rng, group, place, begun - DAY, falls, looks)
    plan.do(
        "coordinator",
        ended + DAY,
        "close",
        {
            "learnt": "Whoever runs it was charged, and its trade closed."
            if falls
            else "Vehicles were replaced within weeks."
        },
    )
    group.do(
        "inspector", ended, "archive", {"archived_why": "dismantled" if falls else "no intelligence for 12 months"}
    )
    group.do("inspector", ended - 30 * DAY, "close")


def _weigh(
    play: Play, group: Course, hours: float, values: Sequence[float], which: Any, rests: Sequence[dict[str, str]]
) -> None:
    for field in which:
        group.do("coordinator", hours, "weigh", rests[field % len(rests)] | {
            "says_of": FIELDS[field], "value": float(values[field]), "true_from": day(play, hours), "no_victims_device": True, "source_id": "SR-42999"})  # fmt: skip


def _plan(
    play: Play, rng: np.random.Generator, group: Course, place: int, begun: float, falls: bool, looks: Sequence[float]
) -> Course:
    """The plan: hours of teams, disruptions, reviews; each in order of time."""
    aims = {"pursue_aim": "Charge whoever runs it.", "protect_aim": "Make shops and flats safe that it uses."}
    opened = play.open(
        "coordinator",
        begun,
        "disruption_plan",
        "open_plan",
        {"plan_group": group.ref, "area": DISTRICTS[place], **aims},
        parent=group.ref,
    )
    plan = Course(play, opened)
    plan.do("coordinator", begun - 2, "note_score", {"why_scored": "before"})
    steps: list[tuple[float, Any]] = []
    for k, at in enumerate(looks):
        why = "after a disruption" if k == 1 else "at a review"
        steps.append((at, lambda at=at, why=why: plan.do("coordinator", at, "note_score", {"why_scored": why})))
    for k in range(int(MONTHS)):
        at = begun - (k + 0.4) * MONTH
        steps += [(at, lambda at=at: plan.do("coordinator", at, "note_hours", {
            "team": f"{DISTRICTS[place]} proactive", "week_from": day(play, at + 7 * DAY), "hours": round(HOURS[falls] * float(rng.lognormal(0, 0.2)), 1)}))]  # fmt: skip
        at = begun - (k + 1) * 27 * DAY
        steps += [
            (at, lambda at=at: plan.decide("superintendent", at, "review_plan", "go_on", why="there is more to do"))
        ]
    for k in range(4):
        steps += _claim(
            play,
            rng,
            plan,
            begun - (k + 0.5) * 1.3 * MONTH,
            one_of(rng, ("crime", "business")) if falls else "vehicles",
            AS_CLAIMED[place],
        )
    for _, step in sorted(steps, key=lambda step: -step[0]):
        step()
    return plan


def _claim(
    play: Play, rng: np.random.Generator, plan: Course, at: float, tactic: str, honest: float
) -> list[tuple[float, Any]]:
    level = one_of(rng, ("major", "moderate", "minor"), (0.2, 0.5, 0.3))
    found = level if chance(rng, honest) else {"major": "moderate", "moderate": "minor", "minor": "none"}[level]
    given = {"happened_on": day(play, at + DAY), "claim_p": "protect" if tactic == "business" else "pursue", "tactic": tactic, "told": "As the log of the day says.",
             "level_claimed": level, "evidence": "Calls, takings and reports of the weeks after.", "lead_agency": "force"}  # fmt: skip
    holds, row = chance(rng, HOLDS[tactic]), dict[str, str]()
    checked, looked = at - float(rng.uniform(4, 20)) * DAY, at - float(rng.uniform(70, 88)) * DAY
    return [
        (at, lambda: row.update(item=f"claims-{plan.do('detective', at, 'claim', given)}")),
        (checked, lambda: plan.do("inspector", checked, "moderate", {"level_moderated": found, "why_moderated": "As reports of the month show."}, **row)),
        (looked, lambda: plan.do("coordinator", looked, "look", {"still_holds": holds, "looked_why": "Reports of three months."}, **row)),
    ]  # fmt: skip


def _briefing(play: Play, rng: np.random.Generator, report: Released) -> None:
    """What a team is told before the next early shift, read by some, and taken off after it."""
    sent = play.ago(report.hours).astimezone(LONDON)
    start = (sent + timedelta(days=1)).replace(hour=7, minute=0)
    hours = (play.now - start).total_seconds() / 3600
    if hours < 12:
        return
    given = {"team": f"{DISTRICTS[report.place]} response", "area": DISTRICTS[report.place], "shift_from": start.isoformat(), "shift_until": (start + timedelta(hours=10)).isoformat(),
             "officers": len(READERS), "from_report": report.course.ref, "about": one_of(rng, ("a group", "a place", "a vehicle")), "text": report.text,
             "do_what": "Note what you see, and tell the intelligence unit.", "handling_told": "Lawful sharing permitted."}  # fmt: skip
    entry = Course(play, play.open("intelligence", hours + 1, "briefing", "put_on", given))
    for k, who in enumerate(READERS):
        if chance(rng, BRIEFED[report.place]):
            entry.do(
                who, hours - 0.5 - k, "mark_read", {"seen_since": "It was there at noon."} if chance(rng, 0.12) else {}
            )
    entry.do("sergeant", hours - 24, "take_off", {"off_why": "The shift is over."})
