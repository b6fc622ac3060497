"""The force's missing-person reports, one CSV a quarter: those that police were told of, again when found and when interviewed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..addresses import address_of
from ..calendar import DAY
from ..filing import Month
from ..missing import Missing
from ..streams import stream
from ..world import World
from . import persons
from .extracts import Extracts
from .writing import Defect, Log

COLUMNS = ("Missing Reference", "Status", "Incident Reference", "Reported At", "Last Seen At", "Missing From", "Circumstances", "Risk Level",
           "Looked After", "Care Home Address", "Care Home Postcode", "Previous Reports", "Found At", "Found By", "Found Away", "Harmed",
           "Return Interview On", *persons.COLUMNS)  # fmt: skip
DEFECTS = (
    Defect("bad date", "Reported At", ("31/02/2024 10:00", "2024-02-30 10:00")),
    Defect("future date", "Last Seen At", ("2131-05-06 11:30",)),
    Defect("unknown category", "Risk Level", ("absent", "HIGH", "")),
    Defect("unknown category", "Missing From", ("placement",)),
    Defect("not a number", "Previous Reports", ("many", "-1")),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("missing reference", "Missing Reference", ("",)),
    Defect("cell missing", "", ()),
)
RISKS = pl.Series(["high", "medium", "low", "no apparent risk"])
# Weights by age under 18 and by harm or exploitation: police see it less than clearly (design).
RISK = {"adult": (0.12, 0.52, 0.28, 0.08), "child": (0.10, 0.68, 0.19, 0.03), "grave": (0.34, 0.52, 0.11, 0.03)}
FOUND_BY = pl.Series(["returned", "police", "family or friends", "carers", "public", "hospital"])
INTERVIEWED = 0.62  # of children found; most within 72 hours (design)


class MissingPeople:
    """Writes the reports of what ``missing.Missing`` says police were told."""

    feed = "force-missing"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Extracts(world, folder, log, self.feed, "missing", COLUMNS, DEFECTS, ("Circumstances", ("other",)))
        self.truth = Missing(world)
        self.before = np.zeros(len(world.people), dtype=np.int32)
        self.count = 0

    def write(self, month: Month) -> None:
        """Write the reports of a month, and the truth of all its episodes."""
        world, calendar = self.world, self.world.calendar
        every = self.truth.of(month)
        told = every.filter("police")
        n, end = len(told), int(calendar.starts[month.number + 1])
        rng = stream(world.seed, self.feed, month.number)
        year = calendar.firsts[month.number].year % 100
        reference = pl.Series(
            [f"MI/{i:06d}/{year}" for i in range(self.count + 1, self.count + n + 1)], dtype=pl.String
        )
        self.count += n
        person = told["person"].to_numpy()
        earlier = self.before[person] + told.select(pl.int_range(pl.len()).over("person")).to_series().to_numpy()
        np.add.at(self.before, person, 1)
        gone, at, found = (told[c].to_numpy() for c in ("gone", "told", "found"))
        young = (at // DAY + calendar.first_day - world.people.born[person]) / 365.25 < 18
        grave = (told["harmed"] | (told["exploited"] != "")).to_numpy()
        level = np.array(list(RISK.values())).cumsum(axis=1)[np.where(grave, 2, young.astype(int))]
        risk = np.minimum((rng.random(n)[:, None] > level).sum(axis=1), 3)
        from_care, old = told["from_care"].to_numpy(), told["care_home"].to_numpy()
        place = np.select([from_care, old, rng.random(n) < 0.06], ["children's home", "care home", "hospital"], "home")
        cause = np.select(
            [grave & young & (rng.random(n) < 0.4), from_care, old, place == "hospital", rng.random(n) < 0.3],
            ["exploitation feared", "absent from placement", "dementia", "left hospital", "after an argument"],
            np.where(rng.random(n) < 0.2, "fear of self-harm", "out of character"),
        )
        by = rng.choice(len(FOUND_BY), size=n, p=(0.48, 0.28, 0.12, 0.06, 0.03, 0.03))
        interview = found + np.ceil(rng.lognormal(np.log(50), 0.7, n) * 60).astype(np.int64)
        asked = young & (rng.random(n) < INTERVIEWED)
        home = address_of(world.ground, world.people.homes, told["home"].to_numpy())
        cared, blank = pl.Series(from_care | old), pl.lit("")
        times = pl.DataFrame({"at": at, "gone": gone, "found": found, "interview": interview})
        moments = calendar.moments
        frame = times.select(
            reference.alias("Missing Reference"),
            pl.lit("live").alias("Status"),
            told["call"].alias("Incident Reference"),
            moments("at").alias("Reported At"),
            moments("gone").alias("Last Seen At"),
            pl.Series("Missing From", place),
            pl.Series("Circumstances", cause),
            RISKS.gather(risk).alias("Risk Level"),
            pl.Series(["N", "Y"]).gather(from_care.astype(int)).alias("Looked After"),
            pl.when(cared).then(home["address"]).otherwise(blank).alias("Care Home Address"),
            pl.when(cared).then(home["postcode"]).otherwise(blank).alias("Care Home Postcode"),
            pl.Series("Previous Reports", earlier),
            moments("found").alias("Found At"),
            FOUND_BY.gather(by).alias("Found By"),
            pl.Series(["N", "Y"]).gather(told["away"].cast(pl.Int64)).alias("Found Away"),
            pl.Series(["N", "Y"]).gather(told["harmed"].cast(pl.Int64)).alias("Harmed"),
            pl.when(pl.Series(asked)).then(calendar.days("interview")).otherwise(blank).alias("Return Interview On"),
            *persons.person_cells(world, rng, person, birth=0.03, phone=0.5, home=0.05),
        )
        ending = ("Found At", "Found By", "Found Away", "Harmed")
        back, heard = pl.Series(found < end), pl.Series(interview < end)
        now = frame.with_columns(
            *(pl.when(back).then(pl.col(c)).otherwise(blank).alias(c) for c in ending),
            pl.when(heard).then("Return Interview On").otherwise(blank).alias("Return Interview On"),
        )
        last, month_of = calendar.end, calendar.month_of
        returned = frame.with_columns(due=pl.Series(month_of(found))).filter(~back & pl.Series(found < last))
        same = pl.Series(month_of(interview) == month_of(found))
        returned = returned.with_columns(
            pl.when(same.filter(~back & pl.Series(found < last)))
            .then("Return Interview On")
            .otherwise(blank)
            .alias("Return Interview On")
        )
        seen = frame.with_columns(due=pl.Series(month_of(interview))).filter(
            ~heard & pl.Series(asked & (interview < last)) & ~(same & ~back)
        )
        self.files.send(month.number, now, pl.concat([returned, seen]))
        self.log.table("missing", _told(world, every, told.select("episode").with_columns(report=reference)))

    def close(self) -> None:
        """Nothing is kept open."""


def _told(world: World, every: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    moments = world.calendar.moments
    return every.join(reports, on="episode", how="left", maintain_order="left").with_columns(
        *(moments(c).alias(c) for c in ("gone", "told")),
        pl.when(pl.col("found") < world.calendar.end).then(moments("found")).alias("found"),
    )
