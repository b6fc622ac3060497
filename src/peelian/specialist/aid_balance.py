"""S3 on paper: what was given to other forces and asked of them, what came of it and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from peelian.access.actor import Actor, record_act
from peelian.analysis.rates import share_interval
from peelian.core.clock import london_day
from peelian.core.document import Cell, Column, Document, Estimate, Finding, Note, Section, Table

from .stock import Held, day_of, held

WAYS = (("given", "Given to other forces"), ("asked for", "Asked of other forces"))


def _total(rows: Sequence[Held], fact: str) -> Any:
    return sum(row.state.facts.get(fact) or 0 for row in rows)


def _share(rows: Sequence[Any], hit: Callable[[Any], bool]) -> Estimate | None:
    if not rows:
        return None
    return Estimate(*(float(x[0]) for x in share_interval([sum(map(hit, rows))], [len(rows)])))


def balance(*, actor: Actor, at: datetime) -> Document:
    """Requests, offers, deployments, objectives, hours and cost, given and asked for, and who is away now."""
    every = held(actor, at, "mutual_aid")
    record_act(actor, "consultation", "mutual aid: balance", at=at)
    rows: list[tuple[Cell, ...]] = []
    for way, words in WAYS:
        mine = [a for a in every if a.state.facts["direction"] == way]
        sent = [a for a in mine if a.state.facts.get("deployed_number") is not None]
        aims = [i.facts["result"] for a in mine for i in a.state.live("aims") if i.facts.get("result")]
        rows.append((
            words, len(mine), sum(a.state.stage == "refused" for a in mine), _total(mine, "number_wanted"), _total(mine, "offered_number"),
            _total(sent, "deployed_number"), _share(aims, lambda r: r == "met"), _total(mine, "cost_pounds"),
        ))  # fmt: skip
    columns = (
        Column(""), Column("Requests", "number"), Column("Refused", "number"), Column("People wanted", "number"), Column("Offered", "number"),
        Column("Came", "number"), Column("Objectives met", "percent"), Column("Cost", "number", "pounds"),
    )  # fmt: skip
    away = [a for a in every if a.state.stage == "deployed"]
    now: list[tuple[Cell, ...]] = [
        (a.state.facts["other_force"], a.state.facts["direction"], a.state.facts["what"], a.state.facts["deployed_number"],
         day_of(a.state.facts["deployed_at"]), "late" if a.late("welfare_due") else "in time", "; ".join(a.case.get("warnings") or ()))
        for a in away
    ]  # fmt: skip
    refused: list[tuple[Cell, ...]] = [
        (a.state.facts["other_force"], a.state.facts["direction"], a.state.facts["what"], a.state.facts["why_refused"]) for a in every if a.state.stage == "refused"
    ]  # fmt: skip
    names = (Column("Force"), Column("Given or asked for"), Column("What"))
    sections = (
        Section("Balance", (Table("Given and asked for", columns, tuple(rows), "Objectives with their 95 % interval: a few say little."),)),
        Section("Away now", (
            Finding("away", f"{_total(away, 'deployed_number')} people are away; deployments: {len(away)}."),
            *((Table("Deployments", (*names, Column("People", "number"), Column("Since"), Column("Welfare check"), Column("Hours")), tuple(now)),) if now else ()),
        )),
        Section("Refused, and why", (Table("Refused", (*names, Column("Why")), tuple(refused)) if refused else Note("No request was refused.", "None"),)),
    )  # fmt: skip
    return Document(
        "Mutual aid", "The whole force, every request on record", "OFFICIAL-SENSITIVE", london_day(at), (), sections
    )
