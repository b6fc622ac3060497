"""A3 and A1: the self-assessment published: as a document (page, PDF/UA) and as text in the form of an inspection's own report.

The text is read back by the reader of reports (`report_reading`): the same questions, grades and areas for improvement come out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.document import Block, Column, Document, Note, Paragraph, Points, Section, Source, Table
from peelian.core.system import Found

from .assessing import FEW, Answer, Assessment, assess
from .frameworks import cycle
from .judgement_rules import COUNTED, NOT_STATED

HERE = Source("Cases of this installation", "measures, evidence and areas for improvement, as the reader may see them")


def opening(answer: Answer) -> str:
    """The first sentence under a question, which states its grade or that there is none.

    Notes
    -----
    It is worded as an inspection words it, so that a reader of reports finds it; and says whose assessment it is.
    """
    about = answer.question.removeprefix("How effective is the force at ").rstrip("?")
    if not answer.graded:
        return f"The inspection does not grade this question. Limiting rules would leave it at {answer.judgement.at_most} at most."
    if answer.grade == NOT_STATED:
        return f"No grade is stated: {'; '.join(limited.reason for limited in answer.judgement.limits)}."
    verb = "requires improvement" if answer.grade == "requires improvement" else f"is {answer.grade}"
    return f"By its own assessment the force {verb} at {about}."


def narrative(answer: Answer) -> list[str]:
    """What is said under a question, each a paragraph; the first begins with the grade."""
    found = answer.findings
    first = opening(answer)
    if answer.grade != NOT_STATED:
        first += f" Evidence of {found.known} of {found.systems} systems is current."
    told = [first]
    if answer.judgement.limits and answer.grade != NOT_STATED:
        told.append(f"What limits it: {'; '.join(limited.reason for limited in answer.judgement.limits)}.")
    told += [f"It {change.words}." for change in (answer.rises, answer.falls) if change]
    told += [f"Not known: {_one_line(words)}." for words in answer.not_known]
    return told


def text(told: Assessment) -> str:
    """The self-assessment as text, laid out as an inspection's own report."""
    lines = [f"{told.force} self-assessment {told.on.year}", "Effectiveness", cycle(told.cycle).headline, f"{told.title}. Evidence as known on {told.on:%-d %B %Y}."]  # fmt: skip
    if told.without:
        lines.append(f"Switched off, and so not known: {', '.join(told.without)}.")
    for answer in told.answers:
        lines += [answer.question, *narrative(answer)]
        lines += [f"{_limit(g.effect)}: {_one_line(g.words)}." for g in answer.grounds if g.effect in COUNTED]
        if answer.areas:
            lines += ["Areas for improvement", *(f"- {_one_line(words)}." for words in answer.areas)]
    return "\n".join(lines) + "\n"


def _one_line(words: str) -> str:
    return " ".join(words.split()).rstrip(".")


def _limit(effect: str) -> str:
    return effect.replace("_", " ").capitalize()


def document(told: Assessment) -> Document:
    """The self-assessment as a document: each question with its grade, what limits it, what would move it, and every piece of evidence."""
    sections = [
        Section(answer.question, tuple(_blocks(answer, number))) for number, answer in enumerate(told.answers, 1)
    ]
    if told.earlier:
        columns = (
            Column("Question"),
            Column("Cycle"),
            Column("On"),
            Column("Grade"),
            Column("By"),
            Column("Compared with the one before"),
        )
        rows = tuple((e.question.replace("_", " "), e.cycle, e.on, e.grade, e.by, "yes" if e.comparable else "no: first, other scale or other judge") for e in told.earlier)  # fmt: skip
        note = "No trend is drawn across a change of scale, or from an inspection's grade to the force's own."
        sections.append(
            Section("Judgements of before", (Table("Judgements of before", columns, rows, note=note, sources=(HERE,)),))
        )
    return Document(
        f"{told.force}: self-assessment {told.on.year}", told.title, "OFFICIAL", told.on,
        (("Evidence as known on", f"{told.on:%-d %B %Y}"), ("By the questions of", told.cycle), ("Switched off", ", ".join(told.without) or "nothing")),
        (Section("How to read this", (
            Note("The force judges itself here by limiting rules of its own; an inspection may find otherwise.", told.title),
            Table("The five questions", (Column("Question"), Column("Grade"), Column("At most"), Column("Systems known"), Column("Would move it")),
                  tuple((a.question, a.grade, a.judgement.at_most, f"{a.findings.known} of {a.findings.systems}",
                         "; ".join(c.words for c in (a.rises, a.falls) if c) or "nothing that the rules count") for a in told.answers),
                  sources=(HERE,)))),
         *sections),
    )  # fmt: skip


def _blocks(answer: Answer, number: int) -> list[Block]:
    found: list[Block] = [Paragraph(narrative(answer)[0])]
    moves = [f"It {change.words}." for change in (answer.rises, answer.falls) if change]
    if answer.judgement.limits:
        found.append(Points(tuple(f"{limited.reason}: at most {limited.cap}" for limited in answer.judgement.limits)))
    if moves:
        found.append(Points(tuple(moves)))
    if answer.not_known:
        found += [Note("; ".join(answer.not_known) + ".", "What is not known")]
    if limiting := [g for g in answer.grounds if g.effect in COUNTED]:
        columns = (Column("System"), Column("What it says"), Column("Counts as"), Column("Cases"))
        rows = tuple(
            (g.system or "not named", g.words, g.effect.replace("_", " "), " ".join(g.cases[:3]) or "see the measure")
            for g in limiting
        )
        note = "The first cases are named; the page of each measure lists all."
        found.append(Table(f"What limits question {number}", columns, rows, note=note, sources=(HERE,)))
    if held := _by_system(answer):
        heads = (
            Column("System"),
            Column("Measures with figures", "number"),
            Column("Pieces of evidence", "number"),
            Column("Such as"),
        )
        found.append(
            Table(
                f"Evidence of question {number}, by system",
                heads,
                tuple(held),
                note="Every measure stands on the board, with its cases.",
                sources=(HERE,),
            )
        )
    if answer.areas:
        found.append(Section(f"Areas for improvement of question {number}", (Points(tuple(answer.areas)),)))
    return found


def _by_system(answer: Answer) -> list[tuple[str, int, int, str]]:
    """How much is held of each system, with one example: of measures, one that has enough rows to say something, where there is one."""
    held = [g for g in answer.grounds if g.what != "area for improvement"]
    rows = []
    for system in sorted({g.system for g in held}, key=lambda s: (s[0], int(s[1:]) if s[1:].isdecimal() else 0)):
        own = [g for g in held if g.system == system]
        measures = {g.name for g in own if g.what == "measure"}
        rows.append(
            (
                system,
                len(measures),
                sum(g.what == "evidence" for g in own),
                next((g for g in own if FEW not in g.words), own[0]).words,
            )
        )
    return rows


def sheet(*, actor: Any, at: datetime, without: str = "") -> Document:
    """The self-assessment, with one system switched off if so asked."""
    return document(assess(actor=actor, at=at, without=[without] if without and without != "none" else []))


def systems(actor: Any, at: datetime) -> list[tuple[str, str]]:
    """Which system may be switched off: none, or one."""
    from peelian.systems import listed

    return [("none", "None"), *((s.id, f"{s.id} {s.name}") for s in listed() if s.question != "assurance")]


def to_judge(*, actor: Any, at: datetime) -> list[Found]:
    """The questions as the evidence stands, each to be judged by two people and decided by a third."""
    told = assess(actor=actor, at=at)
    found = []
    for answer in told.answers:
        held = answer.findings
        rests = "\n".join(
            f"{g.what} {g.name}: {g.effect.replace('_', ' ')}" for g in answer.grounds if g.effect in COUNTED
        )
        given = {
            "question": answer.key, "cycle": told.cycle, "as_of": told.on.isoformat(), "systems": held.systems, "systems_known": held.known,
            **{rule: getattr(held, rule) for rule in COUNTED}, "rests_on": rests or "nothing limits it",
        }  # fmt: skip
        reason = "; ".join(limited.reason for limited in answer.judgement.limits) or "nothing limits it"
        numbers = (
            ("systems known", f"{held.known} of {held.systems}"),
            *((_limit(rule), getattr(held, rule)) for rule in COUNTED),
        )
        found.append(Found(f"{answer.key.replace('_', '-')}-{told.on:%Y-%m}", f"{answer.question} {answer.grade.capitalize()}: {reason}", given,
                           source="limiting rules of the self-assessment", evidence="design", numbers=numbers))  # fmt: skip
    return found


def assessors(*, actor: Any, at: datetime) -> Document:
    """How far two blind assessors agree, over all judgements for which both are in."""
    from peelian.casework.models import Case
    from peelian.casework.sight import cases
    from peelian.core.clock import london_day

    from .agreement import agreement

    pairs = []
    for parent in cases(actor).filter(kind="judgement").order_by("pk"):
        given = (
            Case.objects.filter(parent=parent, kind="assessment", stage="given")
            .order_by("pk")
            .values_list("owner", "private_facts")
        )
        grades = list({owner: facts["own_grade"] for owner, facts in given}.values())[:2]
        if len(grades) == 2:
            pairs.append((grades[0], grades[1]))
    told = agreement(pairs)
    words = told.why_not.capitalize() + "." if told.kappa is None else f"Weighted kappa {told.kappa:.2f} ({told.low:.2f} to {told.high:.2f}): 1 is full agreement, 0 is what chance gives."  # fmt: skip
    on = london_day(at)
    return Document(
        "Two blind assessors", "How far they agree", "OFFICIAL", on, (("Questions judged by two", str(told.pairs)), ("Graded alike", str(told.same))),
        (Section("Agreement", (Paragraph(words), Paragraph("A grade further off counts as more of a disagreement (linear weights). Neither could read the other's grade before giving their own."))),),
    )  # fmt: skip


__all__ = ["assessors", "document", "opening", "sheet", "systems", "text", "to_judge"]
