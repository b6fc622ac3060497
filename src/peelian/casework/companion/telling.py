"""Writing back what was decided: derived from the journal, so that nothing is lost; under one key, so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from ..models import Followed, JournalEntry, WriteBack
from .contract import Silent
from .setting import Linked

WAIT, LONGEST = timedelta(seconds=2), timedelta(minutes=15)  # before the second try; between tries at most [DESIGN]


def note(link: Linked, *, at: datetime) -> int:
    """Write down what is to be told of every decision since the last look; how many. Doing it again adds nothing."""
    noted = 0
    tells = {follow.kind: frozenset(follow.tells) for follow in link.follows}
    waiting = Followed.objects.filter(source=link.source.name, case__seq__gt=F("told")).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            held = Followed.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)
            assert held.case is not None
            entries = list(JournalEntry.objects.filter(case=held.case, seq__gt=held.told).order_by("seq"))
            for entry in entries:
                body = _body(held, entry, tells.get(held.kind, frozenset()))
                if body:
                    WriteBack.objects.get_or_create(
                        followed=held, seq=entry.seq, defaults={"body": body, "at": at, "next_at": at}
                    )
                    noted += 1
            if entries:
                held.told = entries[-1].seq
                held.save(update_fields=["told"])
    return noted


def tell(link: Linked, *, at: datetime) -> tuple[int, int]:
    """Tell whatever waits and may be tried now, in the order in which it was decided; (told, failed).

    A decision is not told before the one that was decided before it on the same record.
    """
    told = failed = 0
    stuck: set[int] = set()
    waiting = WriteBack.objects.filter(done_at=None, followed__source=link.source.name).select_related("followed")
    for one in list(waiting.order_by("pk")):
        if one.followed_id in stuck:
            continue
        if one.next_at > at:
            stuck.add(one.followed_id)
            continue
        try:
            link.adapter.write_back(one.followed.reference, one.key, one.body)
        except Silent as silent:
            one.tries += 1
            one.next_at = at + min(WAIT * 2 ** min(one.tries - 1, 12), LONGEST)
            one.fault = (silent.found or silent.summary)[:300]
            one.save(update_fields=["tries", "next_at", "fault"])
            stuck.add(one.followed_id)
            failed += 1
            continue
        one.done_at, one.fault, one.tries = at, "", one.tries + 1
        one.save(update_fields=["done_at", "fault", "tries"])
        told += 1
    return told, failed


def _body(held: Followed, entry: JournalEntry, tells: Iterable[str]) -> dict[str, Any] | None:
    told = {"case": entry.case.ref, "entry": entry.seq, "at": entry.at.isoformat(), "by": entry.by}
    if entry.verb == "decide" and entry.name in tells:
        return {**told, "decision": entry.name, "outcome": entry.to, "reason": entry.reason}
    if entry.verb == "strike":
        struck = JournalEntry.objects.filter(case=entry.case, seq=int(entry.name), verb="decide", name__in=list(tells))
        if struck.exists():
            return {**told, "struck": int(entry.name), "reason": entry.reason}
    return None
