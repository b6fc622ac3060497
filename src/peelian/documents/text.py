"""A document as plain text: for a screen reader, an e-mail, or another program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from peelian.core.document import (
    Block,
    Column,
    Document,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)

from .legible import visible

WIDTH = 100
_DAY = Column("", "date")


def text(document: Document) -> str:
    """The whole document: headings underlined, tables in columns, every picture as its alternative and its table.

    Characters that cannot be seen stand as their numbers (`peelian.documents.legible.visible`).
    """
    lines = [document.marking.upper(), "", *_heading(document.title, "="), *_wrapped(document.subtitle)]
    lines += [f"{name}: {value}" for name, value in (*document.meta, ("Edition", _DAY.show(document.edition)))]
    for section in document.sections:
        lines += ["", *_section(section, "-")]
    return visible("\n".join([*lines, "", document.marking.upper()])) + "\n"


def _section(section: Section, rule: str) -> Iterator[str]:
    yield from _heading(section.title, rule)
    for block in section.blocks:
        yield ""
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text=told) | Finding(text=told):
            yield from _wrapped(told)
        case Note(text=told, title=title):
            yield from _wrapped(f"{title}: {told}")
        case Points(items=items):
            for item in items:
                yield from _wrapped(item, "- ")
        case Task():
            yield from _wrapped(f"Proposed task: {block.what}")
            yield from _wrapped(f"Owner: {block.owner}. By: {_DAY.show(block.by)}. Success: {block.measure}.", "  ")
        case Table():
            yield from _table(block)
        case Figure():
            yield from _wrapped(f"Picture: {block.title}. {block.alt}")
            yield from _table(block.table)
            yield from _sources(block.sources)
        case Section():
            yield from _section(block, "")


def _table(table: Table) -> Iterator[str]:
    yield from _wrapped(table.caption)
    heads, rows = [c.heading for c in table.columns], [list(map(str, row)) for row in table.shown]
    widths = [max(map(len, cells)) for cells in zip(heads, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= WIDTH:
        for row in (heads, ["-" * n for n in widths], *rows):
            cells = (
                v.rjust(n) if c.numeric else v.ljust(n) for v, n, c in zip(row, widths, table.columns, strict=True)
            )
            yield "  ".join(cells).rstrip()
    else:  # too wide for a page of text: one row after another
        for row in rows:
            yield from _wrapped("; ".join(f"{head}: {value}" for head, value in zip(heads, row, strict=True)), "- ")
    yield from _wrapped(table.note)
    yield from _sources(table.sources)


def _sources(sources: tuple[Source, ...]) -> Iterator[str]:
    if sources:
        yield from _wrapped(
            "Source: " + "; ".join(f"{s.label}, {s.detail}" if s.detail else s.label for s in sources) + "."
        )


def _heading(title: str, rule: str) -> list[str]:
    return [title, rule * len(title)] if rule else [title]


def _wrapped(told: str, lead: str = "") -> list[str]:
    return textwrap.wrap(told, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False)
