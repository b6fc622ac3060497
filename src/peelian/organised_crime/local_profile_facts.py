"""What may be known of a serious and organised crime local profile, of what partners give to it, and of what they take on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Threat = Literal[
    "drugs", "county lines", "child sexual exploitation", "child criminal exploitation", "modern slavery and trafficking", "firearms", "fraud",
    "cyber crime", "organised acquisitive crime", "immigration crime", "money laundering",
]  # fmt: skip
Level = Literal["low", "moderate", "substantial", "high"]
LEVELS = ("low", "moderate", "substantial", "high")
SHARED, COUNTS, LIMITED = "may be shared", "counts only", "full edition only"


class Profile(Facts, private="restricted"):
    area: str = fact("Area", private="open", group="Profile")
    since: date = fact("Period: from", private="open", group="Profile")
    until: date = fact("Period: to", private="open", group="Profile")
    purpose: str = fact("What is the profile for?", private="open", group="Profile")
    wanted: str = fact("What are partners asked for?", private="open", group="Profile", hint="They read this.")
    summary: str = fact("Summary, full edition", group="Full edition")
    summary_shared: str = fact("Summary, as it may be told", group="Shareable edition",
                               hint="Written from what may be shared alone: nothing that rests on limited data.")  # fmt: skip
    recipient: str = fact("To whom does the shareable edition go?", group="Release")
    full_digest: str = fact("Digest of the full edition", group="Release", show="worked out")
    shareable_digest: str = fact("Digest of the shareable edition", group="Release", show="worked out")
    issued_on: date = fact("Both editions issued on", private="open", group="Release", show="worked out")
    why_back: str = fact("Why is the proposal taken back?", group="Release")
    learnt: str = fact("What did the six months show?", group="End")


class Contribution(Facts, private="restricted"):
    what: Literal["intelligence", "cases", "complaints", "absences", "prison contacts", "payments and tax", "other"] = (
        fact("What kind of data?")
    )
    threat: Threat = fact("Which threat is it about?")
    place: str = fact("Which district?", private="open")
    count: int = fact("How many records?", hint="Records, not people.")
    statement: str = fact("What do they show?")
    handling: Literal["may be shared", "counts only", "full edition only"] = fact("What may leave the force?")
    limit_words: str = fact("The limit, in your own words", hint="As the controller of the data states it.")
    told: str = fact(
        "What may be told of it?", hint="Only where it may be shared: these words stand in the shareable edition."
    )


class Given(Contribution, private="restricted"):
    from_agency: str = fact("From whom?", private="open")
    received_on: date = fact("Received on")


class ThreatLine(Facts, private="restricted"):
    threat: Threat = fact("Threat")
    level: Level = fact("Level, on everything known")
    confidence: Literal["low", "moderate", "high"] = fact("Confidence")
    rests_on: str = fact("What does that rest on?")
    level_told: Level = fact(
        "Level as it may be told",
        hint="Judged from what may be shared alone. Left out, the shareable edition gives none.",
    )
    level_after: Level = fact("Level now")
    after_rests_on: str = fact("What does that rest on now?")
    estimated_at: datetime = fact("When was it estimated again?")


class Dissent(Facts, private="restricted"):
    who: str = fact("Which agency disagrees?")
    what: str = fact("With what, and why?")
    said_on: date = fact("Said on")
    may_be_told: bool = fact("May it stand in the shareable edition?")
    answer: str = fact("What was answered?")


class ProfileAction(Facts, private="restricted"):
    area: str = fact("Area", private="open", group="Action")
    action: str = fact(
        "What is to be done?", group="Action", hint="The agency reads this: nothing that it may not know."
    )
    p: Literal["pursue", "prevent", "protect", "prepare"] = fact("Which of the four Ps?", group="Action")
    threat: Threat = fact("Against which threat?", group="Action")
    lead: str = fact("Which agency is to own it?", group="Action")
    due_on: date = fact("By when?", group="Action")
    in_shareable: bool = fact("May it stand in the shareable edition?", group="Action")
    owner_post: str = fact("Who owns it there? (post)", group="Answer")
    why_not: str = fact("Why is it declined?", group="Answer")
    result: str = fact("What came of it?", group="End")


class TakesOn(Facts, private="restricted"):
    takes: bool = fact("Do you take it on?")
    post: str = fact("Who owns it? (post)")
    why: str = fact("If not, why?")
