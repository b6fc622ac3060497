"""Settings that a force decides for itself: proposed by one person, approved by another (law 7). Unset has no hidden default."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from peelian.core.errors import InvalidInput, PeelianError

from .actor import Actor, record_act, require_role
from .models import Change

WHO_DECIDES = ("supervisor", "data-protection", "administrator")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that two people change.

    Attributes
    ----------
    name : str
        Such as ``break-glass.hours``.
    words : str
        What it is, with its unit.
    owner : str
        Who decides it, such as ``owner of the access policy``.
    read : callable
        From what was typed to the value; ValueError, with what is allowed, for anything else.
    """

    name: str
    words: str
    owner: str
    read: Callable[[str], Any]


SETTINGS: dict[str, Setting] = {}


def declare(name: str, words: str, *, owner: str, read: Callable[[str], Any]) -> Setting:
    """Declare a setting, once, when the program starts: floors above declare theirs here too."""
    SETTINGS[name] = Setting(name, words, owner, read)
    return SETTINGS[name]


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not text.strip().lstrip("-").isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def value_of(name: str, *, at: datetime | None = None) -> Any:
    """The value that holds, or held at an instant.

    Raises
    ------
    InvalidInput
        ``peelian.E114`` while it is not set; the message says who sets it.
    """
    found = approved(name, at=at)
    if found is None:
        raise InvalidInput(
            f'local value "{name}" is not set', matters="what needs it is shut until it is set; nothing else is",
            fix=f"the {SETTINGS[name].owner} proposes it, and a second person approves", id="peelian.E114",
        )  # fmt: skip
    return found.after


def approved(name: str, *, at: datetime | None = None) -> Change | None:
    """The change that holds, or held at an instant; None while it is not set."""
    rows = Change.objects.filter(name=name).exclude(approved_at=None)
    if at is not None:
        rows = rows.filter(approved_at__lte=at)
    return rows.order_by("-approved_at", "-pk").first()


def waiting() -> QuerySet[Change]:
    """Changes that wait for a second person, the oldest first."""
    return Change.objects.filter(approved_at=None, refused_at=None).order_by("proposed_at", "pk")


@transaction.atomic
def propose(name: str, text: str, *, reason: str, actor: Actor, at: datetime) -> Change:
    """Put a new value before a second person.

    Raises
    ------
    PeelianError
        ``peelian.E318`` for a setting or a value that is not allowed, or without a reason.
    """
    require_role(actor, *WHO_DECIDES)
    setting = SETTINGS.get(name)
    try:
        if setting is None:
            raise ValueError("one of: " + ", ".join(sorted(SETTINGS)))
        after = setting.read(text)
        if not reason.strip():
            raise ValueError("a reason beside it")
    except ValueError as error:
        raise PeelianError(
            "the setting cannot be changed so", where=name, fix=f"give {error}", id="peelian.E318"
        ) from None
    held = approved(name)
    change = Change.objects.create(
        uid=secrets.token_hex(12), name=name, before=held.after if held else None, after=after, reason=reason,
        proposed_by=actor.user.username, proposed_at=at,
    )  # fmt: skip
    record_act(
        actor,
        "alteration",
        "setting: proposed",
        at=at,
        detail={"name": name, "before": change.before, "after": after},
        reason=reason,
    )
    return change


@transaction.atomic
def decide(uid: str, *, approve: bool, note: str = "", actor: Actor, at: datetime) -> Change:
    """Approve or refuse what another proposed.

    Raises
    ------
    PeelianError
        ``peelian.E319`` where nothing of that name waits, or `actor` proposed it and would approve it.
    """
    require_role(actor, *WHO_DECIDES)
    change = Change.objects.select_for_update().filter(uid=uid, approved_at=None, refused_at=None).first()
    if change is None:
        raise PeelianError("no such change waits", fix="see `peelian settings list`", id="peelian.E319")
    if approve and change.proposed_by == actor.user.username:
        raise PeelianError(
            "a change of a setting needs two people",
            where=change.name,
            fix="ask a colleague to approve it",
            id="peelian.E319",
        )
    if approve:
        change.approved_by, change.approved_at = actor.user.username, at
    else:
        change.refused_by, change.refused_at = actor.user.username, at
    change.note = note
    change.save()
    what = "setting: approved" if approve else "setting: refused"
    record_act(actor, "alteration", what, at=at, detail={"name": change.name, "after": change.after}, reason=note)
    return change
