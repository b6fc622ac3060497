"""Which offers stand on which rung of the ladder now, as ranges of when they were made: so that a list of any length is one query.

Who must answer an offer is a function of time alone (`must_answer`): the longer it lies, the higher it has climbed. While one period
holds, the rung only rises with age, so each rung is one range, and its edge is found by halving.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from peelian.core.clock import start_of_day
from peelian.core.kinds import Around, Kind, State, Unset, Who
from peelian.core.kinds.ownership import accept_within
from peelian.core.local import Local
from peelian.core.period import Period

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # no offer is older
INSTANT = timedelta(microseconds=1)


def ranges(kind: Kind, at: datetime, around: Around) -> Iterator[tuple[datetime, datetime, int]]:
    """Ranges (from, until, step) of when offers were made, the newest first; together they hold all that were made by now.

    Step 0 is whom a case was offered to, step n the n-th rung.
    """
    high, last = at + INSTANT, len(kind.owners.climbs)
    for low in sorted(_changes(kind, at, around), reverse=True):
        try:
            period = accept_within(State(kind), around, low)
        except Unset:  # then the first rung answers at once
            yield low, high, min(1, last)
            high = low
            continue
        reached = at  # an offer whose n-th due is by now has climbed n rungs
        for step in range(last + 1):
            reached = made_by(period, reached) if step < last else FIRST - INSTANT
            edge = max(low, reached + INSTANT)
            if edge < high:
                yield edge, high, step
                high = edge
        high = low


def made_by(period: Period, due: datetime) -> datetime:
    """The last instant at which something that is due within a period was begun, if it is due by `due`."""
    a, b = 0, (due - FIRST) // INSTANT
    while a < b:
        middle = (a + b + 1) // 2
        if period.due(FIRST + middle * INSTANT) <= due:
            a = middle
        else:
            b = middle - 1
    return FIRST + a * INSTANT


def _changes(kind: Kind, at: datetime, around: Around) -> set[datetime]:
    """When another period began to hold; between two of these it is one."""
    limit, found = kind.owners.accept_within, {FIRST}
    if isinstance(limit, Local):
        found |= {since for since, _ in around.locals.get(limit.name, ())}
        found |= {start_of_day(version.in_force) for version in (limit.default.versions if limit.default else ())}
    return {each for each in found if FIRST <= each <= at}


def waiting(kind: Kind, who: Who, at: datetime, around: Around) -> Q:
    """The offers of a kind that somebody must answer now."""
    own = Q(offered_to__in=[who.name, *(f"team:{code}" for code in sorted(who.teams))])
    told = Q(pk=None)
    for low, high, step in ranges(kind, at, around):
        made = Q(kind=kind.name, offer_at__gte=low, offer_at__lt=high)
        if step == 0:
            told |= made & own
        elif who.may((kind.owners.climbs[step - 1],)):
            told |= made
    return told
