"""Getis-Ord Gi*: do high cells lie together? Its z-scores, p-values under shuffled maps, and false-discovery control.

Cells are neighbours as a sparse matrix of ones says, each cell a neighbour of itself (`hot_spots.neighbours` makes one).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

# Whole maps shuffled at once; with 50,000 cells and whole numbers a block and its sums take 20 MB.
_BLOCK = 32
# Neighbours up to which the exact p-values stay within the range of floating point.
_MOST = 500


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
    >>> from peelian.analysis.hot_spots import neighbours, study_area
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
    Of the six pairs that 3, 1, 0 and 0 can be dealt to two cells in, one adds up to 4.

    >>> from peelian.analysis.hot_spots import neighbours, study_area
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
    >>> from peelian.analysis.hot_spots import neighbours, study_area
    >>> near = neighbours(study_area([100, 300, 900, 1_100], [100] * 4))
    >>> whole_map_p([3, 1, 0, 0], near, rng=np.random.default_rng(1), permutations=1999).round(1).tolist()
    [0.2, 0.2, 1.0, 1.0]
    """
    x, k, total = _local(values, near)
    whole = bool((x == np.rint(x)).all())
    # The narrowest numbers that hold every sum: less to move, more at once.
    bound = k.max(initial=0) * np.abs(x).max(initial=0)
    kind = np.dtype(np.int16 if whole and bound < 2**15 else np.int32 if whole and bound < 2**31 else np.float64)
    ones, x = near.astype(kind), x.astype(kind)
    # Real values add up in another order in each shuffle: a sum that differs in the last bits counts as equal.
    limit = (total - (0 if whole else 1e-9 * (np.abs(x).max(initial=0) + np.abs(total)))).astype(kind)

    held = x[x != 0]

    def as_large(work: tuple[int, np.random.Generator]) -> NDArray[np.int64]:
        size, generator = work
        shuffled = np.zeros((size, len(x)), kind)
        for one_map in shuffled:
            # Only what is not zero needs a place: two to four times as fast as permuting the map.
            one_map[generator.choice(len(x), len(held), replace=False)] = held
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
    >>> from peelian.analysis.hot_spots import neighbours, study_area
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
