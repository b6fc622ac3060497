"""Density of events over a metre grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

# Pairs of event and grid point weighed at once in a density; about 100 MB.
_PAIRS = 4_000_000


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
