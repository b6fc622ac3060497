"""What a reader may ask of the records: current versions of landed batches, of the classes that the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from peelian.access.actor import Actor, allowed_classes, hidden, visible

from . import lake
from .feeds import feed_named
from .models import Batch, Edition, Standing

COLUMNS = (
    "batch", "line", "feed", "kind", "reference", "category", "offence", "ho_class", "start", "end", "precision", "easting",
    "northing", "place_precision", "place", "location_type", "area", "outcome", "domestic",
)  # fmt: skip


def events(
    actor: Actor,
    *,
    categories: Iterable[str] | None = None,
    areas: Iterable[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    feeds: Iterable[str] | None = None,
    known_on: datetime | None = None,
) -> pl.DataFrame:
    """Crimes, incidents and calls, one row each, from the lake.

    Parameters
    ----------
    actor : Actor
        Sees the classes of record that policy allows; the rest leaves no trace.
    categories, areas, feeds : iterable of str, optional
        Keep only these categories (slugs), LSOA codes, feeds.
    start, end : datetime, optional
        Keep events that begin in the half-open span [start, end).
    known_on : datetime, optional
        As this installation knew it at that instant; now, without one.

    Returns
    -------
    polars.DataFrame
        Columns `COLUMNS`; times in UTC; metres on the British National Grid. Sorted by batch and line.
    """
    tests: list[str] = []
    values: list[Any] = []
    lists = {"category": categories, "area": areas}
    for name, wanted in lists.items():
        if wanted is not None:
            tests.append(f"{name} IN (SELECT v FROM _{name})")
    for test, value in (("start >= ?", start), ("start < ?", end)):
        if value is not None:
            tests.append(test)
            values.append(value)
    where = " WHERE " + " AND ".join(tests) if tests else ""
    return _read(actor, "event", COLUMNS, where, values, lists, feeds=feeds, known_on=known_on)


def mentions(
    actor: Actor, references: Iterable[str] | None = None, *, known_on: datetime | None = None
) -> pl.DataFrame:
    """People as records state them: key, reference, role, sex, born_on, ethnicity and the rest of a mention's columns."""
    where = " WHERE reference IN (SELECT v FROM _reference)" if references is not None else ""
    columns = ("batch", "line", "feed", *lake.MENTION)
    return _read(actor, "mention", columns, where, [], {"reference": references}, known_on=known_on)


def _read(
    actor: Actor,
    kind: str,
    columns: Iterable[str],
    where: str,
    values: list[Any],
    lists: Mapping[str, Iterable[str] | None],
    *,
    feeds: Iterable[str] | None = None,
    known_on: datetime | None = None,
) -> pl.DataFrame:
    """Current rows of every feed that becomes `kind`, one feed after another: all their files at once are more than fits."""
    held = set(Batch.objects.filter(state=Batch.LANDED).order_by().values_list("feed", flat=True).distinct())
    names = lake.feeds_of(kind, feeds)
    classes, restricted = allowed_classes(actor), hidden(actor)
    picked = ", ".join(f'"{c}"' for c in columns)
    frames = []
    for name in [n for n in names if n in held] or names[:1]:
        con = lake.session()
        for column, wanted in lists.items():
            if wanted is not None:
                con.register(f"_{column}", pl.DataFrame({"v": sorted(set(wanted))}, schema={"v": pl.String}).to_arrow())
        source = lake.current(con, kind, classes=classes, hidden=restricted, feeds=[name], known_on=known_on)
        frames.append(_frame(con, f"SELECT {picked} FROM {source}{where}", values))
    return pl.concat(frames).sort("batch", "line")


def cells(actor: Actor, feed: str, *, known_on: datetime | None = None) -> pl.DataFrame:
    """The current rows of one feed as its source wrote them.

    Returns
    -------
    polars.DataFrame
        batch, line, known_from (UTC), then the source's own columns as text, in its order. Sorted by batch and line.
    """
    declared = feed_named(feed)
    con = lake.session()
    source = lake.current(
        con, declared.becomes[0], classes=allowed_classes(actor), hidden=hidden(actor), feeds=[declared.name],
        known_on=known_on, cells=True,
    )  # fmt: skip
    return _frame(con, f"SELECT batch, line, known_from, unnest(cells) FROM {source} ORDER BY batch, line", [])


def _frame(con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> pl.DataFrame:
    found = pl.from_arrow(con.sql(sql, params=values).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    con.close()
    return found


def batches(actor: Actor, *, feed: str = "") -> QuerySet[Batch]:
    """Landed batches that the actor may see, newest first."""
    rows = visible(Batch.objects.filter(state=Batch.LANDED), actor)
    if feed:
        rows = rows.filter(feed=feed)
    return rows.prefetch_related("editions").order_by("-pk")


def current(rows: QuerySet[Any], actor: Actor, *, known_on: datetime | None = None) -> QuerySet[Any]:
    """Of a store table's rows, those of landed batches that are current and that the actor may see."""
    editions = Edition.objects.filter(landed=True)
    rows = visible(rows, actor).filter(batch__state=Batch.LANDED)
    gone = actor.once(f"withdrawn feeds {known_on or ''}".strip(), lambda _: lake.withdrawn_feeds(known_on))
    rows = rows.exclude(batch__feed__in=gone) if gone else rows
    if known_on is not None:
        editions, rows = editions.filter(known_from__lte=known_on), rows.filter(known_from__lte=known_on)
    last = Standing.objects.filter(
        version_batch=OuterRef("batch"), version_line=OuterRef("line"), edition__in=editions
    ).order_by("-edition_id")
    return rows.alias(said=Coalesce(Subquery(last.values("current")[:1]), True)).filter(said=True)
