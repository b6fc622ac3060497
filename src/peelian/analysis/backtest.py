"""How good would a forecast have been? Made again and again from what had happened by then, and held against what followed.

Two questions are asked of every method. Of places: of the crime that followed, how much lay in the part of the area that the method
would have watched? Of counts: did the coming count lie where the forecast said? The answer to beat is last year's counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.analysis.forecast import BASELINES, METHODS, Method, Periods, checked
from peelian.analysis.trend import NotEnoughData
from peelian.core.document import Estimate
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Verdict = Literal["better", "not shown to be better", "worse"]

YEARS_TO_FIT = 2  # with one, a season cannot be told from a change
TRIED = {"month": 12, "week": 26}  # periods that forecasts are tried on
LONGEST = 4  # a forecast is tried on four stretches of time at least that do not overlap
SHARES = (0.01, 0.05, 0.1, 0.2)  # of the area
_RESAMPLES = 999
_PIT = 10


@dataclass(frozen=True)
class Score:
    """How one method did, at one share of the area.

    Attributes
    ----------
    hit_rate : Estimate
        Share of the later events in the watched part.
    index : Estimate
        Predictive accuracy index: hit rate over share of the area. 1 is what chance gives.
    efficiency : Estimate
        Prediction efficiency index: hit rate over the most that the same share of the area could have caught.
    """

    hit_rate: Estimate
    index: Estimate
    efficiency: Estimate


@dataclass(frozen=True)
class Backtest:
    """Forecasts of the past, and what followed each.

    Attributes
    ----------
    periods : Periods
    horizon : int
        Periods that each forecast was for, together.
    origins : tuple of int
        Number of the first period that each forecast was for.
    observed : ndarray of int, shape (places, trials)
    expected : mapping of str to ndarray of float, shape (places, trials)
        By method.
    inside : mapping of float to ndarray of bool, shape (places, trials)
        Whether the count lay in the model's interval, by its level.
    pit : ndarray of float, shape (10,)
        Share of the probability-integral transform in each tenth: all 0.1 where the model's distribution is right.
    size : ndarray of float, shape (places,)
        Area of each place, as a share of the whole.
    drawn : ndarray of int, shape (resamples, trials)
        Trials of each resample: blocks in a row, because what one month misses the next often misses too.
    """

    periods: Periods
    horizon: int
    origins: tuple[int, ...]
    observed: NDArray[np.int64]
    expected: Mapping[str, Floats]
    inside: Mapping[float, NDArray[np.bool_]]
    pit: Floats
    size: Floats
    drawn: NDArray[np.intp]

    @property
    def first(self) -> date:
        """First day of what was forecast first."""
        return self.periods.start(self.origins[0])

    @property
    def after(self) -> date:
        """First day after what was forecast last."""
        return self.periods.start(self.origins[-1] + self.horizon)

    @property
    def apart(self) -> float:
        """Stretches of time tried that do not overlap."""
        return TRIED[self.periods.kind] / self.horizon

    @property
    def stretch(self) -> float:
        """By how much an interval from so few stretches of time without overlap has to be wider than its resamples say."""
        from scipy.special import ndtri, stdtrit

        return float(stdtrit(self.apart - 1, 0.975) / ndtri(0.975) * np.sqrt(self.apart / (self.apart - 1)))

    def watched(self, method: str, share: float) -> Floats:
        """How much of each place is watched in each trial, shape (places, trials): its best places up to a share of the area."""
        return np.column_stack([watch(column, self.size, share) for column in self.expected[method].T])

    def caught(self, method: str, share: float) -> Floats:
        """Later events in the watched part, by trial."""
        return np.asarray((self.watched(method, share) * self.observed).sum(axis=0))

    def score(self, method: str, share: float) -> Score:
        """Hit rate, predictive accuracy and efficiency of a method, with intervals over blocks of trials."""
        caught, events = self.caught(method, share), self.observed.sum(axis=0).astype(float)
        most = np.array([watch(column, self.size, share) @ column for column in self.observed.T])
        rate = self.ratio(caught, events)
        return Score(rate, Estimate(rate.value / share, rate.low / share, rate.high / share), self.ratio(caught, most))

    def ahead(self, method: str, baseline: str, share: float) -> Estimate:
        """By how much of the later events one method caught more than another."""
        return self.ratio(self.caught(method, share) - self.caught(baseline, share), self.observed.sum(axis=0))

    def verdict(self, share: float, *, method: str = "model", baselines: Sequence[str] = BASELINES) -> Verdict:
        """Whether a method is better than last year's counts, read in every way listed."""
        ahead = [self.ahead(method, baseline, share) for baseline in baselines]
        if any(a.high < 0 for a in ahead):
            return "worse"
        return "better" if all(a.low > 0 for a in ahead) else "not shown to be better"

    def error(self, method: str) -> Estimate:
        """Root mean squared error of the counts, with its interval."""
        squares = ((self.observed - self.expected[method]) ** 2).mean(axis=0)
        found = self.ratio(squares, np.ones(len(squares)))
        return Estimate(*(float(np.sqrt(max(x, 0.0))) for x in (found.value, found.low, found.high)))

    def coverage(self, level: float) -> Estimate:
        """Share of the counts that lay in the model's interval of this level."""
        return self.ratio(self.inside[level].sum(axis=0), np.full(len(self.origins), len(self.size)))

    def reliability(self, groups: int = 5) -> list[tuple[float, float, Estimate]]:
        """Of groups of forecasts, least to most expected: forecasts, mean expected and mean recorded."""
        expected, rows = self.expected["model"], []
        edges = np.quantile(expected, np.linspace(0, 1, groups + 1))
        at = np.clip(np.searchsorted(edges, expected, side="right") - 1, 0, groups - 1)
        for group in np.unique(at):
            chosen = at == group
            n = chosen.sum(axis=0).astype(float)
            rows.append(
                (float(n.sum()), float(expected[chosen].mean()), self.ratio((self.observed * chosen).sum(axis=0), n))
            )
        return rows  # fmt: skip

    def ratio(self, above: NDArray[np.generic], below: NDArray[np.generic]) -> Estimate:
        """Ratio of two sums over trials with its interval; zero where the lower sum is."""
        a, b = (np.asarray(values, dtype=float) for values in (above, below))
        if not b.sum():
            return Estimate(0.0, 0.0, 0.0)
        under = b[self.drawn].sum(axis=1)
        drawn = a[self.drawn].sum(axis=1)[under > 0] / under[under > 0]
        value, ends = a.sum() / b.sum(), np.quantile(drawn, [0.025, 0.975])
        low, high = value + self.stretch * (ends - value)
        return Estimate(float(value), float(max(low, 0.0) if (a >= 0).all() else low), float(high))


def watch(expected: ArrayLike, size: ArrayLike, share: float) -> Floats:
    """How much of each place to watch: most expected events per area first, until a share of the whole area is used up.

    Parameters
    ----------
    expected, size : array_like of float, shape (places,)
        Expected events; area.
    share : float
        Of the whole area, strictly between 0 and 1.

    Returns
    -------
    ndarray of float, shape (places,)
        From 0 to 1. The last place is watched in part, and places that are tied share what is left evenly, so that the area used
        is the same for every method and no order of the list matters.

    Examples
    --------
    >>> watch([3, 1, 1, 0], [1, 1, 1, 1], 0.5).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    counts, area = np.asarray(expected, dtype=float), np.asarray(size, dtype=float)
    _checks.between("share", share, 0, 1)
    density = counts / area
    order = np.argsort(-density, kind="stable")
    group = np.cumsum(np.diff(density[order], prepend=density[order[0]]) != 0)
    whole = np.bincount(group, weights=area[order])
    left = share * area.sum() - (np.cumsum(whole) - whole)
    part = np.empty(len(counts))
    part[order] = np.clip(left / whole, 0, 1)[group]
    return part


def backtest(
    counts: ArrayLike,
    periods: Periods,
    *,
    horizon: int = 1,
    size: ArrayLike | None = None,
    methods: Mapping[str, Method] = METHODS,
    rng: np.random.Generator,
) -> Backtest | NotEnoughData:
    """Try forecasts on the past: each is made only from what had happened before the periods it is for (rolling origin).

    Parameters
    ----------
    counts : array_like of int, shape (places, periods)
        Without gaps.
    periods : Periods
    horizon : int, default 1
        Periods that each forecast is for, together.
    size : array_like of float, shape (places,), optional
        Area of each place; all alike without it.
    methods : mapping of str to Method
        With the key ``model`` among them.
    rng : numpy.random.Generator
        For intervals.

    Returns
    -------
    Backtest or NotEnoughData
        The latter under two years to begin from and one year (of weeks, half a year) to try on.

    Raises
    ------
    InvalidInput
        If the counts cannot be worked with, an area is not above zero, or `horizon` is over 3 months or 6 weeks.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial patterns of crime. Security
    Journal 21, 4-28 (predictive accuracy index). Hunt, J. M. (2016). Do crime hot spots move? American University (prediction
    efficiency index). Czado, C., Gneiting, T. and Held, L. (2009). Predictive model assessment for count data. Biometrics 65,
    1254-1261 (probability-integral transform of counts).
    """
    table = checked(counts, horizon)
    places, held = table.shape
    area = np.ones(places) if size is None else _checks.positive("size", size)
    _checks.same_length(places=table[:, 0], size=area)
    tried, fit = TRIED[periods.kind], YEARS_TO_FIT * periods.per_year
    if horizon > tried // LONGEST:
        raise InvalidInput(
            f"a forecast looks {tried // LONGEST} {periods.kind}s ahead at most",
            found=str(horizon),
            matters="it could be tried on too few stretches of time to know how good it is",
            id="peelian.E206",
        )
    if held < fit + tried:
        return NotEnoughData(held, fit + tried, periods.kind)
    origins = range(held - tried, held - horizon + 1)
    observed = np.column_stack([table[:, o : o + horizon].sum(axis=1) for o in origins])
    found = {name: [method(table[:, :o], periods, horizon) for o in origins] for name, method in methods.items()}
    inside = {}
    for level in (0.8, 0.95):
        ends = [p.interval(level) for p in found["model"]]
        inside[level] = np.column_stack(
            [(low <= y) & (y <= high) for (low, high), y in zip(ends, observed.T, strict=True)]
        )
    upper, lower = (
        np.column_stack([p.distribution(y - less) for p, y in zip(found["model"], observed.T, strict=True)]).ravel()
        for less in (0, 1)
    )
    edges = np.linspace(0, 1, _PIT + 1)
    # Each count's probability mass is spread evenly from the one value to the other.
    spread = np.clip((edges[:, None] - lower) / np.maximum(upper - lower, 1e-12), 0, 1).mean(axis=1)
    return Backtest(
        periods, horizon, tuple(origins), observed,
        {name: np.column_stack([p.mean for p in predictions]) for name, predictions in found.items()},
        inside, np.diff(spread), area / area.sum(), _blocks(len(origins), max(2, horizon), rng),
    )  # fmt: skip


def _blocks(trials: int, length: int, rng: np.random.Generator) -> NDArray[np.intp]:
    starts = rng.integers(trials, size=(_RESAMPLES, -(-trials // length)))
    return ((starts[:, :, None] + np.arange(length)) % trials).reshape(_RESAMPLES, -1)[:, :trials]
