"""Legal hold on a case (court, disclosure, inquiry): it, the person's record and the crime record it came from stay until it is lifted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from peelian.access.actor import Actor, record_act, require_role
from peelian.core.clock import in_utc
from peelian.core.errors import PeelianError
from peelian.records.models import Event, Hold

from .models import Case, CaseHold
from .reading import found

WHO = ("supervisor", "inspector", "superintendent", "chief-officer", "investigator", "data-protection")


def standing(case: Case) -> CaseHold | None:
    """The hold that stands on a case."""
    return CaseHold.objects.filter(case=case, lifted_at=None).first()


def put(ref: str, *, reason: str, actor: Actor, at: datetime) -> CaseHold:
    """Put a legal hold on a case, and on the records that it rests on.

    Raises
    ------
    PeelianError
        ``peelian.E490`` without a reason, or where one stands already.
    Denied
        For a case that the actor may not see, or without the role.
    """
    require_role(actor, *WHO)
    case = found(ref, actor)
    if not reason.strip() or standing(case):
        raise PeelianError(
            "a legal hold needs a reason, and stands once", where=f"case {case.ref}",
            found="a hold that stands already" if reason.strip() else "no reason",
            fix="say for which court, inquiry or request it is", id="peelian.E490",
        )  # fmt: skip
    with transaction.atomic():
        made = CaseHold.objects.create(case=case, reason=reason.strip()[:300], by=actor.user.username, since=in_utc(at))
        Hold.objects.bulk_create(
            Hold(feed=feed, reference=reference, reason=made.reason, by=made.by, since=made.since)
            for feed, reference in sorted(_records(case))
        )
        record_act(actor, "alteration", "legal hold on a case", at=at, detail={"case": case.ref}, reason=made.reason)
    return made


def lift(ref: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Lift the hold, with a reason; the row stays, and so do the holds that others put on the same records."""
    require_role(actor, *WHO)
    case = found(ref, actor)
    held = standing(case)
    if held is None or not reason.strip():
        raise PeelianError(
            "no legal hold can be lifted", where=f"case {case.ref}", found="none that stands" if held is None else "no reason",
            fix="say why the material is needed no more", id="peelian.E490",
        )  # fmt: skip
    with transaction.atomic():
        own = Q(since=held.since, by=held.by, reason=held.reason)
        Hold.objects.filter(own, lifted_at=None).update(lifted_at=in_utc(at), lifted_by=actor.user.username)
        held.lifted_by, held.lifted_at, held.lifted_why = actor.user.username, in_utc(at), reason.strip()[:300]
        held.save()
        record_act(actor, "alteration", "legal hold on a case lifted", at=at, detail={"case": case.ref}, reason=reason)


def _records(case: Case) -> set[tuple[str, str]]:
    """Feed and reference of the records beneath a case."""
    found_: set[tuple[str, str]] = set()
    if case.subject_record:
        feed, _, reference = case.subject_record.partition("/")
        found_.add((feed, reference))
    if case.origin:
        feeds = Event.objects.filter(reference=case.origin).values_list("batch__feed", flat=True).distinct()
        found_ |= {(feed, case.origin) for feed in feeds}
    return found_
