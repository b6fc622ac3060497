"""Charts against published worked examples and the exact distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from peelian.analysis import funnel
from peelian.analysis.control_chart import TAIL, natural_limits, p_chart, u_chart, xmr_chart
from peelian.analysis.trend import NotEnoughData, Signal, signals
from peelian.core.errors import InvalidInput

# Montgomery, Introduction to statistical quality control: cans of frozen orange juice, 30 samples of 50.
JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# NIST/SEMATECH e-Handbook of statistical methods, 6.3.2.2, individuals chart: ten flow rates.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_the_orange_juice_example():
    """Published: the centre is 0.2313; samples 15 and 23 are out of control."""
    chart = p_chart(JUICE, [50] * 30)

    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert [one.at + 1 for one in chart.signals if "limit" in one.rule] == [15, 23]


def test_the_flow_rate_example():
    """Published: centre 50.81, limits 45.8159 and 55.8041 (with the constant rounded to 1.128)."""
    centre, low, high = natural_limits(FLOW)

    assert centre == pytest.approx(50.81)
    assert (low, high) == pytest.approx((45.8159, 55.8041), abs=0.003)


@given(n=st.integers(5, 400), share=st.floats(0.05, 0.95))
def test_share_limits_leave_out_what_they_say(n, share):
    hits = max(1, min(n - 1, round(n * share)))
    chart = p_chart([hits] * 12, [n] * 12)

    centre, low, high = chart.centre, chart.lower[0] * n, chart.upper[0] * n
    assert binom.cdf(round(low) - 1, n, centre) <= TAIL + 1e-9
    assert binom.sf(round(high), n, centre) <= TAIL + 1e-9


@given(n=st.integers(20, 400), share=st.floats(0.1, 0.9))
def test_a_count_on_a_limit_is_inside(n, share):
    """Whatever rounding does to count over rows."""
    first = p_chart([round(n * share)] * 12, [n] * 12)
    on = [round(first.lower[0] * n), round(first.upper[0] * n)]

    chart = p_chart([round(n * share)] * 12 + on, [n] * 14, baseline=12)

    assert not [one for one in chart.signals if "limit" in one.rule]


@given(mean=st.integers(1, 500))
def test_rate_limits_leave_out_what_they_say(mean):
    chart = u_chart([mean] * 12, [1.0] * 12)

    assert poisson.cdf(round(chart.lower[0]) - 1, mean) <= TAIL + 1e-9
    assert poisson.sf(round(chart.upper[0]), mean) <= TAIL + 1e-9


@given(values=st.lists(st.integers(0, 100), min_size=12, max_size=40), shift=st.integers(-50, 50))
def test_limits_move_with_the_values(values, shift):
    first, moved = xmr_chart(values), xmr_chart([v + shift for v in values])

    assert moved.upper == pytest.approx(first.upper + shift)
    assert moved.lower == pytest.approx(first.lower + shift)


def test_eleven_points_give_no_limits():
    assert xmr_chart([5] * 11) == NotEnoughData(11, 12, "point")
    assert str(p_chart([1] * 11, [2] * 11)) == "not enough data: 11 points held, 12 needed"
    assert isinstance(u_chart([3] * 30, [1.0] * 30, baseline=10), NotEnoughData)


def test_points_without_rows_are_gaps_and_do_not_make_up_the_number():
    assert isinstance(p_chart([1] * 11 + [0], [2] * 11 + [0]), NotEnoughData)

    chart = p_chart([18] * 12 + [0, 5], [20] * 12 + [0, 20], baseline=12)

    assert np.isnan(chart.values[12])
    assert np.isnan(chart.lower[12])
    assert chart.signals == (Signal(13, "below the limit"),)


def test_a_run_of_eight_goes_over_a_gap():
    values = [12, 10] * 6 + [11.2] * 4 + [float("nan")] + [11.2] * 4

    chart = xmr_chart(values, baseline=12)

    assert [one.at for one in chart.signals] == [20]
    assert chart.signals[0].rule == "eight above the centre"


def test_months_without_a_rare_event_are_no_change():
    """One event in two years: most months are below the mean, however it stands."""
    assert u_chart([0] * 5 + [1] + [0] * 18, [1.0] * 24).signals == ()
    assert p_chart([20] * 10 + [19] + [20] * 13, [20] * 24).signals == ()


@given(below=st.floats(0.02, 0.98))
def test_a_row_on_one_side_is_no_likelier_by_chance_than_eight_tosses(below):
    points, far = 400, np.full(400, 9.0)

    found = signals(np.zeros(points), 1.0, -far, far, (np.full(points, below), np.full(points, 1 - below)))

    needed = found[0].at + 1
    assert needed >= 8 and below**needed <= 0.5**8 * 1.001
    assert needed == 8 or below ** (needed - 1) > 0.5**8
    assert [one.at for one in found] == list(range(needed - 1, points))


@given(mean=st.floats(0.05, 30) | st.integers(1, 30), size=st.integers(1, 40))
def test_each_side_of_the_centre_has_its_own_chance(mean, size):
    assert np.allclose(
        funnel.poisson(mean).sides(mean), (poisson.cdf(np.ceil(mean) - 1, mean), poisson.sf(int(mean), mean))
    )
    centre = min(mean, size)  # on a count, or between two
    share = centre / size
    expected = binom.cdf(np.ceil(centre) - 1, size, share), binom.sf(int(centre), size, share)
    assert np.allclose(funnel.binomial(size, share).sides(share * size), expected)


def test_a_share_that_never_varied_signals_at_the_first_other():
    assert p_chart([20] * 13 + [19], [20] * 14, baseline=12).signals == (Signal(13, "below the limit"),)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: p_chart([3] * 12, [2] * 12),
        lambda: p_chart([1] * 12, [2] * 11),
        lambda: p_chart([1] * 12, [2] * 12, baseline=13),
        lambda: u_chart([1] * 12, [0] * 12),
        lambda: xmr_chart([float("inf")] * 12),
        lambda: natural_limits([1]),
    ],
)
def test_what_is_no_series_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
