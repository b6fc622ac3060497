"""How the force's further extracts name a person: the same eight columns in each, with gaps and slips of their own."""

from __future__ import annotations

import numpy as np
import polars as pl

from .. import people_view
from ..names import pools
from ..streams import Ints
from ..world import World

COLUMNS = ("Surname", "Forenames", "Sex", "Date of Birth", "Ethnicity", "Phone", "Address", "Postcode")


def person_cells(
    world: World, rng: np.random.Generator, person: Ints, *, birth: float, phone: float, home: float
) -> pl.DataFrame:
    """People as a record names them.

    Parameters
    ----------
    person : ndarray of int
        Numbers of people; -1 for nobody, whose cells are empty.
    birth, phone, home : float
        Share of the records that lack the date of birth, the telephone number or the address.

    Returns
    -------
    polars.DataFrame
        The columns `COLUMNS`, as text.
    """
    there = person >= 0
    who, n = np.where(there, person, 0).astype(np.int64), len(person)
    people = world.people
    sex = np.where(rng.random(n) < 0.003, 1 - people.sex[who], people.sex[who])
    moved = rng.random(n) < 0.07
    where = np.where(moved, people_view.former_home(world, who), people.home[who])
    ethnicities = pl.Series([*pools().ethnicities, ""])
    cells = pl.DataFrame(
        {
            **people_view.names(world, rng, who).to_dict(),
            "Sex": pl.Series(["F", "M", ""]).gather(np.where(rng.random(n) < 0.02, 2, sex)),
            "Date of Birth": people_view.born(world, rng, who, rng.random(n) < birth),
            "Ethnicity": ethnicities.gather(
                np.where(rng.random(n) < 0.15, len(ethnicities) - 1, people.ethnicity[who])
            ),
            "Phone": people_view.phones(world, rng, who, rng.random(n) < phone),
            **people_view.homes_as_written(world, rng, where, rng.random(n) < home).to_dict(),
        }
    )
    known = pl.Series(there)
    return cells.select(pl.when(known).then(pl.col(c)).otherwise(pl.lit("")).alias(c) for c in COLUMNS)
