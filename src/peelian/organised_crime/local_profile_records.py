"""What partners' records, as they are read in, hold for a local profile: how many, where, and under which limit of their controller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Source, Table

from .local_profile_facts import COUNTS, LIMITED

FEEDS = ("hmrc-intelligence", "border-force-intelligence", "schools", "ambulance", "probation", "council-asb")
NOTHING = "nothing onward"


def handling_of(onward: str) -> str:
    """What may leave the force at the most, by the limit that the controller states: in doubt, nothing.

    Examples
    --------
    >>> handling_of("Nothing onward without HMRC's written consent"), handling_of("Community safety partners only; publish counts alone")
    ('full edition only', 'counts only')
    """
    return COUNTS if "counts alone" in onward.lower() and NOTHING not in onward.lower() else LIMITED


def records_sheet(*, actor: Any, at: datetime, case: Any, **given: Any) -> Document:
    """Counts by source, kind and district for the period of the profile, beside the period before."""
    from peelian.records import areas, query
    from peelian.records.models import Area

    since, until = case.state.facts["since"], case.state.facts["until"]
    length = until - since + timedelta(days=1)
    found = query.events(
        actor, feeds=FEEDS, start=start_of_day(since - length), end=start_of_day(until + timedelta(days=1))
    )
    inside = areas.parts("district")
    names = dict(Area.objects.filter(kind="district").values_list("code", "name"))
    middle = start_of_day(since)
    rows = [
        (feed, category, names.get(inside.get(lsoa or "", ""), "not placed"), when >= middle)
        for feed, category, lsoa, when in found.select("feed", "category", "area", "start").iter_rows()
    ]
    return document(rows, since=since, until=until, edition=london_day(at))


def document(rows: Sequence[tuple[str, str, str, bool]], *, since: date, until: date, edition: date) -> Document:
    """The sheet of these records: feed, kind, district, and whether in the period (else in as long a time before it)."""
    from peelian.records.feeds import FEEDS as DECLARED

    now, before = (Counter((feed, kind) for feed, kind, _, here in rows if here is want) for want in (True, False))
    limits: Mapping[str, Any] = {name: DECLARED[name].record_class for name in FEEDS}
    told = tuple(
        (
            DECLARED[feed].title,
            _words(kind),
            now[feed, kind],
            before[feed, kind],
            limits[feed].onward,
            handling_of(limits[feed].onward),
        )
        for feed, kind in sorted({*now, *before})
    )
    silent = [DECLARED[name].title for name in FEEDS if not any(feed == name for feed, *_ in rows)]
    columns = (Column("Source"), Column("Kind"), Column("In the period", "number"), Column("As long before", "number"), Column("Limit of its controller"),
               Column("May leave the force, at the most"))  # fmt: skip
    where = Counter((kind, district) for _, kind, district, here in rows if here)
    kinds, districts = sorted({kind for kind, _ in where}), sorted({district for _, district in where})
    source = (
        Source(
            "Partners' records read in",
            f"{_day(since)} to {_day(until)}; those that you may see for the purpose that you stated",
        ),
    )
    by_place = Table("By district, in the period", (Column("Kind"), *(Column(d, "number") for d in districts)),
                     tuple((_words(kind), *(where[kind, d] for d in districts)) for kind in kinds), sources=source)  # fmt: skip
    blocks: list[Block] = [Paragraph("To be entered as partners' data, in the words and under the limit of the controller: what stands here enters no edition by itself."),
              *([Table("What is held", columns, told, sources=source)] if told else [])]  # fmt: skip
    if silent:
        missing = "; ".join(silent)
        blocks.append(
            Note(
                f"Nothing read in, or nothing that you may see: {missing}. That is no sign that there is nothing.",
                "Not known",
            )
        )
    sections = [Section("What partners' records hold", tuple(blocks))]
    if kinds:
        sections.append(Section("Where", (by_place,)))
    return Document(title="Partners' records for the local profile", subtitle=f"{_day(since)} to {_day(until)}; for the force alone", marking="OFFICIAL-SENSITIVE",
                    edition=edition, sections=tuple(sections))  # fmt: skip


def _words(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def _day(on: date) -> str:
    return Column("", "date").show(on)
