"""Hot spots: where, within a stated study area, events gather more than chance would have it.

The study area is part of the question. Over a whole force area a hot-spot test finds the towns; over the cells in which
anything was ever recorded it finds the streets. Points that a publisher has moved to shared map points (police.uk) support
statements on areas of several hundred metres, never on addresses.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from peelian.analysis import _checks
from peelian.analysis.rates import share_interval
from peelian.core.errors import InvalidInput

Scheme = Literal["exact whole-map", "whole-map", "conditional"]

# Whole maps shuffled at once; with 50,000 cells and whole numbers a block and its sums take 20 MB.
_BLOCK = 32
# Pairs of event and grid point weighed at once in a density; about 100 MB.
_PAIRS = 4_000_000
# Neighbours up to which the exact p-values stay within the range of floating point.
_MOST = 500


@dataclass(frozen=True)
class Grid:
    """Square cells on the national grid: the study area.

    Attributes
    ----------
    cell : float
        Side in metres.
    column, row : ndarray of int, shape (n,)
        Cell (0, 0) has its south-west corner at the origin of the national grid. Sorted by column, then row.
    """

    cell: float
    column: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.column)

    @property
    def centres(self) -> NDArray[np.float64]:
        """Easting and northing of each cell's centre, in metres, shape (n, 2)."""
        return np.asarray((np.column_stack([self.column, self.row]) + 0.5) * self.cell)

    @property
    def square_km(self) -> float:
        """Area studied."""
        return len(self) * (self.cell / 1_000) ** 2

    def find(self, column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the position of each cell, or -1 where it is outside the study area."""
        # One number a cell, in the sorting order of the cells. Wide enough for neighbours that lie just outside.
        base = min(self.row.min(), row.min(initial=0))
        width = max(self.row.max(), row.max(initial=0)) - base + 1
        own, asked = self.column * width + self.row - base, column * width + row - base
        at = np.minimum(np.searchsorted(own, asked), len(own) - 1)
        return np.where(own[at] == asked, at, -1)

    def count(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], int]:
        """Count events by cell, and those outside the study area.

        Examples
        --------
        >>> grid = study_area([100, 300], [100, 100], cell=250)
        >>> counts, outside = grid.count([10, 20, 9_999], [10, 20, 9_999])
        >>> counts.tolist(), outside
        ([2, 0], 1)
        """
        at = self.find(*_cells(_checks.points(x, y), self.cell))
        return np.bincount(at[at >= 0], minlength=len(self)), int((at < 0).sum())


def _cells(xy: NDArray[np.float64], cell: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    column, row = np.floor(xy / cell).astype(np.int64).T
    return column, row


def study_area(x: ArrayLike, y: ArrayLike, *, cell: float = 250) -> Grid:
    """Return the cells in which any of these events was recorded.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres of **all** recorded events, of every kind: they show where people are.
    cell : float, default 250
        Side of a cell in metres.

    Raises
    ------
    InvalidInput
        If there is no event, a coordinate is missing, or the cell has no size.

    Examples
    --------
    >>> len(study_area([100, 120, 300], [100, 130, 100]))
    2
    """
    xy = _checks.points(x, y)
    if not len(xy):
        raise InvalidInput("a study area needs one recorded event at least", fix="widen the period or the area")
    _checks.positive("cell", [cell])
    column, row = np.unique(np.column_stack(_cells(xy, cell)), axis=0).T
    return Grid(float(cell), column, row)


def neighbours(grid: Grid, *, band: float = 400) -> csr_array:
    """Return which cells have their centres within a distance of each other, a cell itself among them.

    Parameters
    ----------
    grid : Grid
    band : float, default 400
        Metres between centres; exactly `band` counts as near.

    Returns
    -------
    csr_array, shape (n, n)
        Ones.

    Examples
    --------
    >>> neighbours(study_area([100, 300, 900], [100, 100, 100])).toarray().tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    _checks.positive("band", [band])
    reach = int(band // grid.cell)
    steps = range(-reach, reach + 1)
    offsets = [(a, b) for a in steps for b in steps if grid.cell**2 * (a * a + b * b) <= band**2]
    found = np.column_stack([grid.find(grid.column + a, grid.row + b) for a, b in offsets])
    cell, offset = np.nonzero(found >= 0)
    return csr_array((np.ones(len(cell)), (cell, found[cell, offset])), shape=(len(grid), len(grid)))


def _local(values: ArrayLike, near: csr_array) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return checked values, neighbours of each cell, and the sum over them."""
    x = _checks.numbers("values", values)
    if near.shape != (len(x), len(x)) or (near.data != 1).any():
        raise InvalidInput(
            "neighbours must be ones, a row and a column a cell", found=f"{near.shape} for {len(x)} cells"
        )
    return x, np.diff(near.indptr).astype(np.int64), near @ x


def getis_ord(values: ArrayLike, near: csr_array) -> NDArray[np.float64]:
    """Return the Getis-Ord Gi* z-score of each cell.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Count or harm in each cell.
    near : csr_array, shape (n, n)
        From `neighbours`: ones, each cell a neighbour of itself.

    Returns
    -------
    ndarray of float, shape (n,)
        Not a number where nothing can be said: all cells alike, or every cell a neighbour.

    Raises
    ------
    InvalidInput
        If a value is missing or the shapes differ.

    References
    ----------
    Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics: distributional issues and an application.
    Geographical Analysis 27(4), 286-306.

    Examples
    --------
    >>> near = neighbours(study_area([100, 350, 900, 1_200, 2_000], [100] * 5))
    >>> getis_ord([4, 5, 0, 1, 0], near).round(3).tolist()
    [1.946, 1.946, -1.168, -1.168, -0.953]
    """
    x, k, total = _local(values, near)
    n = len(x)
    spread = x.std() * np.sqrt(k * (n - k) / max(n - 1, 1))
    # Values that are all alike leave a spread of rounding errors only.
    sound = spread > 1e-12 * np.abs(x).max(initial=0)
    return np.asarray(np.divide(total - x.mean() * k, spread, out=np.full(n, np.nan), where=sound))


def exact_p(counts: ArrayLike, near: csr_array) -> NDArray[np.float64]:
    """Return the share of **all** shuffles of the whole map that give a cell at least its local sum.

    What `whole_map_p` approaches with ever more permutations, without their noise and without their smallest p-value of
    1 / (permutations + 1), so that it can stand beside a correction for thousands of cells. For counts only.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
    near : csr_array, shape (n, n)
        From `neighbours`.

    Returns
    -------
    ndarray of float, shape (n,)
        Upper tail.

    Raises
    ------
    InvalidInput
        If a value is not a count, the shapes differ, or a cell has more than 500 neighbours.

    Notes
    -----
    A shuffle deals k of the n counts to a cell and its neighbours. The number of ways in which k counts add up to s is the
    coefficient of t^k z^s in the product, over the distinct counts v held by m cells, of (1 + t z^v)^m; the product is
    built up one v at a time.

    Examples
    --------
    Of the six ways to deal 3, 0, 0, 1 to pairs of cells, one gives 4 and three give 3 or more.

    >>> near = neighbours(study_area([100, 300, 900, 1_100], [100] * 4))
    >>> exact_p([3, 1, 0, 0], near).round(3).tolist()
    [0.167, 0.167, 1.0, 1.0]
    """
    x = _checks.counts("counts", counts)
    _, k, total = _local(x, near)
    if k.max(initial=0) > _MOST:
        raise InvalidInput(
            f"a cell has more than {_MOST} neighbours",
            found=f"{k.max()}",
            fix='a shorter band, larger cells, or the scheme "whole-map"',
        )
    ways = _ways(x, int(k.max(initial=0)))
    # Summed from the small end, so that a tail of 1e-12 keeps its digits.
    tail = np.cumsum(ways[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(tail[k, total.astype(np.int64)] / tail[k, 0])


def _ways(x: NDArray[np.int64], most: int) -> NDArray[np.float64]:
    """Return how likely it is that j cells are taken and add up to s, as an array of shape (most + 1, largest s + 1).

    Each cell is taken with probability most / n. Given that j were taken, every choice of j is equally likely.
    """
    from scipy.special import gammaln, xlog1py, xlogy

    share = most / len(x)
    largest = int(np.sort(x)[len(x) - most :].sum())
    ways = np.zeros((most + 1, largest + 1))
    ways[0, 0] = 1.0
    for value, held in zip(*np.unique(x, return_counts=True), strict=True):
        j = np.arange(min(most, held, largest // value if value else held) + 1)
        choices = gammaln(held + 1) - gammaln(j + 1) - gammaln(held - j + 1)
        taken = np.exp(choices + xlogy(j, share) + xlog1py(held - j, -share))
        grown = ways * taken[0]
        for n in j[1:]:
            step = n * value
            grown[n:, step:] += ways[: most + 1 - n, : largest + 1 - step] * taken[n]
        ways = grown
    return ways


def whole_map_p(
    values: ArrayLike, near: csr_array, *, rng: np.random.Generator, permutations: int = 999
) -> NDArray[np.float64]:
    """Return each cell's p-value when the values of the **whole map** are shuffled.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Whole numbers are kept as such and take half the time.
    near : csr_array, shape (n, n)
        From `neighbours`.
    rng : numpy.random.Generator
    permutations : int, default 999

    Returns
    -------
    ndarray of float, shape (n,)
        (1 + shuffles with a local sum as large) / (1 + permutations): upper tail, never 0.

    Raises
    ------
    InvalidInput
        If a value is missing or the shapes differ.

    Examples
    --------
    >>> near = neighbours(study_area([100, 300, 900, 1_100], [100] * 4))
    >>> whole_map_p([3, 1, 0, 0], near, rng=np.random.default_rng(1), permutations=1999).round(1).tolist()
    [0.2, 0.2, 1.0, 1.0]
    """
    x, _, total = _local(values, near)
    whole = bool((x == np.rint(x)).all() and np.abs(x).sum() < 2**31)
    kind: type[np.int32 | np.float64] = np.int32 if whole else np.float64
    ones, x = near.astype(kind), x.astype(kind)
    # Real values add up in another order in each shuffle: a sum that differs in the last bits counts as equal.
    limit = (total - (0 if whole else 1e-9 * (np.abs(x).max(initial=0) + np.abs(total)))).astype(kind)

    def as_large(work: tuple[int, np.random.Generator]) -> NDArray[np.int64]:
        size, generator = work
        shuffled = np.array([x[generator.permutation(len(x))] for _ in range(size)])
        sums = ones @ np.ascontiguousarray(shuffled.T)
        return np.asarray(np.count_nonzero(sums >= limit[:, None], axis=1))

    sizes = [min(_BLOCK, permutations - start) for start in range(0, permutations, _BLOCK)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        larger = sum(pool.map(as_large, zip(sizes, rng.spawn(len(sizes)), strict=True)))
    return np.asarray((1 + larger) / (1 + permutations))


def conditional_p(
    values: ArrayLike, near: csr_array, *, rng: np.random.Generator, permutations: int = 999
) -> NDArray[np.float64]:
    """Return each cell's p-value when its own value stays and its neighbours' are drawn from the rest of the map.

    Parameters
    ----------
    values, near, rng, permutations
        As `whole_map_p`; each cell must be its own neighbour.

    Returns
    -------
    ndarray of float, shape (n,)
        (1 + draws with a local sum as large) / (1 + permutations): upper tail, never 0.

    Raises
    ------
    InvalidInput
        If a value is missing or the shapes differ.

    Notes
    -----
    One list of cells is drawn a permutation and serves every cell, which leaves itself out of it (as other programs do).
    So a cell differs from the common sums only where it was drawn itself.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis 27(2), 93-115.

    Examples
    --------
    >>> near = neighbours(study_area([100, 300, 900, 1_100], [100] * 4))
    >>> conditional_p([3, 1, 0, 0], near, rng=np.random.default_rng(1), permutations=1999).round(1).tolist()
    [0.3, 0.3, 1.0, 1.0]
    """
    x, k, total = _local(values, near)
    if (near.diagonal() != 1).any():
        raise InvalidInput("in Gi* each cell is a neighbour of itself", fix="take neighbours from neighbours()")
    slack = 1e-9 * (np.abs(x).max(initial=0) + np.abs(total))
    needed = total - x - slack  # what the neighbours must add up to
    others = k - 1
    most = min(int(others.max()) + 1, len(x))
    drawn = np.array([rng.choice(len(x), most, replace=False) for _ in range(permutations)])
    sums = np.cumsum(np.pad(x[drawn], ((0, 0), (1, 0))), axis=1)  # column j: the first j drawn
    larger = np.zeros(len(x), dtype=np.int64)
    for size in np.unique(others):
        cells = np.flatnonzero(others == size)
        ordered = np.sort(sums[:, size])
        larger[cells] = permutations - np.searchsorted(ordered, needed[cells], side="left")
        if size == 0:
            continue
        # Where a cell drew itself, the next one drawn stands in for it.
        who = drawn[:, :size]
        draw, place = np.nonzero(others[who] == size)
        cell = who[draw, place]
        with_self = sums[draw, size]
        without = with_self - x[cell] + x[drawn[draw, size]]
        swapped = (without >= needed[cell]).astype(np.int64) - (with_self >= needed[cell])
        np.add.at(larger, cell, swapped)
    return np.asarray((1 + larger) / (1 + permutations))


def false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that, of the cells called hot, at most a given share is expected to be so by chance.

    Parameters
    ----------
    p : array_like of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        Call hot the cells with an adjusted p-value of at most the share that can be borne.

    Raises
    ------
    InvalidInput
        If a p-value is missing or not between 0 and 1.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B
    57(1), 289-300.

    Examples
    --------
    >>> false_discovery([0.01, 0.02, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.04, 0.04, 0.5]
    """
    values = _checks.numbers("p-values", p)
    if ((values < 0) | (values > 1)).any():
        raise InvalidInput("a p-value lies between 0 and 1", found=f"{values.min():g} to {values.max():g}")
    n = len(values)
    order = np.argsort(values)
    stepped = values[order] * n / np.arange(1, n + 1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum.accumulate(stepped[::-1])[::-1]
    return adjusted


@dataclass(frozen=True)
class HotSpots:
    """Gi* over a study area, with false-discovery control.

    Attributes
    ----------
    grid : Grid
    band : float
        Metres within which cells are neighbours.
    counts : ndarray of int, shape (n,)
    outside : int
        Events outside the study area, not tested.
    z, p, q : ndarray of float, shape (n,)
        Gi* z-score; p-value, upper tail; p-value after false-discovery control.
    level : float
        Share of the hot cells that may be so by chance.
    scheme : str
        How the p-values were found.
    """

    grid: Grid
    band: float
    counts: NDArray[np.int64]
    outside: int
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    level: float
    scheme: Scheme

    @property
    def hot(self) -> NDArray[np.bool_]:
        """Which cells are hot."""
        return self.q <= self.level


def hot_spots(
    x: ArrayLike,
    y: ArrayLike,
    *,
    area: Grid,
    band: float = 400,
    level: float = 0.05,
    scheme: Scheme = "exact whole-map",
    permutations: int = 999,
    rng: np.random.Generator | None = None,
) -> HotSpots:
    """Find the hot cells of a study area.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres of the events asked about.
    area : Grid
        The study area, from `study_area`.
    band : float, default 400
        Metres between centres within which cells are neighbours.
    level : float, default 0.05
        Share of the cells called hot that may be so by chance.
    scheme : {"exact whole-map", "whole-map", "conditional"}
        How p-values are found: over all shuffles of the map, over `permutations` of them, or with each cell's own value held.
    permutations : int, default 999
    rng : numpy.random.Generator, optional
        Needed by the two schemes that shuffle.

    Raises
    ------
    InvalidInput
        If a coordinate is missing, or a scheme that shuffles has no `rng`.

    Notes
    -----
    Gi* asks whether high cells lie together. One cell that stands alone is no cluster, however high: show the cells with the
    highest counts beside the hot ones. P-values from the normal distribution are not offered: counts of crime are so skewed
    that patternless maps of the size of a county gave hot cells every time.

    With a scheme that shuffles, no p-value is below 1 / (permutations + 1), which a correction for thousands of cells seldom
    survives; the exact scheme has no such floor.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> everywhere = rng.uniform(0, 5_000, (4_000, 2))
    >>> gathered = rng.normal(2_500, 100, (60, 2))
    >>> events = np.concatenate([everywhere[:200], gathered])
    >>> found = hot_spots(*events.T, area=study_area(*everywhere.T))
    >>> hot = found.grid.centres[found.hot]
    >>> bool(len(hot) > 0 and np.abs(hot - 2_500).max() < 800)
    True
    """
    counts, outside = area.count(x, y)
    near = neighbours(area, band=band)
    if scheme == "exact whole-map":
        p = exact_p(counts, near)
    elif rng is None:
        raise InvalidInput("shuffling needs a random generator", fix="pass rng=numpy.random.default_rng(seed)")
    else:
        shuffle = whole_map_p if scheme == "whole-map" else conditional_p
        p = shuffle(counts, near, rng=rng, permutations=permutations)
    return HotSpots(area, band, counts, outside, getis_ord(counts, near), p, false_discovery(p), level, scheme)


@dataclass(frozen=True)
class Density:
    """Events per square kilometre at the points of a metre grid.

    Attributes
    ----------
    easting, northing : ndarray of float, shapes (columns,) and (rows,)
    events_per_km2 : ndarray of float, shape (rows, columns)
    bandwidth : float
        Metres over which an event is spread.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    events_per_km2: NDArray[np.float64]
    bandwidth: float


def density(x: ArrayLike, y: ArrayLike, *, bandwidth: float, cell: float) -> Density:
    """Spread each event over its surroundings (quartic kernel) and add up.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres.
    bandwidth : float
        Metres at which an event's weight has fallen to zero.
    cell : float
        Metres between the points of the grid, which covers the events and a bandwidth around them.

    Raises
    ------
    InvalidInput
        If there is no event, a coordinate is missing, a size is not positive, or the grid would have over ten million points.

    Notes
    -----
    A picture, not a test: it always shows peaks. Events beyond the edge of the data are not known, so values near it are low.

    References
    ----------
    Silverman, B. W. (1986). Density estimation for statistics and data analysis, equation 4.5.

    Examples
    --------
    The whole surface holds the one event that made it.

    >>> surface = density([500], [500], bandwidth=200, cell=10)
    >>> float((surface.events_per_km2.sum() * 0.01**2).round(3))
    1.0
    """
    from scipy.spatial import cKDTree

    xy = _checks.points(x, y)
    _checks.positive("bandwidth and cell", [bandwidth, cell])
    if not len(xy):
        raise InvalidInput("a density needs one event at least", fix="widen the period or the area")
    low = np.floor((xy.min(axis=0) - bandwidth) / cell)
    size = (np.ceil((xy.max(axis=0) + bandwidth) / cell) - low).astype(np.int64) + 1
    if size.prod() > 10_000_000:
        raise InvalidInput(
            "the density grid would be too large", found=f"{size[0]} by {size[1]} points", fix="larger cell"
        )
    easting, northing = ((low[i] + np.arange(size[i])) * cell for i in (0, 1))
    tree = cKDTree(np.column_stack([np.tile(easting, size[1]), np.repeat(northing, size[0])]))
    surface = np.zeros(size.prod())
    step = max(1, int(_PAIRS / (np.pi * (bandwidth / cell + 1) ** 2)))
    for start in range(0, len(xy), step):
        near = cKDTree(xy[start : start + step]).sparse_distance_matrix(tree, bandwidth, output_type="ndarray")
        weight = (1 - (near["v"] / bandwidth) ** 2) ** 2
        surface += np.bincount(near["j"], weights=weight, minlength=len(surface))
    surface *= 3 / (np.pi * (bandwidth / 1_000) ** 2)
    return Density(easting, northing, surface.reshape(size[1], size[0]), bandwidth)


@dataclass(frozen=True)
class Accuracy:
    """How well an earlier choice of cells caught later events.

    Attributes
    ----------
    caught, events : int
        Later events in the chosen cells; in the study area.
    cells, all_cells : int
    index, low, high : float
        Predictive accuracy index, share of events over share of area, with its interval. 1 is what chance would give.
    """

    caught: int
    events: int
    cells: int
    all_cells: int
    index: float
    low: float
    high: float


def predictive_accuracy(chosen: ArrayLike, later: ArrayLike, *, level: float = 0.95) -> Accuracy:
    """Return the predictive accuracy index of chosen cells.

    Parameters
    ----------
    chosen : array_like of bool, shape (n,)
        The cells chosen on what was known before; one at least.
    later : array_like of int, shape (n,)
        Events of the period that followed; one at least.
    level : float, default 0.95
        Coverage of the interval, from the exact binomial interval of the share of events.

    Raises
    ------
    InvalidInput
        If no cell is chosen, nothing happened later, or the lists differ in length.

    Notes
    -----
    The interval takes events as independent; where they come in series it is too narrow.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial patterns of crime.
    Security Journal 21, 4-28.

    Examples
    --------
    A quarter of the crime in a tenth of the area.

    >>> predictive_accuracy([True] + [False] * 9, [5, 3, 2, 2, 2, 2, 1, 1, 1, 1]).index
    2.5
    """
    cells, counts = np.asarray(chosen, dtype=bool), _checks.counts("later events", later)
    _checks.same_length(chosen=cells, later=counts)
    if not cells.any() or not counts.any():
        raise InvalidInput(
            "accuracy needs a chosen cell and a later event",
            found=f"{int(cells.sum())} cells chosen, {int(counts.sum())} later events",
        )
    caught, events = int(counts[cells].sum()), int(counts.sum())
    scale = len(cells) / int(cells.sum())
    index, low, high = (float(share[0]) * scale for share in share_interval([caught], [events], level=level))
    return Accuracy(caught, events, int(cells.sum()), len(cells), index, low, high)


@dataclass(frozen=True)
class Comparison:
    """A forecast beside the plain counts of the period before, on the same number of cells.

    Attributes
    ----------
    forecast, plain : Accuracy
    only_forecast, only_plain : int
        Later events caught by one and not by the other.
    p : float
        Two-sided exact p-value that the two catch alike.
    verdict : {"better", "not shown to be better", "worse"}
        Of the forecast, at the stated level.
    """

    forecast: Accuracy
    plain: Accuracy
    only_forecast: int
    only_plain: int
    p: float
    verdict: Literal["better", "not shown to be better", "worse"]


def against_plain_counts(chosen: ArrayLike, before: ArrayLike, later: ArrayLike, *, level: float = 0.95) -> Comparison:
    """Compare chosen cells with the same number of cells that had most events in the preceding period.

    Parameters
    ----------
    chosen : array_like of bool, shape (n,)
    before, later : array_like of int, shape (n,)
        Events of the preceding and of the following period. Of cells with equal counts the earlier in the list is taken.
    level : float, default 0.95

    Raises
    ------
    InvalidInput
        As `predictive_accuracy`.

    Examples
    --------
    >>> result = against_plain_counts([True, False, False], [1, 4, 0], [2, 3, 0])
    >>> result.plain.caught, result.verdict
    (3, 'not shown to be better')
    """
    from scipy.special import bdtr

    cells, earlier = np.asarray(chosen, dtype=bool), _checks.counts("earlier events", before)
    _checks.same_length(chosen=cells, before=earlier)
    plain = np.zeros(len(earlier), dtype=bool)
    plain[np.argsort(-earlier, kind="stable")[: int(cells.sum())]] = True
    forecast, baseline = (predictive_accuracy(which, later, level=level) for which in (cells, plain))
    counts = np.asarray(later)
    ours, theirs = int(counts[cells & ~plain].sum()), int(counts[plain & ~cells].sum())
    p = min(1.0, 2 * float(bdtr(min(ours, theirs), ours + theirs, 0.5))) if ours + theirs else 1.0
    better: Sequence[Literal["better", "worse"]] = ("better", "worse")
    verdict = better[ours < theirs] if p <= 1 - level else "not shown to be better"
    return Comparison(forecast, baseline, ours, theirs, p, verdict)
