"""What may be known of a threat, of somebody referred as exploited, and of somebody at risk of being drawn in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Type = Literal[
    "human trafficking and modern slavery", "child sexual exploitation", "child criminal exploitation", "county lines", "cyber crime", "drugs", "firearms",
    "fraud", "organised acquisitive crime", "immigration crime", "money laundering",
]  # fmt: skip
Signs = Literal[
    "low indicators",
    "medium indicators",
    "high indicators",
    "being targeted or groomed",
    "opportunistic exchange",
    "habitual, coercion implicit",
]


class Threat(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Threat")
    type: Type = fact("Which threat?", private="open", group="Threat")
    title: str = fact("In one line", group="Threat", hint="No names of people.")
    known_from: str = fact("How is it known?", group="Threat", hint="Records and partners' data; not who said it.")
    partners_asked: int = fact("How many partners were asked for data?", group="Knowledge")
    partners_gave: int = fact("How many gave data?", group="Knowledge")
    physical: int = fact("Physical harm to victims (0 to 4)", group="Open risk matrix")
    psychological: int = fact("Psychological harm (0 to 4)", group="Open risk matrix")
    financial: int = fact("Financial harm (0 to 4)", group="Open risk matrix")
    community: int = fact("Harm to the community and the environment (0 to 4)", group="Open risk matrix")
    scope: int = fact("Geographic scope (0 to 4)", group="Open risk matrix")
    frequency: int = fact("How often (1 to 4)?", group="Open risk matrix")
    trend: Literal["falling", "steady", "rising"] = fact("Trend", group="Open risk matrix")
    victims: int = fact("Vulnerability of victims (0 to 2)", group="Open risk matrix")
    confidence: Literal["low", "medium", "high"] = fact(
        "Confidence", group="Open risk matrix", hint="Stands beside the score; it is never multiplied in."
    )
    official_score: float = fact(
        "Official score, as entered",
        group="Official score",
        hint="MoRiLE or another owned tool: the result alone is held.",
    )
    official_tool: str = fact("By which tool and version?", group="Official score")
    official_on: date = fact("Scored on", group="Official score")
    priority: str = fact("Priority", group="Priority", show="decided")
    reviewed: str = fact("What has changed, and what is not known?", group="Review")
    learnt: str = fact("Why is it no threat any more?", group="End")


class Gap(Facts, private="restricted"):
    gap: str = fact("What is not known?")
    asked_at: datetime = fact("When was it asked for?")
    due_on: date = fact("By when?")
    filled_at: datetime = fact("When was it filled?")
    found: str = fact("What was learnt?")


class FourP(Facts, private="restricted"):
    p: Literal["pursue", "prevent", "protect", "prepare"] = fact("Which of the four Ps?")
    action: str = fact("What is to be done?")
    lead: str = fact("Which agency leads?")
    agreed_at: datetime = fact("When was it agreed?")
    due_on: date = fact("By when?")
    done_at: datetime = fact("When was it done?")
    result: str = fact("What came of it?")


class Exploited(Facts, private="special"):
    found_at: datetime = fact("When was the sign of exploitation seen?", private="restricted", group="Sign")
    area: str = fact("District", private="open", group="Sign")
    type: Literal[
        "sexual", "criminal, county lines", "forced labour", "domestic servitude", "organ harvesting", "not known yet"
    ] = fact("Which exploitation?", group="Sign")
    signs_seen: str = fact("What was seen or said?", group="Sign")
    person: str = fact("Person on record", private="personal", group="Person", show="found")
    child: bool = fact(
        "Is it a child, or may it be one?", private="personal", group="Person", hint="Of an uncertain age, a child."
    )
    under_13: bool = fact("Under 13?", private="personal", group="Person")
    learning_disability: bool = fact("Have they a learning disability?", group="Person")
    consent: Literal["given", "not given", "not asked yet"] = fact("Does the adult agree to be referred?", private="restricted", group="Referral",
                                                                    hint="A child is referred without it.")  # fmt: skip
    safe_contact: str = fact("Safe way to make contact", private="personal", group="Referral")
    threat: str = fact("Threat (reference of its case)", private="restricted", group="Referral")
    crime: str = fact("Crime reference", private="restricted", group="Referral")
    route: str = fact("Referral or duty to notify", private="restricted", group="Referral", show="decided")
    referred_at: datetime = fact("When was it sent?", private="restricted", group="Referral")
    test: str = fact(
        "What the first decision asks",
        private="restricted",
        group="Decision of the competent authority",
        show="worked out",
    )
    reasonable: Literal["positive", "negative"] = fact(
        "Reasonable grounds", private="restricted", group="Decision of the competent authority"
    )
    reasonable_at: datetime = fact(
        "When was that decided?", private="restricted", group="Decision of the competent authority"
    )
    conclusive: Literal["positive", "negative"] = fact(
        "Conclusive grounds", private="restricted", group="Decision of the competent authority"
    )
    conclusive_at: datetime = fact(
        "When was that decided?", private="restricted", group="Decision of the competent authority"
    )
    tool: Literal["Croydon 2016", "Kent and Medway v6 2017"] = fact(
        "By which local tool?", private="restricted", group="Sexual exploitation"
    )
    signs: Signs = fact("What does the tool find?", group="Sexual exploitation")
    significant_harm: bool = fact("Is significant harm suspected?", group="Sexual exploitation")
    grade: str = fact("Risk", private="restricted", group="Sexual exploitation", show="decided")
    chased: str = fact(
        "What did the competent authority say?", private="restricted", group="Decision of the competent authority"
    )
    ended: str = fact("How does it end, and who supports the person?", group="End")


class AtRisk(Facts, private="special"):
    seen_at: datetime = fact("When was the concern seen?", private="restricted", group="Concern")
    area: str = fact("District", private="open", group="Concern")
    from_agency: str = fact("Which agency is concerned?", private="restricted", group="Concern")
    drawn_to: Literal[
        "organised crime", "county lines", "a gang", "cyber crime", "violent extremism", "not known yet"
    ] = fact("Drawn to what?", private="restricted", group="Concern")
    concern: str = fact(
        "What gives cause for concern?",
        group="Concern",
        hint="What was seen, by whom. No score of a person, and no list they stand on.",
    )
    person: str = fact("Person on record", private="personal", group="Person", show="found")
    child: bool = fact("Is it a child?", private="personal", group="Person")
    safe_contact: str = fact("Safe way to make contact", private="personal", group="Person")
    wanted_help: Literal[
        "school or work", "mentor", "family", "health", "substance use", "housing", "way out of debt", "other"
    ] = fact("What help is thought of?", private="restricted", group="Offer")
    fit: str = fact("Offer support?", private="restricted", group="Offer", show="decided")
    consent: Literal["given", "not given"] = fact("Do they, or the parent of a child, agree?", private="restricted", group="Offer",
                                                  hint="Support is voluntary. Saying no has no consequence.")  # fmt: skip
    offered_at: datetime = fact("When was it offered?", private="restricted", group="Offer")
    taken_at: datetime = fact("When did support begin?", private="restricted", group="Support")
    provider: str = fact("Who gives the support?", private="restricted", group="Support")
    why_not: str = fact("What did they say?", group="Offer")
    outcome: Literal["safer", "unchanged", "left early", "moved to child protection", "drawn in"] = fact(
        "What came of it?", private="restricted", group="Outcome"
    )
    outcome_rests_on: str = fact("What does that rest on?", group="Outcome")


class Support(Facts, private="special"):
    can: bool = fact("Can you offer support?")
    what: str = fact("What do you offer, and from when?")
