"""A4: live measures as evidence: every measure of every system on one board, and the register of what is computed.

The board counts from cases alone (`counting`, `board`); a system without figures says so. Each figure opens its cases.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Note, Paragraph, Section, Source, Table
from peelian.core.kinds import Kind
from peelian.core.system import Sheet, System

from . import algorithms

HERE = Source("Cases of this installation", "counted by measure, as the reader may see them")


def board_sheet(*, actor: Any, at: datetime) -> Document:
    """The board as a document: every measure with its state, its change and the areas that differ."""
    from .board import board, by_question, named

    sections = []
    for _, words, parts in by_question(board(actor, at)):
        inner: list[Any] = []
        for part in parts:
            rows = tuple((line.asks, line.state, line.change or "not drawn", ", ".join(named(line.above)) or "none", ", ".join(named(line.below)) or "none")
                         for line in part.lines if not line.why_not)  # fmt: skip
            name = f"{part.id} {part.name}".strip()
            blocks: list[Any] = [Note(part.why_not, "No figures")] if part.why_not else []
            if rows:
                blocks.append(Table(f"Measures of {name}", (Column("Measure"), Column("Last 12 months"), Column("Change"), Column("Areas above"), Column("Areas below")), rows, sources=(HERE,)))  # fmt: skip
            inner.append(Section(name, tuple(blocks)))
        sections.append(Section(words, tuple(inner)))
    on = london_day(at)
    return Document(
        "Board of measures",
        f"As known on {on:%-d %B %Y}",
        "OFFICIAL",
        on,
        (("Measures are", "of teams and processes"),),
        tuple(sections),
    )


def how(*, actor: Any, at: datetime) -> Document:
    """How the board counts: what a row is, and when an area or a month is said to differ."""
    from peelian.analysis.control_chart import RULES

    on = london_day(at)
    return Document(
        "How measures are counted", "For whoever reads the board", "OFFICIAL", on, (),
        (Section("Rows, areas and months", (
            Paragraph("A row is one case, one run of a clock, one decision or one question to an agency. What is not known yet is undecided: never met, never missed. "
                      "Unfinished work counts as missed once it has fallen due."),
            Paragraph("An area differs where it lies outside the outer limits of the funnel, which chance alone passes in one of twenty looks at all areas together."),
            Paragraph(f"A month is outside the usual by these rules: {RULES}."))),),
    )  # fmt: skip


KINDS: tuple[Kind, ...] = ()
SYSTEM = System(
    id="A4",
    name="live measures as evidence",
    question="assurance",
    kinds=KINDS,
    sheets=(
        Sheet("board", "The board of measures", board_sheet),
        Sheet("how-counted", "How measures are counted", how),
        Sheet("algorithms", "Register of algorithms", algorithms.sheet),
    ),
    pages=(("board", "The board"),),
    roles=("assurance", "analyst", "superintendent", "chief-officer", "data-protection"),
)
