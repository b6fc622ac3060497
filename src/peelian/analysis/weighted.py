"""Intervals for shares and totals of unequal parts: days of cases, not cases."""

from __future__ import annotations

from numpy.typing import ArrayLike

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput


def share_of_parts(part: ArrayLike, whole: ArrayLike, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the share that the parts are of their wholes, all together, with its interval.

    Parameters
    ----------
    part, whole : array_like of float, shape (n,)
        Such as days of a case in qualified hands, and all its days; 0 <= part <= whole, and 0 < whole.
    level : float, default 0.95

    Returns
    -------
    share, low, high : float

    Raises
    ------
    InvalidInput
        If the lists differ in length or are empty, a whole is not positive, or a part lies outside its whole.

    Notes
    -----
    The days of one case stand or fall together, so cases are the sample, not days. The effective number of cases is what the spread
    between cases (linearised) gives; where they do not differ at all it is ``sum(whole)² / sum(whole²)`` (Kish). The interval inverts the
    binomial at that number, which need not be whole, and so is never empty, not even at 0 or 1.

    References
    ----------
    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of positive counts estimated
    from survey data. Survey Methodology 24(2), 193-201.

    Examples
    --------
    >>> share, low, high = share_of_parts([1] * 4 + [0] * 16, [1] * 20)
    >>> round(share, 3), round(low, 3), round(high, 3)
    (0.2, 0.057, 0.437)
    """
    from scipy.special import betaincinv

    k, n = _checks.numbers("part", part), _checks.positive("whole", whole)
    _checks.same_length(part=k, whole=n)
    _checks.between("level", level, 0, 1)
    if not len(n) or ((k < 0) | (k > n)).any():
        raise InvalidInput(
            "a part lies outside its whole, or there is none", fix="give at least one case, with 0 <= part <= whole"
        )
    total, count = float(n.sum()), len(n)
    share = float(k.sum()) / total
    kish = total**2 / float((n**2).sum())
    spread = float(((k - share * n) ** 2).sum()) / total**2
    # Equal cases that are each in or out give exactly the binomial: the number of cases.
    effective = min(share * (1 - share) / spread, count) if spread > 0 else kish
    hits, tail = share * effective, (1 - level) / 2
    low = float(betaincinv(hits, effective - hits + 1, tail)) if share > 0 else 0.0
    high = float(betaincinv(hits + 1, effective - hits, 1 - tail)) if share < 1 else 1.0
    return share, min(low, share), max(high, share)


def sum_interval(weights: ArrayLike, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the sum of the weights of what happened, with the interval of the sum that was to be expected.

    Parameters
    ----------
    weights : array_like of float, shape (n,)
        One for each event, such as the days for which a case was open; greater than zero. May be empty.
    level : float, default 0.95

    Returns
    -------
    total, low, high : float
        With no event at all, `high` is for one event of weight 1.

    Raises
    ------
    InvalidInput
        If a weight is not positive.

    Notes
    -----
    Events are taken as independent, a Poisson number of each weight. The interval is that of a gamma distribution with the same mean
    and variance, the upper limit with one more event of the largest weight; for equal weights it is the exact Poisson interval.

    References
    ----------
    Fay, M. P. and Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on the gamma distribution.
    Statistics in Medicine 16, 791-801.

    Examples
    --------
    >>> total, low, high = sum_interval([2.0] * 5)
    >>> round(total, 3), round(low, 3), round(high, 3)
    (10.0, 3.247, 23.337)
    """
    from scipy.special import gammaincinv

    w = _checks.positive("weights", weights)
    _checks.between("level", level, 0, 1)
    total, variance, tail = float(w.sum()), float((w**2).sum()), (1 - level) / 2
    low = float(gammaincinv(total**2 / variance, tail)) * variance / total if len(w) else 0.0
    largest = float(w.max()) if len(w) else 1.0
    more, spread = total + largest, variance + largest**2
    high = float(gammaincinv(more**2 / spread, 1 - tail)) * spread / more
    return total, low, high
