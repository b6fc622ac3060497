"""People circulated on the Police National Computer for the force, one CSV a quarter: the wanted, and the longer missing.

Districts differ in how many of their outstanding suspects they circulate, and how soon: the truth's ``outstanding`` says how many are on
no computer at all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import people_view
from ..arrests import OUTSTANDING, arrests
from ..calendar import DAY
from ..filing import Month
from ..missing import Missing
from ..streams import stream
from ..world import World
from . import persons
from .extracts import Extracts
from .writing import Defect, Log

COLUMNS = ("PNC Reference", "Report Type", "Circulated At", "Offence", "Force Reference", "Cancelled At", "Cancel Reason", *persons.COLUMNS,
           "Markers")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Circulated At", ("31/02/2024 10:00", "2024-02-30 10:00")),
    Defect("future date", "Circulated At", ("2131-05-06 11:30",)),
    Defect("unknown category", "Report Type", ("W/M", "")),
    Defect("unknown code", "Sex", ("Z",)),
    Defect("bad reference", "Force Reference", ("?", "N/A?")),
    Defect("missing reference", "PNC Reference", ("",)),
    Defect("cell missing", "", ()),
)
CIRCULATED = (0.9, 0.8, 0.55, 0.85, 0.7, 0.5)  # share of the outstanding, by district in turn (design)
HOURS = (10.0, 30.0, 90.0, 14.0, 48.0, 150.0)  # median from outstanding to circulated
LONG = 48 * 60  # minutes after which a missing person is circulated


class Wanted:
    """Writes circulations of outstanding suspects and of people who stay missing."""

    feed = "pnc-wanted"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Extracts(world, folder, log, self.feed, "wanted", COLUMNS, DEFECTS, ("Offence", ("OTHER",)))
        self.truth = Missing(world)
        self.ahead: list[pl.DataFrame] = []
        self.count = 0

    def write(self, month: Month) -> None:
        """Write who is circulated in a month, and who is cancelled."""
        world, calendar = self.world, self.world.calendar
        rng = stream(world.seed, self.feed, month.number)
        out = self._outstanding(month, rng)
        gone = self._missing(month)
        self.ahead = [pl.concat([*self.ahead, out.filter(pl.col("circulated") >= 0).select(gone.columns), gone])]
        high = int(calendar.starts[month.number + 1])
        mine = self.ahead[0].filter(pl.col("circulated") < high).sort("circulated", "force", "person")
        self.ahead = [self.ahead[0].filter(pl.col("circulated") >= high)]
        n = len(mine)
        year = calendar.firsts[month.number].year % 100
        person, cancelled = mine["person"].to_numpy(), mine["cancelled"].to_numpy()
        blank = pl.lit("")
        frame = mine.select(
            pl.Series(
                "PNC Reference",
                [f"PW/{i:06d}/{year}" for i in range(self.count + 1, self.count + n + 1)],
                dtype=pl.String,
            ),
            pl.col("type").alias("Report Type"),
            calendar.moments("circulated").alias("Circulated At"),
            pl.col("offence").alias("Offence"),
            pl.col("force").alias("Force Reference"),
            calendar.moments("cancelled").alias("Cancelled At"),
            pl.col("reason").alias("Cancel Reason"),
            *persons.person_cells(world, rng, person, birth=0.01, phone=1.0, home=0.25),
            people_view.markers(world, rng, person).alias("Markers"),
        )
        self.count += n
        ended = pl.Series(cancelled < high)
        now = frame.with_columns(
            pl.when(ended).then(pl.col(c)).otherwise(blank).alias(c) for c in ("Cancelled At", "Cancel Reason")
        )
        later = frame.with_columns(due=pl.Series(calendar.month_of(cancelled))).filter(
            ~ended & pl.Series(cancelled < calendar.end)
        )
        self.files.send(month.number, now, later)

    def close(self) -> None:
        """Nothing is kept open."""

    def _outstanding(self, month: Month, rng: np.random.Generator) -> pl.DataFrame:
        """Suspects of this month's crimes who are not arrested within a day; -1 where never circulated."""
        world, calendar = self.world, self.world.calendar
        late = arrests(world, month).filter(pl.col("arrested") - pl.col("recorded") > OUTSTANDING)
        n = len(late)
        district = np.asarray(world.ground.district)[late["area"].to_numpy()]
        turn = district % len(CIRCULATED)
        since = late["recorded"].to_numpy() + OUTSTANDING
        wait = np.ceil(60 * np.array(HOURS)[turn] * rng.lognormal(0, 0.8, n)).astype(np.int64)
        arrested = late["arrested"].to_numpy()
        circulated = calendar.real(since + wait)
        done = (rng.random(n) < np.array(CIRCULATED)[turn]) & (circulated < np.minimum(arrested, calendar.end))
        error = rng.random(n) < 0.02
        cancelled = calendar.real(
            np.where(
                error, circulated + 3 * DAY, arrested + np.ceil(60 * rng.lognormal(np.log(5), 1.0, n)).astype(np.int64)
            )
        )
        found = late.select(
            "person",
            pl.lit("wanted").alias("type"),
            pl.Series(world.kinds.title).gather(late["kind"]).alias("offence"),
            pl.col("crime").alias("force"),
            pl.Series("circulated", np.where(done, circulated, -1)),
            pl.Series("cancelled", cancelled),
            pl.Series(["arrested", "in error"]).gather(error.astype(int)).alias("reason"),
            pl.Series("since", since),
            pl.Series("arrested", arrested),
            pl.Series(world.ground.district_name).gather(district).alias("district"),
        )
        moments, end = calendar.moments, calendar.end
        self.log.table(
            "outstanding",
            found.filter(pl.col("since") < end).select(
                pl.col("force").alias("crime"), "person", "district", moments("since").alias("since"),
                pl.when(pl.col("arrested") < end).then(moments("arrested")).alias("arrested"),
                pl.when(pl.col("circulated") >= 0).then(moments("circulated")).alias("circulated"),
            ),
        )  # fmt: skip
        return found

    def _missing(self, month: Month) -> pl.DataFrame:
        told = self.truth.of(month).filter(pl.col("police") & (pl.col("found") - pl.col("told") > LONG))
        # Whoever asks for the circulation has no reference of the report at hand.
        return told.select(
            "person",
            pl.lit("missing").alias("type"),
            pl.lit("").alias("offence"),
            pl.col("call").alias("force"),
            (pl.col("told") + LONG - 240).alias("circulated"),
            (pl.col("found") + 90).alias("cancelled"),
            pl.lit("found").alias("reason"),
        )
