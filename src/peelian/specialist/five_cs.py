"""S1 on paper: the five Cs of the Strategic Policing Requirement by threat, from what was done: not from what plans promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from peelian.access.actor import Actor, record_act
from peelian.core.clock import london_day
from peelian.core.document import Cell, Column, Document, Finding, Note, Section, Source, Table

from .exercise_programme import results, tests_of
from .exercise_rules import MET
from .stock import Held, held
from .threats import THREATS, named_on

YEARS = timedelta(days=3 * 365)
SOURCE = Source("Cases of mobilisation, plans, exercises and mutual aid of the last three years", "as they stand today")


def five_cs(*, actor: Actor, at: datetime) -> Document:
    """What was done for each threat of the requirement in force: capacity, contribution, capability, consistency, connectivity."""
    day = london_day(at)
    cases = {kind: held(actor, at, kind) for kind in ("mobilisation", "police_plan", "exercise", "mutual_aid")}
    record_act(actor, "consultation", "mobilisation: five Cs", at=at)
    named = named_on(day)
    rows = [_row(threat, at, cases) for threat in named]
    bare = [str(row[0]) for row in rows if all(cell in ("nothing", "no plan") for cell in row[1:])]
    columns = (
        Column("Threat"), Column("Capacity: mobilisations filled whole"), Column("Contribution: people given of those asked for"),
        Column("Capability: lines of plans shown to work"), Column("Consistency: plans reviewed in time"), Column("Connectivity: tests with others"),
    )  # fmt: skip
    words = (
        f"Nothing is recorded for {', '.join(name[0].lower() + name[1:] for name in bare)}."
        if bare
        else "Something is recorded for every threat."
    )
    body = (
        Finding("bare", words), Table("The five Cs by threat", columns, tuple(rows), sources=(SOURCE,)),
        Note("Counts of what this force did, not a grade. A threat that needed no mobilisation shows nothing under capacity: an exercise can."),
    )  # fmt: skip
    text = THREATS.look(on=day, threat=named[0]).source
    return Document(
        "Strategic Policing Requirement: the five Cs",
        text,
        "OFFICIAL-SENSITIVE",
        day,
        (),
        (Section("By threat", body),),
    )


def _of(cases: Sequence[Held], threat: str, at: datetime) -> list[Held]:
    return [
        c
        for c in cases
        if c.state.facts.get("threat") == threat and c.state.opened_at and c.state.opened_at > at - YEARS
    ]


def _share(hits: int, of: int, none: str = "nothing") -> str:
    return f"{hits} of {of}" if of else none


def filled_whole(case: Any) -> bool:
    """Whether a mobilisation was filled in time without a gap."""
    return case.get("filled_at") is not None and not case.gaps and bool(case.filled_at <= case.needed_at)


def _row(threat: str, at: datetime, cases: dict[str, list[Held]]) -> tuple[Cell, ...]:
    filled = [m for m in _of(cases["mobilisation"], threat, at) if m.state.facts.get("filled_at")]
    given = [a.state.facts for a in _of(cases["mutual_aid"], threat, at) if a.state.facts["direction"] == "given"]
    plans = [p for p in cases["police_plan"] if p.state.stage == "in_force" and p.state.facts["threat"] == threat]
    lines = [result for p in plans for *_, result in results(p.state, tests_of(p.ref, cases["exercise"]))]
    tests = [e for e in _of(cases["exercise"], threat, at) if e.state.facts.get("held_at")]
    return (
        threat[0].upper() + threat[1:],
        _share(sum(filled_whole(m.case) for m in filled), len(filled)),
        _share(sum(a.get("deployed_number") or 0 for a in given), sum(a["number_wanted"] for a in given)),
        _share(sum(result == MET for result in lines), len(lines), "no plan"),
        _share(sum(not p.late("plan_review_due") for p in plans), len(plans), "no plan"),
        _share(sum(bool(e.state.facts.get("partners")) for e in tests), len(tests)),
    )
