"""The people in the force's crimes and incidents, one CSV a year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import people_view
from ..filing import Month
from ..names import pools
from ..streams import stream
from ..world import World
from .writing import Defect, Log, Yearly

COLUMNS = ("Mention Reference", "Record Reference", "Role", "Surname", "Forenames", "Sex", "Date of Birth", "Ethnicity", "Phone",
                  "Address", "Postcode", "Markers", "Related To", "Relationship")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Date of Birth", ("1990-02-30", "12/05/1990", "approx 40")),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("future date", "Date of Birth", ("2131-05-06",)),
    Defect("unknown category", "Role", ("VIC", "bystander", "")),
    Defect("unknown code", "Sex", ("Z",)),
    Defect("missing reference", "Mention Reference", ("",)),
    Defect("missing reference", "Record Reference", ("",)),
    Defect("cell missing", "", ()),
)
_LETTER = {"victim": "V", "suspect": "S", "witness": "W", "caller": "C"}
# How often the date of birth is not asked or not told (design).
_NO_BIRTH = {"victim": 0.07, "suspect": 0.12, "witness": 0.30, "caller": 0.55}


class People:
    """Writes a file of people a year: victims, suspects and witnesses of crimes, callers and subjects of incidents."""

    feed = "force-people"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Yearly(world, folder, log, self.feed, "people.csv", COLUMNS, DEFECTS)

    def write(self, month: Month) -> None:
        """Append the people of the crimes recorded and the calls made in a month."""
        world = self.world
        rng = stream(world.seed, self.feed, month.number)
        found = self._found(month, rng)
        person, n = found["person"].to_numpy(), len(found)
        role = found["role"]
        sex = np.where(rng.random(n) < 0.003, 1 - world.people.sex[person], world.people.sex[person])
        no_birth = rng.random(n) < role.replace_strict(_NO_BIRTH, return_dtype=pl.Float64).to_numpy()
        nowhere = rng.random(n) < np.where(role == "caller", 0.35, 0.12)
        home = np.where(rng.random(n) < 0.07, people_view.former_home(world, person), world.people.home[person])
        code = np.where(
            rng.random(n) < 0.985, world.people.ethnicity[person], rng.integers(len(pools().ethnicities), size=n)
        )
        rows = pl.DataFrame(
            {
                "Mention Reference": found["mention"],
                "Record Reference": found["record"],
                "Role": role,
                **people_view.names(world, rng, person).to_dict(),
                "Sex": pl.Series(["F", "M", ""]).gather(np.where(rng.random(n) < 0.03, 2, sex)),
                "Date of Birth": people_view.born(world, rng, person, no_birth),
                "Ethnicity": pl.Series([*pools().ethnicities, ""]).gather(
                    np.where(rng.random(n) < 0.25, len(pools().ethnicities), code)
                ),
                "Phone": people_view.phones(world, rng, person, rng.random(n) < np.where(role == "suspect", 0.6, 0.25)),
                **people_view.homes_as_written(world, rng, home, nowhere).to_dict(),
                "Markers": people_view.markers(world, rng, person),
                "Related To": found["related"],
                "Relationship": found["relation"],
            }
        )
        self.files.at(month.number).add(rows, rows["Mention Reference"])
        self.log.table("mentions", found.select("mention", "record", "role", "person"))

    def close(self) -> None:
        """Finish the last file."""
        self.files.close()

    def _found(self, month: Month, rng: np.random.Generator) -> pl.DataFrame:
        """Who is named in which record: mention, record, role, person, related, relation."""
        crimes = month.recorded.select(
            pl.col("reference").alias("record"), "victim", "suspect", "witness", "domestic", caller=-1
        )
        subject = pl.col("closing").is_in(["Domestic incident", "Missing person", "Concern for safety"]) & (
            pl.col("reference") == ""
        )
        first = subject & (pl.col("again") == 0)
        calls = month.calls.select(
            pl.col("call").alias("record"),
            *(pl.when(first).then(c).otherwise(-1).alias(c) for c in ("victim", "suspect")),
            witness=-1,
            domestic=first & pl.col("domestic"),
            caller="caller",
        )
        wide = pl.concat([crimes, calls.select(crimes.columns)], how="vertical_relaxed").with_row_index("at")
        people = self.world.people
        victim, suspect = wide["victim"].to_numpy(), wide["suspect"].to_numpy()
        both = (victim >= 0) & (suspect >= 0) & wide["domestic"].to_numpy()
        partner = both & (people.partner[np.maximum(victim, 0)] == suspect)
        told = both & (rng.random(len(wide)) < 0.85)
        relation = pl.Series(["", "ex-partner", "partner"]).gather(np.where(told, 1 + partner, 0))
        wide = wide.with_columns(relation=relation)
        parts = [
            wide.filter(pl.col(role) >= 0).select(
                "at",
                order=pl.lit(order),
                mention=pl.col("record") + f"/{_LETTER[role]}",
                record="record",
                role=pl.lit(role),
                person=pl.col(role).cast(pl.Int64),
                related=pl.when((pl.col("relation") != "") & (role == "suspect"))
                .then(pl.col("record") + "/V")
                .otherwise(pl.lit("")),
                relation=pl.when(pl.lit(role == "suspect")).then("relation").otherwise(pl.lit("")),
            )
            for order, role in enumerate(_LETTER)
        ]
        return pl.concat(parts).sort("at", "order").drop("at", "order")
