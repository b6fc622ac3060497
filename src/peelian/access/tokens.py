"""Keys with which another system uses the API: of an account of its own, for a time, and each use is logged as that account's."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction

from peelian.core.clock import london_day
from peelian.core.errors import PeelianError

from .actor import Actor, Denied, record_act, require_role
from .models import Token, User
from .purposes import may_state

LONGEST = timedelta(days=366)  # [DESIGN]
PREFIX = "peelian_"  # so that a scanner for secrets knows one that was left in a file


@transaction.atomic
def issue(user: User, *, until: date, actor: Actor, at: datetime) -> str:
    """Make a key for a machine's account; it is shown this once.

    Parameters
    ----------
    until : date
        The first day on which it opens nothing; within 366 days.

    Raises
    ------
    PeelianError
        ``peelian.E324`` for an account with which a person signs in, one that has left, or a day that is past or too far ahead.
    Denied
        If `actor` is no administrator.
    """
    require_role(actor, "administrator")
    today = london_day(at)
    wrong = (
        "an account with which a person signs in" if user.has_usable_password()
        else "an account that has left, or has no agency" if not user.is_active or user.agency is None
        else f"{until:%-d %B %Y}" if not today < until <= today + LONGEST
        else ""
    )  # fmt: skip
    if wrong:
        raise PeelianError(
            "a key cannot be made", where=user.username, found=wrong,
            fix="make an account without a password for the machine; give a day within a year", id="peelian.E324",
        )  # fmt: skip
    secret = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(user=user, digest=_digest(secret), by=actor.user.username, at=at, until=until)
    record_act(
        actor, "alteration", "key for the API: made", at=at, detail={"account": user.username, "until": str(until)}
    )
    return secret


@transaction.atomic
def revoke(user: User, *, actor: Actor, at: datetime) -> int:
    """End every key of an account at once; how many there were."""
    require_role(actor, "administrator")
    ended = Token.objects.filter(user=user, revoked_at=None).update(revoked_at=at, revoked_by=actor.user.username)
    record_act(actor, "alteration", "key for the API: revoked", at=at, detail={"account": user.username, "keys": ended})
    return int(ended)


def bearer(secret: str, purpose: str, *, at: datetime) -> Actor | None:
    """Who a key speaks for, with a purpose that the account's posting may state; None for a key that opens nothing.

    Raises
    ------
    Denied
        For a purpose that the account may not state.
    """
    held = Token.objects.select_related("user__agency").filter(digest=_digest(secret), revoked_at=None).first()
    if held is None or held.until <= london_day(at) or not held.user.is_active or held.user.agency is None:
        return None
    actor = Actor.of(held.user, purpose)
    if purpose not in may_state(actor.roles, actor.agency.kind):
        raise Denied(
            "this account's posting does not let it state this purpose", fix="send a Purpose header that it may state"
        )
    return actor


def _digest(secret: str) -> str:
    """The secret holds 256 random bits, so that a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()
