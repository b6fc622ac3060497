"""S2 on paper: every plan with its tests, and what has not been tested since it was changed; found by the system itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peelian.access.actor import Actor, record_act
from peelian.analysis.rates import share_interval
from peelian.core.clock import london_day
from peelian.core.document import Cell, Column, Document, Estimate, Finding, Note, Paragraph, Section, Table
from peelian.core.kinds import State
from peelian.core.system import Found

from .exercise_rules import MET, came_back
from .stock import Held, day_of, held
from .threats import named_on

MARKING = "OFFICIAL-SENSITIVE"
SOON = 28  # days ahead in which a plan whose test falls due is proposed for an exercise


def tests_of(ref: str, exercises: Sequence[Held]) -> list[State]:
    """The tests of a plan that were held, the last first."""
    found = [
        e.state
        for e in exercises
        if e.state.facts.get("plan") == ref and e.state.facts.get("held_at") and e.state.stage != "cancelled"
    ]
    return sorted(found, key=lambda s: s.facts["held_at"], reverse=True)


def changed_at(plan: State, item: str) -> datetime:
    """When a line was last written or changed."""
    return max([plan.items[item].at, *(d.at for d in plan.done if d.item == item)])


def results(plan: State, tests: Sequence[State]) -> list[tuple[Any, State | None, str]]:
    """Each line with the last test of it as it reads now, and what that gave: a test before the last change shows nothing of it."""
    rows: list[tuple[Any, State | None, str]] = []
    for line in sorted(plan.live("plan_lines"), key=lambda i: i.facts["number"]):
        said = [
            (test, aim.facts.get("result", "not scored"))
            for test in tests
            for aim in test.live("objectives")
            if aim.facts.get("tests_line") == line.facts["number"]
            and test.facts["held_at"] >= changed_at(plan, line.id)
        ]
        rows.append((line, *(said[0] if said else (None, "not tested"))))
    return rows


def untested(*, actor: Actor, at: datetime) -> list[Found]:
    """Plans in force whose test is late or near, or a line of which was not met or not tested since it was changed."""
    plans, exercises = held(actor, at, "police_plan"), held(actor, at, "exercise")
    planned = {e.state.facts.get("plan") for e in exercises if e.state.stage == "planned"}
    found = []
    for plan in plans:
        if plan.state.stage != "in_force" or plan.ref in planned:
            continue
        tests = tests_of(plan.ref, exercises)
        lines = [line.facts["number"] for line, _, result in results(plan.state, tests) if result != MET]
        due = next(
            (r.due for r in plan.runs if r.clock == "plan_test_due" and r.state in ("running", "overdue") and r.due),
            None,
        )
        near = due is not None and (due - at).days < SOON
        if not lines and not near:
            continue
        why = (
            [f"the test was due on {day_of(due)}" if due and due <= at else f"the test is due on {day_of(due)}"]
            if near
            else []
        )
        why += [f"lines not shown to work as they read now: {', '.join(map(str, lines))}"] if lines else []
        facts = plan.state.facts
        found.append(
            Found(
                f"plan-{plan.ref}", f"{facts['title']}: {'; '.join(why)}.",
                {**({"area": facts["area"]} if facts.get("area") else {}), "title": f"Test of {facts['title']}", "plan": plan.ref, "threat": facts["threat"]},
                source="Civil Contingencies Act 2004: plans are exercised", evidence="stored",
                numbers=(("Tests held", len(tests)), ("Last test", day_of(tests[0].facts["held_at"] if tests else None)), ("Lines to test", len(lines))),
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: -f.numbers[2][1])


def threats_without_plan(*, actor: Actor, at: datetime) -> list[Found]:
    """Threats of the Strategic Policing Requirement in force for which no plan is in force or being written."""
    have = {p.state.facts["threat"] for p in held(actor, at, "police_plan") if p.state.stage != "withdrawn"}
    return [
        Found(
            f"threat-{threat.replace(' ', '-')}", f"No plan for {threat}.", {"threat": threat, "title": f"Plan for {threat}"},
            source="Strategic Policing Requirement", evidence="stored",
        )
        for threat in named_on(london_day(at)) if threat not in have
    ]  # fmt: skip


def programme(*, actor: Actor, at: datetime) -> Document:
    """Every plan: its edition, review, tests and lessons; the threats covered; the lessons that are late or came back."""
    plans, exercises, lessons = (held(actor, at, kind) for kind in ("police_plan", "exercise", "lesson"))
    record_act(actor, "consultation", "exercises: programme", at=at)
    rows: list[tuple[Cell, ...]] = []
    live = [p for p in plans if p.state.stage == "in_force"]
    for plan in live:
        tests = tests_of(plan.ref, exercises)
        last = tests[0] if tests else None
        open_lessons = sum(le.state.facts.get("plan") == plan.ref and not le.state.closed for le in lessons)
        shown = results(plan.state, tests)
        rows.append((
            plan.state.facts["title"], plan.state.facts["threat"], plan.case.edition, "late" if plan.late("plan_review_due") else "in time",
            day_of(last.facts["held_at"] if last else None), last.facts["sort"] if last else "", "late" if plan.late("plan_test_due") else "in time",
            len(shown), sum(result == MET for *_, result in shown), open_lessons,
        ))  # fmt: skip
    columns = (
        Column("Plan"), Column("Threat"), Column("Edition", "number"), Column("Review"), Column("Last test"), Column("Sort"), Column("Test"),
        Column("Lines", "number"), Column("Lines shown to work", "number"), Column("Open lessons", "number"),
    )  # fmt: skip
    covered = {p.state.facts["threat"] for p in live}
    named = named_on(london_day(at))
    tested = {
        p.state.facts["threat"]
        for p in live
        if any((at - t.facts["held_at"]).days <= 365 for t in tests_of(p.ref, exercises))
    }
    cover = tuple((t, "yes" if t in covered else "no", "yes" if t in tested else "no") for t in named)
    late = [le for le in lessons if le.late("change_due") or le.late("retest_due")]
    back = [le for le in lessons if came_back(le.case)]
    told = tuple(
        (le.state.facts["statement"], le.state.facts["category"], day_of(le.state.opened_at), str(le.state.facts.get("line", "")),
         "late" if le in late else "in time", "came back" if le in back else "")
        for le in lessons if not le.state.closed
    )  # fmt: skip
    sections: tuple[Section, ...] = (
        Section("Plans", (
            Finding("plans", f"Plans in force: {len(live)}; {sum(p.late('plan_test_due') for p in live)} late for a test, "
                    f"{sum(p.late('plan_review_due') for p in live)} late for a review."),
            Table("Plans in force", columns, tuple(rows), "A line is shown to work by a test held after it was last changed that met its objective."),
        )),
        Section("Threats of the Strategic Policing Requirement", (
            Finding("threats", f"{len(covered & set(named))} of {len(named)} threats have a plan in force; {len(tested & set(named))} were tested in the last year."),
            Table("Threats", (Column("Threat"), Column("Plan in force"), Column("Tested in the last year")), cover))),
        Section("Lessons that are open", (
            Finding("lessons", f"Lessons that are open: {len(told)}, of them late: {len(late)}. Came back after a change: {len(back)} of {len(lessons)}."),
            Table("Open lessons", (Column("What was learnt"), Column("About"), Column("Since"), Column("Line"), Column("State"), Column("Again")), told)
            if told else Note("No lesson is open.", "Nothing open"))),
    )  # fmt: skip
    years = _by_year(exercises, lessons)
    if len(years) > 1:
        shown_by = (Column("Year"), Column("Tests held", "number"), Column("Objectives met", "percent", "95% interval"), Column("Lessons", "number"),
                    Column("Of them came back", "number"))  # fmt: skip
        note = "A lesson stands in the year in which it was learnt, and may come back in a later one."
        sections += (Section("Year by year", (Table("Tests and lessons", shown_by, years, note),)),)
    return Document("Plans, tests and lessons", "The whole force", MARKING, london_day(at), (), sections)


def _by_year(exercises: Sequence[Held], lessons: Sequence[Held]) -> tuple[tuple[Cell, ...], ...]:
    """Of each year the tests that were held, the share of their objectives that was met, the lessons, and how many of those came back."""
    tests = [e for e in exercises if e.state.facts.get("held_at")]
    opened = {le.ref: london_day(le.state.opened_at).year for le in lessons if le.state.opened_at}
    found = []
    for year in sorted({london_day(e.state.facts["held_at"]).year for e in tests} | set(opened.values())):
        held_in = [e for e in tests if london_day(e.state.facts["held_at"]).year == year]
        told = [row.facts["result"] for e in held_in for row in e.state.live("objectives") if row.facts.get("result")]
        learnt = [le for le in lessons if opened.get(le.ref) == year]
        met: Cell = ""
        if told:
            met = Estimate(*(float(x[0]) for x in share_interval([told.count(MET)], [len(told)])))
        found.append((str(year), len(held_in), met, len(learnt), sum(came_back(le.case) for le in learnt)))
    return tuple(found)


def plan_as_it_reads(*, actor: Actor, at: datetime, case: Any) -> Document:
    """A plan's lines as they read now, which lesson changed each, and what its last test gave."""
    tests = tests_of(case.case.ref, held(actor, at, "exercise"))
    learnt = {lesson.ref: lesson.state.facts["statement"] for lesson in held(actor, at, "lesson")}
    rows = tuple(
        (str(line.facts["number"]), line.facts["wording"], line.facts.get("role") or "", line.facts.get("within_minutes") or "",
         learnt.get(line.facts.get("for_lesson"), line.facts.get("for_review") or ""),
         day_of(test.facts["held_at"] if test else None), result)
        for line, test, result in results(case.state, tests)
    )  # fmt: skip
    columns = (
        Column("Line"), Column("What is done"), Column("By"), Column("Within", "number", "minutes"), Column("Changed because"), Column("Last test"),
        Column("Result"),
    )  # fmt: skip
    facts = case.state.facts
    body = Table("Lines", columns, rows) if rows else Paragraph("No line is written yet.")
    return Document(
        facts["title"],
        f"For {facts['threat']}",
        MARKING,
        london_day(at),
        (("Case", case.case.ref),),
        (Section("The plan", (body,)),),
    )
