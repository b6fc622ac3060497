"""Checking the rows of a file before anything is written: faults, content, identity, and what is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa

from . import lake
from .feeds.declare import Feed, cell, quoted
from .reading import Block, Form

Progress = Callable[[int, int, str], None]
UNIT = "chr(31)"  # the separator between cells when a row is hashed


def stage(
    con: duckdb.DuckDBPyConnection, feed: Feed, form: Form, blocks: Iterable[Block], progress: Progress | None
) -> None:
    """Bring the records of a file into the tables `raw` (its rows as text) and `odd` (records that are no rows)."""
    _make(con, feed)
    done = 0
    for block in blocks:
        extra = sorted(c for c in _names(form) if c.startswith("+"))
        _take(con, feed, block.table.rename_columns(["_line", *_names(form)]), extra)
        if block.odd:
            lines, cells, why = zip(*block.odd, strict=True)
            odd = pa.table({"l": pa.array(lines, pa.int64()), "c": [json.dumps(c) for c in cells], "w": list(why)})
            con.register("_odd", odd)
            con.execute("INSERT INTO odd SELECT * FROM _odd")
            con.unregister("_odd")
        done += block.bytes
        if progress:
            progress(done, form.size, "reading")


def stage_cells(con: duckdb.DuckDBPyConnection, feed: Feed, rows: Sequence[tuple[int, dict[str, str]]]) -> None:
    """The same for mended rows: (line, cells by column name)."""
    _make(con, feed)
    names = [c.name for c in feed.columns]
    columns = [pa.array([cells.get(name, "") for _, cells in rows], pa.string()) for name in names]
    lines = pa.array([line for line, _ in rows], pa.int64())
    _take(con, feed, pa.table([lines, *columns], names=["_line", *names]), [])


def _names(form: Form) -> list[str]:
    """The feed's name of each column of a file; one that nobody expected keeps its own, after a plus sign."""
    folded = [given.casefold() for given in form.header]
    own = [
        given if given and folded.count(given.casefold()) == 1 else f"{given} (column {i})".lstrip()
        for i, given in enumerate(form.header, start=1)
    ]
    return [name or f"+{given}" for name, given in zip(form.columns, own, strict=True)]


def _make(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    columns = ", ".join(f"{cell(c.name)} VARCHAR" for c in feed.columns)
    con.execute(f"CREATE TABLE raw (_line BIGINT, {columns}, _extra VARCHAR, _easting DOUBLE, _northing DOUBLE)")
    con.execute("CREATE TABLE odd (line BIGINT, cells VARCHAR, why VARCHAR)")


def _take(con: duckdb.DuckDBPyConnection, feed: Feed, table: pa.Table, extra: list[str]) -> None:
    have = set(table.column_names)
    if feed.lonlat and set(feed.lonlat) <= have:
        easting, northing = _grid(con, table, feed.lonlat)
        table = table.append_column("_easting", easting).append_column("_northing", northing)
    else:
        empty = pa.nulls(len(table), pa.float64())
        table = table.append_column("_easting", empty).append_column("_northing", empty)
    con.register("_block", table)
    cells = ", ".join(cell(c.name) if c.name in have else "''" for c in feed.columns)
    beside = "NULL"
    if extra:
        beside = "to_json(struct_pack(" + ", ".join(f"{cell(c[1:])} := {cell(c)}" for c in extra) + "))"
    con.execute(f"INSERT INTO raw SELECT _line, {cells}, {beside}, _easting, _northing FROM _block")
    con.unregister("_block")


def _grid(con: duckdb.DuckDBPyConnection, table: pa.Table, lonlat: tuple[str, str]) -> tuple[pa.Array, pa.Array]:
    """Eastings and northings of a block's longitudes and latitudes; null where empty, unreadable or off the grid."""
    from convertbng import cutil

    con.register("_points", table.select(list(lonlat)))
    lon, lat = (cell(c) for c in lonlat)
    found = con.execute(
        f"SELECT coalesce(TRY_CAST({lon} AS DOUBLE), 'nan') AS x, coalesce(TRY_CAST({lat} AS DOUBLE), 'nan') AS y FROM _points"
    ).fetchnumpy()
    con.unregister("_points")
    easting, northing = np.full(len(table), np.nan), np.full(len(table), np.nan)
    good = np.isfinite(found["x"]) & np.isfinite(found["y"])
    if good.any():
        x, y = cutil.convert_bng(np.ascontiguousarray(found["x"][good]), np.ascontiguousarray(found["y"][good]))
        easting[good], northing[good] = x, y
    return pa.array(easting, from_pandas=True), pa.array(northing, from_pandas=True)


def checks(feed: Feed, on: date) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every check of the feed as (columns, what is allowed, SQL that is true where the row passes)."""
    day = f"DATE '{on.isoformat()}'"
    for column in feed.columns:
        name = cell(column.name)
        if column.rule:
            passes = f"coalesce({column.rule.on(column.name, day)}, false)"
            yield (column.name,), column.rule.allowed, f"{name} = '' OR {passes}" if column.blank else passes
        elif not column.blank:
            yield (column.name,), "something: it may not be empty", f"{name} <> ''"
    for rule in feed.rows:
        yield rule.columns, rule.allowed, f"coalesce({rule.sql}, false)"


def judge(
    con: duckdb.DuckDBPyConnection, feed: Feed, on: date, *, after: dict[tuple[str, str], int] | None = None
) -> None:
    """Make `verdict` (line, verdict, identity, content, has_id, slice, faults) from `raw`.

    Parameters
    ----------
    after : dict of (slice, content) to int, optional
        Occurrences of rows without an id that are counted already (a replay goes on counting where its file stopped).
    """
    cells = ", ".join([*(cell(c.name) for c in feed.columns), "_extra"])
    faults = ", ".join(f"CASE WHEN NOT ({sql}) THEN '{i}' END" for i, (_, _, sql) in enumerate(checks(feed, on)))
    parts = " || chr(31) || ".join(map(cell, feed.slice)) if feed.slice else "''"
    con.execute(f"""
        CREATE TABLE checked AS SELECT _line AS line, concat_ws(',', {faults}) AS faults,
        md5(concat_ws({UNIT}, {cells})) AS content, {parts} AS slice, {cell(feed.id) if feed.id else "''"} AS id FROM raw
    """)
    _register_counts(con, after or {})
    name = quoted(feed.name)
    con.execute(f"""
        CREATE TABLE identified AS
        SELECT line, content, slice, true AS has_id, md5(concat_ws({UNIT}, {name}, id)) AS identity
        FROM checked WHERE faults = '' AND id <> ''
        UNION ALL
        SELECT c.line, c.content, c.slice, false, md5(concat_ws({UNIT}, {name}, c.slice, c.content,
            coalesce(a.n, 0) + row_number() OVER (PARTITION BY c.slice, c.content ORDER BY c.line)))
        FROM checked c LEFT JOIN after a USING (slice, content) WHERE faults = '' AND id = ''
    """)
    con.execute(f"""
        CREATE TABLE verdict AS
        WITH held AS (SELECT DISTINCT identity, content FROM {lake.relation(feed)} WHERE verdict = 'accepted'),
        seen AS (SELECT *, has_id AND row_number() OVER (PARTITION BY identity, content ORDER BY line) > 1 AS twice FROM identified)
        SELECT s.line, CASE WHEN s.twice OR h.identity IS NOT NULL THEN 'repeat' ELSE 'accepted' END AS verdict,
            s.identity, s.content, s.has_id, s.slice, '' AS faults
        FROM seen s LEFT JOIN held h ON h.identity = s.identity AND h.content = s.content
        UNION ALL
        SELECT line, 'quarantined', '', content, id <> '', slice, faults FROM checked WHERE faults <> ''
    """)


def _register_counts(con: duckdb.DuckDBPyConnection, after: dict[tuple[str, str], int]) -> None:
    arrow = pa.table({
        "slice": pa.array([k[0] for k in after], pa.string()),
        "content": pa.array([k[1] for k in after], pa.string()),
        "n": pa.array(list(after.values()), pa.int64()),
    })  # fmt: skip
    con.register("_after", arrow)
    con.execute("CREATE TABLE after AS SELECT * FROM _after")
    con.unregister("_after")


def lake_rows(con: duckdb.DuckDBPyConnection, feed: Feed, digest: str, known_from: datetime) -> pa.RecordBatchReader:
    """Every row read, as the lake holds it."""
    kinds = lake.CANONICAL[feed.becomes]
    head = (
        f"{quoted(digest)} AS batch, v.line, v.verdict, v.identity, v.content, v.has_id, v.slice, "
        f"TIMESTAMPTZ '{known_from.isoformat()}' AS known_from, v.faults"
    )
    mapped = ", ".join(f"CAST({feed.maps[name]} AS {kind}) AS {cell(name)}" for name, kind in kinds.items())
    unmapped = ", ".join(f"CAST(NULL AS {kind}) AS {cell(name)}" for name, kind in kinds.items())
    fields = ", ".join(f"{cell(c.name)} := {cell(c.name)}" for c in feed.columns)
    shape = "STRUCT(" + ", ".join(f"{cell(c.name)} VARCHAR" for c in feed.columns) + ")"
    return con.sql(f"""
        SELECT {head}, CAST(NULL AS VARCHAR) AS odd, {mapped}, struct_pack({fields}) AS cells, _extra AS extra
        FROM verdict v JOIN raw ON raw._line = v.line WHERE v.verdict = 'accepted'
        UNION ALL
        SELECT {head}, NULL, {unmapped}, struct_pack({fields}), _extra FROM verdict v JOIN raw ON raw._line = v.line
        WHERE v.verdict = 'quarantined'
        UNION ALL
        SELECT {head}, NULL, {unmapped}, CAST(NULL AS {shape}), NULL FROM verdict v WHERE v.verdict = 'repeat'
        UNION ALL
        SELECT {quoted(digest)}, line, 'quarantined', '', '', false, '', TIMESTAMPTZ '{known_from.isoformat()}', '',
            to_json(struct_pack(cells := cells, why := why)), {unmapped}, CAST(NULL AS {shape}), NULL FROM odd
    """).to_arrow_reader(100_000)
