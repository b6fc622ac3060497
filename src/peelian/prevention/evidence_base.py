"""P9: what works, and what did not: every plan's evaluation goes into a bank, and whoever opens a plan weighs what is like it.

Question 1, area for improvement 1 of 2016. A past plan is adopted, adapted or turned down with a reason; whoever led it is told and
acknowledges; after some months it is counted whether it was used again, and what came of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Count,
    Decision,
    Facts,
    Kind,
    Outcome,
    Owners,
    Proposal,
    Share,
    fact,
)
from peelian.core.local import Local
from peelian.core.system import Choice, Find, Found, Sheet, System

from . import evidence_sheets as sheets
from .evidence_bank import KIND, alike, cards
from .problem_solving_evaluation import CANNOT
from .problem_solving_facts import Finding, PlaceType, Problem

if TYPE_CHECKING:
    from peelian.access.actor import Actor

POLICY = "force policy on evidence and effective practice"
ACCEPT, DECIDE, ACKNOWLEDGE, COUNT_AFTER, CLIMB = (
    Local(f"practice.{name}", POLICY)
    for name in ("accept_within", "decide_within", "acknowledge_within", "count_after", "climb_every")
)
RANKS = ("inspector", "chief-officer")
STILL = "still being counted"
USED = ("adopt", "adapt")


class Use(Facts, private="open"):
    title: str = fact("For which problem?", group="New plan")
    area: str = fact("District", group="New plan")
    new_plan: str = fact("Reference of the new plan", private="restricted", group="New plan")
    problem: Problem = fact("What kind of problem?", group="New plan")
    past_plan: str = fact(
        "Reference of the past plan",
        private="restricted",
        group="Past plan",
        hint="Of the bank; or where it is published, for one from elsewhere.",
    )
    past_title: str = fact("What was it?", group="Past plan")
    led_by: str = fact("Who led it?", group="Past plan", hint="An agency's code; empty for a team of the force.")
    past_finding: Finding = fact("What did it show?", group="Past plan")
    past_level: str = fact("At which level of the methods scale?", group="Past plan")
    past_evidence: str = fact("Its evidence", group="Past plan")
    alike_in: str = fact("How is it like this one?", group="Past plan")
    choice: str = fact("Choice", group="Choice", show="decided")
    why: str = fact("Why?", group="Choice", hint="What is alike here, and what is not; no name.")
    changed: str = fact("What is done otherwise than there?", group="Choice")
    told_inside_on: date = fact("On which day was the team of the force told that led it?", group="Choice")
    result: str = fact("What came of it here?", group="Result", show="worked out")
    learnt: str = fact("What was learnt?", group="Result")


class Acknowledged(Facts, private="restricted"):
    acknowledged: bool = fact("Do you take note of this?")
    advice: str = fact("What would you do otherwise now?")


def as_it_showed(case: Any) -> Proposal | None:
    """A fall is worth adopting, a rise is not; of what cannot show an effect nothing is proposed, either way."""
    if case.past_finding == CANNOT:
        return None
    outcome = "adopt" if case.past_finding == "fall" else "reject"
    return Proposal(
        outcome, case.past_evidence, f"Evidence of the bank, methods scale {case.get('past_level') or 'not set'}"
    )


def as_the_bank_has_it(case: Any) -> bool:
    """What a past plan of the bank showed is given as the bank has it; of one from elsewhere, as it was published."""
    state = case.case(case.past_plan)
    return state is None or state.facts.get("finding") == case.past_finding


def says_what_is_changed(case: Any) -> bool:
    """To adapt is to say what is done otherwise: else nobody can tell later which of the two was tried."""
    return bool(case.get("changed"))


def owner_told(case: Any) -> bool:
    """Whoever led the past plan is told first: the agency is asked to take note, or the team of the force on a day."""
    if case.get("led_by"):
        return any(row.it.to == case.led_by for row in case.told)
    return bool(case.told_inside_on)


def is_counted(case: Any) -> bool:
    """The new plan has its finding."""
    return bool(case.result != STILL)


def result_of(case: Any) -> str:
    """The finding of the new plan, as that plan's own evaluation has it."""
    state = case.case(case.new_plan)
    if state is None:
        return "not known: the new plan may not be seen"
    if state.stage == "dropped":
        return "given up before it began"
    return str(state.facts.get("finding") or STILL)


PRACTICE_USE = Kind(
    name="practice_use", title="Use of a past plan", question="prevention",
    source="HMIC, Essex 2016: evaluate and share effective practice routinely, internally and with partners", facts=Use,
    filters=("problem", "choice", "past_finding", "result", "led_by"), stages=("found", "in_use", "turned_down", "closed"), ends="closed",
    asks=(Ask(name="told", title="Your plan was looked at for another place", answer=Acknowledged, limit=ACKNOWLEDGE, purpose="prevention",
              during=("in_use", "turned_down"), shows=("title", "area", "problem", "past_title", "choice", "why", "changed")),),
    acts=(
        Act(name="look_at", title="Look at a past plan", during=NEW, to="found",
            asks=("title", "area", "new_plan", "problem", "past_plan", "past_title", "past_finding", "past_evidence"), maybe=("led_by", "past_level", "alike_in"),
            guards=(as_the_bank_has_it,)),
        Act(name="tell_team", title="Tell the team of the force that led it", during=("in_use", "turned_down"), asks=("told_inside_on",)),
        Act(name="leave_unused", title="Close: it is not used", during="turned_down", to="closed", guards=(owner_told,)),
        Act(name="count_use", title="Count what came of it", during="in_use", guards=(owner_told,), works_out=("result", result_of)),
        Act(name="close", title="Close with its result", during="in_use", to="closed", asks=("learnt",), guards=(owner_told, is_counted)),
    ),
    decisions=(
        Decision(name="choose", title="Adopt, adapt or turn down", during="found", policy=as_it_showed, sets="choice", asks=("why",), maybe=("changed",),
                 outcomes=(Outcome("reject", to="turned_down", title="Turn it down"), Outcome("adapt", to="in_use", guards=(says_what_is_changed,)),
                           Outcome("adopt", to="in_use"))),
    ),
    clocks=(
        Clock(name="chosen_in", title="Adopted, adapted or turned down", starts="look_at", stops="choose", limit=DECIDE, climbs=RANKS, climb_every=CLIMB),
        Clock(name="counted_in", title="Result counted", starts=("in_use", "count_use"), stops="count_use", limit=COUNT_AFTER, climbs=RANKS,
              climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="used_again", asks="What share of past plans looked at is adopted or adapted?", where=lambda c: bool(c.get("choice")), hit=lambda c: c.choice in USED),
        Share(name="fell_again", asks="Of those used again and counted, what share shows a fall here too?", where=lambda c: c.get("result") in get_args(Finding),
              hit=lambda c: c.result == "fall"),
        Share(name="taken_note", asks="What share of agencies takes note that its plan was looked at?", of="told", where=lambda r: bool(r.it.answered),
              hit=lambda r: r.acknowledged),
        Count(name="uses", asks="How many past plans are looked at?"),
    ),
)  # fmt: skip
KINDS = (PRACTICE_USE,)


def past_like_open(*, actor: Actor, at: datetime) -> list[Found]:
    """Past plans like one that is being scanned or analysed, failures too, each with its evidence."""
    from peelian.casework.sight import cases

    held = cards(actor, at)
    found = []
    for case in cases(actor).filter(kind=KIND, stage__in=("scan", "analysis")).order_by("-opened_at", "pk"):
        plan = case.facts
        for card, why in alike(held, plan["problem"], plan["place_type"], but=case.ref):
            past = card.plan
            found.append(
                Found(
                    f"{case.ref[:16]}-{card.ref[:16]}", f'For "{plan["title"]}": "{past.title}" in {card.district} shows: {past.finding}. {card.evaluation.why} Like it in {", ".join(why)}.',
                    {
                        "title": plan["title"], "area": case.area, "new_plan": case.ref, "problem": plan["problem"], "past_plan": card.ref,
                        "past_title": past.title, "past_finding": past.finding, "past_level": past.get("level") or "not set", "led_by": card.agency,
                        "past_evidence": card.evaluation.words, "alike_in": ", ".join(why),
                    },
                    source="Bank of evaluated plans", evidence="local", numbers=(("Methods scale", past.get("level") or card.evaluation.level),),
                )
            )  # fmt: skip
    return found


def _any_of(words: Any) -> Any:
    return lambda actor, at: [("any", "any"), *((word, word) for word in get_args(words))]


SYSTEM = System(
    id="P9", name="what works: evaluate and share routinely", question="prevention", afi=1, kinds=KINDS,
    sheets=(
        Sheet(name="bank", title="What was tried, and what it showed", build=sheets.bank, asks=(
            Choice("problem", "Which problem?", _any_of(Problem)), Choice("place_type", "Which kind of place?", _any_of(PlaceType)),
            Choice("finding", "Which finding?", _any_of(Finding)))),
        Sheet(name="to-share", title="Results to share with partners", build=sheets.to_share),
    ),
    finds=(Find(name="past-plans", title="Past plans like an open one", look=past_like_open, kind="practice_use", act="look_at"),),
    roles=("neighbourhood-officer", "analyst", "superintendent"),
)  # fmt: skip
