"""What the first bytes of a delimited text tell: that it is text, its encoding, its delimiter, and whose header it has."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .feeds.declare import Feed, plain
from .unpacking import NO_FILE, Refused, printable

DELIMITERS = ",;\t|"
MOST_COLUMNS = 1_000
HEADER_LINES = 20  # physical lines that a header with line breaks in its cells may take
TOLD = 20  # columns nobody expected that are told by name
NAME = 60  # characters of a column's name that are shown
EXCEL = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)  # the first line by which Excel is told the delimiter
KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Office program (Excel 97, Word 97)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)"),
    (b"Rar!", "an archive (RAR)"),
    (b"BZh", "an archive (bzip2)"),
    (b"\xfd7zXZ", "an archive (xz)"),
    (b"\x28\xb5\x2f\xfd", "an archive (zstd)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
WEB = (b"<!doctype html", b"<html", b"<?xml")


def refuse_kind(head: bytes, where: str) -> None:
    """Refuse what is plainly no table, by its name: the most usual is the web page that a log-in gave in place of a file."""
    start = head.lstrip(codecs.BOM_UTF8 + b" \r\n\t")[:20].lower()
    if start.startswith(WEB):
        raise Refused(
            "the file is no table",
            where=where,
            found="a web page or XML",
            matters="a download that asks for a log-in saves the page in place of the file",
            fix="sign in where it came from, fetch it again, and look at it before it is read in",
            id=NO_FILE,
        )
    for mark, kind in KINDS:
        # Two letters may begin a header as well: a program has zero bytes.
        if head.startswith(mark) and (len(mark) > 3 or b"\x00" in head):
            raise Refused(
                "the file is not text",
                where=where,
                found=kind,
                matters="it would be read as nonsense",
                fix="unpack it" if "archive" in kind else "export the table as CSV",
                id=NO_FILE,
            )


def encoding_of(head: bytes, odd: bytes | None, where: str, wanted: str = "") -> str:
    """The encoding of a text, from its first bytes and, where it is not UTF-8, a stretch that shows so.

    Parameters
    ----------
    wanted : str, optional
        The one that a mapping file names; it holds if the bytes allow it.

    Raises
    ------
    Refused
        If it is no text, or cannot be told.
    """
    if wanted:
        if codecs.lookup(wanted).name == "utf-8" and odd:
            raise unreadable(where, "bytes that are not UTF-8, which the mapping file names")
        return "utf-8-sig" if codecs.lookup(wanted).name == "utf-8" else wanted
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16: it comes first
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if name := _utf16(head[:200]):
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
        raise unreadable(where, "UTF-8 text with bytes of another encoding in it")
    # Of the one-byte encodings only Windows' is written here: left to choose, the library takes a few accents for any of a
    # dozen others and misreads names. What it still tells is text from noise and from other alphabets.
    if charset_normalizer.from_bytes(sample, cp_isolation=["cp1252"]).best() is None:
        raise unreadable(where)
    return "cp1252"


def _utf16(start: bytes) -> str:
    """UTF-16 without its mark, as SQL Server's exports have it: every other byte of a header is zero."""
    even, odd = start[::2], start[1::2]
    if len(odd) < 8:
        return ""
    if b"\x00" not in even and odd.count(0) == len(odd):
        return "utf-16-le"
    if b"\x00" not in odd and even.count(0) == len(even):
        return "utf-16-be"
    return ""


def unreadable(where: str, found: str = "bytes that are neither UTF-8 nor Windows-1252 text") -> Refused:
    """The refusal of a file whose encoding is unknown, or not the one that its beginning shows."""
    return Refused(
        "the encoding of the file cannot be told",
        where=where,
        found=found,
        matters="names would be read wrongly",
        fix="save the file as UTF-8",
    )


@dataclass(frozen=True)
class Header:
    """The record of the column names; it stands on physical lines `first` to `last`."""

    first: int
    last: int
    delimiter: str
    cells: tuple[str, ...]
    columns: tuple[str, ...]  # the feed's name of each; "" for one that nobody expected
    notes: tuple[str, ...]


def header_of(text: str, complete: bool, feed: Feed, where: str, *, skip: int = 0, delimiter: str = "") -> Header:
    """The header in the beginning of a text.

    Parameters
    ----------
    text : str
        The beginning of the file.
    complete : bool
        Whether it is all of the file.
    skip : int
        Physical lines to pass over before it.
    delimiter : str, optional
        Found by looking, without one.

    Raises
    ------
    Refused
        If there is none, it does not end, or it is not this feed's.
    """
    lines = list(islice(io.StringIO(text, newline=""), 200 + skip))
    first = next((n for n, line in enumerate(lines) if n >= skip and line.strip()), None)
    if first is None:
        raise Refused("the file is empty", where=where, fix="export it again")
    said = EXCEL.fullmatch(lines[first].strip(" \r\n"))
    if said:
        first = next((n for n, line in enumerate(lines) if n > first and line.strip()), first)
    found = [_record(lines, first, d, feed) for d in (delimiter or (said[1] if said else DELIMITERS))]
    delimiter, cells, taken, names = max(found, key=lambda f: (sum(map(bool, f[3])), len(f[1])))
    last = first + taken
    place = f"{where}, line {first + 1} (the header)"
    if not complete and (last >= len(lines) or not lines[last - 1].endswith(("\n", "\r"))):
        raise Refused(
            f"the header is longer than {len(text) >> 10 or 1} kB",
            where=place,
            matters="a row would have more cells than the header has names",
            fix=f"export the columns of {feed.name} alone",
        )
    if len(cells) > MOST_COLUMNS:
        raise Refused(
            "the header names more columns than any table has",
            where=place,
            found=f"{len(cells):,} columns",
            matters="a file with line ends lost, or another delimiter, looks so",
            fix=f"export the columns of {feed.name} alone: {len(feed.columns)}",
        )
    if not any(names):
        raise _none(lines, last, cells, feed, place)
    follows = next((n for n in range(last, len(lines)) if lines[n].strip()), None)
    alike = follows is not None and len(_record(lines, follows, delimiter, feed)[1]) == len(cells)
    needed = [c.name for c in feed.columns if not c.optional]
    # What stands where a name should may be a person's cell: a header that lost its line end runs on into the first row.
    known = sum(map(bool, names))
    open_data = not any(c.personal for c in feed.columns)
    sure = alike and 2 * known > max(len(cells), len(needed)) and (open_data or set(needed) <= set(names))
    columns, notes = match(cells, place, feed, sure=sure)
    return Header(first + 1, last, delimiter, tuple(printable(c.strip()) for c in cells), columns, tuple(notes))


def _record(lines: Sequence[str], at: int, delimiter: str, feed: Feed) -> tuple[str, list[str], int, tuple[str, ...]]:
    """The record that starts on a line, by one delimiter: its cells, how many lines it takes, and which columns it names."""
    taken = 0

    def told() -> Iterator[str]:
        nonlocal taken
        for line in lines[at : at + HEADER_LINES]:
            taken += 1
            yield line

    try:
        cells = next(csv.reader(told(), delimiter=delimiter))
    except csv.Error:
        cells = [""]
    return delimiter, cells, taken, tuple(feed.names.get(plain(c), "") for c in cells)


def _none(lines: Sequence[str], last: int, cells: Sequence[str], feed: Feed, place: str) -> Refused:
    """The refusal of a first line that names no column; where the header stands further down, it says so."""
    needed = [c.name for c in feed.columns if not c.optional]
    for at in range(last, min(last + HEADER_LINES, len(lines))):
        if any(2 * sum(map(bool, _record(lines, at, d, feed)[3])) > len(needed) for d in DELIMITERS):
            fix = f"the header stands on line {at + 1}: take out the lines above it"
            break
    else:
        fix = f"choose the right feed, or add the header: {', '.join(needed)}"
    return Refused(
        "the first line is not this feed's header",
        where=place,
        found=f"{len(cells)} cell{'s' * (len(cells) != 1)}, none of them a column of {feed.name}",
        matters="without a header no column can be told from another",
        fix=fix,
    )


def match(header: Sequence[str], where: str, feed: Feed, *, sure: bool = True) -> tuple[tuple[str, ...], list[str]]:
    """The feed's column of each header cell, and notes on what nobody expected.

    Parameters
    ----------
    sure : bool
        Whether the cells are names for certain; if not, those that are not known are told by their position.

    Raises
    ------
    Refused
        If not every column that the feed needs is there, or one is named twice.
    """
    names = [feed.names.get(plain(cell), "") for cell in header]
    named = [
        f"(column {n})"
        if not name and (not sure or set(cell) & set("\r\n"))
        else printable(cell.strip())[:NAME] or "(no name)"
        for n, (cell, name) in enumerate(zip(header, names, strict=True), start=1)
    ]
    if feed.refuses:
        never = [n for n, cell in zip(named, header, strict=True) if re.fullmatch(feed.refuses, plain(cell))]
        if never:
            raise Refused(
                "the file has a column that may never be held",
                where=where,
                found=", ".join(never[:TOLD]),
                matters=f"{feed.title}: whoever could be known by it might come to harm",
                fix="tell the sender, have the column taken out at its source, and destroy this copy",
            )
    known = [n for n in names if n]
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
            found=", ".join(named[:30]),
            matters=f"the file may be another force's or another feed's; {feed.name} needs every column it declares",
            fix="add: " + "; ".join(missing),
        )
    extra = [cell for cell, name in zip(named, names, strict=True) if not name]
    notes = [f"column nobody expected, kept beside the row: {cell}" for cell in extra[:TOLD]]
    if len(extra) > TOLD:
        notes.append(f"{len(extra) - TOLD:,} more columns nobody expected, kept beside the row")
    return tuple(names), notes
