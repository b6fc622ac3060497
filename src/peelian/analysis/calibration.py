"""Calibrated controls: untouched small areas, weighted until together they were what the treated ones were in every period before.

For a plan that reaches many small areas (blocks, beats) at once, on one or more outcomes. What the weighted areas count afterwards stands
for what would have been.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
_STEPS = 60  # of the solver: where an answer exists it takes some fifteen
_MET = 1e-6  # how far a weighted total may lie from its target, as a share of the middling area's count


@dataclass(frozen=True)
class Calibrated:
    """Treated areas against weighted ones, by outcome, over all periods after.

    Attributes
    ----------
    weights : ndarray of float, shape (donors,)
        Zero or more; they add up to the number of treated areas.
    treated, control : ndarray of float, shape (outcomes,)
        Counted afterwards in the treated areas; weighted sum of the others.
    log_ratio, error : ndarray of float, shape (outcomes,)
        Natural logarithm of treated over control, and its standard error; not a number where either sum is nought.
    p : ndarray of float, shape (outcomes,)
        Chance of a difference as low or lower if there were none (one side, "lower").
    p_all : float
        The same for all outcomes together: the sum of their standardised differences.
    """

    weights: Floats
    treated: Floats
    control: Floats
    log_ratio: Floats
    error: Floats
    p: Floats
    p_all: float

    @property
    def change(self) -> Floats:
        """Treated over control, less one: -0.2 is a fall by a fifth."""
        return self.treated / self.control - 1

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """The least and the greatest `change` that the data speak for, by outcome."""
        from scipy.special import ndtri

        reach = float(ndtri((1 + confidence) / 2)) * self.error
        return np.exp(self.log_ratio - reach) - 1, np.exp(self.log_ratio + reach) - 1


def calibration_weights(areas: ArrayLike, totals: ArrayLike, *, base: float) -> Floats:
    """Return the weights nearest to a common one, none below nought, by which areas add up to given totals.

    Parameters
    ----------
    areas : array_like of float, shape (areas, counts)
        A column of ones makes the weights add up to a number of areas.
    totals : array_like of float, shape (counts,)
    base : float
        The weight that every area would have if nothing were asked for; above nought.

    Returns
    -------
    ndarray of float, shape (areas,)

    Raises
    ------
    InvalidInput
        ``peelian.E216`` where no weights reach the totals.

    Notes
    -----
    Truncated linear calibration: the sum of ``(weight - base) ** 2 / base`` is made as small as the totals allow. There is one answer; it is
    found through the dual, which has one unknown for each total.

    References
    ----------
    Deville, J.-C. and Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the American Statistical Association
    87(418), 376-382.

    Examples
    --------
    >>> calibration_weights([[1, 2], [1, 4], [1, 6]], [3, 15], base=1).round(3).tolist()
    [0.25, 1.0, 1.75]
    """
    from scipy.optimize import minimize

    held, wanted = np.asarray(areas, dtype=float), np.asarray(totals, dtype=float)
    size = np.sqrt((held**2).mean(axis=0))
    size[size == 0] = 1  # a count that is nought everywhere: its total must be nought too
    scaled, target = held / size, wanted / size

    def dual(x: Floats) -> tuple[float, Floats]:
        weights = np.maximum(0, 1 + scaled @ x)
        return base * float(weights @ weights) / 2 - float(target @ x), base * (scaled.T @ weights) - target

    def bend(x: Floats) -> Floats:
        used = scaled[1 + scaled @ x > 0]
        return np.asarray(base * used.T @ used)

    start = np.zeros(len(target))
    found = minimize(dual, start, jac=True, hess=bend, method="trust-exact", options={"maxiter": _STEPS, "gtol": _MET})
    weights: Floats = base * np.maximum(0, 1 + scaled @ found.x)
    if np.abs(scaled.T @ weights - target).max() > _MET:
        raise InvalidInput(
            "no weighting of the untreated areas adds up to the treated ones",
            found=f"{len(held)} areas, {len(target)} totals to reach",
            fix="add periods together before they are matched, match on fewer counts, or take more areas",
            id="peelian.E216",
        )
    return weights


def calibrated_control(
    treated: ArrayLike, donors: ArrayLike, *, before: int, like: tuple[ArrayLike, ArrayLike] | None = None,
    together: int = 1, clustered: bool = True,
) -> Calibrated:  # fmt: skip
    """Compare treated small areas with others, weighted to the same sums of every outcome before the plan.

    Parameters
    ----------
    treated, donors : array_like of float, shape (areas, periods, outcomes)
        Counts; donors are areas that the plan does not reach.
    before : int
        Number of first periods without the plan.
    like : (array_like, array_like), optional
        What else is matched, such as residents: shapes (areas, columns) of the treated and of the donors.
    together : int, default 1
        Periods whose sums are matched rather than each period; the first `before` must be a multiple of it. For small areas, where not
        every single period can be matched.
    clustered : bool, default True
        Whether the periods of one area count as one observation in the standard errors. Taken one by one, as the published example takes
        them, they look like more evidence than they are, because a busy area stays busy.

    Returns
    -------
    Calibrated

    Raises
    ------
    InvalidInput
        ``peelian.E214`` with fewer than two areas on either side, or no period before or after; ``peelian.E216`` where no weighting reaches
        the sums.

    Notes
    -----
    Standard errors are linearised, with the weights taken as given. As they make the areas alike beforehand, the true error is smaller.

    References
    ----------
    Robbins, M., Saunders, J. and Kilmer, B. (2017). A framework for synthetic control methods with high-dimensional, micro-level data.
    Journal of the American Statistical Association 112(517), 109-126.

    Examples
    --------
    >>> areas = [[[2], [4], [3]], [[4], [2], [1]]]
    >>> others = [[[1], [3], [4]], [[3], [5], [4]], [[5], [1], [2]], [[2], [2], [6]], [[4], [4], [3]]]
    >>> found = calibrated_control(areas, others, before=2)
    >>> found.treated.tolist(), found.control.round(2).tolist()
    ([4.0], [7.6])
    """
    from scipy.special import ndtr

    ours, others = np.asarray(treated, dtype=float), np.asarray(donors, dtype=float)
    if ours.ndim != 3 or others.ndim != 3 or ours.shape[1:] != others.shape[1:]:
        raise InvalidInput(
            "areas, periods and outcomes must stand in the same order on both sides",
            found=f"{ours.shape}, {others.shape}",
        )
    if not (np.isfinite(ours).all() and np.isfinite(others).all()):
        raise InvalidInput(
            "a count is missing", fix="give every area a count in every period, nought where there was none"
        )
    if min(len(ours), len(others)) < 2 or not 1 <= before < ours.shape[1] or together < 1 or before % together:
        raise InvalidInput(
            "calibrated controls need two areas on either side, and whole spans before with a period after",
            found=f"{len(ours)} and {len(others)} areas, {before} of {ours.shape[1]} periods before, {together} together",
            fix="take more areas or a longer time; with one area, compare it with a mixture",
            id="peelian.E214",
        )
    columns = []
    for n, side in enumerate((ours, others)):
        spans = side[:, :before].reshape(len(side), before // together, together, -1).sum(axis=2)
        beside = [np.asarray(like[n], dtype=float)] if like else []
        columns.append(np.hstack([np.ones((len(side), 1)), *beside, spans.reshape(len(side), -1)]))
    weights = calibration_weights(columns[1], columns[0].sum(axis=0), base=len(ours) / len(others))

    after = ours[:, before:], others[:, before:]
    by_period = after[0].sum(axis=0), np.tensordot(weights, after[1], axes=1)  # periods by outcomes
    sums = by_period[0].sum(axis=0), by_period[1].sum(axis=0)
    # The model: a level for every period, common to both sides, and one difference an area and period.
    half = (sums[0] - sums[1]) / (2 * len(ours) * len(after[0][0]))
    level = (by_period[0] + by_period[1]) / (2 * len(ours))
    pull = (
        after[0] - (level + half),
        weights[:, None, None] * (after[1] - (level - half)),
    )  # of each count upon its side's sum

    def spread(scales: tuple[Floats | float, Floats | float]) -> Floats:
        parts = np.concatenate([scales[0] * pull[0], -scales[1] * pull[1]])
        parts = parts.sum(axis=1) if clustered else parts.reshape(-1, parts.shape[2])
        return np.atleast_2d(np.cov(parts, rowvar=False)) * len(parts)

    difference = spread((1.0, 1.0))
    error = np.sqrt(np.diag(difference))
    with np.errstate(divide="ignore", invalid="ignore"):
        both = (sums[0] > 0) & (sums[1] > 0)
        ratio = np.where(both, np.log(sums[0] / sums[1]), np.nan)
        ratio_error = np.where(both, np.sqrt(np.diag(spread((1 / sums[0], 1 / sums[1])))), np.nan)
        scores = (sums[0] - sums[1]) / error
        all_of_them = scores.sum() / np.sqrt((difference / np.outer(error, error)).sum())
    return Calibrated(weights, *sums, ratio, ratio_error, ndtr(scores), float(ndtr(all_of_them)))
