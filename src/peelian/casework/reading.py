"""Reading one case: its journal folded, its clocks as at an instant, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from peelian.access.actor import Actor, Denied, record_act
from peelian.core.kinds import Around, Decision, Door, Kind, Proposed, Run, State, Who, available, fold, propose, runs

from .bulk import in_hand, settled
from .caches import BEFORE
from .entries import as_entry, rows_of
from .kinds import kind_of
from .local_values import History, around_of
from .models import Case, Item, JournalEntry
from .sight import asked_facts, asks_of, cases, no_such_case, seen_classes, who_is

TO_MEASURE = frozenset({"crime-analysis", "assurance"})  # purposes for which policy shows cases that others work on


@dataclass(frozen=True)
class Loaded:
    """A case as somebody sees it at an instant.

    Attributes
    ----------
    state : State
        Everything that the journal says; a page shows of it what `seen` and `classes` allow.
    doors : list of Door
        Acts and decisions, open or shut with their reasons.
    proposals : mapping of str to Proposed
        What each decision's policy says now.
    classes : frozenset of str
        Privacy classes of the facts that the reader may see.
    """

    case: Case
    kind: Kind
    state: State
    runs: list[Run]
    doors: list[Door]
    proposals: Mapping[str, Proposed]
    journal: Sequence[JournalEntry]
    who: Who
    around: Around
    classes: frozenset[str]

    @cached_property
    def seen(self) -> dict[str, Any]:
        """The facts that the reader may see, as declared types, in the order of the form."""
        held = self.state.facts
        return {n: held[n] for n, a in self.kind.about.items() if n in held and a.private in self.classes}

    def seen_of(self, item: str) -> dict[str, Any]:
        """The same of one row."""
        row = self.state.items[item]
        about = self.kind.item_about(row.part)
        return {n: row.facts[n] for n, a in about.items() if n in row.facts and a.private in self.classes}


def load(ref: str, actor: Actor, at: datetime | None = None, known: datetime | None = None) -> Loaded:
    """Read a case for somebody; the look is logged with the person it is about.

    Parameters
    ----------
    at : datetime, optional
        The instant of the clocks and of what may be done; now.
    known : datetime, optional
        As it was known then: later entries are left out, and every door is shut.

    Raises
    ------
    Denied
        For a case that is not there or may not be seen, which read the same.
    """
    case, now = found(ref, actor), at or datetime.now(UTC)
    kind = kind_of(case.kind)
    journal = [row for row in rows_of(case) if known is None or row.known <= known]
    entries = [as_entry(row) for row in journal]
    around = around_for(kind, actor, case)
    state, who = fold(kind, entries), who_is(actor, now)
    doors = [] if known is not None else available(state, who, now, around=around)
    if why := looks_only(state, who, actor):
        doors = [replace(door, open=False, why=(why,)) for door in doors]
    told = {
        d.name: propose(state, d.name, who=who, at=now, around=around) for d in doors if isinstance(d.act, Decision)
    }
    record_act(
        actor, "consultation", "case", detail={"case": case.ref, "kind": case.kind}, at=now,
        subjects=[case.subject_key] if case.subject_key else (),
    )  # fmt: skip
    return Loaded(
        case, kind, state, runs(kind, entries, now, around=around), doors, told, journal, who, around,
        seen_classes(case, actor),
    )  # fmt: skip


def looks_only(state: State, who: Who, actor: Actor) -> str:
    """Why somebody who looks at people's cases to measure how they are handled changes nothing in one; empty where they may."""
    kind, theirs = state.kind, state.owner in {who.name, *(f"team:{team}" for team in who.teams)}
    if actor.purpose in TO_MEASURE and (kind.subject or kind.mode == "companion") and not theirs:
        return "you look at this case to see how such cases are handled; to work on it, state the purpose of that work"
    return ""


def load_ask(ref: str, actor: Actor, at: datetime | None = None) -> tuple[Item, dict[str, Any]]:
    """What the actor's agency was asked, by the ask's own ref, with the facts that it shows; the look is logged.

    Raises
    ------
    Denied
        Where their agency was not asked this: it reads as if there were no such question.
    """
    item = asks_of(actor).filter(ref=ref).select_related("case").first()
    if item is None:
        raise Denied("there is no such question to your agency", fix="check the reference, and the purpose you stated")
    record_act(
        actor, "consultation", "question to an agency", detail={"ask": item.ref, "kind": item.case.kind},
        at=at or datetime.now(UTC), subjects=[item.case.subject_key] if item.case.subject_key else (),
    )  # fmt: skip
    return item, asked_facts(item)


def found(ref: str, actor: Actor) -> Case:
    """The case of a ref that `actor` may see.

    Raises
    ------
    Denied
        For one that is not there or may not be seen, which read the same.
    """
    settled()
    case = cases(actor).defer(None).filter(ref=ref).select_related("record_class").first()
    if case is None:
        raise no_such_case()
    return case


def around_for(kind: Kind, actor: Actor | None, case: Case | None = None, held: History | None = None) -> Around:
    """What a case is read in: the force's values, the cases opened from it, and others as far as `actor` may see them."""

    def children(name: str) -> list[State]:
        settled()
        return [] if case is None else [_state(child) for child in case.children.filter(kind=name).order_by("pk")]

    look = actor.for_one_look() if actor is not None else None  # policy is asked once, however many cases a rule reads

    def other(ref: str) -> State | None:
        settled()
        seen = cases(look).filter(ref=ref).first() if look is not None else None
        return None if seen is None else _state(seen)

    if held is None and (bulk := in_hand()) is not None:
        held = bulk.values_of(kind)
    return around_of(kind, held=held, children=children, case=other)


def _state(case: Case) -> State:
    return fold(kind_of(case.kind), map(as_entry, rows_of(case)))


def folded(case: Case, at: datetime = BEFORE) -> tuple[State, list[Run], Around]:
    """A case's state, its runs as at an instant, and what they were read in; for those who work with every case, not for a page."""
    kind = kind_of(case.kind)
    entries = [as_entry(row) for row in rows_of(case)]
    around = around_for(kind, None, case)
    return fold(kind, entries), runs(kind, entries, at, around=around), around
