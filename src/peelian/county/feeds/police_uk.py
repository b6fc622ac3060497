"""The street-level file that police.uk publishes: one CSV a month, points snapped to shared map points, no day, no name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from .. import naming
from ..addresses import STREETS
from ..filing import Month
from ..geography import lonlat
from ..offences import ASB, SETTINGS
from ..streams import Ints, stream
from ..world import World
from .writing import Defect, Log, save

FEED = "police-uk-street"
COLUMNS = ("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
           "Crime type", "Last outcome category", "Context")  # fmt: skip
# Home Office outcome type to the label of data.police.uk (its documentation of outcome categories; the pairing of types
# with labels is general knowledge of that page).
OUTCOMES = {
    1: "Awaiting court outcome",
    3: "Offender given a caution",
    6: "Offender given a penalty notice",
    7: "Offender given a drugs possession warning",
    8: "Local resolution",
    10: "Formal action is not in the public interest",
    14: "Unable to prosecute suspect",
    15: "Unable to prosecute suspect",
    16: "Unable to prosecute suspect",
    18: "Investigation complete; no suspect identified",
    21: "Further investigation is not in the public interest",
    22: "Further action is not in the public interest",
}
OPEN = "Under investigation"
PLACELESS = 0.0019  # 218 of 115,065 rows of Essex, January to July 2018
# Facilities with a map point of their own, as police.uk names them, by the setting of an event; and the share that has one.
SPOTS = {"retail": ("shop", "Supermarket", 0.2), "licensed premises": ("licensed premises", "Nightclub", 0.3),
         "school": ("school", "Further/Higher Educational Building", 0.3), "hospital": ("hospital", "Hospital", 1.0),
         "other": ("park", "Park/Open Space", 1.0)}  # fmt: skip

DEFECTS = (
    Defect("bad date", "Month", ("2024-13", "Jan 2024", "24-01")),
    Defect("future date", "Month", ("2031-05", "2062-11")),
    Defect("not a number", "Longitude", ("n/a", "-", "0,512")),
    Defect("coordinates off the map", "Latitude", ("0.000000", "5.152304", "515.12000")),
    Defect("unknown category", "Crime type", ("Burglery", "Fly tipping", "Crime type")),
    Defect("bad reference", "Crime ID", ("N/A", "0", "#REF!")),
    Defect("cell missing", "", ()),
)


class MapPoints:
    """The shared points to which police.uk moves what happens: middles of streets, and facilities with a point of their own."""

    def __init__(self, world: World) -> None:
        ground = world.ground
        # Homes have no map point of their own: police.uk gives the middle of the street.
        points = [ground.street_middle]
        self.label = STREETS.gather(ground.street_name)
        self.spots: dict[int, Ints] = {}
        rng = stream(world.seed, FEED, "map points")
        for setting, (kind, label, share) in SPOTS.items():
            places = ground.places[kind]
            named = rng.random(len(places.area)) < share
            index = len(self.label) + np.cumsum(named) - 1
            self.spots[SETTINGS.index(setting)] = np.where(named, index, places.street)
            points.append(np.column_stack([places.easting, places.northing])[named])
            self.label = self.label.append(pl.repeat(label, int(named.sum()), eager=True))
        longitude, latitude = lonlat(np.concatenate(points)).T
        self.longitude = pl.Series([f"{x:.6f}" for x in longitude])
        self.latitude = pl.Series([f"{x:.6f}" for x in latitude])

    def of(self, rows: pl.DataFrame) -> Ints:
        """The point of each event."""
        spot = rows["street"].to_numpy().copy()
        place, setting = rows["place"].to_numpy(), rows["setting"].to_numpy()
        for code, of_place in self.spots.items():
            there = (setting == code) & (place >= 0)
            spot[there] = of_place[place[there]]
        return spot


class Street:
    """Writes the street files."""

    feed = FEED

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.folder, self.log = world, folder, log
        self.points = MapPoints(world)

    def write(self, month: Month) -> None:
        """Write the file of a month: the crimes recorded and the anti-social behaviour reported in it."""
        world = self.world
        label = world.calendar.label(month.number)
        asb = pl.Series([c == ASB for c in world.kinds.category])
        rows = pl.concat([month.recorded, month.reported.filter(asb.gather(pl.Series(month.reported["kind"])))])
        rows = rows.sort("area", "street", "kind", "reference", "event")
        rng = stream(world.seed, FEED, month.number)
        known = rng.random(len(rows)) >= PLACELESS
        points, spot = self.points, self.points.of(rows)
        category = pl.Series(world.kinds.category).gather(rows["kind"])
        frame = pl.DataFrame(
            {
                "Crime ID": [crime_id(world.seed, r) if r else "" for r in rows["reference"]],
                "Month": pl.repeat(label, len(rows), eager=True),
                "Reported by": pl.repeat(naming.FORCE, len(rows), eager=True),
                "Falls within": pl.repeat(naming.FORCE, len(rows), eager=True),
                "Longitude": points.longitude.gather(spot),
                "Latitude": points.latitude.gather(spot),
                "Location": "On or near " + points.label.gather(spot),
                "LSOA code": pl.Series(world.ground.code).gather(rows["area"]),
                "LSOA name": pl.Series(world.ground.name).gather(rows["area"]),
                "Crime type": category,
                "Last outcome category": rows.select(
                    pl.when(pl.col("reference") == "").then(pl.lit(""))
                    .when(pl.col("decided") >= world.calendar.end).then(pl.lit(OPEN))
                    .otherwise(pl.col("outcome").replace_strict(OUTCOMES, default=OPEN, return_dtype=pl.String))
                ).to_series(),
                "Context": pl.repeat("", len(rows), eager=True),
            }
        )  # fmt: skip
        placed = pl.Series(known)
        frame = frame.with_columns(
            *(
                pl.when(placed).then(pl.col(c)).otherwise(pl.lit("")).alias(c)
                for c in ("Longitude", "Latitude", "LSOA code", "LSOA name")
            ),
            pl.when(placed).then("Location").otherwise(pl.lit("No Location")).alias("Location"),
        )
        path = self.folder / label / f"{label}-{naming.SLUG}-street.csv"
        save(path, frame, self.log, FEED, DEFECTS, end="\r\n", crimes=rows["reference"])

    def close(self) -> None:
        """Nothing is kept open."""


def crime_id(seed: int, reference: str) -> str:
    """The published id of a crime, which tells nobody the force's own reference."""
    return hashlib.sha256(f"{seed}/{reference}".encode()).hexdigest()
