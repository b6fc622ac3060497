"""The people of the county, their homes and households, and who is what to whom.

All is kept as one column per fact in the order of area, home and person, about 50 bytes a person, so that a county of
millions fits in memory; names, addresses and telephone numbers are worked out when they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from .geography import Geography
from .names import HERITAGES, draw_forenames, draw_surnames, pools
from .streams import Ints, pick, stream

# Who lives in a home: A adult, P partner of A, C child under 18, G grown child, S sharer, O resident of a care home,
# K child in care. Weight, and the youngest, commonest and oldest age of A (design; 2.3 people a home as in the census).
HOUSEHOLDS: tuple[tuple[str, float, tuple[int, int, int]], ...] = (
    ("A", 9.0, (20, 36, 66)),
    ("A", 5.0, (36, 54, 68)),
    ("A", 14.5, (62, 79, 98)),
    ("AP", 8.5, (21, 31, 48)),
    ("AP", 8.5, (40, 55, 66)),
    ("AP", 14.0, (55, 70, 93)),
    ("APC", 8.0, (24, 41, 56)),
    ("APCC", 10.5, (27, 42, 56)),
    ("APCCC", 3.4, (29, 41, 54)),
    ("AC", 4.0, (20, 39, 54)),
    ("ACC", 3.0, (23, 38, 54)),
    ("ACCC", 1.0, (26, 37, 50)),
    ("APG", 6.5, (42, 54, 68)),
    ("AG", 3.2, (42, 54, 72)),
    ("APGC", 2.6, (41, 48, 58)),
    ("SS", 2.4, (18, 24, 45)),
    ("SSS", 2.2, (18, 22, 40)),
    ("O" * 28, 0.0, (68, 86, 102)),
    ("K" * 5, 0.0, (10, 14, 18)),
)
CARE_HOME, CHILDRENS_HOME = len(HOUSEHOLDS) - 2, len(HOUSEHOLDS) - 1
ROLES = "APCGSOK"
BLOCK = 64  # areas whose people are made at a time
_EPOCH = date(1970, 1, 1)
_WIDEST = max(len(members) for members, *_ in HOUSEHOLDS)
_ROLE_TABLE = np.array([[ROLES.index(c) for c in members.ljust(_WIDEST, "A")] for members, *_ in HOUSEHOLDS])
_AGES = np.array([ages for *_, ages in HOUSEHOLDS], dtype=float)
_LONE = np.array([members.startswith("AC") for members, *_ in HOUSEHOLDS])
_COUNTRY, _TOWN = (np.array([shares[i] for shares in HERITAGES.values()]) for i in (0, 1))
_MIXES = np.array(
    [_COUNTRY * (1 - k / 10) + _TOWN * k / 10 for k in range(11)]
)  # from the country to the heart of a town


@dataclass(frozen=True)
class Homes:
    """Homes in the order of their areas and streets."""

    area: Ints
    street: Ints
    position: Ints  # 0, 1, 2 ... along its street
    along: Ints  # homes of its street
    kind: Ints  # index into HOUSEHOLDS
    first_person: Ints
    size: Ints
    first: Ints  # of each area, its first home
    count: Ints  # of each area
    flats: np.ndarray[tuple[int], np.dtype[np.bool_]]  # of each street


@dataclass(frozen=True)
class People:
    """People in the order of their homes. References to nobody are -1."""

    homes: Homes
    home: Ints
    role: Ints  # index into ROLES
    sex: Ints  # 0 F, 1 M
    born: Ints  # days from 1970-01-01
    heritage: Ints
    ethnicity: Ints  # index into pools().ethnicities
    forename: Ints
    middle: Ints
    surname: Ints
    partner: Ints
    former: Ints  # former partner
    mother: Ints
    father: Ints
    first: Ints  # of each area, its first person
    count: Ints  # of each area
    phone_turn: int

    def __len__(self) -> int:
        return len(self.home)


def _homes(ground: Geography, seed: int) -> Homes:
    """The homes of the county; an area's people come out exactly."""
    rng = stream(seed, "homes")
    sizes = np.array([len(members) for members, *_ in HOUSEHOLDS])
    usual = np.array([weight for _, weight, _ in HOUSEHOLDS])
    alone = np.array([m in ("A", "SS", "SSS") for m, *_ in HOUSEHOLDS])
    chosen, held = [], []
    counts: list[int] = []
    for here in range(ground.areas):
        wanted = int(ground.people[here])
        weight = (
            usual * np.where(_LONE, 0.5 + ground.deprivation[here], 1) * np.where(alone, 1 + ground.centrality[here], 1)
        )
        types = rng.choice(len(usual), size=wanted, p=weight / weight.sum())
        roll = rng.random(2)
        special = ([CARE_HOME] if roll[0] < 0.25 and wanted > 300 else []) + (
            [CHILDRENS_HOME] if roll[1] < 0.08 else []
        )
        types[: len(special)] = special
        total = np.cumsum(sizes[types])
        last = int(np.searchsorted(total, wanted))
        kept = types[: last + 1]
        members = sizes[kept]
        members[-1] -= total[last] - wanted
        order = rng.permutation(len(kept))
        chosen.append(kept[order])
        held.append(members[order])
        counts.append(len(kept))
    kind, size, count = np.concatenate(chosen), np.concatenate(held), np.array(counts)
    area = np.repeat(np.arange(ground.areas), count)
    first = np.cumsum(count) - count
    turn = np.arange(len(area)) - first[area]
    street = ground.first_street[area] + turn * ground.streets[area] // count[area]
    along = np.bincount(street, minlength=len(ground.street_area))
    begins = np.cumsum(along) - along
    flats = rng.random(len(along)) < 0.08 + 0.4 * ground.centrality[ground.street_area]
    return Homes(
        area=area.astype(np.int32),
        street=street.astype(np.int32),
        position=(np.arange(len(area)) - begins[street]).astype(np.int32),
        along=along[street].astype(np.int32),
        kind=kind.astype(np.int8),
        first_person=(np.cumsum(size) - size).astype(np.int32),
        size=size.astype(np.int16),
        first=first,
        count=count,
        flats=flats,
    )


def make_people(ground: Geography, seed: int, on: date) -> People:
    """The people who live in `ground`, with ages as on `on`.

    Parameters
    ----------
    ground : Geography
    seed : int
        The county's seed.
    on : datetime.date
        Nobody is born later than this.

    Returns
    -------
    People
        Exactly as many as the ground wants in each area.
    """
    homes = _homes(ground, seed)
    parts = []
    for area in range(0, ground.areas, BLOCK):
        stop = min(area + BLOCK, ground.areas)
        block = slice(int(homes.first[area]), int(homes.first[stop - 1] + homes.count[stop - 1]))
        parts.append(_members(ground, homes, block, stream(seed, "people", area), on))
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    former, mother, father = _kin(stream(seed, "kin"), whole)
    return People(
        homes=homes,
        **whole,
        former=former,
        mother=mother,
        father=father,
        first=homes.first_person[homes.first].astype(np.int64),
        count=ground.people,
        phone_turn=int(stream(seed, "phones").integers(1 << 30)),
    )


def _members(
    ground: Geography, homes: Homes, block: slice, rng: np.random.Generator, on: date
) -> dict[str, npt.NDArray[np.integer[Any]]]:
    """The people of a block of homes, one array a fact."""
    size = homes.size[block].astype(np.int64)
    n, first = int(size.sum()), np.cumsum(size) - size
    local = np.repeat(np.arange(len(size)), size)
    head = first[local]
    kind = homes.kind[block][local]
    role = _ROLE_TABLE[kind, np.arange(n) - head]
    is_role = {letter: role == number for number, letter in enumerate(ROLES)}
    child, spouse = is_role["C"] | is_role["G"], np.flatnonzero(is_role["P"])
    own = is_role["S"] | is_role["O"] | is_role["K"]  # not kin of whom they live with

    low, mode, high = _AGES[homes.kind[block]].T
    age = rng.triangular(low, mode, high)[local]
    age[spouse] = np.maximum(18, age[spouse] + np.clip(rng.normal(0, 3.5, len(spouse)), -6, 6))
    youngest, oldest = age[first].copy(), age[first].copy()  # parents of each home
    youngest[local[spouse]] = np.minimum(youngest[local[spouse]], age[spouse])
    oldest[local[spouse]] = np.maximum(oldest[local[spouse]], age[spouse])
    # A parent is 17 to 50 years old at a birth.
    most, least = youngest[local] - 17.5, oldest[local] - 50
    for letter, low_age, high_age in (("C", 0.01, 17.99), ("G", 18.0, 34.0)):
        from_age = np.clip(least, low_age, high_age)
        drawn = from_age + rng.random(n) * (np.clip(most, from_age, high_age) - from_age)
        age[is_role[letter]] = drawn[is_role[letter]]
    age[own] = rng.triangular(low[local][own], mode[local][own], high[local][own])
    age[is_role["K"]] = np.minimum(age[is_role["K"]], 17.9)
    born = (on - _EPOCH).days - np.ceil(age * 365.25).astype(np.int64)

    sex = (rng.random(n) < np.where(is_role["O"], 0.3, 0.49)).astype(np.int64)
    lone = np.flatnonzero(_LONE[kind] & (np.arange(n) == head))
    sex[lone] = rng.random(len(lone)) < 0.14
    sex[spouse] = np.where(rng.random(len(spouse)) < 0.97, 1 - sex[head[spouse]], sex[head[spouse]])

    area = homes.area[block]
    mixed = np.clip(0.15 + ground.centrality[area] + 0.2 * ground.deprivation[area], 0, 1)
    step = np.rint(mixed * 10).astype(np.int64)
    heritage = pick(rng, _MIXES, step)[local]
    apart = own | (is_role["P"] & (rng.random(n) < 0.08))
    heritage[apart] = pick(rng, _MIXES, step[local][apart])
    ethnicity = pick(rng, pools().ethnicity_weights, heritage)
    ethnicity[child] = ethnicity[head[child]]

    year = (1970 + born // 365.25).astype(np.int64)
    forename = draw_forenames(rng, heritage, sex, year)
    middle = np.where(rng.random(n) < 0.55, draw_forenames(rng, heritage, sex, year), -1)
    surname = draw_surnames(rng, heritage)
    shared = child | (is_role["P"] & (rng.random(n) < np.where(age > 45, 0.85, 0.5)))
    surname[shared] = surname[head[shared]]

    begin = int(homes.first_person[block.start])
    partner = np.full(n, -1)
    partner[spouse] = head[spouse] + begin
    partner[head[spouse]] = spouse + begin
    return {
        "home": (local + block.start).astype(np.int32),
        "role": role.astype(np.int8),
        "sex": sex.astype(np.int8),
        "born": born.astype(np.int32),
        "heritage": heritage.astype(np.int8),
        "ethnicity": ethnicity.astype(np.int8),
        "forename": forename.astype(np.int16),
        "middle": middle.astype(np.int16),
        "surname": surname.astype(np.int16),
        "partner": partner.astype(np.int32),
    }


def _kin(rng: np.random.Generator, who: dict[str, npt.NDArray[np.integer[Any]]]) -> tuple[Ints, Ints, Ints]:
    """Former partner, mother and father of each; a grown person who lives apart may take a parent's surname."""
    role, sex, born, surname, heritage, partner = (
        who[k] for k in ("role", "sex", "born", "surname", "heritage", "partner")
    )
    former, mother, father = (np.full(len(role), -1, dtype=np.int32) for _ in range(3))
    heads = np.flatnonzero(role == ROLES.index("A"))
    at_home = np.flatnonzero((role == ROLES.index("C")) | (role == ROLES.index("G")))

    def set_parents(child: Ints, parent: Ints) -> None:
        for one in (parent, partner[parent]):
            there = one >= 0
            woman, man = there & (sex[one] == 0), there & (sex[one] == 1)
            mother[child[woman]] = one[woman]
            father[child[man]] = one[man]

    set_parents(at_home, heads[np.searchsorted(heads, at_home) - 1])  # the head of a home comes first in it
    # Half of those who live apart from their parents have them in the county: try a random older household.
    younger = heads[rng.random(len(heads)) < 0.5]
    elder = rng.choice(heads, size=len(younger))
    spouse = np.where(partner[elder] >= 0, partner[elder], elder)
    years = (born[younger] - np.maximum(born[elder], born[spouse])) / 365.25
    fits = (years > 18) & (years < 40) & (heritage[younger] == heritage[elder])
    younger, elder = younger[fits], elder[fits]
    set_parents(younger, elder)
    keeps = (sex[younger] == 1) | (partner[younger] < 0)
    surname[younger[keeps]] = surname[elder[keeps]]
    # Lone parents have a former partner among people who live alone, of the other sex and near in age.
    lone = heads[(partner[heads] < 0) & np.isin(heads + 1, at_home)]
    single = heads[(partner[heads] < 0) & ~np.isin(heads + 1, at_home)]
    if len(lone) and len(single):
        for _ in range(6):
            seek = lone[former[lone] < 0]
            other = rng.choice(single, size=len(seek))
            _, once = np.unique(other, return_index=True)
            seek, other = seek[once], other[once]
            fits = (np.abs(born[seek] - born[other]) < 8 * 365) & (sex[seek] != sex[other]) & (former[other] < 0)
            former[seek[fits]] = other[fits]
            former[other[fits]] = seek[fits]
    return former, mother, father
