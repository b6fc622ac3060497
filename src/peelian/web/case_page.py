"""What the page of a case shows, drawn from its kind's declaration and from what the store lets the reader see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peelian.casework.store import Loaded
from peelian.core.kinds import NEW, Act, Ask, Decision, Door, Item, Kind, Proposed, State, Who, many, words_of

from .case_fields import in_words
from .case_form import parts_of, title_of
from .case_words import ClockLine, Names, clock_line


@dataclass(frozen=True)
class Way:
    """An act, a decision or an ask that a reader could take: open, or shut with the reasons."""

    name: str
    title: str
    open: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """An act or a decision of the case; of a decision, what the rule proposes."""

    way: Way
    decision: bool
    proposal: Mapping[str, Any] | None


@dataclass(frozen=True)
class Row:
    """A row of a part."""

    id: str
    at: datetime
    by: str
    values: tuple[tuple[str, str, bool], ...]
    clocks: tuple[ClockLine, ...]
    ways: tuple[Way, ...]
    withdrawn: bool
    to: str = ""
    state: str = ""
    why: str = ""


@dataclass(frozen=True)
class Table:
    """A part or an ask with its rows; `ways` are the acts that add one."""

    name: str
    title: str
    ask: bool
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    ways: tuple[Way, ...]


def ways_of(
    kind: Kind, doors: Iterable[Door], proposed: Mapping[str, Proposed], tables: Iterable[Table]
) -> list[Choice]:
    """Acts and decisions of the case itself, open and shut; acts on a row stand beside the rows."""
    held = list(tables)
    found = []
    for door in doors:
        if isinstance(door.act, Act) and (door.act.on or door.act.adds):
            continue
        said = proposed.get(door.name)
        proposal = None
        if isinstance(door.act, Decision) and said is not None:
            proposal = proposal_of(door.act, said, held)
        found.append(Choice(_way(door), isinstance(door.act, Decision), proposal))
    return found


def _way(door: Door) -> Way:
    first, *more = [_sentence(why) for why in door.why] or [""]
    reasons = (first, *(why[:1].upper() + why[1:] for why in more)) if first else ()
    return Way(door.name, door.title, door.open, reasons)


def _sentence(words: str) -> str:
    """Lower case after "Not yet:", but for a name or an abbreviation; a full stop at its end."""
    first = words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words
    return first if first.endswith(".") else f"{first}."


def proposal_of(decision: Decision, said: Proposed, tables: Iterable[Table] = ()) -> dict[str, Any]:
    """What a policy says, in words: the outcome with its reason, source and version, each item that it rests on with a name."""
    if said.proposal is None:
        return {"outcome": "", "missing": said.why_none}
    named = {row.id: f"{table.title} {n}" for table in tables for n, row in enumerate(table.rows, 1)}
    told = said.proposal
    outcome = next((words_of(o.name, o.title) for o in decision.outcomes if o.name == told.outcome), told.outcome)
    return {
        "outcome": outcome, "reason": told.reason, "source": told.source, "version": str(told.version or ""),
        "rests_on": [(id, named.get(id, id)) for id in told.rests_on],
    }  # fmt: skip


def tables_of(loaded: Loaded, asks: Iterable[Way], names: Names, at: datetime) -> list[Table]:
    """Parts and asks as tables: those with rows, and those to which a row can be added."""
    kind, state = loaded.kind, loaded.state
    held = [d for d in loaded.doors if isinstance(d.act, Act)]
    lines: dict[str, list[ClockLine]] = {}
    for run in loaded.runs:
        if run.item:
            lines.setdefault(run.item, []).append(clock_line(run, title_of(kind, run.clock), at=at))
    found = []
    for part in parts_of(kind):
        ask = isinstance(part, Ask)
        about = {
            n: a for n, a in kind.item_about(part.name).items() if a.private in loaded.classes and a.show != "apart"
        }
        rows = []
        on = tuple(_way(d) for d in held if d.act.on == part.name)
        for item in state.items.values():
            if item.part != part.name:
                continue
            shown = [n for n in about if n in item.facts or not ask]
            rows.append(Row(
                item.id, item.at, names.of(item.by),
                tuple((about[n].question, in_words(item.facts.get(n), about[n]), n in item.facts) for n in shown),
                tuple(lines.get(item.id, ())), () if item.withdrawn else on,
                item.withdrawn, names.agency(item.to), _stand(item) if ask else "", item.why,
            ))  # fmt: skip
        adds = (
            tuple(w for w in asks if w.name == part.name)
            if ask
            else tuple(_way(d) for d in held if d.act.adds == part.name)
        )
        if rows or adds:
            heads = () if ask else tuple(a.question for a in about.values())
            found.append(Table(part.name, title_of(kind, part.name), ask, heads, tuple(rows), adds))
    return found


def asks_of(kind: Kind, state: State, who: Who) -> list[Way]:
    """The questions that could be asked of other agencies at this stage."""
    found = []
    for ask in kind.asks:
        if state.closed or (many(ask.during) and state.stage not in many(ask.during)):
            continue
        why = (
            () if who.may(many(ask.by)) else ("needs " + " or ".join(r.replace("-", " ") for r in many(ask.by)) + ".",)
        )
        found.append(Way(ask.name, words_of(ask.name, ask.title), not why, why))
    return found


def _stand(item: Item) -> str:
    if item.withdrawn:
        return "withdrawn"
    if item.answered_at is None:
        return "not answered yet"
    return "declined" if item.declined else "answered"


def stages_of(kind: Kind, state: State) -> list[tuple[str, bool, bool]]:
    """The stages in order: words, whether the case stands there, whether it was there before."""
    been = set()
    for done in state.done:
        act = kind.act_by_name.get(done.name)
        outcomes = {o.name: o.to for o in act.outcomes} if isinstance(act, Decision) else {}
        been.add(outcomes.get(done.outcome) or (act.to if act else ""))
    return [(words_of(s), s == state.stage, s in been and s != state.stage) for s in kind.stages]


def opens_of(kind: Kind, who: Who) -> list[tuple[str, str]]:
    """The acts by which somebody may open a case of a kind, with their words."""
    if who.partner and "partner" not in kind.shared and not kind.refers:
        return []
    return [(a.name, words_of(a.name, a.title)) for a in kind.acts if NEW in many(a.during) and who.may(many(a.by))]
