"""Who truly goes missing, when, how it ends, and which agency ever hears of it: the one account of all episodes.

``Missing(world).of(month)`` gives the episodes that somebody was told of in a month, the same whenever it is asked, with the columns

- episode: ``MP000123``, the truth's own number; no source knows it. Numbers rise with the months.
- person, home: who, and the home that they were missing from (numbers of the county)
- from_care: whether it is a children's home; care_home: whether it is a home for the old
- gone, told, found: minutes of the calendar; ``found`` may lie after its end (still missing when the extracts were made)
- exploited: the group that exploits the child at the time, or empty
- harmed: whether they came to harm; away: whether they were found outside the county
- police, social_care: whether the agency was ever told. At least one is true; a return interview is social care's to offer.
- call: reference of the call in ``force-incidents``; empty where police were told by form, or not at all

Most of what police hear comes as calls about all kinds of people (``Missing person``). Children's homes are apart: their children
go missing again and again, some of them many times, and three in ten of those absences reach social care alone. The police
source writes this table as the truth's ``missing``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from .calendar import DAY
from .filing import Month
from .groups import Groups
from .people import CARE_HOME, CHILDRENS_HOME, ROLES
from .streams import Floats, Ints, stream
from .world import World

# A year, for a child in a children's home (uneven: a few go very often) and for an exploited child (design; nationally one
# looked-after child in ten is reported, about six times each: Missing People).
CARE_RATE, EXPLOITED_RATE, UNEVEN = 5.0, 9.0, 0.5
YOUNGEST = 10
_YEAR = 365.25
# Hours until found, median and spread of the logarithm: 80 % of children of 12 to 14 by 24 h, 90 % by 48 h (Grampian, 2007).
CHILD_HOURS, ADULT_HOURS, EXPLOITED_HOURS, SPREAD = 8.0, 5.0, 30.0, 1.3
HOLDERS = (0.15, 0.55, 0.30)  # absences from children's homes: police alone, both, social care alone
COLUMNS = ("episode", "person", "home", "from_care", "care_home", "gone", "told", "found", "exploited", "harmed", "away",
           "police", "social_care", "call")  # fmt: skip


@dataclass
class Missing:
    """The episodes of a county, month by month."""

    world: World
    planned: pl.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        self.planned = _children(self.world, self.world.groups)

    def of(self, month: Month) -> pl.DataFrame:
        """The episodes that somebody was told of in a month, in order of the telling."""
        called = _called(self.world, month)
        mine = self.planned.filter(pl.col("month") == month.number).drop("month")
        both = pl.concat([called.select(mine.columns), mine]).sort("told", "person", maintain_order=True)
        # A month has fewer than 100,000, so numbers rise and none comes twice.
        number = pl.int_range(1, pl.len() + 1) + month.number * 100_000
        return both.with_columns(episode="MP" + number.cast(pl.String).str.zfill(8)).select(COLUMNS)


def _kept(world: World, person: Ints) -> tuple[Ints, Ints]:
    kind = world.people.homes.kind[world.people.home[person]]
    return kind == CHILDRENS_HOME, kind == CARE_HOME


def _hours(rng: np.random.Generator, median: float | Floats, size: int) -> Ints:
    return np.asarray(np.ceil(60 * np.exp(np.log(median) + SPREAD * rng.normal(size=size))), dtype=np.int64)


def _called(world: World, month: Month) -> pl.DataFrame:
    """Episodes that the control room was called about."""
    calls = month.calls.filter(
        (pl.col("closing") == "Missing person")
        & (pl.col("again") == 0)
        & (pl.col("reference") == "")
        & (pl.col("victim") >= 0)
    )
    rng = stream(world.seed, "missing", "called", month.number)
    person, n = calls["victim"].to_numpy(), len(calls)
    told = calls["created"].to_numpy().astype(np.int64)
    young = (told // DAY + world.calendar.first_day - world.people.born[person]) / _YEAR < 18
    from_care, care_home = _kept(world, person)
    gone = np.maximum(told - _hours(rng, np.where(young, 3.0, 5.0), n), 0)
    found = np.maximum(gone + _hours(rng, np.where(young, CHILD_HOURS, ADULT_HOURS), n), told + 10)
    return pl.DataFrame(
        {
            "person": person.astype(np.int64),
            "home": world.people.home[person].astype(np.int64),
            "from_care": from_care,
            "care_home": care_home,
            "gone": world.calendar.real(gone),
            "told": told,
            "found": world.calendar.real(found),
            "exploited": pl.repeat("", n, eager=True),
            "harmed": rng.random(n) < 0.033,
            "away": rng.random(n) < 0.06,
            "police": pl.repeat(True, n, eager=True),
            "social_care": young & (rng.random(n) < 0.35),
            "call": calls["call"],
        }
    )


def _children(world: World, groups: Groups) -> pl.DataFrame:
    """Episodes of children in homes and of exploited children, over the whole calendar, with the `month` of the telling."""
    rng = stream(world.seed, "missing", "children")
    people, calendar = world.people, world.calendar
    homed = np.flatnonzero(people.role == ROLES.index("K"))
    rate = rng.gamma(UNEVEN, CARE_RATE / UNEVEN, len(homed))
    taken = groups.exploited
    person = np.concatenate([homed, taken["person"].to_numpy()])
    since = np.concatenate([np.zeros(len(homed), dtype=np.int64), taken["since"].to_numpy()])
    label = pl.concat([pl.repeat("", len(homed), eager=True), taken["group"]])
    rate = np.concatenate([rate, np.full(len(taken), EXPLOITED_RATE)])
    times = rng.poisson(rate * np.maximum(calendar.end - since, 0) / DAY / _YEAR)
    row = np.repeat(np.arange(len(person)), times)
    n = len(row)
    day = (since[row] + rng.random(n) * (calendar.end - since[row])) // DAY
    gone = calendar.real((day * DAY + np.clip(rng.normal(20.5, 3.0, n), 6, 23.9) * 60).astype(np.int64))
    who = person[row].astype(np.int64)
    group = label.gather(row)
    used = (group != "").to_numpy()
    late = np.ceil(60 * rng.lognormal(np.log(2.5), 0.8, n)).astype(np.int64)
    told = calendar.real(gone + late)
    found = calendar.real(np.maximum(gone + _hours(rng, np.where(used, EXPLOITED_HOURS, CHILD_HOURS), n), told + 10))
    from_care, care_home = _kept(world, who)
    holder = rng.random(n)
    # A family rings the police; a children's home may tell social care alone.
    alone = from_care & (holder >= 1 - HOLDERS[2])
    years = (gone // DAY + calendar.first_day - people.born[who]) / _YEAR
    frame = pl.DataFrame(
        {
            "person": who,
            "home": people.home[who].astype(np.int64),
            "from_care": from_care,
            "care_home": care_home,
            "gone": gone,
            "told": told,
            "found": found,
            "exploited": group,
            "harmed": rng.random(n) < np.where(used, 0.15, 0.04),
            "away": rng.random(n) < np.where(used, 0.45, 0.08),
            "police": ~alone,
            "social_care": alone | (holder >= HOLDERS[0]),
            "call": pl.repeat("", n, eager=True),
            "month": calendar.month_of(told),
        }
    )
    frame = frame.filter(pl.Series((years >= YOUNGEST) & (years < 18) & (told < calendar.end))).sort(
        "person", "gone", "told"
    )
    # Nobody goes missing who has not been found.
    return frame.filter((pl.col("gone") > pl.col("found").shift(1).over("person")).fill_null(True))
