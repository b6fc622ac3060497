"""What may be known of an order sought against somebody, at each gate from the first thought of it to its end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Order = Literal["SCPO", "interim SCPO", "STPO", "STRO", "SHPO", "sexual risk order", "gang injunction", "closure order", "criminal behaviour order",
                "stalking protection order"]  # fmt: skip
Court = Literal["Crown Court", "High Court", "magistrates' court", "county court", "youth court"]
Reason = Literal[
    "sent to the prosecutor too late", "not convicted of a serious offence", "involvement in serious crime not shown", "no real risk of further involvement",
    "conditions not needed or not proportionate", "conditions not precise", "covered by licence or another order", "evidence pack too weak",
    "under the age of the order", "wrong court", "prosecutor did not apply", "court refused, reason not given", "other",
]  # fmt: skip


class PreventionOrder(Facts, private="restricted"):
    considered_at: datetime = fact("When was an order first considered?", group="Order")
    area: str = fact("District", private="open", group="Order")
    team: str = fact("Which team seeks it?", private="open", group="Order")
    order: Order = fact("Which order?", group="Order")
    group: str = fact("Organised crime group (reference of its case)", group="Order")
    person: str = fact("Against whom? (person reference)", private="personal", group="Person", show="found")
    age: int = fact("How old are they?", private="personal", group="Person")
    convicted: bool = fact(
        "Are they convicted of a serious offence (Schedule 1, or one that the court treats so)?",
        private="personal",
        group="Tests",
    )
    involved: bool = fact("Does evidence show that they were involved in serious crime?", group="Tests")
    risk: str = fact("What real risk of further involvement is there, and on what evidence?", group="Tests")
    protects: str = fact(
        "How would the order protect the public by preventing, restricting or disrupting it?", group="Tests"
    )
    sentence_on: date = fact("When is sentence to be passed?", group="Court")
    court: Court = fact("Which court?", group="Court")
    hearing_on: date = fact("When is it heard?", group="Court")
    chosen: str = fact("Is it sought?", group="Decision", show="decided")
    why_not: str = fact("Why is it not sought?", group="Decision")
    code: Reason = fact("Why did it fail? (the main reason)", group="Outcome")
    limb: str = fact("Which part of the law did it fail on?", group="Outcome", show="worked out")
    said: str = fact("What did the prosecutor or the court say?", group="Outcome")
    in_force_on: date = fact("In force from", group="Term")
    term_months: int = fact("For how many months?", group="Term")
    further_order: bool = fact("Until further order?", group="Term")
    served_on: date = fact("Served on", group="Term")
    checked: str = fact("What did the check find?", group="In force")
    ended_as: Literal["ran out", "discharged", "replaced", "dead"] = fact("How did it end?", group="End")


class Condition(Facts, private="restricted"):
    about: Literal[
        "money and property",
        "work",
        "communication and association",
        "premises",
        "use of items",
        "travel",
        "answering questions",
    ] = fact("What is it about?")
    text: str = fact("The condition, so that a breach can be measured")
    because: str = fact("Why is it necessary and proportionate?")
    granted: bool = fact("Did the court grant it?")


class FurtherReason(Facts, private="restricted"):
    why_code: Reason = fact("Another reason")
    of_limb: str = fact("Which part of the law?", show="worked out")


class Breach(Facts, private="restricted"):
    happened_at: datetime = fact("When was it breached?")
    of_condition: str = fact("Which condition?")
    crime: str = fact("Crime reference")
    charged: bool = fact("Was it charged?")
    result: str = fact("What came of it?")


class Advice(Facts, private="restricted"):
    applies: bool = fact("Do you apply, or support the application?")
    missing: str = fact("What is missing, and by when is it needed?")
    why_code: Reason = fact("If you do not, why not?")
