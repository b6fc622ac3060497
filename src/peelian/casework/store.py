"""Opening a case and acting on it. Each act is one transaction: journal entry, caches, measures and the log of access, or nothing.

What may be done is the engine's word (`peelian.core.kinds`); whether somebody may see the case at all is the policy's. The case's
row is held while its journal is read and written, so two editors come one after the other; that no two entries hold one `seq` stands
behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from peelian.access.actor import Actor
from peelian.core import kinds as engine
from peelian.core.kinds import Around, Entry, Kind, Refused, State, Who, fold

from .bulk import in_hand, settled
from .entries import as_entry, rows_of
from .kinds import kind_of
from .models import Case, Item
from .reading import Loaded, around_for, folded, found, load, load_ask, looks_only
from .sight import asks_of, who_is, who_named
from .subjects import about, issue_on
from .writing import append, begin

__all__ = [
    "Loaded", "accept", "answer", "ask", "correct", "decide", "decline", "do", "folded", "load", "load_ask", "offer", "open_case", "refuse",
    "strike", "support", "withdraw",
]  # fmt: skip

Given = Mapping[str, Any]
Make = Callable[[State, Who, Around], Entry]


def open_case(
    kind_name: str, act: str, given: Given, *, actor: Actor, at: datetime, known: datetime | None = None, subject: str = "",
    agency: str = "", origin: str = "", to: str = "", parent: str = "", reason: str = "",
) -> Case:  # fmt: skip
    """Open a case.

    Parameters
    ----------
    at, known : datetime
        When it was so; when it is written down (else the same).
    subject : str
        Ref of the person it is about, where the kind has no fact for it.
    agency : str
        Code of the partner agency that leads; empty for the force.
    origin : str
        Reference in the force's own system.
    to : str
        First owner if not the opener: a username, or ``team:CODE``.
    parent : str
        Ref of the case that this one belongs to.

    Raises
    ------
    Refused
        With every reason in words, and what is wrong beside each field. Nothing is written.
    """
    kind, bulk = kind_of(kind_name), in_hand()
    who, around = bulk.who(actor, at) if bulk else who_is(actor, at), around_for(kind, actor)
    above = ((bulk.case(parent, actor) if bulk else None) or found(parent, actor)) if parent else None
    if above is not None and kind.name not in kind_of(above.kind).children:
        raise Refused(f"no {kind.title.lower()} is opened from such a case")
    entry = engine.act(
        State(kind), act, given, who=who, at=at, known=known, reason=reason, to=_named(to, at), around=around
    )
    new = begin(kind, entry, agency=agency, origin=origin, parent=above, actor=actor)
    person = about(kind, fold(kind, [entry]), subject)
    issue_on(new, person, actor=actor, at=entry.known)
    if bulk:
        bulk.begin(new, kind, entry, actor=actor, around=around_for(kind, actor, new), subject=subject)
    else:
        with transaction.atomic():
            append(new, kind, [], entry, actor=actor, around=around, subject=subject)
    if new.agency == actor.agency.code:  # the agency's first case made its source: the actor sees it at once
        actor.agency.refresh_from_db(fields=["sources"])
    return new


def do(
    ref: str, name: str, given: Given | None = None, *, actor: Actor, at: datetime, known: datetime | None = None, item: str = "",
    reason: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Do an act; `item` names the row worked on. An act that adds a row gives it its id.

    Raises
    ------
    Refused
        With every reason in words, and what is wrong beside each field. Nothing is written.
    Conflict
        Where the stage or the same facts changed since entry `seen`; it carries what changed and what was typed.
    Denied
        For a case that is not there or may not be seen, which read the same.
    """

    def make(state: State, who: Who, around: Around) -> Entry:
        if why := looks_only(state, who, actor):
            raise Refused(why)
        act = state.kind.act_by_name.get(name)
        row = new_row(state, act.adds) if act is not None and act.adds else item
        return engine.act(
            state, name, given, who=who, at=at, known=known, item=row, reason=reason, seen=seen, around=around
        )

    return _write(ref, make, actor=actor, at=at, given=given)


def decide(
    ref: str, name: str, outcome: str, given: Given | None = None, *, actor: Actor, at: datetime, known: datetime | None = None,
    item: str = "", reason: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Take a decision; raises as `do`. Differing from the proposal, or having none, needs a reason."""

    def make(state: State, who: Who, around: Around) -> Entry:
        if why := looks_only(state, who, actor):
            raise Refused(why)
        return engine.decide(
            state, name, outcome, given, who=who, at=at, known=known, item=item, reason=reason, seen=seen, around=around
        )

    return _write(ref, make, actor=actor, at=at, given=given)


def offer(
    ref: str,
    to: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    supporter: str = "",
    until: datetime | None = None,
) -> Case:
    """Offer a case to a person or to ``team:CODE``; the owner stays the owner until it is accepted. Raises as `do`."""

    def make(state: State, who: Who, around: Around) -> Entry:
        taker = None if to.startswith("team:") else who_named(to, at)
        beside = who_named(supporter, at) if supporter else None
        if supporter and beside is None:
            raise Refused(fields={"supporter": "there is nobody of that name on the force's list"})
        return engine.offer(
            state,
            _named(to, at),
            who=who,
            at=at,
            reason=reason,
            taker=taker,
            supporter=beside,
            until=until,
            around=around,
        )

    return _write(ref, make, actor=actor, at=at)


def accept(ref: str, *, actor: Actor, at: datetime) -> Case:
    """Accept an offer: who it was made to, or whoever must answer now. Raises as `do`."""

    def make(state: State, who: Who, around: Around) -> Entry:
        named = state.offered_support
        beside = who_named(named.supporter, at) if named else None
        return engine.accept(state, who=who, at=at, supporter=beside, around=around)

    return _write(ref, make, actor=actor, at=at)


def refuse(ref: str, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Refuse an offer, with a reason. Raises as `do`."""
    return _write(
        ref,
        lambda state, who, around: engine.refuse(state, who=who, at=at, reason=reason, around=around),
        actor=actor,
        at=at,
    )


def support(
    ref: str, *, actor: Actor, at: datetime, supporter: str = "", until: datetime | None = None, reason: str = ""
) -> Case:
    """Accept to support the owner; or, as one of its ladder, name another `supporter` until a day. Raises as `do`."""

    def make(state: State, who: Who, around: Around) -> Entry:
        another = who_named(supporter, at) if supporter else None
        if supporter and another is None:
            raise Refused(fields={"supporter": "there is nobody of that name on the force's list"})
        owner = who_named(state.owner, at)
        return engine.support(
            state, who=who, at=at, another=another, until=until, owner=owner, reason=reason, around=around
        )

    return _write(ref, make, actor=actor, at=at)


def ask(
    ref: str, name: str, agency: str, given: Given | None = None, *, actor: Actor, at: datetime, reason: str = ""
) -> Case:
    """Ask an agency. It will read what the ask shows, and nothing else: that is logged as a disclosure to it. Raises as `do`."""
    if given:
        raise Refused("a question to an agency takes no facts of its own: it shows what its declaration names")
    recipient = agency_name(agency)

    def make(state: State, who: Who, around: Around) -> Entry:
        return engine.ask(state, name, agency, item=new_row(state, name), who=who, at=at, reason=reason, around=around)

    return _write(ref, make, actor=actor, at=at, recipient=recipient)


def answer(
    ref: str, item: str, given: Given | None = None, *, actor: Actor, at: datetime, known: datetime | None = None, reason: str = ""
) -> Case:  # fmt: skip
    """Answer for the agency that was asked, once. `ref` is the case's, with the row's id; or the ask's own, with no `item`."""

    def make(state: State, who: Who, around: Around) -> Entry:
        return engine.answer(state, asked.item, given, who=who, at=at, known=known, reason=reason)

    asked = _asked(ref, item, actor)
    return _write(asked.case.ref, make, actor=actor, at=at, case=asked.case)


def decline(ref: str, item: str, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Say for the agency that was asked that it does not answer, and why; named as in `answer`."""

    def make(state: State, who: Who, around: Around) -> Entry:
        return engine.answer(state, asked.item, who=who, at=at, decline=True, reason=reason)

    asked = _asked(ref, item, actor)
    return _write(asked.case.ref, make, actor=actor, at=at, case=asked.case)


def withdraw(ref: str, item: str, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Withdraw a row or a question, with a reason; decisions that rest on it are listed on the case. Raises as `do`."""
    return _write(
        ref, lambda state, who, around: engine.withdraw(state, item, who=who, at=at, reason=reason), actor=actor, at=at
    )


def correct(ref: str, seq: int, given: Given, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Correct what entry `seq` said; it stays as it was written. Raises as `do`.

    An agency corrects its own answer by the ask's ref.
    """
    asked = asks_of(actor).filter(ref=ref).select_related("case").first()
    return _write(
        asked.case.ref if asked else ref,
        lambda state, who, around: engine.correct(state, seq, given, who=who, at=at, reason=reason),
        actor=actor, at=at, given=given, case=asked.case if asked else None,
    )  # fmt: skip


def strike(ref: str, seq: int, *, actor: Actor, at: datetime, reason: str) -> Case:
    """Strike entry `seq`, written in error: it counts no more and stays to be read. Raises as `do`."""
    return _write(
        ref, lambda state, who, around: engine.strike(state, seq, who=who, at=at, reason=reason), actor=actor, at=at
    )


def new_row(state: State, part: str) -> str:
    """The id of a row to be added: no struck one had it."""
    return f"{part}-{state.seq + 1}"


def _write(
    ref: str, make: Make, *, actor: Actor, at: datetime, given: Given | None = None, recipient: str = "", case: Case | None = None
) -> Case:  # fmt: skip
    actor, bulk = actor.for_one_look(), in_hand()
    held = (bulk.case(ref, None if case else actor) if bulk else None) or case or found(ref, actor)
    kind = kind_of(held.kind)
    named = bool(kind.subject and given and given.get(kind.subject))
    if bulk and not named and ref in bulk.held:
        return bulk.add(ref, make, actor=actor, at=at, around=around_for(kind, actor, held), recipient=recipient)
    if bulk:
        bulk.leave(ref)
    if named:
        _issue_before(held, kind, make, actor, at)
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related("record_class").get(pk=held.pk)
        rows = rows_of(locked)
        around = around_for(kind, actor, locked)
        entry = make(fold(kind, map(as_entry, rows)), who_is(actor, at), around)
        append(locked, kind, rows, entry, actor=actor, around=around, recipient=recipient)
    return locked


def _issue_before(held: Case, kind: Kind, make: Make, actor: Actor, at: datetime) -> None:
    """The ledger's lock is taken before the store's, never inside it: whom the case will be about is issued on first."""
    before = [as_entry(row) for row in rows_of(held)]
    entry = make(fold(kind, before), who_is(actor, at), around_for(kind, actor, held))
    person = about(kind, fold(kind, [*before, entry]), held.subject)
    if person is not None and person.ref != held.subject:
        issue_on(held, person, actor=actor, at=entry.known)


def _asked(ref: str, item: str, actor: Actor) -> Item:
    settled()
    rows = asks_of(actor).select_related("case")
    row = rows.filter(case__ref=ref, item=item).first() if item else rows.filter(ref=ref).first()
    if row is None:
        raise Refused("your agency was not asked this")
    return row


def _named(to: str, at: datetime) -> str:
    """The team or the person that a case is to go to, who must be there to take it."""
    from peelian.access.models import Team

    if to.startswith("team:"):
        if not Team.objects.filter(code=to.removeprefix("team:")).exists():
            raise Refused(fields={"to": "there is no such team"})
    elif to and who_named(to, at) is None:
        raise Refused(fields={"to": "there is nobody of that name on the force's list"})
    return to


def agency_name(code: str) -> str:
    """The name of a partner agency that may be asked."""
    from peelian.access.models import Agency

    held = Agency.objects.filter(code=code).first()
    if held is None:
        raise Refused(fields={"agency": "there is no such agency"})
    return held.name
