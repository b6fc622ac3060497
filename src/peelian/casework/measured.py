"""The rows of measures as they are kept: written with each entry of a journal, from the journal alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from peelian.core.clock import LONDON
from peelian.core.kinds import Around, Run, State
from peelian.core.kinds.measures import rows

from . import sums
from .models import Case, Measured

FIELDS = ("area", "agency", "at", "month", "hit", "value", "lapses", "record_class_id")


def month_of(at: datetime) -> int:
    """The month in London of an instant, such as 202611."""
    local = at.astimezone(LONDON)
    return local.year * 100 + local.month


def keep(case: Case, state: State, runs: Iterable[Run], around: Around | None = None) -> None:
    """Bring the rows of a case up to date with its journal, in the caller's transaction; only rows that differ are written.

    The caller holds the case's row, so that what is taken off the sums is what stands there.
    """
    new = rows_of(case, state, runs, around)
    changed, before, gone = [], [], []
    for old in Measured.objects.filter(case=case):
        now = new.pop((old.measure, old.item, old.n), None)
        if now is None:
            gone.append(old)
        elif any(getattr(now, field) != getattr(old, field) for field in FIELDS):
            now.pk = old.pk
            changed.append(now)
            before.append(old)
    if gone:
        Measured.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if changed:
        Measured.objects.bulk_update(changed, FIELDS)
    if new:
        Measured.objects.bulk_create(new.values())
    sums.changed([*gone, *before], [*changed, *new.values()])


def rows_of(
    case: Case, state: State, runs: Iterable[Run], around: Around | None = None
) -> dict[tuple[str, str, int], Measured]:
    """The rows of a case as its journal says, not yet written, by (measure, item, n)."""
    new = {}
    for row in rows(state, runs, around=around):
        key = f"{state.kind.name}.{row.measure}", row.item, row.n
        new[key] = Measured(
            case=case, measure=key[0], item=row.item, n=row.n, area=row.area[:60], agency=row.agency, at=row.at,
            month=month_of(row.at), hit=row.hit, value=row.value, lapses=row.lapses, record_class_id=case.record_class_id,
        )  # fmt: skip
    return new


def differs(case: Case, state: State, runs: Iterable[Run], around: Around | None = None) -> bool:
    """Whether the rows kept are other than the journal says."""
    new = rows_of(case, state, runs, around)
    held = {(row.measure, row.item, row.n): row for row in Measured.objects.filter(case=case)}
    return set(held) != set(new) or any(
        getattr(row, field) != getattr(new[key], field) for key, row in held.items() for field in FIELDS
    )


def rebuild(kind: str) -> int:
    """Write the rows of every case of a kind again from its journal, such as after a measure was added, and mend the sums; how many cases."""
    from .reading import folded  # reads what stands above the rows

    done = 0
    for pk in Case.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
            keep(case, *folded(case))
        done += 1
    sums.mend()
    return done
