"""What the first page says of casework: what is one's own, what is due, what others did since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from peelian.access.actor import Actor
from peelian.casework import duty, queues
from peelian.casework.climbing import climbed
from peelian.casework.models import JournalEntry, Notice
from peelian.casework.sight import asks_of

from .case_form import title_of
from .case_lists import lines_of, offered
from .case_words import Names, journal_line

SINCE = timedelta(hours=24)
SOON = timedelta(hours=12)
SHOWN = 8


def news(actor: Actor, at: datetime) -> dict[str, Any]:
    """The parts of the first page, and the mentions of the people whose cases stand in it (`subjects`)."""
    mine = queues.mine(actor, at)
    count = mine.count()
    asked, late = offered(actor, at), climbed(actor, at)
    up = queues.page(late, size=SHOWN).rows
    waits = list(asked[:SHOWN])
    late_count = mine.filter(due_order__lte=at).count()
    due = queues.due(actor, at, SOON, among=mine).count() - late_count
    # What is late for weeks must not push what is due in minutes, or since minutes, off the first page.
    long_late, near = (
        mine.filter(due_order__lte=at - SOON),
        mine.filter(due_order__gt=at - SOON, due_order__lte=at + SOON),
    )
    soon = queues.page(near, size=SHOWN).rows if long_late.exists() else []
    own = queues.page(mine.exclude(pk__in=[case.pk for case in soon]), size=SHOWN).rows
    questions = asks_of(actor).filter(state="asked").order_by("at", "pk")
    span = duty.span(actor.user.username, at)
    changed = _changed(actor, at)
    return {
        "asked_count": queues.up_to(questions), "asked_first": questions.values_list("at", flat=True).first(),
        "climbed": lines_of(up, actor, at), "climbed_count": late.count(),
        "offered": lines_of(waits, actor, at), "offered_count": asked.count(), "own": lines_of(own, actor, at),
        "own_count": count, "due_count": due, "late_count": late_count, "soon": lines_of(soon, actor, at), "changed": changed,
        "notices": _notices(actor, at), "duty_ends": span[1] if span else None,
        "subjects": {c.subject_key for c in (*waits, *soon, *own, *up, *(case for case, _ in changed)) if c.subject_key},
    }  # fmt: skip


def _changed(actor: Actor, at: datetime) -> list[tuple[Any, str]]:
    """What others wrote in the actor's cases within a day, the newest first: what was done, never what was typed."""
    rows = JournalEntry.objects.filter(case__in=queues.mine(actor, at), known__gt=at - SINCE, known__lte=at)
    rows = rows.filter(~Q(by=actor.user.username)).select_related("case").order_by("-known", "-pk")[:SHOWN]
    held = list(rows)
    names = Names({e.by for e in held} | {e.to for e in held})
    told = []
    for entry in held:
        kind = queues.kind_of(entry.case.kind)
        line = journal_line(entry, kind, names, classes=frozenset(), struck=False, mends=False)
        told.append((entry.case, {"line": line, "kind": kind}))
    return told


def _notices(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Breaches that were raised to the actor within a day, in cases that they still see."""
    rows = Notice.objects.filter(to=actor.user.username, at__gt=at - SINCE, at__lte=at, case__in=queues.cases(actor))
    return [
        {
            "notice": n,
            "kind": (kind := queues.kind_of(n.case.kind)),
            "clock": title_of(kind, n.clock) if n.clock else "",
        }
        for n in rows.select_related("case").order_by("-at")[:SHOWN]
    ]
