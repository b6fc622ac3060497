"""A2: areas for improvement and causes of concern: each with an owner, a date, a measure of outcome, its evidence, and its life in public.

An area that a later report does not mention is not closed by that; it is complete on a statement alone. What comes back is raised again,
tied to what it was before, so that an old fault is never counted as a new one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.dated import Table
from peelian.core.kinds import (
    NEW,
    Act,
    Clock,
    Count,
    Decision,
    Facts,
    Kind,
    Median,
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    fact,
)
from peelian.core.local import Local
from peelian.core.period import Period
from peelian.core.system import Find, Sheet, System

from .evidence import EVIDENCE, KEY, current
from .improvement_finds import again, not_raised
from .improvement_register import register

POLICY = "force policy on inspection and assurance"
STATES = Table(Path(__file__).with_suffix(".toml"), "improvement_states", gives={"then": str, "means": str})
ACCEPT, PLAN, REVIEW = (
    Local(f"improvement.{name}", POLICY) for name in ("accept_within", "plan_within", "review_every")
)
REGISTER = "HMICFRS, register of recommendations"


class Improvement(Facts, private="restricted"):
    type: Literal["area for improvement", "cause of concern", "recommendation"] = fact(
        "What is it?", private="open", group="What was found"
    )
    question: KEY = fact("Which question?", private="open", group="What was found")
    words: str = fact("What is to be improved, in our own words?", private="open", group="What was found")
    report: str = fact("Which report says so?", private="open", group="What was found")
    cycle: str = fact("Of which cycle?", private="open", group="What was found")
    place: str = fact("Where in it? (question and number, such as 3.2)", private="open", group="What was found")
    systems: str = fact("Which systems answer it? (numbers, such as V6, I5)", private="open", group="What was found")
    raised_on: date = fact("Published on", private="open", group="What was found")
    test: str = fact("Acceptance test of this program that shows it", private="open", group="What was found")
    earlier: str = fact(
        "Which earlier one has come back? (reference of its case, or cycle)", private="open", group="What was found"
    )
    plan: str = fact("What is done about it?", group="Plan")
    measure: str = fact("By which measure is the outcome seen? (kind and measure)", private="open", group="Plan")
    due_on: date = fact("By when?", private="open", group="Plan")
    state_outside: Literal["awaiting review", "being progressed", "complete"] = fact(
        "State in the inspectorate's register", private="open", group="Outside"
    )
    outside_on: date = fact("As of which day?", private="open", group="Outside")
    outcome: str = fact("Complete?", show="decided")
    stated: str = fact("Who stated that it is complete, where and when?", group="Outcome")
    progress: str = fact("What has changed since the last look?", group="Review")


class Proof(Facts, private="restricted"):
    evidence: str = fact("Reference of the evidence")
    shows: str = fact("What does it show of this area?")


def before_publication(case: Any) -> bool:
    """A report is published before work on it is planned."""
    return bool(case.raised_on <= london_day(case.at))


def due_later(case: Any) -> bool:
    """The plan's date lies in the future."""
    return bool(case.due_on > london_day(case.at))


def evidence_held(case: Any) -> bool:
    """At least one piece of evidence that was taken, and is still in date, speaks for it."""
    on = london_day(case.at)
    held = [case.case(row.evidence) for row in case.proofs]
    return any(
        s is not None
        and s.kind.name == EVIDENCE.name
        and s.stage == "held"
        and s.facts["says"] == "supports"
        and current(s.facts, on)
        for s in held
    )


def not_the_owner(case: Any) -> bool:
    """Whoever calls it complete does not own it."""
    return bool(case.by.name != case.state.owner)


def complete(case: Any) -> Proposal:
    """Complete on a statement, with evidence in date; otherwise it goes on."""
    if case.get("stated") and evidence_held(case):
        return Proposal(
            "complete",
            "stated to be complete, with evidence in date",
            REGISTER,
            tuple(row.it.id for row in case.proofs),
        )
    lacks = [
        w
        for w, no in (
            ("nobody has stated that it is complete", not case.get("stated")),
            ("no evidence in date speaks for it", not evidence_held(case)),
        )
        if no
    ]
    return Proposal("go_on", "; ".join(lacks), REGISTER)


def until(case: Any, start: Any) -> Any:
    """The plan's own date: the person who planned set it."""
    days = (case.due_on - london_day(start)).days
    return (
        (Period.parse(f"{days} days after"), "the date of the plan", POLICY)
        if days > 0
        else No("the plan names no later day")
    )


def past(facts: Any, on: date) -> bool:
    """Whether its own date has passed."""
    return bool(facts.get("due_on") and str(facts["due_on"]) < on.isoformat())


def months_open(case: Any) -> float | None:
    """Months from publication until it was complete."""
    done = case.times("review_it")
    return (london_day(done[-1]) - case.raised_on).days / 30.44 if case.stage == "complete" and done else None


WHAT = ("type", "question", "words", "report", "cycle", "raised_on")
LIVE = ("awaiting_review", "being_progressed")
IMPROVEMENT = Kind(
    name="improvement", title="Area for improvement", question="assurance", source=REGISTER, facts=Improvement, children=("improvement",),
    filters=("question", "type", "cycle", "place", "systems", "due_on", "state_outside"), stages=(*LIVE, "complete"), ends="complete",
    parts=(Part(name="proofs", title="Evidence", facts=Proof),),
    acts=(
        Act(name="raise_it", title="Raise", during=NEW, to="awaiting_review", asks=WHAT, maybe=("place", "systems", "test", "earlier"), guards=(before_publication,)),
        Act(name="plan_it", title="Plan", during=LIVE, to="being_progressed", asks=("plan", "due_on"), maybe=("measure", "systems"), guards=(due_later,)),
        Act(name="look_at_it", title="Look at progress", during="being_progressed", asks=("progress",), maybe=("measure",), by="superintendent"),
        Act(name="tell_outside", title="State in the public register", during=LIVE, asks=("state_outside", "outside_on")),
        Act(name="prove", title="Add evidence", during=LIVE, adds="proofs", asks=("evidence", "shows")),
        Act(name="state_complete", title="It was stated to be complete", during=LIVE, asks=("stated",)),
    ),
    decisions=(
        Decision(name="review_it", title="Is it complete?", during="being_progressed", policy=complete, sets="outcome", by="superintendent",
                 guards=(not_the_owner,),
                 outcomes=(Outcome("go_on", title="It goes on"), Outcome("complete", to="complete", title="Complete", guards=(evidence_held,), by="chief-officer"))),
    ),
    clocks=(
        Clock(name="planned", title="Planned", starts="raise_it", stops="plan_it", limit=PLAN),
        Clock(name="progress_seen", title="Progress looked at", starts=("being_progressed", "look_at_it"), stops="look_at_it", limit=REVIEW),
        Clock(name="done_by_its_date", title="Done by its date", starts="plan_it", stops="complete", limit=until),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("superintendent", "chief-officer")),
    measures=(
        Median(name="months_open", asks="How long until one is complete?", value=months_open, unit="months", at="review_it", where=lambda c: c.stage == "complete"),
        Share(name="with_outcome_measure", asks="Of those planned, what share names a measure of its outcome?", where=lambda c: bool(c.get("plan")), hit=lambda c: bool(c.get("measure"))),
        Share(name="that_came_back", asks="What share has come back from an earlier report?", at="raised_on", hit=lambda c: bool(c.get("earlier"))),
        Count(name="raised", asks="How many are raised?", at="raised_on"),
    ),
)  # fmt: skip
KINDS = (IMPROVEMENT,)
SYSTEM = System(
    id="A2",
    name="areas for improvement year on year",
    question="assurance",
    kinds=KINDS,
    finds=(
        Find(
            "of-the-report",
            "Areas for improvement of the report, not raised yet",
            not_raised,
            "improvement",
            "raise_it",
            by=("assurance", "supervisor"),
        ),
        Find(
            "came-back",
            "Old areas for improvement that have come back",
            again,
            "improvement",
            "raise_it",
            by=("assurance", "supervisor"),
        ),
    ),
    sheets=(Sheet("register", "Areas for improvement, year on year", register),),
    roles=("assurance", "superintendent", "chief-officer"),
)
