"""The formats of files: delimited text, Excel, Parquet and JSON lines, told apart by their first bytes, read alike.

Each gives the same blocks of text cells with lines, so that the same records have the same content in any of them.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import reading
from ..feeds.declare import Feed
from ..reading import Block, Form, Layout, Refused, Source
from ..unpacking import whole

ANY = Layout()


def sources(path: Path, feed: Feed, layout: Layout = ANY) -> list[Source]:
    """The files to read at `path`: itself, the members of a zip, or the sheets of a workbook that are this feed's.

    Raises
    ------
    Refused
        As `reading.sources`.
    """
    found: list[Source] = []
    for source in reading.sources(path, feed):
        try:
            found += _reader("excel").sheets(source, feed, layout) if kind(source) == "excel" else [source]
        except Refused:
            found.append(source)  # `look` refuses it with its own words, beside the others of its zip
    return found


def kind(source: Source) -> str:
    """``text``, ``excel``, ``parquet`` or ``jsonl``, by the first bytes of the file."""
    with whole(source.name), source.open() as file:
        head = file.read(512)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"\[\s*(\{|$)", start):
        raise Refused(
            "the file is one JSON list, not JSON lines",
            where=source.name,
            matters="a list has to be held in memory as a whole, and its records have no lines",
            fix="write one object a line (JSON lines), or CSV",
            id="peelian.E407",
        )
    return "jsonl" if start.startswith(b"{") else "text"


def look(source: Source, feed: Feed, layout: Layout = ANY) -> Form:
    """What the file is made of: hash, header, the feed's column of each cell of it, notes.

    Raises
    ------
    Refused
        If the file cannot be read, or its header is not this feed's.
    """
    form: Form = _reader(kind(source)).look(source, feed, layout)
    return form


def blocks(source: Source, form: Form) -> Iterator[Block]:
    """All records of the file after its header, in order (`reading.blocks`)."""
    found: Iterator[Block] = _reader(form.kind).blocks(source, form)
    return found


def _reader(kind: str) -> Any:
    """The module of a format, imported when it is first met: most files are text."""
    return reading if kind == "text" else importlib.import_module(f".{kind}", __name__)
