"""What happens in the county, and how often: kinds of crime, of anti-social behaviour and of other calls, as arrays."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from .streams import Floats, Ints

SETTINGS = ("dwelling", "street", "retail", "vehicle", "licensed premises", "school", "care home", "hospital", "other")
VICTIMS = ("none", "person", "female", "resident", "member", "business")
ASB = "Anti-social behaviour"
HOURS = np.arange(24)

# Home Office outcome types by kind of offence, in per cent of crimes with an outcome. General shape from the Home Office's
# published outcomes (most thefts end as type 18, violence as 16, one crime in ten charged); the figures are design.
OUTCOMES: dict[str, dict[int, float]] = {
    "violence": {16: 46, 14: 14, 15: 13, 18: 12, 1: 7, 8: 3.5, 3: 0.7, 10: 1.3, 21: 1.5, 22: 1},
    "sexual": {16: 52, 14: 14, 15: 18, 18: 7, 1: 5, 21: 4},
    "burglary": {18: 84, 14: 4, 15: 4, 16: 2, 1: 5.5, 21: 0.5},
    "robbery": {18: 62, 14: 12, 16: 8, 15: 8, 1: 10},
    "theft": {18: 85, 14: 4, 15: 4, 16: 3, 1: 2.5, 8: 1, 21: 0.5},
    "shoplifting": {18: 55, 14: 4, 15: 6, 16: 12, 1: 16, 8: 5, 3: 0.6, 6: 0.4, 10: 1},
    "damage": {18: 62, 16: 16, 14: 7, 15: 6, 1: 5, 8: 3, 10: 1},
    "drugs": {8: 42, 1: 22, 7: 14, 3: 4, 18: 4, 15: 5, 21: 4, 22: 3, 10: 2},
    "charge": {1: 48, 15: 20, 18: 12, 8: 6, 16: 4, 3: 2, 10: 4, 21: 4},
}
OUTCOME_TYPES = np.array(sorted({kind for mix in OUTCOMES.values() for kind in mix}))
# Median days from the record to the outcome: closed without a suspect soon, charged late (design).
OUTCOME_DAYS = {18: 6, 14: 24, 16: 26, 15: 48, 1: 55, 8: 21, 7: 3, 3: 30, 6: 5, 10: 35, 21: 30, 22: 40}

# Codes of incidents that are no crime: calls per 1,000 people a year (design), peak hour, spread, weekend, deprivation, centre, where.
CALLS: dict[str, tuple[float, int, float, float, float, float, str]] = {
    "Domestic incident": (9.0, 21, 0.7, 1.4, 1.3, 0.3, "dwelling 100"),
    "Missing person": (3.0, 21, 0.6, 1.0, 1.2, 0.3, "dwelling 78;care home 14;hospital 8"),
    "Concern for safety": (24.0, 18, 0.5, 1.0, 1.1, 0.8, "dwelling 75;street 18;care home 4;hospital 3"),
    "Suspicious activity": (18.0, 22, 0.7, 1.0, 0.6, 0.4, "street 60;dwelling 30;retail 10"),
    "Traffic": (25.0, 16, 0.7, 0.9, 0.1, 0.6, "street 100"),
    "Other": (40.0, 14, 0.4, 0.9, 0.8, 0.8, "street 40;dwelling 45;retail 15"),
}
SUBJECTS = {"Missing person": "member", "Concern for safety": "resident"}  # whom such a call is about
# Anti-social behaviour: Essex had 27 a year per 1,000 people in 2018 (data.police.uk); the three kinds are design.
ASB_KINDS = {"ASB nuisance": (18.5, 20), "ASB personal": (6.0, 19), "ASB environmental": (2.5, 14)}


@dataclass(frozen=True)
class Kinds:
    """Kinds of event, one row each; the crimes come first, then anti-social behaviour, then other calls."""

    category: list[str]  # police.uk label; empty for calls that are neither crime nor anti-social behaviour
    ho_class: list[str]
    title: list[str]  # offence, or code of the incident
    rate: Floats  # a year per 1,000 people
    deprivation: Floats
    centre: Floats
    hours: Floats  # (kinds, 24) weights
    days: Floats  # (kinds, 7) weights, Monday first
    month: Ints  # busiest month, 1 to 12
    swing: Floats
    delay: Floats  # median hours
    sigma: Floats
    ranged: Floats  # share known only as a range
    span: Floats  # hours
    domestic: Floats  # share
    where: Floats  # (kinds, settings) weights
    victim: Ints  # index into VICTIMS
    known: Floats  # share with a known suspect
    outcomes: Floats  # (kinds, outcome types) weights; none for what is no crime
    crimes: int

    def __len__(self) -> int:
        return len(self.title)

    def index(self, title: str) -> int:
        """The kind with this title."""
        return self.title.index(title)


def _where(text: str) -> list[float]:
    weights = {name: float(weight) for name, weight in (part.rsplit(" ", 1) for part in text.split(";"))}
    return [weights.get(setting, 0.0) for setting in SETTINGS]


def _days(weekend: float) -> list[float]:
    # Friday carries part of the weekend's excess: its night belongs to it.
    return [1.0, 1.0, 1.0, 1.0, 0.5 + weekend / 2, weekend, 0.3 + 0.7 * weekend]


def _hours(peak: float, spread: float) -> Floats:
    return np.asarray(np.exp(spread * (np.cos(2 * np.pi * (HOURS - peak) / 24) - 1)))


@cache
def kinds() -> Kinds:
    """The kinds of event of the county, from ``offences.csv`` and the tables above."""
    text = resources.files(__package__).joinpath("offences.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    crimes = len(rows)
    blank = {"ho_class": "", "delay": "0.2", "sigma": "0.8", "range": "0", "span": "1", "victim": "none", "known": "0"}
    for title, (rate, peak) in ASB_KINDS.items():
        rows.append(blank | {"category": ASB, "offence": title, "rate": str(rate), "deprivation": "1.3", "centre": "1.4",
                             "peak": str(peak), "spread": "1.0", "weekend": "1.3", "month": "7", "swing": "0.25",
                             "domestic": "0", "where": "street 75;dwelling 15;retail 10"})  # fmt: skip
    for title, (rate, peak, spread, weekend, need, centre, where) in CALLS.items():
        rows.append(blank | {"category": "", "offence": title, "rate": str(rate), "deprivation": str(need), "centre": str(centre),
                             "peak": str(peak), "spread": str(spread), "weekend": str(weekend), "month": "7", "swing": "0.06",
                             "domestic": str(float(title == "Domestic incident")), "where": where,
                             "victim": SUBJECTS.get(title, "none")})  # fmt: skip

    def number(column: str) -> Floats:
        return np.array([float(row[column]) for row in rows])

    return Kinds(
        category=[row["category"] for row in rows],
        ho_class=[row["ho_class"] for row in rows],
        title=[row["offence"] for row in rows],
        rate=number("rate"),
        deprivation=number("deprivation"),
        centre=number("centre"),
        hours=np.array([_hours(float(row["peak"]), float(row["spread"])) for row in rows]),
        days=np.array([_days(float(row["weekend"])) for row in rows]),
        month=number("month").astype(np.int64),
        swing=number("swing"),
        delay=number("delay"),
        sigma=number("sigma"),
        ranged=number("range"),
        span=number("span"),
        domestic=number("domestic"),
        where=np.array([_where(row["where"]) for row in rows]),
        victim=np.array([VICTIMS.index(row["victim"]) for row in rows]),
        known=number("known"),
        outcomes=np.array(
            [[OUTCOMES.get(row.get("outcomes") or "", {}).get(int(t), 0.0) for t in OUTCOME_TYPES] for row in rows]
        ),
        crimes=crimes,
    )
