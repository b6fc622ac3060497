"""Strict reading of delimited text: every physical record is told apart, counted and given its line.

A record's line is the physical line where it starts; the header stands on line 1 unless blank lines come before it. Clean
stretches go through Arrow's reader; a stretch with anything odd in it (a quote inside a cell, a line break inside quotes, a
blank line, a row too short or too long) goes through Python's csv reader, record by record. Both give the same rows.
"""

from __future__ import annotations

import codecs
import csv
import fnmatch
import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from peelian.core.errors import PeelianError

from .feeds.declare import Feed, plain

BLOCK = 2 << 20
HEAD = 1 << 16  # bytes in which the header must end
LONGEST_LINE = 16 << 20
csv.field_size_limit(LONGEST_LINE)
LONGEST_RECORD = 200  # physical lines; an open quote that runs further is taken as a stray quote
DELIMITERS = ",;\t|"
MARKS = (
    b"\x00",
    b"\x1f",
)  # PostgreSQL stores no zero byte; the unit separator stands between cells when a row is hashed
CUT = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


class Refused(PeelianError):
    """A file that cannot be read; nothing of it was kept."""

    id = "peelian.E402"


@dataclass(frozen=True)
class Source:
    """One readable file: on its own, gzipped, or a member of a zip."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """What a user calls it."""
        name = shown(self.path)
        return f"{name}/{self.member}" if self.member else name

    def state(self) -> tuple[int, int, int]:
        """What changes when somebody writes to the file."""
        now = self.path.stat()
        return now.st_ino, now.st_size, now.st_mtime_ns

    def open(self) -> IO[bytes]:
        """The decompressed bytes."""
        if self.member:
            try:
                return zipfile.ZipFile(self.path).open(self.member)
            except (RuntimeError, NotImplementedError):
                raise Refused(
                    "the zip is locked by a password or packed in a way that is not read here",
                    where=self.name,
                    fix="unpack it and give the file itself",
                ) from None
        with self.path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return gzip.open(self.path) if packed else self.path.open("rb")  # type: ignore[return-value]


def shown(path: Path) -> str:
    """A file's name as text: bytes of it that are not UTF-8 become marks, since neither the store nor JSON holds them."""
    return os.fsencode(path.name).decode(errors="replace")


def sources(path: Path, feed: Feed) -> list[Source]:
    """The files to read at `path`: itself, or the members of a zip that are this feed's.

    Raises
    ------
    Refused
        If there is no such file, or the zip holds none of this feed's files.
    """
    name = shown(path)
    if not path.is_file():
        raise Refused("there is no such file", where=name, fix="check the name; a folder is read file by file")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            if file.read(2) == b"PK":
                raise Refused("the zip is damaged or cut short", where=name, fix="fetch the file again")
        return [Source(path)]
    try:
        members = sorted(i.filename for i in zipfile.ZipFile(path).infolist() if not i.is_dir())
    except (*CUT, UnicodeDecodeError):
        raise Refused("the zip is damaged or cut short", where=name, fix="fetch the file again") from None
    # A Mac packs a shadow of each file beside it.
    tables = [m for m in members if m.lower().endswith((".csv", ".txt")) and not m.startswith("__MACOSX/")]
    ours = [m for m in tables if fnmatch.fnmatch(m.rsplit("/", 1)[-1].lower(), feed.members)]
    if not ours and len(tables) == 1:
        ours = tables
    if not ours:
        raise Refused(
            "the zip holds no file of this feed",
            where=name,
            found=", ".join(members[:5]) + (" ..." if len(members) > 5 else "") if members else "an empty zip",
            fix=f"a file of {feed.name} is named like {feed.members}",
        )
    if twice := sorted({m for m in ours if ours.count(m) > 1}):
        raise Refused(
            "the zip holds two files of one name",
            where=name,
            found=", ".join(twice[:5]),
            matters="only one of them could be read",
            fix="unpack it and give the files themselves",
        )
    return [Source(path, m) for m in ours]


@dataclass(frozen=True)
class Form:
    """How a file is written down, found by looking at all of its bytes once."""

    sha256: str
    size: int
    encoding: str
    delimiter: str
    header_line: int
    header: tuple[str, ...]
    columns: tuple[str, ...]  # the feed's name of each column of the file; "" for one that nobody expected
    notes: tuple[str, ...] = ()


def _scan(source: Source) -> tuple[str, int, bytes, bytes | None]:
    """SHA-256, size, the first bytes, and (where the bytes are not UTF-8) a stretch that shows the encoding."""
    digest, size, head, odd = hashlib.sha256(), 0, b"", None
    utf8 = codecs.getincrementaldecoder("utf-8")()
    with source.open() as file:
        while block := file.read(BLOCK):
            head = head or block[:HEAD]
            digest.update(block)
            size += len(block)
            if odd is None:
                try:
                    utf8.decode(block)
                except UnicodeDecodeError as error:
                    odd = block[max(0, error.start - 20_000) : error.start + 20_000]
    if odd is None:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            raise EOFError from None  # it ends in the middle of a character
    return digest.hexdigest(), size, head, odd


def _encoding(head: bytes, odd: bytes | None, where: str) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16: it comes first
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if b"\x00" in (head if odd else head[:100]):
        raise Refused(
            "the file is not text",
            where=where,
            found="zero bytes and no byte-order mark",
            matters="a spreadsheet or database file would be read as nonsense",
            fix="export it as CSV",
        )
    if odd is None:
        return "utf-8"
    import charset_normalizer

    sample = head[:20_000] + odd
    guess = sample.decode("utf-8", "replace")
    if sum(c > "\x7f" for c in guess) > 2 * guess.count("\N{REPLACEMENT CHARACTER}"):
        raise _unreadable(where, "UTF-8 text with bytes of another encoding in it")
    # Of the one-byte encodings only Windows' is written here: left to choose, the library takes a few accents for any of a
    # dozen others and misreads names. What it still tells is text from noise and from other alphabets.
    if charset_normalizer.from_bytes(sample, cp_isolation=["cp1252"]).best() is None:
        raise _unreadable(where)
    return "cp1252"


def _unreadable(where: str, found: str = "bytes that are neither UTF-8 nor Windows-1252 text") -> Refused:
    return Refused(
        "the encoding of the file cannot be told",
        where=where,
        found=found,
        matters="names would be read wrongly",
        fix="save the file as UTF-8",
    )


def look(source: Source, feed: Feed) -> Form:
    """Read all bytes once: hash, encoding, delimiter, header.

    Raises
    ------
    Refused
        If the file is cut short, empty, not text, or its header is not this feed's.
    """
    try:
        sha256, size, head, odd = _scan(source)
    except CUT:
        raise Refused(
            "the file is cut short or damaged",
            where=source.name,
            matters="the rows after the cut would be lost without a word",
            fix="fetch the file again",
        ) from None
    if not head.strip():
        raise Refused("the file is empty", where=source.name, fix="export it again")
    encoding = _encoding(head, odd, source.name)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    lines = io.StringIO(text, newline="")
    first, line = "", 0
    while not first.strip():
        if not (first := next(lines, "")):
            raise Refused("the file is empty", where=source.name, fix="export it again")
        line += 1
    if len(head) < size and not first.endswith(("\n", "\r")):
        raise Refused(
            f"the header is longer than {HEAD >> 10} kB",
            where=f"{source.name}, line {line} (the header)",
            matters="a row would have more cells than the header has names",
            fix=f"export the columns of {feed.name} alone",
        )
    try:
        delimiter = csv.Sniffer().sniff(first, delimiters=DELIMITERS).delimiter
    except csv.Error:
        delimiter = ","
    header = tuple(c.strip() for c in next(csv.reader([first], delimiter=delimiter)))
    columns, notes = _match(header, line, feed, source.name)
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"read as {encoding}")
    return Form(sha256, size, encoding, delimiter, line, header, columns, tuple(notes))


def _match(header: Sequence[str], line: int, feed: Feed, where: str) -> tuple[tuple[str, ...], list[str]]:
    """The feed's column of each header cell, and notes on what nobody expected."""
    where = f"{where}, line {line} (the header)"
    names = [feed.names.get(plain(cell), "") for cell in header]
    known = [n for n in names if n]
    if not known:
        raise Refused(
            "the first line is not this feed's header",
            where=where,
            found=f"{len(header)} cells, none of them a column of {feed.name}",
            matters="without a header no column can be told from another",
            fix=f"choose the right feed, or add the header: {', '.join(c.name for c in feed.columns if not c.optional)}",
        )
    twice = sorted({n for n in known if known.count(n) > 1})
    if twice:
        raise Refused(
            "the header names a column twice", where=where, found=", ".join(twice), fix="keep one column of each name"
        )
    missing = [c.name for c in feed.columns if not c.optional and c.name not in known]
    full = [g for g in feed.either if all(n in known for n in g)]
    if feed.either and len(full) != 1:
        missing.append(" or ".join(" and ".join(g) for g in feed.either) + (" (not both)" if full else ""))
    if missing:
        raise Refused(
            "the header lacks a column",
            where=where,
            found=", ".join(header[:30]),
            matters=f"the file may be another force's or another feed's; {feed.name} needs every column it declares",
            fix="add: " + "; ".join(missing),
        )
    extra = [cell or "(no name)" for cell, name in zip(header, names, strict=True) if not name]
    notes = [f"column nobody expected, kept beside the row: {cell}" for cell in extra]
    return tuple(names), notes


@dataclass
class Block:
    """Some records of a file: a table of text cells with their lines, and the records that are no rows."""

    table: pa.Table  # columns "_line" (int64) and the header's cells by position "0", "1", ...
    odd: list[tuple[int, list[str], str]] = field(default_factory=list)  # line, cells, what is wrong
    bytes: int = 0


class _Lines:
    """The bytes of a file as UTF-8, cut into stretches of whole physical lines."""

    def __init__(self, source: Source, form: Form) -> None:
        self.source, self.form = source, form

    def stretches(self) -> Iterator[tuple[bytes, int]]:
        decode = None if self.form.encoding == "utf-8" else codecs.getincrementaldecoder(self.form.encoding)()
        try:
            yield from self._cut(decode)
        except UnicodeDecodeError:
            raise _unreadable(self.source.name) from None

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
    if any(mark in stretch for mark in MARKS):
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
    supply = _Supply(_Lines(source, form).stretches(), form.header_line)
    while (piece := supply.next_stretch()) is not None:
        stretch, line, size = piece
        if _clean(stretch, ord(form.delimiter)):
            table = _arrow(stretch, names, form.delimiter)
            if table is not None:
                supply.line = line + len(table)
                lines = from_numpy(np.arange(line, supply.line, dtype=np.int64))
                yield Block(table.add_column(0, "_line", lines), bytes=size)
                continue
        block = _one_by_one(supply, stretch, line, form, names)
        block.bytes = size
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

    def next_stretch(self) -> tuple[bytes, int, int] | None:
        piece = next(self.stretches, None)
        if piece is None:
            return None
        stretch, size = piece
        while self.skip:
            end = _line_end(stretch)
            stretch, self.skip, self.line = stretch[end:], self.skip - 1, self.line + 1
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
        taken, cells, wrong = 1, [], ""
        while True:
            try:
                cells = next(csv.reader(pending[at : at + taken], delimiter=form.delimiter, strict=True))
                break
            except csv.Error as error:
                if "unexpected end" not in str(error):
                    wrong = "text stands after a closing quote, or a quote inside a cell is not doubled"
                    break
            if taken >= LONGEST_RECORD:
                wrong = "a quote is opened and not closed"
                break
            if at + taken >= len(pending):
                more = supply.next_stretch()
                if more is None:
                    wrong = "a quote is opened and not closed"
                    break
                pending = pending[at:] + list(io.StringIO(more[0].decode(), newline=""))
                at = 0
            taken += 1
        if wrong:
            # Only the line with the stray quote is set aside; reading goes on with the next physical line.
            taken = 1
            odd.append((line, [text.rstrip("\r\n")], wrong))
        elif len(cells) != len(names):
            odd.append((line, cells, f"{len(cells)} cells where the header has {len(names)}"))
        elif any(mark.decode() in c for c in cells for mark in MARKS):
            odd.append((line, cells, "a zero byte or a unit separator stands in a cell"))
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
