"""Maps as Vega-Lite specifications with their shapes inside: no tile, no network.

Shapes are drawn on the British National Grid in metres, so a length on the map is a length on the ground and the bar of
scale is true everywhere on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .charts import WIDTH, Spec
from .drawing import ALARM, INK, QUIET

# One hue from light to dark: the order survives a black-and-white print.
STEPS = ("#e7eef8", "#b5cbe6", "#7fa3d1", "#4675b3", "#163d70")
_HEIGHT = 380


@dataclass(frozen=True)
class Spot:
    """A mark on a map, with the number or letter of its row in the table."""

    label: str
    easting: float
    northing: float


def on_grid(boundary: Mapping[str, Any]) -> shapely.Geometry:
    """A GeoJSON geometry in longitude and latitude (WGS84) as a shape in metres on the British National Grid."""
    from convertbng.cutil import convert_bng

    def metres(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert_bng(lonlat[:, 0], lonlat[:, 1]))

    return shapely.transform(shapely.from_geojson(json.dumps(boundary)), metres)


def area_map(
    shapes: Sequence[shapely.Geometry],
    groups: Sequence[str | None],
    *,
    legend: Sequence[str] = (),
    legend_title: str = "",
    outlines: Mapping[str, shapely.Geometry] | None = None,
    spots: Sequence[Spot] = (),
    cells: Sequence[shapely.Geometry] = (),
) -> Spec:
    """Areas shaded by group, with outlines and their names, cells and numbered marks on top.

    Parameters
    ----------
    shapes : sequence of shapely geometry
        Metres on the national grid; one at least.
    groups : sequence of str or None, one a shape
        Which entry of `legend` each area belongs to; None leaves it white.
    legend : sequence of str
        At most five labels, from least to most.
    outlines : mapping of name to geometry, optional
        Drawn as lines, with their names.
    spots : sequence of Spot
    cells : sequence of shapely geometry
        Small shapes in the colour of alarm.
    """
    import altair as alt

    west, south, east, north = shapely.total_bounds(np.array([*shapes, *(outlines or {}).values()]))
    scale = min(WIDTH / (east - west), _HEIGHT / (north - south))
    # Half a pixel: what cannot be seen is not stored. Simplified together, so that shared borders stay shared.
    drawn = shapely.coverage_simplify(np.array(shapes), 0.5 / scale)
    features = [
        {"type": "Feature", "properties": {"group": group}, "geometry": _geojson(shape)}
        for shape, group in zip(drawn, groups, strict=True)
    ]
    view = {"type": "identity", "reflectY": True, "scale": scale, "translate": [-west * scale, north * scale]}
    # Named, and put into the finished specification: altair would check every corner of every shape, for seconds.
    data = {"areas": features}
    base = alt.Chart(alt.NamedData("areas"))
    layers = [base.mark_geoshape(fill="#ffffff", stroke="#c3ccd4", strokeWidth=0.3)]
    if legend:
        colours = [STEPS[round(i * (len(STEPS) - 1) / max(len(legend) - 1, 1))] for i in range(len(legend))]
        layers += [
            base.transform_filter("datum.properties.group != null")
            .mark_geoshape(stroke="#ffffff", strokeWidth=0.2)
            .encode(
                color=alt.Color(
                    "properties.group:N",
                    scale=alt.Scale(domain=list(legend), range=colours),
                    legend=alt.Legend(title=legend_title, orient="bottom", direction="horizontal", symbolType="square"),
                )
            )
        ]
    if outlines:
        shaped = [
            {"type": "Feature", "geometry": _geojson(shapely.simplify(o, 0.5 / scale))} for o in outlines.values()
        ]
        data["outlines"] = shaped
        layers.append(alt.Chart(alt.NamedData("outlines")).mark_geoshape(filled=False, stroke=INK, strokeWidth=0.8))
        names = [{"name": name, "x": p.x, "y": p.y} for name, o in outlines.items() for p in [o.representative_point()]]
        layers += _halo(alt, names)
    if cells:
        data["cells"] = [{"type": "Feature", "geometry": _geojson(cell)} for cell in cells]
        layers.append(alt.Chart(alt.NamedData("cells")).mark_geoshape(fill=ALARM, stroke=ALARM, strokeWidth=0.8))
    if spots:
        marks = [{"label": s.label, "x": s.easting, "y": s.northing} for s in spots]
        # The first is drawn last, so that where marks overlap the foremost matters most.
        at = alt.Chart(alt.InlineData(values=marks[::-1])).encode(longitude="x:Q", latitude="y:Q")
        layers += [
            at.mark_circle(size=260, color="#ffffff", opacity=1, stroke=INK, strokeWidth=1.5),
            at.mark_text(fontSize=11, fontWeight="bold", color=INK, baseline="middle").encode(text="label:N"),
        ]
    layers += _scale_bar(alt, west, south, east)
    chart = alt.layer(*layers).properties(
        width=(east - west) * scale, height=(north - south) * scale + 30, projection=alt.Projection(**view)
    )
    spec: Spec = chart.to_dict()
    return spec | {"datasets": spec.get("datasets", {}) | data}


def _halo(alt: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """Names that can be read on any ground: the same text twice, first as a white edge."""
    base = alt.Chart(alt.InlineData(values=rows)).encode(longitude="x:Q", latitude="y:Q", text="name:N")
    return [
        base.mark_text(fontSize=11, stroke="#ffffff", strokeWidth=3.5, color="#ffffff"),
        base.mark_text(fontSize=11, color=QUIET),
    ]


def _scale_bar(alt: Any, west: float, south: float, east: float) -> list[Any]:
    """A line of a round length, about a fifth of the width, under the map."""
    length = 10 ** floor(log10((east - west) / 5))
    length *= max(step for step in (1, 2, 5) if step * length <= (east - west) / 5)
    y = south - (east - west) * 0.025
    line = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[west, y], [west + length, y]]}}
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    text = alt.Chart(alt.InlineData(values=[{"x": west + length, "y": y, "words": words}]))
    return [
        alt.Chart(alt.InlineData(values=[line])).mark_geoshape(filled=False, stroke=INK, strokeWidth=2),
        text.mark_text(align="left", dx=6, fontSize=11, color=QUIET).encode(
            longitude="x:Q", latitude="y:Q", text="words:N"
        ),
    ]


def _geojson(shape: shapely.Geometry) -> dict[str, Any]:
    """Whole metres are finer than a pixel."""
    found: dict[str, Any] = shapely.geometry.mapping(shapely.set_precision(shape, 1, mode="pointwise"))
    return found
