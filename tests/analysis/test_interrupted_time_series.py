"""Interrupted time series: the published answers of two public data sets, and what must hold for every series."""

import csv
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.interrupted_time_series import interrupted_time_series, step_in_a_wandering_level
from peelian.analysis.trend import NotEnoughData
from peelian.core.errors import InvalidInput


@pytest.fixture(scope="module")
def sicily(shared):
    with (shared / "data/evaluation/sicily_smoking_ban.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [int(r["aces"]) for r in rows], [float(r["stdpop"]) for r in rows]


def test_the_smoking_ban_of_sicily(sicily):
    # Lopez Bernal and others (2017): 0.894; the rest as evaluating-practice.md [CALC].
    counts, people = sicily
    found = interrupted_time_series(counts, before=36, exposure=people)

    assert (found.ratio, found.poisson_low, found.poisson_high) == pytest.approx((0.8944, 0.8647, 0.9251), abs=5e-5)
    assert (log(found.ratio), log(found.trend)) == pytest.approx((-0.111628, 0.004945), abs=5e-7)
    assert (found.dispersion, found.low, found.high) == pytest.approx((3.559, 0.839, 0.953), abs=5e-4)


def test_its_bend_is_nil(sicily):
    counts, people = sicily
    found = interrupted_time_series(counts, before=36, exposure=people, slope=True)

    # The published standard error is Poisson's; ours is widened by the dispersion.
    assert (found.slope, found.slope_se / found.dispersion**0.5) == pytest.approx((0.000417, 0.001213), abs=5e-7)


def test_its_season(sicily):
    counts, people = sicily
    found = interrupted_time_series(counts, before=36, exposure=people, harmonics=2)

    assert (found.ratio, found.low, found.high, found.dispersion) == pytest.approx(
        (0.885, 0.839, 0.933, 2.262), abs=5e-4
    )


# Harvey and Durbin (1986) print -23, -30 and +3 per cent (not significant); the folder's own check by this model is the last column.
@pytest.mark.parametrize(
    ("series", "published", "checked"),
    [
        ("drivers", -23, -21.0),
        pytest.param("front", -30, -28.7, marks=pytest.mark.long),
        ("rear", 3, 0.2),
        # The folder checks no figure of its own for this one: the published one is taken.
        pytest.param("DriversKilled", -18, -18, marks=pytest.mark.long),
    ],
)
def test_the_seat_belt_law(shared, series, published, checked):
    with (shared / "data/evaluation/uk_seatbelts_1969_1984.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    beside = [[float(r[c]) for r in rows] for c in ("kms", "PetrolPrice")]
    found = step_in_a_wandering_level([float(r[series]) for r in rows], before=169, beside=beside)

    change = 100 * (found.ratio - 1)
    assert change == pytest.approx(checked, abs=0.2)
    assert 100 * (found.low - 1) <= published <= 100 * (found.high - 1)
    assert (found.high < 1) == (series != "rear")


@settings(max_examples=10)
@given(st.lists(st.integers(5, 200), min_size=30, max_size=30), st.integers(12, 18), st.integers(2, 50))
def test_more_people_alike_change_no_ratio(counts, before, times):
    one = interrupted_time_series(counts, before=before, exposure=[1.0] * 30)
    other = interrupted_time_series(counts, before=before, exposure=[float(times)] * 30)

    assert one.ratio == pytest.approx(other.ratio, rel=1e-6)
    assert one.low <= one.poisson_low <= one.ratio <= one.poisson_high <= one.high


@pytest.mark.parametrize(("before", "length"), [(11, 40), (30, 41)])
def test_under_a_year_on_either_side_there_is_no_answer(before, length):
    found = interrupted_time_series([10] * length, before=before)

    assert found == NotEnoughData(11, 12)
    assert "not enough data" in str(found)


def test_a_change_outside_the_series_is_refused():
    with pytest.raises(InvalidInput, match="E213"):
        interrupted_time_series([10] * 30, before=30)
    assert isinstance(step_in_a_wandering_level(np.full(30, 9.0), before=20), NotEnoughData)
