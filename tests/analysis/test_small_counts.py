"""Few events: published answers, simulation, and what must hold for every count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.small_counts import busiest_window, e_test
from peelian.core.errors import InvalidInput


# evaluating-practice.md [S5], computed again there.
@pytest.mark.parametrize(("first", "second", "p"), [(0, 3, 0.08838), (10, 5, 0.20616), (15, 5, 0.025035)])
def test_the_published_e_tests(first, second, p):
    assert e_test(first, second) == pytest.approx(p, abs=5e-6)


def test_the_published_scan():
    # evaluating-practice.md [S5]: 0.6 expected in a window, not in a period; the other reading gives 0.4645.
    assert busiest_window(6, expected=0.6, windows=208) == pytest.approx(0.039023, abs=5e-7)
    assert busiest_window(6, expected=1.2, windows=104) == pytest.approx(0.4645, abs=5e-5)


@settings(max_examples=25)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.5, 4), st.floats(0.5, 4))
def test_which_comes_first_does_not_matter(first, second, span, other):
    p = e_test(first, second, spans=(span, other))

    assert 0 <= p <= 1 + 1e-9
    assert p == pytest.approx(e_test(second, first, spans=(other, span)), abs=1e-9)


def test_the_scan_is_what_simulation_says():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(4000):
        times = np.sort(rng.uniform(0, 50, rng.poisson(50 * 0.8)))
        hits += bool((times[4:] - times[:-4] <= 1).any()) if len(times) > 4 else 0

    # Four standard errors of the share that is simulated.
    assert busiest_window(5, expected=0.8, windows=50) == pytest.approx(hits / 4000, abs=0.03)


@settings(max_examples=40)
@given(st.integers(2, 9), st.floats(0.1, 2), st.floats(2, 300))
def test_more_in_a_window_is_rarer_and_more_time_makes_it_likelier(most, expected, windows):
    p = busiest_window(most, expected=expected, windows=windows)

    assert busiest_window(most + 1, expected=expected, windows=windows) <= p + 1e-9
    assert busiest_window(most, expected=expected, windows=windows + 10) >= p - 1e-9


@pytest.mark.parametrize(
    ("most", "expected", "windows"),
    [(1, 1, 9), (2.5, 1, 9), (3, 0, 9), (3, 1, 1)],
    ids=["few", "part", "none", "short"],
)
def test_what_is_no_window_is_refused(most, expected, windows):
    with pytest.raises(InvalidInput):
        busiest_window(most, expected=expected, windows=windows)


def test_what_is_no_count_is_refused():
    with pytest.raises(InvalidInput):
        e_test(-1, 3)
    with pytest.raises(InvalidInput):
        e_test(1, 3, spans=(0, 1))
