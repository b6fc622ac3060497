"""I7 on paper: the plan of visits within capacity, how cases lie among managers, and a pilot's review for the chief officer who decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from peelian.access.actor import Actor, record_act, require_role
from peelian.casework.duty import posted, skills_of, spans
from peelian.casework.kinds import kind_of
from peelian.casework.local_values import around_of
from peelian.casework.models import Run
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Finding, Note, Section, Source, Table
from peelian.core.kinds import Case, Unset
from peelian.core.local import Local
from peelian.core.system import Choice

from . import pilot_reading as read
from .offender_records import districts
from .sex_offender_rules import LEVELS, POLICY, TRAINED
from .visit_plan import Due, plan, visits_a_year

PER_DUTY = Local("sex_offenders.visits_per_duty", POLICY)
WHO = ("offender-manager", "supervisor")
MARKING = "OFFICIAL-SENSITIVE"


def falling_due(actor: Actor, at: datetime, days: int) -> list[Due]:
    """Visits that fall due within so many days, of people whom the actor may see."""
    rows = {c.pk: c for c in cases(actor).filter(kind="sex_offender", closed=False)}
    open_ = set(cases(actor).filter(kind="offender_trigger", closed=False).values_list("facts__about", flat=True))
    runs = Run.objects.filter(clock="next_visit", ended=None, due__lt=at + timedelta(days=days), case__in=rows)
    found = []
    for case, due in runs.values_list("case_id", "due"):
        held = rows[case]
        found.append(
            Due(held.ref, held.area, held.facts.get("level", ""), held.owner, london_day(due), held.ref in open_)
        )
    return found


def capacity(at: datetime, days: int, per_duty: float) -> dict[str, int]:
    """Visits that each trained offender manager can make in the duties that the roster has planned for so many days."""
    names = posted(("offender-manager",), at)
    held = skills_of(names, at)
    fit = [name for name in names if TRAINED in held.get(name, ())]
    duties = spans(fit, at, at + timedelta(days=days))
    return {name: int(per_duty * len({london_day(start) for start, _ in duties.get(name, ())})) for name in fit}


def ahead(actor: Any, at: datetime) -> Sequence[tuple[str, str]]:
    """For how many days ahead a plan may be made."""
    return [("7", "7 days"), ("14", "14 days"), ("28", "28 days")]


DAYS = Choice("days", "For how many days ahead?", ahead)


def visits(*, actor: Actor, at: datetime, days: str = "14") -> Document:
    """The plan of visits: a proposal."""
    require_role(actor, *WHO)
    on, span = london_day(at), int(days)
    record_act(actor, "consultation", "plan of visits to registered sex offenders", at=at, detail={"days": span})
    try:
        per_duty = float(around_of(kind_of("sex_offender")).local(PER_DUTY, at)[0])
    except Unset as unset:
        return _document(f"No plan can be made: {unset.summary}.", on, span, ())
    wanted = falling_due(actor, at, span)
    room = capacity(at, span, per_duty)
    found = plan(wanted, room, on=on)
    named = districts()
    said = (
        f"Visits that fall due or are late: {len(wanted)}. Room in the duties planned of {len(room)} trained managers: {sum(room.values())}. "
        f"Placed: {len(found.placed)}; beyond capacity: {len(found.left)}."
    )
    columns = (Column("Rank", "number"), Column("Case"), Column("District"), Column("Why"), Column("Proposed for"))
    placed = tuple(
        (
            n,
            p.due.ref,
            named.get(p.due.area, p.due.area),
            p.due.reasons(on),
            p.manager + ("" if p.own else " (not the person's own manager: no room there)"),
        )
        for n, p in enumerate(found.placed, 1)
    )
    left = tuple(
        (n, d.ref, named.get(d.area, d.area), d.reasons(on), "nobody: beyond capacity")
        for n, d in enumerate(found.left, len(placed) + 1)
    )
    tables = [
        Table(words, columns, rows) for words, rows in (("Visits proposed", placed), ("Beyond capacity", left)) if rows
    ]
    return _document(said, on, span, tables)


def _document(said: str, on: date, days: int, tables: Iterable[Table]) -> Document:
    source = Source(
        "Cases of this system, the duty roster and the training register",
        "a visit is late from the first day after its clock",
    )
    note = Note(
        "A proposal. The manager who knows the person books the visit on the case, or decides otherwise.", "Who decides"
    )
    return Document(
        "Visits to registered sex offenders", f"For {days} days from {on:%-d %B %Y}", MARKING, on,
        sections=(Section("Plan", (Finding("capacity", said), note, *(Table(t.caption, t.columns, t.rows, sources=(source,)) for t in tables))),),
    )  # fmt: skip


def caseload(*, actor: Actor, at: datetime) -> Document:
    """How the cases lie among managers: none is named."""
    require_role(actor, *WHO)
    on = london_day(at)
    record_act(actor, "consultation", "caseload of offender managers", at=at)
    loads: dict[str, Counter[str]] = {}
    undecided = 0
    for owner, level in cases(actor).filter(kind="sex_offender", closed=False).values_list("owner", "facts__level"):
        loads.setdefault(owner, Counter())[level or ""] += 1
        undecided += not level
    rows: list[tuple[float, ...]] = []
    for mine in loads.values():
        levels = {level: mine[level] for level in LEVELS}
        rows.append((mine.total(), *(mine[level] for level in LEVELS), visits_a_year(levels, on)))
    rows.sort(key=lambda row: (-row[-1], -row[0]))
    total = sum(mine.total() for mine in loads.values())
    said = f"{total} people; owners: {len(rows)}; {undecided} without a level, who are in no figure of visits."
    columns = (Column("Owner, the heaviest load first"), Column("People", "number"), *(Column(level.capitalize(), "number") for level in LEVELS),
               Column("Visits a year", "number"))  # fmt: skip
    table: tuple[tuple[str | float, ...], ...] = tuple((f"{n}", *row) for n, row in enumerate(rows, 1))
    note = Note(
        "Visits a year count by the older minimum of each level: general knowledge, no standard. Owners are not named: this is of a team.",
        "How to read it",
    )
    return Document("Caseload", "Registered sex offenders by owner", MARKING, on,
                    sections=(Section("Caseload", (Finding("load", said), note, *((Table("Cases and visits a year, by owner", columns, table),) if table else ()))),))  # fmt: skip


def rates(said: read.Reading) -> str:
    """How many times as often, with its interval; what has no end, or cannot be told, is said so."""
    if said.ratio is None:
        least = (
            f": at least {said.low:.1f} times (lower end of the 95 % interval)" if said.low else ": no rate can be told"
        )
        return f"The usual arm has no outcome that counts{least}."
    most = "without end" if said.high is None else f"{said.high:.1f}"
    return f"{said.ratio:.1f} times ({said.low:.1f} to {most}, 95 % interval), of people with an outcome that counts for each day at risk."


def pilot_review(*, actor: Actor, at: datetime, case: Any) -> Document:
    """A pilot's last count on paper, for the chief officer who decides."""
    seen = Case(case.state, at, around=case.around)
    said, on = read.last_of(seen), london_day(at)
    notes = [
        Note(
            "A boundary that is not crossed does not say that the pilot is safe: few outcomes cannot cross it.",
            "What it does not say",
        ),
        Note(seen.get("needs_contact") or "not counted yet", "Outcomes that need police contact to be seen"),
    ]
    blocks: list[Any] = [Finding("verdict", str(seen.get("verdict") or "not known: a local value is not set")), *notes]
    if said is not None:
        columns = (
            Column("Figure"),
            Column("Reactive arm", "number", decimals=0),
            Column("Usual arm", "number", decimals=0),
        )
        named = (("Members", said.members), ("Person-days at risk", said.days), ("People with an outcome seen without contact", said.outcomes),
                 ("Random audit visits", said.audits), ("People first found at one", said.found), ("Outcomes that need contact (not compared)", said.hidden))  # fmt: skip
        blocks.append(
            Table(
                f"Counted on {said.on:%-d %B %Y}",
                columns,
                tuple((words, a, b) for words, (a, b) in named),
                sources=(Source("Members' own cases"),),
            )
        )
        blocks.append(
            Note(
                f"Managed otherwise than the arm says: {said.crossed_over}. Not readable: {said.unread}.",
                "Kept to the plan",
            )
        )
        blocks.append(Note(rates(said), "Rate of the reactive arm to the usual one"))
    return Document(
        "Review of the pilot",
        str(case.seen.get("title") or "Pilot"),
        MARKING,
        on,
        sections=(Section("Figures", tuple(blocks)),),
    )
