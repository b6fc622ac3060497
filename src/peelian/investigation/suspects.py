"""I5: wanted persons and outstanding suspects: graded, circulated, looked for, reviewed, and never without an owner.

Question 2, and the area for improvement of question 3 on offenders handled alike. Those circulated on the Police National Computer and
those identified but not yet circulated are two counts: the stages tell them apart. Closing without the person being found (a
duplicate, no longer wanted) takes an inspector who is not the owner, and is counted apart: a register must not shrink by words.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.dated import Table
from peelian.core.kinds import (
    NEW,
    Act,
    Clock,
    Decision,
    Facts,
    Kind,
    Median,
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    fact,
)
from peelian.core.local import Local
from peelian.core.period import Period
from peelian.core.system import System

from .suspect_records import FINDS, SHEETS

POLICY = "force policy on wanted persons"
LIMITS = Table(Path(__file__).with_suffix(".toml"), "suspect_limits", gives={"limit": Period})
PROFILE = Local("suspects.profile", POLICY, words=("by_grade", "common"))
ACCEPT, GRADE, FIND = (Local(f"suspects.{name}_within", POLICY) for name in ("accept", "grade", "find"))
FOUND = ("arrested", "voluntary interview", "charged by post", "dead")
NOT_FOUND = ("duplicate", "no longer wanted")
BANDS = ((1, "0 to 1 day"), (7, "2 to 7 days"), (28, "8 to 28 days"), (90, "29 to 90 days"), (None, "over 90 days"))


class Suspect(Facts, private="restricted"):
    wanted_at: datetime = fact("When was it decided that the person is to be arrested?", group="Wanted")
    area: str = fact("District", private="open", group="Wanted")
    wanted_for: Literal[
        "suspect",
        "failed to appear",
        "recall",
        "bail breach",
        "order breach",
        "notification breach",
        "missing and wanted",
    ] = fact("Why are they wanted?", group="Wanted")
    crime: str = fact("Crime reference", group="Wanted")
    offence: Literal["violence", "sexual", "firearms", "robbery or burglary", "theft", "drugs", "other"] = fact(
        "Offence", group="Wanted"
    )
    suspect: str = fact("Who is wanted? (person reference)", private="personal", group="Person")
    foreign: bool = fact("Are they a national of another country?", private="personal", group="Person")
    foreign_check: Literal["asked for", "nothing held", "record held"] = fact(
        "Record check abroad", private="personal", group="Person"
    )
    victim: str = fact("Victim (person reference)", private="personal", group="Victim")
    relationship: str = fact("How do they stand to the victim?", private="personal", group="Victim")
    da: bool = fact("Is it domestic abuse?", group="Victim")
    da_grade: Literal["standard", "medium", "high"] = fact("Risk as the force's checklist graded it", group="Victim")
    vulnerable_victim: bool = fact("Is the victim a child, or vulnerable?", group="Victim")
    risk_to_life: bool = fact("Is there a risk to life?", group="Victim")
    harm: float = fact("Harm weight of the offence (ONS points)", group="Victim")
    grade: str = fact("Grade", show="decided", group="Grade")
    circulated_at: datetime = fact("When was it circulated on the PNC?", group="Circulation")
    media: bool = fact("Was the public asked?", group="Circulation")
    reviewed: str = fact("What did the review find, and what is next?", group="Review")
    closed_as: Literal[
        "arrested", "voluntary interview", "charged by post", "dead", "duplicate", "no longer wanted"
    ] = fact("How did it end?", group="End")
    ended_at: datetime = fact("When did it end?", group="End")
    why: str = fact(
        "Why is the person not looked for any more?",
        group="End",
        hint="The other reference for a duplicate; whose decision it was.",
    )


class Attempt(Facts, private="restricted"):
    tried_at: datetime = fact("When?")
    place: str = fact("Where?", private="personal")
    result: Literal["nobody in", "not known there", "moved away", "ran off", "arrested"] = fact("What came of it?")


class Enquiry(Facts, private="restricted"):
    made_at: datetime = fact("When?")
    source: Literal[
        "phone", "benefits", "employer", "vehicle", "borders", "social media", "associates", "partner agency"
    ] = fact("Where was asked?")
    answer: str = fact("What came of it?", private="personal")


def grading(case: Any) -> Proposal:
    """Most harm first: risk to life, domestic abuse at high risk, sexual offences, firearms and recalls are red."""
    red = [
        word for word, so in (
            ("risk to life", case.get("risk_to_life")), ("domestic abuse at high risk", case.da and case.da_grade == "high"),
            (f"{case.offence} offence", case.offence in ("sexual", "firearms")), ("recall to prison", case.wanted_for == "recall"),
        ) if so
    ]  # fmt: skip
    amber = [
        word for word, so in (
            ("domestic abuse", case.da), ("violence", case.offence == "violence"), ("child or vulnerable victim", case.get("vulnerable_victim")),
            (case.wanted_for, case.wanted_for.endswith("breach")),
        ) if so
    ]  # fmt: skip
    source = "Grade by risk to others; local, to be set by the force"
    if red or amber:
        return Proposal("red" if red else "amber", ", ".join(red or amber), source)
    return Proposal("green", "nothing known that points to more harm", source)


def within(step: str) -> Any:
    """How soon a step is done, by grade, in the profile that the force chose."""

    def limit_of(case: Any, start: datetime) -> Any:
        grade, profile = case.grade, case.local(PROFILE)
        found = LIMITS.look(on=london_day(start), profile=profile, step=step, grade=grade)
        if found.why_not:
            return No(f"{found.why_not} ({found.source})")
        return found["limit"], f"profile {profile}, graded {grade}", found.source, found.evidence, found.version

    return limit_of


def da_high(case: Any) -> bool:
    """It is not domestic abuse at high risk."""
    return bool(case.da and case.da_grade == "high")


def was_found(case: Any) -> bool:
    """The end is one in which the person was found. What ends without that takes an inspector."""
    return case.closed_as in FOUND


def not_found(case: Any) -> bool:
    """The end is a duplicate, or that the person is no longer wanted."""
    return case.closed_as in NOT_FOUND


def another_decides(case: Any) -> bool:
    """Whoever takes a person off the register has not registered them, nor owns the case."""
    return case.by.name != case.state.owner and case.by.name not in case.hands("register")


def days_to_find(case: Any) -> float | None:
    """Days from the decision to the end, for those who were found."""
    return (case.ended_at - case.wanted_at).total_seconds() / 86400 if case.get("closed_as") in FOUND else None


def age_band(wanted_at: datetime, on: date) -> str:
    """How long somebody has been wanted, in the register's bands.

    Examples
    --------
    >>> from datetime import UTC
    >>> age_band(datetime(2026, 11, 1, tzinfo=UTC), date(2026, 11, 23))
    '8 to 28 days'
    """
    days = (on - london_day(wanted_at)).days
    return next(words for most, words in BANDS if most is None or days <= most)


LIVE = ("identified", "circulated")
SUSPECT = Kind(
    name="outstanding_suspect", title="Outstanding suspect", question="investigation",
    source="HMIC, PEEL effectiveness 2016: suspects on the PNC, and those not yet circulated", facts=Suspect, subject="suspect",
    filters=("grade", "wanted_for", "offence", "da", "da_grade", "circulated_at", "closed_as"), locals=(PROFILE,),
    stages=(*LIVE, "closed"), ends="closed", order=(("wanted_at", "circulated_at"), ("wanted_at", "ended_at")),
    parts=(Part(name="attempts", title="Attempts to arrest", facts=Attempt, order=(("wanted_at", "tried_at"),)), Part(name="enquiries", title="Enquiries", facts=Enquiry)),
    acts=(
        Act(name="register", title="Register a suspect", during=NEW, to="identified", asks=("wanted_at", "area", "wanted_for", "offence", "da"),
            maybe=("crime", "suspect", "foreign", "victim", "relationship", "da_grade", "vulnerable_victim", "risk_to_life", "harm")),
        Act(name="note", title="Add what was learnt", during=LIVE,
            maybe=("crime", "suspect", "foreign", "foreign_check", "victim", "relationship", "da", "da_grade", "vulnerable_victim", "risk_to_life", "harm", "media")),
        Act(name="move", title="Move to another district", during=LIVE, asks=("area",)),
        Act(name="circulate", title="Circulated on the PNC", during="identified", to="circulated", asks=("circulated_at",)),
        Act(name="attempt", title="Attempt to arrest", during=LIVE, adds="attempts", asks=("tried_at", "place", "result")),
        Act(name="enquire", title="Make an enquiry", during=LIVE, adds="enquiries", asks=("made_at", "source", "answer")),
        Act(name="review", title="Review", during=LIVE, asks=("reviewed",), by="supervisor"),
        Act(name="senior_review", title="Inspector's review", during=LIVE, asks=("reviewed",), by="inspector"),
        Act(name="close_found", title="Found", during=LIVE, to="closed", asks=("closed_as", "ended_at"), guards=(was_found,)),
        Act(name="close_not_found", title="Take off the register", during=LIVE, to="closed", asks=("closed_as", "ended_at", "why"), by="inspector",
            guards=(not_found, another_decides)),
    ),
    decisions=(
        Decision(name="grade_it", title="Grade", during=LIVE, policy=grading, sets="grade", lower_by="inspector",
                 outcomes=(Outcome("green"), Outcome("amber"), Outcome("red"))),
    ),
    clocks=(
        Clock(name="graded", title="Graded", starts="wanted_at", stops="grade_it", limit=GRADE),
        Clock(name="circulation", title="Circulated on the PNC", starts="wanted_at", stops="circulated_at", limit=within("circulate")),
        Clock(name="next_attempt", title="Next attempt to arrest", starts=("register", "attempt"), stops="attempt", limit=within("attempt")),
        Clock(name="next_review", title="Supervisor's review", starts=("register", "review"), stops="review", limit=within("review")),
        Clock(name="next_senior_review", title="Inspector's review", starts=("register", "senior_review"), stops="senior_review",
              limit=within("senior_review")),
        Clock(name="da_high_found", title="Domestic abuse at high risk: found", starts="wanted_at", stops="close_found", limit=within("harm_first"), when=da_high),
        Clock(name="found", title="Found", starts="wanted_at", stops="close_found", limit=FIND),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="taken_off", asks="What share of endings is a duplicate or no longer wanted?", at="ended_at", where=lambda c: bool(c.get("closed_as")),
              hit=lambda c: c.closed_as in NOT_FOUND),
        Share(name="attempts_that_arrest", asks="What share of attempts ends in an arrest?", of="attempts", at="tried_at", hit=lambda r: r.result == "arrested"),
        Median(name="days_to_find", asks="How long until a suspect is found?", value=days_to_find, unit="days", at="ended_at",
               where=lambda c: c.get("closed_as") in FOUND),
    ),
)  # fmt: skip
KINDS = (SUSPECT,)
SYSTEM = System(
    id="I5", name="wanted persons and outstanding suspects", question="investigation", kinds=KINDS, sheets=SHEETS, finds=FINDS,
    pages=(("consistency", "Differences between districts"),), roles=("investigator", "offender-manager"),
)  # fmt: skip
