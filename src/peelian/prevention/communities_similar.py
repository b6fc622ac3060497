"""An area beside others: rates with intervals, whether a difference is more than chance, and which areas are most like it (P1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from peelian.access.release import protect
from peelian.analysis.rates import rate_interval, share_interval
from peelian.core.document import Block, Column, Estimate, Finding, Note, Table

from .communities_picture import Picture
from .themes import ASB

SIMILAR = 5  # areas named as most similar


def rate(count: int, people: float, years: float) -> Estimate:
    value, low, high = rate_interval([count], [people * years], per=1_000)
    return Estimate(float(value[0]), float(low[0]), float(high[0]))


def counts_of(p: Picture, of: str) -> dict[str, int]:
    """Of each area of the kind: crimes, or anti-social behaviour."""
    wanted = pl.col("category") == ASB if of == ASB else pl.col("kind") == "crime"
    return dict(p.of_force.filter(wanted & (pl.col("unit") != "")).group_by("unit").len().iter_rows())


def differs(own: int, rest: int, people: float, others: float) -> str:
    """Whether the area's share of events differs from its share of people by more than chance explains."""
    if not own + rest or not others:
        return "with nothing to compare"
    low, high = (float(x[0]) for x in share_interval([own], [own + rest])[1:])
    share = people / (people + others)
    return (
        "above it by more than chance explains"
        if low > share
        else "below it by more than chance explains"
        if high < share
        else "not shown to differ from it"
    )


def distances(units: pl.DataFrame, code: str) -> list[tuple[str, float]]:
    """How unlike the other areas are, the most similar first; empty where too little is known.

    Parameters
    ----------
    units : polars.DataFrame
        `code`, `people`, `hectares`, `decile`, `deprived`; areas that lack one are left out.
    """
    known = units.filter(
        (pl.col("people") > 0)
        & (pl.col("hectares") > 0)
        & pl.col("decile").is_not_null()
        & pl.col("deprived").is_not_null()
    )
    if len(known) < 3 or code not in known["code"]:
        return []
    values = known.select(
        (pl.col("people") / pl.col("hectares")).log().alias("density"), pl.col("people").log(), "decile", "deprived"
    ).to_numpy()
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    at = known["code"].to_list().index(code)
    far = np.sqrt(np.square(scaled - scaled[at]).sum(axis=1))
    order = sorted((float(d), c) for d, c in zip(far, known["code"], strict=True) if c != code)
    return [(c, d) for d, c in order]


def similar(p: Picture) -> tuple[tuple[Block, ...], list[Finding]]:
    near = distances(p.units, p.area.code)[:SIMILAR]
    if not near:
        return (
            Note(
                "Too little is known of the areas to say which are similar: people, size and deprivation of at least three are needed.",
                "Not known",
            ),
        ), []
    crime, disorder = counts_of(p, "crime"), counts_of(p, ASB)
    units = {row["code"]: row for row in p.units.iter_rows(named=True)}
    own = units[p.area.code]

    def cells(code: str) -> tuple[Any, ...]:
        row = units[code]
        rates = [
            rate(n, row["people"], p.years) if p.crime.open_data or protect(n) is not None else "not shown"
            for n in (crime.get(code, 0), disorder.get(code, 0))
        ]
        return (row["name"], round(row["people"]), row["decile"], *rates)

    living, events = sum(units[c]["people"] for c, _ in near), sum(crime.get(c, 0) for c, _ in near)
    text = (
        f"The {len(near)} most similar areas together have {rate(events, living, p.years).show()} crimes for every 1,000 people in a year; {p.area.name} is "
        f"{differs(crime.get(p.area.code, 0), events, own['people'], living)}."
    )
    table = Table(
        "The area and those most like it", (
            Column("Area"), Column("People", "number"), Column("Deprivation decile", "number", decimals=1), Column("Crimes", "number", "per 1,000 a year, 95% interval", 1),
            Column("Anti-social behaviour", "number", "per 1,000 a year, 95% interval", 1), Column("Distance", "number", decimals=2),
        ),
        ((*cells(p.area.code), "this area"), *((*cells(c), d) for c, d in near)),
        note="Distance: 0 would be alike in density, people and deprivation. Who is similar is Peelian's own choice of measures, not an official group.",
    )  # fmt: skip
    return (table,), [Finding("similar", text)]
