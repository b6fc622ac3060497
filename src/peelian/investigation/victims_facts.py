"""What may be known of a victim's rights: who they are, how they want to be told, what happened, and what they say of the contact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Event = Literal[
    "report", "referral to a victim service", "decision not to investigate", "arrest", "interview under caution", "release without charge",
    "bail or release under investigation, or a change of it", "decision to charge, or not, or to settle out of court", "charge stopped or altered",
    "hearing date", "trial date", "result of a bail hearing", "arrest warrant, or what came of it", "needed to give evidence", "court told of the hearing",
    "result of the trial, or sentence", "court told of the result", "appeal", "expenses claimed",
    "sentence of 12 months or more for a violent or sexual offence", "complaint", "review asked for: acknowledge", "review asked for: decide",
]  # fmt: skip
Crime = Literal[
    "domestic abuse", "hate", "terrorism", "sexual", "human trafficking or modern slavery", "attempted murder", "kidnap",
    "false imprisonment", "arson with intent to endanger life", "wounding with intent", "other",
]  # fmt: skip
Agreement = Literal["yes", "in part", "no", "does not want to say"]


class Victim(Facts, private="personal"):
    crime: str = fact("Crime reference", group="Crime", private="restricted")
    area: str = fact("District", group="Crime", private="open")
    team: str = fact("Team that investigates", group="Crime", private="open")
    reported_on: date = fact(
        "Date of the report", group="Crime", private="restricted", hint="It decides which Code holds.", ahead=False
    )
    crime_type: Crime = fact("What kind of crime?", group="Crime", private="restricted")
    victim: str = fact("Victim (person reference)", group="Victim", show="found")
    born_on: date = fact("Date of birth", group="Victim")
    bereaved: bool = fact("Is this a close relative bereaved by the crime?", group="Victim", private="special")
    targeted: bool = fact("Are they targeted again and again?", group="Victim")
    impaired: bool = fact(
        "Do they have a mental disorder, a disability, or great difficulty in understanding?",
        group="Victim",
        private="special",
    )
    intimidated: bool = fact("Would their evidence be poorer for fear or distress?", group="Victim", private="special")
    language: str = fact("Language, and help with being understood", group="Victim")
    speaks_for: str = fact("Who speaks for them (parent, guardian, family)?", group="Victim")
    entitled: str = fact("Rights", group="Victim", private="special", show="decided")
    safe_contact: str = fact("Safe way to make contact, and what to avoid", group="Contact")
    wants: Literal["everything", "main events only", "nothing unless asked"] = fact(
        "What does the victim want to be told?", group="Contact"
    )
    service_agreed: bool = fact("Does the victim want a victim service to be in touch?", group="Support")
    offered_at: datetime = fact("Personal statement offered", group="Statement")
    statement: Literal["wanted now", "wanted later", "declined", "not able to decide yet"] = fact(
        "What did the victim say?", group="Statement"
    )
    declined_why: str = fact("Their reason, if they gave one", group="Statement")
    taken_at: datetime = fact("Statement taken", group="Statement")
    made_by: Literal["victim", "parent or guardian", "family", "business"] = fact(
        "Whose statement is it?", group="Statement"
    )
    to_be: Literal["read by the victim", "read by somebody else", "played", "not read out"] = fact(
        "How would they like it heard?", group="Statement"
    )
    copy_given: bool = fact("Was the victim given a copy?", group="Statement")
    sent_at: datetime = fact("Statement sent to the prosecutor", group="Statement")
    used: Literal["read or played in court", "considered by the court", "not considered", "no hearing"] = fact(
        "What did the court do with it?", group="Statement"
    )


class Told(Facts, private="personal"):
    event: Event = fact("What happened?", private="restricted")
    happened_at: datetime = fact(
        "When?", private="restricted", hint="For what comes from court: when the witness care unit received it."
    )
    told_at: datetime = fact(
        "When did it reach the victim?", hint="A message left, or a letter sent, has not reached anybody."
    )
    channel: str = fact("By which agreed way?")
    by_safe_way: bool = fact("Was the safe way used?")
    reasons_given: bool = fact("Were the reasons given, in words the victim understood?")
    no_review_because: Literal[
        "no suspect identified and interviewed", "some charges brought", "a different charge brought", "settled out of court", "the victim withdrew"
    ] = fact(
        "Why is there no right to a review?", private="restricted", hint="Leave it open where the victim may ask for one."
    )  # fmt: skip
    review_asked_at: datetime = fact("When did the victim ask for a review?")
    acknowledged_at: datetime = fact("When was the review acknowledged?")
    review_decided_at: datetime = fact("When was the victim told what the review decided?")
    review_result: Literal["decision stands", "decision changed", "looked into again"] = fact(
        "What did the review decide?"
    )


class Tried(Facts, private="personal"):
    tried_at: datetime = fact("When?")
    channel: str = fact("How?")
    result: Literal["reached", "no answer", "message left", "not safe to speak", "wrong number or address"] = fact(
        "Did it reach the victim?"
    )


class OptOut(Facts, private="personal"):
    event_not_wanted: Event = fact("Of what does the victim not want to be told?", private="restricted")
    said_at: datetime = fact("When did they say so?")
    taken_back_at: datetime = fact("When did they take it back?")


class Asked(Facts, private="personal"):
    asked_at: datetime = fact("When was the victim asked?")
    asked_by: Literal["another team", "victim service", "survey", "supervisor"] = fact("By whom?", private="restricted")
    understood: Agreement = fact("Did they understand what they were told?")
    useful: Agreement = fact("Was it what they needed to know?")
    respected: Agreement = fact("Were they treated with respect?")
    knows_next: Agreement = fact("Do they know what comes next, and whom to ring?")
    in_own_words: str = fact("In their own words", private="special")
