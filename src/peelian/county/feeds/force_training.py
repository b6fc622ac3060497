"""The force's training register, one CSV a year: passes as they are entered, then what is corrected, suspended or revoked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..allocation import Allocation
from ..calendar import DAY
from ..filing import Month
from ..force import NEVER
from ..streams import stream
from ..world import World
from .force_hr import days_of
from .versions import Versions
from .writing import Defect, Log

COLUMNS = ("Record Reference", "Staff Number", "Course", "Accreditation", "Passed On", "Expires On", "Grade", "Status")
DEFECTS = (
    Defect("bad date", "Passed On", ("2024-02-30", "12/05/2023", "May 2023")),
    Defect("impossible year", "Expires On", ("1066-10-14", "9999-12-31")),
    Defect("future date", "Passed On", ("2131-05-06",)),
    Defect("unknown category", "Accreditation", ("PIP2", "ICIDP", "")),
    Defect("unknown code", "Status", ("A", "")),
    Defect("missing reference", "Record Reference", ("",)),
    Defect("cell missing", "", ()),
)
WRONG = 0.01  # share of passes first entered with the wrong day of expiry


class Training:
    """Writes the training register, and the truth's ``allocations``, which follow from it."""

    feed = "force-training"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Versions(world, folder, log, self.feed, "training.csv", COLUMNS, DEFECTS)
        self.allocation = Allocation(world)
        passes = self.allocation.training.with_row_index("record")
        rng = stream(world.seed, self.feed, "wrong", len(world.people))
        wrong = pl.Series(rng.random(len(passes)) < WRONG) & (passes["expires"] < NEVER)
        passes = passes.with_columns(wrong=wrong)
        entered = pl.max_horizontal("entered", 0)
        first = passes.select(
            pl.all(),
            day=entered,
            why=pl.when((pl.col("entered") - pl.col("passed") > 14) & (pl.col("entered") > 0))
            .then(pl.lit("late"))
            .otherwise(pl.lit("")),
        )
        fixed = passes.filter("wrong").select(
            pl.exclude("wrong"), wrong=False, day=entered + 40, why=pl.lit("corrected")
        )
        turned = passes.filter(pl.col("changed") < NEVER).select(
            pl.exclude("wrong"), wrong=False, day=pl.max_horizontal(pl.col("changed"), entered + 41), why="status"
        )
        every = pl.concat([first, fixed.select(first.columns), turned.select(first.columns)]).sort("day", "record")
        self.rows = every.with_columns(month=pl.Series(world.calendar.month_of(every["day"].to_numpy() * DAY)))  # fmt: skip

    def write(self, month: Month) -> None:
        """Append what was entered in a month."""
        rows = self.rows.filter(pl.col("month") == month.number)
        world = self.world
        number = world.force.frame["number"].gather(rows["staff"])
        expires = rows["expires"] + np.where(rows["wrong"], 365, 0)
        self.files.add(
            month.number,
            pl.DataFrame(
                {
                    "Record Reference": "T/" + number + "/" + rows["record"].cast(pl.String),
                    "Staff Number": number,
                    "Course": rows["course"],
                    "Accreditation": rows["accreditation"],
                    "Passed On": days_of(world, rows["passed"]),
                    "Expires On": days_of(world, expires),
                    "Grade": rows["grade"],
                    "Status": rows["status"].zip_with(rows["why"].is_in(["suspended", "revoked"]), pl.Series(["held"])),
                    "why": rows["why"],
                }
            ),
        )
        self.log.table("allocations", self.allocation.of(month))

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()
