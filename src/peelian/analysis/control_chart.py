"""Control charts of measures: has a share, a rate or a value changed by more than it always varies?

Limits come from the first points, the baseline, chosen before looking. Fewer than twelve give no limits: the answer is
`NotEnoughData`. Charts of monthly crime counts with their season are in `trend`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.analysis.funnel import Null, binomial, poisson
from peelian.analysis.trend import NotEnoughData, Signal, signals
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Kind = Literal["p", "u", "xmr"]

POINTS_NEEDED = 12
TAIL = 0.00135  # beyond three standard deviations of a normal distribution, on one side
RULES = (
    "a point beyond the limits (chance passes each side in at most 0.135 % of points), or eight points in a row on one side of "
    "the centre (more where events are so few that chance alone falls to that side more often than not); a point without rows is "
    "passed over"
)
# Mean range of two standard normal values is 2 / sqrt(pi), so three standard deviations are 2.66 mean ranges.
_TO_LIMIT = 3 * np.sqrt(np.pi) / 2


@dataclass(frozen=True)
class MeasureChart:
    """A measure over time with the limits within which chance alone keeps it.

    Attributes
    ----------
    kind : {"p", "u", "xmr"}
    values : ndarray of float, shape (n,)
        Shares, rates or values; NaN where a point has no rows.
    centre : float
    lower, upper : ndarray of float, shape (n,)
        NaN where a point has no rows.
    baseline : int
        Limits come from this many first points.
    signals : tuple of Signal
        Positions count all points, those without rows too.
    rules : str
        What counts as a signal.
    """

    kind: Kind
    values: Floats
    centre: float
    lower: Floats
    upper: Floats
    baseline: int
    signals: tuple[Signal, ...]
    rules: str = RULES


def p_chart(hits: ArrayLike, rows: ArrayLike, *, baseline: int | None = None) -> MeasureChart | NotEnoughData:
    """Draw the control chart of a share.

    Parameters
    ----------
    hits, rows : array_like of int, shape (n,)
        One a point of time: how many of its rows count as a hit. A point may have no row.
    baseline : int, optional
        Number of first points that the limits come from: those before the change that the chart is to show. Without it, all.

    Returns
    -------
    MeasureChart or NotEnoughData
        The latter if fewer than 12 points of the baseline have a row.

    Raises
    ------
    InvalidInput
        If a value is not a count, there are more hits than rows, or the baseline is longer than the series.

    Notes
    -----
    Limits are exact: quantiles of the binomial distribution for the rows of each point; a count on a limit is inside. They are
    right where points vary by chance alone; with thousands of rows a point, or people who come again and again, use
    :func:`xmr_chart` of the shares.

    References
    ----------
    Montgomery, D. C. (2013). Introduction to statistical quality control, 7th edition, section 7.2.

    Examples
    --------
    >>> chart = p_chart([18, 17, 19, 18] * 3 + [10], [20] * 13, baseline=12)
    >>> chart.centre, round(float(chart.lower[0]), 3), chart.signals
    (0.9, 0.65, (Signal(at=12, rule='below the limit'),))
    >>> str(p_chart([18, 17], [20, 20]))
    'not enough data: 2 points held, 12 needed'
    """
    k, n = _checks.counts("hits", hits), _checks.counts("rows", rows)
    _checks.same_length(hits=k, rows=n)
    _checks.counts("rows less hits", n - k)
    first = _baseline(baseline, n > 0)
    if isinstance(first, NotEnoughData):
        return first
    centre = float(k[:first].sum() / n[:first].sum())
    scale = 1 / np.maximum(n, 1).astype(np.float64)
    nulls = [binomial(int(size), centre) for size in n]
    lower, upper = _exact(nulls, scale)
    sides = _sides(nulls, centre * n.astype(np.float64))
    return _chart("p", k * scale, n > 0, centre, lower, upper, first, sides)


def u_chart(
    events: ArrayLike, exposure: ArrayLike, *, per: float = 1, baseline: int | None = None
) -> MeasureChart | NotEnoughData:
    """Draw the control chart of a rate or, with an exposure of one, of a count.

    Parameters
    ----------
    events : array_like of int, shape (n,)
        One a point of time.
    exposure : array_like of float, shape (n,)
        Days, cases or person-years of each point; greater than zero.
    per : float, default 1
        Exposure that one unit of the rate stands for.
    baseline : int, optional
        As in :func:`p_chart`.

    Returns
    -------
    MeasureChart or NotEnoughData
        The latter if the baseline has fewer than 12 points.

    Raises
    ------
    InvalidInput
        If a value is not a count, an exposure is not positive, or the baseline is longer than the series.

    Notes
    -----
    Limits are exact quantiles of the Poisson distribution; a count on a limit is inside.

    References
    ----------
    Montgomery, D. C. (2013). Introduction to statistical quality control, 7th edition, section 7.3.

    Examples
    --------
    >>> chart = u_chart([4, 6, 5, 5] * 3 + [15], [10] * 13, baseline=12)
    >>> chart.centre, chart.signals
    (0.5, (Signal(at=12, rule='above the limit'),))
    """
    k, n = _checks.counts("events", events), _checks.positive("exposure", exposure)
    _checks.same_length(events=k, exposure=n)
    first = _baseline(baseline, n > 0)
    if isinstance(first, NotEnoughData):
        return first
    centre = float(k[:first].sum() / n[:first].sum())
    nulls = [poisson(float(centre * size)) for size in n]
    lower, upper = _exact(nulls, per / n)
    return _chart("u", k * (per / n), n > 0, per * centre, lower, upper, first, _sides(nulls, centre * n))


def xmr_chart(values: ArrayLike, *, baseline: int | None = None) -> MeasureChart | NotEnoughData:
    """Draw the control chart of single values (individuals and moving range).

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One a point of time, such as a median number of days; NaN where there is none.
    baseline : int, optional
        As in :func:`p_chart`.

    Returns
    -------
    MeasureChart or NotEnoughData
        The latter if the baseline has fewer than 12 values.

    Raises
    ------
    InvalidInput
        If the baseline is longer than the series, or a value is infinite.

    Notes
    -----
    Limits are the mean of the baseline and 2.66 times its mean moving range to either side: as far as the series itself
    varies from point to point, whatever the cause.

    References
    ----------
    Wheeler, D. J. (1993). Understanding variation: the key to managing chaos. SPC Press.
    Shewhart, W. A. (1931). Economic control of quality of manufactured product. Van Nostrand.

    Examples
    --------
    >>> chart = xmr_chart([9, 11, 10, 10] * 3 + [19], baseline=12)
    >>> round(chart.centre, 1), round(float(chart.upper[0]), 1), chart.signals
    (10.0, 12.7, (Signal(at=12, rule='above the limit'),))
    """
    x = np.asarray(values, dtype=float)
    held = ~np.isnan(x)
    _checks.numbers("values", np.where(held, x, 0.0))
    first = _baseline(baseline, held)
    if isinstance(first, NotEnoughData):
        return first
    centre, lower, upper = natural_limits(x[:first][held[:first]])
    return _chart("xmr", x, held, centre, np.full(len(x), lower), np.full(len(x), upper), first)


def natural_limits(values: ArrayLike) -> tuple[float, float, float]:
    """Return the centre and the natural process limits of single values.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Two or more, in order of time.

    Returns
    -------
    centre, lower, upper : float

    Raises
    ------
    InvalidInput
        If a value is missing or there are fewer than two.

    Examples
    --------
    >>> [round(end, 2) for end in natural_limits([10, 12, 10, 12])]
    [11.0, 5.68, 16.32]
    """
    x = _checks.numbers("values", values)
    if len(x) < 2:
        raise InvalidInput("limits need two values at least", found=str(len(x)))
    centre, half = float(x.mean()), float(_TO_LIMIT * np.abs(np.diff(x)).mean())
    return centre, centre - half, centre + half


def _baseline(asked: int | None, held: NDArray[np.bool_]) -> int | NotEnoughData:
    """How many first points the limits come from."""
    first = len(held) if asked is None else asked
    if not 0 <= first <= len(held):
        raise InvalidInput(
            "the baseline is longer than the series", found=f"{first} of {len(held)} points", fix="a baseline within it"
        )
    points = int(held[:first].sum())
    return first if points >= POINTS_NEEDED else NotEnoughData(points, POINTS_NEEDED, "point")


def _exact(nulls: Sequence[Null], scale: Floats) -> tuple[Floats, Floats]:
    # Values are worked out in the same way, count times scale, so that a count on a limit is not moved off it by rounding.
    ends = np.array([null.within(TAIL) for null in nulls], dtype=float)
    return ends[:, 0] * scale, ends[:, 1] * scale


def _sides(nulls: Sequence[Null], centres: Floats) -> tuple[Floats, Floats]:
    ends = np.array([null.sides(float(centre)) for null, centre in zip(nulls, centres, strict=True)])
    return ends[:, 0], ends[:, 1]


def _chart(
    kind: Kind, values: Floats, held: NDArray[np.bool_], centre: float, lower: Floats, upper: Floats, baseline: int,
    sides: tuple[Floats, Floats] | None = None,
) -> MeasureChart:  # fmt: skip
    kept = np.flatnonzero(held)
    told = (sides[0][kept], sides[1][kept]) if sides else None
    found = signals(values[kept], centre, lower[kept], upper[kept], told)
    gap = np.where(held, 0.0, np.nan)
    return MeasureChart(
        kind, values + gap, centre, lower + gap, upper + gap, baseline,
        tuple(Signal(int(kept[one.at]), one.rule) for one in found),
    )  # fmt: skip
