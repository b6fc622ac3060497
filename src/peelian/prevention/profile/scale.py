"""How much, and how it is spread: counts, rates with exact intervals, concentration against its baseline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import numpy as np

from peelian.access.release import protect, protect_table
from peelian.analysis.rates import rate_interval
from peelian.core.document import (
    Block,
    Cell,
    Column,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Section,
    Source,
    Table,
    Task,
)
from peelian.documents import charts, maps

from .part import HIDDEN, Part, percent, safe, several
from .scope import Scope

BUSIEST = 0.05
_PER = 1_000
_DRAWS = 199
_GARWOOD = Source(
    "Exact Poisson interval of a rate, 95%",
    "Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442",
)
_CONCENTRATION = Source(
    "Concentration in the busiest 5% of LSOAs, against chance",
    "Weisburd, D. (2015). The law of crime concentration and the criminology of place. Criminology 53(2), 133-157; baseline: "
    f"the same number of offences dealt to LSOAs by population, {_DRAWS} draws",
)


def rate(count: int, people: float) -> Estimate:
    """Offences per 1,000 people in the period, with its exact Poisson interval."""
    value, low, high = rate_interval([count], [people], per=_PER)
    return Estimate(float(value[0]), float(low[0]), float(high[0]))


def scale_part(scope: Scope, rng: np.random.Generator) -> Part:
    """Counts and rates by district and LSOA, concentration, deprivation."""
    blocks: list[Block] = []
    findings: list[Finding] = []
    unknown: list[str] = []
    tasks: list[Task] = []
    total = len(scope.events)
    headline = f"{scope.theme.count(total).capitalize()} {'was' if total == 1 else 'were'} recorded in {scope.area} in {scope.period}"
    people = sum(scope.population.values())
    counted = _by_lsoa(scope)
    if people:
        overall = rate(int(counted.sum()), people)
        headline += (
            f"; the {int(counted.sum()):,} placed in it make {overall.show()} for every 1,000 people who live there"
        )
    findings.append(Finding("scale", headline + "." + _year_before(scope)))
    blocks.append(
        Paragraph(
            "A count says how much work there is; a rate says how exposed people are. Rates use the people who live in an area, so "
            "town centres, stations and airports, where many more people spend the day, look worse than they are to live in. The "
            "figures in brackets are 95% intervals."
        )
    )
    if not scope.lsoas:
        unknown.append(
            _missing(
                "Boundaries of LSOAs and districts are",
                "a GeoJSON file with LSOA11CD and LSOA11NM",
                "maps and area names",
            )
        )
    if not people:
        unknown.append(
            _missing("The population by LSOA is", "a CSV file with lsoa11_code and total_population", "rates")
        )
    if scope.lsoas and people:
        if len(scope.districts) > 1:
            found, district, tasks = _districts(scope, counted)
            blocks += district
            findings += found
        blocks += _lsoas(scope, counted)
    if scope.lsoas and len(counted) >= 20 and counted.sum() >= 20:
        finding, paragraph = _concentration(scope, counted, rng)
        findings.append(finding)
        blocks.append(paragraph)
    if people:
        if scope.decile:
            blocks += _deprivation(scope, counted)
        else:
            unknown.append(
                _missing(
                    "Deprivation by LSOA is", "a CSV file with lsoa11_code and IMD_decile", "the link with deprivation"
                )
            )
    return Part(
        Section("Scale", tuple(blocks)),
        tuple(findings),
        tuple(tasks),
        tuple(unknown),
        methods=(_GARWOOD, _CONCENTRATION),
    )


def _missing(what: str, file: str, lost: str) -> str:
    return f"{what} not loaded, so {lost} cannot be shown: load {file} with `peelian areas load`."


def _year_before(scope: Scope) -> str:
    """The same months a year before, with the interval of the change."""
    before, now = len(scope.before), len(scope.events)
    if before < 5:
        return " The same months of the year before are not held, so a change over the year cannot be stated."
    from peelian.analysis.rates import share_interval

    # Given both counts, the share that falls in this year is binomial; its odds are the ratio of the two rates.
    low, high = (float(s[0]) for s in share_interval([now], [now + before])[1:])
    change, least, most = now / before - 1, low / (1 - low) - 1, high / (1 - high) - 1
    way = "more" if least > 0 else "fewer" if most < 0 else ""
    if not way:
        return f" That is not shown to differ from the {before:,} of the same months a year before ({100 * least:+.0f}% to {100 * most:+.0f}%)."
    return f" That is {percent(abs(change))} {way} than the {before:,} of the same months a year before ({100 * least:+.0f}% to {100 * most:+.0f}%)."


def _by_lsoa(scope: Scope) -> np.ndarray:
    """Events by LSOA of the area, in the order of `scope.lsoas`."""
    held = dict(scope.inside.group_by("area").len().iter_rows())
    return np.array([held.get(code, 0) for code in scope.lsoas or held], dtype=np.int64)


def _districts(scope: Scope, counted: np.ndarray) -> tuple[list[Finding], list[Block], list[Task]]:
    rows = []
    codes = list(scope.lsoas)
    parents = np.array([scope.lsoas[code].parent for code in codes])
    people = np.array([scope.population.get(code, 0.0) for code in codes])
    whole = float(counted.sum() / people.sum() * _PER)
    for code, district in scope.districts.items():
        count, living = int(counted[parents == code].sum()), float(people[parents == code].sum())
        if living:
            rows.append((district.name, count, living, rate(count, living)))
    rows.sort(key=lambda row: -row[3].value)
    counts = {row[0]: row[1] for row in rows}
    shown: dict[str, int | None] = dict(counts) if scope.open_data else protect_table(counts)
    # What is hidden in the table must not be told by the picture or the words either.
    drawn = [row for row in rows if shown[row[0]] is not None]
    if len(drawn) < 2:
        return [], [Note("Too few are recorded to show districts side by side.", "Districts")], []
    above = [name for name, _, _, estimate in drawn if estimate.low > whole]
    below = [name for name, _, _, estimate in drawn if estimate.high < whole]
    highest, lowest = drawn[0], drawn[-1]
    title = f"Rates run from {lowest[3].value:.1f} in {lowest[0]} to {highest[3].value:.1f} in {highest[0]} for every 1,000 people"
    figure = Figure(
        title,
        charts.intervals(
            [row[0] for row in drawn], [row[3] for row in drawn], unit=f"{scope.theme.many.capitalize()} per 1,000 people, {scope.period}",
            reference=whole, reference_label=f"{scope.area} {whole:.1f}",
        ),
        f"Rates of {len(drawn)} districts with intervals, highest first. {highest[0]}: {highest[3].show()}; {lowest[0]}: "
        f"{lowest[3].show()}; {scope.area} as a whole {whole:.1f}. Diamonds mark the {len(above)} districts above it.",
        Table(
            f"{scope.theme.title} by district, {scope.period}",
            (Column("District"), Column("Recorded", "number"), Column("Share", "percent"), Column("People", "number"),
             Column("Rate", "number", "per 1,000, 95% interval", 1)),
            tuple(
                (name, safe(shown[name]), HIDDEN if hidden else count / max(int(counted.sum()), 1), round(living),
                 HIDDEN if hidden else estimate)
                for name, count, living, estimate in rows
                for hidden in [shown[name] is None]
            ),
            note=f"People: mid-{scope.years['population']} estimate. The rate is of the whole period, not a year.",
        ),
        scope.sources,
    )  # fmt: skip
    if not above:
        return [], [figure], []
    shares = sum(row[1] for row in drawn if row[0] in above) / max(int(counted.sum()), 1)
    verb = "lies" if len(above) == 1 else "lie"
    text = (
        f"{several(above)} {verb} above the rate of {scope.area} as a whole by more than chance explains, and "
        f"{'has' if len(above) == 1 else 'together have'} {percent(shares)} of the total; the highest is {above[0]} with "
        f"{highest[3].show()} for every 1,000 people."
    )
    if below:
        text += f" {several(below)} {'lies' if len(below) == 1 else 'lie'} below it."
    first = above[:3]
    task = Task(
        f"Set out why {several(first)} {'lies' if len(first) == 1 else 'lie'} above the rest and what is being done about it, with the community safety partnership, "
        "at the next tasking meeting",
        f"District commander{'s' if len(first) > 1 else ''}, {several(first)}",
        scope.on + timedelta(days=28),
        ("districts",),
        f"Over the same months a year on, the rate's interval comes down to {whole:.1f} for every 1,000 people, the rate of {scope.area} now",
    )
    return [Finding("districts", text)], [figure], [task]


def _lsoas(scope: Scope, counted: np.ndarray) -> list[Block]:
    codes = list(scope.lsoas)
    living = [(i, code) for i, code in enumerate(codes) if scope.population.get(code)]
    counts = {code: int(counted[i]) for i, code in living}
    shown: dict[str, int | None] = dict(counts) if scope.open_data else {c: protect(n) for c, n in counts.items()}
    estimates = {code: rate(count, scope.population[code]) for code, count in counts.items()}
    ranked = sorted((c for c in estimates if shown[c] is not None), key=lambda c: (-estimates[c].value, c))
    top = [code for code in ranked[:10] if counts[code]]
    legend, group = _classes(np.array([estimate.value for estimate in estimates.values()]))
    groups = [group(estimates[code].value) if code in estimates else None for code in codes]
    shapes = {code: maps.on_grid(area.boundary) for code, area in scope.lsoas.items() if area.boundary}
    rows: list[tuple[Cell, ...]] = [
        (n, scope.name(code), safe(shown[code]), round(scope.population[code]), estimates[code],
         round(scope.decile[code]) if code in scope.decile else None)
        for n, code in enumerate(top, 1)
    ]  # fmt: skip
    columns = (
        Column("No.", "number"), Column("LSOA"), Column("Recorded", "number"), Column("People", "number"),
        Column("Rate", "number", "per 1,000, 95% interval", 1), Column("Deprivation decile", "number"),
    )  # fmt: skip
    if len(codes) == 1:
        return []
    table = Table(
        f"The {len(top)} LSOAs with the highest rates, {scope.period}",
        columns,
        tuple(rows),
        note="An LSOA is an area of about 1,500 people. Decile 1 is the most deprived tenth of England."
        + ("" if scope.open_data else " LSOAs with a protected count are not ranked."),
    )
    if not top or len(shapes) < len(scope.lsoas):
        return [table]
    points = {code: shapes[code].representative_point() for code in top}
    return [Figure(
        f"{scope.name(top[0])} has the highest rate of any LSOA, {estimates[top[0]].show()} for every 1,000 people",
        maps.area_map(
            list(shapes.values()), [groups[codes.index(code)] for code in shapes], legend=legend,
            legend_title=f"{scope.theme.many.capitalize()} per 1,000 people, {scope.period}",
            outlines={d.name: maps.on_grid(d.boundary) for d in scope.districts.values() if d.boundary},
            spots=[maps.Spot(n, points[code].x, points[code].y) for n, code in enumerate(top, 1)],
        ),
        f"Map of {len(shapes)} LSOAs shaded by rate in {len(legend)} classes. The highest are numbered as in the table; they "
        f"lie in {several(sorted({scope.districts[scope.lsoas[c].parent].name for c in top if scope.lsoas[c].parent in scope.districts}) or [scope.area])}.",
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


def _concentration(scope: Scope, counted: np.ndarray, rng: np.random.Generator) -> tuple[Finding, Paragraph]:
    size = max(round(BUSIEST * len(counted)), 1)
    held = float(np.sort(counted)[-size:].sum() / counted.sum())
    people = np.array([scope.population.get(code, 0.0) for code in scope.lsoas])
    weights = people / people.sum() if people.sum() else np.full(len(counted), 1 / len(counted))
    drawn = (
        np.sort(rng.multinomial(int(counted.sum()), weights, size=_DRAWS), axis=1)[:, -size:].sum(axis=1)
        / counted.sum()
    )
    usual = float(np.quantile(drawn, 0.975))
    text = (
        f"The busiest {size} of {len(counted):,} LSOAs ({percent(size / len(counted))}) hold {percent(held)} of the {scope.theme.many}"
        + (
            f", where chance alone would put at most {percent(usual)}."
            if held > usual
            else ", no more than chance alone would put there."
        )
    )
    return Finding("concentration", text), Paragraph(
        f"Concentration: if each offence had fallen on any resident of {scope.area} alike, the busiest {size} LSOAs would hold "
        f"{percent(float(np.quantile(drawn, 0.025)))} to {percent(usual)} of the total; they hold {percent(held)}. "
        "The busiest are found and measured on the same period, so part of the excess may not last."
    )


def _deprivation(scope: Scope, counted: np.ndarray) -> list[Block]:
    codes = [code for code in scope.lsoas if code in scope.decile and code in scope.population]
    order = {code: i for i, code in enumerate(scope.lsoas)}
    bands = {
        "1 and 2 (most deprived fifth of England)": (1, 2),
        "3 to 5": (3, 5),
        "6 to 8": (6, 8),
        "9 and 10 (least deprived fifth)": (9, 10),
    }
    counts, people, areas = {}, {}, {}
    for label, (low, high) in bands.items():
        own = [code for code in codes if low <= scope.decile[code] <= high]
        if own:
            counts[label] = int(sum(counted[order[c]] for c in own))
            people[label], areas[label] = sum(scope.population[c] for c in own), len(own)
    if len(counts) < 2:
        return [
            Note("The LSOAs of this area are alike in deprivation, so no link with it can be seen here.", "Deprivation")
        ]
    shown: dict[str, int | None] = dict(counts) if scope.open_data else protect_table(counts)
    estimates = {label: rate(count, people[label]) for label, count in counts.items() if shown[label] is not None}
    said = ""
    if len(estimates) >= 2:
        first, last = (estimates[label] for label in (next(iter(estimates)), list(estimates)[-1]))
        if first.low > last.high:
            said = f"The most deprived LSOAs have {first.value / max(last.value, 1e-9):.1f} times the rate of the least deprived: {first.show()} against {last.show()} for every 1,000 people."
        elif first.high < last.low:
            said = f"The least deprived LSOAs have the higher rate: {last.show()} against {first.show()} for every 1,000 people."
        else:
            said = "The most and the least deprived LSOAs do not differ by more than chance explains."
    table = Table(
        "Rate by deprivation of the LSOA",
        (Column("Deprivation decile"), Column("LSOAs", "number"), Column("Recorded", "number"), Column("People", "number"),
         Column("Rate", "number", "per 1,000, 95% interval", 1)),
        tuple((label, areas[label], safe(shown[label]), round(people[label]), estimates.get(label, HIDDEN)) for label in counts),
        note=f"Index of Multiple Deprivation {scope.years['imd_decile']}; decile 1 is the most deprived tenth of England.",
        sources=scope.sources,
    )  # fmt: skip
    return [*([Paragraph(said)] if said else []), table]
