"""What strikes in a file whose rows passed: said with the batch, since each may mean that the whole file is wrong.

A note counts and never names a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from .feeds.declare import MOMENT, MOMENT_AHEAD, Feed, cell
from .models import Area
from .staging import came_again, checks

SQUARE = 1_000  # metres
FAR = 20_000  # metres: a force records some offences elsewhere; further away, a point is more often wrong
FEW = 5  # rows below which a share of them says nothing


def notes(con: duckdb.DuckDBPyConnection, feed: Feed, on: Any) -> Iterator[str]:
    """What a person should know of the staged file, in words."""
    yield from _mostly_quarantined(con, feed, on)
    yield from _two_contents(con, feed)
    if n := came_again(con):
        yield f"{counted(n, 'row is of a record that was', 'rows are of records that were')} erased here by decision, and nothing of it was kept"
    yield from _skipped_hour(con, feed)
    if feed.placed:
        yield from _off_the_grid(con, feed)
        yield from _outside(con, feed)


def counted(n: int, one: str, many: str) -> str:
    """A count with its words.

    >>> counted(1, "row lies", "rows lie"), counted(1200, "row lies", "rows lie")
    ('1 row lies', '1,200 rows lie')
    """
    return f"{n:,} {one if n == 1 else many}"


def _number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    (n,) = con.execute(sql).fetchone() or (0,)
    return int(n or 0)


def _mostly_quarantined(con: duckdb.DuckDBPyConnection, feed: Feed, on: Any) -> Iterator[str]:
    """More than half of the rows wait: the file is written in another way than the feed, or its columns are exchanged."""
    odd, faulty = _number(con, "SELECT count(*) FROM odd"), _number(con, "SELECT count(*) FROM raw WHERE _faults <> ''")
    read = odd + _number(con, "SELECT count(*) FROM raw")
    if read < FEW or 2 * (odd + faulty) <= read:
        return
    said = f"{odd + faulty:,} of {read:,} rows wait in quarantine"
    if odd > faulty:
        yield f"{said}, most of them no row of this header: was the file exported with another delimiter, or cut?"
        return
    rules = list(checks(feed, on))
    worst = con.execute(
        "SELECT unnest(string_split(_faults, ',')) AS i, count(*) FROM raw WHERE _faults <> '' GROUP BY i "
        "ORDER BY 2 DESC, CAST(i AS INTEGER) LIMIT 1"
    ).fetchone()
    assert worst is not None
    columns, allowed, _ = rules[int(worst[0])]
    yield f"{said}, {worst[1]:,} for {' and '.join(columns)}: {allowed}. Are columns exchanged, or is it another feed's file?"


def _two_contents(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[str]:
    if feed.id and (
        n := _number(
            con,
            "SELECT count(*) FROM (SELECT hash(_identity) FROM raw WHERE _faults = '' AND _has_id GROUP BY 1 "
            "HAVING min(_content) <> max(_content))",
        )
    ):
        yield f"{counted(n, f'{feed.id} stands', f'values of {feed.id} stand')} on several lines with other content; the last one holds"


def _skipped_hour(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[str]:
    """Times from 01:00 to 01:59 on the last Sunday of March, since 1996 the hour that does not exist (Summer Time Order 2002)."""
    n = sum(
        # The pattern first: it leaves few times whose day has to be looked at.
        _number(
            con,
            f"SELECT count(*) FROM raw WHERE {x} LIKE '%-03-% 01:%' AND {x} >= '1996' AND {x}[6:10] >= '03-25' "
            f"AND dayofweek(TRY_CAST({x}[1:10] AS DATE)) = 0 AND _faults = ''",
        )
        for x in (cell(c.name) for c in feed.columns if c.rule in (MOMENT, MOMENT_AHEAD))
    )
    if n:
        yield (
            f"{counted(n, 'time lies', 'times lie')} in the hour that the clocks pass over in March: if the source writes GMT all "
            "year, its summer times are an hour early"
        )


def _off_the_grid(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[str]:
    if not feed.lonlat:
        return
    lon, _ = map(cell, feed.lonlat)
    placeless = f"{feed.maps['easting']} IS NULL AND {lon} <> ''"
    if n := _number(con, f"SELECT count(*) FROM raw WHERE _faults = '' AND {placeless}"):
        yield f"{counted(n, 'point lies', 'points lie')} outside Great Britain, on no map of the National Grid: kept without a place"


def _outside(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[str]:
    """Points outside the loaded areas. Squares of 1 km are sorted first: only those on the boundary need their points looked at."""
    import shapely

    whole, name = loaded_area()
    if whole is None:
        return
    points = f"""(SELECT {feed.maps["easting"]} AS e, {feed.maps["northing"]} AS n FROM raw WHERE _faults = '')"""
    square = f"CAST(floor(e / {SQUARE}) AS INTEGER) AS x, CAST(floor(n / {SQUARE}) AS INTEGER) AS y"
    squares = con.execute(
        f"SELECT {square}, count(*) AS rows FROM {points} WHERE e IS NOT NULL GROUP BY x, y"
    ).fetchnumpy()
    if not len(squares["x"]):
        return
    west, south = squares["x"] * float(SQUARE), squares["y"] * float(SQUARE)
    boxes = shapely.box(west, south, west + SQUARE, south + SQUARE)
    inside, met = shapely.covers(whole, boxes), shapely.intersects(whole, boxes)
    edge = met & ~inside
    away = int(squares["rows"][~met].sum())
    # Of a square, its middle is measured: half a square more or less is nothing at this distance.
    far = ~met & ~shapely.dwithin(whole, shapely.centroid(boxes), FAR)
    if edge.any():
        con.register("_edge", pa.table({"x": squares["x"][edge], "y": squares["y"][edge]}))
        found = con.execute(
            f"SELECT e, n, rows FROM (SELECT e, n, {square}, count(*) AS rows FROM {points} WHERE e IS NOT NULL GROUP BY e, n) SEMI JOIN _edge USING (x, y)"
        ).fetchnumpy()
        con.unregister("_edge")
        away += int(found["rows"][~shapely.intersects_xy(whole, np.asarray(found["e"]), np.asarray(found["n"]))].sum())
    if away:
        beyond = int(squares["rows"][far].sum())
        yield f"{counted(away, 'point lies', 'points lie')} outside the loaded area ({name})" + (
            f", {beyond:,} of them more than {FAR // 1_000} km" if beyond else ""
        )


def loaded_area() -> tuple[Any, str]:
    """The ground that the loaded areas cover, on the National Grid, prepared for questions, and what it is called."""
    for kind in ("force", "district", "msoa", "lsoa", "ward"):
        held = Area.objects.filter(kind=kind, boundary__isnull=False).order_by("code")
        if known := tuple(held.values_list("code", "source", "hectares")):
            return _ground(kind, known), held[0].name if len(known) == 1 else f"{len(known)} of kind {kind}"
    return None, ""


@lru_cache(maxsize=2)
def _ground(kind: str, known: tuple[Any, ...]) -> Any:
    """`known` stands for the areas as they are now: others make another entry."""
    import shapely
    from convertbng import cutil
    from shapely.geometry import shape

    def on_the_grid(lonlat: np.ndarray) -> np.ndarray:
        x, y = cutil.convert_bng(np.ascontiguousarray(lonlat[:, 0]), np.ascontiguousarray(lonlat[:, 1]))
        return np.column_stack([x, y])

    boundaries = Area.objects.filter(kind=kind, boundary__isnull=False).values_list("boundary", flat=True)
    whole = shapely.union_all([shapely.make_valid(shapely.transform(shape(b), on_the_grid)) for b in boundaries])
    shapely.prepare(whole)
    return whole
