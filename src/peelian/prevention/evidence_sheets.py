"""What is printed of plans and of the bank: result cards, past plans like one, counts from the records. Nothing personal stands in any."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Finding, Note, Paragraph, Points, Section, Table
from peelian.core.kinds import Case as Read

from . import problem_solving_counts as counting
from .evidence_bank import Card, alike, card_of, cards, district_names, pooled
from .problem_solving_evaluation import LEVELS

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.casework.store import Loaded

MARKING = "OFFICIAL"
NEVER = 'A plan that "cannot show an effect" has too little data to tell; it is not a plan without effect.'
SCALE = (
    "Methods scale: Maryland Scientific Methods Scale, Sherman and others 1997. EMMIE: Johnson, Tilley and Bowers 2015."
)
_UNSAID = "not said yet"
ANY = "any"


def _say(plan: Any, name: str) -> str:
    value = plan.get(name)
    return _UNSAID if value in (None, "") else str(value)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def emmie(card: Card) -> Table:
    """Effect, mechanism, moderators, implementation, economics of one card."""
    plan, told = card.plan, card.evaluation
    money = next((p for p in told.points if p.startswith("Cost")), "no cost was noted")
    rows = (
        ("Effect", _begun(told.why)), ("Mechanism: how is it thought to work?", _say(plan, "mechanism")),
        ("Moderators: where, when, for whom?", _say(plan, "moderators")), ("Implementation: what did it take?", _say(plan, "implementation")),
        ("Economics: what did it cost?", money),
    )  # fmt: skip
    return Table("What is known of it (EMMIE)", (Column("Question"), Column("Answer")), rows)


def card_section(card: Card, why: tuple[str, ...] = ()) -> Section:
    """One card as a section."""
    plan, told = card.plan, card.evaluation
    level = plan.get("level")
    blocks: list[Block] = [Finding(f"card-{card.ref}", f"{_begun(plan.finding)}. {_begun(told.why)}")]
    if why:
        blocks.append(Paragraph(f"Like this one in: {', '.join(why)}."))
    blocks.append(
        Points((
            f"Objective: {plan.objective}", f"Where: {plan.place}, {card.district} ({plan.place_type})", f"Led by: {card.agency or 'the force'}",
            f"Done: {'; '.join(card.techniques) or _UNSAID}", f"Design: {told.design}",
            f"Methods scale: {level + ', ' + LEVELS[level] if level else 'not set yet; the design reaches ' + told.level}",
            f"Decided: {_say(plan, 'next_step')}", f"Reference: {card.ref}",
        ))
    )  # fmt: skip
    blocks.append(emmie(card))
    beside = tuple(point for point in told.points if not point.startswith("Cost"))
    if beside:
        blocks.append(Points(beside))
    return Section(plan.title, tuple(blocks))


def result_card(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """One plan's result as it may leave the force: no person, no reference to a crime, no exact address is asked for in it."""
    card = None
    if case.case.stage in ("evaluated", "closed"):
        card = card_of(case.case.ref, case.case.agency, case.state, at, district_names())
    section = (
        card_section(card) if card else Section("Result", (Note("This plan has no finding yet.", "Not evaluated yet"),))
    )
    return Document(
        "Result card", str(case.seen.get("title", "Problem-solving plan")), MARKING, london_day(at),
        sections=(section, Section("How to read it", (Note(NEVER), Paragraph(SCALE)))),
    )  # fmt: skip


def past_plans(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """Plans of the bank like this one, failures as high as successes."""
    plan = Read(case.state, at)
    done = [row.technique for row in plan.responses]
    told = alike(cards(actor, at), plan.problem, plan.place_type, done, but=case.case.ref)
    blocks: tuple[Block, ...]
    if told:
        shown = {f: sum(card.plan.finding == f for card, _ in told) for f in ("fall", "rise", "cannot show an effect")}
        blocks = (
            Finding(
                "past", f"{len(told)} past plans are like this one: {shown['fall']} with a fall, {shown['rise']} with a rise, "
                f"{shown['cannot show an effect']} that cannot show an effect.",
            ),
            Note(NEVER),
            Paragraph("Say on the plan what follows from them. To adopt, adapt or turn one down, choose it under Systems, P9, Past plans like an open one: whoever led it is told."),
        )  # fmt: skip
    else:
        blocks = (
            Paragraph(
                f"No plan on {plan.problem}, or on the same kind of place with the same technique, is in the bank that you may see. That is no sign that "
                "nothing works: ask other forces, and the College of Policing's toolkit."
            ),
        )
    sections = (Section("Past plans", blocks), *(card_section(card, why) for card, why in told))
    return Document("Past plans like this one", plan.title, MARKING, london_day(at), sections=sections)


def counts(*, actor: Actor, at: datetime, case: Loaded) -> Document:
    """Counts of the plan's place and comparison area by month, from the records that the reader may see."""
    plan = Read(case.state, at)
    category = counting.CATEGORY.get(plan.problem)
    places = [p for p in (plan.place, plan.get("comparison"), plan.get("beside")) if p]
    inside = {p: counting.lsoas_of(p) for p in places}
    after = counting.this_month(at)
    first = counting.month_of(london_day(plan.state.opened_at or at), -24)
    months = counting.months_between(first, after)
    blocks: list[Block] = []
    if category is None:
        blocks.append(
            Note(
                f"The records have no category of their own for {plan.problem}: count it where it is kept.",
                "Not counted here",
            )
        )
    elif not inside[plan.place]:
        blocks.append(
            Note(
                f"No ward, district or LSOA is called {plan.place!r}: its counts must come from the analyst.",
                "Not counted here",
            )
        )
    else:
        rows, months = counting.of_problem(actor, plan.problem, months)
        named = {p: counting.monthly(rows, lsoas, months) for p, lsoas in inside.items() if lsoas}
        columns = (Column("Month"), *(Column(p, "number") for p in named))
        body: tuple[tuple[str | int, ...], ...] = tuple(
            (f"{m:%B %Y}", *(series[n] for series in named.values())) for n, m in enumerate(months)
        )
        note = "Up to the last month of which anything is recorded. A gap before it would count as nothing: check that each month was read in."
        blocks.append(Table(f"{plan.problem.capitalize()} recorded, by month", columns, body, note=note))
        kept = counting.months_after(plan, at) if plan.get("started_on") else []
        for p, series in named.items():
            told = [str(series[n]) for n, m in enumerate(months) if m in kept]
            if told:
                blocks.append(Paragraph(f"Afterwards, {p}: {' '.join(told)}. The form of the count opens with these."))
    return Document(
        "What the records count for this plan",
        plan.title,
        MARKING,
        london_day(at),
        sections=(Section("Counts", tuple(blocks)),),
    )


def bank(*, actor: Actor, at: datetime, problem: str = ANY, place_type: str = ANY, finding: str = ANY) -> Document:
    """The bank, searched: every result that the reader may see, failures too, and small plans put together."""
    held = cards(actor, at)
    shown = [
        card for card in held
        if (problem == ANY or card.plan.problem == problem) and (place_type == ANY or card.plan.place_type == place_type)
        and (finding == ANY or card.plan.finding == finding)
    ]  # fmt: skip
    rows = tuple(
        (c.plan.title, c.plan.problem, "; ".join(c.techniques) or "none", c.plan.finding,
         "not known" if c.evaluation.change is None else f"{c.evaluation.change:+.0f} % ({c.evaluation.low:+.0f} to {c.evaluation.high:+.0f})",
         c.plan.get("level") or c.evaluation.level)
        for c in shown
    )  # fmt: skip
    named = ("Plan", "Problem", "Technique", "Finding", "Change (95 % interval)", "Level")
    columns = tuple(Column(words) for words in named)
    first: list[Block] = [
        Finding("held", f"{len(shown)} result{'s' * (len(shown) != 1)}, of {len(held)} in the bank."),
        Note(NEVER),
    ]
    if rows:
        first.append(Table("Results", columns, rows))
    small = pooled(shown)
    sections = [Section("Results", tuple(first))]
    if small:
        sections.append(
            Section("Small plans put together", tuple(Paragraph(f"{s.problem.capitalize()}: {s.words}") for s in small))
        )
    sections += [card_section(card) for card in shown]
    sections.append(Section("How to read it", (Paragraph(SCALE),)))
    return Document(
        "What was tried, and what it showed", "Evidence bank", MARKING, london_day(at), sections=tuple(sections)
    )


def to_share(*, actor: Actor, at: datetime) -> Document:
    """The results that were closed, as partners may have them: no reference, no count that could point to somebody, nothing personal."""
    held = [card for card in cards(actor, at) if card.plan.stage == "closed"]
    sections = []
    for number, card in enumerate(held, 1):
        plan, told = card.plan, card.evaluation
        change = (
            ""
            if told.change is None
            else f" {told.change:+.0f} % beyond its comparison (95 % interval {told.low:+.0f} to {told.high:+.0f} %)."
        )
        blocks: tuple[Block, ...] = (
            Finding(f"result-{number}", f"{_begun(plan.finding)}.{change}"),
            Points((
                f"Problem: {plan.problem}, {plan.place_type}", f"District: {card.district}", f"Done: {'; '.join(card.techniques) or _UNSAID}",
                f"Design: {told.design}; methods scale {plan.level}", f"Mechanism: {_say(plan, 'mechanism')}", f"Moderators: {_say(plan, 'moderators')}",
                f"Implementation: {_say(plan, 'implementation')}", f"Cost: {told.cost:,.0f} pounds", f"Decided: {_say(plan, 'next_step')}",
            )),
        )  # fmt: skip
        sections.append(Section(plan.title, blocks))
    first = Section(
        "Results",
        (Finding("results", f"{len(held)} results, those without success among them."), Note(NEVER), Paragraph(SCALE)),
    )
    return Document(
        "What was tried, and what it showed", "For partners", MARKING, london_day(at), sections=(first, *sections)
    )


def past_said(case: Any, *, actor: Actor, at: datetime) -> dict[str, str]:
    """What past plans like this one show, as the form opens with it; a person says what follows."""
    told = alike(cards(actor, at), case.problem, case.place_type, [row.technique for row in case.responses])
    said = [f"{card.plan.title} ({card.district}): {card.plan.finding}." for card, _ in told]
    return {"past_weighed": "\n".join([*said, "What follows: "]) if said else "Nothing like it is in the bank."}
