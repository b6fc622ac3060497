"""How much, and how it is spread: counts, rates with exact intervals, concentration against its baseline."""

from __future__ import annotations

import numpy as np

from peelian.access.release import protect
from peelian.analysis.rates import share_interval
from peelian.core.document import Block, Finding, Note, Paragraph, Section, Source, Task

from . import by_area
from .part import Part, percent
from .scope import Scope
from .spread import Spread

BUSIEST = 0.05
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


def scale_part(scope: Scope, rng: np.random.Generator) -> Part:
    """Counts and rates by district and LSOA, concentration, deprivation."""
    blocks: list[Block] = []
    findings: list[Finding] = []
    unknown: list[str] = []
    tasks: list[Task] = []
    total = len(scope.events)
    headline = f"{scope.theme.count(total).capitalize()} {'was' if total == 1 else 'were'} recorded in {scope.area} in {scope.period}"
    if total and scope.events["area"].eq("").all():
        # A rate of zero everywhere would be read as good news.
        text = "The source names no LSOA, so no rate, no district and no map of areas can be told."
        return Part(
            Section("Scale", (Note(text, "No areas"),)),
            (Finding("scale", headline + "." + _year_before(scope)),),
            unknown=(f"In which areas the {scope.theme.many} happened: the source names none.",),
        )
    people = sum(scope.population.values())
    spread = Spread(scope)
    placed = sum(spread.counts.values())
    if people:
        headline += f"; the {placed:,} placed in it make {by_area.rate(placed, people).show()} for every 1,000 people who live there"
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
            found, district, tasks = by_area.districts(scope, spread)
            blocks += district
            findings += found
        blocks += by_area.lsoas(scope, spread)
    methods: tuple[Source, ...] = (_GARWOOD,)
    size = max(round(BUSIEST * len(spread.counts)), 1)
    if scope.lsoas and len(spread.counts) >= 20 and placed >= 20 and _told(spread, size):
        finding, paragraph = _concentration(scope, np.array(list(spread.counts.values())), size, rng)
        findings.append(finding)
        blocks.append(paragraph)
        methods = (_GARWOOD, _CONCENTRATION)
    if people:
        if scope.decile:
            blocks += by_area.deprivation(scope, spread)
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
        methods=methods,
    )


def _missing(what: str, file: str, lost: str) -> str:
    return f"{what} not loaded, so {lost} cannot be shown: load {file} with `peelian areas load`."


def _year_before(scope: Scope) -> str:
    """The same months a year before, with the interval of the change."""
    if (scope.end - scope.start).days > 366:
        return " How it changed from year to year stands under Trend."
    if scope.before is None:
        return " The same months of the year before are not all held, so a change over the year cannot be stated."
    before, now = len(scope.before), len(scope.events)
    if not before or protect(before) is None:
        return " Too few were recorded in the same months of the year before for a comparison."
    # Given both counts, the share that falls in this year is binomial; its odds are the ratio of the two rates.
    low, high = (float(s[0]) for s in share_interval([now], [now + before])[1:])
    change, least, most = now / before - 1, low / (1 - low) - 1, high / (1 - high) - 1
    way = "more" if least > 0 else "fewer" if most < 0 else ""
    if not way:
        return f" That is not shown to differ from the {before:,} of the same months a year before ({100 * least:+.0f}% to {100 * most:+.0f}%)."
    return f" That is {percent(abs(change))} {way} than the {before:,} of the same months a year before ({100 * least:+.0f}% to {100 * most:+.0f}%)."


def _told(spread: Spread, size: int) -> bool:
    """Whether each of the busiest LSOAs is told by itself, so that their share of the total gives nothing away."""
    busiest = sorted(spread.counts, key=lambda code: (-spread.counts[code], spread.lsoas[code] is not None))[:size]
    return all(spread.lsoas[code] is not None for code in busiest)


def _concentration(scope: Scope, counted: np.ndarray, size: int, rng: np.random.Generator) -> tuple[Finding, Paragraph]:
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
        f"Concentration: if each event had fallen on any resident of {scope.area} alike, the busiest {size} LSOAs would hold "
        f"{percent(float(np.quantile(drawn, 0.025)))} to {percent(usual)} of the total; they hold {percent(held)}. "
        "The busiest are found and measured on the same period, so part of the excess may not last."
    )
