"""O6: a team's sheet for a day; and released reports of which patrols may be told, and no team has been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from peelian.access.actor import Actor
from peelian.casework.models import Case
from peelian.casework.sight import cases, seen_facts
from peelian.core.clock import LONDON, london_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Points, Section, Table
from peelian.core.system import Found
from peelian.records.models import Area

from .briefing import ENTRY
from .intelligence import REPORT
from .intelligence_rules import Grade, codes_of

AHEAD, BACK = 2, 7  # days that may be chosen
RECENT = timedelta(days=28)  # reports later than that are looked at [DESIGN]
MOST = 40


def teams(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """The teams that entries are for, the reader's own first."""
    found = {str(team) for team in _entries(actor).values_list("facts__team", flat=True) if team}
    own = set(actor.standing.teams)
    return [(team, team) for team in sorted(found, key=lambda t: (t not in own, t))]


def days(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """Today first, then the days around it."""
    today = london_day(at)
    other = [today + timedelta(days=n) for n in (*range(1, AHEAD + 1), *range(-1, -BACK - 1, -1))]
    return [(d.isoformat(), f"{d:%A %-d %B %Y}") for d in (today, *other)]


def _entries(actor: Actor) -> Any:
    return cases(actor).filter(kind=ENTRY.name)


def sheet(*, actor: Actor, at: datetime, team: str = "", day: str = "") -> Document:
    """What one team is told for the shifts that begin on a day, and how many have read it."""
    actor = actor.for_one_look()
    on, name = date.fromisoformat(day) if day else london_day(at), district_names()
    rows = [
        c for c in _entries(actor).filter(stage="shown", facts__team=team).prefetch_related("items") if _from(c) == on
    ]
    rows.sort(key=lambda c: (c.facts["about"] != "officer safety", c.facts["about"], c.facts["shift_from"], c.ref))
    sections = [Section(_title(n, c, name), tuple(_entry(c, actor))) for n, c in enumerate(rows, start=1)]
    if not rows:
        sections = [Section("Nothing", (Paragraph(f"Nothing is to be told to {team or 'this team'} for this day."),))]
    read = Section("Read or not read", (_read(rows),)) if rows else None
    return Document(f"Briefing: {team or 'no team chosen'}", f"{on:%A %-d %B %Y}", "OFFICIAL-SENSITIVE", on,
                    sections=(Section("How to handle this sheet", (_RULES,)), *sections, *((read,) if read else ())))  # fmt: skip


_RULES = Points((
    "Each entry says what may be done with it. It is told on; it is not copied, photographed or sent.",
    "It is information, not proof: it is no ground for arrest or search by itself.",
    "Children and others who are exploited are victims, whatever they are doing: make them safe, and tell the safeguarding hub.",
    "Mark each entry as read on its own page, and write what you saw.",
))  # fmt: skip


def _from(case: Case) -> date:
    return london_day(datetime.fromisoformat(case.facts["shift_from"]))


def _hours(case: Case) -> str:
    start, end = (datetime.fromisoformat(case.facts[n]).astimezone(LONDON) for n in ("shift_from", "shift_until"))
    return f"{start:%H:%M} to {end:%H:%M}"


def district_names() -> dict[str, str]:
    """Names of districts by code."""
    return dict(Area.objects.filter(kind="district").values_list("code", "name"))


def _title(n: int, case: Case, name: dict[str, str]) -> str:
    area = str(case.facts["area"])
    return f"Entry {n}: {case.facts['about']} ({name.get(area, area)}, {_hours(case)})"


def _entry(case: Case, actor: Actor) -> list[Block]:
    told = seen_facts(case, actor)
    blocks: list[Block] = [Paragraph(str(told.get("text", "You may not read this entry.")))]
    blocks += [Paragraph(f"Look for, and tell: {told['do_what']}")] if told.get("do_what") else []
    blocks += [Note(str(told["handling_told"]), "Handling")] if told.get("handling_told") else []
    return blocks


def _read(rows: Sequence[Case]) -> Table:
    found = []
    for n, case in enumerate(rows, start=1):
        readings = [i for i in case.items.all() if i.part == "readings" and not i.withdrawn]
        end = datetime.fromisoformat(case.facts["shift_until"])
        found.append((n, case.facts["officers"], len(readings), sum(i.at <= end for i in readings)))
    return Table("Who has read it is counted, not named",
                 (Column("Entry", "number"), Column("Officers on the shift", "number"), Column("Have read it", "number"),
                  Column("Before the shift ended", "number")), tuple(found))  # fmt: skip


def look(*, actor: Actor, at: datetime) -> list[Found]:
    """Released reports of the last weeks whose grade lets patrols be told, and that stand in no briefing; the most urgent first."""
    actor = actor.for_one_look()
    told = set(_entries(actor).values_list("facts__from_report", flat=True))
    name = district_names()
    rank = {"high": 0, "medium": 1, "low": 2}
    seen = cases(actor).filter(kind=REPORT.name, stage="released", opened_at__gte=at - RECENT).exclude(ref__in=told)
    found = []
    for case in sorted(seen, key=lambda c: (rank.get(str(c.facts.get("urgency")), 3), c.opened_at)):
        facts = case.facts
        grade = Grade(
            facts["source_grade"],
            facts["assessment"],
            facts["handling"],
            codes_of(facts.get("conditions")),
        )
        if grade.overt(london_day(at)):
            area = str(facts["area"])
            reason = f"{facts['topic']} in {name.get(area, area)}, urgency {facts['urgency']}: {grade.words(london_day(at))}."
            given = {"area": facts["area"], "from_report": case.ref, "text": facts.get("sanitised", ""),
                     "handling_told": _handling(grade, london_day(at))}  # fmt: skip
            found.append(
                Found(
                    f"report-{case.ref}",
                    reason,
                    given,
                    source="3x5x2; conditions as Peelian reads them",
                    evidence="design",
                )
            )
    return found[:MOST]


def _handling(grade: Grade, on: date) -> str:
    return grade.words(on).split("; ", 2)[2].capitalize()
