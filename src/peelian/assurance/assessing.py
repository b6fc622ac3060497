"""The five questions answered from what is held now: which evidence there is of each system, what limits the grade, what would move it.

Every finding names its measure or case with the cases behind it. A system that is switched off, or of which nothing current is held, is
said to be not known; it never counts as good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from peelian.access.actor import Actor
from peelian.casework.local_values import history
from peelian.casework.measures import counted, months_back
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.kinds import Around, Unset
from peelian.core.system import QUESTIONS

from .board import MONTHS, Line, Part, board, named
from .evidence import current
from .frameworks import OWN, comparable, cycle
from .improvement import past
from .judgement import FLOOR, KNOWN, UNEVEN, WEAK, limits
from .judgement_rules import COUNTED, NOT_STATED, Change, Findings, Judgement, Limited, falls, judge, rises

REFS = 20  # cases named with a finding; its page lists all
FEW = "not enough data"  # how a line says that it can say nothing
IN_TIME = ("_in_time", "_answered_in_time")


@dataclass(frozen=True)
class Ground:
    """One thing that a judgement rests on.

    Attributes
    ----------
    system, what, name : str
        The system; ``measure``, ``evidence`` or ``area for improvement``; the measure's name or the case's reference.
    words : str
        What it says, with its numbers.
    effect : str
        ``known``, or the limiting rule that it counts for.
    link : str
        Path of the page that shows the cases.
    cases : tuple of str
        References of cases behind it, the first of them.
    """

    system: str
    what: str
    name: str
    words: str
    effect: str
    link: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One question answered; `not_known` names the systems of which nothing current is held, and why."""

    key: str
    question: str
    graded: bool
    findings: Findings
    judgement: Judgement
    rises: Change | None
    falls: Change | None
    grounds: list[Ground]
    not_known: list[str]
    areas: list[str]

    @property
    def grade(self) -> str:
        """What is said of the question."""
        return self.judgement.grade if self.graded else "ungraded"


@dataclass(frozen=True)
class Earlier:
    """A judgement of before: `comparable` says whether it stands on the scale of the one before it."""

    question: str
    cycle: str
    on: str
    grade: str
    by: str
    comparable: bool


@dataclass(frozen=True)
class Assessment:
    """The five questions as of an instant."""

    title: str
    force: str
    cycle: str
    on: date
    without: tuple[str, ...]
    answers: list[Answer]
    earlier: list[Earlier] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As plain data."""
        answers = [
            {**asdict(a), "grade": a.grade, "would_rise": a.rises.words if a.rises else "", "would_fall": a.falls.words if a.falls else ""}
            for a in self.answers
        ]  # fmt: skip
        return {**asdict(self), "answers": answers}


def assess(*, actor: Actor, at: datetime, without: Sequence[str] = ()) -> Assessment:
    """Answer the five questions from the measures, evidence and areas for improvement that `actor` may see; the look is logged.

    Parameters
    ----------
    without : sequence of str
        Systems that are switched off, such as ``V7``: the answer says what it no longer knows.

    Raises
    ------
    InvalidInput
        ``peelian.E483`` for a system that there is not.
    Denied
        For people of another agency.
    """
    from peelian.systems import system_of

    from .judgement import TITLE

    off = tuple(system_of(name).id for name in without)
    actor = actor.for_one_look()
    parts = board(actor, at, without=off)
    held = _cases(actor)
    on = london_day(at)
    asked = {q.key: q for q in cycle(OWN).question}
    answers = [_answer(key, asked[key].graded, parts, held, off, actor, at) for key in QUESTIONS if key in asked]
    return Assessment(TITLE, actor.agency.name, OWN, on, off, answers, list(_earlier(actor)))


def _cases(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Evidence that was taken and areas for improvement that are live, as facts with `ref`."""
    found: dict[str, list[dict[str, Any]]] = {"evidence": [], "improvement": []}
    rows = cases(actor).filter(kind__in=list(found), closed=False).order_by("pk")
    for kind, stage, ref, facts in rows.values_list("kind", "stage", "ref", "facts"):
        if kind == "improvement" or stage == "held":
            found[kind].append({**facts, "ref": ref})
    return found


def _answer(
    key: str, graded: bool, parts: Sequence[Part], held: dict[str, list[dict[str, Any]]], off: tuple[str, ...], actor: Actor, at: datetime
) -> Answer:  # fmt: skip
    on = london_day(at)
    mine = [p for p in parts if p.question == key]
    ids = {p.id for p in mine}
    local = _local(at)
    grounds: list[Ground] = []
    for part in mine:
        grounds += _of_measures(part, _number(local, FLOOR), actor, at)
    grounds += _of_evidence([e for e in held["evidence"] if e["question"] == key and e["system"] not in off], on)
    live = [i for i in held["improvement"] if i["question"] == key]
    seen = [i for i in live if not (own := _ids(i)) or own - set(off)]
    grounds += _of_areas(seen, on)
    known = {g.system for g in grounds if g.what != "area for improvement"} & ids
    findings = Findings(
        len(ids), len(known),
        **{rule: len({g.name if rule in ("cause_of_concern", "came_back", "overdue") else g.system for g in grounds if g.effect == rule}) for rule in COUNTED},
    )  # fmt: skip
    not_known = [f"{p.id} {p.name}: {p.why_not or 'no case of it was decided in twelve months, and no evidence is in date'}" for p in mine if p.id not in known]  # fmt: skip
    if lost := len(live) - len(seen):
        not_known.append(f"{lost} area{'s' * (lost != 1)} for improvement of what is switched off")
    headings = {q.key: q.heading for q in cycle(OWN).question}
    areas = [i["words"] for i in seen]
    try:
        limit = limits(local, on)
    except Unset as unset:
        told = Judgement(NOT_STATED, NOT_STATED, (Limited("unset", NOT_STATED, unset.summary),))
        return Answer(key, headings[key], graded, findings, told, None, None, grounds, not_known, areas)
    return Answer(
        key, headings[key], graded, findings, judge(findings, limit), rises(findings, limit), falls(findings, limit), grounds, not_known, areas
    )  # fmt: skip


def _local(at: datetime) -> Any:
    around = Around(history([each.name for each in (KNOWN, WEAK, UNEVEN, FLOOR)]))
    return lambda asked: around.local(asked, at)[0]


def _number(local: Any, asked: Any) -> float | None:
    try:
        return float(local(asked))
    except Unset:
        return None


def _of_measures(part: Part, floor: float | None, actor: Actor, at: datetime) -> Iterator[Ground]:
    for line in part.lines:
        if not line.rows:
            continue
        where = f"/measures/{line.kind}/{line.name}/"
        name, says = f"{line.kind}.{line.name}", f"{line.asks} {line.state}"
        weak = floor is not None and line.name.endswith(IN_TIME) and line.high is not None and line.high < floor
        uneven = line.name.endswith(IN_TIME) and bool(line.below)
        if weak:
            yield Ground(
                part.id,
                "measure",
                name,
                f"{says}: surely below the floor of {floor:.0%}",
                "weak",
                f"{where}rows/?which=no",
                _missed(line, actor, at),
            )
        if uneven:
            yield Ground(part.id, "measure", name, f"{says}; below the force by more than chance: {', '.join(named(line.below))}", "uneven", where, _missed(line, actor, at, line.below[0]))  # fmt: skip
        if not (weak or uneven):
            told = line.change and not line.change.lower().startswith(FEW)
            yield Ground(part.id, "measure", name, f"{says}; {line.change}" if told else says, "known", where)


def _missed(line: Line, actor: Actor, at: datetime, area: str = "") -> tuple[str, ...]:
    from peelian.casework.measures import month_of

    since = months_back(month_of(at), MONTHS - 1)
    rows = counted(line.kind, line.name, actor=actor, at=at, which="no", area=area or None, since=since).order_by(
        "-at", "pk"
    )
    return tuple(dict.fromkeys(rows.values_list("case__ref", flat=True)[:REFS]))


def _of_evidence(held: Sequence[dict[str, Any]], on: date) -> Iterator[Ground]:
    for one in held:
        dates = {name: date.fromisoformat(one[name]) for name in ("true_from", "expires_on")}
        if current(dates, on):
            effect = "weak" if one["says"] == "against" else "known"
            words = f"{one['claim']} ({one['source']}: {one['reference']}; true from {dates['true_from']:%-d %B %Y}, in date until {dates['expires_on']:%-d %B %Y})"
            yield Ground(one["system"], "evidence", one["ref"], words, effect, f"/cases/{one['ref']}/", (one["ref"],))


def _of_areas(live: Sequence[dict[str, Any]], on: date) -> Iterator[Ground]:
    for one in live:
        effects = [
            rule for rule, so in (
                ("cause_of_concern", one["type"] == "cause of concern"), ("came_back", bool(one.get("earlier"))), ("overdue", past(one, on))
            ) if so
        ]  # fmt: skip
        for effect in effects or ["raised"]:
            due = f"due {date.fromisoformat(one['due_on']):%-d %B %Y}" if one.get("due_on") else "not planned"
            words = f"{one['words']} ({one['report']}; {due})"
            yield Ground(
                ", ".join(sorted(_ids(one))),
                "area for improvement",
                one["ref"],
                words,
                effect,
                f"/cases/{one['ref']}/",
                (one["ref"],),
            )


def _ids(one: dict[str, Any]) -> set[str]:
    return {name.strip() for name in str(one.get("systems", "")).split(",") if name.strip()}


def _earlier(actor: Actor) -> Iterator[Earlier]:
    """Grades of before, of reports read in and of judgements made here; where the scale changed, nothing is compared."""
    from .report_reading import read_report

    found: list[tuple[str, str, str, str, str]] = []
    rows = cases(actor).filter(kind__in=("judgement", "inspection_report"), closed=True).order_by("pk")
    for kind, facts in rows.values_list("kind", "facts"):
        if kind == "inspection_report":
            report = read_report(facts["text"])
            found += [
                (
                    q.key,
                    report.cycle,
                    facts["published_on"],
                    q.judged.grade or q.judged.source,
                    f"{report.force} {report.kind}",
                )
                for q in report.questions
            ]
        elif facts.get("grade"):
            found.append(
                (facts["question"], facts["cycle"], facts["as_of"], facts["grade"].replace("_", " "), "self-assessment")
            )
    last: dict[str, tuple[str, str]] = {}
    for key, when, on, grade, by in sorted(found, key=lambda row: (row[0], row[2])):
        before = last.get(key)
        yield Earlier(key, when, on, grade, by, before is not None and before[1] == by and comparable(before[0], when))
        last[key] = when, by


__all__ = ["Answer", "Assessment", "Earlier", "Ground", "assess"]
