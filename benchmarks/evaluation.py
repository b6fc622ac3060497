"""Speed of the evaluation functions, beside a general solver for the synthetic control; and of a whole evaluation of a plan.

Run: python benchmarks/evaluation.py [--quick]

The peer for the mixture of areas is scipy's SLSQP on the same problem, which is how it is usually fitted; both are measured in the
same run on the same areas, and the fit that each reaches is printed. --quick takes fewer areas.
"""

from __future__ import annotations

import sys
from time import perf_counter
from types import SimpleNamespace

import numpy as np

from peelian.analysis.calibration import calibrated_control
from peelian.analysis.synthetic_control import placebo_test, simplex_weights
from peelian.prevention.problem_solving_evaluation import _full, evaluate

BEFORE, AFTER = 36, 12


def timed(work, times=3):
    best, result = float("inf"), None
    for _ in range(times):
        started = perf_counter()
        result = work()
        best = min(best, perf_counter() - started)
    return best, result


def by_slsqp(target, donors):
    from scipy.optimize import minimize

    areas = len(donors)
    return minimize(
        lambda w: float(((target - w @ donors) ** 2).sum()), np.full(areas, 1 / areas), jac=lambda w: -2 * donors @ (target - w @ donors),
        method="SLSQP", bounds=[(0, 1)] * areas, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"maxiter": 500},
    ).x  # fmt: skip


def mixture(areas, rng):
    donors = rng.poisson(rng.uniform(5, 60, (areas, 1)), (areas, BEFORE)).astype(float)
    target = rng.poisson(30, BEFORE).astype(float)
    ours, weights = timed(lambda: simplex_weights(target, donors))
    peer, theirs = timed(lambda: by_slsqp(target, donors), times=1)
    fit = [float(np.sqrt(np.mean((target - w @ donors) ** 2))) for w in (weights, theirs)]
    print(
        f"{areas} areas, {BEFORE} months: ours {1000 * ours:.1f} ms (gap {fit[0]:.4f}), SLSQP {1000 * peer:.1f} ms (gap {fit[1]:.4f}), {peer / ours:.0f} times"
    )


def placebo(areas, rng):
    whole = rng.poisson(rng.uniform(5, 60, (areas + 1, 1)), (areas + 1, BEFORE + AFTER)).astype(float)
    seconds, _ = timed(lambda: placebo_test(whole[0], whole[1:], before=BEFORE), times=1)
    print(f"placebo test, {areas} areas each taken for the treated one: {seconds:.2f} s (goal 2 s)")


def small_areas(areas, rng):
    """Forty treated areas against the others, on four outcomes of twelve periods: 49 sums, as many as Seattle's panel nearly has."""
    whole = rng.poisson(rng.gamma(1, 2, (areas, 1, 1)), (areas, 16, 4)).astype(float)
    calibrated_control(whole[:40], whole[40:], before=12)  # imports
    seconds, found = timed(lambda: calibrated_control(whole[:40], whole[40:], before=12))
    miss = float(np.abs(np.tensordot(found.weights, whole[40:, :12], axes=1) - whole[:40, :12].sum(axis=0)).max())
    print(
        f"{areas} small areas weighted to 40 in 49 sums: {seconds:.2f} s (goal 2 s); the farthest sum is off by {miss:.1e}"
    )


def whole_bank(plans, rng):
    """What the bank does on a page: every plan evaluated, first anew and then as kept."""

    def plan():
        counts = {"history": rng.poisson(20, 12).tolist(), "comparison_history": rng.poisson(30, 12).tolist(), "after": rng.poisson(15, 12).tolist(),
                  "comparison_after": rng.poisson(30, 12).tolist(), "comparison": "x", "responses": [], "beside_before": 90, "beside_after": 95}  # fmt: skip
        return SimpleNamespace(**counts, get=counts.get)

    held = [plan() for _ in range(plans)]
    evaluate(held[0])  # imports
    _full.cache_clear()
    anew, _ = timed(lambda: [evaluate(p) for p in held], times=1)
    again, _ = timed(lambda: [evaluate(p) for p in held], times=1)
    print(f"{plans} plans of the bank evaluated: {anew:.2f} s anew, {1000 * again:.1f} ms as kept (goal 2 s and 50 ms)")


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    quick = "--quick" in sys.argv
    for areas in (20,) if quick else (50, 200):
        mixture(areas, rng)
    placebo(50 if quick else 200, rng)
    small_areas(1_000 if quick else 10_000, rng)
    whole_bank(100 if quick else 500, rng)
