"""When the suspects of recorded crimes are arrested, and who stays outstanding meanwhile: the truth behind custody and the PNC."""

from __future__ import annotations

import numpy as np
import polars as pl

from .calendar import DAY
from .filing import Month
from .groups import EXPLOITED, Groups
from .streams import stream
from .world import World

# Share of named suspects who are arrested, by Home Office outcome type (design); the others are invited, summonsed or never met.
ARRESTED = {1: 0.85, 3: 0.6, 8: 0.25, 10: 0.4, 14: 0.2, 15: 0.65, 16: 0.5, 18: 0.0, 21: 0.3, 22: 0.2, 6: 0.2, 7: 0.1}
# Hours from the report to the arrest: half by the evening, one in ten after many days (design).
HOURS, SPREAD = 9.0, 2.3
OUTSTANDING = DAY  # a named suspect who is not arrested within a day of the record is outstanding
DISPOSALS = {1: "charged", 3: "caution", 6: "caution", 8: "community resolution"}
OPERATION = "Possession with intent to supply - cocaine"
COLUMNS = ("crime", "person", "kind", "area", "recorded", "arrested", "decided", "outcome", "group")


def arrests(world: World, month: Month) -> pl.DataFrame:
    """The named suspects of the crimes recorded in a month whom police mean to arrest.

    Returns
    -------
    polars.DataFrame
        Columns crime (its reference), person, kind, area, recorded, arrested (minute; after the calendar's end for whoever is
        outstanding then), decided, outcome (Home Office type), group (empty).
    """
    rng = stream(world.seed, "arrests", month.number)
    named = month.recorded.filter(pl.col("suspect") >= 0)
    n = len(named)
    share = named["outcome"].replace_strict(ARRESTED, default=0.3, return_dtype=pl.Float64).to_numpy()
    hours = np.exp(np.log(HOURS) + SPREAD * rng.normal(size=n))
    recorded, decided = named["recorded"].to_numpy(), named["decided"].to_numpy()
    # What is decided within the calendar was decided after the arrest.
    room = np.where(decided < world.calendar.end, np.maximum(decided - recorded - 600, 1), np.inf)
    after = np.minimum(hours * 60, np.where(hours * 60 < room, np.inf, room * rng.random(n)))
    arrested = world.calendar.real(recorded + np.ceil(after).astype(np.int64))
    meant = rng.random(n) < share
    return named.select(
        pl.col("reference").alias("crime"),
        pl.col("suspect").cast(pl.Int64).alias("person"),
        pl.col("kind").cast(pl.Int64),
        pl.col("area").cast(pl.Int64),
        pl.col("recorded").cast(pl.Int64),
        pl.Series("arrested", arrested),
        pl.col("decided").cast(pl.Int64),
        pl.col("outcome").cast(pl.Int64),
        pl.lit("").alias("group"),
    ).filter(pl.Series(meant))


def operations(world: World, groups: Groups) -> pl.DataFrame:
    """Arrests of a group's people together, with the columns of `arrests`: members, and at times a child whom they exploit."""
    rng = stream(world.seed, "operations")
    rows = []
    kind, end = world.kinds.index(OPERATION), world.calendar.end
    for name, _, _, area, since in groups.groups.iter_rows():
        there = groups.people.filter((pl.col("group") == name) & (pl.col("member") | (pl.col("part") == EXPLOITED)))
        for _ in range(int(rng.integers(1, 4))):
            at = since + int(rng.random() * (end - since))
            at = at // DAY * DAY + 5 * 60 + int(rng.integers(120))
            taken = there.filter(pl.col("since") <= at)["person"].to_list()
            for person in rng.permutation(taken)[: int(rng.integers(2, 5))]:
                moment = min(at + int(rng.integers(40)), end - 1)
                rows.append(("", int(person), kind, area, moment, moment, moment + int(rng.integers(1, 90)) * DAY,
                             int(rng.choice([1, 1, 15])), name))  # fmt: skip
    schema = {"crime": pl.String, **dict.fromkeys(COLUMNS[1:-1], pl.Int64), "group": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
