"""Charts as Vega-Lite specifications: the few that a profile needs, in one look.

Colour never carries meaning alone: what is outside its limits is a diamond as well as red, and harm and count have marks of
their own. The title of a figure is its finding and stands in the document, so no chart has a title inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peelian.core.document import Estimate

from .drawing import ACCENT, ALARM, INK, LINE, QUIET

WIDTH = 560
Spec = dict[str, Any]


def control_chart(
    periods: Sequence[str],
    values: Sequence[float | None],
    *,
    centre: Sequence[float],
    low: Sequence[float | None],
    high: Sequence[float | None],
    signals: Sequence[bool],
    unit: str,
) -> Spec:
    """Values by period with their centre line and limits; a period that signals is a red diamond, one without a value a gap, in the band too.

    Parameters
    ----------
    periods : sequence of str
        Labels in order of time; no two alike.
    values, centre, low, high : sequence of float, one a period; None where there is none
    signals : sequence of bool, one a period
    unit : str
        Title of the value axis.
    """
    import altair as alt

    rows = [
        {
            "period": p,
            "value": v,
            "centre": c,
            "low": lo,
            "high": hi,
            "what": "outside what chance gives" if s else "usual",
        }
        for p, v, c, lo, hi, s in zip(periods, values, centre, low, high, signals, strict=True)
    ]
    x = alt.X("period:O", sort=None, title=None, axis=alt.Axis(labelAngle=0 if len(rows) <= 12 else -90, grid=False))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    band = base.mark_area(color=ACCENT, opacity=0.12, invalid="break-paths-filter-domains").encode(
        y=alt.Y("low:Q", title=unit), y2="high:Q"
    )
    middle = base.mark_line(color=ACCENT, strokeDash=[5, 4]).encode(y="centre:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(y="value:Q")
    points = base.mark_point(filled=True, opacity=1).encode(
        y="value:Q",
        shape=alt.Shape(
            "what:N",
            scale=alt.Scale(domain=["usual", "outside what chance gives"], range=["circle", "diamond"]),
            legend=None,
        ),
        color=alt.condition("datum.what == 'usual'", alt.value(INK), alt.value(ALARM)),
        size=alt.condition("datum.what == 'usual'", alt.value(40), alt.value(140)),
    )
    return _finished(band + middle + line + points, height=220)


def intervals(
    names: Sequence[str],
    estimates: Sequence[Estimate],
    *,
    unit: str,
    reference: float | None = None,
    reference_label: str = "",
) -> Spec:
    """Estimates with their intervals, one a line, beside a reference; one that lies above it is a filled diamond.

    Parameters
    ----------
    names : sequence of str
        In the order in which they are to stand.
    estimates : sequence of Estimate, one a name
    unit : str
        Title of the value axis.
    reference : float, optional
        A vertical line, such as the rate of the whole force.
    reference_label : str
        What it is.
    """
    import altair as alt

    rows = [
        {
            "name": name, "value": e.value, "low": e.low, "high": e.high,
            "above": reference is not None and e.low > reference,
        }
        for name, e in zip(names, estimates, strict=True)
    ]  # fmt: skip
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(grid=False, ticks=False, domain=False, labelPadding=8))
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    rules = base.mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.X("low:Q", title=unit), x2="high:Q")
    points = base.mark_point(filled=True, opacity=1).encode(
        x="value:Q",
        shape=alt.Shape("above:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None),
        color=alt.condition("datum.above", alt.value(ALARM), alt.value(INK)),
        size=alt.condition("datum.above", alt.value(110), alt.value(55)),
    )
    chart = rules + points
    if reference is not None:
        line = alt.Chart(alt.InlineData(values=[{"at": reference, "label": reference_label}])).encode(x="at:Q")
        chart = (
            line.mark_rule(color=ACCENT, strokeDash=[5, 4])
            + line.mark_text(color=ACCENT, align="left", dx=5, dy=-2, baseline="bottom").encode(
                text="label:N", y=alt.value(0)
            )
            + chart
        )
    return _finished(chart, height=alt.Step(24))


def two_shares(
    names: Sequence[str], first: Sequence[float], second: Sequence[float], *, labels: tuple[str, str]
) -> Spec:
    """Two shares of each name on one line: a hollow circle and a filled diamond, joined.

    Parameters
    ----------
    names : sequence of str
    first, second : sequence of float
        Fractions from 0 to 1, one a name.
    labels : tuple of (str, str)
        What the two are.
    """
    import altair as alt

    order = list(labels)
    rows = [
        {"name": name, "what": what, "share": value}
        for name, pair in zip(names, zip(first, second, strict=True), strict=True)
        for what, value in zip(order, pair, strict=True)
    ]
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8, grid=False))
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    x = alt.X("share:Q", title="Share of the total", axis=alt.Axis(format=".0%"))
    join = base.mark_line(color=LINE, strokeWidth=3).encode(x=x, detail="name:N")
    marks = base.mark_point(filled=False, opacity=1, strokeWidth=2, size=90).encode(
        x=x,
        shape=alt.Shape(
            "what:N",
            sort=order,
            scale=alt.Scale(domain=order, range=["circle", "diamond"]),
            title=None,
            legend=alt.Legend(orient="top"),
        ),
        color=alt.Color("what:N", scale=alt.Scale(domain=order, range=[QUIET, ALARM]), title=None),
    )
    return _finished(join + marks, height=alt.Step(24))


def hours(counts: Sequence[Sequence[int | None]], *, days: Sequence[str], spans: Sequence[str], hidden: str) -> Spec:
    """A week as a grid of days and spans of hours, each cell with its number.

    Parameters
    ----------
    counts : sequence of sequences of int or None, shape (days, spans)
        None where the count is protected.
    days, spans : sequence of str
        Labels in order.
    hidden : str
        What stands in a cell with a protected count.
    """
    import altair as alt

    largest = max((value for row in counts for value in row if value is not None), default=1) or 1
    rows = [
        {
            "day": day,
            "span": span,
            "count": value or 0,
            "text": hidden if value is None else f"{value:,}",
            "dark": (value or 0) > 0.6 * largest,
        }
        for day, row in zip(days, counts, strict=True)
        for span, value in zip(spans, row, strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("span:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False)),
        y=alt.Y("day:O", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    cells = base.mark_rect(stroke="#fff", strokeWidth=2).encode(
        color=alt.Color("count:Q", scale=alt.Scale(domain=[0, largest], range=["#f3f5f7", ACCENT]), legend=None)
    )
    text = base.mark_text().encode(
        text="text:N", color=alt.condition("datum.dark", alt.value("#ffffff"), alt.value(INK))
    )
    return _finished(cells + text, height=alt.Step(30))


def weights(names: Sequence[str], bits: Sequence[float]) -> Spec:
    """Weights as bars from nought: to the right for one person, to the left for two.

    Parameters
    ----------
    names : sequence of str
        In the order in which they are to stand; no two alike.
    bits : sequence of float, one a name
    """
    import altair as alt

    rows = [{"name": name, "bits": round(value, 2)} for name, value in zip(names, bits, strict=True)]
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(grid=False, ticks=False, domain=False, labelLimit=330))
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    bars = base.mark_bar(height=12).encode(
        x=alt.X("bits:Q", title="Weight (bits): left for two people, right for one"),
        color=alt.condition("datum.bits < 0", alt.value(QUIET), alt.value(ACCENT)),
    )
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=INK).encode(x="at:Q")
    return _finished(bars + zero, height=alt.Step(19))


def _finished(chart: Any, *, height: Any) -> Spec:
    spec: Spec = chart.properties(width=WIDTH, height=height).to_dict()
    return spec
