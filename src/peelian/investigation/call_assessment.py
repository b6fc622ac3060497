"""I1: a structured approach to attendance: THRIVE, a grade with its reasons, attendance as the times tell it, and evidence saved in time.

Question 2. A companion of command and control: the call opens from its reference and the times come from there. No point score: the record
is words, and ten signs from which a grade is proposed. Targets are the force's own; the store keeps which held at the time.
"""

from __future__ import annotations

from peelian.core.kinds import NEW, Act, Clock, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.kinds.measures import by_the_end
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from . import call_rules as rules
from .call_facts import Call, Golden, Perishable
from .call_links import called_now, incidents, notices
from .call_sheet import golden_hour_sheet

ACCEPT, GRADE = (Local(f"calls.{name}_within", rules.POLICY) for name in ("accept", "grade"))
THRIVE = ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")
SIGNS = (*rules.SERIOUS, *rules.OTHER)
LIVE = ("received", "graded", "sent", "attended")

GRADES = (
    Outcome("resolve", title="Resolve without sending anybody"),
    Outcome("scheduled", title="Appointment"),
    Outcome("priority", title="Priority"),
    Outcome("immediate", title="Immediate"),
)
CALL = Kind(
    name="call_assessment", title="Call: assessment and attendance", question="investigation", mode="companion",
    source="THRIVE (West Midlands Police; nationally 2017); golden hour: APP Investigation, College of Policing", facts=Call,
    filters=("grade", "offence", "channel", "setting", "domestic"), locals=rules.TARGETS, children=("crime_investigation", "domestic_abuse"),
    stages=(*LIVE, "closed"), ends="closed", order=(("called_at", "answered_at"),),
    parts=(
        Part(name="golden", title="Golden hour", facts=Golden),
        Part(name="perishables", title="Evidence that will be lost", facts=Perishable,
             order=tuple(("made_at", name) for name in ("asked_at", "got_at", "dropped_at", "lost_at")), clocks=(
            Clock(name="saved", title="Got before it is lost", starts="made_at", stops=("got_at", "dropped_at"), limit=rules.kept),)),
    ),
    acts=(
        Act(name="take_call", title="Take a call", during=NEW, to="received", asks=("called_at", "area", "setting", "offence", "channel"),
            maybe=("answered_at", "incident", *THRIVE, *SIGNS), fills=called_now),
        Act(name="thrive", title="THRIVE: write what is known", during=LIVE, maybe=(*THRIVE, *SIGNS, "offence", "setting")),
        Act(name="link", title="Link history, notice or pack", during=LIVE, maybe=("abuse", "notice", "incident"),
            offers=(("abuse", incidents), ("notice", notices))),
        Act(name="reassess", title="Assess again", during=LIVE, asks=("why_again",), maybe=(*THRIVE, *SIGNS)),
        Act(name="send_unit", title="Unit sent", during="graded", to="sent", asks=("dispatched_at",), guards=(rules.in_order,)),
        Act(name="unit_there", title="Unit there", during="sent", to="attended", asks=("arrived_at",), guards=(rules.in_order,)),
        Act(name="stand_down", title="Unit sent elsewhere", during="sent", to="graded"),
        Act(name="ask_block", title="Golden hour: how it stands", during=LIVE, adds="golden", asks=("block", "asked_of", "answer"), maybe=("why",),
            guards=(rules.reasoned,)),
        Act(name="note_perishable", title="Evidence that will be lost", during=LIVE, adds="perishables", asks=("what", "holder", "made_at"),
            maybe=("kept_hours", "asked_at")),
        Act(name="ask_owner", title="Its owner was asked", on="perishables", asks=("asked_at",), maybe=("kept_hours", "holder")),
        Act(name="get_evidence", title="Got", on="perishables", asks=("got_at",), maybe=("exhibit",)),
        Act(name="drop_evidence", title="Not needed", on="perishables", asks=("dropped_at", "why")),
        Act(name="lose_evidence", title="Lost", on="perishables", asks=("lost_at", "why")),
        Act(name="resolve_call", title="Resolve without a visit", during="graded", to="closed", asks=("resolved",), maybe=("crime",),
            guards=(rules.graded_so,)),
        Act(name="close_call", title="Close after attendance", during="attended", to="closed", maybe=("resolved", "crime"),
            guards=(rules.all_asked, rules.nothing_perishing)),
    ),
    decisions=(
        Decision(name="grade_call", title="Grade", during=("received", "graded"), to="graded", policy=rules.grading, sets="grade",
                 lower_by="supervisor", outcomes=GRADES),
        Decision(name="grade_again", title="Grade again, with a unit on its way", during="sent", policy=rules.grading, sets="grade",
                 lower_by="supervisor", outcomes=GRADES),
    ),
    clocks=(
        Clock(name="graded_in_time", title="Graded", starts="called_at", stops="grade_call", limit=GRADE),
        Clock(name="attended_in_time", title="Unit there, from the first grade", starts="grade_call", stops="arrived_at", limit=rules.target,
              when=rules.visited),
        Clock(name="resolved_in_time", title="Resolved without a visit", starts="grade_call", stops="closed", limit=rules.target, when=rules.not_visited),
        Clock(name="assessed_again", title="Assessed again while nobody is there", starts=("grade_call", "reassess"),
              stops="reassess", moot="arrived_at", limit=rules.target, when=rules.visited),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent")),
    measures=(
        Share(name="answered_in_10_seconds", asks="Are 999 calls answered within 10 seconds? (National Call Handling Standards: 90 %)",
              where=lambda c: c.get("channel") == "999" and c.get("answered_at") is not None,
              hit=lambda c: (c.answered_at - c.called_at).total_seconds() < 10),
        Share(name="answered_after_a_minute", asks="What share of 999 calls waits a minute or more to be answered?",
              where=lambda c: c.get("channel") == "999" and c.get("answered_at") is not None,
              hit=lambda c: (c.answered_at - c.called_at).total_seconds() >= 60),
        Share(name="there_from_the_last_grade", asks="Was the unit there in time, counted from the last grade?",
              where=lambda c: c.get("arrived_at") is not None and rules.graded_at(c) is not None, hit=lambda c: rules.on_target(c, last=True)),
        Share(name="lowered", asks="What share of calls is graded lower than at first?", where=lambda c: bool(rules.grades(c)), hit=rules.lowered),
        Share(name="golden_hour_asked", asks="Are the five blocks of the golden hour answered?", where=lambda c: c.get("arrived_at") is not None,
              hit=by_the_end(rules.all_asked)),
        Share(name="evidence_got", asks="Is evidence that would be lost got?", of="perishables",
              where=lambda r: bool(r.get("got_at") or r.get("lost_at")), hit=lambda r: bool(r.get("got_at"))),
        Median(name="grade_to_unit", asks="How long from the first grade to the unit being sent?", unit="minutes",
               where=lambda c: c.get("dispatched_at") is not None, value=lambda c: rules.minutes_to(c, "dispatched_at")),
    ),
    derives=(("history", rules.history), ("still_to_secure", rules.prompts), ("lost_soon", rules.soon_lost), ("delay", rules.delay)),
)  # fmt: skip
KINDS = (CALL,)
SYSTEM = System(
    id="I1", name="structured approach to attendance; evidence preserved", question="investigation", kinds=KINDS,
    sheets=(Sheet("to-secure", "What to secure, and what will be lost", golden_hour_sheet, kind="call_assessment"),),
    roles=("control-room", "neighbourhood-officer", "supervisor"),
)  # fmt: skip
