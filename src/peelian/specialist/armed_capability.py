"""S4 on paper: what is needed against who is truly qualified, by shift and in the months ahead; lapses found before the next course."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from peelian.access.actor import Actor, record_act
from peelian.analysis.attrition import attrition
from peelian.analysis.loss import erlang_loss
from peelian.analysis.rates import share_interval
from peelian.core.clock import london_day
from peelian.core.document import Cell, Column, Document, Estimate, Finding, Note, Section, Source, Table
from peelian.core.errors import InvalidInput
from peelian.core.system import Found

from .armed_register import BEHIND, Register, register
from .armed_rules import NATIONAL
from .stock import held

MARKING = "OFFICIAL-SENSITIVE"
MONTHS, HORIZON, DEMAND = 12, timedelta(days=90), timedelta(days=365)
SOURCES = (
    Source(
        "Training register, duty roster and staff list of the force",
        "counts of those qualified in date; nobody is named",
    ),
)


def months_ahead(day: date, other: date) -> int:
    """Months from one day to another, by the calendar; none below nought."""
    return max((other.year - day.year) * 12 + other.month - day.month, 0)


def lapses(*, actor: Actor, at: datetime) -> list[Found]:
    """By role: qualifications that run out before the next course of the assessment in force, or within 90 days where none is planned."""
    assessments = [a for a in held(actor, at, "armed_assessment") if a.state.stage == "in_force"]
    needs = {row.facts["role"] for a in assessments for row in a.state.live("needs")}
    if not needs:
        return []
    day = london_day(at)
    known = register(actor, day, tuple(sorted(needs)))
    record_act(actor, "consultation", "armed policing: lapses", at=at)
    courses = [
        (row.facts["course_role"], row.facts["starts_on"])
        for a in assessments for row in a.state.live("courses") if row.facts["sort"] == "requalification" and row.facts["starts_on"] >= day
    ]  # fmt: skip
    stood = f" The registers are read as they stood {known.back.days // 7} weeks before." if known.back else ""
    found = []
    for role in sorted(needs):
        course = min((start for name, start in courses if name == role), default=None)
        holders = known.holders(role)
        ending = sorted(end for end in holders.values() if end <= (course or day + HORIZON))
        if not ending:
            continue
        words = f"before the course of {course:%d %B %Y}" if course else "within 90 days, and no course is planned"
        found.append(
            Found(
                f"{''.join(word[0] for word in role.split())}-{ending[0]:%Y-%m}", f"{role.capitalize()}: {len(ending)} of {len(holders)} run out {words}.{stood}",
                {"role": role, "running_out": len(ending), "first_on": ending[0], **({"course_on": course} if course else {})},
                source="Training register of the force", evidence="stored",
                numbers=(("Qualified today", len(holders)), ("Run out", len(ending)), ("The first", f"{ending[0]:%d %B %Y}")),
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: f.given["first_on"])


def capability(*, actor: Actor, at: datetime, case: Any) -> Document:
    """An assessment's requirement against the register: by shift in the four weeks behind, and in the twelve months ahead."""
    day = london_day(at)
    needs = [row.facts for row in case.state.live("needs")]
    roles = tuple(sorted({n["role"] for n in needs}))
    meta = (("Case", case.case.ref),)
    if not roles:
        note = Note("The assessment does not say yet what is needed.")
        return Document("Armed capability", "The whole force", MARKING, day, meta, (Section("No answer", (note,)),))
    known = register(actor, day, roles)
    record_act(actor, "consultation", "armed policing: capability", at=at, detail={"case": case.case.ref})
    rng = np.random.default_rng(list(f"{case.case.ref}/{day}".encode()))
    courses = [row.facts for row in case.state.live("courses")]
    sections = (
        Section("By shift", (*_as_it_stood(known), *_by_shift(known, needs))),
        Section("In the months ahead", _ahead(known, needs, courses, rng)),
        Section("Crews and calls", _crews(actor, at)),
        Section("How to read it", (Note(
            "It rests on the registers alone, so whoever is qualified and kept off armed duty counts. Nobody is named and no place is told. A force "
            "outside the national uplift keeps what it has by these courses. Numbers of crews are advice to a commander."),)),
    )  # fmt: skip
    return Document("Armed capability", "The whole force", MARKING, day, meta, sections)


def _as_it_stood(known: Register) -> tuple[Note, ...]:
    if not known.back:
        return ()
    text = f"The landed roster ends before this day: the registers are read as they stood {known.back.days // 7} weeks before, every date moved on by as much."
    return (Note(text, "Not today's registers"),)


def _by_shift(known: Register, needs: Sequence[dict[str, Any]]) -> tuple[Finding | Table, ...]:
    rows: list[tuple[Cell, ...]] = []
    met = total = 0
    for need in needs:
        counts = [known.there(need["role"], need["shift"], day) for day in known.days]
        hits = sum(c >= need["wanted"] for c in counts)
        met, total = met + hits, total + len(counts)
        share = Estimate(*(float(x[0]) for x in share_interval([hits], [len(counts)])))
        rows.append(
            (
                need["role"],
                need["shift"],
                need["wanted"],
                float(np.median(counts)),
                min(counts),
                share,
                len(known.holders(need["role"])),
            )
        )
    columns = (
        Column("Role"), Column("Shift"), Column("Needed", "number"), Column("On duty, in the middle", "number", decimals=1), Column("The fewest", "number"),
        Column("Shifts met", "percent"), Column("Qualified in the force", "number"),
    )  # fmt: skip
    words = f"What is needed was there on {met} of {total} shifts of the last {BEHIND - 1} days."
    note = "Early is counted at 10:00, late at 18:00, night at 02:00, day at 12:00; a shift of any time by the worst of the first three."
    return Finding("shifts", words), Table(
        "What is needed, and who was on duty, qualified and in date", columns, tuple(rows), note, SOURCES
    )


def _ahead(
    known: Register, needs: Sequence[dict[str, Any]], courses: Sequence[dict[str, Any]], rng: np.random.Generator
) -> tuple[Finding | Table, ...]:
    rows: list[tuple[Cell, ...]] = []
    worst = []
    for role in dict.fromkeys(n["role"] for n in needs):
        required = max((n.get("holders_needed") or 0 for n in needs if n["role"] == role), default=0)
        trained = [0] * MONTHS
        for course in courses:
            month = months_ahead(known.on, course["starts_on"])
            if (
                course["course_role"] == role
                and course["sort"] == "initial"
                and course["starts_on"] >= known.on
                and month < MONTHS
            ):
                trained[month] += course["places"]
        holders = known.holders(role)
        left = known.left(role)
        ahead = attrition(
            [min(months_ahead(known.on, end), MONTHS) for end in holders.values()], months=MONTHS, required=required,
            left=(left[0], max(left[1], 0.1)), renewed=known.renewed(role), trained=trained, rng=rng,
        )  # fmt: skip
        rows.append((
            role, len(holders), required or "not said", ahead.holding[2], ahead.holding[5], ahead.holding[-1],
            ahead.enough[-1] if required else "not said",
        ))  # fmt: skip
        if required and ahead.enough[-1] < 0.9:
            worst.append(f"{role} ({ahead.enough[-1]:.2f})")
    columns = (
        Column("Role"), Column("Qualified now", "number"), Column("Needed in all", "number"), Column("In 3 months", "number"), Column("In 6 months", "number"),
        Column("In 12 months", "number"), Column("Probability of enough in 12 months", "number", decimals=2),
    )  # fmt: skip
    words = (
        f"Likely too few in twelve months: {', '.join(worst)}."
        if worst
        else "No role is likely to fall below what is needed in twelve months."
    )
    note = "Middle and nine cases of ten. From leavers and renewals of the year behind and the courses noted; who passes a first course is not known."
    return Finding("ahead", words), Table("Who will be qualified", columns, tuple(rows), note, SOURCES)


def _crews(actor: Actor, at: datetime) -> tuple[Finding | Table | Note, ...]:
    jobs = [
        d.state.facts
        for d in held(actor, at, "armed_deployment")
        if d.state.opened_at and d.state.opened_at > at - DEMAND
    ]
    ended = [j for j in jobs if j.get("ended_at") and j["crew"] == "armed response vehicle"]
    if len(ended) < 2:
        return (Note("Fewer than two armed deployments of the last year are recorded: no demand can be told."),)
    hours = sum((j["ended_at"] - j["authorised_at"]).total_seconds() for j in ended) / 3600
    first = min(j["authorised_at"] for j in jobs)
    load = hours / max((at - first).total_seconds() / 3600, 1.0)
    rows = tuple((crews, erlang_loss(load, crews)) for crews in range(1, 6))
    vehicle = sum(j["crew"] == "armed response vehicle" for j in jobs)
    share = Estimate(*(float(x[0]) for x in share_interval([vehicle], [len(jobs)])))
    shown = Column("", "percent").show(share)
    try:
        there = NATIONAL.look(on=london_day(at), of="england and wales")
        nation = f" In England and Wales it was {there['arv_percent']}% ({there.source})."
    except InvalidInput:
        nation = ""
    words = f"{len(jobs)} deployments are recorded; {shown} were by armed response vehicles.{nation}"
    columns = (Column("Crews on duty", "number"), Column("Calls that find no crew free", "percent", decimals=1))
    note = f"Load: {load:.3f} crews busy at a time, from {len(ended)} deployments. Erlang's loss formula; calls that come together make it worse."
    return Finding("demand", words), Table("Free crews", columns, rows, note)
