"""What may be known of a case of anti-social behaviour, of its reports, powers and contacts, and of an application for a case review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

YesNo = Literal["yes", "no", "not known"]
Body = Literal["police", "council", "social landlord", "integrated care board", "other"]
Power = Literal[
    "advice", "warning letter", "acceptable behaviour contract", "mediation", "tenancy action", "community protection warning",
    "community protection notice", "civil injunction", "criminal behaviour order", "dispersal", "closure notice", "closure order",
    "public spaces protection order",
]  # fmt: skip
# The areas that such assessments usually ask about (unverified); the questions are our own words. Support at hand speaks against risk.
SIGNS = {
    "often": "happens every week or more", "worse": "getting worse", "aimed": "aimed at them", "knows_offender": "they know who does it",
    "threats": "threats or violence", "afraid": "afraid", "daily_life": "daily life is harmed", "health_harmed": "health is harmed",
    "ill_or_disabled": "illness or disability", "alone": "alone or isolated", "no_support": "nobody supports them",
    "child_at_home": "children in the home", "hate": "motivated by hostility", "told_before": "told somebody before",
}  # fmt: skip


class Antisocial(Facts, private="personal"):
    """A case of anti-social behaviour against somebody."""

    reported_at: datetime = fact("When was it reported?", group="Report", private="restricted")
    area: str = fact("District", group="Report", private="open")
    neighbourhood: str = fact("Neighbourhood", group="Report", private="open")
    kind_of_behaviour: Literal["personal", "nuisance", "environmental"] = fact(
        "What kind of behaviour is it?", group="Report", private="restricted",
        hint="Personal: aimed at somebody. Nuisance: it troubles a community. Environmental: it harms a place.",
    )  # fmt: skip
    what: str = fact("What happens, how often, since when?", group="Report")
    place: str = fact("Where?", group="Report")
    victim: str = fact("Who suffers it? (person reference)", group="Victim", show="found")
    victim_name: str = fact("Victim's name", group="Victim")
    safe_contact: str = fact(
        "Safe way to make contact", group="Victim", hint="Nothing is sent, and nobody calls, until this is known."
    )
    wants: str = fact("What does the victim want to happen?", group="Victim")
    why_found: str = fact("Why did the system point to them?", group="Victim", private="restricted")
    often: YesNo = fact("Does it happen every week or more often?", group="Risk", private="special")
    worse: YesNo = fact("Is it getting worse?", group="Risk", private="special")
    aimed: YesNo = fact("Is it aimed at them?", group="Risk", private="special")
    knows_offender: YesNo = fact("Do they know who does it?", group="Risk", private="special")
    threats: YesNo = fact("Has there been a threat, or violence?", group="Risk", private="special")
    afraid: YesNo = fact("Are they afraid?", group="Risk", private="special")
    daily_life: YesNo = fact("Does it keep them from living as they did?", group="Risk", private="special")
    health_harmed: YesNo = fact("Has their health suffered?", group="Risk", private="special")
    ill_or_disabled: YesNo = fact("Are they ill or disabled?", group="Risk", private="special")
    alone: YesNo = fact("Do they live alone, or cut off from others?", group="Risk", private="special")
    no_support: YesNo = fact("Are they without anybody who supports them?", group="Risk", private="special")
    child_at_home: YesNo = fact("Do children live in the home?", group="Risk", private="special")
    hate: YesNo = fact("Is it done out of hostility to who they are?", group="Risk", private="special")
    told_before: YesNo = fact("Did they tell police, council or landlord before?", group="Risk", private="special")
    risk: str = fact("Risk", group="Risk", private="restricted", show="decided")
    reviewed: str = fact("What did the review find, and what is next?", group="Review", private="restricted")
    outcome: Literal["stopped", "less", "no change", "worse", "victim moved", "nobody to act against"] = fact(
        "What came of it?", group="End", private="restricted"
    )
    outcome_why: str = fact("How is that known, and what did it?", group="End", private="restricted")
    resolved_on: date = fact("Since when?", group="End", private="restricted")
    told_at: datetime = fact("When was the victim told the outcome?", group="End", private="restricted")
    victim_view: Literal["satisfied", "not satisfied", "not asked", "could not be reached"] = fact(
        "What does the victim say of it?", group="End", private="restricted"
    )


class Report(Facts, private="restricted"):
    """One report of the behaviour, to whichever agency."""

    behaviour_on: date = fact("On which day did it happen?")
    complained_on: date = fact("On which day was it reported?")
    told_to: Body = fact("To whom?")
    reference: str = fact("Their reference")


class Used(Facts, private="restricted"):
    """A power or step used against the behaviour."""

    power: Power = fact("Which power or step?")
    against: str = fact("Against whom, or which place? (reference)", private="personal")
    age: int = fact("How old are they?", private="personal", hint="Leave empty where it is about a place.")
    used_by: Body = fact("Which agency used it?")
    authorised_by: Literal["constable", "sergeant", "inspector", "superintendent", "council", "court"] = fact(
        "Who authorised it?"
    )
    used_at: datetime = fact("Since when?")
    ended_on: date = fact("On which day did it end?")
    kept: Literal["kept", "breached", "withdrawn", "ran out"] = fact("How did it end?")


class Contact(Facts, private="personal"):
    """Somebody spoke with the victim."""

    contacted_at: datetime = fact("When?", private="restricted")
    made_by: str = fact("Who made it?", private="restricted")
    said: str = fact("What did the victim say?")


class Held(Facts, private="personal"):
    """What another agency says when it is asked of a case."""

    known_there: bool = fact("Do you know of this behaviour?", private="restricted")
    what_held: str = fact("What matters for the victim's safety?")
    what_done: str = fact("What have you done, or will you do?", private="restricted")


class Application(Facts, private="personal"):
    """An application for an ASB case review."""

    applied_on: date = fact("On which day did they apply?", group="Application", private="restricted")
    area: str = fact("District", group="Application", private="open")
    applicant: Literal["the victim", "somebody for the victim"] = fact(
        "Who applies?", group="Application", private="restricted"
    )
    consents: bool = fact("Does the victim agree?", group="Application", private="restricted")
    applied_to: Body = fact("To which body?", group="Application", private="restricted")
    asb_victim: str = fact("Victim (person reference)", group="Application", show="found")
    asb_victim_name: str = fact("Victim's name", group="Application")
    safe_way: str = fact("Safe way to make contact", group="Application")
    problem: str = fact("What is the problem?", group="Application")
    persistent: YesNo = fact("Does it go on and on?", group="Other grounds", private="restricted")
    harmful: YesNo = fact("Is there harm, or could there be?", group="Other grounds", private="special")
    poor_response: YesNo = fact("Was the response not enough?", group="Other grounds", private="restricted")
    counted: str = fact("Which complaints count?", group="Threshold", private="restricted", show="worked out")
    threshold: str = fact("Threshold", group="Threshold", private="restricted", show="decided")
    acknowledged_on: date = fact("On which day was it acknowledged?", group="Steps", private="restricted")
    met_on: date = fact("On which day did the review meet?", group="Steps", private="restricted")
    found_in_review: str = fact("What did the review find?", group="Steps", private="restricted")
    told_on: date = fact("On which day was the applicant told?", group="Steps", private="restricted")
    told_what: str = fact("What were they told, and how they can ask for a review of it?", group="Steps")


class Complaint(Report, private="restricted"):
    """A complaint that an application names."""

    same_problem: bool = fact("Is it about this problem and this victim?")


class Recommendation(Facts, private="restricted"):
    """What a review asks of a body."""

    recommended: str = fact("What is recommended?")
    body: Body = fact("To which body?")
    agreed_on: date = fact("On which day?")
    answered: Literal["accepted", "not accepted"] = fact("What does the body say?")
    carried_out_on: date = fact("On which day was it done?")


class Account(Facts, private="personal"):
    """A body's own account of what it did."""

    complaints_held: int = fact("How many complaints about this do you hold?", private="restricted")
    action_taken: str = fact("What did you do about them?", private="restricted")
    enough: bool = fact("Was that enough?", private="restricted")
