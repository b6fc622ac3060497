"""O1: what a group's picture rests on. Everything held of a group is a graded assertion; take one away, and see what falls.

Who belongs and the open risk score are computed from the assertions that stand, never typed. A victim, an exploited child and somebody
whose home was taken over stand beside the group, whatever else is said of them: no assertion makes them a member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

MEMBER, PRINCIPAL = "member", "principal"
BESIDE = ("victim", "exploited child", "home taken over")
HARMS = ("physical harm", "psychological harm", "financial harm", "community harm", "geographic harm")
LIKELIHOOD = ("frequency", "trend", "victim vulnerability")
POSITION = ("capacity gap", "capability gap")
FIELDS = (*HARMS, *LIKELIHOOD)
Level = Literal["firm", "reported"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that is said of a group.

    Attributes
    ----------
    id, group : str
        Its own, and the group's.
    about : str
        ``member``, ``principal``, one of `BESIDE`, a field of the risk matrix, or another word (activity, link), which is held and
        counts for nothing here.
    person : str
        Ref of whom it is about, for the first three.
    value : float, optional
        For a field of the matrix.
    grade : str
        Source and assessment, such as ``2B``.
    report, source : str
        Ref of the report that it rests on; reference of who said it.
    true_from : date
        Since when it is so.
    """

    id: str
    group: str
    about: str
    grade: str
    true_from: date
    person: str = ""
    value: float | None = None
    report: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs: how firmly, whether as a principal, how many sources say so, and the assertions that it rests on."""

    person: str
    level: Level
    principal: bool
    sources: int
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """The open risk score.

    Attributes
    ----------
    harm : float
        Sum of the five harms, 0 to 20.
    likelihood : float
        Frequency times trend, plus the vulnerability of victims.
    confidence : str
        Of the weakest assertion that it rests on; shown beside the score, never multiplied with it.
    position : float
        Gaps in capacity and capability: breaks ties, and nothing else. What is not asserted is no gap.
    """

    harm: float
    likelihood: float
    confidence: Confidence
    position: float
    rests_on: tuple[str, ...]

    @property
    def score(self) -> float:
        """Harm times likelihood."""
        return self.harm * self.likelihood


@dataclass(frozen=True, slots=True)
class Picture:
    """What the standing assertions of one group say: members by person, the risk, and the fields that nothing tells."""

    members: Mapping[str, Member]
    risk: Risk | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fall:
    """What goes with assertions that are withdrawn: who no longer belongs, who belongs less firmly, who would belong (where it was said
    that they are a victim), and the risk before and after.
    """

    gone: tuple[str, ...]
    weaker: tuple[str, ...]
    back: tuple[str, ...]
    before: Risk | None
    after: Risk | None

    @property
    def nothing(self) -> bool:
        """Whether nothing falls."""
        return not (self.gone or self.weaker or self.back) and _score(self.before) == _score(self.after)


def counts(assertion: Assertion) -> bool:
    """Whether an assertion counts: what is suspected to be false (E) is held, and counts for nothing."""
    return not assertion.grade.endswith("E")


def confidence_of(assertions: Iterable[Assertion]) -> Confidence:
    """Of the weakest: low for an unreliable source or what is not known (D), high where all are A or B of a reliable source."""
    found = list(assertions)
    if any(a.grade.startswith("3") or a.grade.endswith("D") for a in found):
        return "low"
    return "high" if all(a.grade in ("1A", "1B") for a in found) else "medium"


def picture(assertions: Iterable[Assertion], on: date) -> Picture:
    """What stands on a day.

    Parameters
    ----------
    assertions : iterable of Assertion
        Of one group, those that are not withdrawn.
    on : date
        Later ones are left out. Of two about one field the later holds; of one day, the one of the later id.
    """
    standing = [a for a in assertions if counts(a) and a.true_from <= on]
    beside = {a.person for a in standing if a.about in BESIDE}
    of: dict[str, list[Assertion]] = defaultdict(list)
    latest: dict[str, Assertion] = {}
    for a in sorted(standing, key=lambda a: (a.true_from, a.id)):
        if a.about in (MEMBER, PRINCIPAL) and a.person not in beside:
            of[a.person].append(a)
        elif a.value is not None:
            latest[a.about] = a
    missing = tuple(f for f in FIELDS if f not in latest)
    return Picture(
        {person: _member(person, said) for person, said in of.items()}, None if missing else _risk(latest), missing
    )


def _member(person: str, said: list[Assertion]) -> Member:
    # A source without a reference is one nobody can tell from another: all of those together count once.
    sources = len({a.source for a in said})
    firm = sources >= 2 or any(a.grade in ("1A", "1B") for a in said)
    principal = any(a.about == PRINCIPAL for a in said)
    return Member(person, "firm" if firm else "reported", principal, sources, tuple(a.id for a in said))


def _risk(latest: Mapping[str, Assertion]) -> Risk:
    told = {name: a.value or 0.0 for name, a in latest.items()}
    used = [latest[name] for name in FIELDS]
    likelihood = told["frequency"] * told["trend"] + told["victim vulnerability"]
    gaps = sum(told.get(name, 0.0) for name in POSITION)
    return Risk(sum(told[h] for h in HARMS), likelihood, confidence_of(used), gaps, tuple(a.id for a in used))


def _score(risk: Risk | None) -> float | None:
    return None if risk is None else round(risk.score, 6)


def fall(before: Picture, after: Picture) -> Fall:
    """The difference between what stood and what stands."""
    gone = tuple(sorted(p for p in before.members if p not in after.members))
    weaker = tuple(
        sorted(
            p
            for p, m in after.members.items()
            if m.level == "reported" and p in before.members and before.members[p].level == "firm"
        )
    )
    back = tuple(sorted(p for p in after.members if p not in before.members))
    return Fall(gone, weaker, back, before.risk, after.risk)


class Holdings:
    """The assertions of many groups, by group, by report and by id, so that one can be withdrawn at once among a million."""

    def __init__(self, assertions: Iterable[Assertion] = ()) -> None:
        self._of: dict[str, dict[str, Assertion]] = defaultdict(dict)
        self._by_report: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._group: dict[str, str] = {}
        for a in assertions:
            self._of[a.group][a.id] = a
            self._group[a.id] = a.group
            if a.report:
                self._by_report[a.report].add((a.group, a.id))

    def of(self, group: str) -> list[Assertion]:
        """The assertions of one group that stand."""
        return list(self._of.get(group, {}).values())

    def resting_on(self, report: str) -> list[str]:
        """The groups of which some assertion rests on a report."""
        return sorted({group for group, _ in self._by_report.get(report, ())})

    def retract(self, ids: Collection[str] = (), *, reports: Collection[str] = (), on: date) -> dict[str, Fall]:
        """Withdraw assertions, by id or with the reports that they rest on; what falls, by group."""
        touched: dict[str, set[str]] = defaultdict(set)
        for id in ids:
            if id in self._group:
                touched[self._group[id]].add(id)
        for report in reports:
            for group, id in self._by_report.pop(report, ()):
                touched[group].add(id)
        found = {}
        for group, gone in touched.items():
            before = picture(self._of[group].values(), on)
            for id in gone:
                held = self._of[group].pop(id, None)
                self._group.pop(id, None)
                if held is not None and held.report in self._by_report:
                    self._by_report[held.report].discard((group, id))
            found[group] = fall(before, picture(self._of[group].values(), on))
        return found
