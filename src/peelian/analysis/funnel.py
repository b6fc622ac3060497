"""Funnel plots: do areas differ by more than chance gives?

Each area is set against one centre within the limits that chance alone gives an area of its size. An area outside the outer
limits differs, however many areas were looked at. Limits are exact: they come from the distribution of the count itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.analysis.rates import rate_interval, share_interval
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Verdict = Literal["above", "below", "as the others", "not enough data"]

ROWS_NEEDED = 20  # with fewer rows, an area inside its limits is not said to be like the others (house rule)
EXACT_BELOW = 20  # smaller shares take the exact interval, larger ones Wilson's


@dataclass(frozen=True)
class Funnel:
    """Areas against one centre, each within the limits for its size.

    Attributes
    ----------
    names : tuple of str
    count : ndarray of int, shape (n,)
        Hits or events.
    size : ndarray of float, shape (n,)
        Rows, or exposure.
    expected : ndarray of float, shape (n,)
        The count that chance gives on average.
    value, low, high : ndarray of float, shape (n,)
        Share or rate of each area with its interval at `level`, for that area by itself; adjusted where the funnel is. NaN
        where an area has no row.
    centre : float
    inner_low, inner_high : ndarray of float, shape (n,)
        Within these, ends included, chance alone keeps an area with probability `level` at least.
    outer_low, outer_high : ndarray of float, shape (n,)
        The same with probability `outer`, so that chance alone keeps all areas within them with probability `level`.
    verdict : tuple of str
        ``above`` or ``below`` the outer limits, ``as the others``, or ``not enough data``.
    p_value : ndarray of float, shape (n,)
        Twice the smaller tail, at most 1; not corrected for the number of areas.
    dispersion, dispersion_p : float
        Mean square of the areas' z-scores (1 if chance alone is at work), and how often chance gives as much or more. NaN
        with fewer than two areas.
    level, outer : float
    adjusted : bool
        Whether each area is compared with what its own mix of cases leads to expect.
    """

    names: tuple[str, ...]
    count: Ints
    size: Floats
    expected: Floats
    value: Floats
    low: Floats
    high: Floats
    centre: float
    inner_low: Floats
    inner_high: Floats
    outer_low: Floats
    outer_high: Floats
    verdict: tuple[Verdict, ...]
    p_value: Floats
    dispersion: float
    dispersion_p: float
    level: float
    outer: float
    adjusted: bool = False

    @property
    def signals(self) -> tuple[int, ...]:
        """Positions of the areas outside the outer limits."""
        return tuple(at for at, verdict in enumerate(self.verdict) if verdict in ("above", "below"))

    @property
    def spread(self) -> bool:
        """Whether areas differ among themselves by more than chance, even if no single one stands out."""
        return bool(self.dispersion > 1 and self.dispersion_p < 1 - self.level)

    @property
    def range_over_median(self) -> float:
        """The largest value less the smallest, over the median; areas with too few rows are left out. NaN if one is left."""
        held = self.value[[verdict != "not enough data" for verdict in self.verdict]]
        middle = float(np.median(held)) if len(held) > 1 else 0.0
        return float(np.ptp(held)) / middle if middle else float("nan")


def wilson(hits: ArrayLike, rows: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return shares with Wilson's score interval.

    Parameters
    ----------
    hits, rows : array_like of int, shape (n,)
        No more hits than rows, and no rows of zero.
    level : float, default 0.95

    Returns
    -------
    share, low, high : ndarray of float, shape (n,)

    Raises
    ------
    InvalidInput
        If a value is not a count, a number of rows is zero, or there are more hits than rows.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> [[round(float(end), 2) for end in ends] for ends in wilson([72, 38], [90, 80])]
    [[0.8, 0.47], [0.71, 0.37], [0.87, 0.58]]
    """
    from scipy.special import ndtri

    k, n = _shares(hits, rows)
    _checks.positive("rows", n)
    _checks.between("level", level, 0, 1)
    z = ndtri((1 + level) / 2)
    share = k / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    under = 1 + z**2 / n
    # The ends are 0 and 1 exactly where the share is, which rounding would miss.
    return share, np.where(k == 0, 0.0, (middle - half) / under), np.where(k == n, 1.0, (middle + half) / under)


def share_funnel(
    hits: ArrayLike,
    rows: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    centre: float | None = None,
    level: float = 0.95,
    outer: float | None = None,
) -> Funnel:
    """Compare the shares of areas.

    Parameters
    ----------
    hits, rows : array_like of int, shape (n,)
        One an area: how many of its rows count as a hit, and how many rows it has. An area without rows stands as "not enough
        data".
    names : sequence of str, optional
        Names of the areas; without them, their numbers from 1.
    centre : float, optional
        The share to compare with, strictly between 0 and 1: a standard set beforehand. Without it, the share of all areas
        together.
    level : float, default 0.95
    outer : float, optional
        Coverage of the outer limits for one area. Without it, `level` to the power of one over the number of areas, so that
        chance alone puts any area outside with probability 1 - `level` (Sidak).

    Returns
    -------
    Funnel

    Raises
    ------
    InvalidInput
        If lists differ in length, a value is not a count, there are more hits than rows, or no row at all.

    Notes
    -----
    The interval of each area is Clopper and Pearson's below 20 rows and Wilson's from there. Limits are the
    exact ones of Spiegelhalter's appendix, without his interpolation between counts: they stand on a count, a count on them is
    inside, and what is drawn outside is what is named. Without `centre`, an area
    takes part in what it is compared with, so a large one is judged mildly. Limits are not widened for over-dispersion: where
    all areas should be handled alike, more spread than chance gives is the finding, and `dispersion` tells it.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24(8),
    1185-1202.

    Examples
    --------
    >>> plot = share_funnel([72, 38, 66, 4], [90, 80, 100, 6], names=["North", "East", "South", "West"])
    >>> plot.verdict
    ('above', 'below', 'as the others', 'not enough data')
    >>> round(plot.centre, 3), round(plot.range_over_median, 2), plot.spread
    (0.652, 0.49, True)
    """
    k, n = _shares(hits, rows)
    _checks.between("level", level, 0, 1)
    if not n.sum():
        raise InvalidInput("no area has a row", fix="choose a longer period, or another measure")
    if centre is not None:
        _checks.between("centre", centre, 0, 1)
    middle = float(k.sum() / n.sum()) if centre is None else centre
    some = np.maximum(n, 1)
    expected = np.asarray(n * middle, dtype=np.float64)
    _, low, high = wilson(np.minimum(k, some), some, level=level)
    _, exact_low, exact_high = share_interval(np.minimum(k, some), some, level=level)
    few = n < EXACT_BELOW
    nulls = [binomial(int(rows_of), middle) for rows_of in n]
    return draw(
        names, k, n.astype(float), expected, (np.where(few, exact_low, low), np.where(few, exact_high, high)), middle,
        nulls, expected * (1 - middle), level, outer, scale=np.divide(1.0, some, dtype=np.float64), enough=n >= ROWS_NEEDED,
    )  # fmt: skip


def rate_funnel(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    centre: float | None = None,
    per: float = 1_000,
    level: float = 0.95,
    outer: float | None = None,
) -> Funnel:
    """Compare the rates of areas, or counts with what was expected.

    Parameters
    ----------
    events : array_like of int, shape (n,)
    exposure : array_like of float, shape (n,)
        Person-years, days, or the expected count (then with ``per=1, centre=1``); greater than zero.
    names, level, outer
        As in :func:`share_funnel`.
    centre : float, optional
        Rate `per` to compare with. Without it, that of all areas together.
    per : float, default 1000
        Exposure that one unit of the rate stands for.

    Returns
    -------
    Funnel
        An area with fewer than five expected events that lies within the limits reads "not enough data".

    Raises
    ------
    InvalidInput
        If lists differ in length, a value is not a count, an exposure is not positive, or there is no event and no centre.

    Notes
    -----
    Limits are Poisson quantiles about the centre, on a count as in :func:`share_funnel`; intervals are Garwood's. Events are
    taken to be independent: where one person causes many, areas differ more than the limits allow for.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24(8),
    1185-1202.

    Examples
    --------
    >>> plot = rate_funnel([30, 8, 22], [10_000, 10_000, 10_000])
    >>> plot.centre, plot.verdict
    (2.0, ('as the others', 'below', 'as the others'))
    """
    k, years = _checks.counts("events", events), _checks.positive("exposure", exposure)
    _, low, high = rate_interval(k, years, per=per, level=level)
    if not len(k) or (centre is None and not k.sum()):
        raise InvalidInput("there is no event to compare areas by", fix="choose a longer period, or another measure")
    middle = float(per * k.sum() / years.sum()) if centre is None else float(_checks.positive("centre", [centre])[0])
    expected = middle * years / per
    nulls = [poisson(float(mean)) for mean in expected]
    return draw(
        names, k, years, expected, (low, high), middle, nulls, expected, level, outer, scale=per / years,
        enough=expected >= 5,
    )  # fmt: skip


@dataclass(frozen=True)
class Null:
    """What chance alone gives: the probability of each count from `first` on."""

    first: int
    cumulative: Floats

    def within(self, tail: float) -> tuple[int, int]:
        """Return the least and the largest count that are not in a tail: at most `tail` lies on either side of them."""
        last = len(self.cumulative) - 1
        low = min(int(np.searchsorted(self.cumulative, tail, side="right")), last)
        high = min(int(np.searchsorted(self.cumulative, 1 - tail, side="left")), last)
        return self.first + low, self.first + high

    def sides(self, centre: float) -> tuple[float, float]:
        """Return the chance of a count below `centre`, and of one above it; a count on it, but for rounding, is neither."""
        near = round(centre)
        on = abs(centre - near) < 1e-6
        below = (near if on else int(np.ceil(centre))) - 1 - self.first
        upto = below + 1 if on else below
        last = len(self.cumulative) - 1
        return (
            float(self.cumulative[min(below, last)]) if below >= 0 else 0.0,
            1 - float(self.cumulative[min(upto, last)]) if upto >= 0 else 1.0,
        )

    def two_sided(self, count: int) -> float:
        """Twice the smaller tail, at most 1."""
        at = count - self.first
        if at < 0 or at >= len(self.cumulative):
            return 0.0
        upto, before = float(self.cumulative[at]), float(self.cumulative[at - 1]) if at else 0.0
        return min(1.0, 2 * min(upto, 1 - before))


def binomial(rows: int, share: float) -> Null:
    """What chance gives of `rows` that each count with probability `share`."""
    from scipy.special import bdtr

    # Ten standard deviations: what lies beyond is nothing, and a million rows need no million values.
    half = 10 * np.sqrt(rows * share * (1 - share)) + 10
    first, last = max(0, int(rows * share - half)), min(rows, int(rows * share + half))
    return Null(first, np.asarray(bdtr(np.arange(first, last + 1, dtype=float), rows, share)))


def poisson(mean: float) -> Null:
    """What chance gives of independent events of which `mean` are expected."""
    from scipy.special import pdtr

    half = 10 * np.sqrt(mean) + 30
    first = max(0, int(mean - half))
    return Null(first, np.asarray(pdtr(np.arange(first, int(mean + half) + 1, dtype=float), mean)))


def _shares(hits: ArrayLike, rows: ArrayLike) -> tuple[Ints, Ints]:
    k, n = _checks.counts("hits", hits), _checks.counts("rows", rows)
    _checks.same_length(hits=k, rows=n)
    _checks.counts("rows less hits", n - k)
    return k, n


def draw(
    names: Sequence[str] | None, count: Ints, size: Floats, expected: Floats, interval: tuple[Floats, Floats], centre: float,
    nulls: Sequence[Null], variance: Floats, level: float, outer: float | None, *, scale: Floats, enough: NDArray[np.bool_],
    adjusted: bool = False,
) -> Funnel:  # fmt: skip
    """Set areas within their limits; `scale` turns a count into a value. Called by the functions that make the limits."""
    from scipy.special import gammaincc

    _checks.between("level", level, 0, 1)
    held = size > 0
    areas = int(held.sum())
    beyond = level ** (1 / max(areas, 1)) if outer is None else outer
    _checks.between("outer", beyond, 0, 1)
    called = tuple(names) if names is not None else tuple(str(at + 1) for at in range(len(count)))
    if len(called) != len(count):
        raise InvalidInput("lists differ in length", found=f"names {len(called)}, counts {len(count)}")

    def limits(coverage: float) -> tuple[Floats, Floats]:
        ends = np.array([null.within((1 - coverage) / 2) for null in nulls], dtype=float).reshape(-1, 2)
        return np.where(held, ends[:, 0], np.nan), np.where(held, ends[:, 1], np.nan)

    inner, wide = limits(level), limits(beyond)
    value = np.where(held, count * scale, np.nan)
    p = np.array([null.two_sided(int(k)) if some else 1.0 for null, k, some in zip(nulls, count, held, strict=True)])
    outside = (count < wide[0]) | (count > wide[1])
    verdict: list[Verdict] = [
        ("above" if k > e else "below") if far else "as the others" if sure else "not enough data"
        for k, e, far, sure in zip(count, expected, outside, enough & held, strict=True)
    ]
    vary = held & (variance > 0)
    squares = float(np.sum((count[vary] - expected[vary]) ** 2 / variance[vary]))
    free = int(vary.sum()) - 1
    dispersion, chance = (squares / free, float(gammaincc(free / 2, squares / 2))) if free > 0 else (np.nan, np.nan)
    most = 1.0 if adjusted else np.inf  # no share is more than all, whatever the mix
    low, high = (np.minimum(np.where(held, end, np.nan), most) for end in interval)
    lower, upper, wide_lower, wide_upper = (np.minimum(end * scale, most) for end in (*inner, *wide))
    return Funnel(
        called, count, size, expected, np.minimum(value, most), low, high, centre, lower, upper, wide_lower, wide_upper,
        tuple(verdict), p, float(dispersion), chance, level, beyond, adjusted,
    )  # fmt: skip
