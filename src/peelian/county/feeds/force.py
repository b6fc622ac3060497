"""The force's own extracts: crimes (monthly, with those whose outcome changed), incidents and calls, and people (yearly)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import force_view, naming
from ..addresses import STREETS, address_of, postcode_of
from ..filing import Month
from ..names import pools
from ..offences import SETTINGS
from ..streams import stream
from ..world import World
from .writing import Defect, Log, Long, save

CRIME_COLUMNS = ("Crime Reference", "Recorded At", "Reported At", "Occurred From", "Occurred To", "HO Class", "Offence", "Crime Type",
                 "Location", "Postcode", "Easting", "Northing", "Area", "Location Type", "Domestic", "Outcome", "Outcome Date")  # fmt: skip
INCIDENT_COLUMNS = ("Incident Reference", "Created At", "Channel", "Grade", "Opening Code", "Closing Code", "Location", "Postcode",
                    "Easting", "Northing", "Area", "Attended At", "Closed At", "Crime Reference")  # fmt: skip
PEOPLE_COLUMNS = ("Mention Reference", "Record Reference", "Role", "Surname", "Forenames", "Sex", "Date of Birth", "Ethnicity", "Phone",
                  "Address", "Postcode", "Markers", "Related To", "Relationship")  # fmt: skip
CRIME_DEFECTS = (
    Defect("bad date", "Recorded At", ("31/02/2024 10:00", "2024-02-30 10:00", "yesterday")),
    Defect("impossible year", "Recorded At", ("1066-10-14 09:00",)),
    Defect("future date", "Reported At", ("2131-05-06 11:30",)),
    Defect("not a number", "Easting", ("unknown", "SP 450 270", "4 50012")),
    Defect("coordinates off the map", "Northing", ("-999999", "52341870")),
    Defect("unknown category", "Crime Type", ("Burglery", "VIOLENCE", "???")),
    Defect("unknown code", "Outcome", ("99", "charged")),
    Defect("missing reference", "Crime Reference", ("",)),
    Defect("cell missing", "", ()),
)
INCIDENT_DEFECTS = (
    Defect("bad date", "Created At", ("31/02/2024 10:00", "2024-02-30 10:00", "00:15")),
    Defect("future date", "Created At", ("2131-05-06 11:30",)),
    Defect("not a number", "Easting", ("unknown", "n/k")),
    Defect("coordinates off the map", "Northing", ("-999999", "52341870")),
    Defect("unknown category", "Opening Code", ("Alien", "DOM", "")),
    Defect("unknown code", "Grade", ("9", "urgent")),
    Defect("missing reference", "Incident Reference", ("",)),
    Defect("cell missing", "", ()),
)
PEOPLE_DEFECTS = (
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


def _places(world: World, rng: np.random.Generator, events: pl.DataFrame) -> pl.DataFrame:
    """Columns Location, Postcode, Easting, Northing and Area of events, as the force writes them."""
    ground, n = world.ground, len(events)
    street, home, place = (events[c].to_numpy() for c in ("street", "home", "place"))
    text = STREETS.gather(ground.street_name[street])
    code = postcode_of(ground, street, np.ones(n, dtype=np.int64))
    for kind, setting in (
        ("shop", "retail"),
        ("licensed premises",) * 2,
        ("school",) * 2,
        ("hospital",) * 2,
        ("park", "other"),
    ):
        rows = np.flatnonzero((place >= 0) & (events["setting"].to_numpy() == SETTINGS.index(setting)))
        if len(rows):
            label = pl.Series(ground.places[kind].name).gather(place[rows])
            text = text.scatter(rows, label + ", " + text.gather(rows))
    housed = np.flatnonzero(home >= 0)
    if len(housed):
        true = address_of(ground, world.people.homes, home[housed])
        text, code = text.scatter(housed, true["address"]), code.scatter(housed, true["postcode"])
    town = pl.Series(ground.town).gather(events["area"])
    blank = pl.Series([""])
    return pl.DataFrame(
        {
            "Location": force_view.written_address(rng, text, town),
            "Postcode": blank.zip_with(pl.Series(rng.random(n) < 0.15), code),
            **force_view.coordinates(world, rng, events).to_dict(),
            "Area": blank.zip_with(pl.Series(rng.random(n) < 0.02), pl.Series(ground.code).gather(events["area"])),
        }
    )


class Crimes:
    """Writes a file of crimes a month: those recorded in it, then those recorded earlier whose outcome changed in it."""

    feed = "force-crimes"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.folder, self.log = world, folder, log
        self.open = pl.DataFrame(
            schema={**dict.fromkeys(CRIME_COLUMNS, pl.String), "file": pl.String, "line": pl.Int64}
        )

    def write(self, month: Month) -> None:
        """Write the file of a month."""
        world = self.world
        label, end = world.calendar.label(month.number), int(world.calendar.starts[month.number + 1])
        path = self.folder / f"{label}-{naming.SLUG}-crimes.csv"
        name = path.relative_to(self.log.root).as_posix()
        fresh = self._view(month).with_columns(
            file=pl.lit(name), line=pl.int_range(2, 2 + len(month.recorded), dtype=pl.Int64)
        )
        settled = pl.Series(month.recorded["decided"] < end)
        outcome = self._outcome(month.recorded)
        shown = fresh.with_columns(
            pl.when(settled).then(outcome[c]).otherwise(pl.lit("")).alias(c) for c in outcome.columns
        )
        changed = month.settled.select("reference").join(
            self.open, left_on="reference", right_on="Crime Reference", how="left", maintain_order="left"
        )
        changed = changed.rename({"reference": "Crime Reference"}).with_columns(self._outcome(month.settled))
        first = 2 + len(shown)
        self.log.versions += [
            (name, first + n, reference, *earlier)
            for n, (reference, *earlier) in enumerate(changed.select("Crime Reference", "file", "line").iter_rows())
        ]
        rows = pl.concat([shown.select(CRIME_COLUMNS), changed.select(CRIME_COLUMNS)])
        save(path, rows, self.log, self.feed, CRIME_DEFECTS, crimes=rows["Crime Reference"])
        self.open = pl.concat([self.open, fresh.filter(~settled).select(self.open.columns)]).join(
            month.settled, left_on="Crime Reference", right_on="reference", how="anti", maintain_order="left"
        )

    def close(self) -> None:
        """Nothing is kept open."""

    def _outcome(self, crimes: pl.DataFrame) -> pl.DataFrame:
        return crimes.select(
            pl.col("outcome").cast(pl.String).alias("Outcome"),
            self.world.calendar.days("decided").alias("Outcome Date"),
        )

    def _view(self, month: Month) -> pl.DataFrame:
        world, crimes = self.world, month.recorded
        rng = stream(world.seed, self.feed, month.number)
        n, kinds, moments = len(crimes), world.kinds, world.calendar.moments
        kind = crimes["kind"]
        known = pl.Series(rng.random(n) >= 0.005)
        domestic = pl.Series(["N", "Y", ""]).gather(np.where(rng.random(n) < 0.04, 2, crimes["domestic"].to_numpy()))
        setting = pl.Series([*SETTINGS, ""]).gather(
            np.where(rng.random(n) < 0.04, len(SETTINGS), crimes["setting"].to_numpy())
        )
        return crimes.select(
            pl.col("reference").alias("Crime Reference"),
            moments("recorded").alias("Recorded At"),
            moments("reported").alias("Reported At"),
            pl.when(known).then(moments("begins")).otherwise(pl.lit("")).alias("Occurred From"),
            pl.when(known & (pl.col("ends") > pl.col("begins")))
            .then(moments("ends"))
            .otherwise(pl.lit(""))
            .alias("Occurred To"),
            pl.Series("HO Class", kinds.ho_class).gather(kind),
            pl.Series("Offence", kinds.title).gather(kind),
            pl.Series("Crime Type", kinds.category).gather(kind),
            *_places(world, rng, crimes),
            setting.alias("Location Type"),
            domestic.alias("Domestic"),
            pl.lit("").alias("Outcome"),
            pl.lit("").alias("Outcome Date"),
        )


class Incidents:
    """Writes a gzipped file of incidents and calls a year."""

    feed = "force-incidents"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = _Yearly(world, folder, log, self.feed, "incidents.csv.gz", INCIDENT_COLUMNS, INCIDENT_DEFECTS)

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
            *_places(world, rng, calls),
            pl.when(pl.col("attended") >= 0).then(moments("attended")).otherwise(never).alias("Attended At"),
            pl.when(pl.col("closed") >= 0).then(moments("closed")).otherwise(never).alias("Closed At"),
            pl.col("reference").alias("Crime Reference"),
        )
        self.files.at(month.number).add(rows.select(INCIDENT_COLUMNS), rows["Incident Reference"])
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


class People:
    """Writes a file of people a year: victims, suspects and witnesses of crimes, callers and subjects of incidents."""

    feed = "force-people"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = _Yearly(world, folder, log, self.feed, "people.csv", PEOPLE_COLUMNS, PEOPLE_DEFECTS)

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
        home = np.where(rng.random(n) < 0.07, force_view.former_home(world, person), world.people.home[person])
        code = np.where(
            rng.random(n) < 0.985, world.people.ethnicity[person], rng.integers(len(pools().ethnicities), size=n)
        )
        rows = pl.DataFrame(
            {
                "Mention Reference": found["mention"],
                "Record Reference": found["record"],
                "Role": role,
                **force_view.names(world, rng, person).to_dict(),
                "Sex": pl.Series(["F", "M", ""]).gather(np.where(rng.random(n) < 0.03, 2, sex)),
                "Date of Birth": force_view.born(world, rng, person, no_birth),
                "Ethnicity": pl.Series([*pools().ethnicities, ""]).gather(
                    np.where(rng.random(n) < 0.25, len(pools().ethnicities), code)
                ),
                "Phone": force_view.phones(world, rng, person, rng.random(n) < np.where(role == "suspect", 0.6, 0.25)),
                **force_view.homes_as_written(world, rng, home, nowhere).to_dict(),
                "Markers": force_view.markers(world, rng, person),
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


class _Yearly:
    """One growing file a calendar year."""

    def __init__(
        self,
        world: World,
        folder: Path,
        log: Log,
        feed: str,
        ending: str,
        columns: tuple[str, ...],
        defects: tuple[Defect, ...],
    ) -> None:
        self.world, self.folder, self.log, self.feed = world, folder, log, feed
        self.ending, self.columns, self.defects = ending, columns, defects
        self.year = 0
        self.file: Long | None = None

    def at(self, month: int) -> Long:
        """The file of a month's year; the one before is finished."""
        year = self.world.calendar.firsts[month].year
        if self.file is None or year != self.year:
            self.close()
            path = self.folder / f"{year}-{naming.SLUG}-{self.ending}"
            self.year, self.file = year, Long(path, self.columns, self.log, self.feed, self.defects)
        return self.file

    def close(self) -> None:
        """Finish the file that is open."""
        if self.file is not None:
            self.file.close()
            self.file = None
