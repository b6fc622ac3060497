"""The sheet of a call: what to secure for this offence, block by block, what will be lost and when, and how long it took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import Case

from . import call_rules as rules


def golden_hour_sheet(*, actor: Any, at: datetime, case: Any) -> Document:
    """For the unit on its way: the five blocks with what each means for this offence, and evidence that will be lost."""
    read = Case(case.state, at, case.who, around=case.around)
    columns = (Column("Block"), Column("What to secure"), Column("How it stands"))
    source = rules.PROMPTS.look(on=london_day(at), block="life", offence=read.get("offence") or "other")
    table = Table(
        "Golden hour: a name, not a limit",
        columns,
        tuple(rules.to_do(read)),
        sources=(Source(f"{source.source} ({source.standing})"),),
    )
    lost = rules.soon_lost(read)
    blocks: tuple[Block, ...] = (
        table,
        Note(f"{lost}.", "Will be lost") if lost else Paragraph("No evidence that will be lost is noted."),
    )
    late = read.get("delay")
    times: tuple[Section, ...] = (Section("Time", (Paragraph(f"{late[0].upper()}{late[1:]}."),)),) if late else ()
    return Document(
        "What to secure",
        read.get("offence") or "call",
        "OFFICIAL-SENSITIVE",
        london_day(at),
        sections=(Section("To secure", blocks), *times),
    )
