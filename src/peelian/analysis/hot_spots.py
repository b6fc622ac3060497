"""Hot spots: where, within a stated study area, events gather more than chance would have it.

The study area is part of the question. Over a whole force area a hot-spot test finds the towns; over the cells in which
anything was ever recorded it finds the streets. Points that a publisher has moved to shared map points (police.uk) support
statements on areas of several hundred metres, never on addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from peelian.analysis import _checks
from peelian.analysis.getis_ord import conditional_p, exact_p, false_discovery, getis_ord, whole_map_p
from peelian.analysis.rates import share_interval
from peelian.core.errors import InvalidInput

Scheme = Literal["exact whole-map", "whole-map", "conditional"]


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
