"""The paper for the next board: who came, what was asked and answered, what it changed, and what is late; attendance is never called engagement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Finding, Note, Section, Table
from peelian.core.kinds import Case

from . import partnership_rules as rules
from .held import held


def board_paper(*, actor: Any, at: datetime, **given: Any) -> Document:
    """Every partner at the board: the sheet of the system."""
    return document([one for _, one in held(actor, at, "board_partner") if one.stage != "left"], at)


def document(partners: list[Case], at: datetime) -> Document:
    """The paper of these partners."""
    deputies = [one for one in partners if rules.deputies_running(one) >= 2]
    silent = [one for one in partners if rules.silent(one)]
    changed = sum(len(rules.changed_plans(one)) for one in partners)
    engaged = sum(one.get("engaged") == "engaged" for one in partners)
    blocks: list[Block] = [
        Finding(
            "engaged",
            f"{engaged} of {len(partners)} partners are judged engaged: an answer of theirs changed a group's plan, or they did what they took on.",
        ),
        Finding(
            "changed", f"Answers that changed a group's plan, each traced to the entry that changed it: {changed}."
        ),
    ]
    if deputies:
        names = ", ".join(sorted(one.partner for one in deputies))
        blocks.append(Note(f"Two meetings or more running without the member: {names}."))
    if silent:
        blocks.append(
            Note("Requests unanswered past their day: " + ", ".join(sorted(one.partner for one in silent)) + ".")
        )
    rows = tuple(
        (one.partner, one.member_rank, len(one.attendance), sum(r.came == "member" for r in one.attendance), rules.deputies_running(one),
         len(rules.requests(one)), rules.silent(one), len(rules.changed_plans(one)), (one.get("engaged") or "not judged").replace("_", " "))
        for one in sorted(partners, key=lambda c: (c.get("engaged") == "engaged", c.partner))
    )  # fmt: skip
    heads = [("Partner", "text"), ("Member's rank", "text"), ("Meetings", "number"), ("Member came", "number"), ("Running without", "number"),
             ("Requests", "number"), ("Unanswered, late", "number"), ("Plans changed", "number"), ("Judged", "text")]  # fmt: skip
    table = Table("Partners", tuple(Column(name, kind) for name, kind in heads), rows,  # type: ignore[arg-type]
                  note="Coming to the board is counted and is no engagement.")  # fmt: skip
    late = tuple(
        (one.partner, row.action, row.due_on) for one in partners for row in one.actions if not row.get("done_at") and row.due_on < london_day(at)
    )  # fmt: skip
    sections = [Section("In short", tuple(blocks)), Section("Partners", (table,))]
    if late:
        overdue = Table(
            "Taken on, not done, past its day", (Column("Partner"), Column("Action"), Column("Due", "date")), late
        )
        sections.append(Section("Actions that are late", (overdue,)))
    return Document(
        title="Partnership board: paper for the next meeting", subtitle="who came, who answered, and what it changed", marking="OFFICIAL-SENSITIVE",
        edition=london_day(at), sections=tuple(sections),
    )  # fmt: skip
