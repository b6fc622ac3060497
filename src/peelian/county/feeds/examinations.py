"""The logs of the kiosks and of the laboratory, one CSV a year each: a row when something is booked, and again at each later stage."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ..devices import NOT_YET, Exhibits
from ..filing import Month
from ..streams import stream
from ..world import World
from .versions import Versions
from .writing import Defect, Log

LATE = 0.01  # share of rows that are entered a month late
KIOSK = ("Log Number", "Crime Reference", "Exhibit", "Device", "Site", "Operator", "Booked At", "Started At", "Finished At", "Result",
         "Failed Reason")  # fmt: skip
LABORATORY = ("Submission Reference", "Crime Reference", "Exhibit", "Type", "Submitted On", "Accepted On", "Started On", "Returned On", "Result")  # fmt: skip
KIOSK_DEFECTS = (
    Defect("bad date", "Booked At", ("31/02/2024 10:00", "2024-02-30 10:00", "Monday")),
    Defect("future date", "Booked At", ("2131-05-06 11:30",)),
    Defect("unknown category", "Device", ("iphone", "DVD", "PHONE")),
    Defect("unknown code", "Failed Reason", ("locked?", "ask Dave")),
    Defect("missing reference", "Log Number", ("",)),
    Defect("missing reference", "Site", ("",)),
    Defect("cell missing", "", ()),
)
LABORATORY_DEFECTS = (
    Defect("bad date", "Submitted On", ("2024-02-30", "05.01.2024", "")),
    Defect("future date", "Submitted On", ("2131-05-06",)),
    Defect("unknown category", "Type", ("dna", "Mobile", "")),
    Defect("unknown code", "Result", ("POS", "see report")),
    Defect("missing reference", "Submission Reference", ("",)),
    Defect("cell missing", "", ()),
)


class _Stages:
    """What both logs share: the exhibits of a route, and which of them reached a stage in a month."""

    feed: str
    route: str
    stages: tuple[str, ...]

    def __init__(self, world: World) -> None:
        self.world = world
        self.exhibits = Exhibits(world)
        self.open: pl.DataFrame | None = None

    def reached(self, month: Month) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All exhibits of the month's crimes; and those of the route that reached a stage in the month, later stages not yet known."""
        start, end = (int(m) for m in self.world.calendar.starts[month.number : month.number + 2])
        new = self.exhibits.of(month)
        mine = new.filter(pl.col("route") == self.route)
        rng = stream(self.world.seed, self.feed, month.number)
        mine = mine.with_columns(late=pl.Series(rng.random(len(mine)) < LATE), told=pl.lit(0, dtype=pl.Int64))
        held = mine if self.open is None else pl.concat([self.open, mine])
        done = pl.sum_horizontal((pl.col(s) < end).cast(pl.Int64) for s in self.stages)
        held = held.with_columns(done=done)
        wait = pl.col("late") & (pl.col("booked") >= start)
        due = (pl.col("done") > pl.col("told")) & ~wait
        why = (
            pl.when(pl.col("told") > 0)
            .then(pl.lit("further on"))
            .when("late")
            .then(pl.lit("late"))
            .otherwise(pl.lit(""))
        )
        rows = held.filter(due).with_columns(why=why).sort("booked", "exhibit")
        rows = rows.with_columns(pl.when(pl.col(s) < end).then(s).otherwise(NOT_YET).alias(s) for s in self.stages)
        told = pl.when(due).then("done").otherwise("told")
        held = held.with_columns(told=told).filter(~((pl.col("told") > 0) & (pl.col("finished") < end)))
        self.open = held.drop("done")
        return new, rows

    def at(self, stage: str, rows: pl.DataFrame, length: int = 16) -> pl.Series:
        """The moments of a stage as text, empty where it has not come."""
        known = rows[stage] < NOT_YET
        shown = (
            rows.select(self.world.calendar.moments(pl.col(stage).clip(upper_bound=1 << 24)))
            .to_series()
            .str.head(length)
        )
        return shown.zip_with(known, pl.Series([""]))


class Kiosk(_Stages):
    """Writes the kiosk log, and the truth's ``devices``: every exhibit, the route it took, and why it waited."""

    feed = "kiosk-log"
    route = "kiosk"
    stages = ("booked", "started", "finished")

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        super().__init__(world)
        self.log = log
        self.files = Versions(world, folder, log, self.feed, "kiosk-log.csv", KIOSK, KIOSK_DEFECTS)

    def write(self, month: Month) -> None:
        """Append what was booked, started and finished in a month."""
        new, rows = self.reached(month)
        force = self.world.force
        finished, started = rows["finished"] < NOT_YET, rows["started"] < NOT_YET
        empty = pl.Series([""])
        self.files.add(
            month.number,
            pl.DataFrame(
                {
                    "Log Number": "K/" + rows["exhibit"],
                    "Crime Reference": rows["reference"],
                    "Exhibit": rows["exhibit"],
                    "Device": rows["type"],
                    "Site": force.sites["site"].gather(rows["site"]),
                    "Operator": force.frame["number"]
                    .gather(rows["operator"].clip(lower_bound=0))
                    .zip_with(started, empty),
                    "Booked At": self.at("booked", rows),
                    "Started At": self.at("started", rows),
                    "Finished At": self.at("finished", rows),
                    "Result": rows["result"].zip_with(finished, empty),
                    "Failed Reason": rows["reason"].zip_with(finished, empty),
                    "why": rows["why"],
                }
            ),
        )
        code = pl.Series(self.world.ground.district_code)
        self.log.table(
            "devices",
            new.select(
                "exhibit", "reference", "type", code.gather(new["district"]).alias("district"), "route",
                pl.Series([*force.sites["site"], ""]).gather(new["site"]).alias("site"), self.at("seized", new).alias("seized"),
                *(self.at(s, new).alias(s) for s in ("booked", "accepted", "started", "finished")), "result", "fit", "planted",
            ),
        )  # fmt: skip

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()


class Laboratory(_Stages):
    """Writes the laboratory log."""

    feed = "laboratory-log"
    route = "laboratory"
    stages = ("booked", "accepted", "started", "finished")

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        super().__init__(world)
        self.files = Versions(world, folder, log, self.feed, "laboratory-log.csv", LABORATORY, LABORATORY_DEFECTS)

    def write(self, month: Month) -> None:
        """Append what was submitted, accepted, started and returned in a month."""
        _, rows = self.reached(month)
        finished = rows["finished"] < NOT_YET
        self.files.add(
            month.number,
            pl.DataFrame(
                {
                    "Submission Reference": "L/" + rows["exhibit"],
                    "Crime Reference": rows["reference"],
                    "Exhibit": rows["exhibit"],
                    "Type": rows["type"],
                    "Submitted On": self.at("booked", rows, 10),
                    "Accepted On": self.at("accepted", rows, 10),
                    "Started On": self.at("started", rows, 10),
                    "Returned On": self.at("finished", rows, 10),
                    "Result": rows["result"].zip_with(finished, pl.Series([""])),
                    "why": rows["why"],
                }
            ),
        )

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()
