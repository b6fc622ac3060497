"""Emergency departments (a file a month), ambulance (a quarter), fire and rescue (half a year); none of them names anybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..addresses import STREETS
from ..assaults import as_truth, assaults
from ..filing import Month
from ..offences import SETTINGS
from ..partner_plants import partner_plants
from ..partner_view import in_month, own_stream, pick_words, scattered, somewhere
from ..places_view import places
from ..slips import slips
from ..world import World
from .delivering import Deliveries, Terms
from .writing import Defect, Log

WEAPONS = {
    "body part": 70.0,
    "glass or bottle": 9.0,
    "blunt object": 6.0,
    "blade": 5.0,
    "firearm": 0.2,
    "other": 3.0,
    "not known": 7.0,
}
ASSAILANTS = {"1": 55.0, "2 or 3": 22.0, "4 or more": 8.0, "not known": 15.0}
TYPES = {"licensed premises": "pub, bar or club", "street": "street", "dwelling": "home"}
# Calls and incidents a year for 1,000 people, and the busiest hour (design).
CALLS = {"overdose": (1.2, 22), "mental health": (4.0, 20), "fall": (12.0, 10)}
FIRES = {"deliberate primary fire": (0.35, 23), "deliberate secondary fire": (0.6, 20), "false alarm, malicious": (0.15, 19),
         "false alarm, good intent": (1.0, 18), "home safety visit": (3.0, 12)}  # fmt: skip


class _Placed:
    """A partner that tells places and times, month by month."""

    feed: str
    terms: Terms
    columns: tuple[str, ...]
    defects: tuple[Defect, ...]

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.deliveries = Deliveries(world, folder, log, self.terms, self.columns, self.defects)
        self.count = 0

    def close(self) -> None:
        """List the files in the order in which they were sent."""
        self.deliveries.close()

    def _add(self, month: int, rows: pl.DataFrame) -> None:
        nobody = {"person": pl.lit(-1, dtype=pl.Int64), "theme": pl.lit("")}
        self.deliveries.add(month, rows.with_columns(**nobody))

    def _number(self, size: int) -> pl.Series:
        self.count += size
        return pl.int_range(self.count - size + 1, self.count + 1, eager=True).cast(pl.String).str.zfill(7)

    def _moment(self, minute: pl.Series) -> pl.Series:
        return pl.DataFrame({"m": minute}).select(self.world.calendar.moments("m")).to_series()


class Attendances(_Placed):
    """Assaults told in emergency departments: no id and no name. The truth's ``assaults`` says who else holds each."""

    feed = "ae-assaults"
    columns = ("Hospital", "Month", "Assault Date", "Assault Time", "Place", "Place Type", "Area", "Weapon", "Assailants",
               "Attendances")  # fmt: skip
    terms = Terms(
        feed, every=1, day=10, late={3: 20, 13: 6}, never=(18,), corrections=5,
        blanks={"Assault Time": 0.12, "Area": 0.12, "Place": 0.03},
    )  # fmt: skip
    defects = (
        Defect("bad date", "Assault Date", ("2024-02-30", "Sat 3/2", "03-02-2024")),
        Defect("bad time", "Assault Time", ("24:10", "9.30pm", "approx 2")),
        Defect("unknown category", "Place Type", ("PUB", "A&E")),
        Defect("unknown code", "Weapon", ("knife", "W99")),
        Defect("not a number", "Attendances", ("", "one", "0")),
        Defect("bad month", "Month", ("2024-13", "Jan-24")),
        Defect("cell missing", "", ()),
    )

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        super().__init__(world, folder, log)
        self.planted = partner_plants(world)

    def write(self, month: Month) -> None:
        """Take in the assaults of a month."""
        world = self.world
        every = assaults(world, month, self.planted)
        self.log.table("assaults", as_truth(world, every))
        rng = own_stream(world, self.feed, month.number)
        rows = every.filter("ae")
        n = len(rows)
        at = self._moment(rows["minute"])
        setting = rows["setting"].replace_strict(
            {SETTINGS.index(k): v for k, v in TYPES.items()}, return_dtype=pl.String
        )
        self._add(
            month.number,
            pl.DataFrame(
                {
                    "Hospital": self._hospital(rows),
                    "Month": at.str.head(7),
                    "Assault Date": at.str.head(10),
                    "Assault Time": at.str.slice(11),
                    "Place": self._place(rng, rows),
                    "Place Type": setting,
                    "Area": pl.Series(world.ground.code).gather(rows["area"]),
                    "Weapon": pick_words(rng, WEAPONS, n),
                    "Assailants": pick_words(rng, ASSAILANTS, n),
                    "Attendances": pick_words(rng, {"1": 94.0, "2": 5.0, "3": 1.0}, n),
                }
            ),
        )

    def _hospital(self, rows: pl.DataFrame) -> pl.Series:
        hospitals = self.world.ground.places["hospital"]
        points = np.column_stack([rows["easting"].to_numpy(), rows["northing"].to_numpy()])
        them = np.column_stack([hospitals.easting, hospitals.northing])
        return pl.Series(hospitals.name).gather(((points[:, None] - them[None]) ** 2).sum(axis=2).argmin(axis=1))

    def _place(self, rng: np.random.Generator, rows: pl.DataFrame) -> pl.Series:
        """The place in the patient's words, as the clerk types them: a venue with or without its street, a street, a home."""
        ground, n = self.world.ground, len(rows)
        street = STREETS.gather(ground.street_name[rows["street"].to_numpy()])
        setting, place = rows["setting"].to_numpy(), rows["place"].to_numpy()
        inside = np.flatnonzero((setting == SETTINGS.index("licensed premises")) & (place >= 0))
        name = pl.Series(ground.places["licensed premises"].name).gather(place[inside])
        full = (name + ", " + street.gather(inside)).zip_with(pl.Series(rng.random(len(inside)) < 0.75), name)
        words = slips(street, rng, 0.03).scatter(inside, slips(full, rng, 0.02))
        home = pl.Series(setting == SETTINGS.index("dwelling"))
        return pick_words(rng, {"own home": 6.0, "home of somebody known": 3.0, "home": 2.0}, n).zip_with(home, words)


class Ambulance(_Placed):
    """Calls for assaults, overdoses, mental health and falls."""

    feed = "ambulance"
    columns = (
        "Call Number",
        "Call At",
        "Code",
        "Location",
        "Postcode",
        "Easting",
        "Northing",
        "Area",
        "Conveyed",
        "Status",
    )
    terms = Terms(
        feed, every=3, day=5, late={2: 10, 8: 29}, corrections=2, settles=("Conveyed", ("Y", "N")),
        back=("Status", "duplicate"),
    )  # fmt: skip
    defects = (
        Defect("bad date", "Call At", ("2024-02-30 10:00", "2024-03-01T10:00:00Z", "10:15")),
        Defect("future date", "Call At", ("2131-05-06 11:30",)),
        Defect("coordinates off the map", "Northing", ("-999999", "52341870")),
        Defect("unknown category", "Code", ("04B02", "Assault", "")),
        Defect("unknown code", "Conveyed", ("1", "TRUE")),
        Defect("missing reference", "Call Number", ("",)),
        Defect("cell missing", "", ()),
    )

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        super().__init__(world, folder, log)
        self.planted = partner_plants(world)

    def write(self, month: Month) -> None:
        """Take in the calls of a month."""
        world, rng = self.world, own_stream(self.world, self.feed, month.number)
        hurt = assaults(world, month, self.planted).filter("ambulance").with_columns(code=pl.lit("assault"))
        parts = [hurt]
        for code, (rate, peak) in CALLS.items():
            area = scattered(world, rng, month.number, rate)
            where = somewhere(world, rng, area, indoors=0.7 if code == "overdose" else 0.85, again=0.15)
            minute = pl.Series(in_month(world, rng, month.number, len(area), peak), dtype=pl.Int64)
            parts.append(where.with_columns(minute=minute, code=pl.lit(code)))
        rows = pl.concat([p.select(parts[1].columns) for p in parts], how="vertical_relaxed").sort(
            "minute", maintain_order=True
        )
        self._add(
            month.number,
            pl.DataFrame(
                {
                    "Call Number": "A" + self._number(len(rows)),
                    "Call At": self._moment(rows["minute"]),
                    "Code": rows["code"],
                    **places(world, rng, rows).to_dict(),
                    "Conveyed": pick_words(rng, {"Y": 6.0, "N": 3.5, "": 0.5}, len(rows)),
                    "Status": pick_words(rng, {"closed": 1.0}, len(rows)),
                }
            ),
        )


class Fire(_Placed):
    """Deliberate fires, false alarms and home safety visits."""

    feed = "fire"
    columns = ("Incident Number", "Call Time", "Kind", "Property", "Location", "Postcode", "Easting", "Northing", "Area",
               "Concern", "Status")  # fmt: skip
    terms = Terms(
        feed, every=6, day=20, late={1: 14}, never=(4,), corrections=3,
        settles=("Property", ("dwelling", "car", "refuse", "grassland", "shed")), back=("Status", "cancelled"),
    )  # fmt: skip
    defects = (
        Defect("bad date", "Call Time", ("1 Feb 2024 03:10", "2024-02-30 03:10")),
        Defect("not a number", "Easting", ("n/k", "SP45")),
        Defect("unknown category", "Kind", ("Arson", "AFA", "")),
        Defect("unknown code", "Concern", ("yes", "HOARD")),
        Defect("missing reference", "Incident Number", ("",)),
        Defect("cell missing", "", ()),
    )

    def write(self, month: Month) -> None:
        """Take in the incidents and visits of a month."""
        world, rng = self.world, own_stream(self.world, self.feed, month.number)
        parts = []
        for kind, (rate, peak) in FIRES.items():
            area = scattered(world, rng, month.number, rate, pull=1.5)
            visit = kind == "home safety visit"
            where = somewhere(world, rng, area, indoors=1.0 if visit else 0.3)
            minute = pl.Series(in_month(world, rng, month.number, len(area), peak))
            concern = {
                "": 6.0,
                "no alarm": 2.0,
                "lives alone": 2.0,
                "hoarding": 0.6,
                "smoking in bed": 0.6,
                "arson threat": 0.2,
            }
            parts.append(
                where.with_columns(
                    minute=minute,
                    kind=pl.lit(kind),
                    concern=pick_words(rng, concern if visit else {"": 1.0}, len(area)),
                )
            )
        rows = pl.concat(parts).sort("minute", maintain_order=True)
        n = len(rows)
        outside = pick_words(rng, {"refuse": 5.0, "grassland": 2.0, "car": 2.0, "shed": 1.0}, n)
        self._add(
            month.number,
            pl.DataFrame(
                {
                    "Incident Number": "F" + self._number(n),
                    "Call Time": self._moment(rows["minute"]),
                    "Kind": rows["kind"],
                    "Property": pl.Series(["dwelling"]).zip_with(rows["home"] >= 0, outside),
                    **places(world, rng, rows).to_dict(),
                    "Concern": rows["concern"],
                    "Status": pick_words(rng, {"final": 8.0, "provisional": 2.0}, n),
                }
            ),
        )
