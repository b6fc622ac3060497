import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from peelian.analysis.rates import rate_interval, share_interval
from peelian.core.errors import InvalidInput


@given(k=st.integers(0, 10_000), y=st.floats(0.5, 1e7), scale=st.floats(0.01, 100))
def test_interval_holds_the_rate_and_ignores_the_unit_of_exposure(k, y, scale):
    rate, low, high = rate_interval([k], [y])
    scaled = rate_interval([k], [y * scale], per=1_000 * scale)

    assert low <= rate <= high
    assert [x[0] for x in scaled] == pytest.approx([x[0] for x in (rate, low, high)])


@given(k=st.integers(1, 500), level=st.sampled_from([0.9, 0.95, 0.998]))
def test_interval_is_garwoods(k, level):
    """Chi-squared quantiles, as the 1936 paper has them."""
    _, low, high = rate_interval([k], [1], per=1, level=level)

    assert low[0] == pytest.approx(chi2.ppf((1 - level) / 2, 2 * k) / 2)
    assert high[0] == pytest.approx(chi2.ppf((1 + level) / 2, 2 * k + 2) / 2)


def test_no_event_still_has_an_upper_limit():
    """The "rule of three" and more exactly -ln(0.025) = 3.689."""
    rate, low, high = rate_interval([0], [1], per=1)

    assert (rate[0], low[0]) == (0, 0)
    assert high[0] == pytest.approx(-np.log(0.025))


@given(n=st.integers(1, 300), data=st.data())
def test_share_interval_is_clopper_and_pearsons(n, data):
    k = data.draw(st.integers(0, n))
    theirs = binomtest(k, n).proportion_ci(method="exact")

    share, low, high = share_interval([k], [n])

    assert share[0] == k / n
    assert (low[0], high[0]) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize(
    ("events", "exposure"),
    [([1], [0]), ([-1], [1]), ([0.5], [1]), ([float("nan")], [1]), ([1, 2], [1]), ([[1]], [1]), ([1], [float("inf")])],
)
def test_what_is_not_a_rate_is_refused(events, exposure):
    with pytest.raises(InvalidInput):
        rate_interval(events, exposure)


def test_the_message_names_the_first_bad_row():
    with pytest.raises(InvalidInput, match=r"position 2 \(the first is 0\); 2 in all"):
        rate_interval([1, 2, -1, -1], [1, 1, 1, 1])


def test_a_part_larger_than_its_whole_is_refused():
    with pytest.raises(InvalidInput):
        share_interval([3], [2])
