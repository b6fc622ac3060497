"""Few events: whether two counts differ by more than chance, and whether the busiest stretch of a long time is busier than chance makes."""

from __future__ import annotations

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput


def e_test(first: int, second: int, *, spans: tuple[float, float] = (1, 1)) -> float:
    """Return the chance of rates that lie as far apart, either way, if both were one: the E-test of two Poisson counts.

    Parameters
    ----------
    first, second : int
    spans : (float, float), default (1, 1)
        Time, or people, over which each was counted; above nought.

    Returns
    -------
    float

    Raises
    ------
    InvalidInput
        If a count is no count, or a span is not positive.

    References
    ----------
    Krishnamoorthy, K. and Thomson, J. (2004). A more powerful test for comparing two Poisson means. Journal of Statistical Planning and
    Inference 119(1), 23-35. Computed by statsmodels.

    Examples
    --------
    >>> round(e_test(10, 5), 3)
    0.206
    """
    from statsmodels.stats.rates import etest_poisson_2indep  # a second to import

    one, other = _checks.counts("counts", [first, second])
    long = _checks.positive("spans", spans)
    if one == other == 0:
        return 1.0
    return float(etest_poisson_2indep(one, long[0], other, long[1], method="wald")[1])


def busiest_window(most: int, *, expected: float, windows: float) -> float:
    """Return the chance that some window, wherever it begins, holds so many events or more: Naus's approximation.

    Parameters
    ----------
    most : int
        Events in the busiest window; two or more.
    expected : float
        Events expected in one window.
    windows : float
        Whole time over the length of a window; two or more.

    Returns
    -------
    float

    Raises
    ------
    InvalidInput
        If a number lies outside what is said above.

    References
    ----------
    Naus, J. (1982). Approximations for distributions of scan statistics. Journal of the American Statistical Association 77(377), 177-183.

    Examples
    --------
    >>> round(busiest_window(6, expected=0.6, windows=208), 3)
    0.039
    """
    from scipy.stats import poisson

    if most < 2 or most != int(most) or not expected > 0 or not windows >= 2:
        raise InvalidInput(
            "a busiest window needs two events, some expected, and a time of two windows",
            found=f"{most} events, {expected:g} expected, {windows:g} windows",
        )
    k = int(most)
    each = [float(p) for p in poisson.pmf(range(2 * k), expected)]
    up_to = [float(p) for p in poisson.cdf(range(k), expected)]

    def below(n: int) -> float:
        return up_to[n] if n >= 0 else 0.0

    none_in_two = up_to[k - 1] ** 2 - (k - 1) * each[k] * each[k - 2] - (k - 1 - expected) * each[k] * below(k - 3)
    one = 2 * each[k] * up_to[k - 1] * ((k - 1) * up_to[k - 2] - expected * below(k - 3))
    two = (k - 1) * (k - 2) * below(k - 3) - 2 * (k - 2) * expected * below(k - 4) + expected**2 * below(k - 5)
    two *= each[k] ** 2 / 2
    three = sum(each[2 * k - r] * up_to[r - 1] ** 2 for r in range(1, k))
    four = sum(each[2 * k - r] * each[r] * ((r - 1) * up_to[r - 2] - expected * below(r - 3)) for r in range(2, k))
    none_in_three = up_to[k - 1] ** 3 - one + two + three - four
    return float(1 - none_in_two * (none_in_three / none_in_two) ** (windows - 2))
