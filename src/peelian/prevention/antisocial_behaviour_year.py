"""What the bodies of a district must publish each year of ASB case reviews (2014 Act, s.104): four numbers for each district (P7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Note, Paragraph, Section, Table

if TYPE_CHECKING:
    from peelian.access.actor import Actor

SOURCE = "Anti-social Behaviour, Crime and Policing Act 2014, s.104"


def years(actor: Actor, at: datetime) -> Sequence[tuple[str, str]]:
    """Years in which somebody applied, the newest first, and this year."""
    from peelian.casework.sight import cases

    days = cases(actor).filter(kind="asb_review").values_list("facts__applied_on", flat=True)
    held = {date.fromisoformat(day).year for day in days if day} | {london_day(at).year}
    return [(str(year), str(year)) for year in sorted(held, reverse=True)]


def published(*, actor: Actor, at: datetime, year: str) -> Document:
    """Applications received, thresholds not met, reviews carried out, and reviews that recommended something."""
    from peelian.casework.models import Item
    from peelian.casework.sight import cases
    from peelian.records.areas import areas

    district = {a.code: a.name for a in areas("district")}
    rows = [
        c
        for c in cases(actor).filter(kind="asb_review").order_by("area", "pk")
        if str(c.facts.get("applied_on", "")).startswith(f"{int(year):04}-")
    ]
    with_recommendation = set(
        Item.objects.filter(case__in=[c.pk for c in rows], part="recommendations", withdrawn=False).values_list(
            "case", flat=True
        )
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for case in rows:
        for name in (district.get(case.area, case.area), "All districts"):
            said = counts[name]
            said[0] += 1
            said[1] += case.facts.get("threshold") == "not met"
            said[2] += bool(case.facts.get("met_on"))
            said[3] += case.pk in with_recommendation
    order = sorted(name for name in counts if name != "All districts")
    table = Table(
        f"ASB case reviews, {year}",
        (Column("District"), Column("Applications received", "number"), Column("Threshold not met", "number"), Column("Reviews carried out", "number"),
         Column("Reviews with recommendations", "number")),
        tuple((name, *counts[name]) for name in [*order, *(["All districts"] if order else [])]),
        note="By the day of the application. These numbers must be published as they are; whoever publishes them sees to it that nobody is named by them.",
    )  # fmt: skip
    blocks = (table,) if rows else (Paragraph("Nobody applied in this year."),)
    note = Note("An application whose threshold is not decided yet counts as received alone.", "How it is counted")
    return Document(
        title="ASB case reviews: numbers to be published", subtitle=year, marking="OFFICIAL", edition=london_day(at), meta=(("Source", SOURCE),),
        sections=(Section("Numbers", (*blocks, note)),),
    )  # fmt: skip
