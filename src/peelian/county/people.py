"""The people of the county, their homes and households, and who is what to whom.

All is kept as one column per fact in the order of area, home and person, about 40 bytes a person, so that a county of
millions fits in memory; names, addresses and telephone numbers are worked out when they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from . import naming
from .geography import SIDE, Geography
from .names import HERITAGES, draw_forenames, draw_surnames, pools
from .streams import Floats, Ints, pick, stream

# Who lives in a home: A adult, P partner of A, C child under 18, G grown child, S sharer, O resident of a care home,
# K child in care. Weight, and the youngest, commonest and oldest age of A (design; 2.3 people a home as in the census).
HOUSEHOLDS: tuple[tuple[str, float, tuple[int, int, int]], ...] = (
    ("A", 13.0, (19, 34, 64)),
    ("A", 15.0, (60, 78, 97)),
    ("AP", 11.0, (20, 31, 50)),
    ("AP", 16.5, (48, 67, 92)),
    ("APC", 8.0, (22, 35, 52)),
    ("APCC", 9.5, (25, 38, 54)),
    ("APCCC", 3.6, (27, 38, 52)),
    ("AC", 4.2, (19, 32, 50)),
    ("ACC", 3.2, (22, 34, 50)),
    ("ACCC", 1.2, (25, 35, 50)),
    ("APG", 5.2, (44, 55, 70)),
    ("AG", 2.6, (42, 54, 75)),
    ("APGC", 1.8, (41, 47, 56)),
    ("SS", 2.4, (19, 26, 45)),
    ("SSS", 2.0, (19, 25, 40)),
    ("O" * 28, 0.0, (68, 86, 102)),
    ("K" * 5, 0.0, (10, 14, 18)),
)
CARE_HOME, CHILDRENS_HOME = len(HOUSEHOLDS) - 2, len(HOUSEHOLDS) - 1
ROLES = "APCGSOK"
LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))  # the inward part of a postcode has no C I K M O V
FLATS_TO_A_BUILDING = 6
_EPOCH = date(1970, 1, 1)

# Numbers that Ofcom keeps for drama; nobody is called on them (Ofcom, telephone numbers for drama use, general knowledge).
PHONES = (("07700 900", 3), ("03069 990", 3), ("01632 960", 3), *(
    (f"{head}{k}", 2) for head in ("0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
                                   "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0",
                                   "020 7946 0", "029 2018 0") for k in range(10)))  # fmt: skip


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


def point_of(ground: Geography, homes: Homes, home: Ints) -> Floats:
    """Front doors, shape (n, 2): odd numbers on the left of the street, even ones on the right; flats share a door."""
    street = homes.street[home]
    door = np.where(homes.flats[street], homes.position[home] // FLATS_TO_A_BUILDING, homes.position[home])
    doors = np.where(homes.flats[street], (homes.along[home] - 1) // FLATS_TO_A_BUILDING + 1, homes.along[home])
    pairs = np.maximum((doors + 1) // 2 - 1, 1)
    return ground.on_street(street, 1.9 * (door // 2) / pairs - 0.95, np.where(door % 2 == 0, SIDE, -SIDE) * 0.85)


def address_of(ground: Geography, homes: Homes, home: Ints) -> pl.DataFrame:
    """Columns ``address`` (number and street), ``town`` and ``postcode`` of homes."""
    street = homes.street[home]
    position = homes.position[home]
    flat = homes.flats[street]
    number = np.where(flat, position // FLATS_TO_A_BUILDING, position) + 1
    frame = pl.DataFrame(
        {
            "flat": np.where(flat, position % FLATS_TO_A_BUILDING + 1, 0),
            "number": number,
            "street": pl.Series(naming.STREET_NAMES).gather(ground.street_name[street]),
            "town": pl.Series(ground.town).gather(homes.area[home]),
            "postcode": postcode_of(ground, street, number),
            "kind": homes.kind[home],
        }
    )
    name = pl.col("street").str.split(" ").list.first()
    base = pl.format("{} {}", "number", "street")
    return frame.select(
        pl.when(pl.col("kind") == CARE_HOME).then(pl.format("{} Lodge Care Home, {}", name, base))
        .when(pl.col("kind") == CHILDRENS_HOME).then(pl.format("{} House, {}", name, base))
        .when(pl.col("flat") > 0).then(pl.format("Flat {}, {}", "flat", base))
        .otherwise(base).alias("address"),
        "town", "postcode",
    )  # fmt: skip


def postcode_of(ground: Geography, street: Ints, number: Ints) -> pl.Series:
    """Made-up postcodes, one for about 16 houses of a street; no real postcode area has these letters."""
    area = ground.street_area[street]
    outward = area // 60
    unit = (area % 60) * 60 + (street - ground.first_street[area]) * 3 + np.minimum((number - 1) // 16, 2)
    unit = unit * 37 % 4000  # neighbours differ in more than the last letter
    heads = np.array(naming.POSTCODE_AREAS)[np.minimum(outward // 99, len(naming.POSTCODE_AREAS) - 1)]
    return pl.DataFrame(
        {"head": heads, "district": outward % 99 + 1, "sector": unit // 400, "a": LETTERS[unit // 20 % 20], "b": LETTERS[unit % 20]}
    ).select(pl.format("{}{} {}{}{}", "head", "district", "sector", "a", "b")).to_series()  # fmt: skip


def phone_of(people: People, person: Ints, line: int = 0) -> pl.Series:
    """Telephone numbers from Ofcom's drama ranges; `line` 1 is a second number of the same person."""
    total = sum(10**digits for _, digits in PHONES)
    slot = (person * 2_654_435_761 + people.phone_turn + line * 7_919) % total
    start = np.cumsum([0] + [10**digits for _, digits in PHONES])
    block = np.searchsorted(start, slot, side="right") - 1
    digits = np.array([d for _, d in PHONES])[block]
    return pl.DataFrame(
        {"head": pl.Series([h for h, _ in PHONES]).gather(block), "digits": digits, "rest": slot - start[block]}
    ).select(
        pl.col("head") + pl.when(pl.col("digits") == 3).then(pl.col("rest").cast(pl.String).str.zfill(3))
        .otherwise(pl.col("rest").cast(pl.String).str.zfill(2))
    ).to_series()  # fmt: skip


def _homes(ground: Geography, seed: int) -> tuple[Homes, Ints]:
    """Homes, and how many people each holds; an area's people come out exactly."""
    rng = stream(seed, "homes")
    sizes = np.array([len(members) for members, *_ in HOUSEHOLDS])
    usual = np.array([weight for _, weight, _ in HOUSEHOLDS])
    families = np.array(["A" in m and "C" in m and "P" not in m for m, *_ in HOUSEHOLDS])
    alone = np.array([m in ("A", "SS", "SSS") for m, *_ in HOUSEHOLDS])
    chosen, held, counts = [], [], []
    for area in range(ground.areas):
        wanted = int(ground.people[area])
        weight = (
            usual
            * np.where(families, 0.5 + ground.deprivation[area], 1)
            * np.where(alone, 1 + ground.centrality[area], 1)
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
        size = sizes[kept].copy()
        size[-1] -= total[last] - wanted
        order = rng.permutation(len(kept))
        chosen.append(kept[order])
        held.append(size[order])
        counts.append(len(kept))
    kind, size, count = np.concatenate(chosen), np.concatenate(held), np.array(counts)
    area = np.repeat(np.arange(ground.areas), count)
    first = np.cumsum(count) - count
    within_area = np.arange(len(area)) - first[area]
    street = ground.first_street[area] + within_area * ground.streets[area] // count[area]
    along = np.bincount(street, minlength=len(ground.street_area))
    begins = np.cumsum(along) - along
    flats = rng.random(len(along)) < 0.08 + 0.4 * ground.centrality[ground.street_area]
    homes = Homes(
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
    return homes, size


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
    homes, size = _homes(ground, seed)
    rng = stream(seed, "people")
    home = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(home)) - homes.first_person[home]
    widest = max(len(m) for m, *_ in HOUSEHOLDS)
    table = np.array([[ROLES.index(m[i]) if i < len(m) else 0 for i in range(widest)] for m, *_ in HOUSEHOLDS])
    role = table[homes.kind[home], place]
    head = homes.first_person[home]

    low, mode, high = (np.array([ages[i] for *_, ages in HOUSEHOLDS], dtype=float)[homes.kind] for i in range(3))
    head_age = rng.triangular(low, mode, high)
    age = head_age[home].copy()
    is_role = {letter: role == n for n, letter in enumerate(ROLES)}
    n = len(home)
    age[is_role["P"]] = np.maximum(18, (age + rng.normal(0, 4, n))[is_role["P"]])
    # A parent is at least 17 years older than a child.
    age[is_role["C"]] = (rng.random(n) * np.clip(age - 17.5, 0.02, 17.99))[is_role["C"]]
    age[is_role["G"]] = (18 + rng.random(n) * np.clip(age - 17.5 - 18, 0.5, 17))[is_role["G"]]
    own = is_role["S"] | is_role["O"] | is_role["K"]
    kind = homes.kind[home]
    age[own] = rng.triangular(low[home][own], mode[home][own], high[home][own])
    age[kind == CHILDRENS_HOME] = np.minimum(age[kind == CHILDRENS_HOME], 17.9)
    today = (on - _EPOCH).days
    born = today - np.ceil(age * 365.25).astype(np.int64)

    sex = (rng.random(n) < 0.49).astype(np.int64)
    lone = np.array([m.startswith("AC") for m, *_ in HOUSEHOLDS])[kind] & (place == 0)
    sex[lone] = (rng.random(int(lone.sum())) < 0.14).astype(np.int64)
    old = is_role["O"]
    sex[old] = (rng.random(int(old.sum())) < 0.3).astype(np.int64)
    spouse = np.flatnonzero(is_role["P"])
    sex[spouse] = np.where(rng.random(len(spouse)) < 0.97, 1 - sex[head[spouse]], sex[head[spouse]])

    country, town = (np.array([shares[i] for shares in HERITAGES.values()]) for i in (0, 1))
    middle_share = np.clip(0.15 + ground.centrality[homes.area] + 0.2 * ground.deprivation[homes.area], 0, 1)
    steps = np.rint(middle_share * 10).astype(np.int64)
    mixes = np.array([country * (1 - k / 10) + town * k / 10 for k in range(11)])
    household_heritage = pick(rng, mixes, steps)
    heritage = household_heritage[home]
    apart = (is_role["P"] & (rng.random(n) < 0.08)) | is_role["S"] | is_role["O"] | is_role["K"]
    heritage[apart] = pick(rng, mixes, steps[home][apart])
    ethnicity = pick(rng, pools().ethnicity_weights, heritage)
    child = is_role["C"] | is_role["G"]
    ethnicity[child] = ethnicity[head[child]]

    year = 1970 + born // 365.25
    forename = draw_forenames(rng, heritage, sex, year.astype(np.int64))
    middle = np.where(rng.random(n) < 0.55, draw_forenames(rng, heritage, sex, year.astype(np.int64)), -1)
    surname = draw_surnames(rng, heritage)
    shares = child | (is_role["P"] & (rng.random(n) < np.where(age > 45, 0.85, 0.5)))
    surname[shares] = surname[head[shares]]

    partner = np.full(n, -1, dtype=np.int32)
    partner[spouse] = head[spouse]
    partner[head[spouse]] = spouse
    former, mother, father = _kin(rng, home, role, sex, born, surname, heritage, head, partner)
    return People(
        homes=homes,
        home=home.astype(np.int32),
        role=role.astype(np.int8),
        sex=sex.astype(np.int8),
        born=born.astype(np.int32),
        heritage=heritage.astype(np.int8),
        ethnicity=ethnicity.astype(np.int8),
        forename=forename.astype(np.int32),
        middle=middle.astype(np.int32),
        surname=surname.astype(np.int32),
        partner=partner,
        former=former,
        mother=mother,
        father=father,
        first=homes.first_person[homes.first].astype(np.int64),
        count=ground.people,
        phone_turn=int(rng.integers(1 << 30)),
    )


def _kin(
    rng: np.random.Generator,
    home: Ints,
    role: Ints,
    sex: Ints,
    born: Ints,
    surname: Ints,
    heritage: Ints,
    head: Ints,
    partner: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Former partner, mother and father of each; a grown person who lives apart may take a parent's surname."""
    n = len(home)
    former, mother, father = (np.full(n, -1, dtype=np.int32) for _ in range(3))

    def set_parents(child: Ints, parent: Ints) -> None:
        for one in (parent, partner[parent]):
            there = one >= 0
            woman, man = there & (sex[one] == 0), there & (sex[one] == 1)
            mother[child[woman]] = one[woman]
            father[child[man]] = one[man]

    at_home = np.flatnonzero(np.isin(role, [ROLES.index("C"), ROLES.index("G")]))
    set_parents(at_home, head[at_home])

    heads = np.flatnonzero(role == ROLES.index("A"))
    # Half of those who live apart from their parents have them in the county: try a random older household.
    younger = heads[rng.random(len(heads)) < 0.5]
    elder = rng.choice(heads, size=len(younger)) if len(heads) else younger
    years = (born[younger] - born[elder]) / 365.25
    fits = (years > 18) & (years < 42) & (heritage[younger] == heritage[elder])
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
