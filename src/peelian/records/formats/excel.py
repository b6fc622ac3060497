"""Excel workbooks: the sheets whose header is the feed's, a row's line being its number in the sheet.

Values are the ones that Excel last calculated. What a person would want to know is said in a note: hidden sheets, formulas,
cells with an Excel error, merged cells among the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from ..feeds.declare import Feed, plain
from ..headers import match
from ..reading import MARKED, MARKS, Block, Form, Layout, Refused, Source, scan
from .typed import Shape, shapes, text
from .workbook import Workbook, workbook

ROWS = 20_000  # a block
TITLES = 30  # rows in which the header must begin
_FREE = Shape()

Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, as (row, column) counted from 0
_held: dict[Any, Workbook] = {}  # the workbook opened last: found, looked at and read, one after the other


class _NoHeader(Refused):
    """A sheet without the feed's header; `known` columns of it stand in its best row."""

    known = 0


def sheets(source: Source, feed: Feed, layout: Layout) -> list[Source]:
    """The sheets of a workbook that hold this feed.

    Raises
    ------
    Refused
        If the workbook cannot be read, or no sheet of it has this feed's header.
    """
    book = _opened(source)
    names = book.names
    if layout.sheet:
        if layout.sheet not in (*names, *book.hidden):
            raise Refused(
                "the workbook has no sheet of that name",
                where=source.name,
                found=", ".join(names)[:300],
                fix="correct `sheet` in the mapping file",
                id="peelian.E408",
            )
        names = [layout.sheet]
    found, best = [], None
    for name in names:
        one = replace(source, sheet=name)
        try:
            _header(one, feed, layout)
            found.append(one)
        except _NoHeader as error:
            best = error if best is None or error.known > best.known else best
    if found:
        return found
    if best is not None and (best.known or layout.sheet):
        raise best
    raise Refused(
        "no sheet of the workbook has this feed's header",
        where=source.name,
        found="sheets: " + (", ".join(names)[:300] or "none that is shown"),
        fix=f"choose the right feed; the header must stand in the first {TITLES} rows of a sheet",
        id="peelian.E408",
    )


def look(source: Source, feed: Feed, layout: Layout) -> Form:
    """Hash, header and notes of one sheet."""
    if not source.sheet:
        source = sheets(source, feed, layout)[0]
    sha256, size, _, _ = scan(source)
    sha256 = hashlib.sha256(
        f"{sha256}\x1f{source.sheet}".encode()
    ).hexdigest()  # each sheet lands as a batch of its own
    number, names, columns = _header(source, feed, layout)
    sheet = _opened(source).sheet(source.sheet)
    filled = _filled(sheet, number)
    # A column without a name and without a value is only the sheet's width.
    picked = tuple(i for i, name in enumerate(names) if name or i in filled)
    header, columns = tuple(names[i] for i in picked), tuple(columns[i] for i in picked)
    extra = [name or "(no name)" for name, own in zip(header, columns, strict=True) if not own]
    notes = [
        *source.notes,
        f"sheet {source.sheet}, header in row {number}",
        *(f"column nobody expected, kept beside the row: {name}" for name in extra),
        *_told(source, number),
    ]
    return Form(
        sha256, size, "", "", number, header, columns, tuple(notes), kind="excel", shapes=shapes(feed, columns),
        picked=picked,
    )  # fmt: skip


def blocks(source: Source, form: Form) -> Iterator[Block]:
    """All rows below the header in order; a row without a filled cell is passed over like a blank line."""
    sheet = _opened(source).sheet(source.sheet)
    share = form.size / max(sheet.total_height - form.header_line, 1)
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    odd: list[tuple[int, list[str], str]] = []
    wanted, marks = list(zip(form.picked, form.shapes, strict=True)), [mark.decode() for mark in MARKS]
    try:
        for number, cells in _rows(sheet, form.header_line):
            row = tuple([c if type(c := cells[i]) is str else text(c, shape) for i, shape in wanted])
            if any(mark in "".join(row) for mark in marks):
                odd.append((number, list(row), MARKED))
            elif any(row):
                lines.append(number)
                rows.append(row)
            if len(rows) >= ROWS:
                yield _block(form, lines, rows, odd, share)
                lines, rows, odd = [], [], []
        yield _block(form, lines, rows, odd, share)
    finally:
        _held.clear()


def _block(
    form: Form, lines: list[int], rows: list[tuple[str, ...]], odd: list[tuple[int, list[str], str]], share: float
) -> Block:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(form.header)
    arrays = [pa.array(lines, pa.int64()), *(pa.array(c, pa.string()) for c in columns)]
    return Block(pa.table(arrays, names=["_line", *map(str, range(len(columns)))]), odd, round(share * len(rows)))


def _opened(source: Source) -> Workbook:
    """The workbook of a source, opened once for all that is asked of it in a row."""
    key = (source.path, source.member, source.state())
    if key not in _held:
        _held.clear()
        _held[key] = workbook(replace(source, sheet=""))
    return _held[key]


def _rows(sheet: Any, after: int = 0) -> Iterator[tuple[int, list[Any]]]:
    """The rows below row `after`, with their numbers in the sheet."""
    return ((n, cells) for n, cells in enumerate(sheet.iter_rows(), start=1) if n > after)


def _header(source: Source, feed: Feed, layout: Layout) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Row number, names and the feed's columns of the header: the row, or the two, with most of the feed's names."""
    sheet = _opened(source).sheet(source.sheet)
    top: list[list[str]] = []
    for _, cells in _rows(sheet):
        top.append([" ".join(text(c, _FREE).split()) for c in cells])
        if len(top) > TITLES + layout.skip:
            break
    spread = _spread(top, sheet.merged_cell_ranges or [], sheet.start[1] if sheet.start else 0)
    known, number, header = 0, 0, tuple[str, ...]()
    for n in range(layout.skip, len(top)):
        two = [(_two(spread[n], top[n + 1]), n + 2)] if n + 1 < len(top) else []
        for names, last in [(tuple(top[n]), n + 1), *two]:
            count = len({feed.names[plain(c)] for c in names if plain(c) in feed.names})
            if count > known:
                known, number, header = count, last, names
        if layout.skip:
            break
    try:
        columns, _ = match(header, f"{source.name}, row {number} (the header)" if known else source.name, feed)
    except Refused as error:
        refusal = _NoHeader(error.summary, where=error.where, found=error.found, matters=error.matters, fix=error.fix)
        refusal.known = known
        raise refusal from None
    return number, header, columns


def _spread(top: list[list[str]], ranges: list[Range], left: int) -> list[list[str]]:
    """The first rows with a cell that is merged to the right written into each of its columns."""
    filled = [list(row) for row in top]
    for (row, first), (_, last) in ranges:
        if row < len(filled):
            for column in range(first - left, min(last - left + 1, len(filled[row]))):
                filled[row][column] = top[row][first - left]
    return filled


def _two(upper: list[str], lower: list[str]) -> tuple[str, ...]:
    """Two rows as one header: a group's name over the names below it ("Occurred" over "From" and "To")."""
    return tuple(" ".join(part for part in pair if part) for pair in zip(upper, lower, strict=True))


def _filled(sheet: Any, header: int) -> set[int]:
    """The columns that hold anything below the header."""
    filled: set[int] = set()
    for _, cells in _rows(sheet, header):
        if len(filled) == len(cells):
            break
        filled.update(i for i, c in enumerate(cells) if c != "")
    return filled


def _told(source: Source, header: int) -> list[str]:
    """Notes on hidden sheets, merged cells, formulas and errors."""
    book = _opened(source)
    notes = [f"hidden sheet, not read: {name}" for name in book.hidden if name != source.sheet]
    merged = [m for m in book.sheet(source.sheet).merged_cell_ranges or [] if m[1][0] >= header]
    if merged:
        notes.append(f"merged cells among the rows ({len(merged):,}): only the first cell of each holds the value")
    counts = book.counts.get(source.sheet)
    if counts is None:
        return [*notes, "an old Excel file (.xls): formulas are read as their last values"]
    if counts.uncalculated:
        raise Refused(
            "the workbook holds formulas that were never calculated",
            where=source.name,
            found=f"{counts.uncalculated:,} formulas without a value",
            matters="their cells would be read as empty",
            fix="open it in Excel, save it, and read it again",
            id="peelian.E410",
        )
    if counts.formulas:
        notes.append(f"formulas ({counts.formulas:,}) are read as the values that Excel last calculated")
    if counts.errors:
        notes.append(f"cells with an Excel error such as #N/A ({counts.errors:,}) are read as empty")
    return notes
