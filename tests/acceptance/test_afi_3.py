"""AFI 3: registered sex offenders managed, the pilot reviewed.

Members are registered sex offenders of the made-up county. Planted: whom nobody visits offends five times as often, and breaches that
a visit would find and stop go on. Recorded breaches fall where visits fall, because visits find them. The same year runs three times: as
forces count it today; with the pilot run as meant; with the pilot installed but ignored. All rates are design.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from peelian.casework.climbing import reached
from peelian.core.kinds import Around, Refused, Who
from peelian.county.calendar import Calendar
from peelian.county.feeds.force_offenders import cohorts
from peelian.county.geography import make_geography
from peelian.county.offences import kinds
from peelian.county.people import make_people
from peelian.county.world import World
from peelian.investigation.offender_pilot import LADDER
from peelian.investigation.pilot_reading import REACTIVE, USUAL, lot
from peelian.investigation.sex_offender_rules import TRAINED
from peelian.investigation.sex_offenders import OFFENDER, PILOT, TRIGGER

from ..vulnerability.running import Running, around

MONTHS, DAY, VISIT_WEEKS = 12, timedelta(days=1), 12
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SEED = "20260104"  # drawn in public before the first member is named
BREACH, OFFENDS, OFFENDS_UNVISITED = 0.02, 0.015, 0.08  # a month
OPENLY, VISITS_FIND, AUDIT_FINDS = (
    0.4,
    0.8,
    0.9,
)  # share of offending that victims report; chance that a visit finds what goes on
AUDITS = 12  # of each arm, each month
STATED = timedelta(
    days=10 * 28 + 7
)  # ten counts and a week to stop: so many were enough in each of eight seeds, with and without reports
REVIEW = date(2027, 2, 1)
LOCALS = {
    "sex_offenders__visit_profile": "plan", "sex_offenders__reactive_after_years": 3, "pilot__ratio_not_accepted": 2, "pilot__false_alarm": 0.05,
    "pilot__power_needed": 0.8, "pilot__audits_of_each_arm": AUDITS, "pilot__count_within": "28 days after", "pilot__stop_within": "7 days after",
    "pilot__return_within": "2 days after", "pilot__audit_within": "28 days after", "pilot__accept_within": "24 hours", "pilot__climb_every": "7 days after",
}  # fmt: skip
OM = Who("om", roles=("offender-manager",), agency="force", skills=(TRAINED,))
DI, SUPER, CHIEF = (Who(n, roles=(n,), agency="force") for n in ("inspector", "superintendent", "chief-officer"))


@pytest.fixture(scope="module")
def offenders():
    """References of the county's registered sex offenders, in their order."""
    ground, calendar = make_geography(60_000, 3), Calendar(12, date(2025, 12, 31))
    world = World(3, ground, make_people(ground, 3, calendar.until), calendar, kinds(), True)
    found = cohorts(world)
    return [ref for ref, cohort in found.select("reference", "cohort").iter_rows() if cohort == 1]


@dataclass
class Happened:
    """What truly happens to one member in a month, and who would know of it."""

    month: int
    what: str  # "offence" or "breach"
    openly: bool


def truth(refs, unvisited, seed=3, planted=True):
    """Of each member what truly happens; drawn alike in every run of one seed."""
    held = {}
    for n, ref in enumerate(refs):
        rng = np.random.default_rng([seed, n])
        chance = OFFENDS_UNVISITED if planted and ref in unvisited else OFFENDS
        held[ref] = [
            Happened(month, what, bool(rng.random() < OPENLY) and what == "offence")
            for month in range(MONTHS) for what, rate in (("offence", chance), ("breach", BREACH)) if rng.random() < rate
        ]  # fmt: skip
    return held


def recorded_at_visits(happened, seed=3):
    """What a visit every third month finds of one member: the month in which it does."""
    rng, found, open_ = np.random.default_rng(seed), [], 0
    for month in range(MONTHS):
        open_ += sum(h.month == month and not h.openly for h in happened)
        if month % 3 == 2 and open_ and rng.random() < VISITS_FIND:
            found.append(month)
            open_ = 0
    return found


# -- (a) as it is counted today: recorded breaches, no audit, no boundary ---------------------------------------------------


def test_counted_as_today_the_pilot_looks_like_an_improvement_while_people_offend_more(offenders):
    arms = {ref: lot(SEED, ref) for ref in offenders}
    happens = truth(offenders, {ref for ref, arm in arms.items() if arm == REACTIVE})

    def each(arm, count):
        mine = [ref for ref in offenders if arms[ref] == arm]
        return sum(count(ref) for ref in mine) / len(mine)

    def recorded(ref):
        return len(recorded_at_visits(happens[ref])) if arms[ref] == USUAL else 0

    def offences(ref):
        return sum(h.what == "offence" for h in happens[ref])

    def would_be_recorded(ref):
        return len(recorded_at_visits(happens[ref]))

    assert each(REACTIVE, recorded) < each(USUAL, recorded)  # fewer recorded breaches: claimed as success
    assert each(REACTIVE, would_be_recorded) > each(USUAL, would_be_recorded)  # it is the visits that are fewer
    assert each(REACTIVE, offences) > 1.5 * each(USUAL, offences)  # the truth


# -- (b) the pilot run as meant ---------------------------------------------------------------------------------------------


class Trial:
    """A pilot with its members' cases, on the engine."""

    def __init__(self, refs, audited=True):
        self.audited = audited
        self.cases = {}
        values = around(**LOCALS).locals
        self.seen = Around(values, case=self.state)
        self.pilot = Running(PILOT, self.seen, OM)
        self.pilot.do("plan_pilot", START, who=DI, title="Reactive management", question="Is it viable?", compared="visits as planned",
                      outcomes="needing no contact; found at audits", seed=SEED, expected=60, review_on=REVIEW, ethics="ethics board, 2 January 2026")  # fmt: skip
        self.pilot.do("begin", START, who=SUPER)
        self.arms = {}
        for ref in refs:
            item = self.pilot.do("enrol", START, person=ref, joined_at=START)
            self.arms[ref] = self.pilot.state().items[item].facts["arm"]
            self.cases[ref] = self.member(ref)

    def state(self, ref):
        if ref == "pilot":
            return self.pilot.state()
        return self.cases[ref].state() if ref in self.cases else None

    def member(self, ref):
        case, long_ago = Running(OFFENDER, self.seen, OM), START - 4 * 366 * DAY
        case.do(
            "register",
            long_ago,
            area="east",
            offender=ref,
            born_on=date(1980, 1, 1),
            disposal="any other disposal",
            relevant_on=long_ago.date(),
        )
        case.do("notify_first", long_ago, first_notified_at=long_ago, residence="yes")
        case.do(
            "hold_result",
            long_ago,
            tool="ARMS",
            tool_version="2014",
            result="low",
            assessed_on=long_ago.date(),
            assessor="trained",
            assess_next_on=date(2027, 1, 1),
        )
        case.decide("set_level", "low", long_ago)
        case.do("set_plan", START, plan="visits as the plan says", visit_weeks=VISIT_WEEKS)
        case.do("note", START, pilot="pilot")
        if self.arms[ref] == REACTIVE:
            case.decide("set_management", "reactive", START, who=DI)
        return case

    def run(self, happens):
        """Month by month until a count crosses the boundary; the day of it."""
        rng, open_ = np.random.default_rng(8), dict.fromkeys(self.cases, 0)
        for month in range(MONTHS):
            at = START + (28 * month + 14) * DAY
            for ref, case in self.cases.items():
                for h in happens[ref]:
                    if h.month == month and h.openly:
                        case.do(
                            "note_event", at, happened_at=at, outcome="sexual offence", known_by="victim or witness"
                        )
                    elif h.month == month:
                        open_[ref] += 1
                if self.arms[ref] == USUAL and month % 3 == 2 and open_[ref] and rng.random() < VISITS_FIND:
                    open_[ref] = 0
                    if month < MONTHS / 2:  # written down as an event or with the visit: neither may be compared
                        case.do(
                            "note_event",
                            at,
                            happened_at=at,
                            outcome="breach of notification",
                            known_by="found at a visit",
                        )
                    else:
                        case.do(
                            "visit",
                            at,
                            visited_at=at,
                            purpose="as the plan says",
                            unannounced=True,
                            found="breach",
                        )
            if self.audited:
                self.audit(at + DAY, open_, rng)
            when = START + 28 * (month + 1) * DAY
            self.pilot.do("count_again", when)
            if self.reading.crossed_on:
                return when
        return None

    def audit(self, at, open_, rng):
        item = self.pilot.do("draw_audits", at, drawn_at=at)
        with pytest.raises(Refused, match="visited since"):
            self.pilot.do("audits_done", at, item=item, made_on=at.date())
        for ref in self.pilot.state().items[item].facts["to_visit"]:
            finds = open_[ref] and rng.random() < AUDIT_FINDS
            open_[ref] = 0 if finds else open_[ref]
            self.cases[ref].do(
                "visit",
                at + DAY,
                visited_at=at + DAY,
                purpose="random audit",
                unannounced=True,
                found="breach" if finds else "nothing of concern",
            )
        self.pilot.do("audits_done", at + 2 * DAY, item=item, made_on=(at + 2 * DAY).date())

    @property
    def reading(self):
        return self.pilot.state().live("readings")[-1].facts["figures"]


def test_run_as_meant_the_boundary_stops_it_and_everybody_returns(offenders):
    trial = Trial(offenders)
    reactive = {ref for ref, arm in trial.arms.items() if arm == REACTIVE}
    when = trial.run(truth(offenders, reactive))

    # It is exposed in the stated time, at the first count after; recorded outcomes that need contact fell, and no improvement is read from it.
    assert when is not None
    assert when + 7 * DAY <= START + STATED
    said = trial.reading
    assert timedelta(0) <= when.date() - said.crossed_on <= 28 * DAY
    assert said.found[0] > said.found[1]
    assert said.audits[0] == said.audits[1] == AUDITS * len(trial.pilot.state().live("audits"))
    assert said.hidden[0] < said.hidden[1]
    seen = trial.pilot.case(when)
    assert f"{said.hidden[0]} in the reactive arm, {said.hidden[1]} in the usual one" in seen.needs_contact
    assert "no improvement" in seen.needs_contact
    assert seen.verdict.startswith("harm")

    # The boundary proposes the stop; nobody can call it viable; a chief officer decides, on a day, with a reason.
    assert trial.pilot.propose("decide_pilot", when).proposal.outcome == "stop"
    grounds = {"decided_why": "more found at audits"}
    for outcome in ("viable", "go_on"):
        with pytest.raises(Refused, match="boundary is crossed"):
            trial.pilot.decide("decide_pilot", outcome, when, who=CHIEF, reason="hope", **grounds)
    with pytest.raises(Refused, match="chief officer"):
        trial.pilot.decide("decide_pilot", "stop", when, who=SUPER, **grounds)
    due = trial.pilot.run("stop_decided", when).due
    assert due <= when + 8 * DAY
    # Ignored, it climbs: to the superintendent a week late, to a chief officer after two (and their last days).
    (stop,) = [c for c in PILOT.clocks if c.name == "stop_decided"]
    for late, told in ((6, set()), (8, {"superintendent"}), (17, set(LADDER))):
        assert {role for role, by in reached(stop, due + late * DAY, trial.seen) if due <= by} == told
    # Nobody more is drawn in meanwhile.
    with pytest.raises(Refused, match="boundary is crossed"):
        trial.pilot.do("enrol", when + DAY, person="another", joined_at=when + DAY)
    usual = next(case for ref, case in trial.cases.items() if trial.arms[ref] == USUAL)
    with pytest.raises(Refused, match="boundary of the pilot"):
        usual.decide("set_management", "reactive", when + DAY, who=DI, reason="as the others")
    trial.pilot.decide("decide_pilot", "stop", when + 2 * DAY, who=CHIEF, **grounds)
    assert trial.pilot.run("stop_decided", when + 2 * DAY).state == "met"
    taken = trial.pilot.state().taken[-1]
    assert (taken.outcome, taken.by, taken.at) == ("stop", "chief-officer", when + 2 * DAY)

    # Nobody is late for a visit that reactive management does not ask for, audited or not.
    late = [run for ref in reactive for run in trial.cases[ref].runs("next_visit", when) if run.state == "overdue"]
    assert not late
    # Those people return to active management; until then the pilot does not close.
    back = {"returned_on": (when + 3 * DAY).date(), "who": DI}
    with pytest.raises(Refused, match="back in active management"):
        trial.pilot.do("confirm_returned", when + 3 * DAY, **back)
    for ref in reactive:
        trial.cases[ref].do("restore", when + 3 * DAY, restored_because="the pilot ended")
    trial.pilot.do("confirm_returned", when + 3 * DAY, **back)
    assert trial.pilot.state().stage == "closed"
    assert trial.pilot.run("returned", when + 3 * DAY).state == "met"
    for ref in reactive:
        visit = trial.cases[ref].run("next_visit", when + 3 * DAY)
        assert (visit.state, visit.due - when <= (3 + 1 + 7 * VISIT_WEEKS) * DAY) == ("running", True)


def test_what_no_victim_reports_the_audits_alone_expose(offenders):
    trial, blind = Trial(offenders), Trial(offenders, audited=False)
    happens = truth(offenders, {ref for ref, arm in trial.arms.items() if arm == REACTIVE})
    for happened in happens.values():
        for one in happened:
            one.openly = False

    when, unseen = trial.run(happens), blind.run(happens)

    assert when is not None
    assert when + 7 * DAY <= START + STATED
    # The same year without audits: fewer recorded where nobody visits, and neither harm nor improvement is read from it.
    end = START + MONTHS * 28 * DAY
    said = blind.reading
    assert unseen is None
    assert said.hidden[0] < said.hidden[1]
    assert (said.outcomes, said.found, said.ratio) == ((0, 0), (0, 0), None)
    assert "cannot tell" in blind.pilot.case(end).verdict
    assert blind.pilot.propose("decide_pilot", end).proposal.outcome == "go_on"
    with pytest.raises(Refused):
        blind.pilot.decide(
            "decide_pilot", "viable", end, who=CHIEF, reason="fewer breaches", decided_why="fewer breaches"
        )


def test_not_crossed_is_never_safe_and_too_few_outcomes_are_never_viable(offenders):
    trial = Trial(offenders[:16])
    happens = truth(offenders[:16], set(), planted=False)
    end = trial.run(happens) or START + MONTHS * 28 * DAY

    assert trial.reading.crossed_on is None
    seen = trial.pilot.case(end)
    assert "cannot tell" in seen.verdict
    assert "safe" not in f"{seen.verdict} {seen.needs_contact} {trial.reading}".lower()
    assert trial.pilot.propose("decide_pilot", end).proposal.outcome == "go_on"
    with pytest.raises(Refused, match="Too few outcomes"):
        trial.pilot.decide("decide_pilot", "viable", end, who=CHIEF, reason="it went well", decided_why="it went well")


def test_any_trigger_brings_somebody_back_the_same_day(offenders):
    trial = Trial(offenders[:6])
    ref = next(ref for ref, arm in trial.arms.items() if arm == REACTIVE)
    trigger = Running(TRIGGER, trial.seen, OM)
    at = START + 30 * DAY
    trigger.do("raise_trigger", at, area="east", happened_at=at, trigger="new offence or arrest", about=ref)
    trial.cases[ref].do("restore", at + timedelta(hours=2), restored_because="new offence or arrest")
    trigger.do("answer", at + timedelta(hours=3), done="visited at once")

    assert trigger.run("restored", at + timedelta(hours=3)).state == "met"
    assert trial.cases[ref].state().stage == "active"


# -- (c) installed, and ignored ---------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    """The force's own values, and a superintendent who begins a pilot and looks at it no more."""
    from peelian import systems
    from peelian.access.actor import Actor
    from peelian.access.models import Agency, Change, Posting, User

    systems.load()
    agency, long_ago = (
        Agency.objects.create(code="force", name="Force", kind="police"),
        datetime(2020, 1, 1, tzinfo=UTC),
    )
    for name, value in LOCALS.items():
        told = name.replace("__", ".")
        Change.objects.create(
            uid=told,
            name=told,
            after=value,
            reason="t",
            proposed_by="a",
            proposed_at=long_ago,
            approved_by="b",
            approved_at=long_ago,
        )
    made = {}
    for role in ("offender-manager", "inspector", "superintendent", "chief-officer"):
        user = User.objects.create_user(role, agency=agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=[role], start=date(2020, 1, 1), by="t", at=long_ago)
        made[role] = Actor(user, agency, "offender-management", on=date(2026, 1, 5), reason="test")
    return made


def test_installed_but_ignored_it_reaches_its_owner_and_then_a_chief_officer(force):
    from peelian.casework import store
    from peelian.casework.models import Notice
    from peelian.casework.ticking import tick

    plan = {"title": "Reactive management", "question": "Is it viable?", "compared": "visits as planned", "outcomes": "as agreed", "seed": SEED,
            "expected": 60, "review_on": "2027-02-01", "ethics": "ethics board"}  # fmt: skip
    ref = store.open_case("offender_pilot", "plan_pilot", plan, actor=force["inspector"], at=START).ref
    store.offer(ref, "superintendent", actor=force["inspector"], at=START, reason="its owner")
    store.accept(ref, actor=force["superintendent"], at=START)
    store.do(ref, "begin", actor=force["superintendent"], at=START)
    trigger = store.open_case(
        "offender_trigger", "raise_trigger", {"area": "east", "happened_at": START, "trigger": "breach"}, actor=force["offender-manager"], at=START
    ).ref  # fmt: skip

    for day in (1, 2, 3, 4, 28, 29, 37, 45):
        tick(START + day * DAY)

    late = Notice.objects.filter(case__ref=ref, clock="counted_in_time")
    told = {n.to: n.at - START for n in late.order_by("-at")}
    assert told["superintendent"] < told["chief-officer"]
    assert told["superintendent"] <= 29 * DAY  # its owner, once the count is late
    assert told["chief-officer"] <= 29 * DAY + 16 * DAY  # and a chief officer two weeks and their last days later
    ignored = {n.to: n.at - START for n in Notice.objects.filter(case__ref=trigger, clock="restored").order_by("-at")}
    assert ignored["offender-manager"] <= DAY
    assert ignored["chief-officer"] <= 4 * DAY
