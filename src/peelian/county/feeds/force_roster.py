"""The force's duty roster, one gzipped CSV a year: what was worked in each month, and at the end what is planned ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..calendar import DAY
from ..filing import Month
from ..force import AHEAD, UNITS
from ..streams import stream
from ..world import World
from .versions import Versions
from .writing import Defect, Log

COLUMNS = ("Duty Reference", "Staff Number", "Team", "Station", "Role On Duty", "From", "To", "State", "Abstracted To")
DEFECTS = (
    Defect("bad date", "From", ("31/02/2024 07:00", "2024-02-30 07:00", "0700")),
    Defect("impossible year", "To", ("1066-10-14 16:00",)),
    Defect("unknown category", "State", ("W", "on duty", "")),
    Defect("unknown code", "Role On Duty", ("RESP", "tea")),
    Defect("missing reference", "Duty Reference", ("",)),
    Defect("missing reference", "Staff Number", ("", "not known to us yet")),
    Defect("cell missing", "", ()),
)
# First minute and length of each shift: early, late, night, day.
BEGINS, LASTS = np.array([0, 7, 14, 22, 8]) * 60, np.array([0, 9, 10, 9, 8]) * 60
ABSTRACTED = {"response": 0.06, "neighbourhood": 0.10, "investigation": 0.04}  # share of duties (design)
TO = ("court", "training", "mutual aid", "custody constant watch", "major incident", "another district")
# Shares of duties that are entered a month late, or come again a month later.
LATE, LONGER, CANCELLED, MOVED = 0.002, 0.002, 0.002, 0.002


class Roster:
    """Writes a gzipped roster a year."""

    feed = "force-roster"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world = world
        self.files = Versions(world, folder, log, self.feed, "roster.csv.gz", COLUMNS, DEFECTS)
        self.waiting: pl.DataFrame | None = None
        force = world.force
        post = force.frame["post"].to_numpy()
        self.role = pl.Series([role for role, *_ in UNITS]).gather(force.posts.unit[post])
        self.chance = np.array([ABSTRACTED.get(role, 0.0) for role, *_ in UNITS])[force.posts.unit[post]]
        self.team, self.station = pl.Series(force.posts.team).gather(post), force.station()

    def write(self, month: Month) -> None:
        """Append the duties of a month, what was put right of the month before and, in the last, the plan ahead."""
        starts = self.world.calendar.starts
        first, last = int(starts[month.number]) // DAY, int(starts[month.number + 1]) // DAY
        ending = month.number == self.world.calendar.months - 1
        rng = stream(self.world.seed, self.feed, month.number)
        duties = self._duties(rng, first, last + (AHEAD if ending else 0), last)
        roll = np.where(duties["State"] == "planned", 1, rng.random(len(duties)))
        again = duties.with_columns(why=pl.lit(""))
        edges = np.cumsum([LATE, LONGER, CANCELLED, MOVED])
        kind = np.searchsorted(edges, roll, side="right")
        moved = (kind == 3) & (duties["State"] == "worked").to_numpy()
        longer = pl.Series((kind == 1) & (duties["State"] == "worked").to_numpy())
        again = again.with_columns(
            why=pl.Series(["late", "corrected", "cancelled", "corrected", ""]).gather(kind),
            minutes=pl.when(longer).then(pl.col("minutes") + 90).otherwise("minutes"),
            State=pl.when(pl.Series(kind == 2)).then(pl.lit("cancelled")).when(pl.Series(moved)).then(pl.lit("abstracted")).otherwise("State"),
            **{"Abstracted To": pl.when(pl.Series(moved)).then(pl.lit("court")).when(pl.Series(kind == 2)).then(pl.lit("")).otherwise("Abstracted To")},
        ).filter(pl.Series((kind == 0) | (kind == 2)) | longer | pl.Series(moved))  # fmt: skip
        now = self._cells(duties.filter(pl.Series(kind != 0)).with_columns(why=pl.lit("")))
        self.files.add(month.number, now if self.waiting is None else pl.concat([now, self.waiting]))
        self.waiting = self._cells(again)

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()

    def _duties(self, rng: np.random.Generator, first: int, last: int, known: int) -> pl.DataFrame:
        """Who is on duty on the days first to last - 1; those from `known` on are planned."""
        force = self.world.force
        shift = force.shifts(self.world, first, last)
        leave = np.zeros(shift.shape, dtype=bool)
        sick = leave.copy()
        leave[:, : known - first], sick[:, : known - first] = force.leave[:, first:known], force.sick[:, first:known]
        staff, day = np.nonzero((shift > 0) & ~leave)
        code, is_sick = shift[staff, day], sick[staff, day]
        away = (rng.random(len(staff)) < self.chance[staff]) & ~is_sick & (day < known - first)
        state = np.where(day >= known - first, 0, np.where(is_sick, 2, np.where(away, 3, 1)))
        to = rng.choice(len(TO), len(staff), p=(0.25, 0.35, 0.08, 0.17, 0.05, 0.10))
        return pl.DataFrame(
            {
                "staff": staff,
                "begins": (day + first) * DAY + BEGINS[code],
                "minutes": LASTS[code],
                "State": pl.Series(["planned", "worked", "sick", "abstracted"]).gather(state),
                "Abstracted To": pl.Series([*TO, ""]).gather(np.where(away, to, len(TO))),
            }
        )

    def _cells(self, duties: pl.DataFrame) -> pl.DataFrame:
        calendar = self.world.calendar
        staff = duties["staff"]
        ends = calendar.real((duties["begins"] + duties["minutes"]).to_numpy())
        number = self.world.force.frame["number"].gather(staff)
        begins = duties.with_columns(ends=ends).select(
            calendar.moments("begins").alias("From"), calendar.moments("ends").alias("To")
        )
        day = begins["From"].str.head(10).str.replace_all("-", "", literal=True)
        return pl.DataFrame(
            {
                "Duty Reference": "D/" + day + "/" + number,
                "Staff Number": number,
                "Team": self.team.gather(staff),
                "Station": self.station.gather(staff),
                "Role On Duty": self.role.gather(staff),
                **begins.to_dict(),
                "State": duties["State"],
                "Abstracted To": duties["Abstracted To"],
                "why": duties["why"],
            }
        )  # fmt: skip
