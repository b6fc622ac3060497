"""Who must act on a case now: named people on duty, never nobody. Pure: it reads a case, the shifts and the clock on the wall.

An offer to somebody off duty climbs at once. So does a case that must be owned at every hour when its owner goes off duty: their
going is an open offer to the first rung. A rung with nobody on duty is climbed over at once, and the words say so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from peelian.access.roles import ROLES
from peelian.core.kinds.case import RANKS, Around, Case, Who
from peelian.core.kinds.journal import State
from peelian.core.kinds.ownership import accept_within
from peelian.core.kinds.refusals import Unset

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Shifts:
    """Who is on duty when, and what they are.

    Attributes
    ----------
    spans : mapping of str to sequence of Span
        Half-open, in order, neither overlapping nor touching.
    people : mapping of str to Who
    """

    spans: Mapping[str, Sequence[Span]]
    people: Mapping[str, Who] = field(default_factory=dict)

    def around(self, name: str, at: datetime) -> Span | None:
        """The span in which somebody is on duty at an instant; None when they are not."""
        rows = self.spans.get(name, ())
        n = bisect_right(rows, at, key=lambda span: span[0])
        return rows[n - 1] if n and at < rows[n - 1][1] else None

    def off_since(self, name: str, at: datetime) -> datetime | None:
        """When somebody off duty at an instant went off; None while they are on duty, or if they never were."""
        rows = self.spans.get(name, ())
        n = bisect_right(rows, at, key=lambda span: span[0])
        return rows[n - 1][1] if n and at >= rows[n - 1][1] else None

    def team_around(self, team: str, at: datetime) -> Span | None:
        """The span around an instant in which one or another of a team is on duty throughout; None when nobody is."""
        members = [name for name, who in self.people.items() if team in who.teams]
        found = None
        end = at
        while ahead := [span for name in members if (span := self.around(name, end))]:
            found = (min(found[0] if found else at, *(span[0] for span in ahead)), max(span[1] for span in ahead))
            end = found[1]
        return found

    def on(self, at: datetime) -> list[Who]:
        """Everybody on duty at an instant, by name."""
        return [who for name, who in sorted(self.people.items()) if self.around(name, at)]


@dataclass(frozen=True, slots=True)
class Cover:
    """Who must act now.

    Attributes
    ----------
    step : int
        0: the one it was offered to; n: the n-th rung of the ladder, with the ranks above it.
    rank : str
        The rung reached, a role; at step 0 whom it was offered to.
    people : tuple of str
        Usernames on duty now; empty only where nobody of the whole ladder, or the ranks above it, is.
    since, until : datetime
        From when they must act, and when it climbs on; `until` is None on the last rung.
    reason : str
        A sentence.
    call_out: str
        A role to be called out, who then signs on: nobody on duty stands as high as time asks for. Empty otherwise.
    """

    step: int
    rank: str
    people: tuple[str, ...]
    since: datetime
    until: datetime | None
    reason: str
    call_out: str = ""


def needs_always(state: State, at: datetime, around: Around | None = None) -> bool:
    """Whether somebody on duty must own the case at every hour; while that cannot be known, they must."""
    rule = state.kind.owners.always
    if rule is None:
        return False
    try:
        return bool(rule(Case(state, at, around=around)))
    except Unset:
        return True


def cover(state: State, at: datetime, shifts: Shifts, *, around: Around | None = None) -> Cover | None:
    """Who must act on a case at an instant; None where its owner has it in hand, or it is closed.

    Parameters
    ----------
    state : State
        The fold of its journal.
    shifts : Shifts
        Of everybody who may have to answer.

    Notes
    -----
    It climbs only: the rung depends on the journal, the shifts and the time that has passed, and never goes down by itself.
    Where everybody is on duty it agrees with :func:`peelian.core.kinds.ownership.must_answer`.
    """
    if state.closed:
        return None
    around = around or Around()
    bare = bare_since(state, at, shifts, around)
    if state.offer_at is not None:
        return _offered(state, state.offer_at, bare, at, shifts, around)
    if bare is None:
        return None
    return _climb(state, bare, "its owner is off duty and nobody has taken it over", at, shifts, around)


def bare_since(state: State, at: datetime, shifts: Shifts, around: Around | None = None) -> datetime | None:
    """Since when nobody has a case in hand who should: nobody ever accepted it, or its owner went off duty and it needs one always.

    None where somebody has. Being offered on and on changes nothing: it counts from the minute in which it was nobody's.
    """
    if not state.accepted:
        return state.opened_at
    if shifts.around(state.owner, at) or not needs_always(state, at, around):
        return None
    # An owner who came by it off duty had it then.
    taken = max((e.at for e in state.entries if e.verb in ("accept", "act") and e.by == state.owner), default=at)
    return max(shifts.off_since(state.owner, at) or taken, taken)


def ladder_of(state: State) -> tuple[str, ...]:
    """The rungs of a kind's ladder, and over its last one the ranks above it: somebody always answers for the force."""
    climbs = state.kind.owners.climbs
    top = max((RANKS.index(role) for role in climbs if role in RANKS), default=-1)
    return (*climbs, *RANKS[top + 1 :])


def _offered(
    state: State, offer_at: datetime, bare: datetime | None, at: datetime, shifts: Shifts, around: Around
) -> Cover:
    to = state.offered_to or state.owner
    there = shifts.around(to, offer_at) if not to.startswith("team:") else shifts.team_around(to[5:], offer_at)
    try:
        period = accept_within(state, around, offer_at)
    except Unset as unset:
        return _climb(state, offer_at, unset.summary, at, shifts, around)
    # Offered on and on, it still climbs: nobody has longer than a period after it became nobody's, and then the rung is the one that it
    # would have reached without the offer.
    last = offer_at if bare is None else period.due(bare)
    left = bare if bare is not None and state.accepted else None
    if there is None:
        reason = "offered to somebody who is not on duty, so it climbed at once"
        return _climb(state, left or min(offer_at, last), reason, at, shifts, around)
    until = min(period.due(offer_at), there[1], *([last] if bare is not None else []))
    if at < until:
        people = (to,) if not to.startswith("team:") else tuple(w.name for w in shifts.on(at) if to[5:] in w.teams)
        return Cover(0, to, people, offer_at, until, f"offered, to be accepted within {period}")
    reason = "whom it was offered to went off duty" if until == there[1] else f"not accepted within {period}"
    return _climb(state, left or until, reason, at, shifts, around)


def _climb(state: State, start: datetime, reason: str, at: datetime, shifts: Shifts, around: Around) -> Cover:
    """The rung that time has reached since the first one had to answer, and over it the first with anybody on duty."""
    ladder = ladder_of(state)
    step, since, until = 1, start, None
    try:
        period = accept_within(state, around, start)
        until = period.due(start)
        while at >= until and step < len(ladder):
            step, since, until = step + 1, until, period.due(until)
    except Unset:
        pass
    # Whoever owns it already cannot take it over.
    here = [who for who in shifts.on(at) if not (state.accepted and who.name == state.owner)]
    own = _teams(state, shifts)
    passed: list[str] = []
    # Up from the rung that time has reached; where nobody is on duty there or above, back down to whoever is, who call out the top.
    for rung in (*range(step, len(ladder) + 1), *range(min(step, len(ladder)) - 1, 0, -1)):
        role = ladder[rung - 1]
        people = answerers(here, role, own)
        if people:
            top = "" if rung >= step else ladder[-1]
            if passed:
                owner = next((who for who in shifts.on(at) if state.accepted and who.name == state.owner), None)
                nobody = "nobody else" if owner is not None and set(passed).intersection(owner.roles) else "nobody"
                reason += f"; {nobody} is on duty as {' or '.join(ROLES[r].lower() for r in passed)}"
            return Cover(rung, role, people, since, until if step < len(ladder) else None, reason, top)
        passed.append(role)
    if state.accepted and shifts.around(state.owner, at):
        return Cover(step, ladder[-1], (state.owner,), since, None, f"{reason}; its owner, on duty, still has it")
    return Cover(step, ladder[-1], (), since, None, f"{reason}; nobody of the ladder is on duty", ladder[-1])


def answerers(here: Sequence[Who], role: str, teams: Collection[str] = ()) -> tuple[str, ...]:
    """Of those on duty, who answers for a rung: those of the teams before others."""
    people = [who for who in here if role in who.roles]
    people = [who for who in people if set(who.teams) & set(teams)] or people
    return tuple(who.name for who in people)


def _teams(state: State, shifts: Shifts) -> set[str]:
    """The teams that a case is of: the one it was offered to, or those of the person it was offered to or is owned by."""
    teams: set[str] = set()
    for name in (state.offered_to, state.owner):
        if name.startswith("team:"):
            teams.add(name.removeprefix("team:"))
        elif name in shifts.people:
            teams |= set(shifts.people[name].teams)
    return teams
