"""What must be so before an exercise is closed, a plan's line is changed, and a lesson counts as learnt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.kinds import No, State
from peelian.core.period import Period

MET, PARTLY, NOT_MET = "met", "partly met", "not met"


def other(case: Any, ref: str, kind: str) -> State | None:
    """Another case of a kind, for a reader who may see it."""
    found: State | None = case.case(ref)
    return found if found is not None and found.kind.name == kind else None


def line_of(plan: State, number: int) -> Any:
    """The row of a plan's line as it stands, or None."""
    return next((row for row in plan.live("plan_lines") if row.facts.get("number") == number), None)


# -- the plan ------------------------------------------------------------------------------------------------------------------


def number_is_free(case: Any) -> bool:
    """No other line of the plan has this number."""
    return case.number not in [
        row.number for row in case.plan_lines if case.item is None or row.it.id != case.item.it.id
    ]


def has_lines(case: Any) -> bool:
    """A plan has at least one numbered line before it comes into force."""
    return bool(case.plan_lines)


def another_approves(case: Any) -> bool:
    """Whoever approves a plan has not written it."""
    return case.by.name not in case.hands("write_plan")


def reason_given(case: Any) -> bool:
    """A changed line names the lesson that it is changed for, or the review that asked for it."""
    return case.item is None or bool(case.get("for_lesson") or case.get("for_review"))


def edition(case: Any) -> int:
    """How often the plan was approved or changed: its version."""
    return len(case.times("approve_plan")) + len(case.times("change_line"))


# -- the exercise --------------------------------------------------------------------------------------------------------------


def plan_is_there(case: Any) -> bool:
    """The plan that is tested is one of the force's plans in force."""
    plan = other(case, case.plan, "police_plan")
    return plan is not None and plan.stage == "in_force"


def line_is_there(case: Any) -> bool:
    """The line that the objective tests stands in the plan."""
    if case.get("tests_line") is None:
        return True
    plan = other(case, case.plan, "police_plan")
    return plan is not None and line_of(plan, case.tests_line) is not None


def time_agrees(case: Any) -> bool:
    """An objective with a planned time has an achieved one, and is met only within it."""
    if case.item is None:  # none is chosen yet
        return True
    planned = case.get("planned_minutes")
    if planned is None:
        return True
    achieved = case.get("achieved_minutes")
    return achieved is not None and (case.result != MET or achieved <= planned)


def has_objectives(case: Any) -> bool:
    """An exercise has at least one objective that can be measured before it is held."""
    return bool(case.objectives)


def all_scored(case: Any) -> bool:
    """Every objective is scored as met, partly met or not met."""
    return all(row.get("result") for row in case.objectives)


def debriefed(case: Any) -> bool:
    """The debrief is held before the exercise is closed."""
    return case.get("debriefed_at") is not None


def lessons_drawn(case: Any) -> bool:
    """Every objective that was not met became a lesson, or says why nothing is to be learnt."""
    learnt = {lesson.facts.get("line") for lesson in case.children("lesson")}
    return all(
        row.get("result") == MET or row.get("no_lesson_because") or row.get("tests_line") in learnt
        for row in case.objectives
    )


def minutes_over(row: Any) -> float | None:
    """Minutes by which a timed objective took longer than planned; less than nought where it was quicker."""
    planned, achieved = row.get("planned_minutes"), row.get("achieved_minutes")
    return None if planned is None or achieved is None else float(achieved - planned)


# -- the lesson ----------------------------------------------------------------------------------------------------------------


def plan_in_force(case: Any) -> bool:
    """A lesson changes a plan that is in force: one that was withdrawn is changed no more."""
    plan = other(case, case.plan, "police_plan")
    return plan is not None and plan.stage == "in_force"


def due_later(case: Any) -> bool:
    """The day by which the plan is changed lies ahead."""
    return bool(case.due_on > london_day(case.at))


def line_reads_so(case: Any) -> bool:
    """The line of the plan reads as the lesson asks. Change the plan first, naming this lesson."""
    plan = other(case, case.plan, "police_plan")
    row = None if plan is None else line_of(plan, case.line)
    return row is not None and row.facts.get("wording") == case.wanted_wording


def results_of(case: Any) -> list[str] | None:
    """What a named later test gave for the lesson's line; None where it is no later test of the same plan."""
    test = other(case, case.retest, "exercise")
    changed: datetime = case.changed_at
    if test is None or test.facts.get("plan") != case.plan or (test.facts.get("held_at") or changed) <= changed:
        return None
    return [row.facts.get("result", "") for row in test.live("objectives") if row.facts.get("tests_line") == case.line]


def retest_met(case: Any) -> bool:
    """A later test of the same line of the plan met its objective. Until then the lesson stays open."""
    results = results_of(case)
    return bool(results) and all(result == MET for result in results or ())


def retest_not_met(case: Any) -> bool:
    """A later test of the same line of the plan was held, and its objective was not met."""
    results = results_of(case)
    return bool(results) and any(result in (PARTLY, NOT_MET) for result in results or ())


def another_drops(case: Any) -> bool:
    """Whoever drops a lesson does not own it."""
    return bool(case.by.name != case.state.owner)


def until_due(case: Any, start: datetime) -> Any:
    """The days until the day that the lesson's owner was given."""
    days = (case.due_on - london_day(start)).days
    if days < 1:
        return No("the day that was given lies behind; give a new one")
    return Period.after(days=days), f"to be changed by {case.due_on:%d %B %Y}"


def days_to_change(case: Any) -> float | None:
    """Days from the lesson to the changed line."""
    learnt = case.times("learn")
    return (case.changed_at - learnt[0]).total_seconds() / 86400 if case.get("changed_at") and learnt else None


def came_back(case: Any) -> bool:
    """Whether a test after the change failed, or the lesson repeats one that was closed."""
    return bool(case.times("retest_failed") or case.get("repeats"))
