"""The councils: complaints of anti-social behaviour and their tenancies (a file a quarter each)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from .. import people_view
from ..addresses import point_of
from ..filing import Month
from ..groups import TAKEN_OVER
from ..offences import ASB_KINDS, SETTINGS
from ..partner_plants import COMPLAINTS, MONTHS_OF_COMPLAINTS, partner_plants, told
from ..partner_view import Hand, in_month, own_number, own_stream, pick_words, scattered, somewhere
from ..places_view import places
from ..sightings import Sightings
from ..streams import within
from ..vulnerability import ABUSE, ADULT, records
from ..world import World
from .adults import PERSON, PERSON_DEFECTS, by_theme
from .delivering import Deliveries, Terms
from .listed import Listed
from .writing import Defect, Log

RATE = 5.0  # complaints a year for 1,000 people that police never hear of (design)
SHARED = 0.06  # share of what police are told that the council is told too
BEHAVIOUR = {
    "personal": {"threats": 3.0, "abuse at the door": 3.0, "harassment by neighbour": 4.0},
    "nuisance": {"loud music": 5.0, "shouting": 3.0, "dogs barking": 2.0, "gathering in stairwell": 2.0},
    "environmental": {"fly tipping": 5.0, "graffiti": 2.0, "needles found": 2.0, "abandoned car": 2.0},
}
ACTIONS = (
    "none yet",
    "advice",
    "warning letter",
    "community protection warning",
    "referred to police",
    "no further action",
)


class Complaints:
    """Complaints of anti-social behaviour. The truth's ``council_asb`` says which of them police hold too, and who complained."""

    feed = "council-asb"
    columns = ("Case Ref", "Reported On", "Occurred At", "Category", "Behaviour", "Location", "Postcode", "Easting", "Northing",
               "Area", "Complainant Ref", "Complainant Surname", "Complainant Forenames", "Action", "Status")  # fmt: skip
    terms = Terms(
        feed, every=3, day=10, late={1: 8, 6: 31}, never=(5,), corrections=2, settles=("Action", ACTIONS),
        back=("Status", "withdrawn"), blanks={"Occurred At": 0.08, "Behaviour": 0.05},
    )  # fmt: skip
    defects = (
        Defect("bad date", "Reported On", ("31/02/2024", "2024-02-30", "last week")),
        Defect("bad date", "Occurred At", ("3/2/24 9pm", "2024-02-03 21.00")),
        Defect("not a number", "Easting", ("unknown", "SP 450 270")),
        Defect("unknown category", "Category", ("Noise", "NUISANCE", "")),
        Defect("unknown code", "Action", ("ABC", "see notes")),
        Defect("missing reference", "Case Ref", ("",)),
        Defect("cell missing", "", ()),
    )

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.planted = partner_plants(world)
        self.deliveries = Deliveries(world, folder, log, self.terms, self.columns, self.defects)
        self.count = 0
        log.table("partner_plants", told(world, self.planted))

    def write(self, month: Month) -> None:
        """Take in the complaints of a month."""
        world, rng = self.world, own_stream(self.world, self.feed, month.number)
        rows = self._complaints(month, rng).sort("minute", maintain_order=True)
        n, person = len(rows), rows["person"].to_numpy()
        number = pl.int_range(self.count + 1, self.count + n + 1, eager=True)
        self.count += n
        names = people_view.names(world, rng, person)
        secret = rng.random(n) < 0.15  # whoever complains without a name has no number either
        empty, hidden = pl.Series([""]), pl.Series(secret & (rows["plant"] == "").to_numpy())
        last = int(world.calendar.starts[month.number + 1]) - 1
        told_at = pl.Series(np.minimum(rows["minute"].to_numpy() + rng.integers(60, 5 * 1440, n), last))
        moments = world.calendar.moments
        frame = pl.DataFrame(
            {
                "Case Ref": f"ASB/{world.calendar.firsts[month.number].year}/" + number.cast(pl.String).str.zfill(6),
                "Reported On": pl.DataFrame({"m": told_at}).select(world.calendar.days("m")).to_series(),
                "Occurred At": rows.select(moments("minute")).to_series(),
                "Category": rows["kind"],
                "Behaviour": by_theme(rng, rows["kind"], BEHAVIOUR),
                **places(world, rng, rows).to_dict(),
                "Complainant Ref": empty.zip_with(hidden, own_number(world, self.feed, person, "CP")),
                "Complainant Surname": empty.zip_with(hidden, names["Surname"]),
                "Complainant Forenames": empty.zip_with(hidden, names["Forenames"]),
                "Action": pick_words(rng, dict(zip(ACTIONS, (5.0, 4.0, 2.0, 0.5, 0.8, 3.0), strict=True)), n),
                "Status": pick_words(rng, {"open": 3.0, "closed": 5.0}, n),
                "person": rows["person"],
                "theme": pl.repeat("", n, eager=True),
            }
        )
        self.log.table(
            "council_asb",
            rows.select(
                frame["Case Ref"].alias("reference"),
                moments("minute").alias("happened"),
                "person",
                "home",
                "event",
                "plant",
            ),
        )
        self.deliveries.add(month.number, frame)

    def close(self) -> None:
        """List the files in the order in which they were sent."""
        self.deliveries.close()

    def _complaints(self, month: Month, rng: np.random.Generator) -> pl.DataFrame:
        world = self.world
        homes, titles = (
            world.people.homes,
            {world.kinds.index(title): title.removeprefix("ASB ") for title in ASB_KINDS},
        )
        area = scattered(world, rng, month.number, RATE, pull=1.3)
        alone = somewhere(world, rng, area, indoors=0.6, again=0.35).with_columns(
            minute=pl.Series(in_month(world, rng, month.number, len(area), 21)),
            kind=pick_words(rng, {"personal": 3.0, "nuisance": 5.0, "environmental": 2.0}, len(area)),
            event=pl.lit(None, dtype=pl.Int64),
            plant=pl.lit(""),
        )
        began = int(world.calendar.starts[month.number])
        both = month.reported.filter(pl.col("kind").is_in(list(titles)) & (pl.col("minute") >= began))
        both = both.filter(pl.Series(rng.random(len(both)) < SHARED)).with_columns(
            pl.col("kind").replace_strict(titles, return_dtype=pl.String),
            pl.col("event").cast(pl.Int64),
            plant=pl.lit(""),
        )
        victim = self.planted.victim
        many = (
            COMPLAINTS[0] + int(rng.poisson(COMPLAINTS[1]))
            if month.number >= world.calendar.months - MONTHS_OF_COMPLAINTS
            else 0
        )
        home = np.full(many, world.people.home[victim], dtype=np.int64)
        at = point_of(world.ground, homes, home)
        own = pl.DataFrame(
            {
                "area": homes.area[home].astype(np.int64), "street": homes.street[home].astype(np.int64), "home": home,
                "place": np.full(many, -1), "setting": np.full(many, SETTINGS.index("dwelling")), "easting": at[:, 0],
                "northing": at[:, 1], "minute": in_month(world, rng, month.number, many, 22),
            },
        ).with_columns(kind=pl.lit("personal"), event=pl.lit(None, dtype=pl.Int64), plant=pl.lit("P2"))  # fmt: skip
        rows = pl.concat([alone, both.select(alone.columns), own.select(alone.columns)], how="vertical_relaxed")
        # The household's first member complains; of what happens in the street, somebody who lives near.
        inside, where = rows["home"].to_numpy(), rows["area"].to_numpy()
        near = within(rng, homes.first[where], homes.count[where])
        first = homes.first_person[np.where(inside >= 0, inside, near)].astype(np.int64)
        planted = (rows["plant"] == "P2").to_numpy()
        return rows.with_columns(person=pl.Series(np.where(planted, victim, first)))


class Housing(Listed):
    """Complaints, notices, homelessness and visits of the councils' tenants."""

    feed = "council-housing"
    columns = ("Case Number", "Tenancy Ref", "Opened On", "Kind", "Reason", *PERSON, "Area", "Outcome", "Status")
    terms = Terms(
        feed, every=3, day=15, late={2: 22, 8: 5}, never=(4,), corrections=4,
        settles=("Outcome", ("advice given", "repaired", "arrears plan", "moved", "no action")), back=("Status", "withdrawn"),
        blanks={"Outcome": 0.4},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "Opened On", ("31-04-2024", "2024-4-3", "45385")),
        Defect("unknown category", "Kind", ("NOSP", "Complaint", "")),
        Defect("unknown code", "Reason", ("DA", "noise")),
        Defect("missing reference", "Case Number", ("",)),
    )
    hand = Hand(slip=0.04, no_birth=0.08, no_address=0.0, moved=0.03)
    marks = ("H", "Tenancy Ref", "TN")

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Tenants of a theme, homes that others have taken over, and tenants in arrears or with repairs to do."""
        people, end = self.world.people, self.world.calendar.end
        taken = seen.groups.people.filter((pl.col("part") == TAKEN_OVER) & (pl.col("since") < end))
        since = taken["since"].to_numpy()
        taken_over = pl.DataFrame(
            {
                "person": taken["person"].cast(pl.Int64),
                "theme": pl.repeat(TAKEN_OVER, len(taken), eager=True),
                "minute": pl.Series(since + (rng.random(len(taken)) * (end - since)).astype(np.int64), dtype=pl.Int64),
            }
        )
        heads = np.flatnonzero(people.role == 0)
        return pl.concat([records(seen, "housing"), taken_over, self.others(rng, heads, 4.0)])

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """Day, kind, reason, outcome, status."""
        n, theme = len(cases), cases["theme"]
        kind = {
            ABUSE: {"complaint": 4.0, "homelessness application": 4.0, "tenancy visit": 1.0},
            ADULT: {"tenancy visit": 5.0, "complaint": 2.0},
            TAKEN_OVER: {"complaint": 6.0, "tenancy visit": 2.0},
            "": {"complaint": 5.0, "notice of possession": 3.0, "notice to quit": 1.0, "homelessness application": 2.0},
        }
        reason = {
            ABUSE: {"domestic abuse": 1.0},
            ADULT: {"occupier at risk": 1.0},
            TAKEN_OVER: {"visitors taking over the home": 3.0, "anti-social behaviour": 1.0},
            "": {"rent arrears": 6.0, "condition of property": 3.0, "anti-social behaviour": 2.0, "other": 2.0},
        }
        done = {"advice given": 4.0, "repaired": 2.0, "arrears plan": 2.0, "moved": 1.0, "no action": 3.0}
        return [
            self.days("Opened On", cases["minute"]),
            self.named("Kind", by_theme(rng, theme, kind)),
            self.named("Reason", by_theme(rng, theme, reason)),
            self.named("Outcome", pick_words(rng, done, n)),
            self.named("Status", pick_words(rng, {"open": 4.0, "closed": 6.0}, n)),
        ]
