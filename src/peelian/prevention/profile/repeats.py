"""Repeat and near repeat, and the zones at risk now."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from peelian.analysis.near_repeat import KnoxResult, RiskZone, knox, risk_bands, risk_zones
from peelian.core.document import Block, Column, Figure, Finding, Note, Paragraph, Section, Source, Table, Task
from peelian.documents import charts

from .part import Part, chance, percent
from .scope import Scope

DISTANCES = (0, 1, 100, 200, 400, 800)  # metres; the first band is the same place
TIMES = (0, 7, 14, 21, 28)  # days
LEVEL = 0.05
PERMUTATIONS = 999
_FEWEST = 20
_KNOX = Source(
    "Near repeats: Knox test, dates dealt to places at random, corrected for the number of cells looked at",
    "Knox, E. G. (1964). Applied Statistics 13(1), 25-29; Johnson, S. D. et al. (2007). Journal of Quantitative Criminology 23(3), 201-219",
)
_SECTION = "Repeat and near repeat"


def repeats_part(scope: Scope, rng: np.random.Generator) -> Part:
    """Knox test with its bands and closing stated, and the risk zones on the day of the profile; or the reason for none."""
    why = refusal(scope.events)
    if why:
        return Part(
            Section(_SECTION, (Note(why, "Cannot be shown"),)),
            unknown=("Whether one offence raises the risk near by: " + why[0].lower() + why[1:],),
        )
    used = usable(scope.events)
    x, y, days = (used[c].to_numpy() for c in ("easting", "northing", "day"))
    result = knox(
        x, y, days, distance_bands=DISTANCES, day_bands=TIMES, closed="left", permutations=PERMUTATIONS, rng=rng
    )
    bands = risk_bands(result, level=LEVEL)
    again = len(used) - len(used.select("easting", "northing").unique())
    blocks: list[Block] = [
        Paragraph(
            f"Of {len(used):,} with an exact place and a day, {percent(again / len(used))} were at a place that had one before in the "
            "period. The Knox test asks whether those near in place are also near in time more often than chance has it. Distances "
            'are straight lines; each band includes its lower edge and not its upper, so "0 to 7 days" is the same day and the six '
            f"that follow. {PERMUTATIONS} permutations; p-values count simulations as large or larger and are corrected for the "
            f"{len(DISTANCES) - 1} by {len(TIMES) - 1} cells looked at."
        ),
        _figure(scope, result),
    ]
    if not bands:
        text = (
            f"No near repetition is shown ({chance(result.p_global)}): after one offence the next near by comes no sooner than chance "
            "has it, or there are too few to tell."
        )
        blocks.append(Paragraph(text + " No risk zone is drawn."))
        return Part(Section(_SECTION, tuple(blocks)), (Finding("repeats", text),), methods=(_KNOX,))
    farthest = max(bands, key=lambda band: (band.metres, band.days))
    text = (
        f"After one {scope.theme.one}, the risk within {farthest.metres:.0f} m is raised for {farthest.days} days: "
        f"{farthest.reason}."
    )
    blocks += [Paragraph(text), *_zones(scope, risk_zones(x, y, days, on=scope.on, bands=bands))]
    task = Task(
        f"After each {scope.theme.one}, visit the homes and premises within {farthest.metres:.0f} m within two days, advise on security, and "
        f"keep them in the daily briefing for {farthest.days} days",
        "Crime-prevention lead, with the neighbourhood sergeants",
        scope.on + timedelta(days=14),
        ("repeats",),
        f"The share of {scope.theme.many} that follow another within {farthest.metres:.0f} m and {farthest.days} days falls at the next profile",
    )
    return Part(Section(_SECTION, tuple(blocks)), (Finding("repeats", text),), (task,), methods=(_KNOX,))


def refusal(events: pl.DataFrame) -> str:
    """Why near repeats cannot be looked for in these events; empty where they can."""
    if events["precision"].eq("month").any():
        return (
            "Near repeats need the day of each event; this source gives the month only, so two events may be a day or thirty days apart. "
            "Use the force's own crime records."
        )
    if events["place_precision"].eq("snapped").any():
        return (
            "Near repeats need the place of each event; the publisher of this source moved the points to shared map points, which makes "
            "neighbours out of strangers. Use the force's own crime records."
        )
    count = len(usable(events))
    return (
        f"Only {count} have an exact place and a day, fewer than the {_FEWEST} that a test needs."
        if count < _FEWEST
        else ""
    )


def usable(events: pl.DataFrame) -> pl.DataFrame:
    """Events with a place and a day; one that lies between two times stands at the middle, if they are at most two days apart."""
    middle = pl.col("local") + (pl.col("end").dt.convert_time_zone("Europe/London") - pl.col("local")) / 2
    narrow = (pl.col("end") - pl.col("start") <= timedelta(days=2)) | (pl.col("precision") != "range")
    return events.filter((pl.col("place_precision") == "address") & narrow).with_columns(
        day=pl.when(pl.col("precision") == "range").then(middle).otherwise(pl.col("local")).dt.date()
    )


def _distance(row: int) -> str:
    low, high = DISTANCES[row], DISTANCES[row + 1]
    return "same place" if row == 0 else f"{low} to {high} m"


def _figure(scope: Scope, result: KnoxResult) -> Figure:
    rows = [
        (_distance(i), f"{TIMES[j]} to {TIMES[j + 1]} days", int(result.observed[i, j]), float(result.mean[i, j]),
         None if np.isnan(result.ratio[i, j]) else float(result.ratio[i, j]), float(result.p_adjusted[i, j]))
        for i in range(len(DISTANCES) - 1) for j in range(len(TIMES) - 1)
    ]  # fmt: skip
    low, high = result.expected_range
    table = Table(
        "Pairs by distance and days apart",
        (Column("Distance"), Column("Apart"), Column("Pairs", "number"), Column("Expected by chance", "number", decimals=1),
         Column("Ratio", "number", decimals=2), Column("p, corrected", "number", decimals=3)),
        tuple((d, t, n, mean, ratio if ratio is not None else "none expected", p)
              for d, t, n, mean, ratio, p in rows),
    )  # fmt: skip
    first = [
        (_distance(i), float(result.observed[i, 0]), float(low[i, 0]), float(result.mean[i, 0]), float(high[i, 0]))
        for i in range(len(DISTANCES) - 1)
    ]
    hot = [name for name, seen, _, _, high in first if seen > high]
    return Figure(
        f"Within a week: {'more pairs than chance in ' + ', '.join(hot) if hot else 'no more pairs than chance has it'}",
        charts.control_chart(
            [f[0] for f in first],
            [f[1] for f in first],
            centre=[f[3] for f in first],
            low=[f[2] for f in first],
            high=[f[4] for f in first],
            signals=[f[1] > f[4] for f in first],
            unit="Pairs up to 6 days apart",
        ),
        "Observed pairs up to six days apart by distance, beside the range that holds 95% of the simulations. "
        + "; ".join(f"{name}: {seen:.0f} seen, {mean:.1f} expected" for name, seen, _, mean, _ in first)
        + ".",
        table,
        scope.sources,
    )


def _zones(scope: Scope, zones: list[RiskZone]) -> list[Block]:
    if not zones:
        return [
            Note(
                f"No zone is active on {scope.on.day} {scope.on:%B %Y}: the last {scope.theme.one} read in is longer ago than the risk lasts. Read "
                "in the latest records for the zones of today.",
                "Risk zones now",
            )
        ]
    return [Table(
        f"Risk zones on {scope.on.day} {scope.on:%B %Y}: the {min(len(zones), 20)} latest of {len(zones)}",
        (Column("Centre, easting and northing"), Column("Radius", "number", "m"), Column("Since", "date"), Column("Until, that day included", "date")),
        tuple((f"{z.easting:.0f} {z.northing:.0f}", z.metres, z.since, z.until) for z in zones[:20]),
        note="Centres are of recorded offences: handle as the records themselves.",
        sources=scope.sources,
    )]  # fmt: skip
