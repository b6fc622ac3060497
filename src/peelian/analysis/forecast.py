"""Forecasts of counts by place: what was recorded last year, an average of the recent past, and one smoothed model.

The model is the least that may do better than last year's counts: the share of each place, shrunk towards the mean of all places
as far as its count is small; times season and trend, which are those of all places together. Whether it does better is not taken on
trust: see `peelian.analysis.backtest`. It speaks of places and counts, never of persons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_HARMONICS = 2
# Prior standard deviations, on the log scale, of the trend of a year and of each seasonal term: mild, so that two years of a small
# town do not make a steep trend. Design values.
_TREND, _SEASON = 0.2, 0.3
_ROUNDS = 50


@dataclass(frozen=True)
class Periods:
    """Months or weeks without a gap, from the one that begins on `first`."""

    kind: Literal["month", "week"]
    first: date

    @property
    def per_year(self) -> int:
        """12 months, or 52 weeks."""
        return 12 if self.kind == "month" else 52

    def start(self, n: int) -> date:
        """First day of the n-th period; the first is number 0.

        >>> Periods("month", date(2025, 11, 1)).start(3)
        datetime.date(2026, 2, 1)
        """
        if self.kind == "week":
            return self.first + timedelta(weeks=n)
        month = self.first.year * 12 + self.first.month - 1 + n
        return date(month // 12, month % 12 + 1, 1)

    def days(self, n: int) -> Floats:
        """Length of each of the first n periods in days."""
        return np.diff([self.start(i).toordinal() for i in range(n + 1)]).astype(float)

    def season(self, n: int) -> Floats:
        """Middle of each of the first n periods, as a part of its year."""
        middles = [self.start(i) + (self.start(i + 1) - self.start(i)) / 2 for i in range(n)]
        return np.array([(day.timetuple().tm_yday - 1) / 365.25 for day in middles])


@dataclass(frozen=True)
class Prediction:
    """Expected count of each place in the periods ahead, all together.

    Attributes
    ----------
    mean : ndarray of float, shape (places,)
    size : ndarray of float, shape (places,)
        The count varies as a negative binomial with this size: variance = mean + mean² / size. Infinite for a Poisson.
    """

    mean: Floats
    size: Floats

    def interval(self, level: float = 0.95) -> tuple[Counts, Counts]:
        """Counts between which the coming one lies with at least this probability."""
        from scipy.stats import nbinom

        size = np.minimum(self.size, 1e9)
        chance = size / (size + np.maximum(self.mean, 1e-12))
        return tuple(nbinom.ppf([[(1 - level) / 2], [(1 + level) / 2]], size, chance).astype(np.int64))

    def distribution(self, counts: ArrayLike) -> Floats:
        """Probability that the coming count is not above this one; zero for -1."""
        from scipy.stats import nbinom

        size = np.minimum(self.size, 1e9)
        return np.asarray(nbinom.cdf(counts, size, size / (size + np.maximum(self.mean, 1e-12))))


Method = Callable[[Counts, Periods, int], Prediction]


def checked(counts: ArrayLike, horizon: int, *, least: int = 1) -> Counts:
    """Counts of shape (places, periods), with `least` periods or more.

    Raises
    ------
    InvalidInput
        If they are no table of whole numbers of zero or more, too short, or nothing is to be forecast.
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or not table.size:
        raise InvalidInput("a forecast needs a table of places by periods", found=f"{table.ndim} dimensions")
    if not (np.isfinite(table) & (table >= 0) & (table == np.floor(table))).all():
        raise InvalidInput("the table holds something that is not a count", matters="a missing month is not zero")
    if horizon < 1:
        raise InvalidInput("a forecast looks one period ahead at least", found=str(horizon))
    if table.shape[1] < least:
        raise InvalidInput("too few periods are held", found=f"{table.shape[1]}", fix=f"{least} or more are needed")
    return table.astype(np.int64)


def _poisson(mean: Floats) -> Prediction:
    return Prediction(mean, np.full(len(mean), np.inf))


def same_period_last_year(counts: ArrayLike, periods: Periods, horizon: int) -> Prediction:
    """What was recorded in the same months or weeks a year before.

    Examples
    --------
    >>> same_period_last_year([list(range(24))], Periods("month", date(2024, 1, 1)), 2).mean.tolist()
    [25.0]
    """
    table = checked(counts, horizon, least=periods.per_year)
    ahead = np.arange(horizon) % periods.per_year - periods.per_year
    return _poisson(table[:, ahead].sum(axis=1).astype(float))


def mean_of_last_year(counts: ArrayLike, periods: Periods, horizon: int) -> Prediction:
    """The mean of the last year, a moving average: of places with small counts it knows more than one month of theirs.

    Examples
    --------
    >>> mean_of_last_year([[0] * 12 + [3] * 12], Periods("month", date(2024, 1, 1)), 2).mean.tolist()
    [6.0]
    """
    table = checked(counts, horizon, least=periods.per_year)
    return _poisson(horizon * table[:, -periods.per_year :].mean(axis=1))


def weighted_average(counts: ArrayLike, periods: Periods, horizon: int) -> Prediction:
    """An average in which each period counts for less the longer ago it is, by half in half a year (EWMA).

    Examples
    --------
    >>> weighted_average([[2] * 12], Periods("month", date(2024, 1, 1)), 3).mean.round(6).tolist()
    [6.0]
    """
    table = checked(counts, horizon)
    weight = 0.5 ** (np.arange(table.shape[1])[::-1] / (periods.per_year / 2))
    return _poisson(horizon * (table @ weight) / weight.sum())


def smoothed(counts: ArrayLike, periods: Periods, horizon: int) -> Prediction:
    """Share of each place, shrunk, times season and trend of all places.

    Parameters
    ----------
    counts : array_like of int, shape (places, periods)
        A year at least; two to tell a season from a change.
    periods : Periods
    horizon : int
        Periods ahead, forecast together.

    Returns
    -------
    Prediction

    Raises
    ------
    InvalidInput
        If the counts cannot be worked with or are of less than a year.

    Notes
    -----
    Totals follow a Poisson regression on trend and two harmonics of the year with the days of each period as exposure and mild normal
    priors. A place's share has a gamma prior whose spread is estimated from all places by moments (empirical Bayes), so a place with
    three events is pulled to the mean and one with three hundred hardly. Periods count for half as much for each year they lie
    back. What a place varies beyond that enters the interval as negative-binomial dispersion.

    References
    ----------
    Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks for use in disease mapping.
    Biometrics 43(3), 671-681.
    """
    table = checked(counts, horizon, least=periods.per_year)
    places, held = table.shape
    weight = 0.5 ** (np.arange(held)[::-1] / periods.per_year)
    expected = _totals(table.sum(axis=0), periods, horizon, weight)
    past, ahead = expected[:held], expected[held:]
    seen, exposure = table @ weight, float(past @ weight)
    # Counts under weights vary less than Poisson ones by this factor.
    lent = shrinkage(seen, float(past @ weight**2) / max(exposure, 1e-12))
    share = (seen + lent) / (exposure + places * lent)
    fitted = np.outer(share, past)
    extra = (weight * ((table - fitted) ** 2 - table)).sum() / max(float((weight * fitted**2).sum()), 1e-12)
    spread = 1 / np.maximum(seen + lent, 1e-9) + max(extra, 0.0) / horizon
    return Prediction(share * ahead.sum(), 1 / np.maximum(spread, 1e-9))


METHODS: dict[str, Method] = {
    "same period last year": same_period_last_year,
    "mean of last year": mean_of_last_year,
    "weighted average": weighted_average,
    "model": smoothed,
}
# Last year's counts, in both ways of reading them: a forecast has to be better than each.
BASELINES = ("same period last year", "mean of last year")


def shrinkage(seen: Floats, factor: float) -> float:
    """Events that each place is lent from the mean of all: few where places differ much, many where they are alike.

    `factor` is by how much the counts of like places vary, in place of as much as their mean.
    """
    mean = seen.mean()
    beyond = seen.var() - factor * mean
    if mean <= 0:
        return 1.0
    return float(min(mean**2 / beyond, 1e6) if beyond > 0 else 1e6)


def _totals(total: Counts, periods: Periods, horizon: int, weight: Floats) -> Floats:
    """Expected total of each period held and ahead, by penalised Poisson regression."""
    held, n = len(total), len(total) + horizon
    if not total.any():
        return np.zeros(n)
    turn = 2 * np.pi * np.outer(periods.season(n), np.arange(1, _HARMONICS + 1))
    time = (np.arange(n) - held + 1) / periods.per_year
    design = np.column_stack([np.ones(n), time, np.cos(turn), np.sin(turn)])
    precision = np.array([0.0, 1 / _TREND**2, *[1 / _SEASON**2] * (2 * _HARMONICS)])
    days = periods.days(n)
    x, y, offset = design[:held], total.astype(float), np.log(days)
    dispersion = 1.0
    for _ in range(2):  # once to see how much totals vary, once with priors weighed against that
        beta = np.zeros(design.shape[1])
        beta[0] = np.log(y.sum() / days[:held].sum())
        for _ in range(_ROUNDS):
            mean = np.exp(x @ beta + offset[:held])
            slope = x.T @ (weight * (y - mean)) / dispersion - precision * beta
            curve = (x.T * (weight * mean)) @ x / dispersion + np.diag(precision)
            step = np.linalg.solve(curve, slope)
            beta = beta + step
            if np.abs(step).max() < 1e-9:
                break
        pearson = (weight * (y - mean) ** 2 / mean).sum() / weight.sum()
        dispersion = max(1.0, float(pearson) * held / max(held - len(beta), 1))
    return np.asarray(np.exp(design @ beta + offset))
