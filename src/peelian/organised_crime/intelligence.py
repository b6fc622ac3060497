"""O4: intelligence reports, graded 3x5x2, sanitised, linked and sent to those who need them; and what partners tell.

Question 4. Who said it, and what was said word for word, stands apart from the sanitised text, and is read by the intelligence unit alone.
To whom a report went is of the same class: neither a partner nor a unit learns who else holds it. A partner's report is a case of its
own, led by the partner, from which the unit opens the force's report.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.kinds import (
    NEW,
    Act,
    Clock,
    Count,
    Decision,
    Facts,
    Kind,
    Median,
    Outcome,
    Owners,
    Part,
    Share,
    fact,
)  # fmt: skip
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from . import intelligence_rules as rules

POLICY = "force policy on intelligence"
ACCEPT, GRADE, GRADE_HIGH, SANITISE, READ, REVIEW, RECEIPT, FEEDBACK = (
    Local(f"intelligence.{name}", POLICY)
    for name in ("accept_within", "grade_within", "grade_within_high", "sanitise_within", "read_within", "review_within",
                 "receipt_within", "feedback_within")
)  # fmt: skip
UNIT = ("intelligence-officer", "organised-crime")
Topic = Literal[
    "drugs", "firearms", "exploitation", "burglary", "vehicle crime", "violence", "theft", "fraud", "cyber", "public order",
    "immigration", "other",
]  # fmt: skip


class Report(Facts, private="restricted"):
    submitted_at: datetime = fact("When was it submitted?", group="Report")
    information_on: date = fact("On which day was it known?", group="Report")
    area: str = fact("District", private="open", group="Report")
    topic: Topic = fact("What is it about?", private="open", group="Report")
    urgency: Literal["high", "medium", "low"] = fact("How urgent is it?", group="Report",
        hint="High: a threat to life, serious harm, an imminent risk. Medium: time matters. Low: anything else.")  # fmt: skip
    subject: str = fact("Whom is it about? (person reference)", private="personal", group="Report")
    provenance: Literal["police officer", "public", "partner agency", "human source", "technical", "open source"] = fact(
        "Where does it come from?", private="source", group="Source")  # fmt: skip
    source_ref: str = fact(
        "Reference of the source", private="source", group="Source", hint="Such as SR-48213; never a name."
    )
    raw: str = fact("What was said, as it was said", private="source", group="Source")
    source_grade: Literal["1", "2", "3"] = fact("Source", group="Grade", hint="1 reliable, 2 untested, 3 not reliable.")
    assessment: Literal["A", "B", "C", "D", "E"] = fact("Intelligence", group="Grade",
        hint="A known directly to the source, B indirectly but corroborated, C indirectly, D not known, E suspected to be false.")  # fmt: skip
    handling: Literal["P", "C"] = fact("Handling", group="Grade", hint="P lawful sharing permitted, C with conditions.")
    conditions: str = fact("Conditions", group="Grade", hint="A1, A2, A3, S1 or S2, with ; between them.")
    older_grade: str = fact("The older 5x5x5 grade, as it was written", group="Grade")
    originator_agreed: bool = fact("Has the originator agreed that it is passed on?", group="Grade")
    sanitised: str = fact(
        "Sanitised text", private="personal", group="Text", hint="Nothing that tells who said it, or how it is known."
    )
    kept: str = fact("Kept or deleted", show="decided", group="Review")
    withdrawn_why: str = fact("Why does it no longer hold?", group="Review")


class Link(Facts, private="personal"):
    linked_to: Literal["person", "group", "address", "vehicle", "telephone", "crime", "other report"] = fact(
        "What is it linked to?", private="restricted"
    )
    which: str = fact("Which? (its reference)")


class Sent(Facts, private="source"):
    unit: str = fact("Which team or unit?")
    needs_it: str = fact("What do they need it for?")
    sent_at: datetime = fact("When?")
    read_at: datetime = fact("When was it read?")


def grading_limit(case: Any, start: datetime) -> Any:
    """How soon a report is graded: sooner where it is urgent."""
    high = case.urgency == "high"
    local = GRADE_HIGH if high else GRADE
    value, since, source, evidence = case.around.local(local, start, first=True)
    return value, f"urgency {case.urgency}", source, evidence, since and london_day(since)


def hours_to_grade(case: Any) -> float | None:
    """Hours from the submission to the first grading."""
    times = case.times("grade")
    return (times[0] - case.submitted_at).total_seconds() / 3600 if times else None


LIVE = ("submitted", "graded", "released")
REPORT = Kind(
    name="intelligence_report", title="Intelligence report", question="organised_crime",
    source="Intelligence management, College of Policing APP; 3x5x2", facts=Report, subject="subject",
    filters=("topic", "assessment", "handling", "urgency"), locals=(GRADE, GRADE_HIGH),
    stages=(*LIVE, "withdrawn", "deleted"), ends=("withdrawn", "deleted"),
    parts=(Part(name="links", title="Linked to", facts=Link),
           Part(name="sendings", title="Sent to", facts=Sent, clocks=(
               Clock(name="read_in_time", title="Read by whom it was sent to", starts="sent_at", stops="read_at", limit=READ),))),
    acts=(
        Act(name="submit", title="Submit a report", during=NEW, to="submitted",
            asks=("submitted_at", "information_on", "area", "topic", "urgency", "provenance", "raw"), maybe=("source_ref", "subject", "older_grade"),
            guards=(rules.reference_is_opaque,)),
        Act(name="grade", title="Grade", during=LIVE, to="graded", asks=("source_grade", "assessment", "handling"),
            maybe=("conditions", "originator_agreed", "subject", "older_grade"), by=UNIT, guards=(rules.conditions_fit,)),
        Act(name="sanitise", title="Write the sanitised text", during="graded", to="released", asks=("sanitised",), by=UNIT,
            guards=(rules.another_sanitises, rules.names_no_source, rules.not_false)),
        Act(name="link_it", title="Link", during=LIVE, adds="links", asks=("linked_to", "which"), by=UNIT),
        Act(name="send", title="Send to a team or unit", during="released", adds="sendings", asks=("unit", "needs_it", "sent_at"), by=UNIT,
            guards=(rules.not_false, rules.originator_asked)),
        Act(name="note_read", title="It was read", during="released", on="sendings", asks=("read_at",), by=UNIT),
        Act(name="ask_originator", title="The originator was asked", during=LIVE, asks=("originator_agreed",), by=UNIT),
        Act(name="retract", title="It no longer holds", during=LIVE, to="withdrawn", asks=("withdrawn_why",), by=UNIT),
    ),
    decisions=(
        Decision(name="review", title="Keep or delete", during=("graded", "released"), policy=rules.keep_or_delete, sets="kept", by=UNIT,
                 lower_by="supervisor", outcomes=(Outcome("delete", to="deleted", title="Delete"), Outcome("keep", title="Keep"))),
    ),
    clocks=(
        Clock(name="graded_in_time", title="Graded", starts="submitted_at", stops="grade", limit=grading_limit),
        Clock(name="sanitised_in_time", title="Sanitised", starts="grade", stops="released", limit=SANITISE),
        Clock(name="next_review", title="Reviewed: kept or deleted", starts=("grade", "review"), stops="review", limit=REVIEW),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    derives=(("grade_in_words", rules.grade_words), ("may_patrols_be_told", rules.told_to_patrols)),
    measures=(
        Share(name="linked", asks="What share of reports is linked to something held?", at="submitted_at", hit=lambda c: bool(c.links)),
        Share(name="from_partners", asks="What share of reports comes from partners?", at="submitted_at",
              hit=lambda c: c.provenance == "partner agency"),
        Share(name="sent_and_read", asks="What share of what was sent was read?", of="sendings", at="sent_at", hit=lambda r: bool(r.get("read_at"))),
        Median(name="hours_to_grade", asks="How long until a report is graded?", value=hours_to_grade, unit="hours", at="submitted_at"),
    ),
)  # fmt: skip


class Told(Facts, private="restricted"):
    told_at: datetime = fact("When?", private="open", group="Report")
    area: str = fact("District", private="open", group="Report")
    about: Topic = fact("What is it about?", private="open", group="Report")
    what: str = fact("What does your agency know?", private="personal", group="Report",
                     hint="Only what matters here. Do not name whoever told you: write a reference of your own.")  # fmt: skip
    their_ref: str = fact("Your own reference", private="open", group="Report")
    onward: Literal["police alone", "police and those named", "no further limit"] = fact(
        "How far may it go?", private="open", group="Limits"
    )
    limits: str = fact("Limits on its use, and until when", private="open", group="Limits")
    report: str = fact("Intelligence report that was made of it (reference)", group="Police")
    feedback: Literal["it was new", "it was known already", "more is needed", "it is not for police"] = fact(
        "What was it worth?", private="open", group="Feedback")  # fmt: skip
    changed: str = fact(
        "What did it change?", private="open", group="Feedback", hint="Nothing that tells what else is held."
    )


PARTNER_REPORT = Kind(
    name="partner_report", title="Report from a partner", question="organised_crime",
    source="HMIC, PEEL effectiveness 2016: intelligence held by partner organisations", facts=Told, filters=("about", "feedback"),
    shared={"partner": ("open", "personal")}, refers=True, stages=("told", "received", "answered"), ends="answered",
    acts=(
        Act(name="tell_police", title="Tell police what your agency knows", during=NEW, to="told", asks=("told_at", "area", "about", "what", "onward"),
            maybe=("their_ref", "limits")),
        Act(name="receive", title="Received by the intelligence unit", during="told", to="received", by=UNIT),
        Act(name="made_report", title="A report was made of it", during="received", asks=("report",), by=UNIT),
        Act(name="tell_worth", title="Tell the partner what it was worth", during="received", to="answered", asks=("feedback",), maybe=("changed",), by=UNIT),
    ),
    clocks=(
        Clock(name="received_in_time", title="Received", starts="told_at", stops="receive", limit=RECEIPT),
        Clock(name="feedback_in_time", title="The partner is told what it was worth", starts="told_at", stops="tell_worth", limit=FEEDBACK),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Count(name="told_by_partners", asks="How many reports come from partners?", at="told_at"),
        Share(name="made_a_report", asks="What share became an intelligence report?", at="told_at", where=lambda c: c.stage == "answered",
              hit=lambda c: bool(c.get("report"))),
        Share(name="was_new", asks="What share of what partners told was new?", at="told_at", where=lambda c: bool(c.get("feedback")),
              hit=lambda c: c.feedback == "it was new"),
    ),
)  # fmt: skip
KINDS = (REPORT, PARTNER_REPORT)


def _resting(**told: Any) -> Any:
    from .group_sheets import resting

    return resting(**told)


SYSTEM = System(
    id="O4", name="partners' intelligence", question="organised_crime", kinds=KINDS,
    sheets=(Sheet("rests", "What rests on this report", _resting, kind=REPORT.name),), roles=("intelligence-officer", "organised-crime"),
)  # fmt: skip
