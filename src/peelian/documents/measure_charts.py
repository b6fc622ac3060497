"""Charts of measures: areas within the funnel that chance alone gives, and months within their control limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from peelian.analysis.control_chart import MeasureChart
from peelian.analysis.funnel import Funnel, binomial

from .charts import WIDTH, Spec, control_chart
from .drawing import ACCENT, ALARM, INK

POINTS = 48  # of a limit's line
WHAT = ["usual", "outside", "too few"]
_WHAT = {"above": "outside", "below": "outside", "as the others": "usual", "not enough data": "too few"}


def funnel_chart(plot: Funnel, names: Sequence[str], *, unit: str, size: str) -> Spec:
    """Areas by their size, with the centre and the limits for each size; one outside is a red diamond with its name.

    Parameters
    ----------
    names : sequence of str, one an area
    unit, size : str
        Titles of the axes.
    """
    import altair as alt

    held = [at for at in range(len(names)) if plot.size[at] > 0]
    rows = [
        {
            "name": names[at], "size": float(plot.size[at]), "value": float(plot.value[at]),
            "what": _WHAT[plot.verdict[at]],
        }
        for at in held
    ]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("size:Q", title=size, scale=alt.Scale(zero=True, nice=True)), y=alt.Y("value:Q", title=unit)
    )
    points = base.mark_point(strokeWidth=1.5, opacity=1).encode(
        shape=alt.Shape("what:N", scale=alt.Scale(domain=WHAT, range=["circle", "diamond", "circle"]), legend=None),
        color=alt.condition("datum.what == 'outside'", alt.value(ALARM), alt.value(INK)),
        fill=alt.Fill("what:N", scale=alt.Scale(domain=WHAT, range=[INK, ALARM, "#ffffff"]), legend=None),
        size=alt.condition("datum.what == 'outside'", alt.value(130), alt.value(55)),
    )  # fmt: skip
    labels = (
        base.transform_filter("datum.what == 'outside'")
        .mark_text(align="left", dx=10, color=ALARM)
        .encode(text="name:N")
    )
    lines = alt.Chart(alt.InlineData(values=_limits(plot, held))).encode(x="size:Q")
    outer = [
        lines.mark_line(color=ACCENT, strokeWidth=1.5, interpolate="step").encode(y=f"{end}:Q")
        for end in ("outer_low", "outer_high")
    ]
    inner = [
        lines.mark_line(color=ACCENT, strokeDash=[5, 4], strokeWidth=1, interpolate="step").encode(y=f"{end}:Q")
        for end in ("inner_low", "inner_high")
    ]
    middle = alt.Chart(alt.InlineData(values=[{"at": plot.centre}])).mark_rule(color=INK, opacity=0.5).encode(y="at:Q")
    spec: Spec = alt.layer(middle, *inner, *outer, points, labels).properties(width=WIDTH, height=300).to_dict()
    return spec


def _limits(plot: Funnel, held: Sequence[int]) -> list[dict[str, float]]:
    """The limits along the sizes: of shares for any size, of rates at the areas' own sizes."""
    largest = float(max(plot.size[held]))
    if float(plot.centre) <= 1 and np.allclose(plot.size[held], np.round(plot.size[held])) and _is_share(plot, held):
        first = max(5, int(min(plot.size[held]) / 3))  # below, limits jump from count to count and say little
        sizes = np.unique(np.geomspace(first, max(1.1 * largest, first + 1), POINTS).astype(int))
        return [_at(int(n), plot) for n in sizes]
    order = sorted(held, key=lambda at: plot.size[at])
    return [
        {
            "size": float(plot.size[at]), "inner_low": float(plot.inner_low[at]), "inner_high": float(plot.inner_high[at]),
            "outer_low": float(plot.outer_low[at]), "outer_high": float(plot.outer_high[at]),
        }
        for at in order
    ]  # fmt: skip


def _is_share(plot: Funnel, held: Sequence[int]) -> bool:
    return bool(np.allclose(plot.value[held] * plot.size[held], plot.count[held]))


def _at(rows: int, plot: Funnel) -> dict[str, float]:
    null, ends = binomial(rows, plot.centre), dict[str, float]()
    for name, coverage in (("inner", plot.level), ("outer", plot.outer)):
        low, high = null.within((1 - coverage) / 2)
        ends |= {f"{name}_low": low / rows, f"{name}_high": high / rows}
    return {"size": float(rows), **ends}


def months_chart(chart: MeasureChart, labels: Sequence[str], *, unit: str) -> Spec:
    """A measure by month within its control limits."""
    flat = [chart.centre] * len(labels)
    signals = {signal.at for signal in chart.signals}

    def plain(values: Any) -> list[float | None]:
        return [None if np.isnan(v) else float(v) for v in values]

    return control_chart(
        labels, plain(chart.values), centre=flat, low=plain(chart.lower), high=plain(chart.upper),
        signals=[at in signals for at in range(len(labels))], unit=unit,
    )  # fmt: skip
