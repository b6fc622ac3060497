"""What a profile rests on: which records, of where and when, and what had to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from peelian.core.document import Column, Note, Paragraph, Section, Source, Table
from peelian.prevention.themes import ASB, Partner, Theme

from .part import Part, say_days, several

if TYPE_CHECKING:
    from .tasked import Tasked

SECTION, FILES = "What this rests on", "Files"
_NAMED = 8  # batches named beside each figure; more are listed once


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
class Held:
    """What is held of a partner's feed for the theme, area and period.

    Attributes
    ----------
    partner : Partner
    title : str
        What the feed is called.
    events : polars.DataFrame
        Columns of `records.query`; without a start left out. Of a withdrawn feed, those that were used until then.
    since : date or None
        The day on which the feed was withdrawn; None where it is in use.
    reason : str
        Why it was withdrawn.
    landed : bool
        Whether any of it that the reader may see is held at all.
    """

    partner: Partner
    title: str
    events: pl.DataFrame
    since: date | None = None
    reason: str = ""
    landed: bool = True


@dataclass(frozen=True)
class Last:
    """The last profile of the same theme and area, counted again from the same feed.

    Attributes
    ----------
    at : datetime
        When it was made.
    start, end : date
        First and last day of its period.
    now : polars.DataFrame
        Its events as they are known now: the columns of `Scope.events`.
    late, corrected_in, corrected, withdrawn, corrected_out : int
        Records read in since; known then and counted only since their correction; counted then and now, and corrected; taken
        back by their source; no longer counted since their correction.
    """

    at: datetime
    start: date
    end: date
    now: pl.DataFrame
    late: int = 0
    corrected_in: int = 0
    corrected: int = 0
    withdrawn: int = 0
    corrected_out: int = 0

    @property
    def then(self) -> int:
        """How many it counted."""
        return len(self.now) - self.late - self.corrected_in + self.withdrawn + self.corrected_out


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
    before : polars.DataFrame or None
        The theme in the same months of the year before; None where they are not all held.
    history : tuple of (str, int)
        Events of the theme by month up to the end of the period, back to the last month in which the source holds none
        anywhere: a month that was never read in is not a month without crime.
    lsoas, districts : mapping of str to Area
        LSOAs of the area asked about and the districts they lie in; empty where no boundaries are loaded.
    population, decile : mapping of str to float
        By LSOA code; empty where not loaded.
    years : mapping of str to int
        Year of `population` and `imd_decile`.
    partners : tuple of Held
        The feeds of partners that bear on the theme.
    unplaced, undated : int
        Events of the theme without an LSOA, and without a time.
    batches : tuple of Batch
    mentions : polars.DataFrame
        People in the events; empty where the feed has none.
    code : str
        The area's code; empty for everything the force recorded where no boundary of it is loaded.
    last : Last or None
        The last profile of the theme and area; None where none was made before this day.
    tasked : Tasked or None
        The last that was laid before tasking.
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
    before: pl.DataFrame | None
    history: tuple[tuple[str, int], ...] = ()
    batches: tuple[Batch, ...] = ()
    lsoas: Mapping[str, Area] = field(default_factory=dict)
    districts: Mapping[str, Area] = field(default_factory=dict)
    population: Mapping[str, float] = field(default_factory=dict)
    decile: Mapping[str, float] = field(default_factory=dict)
    years: Mapping[str, int] = field(default_factory=dict)
    mentions: pl.DataFrame = field(default_factory=pl.DataFrame)
    partners: tuple[Held, ...] = ()
    unplaced: int = 0
    undated: int = 0
    code: str = ""
    last: Last | None = None
    tasked: Tasked | None = None

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
            return (Source(self.feed, f'{len(digests)} batches, listed under "{FILES}"'),)
        return (Source(self.feed, f"{'batch' if len(digests) == 1 else 'batches'} {', '.join(digests)}"),)

    def name(self, lsoa: str) -> str:
        """The name of an LSOA, or its code."""
        return self.lsoas[lsoa].name if lsoa in self.lsoas else lsoa


def with_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `local`, the start in London's time, and `month`."""
    return frame.with_columns(local=pl.col("start").dt.convert_time_zone("Europe/London")).with_columns(
        month=pl.col("local").dt.strftime("%Y-%m")
    )


def scope_part(scope: Scope) -> Part:
    """Say which records the profile rests on, and which it leaves out."""
    inside, recorded = len(scope.inside), len(scope.events)
    outside = recorded - inside - scope.unplaced if scope.lsoas else 0
    rows = [
        (f"Recorded in {scope.period}", recorded, "All of the rows below"),
        (
            "No LSOA given",
            scope.unplaced,
            "In totals and trend; in no rate, and in hot spots only where a point is given",
        ),
        (f"LSOA outside {scope.area}", outside, "In totals and trend, and in hot spots where a point is given"),
        ("Placed in an LSOA of the area", inside, "Everywhere; in hot spots where a point is given"),
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
    if nowhere := int(scope.events["place_precision"].eq("none").sum()):
        unknown.append(
            f"Where exactly {scope.theme.count(nowhere)} of the period happened: no point on the map is recorded."
        )
    unknown.append(
        f"What was never reported. A rise may be more {scope.theme.many}, or more people telling the police"
        + (
            "; and reports of anti-social behaviour also go to councils, whose records are not here."
            if scope.theme.slug == ASB and not any(held.landed for held in scope.partners)
            else "."
        )
    )
    if not scope.theme.partners:
        unknown.append(f"What partners know of {scope.theme.many}: no feed of theirs is declared to bear on them.")
    return Part(Section(SECTION, tuple(blocks)), unknown=tuple(unknown))


def files_section(scope: Scope) -> Section:
    """Every file that the profile rests on, with what became of its rows."""
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
    return Section(FILES, (table,))
