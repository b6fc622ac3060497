"""The ledger of releases: what was told to whom, proposed by one person and approved by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from peelian.access.actor import Actor, record_act, require_police
from peelian.access.models import Released
from peelian.core.errors import PeelianError

from .knowledge import Release
from .planning import Plan
from .writers import ISSUERS


def last() -> int:
    """The number of the newest release; 0 before the first."""
    return Released.objects.aggregate(last=Max("number"))["last"] or 0


def earlier() -> list[Release]:
    """Everything released so far, the oldest first: what a new plan is checked against."""
    kept = Released.objects.filter(number__isnull=False).order_by("number").values_list("plan", flat=True)
    return [Release.from_json(plan) for plan in kept]


@transaction.atomic
def propose(
    plan: Plan,
    *,
    title: str,
    recipient: str,
    digest: str,
    actor: Actor,
    at: datetime,
    content: Mapping[str, Any] | None = None,
) -> Released:
    """Put a planned release before a second person.

    Parameters
    ----------
    plan : Plan
        Made against all of `earlier`.
    title, recipient : str
        Which document, and to whom it goes; neither names a person whom the document is about.
    digest : str
        SHA-256 of the shareable edition, in hexadecimal, so that what leaves the force can be compared with what was approved.
    actor : Actor
    at : datetime
    content : mapping, optional
        What the document says beside the planned counts, as plain data.

    Returns
    -------
    Released
        Not approved yet: nothing may leave the force.

    Raises
    ------
    Denied
        If the actor is not of the force.
    """
    require_police(actor)
    proposal = Released.objects.create(
        title=title,
        recipient=recipient,
        digest=digest,
        plan=plan.release.to_json(),
        content=dict(content or {}),
        after=plan.after,
        proposed_by=actor.user.username,
        proposed_at=at,
    )
    record_act(actor, "consultation", f"release {proposal.pk} proposed", detail=_detail(proposal), at=at)
    return proposal


@transaction.atomic
def approve(proposal: int, *, actor: Actor, at: datetime) -> Released:
    """Approve a proposed release; the entry of the disclosure is written with it, or neither. What else a document of its kind asks (`written_by`) is done
    in the same step; its refusal undoes the approval.

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E304`` if the actor proposed it; ``peelian.E305`` if another release was approved since it was planned;
        ``peelian.E306`` if there is no such proposal, or it is approved or refused already.
    """
    found = _waiting(proposal, actor)
    if found.proposed_by == actor.user.username:
        raise PeelianError(
            "a release needs two people",
            found="the one who proposed it",
            matters="one person alone must not let counts out of the force",
            fix="ask a colleague to look at it and approve it",
            id="peelian.E304",
        )
    if found.after != last():
        raise _overtaken(found)
    found.number, found.approved_by, found.approved_at = found.after + 1, actor.user.username, at
    try:
        # Two approvals at the same instant: the number is unique, so one of them fails.
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise _overtaken(found) from error
    record_act(actor, "disclosure", f"release {found.number}", detail=_detail(found), at=at, recipient=found.recipient)
    if issued := ISSUERS.get(found.content.get("document", "")):
        issued(found.content, actor, at)
    return found


@transaction.atomic
def refuse(proposal: int, *, reason: str, actor: Actor, at: datetime) -> Released:
    """Refuse a proposed release, or take one's own back; the proposal is kept with the reason.

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E306`` if there is no such proposal, or it is approved or refused already.
    """
    found = _waiting(proposal, actor)
    found.refused_by, found.refused_at, found.reason = actor.user.username, at, reason
    found.save()
    record_act(actor, "consultation", f"release {found.pk} refused", detail=_detail(found), at=at)
    return found


def _waiting(proposal: int, actor: Actor) -> Released:
    require_police(actor)
    waiting = Released.objects.select_for_update().filter(number__isnull=True, refused_at__isnull=True)
    found = waiting.filter(pk=proposal).first()
    if found is None:
        raise PeelianError(
            "there is no such proposal of a release",
            fix="choose one that waits for approval",
            id="peelian.E306",
        )
    return found


def _overtaken(proposal: Released) -> PeelianError:
    return PeelianError(
        "another release was approved since this one was planned",
        found=f"planned after release {proposal.after}, and the newest is {last()}",
        matters="the two together could tell what neither tells alone",
        fix="plan and propose it again",
        id="peelian.E305",
    )


def _detail(released: Released) -> dict[str, str | int]:
    return {
        "title": released.title,
        "recipients": released.recipient,
        "digest": released.digest,
        "withheld": len(released.plan["withheld"]),
        "proposed_by": released.proposed_by,
    }
