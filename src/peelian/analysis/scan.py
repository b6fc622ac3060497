"""Space-time scan: in which circle of places and which window of time are there more cases than elsewhere and before?

Every circle of nearest places and every window is compared, and the most unlikely ones are named, with a p-value that allows for
having looked at all of them. Two models: the permutation model knows cases only (how many a place has in all and how many a
period has in all are taken as given, so neither a busy place nor a season is ever a finding); the Poisson model compares with
a population, or with counts expected from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks, _cylinders
from peelian.analysis._cylinders import Cylinders, Draw, Floats, Ints
from peelian.core.errors import InvalidInput


@dataclass(frozen=True)
class Cluster:
    """A circle of places and a window of periods with more cases than expected.

    Attributes
    ----------
    places : tuple of int
        Positions, the centre first.
    radius : float
        From the centre to the farthest of them, in the unit of the coordinates.
    first, last : int
        Periods, both within the cluster; 0 is the first.
    observed : int
    expected : float
    relative_risk : float
        Observed over expected inside, divided by the same outside.
    log_likelihood_ratio : float
    p : float
        Chance that the most unlikely cylinder of a map without clusters is as unlikely.
    """

    places: tuple[int, ...]
    radius: float
    first: int
    last: int
    observed: int
    expected: float
    relative_risk: float
    log_likelihood_ratio: float
    p: float


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes
    ----------
    clusters : tuple of Cluster
        The most unlikely first; no two share a place.
    simulated : ndarray of float, shape (permutations,)
        Largest log likelihood ratio of each simulated map.
    cylinders : int
        How many were compared.
    """

    clusters: tuple[Cluster, ...]
    simulated: Floats
    cylinders: int


def space_time_permutation(
    cases: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    prospective: bool = True,
    space: float = 0.5,
    time: float = 0.5,
    strata: ArrayLike | None = None,
    permutations: int = 999,
) -> Scan:
    """Scan for clusters that neither busy places nor busy periods explain.

    Parameters
    ----------
    cases : array_like of int, shape (places, periods)
        Cases at each place in each period.
    x, y : array_like of float, shape (places,)
        Of each place, in one unit (metres).
    rng : numpy.random.Generator
    prospective : bool, default True
        Look only for what goes on in the last period; False for any window.
    space, time : float, default 0.5
        A circle holds at most this share of all cases, a window at most this share of the periods.
    strata : array_like of int, shape (periods,), optional
        Cases are dealt among periods of one stratum only. With calendar months as strata, a season that each place has of its
        own is no finding either.
    permutations : int, default 999

    Returns
    -------
    Scan

    Raises
    ------
    InvalidInput
        If something is not a count, shapes differ, a share is not between 0 and 1, or there are no cases or fewer than two periods.

    Notes
    -----
    Expected counts follow from the totals of place and period, within each stratum; the dates of the cases are dealt out anew
    among them for each permutation. Cases are taken as independent: one event that makes several records (or a series by one
    offender) looks like a cluster, and is one.

    References
    ----------
    Kulldorff, M., Heffernan, R., Hartman, J., Assunção, R. and Mostashari, F. (2005). A space-time permutation scan statistic
    for disease outbreak detection. PLoS Medicine 2(3), e59.

    Examples
    --------
    Three places alike, until the last period.

    >>> scan = space_time_permutation([[4, 4, 4, 9], [4, 4, 4, 1], [4, 4, 4, 2]], [0, 500, 900], [0, 0, 0],
    ...                               rng=np.random.default_rng(1))
    >>> [(c.places, c.first, c.last, c.observed, round(c.expected, 2)) for c in scan.clusters[:1]]
    [((0,), 3, 3, 9, 5.25)]
    """
    table, points = _checked(cases, x, y)
    if table.shape[1] < 2:
        raise InvalidInput("a scan by permutation needs two periods", found=f"{table.shape[1]}", id="peelian.E203")
    groups = np.zeros(table.shape[1], dtype=np.int64) if strata is None else _checks.counts("strata", strata)
    _checks.same_length(strata=groups, periods=table[0])
    windows = _windows(table.shape[1], time, prospective)
    shape = _cylinders.cylinders(points, permutation_expected(table, groups), windows, space=_share("space", space))
    return _scan(shape, table, _cylinders.shuffled(table, windows, groups), permutations=permutations, rng=rng)


def poisson_scan(
    cases: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    expected: ArrayLike,
    rng: np.random.Generator,
    prospective: bool = True,
    space: float = 0.5,
    time: float = 0.5,
    permutations: int = 999,
) -> Scan:
    """Scan for clusters beyond what a population, or an expectation from elsewhere, explains.

    Parameters
    ----------
    cases, x, y, rng, prospective, time, permutations
        As `space_time_permutation`. With one period the scan is purely spatial.
    expected : array_like of float, shape (places, periods)
        People at risk or cases expected, zero or more; only their shares matter.
    space : float, default 0.5
        A circle holds at most this share of all that is expected.

    Returns
    -------
    Scan

    Raises
    ------
    InvalidInput
        As `space_time_permutation`; and if cases stand where nothing is expected.

    References
    ----------
    Kulldorff, M. (1997). A spatial scan statistic. Communications in Statistics: Theory and Methods 26(6), 1481-1496.
    Kulldorff, M. (2001). Prospective time periodic geographical disease surveillance using a scan statistic. Journal of the
    Royal Statistical Society A 164(1), 61-72.

    Examples
    --------
    >>> scan = poisson_scan([[9], [3], [3], [3]], [0, 1, 2, 3], [0, 0, 0, 0], expected=[[1], [1], [1], [1]],
    ...                     rng=np.random.default_rng(1))
    >>> [(c.places, c.observed, c.expected, round(c.relative_risk, 1)) for c in scan.clusters[:1]]
    [((0,), 9, 4.5, 3.0)]
    """
    table, points = _checked(cases, x, y)
    given = np.asarray(expected, dtype=float)
    if given.shape != table.shape or not np.isfinite(given).all() or (given < 0).any():
        raise InvalidInput(
            "expected must be a number of zero or more for each place and period", found=f"{given.shape}"
        )
    if (table[given == 0] > 0).any():
        raise InvalidInput("there are cases where nothing is expected", fix="give each such place its population")
    given = given * (table.sum() / given.sum())
    windows = _windows(table.shape[1], time, prospective)
    shape = _cylinders.cylinders(points, given, windows, space=_share("space", space))
    draw = _cylinders.scattered(given, int(table.sum()), windows)
    return _scan(shape, table, draw, permutations=permutations, rng=rng)


def permutation_expected(cases: Ints, strata: Ints) -> Floats:
    """Expected counts when the dates of cases are dealt among them within each stratum of periods; shape as `cases`."""
    expected = np.zeros(cases.shape)
    for stratum in np.unique(strata):
        columns = np.flatnonzero(strata == stratum)
        part = cases[:, columns]
        expected[:, columns] = part.sum(axis=1, keepdims=True) * part.sum(axis=0) / max(part.sum(), 1)
    return expected


def clusters_of(
    shape: Cylinders, cases: Ints, p: Callable[[float], float], *, level: float = 1.0
) -> tuple[Cluster, ...]:
    """The most unlikely cylinder, then the next that shares no place with one named, while `p` of its ratio is at most `level`."""
    values, inside = _cylinders.likelihood_ratios(shape, _cylinders.in_windows(cases, shape.windows))
    used = np.zeros(len(cases), dtype=bool)
    found: list[Cluster] = []
    while True:
        k, centre, window = (int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
        ratio = float(values[k, centre, window])
        if ratio <= 0 or p(ratio) > level:
            return tuple(found)
        places = tuple(int(i) for i in shape.near[: k + 1, centre])
        first, after = (int(i) for i in shape.windows[window])
        observed, expected = int(inside[k, centre, window]), float(shape.expected[k, centre, window])
        outside = (shape.total - observed) / (shape.total - expected) if shape.total > expected else 0.0
        risk = observed / expected / outside if outside else float("inf")
        radius = float(shape.radius[k, centre])
        found.append(Cluster(places, radius, first, after - 1, observed, expected, risk, ratio, p(ratio)))
        used[list(places)] = True
        values[np.logical_or.accumulate(used[shape.near], axis=0)] = 0


def p_among(simulated: NDArray[np.float64]) -> Callable[[float], float]:
    """P-value of a largest value among simulated ones: upper tail, never 0."""
    ordered = np.sort(simulated)
    return lambda value: float(1 + len(ordered) - np.searchsorted(ordered, value)) / (1 + len(ordered))


def _scan(shape: Cylinders, cases: Ints, draw: Draw, *, permutations: int, rng: np.random.Generator) -> Scan:
    simulated = _cylinders.run(_cylinders.largest(shape, draw, permutations=permutations, rng=rng))
    return Scan(clusters_of(shape, cases, p_among(simulated)), simulated, shape.count)


def _checked(cases: ArrayLike, x: ArrayLike, y: ArrayLike) -> tuple[Ints, Floats]:
    table = np.asarray(cases, dtype=float)
    if table.ndim != 2:
        raise InvalidInput("cases must be a table of places by periods", found=f"{table.ndim} dimensions")
    counted = _checks.counts("cases", table.ravel()).reshape(table.shape)
    points = _checks.points(x, y)
    _checks.same_length(cases=counted, points=points)
    if not counted.any():
        raise InvalidInput("there is no case to scan", fix="widen the area or the period", id="peelian.E203")
    return counted, points


def _share(name: str, value: float) -> float:
    if not 0 < value <= 1:
        raise InvalidInput(f"{name} must be a share above 0, at most 1", found=f"{value:g}")
    return value


def _windows(periods: int, time: float, prospective: bool) -> Ints:
    longest = max(int(periods * _share("time", time) + 1e-9), 1)
    return _cylinders.windows_of(periods, longest, prospective=prospective)
