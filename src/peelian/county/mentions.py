"""Mentions of a county's people alone, from six sources: for tests and speed tests of linkage that need no events.

Each source writes as it does in the county's feeds, with the same gaps and slips; how often a person is mentioned is drawn.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from .feeds.persons import person_cells
from .geography import make_geography
from .making import LEAST_PEOPLE
from .names import HERITAGES
from .partner_view import Hand, who
from .people import make_people
from .streams import Ints, stream
from .world import World

# Source, role, share of the mentions, and how it writes: the force's own by what it leaves out, a partner by its hand (design).
_FORCE = (
    ("force-people", "victim", 0.30, {"birth": 0.07, "phone": 0.25, "home": 0.12}),
    ("force-people", "caller", 0.30, {"birth": 0.55, "phone": 0.25, "home": 0.35}),
    ("force-people", "suspect", 0.15, {"birth": 0.12, "phone": 0.6, "home": 0.12}),
    ("force-custody", "detainee", 0.07, {"birth": 0.0, "phone": 0.4, "home": 0.04}),
)
_PARTNERS = (
    ("council-housing", "tenant", 0.06, Hand(slip=0.04, no_birth=0.08, no_address=0.0, moved=0.03)),
    ("schools", "pupil", 0.04, Hand(slip=0.02, no_birth=0.01, no_address=0.06, moved=0.06)),
    ("childrens-social-care", "child", 0.04, Hand(slip=0.02, no_birth=0.01, no_address=0.01, moved=0.04)),
    ("health", "patient", 0.04, Hand(slip=0.02, no_birth=0.0, no_address=0.05, moved=0.10)),
)
LATEST = date(2025, 12, 31)


def mentions(people: int, size: int, *, seed: int) -> pl.DataFrame:
    """About `size` mentions of a county's people.

    Parameters
    ----------
    people : int
        At least 1,000.
    size : int
        Mentions; a person in two has none, and a few have dozens.
    seed : int
        The same arguments give the same mentions.

    Returns
    -------
    polars.DataFrame
        key (feed and the source's own), content, feed, reference, role, surname, forenames, sex, born_on, ethnicity, phone, address,
        postcode, as the source wrote them; and the truth: person, heritage. In no order that tells who is who.
    """
    if people < LEAST_PEOPLE:
        raise ValueError(f"people: {LEAST_PEOPLE} or more")
    world = _world(people, seed)
    rng = stream(seed, "mentions", people, size)
    # Half of all are never met; the rest by a long tail, as victims, callers and suspects are.
    weight = np.where(rng.random(people) < 0.5, 0, rng.gamma(0.5, 1.0, people))
    parts = []
    for feed, role, share, how in (*_FORCE, *_PARTNERS):
        n = round(size * share)
        person: Ints = np.sort(rng.choice(people, n, p=weight / weight.sum()))
        written = (
            person_cells(world, rng, person, **how)
            if isinstance(how, dict)
            else who(world, rng, person, how).with_columns(pl.lit("").alias("Ethnicity"), pl.lit("").alias("Phone"))
        )
        number = pl.Series(rng.permutation(n)).cast(pl.String).str.zfill(7)
        parts.append(
            written.select(
                key=feed + "/" + role[0].upper() + number,
                feed=pl.lit(feed),
                reference=role[0].upper() + number,
                role=pl.lit(role),
                surname="Surname",
                forenames="Forenames",
                sex="Sex",
                born_on=pl.col("Date of Birth").str.to_date("%Y-%m-%d", strict=False),
                ethnicity="Ethnicity",
                phone="Phone",
                address="Address",
                postcode="Postcode",
                person=pl.Series(person),
                heritage=pl.Series(list(HERITAGES)).gather(world.people.heritage[person]),
            )
        )
    every = pl.concat(parts).sort("key")
    content = every.drop("person", "heritage").hash_rows(seed=1).cast(pl.String).str.zfill(20)
    return every.with_columns(content=content)


def _world(people: int, seed: int) -> World:
    from .calendar import Calendar
    from .offences import kinds

    ground = make_geography(people, seed)
    calendar = Calendar(12, LATEST)
    return World(seed, ground, make_people(ground, seed, calendar.until), calendar, kinds(), True)
