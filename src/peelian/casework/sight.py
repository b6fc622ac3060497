"""Which cases, and which of their facts, somebody may see. Lists, counts, pages, measures and exports all begin here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from peelian.access.actor import Actor, Denied, hidden, visible
from peelian.access.models import User
from peelian.access.purposes import may_state
from peelian.access.standing import standing
from peelian.core.clock import london_day
from peelian.core.kinds import PRIVATE, Ask, Kind, Who

from .duty import skills
from .kinds import KINDS, kind_of
from .models import Case, Item

SOURCES = frozenset({"intelligence-officer", "supervisor"})
_BESIDE_SOURCE = frozenset(PRIVATE) - {"source"}


def who_is(actor: Actor, at: datetime) -> Who:
    """The actor as the engine asks of them: roles, teams and accreditations on the day."""
    held, name, partner = actor.standing, actor.user.username, actor.agency.kind != "police"
    return Who(name, held.roles, actor.agency.code, held.teams, skills(name, at), partner=partner)


def who_named(username: str, at: datetime) -> Who | None:
    """Somebody else as the engine asks of them; None where no active account is posted under the name."""
    user = User.objects.filter(username=username, is_active=True).select_related("agency").first()
    if user is None or user.agency is None:
        return None
    held = standing(user, london_day(at))
    if not held.roles:
        return None
    partner = user.agency.kind != "police"
    return Who(username, held.roles, user.agency.code, held.teams, skills(username, at), partner=partner)


def no_such_case() -> Denied:
    """What is said of a case that is not there and of one that may not be seen alike."""
    return Denied("there is no such case here that you may see", fix="check the reference, and the purpose you stated")


def cases(actor: Actor) -> QuerySet[Case]:
    """The cases that `actor` may see, without the facts held apart.

    Policy decides on the kind's class; a case about a restricted person, from a restricted record, or restricted itself is seen
    by those alone who are granted it; another agency's people see what their agency leads.
    """
    actor = actor.for_one_look()  # policy and restrictions are asked once for all that follows
    rows = visible(Case.objects.all(), actor).filter(kind__in=list(KINDS))
    told = actor.once("hidden", hidden)
    if told.records:
        rows = rows.exclude(ref__in=told.records.get("casework", frozenset()))
        if shut := {key for feed, keys in told.records.items() if feed != "casework" for key in keys}:
            rows = rows.exclude(origin__in=shut)
    if actor.agency.kind != "police":
        rows = rows.filter(agency=actor.agency.code, kind__in=[n for n, k in KINDS.items() if "partner" in k.shared])
    return rows.defer("private_facts")


def asks_of(actor: Actor) -> QuerySet[Item]:
    """What the actor's agency was asked, for the purpose that the actor states; nothing else of the case comes with it."""
    rows = Item.objects.filter(ask=True, agency=actor.agency.code, withdrawn=False)
    if actor.purpose not in may_state(actor.roles, actor.agency.kind):
        return rows.none()
    told = Q(pk=None)
    for name, kind in KINDS.items():
        if parts := [ask.name for ask in kind.asks if ask.purpose == actor.purpose]:
            told |= Q(case__kind=name, part__in=parts)
    return rows.filter(told)


def asked_facts(item: Item) -> dict[str, Any]:
    """What the agency that was asked reads of the case: the facts that the ask shows, in the order of the form."""
    kind = kind_of(item.case.kind)
    asked = kind.part_by_name[item.part]
    assert isinstance(asked, Ask)
    held = {**item.case.facts, **item.case.private_facts}
    return {name: held[name] for name in kind.about if name in asked.shows and name in held}


def seen_classes(case: Case, actor: Actor) -> frozenset[str]:
    """The privacy classes of whose facts `actor` may read in a case that they may see.

    Who said it (`source`) is for the owner, intelligence officers and supervising ranks; another agency that leads reads the
    classes that the kind shares with it.
    """
    kind = kind_of(case.kind)
    if actor.agency.kind != "police":
        return (
            frozenset(kind.shared.get("partner", ())) - {"source"} if case.agency == actor.agency.code else frozenset()
        )
    own = {actor.user.username, *(f"team:{code}" for code in actor.standing.teams)}
    if case.owner in own or actor.roles & SOURCES:
        return frozenset(PRIVATE)
    return _BESIDE_SOURCE


def seen_facts(case: Case, actor: Actor) -> dict[str, Any]:
    """The facts of a case that `actor` may read, in the forms of JSON and the order of the form."""
    return shown_of(kind_of(case.kind), {**case.facts, **case.private_facts}, seen_classes(case, actor))


def shown_of(kind: Kind, facts: Mapping[str, Any], classes: frozenset[str], part: str = "") -> dict[str, Any]:
    """Those facts, of a case or of a row of `part`, whose privacy class is one of `classes`."""
    about = kind.item_about(part) if part else kind.about
    return {name: facts[name] for name, one in about.items() if name in facts and one.private in classes}
