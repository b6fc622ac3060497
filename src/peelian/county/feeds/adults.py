"""Adults' social care and health (a file a quarter each): who was referred, and why."""

from __future__ import annotations

import numpy as np
import polars as pl

from ..partner_view import Hand, pick_words
from ..people import ROLES
from ..sightings import Sightings
from ..vulnerability import ABUSE, ADULT, CHILD, EXPLOITED, records
from .delivering import Terms
from .listed import Listed
from .writing import Defect

PERSON = ("Surname", "Forenames", "Date of Birth", "Sex", "Address", "Postcode")
PERSON_DEFECTS = (
    Defect("bad date", "Date of Birth", ("1990-02-30", "12.05.1990", "unknown")),
    Defect("impossible year", "Date of Birth", ("1066-10-14",)),
    Defect("unknown code", "Sex", ("Female", "1", "U")),
    Defect("cell missing", "", ()),
)
_HARMS = {
    ABUSE: {"domestic abuse": 1.0},
    ADULT: {"neglect": 4.0, "self-neglect": 3.0, "financial or material": 3.0, "psychological": 1.5, "physical": 1.5},
}
_SERVICES = {
    ABUSE: {"general practice": 5.0, "midwifery": 2.0, "mental health": 2.0, "hospital": 2.0, "drug and alcohol": 1.0},
    CHILD: {"health visiting": 4.0, "general practice": 3.0, "hospital": 3.0},
    EXPLOITED: {"sexual health": 4.0, "general practice": 2.0, "hospital": 2.0, "drug and alcohol": 2.0},
    ADULT: {"general practice": 6.0, "hospital": 4.0},
    "": {"general practice": 5.0, "mental health": 4.0, "hospital": 1.0},
}
_SUMMARY = {
    ABUSE: "told the clinician of abuse by a partner or former partner",
    CHILD: "missed appointments and an unexplained injury",
    EXPLOITED: "attended late with an older companion who answered for them",
    ADULT: "does not manage at home; a relative handles the money",
    "": "low mood, asks for support",
}


def by_theme(rng: np.random.Generator, theme: pl.Series, words: dict[str, dict[str, float]]) -> pl.Series:
    """Words drawn by theme; empty where a theme has none."""
    out = pl.repeat("", len(theme), dtype=pl.String, eager=True)
    for name, weights in words.items():
        rows = np.flatnonzero((theme == name).to_numpy())
        if len(rows):
            out = out.scatter(rows, pick_words(rng, weights, len(rows)))
    return out


class AdultsCare(Listed):
    """Safeguarding concerns about adults."""

    feed = "adults-social-care"
    columns = ("Concern Ref", "Adult Ref", *PERSON, "Area", "Raised On", "Category", "Place", "Source Of Risk", "Section 42",
               "Status")  # fmt: skip
    terms = Terms(
        feed, every=3, day=20, late={1: 16, 6: 41}, never=(9,), corrections=4,
        settles=("Section 42", ("duty", "discretionary", "not met", "pending")), back=("Status", "entered in error"),
        blanks={"Source Of Risk": 0.2, "Area": 0.05},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "Raised On", ("13/02/2024", "2024-13-02", "Q1")),
        Defect("future date", "Raised On", ("2131-05-06",)),
        Defect("unknown category", "Category", ("Neglct", "OTHER", "")),
        Defect("unknown code", "Section 42", ("Y", "s42")),
        Defect("missing reference", "Concern Ref", ("",)),
    )
    hand = Hand(slip=0.03, no_birth=0.03, no_address=0.02, moved=0.05)
    marks = ("AC/", "Adult Ref", "AD")

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Adults at risk, the abused, and younger adults about whom somebody raised a concern."""
        middle = (self.world.people.born < self.world.calendar.first_day - 40 * 365.25) & ~seen.old
        return pl.concat([records(seen, self.feed), self.others(rng, np.flatnonzero(middle), 0.3)])

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """Day, category, place, who is feared, whether section 42 holds, status."""
        n, theme = len(cases), cases["theme"]
        kept = pl.Series(self.world.people.role[cases["person"].to_numpy()] == ROLES.index("O"))
        place = pick_words(rng, {"own home": 9.0, "hospital": 0.5, "elsewhere": 0.5}, n)
        return [
            self.days("Raised On", cases["minute"]),
            self.named("Category", by_theme(rng, theme, _HARMS | {"": {"organisational": 2.0, "discriminatory": 1.0}})),
            self.named("Place", pl.Series(["care home"]).zip_with(kept, place)),
            self.named(
                "Source Of Risk",
                by_theme(
                    rng, theme,
                    {
                        ABUSE: {"partner or family": 1.0},
                        ADULT: {"partner or family": 4.0, "paid carer": 2.0, "somebody known": 2.0, "not known": 2.0},
                        "": {"paid carer": 3.0, "not known": 1.0},
                    },
                ),
            ),
            self.named("Section 42", pick_words(rng, {"duty": 4.0, "discretionary": 1.0, "not met": 3.0, "pending": 2.0}, n)),
            self.named("Status", pick_words(rng, {"open": 3.0, "closed": 7.0}, n)),
        ]  # fmt: skip


class Health(Listed):
    """Referrals of health services to the hub."""

    feed = "health"
    columns = (
        "Referral No",
        "Patient No",
        *PERSON,
        "Area",
        "Service",
        "Referred On",
        "Theme",
        "Consent",
        "Summary",
        "Status",
    )
    terms = Terms(
        feed, every=3, day=15, late={2: 12, 5: 97}, never=(9,), corrections=3,
        settles=("Consent", ("given", "not given, safety at risk", "not asked")), back=("Status", "withdrawn"),
        blanks={"Consent": 0.1, "Summary": 0.3, "Date of Birth": 0.02, "Postcode": 0.05},
        drifts={"Date of Birth": 0.35, "Postcode": 0.40},
    )  # fmt: skip
    defects = (
        *PERSON_DEFECTS,
        Defect("bad date", "Referred On", ("06/11/23", "20240213", "13-Feb-2024")),
        Defect("impossible year", "Referred On", ("1024-02-13",)),
        Defect("unknown category", "Theme", ("DV", "safeguarding", "")),
        Defect("unknown code", "Service", ("GP", "A&E")),
        Defect("missing reference", "Referral No", ("",)),
    )
    hand = Hand(slip=0.02, no_birth=0.0, no_address=0.05, moved=0.10)
    marks = ("HR-", "Patient No", "NX")
    themes = {
        ABUSE: "domestic abuse",
        CHILD: "child at risk",
        EXPLOITED: "exploitation",
        ADULT: "adult at risk",
        "": "mental health",
    }

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Everybody of a theme whom health knows, and adults in low mood."""
        grown = np.flatnonzero(self.world.people.born < self.world.calendar.first_day - 18 * 365.25)
        return pl.concat([records(seen, self.feed), self.others(rng, grown, 2.0)])

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """Service, day, theme, consent, summary, status."""
        n, theme = len(cases), cases["theme"]
        return [
            self.named("Service", by_theme(rng, theme, _SERVICES)),
            self.days("Referred On", cases["minute"]),
            self.named("Theme", theme.replace_strict(self.themes, return_dtype=pl.String)),
            self.named("Consent", pick_words(rng, {"given": 6.0, "not given, safety at risk": 2.0, "not asked": 2.0}, n)),
            self.named("Summary", theme.replace_strict(_SUMMARY, return_dtype=pl.String)),
            self.named("Status", pick_words(rng, {"live": 1.0}, n)),
        ]  # fmt: skip
