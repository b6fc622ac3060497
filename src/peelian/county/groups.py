"""Planted organised crime groups: who belongs, who does not though they are always there, and what they share.

Every source that could see them draws on this one account; none is told who is a member. Children whom a group exploits and
people whose homes it takes over are with its members day and night and are **not** members: a method that says so is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .addresses import LETTERS, PHONES
from .calendar import DAY
from .people import ROLES
from .streams import Ints, stream

if TYPE_CHECKING:
    from .world import World

PEOPLE_TO_A_GROUP = 12_000  # 5,300 groups in a country of 64 million in 2013 (Crown Prosecution Service)
KINDS = (
    "county lines",
    "burglary and vehicle crime",
    "cannabis cultivation",
    "county lines",
    "modern slavery",
    "firearms",
    "fraud",
)
PARTS = ("principal", "lieutenant", "enforcer", "runner", "money handler")
EXPLOITED, TAKEN_OVER, VICTIM, RELATIVE = "exploited child", "home taken over", "victim", "partner of a member"
MEMBERS = (4, 12)
_YEAR = 365.25


@dataclass(frozen=True)
class Groups:
    """The planted groups.

    Parameters
    ----------
    groups : polars.DataFrame
        group (``G0001``), kind, town, area (index), since (minute of the calendar from which it is active).
    people : polars.DataFrame
        group, person, part, member (whether the person belongs), since (minute).
    links : polars.DataFrame
        group, kind (``phone``, ``vehicle`` or ``address``), value (number, mark, or number of the home), person: one row for
        each person who uses it.
    """

    groups: pl.DataFrame
    people: pl.DataFrame
    links: pl.DataFrame

    @property
    def exploited(self) -> pl.DataFrame:
        """The children whom a group exploits: group, person, since."""
        return self.people.filter(pl.col("part") == EXPLOITED).select("group", "person", "since")


def plate(number: Ints) -> pl.Series:
    """Registration marks of vehicles; none begins with Q and a letter on a real one (DVLA's scheme, general knowledge)."""
    n = np.asarray(number, dtype=np.int64)
    a, years = (
        len(LETTERS),
        pl.Series([f"{year:02d} " for year in range(51, 76)] + [f"{year:02d} " for year in range(2, 26)]),
    )
    letters = pl.Series(list(LETTERS))
    mark = "Q" + letters.gather(n % a) + years.gather(n // a % len(years))
    for power in range(3):
        mark = mark + letters.gather(n * 7 // (a ** (power + 1)) % a)
    return mark


def make_groups(world: World) -> Groups:
    """The groups of a county: at least three, then one for every 12,000 people."""
    rng = stream(world.seed, "groups")
    people, ground = world.people, world.ground
    age = (world.calendar.first_day - people.born) / _YEAR
    area_of = people.homes.area[people.home]
    adult = world.offenders.member[age[world.offenders.member] >= 18]
    child = np.flatnonzero((age >= 10) & (age < 15) & np.isin(people.role, [ROLES.index("C"), ROLES.index("K")]))
    homed = child[people.role[child] == ROLES.index("K")]
    alone = np.flatnonzero((people.homes.size[people.home] == 1) & (age >= 25))
    free = np.ones(len(people), dtype=bool)
    wanted = max(3, len(people) // PEOPLE_TO_A_GROUP)
    weight = ground.people * np.exp(ground.deprivation + ground.centrality)
    areas = rng.choice(ground.areas, size=wanted, p=weight / weight.sum())
    groups, rows, links = [], [], []

    pools = {id(pool): area_of[pool] for pool in (adult, child, homed, alone)}

    def near(pool: Ints, area: int, many: int) -> list[int]:
        """Up to `many` people of a pool who are free, from the nearest areas; pools are in the order of areas."""
        where, wide = pools[id(pool)], 2
        while True:
            first, last = np.searchsorted(where, (area - wide, area + wide + 1))
            there = pool[first:last]
            there = there[free[there]]
            if len(there) >= many or wide > ground.areas:
                break
            wide *= 3
        away = np.abs(area_of[there].astype(np.int64) - area) + rng.random(len(there)) * 4
        chosen = there[np.argsort(away, kind="stable")[:many]]
        free[chosen] = False
        return [int(p) for p in chosen]

    for number, area in enumerate(areas.tolist()):
        name, kind = f"G{number + 1:04d}", KINDS[number % len(KINDS)]
        since = int(rng.integers(world.calendar.end // 2)) if rng.random() < 0.5 else 0
        groups.append((name, kind, ground.town[area], area, since))
        share = max(3, len(adult) // (2 * wanted))
        core = near(adult, area, min(int(rng.integers(*MEMBERS)), share))
        for turn, person in enumerate(core):
            part = PARTS[turn] if turn < 2 else PARTS[int(rng.integers(2, len(PARTS)))]
            joined = since + int(rng.integers(0, 120 * DAY)) * (turn > 1)
            rows.append((name, person, part, True, min(joined, world.calendar.end - 1)))
        others: list[tuple[int, str]] = []
        if kind == "county lines":
            young = near(homed, area, int(rng.integers(1, 3))) + near(child, area, int(rng.integers(1, 4)))
            others += [(p, EXPLOITED) for p in young]
            others += [(p, TAKEN_OVER) for p in near(alone, area, int(rng.integers(1, 3)))]
        if kind == "modern slavery":
            others += [(p, VICTIM) for p in near(alone, area, int(rng.integers(2, 6)))]
        for person in core[:2]:
            partner = int(people.partner[person])
            if partner >= 0 and free[partner]:
                free[partner] = False
                others.append((partner, RELATIVE))
        last = world.calendar.end - 1
        rows += [(name, p, part, False, min(since + int(rng.integers(0, 200 * DAY)), last)) for p, part in others]
        everybody = core + [p for p, part in others if part == EXPLOITED]
        for _ in range(int(rng.integers(1, 4))):
            line = str(PHONES[int(rng.integers(len(PHONES)))]) + f"{int(rng.integers(1_000)):03d}"
            users = rng.permutation(everybody)[: int(rng.integers(2, 6))]
            links += [(name, "phone", line, int(p)) for p in users]
        for _ in range(int(rng.integers(1, 3))):
            mark = str(plate(np.array([int(rng.integers(1 << 40))]))[0])
            users = rng.permutation(core)[: int(rng.integers(2, 5))]
            links += [(name, "vehicle", mark, int(p)) for p in users]
        houses = [int(people.home[p]) for p, part in others if part == TAKEN_OVER] or [int(people.home[core[0]])]
        for home in houses:
            users = rng.permutation(everybody)[: int(rng.integers(2, 6))]
            links += [(name, "address", str(home), int(p)) for p in users]
    text, whole = pl.String, pl.Int64
    return Groups(
        pl.DataFrame(groups, schema={"group": text, "kind": text, "town": text, "area": whole, "since": whole}, orient="row"),
        pl.DataFrame(rows, schema={"group": text, "person": whole, "part": text, "member": pl.Boolean, "since": whole}, orient="row"),
        pl.DataFrame(links, schema={"group": text, "kind": text, "value": text, "person": whole}, orient="row").unique(maintain_order=True),
    )  # fmt: skip
