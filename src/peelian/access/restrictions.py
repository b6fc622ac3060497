"""Restricted records: seen by those named alone, and by nobody else in any count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from peelian.core.errors import PeelianError

from .actor import Actor, Denied, record_act, require_role
from .models import Grant, Restriction, Team, User
from .sight import NAMED
from .standing import holding

STAFF = "staff-as-subject"
WHO_RESTRICTS = ("supervisor", "professional-standards")
OWNER_OF_STAFF = "Professional standards"


@transaction.atomic
def restrict(kind: str, feed: str, key: str, *, reason: str, actor: Actor, at: datetime) -> Restriction:
    """Restrict a person in one record (``mention``) or a whole record (``record``) to those who are granted it; its owner first.

    Parameters
    ----------
    kind : str
        ``mention`` or ``record``.
    feed, key : str
        The feed and the source's own key of the mention, or reference of the record.

    Raises
    ------
    PeelianError
        ``peelian.E316`` without a reason, or for a kind that is not known.
    Denied
        If `actor` may not restrict.
    """
    require_role(actor, *WHO_RESTRICTS)
    if kind not in ("mention", "record") or not reason.strip() or not key:
        raise PeelianError(
            "a restriction needs a kind, a key and a reason", found=kind, fix="restrict a mention or a record, and say why",
            id="peelian.E316",
        )  # fmt: skip
    held, made = Restriction.objects.get_or_create(
        kind=kind, feed=feed, key=key, rule=NAMED, lifted_at=None,
        defaults={"reason": reason, "owner": actor.user.username, "by": actor.user.username, "at": at},
    )  # fmt: skip
    if made:
        Grant.objects.create(
            restriction=held, user=actor.user, reason="owner", start=actor.on, by=actor.user.username, at=at
        )
        record_act(actor, "alteration", "restriction", at=at, subjects=_subjects(held), reason=reason)
    return held


@transaction.atomic
def restrict_staff_mentions(found: Iterable[tuple[str, str, str]], *, actor: Actor, at: datetime) -> list[Restriction]:
    """Restrict what was found to be about the force's own staff, and route it to professional standards (law 15).

    Parameters
    ----------
    found : iterable of (kind, feed, key)
        What is not restricted for this reason yet is restricted at once; what is, stays.
    """
    wanted = set(found)
    held = {
        (r.kind, r.feed, r.key)
        for r in Restriction.objects.filter(rule=STAFF, feed__in={feed for _, feed, _ in wanted}, lifted_at=None)
    }
    # What professional standards has lifted is not restricted again by the same finding.
    lifted = set(Restriction.objects.filter(rule=STAFF).exclude(lifted_at=None).values_list("kind", "feed", "key"))
    made = [
        Restriction(
            kind=kind, feed=feed, key=key, rule=STAFF, owner=OWNER_OF_STAFF, by=actor.user.username, at=at,
            reason="One of the force's own people is a subject of this record",
        )
        for kind, feed, key in sorted(wanted - held - lifted)
    ]  # fmt: skip
    for one in made:
        one.save()
        Grant.objects.create(
            restriction=one,
            role="professional-standards",
            reason=OWNER_OF_STAFF,
            start=actor.on,
            by=actor.user.username,
            at=at,
        )
        record_act(actor, "alteration", "restriction of a member of staff", at=at, subjects=_subjects(one))
    return made


@transaction.atomic
def grant(
    restriction: Restriction, *, user: User | None = None, team: Team | None = None, reason: str, start: date,
    until: date | None = None, actor: Actor, at: datetime,
) -> Grant:  # fmt: skip
    """Let one person, or one team, see what is restricted, for some days. Only who sees it themselves may.

    Raises
    ------
    PeelianError
        ``peelian.E317`` unless exactly one of `user` and `team` is named, with a reason.
    Denied
        If `actor` does not see it.
    """
    _must_own(actor, restriction)
    if (user is None) == (team is None) or not reason.strip():
        raise PeelianError(
            "a grant names one person or one team, and says why",
            fix="give one of them, and a reason",
            id="peelian.E317",
        )
    held = Grant.objects.create(
        restriction=restriction,
        user=user,
        team=team,
        reason=reason,
        start=start,
        until=until,
        by=actor.user.username,
        at=at,
    )
    record_act(
        actor, "alteration", "grant of something restricted", at=at, subjects=_subjects(restriction), reason=reason,
        detail={"account": user.username if user else "", "team": team.code if team else ""},
    )  # fmt: skip
    return held


@transaction.atomic
def lift(restriction: Restriction, *, reason: str, actor: Actor, at: datetime) -> None:
    """End a restriction; the row stays, with who ended it and why. Only who sees what is restricted may."""
    _must_own(actor, restriction)
    if not reason.strip():
        raise PeelianError("lifting a restriction needs a reason", fix="say why it is open again", id="peelian.E316")
    restriction.lifted_by, restriction.lifted_at, restriction.lifted_why = actor.user.username, at, reason
    restriction.save()
    record_act(actor, "alteration", "restriction lifted", at=at, subjects=_subjects(restriction), reason=reason)


def own(actor: Actor) -> QuerySet[Restriction]:
    """Restrictions in force that `actor` was granted, the newest first: what they see and others do not."""
    granted = holding(Grant.objects.all(), actor.on)
    mine = (
        granted.filter(user=actor.user)
        | granted.filter(team__in=actor.standing.teams)
        | granted.filter(role__in=actor.roles)
    )
    return Restriction.objects.filter(lifted_at=None, pk__in=mine.values("restriction")).order_by("-at", "-pk")


def _must_own(actor: Actor, restriction: Restriction) -> None:
    require_role(actor, *WHO_RESTRICTS)
    if not own(actor).filter(pk=restriction.pk).exists():
        # As for one that is not there: whoever may not see it does not learn of it.
        raise Denied("there is nothing here that you may change")


def _subjects(restriction: Restriction) -> list[str]:
    return [f"{restriction.feed}/{restriction.key}"] if restriction.kind == "mention" else []
