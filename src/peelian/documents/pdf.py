"""The document tree as a tagged PDF (PDF/UA-1), set by Typst with the fonts in its own wheel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

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

from .drawing import svg
from .legible import printable

FONT = "Libertinus Serif"
# Points: 1 px of a drawing is 0.75; the column of text is 16.6 cm wide; a drawing leaves room for its title on a page.
_PIXEL, _WIDEST, _HIGHEST = 0.75, 16.6 / 2.54 * 72, 600.0
_DAY = Column("", "date")


def pdf(document: Document, *, phone: bool = False) -> bytes:
    """Set `document` as PDF.

    Parameters
    ----------
    phone : bool, default False
        On pages as small as a telephone, which are read without moving them about.

    Returns
    -------
    bytes
        A PDF/UA-1 file: tagged, with a title, a language and a text alternative on each figure. The same document
        gives the same bytes.

    Notes
    -----
    Every text goes to Typst as data, never as source, so no character of it is markup. A character that the fonts
    cannot draw stands as its number (`peelian.documents.legible.printable`).
    """
    import typst

    edition = document.edition
    data = {
        "phone": phone,
        "title": document.title,
        "subtitle": document.subtitle,
        "marking": document.marking,
        "year": edition.year,
        "month": edition.month,
        "day": edition.day,
        "meta": [*document.meta, ("Edition", _DAY.show(edition))],
        "sections": [_data(document, section) for section in document.sections],
    }
    out = typst.compile(
        (files("peelian.documents") / "document.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_printable(data))},
        pdf_standards="ua-1",
        timestamp=datetime(edition.year, edition.month, edition.day, tzinfo=UTC),
    )
    return bytes(out)


def _printable(data: Any) -> Any:
    match data:
        case str():
            return printable(data)
        case dict():
            return {key: _printable(value) for key, value in data.items()}
        case list() | tuple():
            return [_printable(value) for value in data]
        case _:
            return data


def _data(document: Document, block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(text=text):
            return {"kind": "paragraph", "text": text}
        case Finding(text=text):
            return {"kind": "finding", "text": text}
        case Note(text=text, title=title):
            return {"kind": "note", "title": title, "text": text}
        case Points(items=items):
            return {"kind": "points", "items": items}
        case Table():
            return _table(block)
        case Figure():
            picture = svg(block, font=FONT)
            return {
                "kind": "figure",
                "title": block.title,
                "alt": block.alt,
                "svg": picture,
                **_size(picture),
                "table": _table(block.table),
                "sources": _told(block.sources),
            }
        case Task():
            return {
                "kind": "task",
                "what": block.what,
                "owner": block.owner,
                "by": _DAY.show(block.by),
                "measure": block.measure,
                "why": [document.finding(id).text for id in block.findings],
            }
        case Section(title=title):
            return {"kind": "section", "title": title, "blocks": [_data(document, inner) for inner in block.blocks]}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.caption,
        "columns": [
            {"heading": column.heading, "numeric": column.numeric, "share": share}
            for column, share in zip(table.columns, _shares(table), strict=True)
        ],
        "rows": table.shown,
        "note": table.note,
        "sources": _told(table.sources),
    }


def _shares(table: Table) -> list[int]:
    """How wide each column is against its neighbours; 0, as wide as its cells, for numbers and short texts."""
    longest = [max((len(row[i]) for row in table.shown), default=1) for i in range(len(table.columns))]
    shares = [0 if c.numeric or n <= 14 else min(n, 60) for c, n in zip(table.columns, longest, strict=True)]
    # One column at least takes up what is left of the line.
    rest = next((i for i, column in enumerate(table.columns) if not column.numeric), 0)
    return shares if any(shares) else [int(i == rest) for i in range(len(shares))]


def _told(sources: Iterable[Source]) -> list[str]:
    return [f"{source.label}, {source.detail}" if source.detail else source.label for source in sources]


def _size(picture: str) -> dict[str, float]:
    """Width and height in points; stated, because Typst shrinks a picture into what is left of a page."""
    found = re.search(r'<svg[^>]*\swidth="([\d.]+)[^>]*\sheight="([\d.]+)', picture)
    width, height = (_PIXEL * float(found[n]) for n in (1, 2)) if found else (_WIDEST, _WIDEST)
    scale = min(1.0, _WIDEST / width, _HIGHEST / height)
    return {"width": width * scale, "height": height * scale}
