"""Near repeats: after one offence, is the next one near and soon more often than chance would have it?

The Knox test counts pairs of events by distance and by days apart, and compares the counts with those after the dates have
been dealt out to the places at random. Where and when the crimes happen stays as it is; only the link between the two is broken.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

Closed = Literal["left", "right"]
Metric = Literal["euclidean", "manhattan"]

# Permutations dealt at once: a row of day numbers then fills whole cache lines, and one gather serves them all.
_BLOCK = 128
# Pairs compared at once, in groups of 255 so that a group's count fits one byte.
_ROWS = 255 * 16


@dataclass(frozen=True)
class KnoxResult:
    """Pairs observed and expected, by distance band (rows) and day band (columns).

    Attributes
    ----------
    events, permutations : int
    distance_bands, day_bands : tuple of float
        The edges, in metres and days.
    closed : {"left", "right"}
        Which end of each interval belongs to it. Zero always belongs to the first band that starts at zero.
    metric : {"euclidean", "manhattan"}
    observed : ndarray of int, shape (distances, times)
    simulated : ndarray of int, shape (permutations, distances, times)
        Every simulated count.
    primary : tuple of (int, int) or None
        The cell that was declared before looking; without one the whole table is tested at once.
    tail : str
        Which tail every p-value counts.
    """

    events: int
    permutations: int
    distance_bands: tuple[float, ...]
    day_bands: tuple[float, ...]
    closed: Closed
    metric: Metric
    observed: NDArray[np.int64]
    simulated: NDArray[np.int64]
    primary: tuple[int, int] | None
    tail: str = "upper: simulated count as large as the observed one, or larger"

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Mean simulated count."""
        return np.asarray(self.simulated.mean(axis=0))

    @cached_property
    def median(self) -> NDArray[np.float64]:
        """Median simulated count."""
        return np.asarray(np.median(self.simulated, axis=0))

    @cached_property
    def expected_range(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Between which counts 95 % of the simulations lie."""
        low, high = np.quantile(self.simulated, [0.025, 0.975], axis=0)
        return low, high

    @cached_property
    def ratio(self) -> NDArray[np.float64]:
        """Observed over mean simulated count; not a number where no simulation had a pair."""
        return self._over(self.mean)

    @cached_property
    def median_ratio(self) -> NDArray[np.float64]:
        """Observed over median simulated count; not a number where the median is zero."""
        return self._over(self.median)

    def _over(self, expected: NDArray[np.float64]) -> NDArray[np.float64]:
        empty = np.full(expected.shape, np.nan)
        return np.asarray(np.divide(self.observed, expected, out=empty, where=expected > 0))

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """P-value of each cell by itself: of those below 0.05, one in twenty is chance."""
        return np.asarray((1 + (self.simulated >= self.observed).sum(axis=0)) / (1 + self.permutations))

    @cached_property
    def p_adjusted(self) -> NDArray[np.float64]:
        """P-value of each cell, corrected for having looked at all of them.

        Each cell's excess is measured in standard deviations and compared with the largest excess anywhere in the table
        of each simulation, so that the chance of any false cell is held (Westfall and Young's single step).
        """
        tables = np.concatenate([self.observed[None], self.simulated]).astype(float)
        spread = tables.std(axis=0)
        # A cell that never moves under permutation cannot tell anything.
        excess = np.divide(tables - tables.mean(axis=0), spread, out=np.zeros_like(tables), where=spread > 0)
        # Rounded, because equal counts must tie although their cells' deviations differ in the last bit.
        excess = excess.round(9)
        largest = excess[1:].max(axis=(1, 2))
        return np.asarray((1 + (largest[:, None, None] >= excess[0]).sum(axis=0)) / (1 + self.permutations))

    @property
    def p_global(self) -> float:
        """P-value of the one question: is there any near repetition (in the primary cell, if one was declared)?"""
        return float(self.p_adjusted.min() if self.primary is None else self.p[self.primary])

    def alarm(self, level: float = 0.05) -> bool:
        """Say whether to act: a false alarm at most in a share `level` of patternless data sets."""
        return self.p_global <= level


def require_days(precision: Iterable[str]) -> None:
    """Refuse events whose dates are known to the month only.

    Parameters
    ----------
    precision : iterable of str
        ``minute``, ``range``, ``day`` or ``month``, one an event.

    Raises
    ------
    InvalidInput
        If any is ``month``. police.uk open data always are.

    Examples
    --------
    >>> require_days(["minute", "day"])
    """
    months = sum(value == "month" for value in precision)
    if months:
        _refuse_months(f"{months} of the events")


def _refuse_months(found: str) -> None:
    raise InvalidInput(
        "near repeats need the day of each event",
        found=f"{found} with a month and no day",
        matters="two events of one month may be a day or thirty days apart, so days between them cannot be counted",
        fix="use the force's own crime records; police.uk open data give the month only",
        id="peelian.E201",
    )


def days_of(dates: ArrayLike) -> NDArray[np.int64]:
    """Days since 1970 of dates; whole numbers stay as they are. Dates that are missing or hold months only are refused."""
    array = np.asarray(dates)
    if array.dtype.kind == "M" and np.datetime_data(array.dtype)[0] in ("M", "Y"):
        _refuse_months(f"all {array.size} events")
    days = array.astype("datetime64[D]")
    if np.isnat(days).any():
        raise InvalidInput("an event has no date", where=f"position {int(np.argmax(np.isnat(days)))} (the first is 0)")
    months = days.astype("datetime64[M]")
    if days.size and (days == months).all() and (months != months.flat[0]).any():
        _refuse_months(f"all {days.size} events are on the first of a month, as if")
    return days.astype(np.int64)


def _edges(name: str, bands: Sequence[float]) -> NDArray[np.float64]:
    edges = np.asarray(bands, dtype=float)
    if edges.ndim != 1 or edges.size < 2 or np.isnan(edges).any() or edges[0] < 0 or (np.diff(edges) <= 0).any():
        raise InvalidInput(
            f"{name} bands must be edges that rise from zero or more",
            found=str(list(bands)),
            fix="for example 0, 200, 400; the last edge may be infinite",
        )
    return edges


def _distance_squared_or_manhattan(gap: NDArray[np.float64], metric: Metric) -> NDArray[np.float64]:
    # Squares, not roots: on whole metres both sides of a comparison are then exact, so that ties fall where they should.
    return np.asarray(np.square(gap).sum(axis=1) if metric == "euclidean" else np.abs(gap).sum(axis=1))


def _near_pairs(
    xy: NDArray[np.float64], edges: NDArray[np.float64], metric: Metric, closed: Closed
) -> list[NDArray[np.intp]]:
    """Return the pairs of each finite distance band, and last those nearer than the first, as arrays of shape (2, pairs)."""
    from scipy.spatial import cKDTree  # a second to import

    finite = edges[np.isfinite(edges)]
    tree = cKDTree(xy)
    # A little wider, so that rounding in the tree loses no pair at the edge; the exact comparison follows.
    pairs = tree.query_pairs(finite[-1] * (1 + 1e-9), p=2 if metric == "euclidean" else 1, output_type="ndarray")
    distance = _distance_squared_or_manhattan(xy[pairs[:, 0]] - xy[pairs[:, 1]], metric)
    limits = finite**2 if metric == "euclidean" else finite
    if closed == "left":
        band = np.searchsorted(limits, distance, side="right") - 1
    else:
        band = np.searchsorted(limits, distance, side="left") - 1
        if limits[0] == 0:
            band[distance == 0] = 0
    return [np.ascontiguousarray(pairs[band == number].T) for number in [*range(len(finite) - 1), -1]]


def _day_limits(edges: NDArray[np.float64], closed: Closed) -> list[int]:
    """Return, for each finite edge, the largest whole number of days before the band that starts there."""
    finite = edges[np.isfinite(edges)]
    if closed == "left":
        return [int(np.ceil(edge)) - 1 for edge in finite]
    return [-1 if edge == 0 else int(np.floor(edge)) for edge in finite]


def _within(days: NDArray[np.signedinteger], groups: list[NDArray[np.intp]], limits: list[int]) -> NDArray[np.int64]:
    """Count, for each column of `days` and group of pairs, pairs that are at most each limit apart.

    Returns an array of shape (columns, groups, limits).
    """
    columns = days.shape[1]
    counted = np.zeros((columns, len(groups), len(limits)), dtype=np.int64)
    first, second = (np.empty((_ROWS, columns), days.dtype) for _ in range(2))
    inside = np.zeros((_ROWS, columns), dtype=bool)
    for g, group in enumerate(groups):
        for start in range(0, group.shape[1], _ROWS):
            left, right = group[:, start : start + _ROWS]
            n = len(left)
            # mode="clip" lets numpy write straight into the buffer; every index is in range.
            np.take(days, left, axis=0, out=first[:n], mode="clip")
            np.take(days, right, axis=0, out=second[:n], mode="clip")
            np.abs(np.subtract(first[:n], second[:n], out=first[:n]), out=first[:n])
            for k, limit in enumerate(limits):
                if limit >= 0:
                    np.less_equal(first[:n], limit, out=inside[:n])
                    inside[n:] = False
                    grouped = inside.view(np.uint8).reshape(-1, 255, columns)
                    counted[:, g, k] += np.add.reduce(grouped, axis=1, dtype=np.uint8).sum(axis=0, dtype=np.int64)
    return counted


def _all_within(days: NDArray[np.int64], limits: list[int]) -> NDArray[np.int64]:
    """Count, over all pairs of events wherever they are, those at most each limit apart."""
    ordered = np.sort(days)
    following = np.arange(1, len(ordered) + 1)

    def within(limit: int) -> int:
        return int((np.searchsorted(ordered, ordered + limit, side="right") - following).sum()) if limit >= 0 else 0

    return np.array([within(limit) for limit in limits])


def _table(
    within: NDArray[np.int64],
    pairs: NDArray[np.int64],
    everywhere: NDArray[np.int64] | None,
    all_pairs: int,
    endless: bool,
) -> NDArray[np.int64]:
    """Turn cumulative counts, shape (columns, groups, limits), into counts by band."""
    if endless:
        totals = np.broadcast_to(pairs[None, :, None], (*within.shape[:2], 1))
        within = np.concatenate([within, totals], axis=2)
    counted = np.diff(within, axis=2)
    bands = counted[:, :-1]
    if everywhere is None:
        return bands
    if endless:
        everywhere = np.append(everywhere, all_pairs)
    beyond = np.diff(everywhere)[None, None, :] - counted.sum(axis=1, keepdims=True)
    return np.concatenate([bands, beyond], axis=1)


def knox(
    x: ArrayLike,
    y: ArrayLike,
    dates: ArrayLike,
    *,
    distance_bands: Sequence[float],
    day_bands: Sequence[float],
    closed: Closed,
    rng: np.random.Generator,
    metric: Metric = "euclidean",
    permutations: int = 999,
    primary: tuple[int, int] | None = None,
) -> KnoxResult:
    """Test whether events that are near in space are also near in time.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres.
    dates : array_like of dates, shape (n,)
        Day of each event: dates, ``datetime64`` or whole numbers of days.
    distance_bands, day_bands : sequence of float
        Rising edges, in metres and in days. The last may be infinite.
    closed : {"left", "right"}
        ``left``: 0 to 7 days means 0, 1, ... 6. ``right``: 0 to 7 means 0, 1, ... 7 and the next band begins after 7.
        Published tables differ in this, and with it in their counts, so it has no default.
    rng : numpy.random.Generator
    metric : {"euclidean", "manhattan"}, default "euclidean"
        Straight line, or the sum of the east-west and north-south distances (close to walking in a street grid).
    permutations : int, default 999
    primary : tuple of (int, int), optional
        Row and column of the one cell that the alarm is about, declared before looking. Without it the alarm is about the
        whole table, corrected for the number of cells.

    Returns
    -------
    KnoxResult

    Raises
    ------
    InvalidInput
        If a date is missing, the dates hold only months, the bands do not rise, the lists differ in length, there are fewer
        than two events, or all distance bands are infinite.

    Notes
    -----
    P-values are (1 + simulations as large) / (1 + permutations). The test sees any link of place and time: a town that
    grows or a district that is loaded from a later month on gives near repeats too. The result does not depend on the
    number of processors.

    References
    ----------
    Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13(1), 25-29.
    Johnson, S. D. et al. (2007). Space-time patterns of risk: a cross national assessment of residential burglary
    victimization. Journal of Quantitative Criminology 23(3), 201-219.

    Examples
    --------
    Two burglaries 100 m and 3 days apart are one pair.

    >>> result = knox([0, 100], [0, 0], ["2026-03-01", "2026-03-04"], distance_bands=[0, 100, 200],
    ...               day_bands=[0, 3, 6], closed="left", permutations=9, rng=np.random.default_rng(1))
    >>> result.observed.tolist()
    [[0, 0], [0, 1]]
    """
    xy = _checks.points(x, y)
    days = days_of(dates)
    if days.ndim != 1 or len(days) != len(xy):
        raise InvalidInput("lists differ in length", found=f"{len(xy)} places, {days.size} dates")
    if len(days) < 2:
        raise InvalidInput("near repeats need two events or more", found=f"{len(days)}")
    if closed not in ("left", "right") or metric not in ("euclidean", "manhattan"):
        raise InvalidInput(
            "unknown closing of intervals or distance",
            found=f"{closed}, {metric}",
            fix="closed is left or right; metric is euclidean or manhattan",
        )
    if permutations < 1:
        raise InvalidInput("at least one permutation is needed", found=str(permutations))
    distances, times = _edges("distance", distance_bands), _edges("day", day_bands)
    if primary is not None and not (0 <= primary[0] < len(distances) - 1 and 0 <= primary[1] < len(times) - 1):
        raise InvalidInput("the primary cell is not in the table", found=str(primary))
    if not np.isfinite(distances[:-1]).all() or np.isfinite(distances).sum() < 2:
        raise InvalidInput("one distance band at least must have an end", found=str(list(distance_bands)))

    # Events in the tree's order lie near their neighbours in memory, which is most of the speed.
    from scipy.spatial import cKDTree

    order = cKDTree(xy).indices
    xy, days = xy[order], days[order] - days.min()
    short = days.astype(np.int16 if days.max() < 2**15 else np.int32)
    groups = _near_pairs(xy, distances, metric, closed)
    limits = [min(limit, int(days.max())) for limit in _day_limits(times, closed)]
    pairs = np.array([group.shape[1] for group in groups])
    everywhere = _all_within(days, limits) if np.isinf(distances[-1]) else None
    all_pairs, endless = len(days) * (len(days) - 1) // 2, bool(np.isinf(times[-1]))

    def tables(columns: NDArray[np.signedinteger]) -> NDArray[np.int64]:
        return _table(_within(columns, groups, limits), pairs, everywhere, all_pairs, endless)

    def block(work: tuple[int, np.random.Generator]) -> NDArray[np.int64]:
        size, generator = work
        # A third faster than Generator.permuted.
        dealt = np.array([short[generator.permutation(len(short))] for _ in range(size)])
        return tables(np.ascontiguousarray(dealt.T))

    sizes = [min(_BLOCK, permutations - start) for start in range(0, permutations, _BLOCK)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        simulated = np.concatenate(list(pool.map(block, zip(sizes, rng.spawn(len(sizes)), strict=True))))
    return KnoxResult(
        events=len(days),
        permutations=permutations,
        distance_bands=tuple(distances.tolist()),
        day_bands=tuple(times.tolist()),
        closed=closed,
        metric=metric,
        observed=tables(short[:, None])[0],
        simulated=simulated,
        primary=primary,
    )


@dataclass(frozen=True)
class RiskBand:
    """How far and how long the risk near an event lasts, and why that is believed."""

    metres: float
    days: int
    reason: str


@dataclass(frozen=True)
class RiskZone:
    """A circle in which a further event is likelier than usual, up to and including a day."""

    easting: float
    northing: float
    metres: float
    since: date
    until: date
    reason: str


def risk_bands(result: KnoxResult, *, level: float = 0.05) -> list[RiskBand]:
    """Return the bands in which near repetition was found, nearest first.

    A distance band counts as long as its day bands show an excess without a break from the first one on, each at the level
    corrected for the size of the table. An empty list means that nothing was found, so that no zone should be drawn.

    Examples
    --------
    >>> days = np.repeat(np.arange(20) * 20, 2) + np.tile([0, 1], 20)
    >>> where = np.repeat(np.arange(20) * 1000.0, 2)
    >>> result = knox(where, where, days, distance_bands=[0, 200], day_bands=[0, 3, 6], closed="left",
    ...               permutations=199, rng=np.random.default_rng(1))
    >>> [(band.metres, band.days) for band in risk_bands(result)]
    [(200.0, 2)]
    """
    bands: list[RiskBand] = []
    if not result.alarm(level):
        return bands
    chosen = result.p_adjusted <= level
    if result.primary is not None:
        chosen[result.primary] = True
    for row, metres in enumerate(result.distance_bands[1:]):
        unbroken = int(np.argmin(np.append(chosen[row], False)))
        edge = result.day_bands[unbroken]
        if unbroken and np.isfinite(metres) and np.isfinite(edge):
            days = int(np.floor(edge)) if result.closed == "right" else int(np.ceil(edge)) - 1
            seen, expected = result.observed[row, :unbroken].sum(), result.mean[row, :unbroken].sum()
            bands.append(
                RiskBand(
                    metres=metres,
                    days=days,
                    reason=f"{seen} pairs {result.distance_bands[row]:g} to {metres:g} m and up to {days} days apart where {expected:.1f} are expected "
                    f"(Knox test, {result.permutations} permutations, p = {result.p_global:.3f})",
                )
            )
    return bands


def risk_zones(x: ArrayLike, y: ArrayLike, dates: ArrayLike, *, on: date, bands: Sequence[RiskBand]) -> list[RiskZone]:
    """Return the zones that are active on a day: one for each recent event and band, the latest event first.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Eastings and northings in metres.
    dates : array_like of dates, shape (n,)
    on : date
        The day asked about. Events after it are left out.
    bands : sequence of RiskBand
        From `risk_bands`, or stated by local policy with its reason.

    Raises
    ------
    InvalidInput
        As `knox`.

    Examples
    --------
    >>> band = RiskBand(200, 14, "local policy")
    >>> [zone] = risk_zones([500], [500], ["2026-03-01"], on=date(2026, 3, 10), bands=[band])
    >>> zone.until
    datetime.date(2026, 3, 15)
    >>> risk_zones([500], [500], ["2026-03-01"], on=date(2026, 3, 16), bands=[band])
    []
    """
    xy, days = _checks.points(x, y), days_of(dates)
    _checks.same_length(places=xy, dates=days)
    today = int(np.datetime64(on, "D").astype(np.int64))
    zones = []
    for event in np.argsort(-days, kind="stable"):
        age = today - int(days[event])
        since = on - timedelta(days=age)
        easting, northing = xy[event].tolist()
        zones += [
            RiskZone(easting, northing, band.metres, since, since + timedelta(days=band.days), band.reason)
            for band in bands
            if 0 <= age <= band.days
        ]
    return zones
