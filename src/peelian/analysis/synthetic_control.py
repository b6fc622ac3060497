"""Synthetic control: the mixture of untouched areas that moved as the treated one did, until the plan began.

What the mixture does afterwards stands for what would have been. Chance is judged by playing the same game with every area that
had no plan: how often does one of them seem to do as well?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
_FIRM = 1e4  # how much more the sum of one counts than the fit, before it is made exact


@dataclass(frozen=True)
class Synthetic:
    """A mixture of areas and how far the treated one departed from it.

    Attributes
    ----------
    weights : ndarray of float, shape (donors,)
        Zero or more; they add up to one.
    path, gap : ndarray of float, shape (periods,)
        The mixture; treated less mixture.
    before : int
    importance : ndarray of float, shape (predictors,), or None
        What each predictor counted for in the fit, adding up to one; None where the series alone was fitted.
    """

    weights: Floats
    path: Floats
    gap: Floats
    before: int
    importance: Floats | None = None

    @property
    def rmspe_before(self) -> float:
        """Root mean square gap before the plan: the worse the fit, the less the answer is worth."""
        return float(np.sqrt(np.mean(self.gap[: self.before] ** 2)))

    @property
    def rmspe_after(self) -> float:
        """Root mean square gap after."""
        return float(np.sqrt(np.mean(self.gap[self.before :] ** 2)))

    @property
    def ratio(self) -> float:
        """Gap after over gap before; infinite where the fit before was perfect."""
        return self.rmspe_after / self.rmspe_before if self.rmspe_before else float("inf")

    @property
    def effect(self) -> float:
        """Mean gap after the plan, per period."""
        return float(self.gap[self.before :].mean())


@dataclass(frozen=True)
class Placebo:
    """How unusual the treated area is among all, if each is taken for the treated one.

    Attributes
    ----------
    ratios : ndarray of float, shape (1 + donors,)
        Gap after over gap before; the treated area first.
    rank : int
        1 where no area departs more.
    p : float
        Rank over the number of areas: with fewer than twenty, never below 0.05.
    """

    ratios: Floats
    rank: int
    p: float


def _series(treated: ArrayLike, donors: ArrayLike, before: int) -> tuple[Floats, Floats]:
    y = _checks.numbers("treated", treated)
    pool = np.asarray(donors, dtype=float)
    if pool.ndim != 2 or pool.shape[1] != len(y) or not np.isfinite(pool).all():
        raise InvalidInput(
            "the areas to compare with must be whole series as long as the treated one",
            found=f"shape {pool.shape}, {len(y)} periods",
        )
    if len(pool) < 2 or not 2 <= before < len(y):
        raise InvalidInput(
            "a mixture needs two areas, two periods before and one after",
            found=f"{len(pool)} areas, {before} of {len(y)} periods before",
            fix="take more areas or a longer time; with one area, compare the two",
            id="peelian.E214",
        )
    return y, pool


def simplex_weights(target: ArrayLike, donors: ArrayLike) -> Floats:
    """Return weights of zero or more, adding up to one, whose mixture of rows lies nearest to the target.

    Parameters
    ----------
    target : array_like of float, shape (periods,)
    donors : array_like of float, shape (donors, periods)

    Returns
    -------
    ndarray of float, shape (donors,)

    Notes
    -----
    Non-negative least squares with the sum as a firm extra row, then exact least squares on the areas that are left.

    Examples
    --------
    >>> simplex_weights([15.0, 25.0], [[10.0, 20.0], [20.0, 30.0]]).round(3).tolist()
    [0.5, 0.5]
    """
    from scipy.optimize import nnls

    y, pool = np.asarray(target, dtype=float), np.asarray(donors, dtype=float)
    scale = max(float(np.abs(pool).max()), float(np.abs(y).max()), 1e-12)
    firm = _FIRM * np.sqrt(len(y))
    matrix = np.vstack([pool.T / scale, firm * np.ones(len(pool))])
    weights, _ = nnls(matrix, np.append(y / scale, firm), maxiter=50 * (len(pool) + 10))
    return np.asarray(weights / weights.sum())


def _by_predictors(y: Floats, pool: Floats, before: int, predictors: ArrayLike) -> tuple[Floats, Floats]:
    """Weights by which predictors are met, each counting for as much as makes the series before fit best; and what each counted for."""
    from scipy.optimize import minimize

    table = np.asarray(predictors, dtype=float)
    if table.ndim != 2 or len(table) != 1 + len(pool) or not np.isfinite(table).all():
        raise InvalidInput(
            "every area needs each predictor, the treated one first",
            found=f"shape {table.shape}, {1 + len(pool)} areas",
        )
    spread = table.std(axis=0, ddof=1)
    scaled = table / np.where(spread > 0, spread, 1)

    def mix(logs: Floats) -> Floats:
        root = np.exp((logs - logs.max()) / 2)
        return simplex_weights(scaled[0] * root, scaled[1:] * root)

    def miss(logs: Floats) -> float:
        return float(np.mean((y[:before] - mix(logs) @ pool[:, :before]) ** 2))

    # Two beginnings, as the authors' own program takes them: all alike, and what a regression of the series on the predictors makes of each.
    ones = np.ones((len(table), 1))
    slopes = np.linalg.lstsq(np.hstack([ones, scaled]), np.vstack([y, pool])[:, :before], rcond=None)[0][1:]
    found = []
    for start in (np.zeros(len(spread)), np.log((slopes**2).sum(axis=1) + 1e-12)):
        simplex = np.vstack([start, start + 2 * np.eye(len(start))])
        options = {"maxiter": 3000, "xatol": 1e-3, "fatol": 1e-5, "adaptive": True, "initial_simplex": simplex}
        found.append(minimize(miss, start, method="Nelder-Mead", options=options))
    best = min(found, key=lambda each: float(each.fun)).x
    importance = np.exp(best - best.max())
    return mix(best), np.asarray(importance / importance.sum())


def synthetic_control(
    treated: ArrayLike,
    donors: ArrayLike,
    *,
    before: int,
    weights: Sequence[float] | None = None,
    predictors: ArrayLike | None = None,
) -> Synthetic:
    """Compare an area with the mixture of others that moved as it did before the plan.

    Parameters
    ----------
    treated : array_like of float, shape (periods,)
        Counts or rates; rates, where the areas differ in size.
    donors : array_like of float, shape (donors, periods)
        The same of areas that the plan does not reach, nor any like it.
    before : int
        Number of first periods without the plan.
    weights : sequence of float, optional
        A mixture that is given, such as a published one; fitted, without it.
    predictors : array_like of float, shape (1 + donors, predictors), optional
        What foretells the outcome, one row an area, the treated one first: means over the time before, or the outcome in some periods of it.
        The mixture is then alike in these rather than in every period; each counts for as much as makes the periods before fit best.

    Returns
    -------
    Synthetic

    Raises
    ------
    InvalidInput
        ``peelian.E214`` with fewer than two areas or too few periods; also if a number is missing.

    Notes
    -----
    Without predictors the series before the plan is fitted itself, and the answer is exact. With them what each counts for is searched for
    (Nelder-Mead from two beginnings, on its logarithm): programs that stop elsewhere give another mixture, and a ratio some per cent off.

    References
    ----------
    Abadie, A., Diamond, A. and Hainmueller, J. (2010). Synthetic control methods for comparative case studies. Journal of the
    American Statistical Association 105(490), 493-505.

    Examples
    --------
    >>> found = synthetic_control([10, 12, 14, 9], [[8, 10, 12, 14], [12, 14, 16, 18]], before=3)
    >>> found.weights.round(2).tolist(), round(found.effect, 2)
    ([0.5, 0.5], -7.0)
    """
    y, pool = _series(treated, donors, before)
    importance = None
    if weights is not None:
        mix = _checks.numbers("weights", weights)
    elif predictors is not None:
        mix, importance = _by_predictors(y, pool, before, predictors)
    else:
        mix = simplex_weights(y[:before], pool[:, :before])
    if len(mix) != len(pool):
        raise InvalidInput("lists differ in length", found=f"{len(mix)} weights, {len(pool)} areas")
    path = mix @ pool
    return Synthetic(mix, path, y - path, before, importance)


def placebo_test(treated: ArrayLike, donors: ArrayLike, *, before: int, predictors: ArrayLike | None = None) -> Placebo:
    """Take every area for the treated one in turn, and rank how far each departs.

    Parameters
    ----------
    treated, donors, before, predictors
        As in `synthetic_control`. The treated area never serves in another's mixture.

    Returns
    -------
    Placebo

    Raises
    ------
    InvalidInput
        As `synthetic_control`; three areas beside the treated one are needed.

    Examples
    --------
    >>> pool = [[8, 10, 12, 14], [12, 14, 16, 18], [9, 12, 13, 15], [11, 13, 16, 17]]
    >>> placebo_test([10, 12, 14, 3], pool, before=3).rank
    1
    """
    y, pool = _series(treated, donors, before)
    if len(pool) < 3:
        raise InvalidInput("a test needs three areas to compare with", found=f"{len(pool)}", id="peelian.E214")
    table = None if predictors is None else np.asarray(predictors, dtype=float)
    ratios = [synthetic_control(y, pool, before=before, predictors=table).ratio]
    for each in range(len(pool)):
        rest = np.delete(pool, each, axis=0)
        rows = None if table is None else np.vstack([table[1 + each], np.delete(table[1:], each, axis=0)])
        ratios.append(synthetic_control(pool[each], rest, before=before, predictors=rows).ratio)
    rank = sum(ratio >= ratios[0] for ratio in ratios)
    return Placebo(np.array(ratios), int(rank), rank / len(ratios))
