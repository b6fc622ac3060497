"""A case is the fold of its journal: entries in, state out. Passing time writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .words import NEW, About, Decision, Kind, many


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal. It is never changed.

    Attributes
    ----------
    at, known : datetime
        When it was so, and when it was written; ``known >= at``.
    verb : str
        ``act``, ``decide``, ``ask``, ``answer``, ``decline``, ``withdraw``, ``correct``, ``strike``, ``offer``, ``accept``,
        ``refuse`` or ``support``.
    name : str
        Of the act, the decision or the ask; of ``correct`` and ``strike`` the seq they concern.
    to : str
        The outcome taken, the person or team offered to, the agency asked.
    given : mapping
        What was typed, in the forms of JSON.
    proposal : mapping, optional
        What the policy proposed, with its rule version.
    """

    seq: int
    at: datetime
    known: datetime
    by: str
    verb: str
    name: str
    agency: str = ""
    item: str = ""
    to: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] | None = None
    reason: str = ""
    version: int = 1


@dataclass(slots=True)
class Item:
    """A row of a part, or an ask."""

    part: str
    id: str
    seq: int
    at: datetime
    known: datetime
    by: str
    to: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    facts_seq: dict[str, int] = field(default_factory=dict)
    answered_at: datetime | None = None
    declined: bool = False
    withdrawn: bool = False
    why: str = ""

    @property
    def answered(self) -> bool:
        """Whether the agency gave an answer."""
        return self.answered_at is not None and not self.declined


@dataclass(frozen=True, slots=True)
class Done:
    """An act or a decision that was done."""

    name: str
    at: datetime
    known: datetime
    seq: int
    by: str
    item: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that a person took."""

    seq: int
    name: str
    outcome: str
    proposal: Mapping[str, Any] | None
    by: str
    at: datetime
    reason: str

    @property
    def as_proposed(self) -> bool | None:
        """Whether it follows the proposal; None where there was none."""
        return self.proposal["outcome"] == self.outcome if self.proposal else None


@dataclass(frozen=True, slots=True)
class Support:
    """Who supports an owner that is not qualified, until when, and since when they have accepted to."""

    supporter: str
    officer: str
    until: datetime
    reason: str
    accepted_at: datetime | None = None


@dataclass(slots=True)
class State:
    """What is known of a case after some entries."""

    kind: Kind
    seq: int = 0
    stage: str = NEW
    opened_at: datetime | None = None
    stage_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    facts_seq: dict[str, int] = field(default_factory=dict)
    stage_seq: int = 0
    items: dict[str, Item] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    owner: str = ""
    accepted: bool = False
    offered_to: str = ""
    offer_at: datetime | None = None
    offered_by: str = ""
    unfit: str = ""
    support: Support | None = None
    offered_support: Support | None = None
    entries: list[Entry] = field(
        default_factory=list
    )  # those that count: struck ones left out, corrected ones corrected

    @property
    def closed(self) -> bool:
        """Whether the case stands at an end."""
        return self.stage in many(self.kind.ends)

    def live(self, part: str) -> list[Item]:
        """The rows of a part, or the asks of a name, that stand, in the order in which they came."""
        return [i for i in self.items.values() if i.part == part and not i.withdrawn]


def counting(kind: Kind, entries: Iterable[Entry], known: datetime | None = None) -> list[Entry]:
    """The entries that count on a day: known by then, lifted to the kind's version, less those struck, as corrected."""
    held = [e for e in entries if known is None or e.known <= known]
    held.sort(key=lambda e: e.seq)
    struck = {int(e.name) for e in held if e.verb == "strike"}
    corrected: dict[int, dict[str, Any]] = {}
    for entry in held:
        if entry.verb == "correct" and entry.seq not in struck:
            corrected.setdefault(int(entry.name), {}).update(entry.given)
    found = []
    for entry in held:
        if entry.seq in struck:
            continue
        lifted = entry
        for version in range(entry.version, kind.version):
            if version in kind.upgrades:
                lifted = kind.upgrades[version](lifted)
        if entry.seq in corrected:
            lifted = replace(lifted, given={**lifted.given, **corrected[entry.seq]})
        found.append(lifted)
    return found


def fold(kind: Kind, entries: Iterable[Entry], *, known: datetime | None = None) -> State:
    """The state of a case: the fold of its journal, or of what was known of it at an instant.

    Parameters
    ----------
    entries : iterable of Entry
        In any order; their seq orders them.
    known : datetime, optional
        Leave out what was written later.
    """
    state = State(kind)
    for state in steps(kind, entries, known=known):  # noqa: B007 - the last one is wanted
        pass
    return state


def steps(kind: Kind, entries: Iterable[Entry], *, known: datetime | None = None) -> Iterator[State]:
    """The state after each entry: one object, changed in place."""
    state = State(kind)
    for entry in counting(kind, entries, known):
        _take_in(state, entry)
        yield state


def read(about: Mapping[str, About], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, from its JSON forms to the types declared; a fact that is no longer declared is left out."""
    return {
        name: None if value is None else about[name].adapter.validate_python(value)
        for name, value in given.items()
        if name in about
    }


def _take_in(state: State, entry: Entry) -> None:
    state.seq = entry.seq
    state.entries.append(entry)
    handler = _HANDLERS.get(entry.verb)
    if handler:
        handler(state, entry)


def _move(state: State, stage: str, entry: Entry) -> None:
    if stage and stage != state.stage:
        state.stage, state.stage_at, state.stage_seq = stage, entry.at, entry.seq


def _set(state: State, given: Mapping[str, Any], entry: Entry) -> None:
    for name, value in read(state.kind.about, given).items():
        state.facts_seq[name] = entry.seq
        if value is None:
            state.facts.pop(name, None)
        else:
            state.facts[name] = value


def _act(state: State, entry: Entry) -> None:
    act = state.kind.act_by_name.get(entry.name)
    if act is None:
        return
    if state.opened_at is None:
        state.opened_at = entry.at
        unfit = str((entry.proposal or {}).get("unfit", ""))
        state.owner, state.accepted = entry.to or entry.by, not unfit and not entry.to
        state.unfit = unfit
        if not state.accepted:
            state.offered_to, state.offer_at = entry.to, entry.at
    part = act.adds or act.on
    mine: Mapping[str, Any] = entry.given
    if part:
        about = state.kind.item_about(part)
        own = {k: v for k, v in entry.given.items() if k in about}
        mine = {k: v for k, v in entry.given.items() if k not in about}
        if act.adds:
            state.items[entry.item] = Item(part, entry.item, entry.seq, entry.at, entry.known, entry.by)
        row = state.items.get(entry.item)
        if row is not None:
            for name, value in read(about, own).items():
                row.facts_seq[name] = entry.seq
                if value is None:
                    row.facts.pop(name, None)
                else:
                    row.facts[name] = value
    _set(state, mine, entry)
    state.done.append(Done(act.name, entry.at, entry.known, entry.seq, entry.by, entry.item))
    _move(state, act.to, entry)


def _decide(state: State, entry: Entry) -> None:
    decision = state.kind.act_by_name.get(entry.name)
    if not isinstance(decision, Decision):
        return
    _set(state, entry.given, entry)
    if decision.sets:
        _set(state, {decision.sets: entry.to}, entry)
    outcome = next((o for o in decision.outcomes if o.name == entry.to), None)
    state.taken.append(Taken(entry.seq, entry.name, entry.to, entry.proposal, entry.by, entry.at, entry.reason))
    state.done.append(Done(entry.name, entry.at, entry.known, entry.seq, entry.by, entry.item, entry.to))
    _move(state, (outcome.to if outcome else "") or decision.to, entry)


def _ask(state: State, entry: Entry) -> None:
    state.items[entry.item] = Item(entry.name, entry.item, entry.seq, entry.at, entry.known, entry.by, entry.to)
    state.done.append(Done(entry.name, entry.at, entry.known, entry.seq, entry.by, entry.item))


def _answer(state: State, entry: Entry) -> None:
    row = state.items[entry.item]
    row.answered_at, row.declined, row.why = entry.at, entry.verb == "decline", entry.reason
    row.facts.update(read(state.kind.item_about(row.part), entry.given))


def _withdraw(state: State, entry: Entry) -> None:
    row = state.items[entry.item]
    row.withdrawn, row.why = True, entry.reason


def _offer(state: State, entry: Entry) -> None:
    state.offered_to, state.offer_at, state.offered_by = entry.to, entry.at, entry.by
    state.offered_support = _support(entry, entry.to)


def _accept(state: State, entry: Entry) -> None:
    state.owner, state.accepted, state.unfit = entry.by, True, ""
    state.offered_to, state.offer_at, state.offered_by = "", None, ""
    old = state.support
    state.support = _support(entry, entry.by)
    if state.support and old and old.supporter == state.support.supporter and old.officer == entry.by:
        state.support = old
    state.offered_support = None


def _support(entry: Entry, officer: str) -> Support | None:
    if not entry.given.get("supporter"):
        return None
    until = datetime.fromisoformat(entry.given["until"])
    return Support(entry.given["supporter"], officer, until, entry.reason)


def _refuse(state: State, entry: Entry) -> None:
    # A refused offer goes back to whoever made it; the clock of the ladder runs on from the first offer.
    state.offered_to = state.offered_by or state.owner


def _supported(state: State, entry: Entry) -> None:
    if entry.given.get("supporter"):  # another supporter is named for the same owner
        state.support = _support(entry, state.owner)
    elif state.support and entry.by == state.support.supporter:
        old = state.support
        state.support = Support(old.supporter, old.officer, old.until, old.reason, entry.at)


_HANDLERS = {
    "act": _act, "decide": _decide, "ask": _ask, "answer": _answer, "decline": _answer, "withdraw": _withdraw,
    "offer": _offer, "accept": _accept, "refuse": _refuse, "support": _supported,
}  # fmt: skip
