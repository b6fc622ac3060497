"""What a plan could show at all: checked by playing plans of just that effect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.detectable import detectable_fall
from peelian.analysis.difference_in_differences import ratio_of_changes
from peelian.core.errors import InvalidInput


def test_a_fall_of_that_size_is_shown_four_times_of_five():
    t, c = np.full(12, 40), np.full(12, 80)
    fall = detectable_fall(t, c, after=12)
    rng, shown = np.random.default_rng(2), 0
    for _ in range(500):
        treated = np.concatenate([rng.poisson(40, 12), rng.poisson(40 * (1 - fall), 12)])
        shown += ratio_of_changes(treated, rng.poisson(80, 24), before=12).high < 1

    # 400 of 500 are expected; the standard error is 9, and dispersion, never below 1, costs some.
    assert 365 <= shown <= 430


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 12))
def test_more_months_and_more_events_show_more(treated, control, after):
    def fall(times, months):
        found = detectable_fall([treated * times] * 12, [control * times] * 12, after=months)
        return 1.0 if found is None else found

    assert fall(2, after) <= fall(1, after)
    assert fall(1, after + 6) <= fall(1, after)


def test_months_that_vary_more_than_chance_show_less():
    steady, wild = [40] * 12, [20, 60] * 6

    assert detectable_fall(wild, [80] * 12, after=12) > detectable_fall(steady, [80] * 12, after=12)


def test_nothing_shows_where_almost_nothing_happens():
    assert detectable_fall([0, 1, 0, 0], [3, 2, 4, 3], after=4) is None


def test_without_a_time_afterwards_it_is_refused():
    with pytest.raises(InvalidInput, match="E215"):
        detectable_fall([10] * 12, [10] * 12, after=0)
