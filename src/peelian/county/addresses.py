"""Where homes stand and what they are called; made-up postcodes; telephone numbers that nobody is called on.

None of it is kept: each is worked out from the number of the home or person when it is written.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from . import naming
from .geography import SIDE, Geography
from .people import CARE_HOME, CHILDRENS_HOME, Homes, People
from .streams import Floats, Ints

LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))  # the inward part of a postcode has no C I K M O V
FLATS_TO_A_BUILDING = 6

# Numbers that Ofcom keeps for drama; nobody is called on them (Ofcom, telephone numbers for drama use, general knowledge).
PHONES = (("07700 900", 3), ("03069 990", 3), ("01632 960", 3), *(
    (f"{head}{k}", 2) for head in ("0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
                                   "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0",
                                   "020 7946 0", "029 2018 0") for k in range(10)))  # fmt: skip


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
