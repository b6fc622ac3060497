"""How lists overlap: combinations of lists as rows of dots, and how many people stand on just those."""

from __future__ import annotations

from collections.abc import Sequence

from .charts import Spec
from .drawing import ACCENT, INK, LINE


def overlap_chart(lists: Sequence[str], combinations: Sequence[tuple[tuple[str, ...], int]]) -> Spec:
    """Draw an UpSet plot, turned: a row a combination, filled dots for its lists, a bar for its people.

    Parameters
    ----------
    lists : sequence of str
        In the order of the columns.
    combinations : sequence of (lists, people)
        In the order of the rows; no two alike.

    References
    ----------
    Lex, A. et al. (2014). UpSet: visualization of intersecting sets. IEEE Transactions on Visualization and Computer Graphics
    20(12), 1983-1992.
    """
    import altair as alt

    named = [(n, " and ".join(on), set(on), people) for n, (on, people) in enumerate(combinations)]
    dots = [{"row": n, "list": name, "on": name in on} for n, _, on, _ in named for name in lists]
    bars = [{"row": n, "people": people} for n, _, _, people in named]
    y = alt.Y("row:O", title=None, axis=None)
    points = (
        alt.Chart(alt.InlineData(values=dots))
        .mark_point(filled=True, opacity=1)
        .encode(
            x=alt.X(
                "list:N", sort=list(lists), title=None,
                axis=alt.Axis(orient="top", labelAngle=-40, grid=False, domain=False, ticks=False),
            ),
            y=y, color=alt.condition("datum.on", alt.value(INK), alt.value(LINE)),
            size=alt.condition("datum.on", alt.value(120), alt.value(25)),
        )
        .properties(width=32 * len(lists), height=alt.Step(20))
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=bars)).encode(y=y)
    counts = base.mark_bar(color=ACCENT).encode(x=alt.X("people:Q", title="People", axis=alt.Axis(orient="top")))
    labels = base.mark_text(align="left", dx=4, color=INK).encode(x="people:Q", text=alt.Text("people:Q", format=","))
    right = (counts + labels).properties(width=300, height=alt.Step(20))
    spec: Spec = alt.hconcat(points, right, spacing=12).to_dict()
    return spec
