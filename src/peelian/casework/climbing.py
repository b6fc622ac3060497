"""Work that stays undone climbs: each role that a clock names is told in turn, the longer it is overdue.

Offers that nobody accepts climb in `rungs`. Here it is what somebody accepted and did not do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from peelian.access.actor import Actor
from peelian.core.kinds import Around, Clock, Kind, Unset
from peelian.core.kinds.ownership import round_the_clock

from .kinds import KINDS
from .local_values import around_of
from .models import Case, Notice, Run
from .rungs import made_by
from .sight import cases, who_is

_TELL = """INSERT INTO casework_notice (case_id, what, clock, item, start, step, due, "to", at)
    SELECT r.case_id, 'climbed', r.clock, r.item, r.start, %s, r.due, %s, %s
    FROM casework_run r JOIN casework_case c ON c.id = r.case_id
    WHERE r.ended IS NULL AND NOT c.closed AND r.clock = %s AND r.due <= %s AND c.kind = %s AND NOT EXISTS (
        SELECT 1 FROM casework_notice n WHERE n.case_id = r.case_id AND n.what = 'climbed' AND n.clock = r.clock
            AND n.item = r.item AND n.start = r.start AND n.step = %s)
    ON CONFLICT DO NOTHING"""


def overdue_climbed(at: datetime) -> int:
    """Tell each role whose turn has come by an instant of each clock that is overdue, once; how many notices were raised."""
    raised = 0
    for kind in KINDS.values():
        around = None
        for clock in _clocks(kind):
            around = around or around_of(kind)
            for role, due in reached(clock, at, around):
                raised += _tell(kind, clock, role, due, at)
    return raised


def reached(clock: Clock, at: datetime, around: Around) -> Iterator[tuple[str, datetime]]:
    """Each rung, and the latest due for which its turn has come by an instant.

    The first rung answers one `climb_every` after the due, the second two; while the force has not said how long that is, the first
    rung answers at once.
    """
    try:
        every = round_the_clock(clock.climb_every, around, at)
    except Unset:
        yield clock.climbs[0], at
        return
    due = at
    for role in clock.climbs:
        due = made_by(every, due)
        yield role, due


def climbed(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open cases of which the actor's roles were told, and whose clock still runs late."""
    still = Run.objects.filter(
        case=OuterRef("case"), clock=OuterRef("clock"), item=OuterRef("item"), start=OuterRef("start"), ended=None
    )
    told = Notice.objects.filter(what="climbed", to__in=sorted(who_is(actor, at).roles), at__lte=at).filter(
        Exists(still)
    )
    return cases(actor).filter(closed=False, pk__in=told.values("case")).order_by("due_order", "pk")


def _clocks(kind: Kind) -> list[Clock]:
    return [c for c in (*kind.clocks, *(c for p in kind.parts for c in p.clocks)) if c.climbs]


@transaction.atomic
def _tell(kind: Kind, clock: Clock, role: str, due: datetime, at: datetime) -> int:
    now, by = (connection.ops.adapt_datetimefield_value(each) for each in (at, due))
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [role, role, now, clock.name, by, kind.name, role])
        return int(cursor.rowcount)
