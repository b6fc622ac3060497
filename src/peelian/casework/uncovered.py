"""Cases that nobody on duty has in hand: who must act on each now, told once, and how they take one over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from peelian.access.actor import Actor, Denied
from peelian.core.clock import in_utc
from peelian.core.kinds import Around, State, must_answer
from peelian.core.kinds.journal import read

from . import store
from .cover import Cover, Shifts, cover, needs_always
from .duty import shifts
from .kinds import KINDS
from .local_values import around_of
from .models import Case, Notice
from .reading import folded, found
from .sight import cases


def uncovered(at: datetime, among: Iterable[Case] | None = None) -> Iterator[tuple[Case, Cover]]:
    """Open cases whose owner does not have them in hand, with whom must act now; in the order in which they were opened.

    Of cases that no offer is open on, only those of kinds that somebody on duty must own at some time are read.
    """
    at = in_utc(at)
    here = shifts(at)
    if among is None:
        always = [name for name, kind in KINDS.items() if kind.owners.always]
        rows = Case.objects.filter(closed=False, kind__in=list(KINDS)).order_by("opened_at", "pk")
        on = [who.name for who in here.on(at)]
        among = rows.filter(
            Q(offer_at__lte=at) | Q(accepted=False) | (Q(kind__in=always) & ~Q(owner__in=on))
        ).iterator()
    values = {name: around_of(kind) for name, kind in KINDS.items()}
    for case in among:
        told = _cover(case, at, here, values[case.kind])
        if told is not None:
            yield case, told


def _cover(case: Case, at: datetime, here: Shifts, around: Around) -> Cover | None:
    """From the row alone where that is enough: the journal is read only of a case whose owner has gone off duty."""
    kind = KINDS[case.kind]
    state = State(kind, stage=case.stage, owner=case.owner, accepted=case.accepted, opened_at=case.opened_at)
    state.offered_to, state.offer_at = case.offered_to, case.offer_at
    if kind.owners.always and case.accepted and not here.around(case.owner, at):
        state.facts = read(kind.about, {**case.facts, **case.private_facts})
        if needs_always(state, at, around):
            state, _, around = folded(case)
            here = shifts(at, owner=state.owner, since=state.opened_at)
    return cover(state, at, here, around=around)


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


def asked(actor: Actor, at: datetime) -> list[Case]:
    """Cases that somebody was told of (`raise_uncovered`) and must still act on, the longest told first."""
    me = actor.user.username
    told = Notice.objects.filter(what="unaccepted", clock="duty", to=me, case__closed=False)
    rows = list(cases(actor).filter(pk__in=told.values("case")).defer(None).order_by("opened_at", "pk"))
    return [case for case, now in uncovered(at, rows) if me in now.people] if rows else []


def accept(ref: str, *, actor: Actor, at: datetime) -> Case:
    """Accept an offer, or take over a case that one is asked to; raises as `store.accept`."""
    now = who_acts(ref, actor=actor, at=at)
    if now is not None and now.step and actor.user.username in now.people:
        return take_over(ref, actor=actor, at=at)
    return store.accept(ref, actor=actor, at=at)


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
