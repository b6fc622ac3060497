"""Read what a profile rests on: one feed, one area, one period, and only what the actor may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from peelian.core.clock import london_day, start_of_day
from peelian.core.errors import InvalidInput
from peelian.prevention.themes import Partner, Theme
from peelian.records.feeds import FEEDS as FEEDS_DECLARED

from .last import last_edition
from .part import say_days
from .scope import Area, Batch, Held, Scope, with_time
from .tasked import last_tasked

if TYPE_CHECKING:
    from peelian.access.actor import Actor

# Of several feeds that record the same offences one is used, the most detailed first; adding them would count twice.
FEEDS = ("force-crimes", "force-incidents", "police-uk-street")


def chosen_feed(feeds: list[str], feed: str | None, held: str = "") -> str:
    """The one feed to use of those that hold events of the theme.

    `held` says of which months such events are held at all, for the reader who asked for others.

    Raises
    ------
    InvalidInput
        If none holds any, or the one asked for does not.
    """
    if not feeds or (feed is not None and feed not in feeds):
        raise InvalidInput(
            "no such event is recorded in this area and period",
            found="" if feed is None else f"none in the feed {feed}",
            fix="choose a feed that holds some: " + ", ".join(feeds)
            if feeds
            else "widen the area or the period"
            + (f" (such events are held of {held})" if held else "")
            + ", or read the file in that holds it",
            id="peelian.E502",
        )
    return feed or min(feeds, key=lambda f: (FEEDS.index(f) if f in FEEDS else len(FEEDS), f))


def gather(
    actor: Actor, theme: Theme, *, area: str, start: date, end: date, on: date, feed: str | None = None
) -> Scope:
    """Read what a profile rests on: only what the actor may see.

    Parameters
    ----------
    actor : Actor
    theme : Theme
    area : str
        Code or name of a force area, district or LSOA; empty for everything the force recorded.
    start, end : date
        First and last day.
    on : date
        The day of the profile.
    feed : str, optional
        The feed to use where several record the theme.

    Raises
    ------
    InvalidInput
        If the period ends before it begins, or nothing is recorded.
    PeelianError
        If there is no such area.
    """
    from peelian.records import areas, query

    if end < start:
        raise InvalidInput("the period ends before it begins", found=f"{start} to {end}")
    forces = areas.areas("force")
    asked = areas.find(area) if area else forces[0] if len(forces) == 1 else None
    whole = asked is None or asked.kind == "force"
    codes = areas.members(asked) if asked is not None else [a.code for a in areas.areas("lsoa")]
    only = None if whole else codes
    first, after = start_of_day(start), start_of_day(end + timedelta(days=1))

    select = theme.select
    ever = select.of(query.events(actor, categories=select.categories or None, feeds=_held(select.feeds)))
    here = pl.lit(True) if only is None else pl.col("area").is_in(only)
    found = ever.filter(here & pl.col("start").is_between(first, after, closed="left"))
    used = chosen_feed(sorted(found["feed"].unique().to_list()), feed, _span(ever))
    ever = with_time(ever.filter(pl.col("feed") == used))
    known = set(ever["month"].drop_nulls().to_list())

    def held(month: str) -> bool:
        """Whether the source holds the month: a month without such an event may hold others."""
        if month not in known:
            year, number = map(int, month.split("-"))
            begin, after = (
                start_of_day(date(y, m, 1)) for y, m in ((year, number), (year + number // 12, number % 12 + 1))
            )
            return not query.events(actor, start=begin, end=after, feeds=[used]).is_empty()
        return True

    ever = ever.filter(here)
    events = ever.filter(pl.col("start").is_between(first, after, closed="left"))
    if "month" in events["precision"] and (start.day != 1 or (end + timedelta(days=1)).day != 1):
        raise InvalidInput(
            "this source gives months, so the period must be whole months",
            found=say_days(start, end),
            fix="begin on the first day of a month and end on the last of one",
        )
    # Incidents and recorded crimes are two feeds of the force, and what is recorded at all stands in both.
    source = used.split("-")[0]
    beside = [
        f.name for f in FEEDS_DECLARED.values() if f.name == used or (f.recorded and f.name.split("-")[0] == source)
    ]
    everything = with_time(query.events(actor, areas=only, start=first, end=after, feeds=beside))
    earlier, until = (start_of_day(_year_before(day)) for day in (start, end + timedelta(days=1)))
    # A month that was never read in is not a month without crime, and a period is not compared with a part of itself.
    compared = until <= first and all(map(held, _months(_year_before(start), _year_before(end))))
    boundaries = {
        a.code: Area(a.code, a.name, a.parent, a.boundary) for a in areas.areas("lsoa") if a.code in set(codes)
    }
    parents = {a.parent for a in boundaries.values()}
    population, population_year = areas.values("population", year=start.year)
    decile, decile_year = areas.values("imd_decile", year=start.year)
    years = {"population": population_year, "imd_decile": decile_year}
    digests = set(everything["batch"].unique().to_list())
    return Scope(
        theme=theme,
        area=asked.name if asked is not None else "the force area",
        whole=whole,
        start=start,
        end=end,
        on=on,
        feed=used,
        events=events,
        everything=everything,
        before=ever.filter(pl.col("start").is_between(earlier, until, closed="left")) if compared else None,
        history=months_back(ever.filter(pl.col("start") < after), held, end),
        batches=tuple(
            Batch(
                b.digest,
                b.feed,
                b.file,
                tuple(f"{e.published}{'' if e.stated else ' (day of reading)'}" for e in b.editions.all()),
                b.read,
                b.accepted,
                b.quarantined,
                b.repeats,
            )
            for b in sorted(query.batches(actor), key=lambda b: (b.feed, b.file))
            if b.digest in digests
        ),
        lsoas=boundaries,
        districts={
            a.code: Area(a.code, a.name, a.parent, a.boundary) for a in areas.areas("district") if a.code in parents
        },
        population={code: population[code] for code in boundaries if code in population},
        decile={code: decile[code] for code in boundaries if code in decile},
        years={name: year for name, year in years.items() if year is not None},
        mentions=query.mentions(actor, events.filter(pl.col("reference") != "")["reference"].to_list())
        if used.startswith("force-")
        else pl.DataFrame(),
        unplaced=int((events["area"] == "").sum()),
        undated=int(ever["start"].is_null().sum()),
        partners=tuple(held_by(actor, partner, only, first, after) for partner in theme.partners),
        code=asked.code if asked is not None else "",
        last=last_edition(
            actor, theme, names=("",) if asked is None else (asked.name, asked.code, *(("",) if whole else ())),
            only=only, feed=used, start=start, end=end, on=on,
        ),
        tasked=last_tasked(actor, f"{theme.title.lower()}, {asked.name if asked is not None else 'the force area'}", on=on),
    )  # fmt: skip


def _span(events: pl.DataFrame) -> str:
    """The months from the first event to the last, in words; nothing where none has a time."""
    first, last = events["start"].min(), events["start"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return ""
    return say_days(london_day(first).replace(day=1), _last_of_month(london_day(last)))


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _held(feeds: tuple[str, ...]) -> list[str] | None:
    """The feeds that a theme names, as far as they are declared; None for any feed of events."""
    return [f for f in feeds if f in FEEDS_DECLARED] or None


def held_by(actor: Actor, partner: Partner, areas: list[str] | None, start: datetime, end: datetime) -> Held:
    """What is held of a partner's feed in [start, end) and these LSOAs; of a withdrawn one, what was used until then."""
    from peelian.records import query
    from peelian.records.models import Withdrawal

    taken = Withdrawal.objects.filter(feed=partner.feed, restored_at=None).first()
    known_on = None if taken is None else taken.since - timedelta(microseconds=1)
    events = query.events(actor, feeds=[partner.feed], areas=areas, start=start, end=end, known_on=known_on)
    return Held(
        partner,
        FEEDS_DECLARED[partner.feed].title,
        partner.select.of(events),
        since=None if taken is None else london_day(taken.since),
        reason="" if taken is None else taken.reason,
        landed=query.batches(actor, feed=partner.feed).exists(),
    )


def months_back(events: pl.DataFrame, held: Callable[[str], bool], end: date) -> tuple[tuple[str, int], ...]:
    """Events by month from the month of `end` backwards, while the source holds the month; oldest first."""
    counts = dict(events.group_by("month").len().iter_rows())
    found: list[tuple[str, int]] = []
    day = end
    while held(month := f"{day:%Y-%m}"):
        found.append((month, counts.get(month, 0)))
        day = day.replace(day=1) - timedelta(days=1)
    return tuple(reversed(found))


def _months(start: date, end: date) -> list[str]:
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(start.year * 12 + start.month - 1, end.year * 12 + end.month)]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
