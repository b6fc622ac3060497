"""I7: who is visited next, within what trained managers can do: ranked with reasons, placed within capacity, and who is left over.

The plan is a proposal: a manager books a visit on the person's case, or does not. Capacity is the duties that the roster has planned.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .sex_offender_rules import LEVELS, MINIMUM

GRAVE = {level: n for n, level in enumerate(reversed(LEVELS))}


@dataclass(frozen=True, slots=True)
class Due:
    """A visit that falls due.

    Attributes
    ----------
    owner : str
        Who manages the person; a visit by them is preferred.
    due : date
        First day on which it is late.
    trigger : bool
        Whether a trigger is open about the person.
    """

    ref: str
    area: str
    level: str
    owner: str
    due: date
    trigger: bool = False

    def reasons(self, on: date) -> str:
        """Why it stands where it stands."""
        late = (on - self.due).days
        when = f"{late} days late" if late > 0 else "due today" if late == 0 else f"due in {-late} days"
        return ", ".join([*(["a trigger is open"] if self.trigger else []), self.level or "level not decided", when])


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit with the manager who can make it."""

    due: Due
    manager: str
    own: bool


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """What is proposed: `placed` and `left` each in the order of rank."""

    placed: tuple[Placed, ...]
    left: tuple[Due, ...]
    room: Mapping[str, int]


def rank(due: Due, on: date) -> tuple[bool, bool, int, int, str]:
    """Triggers first; then what is late; then the gravest level (a level not decided counts as the gravest); then the longest overdue."""
    late = (on - due.due).days
    return (not due.trigger, late < 0, GRAVE.get(due.level, 0), -late, due.ref)


def plan(due: Iterable[Due], room: Mapping[str, int], *, on: date) -> VisitPlan:
    """Place visits within capacity, the most pressing first.

    Parameters
    ----------
    due : iterable of Due
    room : mapping of str to int
        Visits that each trained manager can make.
    on : date
        Today.

    Returns
    -------
    VisitPlan
        As many are placed as there is room for, and nobody left over ranks above anybody placed.

    Notes
    -----
    Each goes to the person's own manager while there is room, else to whoever has most room left.
    """
    left = {name: n for name, n in room.items() if n > 0}
    most = [(-n, name) for name, n in sorted(left.items())]
    heapq.heapify(most)
    placed: list[Placed] = []
    over: list[Due] = []
    for one in sorted(due, key=lambda d: rank(d, on)):
        if left.get(one.owner, 0):
            name = one.owner
        else:
            while most and left[most[0][1]] != -most[0][0]:  # somebody took from it since
                _, name = heapq.heappop(most)
                if left[name]:
                    heapq.heappush(most, (-left[name], name))
            if not most:
                over.append(one)
                continue
            _, name = most[0]
        left[name] -= 1
        if not left[name] and most and most[0][1] == name:
            heapq.heappop(most)
        placed.append(Placed(one, name, name == one.owner))
    return VisitPlan(tuple(placed), tuple(over), dict(room))


def visits_a_year(levels: Mapping[str, int], on: date) -> float:
    """Visits a year by the older minimum, for so many people at each level.

    Examples
    --------
    >>> visits_a_year({"low": 30, "medium": 12, "high": 6, "very high": 2}, date(2026, 11, 23))
    102.0
    """
    return float(sum(n * 12 / MINIMUM.look(on=on, level=level)["limit"].amount for level, n in levels.items()))
