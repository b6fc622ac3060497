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

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # the inward part of a postcode has no C I K M O V
FLATS_TO_A_BUILDING = 6
AREAS_TO_A_DISTRICT = 60  # areas that share the outward part of a postcode
STREETS = pl.Series(naming.STREET_NAMES)
_FIRST_WORDS = pl.Series([name.split()[0] for name in naming.STREET_NAMES])
_OUTWARD = pl.Series([f"{area}{district} " for area in naming.POSTCODE_AREAS for district in range(1, 100)])
_INWARD = pl.Series([f"{sector}{a}{b}" for sector in range(10) for a in LETTERS for b in LETTERS])

# Blocks of a thousand numbers that Ofcom keeps for drama; nobody is called on them (Ofcom, telephone numbers for drama use,
# general knowledge). Mobile numbers are one block of seventeen, or a county's people would share too few.
PHONES = pl.Series(["07700 900", "03069 990", "01632 960", "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0",
                    "0118 496 0", "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0",
                    "020 7946 0", "029 2018 0"])  # fmt: skip
_THOUSAND = pl.Series([f"{n:03d}" for n in range(1_000)])


def point_of(ground: Geography, homes: Homes, home: Ints) -> Floats:
    """Front doors, shape (n, 2): odd numbers on the left of the street, even ones on the right; flats share a door."""
    street = homes.street[home]
    door = np.where(homes.flats[street], homes.position[home] // FLATS_TO_A_BUILDING, homes.position[home])
    doors = np.where(homes.flats[street], (homes.along[home] - 1) // FLATS_TO_A_BUILDING + 1, homes.along[home])
    pairs = np.maximum((doors + 1) // 2 - 1, 1)
    return ground.on_street(street, 1.9 * (door // 2) / pairs - 0.95, np.where(door % 2 == 0, SIDE, -SIDE) * 0.85)


def address_of(ground: Geography, homes: Homes, home: Ints) -> pl.DataFrame:
    """Columns ``address`` (number and street), ``town`` and ``postcode`` of homes."""
    street, position, kind = homes.street[home], homes.position[home], homes.kind[home]
    flat = homes.flats[street]
    number = np.where(flat, position // FLATS_TO_A_BUILDING, position) + 1
    name = ground.street_name[street]
    base = pl.Series(number).cast(pl.String) + " " + STREETS.gather(name)
    in_flat = "Flat " + pl.Series(position % FLATS_TO_A_BUILDING + 1).cast(pl.String) + ", "
    address = (in_flat + base).zip_with(pl.Series(flat), base)
    for special, ending in ((CARE_HOME, " Lodge Care Home, "), (CHILDRENS_HOME, " House, ")):
        rows = np.flatnonzero(kind == special)
        if len(rows):
            address = address.scatter(rows, _FIRST_WORDS.gather(name[rows]) + ending + base.gather(rows))
    return pl.DataFrame(
        {
            "address": address,
            "town": pl.Series(ground.town).gather(homes.area[home]),
            "postcode": postcode_of(ground, street, number),
        }
    )


def postcode_of(ground: Geography, street: Ints, number: Ints) -> pl.Series:
    """Made-up postcodes, one for about 16 houses of a street; no real postcode area has these letters."""
    area = ground.street_area[street]
    outward, here = area // AREAS_TO_A_DISTRICT, area % AREAS_TO_A_DISTRICT
    unit = here * 60 + (street - ground.first_street[area]) * 3 + np.minimum((number - 1) // 16, 2)
    # 37 has no factor in common with 4,000: each unit has its own code, and neighbours differ in more than a letter.
    return _OUTWARD.gather(outward) + _INWARD.gather(unit * 37 % len(_INWARD))


def phone_of(people: People, person: Ints, line: int = 0) -> pl.Series:
    """Telephone numbers from Ofcom's drama ranges; `line` 1 is a second number of the same person."""
    slot = (person.astype(np.int64) * 2_654_435_761 + people.phone_turn + line * 7_919) % (len(PHONES) * 1_000)
    return PHONES.gather(slot // 1_000) + _THOUSAND.gather(slot % 1_000)
