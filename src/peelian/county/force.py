"""The county's police force: posts in teams and stations, who holds them and when, who is away, and where the kiosks stand.

Numbers and patterns are design, not findings. Days count from the first of the calendar; a day before it is negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from . import naming
from .addresses import LETTERS, postcode_of
from .calendar import DAY
from .names import HERITAGES, draw_forenames, draw_surnames, pools
from .streams import Ints, pick, stream

if TYPE_CHECKING:
    from .world import World

STAFF_PER_1000 = 2.4  # of them 2.1 officers
LEAST_STAFF = 24
RESIDENT = 0.3  # share of staff who live in the county, and so may be victims in its records
LEAVE_A_YEAR, GAP = 0.065, 60  # share of posts left a year, and mean days until they are filled
AHEAD = 28  # days for which duties are planned when the extracts are made
NEVER = 1 << 30
FIVE_TEAMS, WEEKDAYS = "two earlies, two lates, two nights, four off", "Monday to Friday"
# Role on duty, post, share of staff, rank of the most, pattern, and whether each district has its own.
UNITS: tuple[tuple[str, str, float, str, str, bool], ...] = (
    ("response", "Response officer", 0.38, "constable", FIVE_TEAMS, True),
    ("neighbourhood", "Neighbourhood officer", 0.11, "constable", WEEKDAYS, True),
    ("neighbourhood", "Community support officer", 0.05, "PCSO", WEEKDAYS, True),
    ("investigation", "District investigator", 0.17, "constable", WEEKDAYS, True),
    ("public protection", "Public protection investigator", 0.09, "constable", WEEKDAYS, False),
    ("serious crime", "Serious crime investigator", 0.03, "constable", WEEKDAYS, False),
    ("armed response", "Armed response officer", 0.03, "constable", FIVE_TEAMS, False),
    ("roads policing", "Roads policing officer", 0.03, "constable", FIVE_TEAMS, False),
    ("custody", "Custody officer", 0.025, "sergeant", FIVE_TEAMS, False),
    ("control room", "Control room operator", 0.04, "police staff", FIVE_TEAMS, False),
    ("crime scene", "Crime scene investigator", 0.015, "police staff", WEEKDAYS, False),
    ("digital", "Digital examiner", 0.01, "police staff", WEEKDAYS, False),
    ("intelligence", "Intelligence officer", 0.015, "police staff", WEEKDAYS, False),
    ("command", "Commander", 0.005, "superintendent", WEEKDAYS, False),
)
NORMAL, UNUSED, OPERATOR_SICK = "", "never used", "operator often sick"
_TOP = ("chief constable", "deputy chief constable", "assistant chief constable")
_YEAR = 365.25


@dataclass(frozen=True)
class Posts:
    """Places in the force, in the order of units; `district` is -1 for those of the whole force."""

    unit: Ints
    district: Ints
    turn: Ints  # 0 to 4: which of five teams; 0 elsewhere
    rank: list[str]
    team: list[str]
    station: list[str]


@dataclass(frozen=True)
class Force:
    """The staff of the county's force, one row each, those who hold a post at the start of the calendar first.

    Parameters
    ----------
    frame : polars.DataFrame
        number (text), person (of the county, -1 for those who live elsewhere), surname, forenames, born (date), postcode, post (index), start, end
        (days; ``NEVER`` for those who stay), fte, fte_later, changed (day from which `fte_later` holds), promoted (day, or ``NEVER``).
    posts : Posts
    sick, leave : ndarray of bool, shape (staff, days)
        Days of sickness and of annual leave.
    sites : polars.DataFrame
        Kiosks: site, district, planted (``never used``, ``operator often sick`` or empty), operators (list of staff).
    unqualified : ndarray of bool, shape (districts,)
        Districts whose serious crimes go to whoever is free.
    """

    frame: pl.DataFrame
    posts: Posts
    sick: np.ndarray
    leave: np.ndarray
    sites: pl.DataFrame
    unqualified: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)

    def shifts(self, world: World, first: int, last: int) -> Ints:
        """What each member of staff is rostered for on the days first to last - 1: 0 nothing, 1 early, 2 late, 3 night, 4 day."""
        day = np.arange(first, last)[None, :]
        post = self.frame["post"].to_numpy()
        unit, turn = self.posts.unit[post][:, None], self.posts.turn[post][:, None]
        five = np.array([pattern == FIVE_TEAMS for *_, pattern, _ in UNITS])[unit]
        cycle = np.array([1, 1, 2, 2, 3, 3, 0, 0, 0, 0])[(day + 2 * turn) % 10]
        weekday = (world.calendar.firsts[0].weekday() + day) % 7
        here = (day >= self.frame["start"].to_numpy()[:, None]) & (day < self.frame["end"].to_numpy()[:, None])
        full = np.where(
            day < self.frame["changed"].to_numpy()[:, None],
            self.frame["fte"].to_numpy()[:, None],
            self.frame["fte_later"].to_numpy()[:, None],
        )
        works = (day * 7 + np.arange(len(self))[:, None] * 3) % 10 < np.round(full * 10)
        return np.where(here & works, np.where(five, cycle, np.where(weekday < 5, 4, 0)), 0)

    def station(self) -> pl.Series:
        """The station of each member of staff."""
        return pl.Series(self.posts.station).gather(self.frame["post"])


def make_force(world: World) -> Force:
    """The force of a county, 2.4 members of staff for every 1,000 people."""
    rng = stream(world.seed, "force", len(world.people))
    days = world.calendar.end // DAY
    posts = _posts(world)
    staff = _staff(world, rng, posts, days)
    sick = _spells(rng, len(staff), days, 1.1, lambda n: rng.geometric(0.25, n))
    sick |= _spells(rng, len(staff), days, 0.07, lambda n: rng.integers(30, 150, n))
    leave = _spells(rng, len(staff), days, 4.0, lambda n: rng.integers(4, 11, n))
    sites = _sites(world, posts, staff)
    often = np.concatenate(
        [*(o for o, p in sites.select("operators", "planted").iter_rows() if p == OPERATOR_SICK), []]
    )
    for operator in often.astype(np.int64).tolist():
        sick[operator] |= _spells(rng, 1, days, 7.0, lambda n: rng.integers(10, 35, n))[0]
    districts = len(world.ground.district_code)
    unqualified = (np.arange(districts) % 4 == 0) & (districts > 1)
    return Force(staff, posts, sick, leave, sites, unqualified)


def _posts(world: World) -> Posts:
    ground = world.ground
    districts = len(ground.district_name)
    people = np.bincount(ground.district, weights=ground.people, minlength=districts)
    wanted = max(LEAST_STAFF, round(STAFF_PER_1000 / 1000 * people.sum()))
    units, places, turns = [], [], []
    for unit, (*_, share, _, pattern, local) in enumerate(UNITS):
        count = max(1, round(share * wanted))
        if local:
            edges = np.round(np.cumsum(people) / people.sum() * max(count, districts)).astype(int)
            here = np.repeat(np.arange(districts), np.maximum(np.diff(edges, prepend=0), 1))
        else:
            here = np.full(count, -1)
        units.append(np.full(len(here), unit))
        places.append(here)
        within = np.arange(len(here)) - np.searchsorted(here, here)
        turns.append(within % 5 if pattern == FIVE_TEAMS else np.zeros(len(here), dtype=np.int64))
    unit, district, turn = np.concatenate(units), np.concatenate(places), np.concatenate(turns)
    rank, team, station = [], [], []
    seen: dict[tuple[int, int, int], int] = {}
    for u, d, t in zip(unit.tolist(), district.tolist(), turn.tolist(), strict=True):
        role, post, _, most, pattern, _ = UNITS[u]
        place = seen[u, d, t] = seen.get((u, d, t), -1) + 1
        if role == "command":
            rank.append(_TOP[place] if place < len(_TOP) else most)
        elif most == "constable":
            rank.append("inspector" if place == 9 else "sergeant" if place % 8 == 0 else most)
        else:
            rank.append(most)
        name = (post if role == "neighbourhood" and most == "PCSO" else role.capitalize()) + (
            f" {chr(65 + t)}" if pattern == FIVE_TEAMS else ""
        )
        team.append(name + (f", {ground.district_name[d]}" if d >= 0 else ""))
        station.append(ground.district_name[d] if d >= 0 else f"{naming.COUNTY} headquarters")
    return Posts(unit, district, turn, rank, team, station)  # fmt: skip


def _staff(world: World, rng: np.random.Generator, posts: Posts, days: int) -> pl.DataFrame:
    # Who holds each post, one after another; whoever comes within the calendar had a predecessor.
    post, start, end = [], [], []
    holding, since = np.arange(len(posts.unit)), -rng.integers(100, 9_000, len(posts.unit))
    while len(holding):
        until = np.maximum(since, 0) + np.ceil(rng.exponential(_YEAR / LEAVE_A_YEAR, len(holding))).astype(np.int64)
        left = until < days
        post.append(holding)
        start.append(since)
        end.append(np.where(left, until, NEVER))
        arrive = until[left] + np.ceil(rng.exponential(GAP, int(left.sum()))).astype(np.int64)
        holding, since = holding[left][arrive < days - 1], arrive[arrive < days - 1]
    posted, begun, ended = np.concatenate(post), np.concatenate(start), np.concatenate(end)
    n = len(posted)
    person = _residents(world, rng, n)
    lives_here = person >= 0
    people, p = world.people, pools()
    heritage = pick(rng, np.array([[share for share, *_ in HERITAGES.values()]]), np.zeros(n, dtype=np.int64))
    born = world.calendar.first_day + begun - (rng.triangular(19, 24, 42, n) * _YEAR).astype(np.int64)
    sex = (rng.random(n) < 0.62).astype(np.int64)
    who = np.maximum(person, 0)
    heritage, sex = np.where(lives_here, people.heritage[who], heritage), np.where(lives_here, people.sex[who], sex)
    born = np.where(lives_here, people.born[who], born)
    begun = np.where(
        lives_here, np.maximum(begun, born + 7_000 - world.calendar.first_day), begun
    )  # nobody joins at 18
    forename = draw_forenames(rng, heritage, sex, (1970 + born // _YEAR).astype(np.int64))
    surname = draw_surnames(rng, heritage)
    homes = people.homes
    home = people.home[who]
    elsewhere = pl.Series([f"{naming.POSTCODE_AREAS[-1]}{d} {s}{a}{b}" for d, s, a, b in zip(
        rng.integers(1, 100, n), rng.integers(10, size=n), rng.choice(list(LETTERS), n), rng.choice(list(LETTERS), n), strict=True)])  # fmt: skip
    number = rng.permutation(9 * max(n, 1_000))[:n] + 1_000
    full = np.where(rng.random(n) < 0.86, 1.0, rng.choice((0.5, 0.6, 0.8), n))
    changed = np.where(rng.random(n) < 0.04 * days / _YEAR, rng.integers(1, max(days, 2), n), NEVER)
    promoted = np.where(rng.random(n) < 0.02 * days / _YEAR, rng.integers(1, max(days, 2), n), NEVER)
    is_constable = np.array([rank == "constable" for rank in posts.rank])[posted]
    return pl.DataFrame(
        {
            "number": pl.Series(number).cast(pl.String),
            "person": person,
            "surname": p.surnames.gather(np.where(lives_here, people.surname[who], surname)),
            "forenames": p.forenames.gather(np.where(lives_here, people.forename[who], forename)),
            "born": pl.Series(born).cast(pl.Int32).cast(pl.Date),
            "postcode": postcode_of(world.ground, homes.street[home], homes.position[home] + 1).zip_with(
                pl.Series(lives_here), elsewhere
            ),
            "post": posted,
            "start": begun,
            "end": ended,
            "fte": full,
            "fte_later": np.where(full < 1, 1.0, 0.8),
            "changed": np.where(changed > begun, changed, NEVER),
            "promoted": np.where(is_constable & (promoted > begun + 700) & (promoted < ended), promoted, NEVER),
        }
    )


def _residents(world: World, rng: np.random.Generator, n: int) -> Ints:
    """People of the county among the staff, -1 for those who live elsewhere; about one in a thousand is a known offender."""
    people = world.people
    age = (world.calendar.first_day - people.born) / _YEAR
    fit = (age > 24) & (age < 55)
    fit[world.offenders.member] = False
    here = np.flatnonzero(rng.random(n) < RESIDENT)
    chosen = rng.choice(np.flatnonzero(fit), size=min(len(here), int(fit.sum())), replace=False)
    person = np.full(n, -1, dtype=np.int64)
    person[here[: len(chosen)]] = chosen
    known = world.offenders.member[(age[world.offenders.member] > 24) & (age[world.offenders.member] < 55)]
    few = min(max(1, n // 1_000), len(known), len(chosen))
    person[here[:few]] = rng.choice(known, size=few, replace=False)
    return person


def _spells(rng: np.random.Generator, n: int, days: int, a_year: float, lengths: Callable[[int], Ints]) -> np.ndarray:
    """Days that lie in spells, of which each member of staff has so many a year; shape (n, days)."""
    times = rng.poisson(a_year * days / _YEAR, n)
    row = np.repeat(np.arange(n), times)
    first = rng.integers(days, size=len(row))
    last = np.minimum(first + lengths(len(row)), days)
    edge = np.zeros((n, days + 1), dtype=np.int32)
    np.add.at(edge, (row, first), 1)
    np.add.at(edge, (row, last), -1)
    return np.cumsum(edge[:, :days], axis=1) > 0


def _sites(world: World, posts: Posts, staff: pl.DataFrame) -> pl.DataFrame:
    """A kiosk at each district's station. The second is never used; the third has one operator, who is often sick."""
    rows = []
    post = staff["post"].to_numpy()
    unit, district = posts.unit[post], posts.district[post]
    steady = (staff["end"].to_numpy() >= NEVER) & (staff["start"].to_numpy() < 0) & (staff["fte"].to_numpy() == 1)
    investigators = np.array([role == "investigation" for role, *_ in UNITS])[unit]
    for d, name in enumerate(world.ground.district_name):
        planted = (NORMAL, UNUSED, OPERATOR_SICK)[d] if d < 3 else NORMAL
        local = np.flatnonzero(investigators & (district == d))
        local = np.concatenate([local[steady[local]], local[~steady[local]]])  # those who stay first
        rows.append((name, d, planted, local[: 1 if planted == OPERATOR_SICK else 3].tolist()))
    schema = {"site": pl.String, "district": pl.Int64, "planted": pl.String, "operators": pl.List(pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")
