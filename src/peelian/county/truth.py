"""What is true of a made county, written apart from the feeds: no part of Peelian reads it but tests and exercises.

In ``truth/``: ``people`` and ``relationships`` (everybody); ``events`` (what was reported, as it truly was, with the plant it belongs
to); ``calls`` (event and caller of each call, and the call it repeats); ``mentions`` (which person each mention is); ``series``,
``hot_spots``, ``emerging`` (the plants), ``interventions`` (plans and their true effects); ``versions`` (crimes sent again with an outcome); ``defects`` (rows spoilt on purpose, by file
and line, the header being line 1); ``staff``, ``kiosks``, ``devices`` (exhibits and their routes), ``allocations`` (who was given the serious crimes),
``amendments`` (rows of the force's own systems that are late or come again); ``county.json`` (the arguments of ``make``).

Of the partners: ``vulnerable`` (true population of each theme, on which lists, or hidden from all), ``assaults`` (who holds each),
``council_asb``, ``care_episodes``, ``partner_mentions``, ``partner_plants``, ``deliveries`` (agreed, sent or never),
``partner_versions`` (rows sent again), ``drift``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import polars as pl

from .addresses import address_of, phone_of
from .feeds.writing import Log
from .filing import Month
from .names import pools
from .offences import SETTINGS
from .plants import Plants
from .sightings import Sightings
from .vulnerability import population
from .world import World

BLOCK = 20_000  # people written at a time


def write_people(world: World, log: Log) -> None:
    """Write ``people.csv`` and ``relationships.csv``: everybody, and who is what to whom. Siblings share a parent."""
    people, homes, p = world.people, world.people.homes, pools()
    for start in range(0, len(people), BLOCK):
        who = np.arange(start, min(start + BLOCK, len(people)))
        home = people.home[who]
        middle = p.forenames.gather(np.maximum(people.middle[who], 0))
        first = p.forenames.gather(people.forename[who])
        log.table(
            "people",
            pl.DataFrame(
                {
                    "person": who,
                    "household": home,
                    "surname": p.surnames.gather(people.surname[who]),
                    "forenames": (first + " " + middle).zip_with(pl.Series(people.middle[who] >= 0), first),
                    "sex": pl.Series(["F", "M"]).gather(people.sex[who]),
                    "born_on": pl.Series(people.born[who]).cast(pl.Int32).cast(pl.Date),
                    "ethnicity": pl.Series(p.ethnicities).gather(people.ethnicity[who]),
                    "phone": phone_of(people, who),
                    **address_of(world.ground, homes, home).to_dict(),
                    "area": pl.Series(world.ground.code).gather(homes.area[home]),
                }
            ),
        )
        for kind, to in (
            ("partner", people.partner),
            ("former partner", people.former),
            ("mother", people.mother),
            ("father", people.father),
        ):
            there = who[to[who] >= 0]
            log.table(
                "relationships",
                pl.DataFrame({"person": there, "to": to[there], "kind": pl.repeat(kind, len(there), eager=True)}),
            )


def write_events(world: World, month: Month, log: Log) -> None:
    """Append what was reported in a month to ``events.csv``, as it truly was."""
    moments, kinds, ground = world.calendar.moments, world.kinds, world.ground
    kind = month.reported["kind"]
    log.table(
        "events",
        month.reported.select(
            "event",
            "reference",
            pl.Series("category", kinds.category).gather(kind),
            pl.Series("title", kinds.title).gather(kind),
            moments("minute").alias("happened"),
            moments("reported").alias("reported"),
            pl.Series("area", ground.code).gather(month.reported["area"]),
            pl.Series("setting", SETTINGS).gather(month.reported["setting"]),
            pl.col("easting").round(1),
            pl.col("northing").round(1),
            "home",
            "victim",
            "suspect",
            "witness",
            "domestic",
            "plant",
        ),
    )


def write_vulnerable(seen: Sightings, log: Log) -> None:
    """Write ``vulnerable.csv``: the true population of every theme, a column a list."""
    log.table("vulnerable", population(seen))


def write_plants(plants: Plants, world: World, log: Log) -> None:
    """Write ``series.csv``, ``hot_spots.csv``, ``emerging.csv`` and ``interventions.csv``; none where nothing is planted."""
    moments = world.calendar.moments
    if plants.series:
        log.table(
            "series",
            pl.DataFrame(plants.series).with_columns(moments("first_minute").alias("first")).drop("first_minute"),
        )
    for name, rows in (
        ("hot_spots", plants.hot_spots),
        ("emerging", plants.emerging),
        ("interventions", plants.interventions),
    ):
        if rows:
            log.table(name, pl.DataFrame(rows))


def write_log(log: Log, arguments: Mapping[str, object]) -> None:
    """Write ``defects.csv`` and ``county.json`` (the arguments of ``make``)."""
    columns = {
        "feed": pl.String,
        "file": pl.String,
        "line": pl.Int64,
        "kind": pl.String,
        "column": pl.String,
        "reference": pl.String,
    }
    log.table("defects", pl.DataFrame(sorted(log.planted), schema=columns, orient="row"))
    path = log.root / "truth" / "county.json"
    path.write_text(json.dumps(arguments, indent=1, sort_keys=True) + "\n", "utf-8")
