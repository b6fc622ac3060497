"""When a period falls due, with what its pauses add."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from peelian.core.clock import london_day, start_of_day
from peelian.core.period import Period, Unit
from peelian.core.working_time import WorkingTime


def due_from(
    start: datetime,
    period: Period,
    working: WorkingTime,
    pauses: Iterable[tuple[datetime, datetime | None]],
    after_pause: str,
) -> datetime | None:
    """The due of a period from `start` with what its pauses add; None while it is paused."""
    due = period.due(start, working=working)
    for since, until in pauses:
        since = max(since, start)
        if since >= due:
            break  # a pause after the due changes nothing
        if until is None:
            return None
        if until <= since:
            continue
        if after_pause:
            if until >= due:
                due = Period.parse(after_pause).due(until, working=working)
        elif period.unit in (Unit.MINUTES, Unit.HOURS):
            due += until - since
        elif period.unit is Unit.WORKING_HOURS:
            due = working.add(until, working.open_between(since, due))
        else:
            due = shifted(due, since, until, working if period.unit is Unit.WORKING_DAYS else None)
    return due


def shifted(due: datetime, since: datetime, until: datetime, working: WorkingTime | None) -> datetime:
    """Move a due in days by the days that begin in a pause; never to an instant within it."""
    day = london_day(since) + timedelta(days=start_of_day(london_day(since)) < since)
    last = london_day(due - timedelta(seconds=1))
    while start_of_day(day) < until:
        if working is None or working.is_working_day(day):
            last = last + timedelta(days=1) if working is None else working.count(last, 1, counts_start=False)
        day += timedelta(days=1)
    if start_of_day(last + timedelta(days=1)) <= until:
        last = london_day(until)
        while working is not None and not working.is_working_day(last):
            last += timedelta(days=1)
    return start_of_day(last + timedelta(days=1))
