"""What a pilot's figures say so far: counted from the members' own cases, compared only on what is seen alike in both arms.

An outcome that police contact alone brings to light falls wherever visits fall: it is counted apart, and no improvement is read from it.
What random audit visits find counts, because both arms are visited alike for it. Each person counts once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from peelian.analysis.sequential import chance_to_cross, rate_ratio, safety_boundary
from peelian.core.clock import london_day
from peelian.core.kinds import Item, State
from peelian.core.local import Local

from .sex_offender_rules import needs_contact

PLAN = "plan of the pilot"
RATIO, ALPHA, POWER, AUDITS = (
    Local(f"pilot.{n}", PLAN) for n in ("ratio_not_accepted", "false_alarm", "power_needed", "audits_of_each_arm")
)
ARMS = REACTIVE, USUAL = "reactive", "usual"
AUDIT, FOUND = "random audit", ("breach", "offending")
DAY = 86400.0


@dataclass(frozen=True)
class Reading:
    """The figures of one count; pairs are of the reactive arm and the usual one.

    Attributes
    ----------
    members, days, outcomes, hidden, audits, found : pair of number
        People; person-days at risk; people with an outcome that needs no contact to be seen; outcomes that need it; audit visits made;
        people with a breach or offending first found at one.
    near, limit : float
        Logarithm of the likelihood ratio, and the boundary.
    chance : float
        That so many outcomes would have crossed it by now, were the harm as many times as is not accepted.
    ratio, low, high : float or None
        Rate of the reactive arm to the usual one with its 95 % interval; None where it is without end or cannot be told.
    unread, crossed_over : int
        Members whose case could not be read; those managed otherwise than their arm says.
    """

    on: date
    members: tuple[int, int]
    days: tuple[float, float]
    outcomes: tuple[int, int]
    hidden: tuple[int, int]
    audits: tuple[int, int]
    found: tuple[int, int]
    near: float
    limit: float
    crossed_on: date | None
    chance: float
    not_accepted: float
    ratio: float | None
    low: float
    high: float | None
    unread: int
    crossed_over: int

    def __str__(self) -> str:
        pairs = (
            ("members", self.members, ""), ("person-days", self.days, ""), ("with an outcome seen without contact", self.outcomes, ""),
            ("first found at a random audit", self.found, f" of {self.audits[0]} and {self.audits[1]} audit visits"),
            ("outcomes that need police contact to be seen", self.hidden, " (not compared)"),
        )  # fmt: skip
        told = "; ".join(f"{words}: {a:,.0f} reactive, {b:,.0f} usual{more}" for words, (a, b), more in pairs)
        where = f"crossed on {self.crossed_on:%-d %B %Y}" if self.crossed_on else "not crossed"
        return f"{told}; boundary {where} ({self.near:.2f} of {self.limit:.2f})"


def lot(seed: str, ref: str) -> str:
    """The arm that the lot gives a member: fixed by the number drawn beforehand, so that nobody can steer it.

    Examples
    --------
    >>> {lot("4711", ref) for ref in "abcdef"} == {"reactive", "usual"}
    True
    """
    return ARMS[hashlib.sha256(f"{seed}/{ref}".encode()).digest()[0] % 2]


def arm_by_lot(case: Any) -> str:
    """The arm of the member being added."""
    return lot(case.seed, case.person)


def audit_list(case: Any) -> list[str]:
    """Members of each arm to be visited unannounced, drawn anew each time: as many of one arm as of the other."""
    each, n = int(case.local(AUDITS)), len(case.audits)
    found: list[str] = []
    for arm in ARMS:
        mine = [m.person for m in case.members if m.arm == arm and m.get("left_at") is None]
        found += sorted(mine, key=lambda ref: hashlib.sha256(f"{case.seed}/audit {n}/{ref}".encode()).digest())[:each]
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Member:
    arm: int
    since: datetime
    until: datetime
    first: datetime | None  # first outcome that counts
    audited: bool  # whether it was found at an audit
    hidden: int
    audits: tuple[datetime, ...]


def count(case: Any) -> Reading:
    """Count a pilot at its instant from the cases of its members."""
    ratio, alpha = float(case.local(RATIO)), float(case.local(ALPHA))
    members, unread, crossed_over = [], 0, 0
    for row in case.members:
        state = case.case(row.person)
        if state is None:
            unread += 1
            continue
        members.append(_member(row, state, case.at))
        active = row.arm == USUAL
        crossed_over += case.stage == "running" and row.get("left_at") is None and (state.stage == REACTIVE) is active
    return reading(members, case.at, ratio=ratio, alpha=alpha, unread=unread, crossed_over=crossed_over)


def reading(
    members: Iterable[_Member], at: datetime, *, ratio: float, alpha: float, unread: int = 0, crossed_over: int = 0
) -> Reading:
    """The figures of members at an instant."""
    held = list(members)
    by_arm = [[m for m in held if m.arm == arm] for arm in (0, 1)]
    events = sorted((m for m in held if m.first is not None), key=lambda m: m.first or at)
    followed = [(m, share) for m in events if 0 < (share := _share(m, held)) < 1]
    path = safety_boundary([m.arm == 0 for m, _ in followed], [s for _, s in followed], ratio=ratio, alpha=alpha)
    days = tuple(sum((m.until - m.since).total_seconds() / DAY for m in arm) for arm in by_arm)
    counts = tuple(sum(m.first is not None for m in arm) for arm in by_arm)
    rate, low, high = rate_ratio(*counts, *days) if min(days) > 0 else (np.nan, 0.0, np.inf)
    crossed = None if path.crossed is None else followed[path.crossed][0].first
    return Reading(
        london_day(at), _pair(len(arm) for arm in by_arm), (days[0], days[1]),
        _pair(sum(m.first is not None and not m.audited for m in arm) for arm in by_arm), _pair(sum(m.hidden for m in arm) for arm in by_arm),
        _pair(sum(len(m.audits) for m in arm) for arm in by_arm), _pair(sum(m.first is not None and m.audited for m in arm) for arm in by_arm),
        round(path.last, 4), round(path.limit, 4), None if crossed is None else london_day(crossed),
        round(chance_to_cross(len(followed), at_risk=float(np.mean([s for _, s in followed])), ratio=ratio, alpha=alpha), 4) if followed else 0.0,
        ratio, _finite(rate), round(low, 3), _finite(high), unread, crossed_over,
    )  # fmt: skip


def _member(row: Any, state: State, at: datetime) -> _Member:
    since, until = row.joined_at, min(row.get("left_at") or at, at)
    open_, shut, audits, caught = [], 0, [], []
    for item in state.live("events"):
        when = item.facts.get("happened_at")
        if when is None or not since <= when <= until or item.facts.get("outcome") == "intelligence":
            continue
        if needs_contact(str(item.facts["known_by"]), london_day(when)):
            shut += 1
        else:
            open_.append(when)
    for item in state.live("visits"):
        when = item.facts.get("visited_at")
        if when is not None and since <= when <= until:
            if item.facts.get("purpose") == AUDIT:
                audits.append(when)
                caught += [when] if item.facts.get("found") in FOUND else []
            else:
                shut += item.facts.get("found") in FOUND
    first = min([*open_, *caught], default=None)
    return _Member(
        ARMS.index(row.arm),
        since,
        until,
        first,
        first is not None and first in caught and first not in open_,
        shut,
        tuple(sorted(audits)),
    )


def _share(one: _Member, held: list[_Member]) -> float:
    """Share of the reactive arm among those at risk when one's outcome was seen: of those there, or of the audit visits made by then."""
    when = one.first
    assert when is not None
    if one.audited:
        made = [m.arm for m in held for visit in m.audits if visit <= when and (m.first is None or visit <= m.first)]
        return made.count(0) / len(made)
    there = [m.arm for m in held if m.since <= when <= m.until and (m.first is None or m.first >= when)]
    return there.count(0) / len(there)


def _pair(values: Iterable[int]) -> tuple[int, int]:
    a, b = values
    return int(a), int(b)


def _finite(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def last_of(case: Any) -> Reading | None:
    """The last count; None before the first."""
    rows = case.readings
    return rows[-1].figures if rows else None


def crossed(case: Any) -> bool:
    """The boundary is crossed."""
    said = last_of(case)
    return said is not None and said.crossed_on is not None


def not_crossed(case: Any) -> bool:
    """The boundary is crossed: the reactive arm has more harm than chance gives."""
    return not crossed(case)


def counted(case: Any) -> bool:
    """The pilot is counted, with every member's case read, before it is decided on."""
    said = last_of(case)
    return said is not None and not said.unread


def powered(case: Any) -> bool:
    """Too few outcomes: had harm risen as much as is not accepted, the boundary would likely not have shown it yet."""
    said = last_of(case)
    return said is not None and said.chance >= float(case.local(POWER))


def excluded(case: Any) -> bool:
    """As much harm as is not accepted is still possible: the interval reaches it."""
    said = last_of(case)
    return said is not None and said.high is not None and said.high < said.not_accepted


def audited(case: Any) -> bool:
    """Random audit visits are made in both arms, every list that was drawn."""
    said = last_of(case)
    return said is not None and min(said.audits) > 0 and all(row.get("made_on") for row in case.audits)


def verdict(case: Any) -> str:
    """What the last count says, in words. Nothing here says that the pilot is safe."""
    said = last_of(case)
    if said is None:
        return "not counted yet"
    times, asked = f"{said.not_accepted:g} times", float(case.local(POWER))
    if said.crossed_on:
        return f"harm: the boundary was crossed on {said.crossed_on:%-d %B %Y}; the pilot is to stop"
    if said.chance < asked:
        return f"cannot tell: too few outcomes. Had harm risen to {times}, the chance of having seen it by now is {said.chance:.0%}; {asked:.0%} is asked"
    if said.high is None or said.high >= said.not_accepted:
        most = "without limit" if said.high is None else f"up to {said.high:g} times"
        return f"cannot tell: a rise {most} fits these figures; {times} is not accepted"
    return f"a rise to {times} does not fit these figures: between {said.low:g} and {said.high:g} times the usual arm (95 % interval)"


def contact_words(case: Any) -> str:
    """What must not be read from outcomes that police contact brings to light."""
    said = last_of(case)
    if said is None:
        return "not counted yet"
    a, b = said.hidden
    return f"{a} in the reactive arm, {b} in the usual one: seen only where police visit, so fewer of them is no improvement"


def visited_by(item: Item) -> datetime | None:
    """When a row of a case's visits was made, where it is a random audit that met the person."""
    return item.facts.get("visited_at") if item.facts.get("purpose") == AUDIT and item.facts.get("met") else None
