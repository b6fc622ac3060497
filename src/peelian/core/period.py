"""Periods of time as statutes and guidance write them.

"Within 3 days beginning with the change" and "within 5 working days after the arrest" count differently: the first
counts the day of the event, the second does not. So a period in days, weeks, months or years always says which kind
it is; one that does not is refused. Hours are elapsed hours, whatever the clocks do; days end at midnight in London.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from peelian.core.clock import in_utc, london_day, start_of_day
from peelian.core.errors import InvalidInput
from peelian.core.working_time import WorkingTime


class Unit(StrEnum):
    """What a period is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Counting(StrEnum):
    """Whether the day of the event counts."""

    ELAPSED = ""
    BEGINNING_WITH = "beginning with"
    AFTER = "after"


_HOURS = (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS)
_WORKING = (Unit.WORKING_HOURS, Unit.WORKING_DAYS)
_TEXT = re.compile(
    r"(?P<amount>[1-9][0-9]{0,4}) (?P<unit>(?:working )?(?:hour|day)|minute|week|month|year)s?(?: (?P<counting>after|beginning with))?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time that knows how it is counted.

    Make one with :meth:`parse`, :meth:`hours`, :meth:`after` or :meth:`beginning_with`.

    Examples
    --------
    >>> Period.beginning_with(days=3).last_day(date(2026, 3, 2))
    datetime.date(2026, 3, 4)
    >>> str(Period.parse("1 working day after"))
    '1 working day after'
    """

    amount: int
    unit: Unit
    counting: Counting

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= 99_999:
            raise _refused(
                "the amount is not a whole number from 1 to 99999",
                "give a whole number of hours or days",
            )
        if self.unit in _HOURS and self.counting:
            raise _refused(
                f'hours are counted with "{self.counting}"',
                "leave it out: hours run from the minute of the event",
            )
        if self.unit not in _HOURS and not self.counting:
            raise _refused(
                f'{self.unit} without "after" or "beginning with"',
                'say "after" if the day of the event does not count, "beginning with" if it does',
            )

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "72 hours", "4 working hours", "5 working days after", "3 days beginning with", "6 months after".

        Raises
        ------
        InvalidInput
            ``peelian.E120`` for anything else, and for a period in days that does not say whether the first day counts.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise _refused(
                f'"{text}" is not a period',
                'write it like "72 hours", "4 working hours", "5 working days after" or "3 days beginning with"',
            )
        return cls(
            int(match["amount"]),
            Unit(match["unit"] + "s"),
            Counting(match["counting"] or ""),
        )

    @classmethod
    def hours(cls, amount: int, *, working: bool = False) -> Period:
        """Return a period of elapsed hours, or of hours in which an office is open."""
        return cls(amount, Unit.WORKING_HOURS if working else Unit.HOURS, Counting.ELAPSED)

    @classmethod
    def after(cls, **length: int) -> Period:
        """Return a period that does not count the day of the event: ``Period.after(working_days=5)``."""
        return cls(*_one_length(length), Counting.AFTER)

    @classmethod
    def beginning_with(cls, **length: int) -> Period:
        """Return a period whose first day is the day of the event: ``Period.beginning_with(days=3)``."""
        return cls(*_one_length(length), Counting.BEGINNING_WITH)

    def __str__(self) -> str:
        unit = self.unit.value if self.amount != 1 else self.unit.value[:-1]
        return f"{self.amount} {unit} {self.counting}".rstrip()

    def last_day(self, start: date, *, working: WorkingTime | None = None) -> date:
        """Return the last day on which the thing is still in time.

        Parameters
        ----------
        start : date
            Day of the event, in London.
        working : WorkingTime, optional
            Needed for working days: whose bank holidays count.

        Raises
        ------
        InvalidInput
            ``peelian.E122`` if the unit is hours, or if a working period gets no ``working``; ``peelian.E123`` or
            ``peelian.E111`` if the period leaves the years whose bank holidays are known; ``peelian.E120`` if it
            ends after the year 9999.

        Notes
        -----
        Months and years follow the corresponding date: a period of months after the 30th ends on the 30th, and one
        beginning with the 30th ends on the 29th; where the month has no such date, on its last day. A period of
        working days that begins with a day off starts on the first working day.

        References
        ----------
        Dodds v Walker [1981] 1 WLR 1027 (months after an event). Rule 1.4 of SI 2018/1082 (months beginning with a
        day).
        """
        if self.unit in _HOURS:
            raise InvalidInput(
                "a period of hours has no last day",
                found=f'"{self}"',
                matters="it ends at a minute, not at midnight",
                fix="ask for the instant at which it is due",
                id="peelian.E122",
            )
        counts_start = self.counting is Counting.BEGINNING_WITH
        try:
            if self.unit is Unit.WORKING_DAYS:
                return self._working(working).count(start, self.amount, counts_start=counts_start)
            if self.unit in (Unit.DAYS, Unit.WEEKS):
                days = self.amount * (7 if self.unit is Unit.WEEKS else 1)
                return start + timedelta(days=days - counts_start)
            return _corresponding(
                start,
                self.amount * (12 if self.unit is Unit.YEARS else 1),
                counts_start,
            )
        except (OverflowError, ValueError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise _refused("the period ends after the year 9999", "give a shorter period") from error

    def due(self, start: datetime, *, working: WorkingTime | None = None) -> datetime:
        """Return the first instant, in UTC, that is too late.

        Parameters
        ----------
        start : datetime
            Instant of the event, with its time zone.
        working : WorkingTime, optional
            Needed for working days and working hours.

        Raises
        ------
        InvalidInput
            As for :meth:`last_day`, and ``peelian.E121`` if ``start`` has no time zone.

        Examples
        --------
        Twenty-four hours over the night on which the clocks go forward end an hour later by the wall clock.

        >>> from peelian.core.clock import LONDON
        >>> noon = datetime(2026, 3, 28, 12, tzinfo=LONDON)
        >>> Period.parse("24 hours").due(noon).astimezone(LONDON).isoformat()
        '2026-03-29T13:00:00+01:00'
        """
        if self.unit is Unit.MINUTES:
            return in_utc(start) + timedelta(minutes=self.amount)
        if self.unit is Unit.HOURS:
            return in_utc(start) + timedelta(hours=self.amount)
        if self.unit is Unit.WORKING_HOURS:
            return self._working(working).add_hours(start, self.amount)
        return start_of_day(self.last_day(london_day(start), working=working) + timedelta(days=1))

    def _working(self, working: WorkingTime | None) -> WorkingTime:
        if working is None:
            raise InvalidInput(
                "a working period needs a calendar",
                found=f'"{self}" without a nation',
                matters="bank holidays differ between England, Wales, Scotland and Northern Ireland",
                fix="give working=WorkingTime(nation), with opening hours if the period is in hours",
                id="peelian.E122",
            )
        return working


def _refused(found: str, fix: str) -> InvalidInput:
    return InvalidInput(
        "a period of time cannot be read",
        found=found,
        matters="a due date could be a day out and nobody would see it",
        fix=fix,
        id="peelian.E120",
    )


def _one_length(length: dict[str, int]) -> tuple[int, Unit]:
    units = {unit.value.replace(" ", "_"): unit for unit in Unit if unit not in _HOURS}
    if len(length) != 1 or not length.keys() <= units.keys():
        raise _refused(
            f"lengths {', '.join(length) or 'none'}",
            f"give exactly one of {', '.join(units)}",
        )
    ((name, amount),) = length.items()
    return amount, units[name]


def _corresponding(start: date, months: int, counts_start: bool) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    days_in_month = monthrange(year, month + 1)[1]
    if start.day > days_in_month:
        return date(year, month + 1, days_in_month)
    return date(year, month + 1, start.day) - timedelta(days=counts_start)
