"""The cases of a kind that a reader may see, folded, for sheets and finds that speak of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peelian.access.actor import Actor, require_police
from peelian.casework.reading import folded
from peelian.casework.sight import cases
from peelian.core.clock import LONDON
from peelian.core.kinds import Case, Run, State


@dataclass(frozen=True, slots=True)
class Held:
    """One case."""

    ref: str
    state: State
    runs: Sequence[Run]
    case: Case

    def late(self, clock: str) -> bool:
        """Whether a clock is past its due now."""
        return any(r.clock == clock and r.state == "overdue" for r in self.runs)


def held(actor: Actor, at: datetime, kind: str) -> list[Held]:
    """Every case of a kind that the actor may see, oldest first. No personal fact is read of them."""
    require_police(actor)
    found = []
    for row in cases(actor).defer(None).filter(kind=kind).order_by("pk"):
        state, runs, around = folded(row, at)
        found.append(Held(row.ref, state, runs, Case(state, at, around=around)))
    return found


def day_of(at: datetime | None) -> str:
    """A day as a table shows it."""
    return "never" if at is None else f"{at.astimezone(LONDON).day} {at.astimezone(LONDON):%B %Y}"
