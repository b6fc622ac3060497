"""Who owns a case, and who must answer an offer: a function of time, so that nothing can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peelian.core.errors import PeelianError
from peelian.core.local import Local
from peelian.core.period import Period, Unit

from .case import Around, Case, Who
from .journal import State
from .refusals import Unset


@dataclass(frozen=True, slots=True)
class Answer:
    """Who must answer for a case that nobody has accepted.

    Attributes
    ----------
    step : int
        0: the one it was offered to; n: the n-th rung of the ladder.
    who : str
        A name, ``team:CODE``, or a role of the ladder.
    since, until : datetime
        From when they must, and when it climbs on; `until` is None on the last rung.
    reason : str
        In words.
    """

    step: int
    who: str
    since: datetime
    until: datetime | None
    reason: str


def accept_within(state: State, around: Around, at: datetime) -> Period:
    """How long an offer may lie. Raises as `round_the_clock`."""
    return round_the_clock(state.kind.owners.accept_within, around, at)


def round_the_clock(limit: str | Local, around: Around, at: datetime) -> Period:
    """A period after which somebody else is told: it runs at night too.

    Raises
    ------
    Unset
        While the local value is not set, or where it is in working time.
    """
    value = around.local(limit, at, first=True)[0] if isinstance(limit, Local) else limit
    period = value if isinstance(value, Period) else Period.parse(str(value))
    if period.unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS):  # somebody answers at every hour
        raise Unset("within", "how soon somebody else is told, in a period that runs at night too")
    return period


def must_answer(state: State, at: datetime, around: Around | None = None) -> Answer | None:
    """Who must answer at an instant; None where the case is owned and no offer is open, or it is closed.

    It climbs only, by one rung each time the period passes. While the period is not set, the first rung must answer at once.
    """
    if state.closed or state.offer_at is None:
        return None
    ladder = (state.offered_to or state.owner, *state.kind.owners.climbs)
    start = state.offer_at
    try:
        period = accept_within(state, around or Around(), start)
    except Unset as unset:
        step = min(1, len(ladder) - 1)
        return Answer(step, ladder[step], start, None, unset.summary)
    step, since, until = 0, start, period.due(start)
    while at >= until and step < len(ladder) - 1:
        step, since, until = step + 1, until, period.due(until)
    reason = f"not accepted within {period}" if step else f"offered, to be accepted within {period}"
    return Answer(step, ladder[step], since, until if step < len(ladder) - 1 else None, reason)


def answers(who: Who, answer: Answer) -> bool:
    """Whether somebody is one of those who must answer."""
    if answer.step:
        return who.may((answer.who,))
    return answer.who == who.name or answer.who in {f"team:{t}" for t in who.teams}


def unqualified(
    state: State, who: Who, at: datetime, around: Around | None = None, given: Mapping[str, Any] | None = None
) -> str:
    """Why somebody may not own a case alone; empty if they may. What cannot be known is not taken for fit.

    `given` holds what the act in hand tells, for the act that opens the case.
    """
    rule = state.kind.owners.qualified
    if rule is None:
        return ""
    try:
        return str(rule(Case(state, at, who, given=given, around=around), who) or "")
    except PeelianError as error:
        return error.summary


def gap(state: State, at: datetime, around: Around | None = None) -> str:
    """Why a case stands in the work list though somebody owns it: support that ended or was never accepted; empty if none."""
    if state.closed or not state.accepted:
        return ""
    if state.unfit:
        return state.unfit
    if state.support is None:
        return ""
    if at >= state.support.until:
        return "the support of its owner has ended"
    return "" if state.support.accepted_at else "the supporter has not accepted yet"
