"""The force's recorded crimes, one CSV a month: those recorded in it, then older ones whose outcome changed in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import naming
from ..filing import Month
from ..offences import SETTINGS
from ..places_view import places
from ..streams import stream
from ..world import World
from .writing import Defect, Log, save

COLUMNS = ("Crime Reference", "Recorded At", "Reported At", "Occurred From", "Occurred To", "HO Class", "Offence", "Crime Type",
                 "Location", "Postcode", "Easting", "Northing", "Area", "Location Type", "Domestic", "Outcome", "Outcome Date")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Recorded At", ("31/02/2024 10:00", "2024-02-30 10:00", "yesterday")),
    Defect("impossible year", "Recorded At", ("1066-10-14 09:00",)),
    Defect("future date", "Reported At", ("2131-05-06 11:30",)),
    Defect("not a number", "Easting", ("unknown", "SP 450 270", "4 50012")),
    Defect("coordinates off the map", "Northing", ("-999999", "52341870")),
    Defect("unknown category", "Crime Type", ("Burglery", "VIOLENCE", "???")),
    Defect("unknown code", "Outcome", ("99", "charged")),
    Defect("missing reference", "Crime Reference", ("",)),
    Defect("cell missing", "", ()),
)


class Crimes:
    """Writes a file of crimes a month: those recorded in it, then those recorded earlier whose outcome changed in it."""

    feed = "force-crimes"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.folder, self.log = world, folder, log
        self.open = pl.DataFrame(schema={**dict.fromkeys(COLUMNS, pl.String), "file": pl.String, "line": pl.Int64})

    def write(self, month: Month) -> None:
        """Write the file of a month."""
        world = self.world
        label, end = world.calendar.label(month.number), int(world.calendar.starts[month.number + 1])
        path = self.folder / f"{label}-{naming.SLUG}-crimes.csv"
        name = path.relative_to(self.log.root).as_posix()
        fresh = self._view(month).with_columns(
            file=pl.lit(name), line=pl.int_range(2, 2 + len(month.recorded), dtype=pl.Int64)
        )
        settled = pl.Series(month.recorded["decided"] < end)
        outcome = self._outcome(month.recorded)
        shown = fresh.with_columns(
            pl.when(settled).then(outcome[c]).otherwise(pl.lit("")).alias(c) for c in outcome.columns
        )
        changed = month.settled.select("reference").join(
            self.open, left_on="reference", right_on="Crime Reference", how="left", maintain_order="left"
        )
        changed = changed.rename({"reference": "Crime Reference"}).with_columns(self._outcome(month.settled))
        self.log.table(
            "versions",
            changed.select(
                pl.lit(name).alias("file"),
                pl.int_range(2 + len(shown), 2 + len(shown) + pl.len()).alias("line"),
                pl.col("Crime Reference").alias("reference"),
                pl.col("file").alias("first_file"),
                pl.col("line").alias("first_line"),
            ),
        )
        rows = pl.concat([shown.select(COLUMNS), changed.select(COLUMNS)])
        save(path, rows, self.log, self.feed, DEFECTS, crimes=rows["Crime Reference"])
        self.open = pl.concat([self.open, fresh.filter(~settled).select(self.open.columns)]).join(
            month.settled, left_on="Crime Reference", right_on="reference", how="anti", maintain_order="left"
        )

    def close(self) -> None:
        """Nothing is kept open."""

    def _outcome(self, crimes: pl.DataFrame) -> pl.DataFrame:
        return crimes.select(
            pl.col("outcome").cast(pl.String).alias("Outcome"),
            self.world.calendar.days("decided").alias("Outcome Date"),
        )

    def _view(self, month: Month) -> pl.DataFrame:
        world, crimes = self.world, month.recorded
        rng = stream(world.seed, self.feed, month.number)
        n, kinds, moments = len(crimes), world.kinds, world.calendar.moments
        kind = crimes["kind"]
        known = pl.Series(rng.random(n) >= 0.005)
        domestic = pl.Series(["N", "Y", ""]).gather(np.where(rng.random(n) < 0.04, 2, crimes["domestic"].to_numpy()))
        setting = pl.Series([*SETTINGS, ""]).gather(
            np.where(rng.random(n) < 0.04, len(SETTINGS), crimes["setting"].to_numpy())
        )
        return crimes.select(
            pl.col("reference").alias("Crime Reference"),
            moments("recorded").alias("Recorded At"),
            moments("reported").alias("Reported At"),
            pl.when(known).then(moments("begins")).otherwise(pl.lit("")).alias("Occurred From"),
            pl.when(known & (pl.col("ends") > pl.col("begins")))
            .then(moments("ends"))
            .otherwise(pl.lit(""))
            .alias("Occurred To"),
            pl.Series("HO Class", kinds.ho_class).gather(kind),
            pl.Series("Offence", kinds.title).gather(kind),
            pl.Series("Crime Type", kinds.category).gather(kind),
            *places(world, rng, crimes),
            setting.alias("Location Type"),
            domestic.alias("Domestic"),
            pl.lit("").alias("Outcome"),
            pl.lit("").alias("Outcome Date"),
        )
