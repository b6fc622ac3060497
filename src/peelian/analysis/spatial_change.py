"""Has the spatial pattern changed? Two sets of events, such as two years, compared area by area.

What is compared are shares: an area that keeps its share of the whole has not changed, whatever the whole did. Andresen's test
asks whether the first set's share lies within what the second set's share could have been; a test of two proportions asks the
same of both alike, and with many areas corrects for looking at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.analysis.getis_ord import false_discovery
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SpatialChange:
    """How alike two patterns are.

    Attributes
    ----------
    local : ndarray of int, shape (areas,)
        1 where the share of the test set is higher than that of the base set, -1 where it is lower, 0 where they are alike.
    similarity : float
        The S index: share of areas that are alike, 0 to 1.
    similarity_robust : float
        The same of the areas with an event in either set: empty areas are alike and say nothing.
    base_share, test_share : ndarray of float, shape (areas,)
    """

    local: Ints
    similarity: float
    similarity_robust: float
    base_share: Floats
    test_share: Floats


@dataclass(frozen=True)
class AndresenTest(SpatialChange):
    """With the interval of the test set's share in each area (`low`, `high`)."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class ProportionTest(SpatialChange):
    """With the p-value of each area (two-sided), and the same corrected for looking at all areas."""

    p: Floats
    p_adjusted: Floats


def andresen_s(
    base: ArrayLike,
    test: ArrayLike,
    *,
    rng: np.random.Generator,
    samples: int = 200,
    share: float = 0.85,
    level: float = 0.95,
) -> AndresenTest:
    """Compare two spatial patterns by Andresen's spatial point pattern test.

    Parameters
    ----------
    base, test : array_like of int, shape (areas,)
        Events of each set in each area, in the same order.
    rng : numpy.random.Generator
    samples : int, default 200
    share : float, default 0.85
        Of the test set's events that each sample holds, drawn without replacement.
    level : float, default 0.95
        Coverage of each area's interval: the middle samples that remain when as many are taken from both ends.

    Returns
    -------
    AndresenTest

    Raises
    ------
    InvalidInput
        If something is not a count, the shapes differ, a set is empty, or `share` or `level` is not between 0 and 1.

    Notes
    -----
    The interval is of the test set alone, so the two sets are not treated alike; and the areas' intervals are not corrected for
    one another: with many areas some differ by chance. `proportion_change` does both.

    References
    ----------
    Andresen, M. A. (2009). Testing for similarity in area-based spatial patterns: a nonparametric Monte Carlo approach.
    Applied Geography 29(3), 333-345.
    Andresen, M. A. (2016). An area-based nonparametric spatial point pattern test: the test, its applications, and the future.
    Methodological Innovations 9, 1-11.

    Examples
    --------
    >>> change = andresen_s([2, 2, 2, 1, 0, 1], [2, 1, 2, 2, 1, 1], rng=np.random.default_rng(1))
    >>> change.local.tolist(), round(change.similarity, 3), change.low.tolist(), change.high.tolist()
    ([0, -1, 0, 0, 0, 0], 0.833, [0.125, 0.0, 0.125, 0.125, 0.0, 0.0], [0.25, 0.125, 0.25, 0.25, 0.125, 0.125])
    """
    before, after = _sets(base, test)
    _checks.between("share", share, 0, 1)
    _checks.between("level", level, 0, 1)
    size = max(round(share * int(after.sum())), 1)
    drawn = np.sort(rng.multivariate_hypergeometric(after, size, size=samples), axis=0) / size
    cut = (1 - level) / 2 * samples
    low, high = drawn[int(cut + 1e-9)], drawn[int(np.ceil(samples - cut - 1e-9)) - 1]
    shares = before / before.sum()
    local = (shares < low).astype(np.int64) - (shares > high)
    return AndresenTest(*_index(before, after, local), low=low, high=high)


def proportion_change(base: ArrayLike, test: ArrayLike, *, level: float = 0.05) -> ProportionTest:
    """Compare two spatial patterns area by area by Fisher's exact test, corrected for looking at all areas.

    Parameters
    ----------
    base, test : array_like of int, shape (areas,)
        Events of each set in each area, in the same order; the two are treated alike.
    level : float, default 0.05
        Share of the areas called different that may be so by chance (Benjamini and Hochberg).

    Returns
    -------
    ProportionTest

    Raises
    ------
    InvalidInput
        If something is not a count, the shapes differ, a set is empty, or `level` is not between 0 and 1.

    References
    ----------
    Wheeler, A. P., Steenbeek, W. and Andresen, M. A. (2018). Testing for similarity in area-based spatial patterns: alternative
    methods to Andresen's spatial point pattern test. Transactions in GIS 22(3), 760-774.

    Examples
    --------
    >>> change = proportion_change([40, 40, 20, 0], [10, 60, 30, 0])
    >>> change.local.tolist(), change.similarity, round(change.similarity_robust, 3)
    ([-1, 1, 0, 0], 0.5, 0.333)
    """
    from scipy.stats import fisher_exact  # seconds to import

    before, after = _sets(base, test)
    _checks.between("level", level, 0, 1)
    rest = before.sum() - before, after.sum() - after
    some = np.flatnonzero(before + after)
    p = np.ones(len(before))
    p[some] = [fisher_exact([[before[i], rest[0][i]], [after[i], rest[1][i]]]).pvalue for i in some]
    p = np.minimum(p, 1.0)
    adjusted = p.copy()
    # An area without any event was not looked at, so it is not counted against the others.
    adjusted[some] = false_discovery(p[some])
    way = np.sign(after / after.sum() - before / before.sum()).astype(np.int64)
    return ProportionTest(*_index(before, after, np.where(adjusted <= level, way, 0)), p=p, p_adjusted=adjusted)


def _sets(base: ArrayLike, test: ArrayLike) -> tuple[Ints, Ints]:
    before, after = _checks.counts("base", base), _checks.counts("test", test)
    _checks.same_length(base=before, test=after)
    if not before.any() or not after.any():
        raise InvalidInput("one of the two patterns has no event", matters="nothing has no pattern", id="peelian.E205")
    return before, after


def _index(before: Ints, after: Ints, local: Ints) -> tuple[Ints, float, float, Floats, Floats]:
    some = before + after > 0
    alike = local == 0
    return local, float(alike.mean()), float(alike[some].mean()), before / before.sum(), after / after.sum()
