"""How it is spread over districts, LSOAs and deprivation: rates with exact intervals, in tables and on a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np

from peelian.analysis.rates import rate_interval
from peelian.core.document import Block, Column, Estimate, Figure, Finding, Note, Paragraph, Table, Task
from peelian.documents import charts, maps

from .part import percent, several
from .scope import Scope
from .small_counts import HIDDEN, SENTENCE, gives_away, safe, told
from .spread import Spread

_PER = 1_000
_LISTED = 10
_BANDS = {
    "1 and 2 (most deprived fifth of England)": (1, 2),
    "3 to 5": (3, 5),
    "6 to 8": (6, 8),
    "9 and 10 (least deprived fifth)": (9, 10),
}


def rate(count: int, people: float) -> Estimate:
    """Offences per 1,000 people in the period, with its exact Poisson interval."""
    value, low, high = rate_interval([count], [people], per=_PER)
    return Estimate(float(value[0]), float(low[0]), float(high[0]))


def districts(scope: Scope, spread: Spread) -> tuple[list[Finding], list[Block], list[Task]]:
    """Districts side by side, highest rate first; a task for those above the whole."""
    total = sum(spread.counts.values())
    whole = total / sum(scope.population.values()) * _PER
    rows = []
    for code, district in scope.districts.items():
        count = sum(spread.counts[lsoa] for lsoa in spread.members[code])
        living = sum(scope.population.get(lsoa, 0.0) for lsoa in spread.members[code])
        if living:
            rows.append((district.name, count, living, rate(count, living), spread.districts[code]))
    rows.sort(key=lambda row: -row[3].value if row[4] is not None else 1)
    # What is hidden in the table must not be told by the picture, the words or the order either.
    drawn = [row for row in rows if row[4] is not None]
    if len(drawn) < 2:
        return [], [Note("Too few are recorded to show districts side by side.", "Districts")], []
    above = [name for name, _, _, estimate, _ in drawn if estimate.low > whole]
    below = [name for name, _, _, estimate, _ in drawn if estimate.high < whole]
    highest, lowest = drawn[0], drawn[-1]
    figure = Figure(
        f"Rates run from {lowest[3].value:.1f} in {lowest[0]} to {highest[3].value:.1f} in {highest[0]} for every 1,000 people",
        charts.intervals(
            [row[0] for row in drawn], [row[3] for row in drawn], unit=f"{scope.theme.many.capitalize()} per 1,000 people, {scope.period}",
            reference=whole, reference_label=f"{scope.area} {whole:.1f}",
        ),
        f"Rates of {len(drawn)} districts with intervals, highest first. {highest[0]}: {highest[3].show()}; {lowest[0]}: "
        f"{lowest[3].show()}; {scope.area} as a whole {whole:.1f}. "
        f"{'A diamond marks the one' if len(above) == 1 else f'Diamonds mark the {len(above)}'} above it.",
        Table(
            f"{scope.theme.title} by district, {scope.period}",
            (Column("District"), Column("Recorded", "number"), Column("Share", "percent"), Column("People", "number"),
             Column("Rate", "number", "per 1,000, 95% interval", 1)),
            tuple(
                (name, safe(shown), HIDDEN if shown is None else count / max(total, 1), round(living),
                 HIDDEN if shown is None else estimate)
                for name, count, living, estimate, shown in rows
            ),
            note=f"People: mid-{scope.years['population']} estimate. The rate is of the whole period, not a year."
            + (f" {SENTENCE}" if len(drawn) < len(rows) else ""),
        ),
        scope.sources,
    )  # fmt: skip
    if not above:
        return [], [figure], []
    share = percent(sum(row[1] for row in drawn if row[0] in above) / max(total, 1))
    text = (
        f"{above[0]} lies above the rate of {scope.area} as a whole by more than chance explains: {highest[3].show()} for every 1,000 "
        f"people, and {share} of the total."
        if len(above) == 1
        else f"{several(above)} lie above the rate of {scope.area} as a whole by more than chance explains, and together have {share} of "
        f"the total; the highest is {above[0]} with {highest[3].show()} for every 1,000 people."
    )
    if below:
        text += f" {several(below)} {'lies' if len(below) == 1 else 'lie'} below it."
    first = above[:3]
    task = Task(
        f"Set out why {several(first)} {'lies' if len(first) == 1 else 'lie'} above the rest and what is being done about it, with the "
        "community safety partnership, at the next tasking meeting",
        f"District commander{'s' if len(first) > 1 else ''}, {several(first)}",
        scope.on + timedelta(days=28),
        ("districts",),
        f"Over the same months a year on, the rate's interval comes down to {whole:.1f} for every 1,000 people, the rate of {scope.area} now",
    )
    return [Finding("districts", text)], [figure], [task]


def lsoas(scope: Scope, spread: Spread) -> list[Block]:
    """The LSOAs with the highest rates, on a map of all of them."""
    estimates = {
        code: rate(count, scope.population[code])
        for code, count in spread.lsoas.items()
        if count is not None and scope.population.get(code)
    }
    top = sorted((c for c in estimates if spread.counts[c]), key=lambda c: (-estimates[c].value, c))[:_LISTED]
    if len(spread.counts) == 1:
        return []
    if not top:
        return [Note("Too few are recorded in each LSOA to show any.", "LSOAs")]
    some_hidden = None in spread.lsoas.values()
    table = Table(
        f"{'The LSOA' if len(top) == 1 else f'The {len(top)} LSOAs'} with the highest rate{'s' * (len(top) > 1)}, {scope.period}",
        (Column("No.", "number"), Column("LSOA"), Column("Recorded", "number"), Column("People", "number"),
         Column("Rate", "number", "per 1,000, 95% interval", 1), Column("Deprivation decile", "number")),
        tuple(
            (n, scope.name(code), spread.counts[code], round(scope.population[code]), estimates[code],
             round(scope.decile[code]) if code in scope.decile else None)
            for n, code in enumerate(top, 1)
        ),
        note="An LSOA is an area of about 1,500 people. Decile 1 is the most deprived tenth of England."
        + (f" {SENTENCE} Those LSOAs are not ranked and are white on the map." if some_hidden else ""),
    )  # fmt: skip
    shapes = {code: maps.on_grid(area.boundary) for code, area in scope.lsoas.items() if area.boundary}
    if len(shapes) < len(scope.lsoas):
        return [table]
    legend, group = _classes(np.array([estimate.value for estimate in estimates.values()]))
    groups: Sequence[str | None] = [group(estimates[code].value) if code in estimates else None for code in shapes]
    points = {code: shapes[code].representative_point() for code in top}
    named = sorted(
        {scope.districts[scope.lsoas[c].parent].name for c in top if scope.lsoas[c].parent in scope.districts}
    )
    return [Figure(
        f"{scope.name(top[0])} has the highest rate of {'the LSOAs shown' if some_hidden else 'any LSOA'}, {estimates[top[0]].show()} "
        "for every 1,000 people",
        maps.area_map(
            list(shapes.values()), groups, legend=legend,
            legend_title=f"{scope.theme.many.capitalize()} per 1,000 people, {scope.period}",
            outlines={d.name: maps.on_grid(d.boundary) for d in scope.districts.values() if d.boundary},
            spots=[maps.Spot(str(n), points[code].x, points[code].y) for n, code in enumerate(top, 1)],
        ),
        f"Map of {len(shapes)} LSOAs shaded by rate in {len(legend)} classes. The highest are numbered as in the table; they lie in "
        f"{several(named or [scope.area])}.",
        table, scope.sources,
    )]  # fmt: skip


def _classes(values: np.ndarray) -> tuple[list[str], Callable[[float], str]]:
    """Classes for a map: none, and about a quarter each of the areas that had any."""
    some = values[values > 0]
    edges = sorted({round(float(q), 1) for q in np.quantile(some, [0.25, 0.5, 0.75])} - {0.0}) if len(some) else []
    names = (
        [
            f"under {edges[0]:g}",
            *(f"{a:g} to {b:g}" for a, b in pairwise(edges)),
            f"{edges[-1]:g} or more",
        ]
        if edges
        else ["some"]
    )

    def group(value: float) -> str:
        return names[int(np.searchsorted(edges, value, side="right"))] if value > 0 else "none"

    return (["none", *names] if len(some) < len(values) else names), group


def deprivation(scope: Scope, spread: Spread) -> list[Block]:
    """Rates by deprivation of the LSOA, where the tables beside it leave them harmless."""
    codes = {
        label: [c for c in spread.counts if low <= scope.decile.get(c, 0) <= high and c in scope.population]
        for label, (low, high) in _BANDS.items()
    }
    codes = {label: own for label, own in codes.items() if own}
    if len(spread.counts) == 1:
        [decile] = scope.decile.values()
        return [
            Paragraph(
                f"{scope.area} is in decile {decile:.0f} of deprivation, where 1 is the most deprived tenth of England."
            )
        ]
    if len(codes) < 2:
        return [
            Note("The LSOAs of this area are alike in deprivation, so no link with it can be seen here.", "Deprivation")
        ]
    counts = {label: sum(spread.counts[c] for c in own) for label, own in codes.items()}
    people = {label: sum(scope.population[c] for c in own) for label, own in codes.items()}
    shown = told(counts, open_data=scope.open_data)
    if _unsafe(spread, [codes[label] for label, count in shown.items() if count is not None]):
        return [
            Note("Not shown: with the totals above, counts by deprivation would give the small count of an LSOA away.", "Deprivation")
        ]  # fmt: skip
    estimates = {label: rate(count, people[label]) for label, count in shown.items() if count is not None}
    said = _link(estimates) if None not in shown.values() else ""
    table = Table(
        "Rate by deprivation of the LSOA",
        (Column("Deprivation decile"), Column("LSOAs", "number"), Column("Recorded", "number"), Column("People", "number"),
         Column("Rate", "number", "per 1,000, 95% interval", 1)),
        tuple((label, len(codes[label]), safe(n), round(people[label]), estimates.get(label, HIDDEN)) for label, n in shown.items()),
        note=f"Index of Multiple Deprivation {scope.years['imd_decile']}; decile 1 is the most deprived tenth of England."
        + (f" {SENTENCE}" if None in shown.values() else ""),
        sources=scope.sources,
    )  # fmt: skip
    return [*([Paragraph(said)] if said else []), table]


def _unsafe(spread: Spread, bands: list[list[str]]) -> bool:
    """Whether sums over these LSOAs, with the districts' and the whole, tell the count of one that is not told."""
    hidden = np.array([count is None for count in spread.lsoas.values()])
    if not hidden.any():
        return False
    together = [*bands, list(spread.counts)]
    together += [codes for district, codes in spread.members.items() if spread.districts[district] is not None]
    sums = np.array([[code in set(codes) for code in spread.counts] for codes in together])
    return gives_away(sums, np.array(list(spread.counts.values())), hidden)


def _link(estimates: dict[str, Estimate]) -> str:
    """The most against the least deprived; and that the link is no steady one, where a band between has more than both."""
    first, last = (estimates[label] for label in (next(iter(estimates)), list(estimates)[-1]))
    if first.low > last.high:
        said = f"The most deprived LSOAs have {first.value / max(last.value, 1e-9):.1f} times the rate of the least deprived: {first.show()} against {last.show()} for every 1,000 people."
    elif first.high < last.low:
        said = f"The least deprived LSOAs have the higher rate: {last.show()} against {first.show()} for every 1,000 people."
    else:
        said = "The most and the least deprived LSOAs do not differ by more than chance explains."
    ends = max(first.high, last.high)
    peak = next((label for label, estimate in list(estimates.items())[1:-1] if estimate.low > ends), "")
    return said + (
        f" But the rate is highest in deciles {peak}, so deprivation alone does not explain it." if peak else ""
    )
