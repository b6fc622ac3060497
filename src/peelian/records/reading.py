"""Strict reading of delimited text: every physical record is told apart, counted and given its line.

A record's line is the physical line where it starts; the header stands on line 1 unless blank lines come before it. Clean
stretches go through Arrow's reader; a stretch with anything odd in it (a quote inside a cell, a line break inside quotes, a
blank line, a row too short or too long) goes through Python's csv reader, record by record. Both give the same rows.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from .feeds.declare import Feed
from .headers import MOST_COLUMNS, encoding_of, header_of, refuse_kind, unreadable
from .unpacking import TURNING, whole
from .unpacking import Refused as Refused
from .unpacking import Source as Source
from .unpacking import shown as shown
from .unpacking import sources as sources

BLOCK = 2 << 20
HEAD = 1 << 16  # bytes in which the header must end
LONGEST_LINE = 4 << 20
csv.field_size_limit(LONGEST_LINE)
LONGEST_RECORD = 200  # physical lines; an open quote that runs further is taken as a stray quote
STRAY = "text stands after a closing quote, or a quote inside a cell is not doubled"
WRONG = {
    "unexpected end": "a quote is opened and not closed",
    "field larger": f"a cell is longer than {LONGEST_LINE >> 20} MB",
}
MARKS = (
    b"\x00",
    b"\x1f",
)  # PostgreSQL stores no zero byte; the unit separator stands between cells when a row is hashed
TURNED = [c.encode() for c in sorted(TURNING)]
MARKED = "a zero byte or a unit separator stands in a cell"


@dataclass(frozen=True)
class Layout:
    """What a mapping file says of a file's make-up; empty where it is to be found by looking."""

    sheet: str = ""
    delimiter: str = ""
    encoding: str = ""
    skip: int = 0  # physical lines (rows of a sheet) before the header


@dataclass(frozen=True)
class Form:
    """How a file is written down, found by looking at all of its bytes once."""

    sha256: str
    size: int
    encoding: str
    delimiter: str
    header_line: int  # the physical line on which the header ends
    header: tuple[str, ...]
    columns: tuple[str, ...]  # the feed's name of each column of the file; "" for one that nobody expected
    notes: tuple[str, ...] = ()
    kind: str = "text"  # or excel, parquet, jsonl (records.formats)
    shapes: tuple[Any, ...] = ()  # how typed cells are written as text, by column
    picked: tuple[int, ...] = ()  # the sheet's columns that are read


def scan(source: Source) -> tuple[str, int, bytes, bytes | None]:
    """SHA-256, size, the first bytes, and (where the bytes are not UTF-8) a stretch that shows the encoding.

    Raises
    ------
    Refused
        If the file is cut short or damaged, or unpacks to more than any table does.
    """
    digest, size, head, odd = hashlib.sha256(), 0, b"", None
    utf8 = codecs.getincrementaldecoder("utf-8")()
    with whole(source.name), source.open() as file:
        packed = source.packed()
        while block := file.read(BLOCK):
            head = head or block[:HEAD]
            digest.update(block)
            size += len(block)
            source.bounded(size, packed)
            if odd is None:
                try:
                    utf8.decode(block)
                except UnicodeDecodeError as error:
                    odd = block[max(0, error.start - 20_000) : error.start + 20_000]
        if odd is None:
            utf8.decode(b"", final=True)  # it may end in the middle of a character
    return digest.hexdigest(), size, head, odd


def look(source: Source, feed: Feed, layout: Layout = Layout()) -> Form:
    """Read all bytes once: hash, encoding, delimiter, header.

    Parameters
    ----------
    layout : Layout, optional
        What is known of the file's make-up already.

    Raises
    ------
    Refused
        If the file is cut short, empty, not text, or its header is not this feed's.
    """
    sha256, size, head, odd = scan(source)
    refuse_kind(head, source.name)
    if not head.strip():
        raise Refused("the file is empty", where=source.name, fix="export it again")
    encoding = encoding_of(head, odd, source.name, layout.encoding)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    header = header_of(text, len(head) == size, feed, source.name, skip=layout.skip, delimiter=layout.delimiter)
    notes = [*source.notes, *header.notes]
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"read as {encoding}")
    return Form(sha256, size, encoding, header.delimiter, header.last, header.cells, header.columns, tuple(notes))


@dataclass
class Block:
    """Some records of a file: a table of text cells with their lines, and the records that are no rows."""

    table: pa.Table  # columns "_line" (int64) and the header's cells by position "0", "1", ...
    odd: list[tuple[int, list[str], str]] = field(default_factory=list)  # line, cells, what is wrong
    bytes: int = 0
    turned: int = 0  # characters that turn the direction of text, or hide
    unended: bool = False  # the file's last line has no line end


def stretches(source: Source, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Stretches of whole physical lines as UTF-8, each with the number of bytes of the file that it took."""
    return _Lines(source, encoding).stretches()


class _Lines:
    """The bytes of a file as UTF-8, cut into stretches of whole physical lines."""

    def __init__(self, source: Source, encoding: str) -> None:
        self.source, self.encoding = source, encoding

    def stretches(self) -> Iterator[tuple[bytes, int]]:
        decode = None if self.encoding == "utf-8" else codecs.getincrementaldecoder(self.encoding)()
        with whole(self.source.name, "the file changed while it was read, or is damaged"):
            try:
                yield from self._cut(decode)
            except UnicodeDecodeError:
                raise unreadable(self.source.name) from None

    def _cut(self, decode: codecs.IncrementalDecoder | None) -> Iterator[tuple[bytes, int]]:
        with self.source.open() as file:
            rest = b""
            while raw := file.read(BLOCK):
                rest += decode.decode(raw).encode() if decode else raw
                cut = rest.rfind(b"\n") + 1 or rest.rfind(b"\r", 0, -1) + 1
                if not cut:
                    if len(rest) > LONGEST_LINE:
                        raise Refused(
                            f"a line is longer than {LONGEST_LINE >> 20} MB",
                            where=self.source.name,
                            fix="check that the file is delimited text with line ends",
                        )
                    continue
                yield rest[:cut], len(raw)
                rest = rest[cut:]
            if decode:
                rest += decode.decode(b"", final=True).encode()
            if rest:
                yield rest, 0


def _clean(stretch: bytes, delimiter: int) -> bool:
    """Whether one physical line is at most one record for sure: no bare return, quotes only around cells on one line.

    Arrow passes over blank lines without a word; `_arrow` sees that by counting.
    """
    # Arrow takes a byte-order mark for no part of the first cell, wherever in the file its stretch stands.
    if stretch.startswith(codecs.BOM_UTF8) or any(mark in stretch for mark in MARKS):
        return False
    data = np.frombuffer(stretch, np.uint8)
    last = len(data) - 1
    if b"\r" in stretch:
        returns = np.flatnonzero(data == 13)
        if returns[-1] == last or (data[returns + 1] != 10).any():
            return False
    if b'"' not in stretch:
        return True
    at = np.flatnonzero((data == 34) | (data == 10))
    is_quote = data[at] == 34
    inside = np.cumsum(is_quote, dtype=np.int32) % 2 == 1
    if inside[-1] or (inside & ~is_quote).any():
        return False
    quotes = at[is_quote]
    opening, closing = quotes[::2], quotes[1::2]
    before, after = data[np.maximum(opening - 1, 0)], data[np.minimum(closing + 1, last)]
    starts = (opening == 0) | (before == delimiter) | (before == 10) | (before == 34)
    ends = (closing == last) | (after == delimiter) | (after == 10) | (after == 13) | (after == 34)
    return bool(starts.all() and ends.all())


def from_numpy(values: np.ndarray) -> pa.Array:
    """An Arrow array over the same memory; `pa.array` would first import Pandas, where that is installed."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def blocks(source: Source, form: Form) -> Iterator[Block]:
    """All records of a file after its header, in order, in blocks of a few megabytes.

    Yields
    ------
    Block
        Every record is a row of some block's table or one of its odd records, and none is both.
    """
    width = len(form.header)
    names = [str(i) for i in range(width)]
    supply = _Supply(stretches(source, form.encoding), form.header_line)
    while (piece := supply.next_stretch()) is not None:
        stretch, line, size = piece
        if _clean(stretch, ord(form.delimiter)):
            table = _arrow(stretch, names, form.delimiter)
            if table is not None:
                supply.line = line + len(table)
                lines = from_numpy(np.arange(line, supply.line, dtype=np.int64))
                yield Block(table.add_column(0, "_line", lines), [], size, *supply.struck())
                continue
        block = _one_by_one(supply, stretch, line, form, names)
        block.bytes, (block.turned, block.unended) = size, supply.struck()
        yield block


def _arrow(stretch: bytes, names: list[str], delimiter: str) -> pa.Table | None:
    """The rows of a clean stretch, or None where a row has too few or too many cells."""
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(stretch),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=max(len(stretch), 1) + 1),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table if len(table) == stretch.count(b"\n") + (not stretch.endswith(b"\n")) else None


class _Supply:
    """Physical lines for the careful reader, which may ask for more than one stretch to close a quote."""

    def __init__(self, stretches: Iterator[tuple[bytes, int]], header_line: int) -> None:
        self.stretches = stretches
        self.line = 1
        self.skip = header_line
        self.turned, self.unended = 0, False

    def struck(self) -> tuple[int, bool]:
        """Characters that turn or hide text since the last call, and whether the last line has no line end."""
        turned, self.turned = self.turned, 0
        return turned, self.unended

    def next_stretch(self) -> tuple[bytes, int, int] | None:
        piece = next(self.stretches, None)
        if piece is None:
            return None
        stretch, size = piece
        while self.skip:
            end = _line_end(stretch)
            stretch, self.skip, self.line = stretch[end:], self.skip - 1, self.line + 1
        if not stretch.isascii():
            self.turned += sum(stretch.count(c) for c in TURNED if c[:2] in stretch)
        self.unended = bool(stretch) and not stretch.endswith((b"\n", b"\r"))
        return stretch, self.line, size


def _line_end(stretch: bytes) -> int:
    """Where the first physical line of `stretch` ends (after its line break)."""
    ends = [e for e in (stretch.find(b"\n"), stretch.find(b"\r")) if e >= 0]
    if not ends:
        return len(stretch)
    end = min(ends)
    return end + (2 if stretch[end : end + 2] == b"\r\n" else 1)


def _one_by_one(supply: _Supply, stretch: bytes, line: int, form: Form, names: list[str]) -> Block:
    """The records of a stretch by Python's csv reader, each with the line where it starts."""
    pending = list(io.StringIO(stretch.decode(), newline=""))
    lines: list[int] = []
    rows: list[list[str]] = []
    odd: list[tuple[int, list[str], str]] = []
    at = 0
    while at < len(pending):
        text = pending[at]
        if not text.strip("\r\n"):
            at, line = at + 1, line + 1
            continue
        taken, cells, wrong = 0, [], ""

        def record() -> Iterator[str]:
            """The lines of one record, for as long as its quote is open."""
            nonlocal pending, at, taken
            length = 0
            while taken < LONGEST_RECORD and length <= LONGEST_LINE:
                if at + taken >= len(pending):
                    more = supply.next_stretch()
                    if more is None:
                        return
                    pending = pending[at:] + list(io.StringIO(more[0].decode(), newline=""))
                    at = 0
                length += len(pending[at + taken])
                taken += 1
                yield pending[at + taken - 1]

        try:
            cells = next(csv.reader(record(), delimiter=form.delimiter, strict=True))
        except csv.Error as error:
            wrong = next((said for words, said in WRONG.items() if words in str(error)), STRAY)
        if wrong:
            # Only the line with the stray quote is set aside; reading goes on with the next physical line.
            taken = 1
            odd.append((line, [text.rstrip("\r\n")], wrong))
        elif len(cells) != len(names):
            # A line of nothing but delimiters is kept as it came: as cells it takes fifty times the memory.
            kept = cells if len(cells) <= 10 * MOST_COLUMNS else ["".join(pending[at : at + taken]).rstrip("\r\n")]
            odd.append((line, kept, f"{len(cells):,} cells where the header has {len(names)}"))
        elif any(mark.decode() in c for c in cells for mark in MARKS):
            odd.append((line, cells, MARKED))
        else:
            lines.append(line)
            rows.append(cells)
        at, line = at + taken, line + taken
    supply.line = line
    columns = (
        [pa.array(c, pa.string()) for c in zip(*rows, strict=True)]
        if rows
        else [pa.array([], pa.string())] * len(names)
    )
    table = pa.table([pa.array(lines, pa.int64()), *columns], names=["_line", *names])
    return Block(table, odd)
