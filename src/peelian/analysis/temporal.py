"""When: events by day of the week and hour of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peelian.core.errors import InvalidInput


@dataclass(frozen=True)
class WeekHours:
    """Events by day of the week and hour of the day, in local time.

    Attributes
    ----------
    counts : ndarray of int, shape (7, 24)
        Monday first; hour 0 begins at midnight.
    not_placed : int
        Events that may have happened in more than one of these cells, or whose time is not known. They are in no cell, so
        the cells describe the others only: burglaries of absent owners are missed more often than robberies.
    """

    counts: NDArray[np.int64]
    not_placed: int

    @property
    def placed(self) -> int:
        """Events counted in a cell."""
        return int(self.counts.sum())


def week_hours(start: pl.Series, end: pl.Series) -> WeekHours:
    """Count events whose whole span lies within one hour.

    Parameters
    ----------
    start, end : polars.Series of datetimes, shape (n,)
        Half-open spans in UTC. Without a time zone they are taken as UTC. Equal ends mean that instant. A missing end means
        that the time is not known.

    Returns
    -------
    WeekHours
        By Europe/London clocks. Where the clocks go back, both passes of the hour are one cell.

    Raises
    ------
    InvalidInput
        If the lists differ in length or a span ends before it starts.

    Examples
    --------
    A theft at 00:15 summer time on a Saturday, and a burglary during a working day.

    >>> from datetime import datetime
    >>> start = pl.Series([datetime(2026, 7, 3, 23, 15), datetime(2026, 7, 3, 8)])
    >>> end = pl.Series([datetime(2026, 7, 3, 23, 16), datetime(2026, 7, 3, 17)])
    >>> found = week_hours(start, end)
    >>> [index.tolist() for index in found.counts.nonzero()], found.not_placed
    ([[5], [0]], 1)
    """
    if len(start) != len(end):
        raise InvalidInput("lists differ in length", found=f"start {len(start)}, end {len(end)}")
    spans = pl.DataFrame({"start": utc_series(start), "end": utc_series(end)})
    backwards = (spans["end"] < spans["start"]).fill_null(False)
    if backwards.any():
        raise InvalidInput(
            "a span ends before it starts",
            where=f"position {backwards.arg_max()} (the first is 0); {backwards.sum()} in all",
        )
    # The end itself is outside the span, unless the span is an instant.
    last = pl.max_horizontal("start", pl.col("end") - pl.duration(microseconds=1))
    hours = spans.select(
        first=pl.col("start").dt.convert_time_zone("Europe/London").dt.replace_time_zone(None).dt.truncate("1h"),
        last=last.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None).dt.truncate("1h"),
        # On the day the clocks go back, more than an hour can pass within one hour of the clock.
        short=pl.col("end") - pl.col("start") <= pl.duration(hours=1),
    )
    placed = hours.filter(pl.col("short") & (pl.col("first") == pl.col("last")))["first"]
    counts = np.zeros((7, 24), dtype=np.int64)
    np.add.at(counts, (placed.dt.weekday().to_numpy() - 1, placed.dt.hour().to_numpy()), 1)
    return WeekHours(counts, len(spans) - len(placed))


def utc_series(series: pl.Series) -> pl.Series:
    """Times of any unit and zone as microseconds in UTC; without a zone they are taken as UTC.

    Raises
    ------
    InvalidInput
        If they are no dates with times.
    """
    kind = series.dtype
    if not isinstance(kind, pl.Datetime):
        raise InvalidInput("a span needs dates with times", found=str(kind))
    series = series.dt.cast_time_unit("us")
    return series.dt.convert_time_zone("UTC") if kind.time_zone else series.dt.replace_time_zone("UTC")
