"""Checking the rows of a file before anything is written: faults, content, identity, and what is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from types import MappingProxyType

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from . import lake, marking
from .feeds.declare import Feed, cell, quoted
from .models import Erased
from .reading import Block, Form, from_numpy

Progress = Callable[[int, int, str], None]
LARGE = 100_000  # lines
MOST_HELD = 8 << 20  # letters of records that are no rows, before they leave the memory
SPILL = "a marking above this installation's ceiling; nothing else of the row was kept"
SPILL_ALLOWED = "a marking of {} or below, the ceiling of this installation; nothing else of the row was kept"
UNIT = "chr(31)"  # the separator between cells when a row is hashed


def stage(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    form: Form,
    blocks: Iterable[Block],
    on: date,
    progress: Progress | None,
    named: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Bring the records of a file into the tables `raw` (its rows as text, checked) and `odd` (records that are no rows).

    Parameters
    ----------
    named : mapping of str to str
        Columns that the file's name fills.

    Returns
    -------
    list of str
        What was met on the way that a person should know.
    """
    names = column_names(form)
    odd: list[tuple[int, str, str]] = []
    done = held = turned = 0
    unended = False

    def tables() -> Iterator[pa.Table]:
        nonlocal done, held, turned, unended
        for block in blocks:
            turned, unended = turned + block.turned, block.unended
            for line, cells, why in block.odd:
                spilt = feed.marking is not None and marking.above(cells)
                odd.append((line, "[]", SPILL) if spilt else (line, json.dumps(cells), why))
                held += len(odd[-1][1])
            if held > MOST_HELD:  # beside the query that asks for these rows
                _keep_odd(lake.cursor(con), odd)
                held = 0
            yield block.table.rename_columns(["_line", *names])
            done += block.bytes
            if progress:
                progress(done, form.size, "reading")

    _take(con, feed, ["_line", *names], tables(), on, named)
    _keep_odd(con, odd)
    if feed.marking:
        _spill_beside(con)
    notes = []
    if turned:
        notes.append(
            f"{turned:,} character{'s' * (turned != 1)} that turn the direction of text, or hide: a name may not read as it is stored"
        )
    if unended:
        notes.append("the last line has no line end: check that the file was not cut short")
    return notes


def _keep_odd(con: duckdb.DuckDBPyConnection, odd: list[tuple[int, str, str]]) -> None:
    """Move records that are no rows from memory to their table."""
    if odd:
        lines, cells, why = zip(*odd, strict=True)
        con.register("_odd", pa.table({"l": pa.array(lines, pa.int64()), "c": list(cells), "w": list(why)}))
        con.execute("INSERT INTO odd SELECT * FROM _odd")
        con.unregister("_odd")
        odd.clear()


def stage_cells(
    con: duckdb.DuckDBPyConnection, feed: Feed, rows: Sequence[tuple[int, dict[str, str]]], on: date
) -> None:
    """The same for mended rows: (line, cells by column name)."""
    names = [c.name for c in feed.columns]
    columns = [pa.array([cells.get(name, "") for _, cells in rows], pa.string()) for name in names]
    lines = pa.array([line for line, _ in rows], pa.int64())
    table = pa.table([lines, *columns], names=["_line", *names])
    _take(con, feed, table.column_names, iter([table]), on)


def column_names(form: Form) -> list[str]:
    """The feed's name of each column of a file; one that nobody expected keeps its own, after a plus sign."""
    folded = [given.casefold() for given in form.header]
    own: list[str] = []
    for i, given in enumerate(form.header, start=1):
        name = given if given and folded.count(given.casefold()) == 1 else f"{given} (column {i})".lstrip()
        while name != given and name.casefold() in folded:
            name += "'"
        own.append(name)
    return [name or f"+{given}" for name, given in zip(form.columns, own, strict=True)]


def _take(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    columns: Sequence[str],
    tables: Iterator[pa.Table],
    on: date,
    named: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Check and hash rows as they come and keep them. The identity of a row without an id is left to `judge`, which counts."""
    extra = sorted(c for c in columns if c.startswith("+"))
    names = [cell(c.name) for c in feed.columns]
    con.execute(f"""
        CREATE TABLE raw (_line BIGINT, {", ".join(f"{name} VARCHAR" for name in names)}, _extra VARCHAR, _easting DOUBLE,
        _northing DOUBLE, _faults VARCHAR, _content VARCHAR, _slice VARCHAR, _has_id BOOLEAN, _identity VARCHAR)
    """)
    con.execute("CREATE TABLE odd (line BIGINT, cells VARCHAR, why VARCHAR)")
    con.execute("SET preserve_insertion_order = false")  # a row's line says where it stood
    cells = ", ".join(
        cell(c.name) if c.name in columns else f"{quoted(named.get(c.name, ''))} AS {cell(c.name)}"
        for c in feed.columns
    )
    beside = "CAST(NULL AS VARCHAR)"
    if extra:
        beside = "to_json(struct_pack(" + ", ".join(f"{cell(c[1:])} := {cell(c)}" for c in extra) + "))"
    rules = [sql for _, _, sql in checks(feed, on)]
    faults = ", ".join(f"CASE WHEN NOT ({sql}) THEN '{i}' END" for i, sql in enumerate(rules))
    parts = " || chr(31) || ".join(map(cell, feed.slice)) if feed.slice else "''"
    has_id = f"{cell(feed.id)} <> ''" if feed.id else "false"
    identity = f"md5(concat_ws({UNIT}, {quoted(feed.name)}, {cell(feed.id)}))" if feed.id else "NULL"
    failed: list[Exception] = []
    types = [("_line", pa.int64()), *((c, pa.string()) for c in columns[1:])]
    points = [("_easting", pa.float64()), ("_northing", pa.float64())]
    stream = pa.RecordBatchReader.from_batches(pa.schema([*types, *points]), _batches(feed, tables, failed))
    con.register("_rows", stream)
    try:
        con.execute(f"""
            INSERT INTO raw SELECT *,
                CASE WHEN {" AND ".join(f"({sql})" for sql in rules)} THEN '' ELSE concat_ws(',', {faults}) END,
                md5(concat_ws({UNIT}, {", ".join(names)}, _extra)), {parts}, {has_id}, CASE WHEN {has_id} THEN {identity} END
            FROM (SELECT _line, {cells}, {beside} AS _extra, nullif(_easting, 'nan'), nullif(_northing, 'nan') FROM _rows)
        """)
    except duckdb.Error:
        if failed:
            raise failed[0] from None
        raise
    finally:
        con.unregister("_rows")
    if feed.marking:
        _spill(con, feed, len(rules) - 1)


def _spill(con: duckdb.DuckDBPyConnection, feed: Feed, rule: int) -> None:
    """Blank the rows that are marked above the ceiling: they are counted, and nothing but line and marking is kept."""
    assert feed.marking is not None
    shown = f"CASE WHEN {marking.plain_sql(feed.marking)} IN ({', '.join(map(quoted, marking.LEVELS))}) THEN {cell(feed.marking)} ELSE 'not a known marking' END"
    blank = ", ".join(f"{cell(c.name)} = {shown if c.name == feed.marking else quoted('')}" for c in feed.columns)
    con.execute(f"""
        UPDATE raw SET {blank}, _extra = NULL, _content = '', _slice = '', _has_id = false, _identity = NULL,
        _easting = NULL, _northing = NULL, _faults = '{rule}' WHERE NOT {marking.allowed_sql(feed.marking)}
    """)


def _spill_beside(con: duckdb.DuckDBPyConnection) -> None:
    """Blank the lines that are no rows and stand beside a spilt one: a record whose quote never closes comes as several."""
    con.execute("""
        UPDATE odd SET cells = '[]', why = $1 WHERE line IN (
            SELECT unnest(list(line)) FROM (SELECT line, why, line - row_number() OVER (ORDER BY line) AS run FROM odd)
            GROUP BY run HAVING bool_or(why = $1))
    """, [SPILL])  # fmt: skip


def spilt(con: duckdb.DuckDBPyConnection, feed: Feed, on: date) -> int:
    """Rows of the staged file that are marked above the ceiling."""
    if not feed.marking:
        return 0
    last = str(len(list(checks(feed, on))) - 1)
    (rows,) = con.execute(
        "SELECT (SELECT count(*) FROM raw WHERE _faults = ?) + (SELECT count(*) FROM odd WHERE why = ?)", [last, SPILL]
    ).fetchone() or (0,)
    return int(rows)


def _batches(feed: Feed, tables: Iterator[pa.Table], failed: list[Exception]) -> Iterator[pa.RecordBatch]:
    """The rows with their points on the grid; what goes wrong is kept, since DuckDB would tell it in its own words."""
    try:
        # A second database, since the rows are asked for from inside another's query; most feeds have points on the grid already.
        with duckdb.connect() if feed.lonlat else nullcontext() as own:
            for table in tables:
                easting = northing = from_numpy(np.full(len(table), np.nan))
                if feed.lonlat and set(feed.lonlat) <= set(table.column_names):
                    easting, northing = _grid(own, table, feed.lonlat)
                whole = table.append_column("_easting", easting).append_column("_northing", northing)
                yield from whole.combine_chunks().to_batches()
    except Exception as error:
        failed.append(error)
        raise


def _grid(con: duckdb.DuckDBPyConnection, table: pa.Table, lonlat: tuple[str, str]) -> tuple[pa.Array, pa.Array]:
    """Eastings and northings of a block's longitudes and latitudes; NaN where empty, unreadable or off the grid."""
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
    return from_numpy(easting), from_numpy(northing)


def checks(feed: Feed, on: date) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every check of the feed as (columns, what is allowed, SQL that is true where the row passes)."""
    day = f"DATE '{on.isoformat()}'"
    for column in feed.columns:
        name = cell(column.name)
        if column.rule:
            passes = f"coalesce({column.rule.on(column.name, day)}, false)"
            # A rule on the length of a text would let an empty cell pass.
            sql = f"{name} = '' OR {passes}" if column.blank else f"{name} <> '' AND {passes}"
            yield (column.name,), column.rule.allowed, sql
        elif not column.blank:
            yield (column.name,), "something: it may not be empty", f"{name} <> ''"
    for rule in feed.rows:
        yield rule.columns, rule.allowed, f"coalesce({rule.sql}, false)"
    if feed.marking:  # the last one, by which a spill is known
        yield (feed.marking,), SPILL_ALLOWED.format(marking.ceiling()), marking.allowed_sql(feed.marking)


def judge(con: duckdb.DuckDBPyConnection, feed: Feed, *, after: dict[tuple[str, str], int] | None = None) -> None:
    """Make the view `judged`: the rows of `raw` with `line`, `verdict` and `identity`.

    Parameters
    ----------
    after : dict of (slice, content) to int, optional
        Occurrences of rows without an id that are counted already (a replay goes on counting where its file stopped).
    """
    _register_counts(con, after or {})
    _register_erased(con, feed)
    con.execute(f"""
        CREATE TABLE counted AS SELECT r._line AS line, md5(concat_ws({UNIT}, {quoted(feed.name)}, r._slice, r._content,
            coalesce(a.n, 0) + row_number() OVER (PARTITION BY r._slice, r._content ORDER BY r._line))) AS identity
        FROM raw r LEFT JOIN after a ON a.slice = r._slice AND a.content = r._content WHERE r._faults = '' AND NOT r._has_id
    """)
    con.execute("""
        CREATE VIEW identified AS SELECT r._line AS line, coalesce(r._identity, c.identity) AS identity, r._content AS content
        FROM raw r LEFT JOIN counted c ON c.line = r._line WHERE r._faults = ''
    """)
    # A hash finds the few rows that may stand twice; only they are put in order.
    con.execute(f"""
        CREATE TABLE again AS
        SELECT i.line FROM identified i SEMI JOIN (SELECT identity, content FROM {lake.relation(feed)} WHERE verdict IN ('accepted', 'withdrawn')) h
            ON h.identity = i.identity AND h.content = i.content
        UNION
        SELECT line FROM (SELECT _line AS line, row_number() OVER (PARTITION BY _identity, _content ORDER BY _line) AS n
            FROM raw WHERE _faults = '' AND _has_id AND hash(_identity, _content) IN
            (SELECT hash(_identity, _content) FROM raw WHERE _faults = '' AND _has_id GROUP BY 1 HAVING count(*) > 1)) WHERE n > 1
        UNION
        SELECT _line FROM raw SEMI JOIN erased ON erased.identity = _identity WHERE _faults = '' AND _has_id
    """)
    # Of what was erased by law not even the hash of its cells is kept when it comes again.
    con.execute(
        "UPDATE raw SET _content = '' WHERE _faults = '' AND _has_id AND _identity IN (SELECT identity FROM erased)"
    )
    # A record taken back is a version like any other: it ends the one before it, and is itself shown to nobody.
    withdrawn = f"r._has_id AND coalesce({feed.withdrawn}, false)" if feed.withdrawn else "false"
    con.execute(f"""
        CREATE VIEW judged AS SELECT r.*, r._line AS line, coalesce(r._identity, c.identity) AS identity,
        CASE WHEN r._faults <> '' THEN 'quarantined' WHEN a.line IS NOT NULL THEN 'repeat' WHEN {withdrawn} THEN 'withdrawn' ELSE 'accepted' END AS verdict
        FROM raw r LEFT JOIN counted c ON c.line = r._line LEFT JOIN again a ON a.line = r._line
    """)


def _register_counts(con: duckdb.DuckDBPyConnection, after: dict[tuple[str, str], int]) -> None:
    kinds = {"slice": pl.String, "content": pl.String, "n": pl.Int64}
    rows = [(*key, n) for key, n in after.items()]
    con.register("_after", pl.DataFrame(rows, schema=kinds, orient="row").to_arrow())  # `pa.array` would import Pandas
    con.execute("CREATE TABLE after AS SELECT * FROM _after")
    con.unregister("_after")


def _register_erased(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    known = list(Erased.objects.filter(feed=feed.name).values_list("identity", flat=True))
    con.register("_erased", pl.DataFrame({"identity": known}, schema={"identity": pl.String}).to_arrow())
    con.execute("CREATE OR REPLACE TABLE erased AS SELECT * FROM _erased")
    con.unregister("_erased")


def came_again(con: duckdb.DuckDBPyConnection) -> int:
    """How many rows of records that were erased here came again; nothing of them is kept."""
    (n,) = con.execute(
        "SELECT count(*) FROM raw SEMI JOIN erased ON erased.identity = _identity WHERE _faults = '' AND _has_id"
    ).fetchone() or (0,)
    return int(n)


def lake_rows(
    con: duckdb.DuckDBPyConnection, feed: Feed, digest: str, known_from: datetime
) -> list[pa.RecordBatchReader]:
    """Every row read, as the lake holds it; the two halves of a large file apart, to be written at the same time."""
    (last,) = con.execute("SELECT coalesce(max(_line), 0) FROM raw").fetchone() or (0,)
    parts = ["true"] if last < LARGE else [f"line <= {last // 2}", f"line > {last // 2}"]
    rows = _lake_sql(feed, digest, known_from)
    return [lake.cursor(con).sql(f"SELECT * FROM ({rows}) WHERE {part}").to_arrow_reader(50_000) for part in parts]


def _lake_sql(feed: Feed, digest: str, known_from: datetime) -> str:
    kinds = lake.canonical(feed)
    known = f"TIMESTAMPTZ '{known_from.isoformat()}'"
    head = (
        f"{quoted(digest)} AS batch, line, verdict, if(verdict = 'quarantined', '', identity) AS identity, _content AS content, "
        f"_has_id AS has_id, _slice AS slice, {known} AS known_from, _faults AS faults"
    )
    maps = {**{name: "''" if kind == "VARCHAR" else "NULL" for name, kind in kinds.items()}, **feed.maps}
    mapped = ", ".join(f"CAST({maps[name]} AS {kind}) AS {cell(name)}" for name, kind in kinds.items())
    unmapped = ", ".join(f"CAST(NULL AS {kind}) AS {cell(name)}" for name, kind in kinds.items())
    fields = ", ".join(f"{cell(c.name)} := {cell(c.name)}" for c in feed.columns)
    shape = lake.cells_type(feed)
    return f"""
        SELECT {head}, CAST(NULL AS VARCHAR) AS odd, {mapped}, struct_pack({fields}) AS cells, _extra AS extra
        FROM judged WHERE verdict IN ('accepted', 'withdrawn')
        UNION ALL
        SELECT {head}, NULL, {unmapped}, struct_pack({fields}), _extra FROM judged WHERE verdict = 'quarantined'
        UNION ALL
        SELECT {head}, NULL, {unmapped}, CAST(NULL AS {shape}), NULL FROM judged WHERE verdict = 'repeat'
        UNION ALL
        SELECT {quoted(digest)}, line, 'quarantined', '', '', false, '', {known}, '',
            to_json(struct_pack(cells := cells, why := why)), {unmapped}, CAST(NULL AS {shape}), NULL FROM odd
    """
