"""A small kind whose measures are counted by hand in the tests."""

from datetime import datetime
from typing import Literal

from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Count,
    Decision,
    Facts,
    Kind,
    Median,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    fact,
)


class Call(Facts, private="restricted"):
    area: str = fact("District", private="open")
    received_at: datetime = fact("Received")
    answered_at: datetime = fact("Answered")
    injured: bool = fact("Is anybody hurt?", private="personal")
    grade: Literal["low", "high"] = fact("Grade", show="decided")


class Visit(Facts, private="restricted"):
    on_time: bool = fact("Was it on time?")


class Reply(Facts, private="restricted"):
    held: bool = fact("Is the person known to you?")


def proposed(case):
    """High where somebody is hurt."""
    return Proposal("high" if case.injured else "low", "injury" if case.injured else "no injury", "made up")


CALL = Kind(
    name="test_call", title="Call", question="vulnerability", source="made up for a test", facts=Call,
    stages=("open", "closed"), ends="closed", filters=("grade",),
    parts=(Part(name="visits", facts=Visit),),
    asks=(Ask(name="check", shows=("area",), answer=Reply, limit="24 hours", purpose="safeguarding"),),
    acts=(
        Act(name="receive", during=NEW, to="open", asks=("received_at", "area"), maybe=("injured",)),
        Act(name="note", maybe=("injured", "answered_at", "area")),
        Act(name="visit", adds="visits", maybe=("on_time",)),
        Act(name="close", to="closed"),
    ),
    decisions=(Decision(name="grading", policy=proposed, sets="grade", outcomes=(Outcome("low"), Outcome("high"))),),
    clocks=(Clock(name="first_answer", starts="received_at", stops="answered_at", limit="4 hours"),),
    owners=Owners(accept_within="8 hours", climbs=("supervisor",)),
    measures=(
        Share(name="hurt", asks="How many are hurt?", hit=lambda c: c.injured),
        Share(name="visits_on_time", asks="Are visits on time?", of="visits", hit=lambda v: v.on_time),
        Count(name="calls", asks="How many calls?", per="population"),
        Median(name="wait", asks="How long does a caller wait?", unit="hours", value=lambda c: c.answered_at - c.received_at),
    ),
)  # fmt: skip
