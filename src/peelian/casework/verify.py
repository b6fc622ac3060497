"""The check that every case is what its journal says, and that no journal was changed: `peelian verify cases`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from peelian.access.models import Entry as LogEntry

from . import measured, sums
from .caches import Held, caches_of, differences, held_of
from .entries import as_entry, digest_of
from .kinds import KINDS
from .local_values import History, history
from .models import Case, JournalEntry
from .reading import around_for
from .writing import head_of

CHUNK = 500
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Bad:
    """The first case that is not as its journal says, or whose journal was changed."""

    case: str
    what: str
    entry: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the check found."""

    cases: int
    ok: bool
    first_bad: Bad | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON prints it."""
        return asdict(self)


def verify(*, progress: Progress | None = None) -> Verdict:
    """Fold every journal again and compare it with what is stored; check each digest, and the sealed log's copy of it.

    Returns
    -------
    Verdict
        With how many cases were read, and the first that is wrong. A case of a kind that no module declares any more is wrong:
        it cannot be read.
    """
    held = {name: history(kind.all_locals) for name, kind in KINDS.items()}
    total, done, first = Case.objects.count(), 0, None
    for part in _parts():
        rows: dict[int, list[JournalEntry]] = defaultdict(list)
        for row in JournalEntry.objects.filter(case__in=part).order_by("case", "seq"):
            rows[row.case_id].append(row)
        stored = held_of(part)
        logged = _logged([row.log for told in rows.values() for row in told if row.log is not None])
        for case in part:
            first = first or _wrong(case, rows[case.pk], stored[case.pk], logged, held)
        done += len(part)
        if progress:
            progress(done, total, "cases")
    first = first or _dropped() or _summed()
    return Verdict(done, first is None, first)


def _parts() -> Iterator[list[Case]]:
    last = 0
    while part := list(Case.objects.filter(pk__gt=last).select_related("parent").order_by("pk")[:CHUNK]):
        yield part
        last = part[-1].pk


def _wrong(
    case: Case, rows: Sequence[JournalEntry], stored: Held, logged: Mapping[int, Any], held: Mapping[str, History]
) -> Bad | None:
    kind = KINDS.get(case.kind)
    if kind is None:
        return Bad(case.ref, f"no module declares its kind, {case.kind}")
    if not rows:
        return Bad(case.ref, "it has no journal")
    before = head_of(case, kind)
    for number, row in enumerate(rows, start=1):
        if row.seq != number:
            return Bad(case.ref, "an entry was dropped", number)
        entry = as_entry(row)
        if row.digest != digest_of(case.ref, entry, before):
            what = "an entry was changed" if number > 1 else "its first entry, or what it was opened with, was changed"
            return Bad(case.ref, what, number)
        told = logged.get(row.log or 0)
        if row.log is not None and (told is None or told.get("digest") != row.digest):
            return Bad(case.ref, "an entry is not the one that the log holds", number)
        before = row.digest
    around = around_for(kind, None, case, held[kind.name])
    found = caches_of(kind, map(as_entry, rows), around)
    names = differences(case, found, stored)
    if measured.differs(case, found.state, found.reckoned, around):
        names.append("rows of measures")
    if names:
        return Bad(case.ref, "not as its journal says: " + ", ".join(names))
    return None


def _logged(ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(ids), CHUNK):
        found |= dict(LogEntry.objects.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", "detail"))
    return found


def _dropped() -> Bad | None:
    """An entry of a journal that the log knows and the journal does not: the last ones of a case, or a whole case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.detail FROM access_entry e LEFT JOIN casework_journalentry j ON j.log = e.id"
            " WHERE e.what LIKE 'case: %%' AND j.id IS NULL ORDER BY e.id"
        )
        for (detail,) in cursor:
            told = json.loads(detail) if isinstance(detail, str) else detail
            if "digest" in told:
                return Bad(str(told["case"]), "an entry that the log holds was dropped", told["seq"])
    return None


def _summed() -> Bad | None:
    """A sum that is not the number of the rows it stands for; `peelian measures rebuild` mends it."""
    found = sums.wrong()
    if found is None:
        return None
    measure, area, month, *_ = found
    return Bad("", f"the sum of the measure {measure} in {area or 'no area'}, {month}, is not that of its rows")
