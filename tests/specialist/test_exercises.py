"""S2: a plan's lines, an exercise's timings, and that a lesson is learnt only by a later test of its line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peelian.casework import store
from peelian.casework.models import Case as PlacedCase
from peelian.casework.models import Notice
from peelian.casework.ticking import tick
from peelian.core.kinds import Refused, Who
from peelian.specialist.exercise_programme import plan_as_it_reads, programme, threats_without_plan, untested
from peelian.specialist.exercises import EXERCISE, LESSON, PLAN
from peelian.specialist.five_cs import five_cs
from peelian.specialist.threats import named_on
from peelian.web.opening import told_alike

from ..vulnerability.running import Running, around, local
from .landed import texts

WRITER, OTHER = (
    Who("planner", roles=("planner",), agency="force"),
    Who("super", roles=("superintendent",), agency="force"),
)
SERGEANT = Who("sergeant", roles=("supervisor",), agency="force")
AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
SET = around(**{f"exercises__{n}": "28 days after" for n in (
    "accept_within", "review_plan_within", "test_plan_within", "debrief_within", "held_within", "close_within", "retest_within")})  # fmt: skip
OLD, NEW = "Carriers are called when the commander asks", "Carriers are called with the first call"


class World:
    """A plan, its exercises and a lesson, each seeing the others."""

    def __init__(self):
        self.held = {}
        self.plan = self.opened(
            "plan", PLAN, "write_plan", area="force", title="Public disorder", threat="public disorder"
        )
        self.line = self.plan.do("add_line", AT, number=4, wording=OLD, within_minutes=60)
        self.plan.do("approve_plan", AT, who=OTHER)

    def opened(self, ref, kind, act, at=AT, **facts):
        def children(name):
            return [c.state() for c in self.held.values() if c.kind.name == name and getattr(c, "parent", "") == ref]

        case = Running(
            kind,
            replace(SET, case=lambda r: self.held[r].state() if r in self.held else None, children=children),
            WRITER,
        )
        self.held[ref] = case
        try:
            case.do(act, at, **facts)
        except Refused:
            del self.held[ref]
            raise
        return case

    def test(self, ref, at, minutes, result, planned=60):
        run = self.opened(ref, EXERCISE, "plan_exercise", at - DAY, area="force", title=ref, plan="plan", threat="public disorder",
                          sort="live", planned_for=at)  # fmt: skip
        aim = run.do("set_objective", at - DAY, aim="Three carriers leave", tests_line=4, planned_minutes=planned)
        run.do("hold", at, held_at=at)
        run.do("score", at, item=aim, result=result, achieved_minutes=minutes)
        return run

    def lesson(self, at, parent="first", **more):
        case = self.opened("lesson", LESSON, "learn", at, area="force", statement="Carriers came late", category="process", line=4,
                           root_cause="Nobody asked for them", plan="plan", due_on=(at + 20 * DAY).date(), wanted_wording=NEW, **more)  # fmt: skip
        case.parent = parent
        return case


@pytest.fixture
def world():
    return World()


def test_from_the_exercise_to_the_learnt_lesson(world):
    first = world.test("first", AT + 5 * DAY, 95, "not met")
    first.do("hold_debrief", AT + 6 * DAY, debriefed_at=AT + 6 * DAY, debrief="Carriers late")
    with pytest.raises(Refused, match="became a lesson"):
        first.do("close_exercise", AT + 6 * DAY, who=SERGEANT)
    lesson = world.lesson(AT + 6 * DAY)
    assert [first.run(name, AT + 5 * DAY).due for name in ("debrief_due", "lessons_due")] == [
        local("2026-04-05 00:00")
    ] * 2
    first.do("close_exercise", AT + 6 * DAY, who=SERGEANT)
    assert {first.run(name, AT + 60 * DAY).state for name in ("held_in_time", "debrief_due", "lessons_due")} == {"met"}

    with pytest.raises(Refused, match="reads as the lesson asks"):
        lesson.do("note_change", AT + 9 * DAY, changed_at=AT + 9 * DAY)
    with pytest.raises(Refused, match="names the lesson"):
        world.plan.do("change_line", AT + 8 * DAY, item=world.line, wording=NEW)
    world.plan.do("change_line", AT + 8 * DAY, item=world.line, wording=NEW, for_lesson="lesson")
    lesson.do("note_change", AT + 9 * DAY, changed_at=AT + 9 * DAY)
    with pytest.raises(Refused, match="A later test"):
        lesson.do("close_lesson", AT + 10 * DAY, who=SERGEANT, retest="first")

    world.test("second", AT + 20 * DAY, 70, "not met")
    with pytest.raises(Refused, match="A later test"):
        lesson.do("close_lesson", AT + 21 * DAY, who=SERGEANT, retest="second")
    lesson.do("retest_failed", AT + 21 * DAY, retest="second", due_on=(AT + 40 * DAY).date())
    assert lesson.state().stage == "open"

    lesson.do("note_change", AT + 30 * DAY, changed_at=AT + 30 * DAY)
    assert lesson.run("retest_due", AT + 30 * DAY).due == local("2026-04-30 00:00")  # 28 days after 1 April
    world.test("third", AT + 50 * DAY, 55, "met")
    lesson.do("close_lesson", AT + 51 * DAY, who=SERGEANT, retest="third")

    assert lesson.state().stage == "learnt"
    assert PLAN.derives[0][1](world.plan.case(AT + 51 * DAY)) == 2  # approved, changed once
    measured = next(m for m in LESSON.measures if m.name == "came_back")
    assert measured.hit(lesson.case(AT + 51 * DAY))


def test_a_timed_objective_is_met_only_in_its_time(world):
    with pytest.raises(Refused, match="met only within it"):
        world.test("first", AT + DAY, 61, "met")


def test_a_line_that_is_not_in_the_plan_cannot_be_tested(world):
    run = world.opened("x", EXERCISE, "plan_exercise", area="force", title="x", plan="plan", threat="public disorder", sort="live",
                       planned_for=AT + DAY)  # fmt: skip
    with pytest.raises(Refused, match="stands in the plan"):
        run.do("set_objective", AT, aim="x", tests_line=9)


def test_the_lesson_is_due_on_the_day_its_owner_was_given_and_is_late_after_it(world):
    lesson = world.lesson(AT)

    assert lesson.run("change_due", AT).due == local("2026-03-23 00:00")  # the first instant after 22 March
    assert lesson.run("change_due", local("2026-03-23 00:01")).state == "overdue"


def test_a_plan_is_approved_by_another_and_numbers_its_lines_once(world):
    with pytest.raises(Refused, match="No other line"):
        world.plan.do("add_line", AT, number=4, wording="x")
    plan = Running(PLAN, SET, OTHER)
    plan.do("write_plan", AT, area="force", title="x", threat="terrorism")
    with pytest.raises(Refused, match="has not written it"):
        plan.do("approve_plan", AT)


def test_each_review_and_each_test_starts_the_next(world):
    world.plan.do("review_plan", AT + 10 * DAY, who=OTHER, reviewed="sound")

    first, second = world.plan.runs("plan_review_due", AT + 11 * DAY)
    assert (first.state, second.due) == ("met", local("2026-04-10 00:00"))
    assert world.plan.run("plan_test_due", AT + 40 * DAY).state == "overdue"


# standards, mobilisation: five threats in 2012, child sexual abuse added in 2015, violence against women and girls on 20 February 2023.
NAMED = """
2012-06-01 5 violence against women and girls
2015-06-01 6 violence against women and girls
2023-02-19 6 violence against women and girls
2023-02-20 7
""".strip().splitlines()


@pytest.mark.parametrize("row", NAMED, ids=[r.split()[0] for r in NAMED])
def test_the_threats_of_each_version(row):
    day, count, *missing = row.split(maxsplit=2)

    named = named_on(date.fromisoformat(day))

    assert len(named) == int(count)
    assert all(m not in named for m in missing)
    assert ("child sexual abuse" in named) == (int(count) > 5)


def test_a_plan_is_for_a_threat_of_its_day():
    plan = Running(PLAN, SET, WRITER)
    with pytest.raises(Refused, match="Requirement in force"):
        plan.do(
            "write_plan", local("2016-06-01 10:00"), area="force", title="x", threat="violence against women and girls"
        )


# -- the programme, over the store --------------------------------------------------------------------------------------------------


def test_what_is_not_shown_to_work_is_found_and_the_programme_counts_it(staff):
    planner, head, chief = staff["planner"], staff["head"], staff["chief"]
    force_wide = {"area": "north", "threat": "public disorder"}
    plan = store.open_case(
        "police_plan", "write_plan", force_wide | {"title": "Public disorder"}, actor=planner, at=AT
    ).ref
    for number in (1, 2):
        store.do(plan, "add_line", {"number": number, "wording": OLD}, actor=planner, at=AT)
    store.do(plan, "approve_plan", actor=head, at=AT)
    assert len(threats_without_plan(actor=planner, at=AT)) == 6  # seven threats, of which one has a plan
    [found] = untested(actor=planner, at=AT)
    assert (found.given["plan"], "1, 2" in found.reason) == (plan, True)

    test = store.open_case(
        "exercise", "plan_exercise", {**found.given, "sort": "live", "planned_for": AT + DAY}, actor=planner, at=AT
    ).ref
    assert untested(actor=planner, at=AT) == []  # one is planned
    for number in (1, 2):
        store.do(test, "set_objective", {"aim": "works", "tests_line": number}, actor=planner, at=AT)
    store.do(test, "hold", {"held_at": AT + DAY}, actor=planner, at=AT + DAY)
    for aim, result in zip(
        store.load(test, planner, AT + DAY).state.live("objectives"), ("met", "not met"), strict=True
    ):
        store.do(test, "score", {"result": result}, item=aim.id, actor=planner, at=AT + DAY)
    store.open_case("lesson", "learn", {
        "area": "force", "statement": "Too late", "category": "process", "root_cause": "x", "plan": plan, "line": 2, "due_on": (AT + 3 * DAY).date(),
    }, actor=planner, at=AT + DAY, parent=test)  # fmt: skip

    at = AT + 10 * DAY
    [found] = untested(actor=planner, at=at)
    assert "now: 2." in found.reason
    alike = told_alike(PlacedCase.objects.get(ref=test), LESSON, planner)
    assert alike["plan"] == plan  # nobody types it twice
    told = texts(programme(actor=chief, at=at))
    assert "1 of 7 threats have a plan in force; 1 were tested" in told
    assert "open: 1, of them late: 1. Came back after a change: 0 of 1" in told
    rows = {row[0]: row[1:] for row in five_cs(actor=chief, at=at).sections[0].blocks[1].rows}
    assert rows["Public disorder"] == ("nothing", "nothing", "1 of 2", "1 of 1", "0 of 1")
    assert rows["Terrorism"] == ("nothing", "nothing", "no plan", "no plan", "nothing")
    assert len(rows) == 7
    lines = store.load(plan, planner, at).state.live("plan_lines")
    store.do(plan, "change_line", {"wording": NEW, "for_review": "x"}, item=lines[0].id, actor=planner, at=at)
    [found] = untested(actor=planner, at=at + DAY)
    assert "now: 1, 2." in found.reason  # line 1 was met, and has been changed since
    assert "not tested" in texts(plan_as_it_reads(actor=planner, at=at + DAY, case=store.load(plan, planner, at + DAY)))


def test_a_late_lesson_climbs_to_the_chief_officer(staff):
    """The force set 28 days for each rung; the lesson is due on 5 March. A lesson is of a plan in force."""
    planner = staff["planner"]
    plan = store.open_case(
        "police_plan", "write_plan", {"area": "north", "threat": "terrorism", "title": "Attack"}, actor=planner, at=AT
    ).ref
    store.do(plan, "add_line", {"number": 2, "wording": OLD}, actor=planner, at=AT)
    given = {
        "area": "force", "statement": "Too late", "category": "process", "root_cause": "x", "plan": plan, "line": 2, "due_on": (AT + 3 * DAY).date(),
    }  # fmt: skip
    for plan_ref in (plan, "x"):  # a draft, and no plan
        with pytest.raises(Refused, match="plan that is in force"):
            store.open_case("lesson", "learn", given | {"plan": plan_ref}, actor=planner, at=AT)
    store.do(plan, "approve_plan", actor=staff["head"], at=AT)
    lesson = store.open_case("lesson", "learn", given, actor=planner, at=AT).ref
    for days in (10, 40, 70, 100):
        tick(AT + days * DAY)

    told = list(Notice.objects.filter(case__ref=lesson, clock="change_due").order_by("pk").values_list("what", "to"))
    assert ("climbed", "inspector") in told
    assert told[-1] == ("climbed", "chief-officer")
