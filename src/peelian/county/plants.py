"""What is planted, so that an analysis can be tried on something known: near-repeat series, hot spots, emerging problems.

Every plant is events on top of what happens anyway, so that a county without plants is the same county less those.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from .addresses import point_of
from .calendar import DAY
from .offences import ASB
from .streams import Floats, Ints, stream, within
from .world import World

BURGLARY = "Burglary - residential - dwelling"
SERIES_REACH = 150.0  # metres from the first home
SERIES_DAYS = 14
SERIES_SHARE = 0.12  # of the dwelling burglaries expected
HOT_SPOT_REACH = 100.0  # metres
HOT_SPOT_KINDS = ("ASB nuisance", "Common assault and battery", "Theft from a motor vehicle")
HOT_SPOT_SHARE = 0.8  # of what its area has of that category anyway
HOT_SPOT_LEAST = 2.5  # events a month
EMERGING = ("Vehicle crime", ASB, "Criminal damage and arson")
SCHEMA = {"month": pl.Int64, "kind": pl.Int64, "area": pl.Int64, "minute": pl.Int64, "home": pl.Int64, "street": pl.Int64,
          "along": pl.Float64, "plant": pl.String}  # fmt: skip


@dataclass(frozen=True)
class Plants:
    """Planted events, and what the truth says of each plant."""

    events: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    series: list[dict[str, object]] = field(default_factory=list)
    hot_spots: list[dict[str, object]] = field(default_factory=list)
    emerging: list[dict[str, object]] = field(default_factory=list)
    interventions: list[dict[str, object]] = field(default_factory=list)


def plant(world: World) -> Plants:
    """The plants of a county: their number follows its people and months."""
    series_events, series = _series(world)
    hot_events, hot_spots = _hot_spots(world)
    new_events, emerging = _emerging(world)
    return Plants(pl.concat([series_events, hot_events, new_events]), series, hot_spots, emerging)


def frame_of(month: Ints, kind: Ints, area: Ints, plant: list[str], **more: Ints | Floats) -> pl.DataFrame:
    """Planted events in the columns of ``SCHEMA``; what is not given is left to chance."""
    nothing = np.full(len(month), -1)
    columns: dict[str, Ints | Floats | list[str]] = {
        "month": month,
        "kind": kind,
        "area": area,
        "minute": nothing,
        "home": nothing,
        "street": nothing,
        "along": nothing,
    }
    return pl.DataFrame(columns | more | {"plant": plant}).cast(SCHEMA).select(*SCHEMA)  # type: ignore[arg-type]


def _series(world: World) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    rng = stream(world.seed, "plants", "series")
    calendar, homes, ground = world.calendar, world.people.homes, world.ground
    kind = world.kinds.index(BURGLARY)
    expected = world.weights[kind].sum() * calendar.end / DAY
    minutes, chosen, names = [], [], []
    told: list[dict[str, object]] = []
    for number in range(max(2, round(SERIES_SHARE * expected / 7))):
        name = f"S{number + 1:04d}"
        origin = int(rng.integers(len(homes.area)))
        at = point_of(ground, homes, np.array([origin]))
        streets = np.flatnonzero(np.linalg.norm(ground.street_middle - at, axis=1) < SERIES_REACH + 400)
        near = np.flatnonzero(np.isin(homes.street, streets))
        near = near[np.linalg.norm(point_of(ground, homes, near) - at, axis=1) <= SERIES_REACH]
        follow = rng.choice(near, size=int(rng.integers(4, 9)))
        start = int(rng.integers(calendar.end - SERIES_DAYS * DAY))
        after = np.sort(rng.uniform(0.4, SERIES_DAYS, len(follow)) * DAY).astype(np.int64)
        here, when = np.concatenate([[origin], follow]), np.concatenate([[start], start + after])
        minutes.append(when)
        chosen.append(here)
        names += [name] * len(here)
        told.append(
            {
                "series": name,
                "easting": round(float(at[0, 0]), 1),
                "northing": round(float(at[0, 1]), 1),
                "area": ground.code[homes.area[origin]],
                "first_minute": start,
                "events": len(here),
                "reach_metres": SERIES_REACH,
                "reach_days": SERIES_DAYS,
            }
        )
    minute, home = np.concatenate(minutes), np.concatenate(chosen)
    month = calendar.month_of(minute)
    kinds = np.full(len(home), kind)
    return frame_of(month, kinds, homes.area[home], names, minute=minute, home=home), told


def _hot_spots(world: World) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    rng = stream(world.seed, "plants", "hot spots")
    ground, kinds = world.ground, world.kinds
    wanted = min(max(2, int(ground.people.sum()) // 30_000), ground.areas)
    areas = rng.choice(ground.areas, size=wanted, replace=False)
    frames, told = [pl.DataFrame(schema=SCHEMA)], []
    for number, area in enumerate(areas.tolist()):
        name = f"H{number + 1:04d}"
        kind = kinds.index(HOT_SPOT_KINDS[number % len(HOT_SPOT_KINDS)])
        street = int(within(rng, ground.first_street[[area]], ground.streets[[area]])[0])
        alike = [k for k in range(len(kinds)) if kinds.category[k] == kinds.category[kind]]
        events = 0
        reach = min(1.0, 2 * HOT_SPOT_REACH / float(ground.street_length[street]) * 0.95)
        for month in range(world.calendar.months):
            more = int(rng.poisson(max(HOT_SPOT_LEAST, HOT_SPOT_SHARE * world.expected(month)[alike, area].sum())))
            events += more
            same = np.full(more, 1)
            frames.append(
                frame_of(
                    same * month,
                    same * kind,
                    same * area,
                    [name] * more,
                    street=same * street,
                    along=rng.uniform(-reach, reach, more),
                )
            )
        told.append(
            {
                "hot_spot": name,
                "easting": round(float(ground.street_middle[street, 0]), 1),
                "northing": round(float(ground.street_middle[street, 1]), 1),
                "radius_metres": HOT_SPOT_REACH,
                "area": ground.code[area],
                "category": kinds.category[kind],
                "offence": kinds.title[kind],
                "events": events,
            }
        )
    return pl.concat(frames), told


def _emerging(world: World) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    rng = stream(world.seed, "plants", "emerging")
    ground, kinds, months = world.ground, world.kinds, world.calendar.months
    groups = len(ground.neighbourhood_code)
    wanted = min(max(2, int(ground.people.sum()) // 100_000), groups) if months >= 6 else 0
    frames, told = [pl.DataFrame(schema=SCHEMA)], []
    for number, group in enumerate(rng.choice(groups, size=wanted, replace=False).tolist()):
        name = f"E{number + 1:04d}"
        category = EMERGING[number % len(EMERGING)]
        alike = np.array([k for k in range(len(kinds)) if kinds.category[k] == category])
        areas = np.flatnonzero(ground.neighbourhood == group)
        first, factor = months - int(rng.integers(3, 6)), round(float(rng.uniform(2.5, 4.0)), 2)
        events = 0
        for month in range(first, months):
            more = rng.poisson((factor - 1) * world.expected(month)[np.ix_(alike, areas)])
            kind, area = np.repeat(alike, more.sum(axis=1)), np.repeat(np.tile(areas, len(alike)), more.ravel())
            events += len(kind)
            frames.append(frame_of(np.full(len(kind), month), kind, area, [name] * len(kind)))
        told.append(
            {
                "emerging": name,
                "neighbourhood": ground.neighbourhood_code[group],
                "areas": ";".join(ground.code[a] for a in areas),
                "category": category,
                "from_month": world.calendar.label(first),
                "factor": factor,
                "events": events,
            }
        )
    return pl.concat(frames), told
