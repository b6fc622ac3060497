"""What people are told ("you said, we did"), and the neighbourhood hours that a force keeps, as documents made from the cases (P4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Table

if TYPE_CHECKING:
    from peelian.access.actor import Actor

EVERYWHERE = "everywhere"
YEAR = timedelta(days=365)


def neighbourhoods(actor: Actor, at: datetime) -> Sequence[tuple[str, str]]:
    """Every neighbourhood that has a priority which the actor may see."""
    from peelian.casework.sight import cases

    held = cases(actor).filter(kind="local_priority").values_list("facts__neighbourhood", flat=True)
    return [(EVERYWHERE, "All neighbourhoods"), *((name, name) for name in sorted({n for n in held if n}))]


def you_said(*, actor: Actor, at: datetime, area: str) -> Document:
    """For the public: what people said, what was done, and what came of it, of the last twelve months. It holds open facts alone."""
    from peelian.casework.models import Item
    from peelian.casework.sight import cases

    rows = cases(actor).filter(kind="local_priority", opened_at__gt=at - YEAR)
    if area != EVERYWHERE:
        rows = rows.filter(facts__neighbourhood=area)
    held = list(rows.order_by("facts__neighbourhood", "-opened_at"))
    done: dict[int, list[str]] = defaultdict(list)
    for row in Item.objects.filter(case__in=[c.pk for c in held], part="actions", withdrawn=False).order_by("at", "pk"):
        if "done_at" in row.facts:
            done[row.case_id].append(f"{row.facts['action']} ({row.facts['done_by']})")
    parts: dict[str, list[tuple[str, ...]]] = {"told": [], "now": [], "no": []}
    for case in held:
        f = case.facts
        line = (str(f.get("neighbourhood", "")), str(f.get("you_said", "")))
        if case.stage == "answered_no" or (case.closed and f.get("answer") == "not now"):
            parts["no"].append((*line, str(f.get("why_not") or "not told yet")))
        elif f.get("told_at"):
            parts["told"].append((*line, str(f.get("we_did", "")), _result(f)))
        elif case.stage != "raised":
            parts["now"].append((*line, "; ".join(done[case.pk]) or "nothing yet"))
    first = (Column("Neighbourhood"), Column("You said"))
    sections = [
        Section(
            "We did",
            _table(
                "What was done, and what came of it",
                (*first, Column("We did"), Column("What came of it")),
                parts["told"],
            ),
        ),
        Section("We are on it", _table("What is being done", (*first, Column("Done so far")), parts["now"])),
        Section(
            "What we did not take on, and why",
            _table("What was not taken on", (*first, Column("Why, and who else can help")), parts["no"]),
        ),
    ]
    return Document(
        title="You said, we did", subtitle="All neighbourhoods" if area == EVERYWHERE else area, marking="OFFICIAL", edition=london_day(at),
        meta=(("For", "The public; read it once more before it is published: people write names where they should not"),), sections=tuple(sections),
    )  # fmt: skip


def _result(facts: dict[str, Any]) -> str:
    """The result with its numbers; without both numbers, no claim is made from one."""
    said = str(facts.get("result", "not measured yet"))
    if "before" in facts and "after" in facts:
        said += f": {facts['before']} incidents in three months before, {facts['after']} after"
    view = facts.get("residents_say")
    return said + (f"; people there say: {view}" if view and view != "not asked" else "")


def _table(caption: str, columns: tuple[Column, ...], rows: list[tuple[str, ...]]) -> tuple[Block, ...]:
    return (Table(caption, columns, tuple(rows)),) if rows else (Paragraph("Nothing in the last twelve months."),)


def hours(*, actor: Actor, at: datetime) -> Document:
    """Neighbourhood hours planned, delivered and taken away, by neighbourhood and month, and for what they were taken."""
    from peelian.casework.models import Item
    from peelian.casework.sight import cases
    from peelian.records.areas import areas as published

    district = {a.code: a.name for a in published("district")}
    held = list(cases(actor).filter(kind="neighbourhood_hours", opened_at__gt=at - YEAR))
    taken: dict[int, float] = defaultdict(float)
    reasons: Counter[str] = Counter()
    for row in Item.objects.filter(case__in=[c.pk for c in held], part="abstractions", withdrawn=False):
        taken[row.case_id] += float(row.facts.get("hours", 0))
        reasons[str(row.facts.get("taken_for", "not said"))] += round(float(row.facts.get("hours", 0)))
    rows = []
    areas: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for case in sorted(held, key=lambda c: (str(c.facts.get("neighbourhood")), str(c.facts.get("starts_on")))):
        f = case.facts
        planned, gone = float(f.get("planned", 0)), taken[case.pk]
        rows.append(
            (
                str(f.get("neighbourhood", "")),
                f"{date.fromisoformat(f['starts_on']):%B %Y}",
                planned,
                f.get("delivered"),
                gone,
                gone / planned if planned else None,
            )
        )
        told = areas[district.get(case.area, case.area)]
        told[0] += planned
        told[1] += gone
    by_area = sorted(((name, p, g, g / p if p else None) for name, (p, g) in areas.items()), key=lambda r: -(r[3] or 0))
    if not rows:
        return _hours(at, (Section("Hours", (Note("No month is reported.", "Nothing held"),)),))
    total, gone = sum(taken.values()), sum(reasons.values())
    return _hours(at, (
        Section("By district", (Table("Neighbourhood hours by district, most taken away first", (Column("District"), Column("Planned", "number", "hours"),
                Column("Taken away", "number", "hours"), Column("Share taken away", "percent")), tuple(by_area),
                note="Hours are added up, not sampled: they have no interval. They are as teams wrote them down; what was not written down is not here."),)),
        Section("For what", (Table("What the hours were taken for", (Column("For"), Column("Hours", "number"), Column("Share", "percent")),
                tuple((name, n, n / gone if gone else None) for name, n in reasons.most_common())),)),
        Section("By neighbourhood and month", (Table(f"{len(rows)} months, {total:,.0f} hours taken away", (Column("Neighbourhood"), Column("Month"), Column("Planned", "number"),
                Column("Delivered", "number"), Column("Taken away", "number"), Column("Share taken away", "percent")), tuple(rows)),)),
    ))  # fmt: skip


def _hours(at: datetime, sections: tuple[Section, ...]) -> Document:
    return Document(
        title="Neighbourhood hours",
        subtitle="The last twelve months",
        marking="OFFICIAL",
        edition=london_day(at),
        sections=sections,
    )
