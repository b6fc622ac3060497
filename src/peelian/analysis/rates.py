"""Rates with their intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks

Floats = NDArray[np.float64]


def rate_interval(
    events: ArrayLike, exposure: ArrayLike, *, per: float = 1_000, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return each area's event rate with its exact Poisson interval.

    Parameters
    ----------
    events : array_like of int, shape (n,)
        Events recorded in each area; zero or more.
    exposure : array_like of float, shape (n,)
        Person-years at risk in each area; greater than zero.
    per : float, default 1000
        Person-years that one unit of the rate stands for.
    level : float, default 0.95
        Coverage of the interval; strictly between 0 and 1.

    Returns
    -------
    rate, low, high : ndarray of float, shape (n,)
        Events per `per` person-years. `low` is 0 where `events` is 0.

    Raises
    ------
    InvalidInput
        If the lists differ in length, a count is negative, fractional or missing, or an exposure is not positive. The
        message gives the position of the first bad row.

    Notes
    -----
    The interval inverts two one-sided tests, so it covers at least `level` and is wide for small counts. It assumes
    independent events: where the same people are victims again and again it is too narrow.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.

    Examples
    --------
    >>> rate, low, high = rate_interval([5], [2_000])
    >>> [round(float(x[0]), 3) for x in (rate, low, high)]
    [2.5, 0.812, 5.834]
    """
    from scipy.special import gammaincinv

    k, years = _checks.counts("events", events), _checks.positive("exposure", exposure)
    _checks.same_length(events=k, exposure=years)
    _checks.between("level", level, 0, 1)
    tail = (1 - level) / 2
    # Half a chi-squared quantile with 2k degrees of freedom is a gamma quantile with shape k.
    low = np.where(k > 0, gammaincinv(np.maximum(k, 1), tail), 0.0)
    high = gammaincinv(k + 1, 1 - tail)
    return per * k / years, per * low / years, per * high / years


def share_interval(part: ArrayLike, whole: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the share that a part is of a whole, with its exact binomial interval.

    Parameters
    ----------
    part, whole : array_like of int, shape (n,)
        Counts; no part is larger than its whole, no whole is zero.
    level : float, default 0.95

    Returns
    -------
    share, low, high : ndarray of float, shape (n,)

    Raises
    ------
    InvalidInput
        If a value is not a count, a whole is zero, or a part is larger than its whole.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of the
    binomial. Biometrika 26(4), 404-413.

    Examples
    --------
    >>> share, low, high = share_interval([4], [20])
    >>> [round(float(x[0]), 3) for x in (share, low, high)]
    [0.2, 0.057, 0.437]
    """
    from scipy.special import betaincinv

    k, n = _checks.counts("part", part), _checks.counts("whole", whole)
    _checks.same_length(part=k, whole=n)
    _checks.positive("whole", n)
    _checks.counts("whole less part", n - k)
    _checks.between("level", level, 0, 1)
    tail = (1 - level) / 2
    low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return k / n, low, high
