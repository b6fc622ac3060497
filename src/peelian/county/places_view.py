"""How the force writes places down: its own short forms, slips and gaps, and points that are now and then wrong."""

from __future__ import annotations

import numpy as np
import polars as pl

from .addresses import STREETS, address_of, postcode_of
from .geography import CENTRE
from .offences import SETTINGS
from .slips import slips, some
from .world import World

_SHORT = {"Road": "Rd", "Street": "St", "Avenue": "Ave", "Lane": "Ln", "Close": "Cl", "Drive": "Dr", "Crescent": "Cres",
          "Gardens": "Gdns", "Court": "Ct", "Terrace": "Terr", "Place": "Pl", "Grove": "Gr"}  # fmt: skip


def places(world: World, rng: np.random.Generator, events: pl.DataFrame) -> pl.DataFrame:
    """Columns Location, Postcode, Easting, Northing and Area of events, as the force writes them."""
    ground, n = world.ground, len(events)
    street, home, place = (events[c].to_numpy() for c in ("street", "home", "place"))
    text = STREETS.gather(ground.street_name[street])
    code = postcode_of(ground, street, np.ones(n, dtype=np.int64))
    for kind, setting in (
        ("shop", "retail"),
        ("licensed premises",) * 2,
        ("school",) * 2,
        ("hospital",) * 2,
        ("park", "other"),
    ):
        rows = np.flatnonzero((place >= 0) & (events["setting"].to_numpy() == SETTINGS.index(setting)))
        if len(rows):
            label = pl.Series(ground.places[kind].name).gather(place[rows])
            text = text.scatter(rows, label + ", " + text.gather(rows))
    housed = np.flatnonzero(home >= 0)
    if len(housed):
        true = address_of(ground, world.people.homes, home[housed])
        text, code = text.scatter(housed, true["address"]), code.scatter(housed, true["postcode"])
    town = pl.Series(ground.town).gather(events["area"])
    blank = pl.Series([""])
    return pl.DataFrame(
        {
            "Location": written_address(rng, text, town),
            "Postcode": blank.zip_with(pl.Series(rng.random(n) < 0.15), code),
            **coordinates(world, rng, events).to_dict(),
            "Area": blank.zip_with(pl.Series(rng.random(n) < 0.02), pl.Series(ground.code).gather(events["area"])),
        }
    )


def written_address(rng: np.random.Generator, address: pl.Series, town: pl.Series) -> pl.Series:
    """Addresses in the force's way: short forms, capitals, with or without the town, slips."""
    n = len(address)
    short = address.str.replace_many([f" {long}" for long in _SHORT], [f" {s}" for s in _SHORT.values()])
    address = short.zip_with(some(rng, n, 0.4), address)
    address = slips(address, rng, 0.02)
    address = (address + ", " + town).zip_with(some(rng, n, 0.5), address)
    return address.str.to_uppercase().zip_with(some(rng, n, 0.3), address)


def coordinates(world: World, rng: np.random.Generator, events: pl.DataFrame) -> pl.DataFrame:
    """Columns ``Easting`` and ``Northing`` as text: whole metres, some at the middle of the street, few missing or wrong."""
    n = len(events)
    point = np.column_stack([events["easting"].to_numpy(), events["northing"].to_numpy()])
    middle = world.ground.street_middle[events["street"].to_numpy()]
    point = np.where((rng.random(n) < 0.06)[:, None], middle, point)
    roll = rng.random(n)
    # Wrong turns: two figures of the easting change places, or the record keeps the police station's own point.
    figures = np.rint(point[:, 0]).astype(np.int64)
    thousands, hundreds = figures // 1_000 % 10, figures // 100 % 10
    point[:, 0] = np.where(roll < 0.004, figures + (hundreds - thousands) * 900, point[:, 0])
    point = np.where(((roll >= 0.004) & (roll < 0.007))[:, None], CENTRE, point)
    whole = np.rint(point).astype(np.int64)
    missing = pl.Series(roll > 0.985)
    return pl.DataFrame(
        {
            name: pl.Series([""]).zip_with(missing, pl.Series(whole[:, i]).cast(pl.String))
            for i, name in enumerate(("Easting", "Northing"))
        }
    )
