"""Days and instants: stored in UTC, lived in Europe/London."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from peelian.core.errors import InvalidInput

LONDON = ZoneInfo("Europe/London")


def in_utc(at: datetime) -> datetime:
    """Return an instant in UTC.

    Parameters
    ----------
    at : datetime
        An instant that knows its time zone.

    Raises
    ------
    InvalidInput
        ``peelian.E121`` if it does not: 01:30 on the last Sunday of October happens twice.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise InvalidInput(
            "an instant has no time zone",
            found="a date and time without a time zone",
            matters="the hour that the clocks go back happens twice, so a period could be an hour out",
            fix="give the time zone, Europe/London for times of the force",
            id="peelian.E121",
        )
    return at.astimezone(UTC)


def london_day(at: datetime) -> date:
    """Return the calendar day in London at an instant."""
    return in_utc(at).astimezone(LONDON).date()


def plain_day(day: date) -> date:
    """Return a day that a period may begin or end on; the calendar's own ends leave no room for the day beside them.

    Raises
    ------
    InvalidInput
        If it lies outside 1900 to 2199.
    """
    if not 1900 <= day.year < 2200:
        raise InvalidInput("a day lies outside 1900 to 2199", found=day.isoformat(), fix="check the year")
    return day


def start_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which a day begins in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
