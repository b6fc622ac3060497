"""A1: evidence for or against a question: what it says, true since when, known since when, and until when it holds.

When it was known is the journal's own word (`known`), so an answer "as known on" a day never uses what came later.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.kinds import NEW, Act, Clock, Decision, Facts, Kind, Outcome, Owners, Proposal, Share, fact
from peelian.core.local import Local

POLICY = "force policy on assurance"
ACCEPT, WEIGH, RENEW = (Local(f"assurance.{name}_within", POLICY) for name in ("accept", "weigh", "renew"))
KEY = Literal["prevention", "investigation", "vulnerability", "organised_crime", "specialist"]


class Evidence(Facts, private="restricted"):
    question: KEY = fact("Which question of the inspection?", private="open", group="What it is about")
    system: str = fact("Which system of the report? (its number, such as V7)", private="open", group="What it is about")
    says: Literal["supports", "against"] = fact(
        "Does it speak for or against?", private="open", group="What it is about"
    )
    claim: str = fact("What does it show?", group="What it is about")
    source: Literal["live measure", "document", "visit", "file audit", "reality test", "survey"] = fact(
        "Where does it come from?", private="open", group="Source"
    )
    reference: str = fact(
        "Which one?",
        hint="Kind and measure, title of the document, place of the visit, or reference of the case.",
        group="Source",
    )
    area: str = fact("District, where it is about one", private="open", group="Source")
    true_from: date = fact("True since when?", private="open", group="Dates")
    expires_on: date = fact("Until when may it be relied on?", private="open", group="Dates")
    improvement: str = fact(
        "Area for improvement that it answers (reference of its case)", private="open", group="What it is about"
    )
    weight: str = fact("Taken as evidence?", show="decided")
    why_not: str = fact("What is missing?", group="Decision")


def in_order(case: Any) -> bool:
    """It is true before it runs out, and what is true only later is not evidence yet."""
    return bool(case.true_from < case.expires_on and case.true_from <= london_day(case.at))


def another_weighs(case: Any) -> bool:
    """Whoever weighs evidence has not offered it."""
    return case.by.name not in case.hands("offer_evidence")


def weigh(case: Any) -> Proposal:
    """Take what is in date and names where it comes from; send back what has run out."""
    if case.expires_on <= london_day(case.at):
        return Proposal("not_taken", f"it ran out on {case.expires_on:%-d %B %Y}", POLICY)
    if case.source == "live measure" and "." not in case.reference:
        return Proposal("not_taken", "a live measure is named by its kind and its own name", POLICY)
    return Proposal("taken", f"{case.source}, in date until {case.expires_on:%-d %B %Y}", POLICY)


def current(facts: Any, on: date) -> bool:
    """Whether evidence that was taken holds on a day."""
    return bool(facts["true_from"] <= on < facts["expires_on"])


def in_date(case: Any) -> bool:
    """Whether it still held when the last word on it was written."""
    return bool(case.expires_on > london_day(case.at))


def taken(case: Any) -> bool:
    """Whether it was taken as evidence: what is only offered, or sent back, is none."""
    return bool(case.get("weight") == "taken")


EVIDENCE = Kind(
    name="evidence", title="Evidence", question="assurance", source="How we inspect: document review, data, visits, reality testing", facts=Evidence,
    filters=("question", "system", "says", "source", "weight"), stages=("offered", "held", "not_taken", "withdrawn"),
    ends=("not_taken", "withdrawn"),
    acts=(
        Act(name="offer_evidence", title="Offer evidence", during=NEW, to="offered", guards=(in_order,),
            asks=("question", "system", "says", "claim", "source", "reference", "true_from", "expires_on"), maybe=("area", "improvement")),
        Act(name="renew", title="Renew", during="held", asks=("true_from", "expires_on", "reference"), maybe=("claim", "says"), guards=(in_order,)),
        Act(name="take_back", title="Withdraw", during=("offered", "held"), to="withdrawn", asks=("why_not",)),
    ),
    decisions=(
        Decision(name="weigh_it", title="Is it evidence?", during="offered", policy=weigh, sets="weight", guards=(another_weighs,), maybe=("why_not",),
                 outcomes=(Outcome("not_taken", to="not_taken", title="No"), Outcome("taken", to="held", title="Yes"))),
    ),
    clocks=(
        Clock(name="weighed", title="Weighed", starts="offer_evidence", stops="weigh_it", limit=WEIGH),
        Clock(name="renewal", title="Looked at again", starts=("held", "renew"), stops="renew", limit=RENEW),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("assurance", "superintendent", "chief-officer")),
    measures=(
        Share(name="against", asks="What share of evidence taken speaks against the force?", where=taken, hit=lambda c: c.says == "against"),
        Share(name="not_from_figures", asks="What share of evidence taken comes from elsewhere than figures?", where=taken, hit=lambda c: c.source != "live measure"),
    ),
)  # fmt: skip
