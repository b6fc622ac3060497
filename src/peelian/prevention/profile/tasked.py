"""What became of the last profile of this theme and area that was laid before tasking: decided, done, and what the place records since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from peelian.core.clock import start_of_day
from peelian.core.document import Block, Column, Paragraph, Table

from .small_counts import HIDDEN, protected

if TYPE_CHECKING:
    from peelian.access.actor import Actor

    from .scope import Scope

KIND = "profile_tasking"  # the kind of case; its system is declared elsewhere
NOT_LAID = (
    "Whether tasks of an earlier edition were carried out, and what came of them: none of this theme and area was laid before tasking "
    "here, so they cannot be judged."
)


@dataclass(frozen=True)
class Tasked:
    """One profile that was laid before tasking.

    Attributes
    ----------
    first : str
        The priority tasked first, as the list named it.
    plan, result : str
        What was to be done, and what came of it; empty while nobody has said.
    """

    made_on: date
    period: str
    stage: str
    first: str
    plan: str
    result: str


def last_tasked(actor: Actor, theme: str, *, on: date) -> Tasked | None:
    """The last profile of a theme and area (as `profile_tasking` names them) laid before tasking before a day, of those the actor sees."""
    from peelian.casework.kinds import KINDS
    from peelian.casework.reading import folded
    from peelian.casework.sight import cases
    from peelian.core.kinds import Case

    if KIND not in KINDS:
        return None
    rows = cases(actor).filter(kind=KIND, facts__theme=theme, opened_at__lt=start_of_day(on))
    row = rows.order_by("-opened_at", "-pk").first()
    if row is None:
        return None
    state, _, around = folded(row)
    case = Case(state, start_of_day(on), around=around)
    return Tasked(
        case.made_on,
        case.period,
        state.stage,
        case.get("priority") or case.first,
        case.get("plan") or "",
        case.get("result") or "",
    )


def tasked_blocks(scope: Scope) -> tuple[Block, ...]:
    """What was tasked, whether it was done, and the place's count in this period; empty where nothing was laid before tasking."""
    told = scope.tasked
    if told is None:
        return ()
    done = "Closed" if told.stage == "closed" else "Decided, no result yet" if told.plan else "Not decided yet"
    here = next((code for code, area in scope.lsoas.items() if area.name == told.first), "")
    count: int | str = HIDDEN
    if here:
        n = scope.events.filter(scope.events["area"] == here).height
        count = n if scope.open_data else protected(n)
    rows = (
        ("Laid before tasking", f"{told.made_on.day} {told.made_on:%B %Y}, of {told.period}"), ("Tasked first", told.first or "nothing"),
        ("State", done), ("Plan", told.plan or "none is written down"), ("What came of it", told.result or "not said yet"),
        ("Recorded there in this period", str(count) if here else "the place is not in this profile"),
    )  # fmt: skip
    return (
        Table("What became of the last tasking", (Column("What"), Column("Told")), rows, sources=scope.sources),
        Paragraph(
            "One place that records less after a task shows nothing by itself: it stood first because it was high. A plan with a comparison area can."
        ),
    )
