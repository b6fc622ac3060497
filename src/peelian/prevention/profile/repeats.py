"""Repeat and near repeat, and the zones at risk now."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peelian.access.release import protect, threshold
from peelian.analysis.near_repeat import KnoxResult, RiskBand, RiskZone, knox, risk_bands, risk_zones
from peelian.core.document import Block, Cell, Column, Figure, Finding, Note, Paragraph, Section, Source, Table, Task
from peelian.documents import charts

from .part import Part, chance, percent, several
from .scope import Scope
from .small_counts import HIDDEN, protected

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
    x, y, days_of = (used[c].to_numpy() for c in ("easting", "northing", "day"))
    result = knox(
        x, y, days_of, distance_bands=DISTANCES, day_bands=TIMES, closed="left", permutations=PERMUTATIONS, rng=rng
    )
    bands = risk_bands(result, level=LEVEL)
    again = len(used) - len(used.select("easting", "northing").unique())
    hidden = np.array([[protect(int(n)) is None for n in row] for row in result.observed])
    # The whole table's p-value is that of its least likely cell, and tells that cell's count where it is a small one.
    p = (
        chance(result.p_global)
        if not hidden.ravel()[result.p_adjusted.argmin()]
        else f"p {'at most' if bands else 'above'} {LEVEL}"
    )
    blocks: list[Block] = [
        Paragraph(
            f"Of {len(used):,} with an exact place and a day, {protected(again)}{_share(again, len(used))} were at a place that had one before "
            "in the period. The Knox test asks whether those near in place are also near in time more often than chance has it. Distances "
            'are straight lines; each band includes its lower edge and not its upper, so "0 to 7 days" is the same day and the six '
            f"that follow. {PERMUTATIONS} permutations; p-values count simulations as large or larger and are corrected for the "
            f"{len(DISTANCES) - 1} by {len(TIMES) - 1} cells looked at. In the picture, the dashed line is what chance gives and the band 95% of what "
            "it gives; a red diamond is more, by the corrected p-value."
        ),
        _figure(scope, result, hidden),
    ]
    if not bands:
        text = (
            f"No near repetition is shown ({p}): after one {scope.theme.one} the next near by comes no sooner than chance would have it, or "
            "there are too few to tell."
        )
        blocks.append(Paragraph(text + " No risk zone is drawn."))
        return Part(Section(_SECTION, tuple(blocks)), (Finding("repeats", text),), methods=(_KNOX,))
    farthest = max(bands, key=lambda band: (band.metres, band.days))
    near = "at the same place" if farthest.metres <= DISTANCES[1] else f"within {farthest.metres:.0f} m"
    days = f"{farthest.days} day{'s' * (farthest.days != 1)}"
    text = f"After one {scope.theme.one}, the risk {near} is raised for {days}: {_reason(result, farthest, hidden, p)}."
    if scope.feed == "force-incidents":
        text += " Several calls about one matter are several records here, and look like repetition."
    blocks += [Paragraph(text), *_zones(scope, used, risk_zones(x, y, days_of, on=scope.on, bands=bands))]
    task = Task(
        f"After each {scope.theme.one}, visit the homes and premises {near} within two days, advise on what would prevent the next, and keep "
        f"them in the daily briefing for {days}",
        "Crime-prevention lead, with the neighbourhood sergeants",
        scope.on + timedelta(days=14),
        ("repeats",),
        f"The share of {scope.theme.many} that follow another {near} and within {days} falls at the next profile",
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


def _share(part: int, whole: int) -> str:
    return f" ({percent(part / whole)})" if protect(part) else ""


def _reason(result: KnoxResult, band: RiskBand, hidden: NDArray[np.bool_], p: str) -> str:
    """What was seen and what was expected, unless the sum would tell a small count in it."""
    row = int(np.searchsorted(result.distance_bands[1:], band.metres))
    within = slice(0, int(np.searchsorted(result.day_bands[1:], band.days)) + 1)
    test = f"Knox test, {result.permutations} permutations, {p}"
    if hidden[row, within].any():
        return f"more pairs than chance would put there ({test})"
    seen, expected = int(result.observed[row, within].sum()), float(result.mean[row, within].sum())
    place = "at the same place" if row == 0 else f"{_distance(row)} apart"
    return (
        f"{seen:,} pairs {place} and up to {band.days} days from each other, where {expected:.1f} are expected ({test})"
    )


def _figure(scope: Scope, result: KnoxResult, hidden: NDArray[np.bool_]) -> Figure:
    """Where the pairs are few, neither their ratio nor their p-value is told: with what is expected, either gives the count."""
    low, high = result.expected_range

    def row(i: int, j: int) -> tuple[Cell, ...]:
        seen, ratio, p = int(result.observed[i, j]), float(result.ratio[i, j]), float(result.p_adjusted[i, j])
        told = (HIDDEN,) * 3 if hidden[i, j] else (seen, "none expected" if np.isnan(ratio) else ratio, p)
        return (_distance(i), f"{TIMES[j]} to {TIMES[j + 1]} days", told[0], float(result.mean[i, j]), *told[1:])

    table = Table(
        "Pairs by distance and days apart",
        (Column("Distance"), Column("Apart"), Column("Pairs", "number"), Column("Expected by chance", "number", decimals=1),
         Column("Ratio", "number", decimals=2), Column("p, corrected", "number", decimals=3)),
        tuple(row(i, j) for i in range(len(DISTANCES) - 1) for j in range(len(TIMES) - 1)),
        note=f"Fewer than {threshold()} pairs are not shown." if hidden.any() else "",
    )  # fmt: skip
    seen = [None if few else int(n) for n, few in zip(result.observed[:, 0], hidden[:, 0], strict=True)]
    signals = [n is not None and bool(p <= LEVEL) for n, p in zip(seen, result.p_adjusted[:, 0], strict=True)]
    names = [_distance(i) for i in range(len(seen))]
    hot = [name for name, signal in zip(names, signals, strict=True) if signal]
    return Figure(
        f"Within a week: more pairs than chance gives, {several(hot)}" if hot else "Within a week: no more pairs than chance gives",
        charts.control_chart(
            names,
            seen,
            centre=result.mean[:, 0].tolist(),
            low=low[:, 0].tolist(),
            high=high[:, 0].tolist(),
            signals=signals,
            unit="Pairs up to 6 days apart",
        ),
        "Pairs up to six days apart by distance, beside the range that holds 95% of the simulations. "
        + "; ".join(f"{name}: {HIDDEN if n is None else f'{n} seen'}, {mean:.1f} expected" for name, n, mean in zip(names, seen, result.mean[:, 0], strict=True))
        + ".",
        table,
        scope.sources,
    )  # fmt: skip


def _zones(scope: Scope, used: pl.DataFrame, zones: list[RiskZone]) -> list[Block]:
    if not zones:
        return [
            Note(
                f"No zone is active on {scope.on.day} {scope.on:%B %Y}: the last {scope.theme.one} read in is longer ago than the risk lasts. Read "
                "in the latest records for the zones of today.",
                "Risk zones now",
            )
        ]
    lsoa = {(x, y): area for x, y, area in used.select("easting", "northing", "area").iter_rows()}
    return [Table(
        f"Risk zones on {scope.on.day} {scope.on:%B %Y}: the {min(len(zones), 20)} latest of {len(zones)}",
        (Column("LSOA"), Column("Centre, easting and northing"), Column("Radius", "number", "m"), Column("Since", "date"),
         Column("Until, that day included", "date")),
        tuple(
            (scope.name(lsoa[z.easting, z.northing]) or "not given", f"{100 * round(z.easting / 100)} {100 * round(z.northing / 100)}", z.metres, z.since, z.until)
            for z in zones[:20]
        ),
        note="Centres are of recorded offences, rounded to 100 m so that none points to a home: handle as the records themselves.",
        sources=scope.sources,
    )]  # fmt: skip
