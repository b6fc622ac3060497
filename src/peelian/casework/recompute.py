"""After a force's own value or a rule changed: the clocks that still run are worked out again. What has ended stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from peelian.access.models import Change

from .caches import caches_of, differences, write
from .entries import as_entry, rows_of
from .kinds import KINDS
from .local_values import History, history
from .measured import keep
from .models import Case, FeedCursor, Run
from .reading import around_for

Progress = Callable[[int, int, str], None]
CHUNK = 200
FOLLOWED = "local values"  # name of the cursor: up to which approved change the clocks have followed


def recompute(kinds: Collection[str] = (), *, closed: bool = False, progress: Progress | None = None) -> int:
    """Work out again the open cases, and those whose clocks could not run, of some kinds or of all.

    Each case is a transaction of its own, and one that is worked on meanwhile is waited for.

    Parameters
    ----------
    closed : bool, default False
        Closed cases too: after an update in which a clock or a measure reads the same journal otherwise.

    Returns
    -------
    int
        How many cases changed.
    """
    names = sorted(set(kinds) & set(KINDS) if kinds else KINDS)
    unset = Run.objects.filter(state="unset").values("case")
    rows = Case.objects.filter(kind__in=names)
    rows = rows if closed else rows.filter(Q(closed=False) | Q(pk__in=unset))
    held = {name: history(KINDS[name].all_locals) for name in names}
    total, done, changed, last = rows.count(), 0, 0, 0
    while part := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "kind")[:CHUNK]):
        changed += sum(_again(pk, held[kind]) for pk, kind in part)
        done, last = done + len(part), part[-1][0]
        if progress:
            progress(done, total, "cases")
    return changed


@transaction.atomic
def _again(pk: int, held: History) -> bool:
    case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
    kind = KINDS[case.kind]
    around = around_for(kind, None, case, held)
    found = caches_of(kind, map(as_entry, rows_of(case)), around)
    changed = bool(differences(case, found))
    if changed:
        write(case, found)
    keep(case, found.state, found.reckoned, around)  # a measure may have been added
    return changed


def follow_settings(*, at: datetime, progress: Progress | None = None) -> int:
    """Work out again the kinds that read a local value approved since this was last done; how many cases changed."""
    names = {name for kind in KINDS.values() for name in kind.all_locals}
    rows = Change.objects.filter(name__in=names, approved_at__lte=at)
    last = rows.aggregate(last=Max("approved_at"))["last"]
    cursor = FeedCursor.objects.filter(source=FOLLOWED).first()
    since = datetime.fromisoformat(cursor.cursor) if cursor and cursor.cursor else None
    if last is None or (since is not None and last <= since):
        return 0
    new = set((rows if since is None else rows.filter(approved_at__gt=since)).values_list("name", flat=True))
    changed = recompute({name for name, kind in KINDS.items() if new & set(kind.all_locals)}, progress=progress)
    FeedCursor.objects.update_or_create(source=FOLLOWED, defaults={"cursor": last.isoformat(), "at": at})
    return changed
