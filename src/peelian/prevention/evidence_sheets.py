"""What is printed of plans and of the bank: result cards, past plans like one, counts from the records. Nothing personal stands in any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Finding, Note, Paragraph, Points, Section, Table
from peelian.core.kinds import Case as Read

from . import problem_solving_counts as counting
from .evidence_bank import ORDER, Card, alike, card_of, cards, district_names, pooled
from .problem_solving_evaluation import LEVELS, signed

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
    """Effect, mechanism, moderators, implementation, economics of one card, and what each rests on."""
    plan, told = card.plan, card.evaluation
    money = next((p for p in told.points if p.startswith("Cost")), "no cost was noted")
    tested = [row for row in plan.hypotheses if row.get("kept") is not None]
    done = [row.get("fidelity") for row in plan.responses]
    costed = sum(row.get("cost") is not None for row in plan.responses)
    rated = "set by somebody who did not lead it" if plan.get("level") else "not looked at by somebody else yet"
    one_place = f"what those who led it say; tried in one place, {plan.place_type}"
    rows = (
        ("Effect", _begun(told.why), f"Counts: {told.design}. Level {plan.get('level') or told.level}, {rated}"),
        ("Mechanism: how is it thought to work?", _say(plan, "mechanism"),
         f"{_of(len(tested), 'cause')} tested against data, {sum(bool(row.kept) for row in tested)} kept" if tested else "What those who led it say; no cause was tested"),
        ("Moderators: where, when, for whom?", _say(plan, "moderators"), _begun(one_place)),
        ("Implementation: what did it take?", _say(plan, "implementation"),
         f"{_of(len(done), 'response')}: " + ", ".join(f"{done.count(each)} {each}" for each in ("as planned", "in part", "not at all"))),
        ("Economics: what did it cost?", money, f"Costs noted for {costed} of {_of(len(done), 'response')}"),
    )  # fmt: skip
    return Table("What is known of it (EMMIE)", (Column("Question"), Column("Answer"), Column("It rests on")), rows)


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def change_of(card: Card) -> str:
    """The change beyond the comparison, with its interval."""
    told = card.evaluation
    if told.change is None or told.low is None or told.high is None:
        return "not known"
    return f"{signed(told.change)} % ({signed(told.low)} to {signed(told.high)})"


def when(card: Card) -> str:
    """From which month to which."""
    begun, ended = card.plan.get("started_on"), card.plan.get("ended_on")
    return " to ".join(f"{day:%B %Y}" for day in (begun, ended) if day) or _UNSAID


def shared(card: Card) -> str:
    """With whom the result was shared, and when."""
    told = [f"{row.shared_with} ({row.reach}, {row.shared_on.day} {row.shared_on:%B %Y})" for row in card.plan.sharings]
    return "; ".join(told) or "not yet"


def tally(held: Sequence[Card]) -> str:
    """How many of each finding."""
    fall, rise, cannot = (sum(card.plan.finding == each for card in held) for each in ORDER)
    return f"{fall} with a fall, {rise} with a rise, {cannot} that cannot show an effect"


def card_section(card: Card, why: tuple[str, ...] = ()) -> Section:
    """One card as a section."""
    plan, told = card.plan, card.evaluation
    level = plan.get("level")
    blocks: list[Block] = [Finding(f"card-{card.ref}", f"{_begun(plan.finding)}. {_begun(told.why)}")]
    if why:
        blocks.append(Paragraph(f"Like this one in: {', '.join(why)}."))
    blocks.append(
        Points((
            f"Objective: {plan.objective}", f"Where: {plan.place}, {card.district} ({plan.place_type})", f"When: {when(card)}", f"Led by: {card.agency or 'the force'}",
            f"Done: {'; '.join(card.techniques) or _UNSAID}", f"Design: {told.design}",
            f"Methods scale: {level + ', ' + LEVELS[level] if level else 'not set yet; the design reaches ' + told.level}",
            f"Decided: {_say(plan, 'next_step')}", f"Shared: {shared(card)}", f"Reference: {card.ref}",
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
        blocks = (
            Finding("past", f"{len(told)} past plans are like this one: {tally([card for card, _ in told])}."),
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
        (f"{c.plan.title}, {c.district}", c.plan.problem, "; ".join(c.techniques) or "none", c.plan.finding, change_of(c),
         c.plan.get("level") or c.evaluation.level, f"{c.evaluation.cost:,.0f}", _say(c.plan, "next_step"))
        for c in shown
    )  # fmt: skip
    named = ("Plan", "Problem", "Technique", "Finding", "Change (95 % interval)", "Level", "Pounds", "Decided")
    columns = tuple(Column(words) for words in named)
    first: list[Block] = [
        Finding("held", f"{_of(len(shown), 'result')}, of {len(held)} in the bank that you may see: {tally(shown)}."),
        Note(NEVER),
    ]
    if not held:
        first.append(
            Note(
                "Nothing here is open to you for the purpose you chose. That is no sign that nothing was tried.",
                "Nothing to see",
            )
        )
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
        change = "" if told.change is None else f" {change_of(card)} beyond its comparison, 95 % interval."
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


def past_beside(case: Any, *, actor: Actor, at: datetime) -> dict[str, list[tuple[str, str, str]]]:
    """Past plans as they are read beside a form: those like the plan, or, before its problem is chosen, all of the bank by problem."""
    held, problem = cards(actor, at), case.get("problem")
    if problem:
        held = [card for card, _ in alike(held, problem, case.get("place_type") or "")]
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for name in sorted({card.plan.problem for card in held}):
        own = [card for card in held if card.plan.problem == name]
        groups[f"{_begun(name)}: {tally(own)}"] = [
            (f"{card.plan.title} ({card.district})", in_brief(card), card.ref) for card in own
        ]
    return groups


def in_brief(card: Card) -> str:
    """A card in a few sentences: what it shows, how surely, what was done, how it is thought to work, what it cost and what was decided."""
    plan, told = card.plan, card.evaluation
    change = (
        "" if told.change is None else f" {told.change:+.0f} % (95 % interval {told.low:+.0f} to {told.high:+.0f} %)."
    )
    return (
        f"{_begun(plan.finding)}.{change} Methods scale {plan.get('level') or told.level}. Done: {'; '.join(card.techniques) or _UNSAID}. "
        f"Mechanism: {_say(plan, 'mechanism')}. Cost: {told.cost:,.0f} pounds. Decided: {_say(plan, 'next_step')}."
    )
