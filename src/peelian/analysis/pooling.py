"""Pooling: what several small trials say together, when none of them says anything alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput


@dataclass(frozen=True)
class Pooled:
    """Effects put together, allowing for them to differ truly.

    Attributes
    ----------
    effect, low, high : float
        Mean of the true effects, in the unit that was given.
    fixed : float
        The effect if it were the same everywhere.
    tau2 : float
        Variance of the true effects.
    q : float
        Cochran's statistic; about one less than the number of trials where they do not differ.
    trials : int
    """

    effect: float
    low: float
    high: float
    fixed: float
    tau2: float
    q: float
    trials: int


def pool(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> Pooled:
    """Put effects together by their precision (random effects, DerSimonian and Laird).

    Parameters
    ----------
    effects : array_like of float, shape (trials,)
        Such as logarithms of ratios.
    variances : array_like of float, shape (trials,)
        Of each effect; positive.
    level : float, default 0.95

    Raises
    ------
    InvalidInput
        With fewer than two trials, lists of different lengths, or a variance that is not positive.

    References
    ----------
    DerSimonian, R. and Laird, N. (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7(3), 177-188.

    Examples
    --------
    >>> found = pool([-0.2, -0.4], [0.04, 0.04])
    >>> round(found.effect, 2), round(found.low, 2), round(found.high, 2)
    (-0.3, -0.58, -0.02)
    """
    from scipy.special import ndtri

    said, spread = _checks.numbers("effects", effects), _checks.positive("variances", variances)
    _checks.same_length(effects=said, variances=spread)
    _checks.between("level", level, 0, 1)
    if len(said) < 2:
        raise InvalidInput("there is nothing to put together", found=f"{len(said)} trial", fix="pool two or more")
    weight = 1 / spread
    fixed = float((weight * said).sum() / weight.sum())
    q = float((weight * (said - fixed) ** 2).sum())
    tau2 = max(0.0, (q - (len(said) - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    wide = 1 / (spread + tau2)
    effect = float((wide * said).sum() / wide.sum())
    reach = float(ndtri(0.5 + level / 2)) / float(wide.sum()) ** 0.5
    return Pooled(effect, effect - reach, effect + reach, fixed, tau2, q, len(said))


def log_ratio(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the logarithm of second over first and its variance, for pairs of counts; half an event is added where one is zero.

    Examples
    --------
    >>> said, spread = log_ratio([50], [30])
    >>> round(float(said[0]), 3), round(float(spread[0]), 3)
    (-0.511, 0.053)
    """
    a, b = _checks.counts("first", first).astype(float), _checks.counts("second", second).astype(float)
    _checks.same_length(first=a, second=b)
    empty = (a == 0) | (b == 0)
    a, b = np.where(empty, a + 0.5, a), np.where(empty, b + 0.5, b)
    return np.log(b / a), 1 / a + 1 / b
