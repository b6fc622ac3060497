"""Difference in differences: published figures, intervals that hold the truth, and what must hold for every series."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.difference_in_differences import (
    difference_in_differences,
    difference_of_means,
    dispersion,
    ratio_of_changes,
)
from peelian.core.errors import InvalidInput

SERIES = st.lists(st.integers(0, 200), min_size=12, max_size=12)


def test_new_jersey_and_pennsylvania():
    # Card and Krueger (1994), table 3: +2.76 from unrounded means; these are its printed ones.
    assert difference_of_means((20.44, 21.03), (23.33, 21.17)) == pytest.approx(2.76, abs=0.011)


def test_cigarettes_in_california(shared):
    # evaluating-practice.md [CALC]: 116.21 to 60.35 against 130.57 to 102.06, so 27.35 packs fewer.
    with (shared / "data/evaluation/prop99_smoking.csv").open(encoding="utf-8") as file:
        held = {(r["state"], int(r["year"])): float(r["cigsale"]) for r in csv.DictReader(file)}
    states = sorted({state for state, _ in held} - {"California"})
    series = {s: [held[s, year] for year in range(1970, 2001)] for s in (*states, "California")}

    found = difference_in_differences(series["California"], [series[s] for s in states], before=19)

    assert found.means == pytest.approx((116.21, 60.35, 130.57, 102.06), abs=0.005)
    assert found.effect == pytest.approx(-27.35, abs=0.005)
    # The areas drifted apart before: the comparison is not to be believed, and says so.
    assert found.pre_trend < 0
    assert found.pre_trend_p < 0.001
    assert found.placebo < -10


@settings(max_examples=25)
@given(SERIES, SERIES, st.integers(-50, 50))
def test_what_moves_both_alike_changes_nothing(treated, control, shift):
    moved = np.arange(12) * shift
    one = difference_in_differences(treated, control, before=6)
    other = difference_in_differences(np.array(treated) + moved, np.array(control) + moved, before=6)

    assert (other.effect, other.se) == pytest.approx((one.effect, one.se), abs=1e-6)
    assert one.low <= one.effect <= one.high


@given(SERIES, SERIES)
def test_no_month_varies_less_than_chance(treated, control):
    assert dispersion(treated, control) >= 1


def test_the_ratio_holds_the_truth_as_often_as_it_says():
    # Months that vary three times as much as chance; the true ratio is 0.8. Of 400, 380 are expected, 360 is four errors below.
    rng, inside = np.random.default_rng(1), 0
    for _ in range(400):
        rates = rng.gamma(20, 2, size=24)  # mean 40, variance 80 above chance
        treated = rng.poisson(rates * np.repeat([1, 0.8], 12))
        found = ratio_of_changes(treated, rng.poisson(rng.gamma(20, 4, size=24)), before=12)
        inside += found.low <= 0.8 <= found.high

    assert inside >= 360


@pytest.mark.parametrize("before", [0, 2, 10, 12])
def test_too_few_periods_are_refused(before):
    with pytest.raises(InvalidInput, match="E212"):
        difference_in_differences(range(12), range(12), before=before)
