"""Probation (a file a quarter), HMRC and Border Force intelligence (a file each half year)."""

from __future__ import annotations

import numpy as np
import polars as pl

from ..calendar import DAY
from ..groups import plate
from ..partner_view import Hand, pick_words
from ..sightings import Sightings
from ..vulnerability import ABUSE, records
from .adults import PERSON, PERSON_DEFECTS, by_theme
from .delivering import Terms
from .listed import Listed
from .writing import Defect

PORTS = ("Saltmere", "Ganners Haven", "Wexmoor Airfield")  # none is a real port
GOODS = {"tobacco": 5.0, "alcohol": 2.0, "fuel": 1.0, "cash": 3.0, "controlled drugs": 4.0, "firearms": 0.3, "counterfeit goods": 2.0,
         "people": 0.7, "other": 0.5}  # fmt: skip
MARKINGS = {"OFFICIAL-SENSITIVE": 6.0, "OFFICIAL": 3.0, "Official - Sensitive": 1.0}
GRADINGS = {"1AP": 1.0, "1BP": 2.0, "2BP": 4.0, "2CP": 4.0, "2BC": 2.0, "2DP": 2.0, "3DC": 1.0, "3EP": 0.5}


class Probation(Listed):
    """Licences and orders; a few of those supervised are known to be victims themselves."""

    feed = "probation"
    columns = ("Order Ref", "Person Ref", *PERSON, "Kind", "Start", "End", "Risk", "Conditions", "Need", "Status")
    terms = Terms(
        feed, every=3, day=7, late={3: 15}, never=(4,), corrections=4,
        settles=("Risk", ("low", "medium", "high", "very high")), back=("Status", "entered in error"),
        blanks={"Conditions": 0.2},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "Start", ("2024-00-10", "10/01/24", "TBC")),
        Defect("unknown category", "Kind", ("ORA", "SSO", "")),
        Defect("unknown code", "Risk", ("VH", "3")),
        Defect("missing reference", "Person Ref", ("",)),
    )
    hand = Hand(slip=0.01, no_birth=0.0, no_address=0.08, moved=0.15)
    marks = ("PR", "Person Ref", "ND")

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Victims of abuse who are themselves supervised, and grown people whom the force suspects again and again."""
        people, calendar = self.world.people, self.world.calendar
        known = self.world.offenders.member
        grown = known[people.born[known] < calendar.first_day - 18 * 365.25]
        return pl.concat([records(seen, self.feed), self.others(rng, grown, 3.5)])

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """Kind, days, risk of serious harm held, conditions, need, status."""
        n, end = len(cases), self.world.calendar.end
        start = cases["minute"].to_numpy()
        until = start + rng.integers(90, 540, n) * DAY
        left = pick_words(rng, {"ended": 8.0, "recalled": 1.0}, n)
        conditions = {"residence as approved": 4.0, "no contact with the victim": 3.0, "curfew 19:00 to 07:00": 2.0,
                      "exclusion from the town centre": 1.0, "drug testing": 2.0}  # fmt: skip
        last = pl.DataFrame({"m": pl.Series(until)}).select(self.world.calendar.days("m").alias("End")).to_series()
        return [
            self.named(
                "Kind",
                pick_words(
                    rng, {"licence": 4.0, "community order": 4.0, "suspended sentence order": 2.0, "post-sentence supervision": 1.0}, n
                ),
            ),
            self.days("Start", cases["minute"]),
            last,
            self.named("Risk", pick_words(rng, {"low": 4.0, "medium": 4.0, "high": 1.5, "very high": 0.1}, n)),
            self.named("Conditions", pick_words(rng, conditions, n)),
            self.named("Need", by_theme(rng, cases["theme"], {ABUSE: {"victim of domestic abuse": 1.0}})),
            self.named("Status", pl.Series(["current"]).zip_with(pl.Series(until >= end), left)),
        ]  # fmt: skip


class _Intelligence(Listed):
    """Intelligence of another agency: opaque source, grading, subject, goods, route."""

    hand = Hand(slip=0.06, no_birth=0.35, no_address=0.4, moved=0.15)
    rate = 0.1  # logs a year for 1,000 people
    letter = ""

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Members of organised groups, and grown people whom the force suspects again and again."""
        people, calendar = self.world.people, self.world.calendar
        known = self.world.offenders.member
        grown = known[people.born[known] < calendar.first_day - 18 * 365.25]
        members = seen.groups.people.filter("member")["person"].to_numpy().astype(np.int64)
        return pl.concat([self.others(rng, grown, self.rate), self.others(rng, members, self.rate / 2)])

    def common(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """What both agencies' logs hold."""
        n = len(cases)
        source = self.letter + pl.Series(rng.integers(100_000, 1_000_000, n)).cast(pl.String)
        return [
            self.named("Marking", pick_words(rng, MARKINGS, n)),
            self.days("Logged On", cases["minute"]),
            self.named("Source Ref", source),
            self.named("Grading", pick_words(rng, GRADINGS, n)),
            self.named("Goods", pick_words(rng, GOODS, n)),
            self.named("Status", pick_words(rng, {"live": 1.0}, n)),
        ]


def _defects() -> tuple[Defect, ...]:
    return (
        *PERSON_DEFECTS,
        Defect("bad date", "Logged On", ("13/02/2024", "2024-02-31")),
        Defect("unknown category", "Goods", ("Cigs", "drugs", "")),
        Defect("unknown code", "Grading", ("E41", "4AP", "")),
        Defect("source not opaque", "Source Ref", ("see handler", "")),
        Defect("marking above the ceiling", "Marking", ("SECRET", "TOP SECRET", "UK SECRET")),
        Defect("missing reference", "Log Number", ("",)),
    )


class Hmrc(_Intelligence):
    """HMRC's intelligence."""

    feed = "hmrc-intelligence"
    columns = (
        "Log Number",
        "Marking",
        "Logged On",
        "Source Ref",
        "Grading",
        *PERSON,
        "Goods",
        "Route",
        "Business",
        "Text",
        "Status",
    )
    terms = Terms(
        feed, every=6, day=25, late={2: 33}, never=(4,), corrections=3, settles=("Grading", ("1BP", "2BP", "2CP", "3DC")),
        back=("Status", "withdrawn"), blanks={"Route": 0.3},
    )  # fmt: skip
    defects = _defects()
    marks = ("HM", "", "")
    letter = "HX"

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """The log's cells, with route, business and text."""
        n = len(cases)
        routes = {
            "lorry park to lock-up": 3.0,
            "coast to warehouse by night": 2.0,
            "market stall to shop": 2.0,
            "parcel hub to house": 2.0,
        }
        business = {"": 6.0, "a hand car wash": 1.0, "a corner shop": 1.0, "a haulier": 1.0}
        words = {
            "cash takings above what is declared": 2.0,
            "pallets moved without papers": 3.0,
            "duty unpaid on what is sold": 3.0,
        }
        return [
            *self.common(cases, rng),
            self.named("Route", pick_words(rng, routes, n)),
            self.named("Business", pick_words(rng, business, n)),
            self.named("Text", pick_words(rng, words, n)),
        ]


class BorderForce(_Intelligence):
    """Border Force's intelligence."""

    feed = "border-force-intelligence"
    columns = ("Log Number", "Marking", "Logged On", "Source Ref", "Grading", *PERSON, "Goods", "Port", "Route", "Vehicle", "Text",
               "Status")  # fmt: skip
    terms = Terms(
        feed, every=6, day=28, late={0: 19}, never=(3,), corrections=2, settles=("Grading", ("1BP", "2BP", "2CP", "3DC")),
        back=("Status", "withdrawn"), blanks={"Vehicle": 0.4},
    )  # fmt: skip
    defects = _defects()
    marks = ("BF", "", "")
    letter = "BX"

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """The log's cells, with port, route, vehicle and text."""
        n = len(cases)
        words = {
            "cash in a door panel": 2.0,
            "passenger met by an unknown driver": 2.0,
            "load does not match its papers": 3.0,
        }
        return [
            *self.common(cases, rng),
            self.named("Port", pick_words(rng, dict.fromkeys(PORTS, 1.0), n)),
            self.named("Route", pick_words(rng, {"inward": 5.0, "outward": 3.0}, n)),
            self.named("Vehicle", plate(rng.integers(1 << 40, size=n))),
            self.named("Text", pick_words(rng, words, n)),
        ]
