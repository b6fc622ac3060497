"""Counts of every measure of every kind as one reader may see them: what the board and judgements read.

They come from the sums that the casework keeps by class of record (`peelian.casework.sums`), added up over the classes that the reader
may see; rows of cases that are hidden from them are taken off, and what falls due this month is asked anew each time, because time
alone changes it. What is worked out of them is kept until the journal or a local value moves on.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count as CountOf
from django.db.models import Max, Q

from peelian import __version__
from peelian.access.actor import Actor, allowed_classes
from peelian.casework import sums
from peelian.casework.kinds import KINDS
from peelian.casework.measures import MONTHS, Cell, hidden_cases, month_of, months_back
from peelian.casework.models import FeedCursor, JournalEntry, Measured
from peelian.casework.recompute import FOLLOWED
from peelian.core.kinds.measures import measures_of

from .models import Counted

# On PostgreSQL an entry may be numbered before another and be seen after it: what was written in this time is counted again.
BEHIND, SLOW = 1_000, timedelta(minutes=1)
HITS, MISSED, UNDECIDED = range(3)  # of three counts


@dataclass(frozen=True)
class Counts:
    """What one reader may see of all measures.

    Attributes
    ----------
    rows : mapping of str to Counted
        What is kept of each kind.
    classes : tuple of str
        The classes of record that are added up.
    hidden : tuple of Measured
        Rows of cases hidden from the reader, to be taken off.
    late : mapping of (measure, area) to int
        Unfinished work of this month that has fallen due.
    since, until : int
        First and last month.
    drawn : set of str
        Kinds that moved on, or whose kept lines grew, in this look: `board.keep` writes them down.
    read : dict
        The sums by kind and by area or month, read when they are first asked for.
    """

    rows: Mapping[str, Counted]
    classes: tuple[str, ...]
    hidden: tuple[Measured, ...]
    late: Mapping[str, Mapping[str, int]]
    since: int
    until: int
    at: datetime
    drawn: set[str] = field(default_factory=set)
    read: dict[tuple[str, str], dict[str, dict[Any, list[int]]]] = field(default_factory=dict)

    def key(self, measure: str) -> str:
        """What a line follows from, beside the kept counts: who drew it, whose sight, which months, what is late by now."""
        off = [[r.pk, r.area, r.month, r.hit, r.value, _late(r, self)] for r in self.hidden if r.measure == measure]
        told = json.dumps(
            [__version__, self.classes, self.since, self.until, self.late.get(measure, {}), off], sort_keys=True
        )
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()

    def cells(self, kind: str, name: str, by: str) -> list[Cell]:
        """Counts by area or by month, all of the other together: (area, month, hits, missed, undecided, no values)."""
        if (kind, by) not in self.read:
            wanted = [f"{kind}.{one}" for one in measures_of(KINDS[kind])]
            self.read[kind, by] = sums.read(wanted, by, classes=self.classes, since=self.since, until=self.until)
        measure = f"{kind}.{name}"
        found = {key: list(n) for key, n in self.read[kind, by][measure].items()}
        for area, n in self.late.get(measure, {}).items():
            if held := found.get(area if by == "area" else self.until):
                held[UNDECIDED] -= n
                held[MISSED] += n
        for row in self.hidden:
            if row.measure == measure and (held := found.get(getattr(row, by))):
                held[self._under(row)] -= 1
        return [
            (key, 0, *n, None) if by == "area" else ("", key, *n, None) for key, n in sorted(found.items()) if any(n)
        ]

    def _under(self, row: Measured) -> int:
        """Under which count a row that is taken off stands."""
        if row.hit is not None:
            return HITS if row.hit else MISSED
        return MISSED if row.lapses and (row.month < self.until or row.at <= self.at) else UNDECIDED


def counts(actor: Actor, at: datetime, kinds: Sequence[str] = ()) -> Counts:
    """The counts of every measure that `actor` may see, of the months that measures draw.

    Parameters
    ----------
    kinds : sequence of str
        Only these; without them, all.
    """
    until = month_of(at)
    since = months_back(until, MONTHS - 1)
    classes, shut = tuple(allowed_classes(actor)), hidden_cases(actor)
    seen = Measured.objects.filter(record_class__in=["", *classes])
    if kinds:  # by name: a system's page need not look through what falls due in all others
        seen = seen.filter(measure__in=[f"{kind}.{name}" for kind in kinds for name in measures_of(KINDS[kind])])
    hidden = seen.filter(case__in=shut, month__gte=since, month__lte=until).order_by("pk") if shut else ()
    late: dict[str, dict[str, int]] = defaultdict(dict)
    due = seen.filter(hit=None, lapses=True, month=until, at__lte=at).order_by()
    for measure, area, n in due.values_list("measure", "area").annotate(n=CountOf("*")):
        late[measure][area] = n
    rows, again = current(at, kinds or sorted(KINDS))
    return Counts(rows, classes, tuple(hidden), late, since, until, at, again)


def _late(row: Measured, told: Counts) -> bool:
    return bool(row.hit is None and row.lapses and row.month == told.until and row.at <= told.at)


def current(at: datetime, kinds: Sequence[str]) -> tuple[dict[str, Counted], set[str]]:
    """What is kept of each kind, and of which it begins anew because its journals or the local values have moved on."""
    entry = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    setting = FeedCursor.objects.filter(source=FOLLOWED).values_list("cursor", flat=True).first() or ""
    held = {row.kind: row for row in Counted.objects.filter(kind__in=kinds)}
    moved = _moved(held.values(), entry)
    again = {
        kind for kind in kinds
        if kind not in held or kind in moved or held[kind].setting != setting or set(held[kind].lines) != set(measures_of(KINDS[kind]))
    }  # fmt: skip
    for kind in again:
        lines: dict[str, dict[str, Any]] = {name: {} for name in measures_of(KINDS[kind])}
        held[kind] = Counted(kind=kind, entry=entry, setting=setting, at=at, lines=lines)
    still = [row.pk for row in held.values() if row.entry < entry]  # those that begin anew are as new as can be
    if still:  # nothing of theirs is newer, so the next look need not go back so far
        Counted.objects.filter(pk__in=still).update(entry=entry, at=at)
    return held, again


def store(rows: Sequence[Counted]) -> None:
    """Keep rows, in the place of those that are there."""
    Counted.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind"],
        update_fields=["entry", "setting", "at", "lines"],
    )


def _moved(rows: Any, entry: int) -> set[str]:
    """Kinds of which an entry was written since."""
    held = list(rows)
    if not held:
        return set()
    first = min(row.entry for row in held)
    newer = Q(pk__gt=first)
    if connection.vendor == "postgresql":
        newer |= Q(pk__gt=first - BEHIND, known__gte=min(row.at for row in held) - SLOW)
    if not JournalEntry.objects.filter(newer).exists():
        return set()
    return set(JournalEntry.objects.filter(newer).order_by().values_list("case__kind", flat=True).distinct())


def forget(kinds: Sequence[str] = ()) -> None:
    """Work everything out again at the next look: after the rows of measures were written anew without an entry."""
    rows = Counted.objects.all()
    (rows.filter(kind__in=kinds) if kinds else rows).delete()


__all__ = ["Counts", "counts", "current", "forget", "store"]
