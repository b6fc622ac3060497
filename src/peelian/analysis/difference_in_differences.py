"""Difference in differences: the treated area's change less that of the areas it is compared with.

It rests on one belief that no figure proves: without the plan, both would have moved alike. How alike they moved before is shown
beside every answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.analysis.displacement import Ratio, rate_ratio
from peelian.core.errors import InvalidInput

PERIODS_NEEDED = 3  # on each side, for an interval of a series


@dataclass(frozen=True)
class DifferenceInDifferences:
    """What a plan changed, and how alike the areas were before it.

    Attributes
    ----------
    effect, low, high, se : float
        In the unit of the series, per period.
    level : float
    means : tuple of float
        Treated before, treated after, control before, control after.
    pre_trend, pre_trend_p : float
        Slope per period of treated less control before the plan, and its p-value: a slope that is not chance breaks the comparison.
    placebo : float
        The effect that a plan in the middle of the time before would seem to have had.
    """

    effect: float
    low: float
    high: float
    se: float
    level: float
    means: tuple[float, float, float, float]
    pre_trend: float
    pre_trend_p: float
    placebo: float


def difference_of_means(treated: tuple[float, float], control: tuple[float, float]) -> float:
    """Return (treated after less before) less (control after less before).

    Examples
    --------
    Fast-food employment in New Jersey and Pennsylvania (Card and Krueger 1994):

    >>> round(difference_of_means((20.44, 21.03), (23.33, 21.17)), 2)
    2.75
    """
    (t0, t1), (c0, c1) = treated, control
    return (t1 - t0) - (c1 - c0)


def difference_in_differences(
    treated: ArrayLike, control: ArrayLike, *, before: int, level: float = 0.95
) -> DifferenceInDifferences:
    """Compare two series before and after.

    Parameters
    ----------
    treated : array_like of float, shape (periods,)
        Counts or rates of the treated area.
    control : array_like of float, shape (periods,) or (areas, periods)
        The same of the area, or the mean of the areas, that it is compared with.
    before : int
        Number of first periods without the plan.
    level : float, default 0.95

    Returns
    -------
    DifferenceInDifferences

    Raises
    ------
    InvalidInput
        ``peelian.E212`` if either side has fewer than three periods; also if lengths differ or a number is missing.

    Notes
    -----
    The interval is that of the step in (treated less control), with standard errors that allow for neighbouring periods being
    alike (Newey and West, lag: the cube root of the periods) and Student's t. With few periods it is still too narrow.

    References
    ----------
    Angrist, J. D. and Pischke, J.-S. (2009). Mostly harmless econometrics, chapter 5.

    Examples
    --------
    >>> found = difference_in_differences([9, 10, 11, 10, 6, 5, 4, 5], [10, 11, 12, 11, 10, 9, 8, 9], before=4)
    >>> round(found.effect, 6), found.means
    (-3.0, (10.0, 5.0, 11.0, 9.0))
    """
    from scipy.special import stdtr, stdtrit
    from statsmodels.api import OLS  # a second to import

    _checks.between("level", level, 0, 1)
    series = _checks.numbers("treated", treated)
    beside = np.atleast_2d(np.asarray(control, dtype=float))
    mean = _checks.numbers("control", beside.mean(axis=0))
    _checks.same_length(treated=series, control=mean)
    if before < PERIODS_NEEDED or len(series) - before < PERIODS_NEEDED:
        raise InvalidInput(
            "too few periods before or after",
            found=f"{before} before, {len(series) - before} after",
            matters="an interval comes from how the periods vary",
            fix=f"{PERIODS_NEEDED} on each side at least; else compare the totals",
            id="peelian.E212",
        )
    apart = series - mean
    fit = _step(apart, before)
    effect, se = float(fit.params[1]), _error(fit)
    reach = float(stdtrit(len(apart) - 2, 0.5 + level / 2)) * se
    line = OLS(apart[:before], _with_ones(np.arange(before, dtype=float))).fit()
    slope, slope_se = float(line.params[1]), _error(line)
    # Without any scatter a slope is certain, and none is none.
    p = 2 * float(stdtr(before - 2, -abs(slope / slope_se))) if slope_se > 0 else float(slope == 0)
    half = before // 2
    return DifferenceInDifferences(
        effect, effect - reach, effect + reach, se, level,
        tuple(float(s[part].mean()) for s in (series, mean) for part in (slice(before), slice(before, None))),  # type: ignore[arg-type]
        slope, p, float(apart[half:before].mean() - apart[:half].mean()),
    )  # fmt: skip


def _with_ones(column: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.ones(len(column)), column])


def _error(fit) -> float:  # type: ignore[no-untyped-def]  # statsmodels has no types
    # Without scatter, rounding may leave a variance below nothing.
    return float(max(0.0, float(fit.cov_params()[1, 1])) ** 0.5)


def _step(values: NDArray[np.float64], before: int):  # type: ignore[no-untyped-def]  # statsmodels has no types
    from statsmodels.api import OLS

    after = (np.arange(len(values)) >= before).astype(float)
    return OLS(values, _with_ones(after)).fit(
        cov_type="HAC", cov_kwds={"maxlags": round(len(values) ** (1 / 3)), "use_correction": True}, use_t=True
    )


def dispersion(treated: ArrayLike, control: ArrayLike) -> float:
    """How much more than chance the treated area's share of all events varies from period to period; 1 at least.

    Parameters
    ----------
    treated, control : array_like of int, shape (periods,)
        Counts of a time in which nothing was changed.

    Raises
    ------
    InvalidInput
        If lengths differ or a value is not a count.

    Notes
    -----
    Pearson's statistic over its degrees of freedom. What moves both areas alike (season, trend, recording) cancels.

    Examples
    --------
    >>> dispersion([10, 10, 10], [20, 20, 20])
    1.0
    """
    t, c = _checks.counts("treated", treated), _checks.counts("control", control)
    _checks.same_length(treated=t, control=c)
    both = t + c
    share = t.sum() / both.sum() if both.sum() else 0.0
    used = both > 0
    if used.sum() < 2 or not 0 < share < 1:
        return 1.0
    pearson = ((t - both * share) ** 2)[used] / (both * share * (1 - share))[used]
    return max(1.0, float(pearson.sum() / (used.sum() - 1)))


def ratio_of_changes(treated: ArrayLike, control: ArrayLike, *, before: int, level: float = 0.95) -> Ratio:
    """Compare two series of counts before and after as a ratio of changes, allowing for months that vary more than chance.

    Parameters
    ----------
    treated, control : array_like of int, shape (periods,)
    before : int
        Number of first periods without the plan. Dispersion comes from both sides, each about its own share.
    level : float, default 0.95

    Raises
    ------
    InvalidInput
        If a total is zero, lengths differ or a value is not a count.

    Examples
    --------
    >>> found = ratio_of_changes([20, 22, 18, 12, 13, 11], [30, 31, 29, 30, 30, 30], before=3)
    >>> round(found.value, 2)
    0.6
    """
    t, c = _checks.counts("treated", treated), _checks.counts("control", control)
    _checks.same_length(treated=t, control=c)
    if not 0 < before < len(t):
        raise InvalidInput("nothing was counted before, or nothing after", found=f"{before} of {len(t)}")
    ahead, after = slice(before), slice(before, None)
    sides = [(dispersion(t[side], c[side]), len(t[side]) - 1) for side in (ahead, after) if len(t[side]) > 1]
    spread = sum(d * n for d, n in sides) / sum(n for _, n in sides) if sides else 1.0
    return rate_ratio(
        (int(t[ahead].sum()), int(t[after].sum())), (int(c[ahead].sum()), int(c[after].sum())), dispersion=spread, level=level
    )  # fmt: skip
