"""Who is given the county's serious crimes, and whether that person is qualified: truth that no extract tells.

A PIP 2 investigator is needed for what is serious and complex (standards of the investigation workforce); which offences count is
design. In some districts whoever is free is given the case, and few there are qualified.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .calendar import DAY
from .filing import Month
from .force import UNITS
from .streams import stream
from .training import PIP2, make_training, qualified
from .world import World

SERIOUS = (
    "Wounding or inflicting grievous bodily harm", "Wounding with intent to do grievous bodily harm", "Stalking", "Threats to kill",
    "Controlling or coercive behaviour", "Rape of a female aged 16 or over", "Sexual assault on a female aged 13 or over",
    "Aggravated burglary - residential", "Robbery of personal property", "Robbery of business property",
    "Possession with intent to supply - cocaine",
)  # fmt: skip
MATCHED = 0.97  # share of cases for which a qualified investigator is looked for, where allocation works


class Allocation:
    """Allocates the serious crimes of each month to the investigators of their district."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.training = make_training(world)
        kinds = world.kinds
        self.serious = pl.Series([title in SERIOUS for title in kinds.title])
        post = world.force.frame["post"].to_numpy()
        role = np.array([role == "investigation" for role, *_ in UNITS])
        self.district = np.where(role[world.force.posts.unit[post]], world.force.posts.district[post], -1)

    def of(self, month: Month) -> pl.DataFrame:
        """Columns reference, needs, number (of the member of staff), qualified and district of the crimes recorded in a month."""
        world, force = self.world, self.world.force
        crimes = month.recorded.filter(self.serious.gather(month.recorded["kind"]))
        rng = stream(world.seed, "allocation", month.number)
        day = int(world.calendar.starts[month.number]) // DAY
        able = qualified(self.training, len(force), PIP2, day)
        here = (force.frame["start"].to_numpy() <= day) & (force.frame["end"].to_numpy() > day)
        where = world.ground.district[crimes["area"].to_numpy()]
        given = np.zeros(len(crimes), dtype=np.int64)
        for d in range(len(world.ground.district_code)):
            rows = np.flatnonzero(where == d)
            # A district that is short of people borrows from the whole force.
            pool = np.flatnonzero(here & (self.district == d))
            pool = pool if len(pool) else np.flatnonzero(here & (self.district >= 0))
            good = pool[able[pool]]
            given[rows] = rng.choice(pool, len(rows))
            if len(good) and not force.unqualified[d]:
                rows = rows[rng.random(len(rows)) < MATCHED]
                given[rows] = rng.choice(good, len(rows))
        return crimes.select(
            "reference",
            needs=pl.lit(PIP2),
            number=force.frame["number"].gather(given),
            qualified=pl.Series(able[given]),
            district=pl.Series(world.ground.district_code).gather(where),
        )
