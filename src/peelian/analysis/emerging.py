"""Emerging problems: a scan over areas and months in several categories, with one false-alarm rate for all of it.

Each category is scanned by permutation (`peelian.analysis.scan`), and the largest likelihood ratio of each is measured in
standard deviations of its own simulated maps, so that a frequent and a rare category are heard alike. What counts is the largest
of all categories: an alarm anywhere is as rare as the level says, when nothing emerges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from peelian.analysis import _checks, _cylinders
from peelian.analysis.scan import Cluster, clusters_of, p_among, permutation_expected
from peelian.core.errors import InvalidInput

WINDOW = 6  # months: what is older than that does not emerge
AREAS, SHARE = (
    10,
    0.1,
)  # a circle holds at most a tenth of the cases or the share of ten areas, whichever is more, never half


@dataclass(frozen=True)
class Layer:
    """Counts of one category.

    Attributes
    ----------
    cases : ndarray of int, shape (areas, months)
        The last column is the last month.
    calendar : ndarray of int, shape (months,)
        Month of the year of each column.
    """

    cases: ArrayLike
    calendar: ArrayLike


@dataclass(frozen=True)
class Alarm:
    """A cluster, and the position of the category in which it stands. Its `p` allows for all areas, windows and categories."""

    layer: int
    cluster: Cluster


@dataclass(frozen=True)
class Alarms:
    """What one look found: the alarms, the smallest p first, and how many cylinders of area, window and category it compared."""

    found: tuple[Alarm, ...]
    compared: int


def emerging_clusters(
    layers: Sequence[Layer],
    x: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    level: float = 0.05,
    permutations: int = 999,
) -> Alarms:
    """Find clusters that reach the last month, in any category, at one false-alarm rate.

    Parameters
    ----------
    layers : sequence of Layer
        Categories; their last months need not be the same.
    x, y : array_like of float, shape (areas,)
        Middle of each area, in metres.
    rng : numpy.random.Generator
    level : float, default 0.05
        Chance of any alarm at one look when nothing emerges.
    permutations : int, default 999

    Returns
    -------
    Alarms

    Raises
    ------
    InvalidInput
        If something is not a count, shapes differ, or no category has two calendar years' months to compare.

    Notes
    -----
    A case is dealt among the same calendar months of the years held, so that neither a busy area, nor the season of a category,
    nor a season that one area has of its own (a resort in August) raises an alarm. The price: a year's rise is measured against
    the other years only, and a rise that began more than a year ago is part of what is expected. Categories are permuted
    independently; where they rise together of themselves, alarms are fewer than the level says.

    References
    ----------
    Kulldorff, M. et al. (2005). A space-time permutation scan statistic for disease outbreak detection. PLoS Medicine 2(3), e59.
    Westfall, P. H. and Young, S. S. (1993). Resampling-based multiple testing. Wiley. (Single-step largest statistic.)
    """
    _checks.between("level", level, 0, 1)
    points = _checks.points(x, y)
    tables = [_table(layer, len(points)) for layer in layers]
    space = min(0.5, AREAS / len(points))
    shapes, work = [], []
    for cases, calendar in tables:
        windows = _cylinders.windows_of(len(calendar), WINDOW, prospective=True)
        shape = _cylinders.cylinders(points, permutation_expected(cases, calendar), windows, space=space)
        draw = _cylinders.shuffled(cases, windows, calendar)
        shapes.append(shape)
        work.append(_cylinders.largest(shape, draw, permutations=permutations, rng=rng.spawn(1)[0]))
    simulated = _cylinders.run([block for blocks in work for block in blocks]).reshape(len(layers), permutations)
    observed = np.array([_largest(shape, cases) for shape, (cases, _) in zip(shapes, tables, strict=True)])
    # The observed map stands among the simulated ones, as one of them when nothing emerges: so the test stays exact.
    every = np.column_stack([observed, simulated])
    centre, spread = every.mean(axis=1), every.std(axis=1)
    height = [_height(*pair) for pair in zip(centre.tolist(), spread.tolist(), strict=True)]
    p = p_among(np.max([high(row) for high, row in zip(height, simulated, strict=True)], axis=0))
    found = [
        Alarm(number, cluster)
        for number, (shape, (cases, _), high) in enumerate(zip(shapes, tables, height, strict=True))
        for cluster in clusters_of(shape, cases, lambda ratio, high=high: p(float(high(ratio))), level=level)  # type: ignore[misc]
    ]
    found.sort(key=lambda a: (a.cluster.p, -float(height[a.layer](a.cluster.log_likelihood_ratio))))
    return Alarms(tuple(found), sum(shape.count for shape in shapes))


def _height(centre: float, spread: float) -> Callable[[ArrayLike], _cylinders.Floats]:
    """Likelihood ratios in standard deviations of their category; all alike where no map differs from another."""
    return lambda ratio: np.asarray((np.asarray(ratio) - centre) / (spread or np.inf)).round(_cylinders.DIGITS)


def _largest(shape: _cylinders.Cylinders, cases: _cylinders.Ints) -> float:
    return float(_cylinders.likelihood_ratios(shape, _cylinders.in_windows(cases, shape.windows))[0].max())


def _table(layer: Layer, areas: int) -> tuple[_cylinders.Ints, _cylinders.Ints]:
    table, calendar = np.asarray(layer.cases, dtype=float), _checks.counts("calendar", layer.calendar)
    if table.shape != (areas, len(calendar)):
        raise InvalidInput(
            "counts must be areas by months", found=f"{table.shape} for {areas} areas, {len(calendar)} months"
        )
    last = set(calendar[-WINDOW:].tolist())
    if len(calendar) < WINDOW or not last <= set(calendar[:-WINDOW].tolist()):
        raise InvalidInput(
            "the last months have no earlier year to compare with",
            found=f"{len(calendar)} months",
            matters="a season could not be told from a change",
            fix="give two years or more",
            id="peelian.E204",
        )
    return _checks.counts("cases", table.ravel()).reshape(table.shape), calendar
