"""The force's custody records, one CSV a quarter: who was detained, then again when they leave and when their bail ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..arrests import COLUMNS as ARREST
from ..arrests import DISPOSALS, arrests, operations
from ..calendar import DAY
from ..filing import Month
from ..streams import stream
from ..world import World
from . import persons
from .extracts import Extracts
from .writing import Defect, Log

COLUMNS = ("Custody Reference", "Status", "Crime Reference", "Offence", "HO Class", "Station", "Arrested At", "Arrived At", "Authorised At",
           "Necessity", "Released At", "Disposal", "Bail Date", *persons.COLUMNS)  # fmt: skip
DEFECTS = (
    Defect("bad date", "Arrested At", ("31/02/2024 10:00", "2024-02-30 10:00", "10:15")),
    Defect("future date", "Arrested At", ("2131-05-06 11:30",)),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("unknown category", "Necessity", ("because", "N/K")),
    Defect("unknown code", "Sex", ("Z",)),
    Defect("missing reference", "Custody Reference", ("",)),
    Defect("cell missing", "", ()),
)
NECESSITY = ("prompt and effective investigation", "to protect a vulnerable person", "to prevent injury or damage", "to ascertain the name",
             "to ascertain the address", "to prevent disappearance")  # fmt: skip
NECESSARY = (0.62, 0.14, 0.12, 0.05, 0.05, 0.02)
BAILED, INVESTIGATED = "bailed before charge", "released under investigation"
BAIL_DAYS = 90  # three months from the bail start date (PACE 1984, s.47ZB, from 28 October 2022)


class Custody:
    """Writes the custody records of suspects of recorded crimes, and of planted groups' people arrested together."""

    feed = "force-custody"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.stations = sorted(set(world.ground.district_name))
        self.files = Extracts(
            world, folder, log, self.feed, "custody", COLUMNS, DEFECTS, ("Station", ("Not Known", "Mobile Unit"))
        )
        self.groups = world.groups
        self.ahead = operations(world, self.groups)
        self.count = 0

    def write(self, month: Month) -> None:
        """Write the arrests of a month."""
        world = self.world
        end = int(world.calendar.starts[month.number + 1])
        self.ahead = pl.concat([self.ahead, arrests(world, month).select(ARREST)])
        taken = self.ahead.filter(pl.col("arrested") < end).sort("arrested", "crime", "person")
        self.ahead = self.ahead.filter(pl.col("arrested") >= end)
        rng = stream(world.seed, self.feed, month.number)
        n = len(taken)
        year = world.calendar.firsts[month.number].year % 100
        reference = pl.Series(
            [f"CU/{number:06d}/{year}" for number in range(self.count + 1, self.count + n + 1)], dtype=pl.String
        )
        self.count += n
        arrested, decided, outcome = (taken[c].to_numpy() for c in ("arrested", "decided", "outcome"))
        arrived = arrested + rng.integers(15, 75, n)
        authorised = arrived + rng.integers(5, 45, n)
        released = authorised + np.ceil(60 * rng.lognormal(np.log(11), 0.45, n)).astype(np.int64)
        real = world.calendar.real
        arrived, authorised, released = real(arrived), real(authorised), real(released)
        final = pl.Series(outcome).replace_strict(DISPOSALS, default="no further action", return_dtype=pl.String)
        month_of = world.calendar.month_of
        # Whoever leaves and is dealt with in one month appears once.
        soon = (decided <= released + DAY) | (month_of(decided) <= month_of(released))
        bail = ~soon & (rng.random(n) < 0.55)
        first = pl.Series([BAILED, INVESTIGATED]).gather(np.where(bail, 0, 1))
        first = final.zip_with(pl.Series(soon), first)
        kind = taken["kind"]
        shared = self._phones(taken, rng)
        who = persons.person_cells(world, rng, taken["person"].to_numpy(), birth=0.02, phone=0.45, home=0.06)
        moments, blank = world.calendar.moments, pl.lit("")
        times = pl.DataFrame({"at": arrested, "in": arrived, "held": authorised, "out": released,
                              "until": (released // DAY + 1 + BAIL_DAYS) * DAY, "decided": decided})  # fmt: skip
        district = np.asarray(world.ground.district)[taken["area"].to_numpy()]
        frame = times.select(
            reference.alias("Custody Reference"),
            pl.lit("live").alias("Status"),
            taken["crime"].alias("Crime Reference"),
            pl.Series(world.kinds.title).gather(kind).alias("Offence"),
            pl.Series(world.kinds.ho_class).gather(kind).alias("HO Class"),
            pl.Series(world.ground.district_name).gather(district).alias("Station"),
            moments("at").alias("Arrested At"),
            moments("in").alias("Arrived At"),
            moments("held").alias("Authorised At"),
            pl.Series(NECESSITY).gather(rng.choice(len(NECESSITY), size=n, p=NECESSARY)).alias("Necessity"),
            moments("out").alias("Released At"),
            first.alias("Disposal"),
            pl.when(pl.Series(bail)).then(world.calendar.days("until")).otherwise(blank).alias("Bail Date"),
            *who.with_columns(Phone=shared.zip_with(shared != "", who["Phone"])),
        )
        inside = pl.Series(released < end)
        left = ("Released At", "Disposal", "Bail Date")
        now = frame.with_columns(pl.when(inside).then(pl.col(c)).otherwise(blank).alias(c) for c in left)
        out = frame.with_columns(due=pl.Series(month_of(released))).filter(
            ~inside & pl.Series(released < world.calendar.end)
        )
        over = frame.with_columns(
            final.alias("Disposal"), pl.lit("").alias("Bail Date"), due=pl.Series(month_of(decided))
        )
        over = over.filter(
            pl.Series(
                ~soon & (decided > released) & (decided < world.calendar.end) & (month_of(decided) > month_of(released))
            )
        )
        self.files.send(month.number, now, pl.concat([out, over]))
        self.log.table(
            "custody",
            taken.select(
                reference.alias("reference"), "crime", "person", "group", moments("arrested").alias("arrested"),
                final.alias("ends_as"), pl.Series(soon | (decided < world.calendar.end)).alias("ended"),
            ),
        )  # fmt: skip

    def close(self) -> None:
        """Write who belongs to the planted groups, and what they share."""
        moments = self.world.calendar.moments
        groups = self.groups
        strength = groups.people.filter("member").group_by("group").len("members")
        self.log.table(
            "groups",
            groups.groups.join(strength, on="group", how="left", maintain_order="left").select(
                "group", "kind", pl.col("town").alias("towns"), pl.Series(self.world.ground.code).gather(groups.groups["area"]).alias("area"),
                moments("since").alias("active_from"), "members",
            ),
        )  # fmt: skip
        self.log.table("group_people", groups.people.with_columns(moments("since").alias("since")))
        self.log.table("group_links", groups.links)

    def _phones(self, taken: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
        """The number that a group's person gives is the group's own, half of the time; empty for everybody else."""
        lines = self.groups.links.filter(pl.col("kind") == "phone").unique("person", keep="first", maintain_order=True)
        found = taken.join(lines.select("person", "value"), on="person", how="left", maintain_order="left")[
            "value"
        ].fill_null("")
        group = taken["group"] != ""
        return pl.Series([""]).zip_with(~(group & pl.Series(rng.random(len(taken)) < 0.5)), found)
