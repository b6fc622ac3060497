"""Names as they sound in England today: several locales of Faker, the commonest English forenames by year of birth, and
rarer English surnames put together from parts. Any likeness to a real person is chance."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import polars as pl

from .streams import Floats, Ints

# Heritage: share of households in the country and in the heart of a town, Faker locales, and self-defined ethnicity codes
# (the 16+1 list) with weights. Shares are design, near the 2021 census of England (general knowledge).
HERITAGES: dict[str, tuple[float, float, tuple[str, ...], dict[str, float]]] = {
    "english": (0.895, 0.615, ("en_GB",), {"W1": 93, "M1": 1.2, "M3": 0.8, "M9": 0.8, "B1": 2.6, "B9": 0.6, "O9": 1.0}),
    "irish": (0.012, 0.015, ("en_IE",), {"W2": 80, "W1": 20}),
    "polish": (0.018, 0.045, ("pl_PL",), {"W9": 100}),
    "romanian": (0.012, 0.045, ("ro_RO",), {"W9": 100}),
    "lithuanian": (0.005, 0.010, ("lt_LT",), {"W9": 100}),
    "portuguese": (0.005, 0.012, ("pt_PT",), {"W9": 85, "B9": 8, "M9": 7}),
    "italian": (0.005, 0.010, ("it_IT",), {"W9": 100}),
    "turkish": (0.004, 0.015, ("tr_TR",), {"W9": 60, "O9": 40}),
    "indian": (0.018, 0.075, ("en_IN",), {"A1": 96, "A9": 4}),
    "pakistani": (0.010, 0.075, ("en_PK",), {"A2": 80, "A3": 15, "O9": 5}),
    "nigerian": (0.008, 0.040, ("yo_NG", "ig_NG"), {"B2": 98, "M2": 2}),
    "ghanaian": (0.003, 0.015, ("tw_GH",), {"B2": 98, "M2": 2}),
    "kenyan": (0.002, 0.008, ("en_KE",), {"B2": 90, "O9": 10}),
    "slovak": (0.003, 0.020, ("sk_SK",), {"W9": 100}),
}
_HEADS, _TAILS = (
    text.split()
    for text in (
        "Ash Brad Cald Den Eld Farn Gold Had Ings Kirk Lang Mar Nor Oak Pem Quen Rad Sand Thorn Under Wat Wyn Black Stan Hol",
        "bourne combe cott croft den field ford ham hurst ley low man shaw stead ston tree well wick worth bridge",
    )
)


@dataclass(frozen=True)
class Pools:
    """All forenames and surnames, and where each heritage's own begin."""

    forenames: pl.Series
    surnames: pl.Series
    forename_first: Ints  # (heritages, 2): F, M
    forename_count: Ints
    surname_first: Ints  # (heritages,)
    surname_count: Ints
    english: Floats  # cumulative chances of the English surnames
    cohort_year: Ints
    cohort_first: Ints  # (cohorts, 2)
    cohort_count: Ints
    ethnicities: list[str]
    ethnicity_weights: Floats  # (heritages, ethnicities)


def _latin(names: Iterable[str]) -> list[str]:
    """Names written in Latin letters, in a fixed order, each once."""
    return list(dict.fromkeys(n for n in names if n.isascii() or all(ord(c) < 0x250 for c in n)))


def _lists(locale: str) -> tuple[list[str], list[str], list[str]]:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    both = getattr(provider, "first_names", ())
    female = _latin(getattr(provider, "first_names_female", both))
    male = _latin(getattr(provider, "first_names_male", both))
    # The Polish module keeps its surnames under another name; those alike for men and women serve here.
    surnames = _latin(getattr(provider, "unisex_last_names", ()) or provider.last_names)
    return female, male, surnames


@cache
def pools() -> Pools:
    """The names, read once."""
    forenames: list[str] = []
    surnames: list[str] = []
    first, count, own_first, own_count = [], [], [], []
    chances = np.zeros(0)
    for heritage, (_, _, locales, _) in HERITAGES.items():
        parts = [_lists(locale) for locale in locales]
        row_first, row_count = [], []
        for column in (0, 1):
            names = _latin(name for part in parts for name in part[column])
            row_first.append(len(forenames))
            row_count.append(len(names))
            forenames += names
        own = _latin(name for part in parts for name in part[2])
        if heritage == "english":
            weight = importlib.import_module("faker.providers.person.en_GB").Provider.last_names
            rare = [a + b for a in _HEADS for b in _TAILS if a + b not in weight]
            common = [weight[name] for name in own]
            # The 500 commonest are 39.5 % of people; the made-up rare ones stand for the rest.
            chances = np.concatenate([common, np.full(len(rare), (100 - sum(common)) / len(rare))])
            own += rare
        own_first.append(len(surnames))
        own_count.append(len(own))
        surnames += own
        first.append(row_first)
        count.append(row_count)
    text = resources.files(__package__).joinpath("forenames.csv").read_text(encoding="utf-8")
    cohorts: dict[int, dict[str, list[str]]] = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        cohorts.setdefault(int(row["year"]), {})[row["sex"]] = row["names"].split()
    cohort_first, cohort_count = [], []
    for by_sex in cohorts.values():
        starts = []
        for sex in "FM":
            starts.append(len(forenames))
            forenames += by_sex[sex]
        cohort_first.append(starts)
        cohort_count.append([len(by_sex["F"]), len(by_sex["M"])])
    ethnicities = sorted({code for *_, mix in HERITAGES.values() for code in mix})
    return Pools(
        forenames=pl.Series(forenames, dtype=pl.String),
        surnames=pl.Series(surnames, dtype=pl.String),
        forename_first=np.array(first),
        forename_count=np.array(count),
        surname_first=np.array(own_first),
        surname_count=np.array(own_count),
        english=np.cumsum(chances) / chances.sum(),
        cohort_year=np.array(list(cohorts)),
        cohort_first=np.array(cohort_first),
        cohort_count=np.array(cohort_count),
        ethnicities=ethnicities,
        ethnicity_weights=np.array([[mix.get(code, 0.0) for code in ethnicities] for *_, mix in HERITAGES.values()]),
    )


def draw_forenames(rng: np.random.Generator, heritage: Ints, sex: Ints, year: Ints) -> Ints:
    """Indices into ``pools().forenames`` for people of a heritage, sex (0 F, 1 M) and year of birth."""
    p = pools()
    skewed = rng.random(len(heritage)) ** 1.8  # a few names are common
    index = p.forename_first[heritage, sex] + (skewed * p.forename_count[heritage, sex]).astype(np.int64)
    cohort = np.abs(year[:, None] - p.cohort_year).argmin(axis=1)
    usual = p.cohort_first[cohort, sex] + (rng.random(len(heritage)) ** 1.4 * p.cohort_count[cohort, sex]).astype(
        np.int64
    )
    # Three in four of English heritage, and some of every other, bear a name that was common when they were born.
    common = rng.random(len(heritage)) < np.where(heritage == 0, 0.75, 0.08)
    return np.where(common, usual, index)


def draw_surnames(rng: np.random.Generator, heritage: Ints) -> Ints:
    """Indices into ``pools().surnames``."""
    p = pools()
    chance = rng.random(len(heritage))
    english = np.minimum(np.searchsorted(p.english, chance, side="right"), len(p.english) - 1)
    other = p.surname_first[heritage] + (chance**1.4 * p.surname_count[heritage]).astype(np.int64)
    return np.where(heritage == 0, english, other)
