"""What is planted for the partners' data: what one agency alone knows, so that its loss changes the picture.

- a pub, bar or club whose assaults are told in the emergency department and nowhere else;
- a person who complains to the council, again and again, and never to the police;
- a placement of children in care whose missing episodes are told to social care alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .addresses import address_of, point_of
from .naming import STREET_NAMES
from .people import CHILDRENS_HOME, ROLES
from .streams import Ints, stream
from .world import World

_YEAR = 365.25
VIOLENCE = "Violence and sexual offences"
RANK = 8  # areas of the county with more violence expected than the planted venue's
LEAST, AHEAD = (
    4.5,
    1.3,
)  # assaults a month at the venue: at least; and how far they carry its area past the third (design)
MONTHS_OF_COMPLAINTS = 12  # the last ones, with so many complaints a month at least, and so many more on average
COMPLAINTS = (2, 1.0)
PLACEMENT = (4, 2.0)  # episodes a month at the placement: at least, and how many more on average


@dataclass(frozen=True)
class Planted:
    """The plants of a county; -1 where there is no such place.

    Parameters
    ----------
    venue : int
        Licensed premises whose assaults the emergency department alone holds.
    a_month : float
        How many those are on average.
    victim : int
        The person whom the council alone knows as a repeat victim.
    placement : int
        The home from which children go missing, as social care alone holds.
    children : ndarray of int
        Those of its children who are 10 or older at the start and not 18 at the end.
    """

    venue: int
    a_month: float
    victim: int
    placement: int
    children: Ints


def partner_plants(world: World) -> Planted:
    """The plants of a county."""
    rng = stream(world.seed, "partners", "plants")
    people, homes = world.people, world.people.homes
    venues = world.ground.places["licensed premises"]
    venue, a_month = -1, 0.0
    if len(venues.area):
        # Its area is not among the first by what police record, and among the first three once its assaults are counted.
        violent = [k for k, category in enumerate(world.kinds.category) if category == VIOLENCE]
        each = world.weights[violent].sum(axis=0) * _YEAR / 12
        order = np.argsort(-each, kind="stable")
        open_to = order[venues.count[order] > 0]
        area = open_to[min(RANK, len(open_to) - 1)]
        venue = int(venues.first[area] + rng.integers(venues.count[area]))
        a_month = max(LEAST, AHEAD * (1.2 * each[order[min(2, len(order) - 1)]] - each[area]))
    alone = np.flatnonzero((people.role == ROLES.index("A")) & (people.born < world.calendar.first_day - 30 * _YEAR))
    victim = int(rng.choice(alone))
    last = world.calendar.first_day + world.calendar.end // 1440
    able = (people.born < world.calendar.first_day - 10 * _YEAR) & (people.born > last - 18 * _YEAR)
    kept = able & (homes.kind[people.home] == CHILDRENS_HOME)
    if not kept.any():  # a small county has no children's home: then a foster home
        kept = able & (people.role == ROLES.index("C"))
    held = np.bincount(people.home[kept], minlength=len(homes.area))
    most = np.flatnonzero(held == held.max())
    placement = int(rng.choice(most)) if held.max() else -1
    return Planted(venue, a_month, victim, placement, np.flatnonzero(kept & (people.home == placement)))


def told(world: World, planted: Planted) -> pl.DataFrame:
    """The plants as the truth tells them: plant, kind, feed, person, address, area, easting, northing."""
    ground, homes = world.ground, world.people.homes
    rows: list[tuple[str, str, str, int | None, str, str, float, float]] = []
    if planted.venue >= 0:
        venues, v = ground.places["licensed premises"], planted.venue
        street = STREET_NAMES[ground.street_name[venues.street[v]]]
        rows.append(("P1", "venue", "ae-assaults", None, f"{venues.name[v]}, {street}", ground.code[venues.area[v]],
                     float(venues.easting[v]), float(venues.northing[v])))  # fmt: skip
    for plant, kind, feed, person, home in (
        ("P2", "repeat victim", "council-asb", planted.victim, int(world.people.home[planted.victim])),
        ("P3", "placement", "childrens-social-care", None, planted.placement),
    ):
        if home >= 0:
            at = point_of(ground, homes, np.array([home]))[0]
            address = address_of(ground, homes, np.array([home]))["address"][0]
            rows.append((plant, kind, feed, person, address, ground.code[homes.area[home]], float(at[0]), float(at[1])))
    text = pl.String
    schema = {"plant": text, "kind": text, "feed": text, "person": pl.Int64, "address": text, "area": text,
              "easting": pl.Float64, "northing": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("easting", "northing").round(1))
