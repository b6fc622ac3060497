"""What a call may be linked to: domestic-abuse incidents and notices of vulnerable people about the same time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from peelian.core.clock import LONDON

if TYPE_CHECKING:
    from peelian.access.actor import Actor

NEAR = timedelta(days=1)


def incidents(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """Domestic-abuse incidents within a day of the call; one with the same reference of command and control first."""
    return _near(case, "domestic_abuse", actor)


def notices(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """Notices of a vulnerable person within a day of the call."""
    return _near(case, "safeguarding_notice", actor)


def called_now(case: Any, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """A call that is being taken came in now: its operator corrects it, or command and control does."""
    return {"called_at": at.replace(second=0, microsecond=0)}


def _near(case: Any, kind: str, actor: Actor) -> list[tuple[str, str]]:
    from peelian.casework.sight import cases

    told = case.state.facts
    when, ours = told["called_at"], told.get("incident")
    rows = (
        cases(actor)
        .filter(kind=kind, opened_at__gte=when - NEAR, opened_at__lte=when + NEAR)
        .order_by("opened_at", "ref")
    )
    found = [(row.facts.get("incident") != ours or not ours, row.area != told.get("area"), row) for row in rows]
    return [
        (row.ref, f"{'same reference' if not other else 'another reference'}, {row.opened_at.astimezone(LONDON):%H:%M on %-d %B}" + ("" if away else ", this district"))
        for other, away, row in sorted(found, key=lambda each: each[:2])
    ]  # fmt: skip
