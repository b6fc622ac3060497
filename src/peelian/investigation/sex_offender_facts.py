"""What is held of a registered sex offender: of owned risk tools the results alone, never their items or scoring."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Level = Literal["low", "medium", "high", "very high"]
TRIGGERS = (
    "new offence or arrest",
    "breach",
    "intelligence",
    "change of circumstances",
    "the pilot ended",
    "own or partner's concern",
)


class Offender(Facts, private="personal"):
    area: str = fact("District", private="open", group="Person")
    offender: str = fact("Who is it? (person reference)", private="special", group="Person")
    born_on: date = fact("Date of birth", group="Person")
    disposal: Literal[
        "imprisonment", "life, or imprisonment for public protection", "order for lifelong restriction", "hospital with restriction order",
        "hospital without restriction order", "caution", "conditional discharge", "any other disposal",
    ] = fact("What was the sentence or disposal?", private="special", group="Sentence")  # fmt: skip
    relevant_on: date = fact(
        "Relevant date",
        ahead=False,
        private="special",
        group="Sentence",
        hint="Of the conviction, finding or caution: the period begins with it.",
    )
    sentence_months: int = fact(
        "Of imprisonment: whole months",
        private="special",
        group="Sentence",
        hint="Terms made consecutive are added together (s.82).",
    )
    sentence_days: int = fact(
        "And days", private="special", group="Sentence", hint="Six months and a day is more than six months."
    )
    discharge_ends_on: date = fact("Last day of the conditional discharge", private="special", group="Sentence")
    first_notified_at: datetime = fact(
        "When was the first notification made?", private="restricted", group="Notification"
    )
    residence: Literal["yes", "no"] = fact(
        "Is there a sole or main residence?",
        private="restricted",
        group="Notification",
        hint="Without one, notification is weekly.",
    )
    notified_at: datetime = fact("When was it notified?", private="restricted", group="Notification")
    level: str = fact("Level of risk", private="restricted", group="Risk", show="decided")
    assess_next_on: date = fact("When is the next assessment due?", private="restricted", group="Risk")
    visit_weeks: int = fact(
        "Visited every how many weeks, as the plan says?",
        private="restricted",
        group="Plan",
        hint="The plan decides, not the level (NPCC, 2017).",
    )
    plan: str = fact("Risk management plan", private="special", group="Plan")
    booked_for: date = fact("For which day is the next visit booked?", private="restricted", group="Plan")
    orders: str = fact(
        "Orders in force (SHPO, SRO, notification order), and until when", private="special", group="Plan"
    )
    iom: str = fact("Case of integrated offender management (reference)", private="restricted", group="Plan")
    mappa: str = fact("MAPPA case (reference)", private="restricted", group="Plan")
    management: str = fact("Management", private="restricted", group="Plan", show="decided")
    pilot: str = fact("In which pilot? (reference of its case)", private="restricted", group="Plan")
    restored_because: Literal[
        "new offence or arrest", "breach", "intelligence", "change of circumstances", "the pilot ended", "own or partner's concern",
    ] = fact("What brought the person back to active management?", private="restricted", group="Plan")  # fmt: skip
    held_at: Literal["prison", "hospital", "abroad"] = fact("Where?", private="restricted", group="Away")
    back_at: datetime = fact("When released, discharged or back?", private="restricted", group="Away")
    factors: str = fact(
        "What was weighed? (s.91D)", private="special", group="Review of an indefinite duty",
        hint="Seriousness, time since, ages, compliance, other offending, the MAPPA assessment, victims.",
    )  # fmt: skip
    indefinite_review: str = fact(
        "Review of an indefinite duty", private="restricted", group="Review of an indefinite duty", show="decided"
    )
    ended_because: Literal[
        "period over", "review granted", "appeal", "moved to another force", "dead", "registered in error"
    ] = fact("Why does it end?", private="restricted", group="End")


class Notification(Facts, private="personal"):
    what: Literal[
        "first notification", "change of name or address", "qualifying stay elsewhere", "household with a child", "bank or card details",
        "passport or identity document", "release, discharge or return", "travel abroad",
    ] = fact("What is notified?", private="restricted")  # fmt: skip
    event_on: date = fact("On which day did it happen?", private="restricted")
    told_on: date = fact(
        "On which day was it notified?",
        ahead=False,
        private="restricted",
        hint="Leave it open where it was found out and not notified.",
    )
    details: str = fact("Details")


class Assessment(Facts, private="special"):
    tool: Literal["ARMS", "RM2000", "OSP/C", "OSP/I", "OASys"] = fact("Which tool?", private="restricted")
    tool_version: str = fact("Version of the tool", private="restricted")
    result: Level = fact("Its result")
    assessed_on: date = fact("When was it assessed?", private="restricted", ahead=False)
    assessor: str = fact("By whom? (trained for the tool)", private="restricted")
    override: str = fact("If the result was overridden: from what, and why")


class Visit(Facts, private="special"):
    visited_at: datetime = fact("When?", private="restricted")
    purpose: Literal["as the plan says", "random audit", "after a trigger", "other"] = fact(
        "Why?", private="restricted"
    )
    unannounced: bool = fact("Was it unannounced?", private="restricted")
    met: bool = fact("Was the person met?", private="restricted")
    found: Literal["nothing of concern", "concern", "breach", "offending"] = fact(
        "What was found?", private="restricted"
    )
    findings: str = fact("Findings")


class Event(Facts, private="special"):
    happened_at: datetime = fact("When did it happen?", private="restricted")
    outcome: Literal[
        "sexual offence",
        "violent offence",
        "other offence",
        "breach of notification",
        "breach of an order",
        "intelligence",
    ] = fact("What was it?", private="restricted")
    known_by: Literal[
        "victim or witness", "another agency or force", "online referral", "the public", "notification not made", "found at a visit", "told by the person",
    ] = fact("How did it come to be known?", private="restricted", hint="Decides whether fewer visits would hide it.")  # fmt: skip
    reference: str = fact("Reference of the crime or report", private="restricted")


class Trigger(Facts, private="personal"):
    area: str = fact("District", private="open", group="What happened")
    about: str = fact("Whose management? (reference of the offender's case)", private="special", group="What happened")
    who: str = fact("Who is it? (person reference)", private="special", group="What happened")
    happened_at: datetime = fact("When did it happen?", private="restricted", group="What happened")
    trigger: Literal[
        "new offence or arrest", "breach", "intelligence", "change of circumstances", "the pilot ended", "own or partner's concern",
    ] = fact("What happened?", private="restricted", group="What happened")  # fmt: skip
    details: str = fact("What is known?", private="special", group="What happened")
    done: str = fact("What was done?", private="special", group="Answer")
