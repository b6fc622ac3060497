"""A3: reports in and out: a report is read into questions, grades and areas for improvement, and kept as it was read.

What cannot be read is refused with the reason, line by line; nothing is guessed. The self-assessment is published in the same form
(`self_assessment`), and the same reader reads it back.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Column, Document, Note, Paragraph, Points, Section, Source, Table
from peelian.core.errors import PeelianError
from peelian.core.kinds import NEW, Act, Clock, Count, Facts, Kind, Owners, Refused, Share, fact
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from .evidence import ACCEPT, POLICY
from .report_reading import Report, read_file, read_report

FILE = Local("report.file_within", POLICY)


class Filed(Facts, private="open"):
    published_on: date = fact("Published on")
    source: str = fact("Where was the page taken from?", hint="The inspectorate's address of the page, or who sent it.")
    text: str = fact("The page as text", hint="The whole page, from its title to its last sentence.")
    reading: str = fact("As read", show="worked out")
    checked: str = fact("What did a person find when comparing it with the page?")


def legible(case: Any) -> bool:
    """The page can be read as the report of one force, year and pillar."""
    text = case.text
    try:
        read_report(text)
    except PeelianError as error:
        raise Refused(": ".join(part for part in (error.summary, error.where, error.found) if part)) from None
    return True


def reading(case: Any) -> str:
    """What the reader found, in one line."""
    report = read_report(case.text)
    grades = ", ".join(q.judged.grade or q.judged.source for q in report.questions)
    areas = ", ".join(str(len(q.afis)) for q in report.questions)
    return f"{report.force}, {report.kind} {report.cycle}: {grades}; areas for improvement {areas}"


def areas_found(case: Any) -> bool:
    """Whether the report raises any area for improvement."""
    return bool(read_report(case.text).afis)


REPORT = Kind(
    name="inspection_report", title="Inspection report", question="assurance", source="PEEL reports, HMIC and HMICFRS", facts=Filed,
    stages=("read", "filed"), ends="filed",
    acts=(
        Act(name="read_in", title="Read a report in", during=NEW, to="read", asks=("published_on", "source", "text"), guards=(legible,), works_out=("reading", reading)),
        Act(name="file_it", title="Compared with the page: file it", during="read", to="filed", asks=("checked",)),
    ),
    clocks=(Clock(name="compared", title="Compared with the page", starts="read_in", stops="file_it", limit=FILE),),
    owners=Owners(accept_within=ACCEPT, climbs=("assurance", "superintendent", "chief-officer")),
    measures=(
        Count(name="reports", asks="How many reports are read in?", at="published_on"),
        Share(name="with_areas", asks="What share of reports raises areas for improvement?", at="published_on", hit=areas_found),
    ),
)  # fmt: skip


def as_read(*, actor: Any, at: datetime, case: Any) -> Document:
    """A report as it was read: each grade with where it stands, each area with its line."""
    return document(read_report(case.seen["text"]), london_day(at))


def document(report: Report, on: date) -> Document:
    """What was read of a report, as a document."""
    sections = []
    for q in report.questions:
        told = q.judged.grade or "no grade"
        found = [f"{p.grade}: {p.of} (line {p.line}; a part, not the question)" for p in q.parts]
        found += [f"{grade} in {year}: an earlier year's grade" for year, grade in q.earlier]
        rows = tuple(
            (f"{q.n}.{i}", a.text, a.line, "yes" if a.bullet else "no bullet in source")
            for i, a in enumerate(q.afis, 1)
        )
        blocks: list[Any] = [
            Paragraph(
                f"{told.capitalize()}, from: {q.judged.source}." + (f" “{q.judged.words}”" if q.judged.words else "")
            )
        ]
        if found:
            blocks.append(Points(tuple(found)))
        if rows:
            blocks.append(Table(f"Areas for improvement of question {q.n}", (Column("Place"), Column("Area"), Column("Line", "number"), Column("Bullet")), rows, sources=(Source(f"{report.force} {report.kind} {report.cycle}"),)))  # fmt: skip
        sections.append(Section(f"{q.n}. {q.heading}", tuple(blocks)))
    if report.warnings:
        sections.append(Section("To be looked at", (Note("; ".join(report.warnings)),)))
    return Document(
        f"{report.force} {report.kind} {report.cycle}, as read", report.pillar.capitalize(), "OFFICIAL", on,
        (("Pillar", report.judged.grade or "grade not stated"),), tuple(sections),
    )  # fmt: skip


KINDS = (REPORT,)
SYSTEM = System(
    id="A3",
    name="reports in and out",
    question="assurance",
    kinds=KINDS,
    sheets=(Sheet("as-read", "The report as read", as_read, kind="inspection_report"),),
    roles=("assurance",),
)
__all__ = ["KINDS", "REPORT", "SYSTEM", "as_read", "document", "read_file", "read_report"]
