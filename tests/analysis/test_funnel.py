"""Limits against Spiegelhalter's definition, intervals against another program and the published worked example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson
from statsmodels.stats.proportion import proportion_confint

from peelian.analysis.funnel import rate_funnel, share_funnel, wilson
from peelian.core.errors import InvalidInput

# Deaths and operations on children under one, open heart surgery in twelve English hospitals, 1991 to 1995. Published with the
# Bristol inquiry and used by Spiegelhalter and others; written down from general knowledge, the totals not checked again.
HEARTS = {
    "Bristol": (41, 143), "Leicester": (25, 187), "Leeds": (24, 323), "Oxford": (23, 122), "Guys": (25, 164),
    "Liverpool": (42, 405), "Southampton": (24, 239), "Great Ormond Street": (53, 482), "Newcastle": (26, 195),
    "Harefield": (25, 177), "Birmingham": (58, 581), "Brompton": (31, 301),
}  # fmt: skip


def test_the_worked_example_of_the_standard():
    """Outstanding suspects: 72 of 90 is 80 % (71 to 87), 38 of 80 is 47.5 % (37 to 58): an inconsistency."""
    share, low, high = wilson([72, 38], [90, 80])

    assert (share * 100).round(1).tolist() == [80.0, 47.5]
    assert (low * 100).round().tolist() == [71, 37]
    assert (high * 100).round().tolist() == [87, 58]
    assert share_funnel([72, 38], [90, 80]).verdict == ("above", "below")


@given(n=st.integers(1, 500), data=st.data(), level=st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_agrees_with_another_program(n, data, level):
    k = data.draw(st.integers(0, n))
    theirs = proportion_confint(k, n, alpha=1 - level, method="wilson")

    _, low, high = wilson([k], [n], level=level)

    assert (low[0], high[0]) == pytest.approx(theirs, abs=1e-12)


def _least(cdf, tail):
    """The appendix of the 2005 paper before it interpolates: the least r with P(R <= r) > p."""
    return next(r for r in range(100_000) if cdf(r) > tail)


@pytest.mark.parametrize(("n", "share"), [(10, 0.5), (60, 0.1), (143, 0.12), (900, 0.65)])
@pytest.mark.parametrize("outer", [0.998, 0.99])
def test_share_limits_are_spiegelhalters(n, share, outer):
    plot = share_funnel([0], [n], centre=share, outer=outer)

    for limit, tail in (
        (plot.inner_low, 0.025), (plot.inner_high, 0.975),
        (plot.outer_low, (1 - outer) / 2), (plot.outer_high, (1 + outer) / 2),
    ):  # fmt: skip
        theirs = _least(lambda r: binom.cdf(r, n, share), tail) / n
        assert limit[0] == pytest.approx(theirs)


@pytest.mark.parametrize("mean", [0.7, 6.0, 45.5, 1_200.0])
def test_rate_limits_are_spiegelhalters(mean):
    plot = rate_funnel([0], [mean], centre=1, per=1, outer=0.998)

    for limit, tail in (
        (plot.inner_low, 0.025),
        (plot.inner_high, 0.975),
        (plot.outer_low, 0.001),
        (plot.outer_high, 0.999),
    ):
        theirs = _least(lambda r: poisson.cdf(r, mean), tail) / mean
        assert limit[0] == pytest.approx(theirs)


def test_bristol_stands_out():
    deaths, operations = zip(*HEARTS.values(), strict=True)

    plot = share_funnel(deaths, operations, names=list(HEARTS), outer=0.998)

    assert [name for name, said in zip(plot.names, plot.verdict, strict=True) if said == "above"] == ["Bristol"]
    assert plot.spread


@given(
    n=st.lists(st.integers(1, 400), min_size=1, max_size=12), share=st.floats(0.05, 0.95), seed=st.integers(0, 1_000)
)
def test_limits_hold_the_centre_and_narrow_with_size(n, share, seed):
    hits = np.random.default_rng(seed).binomial(n, share)

    plot = share_funnel(hits, n, centre=share)

    for low, high in ((plot.inner_low, plot.inner_high), (plot.outer_low, plot.outer_high)):
        assert (low >= 0).all()
        assert (high <= 1).all()
        assert (low <= high).all()
    assert (plot.outer_low <= plot.inner_low).all()
    assert (plot.outer_high >= plot.inner_high).all()
    assert (plot.low <= plot.value).all()
    assert (plot.value <= plot.high).all()


@given(k=st.integers(0, 60), n=st.integers(1, 60), share=st.floats(0.1, 0.9))
def test_the_p_value_is_twice_the_smaller_tail(k, n, share):
    k = min(k, n)
    smaller = min(binomtest(k, n, share, alternative=side).pvalue for side in ("less", "greater"))

    assert share_funnel([k], [n], centre=share).p_value[0] == pytest.approx(min(1, 2 * smaller), abs=1e-9)


def test_chance_alone_puts_any_area_outside_in_at_most_one_plot_of_twenty():
    """All looks of a plot together: 12 areas, 600 plots."""
    rng = np.random.default_rng(7)
    sizes = rng.integers(30, 300, size=12)
    hits = rng.binomial(sizes, 0.7, size=(600, 12))

    any_outside = np.mean([bool(share_funnel(row, sizes, centre=0.7).signals) for row in hits])

    assert 0.01 < any_outside < 0.065


def test_a_small_area_within_its_limits_is_not_called_like_the_others():
    plot = share_funnel([80, 79, 3, 0], [100, 100, 5, 12], centre=0.8)

    assert plot.verdict == ("as the others", "as the others", "not enough data", "below")


def test_an_area_without_rows_stands_as_not_enough_data():
    plot = share_funnel([10, 0], [40, 0], names=["North", "South"])

    assert plot.verdict[1] == "not enough data"
    assert np.isnan(plot.value[1])
    assert np.isnan(plot.inner_low[1])
    assert np.isnan(plot.range_over_median)


def test_range_over_median():
    plot = share_funnel([80, 60, 40], [100, 100, 100])

    assert plot.range_over_median == pytest.approx(0.4 / 0.6)


def test_spread_without_a_single_area_outside():
    """Each of twenty areas a little off, up and down by turns."""
    plot = share_funnel([58, 42] * 10, [100] * 20)

    assert plot.signals == ()
    assert plot.spread
    assert plot.dispersion == pytest.approx(20 * 0.08**2 / (0.25 / 100) / 19)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: share_funnel([5], [4]),
        lambda: share_funnel([0], [0]),
        lambda: share_funnel([1, 2], [3]),
        lambda: share_funnel([1.5], [3]),
        lambda: share_funnel([1], [3], centre=1.0),
        lambda: share_funnel([1], [3], names=["a", "b"]),
        lambda: rate_funnel([0, 0], [1, 1]),
        lambda: rate_funnel([1], [0]),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()


def test_a_million_rows_an_area_are_no_burden():
    plot = share_funnel([700_000, 350_000], [1_000_000, 500_000])

    assert plot.verdict == ("as the others", "as the others")
    assert plot.inner_high[0] == pytest.approx(0.7 + 1.96 * np.sqrt(0.21 / 1e6), abs=2e-6)
