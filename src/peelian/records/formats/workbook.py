"""Opening an Excel workbook when it is sure that the memory holds it, and what its XML tells beyond the values."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree import ElementTree

from ..reading import Refused, Source
from ..unpacking import WORKBOOK, whole

PACKED, UNPACKED, CELLS = 64 << 20, 200 << 20, 8_000_000
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>/]*>')  # as all but a few programs write a filled one
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Za-z]{1,3})(\d{1,7})["'][^>/]*>""")
_UNPLACED = re.compile(rb"""<(?:\w+:)?c(?:\s+(?!r=)[\w:]+=["'][^"']*["'])*\s*>""")  # the next one of its row
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_UNCALCULATED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt=["']e["']""")

_TRY = """
import io, resource, sys
from python_calamine import load_workbook
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
for name in book.sheet_names:
    book.get_sheet_by_name(name)
"""


@dataclass
class Counts:
    """What stands in the XML of one sheet."""

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    uncalculated: int = 0
    errors: int = 0


@dataclass
class Workbook:
    """An opened workbook with the sheet that was parsed last."""

    source: Source
    book: Any
    names: list[str]
    hidden: list[str]
    counts: dict[str, Counts]  # by sheet; empty for the old format (.xls), which has no XML
    last: dict[str, Any] = field(default_factory=dict)

    def sheet(self, name: str) -> Any:
        """A sheet as calamine parsed it."""
        if name not in self.last:
            self.last.clear()
            self.last[name] = _careful(self.source, f"sheet {name} is damaged", self.book.get_sheet_by_name, name)
        return self.last[name]


def workbook(source: Source) -> Workbook:
    """Open a workbook.

    Raises
    ------
    Refused
        E407 if it is damaged or locked; E409 if it is larger than is safe.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    with source.open() as file:
        packed = file.read(PACKED + 1)
    if len(packed) > PACKED:
        raise _too_large(source, f"more than {PACKED >> 20} MB")
    if packed.startswith(b"PK"):
        counts = _measure(source, packed)
    else:
        counts = {}
        _survives(source, packed)
    book = _careful(source, "it is damaged, locked by a password, or no workbook", load_workbook, io.BytesIO(packed))
    tables = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    shown = SheetVisibleEnum.Visible
    return Workbook(
        source, book, [m.name for m in tables if m.visible == shown],
        [m.name for m in tables if m.visible != shown], counts,
    )  # fmt: skip


def _careful(source: Source, found: str, do: Any, *words: Any) -> Any:
    """What calamine makes of a file, or the refusal: it panics on some damage, which is no `Exception`."""
    from python_calamine import CalamineError

    try:
        with _quiet():
            return do(*words)
    except BaseException as error:
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        raise _unread(source, found) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Rust writes of a panic off the screen: it goes to the process's own standard error, past Python."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _unread(source: Source, found: str) -> Refused:
    return Refused(
        "the workbook cannot be read",
        where=source.name,
        found=found,
        fix="open it in Excel and save it again without a password, or export it as CSV",
        id="peelian.E407",
    )


def _too_large(source: Source, found: str) -> Refused:
    return Refused(
        "the workbook is too large to be read safely",
        where=source.name,
        found=found,
        matters="a workbook is held in memory as a whole",
        fix="export it as CSV, which has no such limit, or delete rows and columns that are not used",
        id="peelian.E409",
    )


def _survives(source: Source, packed: bytes) -> None:
    """Refuse an old workbook (.xls) that a process of its own does not read: a damaged length in it ends the process."""
    try:
        tried = subprocess.run(
            [sys.executable, "-c", _TRY], input=packed, capture_output=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        raise _unread(source, "it is damaged: reading it takes without end") from None
    if tried.returncode:
        raise _unread(source, "it is damaged, locked by a password, or no workbook")


def _measure(source: Source, packed: bytes) -> dict[str, Counts]:
    """Unpack the XML once, in pieces: what the zip says of its own sizes is not believed.

    A sheet is laid out in memory as a whole rectangle, so one cell in its far corner would fill any memory.
    """
    size, found = 0, {}
    try:
        with whole(source.name, "the workbook is damaged"), zipfile.ZipFile(io.BytesIO(packed)) as zipped:
            sheets = _sheets(zipped)
            for name in zipped.namelist():
                if not name.startswith("xl/") or name.startswith("xl/media/"):
                    continue
                counts = Counts()
                with zipped.open(name) as part:
                    for piece in _pieces(part):
                        size += len(piece)
                        if size > UNPACKED:
                            raise _too_large(source, f"more than {UNPACKED >> 20} MB when it is unpacked")
                        if name in sheets:
                            _count(piece, counts)
                if counts.rows * counts.columns > CELLS:
                    raise _too_large(
                        source,
                        f"sheet {sheets[name]} reaches to row {counts.rows:,} and column {counts.columns:,}",
                    )
                if name in sheets:
                    found[sheets[name]] = counts
    except (LookupError, RuntimeError, ElementTree.ParseError):
        raise _unread(source, "it is damaged, or locked by a password") from None
    return found


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """XML in pieces that begin with a row or a cell, so that a cell, its formula and its value stay together."""
    rest = b""
    while piece := part.read(1 << 20):
        rest += piece
        cut = max(rest.rfind(b"<c "), rest.rfind(b":c "), rest.rfind(b"<row ")) if len(rest) < 8 << 20 else len(rest)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _count(piece: bytes, counts: Counts) -> None:
    plain = b":c " not in piece and piece.count(b"<c") == piece.count(b'<c r="')
    cells = (_PLAIN_CELL if plain else _CELL).findall(piece)
    if cells:
        columns, rows = zip(*cells, strict=True)
        counts.columns = max(counts.columns, *map(_column, set(columns)))
        counts.rows = max(counts.rows, *map(int, set(rows)))
    if not plain and _UNPLACED.search(piece):
        by_row = piece.split(b"<row")
        counts.columns = max(counts.columns, *(row.count(b"<c") for row in by_row))
        counts.rows += len(by_row)
    if b"<f" in piece or b":f" in piece:
        counts.formulas += len(_FORMULA.findall(piece))
        counts.uncalculated += len(_UNCALCULATED.findall(piece))
    if b'"e"' in piece or b"'e'" in piece:
        counts.errors += len(_ERROR.findall(piece))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheets(zipped: zipfile.ZipFile) -> dict[str, str]:
    """The member that holds each sheet, by the workbook's own list; a chart's sheet holds no cells."""
    targets = {
        link.get("Id"): link.get("Target", "").removeprefix("/xl/")
        for link in ElementTree.fromstring(zipped.read("xl/_rels/workbook.xml.rels"))
    }
    found = {}
    for one in ElementTree.fromstring(zipped.read(WORKBOOK)).iter():
        if one.tag.endswith("}sheet"):
            own = next((v for k, v in one.attrib.items() if k.endswith("}id")), "")
            found[f"xl/{targets.get(own, '')}"] = one.get("name", "")
    return found
