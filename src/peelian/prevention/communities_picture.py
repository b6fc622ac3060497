"""What is known of one area and of those it is compared with: records, people and partners' lists, as one reader may see them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from peelian.core.clock import london_day, start_of_day
from peelian.core.errors import InvalidInput

from .profile.scope import Area, Batch, Scope, with_time
from .themes import ASB, Selection, Theme

if TYPE_CHECKING:
    from peelian.access.actor import Actor

MONTHS = 12  # of the period, where so many are held
BACK = 36  # months of the trend
CRIMES, CALLS, OPEN, COUNCIL = "force-crimes", "force-incidents", "police-uk-street", "council-asb"
ALL_CRIME = Theme("all-crime", "Recorded crime", "crime", "crimes", select=Selection(kinds=("crime",)))
DISORDER = Theme(ASB, "Anti-social behaviour", "incident of anti-social behaviour", "incidents of anti-social behaviour",
                 select=Selection(categories=(ASB,)))  # fmt: skip


@dataclass(frozen=True)
class OnList:
    """One list of people, and how many of the area stand on it."""

    holder: str
    title: str
    people: frozenset[str]
    records: int


@dataclass(frozen=True)
class Work:
    """What is under way for the area: current priorities, and open cases by kind."""

    priorities: tuple[
        tuple[str, str, str, int, int], ...
    ] = ()  # theme, what people said, stage, actions, of which done
    open: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """Everything that a neighbourhood sheet says.

    Attributes
    ----------
    crime, disorder : Scope
        The area's crimes and anti-social behaviour, as a profile reads them.
    of_force : polars.DataFrame
        Crimes and anti-social behaviour of the period everywhere, with `unit`, the code of the area of the same kind.
    units : polars.DataFrame
        A row for each area of the kind: code, name, lsoas, people, hectares, decile, deprived (share of people in the most deprived
        fifth).
    council : polars.DataFrame
        Complaints to the council of the period in the area; empty where none are held.
    lists : tuple of OnList
    not_held : tuple of str
        Feeds of which nothing is held that may be seen.
    """

    area: Any
    kind: str
    crime: Scope
    disorder: Scope
    of_force: pl.DataFrame
    units: pl.DataFrame
    council: pl.DataFrame
    lists: tuple[OnList, ...]
    not_held: tuple[str, ...]
    work: Work

    @property
    def years(self) -> float:
        """Length of the period."""
        return ((self.crime.end - self.crime.start).days + 1) / 365.25

    @property
    def own(self) -> dict[str, Any]:
        """The area's row of `units`."""
        return self.units.row(by_predicate=pl.col("code") == self.area.code, named=True)


def gather(actor: Actor, code: str, at: datetime) -> Picture:
    """Read what the actor may see of an area.

    Raises
    ------
    PeelianError
        ``peelian.E405`` if there is no such area.
    InvalidInput
        ``peelian.E700`` if no crime is held.
    """
    from peelian.records import areas, query

    asked = areas.find(code)
    kind = asked.kind if asked.kind in ("ward", "district") else "district"
    unit_of = areas.parts(kind)
    lsoas = areas.members(asked)
    start = start_of_day(_months_before(london_day(at).replace(day=1), BACK))
    feeds = (CRIMES, CALLS, OPEN)
    held = query.events(actor, feeds=feeds, start=start, end=at)
    if held.is_empty():  # published data of years ago
        held = query.events(actor, feeds=feeds, end=at)
    used = CRIMES if (held["feed"] == CRIMES).any() else OPEN
    crimes = with_time(
        held.filter((pl.col("feed") == used) & (pl.col("kind") == "crime") & pl.col("start").is_not_null())
    )
    if crimes.is_empty():
        raise InvalidInput(
            "no recorded crime is held", matters="a neighbourhood sheet would say nothing", fix="read in the force's crimes, or those of data.police.uk",
            id="peelian.E700",
        )  # fmt: skip
    asb_feed = CALLS if (held["feed"] == CALLS).any() else OPEN
    disorder = with_time(held.filter((pl.col("feed") == asb_feed) & (pl.col("category") == ASB)))
    last = _last_whole_month(crimes)
    months = sorted(m for m in crimes["month"].unique().to_list() if m <= f"{last:%Y-%m}")
    run = _run(months)
    first = date.fromisoformat(run[-min(len(run), MONTHS)] + "-01")
    within = pl.col("month").is_between(pl.lit(f"{first:%Y-%m}"), pl.lit(f"{last:%Y-%m}"))
    units = _units(kind, unit_of, first.year)
    in_force = pl.concat([crimes, disorder]).filter(within).with_columns(
        unit=pl.col("area").replace_strict(unit_of, default="", return_dtype=pl.String)
    )  # fmt: skip
    scope = _scopes(actor, asked, lsoas, first, last, at)
    after = start_of_day(last + timedelta(days=1))
    council = query.events(actor, feeds=[COUNCIL], areas=lsoas, start=start_of_day(first), end=after)
    lists, gone = _lists(actor, lsoas, start_of_day(first), after)
    return Picture(
        asked, kind, scope(ALL_CRIME, used, crimes, run), scope(DISORDER, asb_feed, disorder, run), in_force, units, council, lists,
        (*gone, *(() if query.batches(actor, feed=COUNCIL).exists() else ("the councils' complaints",))), _work(actor, asked),
    )  # fmt: skip


def _months_before(day: date, months: int) -> date:
    n = day.year * 12 + day.month - 1 - months
    return date(n // 12, n % 12 + 1, 1)


def _last_whole_month(events: pl.DataFrame) -> date:
    """The last day of the last month that is held to its end."""
    newest = events["local"].max()
    assert isinstance(newest, datetime)
    end = _months_before(newest.date().replace(day=1), -1) - timedelta(days=1)
    whole = events.filter(pl.col("start") == pl.lit(events["start"].max()))["precision"][
        0
    ] == "month" or newest.date() >= end - timedelta(days=2)
    return end if whole else newest.date().replace(day=1) - timedelta(days=1)


def _run(months: Sequence[str]) -> list[str]:
    """The months up to the last without a gap: a month that was never read in is not a month without crime."""
    found: list[str] = []
    for month in reversed(months):
        if found and f"{_months_before(date.fromisoformat(found[-1] + '-01'), 1):%Y-%m}" != month:
            break
        found.append(month)
    return found[::-1]


def _scopes(actor: Actor, asked: Any, lsoas: list[str], first: date, last: date, at: datetime) -> Any:
    """A scope of the area for each theme, as the parts of a profile read it."""
    from peelian.records import areas, query

    own = set(lsoas)
    shapes = {a.code: Area(a.code, a.name, a.parent, a.boundary) for a in areas.areas("lsoa") if a.code in own}
    parents = {a.parent for a in shapes.values()}
    districts = {
        a.code: Area(a.code, a.name, a.parent, a.boundary) for a in areas.areas("district") if a.code in parents
    }
    population, population_year = areas.values("population", year=first.year)
    decile, decile_year = areas.values("imd_decile", year=first.year)
    years = {
        name: year for name, year in (("population", population_year), ("imd_decile", decile_year)) if year is not None
    }
    batches = {b.digest: b for b in query.batches(actor)}

    def scope(theme: Theme, feed: str, everywhere: pl.DataFrame, months: Sequence[str]) -> Scope:
        here = everywhere.filter(pl.col("area").is_in(lsoas))
        counts = dict(here.group_by("month").len().iter_rows())
        events = here.filter(pl.col("month").is_between(pl.lit(f"{first:%Y-%m}"), pl.lit(f"{last:%Y-%m}")))
        return Scope(
            theme=theme, area=asked.name, whole=False, start=first, end=last, on=london_day(at), feed=feed, events=events, everything=events, before=None,
            history=tuple((m, counts.get(m, 0)) for m in months),
            batches=tuple(
                Batch(b.digest, b.feed, b.file, (), b.read, b.accepted, b.quarantined, b.repeats)
                for d in sorted(events["batch"].unique().to_list()) if (b := batches.get(d)) is not None
            ),
            lsoas=shapes, districts=districts, population={c: population[c] for c in shapes if c in population},
            decile={c: decile[c] for c in shapes if c in decile}, years=years, code=asked.code,
        )  # fmt: skip

    return scope


def _units(kind: str, unit_of: Mapping[str, str], year: int) -> pl.DataFrame:
    """The areas of a kind with what the census and the index of deprivation say of them."""
    from peelian.records import areas

    people, decile = areas.values("population", year=year)[0], areas.values("imd_decile", year=year)[0]
    size = {a.code: a.hectares or 0.0 for a in areas.areas("lsoa")}
    names = {a.code: a.name for a in areas.areas(kind)}
    rows = [(unit, lsoa, people.get(lsoa), size.get(lsoa), decile.get(lsoa)) for lsoa, unit in unit_of.items()]
    schema = {"code": pl.String, "lsoa": pl.String, "people": pl.Float64, "hectares": pl.Float64, "decile": pl.Float64}
    weight = pl.col("people") / pl.col("people").sum()
    table = pl.DataFrame(rows, schema=schema, orient="row").group_by("code").agg(
        lsoas=pl.len(), decile=(pl.col("decile") * weight).sum(), deprived=((pl.col("decile") <= 2) * weight).sum(),
        known=pl.col("decile").is_not_null().all() & pl.col("people").is_not_null().all(), people=pl.col("people").sum(), hectares=pl.col("hectares").sum(),
    )  # fmt: skip
    unknown = pl.when(pl.col("known"))
    return table.with_columns(
        name=pl.col("code").replace_strict(names, default="", return_dtype=pl.String), decile=unknown.then("decile"), deprived=unknown.then("deprived")
    ).sort("code")  # fmt: skip


@cache
def _rules() -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name("communities.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _lists(
    actor: Actor, lsoas: list[str], start: datetime, end: datetime
) -> tuple[tuple[OnList, ...], tuple[str, ...]]:
    """Who of the area stands on which list of police and partners; a person is one of the ledger, as far as the reader may see."""
    from peelian.identity.persons import known, persons_of
    from peelian.records import query
    from peelian.records.feeds import FEEDS

    held = {b.feed for b in query.batches(actor)}
    of_feed = {
        rule["feed"]: query.events(actor, feeds=[rule["feed"]], areas=lsoas, start=start, end=end)
        for rule in _rules()
        if rule["feed"] in held
    }
    found: list[tuple[dict[str, str], set[str], int]] = []
    for rule in _rules():
        if rule["feed"] not in held:
            continue
        events = of_feed[rule["feed"]]
        if rule["categories"]:
            events = events.filter(pl.col("category").is_in(rule["categories"].split("|")))
        if rule["offences"]:
            events = events.filter(pl.col("offence").is_in(rule["offences"].split("|")))
        if rule["domestic"]:
            events = events.filter(pl.col("domestic").fill_null(False))
        of = "force-people" if rule["feed"] in (CRIMES, CALLS) else rule["feed"]
        mentions = known(actor).filter(feed=of, reference__in=events["reference"].unique().to_list())
        if rule["role"]:
            mentions = mentions.filter(role=rule["role"])
        found.append((rule, set(mentions.values_list("key", flat=True)), len(events)))
    keys = set().union(*(k for _, k, _ in found)) if found else set()
    ref = {
        m.key: person.ref
        for person in persons_of(known(actor).filter(key__in=keys), actor=actor)
        for m in person.mentions
    }
    lists = tuple(
        OnList(rule["holder"], rule["list"], frozenset(ref[k] for k in own if k in ref), n) for rule, own, n in found
    )
    gone = sorted({FEEDS[rule["feed"]].title.lower() for rule in _rules() if rule["feed"] not in held})
    return lists, tuple(gone)


def _work(actor: Actor, asked: Any) -> Work:
    """What stands in cases for the area, read by the name of the kind."""
    from peelian.casework.kinds import KINDS
    from peelian.casework.models import Item
    from peelian.casework.sight import cases

    def here(kind: str) -> Any:
        rows = cases(actor).filter(kind=kind, closed=False)
        return (
            rows.filter(area__in=(asked.code, asked.name))
            if asked.kind == "district"
            else rows.filter(facts__neighbourhood=asked.name)
        )

    priorities = []
    if "local_priority" in KINDS:
        for case in here("local_priority").order_by("-opened_at"):
            actions = [i.facts for i in Item.objects.filter(case=case, part="actions", withdrawn=False)]
            priorities.append((
                str(case.facts.get("theme", "")), str(case.facts.get("you_said", "")), str(case.stage), len(actions), sum("done_at" in a for a in actions),
            ))  # fmt: skip
    return Work(
        tuple(priorities),
        {name: here(name).count() for name in ("asb_case", "hub_problem", "pcso_task") if name in KINDS},
    )
