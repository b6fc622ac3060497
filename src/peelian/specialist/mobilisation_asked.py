"""A requirement as its case holds it, put to the roster: for the sheet, and for the forms that open with what was worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from peelian.access.actor import Actor, record_act
from peelian.casework.reading import folded
from peelian.casework.sight import cases
from peelian.core.clock import in_utc
from peelian.core.kinds import Around, State, Unset
from peelian.core.local import Local

from . import mobilisation_means as held
from . import stock
from .mobilisation_answer import Wanted, When, WorkedOut, count_called, work_out


@dataclass(frozen=True, slots=True)
class Asked:
    """What was worked out.

    Attributes
    ----------
    own, elsewhere : frozenset of str
        Numbers called for this requirement, and for others that are not stood down.
    away : int
        People given to other forces and not back; the roster has them as abstracted.
    """

    found: WorkedOut
    seen: held.Means
    values: Mapping[str, Any]
    own: frozenset[str]
    elsewhere: frozenset[str]
    away: int


def values_of(around: Around, asked: Sequence[Local], at: datetime) -> tuple[dict[str, Any], list[str]]:
    """The force's own values by name, and the names of those that are not set."""
    found, unset = {}, []
    for local in asked:
        try:
            found[local.name] = around.local(local, at)[0]
        except Unset:
            unset.append(f"{local.name} ({local.source})")
    return found, unset


def numbers(text: str | None) -> list[str]:
    """The numbers of a text with commas between them.

    Examples
    --------
    >>> numbers("4711, 4712,")
    ['4711', '4712']
    """
    return [n.strip() for n in (text or "").split(",") if n.strip()]


def answer(actor: Actor, at: datetime, state: State, around: Around) -> Asked | str:
    """Work out the answer to a case's requirement; or why there is none, in a sentence. The look is logged.

    The same case with the same entries has the same luck, so two readers at one minute are told one thing.
    """
    facts = state.facts
    wanted = tuple(
        Wanted(**{name: row.facts.get(name) or "" for name in ("skill", "rank", "vehicle")}, number=row.facts["number"])
        for row in state.live("lines")
    )
    values, unset = values_of(around, held.LOCALS, at)
    if unset:
        return f"Not set by the force yet: {', '.join(unset)}. Until then no answer is worked out."
    if not wanted:
        return "Nothing is required yet: add a line to the requirement."
    if in_utc(facts["needed_at"]) <= at:
        return "The time by which it was to be filled has passed."
    seen, muster = held.means(actor, at), held.station_of(facts["area"])
    if not seen.ranks_seen and any(line.rank for line in wanted):
        return "A line asks for a rank, and this posting does not see the staff list: an operations planner does. A guess would be a wrong answer."
    own = frozenset(n for row in state.live("calls") for n in numbers(row.facts.get("called_numbers")))
    elsewhere = _elsewhere(actor, at) - own
    stations = {p.station for p in seen.people} | {v.base for v in seen.vehicles}
    found = work_out(
        seen, wanted, When(at, facts["needed_at"], facts["until_at"], muster), values=values, kilometres=held.kilometres(stations, muster),
        taken=elsewhere, rng=np.random.default_rng(list(f"{facts['asked_at']} {facts['what_for']}".encode())),
    )  # fmt: skip
    record_act(
        actor, "consultation", "mobilisation: people and vehicles", at=at, detail={"called": count_called(found)}
    )
    return Asked(found, seen, values, own, elsewhere, _away(actor, at))


def short_words(found: WorkedOut) -> list[str]:
    """Each line that is likely to be short, in a sentence."""
    return [
        f"{line.words}: up to {missing} short in nine cases of ten; {found.fit(n)} fit to be called"
        for n, (line, missing) in enumerate(zip(found.wanted, found.answer.filled.short, strict=True))
        if missing
    ]


def answer_form(case: Any, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the form of the answer opens with; a person checks it and records it."""
    told = answer(actor, at, case.state, case.around)
    if isinstance(told, str):
        return {}
    chance = told.found.answer.filled.probability
    return {
        "probability": round(chance.value, 2), "probability_low": round(chance.low, 2), "probability_high": round(chance.high, 2),
        "shortfall": ". ".join(short_words(told.found)) or "Nothing is likely to be short.",
    }  # fmt: skip


def call_form(case: Any, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """The first line that nobody is called for yet, and whom to call."""
    told = answer(actor, at, case.state, case.around)
    called = {row.facts["for_line"] for row in case.state.live("calls")}
    if isinstance(told, str):
        return {}
    for n in range(len(told.found.wanted)):
        proposed = [c.one.number for c in told.found.called(n) if c.one.number not in told.own]
        if n + 1 not in called and proposed:
            return {"for_line": n + 1, "called_at": at, "called_numbers": ", ".join(proposed)}
    return {}


def _elsewhere(actor: Actor, at: datetime) -> frozenset[str]:
    """Numbers called for mobilisations that are not stood down."""
    rows = cases(actor).defer(None).filter(kind="mobilisation", stage__in=("called", "filled"))
    return frozenset(
        n
        for row in rows
        for item in folded(row, at)[0].live("calls")
        for n in numbers(item.facts.get("called_numbers"))
    )


def _away(actor: Actor, at: datetime) -> int:
    """People given to other forces and not back yet."""
    given = [a.state.facts for a in stock.held(actor, at, "mutual_aid") if a.state.stage == "deployed"]
    return sum(a.get("deployed_number") or 0 for a in given if a["direction"] == "given")
