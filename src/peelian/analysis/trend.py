"""Trends: has something changed, and by how much, in a monthly series?

A control chart answers the first, a seasonal decomposition the second. Both need two years: with less, a season cannot be
told from a change, and the answer is `NotEnoughData`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Kind = Literal["poisson", "laney", "xmr"]

MONTHS_NEEDED = 24
BASELINE_NEEDED = 12
# Mean range of two standard normal values, 2 / sqrt(pi): turns a mean moving range into a standard deviation.
_D2 = 2 / np.sqrt(np.pi)

RULE_SET = (
    "a point beyond three standard deviations, or eight points in a row on one side of the centre; "
    "on a steady series about one false signal in 153 points (Champ and Woodall 1987)"
)


@dataclass(frozen=True)
class NotEnoughData:
    """The answer to a question that the data held cannot answer.

    Examples
    --------
    >>> str(NotEnoughData(held=7, needed=24))
    'not enough data: 7 months held, 24 needed'
    """

    held: int
    needed: int
    unit: str = "month"

    def __str__(self) -> str:
        return f"not enough data: {self.held} {self.unit}{'s' * (self.held != 1)} held, {self.needed} needed"


@dataclass(frozen=True)
class Signal:
    """A point that does not look like chance: its position (the first is 0) and the rule it breaks."""

    at: int
    rule: Literal["above the limit", "below the limit", "eight above the centre", "eight below the centre"]


@dataclass(frozen=True)
class ControlChart:
    """A series with the limits within which chance alone keeps it.

    Attributes
    ----------
    kind : {"poisson", "laney", "xmr"}
    values : ndarray of float, shape (n,)
        Counts, or counts over exposure where exposure was given.
    centre : float
    lower, upper : ndarray of float, shape (n,)
    baseline : int
        Limits come from this many first points.
    signals : tuple of Signal
    rule_set : str
    """

    kind: Kind
    values: Floats
    centre: float
    lower: Floats
    upper: Floats
    baseline: int
    signals: tuple[Signal, ...]
    rule_set: str = RULE_SET


def control_chart(
    counts: ArrayLike, *, baseline: int, kind: Kind, exposure: ArrayLike | None = None
) -> ControlChart | NotEnoughData:
    """Draw a control chart of monthly counts.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        One a month, without gaps.
    baseline : int
        Number of first months that the limits come from, 12 at least. Choose it before looking, and end it before the change
        that the chart is to show.
    kind : {"poisson", "laney", "xmr"}
        ``poisson``: months vary as independent events would (c or u chart). ``laney``: by a factor more or less than that,
        which the baseline shows; right for most crime. ``xmr``: as the baseline varies from month to month, whatever the
        cause (individuals chart).
    exposure : array_like of float, shape (n,), optional
        Days or person-years of each month. Not for ``xmr``.

    Returns
    -------
    ControlChart or NotEnoughData
        The latter under 24 months.

    Raises
    ------
    InvalidInput
        If a value is not a count, the baseline is shorter than 12 months or longer than the series, or `exposure` is not
        positive, differs in length, or is given with ``xmr``.

    References
    ----------
    Montgomery, D. C. (2013). Introduction to statistical quality control, 7th edition, chapters 6 and 7.
    Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14(4), 531-537.
    Champ, C. W. and Woodall, W. H. (1987). Exact results for Shewhart control charts with supplementary runs rules.
    Technometrics 29(4), 393-399.

    Examples
    --------
    >>> chart = control_chart([20, 24, 18, 22] * 6 + [45], baseline=24, kind="poisson")
    >>> chart.centre, round(float(chart.upper[0]), 1), chart.signals
    (21.0, 34.7, (Signal(at=24, rule='above the limit'),))
    >>> str(control_chart([20, 24, 18], baseline=12, kind="poisson"))
    'not enough data: 3 months held, 24 needed'
    """
    events = _checks.counts("counts", counts).astype(float)
    if exposure is not None and kind == "xmr":
        raise InvalidInput("an individuals chart takes no exposure", fix="pass rates, or choose poisson or laney")
    n = np.ones(len(events)) if exposure is None else _checks.positive("exposure", exposure)
    _checks.same_length(counts=events, exposure=n)
    if len(events) < MONTHS_NEEDED:
        return NotEnoughData(len(events), MONTHS_NEEDED)
    if not BASELINE_NEEDED <= baseline <= len(events):
        raise InvalidInput(
            "the baseline has the wrong length",
            found=f"{baseline} of {len(events)} months",
            matters="limits from a few months are mostly chance themselves",
            fix=f"{BASELINE_NEEDED} months or more, within the series",
        )
    values = events / n
    first = slice(0, baseline)
    centre = float(events[first].sum() / n[first].sum())
    if kind == "xmr":
        sigma = np.full(len(values), np.abs(np.diff(values[first])).mean() / _D2)
    elif kind in ("poisson", "laney"):
        sigma = np.sqrt(centre / n)
        if kind == "laney" and centre > 0:
            z = (values - centre) / sigma
            sigma = sigma * np.abs(np.diff(z[first])).mean() / _D2
    else:
        raise InvalidInput("unknown kind of control chart", found=kind, fix="poisson, laney or xmr")
    lower, upper = centre - 3 * sigma, centre + 3 * sigma
    return ControlChart(
        kind, values, centre, np.maximum(lower, 0), upper, baseline, signals(values, centre, lower, upper)
    )


EIGHT_TOSSES = 0.5**8 * (1 + 1e-9)  # and what rounding adds


def signals(
    values: Floats, centre: float, lower: Floats, upper: Floats, sides: tuple[Floats, Floats] | None = None
) -> tuple[Signal, ...]:
    """Return the points beyond a limit, or eighth or later in a row on one side of the centre.

    `sides` tells how often chance alone falls below and above the centre at each point, half the time without it. Where few events
    make most points fall to one side, the row must be so long that chance gives it no more often than eight tosses of a coin.
    """
    found: list[Signal] = []
    half = np.full(len(values), 0.5)
    below, above = sides or (half, half)
    rows = {"above": 0, "below": 0}
    chance = {"above": 1.0, "below": 1.0}
    for at, value in enumerate(values):
        for side, on, p in (("above", value > centre, above[at]), ("below", value < centre, below[at])):
            rows[side], chance[side] = (rows[side] + 1, chance[side] * p) if on else (0, 1.0)
        if value > upper[at]:
            found.append(Signal(at, "above the limit"))
        if value < lower[at]:
            found.append(Signal(at, "below the limit"))
        if rows["above"] >= 8 and chance["above"] <= EIGHT_TOSSES:
            found.append(Signal(at, "eight above the centre"))
        if rows["below"] >= 8 and chance["below"] <= EIGHT_TOSSES:
            found.append(Signal(at, "eight below the centre"))
    return tuple(found)


@dataclass(frozen=True)
class Part:
    """A part of a series with its interval; arrays of shape (months,)."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Seasonal:
    """A monthly series taken apart: trend + season + rest.

    Attributes
    ----------
    trend, season : Part
        In events a month; the season repeats every twelve months and says how far a month lies above or below the trend.
    rest : ndarray of float, shape (n,)
    change, change_low, change_high : float
        Trend of the last month less that of twelve months before, in events a month.
    level : float
        Coverage of each interval by itself.
    autocorrelation : float
        Of the rest from month to month, as estimated; the higher, the wider the intervals.
    """

    trend: Part
    season: Part
    rest: Floats
    change: float
    change_low: float
    change_high: float
    level: float
    autocorrelation: float


def seasonal(counts: ArrayLike, *, level: float = 0.95) -> Seasonal | NotEnoughData:
    """Take a monthly series apart into trend, season and rest, with intervals.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        One a month, without gaps: counts, rates or harm.
    level : float, default 0.95

    Returns
    -------
    Seasonal or NotEnoughData
        The latter under 24 months.

    Raises
    ------
    InvalidInput
        If a value is missing.

    Notes
    -----
    The parts come from STL with a season that repeats. That is a linear function of the series, so the error of each part
    follows from that of the rest, which is taken as autocorrelated (first order, never negative) with the autocorrelation
    that makes it likeliest. In simulations of two, three and five years the 95 % intervals held the truth in 93 to 100 % of
    cases at an autocorrelation of 0, 92 to 100 % at 0.4 and 88 to 98 % at 0.6 (the lowest with two years). A trend that
    bends within a year cannot be told from a season while only two years are held.

    References
    ----------
    Cleveland, R. B., Cleveland, W. S., McRae, J. E. and Terpenning, I. (1990). STL: a seasonal-trend decomposition procedure
    based on loess. Journal of Official Statistics 6(1), 3-73.

    Examples
    --------
    >>> result = seasonal([30, 20] * 18)
    >>> result.season.value[:2].round(1).tolist(), abs(round(result.change, 6))
    ([5.0, -5.0], 0.0)
    >>> str(seasonal([30, 20]))
    'not enough data: 2 months held, 24 needed'
    """
    from scipy.special import stdtrit

    y = _checks.numbers("counts", counts)
    _checks.between("level", level, 0, 1)
    n = len(y)
    if n < MONTHS_NEEDED:
        return NotEnoughData(n, MONTHS_NEEDED)
    to_trend, to_season = _operators(n)
    rest_of = np.eye(n) - to_trend - to_season
    rest = rest_of @ y
    autocorrelation, noise = _noise(rest, rest_of)
    quantile = float(stdtrit(np.square(rest_of).sum(), (1 + level) / 2))

    def part(operator: Floats) -> Part:
        value = operator @ y
        half = quantile * np.sqrt(np.einsum("ij,jk,ik->i", operator, noise, operator))
        return Part(value, value - half, value + half)

    over_year = part(to_trend[[-1]] - to_trend[[-13]])
    change, low, high = (float(end[0]) for end in (over_year.value, over_year.low, over_year.high))
    return Seasonal(part(to_trend), part(to_season), rest, change, low, high, level, autocorrelation)


@lru_cache(maxsize=8)
def _operators(n: int) -> tuple[Floats, Floats]:
    """Return the matrices that turn a series of n months into its trend and its season."""
    from statsmodels.tsa.seasonal import STL  # seconds to import

    def take_apart(series: Floats) -> tuple[Floats, Floats]:
        # A seasonal window far longer than the series: each month has one value for all years.
        fitted = STL(series, period=12, seasonal=10 * n + 1, seasonal_deg=0).fit(inner_iter=5, outer_iter=0)
        return fitted.trend, fitted.seasonal

    trends, seasons = zip(*(take_apart(month) for month in np.eye(n)), strict=True)
    return np.column_stack(trends), np.column_stack(seasons)


def _noise(rest: Floats, rest_of: Floats) -> tuple[float, Floats]:
    """Return the autocorrelation that makes the rest likeliest, and the covariance of the series about its parts.

    `rest_of` maps a series to its rest. What the parts took up, wholly or nearly so, is left out (a restricted likelihood):
    there a bend of the trend would pass for autocorrelation.
    """
    from scipy.linalg import toeplitz

    n = len(rest)
    left, strength, _ = np.linalg.svd(rest_of)
    basis = left[:, strength > 0.1].T
    seen, size = basis @ rest, len(basis)
    if np.abs(seen).max() < 1e-9 * (1 + np.abs(rest).max()):
        return 0.0, np.zeros((n, n))

    def fit(correlation: float) -> tuple[float, float, float, Floats]:
        shape = toeplitz(correlation ** np.arange(n))
        spread = basis @ rest_of @ shape @ rest_of.T @ basis.T
        variance = float(seen @ np.linalg.solve(spread, seen)) / size
        likelihood = -(size * np.log(variance) + np.linalg.slogdet(spread)[1]) / 2
        return float(likelihood), float(correlation), variance, shape

    # The correlation comes before the matrix, so that two equal likelihoods still compare.
    _, autocorrelation, variance, shape = max(fit(c) for c in np.arange(0, 0.85, 0.1))
    return autocorrelation, variance * shape
