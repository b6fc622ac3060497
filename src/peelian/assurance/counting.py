"""Counts of every measure of every kind, kept until the journal or a local value moves on: what the board and judgements read.

Counts are kept by class of record, so that each reader's are added up from the classes they may see; rows of cases that are hidden from
them are taken off, and what falls due this month is asked anew each time, because time alone changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count as CountOf
from django.db.models import F, Max, Q

from peelian.access.actor import Actor, allowed_classes
from peelian.casework.kinds import KINDS
from peelian.casework.measures import MONTHS, Cell, hidden_cases, month_of, months_back
from peelian.casework.models import FeedCursor, JournalEntry, Measured
from peelian.casework.recompute import FOLLOWED
from peelian.core.kinds import Kind
from peelian.core.kinds.measures import measures_of

from .models import Counted

# On PostgreSQL an entry may be numbered before another and be seen after it: what was written in this time is counted again.
BEHIND, SLOW = 1_000, timedelta(minutes=1)
HIT, MISSED, LAPSES, OPEN = range(4)  # of a count: yes, no, missed once its time has passed, not known yet


@dataclass(frozen=True)
class Counts:
    """What one reader may see of all measures.

    Attributes
    ----------
    cells : mapping of str to list of Cell
        By ``kind.measure``; a measure without a row is left out.
    rows : mapping of str to Counted
        The kept row of each kind, in which what is worked out of its counts can be kept too.
    classes : tuple of str
        The classes of record that were added up.
    hidden : tuple of int
        Cases taken off.
    """

    cells: Mapping[str, list[Cell]]
    rows: Mapping[str, Counted]
    classes: tuple[str, ...]
    hidden: tuple[int, ...]
    since: int
    until: int
    drawn: set[str] = field(default_factory=set)  # kinds whose kept lines grew in this look


def counts(actor: Actor, at: datetime, kinds: Sequence[str] = ()) -> Counts:
    """The counts of every measure that `actor` may see, of the months that measures draw.

    Parameters
    ----------
    kinds : sequence of str
        Only these; without them, all.
    """
    until = month_of(at)
    since = months_back(until, MONTHS - 1)
    classes, shut = tuple(allowed_classes(actor)), tuple(hidden_cases(actor))
    rows = current(at, since, kinds or sorted(KINDS))
    found = {
        f"{kind}.{name}": told
        for kind, row in rows.items()
        for name, by_class in row.cells.items()
        if (told := _added(by_class, classes, since, until))
    }
    _fall_due(found, classes, until, at)
    _take_off(found, classes, shut, since, until, at)
    cells = {name: _cells(months, until) for name, months in found.items()}
    return Counts({n: c for n, c in cells.items() if c}, rows, classes, shut, since, until)


Months = dict[tuple[str, int], list[int]]  # (area, month) to counts, in the order of HIT, MISSED, LAPSES, OPEN


def _added(by_class: Mapping[str, Any], classes: Sequence[str], since: int, until: int) -> Months:
    found: Months = {}
    for code in classes:
        for area, by_month in by_class.get(code, {}).items():
            for month, n in by_month.items():
                if since <= int(month) <= until:
                    held = found.setdefault((area, int(month)), [0, 0, 0, 0])
                    for i in range(4):
                        held[i] += n[i]
    return found


def _fall_due(found: dict[str, Months], classes: Sequence[str], until: int, at: datetime) -> None:
    """Unfinished work is missed from the instant it falls due; of earlier months all of it is."""
    late = Measured.objects.filter(hit=None, lapses=True, month=until, at__lte=at, record_class__in=["", *classes])
    for measure, area, n in late.order_by().values_list("measure", "area").annotate(n=CountOf("*")):
        if (area, until) in found.get(measure, {}):
            found[measure][area, until][LAPSES] -= n
            found[measure][area, until][MISSED] += n


def _take_off(
    found: dict[str, Months], classes: Sequence[str], shut: Sequence[int], since: int, until: int, at: datetime
) -> None:
    held = Measured.objects.filter(case__in=shut, month__gte=since, month__lte=until, record_class__in=["", *classes])
    for row in held if shut else ():
        n = found.get(row.measure, {}).get((row.area, row.month))
        if n is not None:
            due = row.hit is None and row.lapses and row.month == until and row.at <= at
            n[MISSED if due else _column(row.hit, row.lapses)] -= 1


def _cells(months: Months, until: int) -> list[Cell]:
    """Counts as measures draw them: (area, month, hits, missed, undecided, no values)."""
    return [
        (area, month, n[HIT], n[MISSED] + (n[LAPSES] if month < until else 0), n[OPEN] + (n[LAPSES] if month == until else 0), None)
        for (area, month), n in sorted(months.items())
        if any(n)
    ]  # fmt: skip


def current(at: datetime, since: int, kinds: Sequence[str]) -> dict[str, Counted]:
    """The kept counts of each kind, counted again where its journals or the local values have moved on."""
    entry = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    setting = FeedCursor.objects.filter(source=FOLLOWED).values_list("cursor", flat=True).first() or ""
    held = {row.kind: row for row in Counted.objects.filter(kind__in=kinds)}
    moved = _moved(held.values(), entry)
    again = [
        kind for kind in kinds
        if kind not in held or kind in moved or held[kind].setting != setting or held[kind].since > since or set(held[kind].cells) != set(measures_of(KINDS[kind]))
    ]  # fmt: skip
    for kind in again:
        told = {
            "entry": entry,
            "setting": setting,
            "since": since,
            "at": at,
            "cells": count(KINDS[kind], since),
            "lines": {},
        }
        held[kind], _ = Counted.objects.update_or_create(kind=kind, defaults=told)
    still = [row.pk for row in held.values() if row.entry < entry and row.kind not in again]
    if still:  # nothing of theirs is newer, so the next look need not go back so far
        Counted.objects.filter(pk__in=still).update(entry=entry, at=at)
    return held


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


def count(kind: Kind, since: int) -> dict[str, dict[str, dict[str, dict[str, list[int]]]]]:
    """Count the rows of a kind's measures: measure, class, area, month to counts."""
    found: dict[str, Any] = {}
    for name in measures_of(kind):
        told: Any = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0])))
        # "month + 0": as a plain column SQLite would jump about in the index by it (see casework.measures).
        rows = Measured.objects.filter(measure=f"{kind.name}.{name}").alias(when=F("month") + 0).filter(when__gte=since)
        grouped = rows.order_by().values_list("area", "month", "record_class", "hit", "lapses").annotate(n=CountOf("*"))
        for area, month, code, hit, lapses, n in grouped:
            told[code][area][str(month)][_column(hit, lapses)] += n
        found[name] = told
    return found


def _column(hit: bool | None, lapses: bool) -> int:
    return HIT if hit else MISSED if hit is False else LAPSES if lapses else OPEN


def forget(kinds: Sequence[str] = ()) -> None:
    """Count again at the next look: after the rows of measures were written anew without an entry."""
    rows = Counted.objects.all()
    (rows.filter(kind__in=kinds) if kinds else rows).delete()


__all__ = ["Counts", "count", "counts", "current", "forget"]
