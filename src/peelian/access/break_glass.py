"""Break-glass: a sight that policy refuses, taken in need. With a reason, for some hours, told to the owner, and reviewed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from peelian.core.errors import PeelianError

from .actor import Actor, Denied, record_act, require_police, require_role
from .agreements import CLASS_OF_FEED
from .changes import declare, value_of, whole
from .models import BreakGlass, RecordClass, Restriction

HOURS = declare(
    "break-glass.hours",
    "the most hours that a sight by break-glass lasts",
    owner="owner of the access policy",
    read=whole(1, 72),
)
LEAST_REASON = 20  # characters: "urgent" tells a reviewer nothing
REVIEWERS = ("supervisor", "data-protection")


@transaction.atomic
def open_glass(actor: Actor, feed: str, *, key: str = "", hours: int, reason: str, at: datetime) -> BreakGlass:
    """Open one feed's class of record, or one restricted record of it, to the actor, for the purpose they stated.

    Whether anything of it is held is not told: the answer is the same.

    Parameters
    ----------
    feed : str
        Any feed that is declared.
    key : str
        Of one record that is restricted: its reference, or that of a person in it, as the source gave it. Without one the
        class is opened, and what is restricted stays so.
    hours : int
        At most what the force has set.
    reason : str
        What the reviewer will read; at least 20 characters.

    Raises
    ------
    InvalidInput
        ``peelian.E114`` while the force has set no hours: nobody breaks glass until it has.
    PeelianError
        ``peelian.E320`` for an unknown feed, too many hours or too short a reason.
    """
    require_police(actor)
    if not actor.roles:
        raise Denied("your account has no posting today")
    most = value_of(HOURS.name)
    faults = [
        words
        for wrong, words in (
            (feed not in CLASS_OF_FEED, "choose one of the kinds of record listed"),
            (not 1 <= hours <= most, f"ask for 1 to {most} hours"),
            (len(reason.strip()) < LEAST_REASON, f"write why, in {LEAST_REASON} characters or more"),
        )
        if wrong
    ]
    if faults:
        raise PeelianError("break-glass cannot be used so", fix="; ".join(faults), id="peelian.E320")
    code = CLASS_OF_FEED[feed]
    held = Restriction.objects.filter(feed=feed, key=key.strip(), lifted_at=None).first() if key.strip() else None
    controller = RecordClass.objects.filter(code=code).values_list("controller", flat=True).first() or ""
    one = BreakGlass.objects.create(
        uid=secrets.token_hex(12), user=actor.user, record_class=code, feed=feed, key=key.strip()[:80], purpose=actor.purpose, reason=reason.strip(),
        owner=held.owner if held else controller, opened_at=at, expires_at=at + timedelta(hours=hours),
    )  # fmt: skip
    record_act(
        actor, "alteration", "break-glass: opened", at=at, reason=one.reason,
        detail={"class": code, "until": one.expires_at.isoformat(), "one record": bool(one.key)},
        subjects=[f"{feed}/{one.key}"] if one.key else [],
    )  # fmt: skip
    return one


@transaction.atomic
def close_glass(actor: Actor, uid: str, *, at: datetime) -> BreakGlass:
    """Give up a sight before it runs out."""
    one = BreakGlass.objects.filter(uid=uid, user=actor.user, closed_at=None, expires_at__gt=at).first()
    if one is None:
        raise PeelianError("no such break-glass of yours is open", id="peelian.E321")
    one.closed_at = at
    one.save(update_fields=["closed_at"])
    record_act(actor, "alteration", "break-glass: closed", at=at, detail={"class": one.record_class})
    return one


def to_review(actor: Actor) -> QuerySet[BreakGlass]:
    """What waits for a review, the oldest first. Nobody reviews their own."""
    require_role(actor, *REVIEWERS)
    rows = BreakGlass.objects.filter(reviewed_at=None).exclude(user=actor.user)
    return rows.filter(user__agency=actor.agency).select_related("user").order_by("opened_at", "pk")


def told(actor: Actor) -> QuerySet[BreakGlass]:
    """What others opened of what `actor` owns, the newest first: owners are told, whatever the reviewer finds."""
    return BreakGlass.objects.filter(owner=actor.user.username).select_related("user").order_by("-opened_at", "-pk")


@transaction.atomic
def review(actor: Actor, uid: str, *, justified: bool, note: str, at: datetime) -> BreakGlass:
    """Say whether a break-glass was justified, and why; one that was not ends at once.

    Raises
    ------
    PeelianError
        ``peelian.E321`` where none of that name waits for this reviewer; ``peelian.E320`` without a note.
    """
    one = to_review(actor).filter(uid=uid).first()
    if one is None:
        raise PeelianError("no such break-glass waits for your review", id="peelian.E321")
    if not note.strip():
        raise PeelianError("a review says why", fix="write a note", id="peelian.E320")
    one.finding, one.note = "justified" if justified else "not-justified", note.strip()
    one.reviewed_by, one.reviewed_at = actor.user.username, at
    if not justified and one.closed_at is None:
        one.closed_at = at
    one.save()
    record_act(
        actor, "alteration", "break-glass: reviewed", at=at, reason=note.strip(),
        detail={"class": one.record_class, "account": one.user.username, "finding": one.finding},
    )  # fmt: skip
    return one
