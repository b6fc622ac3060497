"""How a question is judged: by limiting rules, never by an average; and the smallest change of evidence that would move it.

A question stands at good until something limits it. What is not known is said as not known: with too little known the grade is not
stated, only what it could be at most. Outstanding is for people to say; no rule proposes it. The rules are Peelian's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peelian.core.dated import Table

GRADES = ("inadequate", "requires improvement", "good", "outstanding")
START = "good"
NOT_STATED = "not stated"
# Each rule's cap is dated data: what it limits a question to, its source and how well that is known.
RULES = Table(Path(__file__).with_name("judgement.toml"), "limiting_rules", gives={"cap": str})
COUNTED = ("cause_of_concern", "came_back", "overdue", "weak", "uneven")
# Said of a change by n: what would have to be fewer, and what would have to be more.
WORDS: Mapping[str, tuple[str, str]] = {
    "cause_of_concern": ("{n} cause{s} of concern were discharged", "{n} cause{s} of concern were raised"),
    "came_back": (
        "{n} area{s} for improvement that came back were answered",
        "{n} old area{s} for improvement came back",
    ),
    "overdue": (
        "{n} area{s} for improvement past the date were answered",
        "{n} more area{s} for improvement passed the date",
    ),
    "weak": ("{n} weak system{s} were mended", "{n} more system{s} became weak"),
    "uneven": ("{n} system{s} were made alike across the force", "{n} more system{s} differed between areas"),
    "known": ("evidence of {n} more system{s} were current", "evidence of {n} system{s} were lost or ran out"),
}


@dataclass(frozen=True)
class Findings:
    """What is known of a question: counts, each of which can be traced to its cases.

    Attributes
    ----------
    systems, known : int
        Systems that answer the question, and those of which there is current evidence.
    cause_of_concern, came_back, overdue : int
        Open causes of concern; areas for improvement that came back; those past the date.
    weak, uneven : int
        Systems surely below the force's own floor or with evidence against them; systems whose areas differ by more than chance.
    """

    systems: int
    known: int
    cause_of_concern: int = 0
    came_back: int = 0
    overdue: int = 0
    weak: int = 0
    uneven: int = 0


@dataclass(frozen=True)
class Limits:
    """From how many on a rule bites; the last two and the share are the force's own values."""

    known_share: float
    weak: int
    uneven: int
    caps: Mapping[str, str]

    def at(self, rule: str) -> int:
        """How many it takes."""
        return {"weak": self.weak, "uneven": self.uneven}.get(rule, 1)

    def needed(self, systems: int) -> int:
        """Of how many systems evidence must be current."""
        return math.ceil(round(self.known_share * systems, 9))


@dataclass(frozen=True)
class Limited:
    """A rule that bites: its cap and why."""

    rule: str
    cap: str
    reason: str


@dataclass(frozen=True)
class Change:
    """The smallest change that moves a judgement: to what grade, and by how many of what."""

    to: str
    changes: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """How many pieces of evidence have to change."""
        return sum(abs(n) for _, n in self.changes)

    @property
    def words(self) -> str:
        """The change in words."""
        told = []
        for rule, n in self.changes:
            better = n > 0 if rule == "known" else n < 0
            told.append(WORDS[rule][0 if better else 1].format(n=abs(n), s="" if abs(n) == 1 else "s"))
        then = "would require improvement" if self.to == "requires improvement" else f"would be {self.to}"
        return f"{then} if {' and '.join(told)}"


@dataclass(frozen=True)
class Judgement:
    """A question judged.

    Attributes
    ----------
    grade : str
        One of the grades, or ``not stated``.
    at_most : str
        What it could be at most, whatever is not known.
    limits : tuple of Limited
        Every rule that bites, the lowest cap first.
    """

    grade: str
    at_most: str
    limits: tuple[Limited, ...]


def judge(found: Findings, limits: Limits) -> Judgement:
    """Judge a question by its limiting rules.

    Examples
    --------
    >>> limits = Limits(0.5, 2, 2, {rule: "requires improvement" for rule in COUNTED} | {"cause_of_concern": "inadequate"})
    >>> judge(Findings(systems=9, known=8), limits).grade
    'good'
    >>> judge(Findings(systems=9, known=8, overdue=1), limits).grade
    'requires improvement'
    >>> told = judge(Findings(systems=9, known=3, overdue=1), limits)
    >>> told.grade, told.at_most
    ('not stated', 'requires improvement')
    """
    bites = [Limited(rule, limits.caps[rule], _reason(rule, found)) for rule in COUNTED if getattr(found, rule) >= limits.at(rule)]  # fmt: skip
    bites.sort(key=lambda limited: GRADES.index(limited.cap))
    at_most = min((limited.cap for limited in bites), key=GRADES.index, default=START)
    if at_most != GRADES[0] and found.known < limits.needed(found.systems):
        lack = Limited("known", NOT_STATED, f"evidence of {found.known} of {found.systems} systems is current; {limits.needed(found.systems)} are needed")  # fmt: skip
        return Judgement(NOT_STATED, at_most, (*bites, lack))
    return Judgement(at_most, at_most, tuple(bites))


def _reason(rule: str, found: Findings) -> str:
    n = getattr(found, rule)
    words = {
        "cause_of_concern": "open cause{s} of concern", "came_back": "area{s} for improvement that came back",
        "overdue": "area{s} for improvement past the date", "weak": "weak system{s}", "uneven": "system{s} whose areas differ by more than chance",
    }  # fmt: skip
    return f"{n} {words[rule].format(s='' if n == 1 else 's')}"


def rises(found: Findings, limits: Limits) -> Change | None:
    """The smallest change after which the question stands higher, or at last is stated; None where it stands as high as rules go.

    Notes
    -----
    Each rule counts one thing of its own, so what it costs to lift one does not depend on the others: the search goes over the
    grades above, and adds up what every rule that caps below costs.
    """
    now = judge(found, limits)
    options = []
    for grade in GRADES[: GRADES.index(START) + 1]:
        if now.grade != NOT_STATED and GRADES.index(grade) <= GRADES.index(now.grade):
            continue
        changes = [
            (rule, limits.at(rule) - 1 - getattr(found, rule))
            for rule in COUNTED
            if GRADES.index(limits.caps[rule]) < GRADES.index(grade) and getattr(found, rule) >= limits.at(rule)
        ]
        if (lack := limits.needed(found.systems) - found.known) > 0 and grade != GRADES[0]:
            changes.append(("known", lack))
        options.append(_change(found, limits, tuple(changes)))
    moved = [o for o in options if o.to not in (now.grade, NOT_STATED) and o.changes]
    return min(moved, key=lambda o: (o.size, -GRADES.index(o.to)), default=None)


def falls(found: Findings, limits: Limits) -> Change | None:
    """The smallest change after which the question stands lower, or is stated no more; None where it cannot."""
    now = judge(found, limits)
    options = [
        _change(found, limits, ((rule, limits.at(rule) - getattr(found, rule)),))
        for rule in COUNTED
        if getattr(found, rule) < limits.at(rule)
    ]
    if now.grade not in (NOT_STATED, GRADES[0]) and limits.needed(found.systems) > 0:
        options.append(_change(found, limits, (("known", limits.needed(found.systems) - 1 - found.known),)))
    moved = [o for o in options if o.to != now.grade and (now.grade == NOT_STATED or o.to == NOT_STATED or _lower(o.to, now.grade))]  # fmt: skip
    # Of changes of one size, the one that lowers least comes first.
    return min(
        moved, key=lambda o: (o.size, o.to == NOT_STATED, -GRADES.index(o.to) if o.to in GRADES else 0), default=None
    )


def _lower(one: str, other: str) -> bool:
    return GRADES.index(one) < GRADES.index(other)


def changed(found: Findings, changes: tuple[tuple[str, int], ...]) -> Findings:
    """The findings after a change."""
    held = {name: getattr(found, name) for name in ("systems", "known", *COUNTED)}
    return Findings(**{name: n + dict(changes).get(name, 0) for name, n in held.items()})


def _change(found: Findings, limits: Limits, changes: tuple[tuple[str, int], ...]) -> Change:
    return Change(judge(changed(found, changes), limits).grade, changes)


__all__ = [
    "COUNTED", "GRADES", "NOT_STATED", "RULES", "START", "Change", "Findings", "Judgement", "Limited", "Limits", "changed", "falls", "judge",
    "rises",
]  # fmt: skip
