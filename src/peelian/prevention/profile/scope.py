"""What a profile rests on: which records, of where and when, and what had to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from peelian.core.clock import start_of_day
from peelian.core.document import Column, Note, Paragraph, Section, Source, Table
from peelian.core.errors import InvalidInput
from peelian.prevention.themes import ASB, Theme

from .part import Part, say_days, several

if TYPE_CHECKING:
    from peelian.access.actor import Actor

SECTION = "What this rests on"
_NAMED = 8  # batches named beside each figure; more are listed once
# Of several feeds that record the same offences one is used, the most detailed first; adding them would count twice.
FEEDS = ("force-crimes", "force-incidents", "police-uk-street")


@dataclass(frozen=True)
class Batch:
    """A file that the profile rests on, as it landed."""

    digest: str
    feed: str
    file: str
    editions: tuple[str, ...]
    read: int
    accepted: int
    quarantined: int
    repeats: int


@dataclass(frozen=True)
class Area:
    """A published area; its boundary is a GeoJSON geometry."""

    code: str
    name: str
    parent: str = ""
    boundary: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Scope:
    """Everything a part of a profile may look at.

    Attributes
    ----------
    theme : Theme
    area : str
        Name of the area in prose.
    whole : bool
        True for everything the force recorded, False for a part of the force area.
    start, end : date
        First and last day of the period.
    on : date
        The day of the profile.
    feed : str
        Where the events come from.
    events, everything : polars.DataFrame
        The theme, and all categories, in the area and period: the columns of `records.query` and `month` and `local`
        (time in London).
    before : polars.DataFrame
        The theme in the same months of the year before.
    history : tuple of (str, int)
        Events of the theme by month up to the end of the period, back to the last month in which the source holds none
        anywhere: a month that was never read in is not a month without crime.
    lsoas, districts : mapping of str to Area
        LSOAs of the area asked about and the districts they lie in; empty where no boundaries are loaded.
    population, decile : mapping of str to float
        By LSOA code; empty where not loaded.
    years : mapping of str to int
        Year of `population` and `imd_decile`.
    unplaced, undated : int
        Events of the theme that no area, or no time, could be given to.
    batches : tuple of Batch
    mentions : polars.DataFrame
        People in the events; empty where the feed has none.
    """

    theme: Theme
    area: str
    whole: bool
    start: date
    end: date
    on: date
    feed: str
    events: pl.DataFrame
    everything: pl.DataFrame
    before: pl.DataFrame
    history: tuple[tuple[str, int], ...] = ()
    batches: tuple[Batch, ...] = ()
    lsoas: Mapping[str, Area] = field(default_factory=dict)
    districts: Mapping[str, Area] = field(default_factory=dict)
    population: Mapping[str, float] = field(default_factory=dict)
    decile: Mapping[str, float] = field(default_factory=dict)
    years: Mapping[str, int] = field(default_factory=dict)
    mentions: pl.DataFrame = field(default_factory=pl.DataFrame)
    unplaced: int = 0
    undated: int = 0

    @property
    def period(self) -> str:
        """The period in words."""
        return say_days(self.start, self.end)

    @property
    def open_data(self) -> bool:
        """True where the counts are published anyway, so that small ones give nothing away."""
        return self.feed == "police-uk-street"

    @cached_property
    def inside(self) -> pl.DataFrame:
        """The theme's events that lie in an LSOA of the area; all with a place where no boundaries are loaded."""
        if not self.lsoas:
            return self.events.filter(pl.col("area") != "")
        return self.events.filter(pl.col("area").is_in(list(self.lsoas)))

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The batches, as the source of a figure."""
        used = set(self.events["batch"].unique().to_list())
        digests = [batch.digest[:8] for batch in self.batches if batch.digest in used]
        if len(digests) > _NAMED:
            return (Source(self.feed, f'{len(digests)} batches, listed under "{SECTION}"'),)
        return (Source(self.feed, f"{'batch' if len(digests) == 1 else 'batches'} {', '.join(digests)}"),)

    def name(self, lsoa: str) -> str:
        """The name of an LSOA, or its code."""
        return self.lsoas[lsoa].name if lsoa in self.lsoas else lsoa


def with_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `local`, the start in London's time, and `month`."""
    return frame.with_columns(local=pl.col("start").dt.convert_time_zone("Europe/London")).with_columns(
        month=pl.col("local").dt.strftime("%Y-%m")
    )


def chosen_feed(feeds: list[str], feed: str | None) -> str:
    """The one feed to use of those that hold events of the theme.

    Raises
    ------
    InvalidInput
        If none holds any, or the one asked for does not.
    """
    if feed is not None and feed not in feeds:
        raise InvalidInput(
            "this feed holds no such event", found=feed, fix="use one of: " + ", ".join(feeds) if feeds else ""
        )
    if not feeds:
        raise InvalidInput(
            "no such event is recorded in this area and period",
            fix="widen the area or the period, or read a file in",
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

    ever = query.events(actor, categories=[theme.slug])
    here = pl.lit(True) if only is None else pl.col("area").is_in(only)
    found = ever.filter(here & pl.col("start").is_between(first, after, closed="left"))
    used = chosen_feed(sorted(found["feed"].unique().to_list()), feed)
    ever = with_time(ever.filter(pl.col("feed") == used))
    held = set(ever["month"].drop_nulls().to_list())
    ever = ever.filter(here)
    events = ever.filter(pl.col("start").is_between(first, after, closed="left"))
    if "month" in events["precision"] and (start.day != 1 or (end + timedelta(days=1)).day != 1):
        raise InvalidInput(
            "this source gives months, so the period must be whole months",
            found=say_days(start, end),
            fix="begin on the first day of a month and end on the last of one",
        )
    # Incidents and recorded crimes are two feeds of the force, and what is recorded at all stands in both.
    beside = [f for f in FEEDS if f.split("-")[0] == used.split("-")[0]]
    everything = with_time(query.events(actor, areas=only, start=first, end=after, feeds=beside))
    earlier, until = (start_of_day(_year_before(day)) for day in (start, end + timedelta(days=1)))
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
        before=ever.filter(pl.col("start").is_between(earlier, until, closed="left")),
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
    )


def months_back(events: pl.DataFrame, held: set[str], end: date) -> tuple[tuple[str, int], ...]:
    """Events by month from the month of `end` backwards, while the source holds the month; oldest first."""
    counts = dict(events.group_by("month").len().iter_rows())
    found: list[tuple[str, int]] = []
    day = end
    while (month := f"{day:%Y-%m}") in held:
        found.append((month, counts.get(month, 0)))
        day = day.replace(day=1) - timedelta(days=1)
    return tuple(reversed(found))


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def scope_part(scope: Scope) -> Part:
    """Say which records the profile rests on, and which it leaves out."""
    table = Table(
        "Files the profile rests on",
        (Column("File"), Column("Feed"), Column("Batch"), Column("Edition"), Column("Rows read", "number"),
         Column("Accepted", "number"), Column("Quarantined", "number"), Column("Repeats", "number")),
        tuple(
            (b.file, b.feed, b.digest[:8], ", ".join(b.editions), b.read, b.accepted, b.quarantined, b.repeats)
            for b in scope.batches
        ),
        note="Rows read = accepted + quarantined + repeats, in every file. Quarantined rows wait to be mended; repeats are "
        "rows held already.",
    )  # fmt: skip
    inside, recorded = len(scope.inside), len(scope.events)
    outside = recorded - inside - scope.unplaced if scope.lsoas else 0
    rows = [
        (f"Recorded in {scope.period}", recorded, "All of the rows below"),
        ("No place given", scope.unplaced, "Counted in totals and in the trend; in no map, rate or hot spot"),
        (f"LSOA outside {scope.area}", outside, "Recorded by the force elsewhere; in totals and trend only"),
        ("Placed in an LSOA of the area", inside, "Counted everywhere"),
    ]
    counts = Table(
        f"How the {scope.theme.many} are counted",
        (Column("What"), Column("Count", "number"), Column("Where it is counted")),
        tuple(row for row in rows if row[1] or row[0].startswith(("Recorded", "Placed"))),
    )
    blocks: list[Paragraph | Table | Note] = [
        Paragraph(
            f"This profile is about {scope.theme.many} in {scope.area} in {scope.period}, as this installation knew them on "
            f"{scope.on.day} {scope.on:%B %Y}. It rests on {several(sorted({b.feed for b in scope.batches}) or [scope.feed])}."
        ),
        counts,
        table,
    ]
    unknown = []
    if scope.open_data:
        blocks.append(
            Note(
                "The source gives the month and not the day, and moves each point to a shared map point near by. So this "
                "profile can speak of months and of areas of several hundred metres, never of hours, addresses or repeats.",
                "Open data",
            )
        )
        unknown.append(
            "On which day and at what time the offences happened, at which address, and to whom: the open data do not say."
        )
    if scope.undated:
        unknown.append(
            f"When {scope.theme.count(scope.undated)} in the same source happened: no date of offence is recorded, so they are "
            "in no period."
        )
    if scope.unplaced:
        unknown.append(f"Where {scope.theme.count(scope.unplaced)} of the period happened: no place is recorded.")
    unknown.append(
        "What was never reported. A rise may be more crime, or more people telling the police"
        + (
            "; and reports of anti-social behaviour also go to councils, whose records are not here."
            if scope.theme.slug == ASB
            else "."
        )
    )
    return Part(Section(SECTION, tuple(blocks)), unknown=tuple(unknown))
