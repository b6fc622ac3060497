"""The months ahead of a qualification against arithmetic and made-up worlds; the loss formula against the standards' worked figures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.attrition import attrition
from peelian.analysis.loss import erlang_loss
from peelian.core.errors import InvalidInput

SURE = 10**9  # so many years or chances that a share is as good as known


def test_known_shares_give_the_mean_of_arithmetic():
    found = attrition(
        [99] * 200,
        months=12,
        required=180,
        left=(round(0.1 * SURE), SURE),
        renewed=(0, 0),
        rng=np.random.default_rng(2),
    )

    assert found.holding[-1].value == pytest.approx(200 * np.exp(-0.1), abs=1)  # 181
    spread = np.sqrt(200 * np.exp(-0.1) * (1 - np.exp(-0.1)))
    assert found.holding[-1].high - found.holding[-1].low == pytest.approx(2 * 1.645 * spread, abs=2)


def test_lapses_come_in_their_month_and_courses_bring_people():
    found = attrition(
        [0, 0, 1, 99], months=3, required=3, left=(0, SURE), renewed=(0, SURE), trained=(0, 0, 4), passed=(SURE, SURE),
        rng=np.random.default_rng(2),
    )  # fmt: skip

    assert [h.value for h in found.holding] == [2, 1, 5]
    assert found.enough == (0, 0, 1)


def test_the_interval_holds_what_comes():
    """Of 200 made-up forces with shares of their own, nine in ten lie within the interval of nine in ten."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(200):
        rate, renews = rng.uniform(0.03, 0.2), rng.uniform(0.6, 0.98)
        lapses = rng.integers(0, 12, 60)
        seen = attrition(
            lapses, months=6, required=0, left=(int(rng.poisson(rate * 180)), 180.0), renewed=(int(rng.binomial(80, renews)), 80), rng=rng,
            runs=400,
        ).holding[-1]  # fmt: skip
        stays = rng.random(60) < np.exp(-rate / 2)
        fresh = (lapses >= 6) | (rng.random(60) < renews)
        held += seen.low <= int((stays & fresh).sum()) <= seen.high
    assert 170 <= held <= 199  # binomial(200, 0.9): 180 expected, four standard errors and the roundness of counts


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 14), max_size=30), st.integers(0, 5))
def test_nobody_comes_out_of_nothing(lapses, places):
    found = attrition(
        lapses,
        months=6,
        required=5,
        left=(2, 30.0),
        renewed=(8, 10),
        trained=(places,),
        passed=(3, 4),
        rng=np.random.default_rng(1),
        runs=50,
    )

    assert all(0 <= h.low <= h.value <= h.high <= len(lapses) + places for h in found.holding)
    assert all(0 <= p <= 1 for p in found.enough)


# standards, armed policing: load 1.5; four crews lose 4.80 %, three 13.43 %.
@pytest.mark.parametrize(("crews", "share"), [(4, 0.0480), (3, 0.1343), (0, 1.0)])
def test_the_worked_figures_of_lost_jobs(crews, share):
    assert erlang_loss(1.5, crews) == pytest.approx(share, abs=5e-5)


@settings(max_examples=50)
@given(st.floats(0, 50), st.integers(0, 30))
def test_one_more_crew_never_loses_more(load, crews):
    assert 0 <= erlang_loss(load, crews + 1) <= erlang_loss(load, crews) <= 1


def test_what_cannot_be_is_refused():
    with pytest.raises(InvalidInput, match="E761"):
        erlang_loss(-1, 3)
    for given_ in ({"renewed": (3, 2)}, {"left": (1, 0)}, {"passed": (-1, 2)}):
        words = {"left": (1, 10.0), "renewed": (1, 2)} | given_
        with pytest.raises(InvalidInput, match="E762"):
            attrition([1], months=2, required=1, rng=np.random.default_rng(1), **words)
