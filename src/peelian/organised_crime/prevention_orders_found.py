"""Whom to consider an order for: somebody in custody for a group's crime, about whom nobody has considered one. A person opens the case, or leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Column
from peelian.core.kinds import Case
from peelian.core.system import Found

from .held import held

PLAN = "disruption_plan"  # a kind of another module
SOURCE = "After-sentence plan: release, orders and conditions; HMIC, PEEL effectiveness 2016 on longer-term management"


def unconsidered(*, actor: Any, at: datetime) -> list[Found]:
    """Those in custody whom disruption plans name, the first release first, for whom nobody has considered an order."""
    considered = {one.get("person") for _, one in held(actor, at, "prevention_order")}
    return in_custody(held(actor, at, PLAN), considered - {None}, london_day(at))


def in_custody(plans: Iterable[tuple[str, Case]], considered: Iterable[Any], on: date) -> list[Found]:
    """The same of these plans, each with its ref."""
    known, rows = set(considered), []
    for ref, plan in plans:
        for row in plan.standings:
            ends = row.get("until_on")
            if (
                row.standing == "custody"
                and ends is not None
                and ends >= on
                and row.get("next_step") is None
                and row.person not in known
            ):
                rows.append((ends, ref, plan, row))
    return [
        Found(
            key=f"{ref[:16]}-{row.it.seq}",
            reason=f"Somebody of a group is in custody until {Column('', 'date').show(ends)}; no order has been considered.",
            given={"order": "SCPO", "area": plan.get("area"), "group": plan.get("plan_group")}, subject=row.person, source=SOURCE, evidence="stored",
            numbers=(("days until release", (ends - on).days),),
        )
        for ends, ref, plan, row in sorted(rows, key=lambda found: (found[0], found[1], found[3].it.seq))
    ]  # fmt: skip
