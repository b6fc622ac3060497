"""Aoristic time: when events happened that are known only to lie between two times.

An owner leaves at eight and finds the door forced at six. Each hour between gets an equal part of that one burglary, so that the
whole still counts as one. Counting by the start or the middle of the span instead puts it all into an hour in which it need not have
happened; both are given beside it, because a picture that changes with the choice is not to be relied on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from peelian.analysis import _checks
from peelian.analysis.temporal import utc_series
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]
By = Literal["week", "day"]

CELLS = {"week": 168, "day": 24}
_HOUR = 3_600_000_000  # microseconds
_ROWS = 4_000_000  # hours of spans laid out at once


@dataclass(frozen=True)
class Aoristic:
    """Events by hour of the week or of the day, in local time.

    Attributes
    ----------
    weights : ndarray of float, shape (168,) or (24,)
        Events in each hour; Monday from midnight first. They add up to `events`.
    resampled : ndarray of float, shape (resamples, 168) or (resamples, 24)
        The weights of samples drawn from the events, from which intervals come.
    start, midpoint : ndarray of int, same shape
        The two plain counts: every event at the start of its span, and at the middle.
    events, not_placed : int
        Events whose span is known; events without a start or an end.
    level : float
        Coverage of the interval.
    """

    weights: Floats
    resampled: Floats
    start: NDArray[np.int64]
    midpoint: NDArray[np.int64]
    events: int
    not_placed: int
    level: float

    def sums(self, cells: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
        """Weight of groups of hours, with its interval.

        Parameters
        ----------
        cells : ndarray of bool, shape (groups, 168) or (groups, 24)
            Which hours each group adds up.

        Returns
        -------
        value, low, high : ndarray of float, shape (groups,)
        """
        tails = [(1 - self.level) / 2, (1 + self.level) / 2]
        low, high = np.quantile(self.resampled @ cells.T, tails, axis=0)
        return np.asarray(cells @ self.weights), low, high


def aoristic_weights(start: pl.Series, end: pl.Series, *, by: By = "week") -> csr_array:
    """Return the part of each event that falls into each hour.

    Parameters
    ----------
    start, end : polars.Series of datetimes, shape (n,)
        Half-open spans in UTC, none missing. Equal ends mean that instant.
    by : {"week", "day"}, default "week"
        Hours of the week (168) or of the day (24), by Europe/London clocks.

    Returns
    -------
    csr_array, shape (n, 168) or (n, 24)
        Every row adds up to one.

    Raises
    ------
    InvalidInput
        If the lists differ in length, a time is missing or a span ends before it starts.

    Notes
    -----
    Parts are of the time that passed: on the day the clocks go back the hour from one to two lasts two hours and gets twice the
    weight; on the day they go forward it gets none.

    References
    ----------
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal events. International Journal of
    Geographical Information Science 14(7), 669-679.

    Examples
    --------
    A span of four hours gives each a quarter.

    >>> from datetime import datetime
    >>> start, end = pl.Series([datetime(2026, 1, 5, 9)]), pl.Series([datetime(2026, 1, 5, 13)])
    >>> aoristic_weights(start, end, by="day").toarray()[0, 8:14].tolist()
    [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]
    """
    first, last = _spans(start, end)
    columns = CELLS[by]
    # London has been whole hours from UTC since 1847, so an hour of the one is an hour of the other.
    hours = np.where(last > first, -(-last // _HOUR), first // _HOUR + 1) - first // _HOUR
    blocks = []
    for begin, stop in _blocks(hours):
        a, b, n = first[begin:stop], last[begin:stop], hours[begin:stop]
        row = np.repeat(np.arange(len(a)), n)
        hour = a[row] // _HOUR + np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
        inside = np.minimum(b[row], (hour + 1) * _HOUR) - np.maximum(a[row], hour * _HOUR)
        length = (b - a)[row]
        weight = np.where(length > 0, inside / np.maximum(length, 1), 1.0)
        blocks.append(csr_array((weight, (row, _cell(hour, by))), shape=(len(a), columns)))
    from scipy.sparse import vstack

    return csr_array(vstack(blocks)) if blocks else csr_array((0, columns))


def aoristic(
    start: pl.Series,
    end: pl.Series,
    *,
    rng: np.random.Generator,
    by: By = "week",
    level: float = 0.95,
    resamples: int = 999,
) -> Aoristic:
    """Spread each event over the hours in which it may have happened, and add up.

    Parameters
    ----------
    start, end : polars.Series of datetimes, shape (n,)
        Half-open spans in UTC; equal ends mean that instant. Where one is missing the event is left out and counted apart.
    rng : numpy.random.Generator
    by : {"week", "day"}, default "week"
    level : float, default 0.95
        Coverage of the interval of each weight.
    resamples : int, default 999
        Of the events, for the interval.

    Raises
    ------
    InvalidInput
        If the lists differ in length, a span ends before it starts, or `level` is not between 0 and 1.

    Notes
    -----
    The interval (percentile bootstrap over events) says how far the weights would move with other events of the same kind. It does
    not say where within its span an event happened: an hour that many spans cover gets weight whether or not anything happened in it.
    """
    _checks.between("level", level, 0, 1)
    if len(start) != len(end):
        raise InvalidInput("lists differ in length", found=f"start {len(start)}, end {len(end)}")
    known = start.is_not_null() & end.is_not_null()
    start, end = utc_series(start.filter(known)), utc_series(end.filter(known))
    parts = aoristic_weights(start, end, by=by)
    events = parts.shape[0]
    drawn = np.array([_resampled(parts, rng) for _ in range(resamples)]) if events else np.zeros((1, CELLS[by]))
    first, last = _spans(start, end)

    def plain(moment: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(_cell(moment // _HOUR, by), minlength=CELLS[by])

    return Aoristic(
        np.asarray(parts.sum(axis=0), dtype=float), drawn, plain(first), plain(first + (last - first) // 2),
        events, int((~known).sum()), level,
    )  # fmt: skip


def _resampled(parts: csr_array, rng: np.random.Generator) -> Floats:
    n = parts.shape[0]
    return np.asarray(np.bincount(rng.integers(n, size=n), minlength=n) @ parts)


def _spans(start: pl.Series, end: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if len(start) != len(end):
        raise InvalidInput("lists differ in length", found=f"start {len(start)}, end {len(end)}")
    if start.null_count() or end.null_count():
        raise InvalidInput("a span has no start or no end", fix="leave the event out and count it apart")
    first, last = (utc_series(s).dt.timestamp("us").to_numpy() for s in (start, end))
    if (last < first).any():
        raise InvalidInput(
            "a span ends before it starts", where=f"position {int(np.argmax(last < first))} (the first is 0)"
        )
    return first, last


def _cell(hour: NDArray[np.int64], by: By) -> NDArray[np.int64]:
    """The hour of the week or day in London of each hour since 1970 in UTC."""
    local = pl.from_epoch(pl.Series(hour * 3_600), time_unit="s").dt.replace_time_zone("UTC")
    local = local.dt.convert_time_zone("Europe/London")
    of_day = local.dt.hour().cast(pl.Int64).to_numpy()
    return of_day if by == "day" else (local.dt.weekday().cast(pl.Int64).to_numpy() - 1) * 24 + of_day


def _blocks(hours: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of events whose spans together are not too many hours to lay out at once."""
    if not len(hours):
        return []
    group = np.cumsum(hours) // _ROWS
    edges = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(hours)]
    return list(pairwise(edges))
