"""The one gate of everything that goes out to a person: a letter, a text, a call, an export (law 14).

Whatever sends asks here first. A rule that somebody recorded blocks, whoever wants to send; where nothing is known nothing
leaves by itself, and a person who sends says how they know that it is safe.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peelian.access.actor import Actor, record_act
from peelian.access.models import Entry
from peelian.access.safe_contact import CHANNELS, UNKNOWN, Contact, may_contact
from peelian.core.errors import PeelianError
from peelian.identity.models import Known

from .models import Case


class Blocked(PeelianError):
    """What was to be sent may not go out this way, or not now."""

    id = "peelian.E494"


class Unasked(PeelianError):
    """Nobody has asked yet whether this way of contact is safe."""

    id = "peelian.E495"


def keys_of(subject: str) -> list[str]:
    """Keys of all that is joined with the mention of a ref, hidden ones too: a rule protects also where its record is hidden."""
    held = Known.objects.filter(ref=subject).first() if subject else None
    if held is None:
        return []
    if held.component_id is None:
        return [str(held.key)]
    return list(Known.objects.filter(component=held.component_id).order_by("key").values_list("key", flat=True))


def may_send(case: Case, subject: str, channel: str, at: datetime) -> Contact:
    """Say whether something of a case may go to a person in one way at an instant.

    Parameters
    ----------
    case : Case
        What it is about; its own subject's rules hold for every letter to that person.
    subject : str
        Ref of the person it would reach; empty for the subject of the case.
    channel : str
        ``letter``, ``text``, ``voicemail``, ``call``, ``email`` or ``visit``.

    Returns
    -------
    Contact
        `allowed`, `check` (nothing is known: a person asks first, nothing is sent by itself), the words, and through whom alone.
    """
    if channel not in CHANNELS:
        raise PeelianError("this way of contact is not known", found=channel, fix="choose " + ", ".join(CHANNELS))
    keys = keys_of(subject or case.subject)
    return may_contact(keys, channel, at) if keys else Contact(True, True, UNKNOWN)


def send(case: Case, subject: str, channel: str, *, what: str, asked: str = "", actor: Actor, at: datetime) -> Entry:
    """Let one thing out, with its entry in the log; the caller sends it in the same transaction, or not at all.

    Parameters
    ----------
    what : str
        What goes out, in plain words without personal data, such as ``notice of the outcome``.
    asked : str
        How the sender knows that this way is safe; needed where no rule is recorded. A job that sends by itself has nobody who
        asked and leaves it empty, so that it sends only where a rule says that it is safe.

    Raises
    ------
    Blocked
        ``peelian.E494`` where a rule blocks it.
    Unasked
        ``peelian.E495`` where nothing is known and nobody asked.
    """
    told = may_send(case, subject, channel, at)
    if not told.allowed:
        via = f"; only through {told.only_via}" if told.only_via else ""
        raise Blocked(
            "this must not be sent", where=f"case {case.ref}, by {channel}", found=told.reason + via,
            matters="it could be read by somebody who would do harm", fix="choose another way, or ask whoever looks after the person",
        )  # fmt: skip
    if told.check and not asked.strip():
        raise Unasked(
            "ask first whether this way of contact is safe", where=f"case {case.ref}, by {channel}", found=told.reason,
            fix="ask the person, record what they said, or write how you know",
        )  # fmt: skip
    reached = keys_of(subject or case.subject)
    with transaction.atomic():
        return record_act(
            actor, "disclosure", what, at=at, subjects=reached, recipient=f"the person, by {channel}", reason=asked.strip(),
            detail={"case": case.ref, "safe": "by rule" if not told.check else "sender asked"},
        )  # fmt: skip


__all__ = ["Blocked", "Contact", "Unasked", "keys_of", "may_send", "send"]
