"""What would happen if a file were read: the same reading, mapping and checks as landing, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from peelian.access.actor import Actor, record_act, require_police
from peelian.core.errors import PeelianError

from . import formats, lake, noticing, reading, staging
from .failures import plain_failures
from .feeds.declare import Feed, cell, plain, quoted
from .file_names import told_by_name
from .mapping import Map
from .mapping_cells import NOT_MAPPED, distinct
from .reading import Form

FIRST = 20  # faults that are shown
MOST_VALUES = 50  # of one column
HIDDEN = "(personal: not shown)"


@dataclass
class Check:
    """What one file would become: read = accepted + quarantined + repeats."""

    file: str
    feed: str
    record_class: str
    made_up: dict[str, Any] = field(
        default_factory=dict
    )  # kind of file, sheet, encoding, delimiter, line of the header
    matched: dict[str, str] = field(default_factory=dict)  # the feed's column: what it is made from
    left_over: list[str] = field(default_factory=list)  # columns of the source that the mapping does not name
    empty: list[str] = field(default_factory=list)  # columns of the feed that stay empty
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeats: int = 0
    uncovered: list[dict[str, Any]] = field(default_factory=list)  # values that no value map covers
    faults: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The check for ``--json``."""
        return asdict(self)


def check(mapping: Map, path: Path, *, actor: Actor, on: date) -> Iterator[Check]:
    """Say what reading a file by a mapping would do.

    Parameters
    ----------
    mapping : Map
        From `mapping.read`.
    path : Path
        A file of the source, a workbook, or a zip of them.
    on : date
        The day of reading, by which dates in the future are told.

    Yields
    ------
    Check
        One a file, sheet or member. A file that would be refused carries `error`.
    """
    require_police(actor)
    mapping.settled()
    feed = mapping.feed
    try:
        with plain_failures(reading.shown(path)):
            found = formats.sources(path, mapping.source, mapping.layout)
    except PeelianError as error:
        yield Check(reading.shown(path), feed.name, feed.record_class.code, error=str(error))
        return
    for source in found:
        one = Check(source.name, feed.name, feed.record_class.code)
        try:
            with plain_failures(source.name):
                _fill(one, mapping, source, on)
        except PeelianError as error:
            one.error = str(error)
        record_act(actor, "consultation", f"check of a mapping to {feed.name}", detail={"read": one.read})
        yield one


def _fill(one: Check, mapping: Map, source: reading.Source, on: date) -> None:
    feed = mapping.feed
    given = formats.look(source, mapping.source, mapping.layout)
    one.made_up = {
        k: v
        for k, v in (
            ("kind", given.kind), ("sheet", source.sheet), ("encoding", given.encoding), ("delimiter", given.delimiter),
            ("header", given.header_line),
        )
        if v
    }  # fmt: skip
    one.matched = {name: made.told() for name, made in mapping.made.items()}
    one.left_over = [name for name, own in zip(given.header, given.columns, strict=True) if not own]
    one.empty = [c.name for c in feed.columns if c.name not in mapping.made]
    form, blocks = mapping.apply(given, formats.blocks(source, given))
    con = lake.session()
    try:
        met = staging.stage(con, feed, form, blocks, on, None, told_by_name(feed, form, source.name))
        staging.judge(con, feed)
        counts = dict(con.execute("SELECT verdict, count(*) FROM judged GROUP BY 1").fetchall())
        (odd,) = con.execute("SELECT count(*) FROM odd").fetchone() or (0,)
        one.accepted = counts.get("accepted", 0) + counts.get("withdrawn", 0)
        one.quarantined, one.repeats = counts.get("quarantined", 0) + odd, counts.get("repeat", 0)
        one.read = one.accepted + one.quarantined + one.repeats
        told = "column nobody expected"  # told as `left_over`
        one.notes = [n for n in (*given.notes, *met, *noticing.notes(con, feed, on)) if not n.startswith(told)]
        one.uncovered = list(_uncovered(con, mapping, given, form))
        one.faults = list(_faults(con, mapping, source.name, on))
    finally:
        con.close()


def _uncovered(con: duckdb.DuckDBPyConnection, mapping: Map, given: Form, form: Form) -> Iterator[dict[str, Any]]:
    """The source's values that a value map does not name, most frequent first, with the number of rows."""
    beside = [name.removeprefix("+") for name in staging.column_names(form)[len(mapping.made) :]]
    columns = {plain(own): _json(kept) for own, kept in zip(given.columns, beside, strict=True) if own}
    for name, made in mapping.made.items():
        if made.values is None:
            continue
        value = distinct(made, {s: columns[plain(s)] for s in made.sources})
        covered = ", ".join(map(quoted, ["", *made.values]))
        rows = con.execute(
            f"SELECT {value} AS v, count(*) FROM raw WHERE v NOT IN ({covered}) GROUP BY v ORDER BY 2 DESC, v"
        ).fetchmany(MOST_VALUES)
        becomes = {"quarantine": "quarantined", "keep": "kept as it is"}.get(made.otherwise, repr(made.otherwise))
        hidden = mapping.feed.column(name).personal
        for found, n in [(HIDDEN, sum(n for _, n in rows))] if hidden and rows else rows:
            yield {"column": name, "from": " and ".join(made.sources), "value": found, "rows": n, "becomes": becomes}


def _json(name: str) -> str:
    """SQL: the source's own cell, from those kept beside the row."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    path = quoted(f'$."{escaped}"')
    return f"coalesce(json_extract_string(_extra, {path}), '')"


def _faults(con: duckdb.DuckDBPyConnection, mapping: Map, file: str, on: date) -> list[dict[str, Any]]:
    """The first faults in the order of the file; a cell of a personal column is never shown."""
    feed: Feed = mapping.feed
    rules = list(staging.checks(feed, on))
    names = [c.name for c in feed.columns]
    picked = ", ".join(map(cell, names))
    told: list[dict[str, Any]] = [
        {
            "file": file,
            "line": line,
            "column": "(whole row)",
            "found": why,
            "allowed": "one cell for each column of the header",
        }
        for line, why in con.execute(f"SELECT line, why FROM odd ORDER BY line LIMIT {FIRST}").fetchall()
    ]
    rows = con.execute(f"SELECT _line, _faults, {picked} FROM raw WHERE _faults <> '' ORDER BY _line LIMIT {FIRST}")
    for line, faults, *cells in rows.fetchall():
        held = dict(zip(names, cells, strict=True))
        for columns, allowed, _ in (rules[int(i)] for i in faults.split(",")):
            told.append({
                "file": file, "line": line, "column": " and ".join(columns), "found": _found(feed, columns, held), "allowed": allowed,
            })  # fmt: skip
    return sorted(told, key=lambda fault: int(fault["line"]))[:FIRST]


def _found(feed: Feed, columns: Sequence[str], held: dict[str, str]) -> str:
    if any(feed.column(name).personal for name in columns):
        return HIDDEN
    return "; ".join(_source_value(held[name]) for name in columns)


def _source_value(text: str) -> str:
    """The value as the source has it."""
    if text.startswith(NOT_MAPPED):
        text = text.split(" = ", 1)[-1]
    return repr(text) if text else "nothing"
