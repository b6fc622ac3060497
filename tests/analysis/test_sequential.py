"""The safety boundary: stated error rates hold by simulation, the exact chance agrees, the rate ratio is the published one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.sequential import chance_to_cross, rate_ratio, safety_boundary
from peelian.core.errors import InvalidInput


def drawn(runs, events, share, true_ratio, ratio, seed=1):
    """Share of simulated trials that cross, looked at after every event."""
    rng = np.random.default_rng(seed)
    chance = share * true_ratio / (share * true_ratio + 1 - share)
    arms = rng.random((runs, events)) < chance
    return np.mean([safety_boundary(arm, [share] * events, ratio=ratio).crossed is not None for arm in arms])


@pytest.mark.parametrize(("share", "ratio"), [(0.5, 2), (0.3, 3)])
def test_a_false_alarm_is_as_rare_as_stated_however_often_one_looks(share, ratio):
    """Ville: at most alpha; three standard errors above it are chance."""
    assert drawn(2_000, 200, share, 1, ratio) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2_000)


def test_the_exact_chance_is_the_simulated_one():
    seen = drawn(2_000, 40, 0.5, 3, 3)

    assert seen == pytest.approx(chance_to_cross(40, at_risk=0.5, ratio=3), abs=0.03)


def test_eight_of_eight_cross_and_seven_do_not():
    """By hand: log(1.5) for each event in an arm that holds half; log(20) is 7.4 of them."""
    assert safety_boundary([1] * 7, [0.5] * 7, ratio=3).crossed is None
    assert safety_boundary([1] * 8, [0.5] * 8, ratio=3).crossed == 7


@given(st.lists(st.booleans(), max_size=40), st.floats(0.05, 0.95), st.floats(1.1, 10))
def test_an_event_in_the_other_arm_never_brings_it_nearer(arms, share, ratio):
    path = np.concatenate([[0], safety_boundary(arms, [share] * len(arms), ratio=ratio).path])

    steps = np.diff(path)
    assert all((step > 0) == arm for step, arm in zip(steps, arms, strict=True))


@given(st.integers(0, 60), st.floats(0.1, 0.9), st.floats(1.5, 5))
def test_more_events_make_it_likelier_and_no_harm_keeps_it_below_alpha(events, share, ratio):
    power = chance_to_cross(events, at_risk=share, ratio=ratio)

    assert 0 <= power <= chance_to_cross(events + 5, at_risk=share, ratio=ratio) <= 1
    assert chance_to_cross(events, at_risk=share, ratio=ratio, true_ratio=1) <= 0.05


def test_the_rate_ratio_is_that_of_another_program():
    """R: poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878))$conf.int is 0.8584264 to 4.2772659 (its own help page)."""
    ratio, low, high = rate_ratio(11, 21, 800, 3011)

    assert (ratio, low, high) == pytest.approx((1.971488, 0.8584264, 4.2772659), abs=1e-5)


def test_nothing_seen_says_nothing():
    assert np.isnan(rate_ratio(0, 0, 10, 10)[0])
    assert rate_ratio(0, 0, 10, 10)[1:] == (0.0, np.inf)
    assert chance_to_cross(0, at_risk=0.5, ratio=2) == 0


@pytest.mark.parametrize("wrong", [{"at_risk": [1.0]}, {"at_risk": [0.5, 0.5]}, {"ratio": 1}, {"alpha": 0}])
def test_what_cannot_be_followed_is_refused(wrong):
    with pytest.raises(InvalidInput):
        safety_boundary(**{"in_arm": [True], "at_risk": [0.5], "ratio": 2, "alpha": 0.05, **wrong})
