"""What may be done now, and doing it: each function gives the entry to be written, or says why not. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peelian.core.errors import PeelianError

from .case import Around, Case, Who
from .forms import checked, disordered
from .journal import Entry, Item, State
from .ownership import unqualified
from .refusals import Conflict, Refused
from .words import NEW, About, Act, Decision, Kind, Outcome, Part, Proposal, Rule, many, words_of


@dataclass(frozen=True, slots=True)
class Door:
    """An act or a decision, open or shut, with the reasons why it is shut."""

    name: str
    title: str
    act: Act | Decision
    open: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a policy says now: a proposal, or why there is none; and which outcomes may not be taken, each with its reasons."""

    proposal: Proposal | None
    why_none: str
    shut: Mapping[str, tuple[str, ...]]


def about_of(kind: Kind, act: Act | Decision) -> dict[str, About]:
    """The facts that an act's form may ask for: of the case, and of the part it works on."""
    part = act.adds or act.on
    return {**kind.about, **(kind.item_about(part) if part else {})}


def out_of_order(state: State, part: str, row: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, str]:
    """What was typed that does not follow in time, by the `order` of the kind, and of the part where a row is worked on."""
    kind = state.kind
    held = {**state.facts, **row} if part else state.facts
    about = {**kind.about, **(kind.item_about(part) if part else {})}
    of = kind.part_by_name.get(part)
    return disordered((*kind.order, *(of.order if isinstance(of, Part) else ())), about, held, typed)


def sentence(rule: Rule) -> str:
    """What a guard says when it refuses: its docstring."""
    return " ".join((rule.__doc__ or "").split())


def available(state: State, who: Who, at: datetime, *, item: str = "", around: Around | None = None) -> list[Door]:
    """Every act and decision that is to be shown to somebody at this stage, open or with the reasons why it is shut.

    A guard that reads a fact which the act's own form asks for waits for the form.
    """
    doors = []
    for act in state.kind.doings:
        if not _during(state, act):
            continue
        reasons = _shut(state, act, who, at, around=around, row=state.items.get(item), waits=True)
        doors.append(Door(act.name, words_of(act.name, act.title), act, not reasons, tuple(reasons)))
    return doors


def _during(state: State, act: Act | Decision) -> bool:
    stages = many(act.during)
    return state.stage in stages if stages else state.stage != NEW and not state.closed


def _shut(
    state: State, act: Act | Decision, who: Who, at: datetime, *, given: Mapping[str, Any] | None = None,
    around: Around | None = None, row: Item | None = None, waits: bool = False,
) -> list[str]:  # fmt: skip
    reasons = []
    if not _during(state, act):
        reasons.append(f"not while the case is {state.stage.replace('_', ' ')}")
    if not who.may(many(act.by)):
        reasons.append("needs " + " or ".join(r.replace("-", " ") for r in many(act.by)))
    if act.on and not waits and row is None:
        reasons.append("say which one it is about")
    for name in act.needs:
        if state.facts.get(name) is None:
            reasons.append(f"not known yet: {state.kind.about[name].question}")
    form = {*act.asks, *act.maybe}
    if (act.adds or act.on) and row is None:  # a row that is not typed yet, or not chosen yet
        row = Item(act.adds or act.on, "", 0, at, at, who.name)
    for guard in act.guards:
        case = Case(state, at, who, given=given, item=row, around=around)
        said = refuses(guard, case)
        if said and not (waits and (case.read & form or act.on)):
            reasons.append(said)
    return reasons


def refuses(guard: Rule, case: Case) -> str:
    """Why a guard refuses; empty if it does not."""
    try:
        return "" if guard(case) else sentence(guard)
    except Refused:  # it says more than its sentence does
        raise
    except PeelianError as error:  # a fact that is unset, or a day on which no rule was in force
        return error.summary


def clash(
    state: State, names: Sequence[str], given: Mapping[str, Any], seen: int | None, row: Item | None = None
) -> None:
    """Raise `Conflict` where others changed the stage or the same facts, of the case or the row, since the editor last looked."""
    if seen is None or seen >= state.seq:
        return
    changed: dict[str, Any] = {n: state.facts.get(n) for n in names if state.facts_seq.get(n, 0) > seen}
    if row is not None:
        changed |= {n: row.facts.get(n) for n in names if row.facts_seq.get(n, 0) > seen}
    if state.stage_seq > seen:
        changed["stage"] = state.stage
    if changed:
        raise Conflict(changed, given, [e.by for e in state.entries if e.seq > seen])


def entry(state: State, verb: str, name: str, who: Who, at: datetime, known: datetime | None, **more: Any) -> Entry:
    """The next entry of a journal.

    Raises
    ------
    Refused
        If it would be so only later, or before the case was opened.
    """
    if state.opened_at is None and verb != "act":
        raise Refused("the case is not open yet")
    written = known or at
    if at > written:
        raise Refused("the time given lies in the future: write it down when it has happened")
    if (
        state.opened_at is not None
        and at < state.opened_at
        and verb in ("offer", "accept", "refuse", "support", "decide", "ask")
    ):
        raise Refused("the time given lies before the case was opened")
    return Entry(
        state.seq + 1, at, written, who.name, verb, name, who.agency,
        version=state.kind.version, **more,
    )  # fmt: skip


def act(
    state: State, name: str, given: Mapping[str, Any] | None = None, *, who: Who, at: datetime, known: datetime | None = None,
    item: str = "", reason: str = "", seen: int | None = None, to: str = "", around: Around | None = None,
) -> Entry:  # fmt: skip
    """Do an act.

    Parameters
    ----------
    given : mapping
        Facts by name, as typed.
    at, known : datetime
        When it was so; when it is written (else the same).
    item : str
        The row worked on, or the id of the row to be added.
    seen : int, optional
        The last entry that the editor has seen.
    to : str
        For the act that opens a case: its first owner, where it is not the one who opens it.

    Raises
    ------
    Refused
        With every reason, and what is wrong beside each field.
    Conflict
        If somebody else changed the stage or the same facts.
    """
    given = dict(given or {})
    doing = state.kind.act_by_name.get(name)
    if not isinstance(doing, Act):
        raise Refused("there is no such act")
    row = state.items.get(item) if doing.on else None
    clash(state, [n for n in (*doing.asks, *doing.maybe) if n in given], given, seen, row)
    if doing.on and (row is None or row.part != doing.on or row.withdrawn):
        raise Refused("say which one it is about")
    about = about_of(state.kind, doing)
    typed, kept, faults = checked(about, given, asks=doing.asks, maybe=doing.maybe, now=known or at)
    faults = out_of_order(state, doing.adds or doing.on, row.facts if row else {}, typed) | faults
    made = Item(doing.adds, item, 0, at, known or at, who.name, facts=dict(typed)) if doing.adds else row
    heard = {} if faults else typed  # while the form is at fault, what waits for it is not asked
    reasons = _shut(state, doing, who, at, given=heard, around=around, row=made, waits=bool(faults))
    if doing.adds and (not item or item in state.items):
        raise Refused("a new row needs an id of its own")
    if reasons or faults:
        raise Refused(*reasons, fields=faults)
    if doing.works_out is not None:
        fact, function = doing.works_out
        value = function(Case(state, at, who, given=typed, item=made, around=around))
        kept[fact] = about[fact].adapter.dump_python(value, mode="json")
    proposal = None
    if NEW in many(doing.during) and not to:
        unfit = unqualified(state, who, at, around, given=typed)
        proposal = {"unfit": unfit} if unfit else None
    return entry(state, "act", name, who, at, known, item=item, to=to, given=kept, proposal=proposal, reason=reason)


def propose(
    state: State,
    name: str,
    *,
    who: Who,
    at: datetime,
    given: Mapping[str, Any] | None = None,
    around: Around | None = None,
) -> Proposed:
    """What a decision's policy says now. A policy that needs what is not known proposes nothing, and names it.

    An outcome that a guard forbids is never proposed: the lowest one above it that may be taken is.
    """
    decision = state.kind.act_by_name[name]
    assert isinstance(decision, Decision)

    def case() -> Case:
        return Case(state, at, who, given=given, around=around)

    shut = {o.name: tuple(why) for o in decision.outcomes if (why := _outcome_shut(state, decision, o, who, case()))}
    try:
        proposal = decision.policy(case())
    except PeelianError as error:
        return Proposed(None, error.summary, shut)
    if proposal is None:
        return Proposed(None, "the policy proposes nothing here", shut)
    names = [o.name for o in decision.outcomes]
    forbidden: dict[str, list[str]] = {
        o.name: [w for g in o.guards if (w := refuses(g, case()))] for o in decision.outcomes
    }
    if forbidden[proposal.outcome]:
        above = [n for n in names[names.index(proposal.outcome) + 1 :] if not forbidden[n]]
        if not above:
            return Proposed(None, "; ".join(forbidden[proposal.outcome]), shut)
        because = f"{proposal.reason}; {'; '.join(forbidden[proposal.outcome])}"
        proposal = Proposal(above[0], because, proposal.source, proposal.rests_on, proposal.version)
    return Proposed(proposal, "", shut)


def _outcome_shut(state: State, decision: Decision, outcome: Outcome, who: Who, case: Case) -> list[str]:
    reasons = [w for g in outcome.guards if (w := refuses(g, case))]
    if not who.may(many(outcome.by)):
        reasons.append("needs " + " or ".join(r.replace("-", " ") for r in many(outcome.by)))
    names = [o.name for o in decision.outcomes]
    before = state.facts.get(decision.sets) if decision.sets else None
    if before is None:
        before = next((t.outcome for t in reversed(state.taken) if t.name == decision.name), None)
    lower = before in names and names.index(outcome.name) < names.index(str(before))
    if lower and decision.lower_by and not who.may(many(decision.lower_by)):
        reasons.append("going down needs " + " or ".join(r.replace("-", " ") for r in many(decision.lower_by)))
    return reasons


def decide(
    state: State, name: str, outcome: str, given: Mapping[str, Any] | None = None, *, who: Who, at: datetime,
    known: datetime | None = None, item: str = "", reason: str = "", seen: int | None = None, around: Around | None = None,
) -> Entry:  # fmt: skip
    """Take a decision. Differing from the proposal, or having none, needs a reason.

    Raises
    ------
    Refused, Conflict
        As `act`; also for an outcome that may not be taken, in its guards' words.
    """
    given = dict(given or {})
    decision = state.kind.act_by_name.get(name)
    if not isinstance(decision, Decision):
        raise Refused("there is no such decision")
    clash(
        state,
        [*(n for n in (*decision.asks, *decision.maybe) if n in given), *([decision.sets] if decision.sets else [])],
        {**given, "outcome": outcome},
        seen,
    )
    chosen = next((o for o in decision.outcomes if o.name == outcome), None)
    if chosen is None:
        raise Refused(fields={"outcome": "choose one of: " + ", ".join(o.name for o in decision.outcomes)})
    typed, kept, faults = checked(state.kind.about, given, asks=decision.asks, maybe=decision.maybe, now=known or at)
    faults = out_of_order(state, "", {}, typed) | faults
    reasons = _shut(state, decision, who, at, given=typed, around=around, waits=bool(faults))
    reasons += _outcome_shut(state, decision, chosen, who, Case(state, at, who, given=typed, around=around))
    said = propose(state, name, who=who, at=at, given=typed, around=around)
    if not reason.strip():
        if said.proposal is None:
            faults["reason"] = f"say why: there is no proposal ({said.why_none})"
        elif said.proposal.outcome != outcome:
            faults["reason"] = f"say why: the rule proposes {said.proposal.outcome.replace('_', ' ')}"
    if reasons or faults:
        raise Refused(*reasons, fields=faults)
    kept_proposal = None
    if said.proposal is not None:
        p = said.proposal
        kept_proposal = {
            "outcome": p.outcome, "reason": p.reason, "source": p.source, "rests_on": list(p.rests_on), "version": str(p.version)
        }  # fmt: skip
    return entry(
        state, "decide", name, who, at, known, item=item, to=outcome, given=kept, proposal=kept_proposal, reason=reason
    )


def contradicted(state: State, at: datetime, around: Around | None = None) -> list[str]:
    """Decisions in force whose outcome is forbidden by what is known now, in words: for the work list."""
    found = []
    for decision in state.kind.decisions:
        last = next((t for t in reversed(state.taken) if t.name == decision.name), None)
        outcome = next((o for o in decision.outcomes if last and o.name == last.outcome), None)
        for guard in outcome.guards if outcome else ():
            said = refuses(guard, Case(state, at, around=around))
            if said:
                found.append(f"{words_of(decision.name, decision.title)}: {last.outcome if last else ''}, but {said}")
    return found
