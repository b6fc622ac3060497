"""How partners write people and places down: each with its own numbers, its own gaps and its own slips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from . import people_view
from .addresses import point_of
from .offences import SETTINGS
from .slips import slips
from .streams import Ints, stream, within
from .world import World

_PRIME = 99_999_989  # more than there are people; a multiple of a person's number modulo it is another's never


@dataclass(frozen=True)
class Hand:
    """How one agency writes: shares of rows (design).

    Parameters
    ----------
    slip : float
        Names with a slip more than the usual ones.
    no_birth, no_address : float
        Dates of birth and addresses left out.
    moved : float
        Addresses at which the person no longer lives.
    """

    slip: float = 0.03
    no_birth: float = 0.04
    no_address: float = 0.04
    moved: float = 0.08


def own_stream(world: World, *purpose: str | int) -> np.random.Generator:
    """The randomness of places and times: a county of another size has others, though its streets may be the same."""
    return stream(world.seed, *purpose, "of", len(world.people))


def own_number(world: World, agency: str, person: Ints, mark: str) -> pl.Series:
    """An agency's own number of each person, always the same, of no use to any other agency: ``CP12345678``."""
    rng = stream(world.seed, "numbers", agency)
    times, plus = int(rng.integers(1, _PRIME)), int(rng.integers(_PRIME))
    number = (person.astype(np.int64) * times + plus) % _PRIME
    return mark + pl.Series(number).cast(pl.String).str.zfill(8)


def who(world: World, rng: np.random.Generator, person: Ints, hand: Hand) -> pl.DataFrame:
    """Columns Surname, Forenames, Date of Birth, Sex, Address and Postcode of people as an agency writes them."""
    n = len(person)
    names = people_view.names(world, rng, person)
    home = np.where(
        rng.random(n) < hand.moved, people_view.former_home(world, person), world.people.home[person].astype(np.int64)
    )
    return pl.DataFrame(
        {
            "Surname": slips(names["Surname"], rng, hand.slip),
            "Forenames": slips(names["Forenames"], rng, hand.slip / 2),
            "Date of Birth": people_view.born(world, rng, person, rng.random(n) < hand.no_birth),
            "Sex": pl.Series(["F", "M", ""]).gather(np.where(rng.random(n) < 0.02, 2, world.people.sex[person])),
            **people_view.homes_as_written(world, rng, home, rng.random(n) < hand.no_address).to_dict(),
        }
    )


def area_of(world: World, person: Ints) -> pl.Series:
    """The code of the area in which each person lives."""
    homes = world.people.homes
    return pl.Series(world.ground.code).gather(homes.area[world.people.home[person]])


def pick_words(rng: np.random.Generator, words: dict[str, float], size: int) -> pl.Series:
    """`size` words drawn with these weights."""
    weight = np.array(list(words.values()))
    return pl.Series(list(words)).gather(rng.choice(len(weight), size=size, p=weight / weight.sum()))


def somewhere(world: World, rng: np.random.Generator, area: Ints, indoors: float, again: float = 0.0) -> pl.DataFrame:
    """Places in areas, as `places_view.places` reads them: a share of them homes, the others in the street.

    `again` of the homes are every 20th of their area, to which services come more than once.
    """
    ground, homes, n = world.ground, world.people.homes, len(area)
    inside = rng.random(n) < indoors
    home = within(rng, homes.first[area], homes.count[area])
    often = homes.first[area] + (home - homes.first[area]) // 20 * 20
    home = np.where(rng.random(n) < again, often, home)
    street = np.where(inside, homes.street[home], within(rng, ground.first_street[area], ground.streets[area]))
    outside = ground.on_street(street, rng.uniform(-1, 1, n), rng.uniform(-6, 6, n))
    at = np.where(inside[:, None], point_of(ground, homes, home), outside)
    return pl.DataFrame(
        {
            "area": area.astype(np.int64),
            "street": street.astype(np.int64),
            "home": np.where(inside, home, -1).astype(np.int64),
            "place": np.full(n, -1),
            "setting": np.where(inside, SETTINGS.index("dwelling"), SETTINGS.index("street")),
            "easting": at[:, 0],
            "northing": at[:, 1],
        }
    )


def scattered(world: World, rng: np.random.Generator, month: int, rate: float, pull: float = 1.0) -> Ints:
    """Areas of what happens `rate` times a year for 1,000 people, more of it where an area is poor; two at least."""
    ground = world.ground
    weight = ground.people * np.exp(pull * (ground.deprivation - 0.5))
    days = len(world.calendar.weekdays(month))
    each = ground.people.sum() * rate / 1000 / 365.25 * days * weight / weight.sum()
    chosen = np.repeat(np.arange(ground.areas), rng.poisson(each))
    return np.concatenate([chosen, rng.integers(ground.areas, size=2)])


def in_month(world: World, rng: np.random.Generator, month: int, size: int, peak: int, spread: float = 0.7) -> Ints:
    """Minutes of a month, round a busiest hour of the day."""
    calendar = world.calendar
    first, end = int(calendar.starts[month]), int(calendar.starts[month + 1])
    day = rng.integers((end - first) // 1440, size=size)
    weight = np.exp(spread * (np.cos(2 * np.pi * (np.arange(24) - peak) / 24) - 1))
    hour = rng.choice(24, size=size, p=weight / weight.sum())
    return calendar.real(first + day * 1440 + hour * 60 + rng.integers(60, size=size))
