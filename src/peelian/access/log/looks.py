"""Who looked at whom, and what one has looked at. Every look at the log is itself an entry."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from peelian.access.actor import Actor, record_act, require_role
from peelian.access.models import Entry, Leaf, Subject
from peelian.core.clock import LONDON, start_of_day

OVERSEERS = ("data-protection", "professional-standards")
PAGE = 50


@dataclass(frozen=True)
class Looks:
    """One page of entries, the newest first. `older` is the cursor of the next page, empty on the last."""

    entries: list[Entry]
    older: str


def who_looked(actor: Actor, refs: Collection[str], *, at: datetime, older: str = "") -> Looks:
    """Every entry that concerns one of `refs` (of one person's mentions), for those who oversee the looks.

    Raises
    ------
    Denied
        If the actor holds no such role.
    """
    require_role(actor, *OVERSEERS)
    record_act(actor, "consultation", "who looked", detail={"of": sorted(refs)[:20]}, at=at)
    return _page(_of(refs), older)


def days_of_looks(refs: Collection[str]) -> list[dict[str, Any]]:
    """How often whoever looked at `refs` did, by day (London) and account, the newest first: `day`, `user`, `looks`."""
    by_day = _of(refs).annotate(day=TruncDate("at", tzinfo=LONDON)).values("day", "user")
    return list(by_day.annotate(looks=Count("id")).order_by("-day", "user")[:366])


def mine(actor: Actor, *, at: datetime, older: str = "") -> Looks:
    """What the actor has done, as the log tells it."""
    record_act(actor, "consultation", "my own looks", at=at)
    return _page(Entry.objects.filter(user=actor.user.username), older)


def overview(
    actor: Actor, *, at: datetime, user: str = "", verb: str = "", day: date | None = None, older: str = ""
) -> Looks:
    """The whole log, filtered by account, verb and day (London), for those who oversee the looks.

    Looking at one member of staff is itself such a look, and is recorded with whose entries they were.

    Raises
    ------
    Denied
        If the actor holds no such role.
    """
    require_role(actor, *OVERSEERS)
    asked = {"user": user, "verb": verb, "day": day.isoformat() if day else ""}
    record_act(actor, "consultation", "the log", detail={k: v for k, v in asked.items() if v}, at=at)
    entries = Entry.objects.all()
    if user:
        entries = entries.filter(user=user)
    if verb:
        entries = entries.filter(verb=verb)
    if day:
        entries = entries.filter(at__gte=start_of_day(day), at__lt=start_of_day(day + timedelta(days=1)))
    return _page(entries, older)


def numbers_of(entries: Collection[Entry]) -> dict[int, int]:
    """The number in the log of each entry that is sealed, by its id."""
    return dict(Leaf.objects.filter(entry__in=[e.pk for e in entries]).values_list("entry", "number"))


def subjects_of(entries: Collection[Entry]) -> dict[int, list[str]]:
    """The refs that each entry concerns, by its id."""
    found: dict[int, list[str]] = {}
    for entry, ref in Subject.objects.filter(entry__in=[e.pk for e in entries]).values_list("entry", "ref"):
        found.setdefault(entry, []).append(ref)
    return found


def _of(refs: Collection[str]) -> QuerySet[Entry]:
    return Entry.objects.filter(id__in=Subject.objects.filter(ref__in=refs).values("entry"))


def _page(entries: QuerySet[Entry], older: str) -> Looks:
    before = _position(older)
    if before is not None:
        entries = entries.filter(id__lt=before)
    rows = list(entries.order_by("-id")[: PAGE + 1])
    return Looks(rows[:PAGE], _cursor(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"log cursor" + settings.SECRET_KEY.encode()).digest()))


def _cursor(position: int) -> str:
    """An address holds no serial number: what it holds says nothing of how many entries there are."""
    return _fernet().encrypt(position.to_bytes(8)).decode()


def _position(cursor: str) -> int | None:
    try:
        return int.from_bytes(_fernet().decrypt(cursor)) if cursor else None
    except InvalidToken:
        return None
