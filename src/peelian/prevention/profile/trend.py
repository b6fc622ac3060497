"""Is it rising or falling: a control chart where there are two years, and otherwise just the months with their intervals."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from peelian.analysis.rates import rate_interval
from peelian.analysis.trend import BASELINE_NEEDED, ControlChart, NotEnoughData, Seasonal, control_chart, seasonal
from peelian.core.document import (
    Block,
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
from peelian.documents import charts

from .part import ANALYSIS, Part, month_name, several
from .scope import Scope
from .small_counts import told

_CHART = Source(
    "Control chart with limits that allow for counts varying more than those of independent events would",
    "Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14(4), 531-537",
)
_SEASON = Source(
    "Seasonal decomposition by loess, with intervals",
    "Cleveland, R. B. et al. (1990). STL. Journal of Official Statistics 6(1), 3-73",
)
_SECTION = "Trend"


def trend_part(scope: Scope) -> Part:
    """The months up to the end of the period."""
    months = [month for month, _ in scope.history]
    counts = [count for _, count in scope.history]
    days = [_days(month) for month in months]
    earlier = sum(month < f"{scope.start:%Y-%m}" for month in months)
    if len(months) < 2:
        note = Note("Only one month is held, so nothing can be said of a trend.", "Not enough data")
        return Part(Section(_SECTION, (note,)))
    # A month of a whole district or force points to no place, and police.uk publishes the like for much smaller areas: it is told
    # as it is. A month of one LSOA is a finer cell than the year of it that other tables protect; a chart with gaps would still
    # tell, since its centre and limits come from every month.
    if len(scope.lsoas) == 1 and None in told(dict(scope.history), open_data=scope.open_data).values():
        note = Note(
            "By month the counts of one LSOA are too small to be shown. A profile of its district shows a trend.",
            "Small counts",
        )
        return Part(
            Section(_SECTION, (note,)),
            unknown=("Whether it is rising or falling in this LSOA: its months are too small to be shown.",),
        )
    baseline = max(BASELINE_NEEDED, earlier)
    chart = control_chart(
        counts,
        exposure=days,
        baseline=min(baseline, len(counts)) if len(counts) >= BASELINE_NEEDED else baseline,
        kind="laney",
    )
    if isinstance(chart, NotEnoughData):
        return _few_months(scope, months, counts, days, chart)
    return _charted(
        scope, months, counts, chart, seasonal([n / d * 365.25 / 12 for n, d in zip(counts, days, strict=True)])
    )


def _days(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:]))[1]


def _short(month: str) -> str:
    return f"{date.fromisoformat(month + '-01'):%b %y}"


def _few_months(scope: Scope, months: list[str], counts: list[int], days: list[int], held: NotEnoughData) -> Part:
    values, low, high = rate_interval(counts, days, per=1)
    estimates = [Estimate(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]
    most, least = max(range(len(months)), key=lambda i: values[i]), min(range(len(months)), key=lambda i: values[i])
    places = 1 if values.max() >= 2 else 2
    differ = estimates[most].low > estimates[least].high
    title = (
        f"Between {estimates[least].value:.{places}f} a day in {month_name(months[least])} and {estimates[most].value:.{places}f} a day in "
        f"{month_name(months[most])}"
    )
    figure = Figure(
        title,
        charts.intervals([month_name(m) for m in months], estimates, unit=f"{scope.theme.many.capitalize()} a day"),
        "Events a day by month with 95% intervals. " + "; ".join(f"{month_name(m)}: {e.show(places)}" for m, e in zip(months, estimates, strict=True)) + ".",
        Table(
            f"{scope.theme.title} by month",
            (Column("Month"), Column("Recorded", "number"), Column("Days", "number"), Column("A day", "number", "95% interval", places)),
            tuple((month_name(m), n, d, e) for m, n, d, e in zip(months, counts, days, estimates, strict=True)),
        ),
        scope.sources,
    )  # fmt: skip
    note = Note(
        f"{str(held).capitalize()}. With less than two years a season cannot be told from a change, so no trend is stated and no month "
        "is called unusual.",
        "Not enough data for a trend",
    )
    text = (
        f"Not enough data for a trend: {held.held} of the {held.needed} months needed are held. From {month_name(months[0])} to "
        f"{month_name(months[-1])} it ranged from {estimates[least].show(places)} a day ({month_name(months[least])}) to {estimates[most].show(places)} "
        f"a day ({month_name(months[most])})"
        + (", which may be the season." if differ else ", within what chance explains.")
    )
    task = Task(
        f"Read in the months back to two years before {month_name(months[-1])}, so that season and change can be told apart",
        ANALYSIS, scope.on + timedelta(days=28), ("trend",), "The next profile states a trend with its interval",
    )  # fmt: skip
    return Part(
        Section(_SECTION, (note, figure)), (Finding("trend", text),), (task,),
        unknown=("Whether it is rising or falling: fewer than two years are held.",),
    )  # fmt: skip


def _charted(
    scope: Scope, months: list[str], counts: list[int], chart: ControlChart, parts: Seasonal | NotEnoughData
) -> Part:
    inside = [s for s in chart.signals if months[s.at] >= f"{scope.start:%Y-%m}"]
    signalled = sorted({s.at for s in inside})
    inside_period = [m for m in months if m >= f"{scope.start:%Y-%m}"]
    n, centre = len(months), chart.centre
    title = (
        f"{several([month_name(months[i]) for i in signalled])} {'does' if len(signalled) == 1 else 'do'} not look like chance"
        if signalled
        else f"{'Every month of the period' if len(inside_period) > 1 else month_name(inside_period[0])} lies within what chance explains"
    )
    figure = Figure(
        title,
        charts.control_chart(
            [_short(m) for m in months], chart.values.tolist(), centre=[centre] * n, low=chart.lower.tolist(), high=chart.upper.tolist(),
            signals=[i in {s.at for s in chart.signals} for i in range(n)], unit=f"{scope.theme.many.capitalize()} a day",
        ),
        f"Control chart of {n} months. Centre {centre:.2f} a day from the first {chart.baseline} months. Signals: "
        + ("; ".join(f"{month_name(months[s.at])} {s.rule}" for s in chart.signals) or "none") + ".",
        Table(
            f"{scope.theme.title} by month, against limits from the first {chart.baseline} months",
            (Column("Month"), Column("Recorded", "number"), Column("A day", "number", decimals=2), Column("Lower limit", "number", decimals=2),
             Column("Upper limit", "number", decimals=2), Column("Signal")),
            tuple(
                (month_name(m), counts[i], float(chart.values[i]), float(chart.lower[i]), float(chart.upper[i]),
                 ", ".join(s.rule for s in chart.signals if s.at == i) or "none")
                for i, m in enumerate(months)
            ),
            note=f"A signal is {chart.rule_set}.",
        ),
        scope.sources,
    )  # fmt: skip
    how = Paragraph(
        f"The dashed line is the mean of the first {chart.baseline} months; within the band lie months that chance alone would give. A red "
        "diamond is a signal of something else."
    )
    blocks: list[Block] = [how, figure]
    text = title + "."
    methods: tuple[Source, ...] = (_CHART,)
    if isinstance(parts, Seasonal):
        change = Estimate(parts.change, parts.change_low, parts.change_high)
        way = "rose" if change.low > 0 else "fell" if change.high < 0 else ""
        said = (
            f"With the season taken out, it {way} by {abs(change.value):.0f} a month over the last year (95% interval {_signed(change)})."
            if way
            else f"With the season taken out, no change over the last year is shown (95% interval {_signed(change)} a month)."
        )
        peak = int(parts.season.value[-12:].argmax())
        most = Estimate(*(float(x[-12:][peak]) for x in (parts.season.value, parts.season.low, parts.season.high)))
        blocks.append(
            Paragraph(
                f"{said} "
                + (
                    f"The season is highest in {month_name(months[-12:][peak]).split()[0]}, {round(most.value):+d} a month against the trend "
                    f"(95% interval {_signed(most)})."
                    if most.low > 0
                    else "No month is shown to be higher than the trend by its season."
                )
            )
        )
        text, methods = f"{said} {title}.", (_CHART, _SEASON)
    tasks = (
        Task(
            f"Find out what changed in {several([month_name(months[i]) for i in signalled])}: recording, police activity, or the {scope.theme.many} themselves",
            "Analyst lead for " + scope.theme.title.lower(), scope.on + timedelta(days=14), ("trend",),
            "The cause is written into the next profile, with its evidence, or stated as not found",
        ),
    ) if signalled else ()  # fmt: skip
    return Part(Section(_SECTION, tuple(blocks)), (Finding("trend", text),), tasks, methods=methods)


def _signed(estimate: Estimate) -> str:
    """The interval of a change in whole events, with signs."""
    return f"{round(estimate.low):+d} to {round(estimate.high):+d}"
