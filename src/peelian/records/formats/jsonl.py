"""JSON lines: one object a line, its keys as columns. The keys of all lines together are the header.

Numbers keep the digits they were written with; an object inside an object becomes columns with a dot (``place.town``).
A line that is no such object is told as odd, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from ..feeds.declare import Feed
from ..headers import MOST_COLUMNS, encoding_of, match
from ..reading import MARKED, MARKS, Block, Form, Layout, Refused, Source, scan, stretches
from .typed import Shape, number_text, shapes, text


class _NoRow(Exception):
    """Why a line is no row."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NoRow("a key stands twice in an object")
    return found


def _flat(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        name = before + key
        if isinstance(value, dict):
            yield from _flat(value, name + ".")
        elif isinstance(value, list):
            raise _NoRow("a list stands where one value is expected: " + name[:80])
        else:
            yield name, value


def _constant(word: str) -> str:
    raise _NoRow(f"{word} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=number_text, parse_constant=_constant)


def row_of(line: str) -> dict[str, Any]:
    """The cells of one line by key; `_NoRow` says why it is no row."""
    try:
        found = _DECODER.decode(line.strip())
    except json.JSONDecodeError as error:
        raise _NoRow(f"not a JSON object: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise _NoRow("objects inside objects, deeper than can be read") from None
    if not isinstance(found, dict):
        raise _NoRow("not a JSON object: every line is one object in { }")
    flat = list(_flat(found))
    row = dict(flat)
    if len(row) < len(flat):
        raise _NoRow("a key stands twice, once with a dot and once inside an object")
    try:
        "".join([*row, *(v for v in row.values() if isinstance(v, str))]).encode()
    except UnicodeEncodeError:
        raise _NoRow("half of a letter (a lone surrogate) stands in a cell") from None
    return row


def _lines(source: Source, encoding: str) -> Iterator[tuple[list[tuple[int, str]], int]]:
    """The lines that are not blank, with their numbers, in blocks of a few megabytes."""
    number = 0
    for stretch, read in stretches(source, encoding):
        block = []
        for line in stretch.splitlines():
            number += 1
            if line.strip():
                block.append((number, line.decode()))
        yield block, read


def look(source: Source, feed: Feed, layout: Layout) -> Form:
    """Read all lines once: hash, encoding, and the keys that occur, in the order in which they come."""
    sha256, size, head, odd = scan(source)
    encoding = encoding_of(head, odd, source.name, layout.encoding)
    keys: dict[str, None] = {}
    for block, _ in _lines(source, encoding):
        for _, line in block:
            try:
                keys.update(dict.fromkeys(row_of(line)))
            except _NoRow:
                continue  # told with its line when the rows are read
        if len(keys) > MOST_COLUMNS:
            raise Refused(
                f"the objects have more than {MOST_COLUMNS:,} different keys",
                where=source.name,
                matters="a key that changes from line to line is no column",
                fix="export the columns of the feed alone",
            )
    # A writer of JSON may leave out a key that is empty; only what may never be empty must occur.
    lenient = replace(feed, columns=tuple(replace(c, optional=c.optional or c.blank) for c in feed.columns))
    columns, notes = match(tuple(keys), f"{source.name} (the keys of all lines)", lenient)
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"read as {encoding}")
    return Form(
        sha256, size, encoding, "", 0, tuple(keys), columns, ("read as JSON lines", *source.notes, *notes), kind="jsonl",
        shapes=shapes(feed, columns),
    )  # fmt: skip


def blocks(source: Source, form: Form) -> Iterator[Block]:
    """All rows in order."""
    names = [str(i) for i in range(len(form.header))]
    for block, size in _lines(source, form.encoding):
        lines: list[int] = []
        rows: list[list[str]] = []
        odd: list[tuple[int, list[str], str]] = []
        for number, line in block:
            try:
                cells = _cells(row_of(line), form)
            except _NoRow as why:
                odd.append((number, [line], str(why)))
                continue
            if any(mark.decode() in c for c in cells for mark in MARKS):
                odd.append((number, cells, MARKED))
            else:
                lines.append(number)
                rows.append(cells)
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        arrays = [pa.array(lines, pa.int64()), *(pa.array(c, pa.string()) for c in columns)]
        yield Block(pa.table(arrays, names=["_line", *names]), odd, size)


def _cells(row: dict[str, Any], form: Form) -> list[str]:
    forms: tuple[Shape, ...] = form.shapes
    return [text(row.get(key), shape) for key, shape in zip(form.header, forms, strict=True)]
