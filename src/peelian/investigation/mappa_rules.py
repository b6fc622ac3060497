"""The agencies of MAPPA, its minutes on paper for one agency, and who is on the offenders' extract at a level without a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Note, Paragraph, Section, Table
from peelian.core.system import Find, Sheet

from .offender_records import not_registered

# Responsible Authority, and the agencies under the duty to co-operate (MAPPA Guidance; Criminal Justice Act 2003, s.325).
Duty = Literal[
    "police", "prison", "probation", "children's services", "adult social services", "health bodies", "youth offending team", "immigration enforcement",
    "housing authority", "registered social landlord", "Jobcentre Plus", "electronic monitoring provider",
]  # fmt: skip


def minutes(*, actor: Any, at: datetime, case: Any) -> Document:
    """The meetings of a case as its reader may see them: what was decided, by whom actions are taken, and who was not there."""
    state = case.state
    sections = []
    for n, item in enumerate(state.live("meetings"), 1):
        told = case.seen_of(item.id)
        absent = ", ".join(told.get("absent") or ()) or "none"
        sections.append(
            Section(f"Meeting {n}", (
                Paragraph(f"Present: {', '.join(told.get('present') or ()) or 'not noted'}. Invited and absent: {absent}."),
                Paragraph(f"Risk: {told.get('risk') or 'not held for this reader'}"),
                Paragraph(f"Disclosure: {told.get('disclosure') or 'not decided'}. {told.get('disclosure_why') or ''}".strip()),
            ))
        )  # fmt: skip
    rows = []
    for item in state.live("actions"):
        told = case.seen_of(item.id)
        rows.append((told.get("done_by"), told.get("action"), told.get("due_on"), told.get("result") or "open"))
    columns = (Column("Agency"), Column("Action"), Column("By", "date"), Column("Standing"))
    blocks = (Table("Actions by agency", columns, tuple(sorted(rows, key=lambda row: (str(row[0]), row[2] or london_day(at))))),) if rows else (
        Note("No action is agreed yet.", "Actions"),)  # fmt: skip
    meta = (
        ("Category", (state.facts.get("category") or "not decided").replace("_", " ")),
        ("Level", (state.facts.get("level") or "not decided").replace("_", " ")),
    )
    need = Note(
        "For those whom the chair names, and nobody else. It is not copied to intelligence without the lead agency's decision.",
        "Need to know",
    )
    return Document("MAPPA: meetings and actions", "One case", "OFFICIAL-SENSITIVE", london_day(at), meta,
                    (Section("Handling", (need,)), *sections, Section("Actions", blocks)))  # fmt: skip


MINUTES = Sheet("minutes", "Meetings and actions", minutes, kind="mappa")
FIND = Find(
    "on-the-extract", "On the extract at a MAPPA level, without a case", not_registered("MAPPA", "mappa"), "mappa", "refer",
    by=("offender-manager", "supervisor"),
)  # fmt: skip
