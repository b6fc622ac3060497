"""The stop-and-search file that police.uk publishes: one CSV a month, with no id and no force but in its name.

Police stop some groups more often than others **by design** here, though things are found on all alike: the truth's ``stop_rates`` gives,
for each group, its people, its stops, the factor by which police were made to choose it, and how often something was found.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from .. import naming
from ..filing import Month
from ..geography import lonlat
from ..names import pools
from ..streams import stream
from ..world import World
from .writing import Defect, Log, save

FEED = "police-uk-stop-and-search"
COLUMNS = ("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude", "Longitude", "Gender", "Age range",
           "Self-defined ethnicity", "Officer-defined ethnicity", "Legislation", "Object of search", "Outcome",
           "Outcome linked to object of search", "Removal of more than just outer clothing")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Date", ("2024-02-30T10:00:00+00:00", "30/02/2024 10:00")),
    Defect("future date", "Date", ("2131-05-06T11:30:00+00:00",)),
    Defect("unknown category", "Type", ("Strip search", "")),
    Defect("unknown code", "Gender", ("M", "Unknown")),
    Defect("coordinates off the map", "Latitude", ("0.000000", "515.12000")),
    Defect("cell missing", "", ()),
)
RATE = 6.0  # stops a year for 1,000 people (design)
# How often police stop a group, against White people of the same age and sex: planted.
CHOSEN = {"W": 1.0, "A": 1.6, "B": 6.0, "M": 3.0, "O": 1.5}
FOUND = 0.26  # of the searches of any group
GROUPS = {"W": "White", "A": "Asian", "B": "Black", "M": "Mixed", "O": "Other"}
# Self-defined words of the census of 2011 (16+1), as the files write them (general knowledge).
SELF = {
    "W1": "White - English/Welsh/Scottish/Northern Irish/British", "W2": "White - Irish", "W9": "White - Any other White background",
    "M1": "Mixed/Multiple ethnic groups - White and Black Caribbean", "M2": "Mixed/Multiple ethnic groups - White and Black African",
    "M3": "Mixed/Multiple ethnic groups - White and Asian", "M9": "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background",
    "A1": "Asian/Asian British - Indian", "A2": "Asian/Asian British - Pakistani", "A3": "Asian/Asian British - Bangladeshi",
    "A9": "Asian/Asian British - Any other Asian background", "B1": "Black/African/Caribbean/Black British - Caribbean",
    "B2": "Black/African/Caribbean/Black British - African", "B9": "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background",
    "O9": "Other ethnic group - Any other ethnic group",
}  # fmt: skip
AGES = pl.Series(["under 10", "10-17", "18-24", "25-34", "over 34"])
SEARCHES = {
    "Controlled drugs": (0.62, "Misuse of Drugs Act 1971 (section 23)"),
    "Stolen goods": (0.13, "Police and Criminal Evidence Act 1984 (section 1)"),
    "Offensive weapons": (0.15, "Police and Criminal Evidence Act 1984 (section 1)"),
    "Articles for use in theft": (0.08, "Police and Criminal Evidence Act 1984 (section 1)"),
    "Firearms": (0.02, "Firearms Act 1968 (section 47)"),
}
NOTHING = "A no further action disposal"
FINDS = (
    "Arrest",
    "Community resolution",
    "Khat or Cannabis warning",
    "Summons / charged by post",
    "Caution (simple or conditional)",
)
UNTIMED = 0.04  # given as a day, which shows as midnight


class Stops:
    """Writes the stops."""

    feed = FEED

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.folder, self.log = world, folder, log
        people = world.people
        age = (world.calendar.first_day - people.born) / 365.25
        young = np.exp(-((np.clip(age, 10, None) - 20) ** 2) / (2 * 9.0**2)) + 0.05
        letters = np.array([GROUPS[code[0]] for code in pools().ethnicities])
        self.group = letters[people.ethnicity]
        factor = np.array([CHOSEN[code[0]] for code in pools().ethnicities])
        # Whoever is under ten, or will be within the calendar's first year, is not searched.
        self.chance = np.cumsum(
            np.where(age > 10, young * np.where(people.sex == 1, 9.0, 1.0) * factor[people.ethnicity], 0.0)
        )
        self.told = dict.fromkeys(GROUPS.values(), 0)
        self.hits = dict.fromkeys(GROUPS.values(), 0)

    def write(self, month: Month) -> None:
        """Write the stops of a month."""
        world, calendar = self.world, self.world.calendar
        rng = stream(world.seed, FEED, len(world.people), month.number)
        n = int(rng.poisson(RATE / 12 * len(world.people) / 1_000))
        person = np.searchsorted(self.chance, rng.random(n) * self.chance[-1], side="right")
        person = np.minimum(person, len(world.people) - 1)
        start, end = int(calendar.starts[month.number]), int(calendar.starts[month.number + 1])
        day = rng.integers(start // 1440, end // 1440, n)
        minute = np.clip(rng.normal(20.5, 4.0, n) % 24, 0, 23.98) * 60
        at = np.sort(calendar.real((day * 1440 + minute).astype(np.int64)))
        age = (at // 1440 + calendar.first_day - world.people.born[person]) / 365.25
        middle = np.flatnonzero(world.ground.centrality >= np.quantile(world.ground.centrality, 0.8))
        area = np.where(rng.random(n) < 0.5, world.people.homes.area[world.people.home[person]], rng.choice(middle, n))
        street = world.ground.first_street[area] + (rng.random(n) * world.ground.streets[area]).astype(np.int64)
        place = np.round(lonlat(world.ground.street_middle[street]), 6)
        known = pl.Series(rng.random(n) >= 0.05)
        found = rng.random(n) < FOUND
        sought = rng.choice(len(SEARCHES), size=n, p=[share for share, _ in SEARCHES.values()])
        code = pl.Series(pools().ethnicities).gather(world.people.ethnicity[person])
        group = pl.Series(self.group[person])
        first = datetime.combine(calendar.firsts[0], datetime.min.time())
        local = pl.DataFrame({"at": at}).select(
            (pl.lit(first) + pl.duration(minutes="at")).dt.replace_time_zone("Europe/London", ambiguous="earliest").dt.convert_time_zone("UTC")
        ).to_series()  # fmt: skip
        untimed = pl.Series(rng.random(n) < UNTIMED)
        whole = local.dt.strftime("%Y-%m-%dT00:00:00+00:00")
        operation = rng.random(n) < 0.03
        text = ["False", "True"]
        frame = pl.DataFrame(
            {
                "Type": pl.Series(["Person search", "Person and Vehicle search", "Vehicle search"]).gather(rng.choice(3, n, p=(0.8, 0.17, 0.03))),
                "Date": whole.zip_with(untimed, local.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")),
                "Part of a policing operation": pl.Series(text).gather(operation.astype(int)),
                "Policing operation": pl.Series(["", "Operation Larkspur"]).gather(operation.astype(int)),
                **{c: pl.Series([""]).zip_with(~known, pl.Series([f"{x:.6f}" for x in place[:, i]], dtype=pl.String))
                   for i, c in ((1, "Latitude"), (0, "Longitude"))},
                "Gender": pl.Series(["Female", "Male"]).gather(world.people.sex[person]),
                "Age range": AGES.gather(np.searchsorted((10, 18, 25, 35), age, side="right")),
                "Self-defined ethnicity": code.replace_strict(SELF, return_dtype=pl.String).zip_with(
                    pl.Series(rng.random(n) < 0.85), pl.Series(["Other ethnic group - Not stated"])),
                "Officer-defined ethnicity": group.replace("Mixed", "Other"),
                "Legislation": pl.Series([law for _, law in SEARCHES.values()]).gather(sought),
                "Object of search": pl.Series(list(SEARCHES)).gather(sought),
                "Outcome": pl.Series([NOTHING, *FINDS]).gather(np.where(found, 1 + rng.choice(5, n, p=(0.45, 0.3, 0.1, 0.1, 0.05)), 0)),
                "Outcome linked to object of search": pl.Series(text).gather((found & (rng.random(n) < 0.85)).astype(int)),
                "Removal of more than just outer clothing": pl.Series(text).gather((rng.random(n) < 0.03).astype(int)),
            }
        )  # fmt: skip
        for name in self.told:
            mine = (group == name).to_numpy()
            self.told[name] += int(mine.sum())
            self.hits[name] += int((mine & found).sum())
        label = calendar.label(month.number)
        path = self.folder / label / f"{label}-{naming.SLUG}-stop-and-search.csv"
        save(path, frame.select(COLUMNS), self.log, FEED, DEFECTS, end="\r\n", crimes=pl.repeat("", n, eager=True))

    def close(self) -> None:
        """Write the planted rates."""
        self.log.table(
            "stop_rates",
            pl.DataFrame(
                {
                    "group": list(GROUPS.values()),
                    "people": [int((self.group == name).sum()) for name in GROUPS.values()],
                    "stops": list(self.told.values()),
                    "chosen_as_often_as_white": [CHOSEN[code] for code in GROUPS],
                    "found": list(self.hits.values()),
                    "share_found_by_design": [FOUND] * len(GROUPS),
                }
            ),
        )
