"""S2: plans are tested, and what is learnt changes them: exercise, timings, lesson, changed line of the plan, retest.

Question: specialist capabilities. A plan is numbered lines, so that a lesson can name the line and the words it should have. A lesson is
closed only by a later test of that line that met its objective; one whose retest fails is open again and counted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import exercise_programme as programme
from . import exercise_rules as rules
from .choosing import of_kind, same
from .threats import Threat, threat_in_force

POLICY = "force policy on exercises and lessons"
ACCEPT, REVIEW, TEST, DEBRIEF, HELD, SCORED, RETEST, CLIMB = (
    Local(f"exercises.{name}", POLICY)
    for name in (
        "accept_within", "review_plan_within", "test_plan_within", "debrief_within", "held_within", "close_within", "retest_within", "climb_every",
    )
)  # fmt: skip
WHOLE = "Leave it empty for the whole force."
LADDER = ("inspector", "superintendent", "chief-officer")

PLANS = of_kind("police_plan", "title", stages=("in_force",))
TESTS = of_kind("exercise", "title", "sort", stages=("held", "closed"))
RETESTS = of_kind("exercise", "title", "sort", stages=("held", "closed"), where=same("plan"))
OPEN_LESSONS, LEARNT = (
    of_kind("lesson", "statement", stages=("open",)),
    of_kind("lesson", "statement", stages=("learnt",)),
)


class Plan(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Plan", hint=WHOLE)
    title: str = fact("Name of the plan", group="Plan")
    threat: Threat = fact("For which threat?", group="Plan", hint="As the Strategic Policing Requirement names them.")
    reviewed: str = fact("What did the review find?", group="Review")
    tested_by: str = fact("Which exercise tested it? (case reference)", group="Review")
    why_withdrawn: str = fact("Why is it withdrawn?", group="End")


class Line(Facts, private="restricted"):
    number: int = fact("Line number")
    wording: str = fact("What is done")
    role: str = fact("By which role?")
    within_minutes: int = fact(
        "Within how many minutes?", hint="From the call; leave empty where the line has no time."
    )
    for_lesson: str = fact("For which lesson is it changed? (case reference)")
    for_review: str = fact("Or: what in the review asked for it?")


class Exercise(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Exercise", hint=WHOLE)
    title: str = fact("Name of the exercise", group="Exercise")
    plan: str = fact("Which plan? (case reference)", group="Exercise")
    threat: Threat = fact("For which threat?", group="Exercise")
    sort: Literal["discussion", "tabletop", "control post", "call-out of the contact list", "live", "real incident"] = (
        fact("What sort of test?", group="Exercise")
    )
    planned_for: datetime = fact("When is it planned for?", group="Exercise")
    partners: str = fact("Who else takes part?", group="Exercise")
    held_at: datetime = fact("When was it held?", group="Held")
    cost_pounds: float = fact("What did it cost? (pounds)", group="Held")
    debriefed_at: datetime = fact("When was the debrief?", group="Debrief")
    debrief: str = fact(
        "What did the debrief find?", group="Debrief", hint="By somebody who did not command it; without blame."
    )
    why_cancelled: str = fact("Why was it cancelled?", group="End")


class Objective(Facts, private="restricted"):
    aim: str = fact("What is to be shown?")
    tests_line: int = fact("Which line of the plan does it test?")
    planned_minutes: int = fact("Planned: within how many minutes?")
    achieved_minutes: int = fact("Achieved: after how many minutes?")
    result: Literal["met", "partly met", "not met"] = fact("Was it met?")
    shown_by: str = fact("What shows it?")
    no_lesson_because: str = fact(
        "Why is nothing to be learnt from it?", hint="Only where it was not met and no lesson follows."
    )


class Observation(Facts, private="restricted"):
    observed_at: datetime = fact("When?")
    observed: str = fact("What was seen?")


class Lesson(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Lesson", hint=WHOLE)
    statement: str = fact("What was learnt?", group="Lesson")
    category: Literal["people", "process", "kit", "plan", "doctrine"] = fact("What is it about?", group="Lesson")
    root_cause: str = fact("Why did it happen?", group="Lesson")
    plan: str = fact("Which plan? (case reference)", group="Change")
    line: int = fact("Which line of it?", group="Change")
    wanted_wording: str = fact("How is the line to read?", group="Change")
    due_on: date = fact("By which day?", group="Change")
    national: str = fact(
        "Reference in Joint Organisational Learning", group="Lesson", hint="Where it matters to other forces too."
    )
    repeats: str = fact("Which earlier lesson does it repeat? (case reference)", group="Lesson")
    changed_at: datetime = fact("When was the line changed?", group="Change")
    retest: str = fact("Which test showed it? (case reference)", group="Retest")
    why_dropped: str = fact("Why is it not followed?", group="End")


PLAN = Kind(
    name="police_plan", title="Plan", question="specialist", source="Civil Contingencies Act 2004 and its Regulations of 2005: plans are exercised",
    facts=Plan, stages=("draft", "in_force", "withdrawn"), ends="withdrawn", filters=("threat", "title"),
    parts=(Part(name="plan_lines", title="Lines of the plan", facts=Line),),
    acts=(
        Act(name="write_plan", title="Write a plan", during=NEW, to="draft", asks=("title", "threat"), maybe=("area",), guards=(threat_in_force,)),
        Act(name="add_line", title="Add a line", during=("draft", "in_force"), adds="plan_lines", asks=("number", "wording"),
            maybe=("role", "within_minutes"), guards=(rules.number_is_free,)),
        Act(name="approve_plan", title="Approve", during="draft", to="in_force", by="superintendent", guards=(rules.has_lines, rules.another_approves)),
        Act(name="change_line", title="Change a line", during="in_force", on="plan_lines", asks=("wording",),
            maybe=("role", "within_minutes", "for_lesson", "for_review"), guards=(rules.reason_given,),
            offers=(("for_lesson", OPEN_LESSONS),)),
        Act(name="note_test", title="It was tested", during="in_force", asks=("tested_by",), offers=(("tested_by", TESTS),)),
        Act(name="review_plan", title="Review", during="in_force", asks=("reviewed",), by="inspector"),
        Act(name="withdraw_plan", title="Withdraw", during=("draft", "in_force"), to="withdrawn", asks=("why_withdrawn",), by="superintendent"),
    ),
    clocks=(
        Clock(name="plan_review_due", title="Review of the plan", starts=("approve_plan", "review_plan"), stops="review_plan", limit=REVIEW, climbs=LADDER, climb_every=CLIMB),
        Clock(name="plan_test_due", title="Test of the plan", starts=("approve_plan", "note_test"), stops="note_test", limit=TEST, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    derives=(("edition", rules.edition),),
)  # fmt: skip

EXERCISE = Kind(
    name="exercise", title="Exercise", question="specialist", source="Exercising Best Practice Guidance, Cabinet Office, 30 September 2024",
    facts=Exercise, stages=("planned", "held", "closed", "cancelled"), ends=("closed", "cancelled"), children=("lesson",),
    filters=("threat", "sort", "held_at"),
    parts=(Part(name="objectives", title="Objectives", facts=Objective), Part(name="observations", title="What was seen", facts=Observation)),
    acts=(
        Act(name="plan_exercise", title="Plan an exercise", during=NEW, to="planned", asks=("title", "plan", "threat", "sort", "planned_for"),
            maybe=("area", "partners"), guards=(rules.plan_is_there,), offers=(("plan", PLANS),)),
        Act(name="set_objective", title="Set an objective", during="planned", adds="objectives", asks=("aim",), maybe=("tests_line", "planned_minutes"),
            guards=(rules.line_is_there,)),
        Act(name="hold", title="It was held", during="planned", to="held", asks=("held_at",), maybe=("cost_pounds", "partners"), guards=(rules.has_objectives,)),
        Act(name="observe", title="Note what was seen", during="held", adds="observations", asks=("observed_at", "observed")),
        Act(name="score", title="Score an objective", during="held", on="objectives", asks=("result",), maybe=("achieved_minutes", "shown_by", "no_lesson_because"),
            guards=(rules.time_agrees,)),
        Act(name="hold_debrief", title="Debrief", during="held", asks=("debriefed_at", "debrief")),
        Act(name="close_exercise", title="Close", during="held", to="closed", by="supervisor", guards=(rules.all_scored, rules.debriefed, rules.lessons_drawn)),
        Act(name="cancel", title="Cancel", during="planned", to="cancelled", asks=("why_cancelled",), by="inspector"),
    ),
    clocks=(
        Clock(name="held_in_time", title="Held", starts="planned_for", stops="held_at", limit=HELD, climbs=LADDER, climb_every=CLIMB),
        Clock(name="debrief_due", title="Debrief", starts="held_at", stops="debriefed_at", limit=DEBRIEF, climbs=LADDER, climb_every=CLIMB),
        Clock(name="lessons_due", title="Scored, lessons drawn", starts="held_at", stops="close_exercise", limit=SCORED, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Share(name="objectives_met", asks="What share of the objectives of exercises is met?", of="objectives", hit=lambda r: r.result == rules.MET),
        Median(name="minutes_over_plan", asks="By how many minutes is the planned time missed?", of="objectives", value=rules.minutes_over, unit="minutes",
               where=lambda r: r.get("planned_minutes") is not None),
        Share(name="exercises_held", asks="What share of the exercises is held?", hit=lambda c: c.stage != "cancelled", where=lambda c: c.stage != "planned"),
    ),
)  # fmt: skip

LESSON = Kind(
    name="lesson", title="Lesson", question="specialist", source="HMIC, PEEL effectiveness 2016: plans are tested and amended following lessons learned",
    facts=Lesson, stages=("open", "changed", "learnt", "dropped"), ends=("learnt", "dropped"), filters=("category", "due_on"),
    acts=(
        Act(name="learn", title="Record a lesson", during=NEW, to="open", asks=("statement", "category", "root_cause", "plan", "line", "due_on"),
            maybe=("area", "wanted_wording", "national", "repeats"), guards=(rules.due_later, rules.plan_in_force),
            offers=(("plan", PLANS), ("repeats", LEARNT))),
        Act(name="word_it", title="Say how the line is to read", during="open", asks=("wanted_wording",)),
        Act(name="note_change", title="The plan is changed", during="open", to="changed", asks=("changed_at",),
            guards=(rules.line_reads_so,)),
        Act(name="retest_failed", title="It came back", during="changed", to="open", asks=("retest", "due_on"), guards=(rules.retest_not_met, rules.due_later), offers=(("retest", RETESTS),)),
        Act(name="close_lesson", title="Close as learnt", during="changed", to="learnt", asks=("retest",), by="supervisor", guards=(rules.retest_met,), offers=(("retest", RETESTS),)),
        Act(name="drop", title="Drop", during=("open", "changed"), to="dropped", asks=("why_dropped",), by="superintendent", guards=(rules.another_drops,)),
    ),
    clocks=(
        Clock(name="change_due", title="Plan changed", starts=("learn", "retest_failed"), stops="changed", limit=rules.until_due, climbs=LADDER, climb_every=CLIMB),
        Clock(name="retest_due", title="Tested again", starts="note_change", stops=("learnt", "retest_failed"), limit=RETEST, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Share(name="came_back", asks="What share of lessons comes back?", hit=rules.came_back),
        Share(name="lessons_dropped", asks="Of lessons that ended, what share is dropped?", where=lambda c: c.stage in ("learnt", "dropped"), hit=lambda c: c.stage == "dropped"),
        Median(name="days_to_change", asks="How long from a lesson to the changed plan?", value=rules.days_to_change, unit="days", at="changed_at",
               where=lambda c: c.get("changed_at") is not None),
    ),
)  # fmt: skip
KINDS = (PLAN, EXERCISE, LESSON)
SYSTEM = System(
    id="S2", name="plans tested, lessons change plans", question="specialist", kinds=KINDS, roles=("planner", "inspector"),
    sheets=(
        Sheet("programme", "Plans, tests and lessons", programme.programme),
        Sheet("plan", "The plan as it reads now", programme.plan_as_it_reads, kind="police_plan"),
    ),
    finds=(
        Find("untested", "Plans that are not shown to work", programme.untested, kind="exercise", act="plan_exercise"),
        Find("no-plan", "Threats without a plan", programme.threats_without_plan, kind="police_plan", act="write_plan"),
    ),
)  # fmt: skip
