"""Cases that nobody on duty has in hand: who must act on each now, told once, and how they take one over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from peelian.access.actor import Actor, Denied
from peelian.core.clock import in_utc
from peelian.core.kinds import must_answer

from . import store
from .cover import Cover, cover
from .duty import shifts
from .kinds import KINDS
from .models import Case, Notice
from .reading import folded, found


def uncovered(at: datetime, among: Iterable[Case] | None = None) -> Iterator[tuple[Case, Cover]]:
    """Open cases whose owner does not have them in hand, with whom must act now; in the order in which they were opened.

    Of cases that no offer is open on, only those of kinds that somebody on duty must own at some time are read.
    """
    at = in_utc(at)
    if among is None:
        always = [name for name, kind in KINDS.items() if kind.owners.always]
        rows = Case.objects.filter(closed=False, kind__in=list(KINDS)).order_by("opened_at", "pk")
        among = rows.filter(Q(offer_at__lte=at) | Q(accepted=False) | Q(kind__in=always))
    here = shifts(at)
    for case in among:
        state, _, around = folded(case)
        # Of an owner who is on duty nothing more has to be read.
        mine = here if here.around(state.owner, at) else shifts(at, owner=state.owner, since=state.opened_at)
        told = cover(state, at, mine, around=around)
        if told is not None:
            yield case, told


def who_acts(ref: str, *, actor: Actor, at: datetime) -> Cover | None:
    """Who must act on a case that the actor sees; None where its owner has it in hand."""
    case = found(ref, actor)
    return next((told for _, told in uncovered(at, [case])), None)


@transaction.atomic
def raise_uncovered(at: datetime) -> int:
    """Tell everyone who must act on a case, once for each rung, however often one looks; how many were told anew.

    Where nobody stands as high as time asks for, the role that is to be called out is told too: it is on its list when it signs on.
    """
    told = 0
    for case, now in uncovered(at):
        if not now.step:
            continue
        for person in (*now.people, *([f"role:{now.call_out}"] if now.call_out else [])):
            _, new = Notice.objects.get_or_create(
                case=case, what="unaccepted", clock="duty", item=person[:60], start=now.since, step=now.rank,
                defaults={"due": now.since, "to": person, "at": in_utc(at)},
            )  # fmt: skip
            told += new
    return told


@transaction.atomic
def take_over(ref: str, *, actor: Actor, at: datetime) -> Case:
    """Take over a case that one must act on now: it is offered to oneself and accepted in one step, and the journal shows both.

    Raises
    ------
    Denied
        For anybody who is not asked to.
    Refused
        If they may not own it.
    """
    case = found(ref, actor)
    told = next((now for _, now in uncovered(at, [case])), None)
    me = actor.user.username
    if told is None or me not in told.people:
        raise Denied(
            "nobody asks you to take this case over now",
            fix="ask its owner, or whoever must answer, to offer it to you",
        )
    state, _, around = folded(case)
    answer = must_answer(state, at, around)
    if answer is None or (answer.step == 0 and state.offered_to != me):
        store.offer(ref, me, actor=actor, at=at, reason=told.reason)
    return store.accept(ref, actor=actor, at=at)
