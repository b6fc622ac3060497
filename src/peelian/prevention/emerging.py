"""P3: emerging problems, looked for in every category and area at once at a stated false-alarm rate.

`peelian.analysis.emerging` settles what chance could give; here it becomes areas with names, and counts beside earlier years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import betaincinv

from peelian.access.release import protect
from peelian.analysis.emerging import Alarm, Alarms, Layer, emerging_clusters
from peelian.analysis.trend import MONTHS_NEEDED
from peelian.core.clock import start_of_day
from peelian.core.document import Estimate
from peelian.core.errors import InvalidInput
from peelian.documents.maps import on_grid

from .profile.gather import FEEDS
from .profile.scope import Area, with_time
from .profile.small_counts import told
from .themes import THEMES, Theme

if TYPE_CHECKING:
    from peelian.access.actor import Actor

LEVEL, PERMUTATIONS, MONTHS, MOST_MONTHS = 0.05, 999, 36, 120
LEAST_AREAS = 3


@dataclass(frozen=True)
class Series:
    """What was looked at in one category: one feed, the months it holds without a gap, and how much it records in them."""

    theme: Theme
    feed: str
    batches: int
    months: tuple[str, ...]
    table: np.ndarray  # (areas, months)
    unplaced: int

    @property
    def events(self) -> int:
        """Events in the areas and months."""
        return int(self.table.sum())

    @property
    def open_data(self) -> bool:
        """True where the counts are published anyway."""
        return self.feed == "police-uk-street"


@dataclass(frozen=True)
class Problem:
    """One thing that emerges.

    Attributes
    ----------
    areas : tuple of Area
        LSOAs, the middle one first.
    since, until : str
        First and last month, YYYY-MM.
    observed : int
    earlier : mapping of str to int or None
        Events in the same months of each earlier year, by the year in which they end; None for a small count.
    expected : float or None
        What the same months of earlier years give, if these areas had changed as the rest did; None where it is not told.
    relative_risk : Estimate or None
        Observed over expected, with its exact 95 % interval; None where nothing was recorded before, or it is not told.
    p : float
        Chance of an alarm as strong anywhere, in any category, when nothing emerges.
    """

    theme: Theme
    feed: str
    areas: tuple[Area, ...]
    since: str
    until: str
    observed: int
    earlier: Mapping[str, int | None]
    expected: float | None
    relative_risk: Estimate | None
    p: float


@dataclass(frozen=True)
class Look:
    """One look at everything, and what it raised.

    Attributes
    ----------
    area, whole : str, bool
        Where, in words; whether it is everything the force records.
    on : date
    last : str
        The last month that was over by then, YYYY-MM.
    level : float
        Chance of any alarm when nothing emerges.
    problems : tuple of Problem
    withheld : int
        Alarms of the force's own records with too small a count to be told.
    compared : int
        Circles of areas by windows of months by categories.
    looked_at, too_short : tuple of Series
        Categories that were scanned, and those of which too few months are held.
    """

    area: str
    whole: bool
    on: date
    last: str
    level: float
    problems: tuple[Problem, ...]
    withheld: int
    compared: int
    looked_at: tuple[Series, ...]
    too_short: tuple[Series, ...]
    lsoas: Mapping[str, Area]
    districts: Mapping[str, Area]


def emerging(
    actor: Actor,
    *,
    on: date,
    rng: np.random.Generator,
    area: str = "",
    months: int = MONTHS,
    level: float = LEVEL,
) -> Look:
    """Look for problems that emerge: more of one category in some areas, up to the last month, than chance explains.

    Parameters
    ----------
    actor : Actor
    on : date
        The day of the look; the last month that is over by then is the last one looked at, or the last that a feed holds.
    rng : numpy.random.Generator
    area : str
        Code or name of a force area or district; everything the force records, without it.
    months : int, default 36
        How far back, 24 to 120.
    level : float, default 0.05
        Chance of any alarm at one look when nothing emerges.

    Raises
    ------
    InvalidInput
        If `months` is out of range, no month of them is held, or fewer than three LSOAs with a boundary are loaded.
    PeelianError
        If there is no such area.
    """
    from peelian.records import areas, query

    if not MONTHS_NEEDED <= months <= MOST_MONTHS:
        raise InvalidInput(
            f"a look goes back {MONTHS_NEEDED} to {MOST_MONTHS} months",
            found=f"{months}",
            matters="with less than two years, a season cannot be told from a change",
            id="peelian.E506",
        )
    forces = areas.areas("force")
    asked = areas.find(area) if area else forces[0] if len(forces) == 1 else None
    codes = set(areas.members(asked)) if asked is not None else None
    lsoas = {
        a.code: Area(a.code, a.name, a.parent, a.boundary)
        for a in areas.areas("lsoa")
        if a.boundary and (codes is None or a.code in codes)
    }
    if len(lsoas) < LEAST_AREAS:
        raise InvalidInput(
            f"a look needs {LEAST_AREAS} LSOAs with a boundary",
            found=f"{len(lsoas)}",
            fix="load LSOA boundaries with `peelian areas load`, or ask about a district or the whole force",
            id="peelian.E504",
        )
    after = (on + timedelta(days=1)).replace(day=1)
    span = _months_before(after, months)
    frame = with_time(
        query.events(
            actor, feeds=FEEDS, start=start_of_day(date.fromisoformat(span[0] + "-01")), end=start_of_day(after)
        )
    )
    if frame.is_empty():
        raise InvalidInput(
            "no event of these months is held",
            found=f"nothing from {span[0]} to {span[-1]}",
            fix="read the months in, or look as at a day soon after the last month that is held",
            id="peelian.E505",
        )
    series = _series(frame, span, list(lsoas))
    looked_at = tuple(s for s in series if len(s.months) >= MONTHS_NEEDED and s.events)
    alarms = _scan(looked_at, lsoas, rng=rng, level=level)
    found = [_problem(looked_at[alarm.layer], alarm, list(lsoas.values())) for alarm in alarms.found]
    problems = tuple(p for p in found if p.feed == "police-uk-street" or protect(p.observed) is not None)
    parents = {a.parent for a in lsoas.values()}
    return Look(
        area=asked.name if asked is not None else "the force area",
        whole=asked is None or asked.kind == "force",
        on=on,
        last=span[-1],
        level=level,
        problems=problems,
        withheld=len(found) - len(problems),
        compared=alarms.compared,
        looked_at=looked_at,
        too_short=tuple(s for s in series if len(s.months) < MONTHS_NEEDED),
        lsoas=lsoas,
        districts={
            a.code: Area(a.code, a.name, a.parent, a.boundary) for a in areas.areas("district") if a.code in parents
        },
    )


def _months_before(after: date, count: int) -> list[str]:
    """The `count` months before the one that begins on `after`, oldest first."""
    end = after.year * 12 + after.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(end - count, end)]


def _series(frame: pl.DataFrame, span: list[str], codes: list[str]) -> list[Series]:
    """One series a category: of the feeds with enough months the most detailed, or else the one with most months."""
    held = {feed: _without_gap(span, months) for feed, months in frame.group_by("feed").agg("month").iter_rows()}
    at = {code: n for n, code in enumerate(codes)}
    found = []
    for theme in THEMES.values():
        events = frame.filter(pl.col("category") == theme.slug)
        feeds = sorted(events["feed"].unique().to_list(), key=FEEDS.index)
        if not feeds:
            continue
        feed = max(feeds, key=lambda f: min(len(held[f]), MONTHS_NEEDED))
        months = held[feed]
        own = events.filter((pl.col("feed") == feed) & pl.col("month").is_in(months))
        placed = own.filter(pl.col("area").is_in(codes))
        table = np.zeros((len(codes), len(months)), dtype=np.int64)
        column = {month: n for n, month in enumerate(months)}
        np.add.at(table, ([at[a] for a in placed["area"]], [column[m] for m in placed["month"]]), 1)
        unplaced = int((own["area"] == "").sum())
        found.append(Series(theme, feed, own["batch"].n_unique(), months, table, unplaced))
    return found


def _without_gap(span: list[str], held: Iterable[str]) -> tuple[str, ...]:
    """The last months held that follow one another: a month that was never read in is not a month without crime."""
    known = set(held)
    last = max(n for n, month in enumerate(span) if month in known)
    first = last
    while first > 0 and span[first - 1] in known:
        first -= 1
    return tuple(span[first : last + 1])


def _scan(series: tuple[Series, ...], lsoas: Mapping[str, Area], *, rng: np.random.Generator, level: float) -> Alarms:
    if not series:
        return Alarms((), 0)
    middle = [on_grid(a.boundary).representative_point() for a in lsoas.values() if a.boundary]
    layers = [Layer(s.table, [int(month[5:]) for month in s.months]) for s in series]
    x, y = ([getattr(point, axis) for point in middle] for axis in "xy")
    return emerging_clusters(layers, x, y, rng=rng, level=level, permutations=PERMUTATIONS)


def _problem(series: Series, alarm: Alarm, lsoas: list[Area]) -> Problem:
    """Set a cluster beside the same months of earlier years, in its areas and in all the others."""
    cluster = alarm.cluster
    inside = series.table[list(cluster.places)].sum(axis=0)
    rest = series.table.sum(axis=0) - inside
    window = np.arange(cluster.first, cluster.last + 1)
    back = [window - 12 * n for n in range(1, len(series.months) // 12 + 1)]
    years = {series.months[w[-1]][:4]: w[w >= 0] for w in back if w[-1] >= 0}
    before = np.concatenate(list(years.values()))
    own, all_else = int(inside[before].sum()), int(rest[before].sum())
    # Half an event each, so that others without any, then or now, still give a change.
    change = (int(rest[window].sum()) + 0.5) / (all_else + 0.5)
    # What is expected gives the count before away, so it is told only where that count may be.
    shown = series.open_data or protect(own) is not None
    expected = own * change
    return Problem(
        theme=series.theme,
        feed=series.feed,
        areas=tuple(lsoas[i] for i in cluster.places),
        since=series.months[cluster.first],
        until=series.months[cluster.last],
        observed=cluster.observed,
        earlier=told({year: int(inside[w].sum()) for year, w in years.items()}, open_data=series.open_data),
        expected=expected if shown else None,
        relative_risk=_risk(cluster.observed, own, change) if shown and expected else None,
        p=cluster.p,
    )


def _risk(now: int, before: int, change: float) -> Estimate:
    """Ratio of two Poisson counts over the others' change, with its exact (Clopper and Pearson) 95 % interval."""
    low, high = betaincinv(now, before + 1, 0.025), betaincinv(now + 1, before, 0.975)
    return Estimate(now / (before * change), *(float(share / (1 - share)) / change for share in (low, high)))
