"""What stands on a case's page beside its journal: attached files, the record it follows, a legal hold."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from peelian.access.actor import Actor
from peelian.access.safe_contact import CHANNELS
from peelian.casework import attachments, holds
from peelian.casework.companion import follow, standing
from peelian.casework.measures import month_day
from peelian.casework.models import Case
from peelian.casework.outgoing import may_send
from peelian.core.kinds import words_of

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A share as people say it: 93%, and never 100% or 0% of what is not all or nothing."""
    if share is None:
        return ""
    said = f"{share:.0%}"
    return ">99%" if said == "100%" and share < 1 else "<1%" if said == "0%" and share > 0 else said


@register.filter
def month_words(month: int | str) -> str:
    """202611 as November 2026."""
    return f"{month_day(int(month)):%B %Y}"


@register.filter
def clock_words(name: str) -> str:
    """What a page calls a clock by its name alone."""
    return words_of(name)


@register.simple_tag
def attached_to(case: Case, request: HttpRequest) -> list[dict[str, Any]]:
    """The files of a case that the reader may see."""
    return [
        {"one": one, "words": attachments.KINDS[one.type][1], "bad": one.scanned == attachments.INFECTED}
        for one in attachments.attached(case.ref, request.actor)
    ]


@register.simple_tag
def follows(case: Case) -> dict[str, Any] | None:
    """The record that a case follows, and how old what is held of its system is."""
    held = follow.followed_by(case)
    if held is None:
        return None
    at = timezone.now()
    system = standing.system(held.source)
    return {"held": held, "system": system, "age": system.age_words(at), "late": system.late(at)}


@register.simple_tag
def held(case: Case) -> Any:
    """The legal hold that stands on a case."""
    return holds.standing(case)


@register.filter
def may_hold(actor: Actor) -> bool:
    """Whether the actor may put a legal hold, and disclose."""
    return actor.agency.kind == "police" and bool(actor.roles & set(holds.WHO))


@register.simple_tag
def ways_to(case: Case) -> list[tuple[str, Any]]:
    """Each way of reaching the person of a case, and whether it is safe now."""
    at = timezone.now()
    return [(channel, may_send(case, "", channel, at)) for channel in CHANNELS]
