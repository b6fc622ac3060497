"""Candidates for a series: offences so near in place and time, and so alike, that one cause may lie behind them.

For an analyst to read, never a proof, and never of a person. A pair of offences is weighed by how many such pairs there are for each
one that chance would give: as near in place, as soon after, and as alike in offence, kind of place and words of method. The base rates
are those of the data themselves. Pairs that are common enough beyond chance are joined, and what hangs together is a candidate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from peelian.analysis import _checks
from peelian.analysis.near_repeat import days_of
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DISTANCES = (0.0, 1.0, 100.0, 200.0, 300.0)  # metres; the first band is the same place
DAYS = (0, 4, 8, 15)  # days, each to the day before the next
LIKENESS = (0.0, 0.25, 0.5, 0.75)
LEAST_RATIO = 2.0  # pairs for each that chance would give: half of the pairs joined are then more than chance (design)
FEWEST = 3
_LENT = 3.0  # pairs lent to each cell from its row, so that a cell with one pair does not speak for itself (design)


@dataclass(frozen=True)
class Link:
    """A pair of a candidate, and why it was joined: positions of the two, and what they are apart and alike."""

    first: int
    second: int
    metres: float
    days: int
    likeness: float
    ratio: float


@dataclass(frozen=True)
class Candidate:
    """Offences that may be one series.

    Attributes
    ----------
    members : tuple of int
        Positions of the offences, by date.
    links : tuple of Link
    tightness : float
        Sum of the logarithms of the links' ratios.
    p : float
        Share of permutations of the dates in which any group at all is as tight: corrected for having looked everywhere.
    """

    members: tuple[int, ...]
    links: tuple[Link, ...]
    tightness: float
    p: float


def likeness(words: Sequence[Collection[str]], first: Ints, second: Ints) -> Floats:
    """How alike two offences are in their words, from 0 to 1; a rare word weighs more than a common one.

    Parameters
    ----------
    words : sequence of collections of str, shape (n,)
        What is known of each: offence, kind of place, words of method.
    first, second : ndarray of int, shape (pairs,)

    Returns
    -------
    ndarray of float, shape (pairs,)
        Weight of the words they share over weight of the words of either; 0 where neither has any.

    Examples
    --------
    >>> said = [{"rear", "crowbar"}, {"rear", "crowbar"}, {"front"}]
    >>> likeness(said, np.array([0, 0]), np.array([1, 2])).tolist()
    [1.0, 0.0]
    """
    names = sorted({word for one in words for word in one})
    number = {word: i for i, word in enumerate(names)}
    row = np.repeat(np.arange(len(words)), [len(set(one)) for one in words])
    column = np.array([number[word] for one in words for word in sorted(set(one))], dtype=np.int64)
    weight = np.log((1 + len(words)) / (1 + np.bincount(column, minlength=len(names))) + 1e-9)
    table = coo_array((np.sqrt(weight[column]), (row, column)), shape=(len(words), max(len(names), 1))).tocsr()
    own = np.asarray(table.multiply(table).sum(axis=1)).ravel()
    shared = np.asarray(table[first].multiply(table[second]).sum(axis=1)).ravel()
    either = own[first] + own[second] - shared
    return np.asarray(np.divide(shared, either, out=np.zeros(len(shared)), where=either > 0))


@dataclass(frozen=True)
class _Pairs:
    """All pairs within reach in place, whatever their dates."""

    first: Ints
    second: Ints
    metres: Floats
    likeness: Floats
    cell: Ints  # of distance and likeness together
    cells: int
    by_chance: Floats  # share of all pairs of events in each band of days


def series_candidates(
    x: ArrayLike,
    y: ArrayLike,
    dates: ArrayLike,
    *,
    words: Sequence[Collection[str]] | None = None,
    rng: np.random.Generator,
    permutations: int = 199,
    least_ratio: float = LEAST_RATIO,
    fewest: int = FEWEST,
    level: float = 0.05,
) -> list[Candidate]:
    """Find offences that may belong together.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres.
    dates : array_like of dates, shape (n,)
    words : sequence of collections of str, shape (n,), optional
        What else is known of each offence, such as its title, kind of place and words of method.
    rng : numpy.random.Generator
    permutations : int, default 199
    least_ratio : float, default 2
        Pairs such as this one for each that chance would give, from which a pair is joined.
    fewest : int, default 3
        Offences of a candidate.
    level : float, default 0.05
        Candidates with a larger p are left out, so that in data without any series there is one at all in a share `level`.

    Returns
    -------
    list of Candidate
        The tightest first.

    Raises
    ------
    InvalidInput
        If lists differ in length, a date is missing or known to the month only, or a coordinate is missing.

    Notes
    -----
    Chance is what the same places and the same dates give when they are dealt to each other at random, as in the Knox test; so busy
    places and busy weeks make no series. The ratio of a kind of pair is pairs seen over pairs expected, drawn towards that of its
    distance and days where few are expected. A problem that is new in a street (a
    closed alley, a new offender, several) looks the same: what lies behind it is for the analyst to find.

    References
    ----------
    Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13(1), 25-29. Porter, M. D. (2016). A statistical
    approach to crime linkage. The American Statistician 70(2), 152-165.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x, day = rng.uniform(0, 20_000, 300), rng.integers(0, 1_000, 300)
    >>> x[:5], day[:5] = 500 + np.arange(5) * 20, 400 + np.arange(5)
    >>> y = np.where(np.arange(300) < 5, 0, rng.uniform(1_000, 20_000, 300))
    >>> [candidate.members for candidate in series_candidates(x, y, day, rng=rng)]
    [(0, 1, 2, 3, 4)]
    """
    xy, days = _checks.points(x, y), days_of(dates)
    _checks.same_length(places=xy, dates=days)
    _checks.between("level", level, 0, 1)
    if words is not None and len(words) != len(days):
        raise InvalidInput("lists differ in length", found=f"{len(days)} events, words of {len(words)}")
    if len(days) < fewest:
        return []
    pairs = _near(xy, days, words)
    ratios = _ratios(pairs, days)
    joined, ratio = _strong(pairs, days, ratios, least_ratio)
    found = _groups(pairs, joined, ratio, len(days), fewest)
    if not found:
        return []
    tightest = np.array(
        [_tightest(pairs, days[rng.permutation(len(days))], ratios, least_ratio, fewest) for _ in range(permutations)]
    )
    candidates = []
    for members, links, tightness in found:
        p = (1 + int((tightest >= tightness - 1e-9).sum())) / (1 + permutations)
        if p <= level:
            order = sorted(members.tolist(), key=lambda m: (int(days[m]), m))
            told = tuple(
                Link(int(pairs.first[i]), int(pairs.second[i]), float(pairs.metres[i]),
                     abs(int(days[pairs.first[i]] - days[pairs.second[i]])), float(pairs.likeness[i]), float(ratio[i]))
                for i in links
            )  # fmt: skip
            candidates.append(Candidate(tuple(order), told, tightness, p))
    return sorted(candidates, key=lambda c: (-c.tightness, c.members))


def _near(xy: Floats, days: Ints, words: Sequence[Collection[str]] | None) -> _Pairs:
    from scipy.spatial import cKDTree

    near = cKDTree(xy).query_pairs(DISTANCES[-1], output_type="ndarray")
    near = near[np.lexsort((near[:, 1], near[:, 0]))].astype(np.int64)
    first, second = near.T
    metres = np.hypot(*(xy[first] - xy[second]).T)
    alike = likeness(words, first, second) if words is not None else np.zeros(len(first))
    band = np.searchsorted(DISTANCES, metres, side="right") - 1
    band = np.minimum(band, len(DISTANCES) - 2)
    level = np.searchsorted(LIKENESS, alike, side="right") - 1
    ordered = np.sort(days)
    within = [
        float((np.searchsorted(ordered, ordered + d - 1, side="right") - np.arange(1, len(ordered) + 1)).sum())
        if d
        else 0.0
        for d in DAYS
    ]
    by_chance = np.diff(within) / (len(days) * (len(days) - 1) / 2)
    return _Pairs(
        first, second, metres, alike, band * len(LIKENESS) + level, (len(DISTANCES) - 1) * len(LIKENESS), by_chance
    )


def _kinds(pairs: _Pairs, days: Ints) -> tuple[Ints, Ints]:
    """Pairs within reach of days, and the kind of each: distance, likeness and days together."""
    apart = np.abs(days[pairs.first] - days[pairs.second])
    soon = np.searchsorted(DAYS, apart, side="right") - 1
    inside = np.flatnonzero(soon < len(DAYS) - 1)
    return inside, pairs.cell[inside] * (len(DAYS) - 1) + soon[inside]


def _ratios(pairs: _Pairs, days: Ints) -> Floats:
    """Pairs of each kind for each one that chance would give."""
    times = len(DAYS) - 1
    _, kind = _kinds(pairs, days)
    seen = np.bincount(kind, minlength=pairs.cells * times).reshape(-1, len(LIKENESS), times).astype(float)
    expected = (np.bincount(pairs.cell, minlength=pairs.cells)[:, None] * pairs.by_chance).reshape(seen.shape)
    near = (seen.sum(axis=1) + _LENT) / (expected.sum(axis=1) + _LENT)  # whatever they are like
    return np.asarray((seen + _LENT * near[:, None]) / (expected + _LENT)).ravel()


def _strong(pairs: _Pairs, days: Ints, ratios: Floats, least: float) -> tuple[Ints, Floats]:
    """Which pairs to join, and the ratio of every pair within reach of days (not a number beyond)."""
    inside, kind = _kinds(pairs, days)
    ratio = np.full(len(pairs.first), np.nan)
    ratio[inside] = ratios[kind]
    return inside[ratio[inside] >= least], ratio


def _groups(pairs: _Pairs, joined: Ints, ratio: Floats, events: int, fewest: int) -> list[tuple[Ints, Ints, float]]:
    """Members, links and tightness of each group of joined pairs."""
    if not len(joined):
        return []
    a, b = pairs.first[joined], pairs.second[joined]
    _, label = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(events, events)), directed=False)
    sizes = np.bincount(label)
    weight = np.bincount(label[a], weights=np.log(ratio[joined]), minlength=len(sizes))
    of_link = label[a]
    return [
        (np.flatnonzero(label == g), joined[of_link == g], float(weight[g])) for g in np.flatnonzero(sizes >= fewest)
    ]


def _tightest(pairs: _Pairs, days: Ints, ratios: Floats, least: float, fewest: int) -> float:
    """The tightest group in shuffled dates, weighed as the data weigh pairs and as the shuffled dates themselves do.

    By the first a group of chance among true series is no candidate; by the second data without series seldom have one.
    """
    return max(
        tightness
        for weights in (ratios, _ratios(pairs, days))
        for joined, ratio in [_strong(pairs, days, weights, least)]
        for tightness in [0.0, *(t for _, _, t in _groups(pairs, joined, ratio, len(days), fewest))]
    )
