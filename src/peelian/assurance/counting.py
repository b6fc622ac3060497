"""Counts of every measure of every kind, kept until the journal or a local value moves on: what the board and judgements read.

Counts are kept by class of record, so that each reader's are added up from the classes they may see; rows of cases that are hidden from
them are taken off, and what falls due this month is asked anew each time, because time alone changes it.
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

from peelian.access.actor import Actor, allowed_classes
from peelian.casework.kinds import KINDS
from peelian.casework.measures import MONTHS, Cell, hidden_cases, month_of, months_back
from peelian.casework.models import FeedCursor, JournalEntry, Measured
from peelian.casework.recompute import FOLLOWED
from peelian.core.kinds.measures import measures_of

from .models import Counted

# On PostgreSQL an entry may be numbered before another and be seen after it: what was written in this time is counted again.
BEHIND, SLOW = 1_000, timedelta(minutes=1)
FEW = 60  # measures: more are counted in one pass over all
HIT, MISSED, LAPSES, OPEN = range(4)  # of a count: yes, no, missed once its time has passed, not known yet


Months = dict[tuple[str, int], list[int]]  # (area, month) to counts, in the order of HIT, MISSED, LAPSES, OPEN


@dataclass(frozen=True)
class Counts:
    """What one reader may see of all measures.

    Attributes
    ----------
    rows : mapping of str to Counted
        The kept counts of each kind, in which what is worked out of them is kept too.
    classes : tuple of str
        The classes of record that are added up.
    hidden : tuple of Measured
        Rows of cases hidden from the reader, to be taken off.
    late : mapping of (measure, area) to int
        Unfinished work of this month that has fallen due.
    since, until : int
        First and last month.
    drawn : set of str
        Kinds that were counted again, or whose kept lines grew, in this look: `board.keep` writes them down.
    """

    rows: Mapping[str, Counted]
    classes: tuple[str, ...]
    hidden: tuple[Measured, ...]
    late: Mapping[str, Mapping[str, int]]
    since: int
    until: int
    at: datetime
    drawn: set[str] = field(default_factory=set)

    def key(self, measure: str) -> str:
        """What a line follows from, beside the kept counts: whose sight, which months, what is late by now."""
        off = [[r.pk, r.area, r.month, r.hit, r.value, _late(r, self)] for r in self.hidden if r.measure == measure]
        told = json.dumps([self.classes, self.since, self.until, self.late.get(measure, {}), off], sort_keys=True)
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()

    def cells(self, kind: str, name: str) -> list[Cell]:
        """Counts as a measure draws them: (area, month, hits, missed, undecided, no values)."""
        months = _added(self.rows[kind].cells.get(name, ()), self.classes, self.since, self.until)
        for area, n in self.late.get(f"{kind}.{name}", {}).items():
            if held := months.get((area, self.until)):
                held[LAPSES] -= n
                held[MISSED] += n
        for row in self.hidden:
            if row.measure == f"{kind}.{name}" and (held := months.get((row.area, row.month))):
                held[MISSED if _late(row, self) else _column(row.hit, row.lapses)] -= 1
        return [
            (area, month, n[HIT], n[MISSED] + (n[LAPSES] if month < self.until else 0), n[OPEN] + (n[LAPSES] if month == self.until else 0), None)
            for (area, month), n in sorted(months.items())
            if any(n)
        ]  # fmt: skip


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
    hidden = seen.filter(case__in=shut, month__gte=since, month__lte=until).order_by("pk") if shut else ()
    late: dict[str, dict[str, int]] = defaultdict(dict)
    due = seen.filter(hit=None, lapses=True, month=until, at__lte=at).order_by()
    for measure, area, n in due.values_list("measure", "area").annotate(n=CountOf("*")):
        late[measure][area] = n
    rows, again = current(at, since, kinds or sorted(KINDS))
    return Counts(rows, classes, tuple(hidden), late, since, until, at, again)


def _late(row: Measured, told: Counts) -> bool:
    return bool(row.hit is None and row.lapses and row.month == told.until and row.at <= told.at)


def _added(rows: Sequence[Sequence[Any]], classes: Sequence[str], since: int, until: int) -> Months:
    found: Months = {}
    mine = frozenset(classes)
    for area, month, code, *n in rows:
        if code in mine and since <= month <= until:
            held = found.get((area, month))
            found[area, month] = n if held is None else [one + other for one, other in zip(held, n, strict=True)]
    return found


def current(at: datetime, since: int, kinds: Sequence[str]) -> tuple[dict[str, Counted], set[str]]:
    """The kept counts of each kind, and which were counted again because its journals or the local values have moved on."""
    entry = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    setting = FeedCursor.objects.filter(source=FOLLOWED).values_list("cursor", flat=True).first() or ""
    held = {row.kind: row for row in Counted.objects.filter(kind__in=kinds).defer("cells")}
    moved = _moved(held.values(), entry)
    again = [
        kind for kind in kinds
        if kind not in held or kind in moved or held[kind].setting != setting or held[kind].since > since
        or set(held[kind].lines) != set(measures_of(KINDS[kind]))
    ]  # fmt: skip
    if again:
        new = [
            Counted(
                kind=kind,
                entry=entry,
                setting=setting,
                since=since,
                at=at,
                cells=cells,
                lines={name: {} for name in cells},
            )
            for kind, cells in count(again, since).items()
        ]
        held |= {row.kind: row for row in new}
    still = [row.pk for row in held.values() if row.entry < entry]  # those counted again are as new as can be
    if still:  # nothing of theirs is newer, so the next look need not go back so far
        Counted.objects.filter(pk__in=still).update(entry=entry, at=at)
    return held, set(again)


def store(rows: Sequence[Counted]) -> None:
    """Keep rows, in the place of those that are there."""
    Counted.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind"],
        update_fields=["entry", "setting", "since", "at", "cells", "lines"],
    )


def _moved(rows: Any, entry: int) -> set[str]:
    """Kinds of which an entry was written since they were counted."""
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


def count(kinds: Sequence[str], since: int) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    """Count the rows of kinds' measures.

    Returns
    -------
    dict of str to dict of str to list
        By kind and measure: (area, month, class, yes, no, missed once its time has passed, not known yet) of each cell.

    Notes
    -----
    Many kinds are counted in one pass over one index, a few by their own part of it. "month + 0": as a plain column SQLite would
    jump about in the index by it (see `casework.measures`). Rows come as the database gives them, those of one cell one after the
    other: there are some hundred thousand.
    """
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = {
        kind: {name: [] for name in measures_of(KINDS[kind])} for kind in kinds
    }
    wanted = {f"{kind}.{name}": rows for kind, names in found.items() for name, rows in names.items()}
    q = connection.ops.quote_name
    columns = ", ".join(map(q, ("measure", "area", "month", "record_class_id", "hit", "lapses")))
    select = f"SELECT {columns}, COUNT(*) FROM {q(Measured._meta.db_table)} WHERE {q('month')} + 0 >= %s"
    group = f" GROUP BY {columns}"
    with connection.cursor() as cursor:
        if len(wanted) > FEW:
            cursor.execute(select + group, [since])
            told = cursor.fetchall()
        else:
            told = []
            for measure in wanted:
                cursor.execute(f"{select} AND {q('measure')} = %s{group}", [since, measure])
                told += cursor.fetchall()
    last: Any = None
    n4 = [0, 0, 0, 0]
    for measure, area, month, code, hit, lapses, n in [*told, (None,) * 7]:
        if (measure, area, month, code) != last:
            if (
                last is not None and last[0] in wanted
            ):  # as a tuple: the collector of garbage need not look into it again
                wanted[last[0]].append((*last[1:], *n4))
            last, n4 = (measure, area, month, code), [0, 0, 0, 0]
        if measure is not None:
            n4[_column(hit, lapses)] += n
    return found


def _column(hit: Any, lapses: Any) -> int:
    return OPEN if hit is None and not lapses else LAPSES if hit is None else HIT if hit else MISSED


def forget(kinds: Sequence[str] = ()) -> None:
    """Count again at the next look: after the rows of measures were written anew without an entry."""
    rows = Counted.objects.all()
    (rows.filter(kind__in=kinds) if kinds else rows).delete()


__all__ = ["Counts", "count", "counts", "current", "forget", "store"]
