"""The board of the community safety hub: problems, and what each agency was asked and answered (P5).

Police read the whole board; an agency reads what it leads and what it was asked, and of nothing else that it exists.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Table

if TYPE_CHECKING:
    from peelian.access.actor import Actor

KIND, TASK = "hub_problem", "task"


def board(*, actor: Actor, at: datetime) -> Document:
    """The board as its reader may see it."""
    from peelian.access.models import Agency
    from peelian.casework.models import Item, Run
    from peelian.casework.sight import asks_of, cases

    police = actor.agency.kind == "police"
    held = list(cases(actor).filter(kind=KIND, closed=False).order_by("due_order", "pk"))
    asked = Item.objects.filter(case__kind=KIND, part=TASK, withdrawn=False)
    asked = asked.filter(case__in=cases(actor).filter(kind=KIND)) if police else asked.filter(pk__in=asks_of(actor))
    tasks = list(asked.select_related("case").order_by("at", "pk"))
    due = {
        (r.case_id, r.item): r.due
        for r in Run.objects.filter(clock="task_answered", case__in={t.case_id for t in tasks})
    }
    names = dict(Agency.objects.values_list("code", "name"))
    sections = [Section("Problems", _problems(held, tasks, at, police))]
    sections += [
        Section("Tasks that wait for an answer", _open(tasks, due, names, at)),
        Section("Answers by agency", _by_agency(tasks, due, names, at)),
    ]
    return Document(
        title="Community safety hub: board", subtitle="What is on the board, what each agency was asked, and what it answered" if police else f"The share of {actor.agency.name}",
        marking="OFFICIAL-SENSITIVE", edition=london_day(at),
        meta=(("For", "The agencies of the hub; each reads its share"),), sections=tuple(sections),
    )  # fmt: skip


def _problems(held: list[Any], tasks: list[Any], at: datetime, police: bool) -> tuple[Block, ...]:
    if not held:
        return (Paragraph("Nothing is on the board." if police else "Your agency leads no problem that is open."),)
    of: dict[int, list[Any]] = defaultdict(list)
    for task in tasks:
        of[task.case_id].append(task)
    rows = tuple(
        (
            case.facts.get("theme", ""), case.facts.get("about", ""), case.facts.get("neighbourhood") or "not said", case.stage.replace("_", " "),
            case.facts.get("lead") or "none named", (at - case.opened_at).days, len(of[case.pk]), sum(t.answered_at is not None for t in of[case.pk]),
            "late" if case.next_due and case.next_due <= at else "in time",
        ) for case in held
    )  # fmt: skip
    return (
        Table(
            f"{len(held)} open problems, the most pressing first",
            (Column("Theme"), Column("About"), Column("Where"), Column("Stage"), Column("Lead"), Column("Open", "number", "days"), Column("Asked", "number", "agencies"),
             Column("Answered", "number"), Column("Next step")), rows, note="No name and no address stands here; the case has them, for those who may read it.",
        ),
    )  # fmt: skip


def _open(tasks: list[Any], due: dict[Any, Any], names: dict[str, str], at: datetime) -> tuple[Block, ...]:
    waiting = [t for t in tasks if t.answered_at is None and not t.case.closed]
    if not waiting:
        return (Paragraph("No agency owes an answer."),)

    def state(task: Any) -> tuple[str, Any]:
        limit = due.get((task.case_id, task.item))
        return (
            ("no limit is set", None)
            if limit is None
            else ("late", london_day(limit))
            if limit <= at
            else ("running", london_day(limit))
        )

    rows = tuple(
        (names.get(t.agency, t.agency), str(t.case.facts.get("theme", "")), london_day(t.at), *state(t)[::-1])
        for t in waiting
    )
    return (
        Table(
            "Tasks without an answer",
            (
                Column("Agency"),
                Column("Theme"),
                Column("Asked", "date"),
                Column("Too late from", "date"),
                Column("State"),
            ),
            rows,
        ),
    )


def _by_agency(tasks: list[Any], due: dict[Any, Any], names: dict[str, str], at: datetime) -> tuple[Block, ...]:
    """How soon each agency answers; under five tasks nothing is said of speed, because one answer would decide it."""
    if not tasks:
        return (Paragraph("No agency was asked yet."),)
    of: dict[str, list[Any]] = defaultdict(list)
    for task in tasks:
        of[task.agency].append(task)
    rows = []
    for code in sorted(of, key=lambda c: names.get(c, c)):
        own = of[code]
        days = [(t.answered_at - t.at).total_seconds() / 86400 for t in own if t.answered_at]
        ripe = [
            t for t in own if (limit := due.get((t.case_id, t.item))) is not None and (limit <= at or t.answered_at)
        ]
        met = sum(t.answered_at is not None and t.answered_at < due[t.case_id, t.item] for t in ripe)
        rows.append((
            names.get(code, code), len(own), len(days), sum(t.state == "declined" for t in own), sum(bool(t.facts.get("takes_it")) for t in own),
            median(days) if len(days) >= 5 else "too few", met / len(ripe) if len(ripe) >= 5 else "too few",
        ))  # fmt: skip
    return (
        Table(
            "What each agency was asked and answered",
            (Column("Agency"), Column("Asked", "number"), Column("Answered", "number"), Column("Of these declined", "number"), Column("Took it on", "number"),
             Column("Middle time to answer", "number", "days", 1), Column("In time", "percent")), tuple(rows),
        ),
        Note("Small numbers: the measures of the system show each agency with its interval. Nobody is counted for being in the room.", "Read with care"),
    )  # fmt: skip
