"""What is drawn is what was given: checked in the SVG, which is what a reader sees."""

import re
from itertools import pairwise

import numpy as np
import pytest
import shapely

from peelian.analysis.control_chart import p_chart
from peelian.core.document import Column, Estimate, Figure, Source, Table
from peelian.documents.charts import control_chart, hours, intervals, two_shares
from peelian.documents.drawing import ALARM, INK, svg
from peelian.documents.maps import STEPS, Spot, area_map, on_grid
from peelian.documents.measure_charts import months_chart


def drawn(spec):
    return svg(Figure("t", spec, "alt", Table("t", (Column("a"),), (("x",),)), (Source("s"),)))


def texts(picture):
    return re.findall(r">([^<>]+)</text>", picture)


def test_a_signal_differs_in_shape_and_not_in_colour_alone():
    spec = control_chart(
        ["Jan", "Feb", "Mar"],
        [3, 20, 4],
        centre=[5] * 3,
        low=[1] * 3,
        high=[9] * 3,
        signals=[False, True, False],
        unit="Crimes",
    )
    picture = drawn(spec)
    marks = re.findall(r'aria-roledescription="point" transform="[^"]*" d="([^"]+)" fill="([^"]+)"', picture)
    assert [("A" in outline, fill) for outline, fill in marks] == [(True, INK), (False, ALARM), (True, INK)]
    assert {"Jan", "Feb", "Mar", "Crimes"} <= set(texts(picture))


def test_a_month_without_rows_is_a_gap_in_the_band_too():
    chart = p_chart([9, 8, 9, 10, 9, 9, 0, 9, 8, 9, 10, 9, 9], [10] * 6 + [0] + [10] * 6)

    picture = drawn(months_chart(chart, [str(n) for n in range(13)], unit="share"))

    [band] = re.findall(
        r'<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="area mark" d="([^"]+)"', picture
    )
    assert band.count("M") == 2 and band.count("Z") == 2


def test_intervals_stand_in_the_order_given_beside_their_reference():
    spec = intervals(
        ["Harlow", "Colchester"],
        [Estimate(5, 4, 6), Estimate(2, 1, 3)],
        unit="per 1,000",
        reference=3,
        reference_label="force 3.0",
    )
    found = texts(drawn(spec))
    assert found.index("Harlow") < found.index("Colchester") and "force 3.0" in found


def test_every_cell_of_the_week_says_its_number():
    counts = np.arange(56).reshape(7, 8).tolist()
    counts[0][3] = None
    names = {"days": [f"d{i}" for i in range(7)], "spans": [f"s{i}" for i in range(8)]}
    found = texts(drawn(hours(counts, **names, hidden="<5")))
    assert {str(n) for n in range(56) if n != 3} | {"&lt;5"} <= set(found) and "3" not in found


def test_two_shares_have_marks_of_their_own():
    found = texts(drawn(two_shares(["Burglary"], [0.1], [0.3], labels=("count", "harm"))))
    assert {"Burglary", "count", "harm"} <= set(found)


def test_a_boundary_comes_out_in_metres_of_the_national_grid():
    """Ordnance Survey's worked example (A guide to coordinate systems in Great Britain): Caister water tower."""
    caister = shapely.Point(1.716073973, 52.658007833)  # ETRS89; OSTN15 gives E651409.804 N313177.450
    point = on_grid(shapely.geometry.mapping(caister))
    assert (point.x, point.y) == pytest.approx((651409.804, 313177.450), abs=0.01)


def test_a_map_holds_its_shades_its_names_its_marks_and_its_scale():
    shapes = [shapely.box(500_000 + 10_000 * i, 200_000, 510_000 + 10_000 * i, 230_000) for i in range(3)]
    legend = ["under 5", "5 to 10", "over 10"]
    spec = area_map(
        shapes,
        ["under 5", "over 10", "5 to 10"],
        legend=legend,
        legend_title="Rate",
        outlines={"Colchester": shapely.union_all(shapes)},
        spots=[Spot("1", 505_000, 210_000)],
        cells=[shapely.box(505_000, 210_000, 505_250, 210_250)],
    )
    picture = drawn(spec)
    assert {*legend, "Rate", "Colchester", "1", "5 km"} <= set(texts(picture))
    assert all(colour in picture for colour in (STEPS[0], STEPS[2], STEPS[4]))


def test_shades_go_from_light_to_dark():
    """They keep their order in a black-and-white print."""
    light = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.2126, 1), (0.7152, 3), (0.0722, 5))) for c in STEPS]
    assert light == sorted(light, reverse=True) and all(a - b > 25 for a, b in pairwise(light))
