"""The force's vehicles, one CSV a year: the fleet at first, then whatever goes off the road, comes back or is disposed of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from ..calendar import DAY
from ..filing import Month
from ..force import NEVER, UNITS
from ..groups import plate
from ..streams import Ints, stream
from ..world import World
from .force_hr import days_of
from .versions import Versions
from .writing import Defect, Log

COLUMNS = ("Fleet Number", "Plate", "Type", "Base", "In Service From", "In Service To", "Off The Road From", "Off The Road To", "Off The Road For")  # fmt: skip
DEFECTS = (
    Defect("bad date", "In Service From", ("2024-02-30", "03/2022", "new")),
    Defect("impossible year", "In Service From", ("1066-10-14",)),
    Defect("unknown category", "Type", ("IRV", "tank", "")),
    Defect("bad reference", "Plate", ("not yet plated", "??")),
    Defect("missing reference", "Fleet Number", ("",)),
    Defect("cell missing", "", ()),
)
# Vehicles for each 100 members of staff of a role on duty (design).
FLEET = {"response": ("response car", 24), "neighbourhood": ("van", 14), "investigation": ("unmarked car", 22), "public protection": ("unmarked car", 15),
         "serious crime": ("unmarked car", 25), "armed response": ("armed response vehicle", 30), "roads policing": ("roads policing car", 40),
         "custody": ("personnel carrier", 20), "crime scene": ("van", 40)}  # fmt: skip
WHY = ("service", "collision", "awaiting parts", "fit out")
OFF_A_YEAR, YEARS = 2.2, 6  # spells off the road a year, years in service


class Vehicles:
    """Writes a file of vehicles a year."""

    feed = "force-vehicles"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world = world
        self.files = Versions(world, folder, log, self.feed, "vehicles.csv", COLUMNS, DEFECTS)
        rng = stream(world.seed, self.feed, len(world.people))
        posts = world.force.posts
        roles = [role for role, *_ in UNITS]
        held = Counter((roles[unit], station) for unit, station in zip(posts.unit.tolist(), posts.station, strict=True))
        kinds, bases = [], []
        for (role, station), many in held.items():
            kind, share = FLEET.get(role, ("", 0))
            count = max(1, round(many * share / 100)) if kind else 0
            kinds += [kind] * count
            bases += [station] * count
        n, days = len(kinds), world.calendar.end // DAY
        start = rng.integers(-YEARS * 365, days, n)
        start[: n // 2] = np.minimum(start[: n // 2], -1)
        self.fleet = pl.DataFrame(
            {
                "vehicle": np.arange(n),
                "Fleet Number": pl.Series([f"V-{i + 1:04d}" for i in range(n)]),
                "Plate": plate(rng.integers(1 << 40, size=n)),
                "Type": kinds,
                "Base": bases,
                "start": start,
                "end": start + YEARS * 365,
            }
        )
        self.changes = self._changes(rng, start, days)

    def _changes(self, rng: np.random.Generator, start: Ints, days: int) -> pl.DataFrame:
        """Every version: vehicle, day from which it is told, off and back (days, ``NEVER``), reason and why."""
        n = len(start)
        new = [(v, max(int(s), 0), NEVER, NEVER, "", "new" if s > 0 else "") for v, s in enumerate(start.tolist())]
        gone = [
            (v, s + YEARS * 365, NEVER, NEVER, "", "disposed of")
            for v, s in enumerate(start.tolist())
            if s + YEARS * 365 < days
        ]
        spells = []
        for vehicle, times in enumerate(rng.poisson(OFF_A_YEAR * days / 365, n).tolist()):
            begin, until = max(int(start[vehicle]), 0) + 1, min(int(start[vehicle]) + YEARS * 365, days)
            for off in np.sort(rng.integers(begin, until, times)).tolist() if until > begin else ():
                if off >= begin:
                    begin = off + 1 + int(rng.exponential(9))
                    reason = WHY[int(rng.integers(len(WHY)))]
                    back = min(begin, until)
                    spells += [
                        (vehicle, off, off, NEVER, reason, "off the road"),
                        (vehicle, back, off, back, reason, "back"),
                    ]
        schema = {
            "vehicle": pl.Int64,
            "day": pl.Int64,
            "off": pl.Int64,
            "back": pl.Int64,
            "reason": pl.String,
            "why": pl.String,
        }
        every = pl.DataFrame(new + spells + gone, schema=schema, orient="row").filter(pl.col("day") < days)
        every = every.sort("day", "vehicle", maintain_order=True)
        return every.with_columns(month=pl.Series(self.world.calendar.month_of(every["day"].to_numpy() * DAY)))

    def write(self, month: Month) -> None:
        """Append what changed in a month."""
        rows = self.changes.filter(pl.col("month") == month.number)
        fleet = self.fleet[rows["vehicle"].to_list()]
        left = fleet["end"] > rows["day"]
        self.files.add(
            month.number,
            fleet.select("Fleet Number", "Plate", "Type", "Base").with_columns(
                days_of(self.world, fleet["start"]).alias("In Service From"),
                pl.Series([""]).zip_with(left, days_of(self.world, fleet["end"])).alias("In Service To"),
                days_of(self.world, rows["off"]).alias("Off The Road From"),
                days_of(self.world, rows["back"]).alias("Off The Road To"),
                rows["reason"].alias("Off The Road For"),
                rows["why"],
            ),
        )

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()
