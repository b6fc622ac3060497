"""Passing time: it changes no case, it only raises notices. Each is raised once, however often, late or concurrently one looks.

What is due stands in the cached runs; who must answer an offer follows from time (`must_answer`). A notice has one key, which the
store keeps unique; so two workers, or one that slept for a week, raise the same set.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import close_old_connections, connection, transaction

from peelian.core.kinds import Around, State, must_answer

from . import sums
from .climbing import overdue_climbed
from .kinds import KINDS
from .local_values import around_of
from .models import Case, Notice, Run
from .recompute import follow_settings
from .support import raise_gaps
from .uncovered import raise_uncovered

CHUNK = 4_000  # rows of one transaction: a longer one keeps SQLite's other writers waiting
EVERY = 60.0  # seconds
_INTO = 'INSERT INTO casework_notice (case_id, what, clock, item, start, step, due, "to", at)'
_RUNS = f"""{_INTO}
    SELECT r.case_id, {{what}} AS kept, r.clock, r.item, r.start, '', {{due}}, c.owner, %s
    FROM casework_run r JOIN casework_case c ON c.id = r.case_id
    WHERE r.ended IS NULL AND NOT c.closed AND {{which}} AND NOT EXISTS (
        SELECT 1 FROM casework_notice n WHERE n.case_id = r.case_id AND n.what = {{what}} AND n.clock = r.clock
            AND n.item = r.item AND n.start = r.start)
    ON CONFLICT DO NOTHING"""
_OVERDUE = _RUNS.format(
    what="CASE WHEN r.duty THEN 'overdue' ELSE 'lapsed' END", due="r.due", which="(r.due, r.id) > (%s, %s) AND (r.due, r.id) <= (%s, %s)"
)  # fmt: skip
_UNSET = _RUNS.format(what="'unset'", due="r.start", which="r.due IS NULL AND r.state = 'unset' AND r.start <= %s")
_SUPPORT = f"""{_INTO}
    SELECT c.id, 'support ended', '', '', c.support_until, '', c.support_until, c.owner, %s
    FROM casework_case c
    WHERE NOT c.closed AND c.due_order <= %s AND c.accepted AND c.support_until <= %s AND NOT EXISTS (
        SELECT 1 FROM casework_notice n WHERE n.case_id = c.id AND n.what = 'support ended' AND n.start = c.support_until)
    ON CONFLICT DO NOTHING"""


def tick(at: datetime) -> int:
    """Raise what has run out by an instant and was not raised yet.

    Returns
    -------
    int
        How many notices were raised: clocks overdue and told further up, terms lapsed, clocks that cannot run, offers that climbed,
        support that ended.
    """
    told = connection.ops.adapt_datetimefield_value(at)
    raised = sum(_write(_OVERDUE, [told, *low, *high]) for low, high in _ranges(at))
    return (
        raised
        + _write(_UNSET, [told, told])
        + _write(_SUPPORT, [told, told, told])
        + _climbed(at)
        + overdue_climbed(at)
    )


def _ranges(at: datetime) -> Iterator[tuple[list[Any], list[Any]]]:
    """Runs past their due, a chunk of them at a time, as what lies between two keys (due, id)."""
    late = Run.objects.filter(ended=None, due__lte=at).order_by("due", "pk").values_list("due", "pk")
    low: tuple[datetime, int] = (datetime(1900, 1, 1, tzinfo=UTC), 0)
    while True:
        rest = late.filter(due__gte=low[0]).exclude(due=low[0], pk__lte=low[1])
        high = rest[CHUNK - 1 : CHUNK].first() or (at, 1 << 62)
        yield _key(low), _key(high)
        if high[1] == 1 << 62:
            return
        low = high


def _key(key: tuple[datetime, int]) -> list[Any]:
    return [connection.ops.adapt_datetimefield_value(key[0]), key[1]]


def _write(sql: str, params: list[Any]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Left to itself the planner reads every notice for each range.
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _climbed(at: datetime) -> int:
    """Offers that nobody accepted in time: word to each rung of the ladder that has had to answer by now."""
    rows = Case.objects.filter(closed=False, offer_at__isnull=False, kind__in=list(KINDS))
    raised, around = 0, {name: around_of(kind) for name, kind in KINDS.items()}
    told: list[Notice] = []
    for case in rows.only("kind", "stage", "owner", "accepted", "offered_to", "offer_at").iterator():
        told += _rungs(case, at, around[case.kind])
        if len(told) >= CHUNK:
            raised, told = raised + _raise(told), []
    return raised + _raise(told)


def _rungs(case: Case, at: datetime, around: Around) -> Iterator[Notice]:
    state = State(KINDS[case.kind], stage=case.stage, owner=case.owner, accepted=case.accepted)
    state.offered_to, state.offer_at = case.offered_to, case.offer_at
    when = case.offer_at
    while when is not None and when <= at and (answer := must_answer(state, when, around)) is not None:
        if answer.step:
            yield Notice(
                case=case,
                what="unaccepted",
                start=case.offer_at,
                step=answer.who,
                due=answer.since,
                to=answer.who,
                at=at,
            )
        when = answer.until


@transaction.atomic
def _raise(notices: list[Notice]) -> int:
    rows = Notice.objects.filter(what="unaccepted", case__in=sorted({n.case_id for n in notices}))
    held = set(rows.values_list("case", "start", "step"))
    new = [n for n in notices if (n.case_id, n.start, n.step) not in held]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def watch(at: datetime) -> int:
    """Tell those on duty now who must act: on cases that nobody has in hand, and on support that is missing.

    Unlike `tick` it depends on when one looks: who is on duty then. Each is told once for each rung.
    """
    return raise_uncovered(at) + raise_gaps(at)


def keep_ticking(stop: threading.Event, failed: Callable[[Exception], None], every: float = EVERY) -> None:
    """Tick until told to stop, and let clocks follow the force's own values. A failure is told and tried again at the next turn."""
    while not stop.wait(every):
        try:
            close_old_connections()
            now = datetime.now(UTC)
            follow_settings(at=now)
            tick(now)
            sums.fold()
            watch(now)
        except Exception as error:
            failed(error)


def start() -> threading.Event:
    """Tick in a thread of this process as long as it lives; setting the event stops it."""
    stop = threading.Event()
    tell = logging.getLogger("django").error
    threading.Thread(
        target=keep_ticking, args=(stop, lambda error: tell("time could not be followed: %s", type(error).__name__)),
        name="ticking", daemon=True,
    ).start()  # fmt: skip
    return stop
