"""The force's incidents and calls, one gzipped CSV a year."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ..filing import Month
from ..places_view import places
from ..streams import stream
from ..world import World
from .writing import Defect, Log, Yearly

COLUMNS = ("Incident Reference", "Created At", "Channel", "Grade", "Opening Code", "Closing Code", "Location", "Postcode",
                    "Easting", "Northing", "Area", "Attended At", "Closed At", "Crime Reference")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Created At", ("31/02/2024 10:00", "2024-02-30 10:00", "00:15")),
    Defect("future date", "Created At", ("2131-05-06 11:30",)),
    Defect("not a number", "Easting", ("unknown", "n/k")),
    Defect("coordinates off the map", "Northing", ("-999999", "52341870")),
    Defect("unknown category", "Opening Code", ("Alien", "DOM", "")),
    Defect("unknown code", "Grade", ("9", "urgent")),
    Defect("missing reference", "Incident Reference", ("",)),
    Defect("cell missing", "", ()),
)


class Incidents:
    """Writes a gzipped file of incidents and calls a year."""

    feed = "force-incidents"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Yearly(world, folder, log, self.feed, "incidents.csv.gz", COLUMNS, DEFECTS)

    def write(self, month: Month) -> None:
        """Append the calls of a month."""
        world, calls = self.world, month.calls
        rng = stream(world.seed, self.feed, month.number)
        moments = world.calendar.moments
        never = pl.lit("")
        seen = pl.Series(rng.random(len(calls)) >= 0.03)
        rows = calls.select(
            pl.col("call").alias("Incident Reference"),
            moments("created").alias("Created At"),
            pl.col("channel").alias("Channel"),
            pl.when(seen).then(pl.col("grade").cast(pl.String)).otherwise(never).alias("Grade"),
            pl.col("opening").alias("Opening Code"),
            pl.col("closing").alias("Closing Code"),
            *places(world, rng, calls),
            pl.when(pl.col("attended") >= 0).then(moments("attended")).otherwise(never).alias("Attended At"),
            pl.when(pl.col("closed") >= 0).then(moments("closed")).otherwise(never).alias("Closed At"),
            pl.col("reference").alias("Crime Reference"),
        )
        self.files.at(month.number).add(rows.select(COLUMNS), rows["Incident Reference"])
        first_call = calls.filter(pl.col("again") == 0).select("event", pl.col("call").alias("first"))
        told = calls.select("call", "event", "again", "caller").join(
            first_call, on="event", how="left", maintain_order="left"
        )
        self.log.table(
            "calls",
            told.select("call", "event", "caller", pl.when(pl.col("again") > 0).then("first").alias("again_of")),
        )

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()
