"""S1 on paper: can we fill it in time, and how ready is the force without a call. Advice to a commander, with its inputs shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from peelian.access.actor import Actor, record_act
from peelian.analysis.mobilisation import whole_units
from peelian.casework.kinds import kind_of
from peelian.casework.local_values import around_of
from peelian.core.clock import LONDON, london_day
from peelian.core.document import Cell, Column, Document, Finding, Note, Paragraph, Section, Source, Table

from . import mobilisation_means as held
from .mobilisation_answer import NOT_THERE, ON_DUTY, RECALLED, WorkedOut, count_called
from .mobilisation_asked import answer, short_words, values_of
from .working_hours import LONGEST, REST

MARKING = "OFFICIAL-SENSITIVE"
HOURS = (0, 1, 4, 8)
PUBLIC_ORDER = ("public order level 1", "public order level 2")
SOURCES = (
    Source("Duty roster, staff list, training register and fleet list of the force", "as landed and as the reader may see them"),
    Source("Values that the force set for itself", "release and recall times, speed, spread, cover, rest, share that answers a recall"),
)  # fmt: skip


def can_we_fill_it(*, actor: Actor, at: datetime, case: Any) -> Document:
    """Answer a case's requirement: who is proposed, the probability that it is filled in time, and each shortfall by name."""
    facts, title = case.state.facts, "Can we fill it in time?"
    meta = (
        ("Wanted in", held.station_of(facts["area"])), ("Filled by", _clock(facts["needed_at"])), ("Until", _clock(facts["until_at"])),
        ("Worked out", _clock(at)),
    )  # fmt: skip
    told = answer(actor, at, case.state, case.around)
    if isinstance(told, str):
        return _document(title, facts["what_for"], at, meta, (Section("No answer", (Note(told),)),))
    found, sure = told.found, float(told.values[held.SURE.name])
    sections = (
        Section("The answer", (*_answer(found, facts["needed_at"], sure), *_as_it_stood(told.seen, at), _by_line(found))),
        Section("Call list", (Paragraph("In the order in which they are there. Record each call on the case."), _call_list(found, told.own))),
        Section("Who may not be called", (_shut(found, len(told.elsewhere), told.away),)),
        Section("Cover that stays", (_cover(found),)),
        Section("What it rests on", (_inputs(told.values, told.seen), Note(
            "Distances are straight lines between the middles of districts, times a detour; nobody's home is used. A vehicle on the road is "
            "taken to start. People on duty may be bound to a call that no roster knows: the share above allows for it. It is advice, and a "
            "commander decides."))),
    )  # fmt: skip
    return _document(title, facts["what_for"], at, meta, sections)


def _answer(found: WorkedOut, by: datetime, sure: float) -> tuple[Finding | Note, ...]:
    chance = found.answer.filled.probability
    enough = "" if chance.value >= sure else f" That is less than the {sure:g} that the force asks for."
    text = f"Filled by {by.astimezone(LONDON):%H:%M}, with probability {chance.show(2)}, if {count_called(found)} are called now.{enough}"
    short = short_words(found)
    named = (
        Finding("shortfall", "Likely short. " + ". ".join(short) + ".")
        if short
        else Finding("shortfall", "Nothing is likely to be short.")
    )
    return Finding("answer", text), named


def _as_it_stood(seen: held.Means, at: datetime) -> tuple[Note, ...]:
    """A note where the roster ends before the instant, so that no reader takes last year's force for today's."""
    if not seen.back:
        return ()
    weeks = seen.back // timedelta(weeks=1)
    text = (
        f"The landed roster ends before {_clock(at)}. People, duties, qualifications and vehicles are those of {_clock(at - seen.back)}, {weeks} weeks "
        "before, and stand for today."
    )
    return (Note(text, "Not today's roster"),)


def _by_line(found: WorkedOut) -> Table:
    rows = []
    for n, line in enumerate(found.wanted):
        groups = Counter(c.group for c in found.called(n))
        rows.append((str(n + 1), line.words, found.fit(n), groups[ON_DUTY], groups[RECALLED], sum(groups.values()), found.answer.filled.lines[n],
                     found.answer.filled.short[n]))  # fmt: skip
    columns = (
        Column("Line"), Column("Required"), Column("Fit, may be called", "number"), Column("Called: on duty", "number"),
        Column("Called: recalled", "number"), Column("Called in all", "number"), Column("Filled in time", "percent"),
        Column("Short, nine cases of ten", "number"),
    )  # fmt: skip
    return Table("Each line of the requirement", columns, tuple(rows), sources=SOURCES)


def _call_list(found: WorkedOut, own: Collection[str]) -> Table:
    rows = []
    for n, line in enumerate(found.wanted):
        for c in found.called(n):
            where = getattr(c.one, "team", "") or getattr(c.one, "sort", "")
            place = getattr(c.one, "station", "") or getattr(c.one, "base", "")
            how = {ON_DUTY: "on duty", RECALLED: "recalled"}.get(c.group, "vehicle")
            rows.append(
                (
                    str(n + 1),
                    line.words,
                    c.one.number,
                    where,
                    place,
                    how,
                    round(c.minutes),
                    c.gives_up,
                    "called" if c.one.number in own else "",
                )
            )
    columns = (
        Column("Line"), Column("Required"), Column("Number"), Column("Team or vehicle"), Column("Station"), Column("From"),
        Column("There after", "number", "minutes"), Column("Duties given up for rest", "number"), Column("State"),
    )  # fmt: skip
    return Table("Proposed to be called", columns, tuple(rows))


def _shut(found: WorkedOut, elsewhere: int, away: int) -> Table:
    rows = tuple((why[0].upper() + why[1:], count) for why, count in found.shut.most_common()) or (("Nobody", 0),)
    note = f"Called for other mobilisations and not stood down: {elsewhere}. Given to other forces and not back, abstracted on the roster: {away}."
    return Table("Fit for a line, and not callable", (Column("Why"), Column("How many", "number")), rows, note)


def _cover(found: WorkedOut) -> Table:
    going = Counter(c.cover for n in range(len(found.wanted)) for c in found.called(n) if c.cover)
    rows = [
        (station, role, count, going[station, role], count - going[station, role], count - most)
        for (station, role), (count, most) in sorted(found.kept.items())
    ]
    columns = (
        Column("Station"), Column("Role"), Column("On duty", "number"), Column("Called", "number"), Column("Left", "number"),
        Column("At least", "number"),
    )  # fmt: skip
    return Table(
        "On duty when they are called", columns, tuple(rows), "The least is the share that the force says must stay."
    )


def _inputs(values: Mapping[str, Any], seen: held.Means) -> Table:
    came, of = seen.turnout
    rows = [
        ("Duties worked of those rostered in the last four weeks", f"{came} of {of}"), ("Staff on the roster", str(len(seen.people))),
        ("Vehicles on the road", str(len(seen.vehicles))), ("Ranks", "from the staff list" if seen.ranks_seen else "not seen by this reader"),
    ]  # fmt: skip
    rows += [(name.split(".")[1].replace("_", " ").capitalize(), str(value)) for name, value in sorted(values.items())]
    return Table("Inputs", (Column("What"), Column("Value")), tuple(rows))


def readiness(*, actor: Actor, at: datetime) -> Document:
    """How many police support units could be made up at their own stations now, and one, four and eight hours after a call."""
    around = around_of(kind_of("mobilisation"))
    values, unset = values_of(around, (*held.LOCALS, *held.UNIT.values()), at)
    title = "Readiness: police support units"
    if unset:
        return _document(
            title,
            "The whole force",
            at,
            (),
            (Section("No answer", (Note(f"Not set by the force yet: {', '.join(unset)}."),)),),
        )
    seen = held.means(actor, at)
    if not seen.ranks_seen:
        note = Note(
            "Units are counted by rank, and this posting does not see the staff list: an operations planner does."
        )
        return _document(title, "The whole force", at, (), (Section("No answer", (note,)),))
    unit = {rank: int(values[local.name]) for rank, local in held.UNIT.items()}
    rows: list[tuple[Cell, ...]] = []
    for hours in HOURS:
        by_rank = {rank: _ready(seen, rank, at, hours, values) for rank in unit}
        count, lacks = whole_units({rank: int(number) for rank, number in by_rank.items()}, unit)
        needs = ", ".join(f"{many} {rank}{'s' * (many > 1)}" for rank, many in lacks.items())
        rows.append((f"after {hours} h" if hours else "now", *(round(by_rank[r], 1) for r in unit), count, needs))
    columns = (
        Column("When"),
        *(Column(f"{rank.capitalize()}s expected", "number", decimals=1) for rank in unit),
        Column("Whole units", "number"),
        Column("The next lacks"),
    )
    words = ", ".join(f"{n} {rank}{'s' * (n > 1)}" for rank, n in unit.items())
    eight = rows[-1]
    sections = (
        Section("Units", (
            *_as_it_stood(seen, at),
            Finding("units", f"Eight hours after a call {eight[-2]} whole units are expected; the next lacks {eight[-1]}."),
            Table("Qualified in public order, level 1 or 2, rested and expected to come", columns, tuple(rows), f"A unit as the force counts one: {words}.", SOURCES),
            Note("Expected numbers at their own stations, without the way to where they are needed. The rank that runs out first binds."),
        )),
    )  # fmt: skip
    record_act(actor, "consultation", "mobilisation: readiness", at=at)
    return _document(title, "The whole force", at, (("Worked out", _clock(at)),), sections)


def _ready(seen: held.Means, rank: str, at: datetime, hours: int, values: Mapping[str, Any]) -> float:
    """How many of a rank are expected so many hours after a call."""
    from peelian.analysis.mobilisation import rest

    came, of = seen.turnout
    share = (came + 1) / (of + 2) * (1 - float(values[held.COMMITTED.name]))
    by, total = at + timedelta(hours=hours, minutes=1), 0.0
    for person in seen.people:
        if person.rank != rank or not person.skills & set(PUBLIC_ORDER):
            continue
        if any(a < by and b > at and state in NOT_THERE for a, b, _, state in person.duties):
            continue
        duties = [(a, b) for a, b, _, state in person.duties if state not in NOT_THERE]
        said = rest(
            duties,
            called=at,
            by=by,
            ends=by,
            rest_hours=float(values[REST.name]),
            longest_hours=float(values[LONGEST.name]),
        )
        first = float(values[(held.RELEASE_MINUTES if said.on_duty else held.RECALL_MINUTES).name])
        if said.why_not or (hours and said.from_minute + first > hours * 60) or (not hours and not said.on_duty):
            continue
        total += share if said.on_duty else float(values[held.RECALL.name])
    return total


def _clock(at: datetime) -> str:
    there = at.astimezone(LONDON)
    return f"{there.day} {there:%B %Y %H:%M}"


def _document(
    title: str, subtitle: str, at: datetime, meta: tuple[tuple[str, str], ...], sections: tuple[Section, ...]
) -> Document:
    return Document(title, subtitle, MARKING, london_day(at), meta, sections)
