"""A network as points and lines: numbers that stand in the table beside it, never names."""

from __future__ import annotations

from collections.abc import Sequence

import rustworkx as rx

from .charts import WIDTH, Spec
from .drawing import ACCENT, ALARM, INK, QUIET

HEIGHT = 420
_SEED = 7  # of the layout: the same network is drawn the same


def network_chart(kinds: Sequence[str], ties: Sequence[tuple[int, int, float]]) -> Spec:
    """Draw a network.

    Parameters
    ----------
    kinds : sequence of str
        Of each point, in the order of their numbers from 1; up to four kinds, told apart by shape and colour.
    ties : sequence of (point, point, strength)
        Places in `kinds`, from 0. A stronger tie is a thicker line.
    """
    import altair as alt

    graph: rx.PyGraph[int, float] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(kinds)))
    graph.add_edges_from([(a, b, s) for a, b, s in ties])
    place = rx.spring_layout(graph, seed=_SEED, num_iter=150)
    named = list(dict.fromkeys(kinds))
    points = [{"n": str(n + 1), "kind": kind, "x": place[n][0], "y": place[n][1]} for n, kind in enumerate(kinds)]
    most = max((s for *_, s in ties), default=1.0)
    lines = [
        {"x": place[a][0], "y": place[a][1], "x2": place[b][0], "y2": place[b][1], "width": 0.8 + 4 * s / most} for a, b, s in ties
    ]  # fmt: skip
    x, y = (
        alt.X("x:Q", axis=None, scale=alt.Scale(zero=False, padding=24)),
        alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False, padding=24)),
    )
    rules = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_rule(color=QUIET, opacity=0.55)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=alt.StrokeWidth("width:Q", scale=None))
    )
    base = alt.Chart(alt.InlineData(values=points)).encode(x=x, y=y)
    dots = base.mark_point(filled=True, opacity=1, size=260).encode(
        shape=alt.Shape(
            "kind:N",
            sort=named,
            title=None,
            scale=alt.Scale(domain=named, range=["diamond", "circle", "square", "triangle-up"][: len(named)]),
        ),
        color=alt.Color(
            "kind:N",
            sort=named,
            title=None,
            scale=alt.Scale(domain=named, range=[INK, ACCENT, QUIET, ALARM][: len(named)]),
        ),
    )
    labels = base.mark_text(dx=13, dy=-9, color=INK, fontWeight=600).encode(text="n:N")
    spec: Spec = (rules + dots + labels).properties(width=WIDTH, height=HEIGHT).to_dict()
    return spec
