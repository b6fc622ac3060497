"""Handing a case over: offered and accepted, never passed on in silence. Nobody unqualified owns one alone."""

from __future__ import annotations

from datetime import datetime

from .acting import entry
from .case import Around, Who
from .journal import Entry, State
from .ownership import answers, must_answer, unqualified
from .refusals import Refused
from .words import many


def offer(
    state: State, to: str, *, who: Who, at: datetime, known: datetime | None = None, reason: str = "", taker: Who | None = None,
    supporter: Who | None = None, until: datetime | None = None, around: Around | None = None,
) -> Entry:  # fmt: skip
    """Offer a case to a person, or to a team (``team:CODE``). The owner stays the owner until it is accepted.

    Parameters
    ----------
    taker : Who, optional
        The person it is offered to, with their skills; a person is checked when offered and again when accepting.
    supporter, until
        Where the taker is not qualified: who supports them, and until when. A reason goes with it.

    Raises
    ------
    Refused
        If `who` neither owns the case nor stands on its ladder, or nobody qualified would own or support it.
    """
    if state.closed or not state.owner:
        raise Refused("a case that is closed, or not open yet, has nobody to be handed to")
    owns = who.name == state.owner or state.owner in {f"team:{t}" for t in who.teams}
    ladder = any(who.may((role,)) for role in state.kind.owners.climbs)
    if not owns and not ladder:
        raise Refused("only the owner, or " + " or ".join(many(state.kind.owners.climbs)) + ", may offer this case")
    if not to or (to == state.owner and state.accepted and supporter is None):
        raise Refused(fields={"to": "name somebody else"})
    given = {}
    if not to.startswith("team:"):
        if taker is None or taker.name != to:
            raise Refused(fields={"to": "there is nobody of that name on the force's list"})
        given = _fit(state, taker, at, supporter, until, reason, around)
    return entry(state, "offer", "offer", who, at, known, to=to, given=given, reason=reason)


def _fit(
    state: State,
    taker: Who,
    at: datetime,
    supporter: Who | None,
    until: datetime | None,
    reason: str,
    around: Around | None,
) -> dict[str, str]:
    unfit = unqualified(state, taker, at, around)
    if not unfit:
        return {}
    faults = {}
    if supporter is None:
        raise Refused(f"not qualified to own it alone: {unfit}. Name a qualified supporter, a reason and an end date")
    if supporter.name == taker.name:
        faults["supporter"] = "name somebody else: nobody supports themselves"
    elif why := unqualified(state, supporter, at, around):
        faults["supporter"] = f"the supporter is not qualified either: {why}"
    if until is None or until <= at:
        faults["until"] = "give a day in the future on which the support ends"
    if not reason.strip():
        faults["reason"] = "say why somebody unqualified takes it"
    if faults or until is None:
        raise Refused(fields=faults)
    return {"supporter": supporter.name, "until": until.isoformat()}


def accept(
    state: State, *, who: Who, at: datetime, known: datetime | None = None, supporter: Who | None = None,
    around: Around | None = None,
) -> Entry:  # fmt: skip
    """Accept a case: by whom it was offered to, or by whoever must answer now.

    Parameters
    ----------
    supporter : Who, optional
        The supporter named in the offer, with the skills they hold now.

    Raises
    ------
    Refused
        If it was not offered to them, or they are not qualified and no qualified supporter stands by.
    """
    answer = must_answer(state, at, around)
    if answer is None:
        raise Refused("no offer is open")
    mine = state.offered_to == who.name or state.offered_to in {f"team:{t}" for t in who.teams}
    if not mine and not answers(who, answer):
        raise Refused("it was not offered to you")
    given: dict[str, str] = {}
    named = state.offered_support
    unfit = unqualified(state, who, at, around)
    if unfit:
        if named is None or named.officer != who.name:
            raise Refused(f"not qualified to own it alone: {unfit}. It must be offered with a qualified supporter")
        if supporter is None or supporter.name != named.supporter:
            raise Refused("the supporter named in the offer is not on the force's list")
        given = _fit(state, who, at, supporter, named.until, named.reason or "as offered", around)
    return entry(state, "accept", "accept", who, at, known, given=given, reason=named.reason if given and named else "")


def refuse(state: State, *, who: Who, at: datetime, known: datetime | None = None, reason: str = "", around: Around | None = None) -> Entry:  # fmt: skip
    """Refuse an offer, with a reason. The ladder's clock runs on.

    Raises
    ------
    Refused
        If no offer to them is open, or no reason is given.
    """
    answer = must_answer(state, at, around)
    mine = state.offered_to == who.name or state.offered_to in {f"team:{t}" for t in who.teams}
    if answer is None or not (mine or answers(who, answer)):
        raise Refused("no offer to you is open")
    if not reason.strip():
        raise Refused(fields={"reason": "say why you do not take it"})
    return entry(state, "refuse", "refuse", who, at, known, reason=reason)


def support(
    state: State, *, who: Who, at: datetime, known: datetime | None = None, another: Who | None = None,
    until: datetime | None = None, owner: Who | None = None, reason: str = "", around: Around | None = None,
) -> Entry:  # fmt: skip
    """Accept to support the owner; or, as the ladder, name another supporter for the same owner.

    Raises
    ------
    Refused
        If nobody asked them, or the other one is not qualified.
    """
    if another is None:
        if state.support is None or state.support.supporter != who.name:
            raise Refused("nobody has named you as supporter of this case's owner")
        if state.support.accepted_at is not None:
            raise Refused("you have accepted already")
        return entry(state, "support", "support", who, at, known)
    if not any(who.may((role,)) for role in state.kind.owners.climbs):
        raise Refused("only " + " or ".join(state.kind.owners.climbs) + " may name a supporter")
    if owner is None or owner.name != state.owner:
        raise Refused("say whose support it is")
    given = _fit(state, owner, at, another, until, reason, around)
    if not given:
        raise Refused("the owner is qualified: no supporter is needed")
    return entry(state, "support", "support", who, at, known, given=given, reason=reason)
