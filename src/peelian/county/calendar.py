"""The county's time: whole months, counted in minutes of local wall time from the first midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from .streams import Ints

DAY = 24 * 60


@dataclass(frozen=True)
class Calendar:
    """`months` whole months that end with the month of `until`."""

    months: int
    until: date

    @cached_property
    def firsts(self) -> list[date]:
        """First days of the months, and of the month after the last."""
        last = self.until.year * 12 + self.until.month
        return [date(n // 12, n % 12 + 1, 1) for n in range(last - self.months, last + 1)]

    @cached_property
    def starts(self) -> Ints:
        """First minutes of the months, and of the month after the last; shape (months + 1,)."""
        return np.array([(first - self.firsts[0]).days * DAY for first in self.firsts])

    @property
    def first_day(self) -> int:
        """The first day of the period, counted from 1970-01-01."""
        return (self.firsts[0] - date(1970, 1, 1)).days

    @property
    def end(self) -> int:
        """First minute that is no longer in the period."""
        return int(self.starts[-1])

    def month_of(self, minute: Ints) -> Ints:
        """Index of the month of each minute; ``months`` or more after the end."""
        return np.searchsorted(self.starts, minute, side="right") - 1

    def weekdays(self, month: int) -> Ints:
        """Weekday (0 is Monday) of each day of a month."""
        days = (self.starts[month + 1] - self.starts[month]) // DAY
        return (self.firsts[month].weekday() + np.arange(days)) % 7

    def real(self, minute: Ints) -> Ints:
        """Minutes with those that the clock skips at the end of March moved to the first that is shown; order is kept."""
        moved = minute.copy()
        for first in self.firsts:
            if first.month == 4:
                sunday = first - timedelta(days=(first.weekday() + 1) % 7 or 7)
                gap = (sunday - self.firsts[0]).days * DAY + 60
                moved[(minute >= gap) & (minute < gap + 60)] = gap + 60
        return moved

    def moments(self, minute: pl.Expr | str) -> pl.Expr:
        """Expression: minutes as ``YYYY-MM-DD HH:MM``."""
        column = pl.col(minute) if isinstance(minute, str) else minute
        start = datetime.combine(self.firsts[0], datetime.min.time())
        return (pl.lit(start) + pl.duration(minutes=column)).dt.strftime("%Y-%m-%d %H:%M")

    def days(self, minute: str) -> pl.Expr:
        """Expression: the days of minutes as ``YYYY-MM-DD``."""
        return self.moments(minute).str.head(10)

    def label(self, month: int) -> str:
        """``YYYY-MM`` of a month."""
        return f"{self.firsts[month]:%Y-%m}"
