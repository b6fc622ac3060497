"""How good a source's data are: what came and when, how complete, how late, how valid, and how unlike its own past.

The figures of one feed, from its landed batches and current rows; `quality_report` writes them down for a reader, and for the
source to mend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from peelian.access.actor import Actor, allowed_classes, hidden, visible
from peelian.analysis.drift import MixDrift, ShareDrift, discoveries, mix_drift, share_drift
from peelian.core.errors import PeelianError

from . import lake
from .feeds import feed_named
from .feeds.declare import Feed, cell, quoted
from .models import Batch, Edition, Withdrawal
from .quarantine import explain, waiting

LEAST_MONTHS = 3  # of past that the last month is compared with
SMALL_CHANGE = 0.05  # a change of share smaller than this is told of no source, however certain (a local setting)
FALSE_RATE = 0.05  # of the drifts that are told, at most this share is to be chance


@dataclass(frozen=True)
class Delivery:
    """One batch as its edition states it."""

    file: str
    batch: str
    published: date
    stated: bool
    read: int
    accepted: int
    quarantined: int
    repeats: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Filled:
    """How many cells of a column hold something."""

    column: str
    filled: int
    rows: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Lateness:
    """Days from a record's own date (the end of its month, where that is all that is told) to its edition.

    Attributes
    ----------
    rows : int
        Rows with a date, in editions whose date was stated.
    median, ninth : float
        Days within which half, and nine in ten, came.
    """

    rows: int
    median: float
    ninth: float


@dataclass(frozen=True)
class Fault:
    """Rows in quarantine for one reason."""

    column: str
    allowed: str
    rows: int


@dataclass(frozen=True)
class Drift:
    """A column whose last month is unlike the months before it."""

    column: str
    what: str  # "filled" or "mix"
    change: ShareDrift | MixDrift


@dataclass(frozen=True)
class Quality:
    """Everything that the report says of one feed."""

    feed: Feed
    on: date
    deliveries: tuple[Delivery, ...]
    months: tuple[tuple[str, int], ...]  # current rows by month of their own date; oldest first
    undated: int
    arrived: tuple[tuple[str, date, int], ...]  # rows by month of their own date and edition that brought them
    filled: tuple[Filled, ...]
    lateness: Lateness | None
    faults: tuple[Fault, ...]
    mended: int
    compared: str  # the month that is compared with its past; empty where there is too little past
    drifts: tuple[Drift, ...]

    @property
    def rows(self) -> int:
        """Current rows."""
        return self.undated + sum(n for _, n in self.months)

    def total(self, count: str) -> int:
        """A count of all deliveries: ``read``, ``accepted``, ``quarantined`` or ``repeats``."""
        return sum(int(getattr(d, count)) for d in self.deliveries)

    @property
    def gaps(self) -> list[str]:
        """Months between the first and the last of which no row is held."""
        held = {month for month, _ in self.months}
        return [m for m in _months(min(held), max(held)) if m not in held] if held else []


def quality(actor: Actor, feed_name: str, *, on: date) -> Quality:
    """The quality of a feed as this installation holds it.

    Parameters
    ----------
    actor : Actor
        Sees the classes of record that policy allows.
    feed_name : str
    on : date
        The day of the report; months that begin after it are left out, and the month of it is not compared: it is not over.

    Raises
    ------
    PeelianError
        If there is no such feed, or nothing of it that the actor may see has landed.
    """
    feed = feed_named(feed_name)
    landed = visible(Batch.objects.filter(feed=feed.name, state=Batch.LANDED), actor).order_by("pk")
    editions = Edition.objects.filter(batch__in=landed, landed=True).select_related("batch").order_by("published", "pk")
    deliveries = tuple(
        Delivery(b.file, b.digest, e.published, e.stated, b.read, b.accepted, b.quarantined, b.repeats, tuple(b.notes))
        for e in editions
        for b in [e.batch]
    )
    if not deliveries:
        raise PeelianError("nothing of this feed has landed", found=feed.name, fix=f"peelian ingest {feed.name} FILE")
    # Of a feed that was taken back, what was held until then: its sender still wants to know what it sent.
    taken = Withdrawal.objects.filter(feed=feed.name, restored_at=None).first()
    until = None if taken is None else taken.since - timedelta(microseconds=1)
    con = lake.session()
    try:
        current = lake.current(
            con,
            feed.becomes[0],
            classes=allowed_classes(actor),
            hidden=hidden(actor),
            feeds=[feed.name],
            cells=True,
            known_on=until,
        )
        con.execute(f"CREATE TEMP TABLE own AS {_dated(feed, current)}")
        months = con.execute("SELECT month, count(*) FROM own WHERE month IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall()
        (undated,) = con.execute("SELECT count(*) FROM own WHERE month IS NULL").fetchone() or (0,)
        whole = [m for m, _ in months if m < f"{on:%Y-%m}"]
        last = whole[-1] if len(whole) > LEAST_MONTHS else ""
        return Quality(
            feed=feed,
            on=on,
            deliveries=deliveries,
            months=tuple(months),
            undated=undated,
            arrived=_arrived(con, deliveries),
            filled=tuple(_filled(con, feed)),
            lateness=_lateness(con, deliveries),
            faults=_faults(actor, feed),
            mended=sum(1 for _ in landed.exclude(replay_of=None)),
            compared=last,
            drifts=_drifts(con, feed, last, [d.batch for d in deliveries]) if last else (),
        )
    finally:
        con.close()


def _dated(feed: Feed, source: str) -> str:
    """SQL: rows with the month of their own date and that date's last day; a mention alone has none."""
    if "event" not in feed.becomes:
        return f"SELECT batch, CAST(NULL AS VARCHAR) AS month, CAST(NULL AS DATE) AS day, cells FROM {source}"
    made = "timezone('Europe/London', coalesce(reported, start))"
    return f"""
        SELECT batch, strftime({made}, '%Y-%m') AS month,
        CAST(CASE precision WHEN 'month' THEN date_trunc('month', {made}) + INTERVAL 1 MONTH ELSE {made} END AS DATE) AS day, cells
        FROM {source}
    """


def _filled(con: duckdb.DuckDBPyConnection, feed: Feed) -> Iterator[Filled]:
    counts = ", ".join(f"count(*) FILTER (cells.{cell(c.name)} <> '')" for c in feed.columns)
    rows, *filled = con.execute(f"SELECT count(*), {counts} FROM own").fetchone() or (0,)
    for column, count in zip(feed.columns, filled, strict=True):
        yield Filled(column.name, count, rows)


def _arrived(con: duckdb.DuckDBPyConnection, deliveries: tuple[Delivery, ...]) -> tuple[tuple[str, date, int], ...]:
    first: dict[str, date] = {}
    for delivery in deliveries:
        first.setdefault(delivery.batch, delivery.published)
    counts: Counter[tuple[str, date]] = Counter()
    for month, batch, rows in con.execute(
        "SELECT month, batch, count(*) FROM own WHERE month IS NOT NULL GROUP BY ALL"
    ).fetchall():
        counts[month, first[batch]] += rows
    return tuple((month, day, rows) for (month, day), rows in sorted(counts.items()))


def _lateness(con: duckdb.DuckDBPyConnection, deliveries: tuple[Delivery, ...]) -> Lateness | None:
    first: dict[str, date] = {}
    for delivery in deliveries:
        if delivery.stated:
            first.setdefault(delivery.batch, delivery.published)
    if not first:
        return None
    con.execute("CREATE TEMP TABLE told (batch VARCHAR, published DATE)")
    con.executemany("INSERT INTO told VALUES (?, ?)", list(first.items()))
    rows, median, ninth = con.execute(
        "SELECT count(*), quantile_cont(late, 0.5), quantile_cont(late, 0.9) FROM "
        "(SELECT date_diff('day', day, published) AS late FROM own JOIN told USING (batch) WHERE day IS NOT NULL)"
    ).fetchone() or (0, 0, 0)
    return Lateness(rows, float(median), float(ninth)) if rows else None


def _faults(actor: Actor, feed: Feed) -> tuple[Fault, ...]:
    counted: Counter[tuple[str, str]] = Counter()
    for row in waiting(actor, feed=feed.name).iterator():
        counted.update({(fault["column"], fault["allowed"]) for fault in explain(row)})
    return tuple(Fault(column, allowed, n) for (column, allowed), n in counted.most_common())


FAULT_COLUMNS = ("file", "line", "column", "allowed")


def faults_to_send(actor: Actor, feed: str) -> Iterator[tuple[str, int, str, str]]:
    """Each waiting fault as `FAULT_COLUMNS`: no cell of a record is in it, since the source has those."""
    for row in waiting(actor, feed=feed_named(feed).name).iterator():
        for fault in explain(row):
            yield row.batch.file, row.line, fault["column"], fault["allowed"]


def _drifts(con: duckdb.DuckDBPyConnection, feed: Feed, last: str, batches: Sequence[str]) -> tuple[Drift, ...]:
    """Columns whose last whole month differs from the year before it by more than chance and by enough to matter.

    Records are compared as the earliest of `batches` states them: an outcome that comes later would make every newest month look empty.
    """
    year_before = f"{int(last[:4]) - 1}-{last[5:]}"
    order = ", ".join(map(quoted, dict.fromkeys(batches)))
    first = (
        f"(SELECT * FROM {lake.relation(feed, batches)} WHERE verdict = 'accepted' "
        f"QUALIFY row_number() OVER (PARTITION BY identity ORDER BY list_position([{order}], batch), line) = 1)"
    )
    con.execute(
        f"CREATE TEMP TABLE compared AS SELECT *, month = {quoted(last)} AS now FROM ({_dated(feed, first)}) "
        f"WHERE month BETWEEN {quoted(year_before)} AND {quoted(last)}"
    )
    tried: list[Drift] = []
    for column in feed.columns:
        name = f"cells.{cell(column.name)}"
        parts = {
            now: (filled, rows)
            for now, rows, filled in con.execute(
                f"SELECT now, count(*), count(*) FILTER ({name} <> '') FROM compared GROUP BY 1"
            ).fetchall()
        }
        if len(parts) < 2:  # all rows are of one side: nothing to set them against
            return ()
        tried.append(Drift(column.name, "filled", share_drift(parts[False], parts[True])))
        if column.rule and column.rule.values:
            counts: dict[bool, dict[str, int]] = {False: {}, True: {}}
            for now, value, n in con.execute(
                f"SELECT now, {name}, count(*) FROM compared WHERE {name} <> '' GROUP BY ALL"
            ).fetchall():
                counts[now][value] = n
            tried.append(Drift(column.name, "mix", mix_drift(counts[False], counts[True])))
    stands = discoveries([d.change.p for d in tried], rate=FALSE_RATE)
    return tuple(d for d, good in zip(tried, stands, strict=True) if good and _matters(d.change))


def _matters(change: ShareDrift | MixDrift) -> bool:
    size = abs(change.now - change.before) if isinstance(change, ShareDrift) else change.distance
    return size >= SMALL_CHANGE


def _months(first: str, last: str) -> list[str]:
    begin, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(begin, end + 1)]


def summary(found: Quality) -> dict[str, Any]:
    """A line of the list of feeds: shares in percent, lateness in days; None for what is not known."""
    read = found.total("read")
    must = [f for f, c in zip(found.filled, found.feed.columns, strict=True) if c.blank]
    return {
        "feed": found.feed.name,
        "deliveries": len(found.deliveries),
        "newest": found.deliveries[-1].published.isoformat(),
        "rows": found.rows,
        "quarantined": round(100 * found.total("quarantined") / read, 1) if read else 0.0,
        "filled": round(100 * sum(f.share for f in must) / len(must), 1) if must else 100.0,
        "late": found.lateness.median if found.lateness else None,
        "gaps": len(found.gaps),
        "changes": len(found.drifts) if found.compared else None,
    }


def feeds_held(actor: Actor) -> list[str]:
    """Names of the feeds of which the actor may see a landed batch."""
    rows = visible(Batch.objects.filter(state=Batch.LANDED), actor)
    return sorted(rows.order_by().values_list("feed", flat=True).distinct())
