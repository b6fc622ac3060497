"""Intervals of unequal parts: exact where the parts are equal, and covering what they claim where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from peelian.analysis.rates import rate_interval, share_interval
from peelian.analysis.weighted import share_of_parts, sum_interval
from peelian.core.errors import InvalidInput


@given(st.integers(1, 60), st.data(), st.floats(0.1, 400))
def test_equal_cases_give_the_exact_binomial_and_poisson(n: int, data: st.DataObject, size: float) -> None:
    """SciPy's exact binomial and our Garwood interval say so; the unit of the days changes nothing."""
    k = data.draw(st.integers(0, n))
    share, low, high = share_of_parts([size] * k + [0.0] * (n - k), [size] * n)
    exact = binomtest(k, n).proportion_ci(method="exact")
    assert (share, low, high) == pytest.approx((k / n, exact.low, exact.high), abs=1e-9)
    assert (low, high) == pytest.approx([float(x[0]) for x in share_interval([k], [n])[1:]], abs=1e-9)
    total, low, high = sum_interval([size] * n)
    _, lo, hi = (float(x[0]) for x in rate_interval([n], [1], per=1))
    assert (total, low, high) == pytest.approx((n * size, lo * size, hi * size))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 500)), min_size=1, max_size=40))
def test_the_interval_holds_the_estimate_and_stays_within_bounds(rows: list[tuple[float, float]]) -> None:
    wholes = [w for _, w in rows]
    share, low, high = share_of_parts([p * w for p, w in rows], wholes)
    assert 0 <= low <= share <= high <= 1
    assert low < high
    total, low, high = sum_interval(wholes)
    assert 0 <= low <= total <= high


def test_it_covers_what_it_claims_for_days_that_differ_much() -> None:
    """A simulation: cases of very unequal length, some in qualified hands throughout, some in part. At least 93 of 100 for 95 %."""
    rng = np.random.default_rng(5)
    covered = covered_sum = 0
    for _ in range(800):
        n = 40
        days = rng.gamma(0.8, 20, n) + 0.5
        held = days * np.where(rng.random(n) < 0.7, 1.0, rng.random(n) * 0.5)
        _, low, high = share_of_parts(held, days)
        covered += low <= 0.7 + 0.3 * 0.25 <= high
        weights = rng.gamma(0.8, 20, poisson.rvs(25, random_state=rng)) + 0.5
        _, low, high = sum_interval(weights)
        covered_sum += low <= 25 * 16.5 <= high
    assert covered / 800 > 0.93
    assert covered_sum / 800 > 0.93


def test_nothing_at_all_is_no_certainty() -> None:
    assert sum_interval([])[2] == pytest.approx(3.689, abs=1e-3)  # Garwood's upper limit for a count of 0
    assert share_of_parts([3.0], [3.0])[1] == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("part", "whole"), [([], []), ([2.0], [1.0]), ([-1.0], [1.0]), ([0.0], [0.0]), ([1.0], [1.0, 2.0])]
)
def test_what_cannot_be_is_refused(part: list[float], whole: list[float]) -> None:
    with pytest.raises(InvalidInput):
        share_of_parts(part, whole)
