"""Pooling: a published meta-analysis, and what must hold for any."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.pooling import log_ratio, pool
from peelian.core.errors import InvalidInput


def test_an_offender_programme_in_58_studies(shared):
    # Landenberger and Lipsey (2005): 1.53; the rest as data/evaluation/README.md checks it by another program.
    with (shared / "data/evaluation/meta_cbt_recidivism.csv").open(encoding="utf-8") as file:
        cells = np.array(
            [
                [float(r[c]) for c in ("n.ctrl.rec", "n.ctrl.non", "n.cbt.rec", "n.cbt.non")]
                for r in csv.DictReader(file)
            ]
        )
    cells = np.where((cells == 0).any(axis=1)[:, None], cells + 0.5, cells)
    again, not_again, again_cbt, not_again_cbt = cells.T

    found = pool(np.log(not_again_cbt * again / not_again / again_cbt), (1 / cells).sum(axis=1))

    assert np.exp([found.effect, found.low, found.high, found.fixed]) == pytest.approx(
        [1.533, 1.354, 1.735, 1.402], abs=5e-4
    )
    assert (found.tau2, found.q, found.trials) == pytest.approx((0.1196, 213.69, 58), abs=5e-3)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=9), st.floats(0.01, 2))
def test_alike_precise_trials_give_their_mean(effects, variance):
    found = pool(effects, [variance] * len(effects))

    assert (found.effect, found.fixed) == pytest.approx((np.mean(effects),) * 2, abs=1e-9)
    assert found.low <= found.effect <= found.high
    assert found.tau2 >= 0


def test_a_count_of_nothing_still_counts():
    said, spread = log_ratio([4, 0], [0, 0])

    assert np.isfinite(said).all()
    assert (spread > 0).all()


def test_one_trial_is_nothing_to_pool():
    with pytest.raises(InvalidInput, match="nothing to put together"):
        pool([0.1], [0.2])
