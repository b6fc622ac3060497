"""What a reader asks the map for, and the records in each area and month, as that reader may see them.

One feed at a time: the same burglary may stand in the open data and in the force's own extract, and would count twice.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from convertbng.cutil import convert_osgb36_to_ll
from django.db.models import Max, Min
from numpy.typing import NDArray

from peelian.access.actor import Actor, visible
from peelian.core.clock import plain_day
from peelian.records import areas, query
from peelian.records.feeds import FEEDS
from peelian.records.models import Area, Batch, Event

from .words import CATEGORIES, category_words, day_words

LONDON = ZoneInfo("Europe/London")
KINDS = ("lsoa", "msoa", "ward", "district", "force")


def feeds_of(actor: Actor) -> list[str]:
    """Feeds of events of which the actor may see a batch; the force's own before the open ones."""
    rows = visible(Batch.objects.filter(state=Batch.LANDED), actor)
    held = set(rows.order_by().values_list("feed", flat=True).distinct())
    events = [name for name, feed in FEEDS.items() if name in held and feed.placed]
    order = list(FEEDS)  # crime first, what police chose to do after it
    return sorted(events, key=lambda name: (FEEDS[name].record_class.handling == "open", order.index(name)))


def kinds_held() -> list[str]:
    """Kinds of area whose boundaries are loaded, the smallest first."""
    held = set(Area.objects.exclude(boundary=None).order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in KINDS if kind in held]


def day(text: str | None) -> date | None:
    """A day written as YYYY-MM-DD; None for anything else."""
    try:
        return plain_day(date.fromisoformat(text or ""))
    except ValueError:
        return None


@dataclass(frozen=True)
class Asked:
    """What a reader asks the map for; `within` is None for the whole force."""

    actor: Actor
    feed: str
    category: str
    kind: str
    within: Area | None
    start: date
    end: date

    @classmethod
    def of(cls, actor: Actor, wish: Mapping[str, str], *, on: date) -> Asked:
        """The wish, with a default for what it leaves open: the last year of the first feed, by the smallest areas."""
        feeds, kinds = feeds_of(actor), kinds_held()
        feed = wish["feed"] if wish.get("feed") in feeds else feeds[0] if feeds else ""
        kind = wish["kind"] if wish.get("kind") in kinds else kinds[0] if kinds else ""
        within = Area.objects.filter(kind="district", code=wish.get("within", "")).first()
        held = _held(actor, feed) or (on, on)
        # A word that is no category goes no further: the log and the page repeat it.
        category = wish.get("category", "")
        category = category if category in CATEGORIES or category == "incident" else ""
        last = day(wish.get("to")) or held[1]
        first = day(wish.get("from")) or max((last - timedelta(days=364)).replace(day=1), held[0])
        return cls(actor, feed, category, kind, within, min(first, last), last)

    @cached_property
    def events(self) -> pl.DataFrame:
        """The current events of the category, with `local` (time in London) and `month` as YYYY-MM."""
        everything = self.all_events
        return everything.filter(pl.col("category") == self.category) if self.category else everything

    @cached_property
    def all_events(self) -> pl.DataFrame:
        """The same whatever the category."""
        frame = query.events(
            self.actor,
            feeds=[self.feed] if self.feed else None,
            areas=areas.members(self.within) if self.within else None,
            start=datetime.combine(self.start, time.min, LONDON),
            end=datetime.combine(self.end + timedelta(days=1), time.min, LONDON),
        )
        frame = frame.with_columns(local=pl.col("start").dt.convert_time_zone(LONDON.key))
        return frame.with_columns(month=pl.col("local").dt.strftime("%Y-%m"))

    @cached_property
    def placed(self) -> pl.DataFrame:
        """The events that have a place."""
        return self.events.drop_nulls(["easting", "northing"])

    @property
    def months(self) -> list[str]:
        """Every month of the period as YYYY-MM."""
        first, count = self.start, (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        return [f"{first.year + n // 12}-{n % 12 + 1:02}" for n in range(first.month - 1, first.month - 1 + count)]

    @property
    def period(self) -> str:
        """The period in words."""
        return f"{day_words(self.start)} to {day_words(self.end)}"

    @property
    def what(self) -> str:
        """What is asked about, in words."""
        place = f" in {self.within.name}" if self.within else ""
        return (category_words(self.category) if self.category else "All records") + place


def _held(actor: Actor, feed: str) -> tuple[date, date] | None:
    """First and last day of the feed's events; of a month, its own first and last."""
    rows = visible(Event.objects.filter(batch__feed=feed, batch__state=Batch.LANDED), actor).exclude(start=None)
    found = rows.aggregate(first=Min("start"), last=Max("start"))
    if found["last"] is None:
        return None
    first, last = (found[name].astimezone(LONDON).date() for name in ("first", "last"))
    if rows.filter(start=found["last"], precision="month").exists():
        last = (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, last


def timeless(asked: Asked) -> int:
    """Records of the choice that state no time at all, and so stand in no period."""
    rows = Event.objects.filter(batch__feed=asked.feed, start=None)
    if asked.category:
        rows = rows.filter(category=asked.category)
    if asked.within:
        rows = rows.filter(area__in=areas.members(asked.within))
    return query.current(rows, asked.actor).count()


def pack(values: NDArray[Any]) -> str:
    """An array as base64 of its little-endian bytes: a third of what the numbers cost as text."""
    return base64.b64encode(np.ascontiguousarray(values, values.dtype.newbyteorder("<")).tobytes()).decode()


def by_area(asked: Asked) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Areas of the kind asked for, and the records in each and each month.

    Returns
    -------
    areas : list of dict
        `code`, `name`, `people` (None where no population is loaded), by name.
    counts : DataFrame
        `area` (position in `areas`), `month`, `n`; records whose area is not known are left out.
    """
    up = roll_up(asked.kind)
    if asked.within:
        inside = set(areas.members(asked.within))
        up = {code: above for code, above in up.items() if code in inside}
    people: dict[str, float] = {}
    for code, value in areas.values("population", year=asked.end.year)[0].items():
        if code in up:
            people[up[code]] = people.get(up[code], 0.0) + value
    shown = set(up.values())
    rows = [
        row
        for row in Area.objects.filter(kind=asked.kind).order_by("name", "code").values("code", "name")
        if row["code"] in shown
    ]
    told = [{**row, "people": people.get(row["code"])} for row in rows]
    where = {row["code"]: number for number, row in enumerate(rows)}
    place = {code: where[above] for code, above in up.items()}
    found = asked.events.with_columns(area=pl.col("area").replace_strict(place, default=None, return_dtype=pl.UInt32))
    return told, found.drop_nulls("area").group_by("area", "month").len("n").sort("area", "month")


def roll_up(kind: str) -> dict[str, str]:
    """Every LSOA's code with the code of the area of `kind` in which it lies: as published, else by its middle."""
    lsoas = list(Area.objects.filter(kind="lsoa").order_by("code").values_list("code", "parent"))
    if kind == "lsoa":
        return {code: code for code, _ in lsoas}
    above = set(Area.objects.filter(kind=kind).values_list("code", flat=True))
    found = {code: parent for code, parent in lsoas if parent in above}
    lost = [code for code, _ in lsoas if code not in found]
    if not lost:
        return found
    from shapely import STRtree
    from shapely.geometry import shape

    codes, shapes = zip(
        *Area.objects.filter(kind=kind).exclude(boundary=None).values_list("code", "boundary"), strict=True
    )
    middles = {
        code: shape(boundary).representative_point()
        for code, boundary in Area.objects.filter(code__in=lost).exclude(boundary=None).values_list("code", "boundary")
    }
    inside = STRtree([shape(boundary) for boundary in shapes]).query(list(middles.values()), predicate="covered_by")
    names = list(middles)
    return found | {names[lsoa]: codes[area] for lsoa, area in inside.T}


def counts(asked: Asked) -> dict[str, Any]:
    """Areas, months and the records in each, for the picture."""
    told, found = by_area(asked)
    months = asked.months
    per_month = dict(asked.events["month"].value_counts().iter_rows())
    return {
        "areas": told,
        "months": months,
        "total": [asked.events.height, *(per_month.get(month, 0) for month in months)],
        "counts": {
            "area": pack(found["area"].to_numpy()),
            "month": pack(
                found["month"].replace_strict({m: n for n, m in enumerate(months)}, return_dtype=pl.UInt16).to_numpy()
            ),
            "n": pack(found["n"].to_numpy().astype(np.uint32)),
        },
        "bounds": _bounds(asked.placed),
    }


def _bounds(frame: pl.DataFrame) -> list[list[float]] | None:
    """South-west and north-east corner of the records as latitude and longitude, for an installation without areas."""
    if frame.is_empty():
        return None
    corners = [[frame[c].min(), frame[c].max()] for c in ("easting", "northing")]
    lon, lat = convert_osgb36_to_ll(*(np.array(c, dtype=float) for c in corners))
    return [[float(lat[0]), float(lon[0])], [float(lat[1]), float(lon[1])]]
