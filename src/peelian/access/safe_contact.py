"""Safe contact: the one question that every sender asks before a letter, a text, a call or a visit (law 14)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from peelian.core.clock import LONDON, london_day
from peelian.core.errors import PeelianError

from .actor import Actor, record_act, require_police
from .models import SafeContact

CHANNELS = ("letter", "text", "voicemail", "call", "email", "visit")
BLOCKED = "A safe-contact rule blocks this way of contact"
UNKNOWN = "No safe-contact rule is recorded. That is not safety: ask first whether this way of contact is safe"


@dataclass(frozen=True, slots=True)
class Contact:
    """The answer to `may_contact`.

    Attributes
    ----------
    allowed : bool
        False: it must not be sent, whoever asks.
    check : bool
        True: nothing is known, so a person confirms before it is sent, and nothing is sent automatically.
    reason : str
        Words for the sender; they never say who recorded a rule or why.
    only_via : str
        The professional through whom alone contact is safe.
    """

    allowed: bool
    check: bool
    reason: str
    only_via: str = ""


def may_contact(keys: Collection[str], channel: str, at: datetime) -> Contact:
    """Say whether somebody may be contacted in one way at an instant.

    Parameters
    ----------
    keys : collection of str
        Keys (`feed/key`) of all the mentions of the person, those that the sender may not see among them: a rule protects
        also where its record is hidden. Give the whole component, not what a page shows.
    channel : str
        One of `CHANNELS`.

    Notes
    -----
    Any rule that blocks, blocks: rules are never weighed against each other. Where none is recorded the answer is *allowed,
    after a check*. To block would stop the notices that victims have a right to; to allow outright would send a letter into
    the home of a perpetrator because nobody had asked yet.

    Raises
    ------
    ValueError
        For a channel that is not known, or without a key: a sender that does not know whom it writes to does not send.
    """
    if channel not in CHANNELS or not keys:
        raise ValueError(f"{channel!r} is none of {CHANNELS}, or nobody is named")
    rows = SafeContact.objects.filter(key__in=keys, lifted_at=None).filter(Q(until=None) | Q(until__gt=london_day(at)))
    rules = list(rows.order_by("pk"))
    for rule in rules:
        if rule.channel not in (channel, "any"):
            continue
        if rule.only_via:
            return Contact(False, False, f"{BLOCKED}: only through the professional named", rule.only_via)
        if rule.hour_from is None or rule.hour_until is None:
            return Contact(False, False, BLOCKED)
        if not _within(at.astimezone(LONDON).hour, rule.hour_from, rule.hour_until):
            return Contact(False, False, f"{BLOCKED} now: safe from {rule.hour_from:02}:00 to {rule.hour_until:02}:00")
    if any(rule.channel in (channel, "any") for rule in rules):
        return Contact(True, False, "Safe at this hour, by the rule recorded")
    if rules:
        return Contact(True, True, "Rules are recorded for other ways of contact, none for this one: ask first")
    return Contact(True, True, UNKNOWN)


def _within(hour: int, first: int, until: int) -> bool:
    return first <= hour < until if first <= until else hour >= first or hour < until


@transaction.atomic
def set_rule(
    key: str, channel: str, *, only_via: str = "", hours: tuple[int, int] | None = None, until: date | None = None,
    reason: str, actor: Actor, at: datetime,
) -> SafeContact:  # fmt: skip
    """Record how somebody must not be contacted: not at all this way, only through one professional, or only in some hours.

    Parameters
    ----------
    key : str
        `feed/key` of one of the person's mentions.
    channel : str
        One of `CHANNELS`, or ``any``.
    hours : tuple of int, optional
        London hours (from, until) between which the channel is safe; over midnight where the first is the later.

    Raises
    ------
    PeelianError
        ``peelian.E322`` for a channel or hours that are not known, or without a reason.
    """
    require_police(actor)
    good = channel in (*CHANNELS, "any") and reason.strip() and not (hours and only_via)
    if not good or (hours and not all(0 <= h <= 23 for h in hours)) or (hours and hours[0] == hours[1]):
        raise PeelianError(
            "a safe-contact rule needs a channel, hours in order and a reason", found=channel,
            fix="choose one of: " + ", ".join((*CHANNELS, "any")), id="peelian.E322",
        )  # fmt: skip
    first, last = hours or (None, None)
    rule = SafeContact.objects.create(
        key=key, channel=channel, only_via=only_via, hour_from=first, hour_until=last, until=until, reason=reason,
        by=actor.user.username, at=at,
    )  # fmt: skip
    record_act(actor, "alteration", "safe-contact rule", at=at, subjects=[key], detail={"channel": channel})
    return rule


@transaction.atomic
def lift_rule(rule: SafeContact, *, reason: str, actor: Actor, at: datetime) -> None:
    """End a rule; the row stays."""
    require_police(actor)
    if not reason.strip():
        raise PeelianError(
            "lifting a safe-contact rule needs a reason", fix="say how it became safe", id="peelian.E322"
        )
    rule.lifted_by, rule.lifted_at = actor.user.username, at
    rule.save(update_fields=["lifted_by", "lifted_at"])
    record_act(actor, "alteration", "safe-contact rule lifted", at=at, subjects=[rule.key], reason=reason)
