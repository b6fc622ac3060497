"""Limits that a person's own plan names by a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from peelian.core.clock import london_day
from peelian.core.kinds import No
from peelian.core.period import Period


def by_the_end_of(start: datetime, day: date, why: str, *, days: int = 0) -> tuple[Period, str] | No:
    """The limit of a clock that is met in time until a day ends.

    Parameters
    ----------
    start : datetime
        When the clock starts.
    day : date
        The day that somebody named.
    why : str
        Whose day it is, in words.
    days : int
        So many days later; earlier, where below zero.

    Returns
    -------
    (Period, str) or No
        Days after the start, one at least: what was named too late for its own day is due the day after.

    Examples
    --------
    >>> from datetime import UTC
    >>> by_the_end_of(datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 12), "the next board", days=-3)[0].amount
    7
    """
    last = day + timedelta(days=days)
    return Period.after(days=max(1, (last - london_day(start)).days)), why


def named_day(fact: str, why: str) -> Any:
    """The limit of a clock that runs until the end of the day in a fact."""

    def limit_of(case: Any, start: datetime) -> tuple[Period, str] | No:
        return by_the_end_of(start, getattr(case, fact), why)

    return limit_of
