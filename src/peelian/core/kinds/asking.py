"""Questions to other agencies; and what was wrong in the journal, put right without changing a line of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .acting import about_of, entry, out_of_order, refuses
from .case import Around, Case, Who
from .forms import checked
from .journal import Entry, State
from .refusals import Refused
from .words import Act, Ask, Decision, many

_HANDING = ("offer", "accept", "refuse", "support")


def ask(
    state: State, name: str, agency: str, *, item: str, who: Who, at: datetime, known: datetime | None = None,
    reason: str = "", around: Around | None = None,
) -> Entry:  # fmt: skip
    """Ask an agency. It will read what the ask shows, and nothing else of the case.

    Raises
    ------
    Refused
        At another stage, by a role that may not ask, where a guard refuses, or while the same ask of the same agency is open.
    """
    asked = state.kind.part_by_name.get(name)
    if not isinstance(asked, Ask):
        raise Refused("there is no such question to an agency")
    reasons = []
    if state.closed or (asked.during and state.stage not in many(asked.during)):
        reasons.append(f"not while the case is {state.stage.replace('_', ' ')}")
    if not who.may(many(asked.by)):
        reasons.append("needs " + " or ".join(r.replace("-", " ") for r in many(asked.by)))
    reasons += [w for g in asked.guards if (w := refuses(g, Case(state, at, who, around=around)))]
    if any(i.to == agency and i.answered_at is None for i in state.live(name)):
        reasons.append("this agency has been asked already and has not answered yet")
    if not agency:
        raise Refused(*reasons, fields={"agency": "say which agency is asked"})
    if reasons:
        raise Refused(*reasons)
    return entry(state, "ask", name, who, at, known, item=item, to=agency, reason=reason)


def answer(
    state: State, item: str, given: Mapping[str, Any] | None = None, *, who: Who, at: datetime, known: datetime | None = None,
    decline: bool = False, reason: str = "",
) -> Entry:  # fmt: skip
    """Answer for the agency that was asked, once; a change is a correction. Declining needs a reason.

    Raises
    ------
    Refused
        If it was not asked, has answered, or something is wrong beside a field.
    """
    row = state.items.get(item)
    asked = state.kind.part_by_name.get(row.part) if row else None
    if row is None or not isinstance(asked, Ask) or row.withdrawn or row.to != who.agency:
        raise Refused("your agency was not asked this")
    if row.answered_at is not None:
        raise Refused("your agency has answered already: correct that answer instead")
    if decline:
        if not reason.strip():
            raise Refused(fields={"reason": "say why your agency does not answer"})
        return entry(state, "decline", row.part, who, at, known, item=item, reason=reason)
    about = state.kind.item_about(row.part)
    first = next(iter(about))
    rest = tuple(n for n in about if n != first)
    _, kept, faults = checked(about, dict(given or {}), asks=(first,), maybe=rest, now=known or at)
    if faults:
        raise Refused(fields=faults)
    return entry(state, "answer", row.part, who, at, known, item=item, given=kept, reason=reason)


def withdraw(state: State, item: str, *, who: Who, at: datetime, known: datetime | None = None, reason: str) -> Entry:
    """Withdraw a row or a question: it counts no more, and every decision that rests on it is listed (`rests`).

    Raises
    ------
    Refused
        If there is no such row, or no reason.
    """
    row = state.items.get(item)
    if row is None or row.withdrawn:
        raise Refused("there is no such row")
    if not reason.strip():
        raise Refused(fields={"reason": "say why it is withdrawn"})
    return entry(state, "withdraw", row.part, who, at, known, item=item, reason=reason)


def rests(state: State, item: str) -> list[str]:
    """The decisions whose proposal rests on a row: what falls with it. Names with the day they were taken."""
    return [
        f"{t.name} of {t.at:%-d %B %Y}" for t in state.taken if t.proposal and item in t.proposal.get("rests_on", ())
    ]


def correct(
    state: State,
    seq: int,
    given: Mapping[str, Any],
    *,
    who: Who,
    at: datetime,
    known: datetime | None = None,
    reason: str,
) -> Entry:
    """Correct what an entry said; the entry stays as it was written. What only a decision sets cannot be corrected.

    Raises
    ------
    Refused
        If there is no such entry, it was not asked for what is corrected, or no reason is given.
    """
    old = next((e for e in state.entries if e.seq == seq), None)
    if old is None or old.verb not in ("act", "decide", "answer"):
        raise Refused("there is no such entry to correct")
    if not reason.strip():
        raise Refused(fields={"reason": "say why it is corrected"})
    if old.verb == "answer":
        about = state.kind.item_about(old.name)
        if who.agency != old.agency:
            raise Refused("only the agency that answered may correct its answer")
        allowed = tuple(about)
    else:
        doing = state.kind.act_by_name[old.name]
        about, allowed = about_of(state.kind, doing), (*doing.asks, *doing.maybe)
    if any(about[n].show == "apart" for n in allowed):
        raise Refused("its parts belong together: strike it, and write it anew")
    decided = [n for n in given if n in state.kind.decided and n not in allowed]
    if decided:
        raise Refused(fields=dict.fromkeys(decided, "only a decision sets it: take it again"))
    asked = doing.asks if old.verb != "answer" else ()
    typed, kept, faults = checked(about, dict(given), asks=(), maybe=allowed, now=known or at)
    row = state.items.get(old.item)
    faults = out_of_order(state, row.part if row else "", row.facts if row else {}, typed) | faults
    faults |= {n: f"answer this: {about[n].question}" for n in asked if n in kept and kept[n] is None}
    if faults or not kept:
        raise Refused(*(() if faults else ("say what is corrected",)), fields=faults)
    return entry(state, "correct", str(seq), who, at, known, item=old.item, given=kept, reason=reason)


def strike(state: State, seq: int, *, who: Who, at: datetime, known: datetime | None = None, reason: str) -> Entry:
    """Strike an entry made in error: it counts no more, and stays to be read.

    Raises
    ------
    Refused
        If later entries hang on it, or no reason is given.
    """
    old = next((e for e in state.entries if e.seq == seq), None)
    if old is None:
        raise Refused("there is no such entry")
    if not reason.strip():
        raise Refused(fields={"reason": "say why it is struck"})
    if seq == 1 or old.verb in _HANDING:
        raise Refused("the opening of a case and its hand-overs cannot be struck")
    if old.verb in ("correct", "strike"):
        raise Refused("a correction is itself corrected, not struck")
    later = [e for e in state.entries if e.seq > seq]
    doing = state.kind.act_by_name.get(old.name)
    moves = isinstance(doing, Act) and bool(doing.to)
    if isinstance(doing, Decision):
        moves = bool(doing.to or any(o.to for o in doing.outcomes if o.name == old.to))
    if moves and any(e.verb in ("act", "decide", "ask") for e in later):
        raise Refused("it moved the case, and later entries hang on that")
    if old.item and any(e.item == old.item for e in later):
        raise Refused("later entries hang on the row that it made")
    if old.item and rests(state, old.item):
        raise Refused("a decision rests on the row that it made")
    return entry(state, "strike", str(seq), who, at, known, reason=reason)
