"""Displacement: published examples, and what must hold for every count."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.displacement import (
    harm_weighted,
    rate_ratio,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from peelian.core.errors import InvalidInput

COUNT = st.integers(0, 5_000)
PAIR = st.tuples(COUNT, COUNT)
SOME = st.tuples(st.integers(1, 5_000), st.integers(1, 5_000))


# evaluating-practice.md [CALC], after Guerette (2009): before and after of treated, buffer, control; success, buffer, WDQ, total.
@pytest.mark.parametrize(
    ("treated", "buffer", "control", "expected"),
    [
        ((200, 150), (100, 95), (400, 400), (-0.125, -0.0125, 0.10, 55.0)),
        ((200, 150), (100, 120), (400, 400), (-0.125, 0.05, -0.40, 30.0)),
        ((200, 150), (100, 160), (400, 380), (-0.105263, 0.171053, -1.625, -25.0)),
    ],
)
def test_the_quotients_of_the_guide(treated, buffer, control, expected):
    found = weighted_displacement_quotient(treated, buffer, control)

    assert (found.success, found.buffer, found.wdq, found.total_net_effects) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize(
    ("buffer", "words"),
    [((100, 40), "diffusion, larger"), ((100, 95), "diffusion, not larger"), ((100, 100), "neither"),
     ((100, 120), "displacement, not outweighing"), ((100, 160), "displacement, outweighing")],
)  # fmt: skip
def test_the_readings(buffer, words):
    assert words in weighted_displacement_quotient((200, 150), buffer, (400, 400)).reading


def test_without_success_or_a_control_there_is_no_quotient():
    assert weighted_displacement_quotient((200, 220), (100, 90), (400, 400)).wdq is None
    with pytest.raises(InvalidInput, match="E211"):
        weighted_displacement_quotient((200, 150), (100, 90), (400, 0))


# The crimepy notebooks and tests and Wheeler's own examples, as evaluating-practice.md quotes them.
PUBLISHED = [
    ("no spillover", {"treated": (120, 100), "control": (130, 150)}, (-40, 22.4)),
    ("spillover", {"treated": (120, 100), "control": (130, 150), "displacement": (40, 25), "displacement_control": (30, 25)}, (-50, 24.9)),
    ("two years before, one after", {"treated": (100, 20), "control": (200, 100), "times": (2, 1)}, (-30, 14.0)),
    ("areas", {"treated": (200, 100), "control": (400, 200), "displacement": (40, 20), "displacement_control": (80, 40), "areas": (1, 2, 1, 2)},
     (0, 23.2)),
    # The notebook's "local" difference leaves the displacement areas out.
    ("normalised areas", {"treated": (207, 110), "control": (308, 318), "areas": (1.2, 0.9, 1.5, 1.6)}, (-91.9, 31.5)),
    ("per year", {"treated": (80, 20), "control": (100, 50), "times": (2, 1)}, (-20, 10.7)),
    ("raw", {"treated": (80, 20), "control": (100, 50)}, (-10, 15.8)),
    ("plain", {"treated": (100, 80), "control": (100, 90)}, (-10, 19.2)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_", "expected"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_the_published_differences(name, given_, expected):
    found = weighted_displacement_difference(**given_)

    assert (found.value, found.se) == pytest.approx(expected, abs=0.05)


def test_five_crimes_by_their_harm():
    # crimepy's own test: vehicle, theft, burglary, robbery, assault with weights 3, 2, 5, 7, 10.
    counts = [(130, 74, 133, 91), (327, 202, 388, 305), (398, 190, 148, 97), (144, 92, 86, 64), (183, 96, 94, 67)]

    found = harm_weighted([weighted_displacement_difference(c[:2], c[2:]) for c in counts], [3, 2, 5, 7, 10])

    assert (found.value, found.se, found.z) == pytest.approx((-1721, 304.10, -5.659), abs=0.005)
    assert (found.low, found.high) == pytest.approx((-2317.03, -1124.97), abs=0.01)


def test_every_shipped_vector(shared):
    with (shared / "standards/tables/wdd_test_vectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    for row in rows:
        n = {name: int(row[name]) for name in ("t0", "t1", "c0", "c1", "d0", "d1", "cd0", "cd1")}
        pairs = ((n["t0"], n["t1"]), (n["c0"], n["c1"]), (n["d0"], n["d1"]), (n["cd0"], n["cd1"]))
        for level, low, high in ((0.9, "lo90", "hi90"), (0.95, "lo95", "hi95")):
            found = weighted_displacement_difference(*pairs, level=level)
            told = (found.value, found.se, found.z, found.low, found.high)
            # The table rounds its limits of z to three figures.
            expected = [float(row[c]) for c in ("wdd", "se", "z", low, high)]
            assert told == pytest.approx(expected, abs=0.02), row["source"]


def test_the_published_ratio():
    found = rate_ratio((50, 30), (60, 55))

    assert (found.value, found.log) == pytest.approx((0.6545455, -0.4238142), abs=5e-8)


@given(PAIR, PAIR, PAIR, PAIR)
def test_swapping_the_areas_turns_the_sign(t, c, d, cd):
    one = weighted_displacement_difference(t, c, d, cd)
    other = weighted_displacement_difference(c, t, cd, d)

    assert (one.value, one.se) == (-other.value, other.se)
    assert one.low <= one.value <= one.high


@given(PAIR, PAIR, st.integers(1, 9))
def test_longer_spans_alike_divide_difference_and_error_alike(t, c, k):
    one, other = (weighted_displacement_difference(t, c, times=(n, n)) for n in (1, k))

    assert (other.value * k, other.se * k) == pytest.approx((one.value, one.se))


@given(SOME, SOME, SOME)
def test_a_quotient_above_zero_is_a_gain_beside_the_plan(t, d, c):
    found = weighted_displacement_quotient(t, d, c)

    if found.wdq:
        assert (found.wdq > 0) == (found.buffer < 0)


@given(SOME, SOME)
def test_the_ratio_does_not_heed_a_change_that_both_share(t, c):
    once, twice = rate_ratio(t, c), rate_ratio((t[0], 3 * t[1]), (c[0], 3 * c[1]))

    assert once.value == pytest.approx(twice.value)
    assert once.low <= once.value <= once.high


@pytest.mark.parametrize("bad", [(1, -1), (1, 1.5), (1, float("nan")), (1, 2, 3)])
def test_what_is_not_a_count_is_refused(bad):
    with pytest.raises(InvalidInput):
        weighted_displacement_difference(bad, (1, 1))
