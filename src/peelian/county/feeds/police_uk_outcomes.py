"""The outcomes file that police.uk publishes: one CSV a month, one row an outcome, and what the court said some months later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import naming
from ..calendar import DAY
from ..filing import Month
from ..streams import stream
from ..world import World
from .police_uk import OUTCOMES, MapPoints, crime_id
from .writing import Defect, Log, save

FEED = "police-uk-outcomes"
# As the files say it; the street file says of a charge that the court's word is awaited.
LABELS = OUTCOMES | {1: "Suspect charged", 6: "Offender given penalty notice"}
COURT = ("Offender fined", "Offender given community sentence", "Offender sent to prison", "Offender given suspended prison sentence",
         "Offender given conditional discharge", "Defendant found not guilty", "Court case unable to proceed", "Court result unavailable")  # fmt: skip
SENTENCED = (0.22, 0.17, 0.13, 0.11, 0.09, 0.12, 0.08, 0.08)
TRIED = 0.7  # share of the charged of whose trial the file ever tells
COURT_DAYS = 110.0
DEFECTS = (
    Defect("bad date", "Month", ("2024-13", "Jan 2024")),
    Defect("future date", "Month", ("2031-05",)),
    Defect("coordinates off the map", "Latitude", ("0.000000", "515.12000")),
    Defect("unknown category", "Outcome type", ("Chargd", "Outcome type", "")),
    Defect("bad reference", "Crime ID", ("N/A", "0", "")),
    Defect("cell missing", "", ()),
)


class Outcomes:
    """Writes the outcomes files: the same Crime IDs as in the street files. Where those give no place, these give one."""

    feed = FEED

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.folder, self.log = world, folder, log
        self.points = MapPoints(world)
        self.court: list[pl.DataFrame] = []

    def write(self, month: Month) -> None:
        """Write the outcomes decided in a month, and those of courts."""
        world, calendar = self.world, self.world.calendar
        end, label = int(calendar.starts[month.number + 1]), calendar.label(month.number)
        rng = stream(world.seed, FEED, month.number)
        decided = pl.concat([month.recorded.filter(pl.col("decided") < end), month.settled])
        decided = decided.select("reference", "area", "street", "place", "setting", "decided",
                                 pl.col("outcome").replace_strict(LABELS, return_dtype=pl.String).alias("label"))  # fmt: skip
        charged = decided.filter(pl.col("label") == LABELS[1])
        charged = charged.filter(pl.Series(rng.random(len(charged)) < TRIED))
        days = np.ceil(rng.lognormal(np.log(COURT_DAYS), 0.6, len(charged))).astype(np.int64)
        sentence = rng.choice(len(COURT), size=len(charged), p=SENTENCED)
        self.court.append(
            charged.with_columns(
                pl.col("decided") + pl.Series(days * DAY, dtype=pl.Int64), label=pl.Series(COURT).gather(sentence)
            )
        )
        waiting = pl.concat(self.court)
        self.court = [waiting.filter(pl.col("decided") >= end)]
        rows = pl.concat([decided, waiting.filter(pl.col("decided") < end)]).sort(
            "area", "street", "reference", "label"
        )
        spot, n = self.points.of(rows), len(rows)
        frame = pl.DataFrame(
            {
                "Crime ID": pl.Series([crime_id(world.seed, r) for r in rows["reference"]], dtype=pl.String),
                "Month": pl.repeat(label, n, eager=True),
                "Reported by": pl.repeat(naming.FORCE, n, eager=True),
                "Falls within": pl.repeat(naming.FORCE, n, eager=True),
                "Longitude": self.points.longitude.gather(spot),
                "Latitude": self.points.latitude.gather(spot),
                "Location": "On or near " + self.points.label.gather(spot),
                "LSOA code": pl.Series(world.ground.code).gather(rows["area"]),
                "LSOA name": pl.Series(world.ground.name).gather(rows["area"]),
                "Outcome type": rows["label"],
            }
        )
        path = self.folder / label / f"{label}-{naming.SLUG}-outcomes.csv"
        save(path, frame, self.log, FEED, DEFECTS, end="\r\n", crimes=rows["reference"])

    def close(self) -> None:
        """Nothing is kept open."""
