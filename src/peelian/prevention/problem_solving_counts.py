"""What the records count of a problem in a place, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.errors import PeelianError

if TYPE_CHECKING:
    import polars as pl

    from peelian.access.actor import Actor

# A plan's problem -> category of the records; the others have no category of their own, and their counts are typed.
CATEGORY: Mapping[str, str] = {
    "burglary": "burglary", "robbery": "robbery", "vehicle crime": "vehicle-crime", "shoplifting": "shoplifting", "other theft": "other-theft",
    "bicycle theft": "bicycle-theft", "violence": "violent-crime", "criminal damage": "criminal-damage-arson", "public order": "public-order",
    "anti-social behaviour": "anti-social-behaviour",
}  # fmt: skip
FEEDS = (
    "force-crimes",
    "force-incidents",
    "police-uk-street",
)  # one of them is used, never two: both hold the same offences


def month_of(day: date, ahead: int = 0) -> date:
    """The first of a month, so many months on.

    Examples
    --------
    >>> month_of(date(2026, 11, 23), -11)
    datetime.date(2025, 12, 1)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + ahead, 12)
    return date(year, month + 1, 1)


def months_between(first: date, after: date) -> list[date]:
    """The firsts of the months from `first` up to, and without, `after`."""
    found = [month_of(first)]
    while month_of(found[-1], 1) < after:
        found.append(month_of(found[-1], 1))
    return found if first < after else []


def recorded(actor: Actor, problems: Iterable[str], first: date, after: date) -> pl.DataFrame:
    """Events of problems that the actor may see in the half-open span: `category`, `area` (LSOA) and `month` (its first day).

    Of the feeds that hold a category, the most detailed alone is used.
    """
    import polars as pl

    from peelian.records import query

    wanted = sorted({CATEGORY[p] for p in problems if p in CATEGORY})
    rows = query.events(actor, categories=wanted, feeds=FEEDS, start=start_of_day(first), end=start_of_day(after))
    best = rows.group_by("category").agg(pl.col("feed").unique())
    used = {category: min(feeds, key=FEEDS.index) for category, feeds in best.iter_rows()}
    rows = rows.filter(pl.col("feed") == pl.col("category").replace_strict(used, default=""))
    return rows.select(
        "category", "area", month=pl.col("start").dt.convert_time_zone("Europe/London").dt.date().dt.truncate("1mo")
    )


def lsoas_of(place: str) -> list[str]:
    """LSOAs of a ward, district or LSOA, by code or name; empty where there is no such area."""
    from peelian.records import areas

    try:
        return areas.members(areas.find(place.strip()))
    except PeelianError:
        return []


def monthly(rows: pl.DataFrame, lsoas: Iterable[str], months: Iterable[date]) -> list[int]:
    """Events of some LSOAs in each month."""
    import polars as pl

    count = dict(rows.filter(pl.col("area").is_in(list(lsoas))).group_by("month").len().iter_rows())
    return [count.get(month, 0) for month in months]


def months_after(case: Any, at: datetime) -> list[date]:
    """The whole months of a plan afterwards: from the first that lies in it whole, as many as it said, and no further than today."""
    begun = case.started_on
    first = begun if begun.day == 1 else month_of(begun, 1)
    long = case.get("months_after") or case.get("before_months") or 12
    return months_between(first, min(month_of(first, long), this_month(at)))


def counted_after(case: Any, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the records count afterwards, in the plan's place and in the one it is compared with; nothing where they cannot tell."""
    places = {"after": case.place, "comparison_after": case.get("comparison")}
    inside = {name: lsoas_of(place) for name, place in places.items() if place}
    months = months_after(case, at)
    if case.problem not in CATEGORY or not months or not inside["after"]:
        return {}
    rows, months = of_problem(actor, case.problem, months)
    if not months:
        return {}
    told: dict[str, Any] = {name: monthly(rows, lsoas, months) for name, lsoas in inside.items() if lsoas}
    return told | _small_areas(case, inside, months, actor)


def _small_areas(case: Any, inside: Mapping[str, list[str]], months: list[date], actor: Actor) -> dict[str, list[str]]:
    """Each LSOA of the plan's place, and each other of its district and of the comparison's, by month, before and after together."""
    from peelian.records import areas

    ours, history = inside["after"], len(case.get("history") or ())
    district_of = areas.parts("district")
    near = {district_of.get(lsoa) for lsoa in (*ours, *inside.get("comparison_after", ()))} - {None}
    reached = {*ours, *(lsoas_of(case.beside) if case.get("beside") else ())}
    outside = [lsoa for lsoa, district in district_of.items() if district in near and lsoa not in reached]
    if min(len(ours), len(outside)) < 2 or not history:
        return {}
    whole = [*months_between(month_of(months[0], -history), months[0]), *months]
    rows, _ = of_problem(actor, case.problem, whole)
    return {
        name: [f"{lsoa}: {' '.join(map(str, monthly(rows, [lsoa], whole)))}" for lsoa in sorted(lsoas)]
        for name, lsoas in (("small_inside", ours), ("small_outside", outside))
    }


def of_problem(actor: Actor, problem: str, months: list[date]) -> tuple[pl.DataFrame, list[date]]:
    """Events of one problem, and those of the months as far as anything at all is recorded: a month that was not read in is no nought."""
    import polars as pl

    rows = recorded(actor, CATEGORY, months[0], month_of(months[-1], 1))
    newest = rows["month"].max()
    held = [month for month in months if isinstance(newest, date) and month <= newest]
    return rows.filter(pl.col("category") == CATEGORY[problem]), held


def this_month(at: datetime) -> date:
    """The first of the month of an instant in London: up to it months are whole."""
    return month_of(london_day(at))
