"""Papers for the next board: the force's own, of who came, what was asked and answered, what it changed and what is late; and each partner's, of its own share.

Attendance is never called engagement.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Finding, Note, Paragraph, Section, Table
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


def partner_paper(*, actor: Any, at: datetime, case: Any, **given: Any) -> Document:
    """What one partner is handed: the sheet of its case."""
    return edition_for(Case(case.state, at, case.who, around=case.around), at)


def edition_for(partner: Case, at: datetime) -> Document:
    """A partner's own edition: what it was asked and took on, in the words that it was told.

    No other partner stands in it, no group, no plan, and nothing of how the force judges it.
    """
    asked = tuple(
        (one.wanted, one.what_for, one.of_kind, one.needed_on, "answered" if rules.last_answer(one) else "not answered yet")
        for one in rules.requests(partner) if one.stage != "dropped" and one.help
    )  # fmt: skip
    taken_on = tuple(
        (row.action, row.due_on, "done" if row.get("done_at") else "not done yet") for row in partner.actions
    )
    blocks: list[Section] = []
    if asked:
        heads = (
            Column("What was asked"),
            Column("What for"),
            Column("Kind"),
            Column("Needed by", "date"),
            Column("Answer"),
        )
        blocks.append(Section("What you were asked", (Table("Requests to you", heads, asked),)))
    if taken_on:
        own = (Column("Action"), Column("By", "date"), Column("State"))
        blocks.append(Section("What you took on", (Table("Your actions", own, taken_on),)))
    if not blocks:
        blocks.append(Section("Nothing yet", (Paragraph("Nothing was asked of you, and you have taken nothing on."),)))
    return Document(
        title=f"{partner.board}: your paper for the next meeting", subtitle=f"for {partner.partner} alone", marking="OFFICIAL",
        edition=london_day(at), meta=(("Next meeting", Column("", "date").show(partner.next_board_on)),), sections=tuple(blocks),
    )  # fmt: skip
