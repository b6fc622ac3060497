"""Half-filled forms: kept for their writer alone, brought back when the form is opened again, and saved once.

A form carries a signed mark that says whose it is and where it belongs, so that keeping a draft reads nothing else. Every form
has its own number; saving it notes that number in the transaction of the act, so that a form sent twice is saved once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from peelian.casework.models import Case, Draft, JournalEntry
from peelian.core.errors import PeelianError

SALT = "peelian.case-form"
NOT_TYPED = {"csrfmiddlewaretoken", "form", "based", "tab", "seen"}
MOST = 500_000  # characters of one form
KEEP_SAVED = timedelta(days=30)  # the numbers of saved forms, so that a late repeat is still known


@dataclass(frozen=True)
class Place:
    """Where a form belongs: an act of a case, or of a kind where it would open one."""

    kind: str
    act: str
    ref: str = ""
    item: str = ""


class SavedAlready(PeelianError):
    """The same form was saved, and something else was typed into it since."""

    id = "peelian.E516"

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(
            "this form was saved already, and what stands in it now differs",
            matters="saved again it would stand in the journal twice",
            fix="look at the journal; save again only if you mean a second entry",
        )


def mark(uid: str, user: str, place: Place) -> str:
    """What a form carries: its number, whose it is and where it belongs, signed."""
    return signing.Signer(salt=SALT).sign_object([uid, user, place.kind, place.act, place.ref, place.item])


def read_mark(text: str, user: str) -> tuple[str, Place]:
    """The number and place of a form.

    Raises
    ------
    PeelianError
        ``peelian.E517`` where the mark was changed, or the form is another person's.
    """
    try:
        uid, owner, *place = signing.Signer(salt=SALT).unsign_object(text)
        if owner != user:
            raise signing.BadSignature
    except signing.BadSignature:
        raise PeelianError(
            "this form is not yours", matters="what is typed in one account is never saved under another",
            fix="open the form again from the case", id="peelian.E517",
        ) from None  # fmt: skip
    return uid, Place(*place)


def begun(user: str, place: Place) -> Draft:
    """The newest draft of a form that was not saved, or a new one that is not kept yet."""
    held = Draft.objects.filter(user=user, kind=place.kind, act=place.act, item=place.item, saved_at=None)
    held = held.filter(case__ref=place.ref) if place.ref else held.filter(case=None)
    return held.order_by("-at", "-pk").first() or fresh(user)


def fresh(user: str) -> Draft:
    """A draft that is not kept yet: an empty form."""
    return Draft(uid=secrets.token_hex(12), user=user)


def waiting(user: str) -> list[Draft]:
    """What somebody began and has not saved, the newest first."""
    return list(Draft.objects.filter(user=user, saved_at=None).select_related("case").order_by("-at", "-pk")[:50])


def typed(posted: QueryDict) -> dict[str, list[str]]:
    """What was typed, as it was typed.

    Raises
    ------
    PeelianError
        ``peelian.E518`` for more than a form can hold.
    """
    told = {name: [v.replace("\0", "") for v in posted.getlist(name)] for name in posted if name not in NOT_TYPED}
    if sum(len(v) for values in told.values() for v in values) > MOST:
        raise PeelianError(
            "more was typed than a form holds", fix="attach long texts to the case as a file", id="peelian.E518"
        )
    return told


def as_post(draft: Draft) -> QueryDict:
    """What was typed, as a form reads it."""
    told = QueryDict(mutable=True)
    for name, values in draft.given.items():
        told.setlist(name, values)
    return told


@transaction.atomic
def note(posted: QueryDict, *, user: str, at: datetime) -> tuple[Draft, Place]:
    """Keep what was typed. Where another window of the same form wrote in between, this one goes on as a draft of its own.

    Returns
    -------
    Draft
        With the number and revision that the form carries from now on.
    """
    uid, place = read_mark(posted.get("form", ""), user)
    tab, based = posted.get("tab", "")[:40], _number(posted.get("based", ""))
    draft = Draft.objects.select_for_update().filter(uid=uid).first()
    if draft is not None and (draft.saved_at or (draft.tab != tab and draft.revision != based)):
        if draft.saved_at and draft.saved_as == _digest(typed(posted)):
            return draft, place
        draft, uid = None, secrets.token_hex(12)
    if draft is None:
        draft = Draft(uid=uid, user=user, case=_case(place), kind=place.kind, act=place.act, item=place.item)
        Draft.objects.filter(user=user, saved_at__lt=at - KEEP_SAVED).delete()
    draft.given, draft.seen, draft.tab, draft.at = typed(posted), _number(posted.get("seen", "")), tab, at
    draft.revision += 1
    draft.save()
    return draft, place


def save_once(posted: QueryDict, work: Callable[[], str], *, user: str, at: datetime) -> tuple[str, bool]:
    """Do the work of a form once: the journal entry and the note that this form made it stand in one transaction.

    Parameters
    ----------
    work : callable
        Does the act, which writes one entry, and gives the reference of its case.

    Returns
    -------
    ref : str
        The case's reference.
    repeated : bool
        True where the same form had been saved before, so that nothing was done now.

    Raises
    ------
    SavedAlready
        Where it had been saved with other words.
    """
    uid, place = read_mark(posted.get("form", ""), user)
    digest = _digest(typed(posted))
    fresh = {"user": user, "kind": place.kind, "act": place.act, "item": place.item, "at": at, "case": _case(place)}
    draft, _ = Draft.objects.get_or_create(uid=uid, defaults=fresh)

    def note_saved(entry: JournalEntry) -> None:
        draft = Draft.objects.select_for_update().get(uid=uid)
        if draft.saved_at:
            raise _Repeated
        draft.given, draft.saved_at, draft.saved_as = {}, at, digest  # what was typed is in the journal now
        draft.result = entry.case.ref
        draft.save()

    ref = ""
    if not draft.saved_at:
        token = _BESIDE.set(note_saved)
        try:
            ref = work()
        except _Repeated:
            draft.refresh_from_db()
        finally:
            _BESIDE.reset(token)
    if draft.saved_at:
        if draft.saved_as != digest:
            raise SavedAlready(draft.saved_at)
        return place.ref or draft.result, True
    return ref, False


class _Repeated(Exception):
    """The same form was saved while this one was on its way."""


# The store takes locks in an order of its own, so its transaction is not wrapped in another: the note joins it from inside.
_BESIDE: ContextVar[Callable[[JournalEntry], None] | None] = ContextVar("beside", default=None)


@receiver(post_save, sender=JournalEntry, dispatch_uid="peelian.case-form")
def _beside(instance: JournalEntry, created: bool, **_: Any) -> None:
    work = _BESIDE.get()
    if work is not None and created:
        work(instance)


def drop(uid: str, *, user: str) -> None:
    """Throw away a draft of one's own."""
    Draft.objects.filter(uid=uid, user=user, saved_at=None).delete()


def store_of(user: str, place: Place | None = None) -> str:
    """What a browser calls the text it keeps while the network is gone; it tells neither the writer nor the case."""
    told = [user] if place is None else [user, place.kind, place.act, place.ref, place.item]
    return salted_hmac("peelian.case-store", json.dumps(told), algorithm="sha256").hexdigest()[:32]


def key_of(user: str) -> str:
    """The key under which a browser keeps it: only pages of the same person hold it."""
    return base64.b64encode(salted_hmac("peelian.case-key", user, algorithm="sha256").digest()).decode()


def _digest(told: Mapping[str, list[str]]) -> str:
    text = json.dumps(told, sort_keys=True)
    return hashlib.sha256(salted_hmac("peelian.case-digest", text, algorithm="sha256").digest()).hexdigest()


def _case(place: Place) -> Case | None:
    return Case.objects.filter(ref=place.ref).only("pk").first() if place.ref else None


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdecimal() and len(str(text)) < 9 else 0
