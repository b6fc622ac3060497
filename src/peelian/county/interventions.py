"""Problem-solving plans of the county with their true effects, so that an evaluation can be tried on something known.

A plan works in one neighbourhood, on one category, from a month on: it takes away a share of what would have happened there, or
adds to it; some of that may move to a neighbour (displacement), or the neighbour may gain too (diffusion). Two plans answer alike
problems in two districts: one works and one does not (area for improvement 1). Thinning and adding draw from streams of their
own, so that nothing else of the county changes; a county without room for them has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .offences import ASB
from .streams import Floats, Ints, stream

if TYPE_CHECKING:
    from .plants import Plants
    from .world import World

LEAST_AREAS, LEAST_MONTHS = (
    90,
    24,
)  # a smaller county has no neighbourhood to compare with, a shorter one no year before
# Plan, category, rate multiplier, multiplier of the neighbour, and the plan that answers an alike problem elsewhere.
PLANS: tuple[tuple[str, str, float, float, str], ...] = (
    ("I0001", ASB, 0.70, 1.0, ""),
    ("I0002", ASB, 1.00, 1.0, "I0001"),
    ("I0003", "Vehicle crime", 0.60, 1.25, ""),
    ("I0004", "Criminal damage and arson", 1.15, 1.0, ""),
    ("I0005", "Violence and sexual offences", 0.75, 0.90, ""),
)


@dataclass(frozen=True)
class Change:
    """What a plan truly does to the rate of some kinds in some areas, from a month on."""

    plan: str
    kinds: Ints
    areas: Ints
    first: int
    multiplier: float


def thinned(world: World, month: int, events: pl.DataFrame) -> pl.DataFrame:
    """The events of a month less those that plans prevented. What is planted besides is left alone."""
    for change in world.changes:
        if month < change.first or change.multiplier >= 1:
            continue
        rng = stream(world.seed, "interventions", "prevented", change.plan, int(change.areas[0]), month)
        concerned = (
            events["kind"].is_in(change.kinds.tolist())
            & events["area"].is_in(change.areas.tolist())
            & (events["plant"] == "")
        )
        events = events.filter(~concerned | pl.Series(rng.random(len(events)) < change.multiplier))
    return events  # fmt: skip


def intervene(world: World, plants: Plants) -> tuple[World, Plants]:
    """The county with its plans: rates that fall are kept by the world, events that come on top by the plants."""
    from .plants import SCHEMA, frame_of

    ground, months = world.ground, world.calendar.months
    if ground.areas < LEAST_AREAS or months < LEAST_MONTHS:
        return world, plants
    changes, rows = _planned(world, plants)
    more = []
    for change in changes:
        if change.multiplier <= 1:
            continue
        for month in range(change.first, months):
            rng = stream(world.seed, "interventions", "added", change.plan, int(change.areas[0]), month)
            extra = rng.poisson((change.multiplier - 1) * world.expected(month)[np.ix_(change.kinds, change.areas)])
            kind = np.repeat(change.kinds, extra.sum(axis=1))
            area = np.repeat(np.tile(change.areas, len(change.kinds)), extra.ravel())
            more.append(frame_of(np.full(len(kind), month), kind, area, [change.plan] * len(kind)))
    events = pl.concat([plants.events, *more, pl.DataFrame(schema=SCHEMA)])
    return replace(world, changes=tuple(changes)), replace(plants, events=events, interventions=rows)


def _planned(world: World, plants: Plants) -> tuple[list[Change], list[dict[str, object]]]:
    ground = world.ground
    wards = len(ground.neighbourhood_code)
    members = [np.flatnonzero(ground.neighbourhood == w) for w in range(wards)]
    district = np.array([ground.district[m[0]] for m in members])
    centre = np.array([ground.centre[m].mean(axis=0) for m in members])
    spots = {ground.code.index(str(spot["area"])) for spot in plants.hot_spots}
    free = np.array([not spots & set(m.tolist()) for m in members])
    free[[ground.neighbourhood_code.index(str(e["neighbourhood"])) for e in plants.emerging]] = False
    order = np.argsort(-np.bincount(district[free], minlength=len(ground.district_code)), kind="stable")
    changes: list[Change] = []
    told: list[dict[str, object]] = []
    treated: dict[str, int] = {}
    for turn, (plan, category, multiplier, beside, alike) in enumerate(PLANS):
        kinds = np.array([k for k, c in enumerate(world.kinds.category) if c == category])
        rate = _rates(world, kinds, members)
        here = np.flatnonzero(free & (district == order[turn % len(order)]))
        if not len(here) or (alike and alike not in treated):
            continue
        closeness = np.abs(np.log(rate[here] / rate[treated[alike]])) if alike else -rate[here]
        ward = int(here[np.argmin(closeness)])
        treated[plan], free[ward] = ward, False
        first = world.calendar.months - 12 - turn % 4
        changes.append(Change(plan, kinds, members[ward], first, multiplier))
        near = -1
        if beside != 1 and free.any():
            away = np.where(free, np.linalg.norm(centre - centre[ward], axis=1), np.inf)
            near = int(np.argmin(away))
            free[near] = False
            changes.append(Change(plan, kinds, members[near], first, beside))
        told.append(
            {
                "plan": plan,
                "district": ground.district_code[district[ward]],
                "neighbourhood": ground.neighbourhood_code[ward],
                "areas": _codes(world, members[ward]),
                "category": category,
                "from_month": world.calendar.label(first),
                "multiplier": multiplier,
                "neighbour_areas": _codes(world, members[near]) if near >= 0 else "",
                "neighbour_multiplier": beside if near >= 0 else 1.0,
                "alike": alike,
            }
        )
    for row in told:
        # Where no plan works: the neighbourhood whose rate is nearest, of another district where there is one.
        ward = treated[str(row["plan"])]
        kinds = np.array([k for k, c in enumerate(world.kinds.category) if c == row["category"]])
        rate = _rates(world, kinds, members)
        others = np.flatnonzero(free & (district != district[ward]))
        others = others if len(others) else np.flatnonzero(free)
        nearest = others[np.argmin(np.abs(np.log(rate[others] / rate[ward])))] if len(others) else -1
        row["comparison_areas"] = _codes(world, members[int(nearest)]) if nearest >= 0 else ""
    return changes, told


def _rates(world: World, kinds: Ints, members: list[Ints]) -> Floats:
    rate = world.weights[kinds].sum(axis=0)
    return np.array([rate[m].sum() for m in members])


def _codes(world: World, areas: Ints) -> str:
    return ";".join(world.ground.code[a] for a in areas.tolist())
