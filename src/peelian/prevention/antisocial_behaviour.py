"""P7: anti-social behaviour: victims found, risk assessed, powers used, closed with an outcome that the victim was told; and the case review.

Question 1. Repeat and vulnerable victims are found in the reports that police and councils hold (`antisocial_behaviour_found`), not
left to whoever picks up the telephone. The threshold of a case review is worked out and proposed; a person decides, and no machine
turns an applicant away.
"""

from __future__ import annotations

from typing import Any

from peelian.core.clock import london_day
from peelian.core.kinds import NEW, Act, Ask, Clock, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.local import Local
from peelian.core.system import Choice, Find, Sheet, System

from . import antisocial_behaviour_rules as rules
from .antisocial_behaviour_facts import (
    SIGNS,
    Account,
    Antisocial,
    Application,
    Complaint,
    Contact,
    Held,
    Recommendation,
    Report,
    Used,
)
from .antisocial_behaviour_found import repeat_victims, vulnerable_victims
from .antisocial_behaviour_year import published, years

ACCEPT, ASSESS, CONTACT, TELL, ANSWER = (
    Local(f"asb.{name}_within", rules.POLICY) for name in ("accept", "assess", "contact", "tell", "answer")
)
REVIEW_ACCEPT, ACKNOWLEDGE, DECIDE, MEET, ACCOUNT, RECOMMENDED = (
    Local(f"asb_review.{name}_within", rules.PROCEDURE)
    for name in ("accept", "acknowledge", "decide", "meet", "account", "recommended")
)
CLIMB, REVIEW_CLIMB = Local("asb.climb_every", rules.POLICY), Local("asb_review.climb_every", rules.PROCEDURE)
LADDER = ("inspector", "superintendent", "chief-officer")
GOOD = ("stopped", "less", "victim moved")


def safe_first(case: Any) -> bool:
    """A safe way to make contact is recorded first."""
    return bool(case.get("safe_contact"))


def risk_known(case: Any) -> bool:
    """The risk is assessed before the case is resolved."""
    return bool(case.get("risk"))


def victim_told(case: Any) -> bool:
    """The victim is told the outcome, or could not be reached, before the case is closed."""
    since = max(case.times("reopen"), default=None)
    said = [*case.times("not_reached"), *([case.told_at] if case.get("told_at") else [])]
    return bool(said) and (since is None or max(said) > since)


def agreed(case: Any) -> bool:
    """Whoever applies for a victim has the victim's agreement."""
    return case.applicant == "the victim" or bool(case.get("consents"))


def grounds_weighed(case: Any) -> bool:
    """Persistence, harm and the adequacy of the response are each answered before the threshold is said not to be met."""
    return "not known" not in {case.get(ground) or "not known" for ground in ("persistent", "harmful", "poor_response")}


def applicant_told(case: Any) -> bool:
    """The applicant is told what came of it before the case is closed."""
    return bool(case.get("told_on"))


def answered_all(case: Any) -> bool:
    """Each recommendation is answered by its body before the review is closed."""
    return all(row.get("answered") for row in case.recommendations)


def days_to_resolve(case: Any) -> float:
    """Days from the report to the day on which it was resolved."""
    return float((case.resolved_on - london_day(case.reported_at)).days)


def goes_on(case: Any) -> bool:
    """It is resolved: nobody need be in touch about more than its outcome."""
    return bool(case.stage == "reported")


def resolved(case: Any) -> bool:
    """Whether it stands as resolved: what was opened again has no outcome yet."""
    return case.stage in ("resolved", "closed")


LIVE = ("reported", "resolved")
ASB = Kind(
    name="asb_case", title="ASB case", question="prevention", source="Anti-social Behaviour, Crime and Policing Act 2014, s.2", facts=Antisocial,
    subject="victim", filters=("kind_of_behaviour", "risk", "neighbourhood", "outcome"), children=("asb_review",),
    locals=(rules.MEDIUM, rules.HIGH, rules.REPEATED, rules.WITHIN), shared={"partner": ("open", "restricted", "personal")}, refers=True,
    stages=(*LIVE, "closed"), ends="closed",
    asks=(Ask(name="partner_view", title="What a partner knows and does", answer=Held, limit=ANSWER, purpose="prevention",
              shows=("kind_of_behaviour", "area", "neighbourhood", "place", "what", "risk"), during="reported"),),
    parts=(
        Part(name="reports", title="Reports of it", facts=Report),
        Part(name="used_powers", title="Powers and steps", facts=Used, clocks=(
            Clock(name="term", title="The power's longest term", starts="used_at", stops="ended_on", limit=rules.power_term, duty=False),)),
        Part(name="contacts", title="Contacts with the victim", facts=Contact),
    ),
    acts=(
        Act(name="report_asb", title="Open an ASB case", during=NEW, to="reported", asks=("reported_at", "area", "kind_of_behaviour", "what"),
            maybe=("neighbourhood", "place", "victim", "victim_name", "safe_contact", "wants", "why_found")),
        Act(name="note", title="Add what was learnt", during="reported",
            maybe=("neighbourhood", "kind_of_behaviour", "what", "place", "victim", "victim_name", "safe_contact", "wants")),
        Act(name="answer_questions", title="Assess the risk", during="reported", maybe=tuple(SIGNS)),
        Act(name="add_report", title="Add a report", during="reported", adds="reports", asks=("behaviour_on", "complained_on", "told_to"), maybe=("reference",)),
        Act(name="contact", title="Contact with the victim", during=LIVE, adds="contacts", asks=("contacted_at", "made_by", "said"), guards=(safe_first,)),
        Act(name="use_power", title="Use a power or a step", during="reported", adds="used_powers", asks=("power", "used_by", "authorised_by", "used_at"),
            maybe=("against", "age")),
        Act(name="end_power", title="It ended", on="used_powers", asks=("ended_on", "kept")),
        Act(name="review", title="Review", during="reported", asks=("reviewed",), by="supervisor"),
        Act(name="inspector_review", title="Inspector's review", during="reported", asks=("reviewed",), by="inspector"),
        Act(name="senior_review", title="Senior review", during="reported", asks=("reviewed",), by="superintendent"),
        Act(name="resolve", title="Resolved", during="reported", to="resolved", asks=("outcome", "outcome_why", "resolved_on"), guards=(risk_known,)),
        Act(name="reopen", title="It goes on", during="resolved", to="reported", asks=("what",)),
        Act(name="tell_victim", title="The victim is told", during="resolved", asks=("told_at", "victim_view"), guards=(safe_first,)),
        Act(name="not_reached", title="The victim could not be reached", during="resolved", asks=("victim_view",), by="supervisor"),
        Act(name="close", title="Close", during="resolved", to="closed", by="supervisor", guards=(victim_told,)),
    ),
    decisions=(
        Decision(name="grade_risk", title="Risk", during="reported", policy=rules.risk_of, sets="risk", lower_by="supervisor",
                 outcomes=tuple(Outcome(grade) for grade in rules.ORDER)),
    ),
    clocks=(
        Clock(name="assessed", title="Risk assessed", starts="reported_at", stops="grade_risk", limit=ASSESS, climbs=LADDER, climb_every=CLIMB),
        Clock(name="in_touch", title="Next contact with the victim", starts=("report_asb", "contact", "reopen"), stops="contact", moot="resolved",
              when=goes_on, limit=CONTACT),
        Clock(name="next_review", title="Supervisor's review", starts=("grade_risk", "review", "reopen"), stops="review", moot="resolved",
              limit=rules.reviewed_by("supervisor")),
        Clock(name="next_inspector_review", title="Inspector's review", starts=("grade_risk", "inspector_review", "reopen"),
              stops="inspector_review", moot="resolved", limit=rules.reviewed_by("inspector")),
        Clock(name="next_senior_review", title="Senior review", starts=("grade_risk", "senior_review", "reopen"), stops="senior_review", moot="resolved",
              limit=rules.reviewed_by("superintendent")),
        Clock(name="outcome_told", title="Victim told the outcome", starts="resolve", stops="told_at", moot=("not_reached", "reopen"), limit=TELL,
              climbs=LADDER, climb_every=CLIMB),
    ),
    derives=(("repeat", rules.repeat_victim), ("power_notes", rules.power_warnings)),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="found_by_system", asks="What share of cases did the system find, nobody having called it repeated?", hit=lambda c: bool(c.get("why_found"))),
        Share(name="better", asks="In what share did it stop, or grow less?", at="resolved_on", where=resolved,
              hit=lambda c: c.outcome in GOOD),
        Share(name="satisfied", asks="Of victims who were asked, what share is satisfied?", at="told_at",
              where=lambda c: c.get("victim_view") in ("satisfied", "not satisfied"), hit=lambda c: c.victim_view == "satisfied"),
        Share(name="powers_kept", asks="Of powers that were kept to or breached, what share was kept to?", of="used_powers", where=lambda r: r.get("kept") in ("kept", "breached"),
              hit=lambda r: r.kept == "kept"),
        Median(name="days_to_resolve", asks="How long until it is resolved?", value=days_to_resolve, unit="days", at="resolved_on",
               where=resolved),
    ),
)  # fmt: skip

REVIEW = Kind(
    name="asb_review", title="ASB case review", question="prevention", source="Anti-social Behaviour, Crime and Policing Act 2014, ss.104-105 and Sch. 4",
    facts=Application, subject="asb_victim", filters=("threshold", "applied_to", "applied_on"),
    locals=(rules.NEEDED, rules.COMPLAINED, rules.APPLIED, rules.OTHER), shared={"partner": ("open", "restricted", "personal")}, refers=True,
    stages=("applied", "not_met", "reviewing", "closed"), ends="closed",
    asks=(Ask(name="account", title="A body's account of what it did", answer=Account, limit=ACCOUNT, purpose="prevention",
              shows=("asb_victim_name", "problem", "area", "applied_on"), during=("applied", "reviewing")),),
    parts=(
        Part(name="complaints", title="Complaints", facts=Complaint),
        Part(name="recommendations", title="Recommendations", facts=Recommendation, clocks=(
            Clock(name="carried_out", title="Recommendation carried out", starts="agreed_on", stops="carried_out_on", limit=RECOMMENDED),)),
    ),
    acts=(
        Act(name="apply", title="Apply for an ASB case review", during=NEW, to="applied", asks=("applied_on", "area", "applicant", "applied_to", "problem"),
            maybe=("consents", "asb_victim", "asb_victim_name", "safe_way"), guards=(agreed,)),
        Act(name="acknowledge", title="Acknowledge", during="applied", asks=("acknowledged_on",)),
        Act(name="add_complaint", title="Add a complaint", during=("applied", "not_met"), adds="complaints",
            asks=("behaviour_on", "complained_on", "told_to", "same_problem"), maybe=("reference",)),
        Act(name="weigh_grounds", title="Weigh the other grounds", during=("applied", "not_met"), asks=("persistent", "harmful", "poor_response")),
        Act(name="count_complaints", title="Write down the count", during=("applied", "not_met"), works_out=("counted", rules.counted)),
        Act(name="appeal", title="The applicant asks again", during="not_met", to="applied", asks=("problem",)),
        Act(name="meet", title="The review met", during="reviewing", asks=("met_on", "found_in_review")),
        Act(name="recommend", title="Recommend", during="reviewing", adds="recommendations", asks=("recommended", "body", "agreed_on")),
        Act(name="answer_recommendation", title="What the body says", on="recommendations", asks=("answered",)),
        Act(name="carry_out", title="It was done", on="recommendations", asks=("carried_out_on",)),
        Act(name="tell_applicant", title="The applicant is told", during=("not_met", "reviewing"), asks=("told_on", "told_what")),
        Act(name="close_review", title="Close", during=("not_met", "reviewing"), to="closed", by="supervisor", guards=(applicant_told, answered_all)),
    ),
    decisions=(
        Decision(name="decide_threshold", title="Threshold", during="applied", policy=rules.review_threshold, sets="threshold",
                 by=("supervisor", "hub-manager"), lower_by=("supervisor", "hub-manager"), outcomes=(
                     Outcome("not met", to="not_met", title="Not met", guards=(grounds_weighed,)),
                     Outcome("met", to="reviewing", title="Met: hold the review"))),
    ),
    clocks=(
        Clock(name="acknowledged", title="Acknowledged", starts="applied_on", stops="acknowledged_on", limit=ACKNOWLEDGE),
        Clock(name="threshold_decided", title="Threshold decided", starts=("applied_on", "appeal"), stops="decide_threshold", limit=DECIDE,
              climbs=LADDER, climb_every=REVIEW_CLIMB),
        Clock(name="review_met", title="Review held", starts=("applied_on", "appeal"), stops="met_on", moot="not_met", limit=MEET),
    ),
    owners=Owners(accept_within=REVIEW_ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="threshold_not_met", asks="What share of applications does not meet the threshold?", at="applied_on",
              where=lambda c: c.stage != "applied", hit=lambda c: c.threshold == "not met"),
        Share(name="with_recommendations", asks="What share of reviews that ended recommended something?", where=lambda c: c.stage == "closed" and bool(c.get("met_on")),
              hit=lambda c: bool(c.recommendations), at="met_on"),
        Share(name="accepted", asks="What share of recommendations is accepted?", of="recommendations", where=lambda r: bool(r.get("answered")),
              hit=lambda r: r.answered == "accepted"),
    ),
)  # fmt: skip
KINDS = (ASB, REVIEW)
SYSTEM = System(
    id="P7", name="anti-social behaviour", question="prevention", kinds=KINDS,
    sheets=(Sheet("case-reviews", "ASB case reviews: numbers to be published", published, asks=(Choice("year", "Which year?", years),)),),
    finds=(
        Find("repeat", "Repeat victims and places", repeat_victims, "asb_case", "report_asb", by=("neighbourhood-officer", "analyst", "supervisor", "hub-worker")),
        Find("vulnerable", "Vulnerable people who reported it", vulnerable_victims, "asb_case", "report_asb",
             by=("neighbourhood-officer", "analyst", "supervisor", "hub-worker")),
    ),
    roles=("neighbourhood-officer", "control-room", "supervisor", "hub-worker"),
)  # fmt: skip
