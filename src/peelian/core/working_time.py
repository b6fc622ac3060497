"""Working days and working hours, by the bank holidays of the nation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays

from peelian.core.clock import LONDON, in_utc, london_day, start_of_day
from peelian.core.errors import InvalidInput

NATIONS = {
    "ENG": "England",
    "WLS": "Wales",
    "SCT": "Scotland",
    "NIR": "Northern Ireland",
}

# Bank holidays rest on the Banking and Financial Dealings Act 1971; later years are projected by rule, and a one-off
# holiday proclaimed after the list was made would be missed, so a count beyond the last published year is refused.
FIRST_YEAR, LAST_YEAR = 1972, 2028


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Monday to Friday except bank holidays, and the hours in which an office is open.

    Parameters
    ----------
    nation : str
        ``ENG``, ``WLS``, ``SCT`` or ``NIR``.
    opens, closes : time, optional
        London wall time, a local value; needed only for working hours. Midnight as ``closes`` is the end of the day.

    Raises
    ------
    InvalidInput
        ``peelian.E122`` for another nation, one opening hour without the other, or an office that closes before it
        opens.
    """

    nation: str
    opens: time | None = None
    closes: time | None = None

    def __post_init__(self) -> None:
        if self.nation not in NATIONS:
            raise _unusable("a nation that is not known", f"give one of {', '.join(NATIONS)}")
        if (self.opens is None) != (self.closes is None):
            raise _unusable("one of opening and closing time", "give both, or neither")
        if self.opens is not None and self.closes is not None and time(0) != self.closes <= self.opens:
            raise _unusable(
                "an office that closes before it opens",
                "give a closing time later the same day",
            )

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is a working day: Monday to Friday and no bank holiday.

        Raises
        ------
        InvalidInput
            ``peelian.E123`` outside the years whose bank holidays are known.
        """
        return day.weekday() < 5 and day not in bank_holidays(self.nation, day.year)

    def count(self, start: date, days: int, *, counts_start: bool) -> date:
        """Return the n-th working day, counting ``start`` itself or from the day after it."""
        day = start - timedelta(days=1) if counts_start else start
        while days:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day

    def add_hours(self, start: datetime, hours: int) -> datetime:
        """Return the instant, in UTC, at which the office has been open for so many hours since ``start``."""
        return self.add(start, timedelta(hours=hours))

    def add(self, start: datetime, left: timedelta) -> datetime:
        """Return the instant, in UTC, at which the office has been open for so long since ``start``."""
        at = in_utc(start)
        day = london_day(at)
        while True:
            for opened, closed in self._open_on(day):
                opened = max(at, opened)
                if left <= closed - opened:
                    return opened + left
                left -= max(closed - opened, timedelta(0))
            day += timedelta(days=1)

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """Return for how long the office is open between two instants; zero if they are out of order."""
        start, end = in_utc(start), in_utc(end)
        day, total = london_day(start), timedelta(0)
        while day <= london_day(end):
            for opened, closed in self._open_on(day):
                total += max(min(closed, end) - max(opened, start), timedelta(0))
            day += timedelta(days=1)
        return total

    def _open_on(self, day: date) -> list[tuple[datetime, datetime]]:
        if self.opens is None or self.closes is None:
            raise _unusable(
                "working hours without opening hours",
                "set the opening hours of the office: they are a local value",
            )
        if not self.is_working_day(day):
            return []
        closed = _at(day, self.closes) if self.closes != time(0) else start_of_day(day + timedelta(days=1))
        return [(_at(day, self.opens), closed)]


@cache
def bank_holidays(nation: str, year: int) -> frozenset[date]:
    """Return the bank holidays of a nation in a year, substitute days and one-off holidays included.

    Raises
    ------
    InvalidInput
        ``peelian.E123`` outside the years whose bank holidays are known.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            f"bank holidays of {year} are not known",
            found=f"a count of working days that reaches {year}; the table holds {FIRST_YEAR} to {LAST_YEAR}",
            matters="a bank holiday that is missed makes a due date a day too early",
            fix="check the dates entered; for a later year, update Peelian to a version that holds it",
            id="peelian.E123",
        )
    return frozenset(holidays.country_holidays("GB", subdiv=nation, years=year))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)


def _unusable(found: str, fix: str) -> InvalidInput:
    return InvalidInput(
        "working time cannot be counted",
        found=found,
        matters="a due date in working days or hours cannot be worked out",
        fix=fix,
        id="peelian.E122",
    )
