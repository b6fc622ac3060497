"""The force's intelligence reports, one CSV a quarter: about offenders anywhere, and about the planted groups, rightly and wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..addresses import address_of
from ..calendar import DAY
from ..filing import Month
from ..groups import EXPLOITED, RELATIVE, TAKEN_OVER, Groups, plate
from ..streams import Ints, pick, stream, within
from ..world import World
from . import persons
from .extracts import Extracts
from .writing import Defect, Log

COLUMNS = ("Item Reference", "Report Reference", "Status", "Marking", "Submitted At", "Information Date", "Source Evaluation",
           "Intelligence Assessment", "Handling", "Handling Conditions", "Source Reference", "Provenance", "Topic", "Text",
           *persons.COLUMNS, "Vehicle", "Area")  # fmt: skip
DEFECTS = (
    Defect("bad date", "Submitted At", ("31/02/2024 10:00", "2024-02-30 10:00")),
    Defect("impossible year", "Information Date", ("1066-10-14",)),
    Defect("unknown code", "Source Evaluation", ("4", "B", "")),
    Defect("unknown code", "Intelligence Assessment", ("F", "2")),
    Defect("source named", "Source Reference", ("my neighbour", "Uncle Bob")),
    Defect("spill", "Marking", ("SECRET", "UK SECRET", "TOP SECRET")),
    Defect("missing reference", "Item Reference", ("",)),
    Defect("cell missing", "", ()),
)
RATE = 20  # items a year for 1,000 people about anybody (design)
GROUP_RATE = 3.0  # items a month about each group
WRONG = 0.10  # of the items about groups, those that name somebody who has nothing to do with it
TOPICS = {"county lines": "drugs", "cannabis cultivation": "drugs", "burglary and vehicle crime": "burglary", "modern slavery": "exploitation",
          "firearms": "firearms", "fraud": "fraud"}  # fmt: skip
ANY_TOPIC = ("drugs", "burglary", "violence", "vehicle crime", "theft", "exploitation", "public order", "firearms")
SAYS = {
    "drugs": "The subject is said to sell drugs from home and by telephone.",
    "burglary": "The subject is said to break into houses with others.",
    "violence": "The subject is said to carry a knife and to have threatened others.",
    "vehicle crime": "The subject is said to steal cars to order.",
    "theft": "The subject is said to handle stolen goods.",
    "exploitation": "The subject is said to be with young people at all hours.",
    "public order": "The subject is said to plan trouble after the match.",
    "firearms": "The subject is said to have the use of a handgun.",
    "fraud": "The subject is said to run accounts in the names of others.",
}
OF_THING = {
    "phone": "This number is said to be used by several people to take orders.",
    "vehicle": "This car is said to carry drugs and people at night.",
    "address": "This address is said to be used by people who do not live there.",
}
# Source 1 to 3, assessment A to E; good about most, poor where the item is wrong.
SOURCE, ASSESSMENT = np.array([[25.0, 60, 15], [3, 37, 60]]), np.array([[15.0, 25, 30, 26, 4], [0, 3, 17, 50, 30]])
PROVENANCE = ("police officer", "public", "partner agency", "human source", "technical", "open source")
CODES = pl.Series(["", "A1", "A2;S1", "S2", "A3"])


class Intelligence:
    """Writes items: background about anybody, and what is said of each planted group."""

    feed = "force-intelligence"

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.files = Extracts(
            world, folder, log, self.feed, "intelligence", COLUMNS, DEFECTS, ("Topic", ("other", "unknown"))
        )
        self.groups = world.groups
        self.count = 0

    def write(self, month: Month) -> None:
        """Write what is submitted in a month."""
        world = self.world
        rng = stream(world.seed, self.feed, month.number)
        start, end = int(world.calendar.starts[month.number]), int(world.calendar.starts[month.number + 1])
        items = pl.concat([self._anybody(rng), said_of_groups(world, self.groups, rng, start)], how="vertical")
        at = pl.Series(world.calendar.real(np.asarray(rng.integers(start, end, items["report"].n_unique()))))
        reports = items.unique("report", keep="first", maintain_order=True).select("report").with_columns(at=at)
        items = items.join(reports, on="report", how="left", maintain_order="left").sort(
            "at", "report", maintain_order=True
        )
        n = len(items)
        year = world.calendar.firsts[month.number].year % 100
        number = items["report"].rank("dense").cast(pl.Int64)
        order = items.select(pl.col("report").rle_id()).to_series().cast(pl.Int64) + 1 + self.count
        self.count += int(number.max() or 0)
        nth = items.select(pl.int_range(1, pl.len() + 1).over("report")).to_series()
        report = pl.Series([f"IR/{o:07d}/{year}" for o in order], dtype=pl.String)
        item = report + "/" + nth.cast(pl.String)
        poor = (~items["right"]).cast(pl.Int64).to_numpy()
        provenance = rng.choice(len(PROVENANCE), size=n, p=(0.42, 0.22, 0.10, 0.14, 0.05, 0.07))
        source = pl.Series([f"SR-{s}" for s in rng.integers(10_000, 99_999, n)], dtype=pl.String)
        code = np.where(rng.random(n) < 0.22, rng.integers(1, len(CODES), n), 0)
        days = np.minimum(rng.geometric(0.3, n) - 1, items["at"].to_numpy() // DAY)
        frame = pl.DataFrame({"at": items["at"], "day": (items["at"].to_numpy() // DAY - days) * DAY})
        person = items["person"].to_numpy()
        cells = persons.person_cells(world, rng, person, birth=0.55, phone=0.75, home=0.6)
        cells = cells.with_columns(self._things(items, cells))
        vehicle = items["value"].zip_with(items["about"] == "vehicle", plate(np.maximum(person, 0)))
        driven = pl.Series(rng.random(n) < np.where(person >= 0, 0.18, 0.0)) | (items["about"] == "vehicle")
        area = items["area"].to_numpy()
        rows = frame.select(
            item.alias("Item Reference"),
            report.alias("Report Reference"),
            pl.lit("live").alias("Status"),
            pl.Series("Marking", ["OFFICIAL-SENSITIVE", "OFFICIAL", ""]).gather(
                rng.choice(3, size=n, p=(0.85, 0.1, 0.05))
            ),
            world.calendar.moments("at").alias("Submitted At"),
            world.calendar.days("day").alias("Information Date"),
            pl.Series(["1", "2", "3"]).gather(pick(rng, SOURCE, poor)).alias("Source Evaluation"),
            pl.Series(list("ABCDE")).gather(pick(rng, ASSESSMENT, poor)).alias("Intelligence Assessment"),
            pl.Series(["P", "C"]).gather((code > 0).astype(int)).alias("Handling"),
            CODES.gather(code).alias("Handling Conditions"),
            pl.Series([""]).zip_with(pl.Series(provenance != 3), source).alias("Source Reference"),
            pl.Series(PROVENANCE).gather(provenance).alias("Provenance"),
            items["topic"].alias("Topic"),
            items["text"].alias("Text"),
            *cells,
            pl.Series([""]).zip_with(~driven, vehicle).alias("Vehicle"),
            pl.Series([*world.ground.code, ""])
            .gather(np.where(rng.random(n) < 0.1, world.ground.areas, area))
            .alias("Area"),
        )
        self.files.send(month.number, rows)
        self.log.table(
            "intelligence",
            items.select(
                item.alias("item"),
                report.alias("report"),
                "group",
                "about",
                "value",
                pl.col("person").replace(-1, None),
                "right",
            ),
        )

    def close(self) -> None:
        """Nothing is kept open."""

    def _anybody(self, rng: np.random.Generator) -> pl.DataFrame:
        """Items about known offenders and other residents, one a report."""
        world = self.world
        n = int(rng.poisson(RATE / 12 * len(world.people) / 1_000))
        known = world.offenders.member
        pool = (
            known[within(rng, np.zeros(n, dtype=np.int64), np.full(n, len(known)))]
            if len(known)
            else np.zeros(n, dtype=np.int64)
        )
        person = np.where(rng.random(n) < 0.75, pool, rng.integers(len(world.people), size=n)).astype(np.int64)
        topic = pl.Series(ANY_TOPIC).gather(rng.integers(len(ANY_TOPIC), size=n))
        return pl.DataFrame(
            {
                "report": np.arange(n),
                "group": pl.repeat("", n, eager=True),
                "about": pl.repeat("person", n, eager=True),
                "value": pl.repeat("", n, eager=True),
                "person": person,
                "area": world.people.homes.area[world.people.home[person]].astype(np.int64),
                "topic": topic,
                "text": topic.replace_strict(SAYS, return_dtype=pl.String),
                "right": rng.random(n) < 0.9,
            }
        )

    def _things(self, items: pl.DataFrame, cells: pl.DataFrame) -> list[pl.Series]:
        """Phone and address of items that are about these, in the place of the person's own."""
        world = self.world
        phone = cells["Phone"].zip_with(items["about"] != "phone", items["value"])
        house = items["about"] == "address"
        home = items["value"].zip_with(house, pl.Series(["0"])).cast(pl.Int64).to_numpy()
        true = address_of(world.ground, world.people.homes, home)
        return [
            phone.alias("Phone"),
            true["address"].zip_with(house, cells["Address"]).alias("Address"),
            true["postcode"].zip_with(house, cells["Postcode"]).alias("Postcode"),
        ]


def said_of_groups(world: World, groups: Groups, rng: np.random.Generator, start: int) -> pl.DataFrame:
    """Items about the groups active at a minute: one to three people in a report, or what they share, and some of it wrong."""
    rows: list[tuple[int, str, str, str, int, int, str, str, bool]] = []
    report = 1 << 40  # after those about anybody
    by_name = groups.people.filter(pl.col("since") <= start).partition_by("group", as_dict=True)
    shared = groups.links.partition_by("group", as_dict=True)
    for name, kind, _, area, since in groups.groups.iter_rows():
        everybody = by_name.get((name,))
        if since > start or everybody is None:
            continue
        core = everybody.filter("member")["person"].to_numpy()
        beside = everybody.filter(pl.col("part").is_in([EXPLOITED, RELATIVE, TAKEN_OVER]))["person"].to_numpy()
        topic = TOPICS[kind]
        for _ in range(int(rng.poisson(GROUP_RATE))):
            report += 1
            roll = rng.random()
            if roll < 0.25 and (name,) in shared:
                links = shared[(name,)]
                link = links.row(int(rng.integers(len(links))))
                rows.append((report, name, link[1], link[2], -1, area, topic, OF_THING[link[1]], True))
            elif roll < 0.25 + WRONG:
                person = _stranger(world, rng, area, everybody["person"].to_numpy())
                rows.append((report, name, "person", "", person, area, topic, SAYS[topic], False))
            else:
                # The first of a group are talked of most; those beside them are taken for members by whoever does not know.
                pool = np.concatenate([core, core[:2], beside])
                for person in sorted(set(rng.choice(pool, size=int(rng.integers(1, 4))).tolist())):
                    rows.append((report, name, "person", "", person, area, topic, SAYS[topic], True))
    schema = {"report": pl.Int64, "group": pl.String, "about": pl.String, "value": pl.String, "person": pl.Int64, "area": pl.Int64,
              "topic": pl.String, "text": pl.String, "right": pl.Boolean}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _stranger(world: World, rng: np.random.Generator, area: int, known: Ints) -> int:
    """Somebody who lives in the area and has nothing to do with the group."""
    people = world.people
    for _ in range(20):
        person = int(people.first[area] + rng.integers(people.count[area]))
        if person not in known:
            return person
    return person
