"""The force's staff, one CSV a year: everybody at first, then whoever joins, leaves, is promoted or changes hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..calendar import DAY
from ..filing import Month
from ..force import NEVER, UNITS
from ..streams import stream
from ..world import World
from .versions import Versions
from .writing import Defect, Log

COLUMNS = ("Staff Number", "Surname", "Forenames", "Date of Birth", "Postcode", "Rank Or Grade", "Post", "Team", "Station", "Start",
           "End", "FTE", "Working Pattern")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Start", ("2024-02-30", "01/09/2019", "Sept 2019")),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("unknown category", "Rank Or Grade", ("PC", "DS", "")),
    Defect("not a number", "FTE", ("36 hours", "60%", "7.5")),
    Defect("missing reference", "Staff Number", ("",)),
    Defect("cell missing", "", ()),
)
LATE = 0.06  # share of changes that are entered after a month or two


class Staff:
    """Writes a file of staff a year, and the truth's ``staff``, ``kiosks`` and ``teams``."""

    feed = "force-hr"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Versions(world, folder, log, self.feed, "hr.csv", COLUMNS, DEFECTS)
        frame = world.force.frame.with_row_index("staff")
        end = world.calendar.end // DAY
        here = (pl.col("start") < end) & (pl.col("end") > pl.col("start"))
        changes = [
            frame.filter(here).select("staff", day=pl.max_horizontal("start", 0), why=pl.when(pl.col("start") > 0).then(pl.lit("joined")).otherwise(pl.lit(""))),
            *(
                frame.filter(here & (pl.col(column) < pl.min_horizontal("end", end)) & (pl.col(column) > pl.col("start")) if column != "end" else here & (pl.col("end") < end))
                .select("staff", day=pl.col(column), why=pl.lit(why))
                for column, why in (("changed", "hours changed"), ("promoted", "promoted"), ("end", "left"))
            ),
        ]  # fmt: skip
        found = pl.concat(changes)
        rng = stream(world.seed, self.feed, "late", len(world.people))
        late = np.where(
            (rng.random(len(found)) < LATE) & (found["day"] > 0).to_numpy(), rng.integers(20, 60, len(found)), 0
        )
        self.changes = (
            found.with_columns(entered=pl.col("day") + late)
            .with_columns(month=pl.Series(world.calendar.month_of((found["day"].to_numpy() + late) * DAY)))
            .with_columns(why=pl.when(pl.Series(late > 0)).then(pl.col("why") + ", entered late").otherwise("why"))
            .sort("month", "entered", "staff", "day")
        )
        self._truth()

    def write(self, month: Month) -> None:
        """Append what changed in a month."""
        rows = self.changes.filter(pl.col("month") == month.number)
        force, posts = self.world.force, self.world.force.posts
        staff = force.frame[rows["staff"].to_list()]
        post, day = staff["post"], rows["day"]
        rank = pl.Series(posts.rank).gather(post)
        later = (staff["changed"] <= day).fill_null(False)
        full = staff["fte_later"].zip_with(later, staff["fte"])
        pattern = pl.Series([pattern for *_, pattern, _ in UNITS]).gather(posts.unit[post.to_numpy()])
        cells = pl.DataFrame(
            {
                "Staff Number": staff["number"],
                "Surname": staff["surname"],
                "Forenames": staff["forenames"],
                "Date of Birth": staff["born"].dt.strftime("%Y-%m-%d"),
                "Postcode": staff["postcode"],
                "Rank Or Grade": pl.Series(["sergeant"]).zip_with(staff["promoted"] <= day, rank),
                "Post": pl.Series([post for _, post, *_ in UNITS]).gather(posts.unit[post.to_numpy()]),
                "Team": pl.Series(posts.team).gather(post),
                "Station": pl.Series(posts.station).gather(post),
                "Start": days_of(self.world, staff["start"]),
                "End": pl.Series([""]).zip_with(staff["end"] > day, days_of(self.world, staff["end"])),
                "FTE": full.cast(pl.String).str.strip_suffix(".0"),
                "Working Pattern": pl.Series(["part time"]).zip_with(full < 1, pattern),
                "why": rows["why"],
            }
        )
        self.files.add(month.number, cells)

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()

    def _truth(self) -> None:
        world, force, posts = self.world, self.world.force, self.world.force.posts
        code = pl.Series([*world.ground.district_code, ""])
        frame, post = force.frame, force.frame["post"].to_numpy()
        self.log.table(
            "staff",
            frame.select(
                "number",
                pl.when(pl.col("person") >= 0).then("person").alias("person"),
                pl.Series("team", posts.team).gather(post),
                pl.Series("role", [role for role, *_ in UNITS]).gather(posts.unit[post]),
                code.gather(posts.district[post]).alias("district"),
                days_of(world, frame["start"]).alias("start"),
                days_of(world, frame["end"]).alias("end"),
            ),
        )
        self.log.table(
            "kiosks",
            force.sites.select(
                "site",
                code.gather(force.sites["district"]).alias("district"),
                "planted",
                operators=pl.Series([";".join(frame["number"][o] for o in row) for row in force.sites["operators"].to_list()], dtype=pl.String),
                unqualified=pl.Series(force.unqualified),
            ),
        )  # fmt: skip


def days_of(world: World, day: pl.Series) -> pl.Series:
    """Days of the calendar as dates, empty where it is never."""
    never = day >= NEVER
    return pl.Series([""]).zip_with(
        never, (day.clip(upper_bound=1 << 20) + world.calendar.first_day).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")
    )  # fmt: skip
