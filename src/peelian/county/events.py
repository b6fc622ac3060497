"""What truly happens in a month: which kind, when, where, to whom and by whom, and when the force hears of it.

Without plants and repeats, events are independent: an area's rate and a month's season multiply, and neither depends on
any other event, so that a test for space-time interaction is exact on them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .addresses import point_of
from .calendar import DAY
from .interventions import thinned
from .offences import OUTCOME_DAYS, OUTCOME_TYPES, SETTINGS, VICTIMS
from .streams import Ints, pick, stream, within
from .world import Index, World

_SETTING = {name: n for n, name in enumerate(SETTINGS)}
_PLACES = {
    "retail": "shop",
    "licensed premises": "licensed premises",
    "school": "school",
    "hospital": "hospital",
    "other": "park",
}
RISKY = 20  # with repeats, every 20th home takes a third of what happens in homes
NOBODY = -1


def month_of_events(world: World, month: int, planted: pl.DataFrame) -> pl.DataFrame:
    """The events that happen in a month, in order of time.

    Parameters
    ----------
    world : World
    month : int
        0 is the first of the calendar.
    planted : polars.DataFrame
        Further events of this month: kind, area, minute (or -1), home, street, along (or -1) and plant.

    Returns
    -------
    polars.DataFrame
        One row an event: kind, area, minute, ends, setting, home, place, street, easting, northing, domestic, victim,
        suspect, witness, plant, reported, recorded, outcome, decided. Times are minutes of the calendar, people their
        numbers, -1 where there is none.
    """
    rng = stream(world.seed, "events", month)
    base = rng.poisson(world.expected(month))
    kind = np.repeat(np.repeat(np.arange(base.shape[0]), base.shape[1]), base.ravel())
    area = np.repeat(np.tile(np.arange(base.shape[1]), base.shape[0]), base.ravel())
    events = _complete(world, month, rng, kind, area, None)
    # What plans add has a stream of its own: the other plants are the same with and without them.
    by_plan = planted["plant"].is_in([change.plan for change in world.changes])
    for purpose, extra in (("planted", planted.filter(~by_plan)), ("added by plans", planted.filter(by_plan))):
        if len(extra):
            more = stream(world.seed, purpose, month)
            events = pl.concat(
                [events, _complete(world, month, more, extra["kind"].to_numpy(), extra["area"].to_numpy(), extra)]
            )
    return thinned(world, month, events).sort("minute", maintain_order=True)


def _complete(
    world: World, month: int, rng: np.random.Generator, kind: Ints, area: Ints, planted: pl.DataFrame | None
) -> pl.DataFrame:
    n = len(kind)
    minute = _when(world, month, rng, kind)
    domestic = rng.random(n) < world.kinds.domestic[kind]
    victim = np.full(n, NOBODY, dtype=np.int64)
    fixed = np.full(n, NOBODY, dtype=np.int64)
    if planted is not None:
        minute = np.where(planted["minute"].to_numpy() >= 0, planted["minute"].to_numpy(), minute)
        fixed = planted["home"].to_numpy()
        domestic &= fixed < 0
    couples = world.couples
    domestic &= couples.count[area] > 0
    rows = np.flatnonzero(domestic)
    victim[rows] = couples.member[_uneven(world, rng, couples.first[area[rows]], couples.count[area[rows]], 0.5)]
    where = _where(world, rng, kind, area, victim, fixed)
    if planted is not None:
        on_street = planted["street"].to_numpy() >= 0
        spot = planted.filter(pl.Series(on_street))
        at = world.ground.on_street(spot["street"].to_numpy(), spot["along"].to_numpy(), rng.uniform(-6, 6, len(spot)))
        where["street"][on_street] = spot["street"].to_numpy()
        where["easting"][on_street], where["northing"][on_street] = at[:, 0], at[:, 1]
        for column, value in (("home", NOBODY), ("place", NOBODY), ("setting", _SETTING["street"])):
            where[column][on_street] = value
    persons = _who(world, rng, kind, area, domestic, victim, where["home"])
    kinds = world.kinds
    ranged = (rng.random(n) < kinds.ranged[kind]) & (kind < kinds.crimes)
    span = np.where(ranged, kinds.span[kind] * 60 * rng.lognormal(0, 0.5, n), 0).astype(np.int64)
    begins = np.maximum(minute - (span * rng.random(n)).astype(np.int64), 0)
    ends = np.where(ranged, np.maximum(begins + span, minute), minute)
    # Nobody reports what is not over yet.
    delay = np.exp(np.log(kinds.delay[kind] * 60) + kinds.sigma[kind] * rng.normal(size=n)) + 1
    reported = ends + delay.astype(np.int64)
    recorded = reported + 20 + (rng.lognormal(np.log(9 * 60), 1.1, n)).astype(np.int64)
    crime = kind < kinds.crimes
    outcome = np.zeros(n, dtype=np.int64)
    outcome[crime] = OUTCOME_TYPES[pick(rng, kinds.outcomes[: kinds.crimes], kind[crime])]
    days = np.array([OUTCOME_DAYS.get(t, 30) for t in range(OUTCOME_TYPES.max() + 1)], dtype=float)
    decided = recorded + (rng.lognormal(np.log(days[outcome]), 0.9) * DAY).astype(np.int64) + 60
    real = world.calendar.real
    return pl.DataFrame(
        {
            "kind": kind,
            "area": area,
            "minute": real(minute),
            "begins": real(begins),
            "ends": real(ends),
            **where,
            "domestic": domestic,
            **persons,
            "plant": planted["plant"] if planted is not None else pl.repeat("", n, eager=True),
            "reported": real(np.maximum(reported, real(ends))),
            "recorded": real(np.maximum(recorded, real(reported))),
            "outcome": outcome,
            "decided": decided,
        }
    )


def _when(world: World, month: int, rng: np.random.Generator, kind: Ints) -> Ints:
    calendar, kinds = world.calendar, world.kinds
    day = pick(rng, kinds.days[:, calendar.weekdays(month)], kind)
    hour = pick(rng, kinds.hours, kind)
    return np.asarray(calendar.starts[month] + day * DAY + hour * 60 + rng.integers(60, size=len(kind)))


def _uneven(world: World, rng: np.random.Generator, first: Ints, count: Ints, share: float) -> Ints:
    """Draw one of `count` from `first` on; with repeats, `share` of the draws fall on every 20th alone."""
    chosen = within(rng, first, count)
    again = rng.random(len(first)) < share
    risky = first + within(rng, np.zeros_like(first), (count + RISKY - 1) // RISKY) * RISKY
    return np.where(again, risky, chosen) if world.repeats else chosen


def _where(
    world: World, rng: np.random.Generator, kind: Ints, area: Ints, victim: Ints, fixed: Ints
) -> dict[str, np.ndarray]:
    ground, homes = world.ground, world.people.homes
    n = len(kind)
    setting = pick(rng, world.kinds.where, kind)
    setting[(victim >= 0) & (setting != _SETTING["street"])] = _SETTING["dwelling"]
    setting[fixed >= 0] = _SETTING["dwelling"]
    home, place = np.full(n, NOBODY, dtype=np.int64), np.full(n, NOBODY, dtype=np.int64)
    street = within(rng, ground.first_street[area], ground.streets[area])
    at = ground.on_street(street, rng.uniform(-1, 1, n), rng.uniform(-6, 6, n))
    for name, facility in _PLACES.items():
        places = ground.places[facility]
        rows = np.flatnonzero(setting == _SETTING[name])
        none = places.count[area[rows]] == 0
        setting[rows[none]] = _SETTING["street"]
        rows = rows[~none]
        place[rows] = _uneven(world, rng, places.first[area[rows]], places.count[area[rows]], 0.3)
        street[rows] = places.street[place[rows]]
        at[rows, 0], at[rows, 1] = places.easting[place[rows]], places.northing[place[rows]]
    rows = np.flatnonzero(setting == _SETTING["care home"])
    care = world.care_homes
    none = care.count[area[rows]] == 0
    setting[rows[none]] = _SETTING["dwelling"]
    rows = rows[~none]
    home[rows] = care.member[within(rng, care.first[area[rows]], care.count[area[rows]])]
    rows = np.flatnonzero((setting == _SETTING["dwelling"]) | (setting == _SETTING["vehicle"]))
    home[rows] = _uneven(world, rng, homes.first[area[rows]], homes.count[area[rows]], 0.33)
    theirs = (victim >= 0) & (setting == _SETTING["dwelling"])
    home[theirs] = world.people.home[victim[theirs]]
    home[fixed >= 0] = fixed[fixed >= 0]
    housed = home >= 0
    street[housed] = homes.street[home[housed]]
    at[housed] = point_of(ground, homes, home[housed])
    # A car stands in the street before the house.
    parked = setting == _SETTING["vehicle"]
    at[parked] = ground.on_street(
        street[parked], rng.uniform(-1, 1, int(parked.sum())), rng.choice((-3.0, 3.0), int(parked.sum()))
    )
    return {
        "setting": setting,
        "home": home,
        "place": place,
        "street": street,
        "easting": at[:, 0].copy(),
        "northing": at[:, 1].copy(),
    }


def _fitting(
    world: World, rng: np.random.Generator, pool: Index | None, area: Ints, local: float, low: int, women: Ints
) -> Ints:
    """Draw people, `local` of them from their area: the first of five tries who is old enough, and a woman where asked."""
    people = world.people
    first, count = (people.first, people.count) if pool is None else (pool.first, pool.count)
    total = len(people) if pool is None else len(pool.member)
    near = (rng.random((5, len(area))) < local) & (count[area] > 0)
    start = np.where(near, first[area], 0)
    drawn = within(rng, start.ravel(), np.where(near, count[area], total).ravel()).reshape(start.shape)
    if pool is not None:
        drawn = pool.member[drawn]
    last = world.calendar.first_day - low * 365.25
    good = (people.born[drawn] < last) & ((people.sex[drawn] == 0) | (women == 0))
    return np.asarray(drawn[good.argmax(axis=0), np.arange(len(area))])


def _who(
    world: World, rng: np.random.Generator, kind: Ints, area: Ints, domestic: np.ndarray, victim: Ints, home: Ints
) -> dict[str, Ints]:
    people, kinds = world.people, world.kinds
    n = len(kind)
    wanted = kinds.victim[kind]
    women = (wanted == VICTIMS.index("female")).astype(np.int64)
    someone = np.flatnonzero(
        (wanted == VICTIMS.index("person")) | (women == 1) | ((wanted == VICTIMS.index("resident")) & (home < 0))
    )
    someone = someone[victim[someone] < 0]
    victim[someone] = _fitting(world, rng, None, area[someone], 0.7, 12, women[someone])
    resident = np.flatnonzero((wanted == VICTIMS.index("resident")) & (home >= 0) & (victim < 0))
    inside = home[resident]
    # The first named in a household is an adult.
    victim[resident] = people.homes.first_person[inside] + (
        (rng.random(len(resident)) < 0.35) & (people.partner[people.homes.first_person[inside]] >= 0)
    )
    missing = np.flatnonzero((wanted == VICTIMS.index("member")) & (home >= 0) & (victim < 0))
    inside = home[missing]
    first = people.homes.first_person[inside].astype(np.int64)
    anyone = within(rng, first, people.homes.size[inside])
    # Whoever is under two at the start of the period may not have been born yet.
    victim[missing] = np.where(people.born[anyone] < world.calendar.first_day - 2 * 365, anyone, first)
    suspect = np.full(n, NOBODY, dtype=np.int64)
    known = np.flatnonzero((rng.random(n) < kinds.known[kind]) & ~domestic)
    if len(world.offenders.member):
        suspect[known] = _fitting(
            world, rng, world.offenders, area[known], 0.55, 10, np.zeros(len(known), dtype=np.int64)
        )
    both = np.flatnonzero(domestic)
    partner, former = people.partner[victim[both]], people.former[victim[both]]
    suspect[both] = np.where((partner >= 0) & ((former < 0) | (rng.random(len(both)) < 0.7)), partner, former)
    suspect[suspect == victim] = NOBODY
    seen = np.flatnonzero(rng.random(n) < 0.12)
    witness = np.full(n, NOBODY, dtype=np.int64)
    witness[seen] = _fitting(world, rng, None, area[seen], 0.8, 10, np.zeros(len(seen), dtype=np.int64))
    witness[(witness == victim) | (witness == suspect)] = NOBODY
    return {"victim": victim, "suspect": suspect, "witness": witness}
