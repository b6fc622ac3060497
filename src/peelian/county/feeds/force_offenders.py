"""The force's offenders under management, one CSV a quarter: who enters a cohort, is assessed again, and leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import people_view
from ..calendar import DAY
from ..filing import Month
from ..streams import stream
from ..world import World
from . import persons
from .extracts import Extracts
from .writing import Defect, Log

COLUMNS = ("Cohort Reference", "Status", "Marking", "Cohort", "Start Date", "End Date", "End Reason", "Risk Level", "Risk Tool", "Assessed On",
           "MAPPA Level", "Manager", "Licence Expiry", *persons.COLUMNS, "Markers")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Start Date", ("31/02/2024", "2024-02-30")),
    Defect("future date", "Assessed On", ("2131-05-06",)),
    Defect("unknown category", "Cohort", ("PPO", "")),
    Defect("unknown code", "MAPPA Level", ("4", "two")),
    Defect("spill", "Marking", ("SECRET", "TOP SECRET")),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("missing reference", "Cohort Reference", ("",)),
    Defect("cell missing", "", ()),
)
COHORTS = pl.Series(["IOM", "RSO", "DA"])
RATES = (
    0.4,
    1.1,
    0.3,
)  # for 1,000 people: registered sex offenders 70,052 in England and Wales in 2024 (MAPPA); the others design
TOOLS = pl.Series(["OGRS4", "RM2000", "PPIT"])
LEVELS = pl.Series(["low", "medium", "high", "very high"])
LEVEL = np.array([[0.05, 0.35, 0.4, 0.2], [0.5, 0.3, 0.15, 0.05], [0.1, 0.4, 0.35, 0.15]])
STAY = (500.0, 2_600.0, 420.0)  # median days in the cohort


class Offenders:
    """Writes cohorts of known offenders."""

    feed = "force-offenders"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Extracts(world, folder, log, self.feed, "offenders", COLUMNS, DEFECTS, ("Manager", ("S999",)))
        self.cohorts = cohorts(world)

    def write(self, month: Month) -> None:
        """Write who enters in a month; in the first, everybody who is in already."""
        world, calendar = self.world, self.world.calendar
        rng = stream(world.seed, self.feed, month.number)
        low = 0 if month.number else -(1 << 40)
        low, high = (
            max(low, int(calendar.starts[month.number]) if month.number else low),
            int(calendar.starts[month.number + 1]),
        )
        mine = self.cohorts.filter((pl.col("start") >= low) & (pl.col("start") < high))
        n = len(mine)
        person, cohort, end = (mine[c].to_numpy() for c in ("person", "cohort", "end"))
        start = mine["start"].to_numpy()
        first = np.maximum(start, int(calendar.starts[month.number]) - 200 * DAY) + rng.integers(0, 20, n) * DAY
        first = np.minimum(first, high - DAY)
        years = np.where(cohort == 1, rng.integers(1, 8, n), rng.integers(0, 3, n))
        times = pl.DataFrame({"start": start, "end": end, "first": first, "licence": high + years * 365 * DAY})
        day, blank = calendar.days, pl.lit("")
        level = mine["level"]
        frame = times.select(
            mine["reference"].alias("Cohort Reference"),
            pl.lit("live").alias("Status"),
            pl.Series("Marking", ["OFFICIAL-SENSITIVE", "OFFICIAL"]).gather((rng.random(n) < 0.2).astype(int)),
            COHORTS.gather(cohort).alias("Cohort"),
            day("start").alias("Start Date"),
            pl.lit("").alias("End Date"),
            pl.lit("").alias("End Reason"),
            LEVELS.gather(level).alias("Risk Level"),
            TOOLS.gather(cohort).alias("Risk Tool"),
            day("first").alias("Assessed On"),
            pl.Series(["", "1", "2", "3"])
            .gather(np.where(cohort == 1, rng.choice((1, 1, 1, 2, 3), n), 0))
            .alias("MAPPA Level"),
            pl.Series([f"S{100 + m}" for m in range(60)]).gather(rng.integers(60, size=n)).alias("Manager"),
            pl.when(pl.Series(years > 0)).then(day("licence")).otherwise(blank).alias("Licence Expiry"),
            *persons.person_cells(world, rng, person, birth=0.0, phone=0.3, home=0.02),
            people_view.markers(world, rng, person).alias("Markers"),
        )
        inside = pl.Series(end < high)
        reason = pl.Series(["order ended", "no offence in the period", "recalled to prison", "moved away"]).gather(
            rng.integers(4, size=n)
        )
        over = frame.with_columns(times.select(day("end")).to_series().alias("End Date"), reason.alias("End Reason"))
        now = frame.with_columns(
            *(pl.when(inside).then(over[c]).otherwise(blank).alias(c) for c in ("End Date", "End Reason"))
        )
        again = first + rng.integers(300, 420, n) * DAY
        other = np.clip(level.to_numpy() + rng.integers(-1, 2, n), 0, 3)
        new = frame.with_columns(
            LEVELS.gather(other).alias("Risk Level"),
            pl.DataFrame({"again": again}).select(day("again")).to_series().alias("Assessed On"),
            due=pl.Series(np.maximum(calendar.month_of(again), month.number + 1)),
        ).filter(pl.Series((again < calendar.end) & (again < end) & (end >= high)))
        over = over.with_columns(due=pl.Series(calendar.month_of(end))).filter(~inside & pl.Series(end < calendar.end))
        self.files.send(month.number, now, pl.concat([new, over]))
        self.log.table(
            "cohorts",
            mine.select("reference", "person", COHORTS.gather(mine["cohort"]).alias("cohort"), day("start").alias("start"),
                        pl.when(pl.col("end") < calendar.end).then(day("end")).alias("end")),
        )  # fmt: skip

    def close(self) -> None:
        """Nothing is kept open."""


def cohorts(world: World) -> pl.DataFrame:
    """Everybody who is in a cohort at any time: reference, person, cohort (index), level, start and end (minutes)."""
    rng = stream(world.seed, "cohorts")
    people, calendar = world.people, world.calendar
    known = world.offenders.member
    known = known[(calendar.first_day - people.born[known]) / 365.25 >= 18]
    parts = []
    for cohort, rate in enumerate(RATES):
        pool = known[people.sex[known] == 1] if cohort else known
        if cohort == 2:
            pool = pool[(people.partner[pool] >= 0) | (people.former[pool] >= 0)]
        wanted = min(len(pool), max(4, round(rate * 1.6 * len(people) / 1_000)))
        member = np.sort(rng.choice(pool, size=wanted, replace=False)) if wanted else pool[:0]
        start = (
            np.where(
                rng.random(wanted) < 0.6, -rng.integers(0, 900, wanted), rng.integers(0, calendar.end // DAY, wanted)
            )
            * DAY
        )
        stay = np.ceil(STAY[cohort] * rng.lognormal(0, 0.6, wanted)).astype(np.int64) * DAY
        end = start + stay
        parts.append(
            pl.DataFrame(
                {
                    "person": member.astype(np.int64),
                    "cohort": np.full(wanted, cohort),
                    "level": (rng.random(wanted)[:, None] > LEVEL[cohort].cumsum()).sum(axis=1).clip(0, 3),
                    "start": start,
                    "end": end,
                }
            )
        )
    every = pl.concat(parts).filter(pl.col("end") > 0)
    return every.with_columns(
        reference=pl.format("OM/{}/{}", COHORTS.gather(every["cohort"]), pl.col("person"))
    ).select("reference", "person", "cohort", "level", "start", "end")
