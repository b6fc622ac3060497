"""Cylinders of a scan: circles of nearest places by windows of time, their likelihood ratios, and the largest of many maps.

The margins of every simulated map are those of the observed one, so what a cylinder is expected to hold is the same in all of
them. Its log likelihood ratio is then a table of the count alone, less a straight line in the count.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)
# A draw of maps: (how many, generator) -> counts of shape (places, windows, how many).
Draw = Callable[[int, np.random.Generator], Ints]

# Counts simulated at once: 300 areas by six windows by 64 maps stay in the processor's cache.
_BLOCK = 120_000
# One case by itself is no cluster (as in SaTScan).
LEAST = 2
# Digits kept of a likelihood ratio: equal cylinders must tie although their expected counts differ in the last bit.
DIGITS = 9


@dataclass(frozen=True)
class Cylinders:
    """Every circle and window that a scan compares.

    Attributes
    ----------
    near : ndarray of int, shape (sizes, places)
        Column i holds the places nearest to place i, itself first.
    radius : ndarray of float, shape (sizes, places)
    open : ndarray of bool, shape (sizes, places)
        Whether the circle of so many places is small enough.
    windows : ndarray of int, shape (windows, 2)
        First period of each window, and the one after its last.
    expected : ndarray of float, shape (sizes, places, windows)
    total : int
        Cases in all.
    """

    near: Ints
    radius: Floats
    open: NDArray[np.bool_]
    windows: Ints
    expected: Floats
    total: int

    @property
    def low(self) -> Floats:
        """Counts up to which a cylinder is no cluster."""
        return np.maximum(self.expected, LEAST - 1)

    @property
    def count(self) -> int:
        """How many cylinders are compared."""
        return int(self.open.sum()) * len(self.windows)


def windows_of(periods: int, longest: int, *, prospective: bool) -> Ints:
    """Windows of 1 to `longest` periods, the shortest first: all, or those that reach the last period."""
    return np.array(
        [
            (first, first + length)
            for length in range(1, longest + 1)
            for first in ([periods - length] if prospective else range(periods - length + 1))
        ],
        dtype=np.int64,
    )


def in_windows(table: NDArray[Number], windows: Ints) -> NDArray[Number]:
    """Sums over windows of the second axis (periods)."""
    edges = np.zeros((table.shape[0], 1, *table.shape[2:]), dtype=table.dtype)
    summed = np.concatenate([edges, np.cumsum(table, axis=1)], axis=1)
    return np.asarray(np.take(summed, windows[:, 1], axis=1) - np.take(summed, windows[:, 0], axis=1))


def cylinders(points: Floats, expected: Floats, windows: Ints, *, space: float) -> Cylinders:
    """Circles round each place, up to a share `space` of all that is expected, by `windows`.

    Of places at one distance the one with the smaller easting, then northing, comes first (as in SaTScan's published results).
    """
    places = len(points)
    order = np.lexsort((points[:, 1], points[:, 0]))
    apart = np.hypot(*(points[:, None, axis] - points[None, order, axis] for axis in (0, 1))).round(6)
    rank = np.argsort(apart, axis=1, kind="stable")
    near, radius = order[rank].T, np.take_along_axis(apart, rank, axis=1).T
    # A place on the very spot of another would otherwise stand before it in its own circle.
    own = np.arange(places)
    at = np.argmax(near == own, axis=0)
    near[at, own], near[0] = near[0], own
    held = expected.sum(axis=1)
    total = held.sum()
    small = np.cumsum(held[near], axis=0) <= space * total * (1 + 1e-12)
    sizes = max(int(small.any(axis=1).sum()), 1)
    near, radius, small = near[:sizes], radius[:sizes], small[:sizes]
    inside = np.cumsum(in_windows(expected, windows)[near], axis=0)
    return Cylinders(near, radius, small, windows, inside, round(float(total)))


def likelihood_ratios(shape: Cylinders, counts: Ints) -> tuple[Floats, Ints]:
    """Log likelihood ratio and count of every cylinder of one map; `counts` has the shape (places, windows)."""
    inside = np.cumsum(counts[shape.near], axis=0)
    table, slope, offset = _parts(shape)
    value = table[inside] - inside * slope - offset
    value[(inside <= shape.low) | ~shape.open[:, :, None]] = 0
    return value.round(DIGITS), inside


def _parts(shape: Cylinders) -> tuple[Floats, Floats, Floats]:
    """Of c ln(c/m) + (N-c) ln((N-c)/(N-m)): what depends on c as a table, and the slope and offset of the rest."""
    n = shape.total
    c = np.arange(n + 1.0)
    rest = np.log(np.maximum(n - shape.expected, 1e-300))
    # A cylinder in which nothing is expected holds nothing in any map.
    slope = np.log(np.where(shape.expected > 0, shape.expected, 1.0)) - rest
    return xlogy(c, c) + xlogy(n - c, n - c), slope, n * rest


def largest(shape: Cylinders, draw: Draw, *, permutations: int, rng: np.random.Generator) -> list[Callable[[], Floats]]:
    """Work that gives the largest likelihood ratio of each of `permutations` simulated maps, a block at a time."""
    table, slope, offset = _parts(shape)
    # A closed circle never wins.
    offset = np.where(shape.open[:, :, None], offset, np.inf)
    slope, offset, low = slope[..., None], offset[..., None], shape.low[..., None]

    def block(size: int, generator: np.random.Generator) -> Floats:
        counts = draw(size, generator)
        inside, more = np.zeros_like(counts), np.empty_like(counts)
        value, line = np.empty(counts.shape), np.empty(counts.shape)
        none = np.empty(counts.shape, dtype=bool)
        best = np.zeros(size)
        for k in range(len(shape.near)):
            np.take(counts, shape.near[k], axis=0, out=more, mode="clip")
            inside += more
            np.take(table, inside, out=value, mode="clip")
            np.multiply(inside, slope[k], out=line)
            value -= line
            value -= offset[k]
            np.less_equal(inside, low[k], out=none)
            np.copyto(value, 0, where=none)
            np.maximum(best, value.max(axis=(0, 1)), out=best)
        return best.round(DIGITS)

    at_once = min(max(_BLOCK // slope[0].size, 8), 64)
    sizes = [min(at_once, permutations - start) for start in range(0, permutations, at_once)]
    return [lambda s=s, g=g: block(s, g) for s, g in zip(sizes, rng.spawn(len(sizes)), strict=True)]  # type: ignore[misc]


def run(work: list[Callable[[], Floats]]) -> Floats:
    """Do the work on all cores, in order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([np.zeros(0), *pool.map(lambda one: one(), work)])


def shuffled(cases: Ints, windows: Ints, strata: Ints) -> Draw:
    """Maps in which the cases of a stratum keep their places and their periods, and are dealt anew to each other."""
    places, periods = cases.shape
    first = int(windows[:, 0].min())
    span = periods - first  # what lies before every window need not be counted
    place, period = (np.repeat(axis.ravel(), cases.ravel()) for axis in np.indices(cases.shape))
    dealt = [np.flatnonzero(strata[period] == stratum) for stratum in np.unique(strata[first:])]

    def draw(size: int, rng: np.random.Generator) -> Ints:
        table = np.zeros(places * span * size, dtype=np.int64)
        for rows in dealt:
            drawn = rng.permuted(np.broadcast_to(place[rows], (size, len(rows))), axis=1)
            late = period[rows] >= first
            cell = (drawn[:, late] * span + (period[rows][late] - first)) * size + np.arange(size)[:, None]
            table += np.bincount(cell.ravel(), minlength=len(table))
        return in_windows(table.reshape(places, span, size), windows - first)

    return draw


def scattered(expected: Floats, total: int, windows: Ints) -> Draw:
    """Maps in which `total` cases fall where and when they are expected, independently of each other."""
    share = (expected / expected.sum()).ravel()

    def draw(size: int, rng: np.random.Generator) -> Ints:
        table = rng.multinomial(total, share, size=size).T.reshape(*expected.shape, size)
        return in_windows(table, windows)

    return draw
