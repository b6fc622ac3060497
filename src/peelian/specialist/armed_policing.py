"""S4: armed policing: threat, risk and harm assessed and reviewed, capability kept without an uplift, every deployment recorded.

Question: specialist capabilities. It holds no crew's place, no roster, no tactic and no text of the protected assessment: only where that
is kept. A force outside the national uplift keeps its capability: what is needed stands beside who is truly qualified, in date.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import NEW, Act, Clock, Count, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import armed_capability
from . import armed_rules as rules
from .choosing import of_kind

POLICY = "force policy on armed policing"
ACCEPT, TRIGGER, RECORD, DEBRIEF, BOOK, CLIMB = (
    Local(f"armed.{name}", POLICY)
    for name in (
        "accept_within",
        "review_after_trigger",
        "record_within",
        "debrief_within",
        "book_within",
        "climb_every",
    )
)
ROLES = (
    "authorised firearms officer", "armed response vehicle officer", "counter-terrorist specialist firearms officer", "strategic firearms commander",
    "tactical firearms commander", "operational firearms commander", "firearms tactical adviser",
)  # fmt: skip
Role = Literal[
    "authorised firearms officer", "armed response vehicle officer", "counter-terrorist specialist firearms officer", "strategic firearms commander",
    "tactical firearms commander", "operational firearms commander", "firearms tactical adviser",
]  # fmt: skip
Shift = Literal["early", "late", "night", "day", "any"]
Heading = Literal[
    "terrorism", "marauding terrorist attack", "organised crime with firearms", "crime with firearms", "crime with knives", "domestic abuse with weapons",
    "key sites", "events", "protected persons", "animals",
]  # fmt: skip
LADDER = ("inspector", "superintendent", "chief-officer")


class Assessment(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Assessment", hint="Leave it empty for the whole force.")
    assessed_on: date = fact("On which day was it made?", group="Assessment")
    national_level: Literal["low", "moderate", "substantial", "severe", "critical"] = fact(
        "National threat level", group="Assessment"
    )
    kept_where: str = fact(
        "Where is the protected text kept?", group="Assessment", hint="Its reference only; no text of it here."
    )
    summary: str = fact("What may be said of it to those who plan?", group="Assessment")
    uplift: bool = fact("Is the force in the national uplift programme?", group="Assessment")
    review_found: str = fact("What did the review find?", group="Review")
    trigger: Literal[
        "national threat level changed", "new national direction", "a job that failed", "a new local threat"
    ] = fact("What asks for a review?", group="Review")
    trigger_words: str = fact("What happened?", group="Review")
    replaced_by: str = fact("Which assessment replaces it? (case reference)", group="End")


class ThreatRow(Facts, private="restricted"):
    heading: Heading = fact("Threat")
    likelihood: int = fact("Likelihood, 1 to 5")
    impact: int = fact("Impact, 1 to 5")
    confidence: Literal["low", "medium", "high"] = fact("How sure is it?")
    basis: str = fact("On what does it rest?")


class Need(Facts, private="restricted"):
    role: Role = fact("Role")
    shift: Shift = fact("On which shift?")
    wanted: int = fact("How many are needed?")
    holders_needed: int = fact(
        "How many qualified people does that take in all?", hint="Over all teams, with leave, sickness and training."
    )


class Gap(Facts, private="restricted"):
    found_on: date = fact("Found on")
    gap_role: Role = fact("Role")
    need: int = fact("Needed")
    have: int = fact("Qualified and in date")
    option: Literal["accept", "treat", "transfer", "mutual aid"] = fact("What is done about it?")
    gap_owner: str = fact("Which post owns it?", hint="The post, not a name.")
    settle_by: date = fact("By which day?")
    settled_on: date = fact("Settled on")
    settled_how: str = fact("How?")


class ShiftCount(Facts, private="restricted"):
    counted_on: date = fact("Day")
    counted_shift: Shift = fact("Shift")
    counted_role: Role = fact("Role")
    needed: int = fact("Needed")
    there: int = fact("On duty, qualified and in date")


class Course(Facts, private="restricted"):
    course_role: Role = fact("For which role?")
    sort: Literal["requalification", "initial"] = fact("What sort of course?")
    starts_on: date = fact("When does it begin?")
    places: int = fact("How many places?")


class Deployment(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Authority")
    authorised_at: datetime = fact("When was it authorised?", group="Authority")
    authority: Literal["strategic", "tactical", "operational", "by the officer, in an emergency"] = fact(
        "By which level of command?", group="Authority"
    )
    reason_for: Heading = fact("For what?", group="Authority")
    crew: Literal["armed response vehicle", "specialist"] = fact("Who went?", group="Authority")
    officers: int = fact("How many officers?", group="Deployment")
    arrived_at: datetime = fact("When were they there?", group="Deployment")
    ended_at: datetime = fact("When did it end?", group="Deployment")
    shots_fired: bool = fact("Was a shot fired at a person?", group="Deployment")
    taser_used: bool = fact("Was a Taser fired?", group="Deployment")
    hurt: int = fact("How many people were hurt?", group="Deployment")
    referred_at: datetime = fact("When was it referred to professional standards?", group="Record")
    met: Literal["met", "partly met", "not met"] = fact("Was the aim met?", group="Record")
    debriefed_at: datetime = fact("When was the debrief?", group="Record")
    debrief: str = fact("What is to be learnt?", group="Record", hint="No tactics.")


class Requalification(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Running out", hint="Leave it empty for the whole force.")
    role: Role = fact("Role", group="Running out")
    running_out: int = fact("How many qualifications run out before the course?", group="Running out")
    first_on: date = fact("When does the first run out?", group="Running out")
    course_on: date = fact("When is the course that they are booked on?", group="Course")
    places: int = fact("How many places are booked?", group="Course")
    renewed: int = fact("How many renewed in time?", group="End")
    lapsed: int = fact("How many lapsed?", group="End")


def minutes_to_arrive(case: object) -> float | None:
    """Minutes from the authority to the arrival."""
    arrived, authorised = case.get("arrived_at"), case.get("authorised_at")  # type: ignore[attr-defined]
    return None if arrived is None or authorised is None else float((arrived - authorised).total_seconds() / 60)


ASSESSMENT = Kind(
    name="armed_assessment", title="Armed policing assessment", question="specialist", source="APP Armed policing, College of Policing",
    facts=Assessment, stages=("draft", "in_force", "replaced"), ends="replaced", filters=("national_level", "assessed_on"),
    parts=(
        Part(name="threats", title="Threats", facts=ThreatRow), Part(name="needs", title="What is needed", facts=Need),
        Part(name="gaps", title="Gaps", facts=Gap, clocks=(
            Clock(name="gap_due", title="Gap settled", starts="found_on", stops="settled_on", limit=rules.until_settled, climbs=LADDER, climb_every=CLIMB),)),
        Part(name="shift_counts", title="Shifts counted", facts=ShiftCount), Part(name="courses", title="Courses", facts=Course),
    ),
    acts=(
        Act(name="assess", title="Begin an assessment", during=NEW, to="draft", asks=("assessed_on", "national_level", "kept_where"),
            maybe=("area", "summary", "uplift")),
        Act(name="add_threat", title="Assess a threat", during=("draft", "in_force"), adds="threats", asks=("heading", "likelihood", "impact", "confidence", "basis"),
            guards=(rules.one_to_five,)),
        Act(name="set_need", title="Say what is needed", during=("draft", "in_force"), adds="needs", asks=("role", "shift", "wanted"), maybe=("holders_needed",), guards=(rules.above_nought,)),
        Act(name="approve_assessment", title="Approve", during="draft", to="in_force", by="chief-officer",
            guards=(rules.attack_assessed, rules.needs_known, rules.another_approves)),
        Act(name="review_assessment", title="Review", during="in_force", asks=("review_found",), maybe=("national_level", "summary"), by="superintendent"),
        Act(name="note_trigger", title="Something asks for a review", during="in_force", asks=("trigger", "trigger_words")),
        Act(name="find_gap", title="Record a gap", during=("draft", "in_force"), adds="gaps", asks=("found_on", "gap_role", "need", "have", "option", "gap_owner", "settle_by")),
        Act(name="settle_gap", title="A gap is settled", during="in_force", on="gaps", asks=("settled_on", "settled_how")),
        Act(name="count_shift", title="Count a shift", during="in_force", adds="shift_counts",
            asks=("counted_on", "counted_shift", "counted_role", "needed", "there")),
        Act(name="plan_course", title="Note a course", during=("draft", "in_force"), adds="courses", asks=("course_role", "sort", "starts_on", "places")),
        Act(name="replace", title="Replaced by a new assessment", during="in_force", to="replaced", asks=("replaced_by",), by="superintendent", offers=(("replaced_by", of_kind("armed_assessment", "assessed_on", stages=("in_force",))),)),
    ),
    clocks=(
        Clock(name="new_assessment_due", title="New assessment", starts="approve_assessment", stops="replaced", limit=rules.every(rules.YEARLY), climbs=LADDER, climb_every=CLIMB),
        Clock(name="half_year_review", title="Review", starts=("approve_assessment", "review_assessment"), stops=("review_assessment", "replaced"),
              limit=rules.every(rules.HALF_YEARLY), climbs=LADDER, climb_every=CLIMB),
        Clock(name="trigger_review", title="Review after a change", starts="note_trigger", stops=("review_assessment", "replaced"), limit=TRIGGER, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    derives=(("ranked", rules.ranked), ("open_gaps", rules.open_gaps)),
    measures=(
        Share(name="requirement_met_by_shift", asks="On what share of shifts is what is needed there?", of="shift_counts", at="counted_on",
              hit=lambda r: r.there >= r.needed),
    ),
)  # fmt: skip

DEPLOYMENT = Kind(
    name="armed_deployment", title="Armed deployment", question="specialist", source="Police use of firearms statistics, England and Wales, Home Office",
    facts=Deployment, stages=("authorised", "ended", "recorded"), ends="recorded", filters=("reason_for", "crew", "authority", "authorised_at"),
    acts=(
        Act(name="authorise", title="Record an authority", during=NEW, to="authorised", asks=("area", "authorised_at", "authority", "reason_for", "crew"),
            maybe=("officers",)),
        Act(name="arrive", title="They are there", during="authorised", asks=("arrived_at",), maybe=("officers",)),
        Act(name="end_deployment", title="It ended", during="authorised", to="ended", asks=("ended_at", "officers", "shots_fired", "taser_used", "hurt"),
            guards=(rules.ended_after,)),
        Act(name="refer", title="Referred to professional standards", during="ended", asks=("referred_at",), by="inspector"),
        Act(name="hold_debrief", title="Debrief", during="ended", asks=("debriefed_at", "debrief")),
        Act(name="record", title="Record and close", during="ended", to="recorded", asks=("met",), needs=("debriefed_at",), by="supervisor",
            guards=(rules.shot_referred,)),
    ),
    clocks=(
        Clock(name="record_due", title="Record after the deployment", starts="ended_at", stops="recorded", limit=RECORD, climbs=LADDER, climb_every=CLIMB),
        Clock(name="debrief_due", title="Debrief", starts="ended_at", stops="debriefed_at", limit=DEBRIEF, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Count(name="operations", asks="How many armed operations are there?", at="authorised_at"),
        Share(name="by_response_vehicle", asks="What share is by armed response vehicles?", at="authorised_at", hit=lambda c: c.crew == "armed response vehicle"),
        Share(name="shots", asks="In what share was a shot fired at a person?", at="authorised_at", where=lambda c: c.get("shots_fired") is not None,
              hit=lambda c: c.shots_fired),
        Median(name="minutes_to_arrive", asks="How long from the authority until they are there?", value=minutes_to_arrive, unit="minutes", at="authorised_at",
               where=lambda c: c.get("arrived_at") is not None),
    ),
)  # fmt: skip

REQUALIFICATION = Kind(
    name="armed_requalification", title="Firearms qualifications running out", question="specialist", source="APP Armed policing, College of Policing",
    facts=Requalification, stages=("found", "booked", "closed"), ends="closed", filters=("role", "first_on"),
    acts=(
        Act(name="open_requalification", title="Open a round of renewals", during=NEW, to="found", asks=("role", "running_out", "first_on"), maybe=("area", "course_on")),
        Act(name="book", title="Places are booked", during=("found", "booked"), to="booked", asks=("course_on", "places")),
        Act(name="close_requalification", title="Close", during="booked", to="closed", asks=("renewed", "lapsed"), guards=(rules.counts_add_up,)),
    ),
    clocks=(
        Clock(name="booked_due", title="Booked", starts="found", stops="book", limit=BOOK, climbs=LADDER, climb_every=CLIMB),
        Clock(name="course_due", title="Renewed", starts="book", stops="closed", limit=rules.before_the_course, duty=False),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Share(name="renewed_in_time", asks="In what share of rounds does everybody renew in time?", hit=lambda c: c.lapsed == 0, where=lambda c: c.stage == "closed"),
    ),
)  # fmt: skip
KINDS = (ASSESSMENT, DEPLOYMENT, REQUALIFICATION)
SYSTEM = System(
    id="S4", name="firearms attack: threat, risk and harm; capability kept", question="specialist", kinds=KINDS, roles=("planner", "superintendent"),
    sheets=(Sheet("capability", "What is needed against who is qualified", armed_capability.capability, kind="armed_assessment"),),
    finds=(
        Find("lapses", "Firearms qualifications that run out before the next course", armed_capability.lapses, kind="armed_requalification",
             act="open_requalification", by=("planner", "supervisor")),
    ),
)  # fmt: skip
