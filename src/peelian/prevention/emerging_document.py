"""A look for emerging problems as a document: what emerges, what to do, what was looked at, and how often it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from peelian import __version__
from peelian.access.release import threshold
from peelian.analysis.emerging import WINDOW
from peelian.analysis.trend import MONTHS_NEEDED
from peelian.core.document import (
    Block,
    Column,
    Document,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)
from peelian.documents import maps

from .emerging import PERMUTATIONS, Look, Problem, Series
from .profile.part import ANALYSIS, chance, month_name, several
from .profile.small_counts import protected, safe

MARKING = "OFFICIAL"
_TASKS = 5
_METHODS = (
    (
        "Space-time scan by permutation, within calendar months",
        "Kulldorff, M. et al. (2005). A space-time permutation scan statistic. PLoS Medicine 2(3), e59",
    ),
    (
        "One false-alarm rate for all areas, windows and categories: the largest of standardised statistics",
        "Westfall, P. H. and Young, S. S. (1993). Resampling-based multiple testing. Wiley",
    ),
    (
        "Exact interval of a ratio of two counts",
        "Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26(4), 404-413",
    ),
)


def document_of(look: Look) -> Document:
    """The document of a look."""
    findings = [Finding(f"emerging-{n}", sentence(p, look)) for n, p in enumerate(look.problems, 1)]
    said: list[Block] = [*findings] or [Finding("emerging-none", _nothing(look))]
    if late := _late(look):
        said.append(Note(late, "Months missing"))
    if look.withheld:
        said.append(
            Note(
                f"{look.withheld} more alarm{'s are' if look.withheld > 1 else ' is'} not shown: fewer than {threshold()} are recorded, "
                "and so small a count of the force's own records could point at a person.",
                "Small counts",
            )
        )
    tasks = tuple(_task(n, p, look) for n, p in enumerate(look.problems[:_TASKS], 1))
    return Document(
        title="Emerging problems",
        subtitle=f"{look.area[:1].upper()}{look.area[1:]}, {_period(look)}",
        marking=MARKING,
        edition=look.on,
        meta=(
            ("For", "Tasking and co-ordination; every recommendation is a proposal for a person to decide"),
            ("False alarms", _rate(look)),
        ),
        sections=(
            Section("Findings", tuple(said)),
            Section("Recommendations", tasks or (Paragraph("Nothing found calls for a task now."),)),
            *([Section("What emerges", (_figure(look),))] if look.problems else []),
            Section("What was looked at", tuple(_looked_at(look))),
            Section("What is not known", (Points(_unknown(look)),)),
            _methods(look),
        ),
    )


def where(areas: Sequence[str]) -> str:
    """Names of areas; of many the first five and how many more."""
    return several(areas) if len(areas) <= 6 else f"{', '.join(areas[:5])} and {len(areas) - 5} more"


def sentence(problem: Problem, look: Look) -> str:
    """A problem in one or two sentences."""
    names = where([a.name for a in problem.areas])
    districts = several(
        sorted({look.districts[a.parent].name for a in problem.areas if a.parent in look.districts}) or [""]
    )
    place = f"{names} ({districts})" if districts and districts not in names else names
    since = (
        f"in {month_name(problem.until)}" if problem.since == problem.until else f"since {month_name(problem.since)}"
    )
    text = f"{problem.theme.title} in {place}: {problem.theme.count(problem.observed)} recorded {since}"
    if problem.relative_risk is not None and problem.expected is not None:
        text += (
            f", where the same months of earlier years and the rest of {look.area} give {problem.expected:,.1f} to expect; "
            f"{problem.relative_risk.show()} times as many ({chance(problem.p)})."
        )
    elif problem.expected is not None:
        text += f", and none in the same months of earlier years ({chance(problem.p)})."
    else:
        text += f", and fewer than {threshold()} in the same months of all earlier years ({chance(problem.p)})."
    if problem.theme.police_generated:
        text += " This is found mostly because police look for it, so a rise may be no more than an operation."
    return text


def rows(look: Look) -> tuple[tuple[str, ...], tuple[tuple[str | int | float | None, ...], ...]]:
    """Headings and cells of a plain table, one row a problem; small counts as words."""
    head = ("problem", "areas", "since", "observed", "expected", "relative risk", "p")
    return head, tuple(
        (
            p.theme.title,
            where([a.name for a in p.areas]),
            p.since,
            p.observed,
            _expected(p),
            _risk(p),
            round(p.p, 3),
        )
        for p in look.problems
    )


def _expected(problem: Problem) -> str:
    return "not shown" if problem.expected is None else f"{problem.expected:,.1f}"


def _risk(problem: Problem) -> str:
    if problem.relative_risk is not None:
        return problem.relative_risk.show()
    return "not shown" if problem.expected is None else "none before"


def _period(look: Look) -> str:
    months = [month for series in (*look.looked_at, *look.too_short) for month in series.months]
    return f"{month_name(min(months))} to {month_name(max(months))}"


def _rate(look: Look) -> str:
    return (
        f"When nothing emerges, {100 * look.level:g}% of all looks raise an alarm, for all areas, months and categories together: with a "
        f"look every month, one false alarm in {round(1 / look.level)} months"
    )


def _nothing(look: Look) -> str:
    if not look.looked_at:
        longest = max((len(s.months) for s in look.too_short), default=0)
        return (
            f"The history is too short to tell: {longest} month{'s' * (longest != 1)} held, {MONTHS_NEEDED} needed. With less than two "
            "years a season cannot be told from a change."
        )
    return (
        f"Nothing stands out by more than chance: {look.compared:,} combinations of areas, months and categories were compared in {look.area}. "
        "A slight rise, or one of a few events, cannot be seen."
    )


def _late(look: Look) -> str:
    """Which categories end before the last month that was over."""
    late: dict[str, list[str]] = {}
    for series in look.looked_at:
        if series.months[-1] < look.last:
            late.setdefault(series.months[-1], []).append(series.theme.title.lower())
    ends = [
        f"of {several(themes) if len(themes) < len(look.looked_at) else 'all categories'} the last month held is {month_name(month)}"
        for month, themes in late.items()
    ]
    return f"What began later cannot be seen: {'; '.join(ends)}." if ends else ""


def _task(number: int, problem: Problem, look: Look) -> Task:
    names = where([a.name for a in problem.areas])
    return Task(
        f"Ask the neighbourhood team what has changed in {names} since {month_name(problem.since)}, make a problem profile of "
        f"{problem.theme.many}, and bring both to the next tasking meeting",
        ANALYSIS,
        look.on + timedelta(days=14),
        (f"emerging-{number}",),
        "A person has written down what it is: a new problem with a plan, a change of recording, an operation, or a false alarm",
    )


def _figure(look: Look) -> Figure:
    codes = {a.code for p in look.problems for a in p.areas}
    shapes = {code: maps.on_grid(a.boundary) for code, a in look.lsoas.items() if a.boundary}
    points = [shapes[p.areas[0].code].representative_point() for p in look.problems]
    label, other = "LSOA of an emerging problem", "other LSOA"
    feeds = sorted({p.feed for p in look.problems})
    batches = {feed: max(s.batches for s in look.looked_at if s.feed == feed) for feed in feeds}
    years = sorted({year for p in look.problems for year in p.earlier}, reverse=True)
    table = Table(
        "What emerges, the least likely by chance first",
        (Column("No.", "number"), Column("Problem"), Column("LSOAs"), Column("From"), Column("To"), Column("Recorded", "number"),
         *(Column(f"Same months to {year}", "number") for year in years), Column("Expected", "number", decimals=1),
         Column("Times as many", "number", "95% interval", 1), Column("p", "number", decimals=3)),
        tuple(
            (n, p.theme.title, where([a.name for a in p.areas]), month_name(p.since), month_name(p.until), p.observed,
             *(safe(p.earlier[year]) if year in p.earlier else "not held" for year in years),
             _expected(p), p.relative_risk if p.relative_risk is not None else _risk(p), p.p)
            for n, p in enumerate(look.problems, 1)
        ),
        note=f"Expected: the same months of earlier years in these areas, changed as the rest of {look.area} changed. What is named here was "
        "chosen because it is high, so the true rise is likely to be smaller.",
    )  # fmt: skip
    return Figure(
        f"{len(look.problems)} problem{'s emerge' if len(look.problems) > 1 else ' emerges'} in {len(codes)} LSOA{'s' * (len(codes) > 1)}",
        maps.area_map(
            list(shapes.values()),
            [label if code in codes else other for code in shapes],
            legend=[other, label],
            outlines={d.name: maps.on_grid(d.boundary) for d in look.districts.values() if d.boundary},
            spots=[maps.Spot(str(n), point.x, point.y) for n, point in enumerate(points, 1)],
        ),
        f"Map of {len(shapes)} LSOAs; {len(codes)} of an emerging problem are shaded and numbered as in the table: "
        + "; ".join(f"{n} {p.theme.title}, {where([a.name for a in p.areas])}" for n, p in enumerate(look.problems, 1))
        + ".",
        table,
        tuple(Source(feed, f"{batches[feed]} batches") for feed in feeds),
    )


def _looked_at(look: Look) -> list[Block]:
    def row(series: Series, how: str) -> tuple[str, ...]:
        events = series.events if series.open_data else protected(series.events)
        months = f"{month_name(series.months[0])} to {month_name(series.months[-1])} ({len(series.months)})"
        return series.theme.title, series.feed, months, f"{events:,}" if isinstance(events, int) else events, how

    blocks: list[Block] = []
    if look.looked_at:
        blocks.append(
            Paragraph(
                f"Each circle of neighbouring LSOAs was compared with the rest of {look.area}, for each of the last 1 to {WINDOW} months and in "
                f"each category: {look.compared:,} comparisons. {_rate(look)}."
            )
        )
    blocks.append(
        Table(
            f"Categories in {look.area}",
            (Column("Category"), Column("Feed"), Column("Months"), Column("Recorded", "number"), Column("Scan")),
            tuple(
                [row(s, "looked at") for s in look.looked_at] + [row(s, "history too short") for s in look.too_short]
            ),
            note="Of several feeds that record a category the most detailed with two years of months is used. Months count back from the last "
            "one held to the first gap: a month that was never read in is not a month without crime.",
        )
    )
    return blocks


def _unknown(look: Look) -> tuple[str, ...]:
    unplaced = sum(s.unplaced for s in look.looked_at)
    texts = [
        "Why. A rise may be more crime, more people telling the police, a change of recording or an operation.",
        "Whether the events have one cause that is soon over: one incident that made many records, or a series by one offender, "
        "looks like an emerging problem. Alarms by such clumps are more frequent than the stated rate.",
        "What began more than a year ago: it is part of what is expected by now.",
        "What is new in areas of any other shape than neighbouring LSOAs, and rises too slight for their numbers.",
    ]
    if look.too_short:
        texts.append(
            f"Anything of {several([s.theme.title.lower() for s in look.too_short])}: fewer than {MONTHS_NEEDED} months are held, and a "
            "season could not be told from a change."
        )
    if unplaced:
        texts.append(f"Where {unplaced:,} events without an LSOA happened: they are in no area.")
    return tuple(texts)


def _methods(look: Look) -> Section:
    return Section(
        "Methods",
        (
            Table("Methods used, with their references", (Column("Method"), Column("Reference")), _METHODS),
            Paragraph(
                f"Made with Peelian {__version__}; {PERMUTATIONS} permutations. Cases are dealt anew among the same calendar months of the years "
                "held, so that neither a busy area nor any season, of the category or of one area, raises an alarm."
            ),
        ),
    )
