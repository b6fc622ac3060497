"""Schools (a file each term of four months) and children's social care (a file a month)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from ..addresses import address_of
from ..calendar import DAY
from ..filing import Month
from ..missing import Missing
from ..partner_plants import PLACEMENT, partner_plants
from ..partner_view import Hand, pick_words
from ..people import ROLES
from ..places_view import written_address
from ..sightings import Sightings
from ..streams import Ints, stream, within
from ..vulnerability import CHILD, EXPLOITED, records
from ..world import World
from .adults import PERSON, PERSON_DEFECTS, by_theme
from .delivering import Terms
from .listed import Listed
from .writing import Defect, Log

MISSING, LOOKED_AFTER = "missing", "looked after"  # kinds of case, beside the themes


class Schools(Listed):
    """Suspensions, exclusions, low attendance, children missing from education, and concerns about a pupil."""

    feed = "schools"
    columns = ("Record No", "School", "Pupil No", *PERSON, "Kind", "From", "To", "Attendance", "Concern", "Status")
    terms = Terms(
        feed, every=4, day=25, late={3: 30, 7: 9}, never=(5,), corrections=3,
        settles=("Kind", ("suspension", "low attendance", "safeguarding concern")), back=("Status", "withdrawn"),
        blanks={"Attendance": 0.15},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "From", ("2024-09-31", "Mon 3 Sep", "03/09/2024")),
        Defect("not a number", "Attendance", ("81%", "n/k", "PA")),
        Defect("unknown category", "Kind", ("CME", "FTE", "")),
        Defect("unknown code", "Concern", ("CSE", "Yes")),
        Defect("missing reference", "Record No", ("",)),
    )
    hand = Hand(slip=0.02, no_birth=0.01, no_address=0.06, moved=0.06)
    marks = ("S", "Pupil No", "PU")

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Pupils whom a school worries about, and pupils who were suspended or stayed away."""
        born, calendar = self.world.people.born, self.world.calendar
        pupils = np.flatnonzero(seen.child & (born < calendar.first_day - 5 * 365.25))
        return pl.concat([records(seen, self.feed), self.others(rng, pupils, 6.0)])

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """School, kind, days, attendance, concern, status."""
        n, theme = len(cases), cases["theme"]
        usual = {"suspension": 5.0, "low attendance": 5.0, "permanent exclusion": 0.2, "missing from education": 0.5}
        kind = by_theme(
            rng, theme,
            {"": usual, CHILD: usual | {"safeguarding concern": 14.0}, EXPLOITED: usual | {"missing from education": 6.0, "safeguarding concern": 6.0}},
        )  # fmt: skip
        lasts = pl.Series(
            np.minimum(cases["minute"].to_numpy() + rng.integers(1, 9, n) * DAY, self.world.calendar.end - 1)
        )
        ended = self.days("To", lasts)
        return [
            self.named("School", self._schools(cases["person"].to_numpy())),
            self.named("Kind", kind),
            self.days("From", cases["minute"]),
            pl.Series([""]).zip_with(kind != "suspension", ended).alias("To"),
            self.named("Attendance", [f"{x:.1f}" for x in np.clip(rng.normal(82, 12, n), 0, 100)]),
            self.named(
                "Concern", by_theme(rng, theme, {CHILD: {"child at risk": 1.0}, EXPLOITED: {"exploitation": 1.0}})
            ),
            self.named("Status", pick_words(rng, {"live": 1.0}, n)),
        ]

    def _schools(self, person: Ints) -> pl.Series:
        """The school nearest in the order of areas."""
        schools = self.world.ground.places["school"]
        if not len(schools.area):
            return pl.repeat("The County School", len(person), eager=True)
        people = self.world.people
        area = people.homes.area[people.home[person]]
        return pl.Series(schools.name).gather(np.minimum(np.searchsorted(schools.area, area), len(schools.area) - 1))


class ChildrensCare(Listed):
    """Referrals, plans, looked-after children, and episodes missing from care; the truth's ``care_episodes`` lists those."""

    feed = "childrens-social-care"
    columns = ("Episode Ref", "Child Ref", *PERSON, "Area", "Kind", "Category", "Placement", "Started", "Ended", "Told Police",
               "Status")  # fmt: skip
    terms = Terms(
        feed, every=1, day=10, late={4: 9, 11: 26, 23: 38}, corrections=6,
        settles=("Status", ("live", "closed")), back=("Status", "entered in error"), blanks={"Area": 0.04},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "Started", ("2024-02-30 10:00", "01/02/2024 21:15", "last night")),
        Defect("future date", "Started", ("2131-05-06 11:30",)),
        Defect("unknown category", "Kind", ("CIN", "Missing", "")),
        Defect("unknown code", "Told Police", ("y", "101")),
        Defect("missing reference", "Child Ref", ("",)),
    )
    hand = Hand(slip=0.02, no_birth=0.01, no_address=0.01, moved=0.04)
    marks = ("CSC/", "Child Ref", "CH")

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        super().__init__(world, folder, log)
        self.planted = partner_plants(world)
        self.missing: Missing | None = None
        self.episodes: list[pl.DataFrame] = []

    def write(self, month: Month) -> None:
        """Note the episodes of a month; with the last one, write the files of all periods."""
        self.missing = self.missing or Missing(self.world)
        told = self.missing.of(month).filter(pl.col("from_care") & pl.col("social_care") & (pl.col("gone") >= 0))
        known = told.select(
            "person", "home", "found", "police", "episode", minute=pl.col("gone").cast(pl.Int64), plant=pl.lit("")
        )
        self.episodes += [known, self._planted(month.number).select(known.columns)]
        super().write(month)

    def _planted(self, month: int) -> pl.DataFrame:
        """Episodes at the planted placement, each on a day of its own, over before the next one begins."""
        rng = stream(self.world.seed, "partners", "placement", month)
        calendar, children = self.world.calendar, self.planted.children
        first, end = int(calendar.starts[month]), int(calendar.starts[month + 1])
        many = (PLACEMENT[0] + int(rng.poisson(PLACEMENT[1]))) if len(children) else 0
        day = np.sort(rng.permutation((end - first) // DAY)[:many])
        gone = calendar.real(first + day * DAY + rng.integers(14 * 60, 18 * 60, size=len(day)))
        found = np.minimum(gone + rng.integers(90, 5 * 60, size=len(day)), end - 1)
        person = rng.choice(children, size=len(day)) if len(day) else np.zeros(0, dtype=np.int64)
        return pl.DataFrame(
            {"person": person, "minute": gone, "found": found},
            schema={"person": pl.Int64, "minute": pl.Int64, "found": pl.Int64},
        ).with_columns(
            home=pl.lit(self.planted.placement, dtype=pl.Int64), police=pl.lit(False), episode=pl.lit(""), plant=pl.lit("P3")
        )  # fmt: skip

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Children of the themes, those in children's homes, and the episodes of those who went missing from care."""
        world, calendar = self.world, self.world.calendar
        episodes = pl.concat(self.episodes, how="vertical_relaxed").with_columns(theme=pl.lit(MISSING))
        homed = np.flatnonzero(seen.child & (world.people.role == ROLES.index("K")))
        # They came into care before the calendar begins or in its course; the register tells all of them.
        came = calendar.real(within(rng, np.zeros(len(homed), dtype=np.int64), np.full(len(homed), calendar.end)))
        looked = pl.DataFrame({"person": homed.astype(np.int64), "minute": came.astype(np.int64)}).with_columns(
            theme=pl.lit(LOOKED_AFTER)
        )
        listed = records(seen, self.feed)
        # A month without a single record would be a file without a row: the register is never that short.
        steady = listed[rng.integers(len(listed), size=calendar.months)].with_columns(
            minute=pl.Series(calendar.starts[:-1] + 600, dtype=pl.Int64)
        )
        return pl.concat([listed, steady, looked, episodes], how="diagonal")

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """Kind, category, placement, times, whether police were told, status."""
        n, theme, calendar = len(cases), cases["theme"], self.world.calendar
        missing = theme == MISSING
        kind = by_theme(
            rng, theme,
            {
                CHILD: {"referral": 7.0, "child protection plan": 3.0},
                EXPLOITED: {"referral": 8.0, "child protection plan": 2.0},
                MISSING: {"missing from care": 1.0},
                LOOKED_AFTER: {"looked after": 1.0},
            },
        )  # fmt: skip
        harm = by_theme(
            rng, theme,
            {
                CHILD: {"neglect": 4.0, "emotional abuse": 3.0, "domestic abuse in the home": 3.0, "physical abuse": 1.5, "sexual abuse": 1.0},
                EXPLOITED: {"criminal exploitation": 6.0, "sexual exploitation": 4.0},
            },
        )  # fmt: skip
        people, ground = self.world.people, self.world.ground
        home = cases["home"].fill_null(-1).to_numpy()
        home = np.where(home >= 0, home, people.home[cases["person"].to_numpy()])
        true = address_of(ground, people.homes, home)
        placed = (theme == MISSING) | (theme == LOOKED_AFTER)
        # Plans and referrals last weeks; what is not over when the extracts are made is open.
        lasts = pl.Series(cases["minute"].to_numpy() + rng.integers(10, 90, n) * DAY)
        ended = cases["found"].fill_null(calendar.end).zip_with(missing, lasts)
        ended = pl.repeat(calendar.end, n, dtype=pl.Int64, eager=True).zip_with(theme == LOOKED_AFTER, ended)
        over = self.moments("Ended", ended)
        reference = "CSC/" + cases["number"].cast(pl.String).str.zfill(7)
        self.log.table(
            "care_episodes",
            cases.select(
                reference.alias("reference"),
                "episode",
                "person",
                self.moments("gone", cases["minute"]),
                self.moments("found", ended),
                "home",
                "police",
                "plant",
            ).filter(missing),
        )
        return [
            self.named("Kind", kind),
            self.named("Category", harm),
            pl.Series([""]).zip_with(~placed, written_address(rng, true["address"], true["town"])).alias("Placement"),
            self.moments("Started", cases["minute"]),
            over,
            self.named(
                "Told Police",
                pl.Series(["N", "Y", ""]).gather(
                    np.where(missing.to_numpy(), cases["police"].fill_null(False).to_numpy(), 2)
                ),
            ),
            self.named("Status", pl.Series(["closed", "live"]).gather((over == "").cast(pl.Int64))),
        ]
