"""What may be known of a call: the THRIVE record, the signs that grade it, attendance, and evidence that will not wait."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Sign = Literal["yes", "no", "caller cannot say"]
Offence = Literal[
    "burglary", "assault", "robbery", "sexual", "domestic", "vehicle", "theft", "fraud", "damage", "drugs", "missing", "other"
]  # fmt: skip
Block = Literal["life", "scene", "evidence", "people", "suspects"]


class Call(Facts, private="restricted"):
    called_at: datetime = fact("Call received", group="Call")
    answered_at: datetime = fact("Call answered", group="Call")
    channel: Literal["999", "101", "online", "in person", "officer"] = fact("How did it come in?", group="Call")
    incident: str = fact("Reference of command and control", group="Call")
    area: str = fact("District", private="open", group="Call")
    setting: Literal["urban", "rural"] = fact("Urban or rural?", private="open", group="Call")
    offence: Offence = fact("What is it about?", group="Call")
    threat: str = fact("Threat: who or what, how likely, how soon?", private="personal", group="THRIVE")
    harm: str = fact("Harm: to whom, how bad, so far and next?", private="special", group="THRIVE")
    risk: str = fact("Risk: how likely, and how bad, in words", private="personal", group="THRIVE")
    investigation: str = fact("Investigation: what would be lost by delay?", group="THRIVE")
    vulnerability: str = fact(
        "Vulnerability: their situation, repeats, children, disability", private="special", group="THRIVE"
    )
    engagement: str = fact("Engagement: how and when to meet them; what they want", private="personal", group="THRIVE")
    danger_to_life: Sign = fact("Is there danger to life?", group="Signs")
    violence: Sign = fact("Is violence used or threatened?", group="Signs")
    serious_injury: Sign = fact("Is there serious injury?", group="Signs")
    serious_damage: Sign = fact("Is there serious damage?", group="Signs")
    in_progress: Sign = fact("Is it in progress, or is the offender near?", group="Signs")
    vulnerable: Sign = fact(
        "Is somebody vulnerable?",
        private="special",
        group="Signs",
        hint="They cannot, as things are, take care of or protect themselves or others from harm or exploitation.",
    )
    domestic: Sign = fact("Is it domestic abuse?", group="Signs")
    evidence_lost: Sign = fact("Would evidence be lost by waiting?", group="Signs")
    repeat: Sign = fact("Has it happened to them before?", group="Signs")
    needs_visit: Sign = fact("Must somebody be seen, or a scene?", group="Signs")
    notice: str = fact("Notice of a vulnerable person", group="Links")
    abuse: str = fact(
        "Domestic-abuse incident, with its intelligence pack",
        group="Links",
        hint="Opened from this call, or from command and control.",
    )
    why_again: Literal["new facts", "nobody there in time", "caller rang again", "the unit says so"] = fact(
        "Why is it assessed again?", group="Again"
    )
    grade: str = fact("Grade", show="decided", group="Grade")
    dispatched_at: datetime = fact("Unit sent", group="Attendance")
    arrived_at: datetime = fact("Unit there", group="Attendance")
    resolved: str = fact("How was it resolved, and did the caller agree?", private="personal", group="End")
    crime: str = fact("Crime reference", group="End", hint="If it is a crime.")


class Golden(Facts, private="restricted"):
    block: Block = fact("Which block of the golden hour?")
    asked_of: Literal["call", "scene", "hand-over"] = fact("When was it asked?")
    answer: Literal["done", "not needed", "outstanding"] = fact("How does it stand?")
    why: str = fact("Why is it not needed, or what is outstanding?", private="personal")


class Perishable(Facts, private="restricted"):
    what: Literal[
        "CCTV", "doorbell video", "dashcam", "phone records", "transport or bank records", "traces outdoors", "clothing",
        "injuries to photograph", "samples from the body", "other",
    ] = fact("What will be lost?")  # fmt: skip
    holder: str = fact("Who holds it, and how are they reached?", private="personal")
    made_at: datetime = fact("Since when does it exist?")
    kept_hours: int = fact(
        "For how many hours is it kept?",
        hint="As its owner states: 28 days are 672 hours. Unknown: ask, and say so here.",
    )
    asked_at: datetime = fact("When was it asked for?")
    got_at: datetime = fact("When was it got?")
    exhibit: str = fact("Exhibit")
    dropped_at: datetime = fact("When was it found not to be needed?")
    lost_at: datetime = fact("When was it found to be lost?")
    why: str = fact("Why is it not needed, or how was it lost?")
