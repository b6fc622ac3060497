"""The open risk matrix, the way of a referral, the floors of local tools, and what is voluntary."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import No, Proposal
from peelian.core.local import Local
from peelian.core.period import Period

_FILE = Path(__file__).with_name("threats.toml")
NRM = Table(_FILE, "nrm", gives={"limit": Period})
TEST = Dated(_FILE, "nrm_test", str)
CSE = Table(_FILE, "cse", gives={"grade": str, "floor": bool, "review": str})
POLICY, PROTOCOL = "force control strategy", "safeguarding partners' protocol on exploitation"
ACCEPT, ASSESS, REVIEW = (
    Local(f"threats.{name}", POLICY) for name in ("accept_within", "assess_within", "review_every")
)
HIGH, MEDIUM = (Local(f"threats.{name}_from", POLICY) for name in ("high", "medium"))
REFER, CHASE, CRIME = (Local(f"exploitation.{name}_within", PROTOCOL) for name in ("refer", "chase", "crime"))
OFFER, START, OUTCOME, SUPPORT = (
    Local(f"drawn_in.{name}_within", PROTOCOL) for name in ("offer", "start", "outcome", "support")
)
TREND = {"falling": 0.8, "steady": 1.0, "rising": 1.2}
MATRIX = "open risk matrix; Peelian's own, not MoRiLE and no national standard"
HARMS = ("physical", "psychological", "financial", "community", "scope")


def risk(case: Any) -> float:
    """Harm times likelihood by the open risk matrix: five harms of 0 to 4, and how often times the trend plus the victims' vulnerability.

    Returns
    -------
    float
        0 to 136 (20 times 6.8); no unit.
    """
    harm = sum(getattr(case, name) for name in HARMS)
    return float(round(harm * (case.frequency * TREND[case.trend] + case.victims), 1))


def in_range(case: Any) -> bool:
    """Harms go from 0 to 4, how often from 1 to 4, the vulnerability of victims from 0 to 2."""
    said = [(case.get(name), 0, 4) for name in HARMS] + [(case.get("frequency"), 1, 4), (case.get("victims"), 0, 2)]
    return all(value is None or low <= value <= high for value, low, high in said)


def priority(case: Any) -> Proposal:
    """Propose by the open risk matrix and the force's own bands; the official score stands beside it."""
    score = risk(case)
    found = next(
        (word for word, least in (("high", case.local(HIGH)), ("medium", case.local(MEDIUM))) if score >= float(least)),
        "low",
    )
    official = (
        f"; official score {case.official_score:g} by {case.official_tool}"
        if case.get("official_score") is not None and case.get("official_tool")
        else ""
    )
    return Proposal(found, f"risk {score:g}, confidence {case.get('confidence') or 'not stated'}{official}", MATRIX)


def four_ps(case: Any) -> int:
    """How many of the four Ps have an action."""
    return len({row.p for row in case.four_p})


def way(case: Any) -> Proposal:
    """A child is referred; an adult is referred who agrees, and notified without a name who does not."""
    source = "Modern Slavery Act 2015, s.52; consent: general knowledge, unverified"
    if case.child:
        return Proposal("refer", "a child is referred, whatever they say", source)
    if case.consent == "given":
        return Proposal("refer", "the adult agrees", source)
    if case.consent == "not given":
        return Proposal("notify", "the adult does not agree: the duty to notify remains", source)
    return Proposal("notify", "the adult has not been asked yet", source)


def may_refer(case: Any) -> bool:
    """An adult is referred only with their agreement; a child needs none."""
    return bool(case.child or case.consent == "given")


def may_notify(case: Any) -> bool:
    """A child is referred; a bare notification is for an adult who does not agree."""
    return not case.child and case.get("consent") != "given"


def nrm(step: str) -> Any:
    """The limit of a step of the National Referral Mechanism, by the day on which it starts."""

    def limit_of(case: Any, start: datetime) -> Any:
        found = NRM.look(on=london_day(start), step=step)
        if found.why_not:
            return No(f"{found.why_not} ({found.source})")
        return found["limit"], step, found.source, found.evidence, found.version

    return limit_of


def asked_on(case: Any) -> str:
    """What the reasonable-grounds decision asks on the day of the referral."""
    return str(TEST.look(on=london_day(case.referred_at)).value)


def positive(case: Any) -> bool:
    """The first decision was not positive: no recovery period runs."""
    return bool(case.reasonable == "positive")


def cse_grade(case: Any) -> Proposal | None:
    """Propose by the local tool that the board uses; under 13, or with a learning disability, never low where the tool says so."""
    found = CSE.look(on=london_day(case.found_at), tool=case.tool, signs=case.signs)
    if found.why_not:
        return None
    words = f"{case.tool}: {case.signs}"
    if case.get("significant_harm"):
        words += "; significant harm is suspected: consider a section 47 enquiry"
    return Proposal(found["grade"], words, found.source, version=found.version)


def not_floored(case: Any) -> bool:
    """Under 13, or with a learning disability, the risk is never low by this tool."""
    found = CSE.look(on=london_day(case.found_at), tool=case.tool, signs=case.signs)
    return bool(found.why_not or not found["floor"]) or not (case.under_13 or case.learning_disability)


def cse_review(case: Any, start: datetime) -> Any:
    """Reviewed as the tool says."""
    found = CSE.look(on=london_day(case.found_at), tool=case.tool, signs=case.signs)
    if found.why_not or found["review"] == "none":
        return No(found.why_not or "this tool states no review")
    return found["review"], case.tool, found.source, found.evidence, found.version


def fits(case: Any) -> Proposal:
    """Offer support wherever a concern stands; a child at risk of harm goes to social care besides. Nothing here accuses anybody."""
    return Proposal(
        "offer", f"a concern about being drawn to {case.drawn_to}; support is voluntary", "safeguarding; local protocol"
    )


def agreed(case: Any) -> bool:
    """They agree, or the parent of a child does: support is voluntary."""
    return bool(case.consent == "given")


def said_no(case: Any) -> bool:
    """They have said no. Saying no has no consequence."""
    return bool(case.consent == "not given")


def safe_way(case: Any) -> bool:
    """A safe way to make contact is recorded first."""
    return bool(case.safe_contact)


def days_to_support(case: Any) -> float:
    """From the concern to the beginning of support, in days."""
    return float((case.taken_at - case.seen_at).total_seconds() / 86400)
