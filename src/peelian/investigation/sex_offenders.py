"""I7: registered sex offenders: notification and its end by statute, results of risk tools held, visits, and reactive management in a pilot.

Question 2 and its area for improvement of 2016. Nothing here scores a person: licensed tools are used by trained people elsewhere, their
results are entered. Reactive management stands in a pilot alone (`offender_pilot`), and any trigger ends it the same day.
"""

from __future__ import annotations

from peelian.core.kinds import NEW, Act, Clock, Count, Decision, Kind, Outcome, Owners, Part, Share
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import offender_sheets as sheets
from . import sex_offender_rules as rules
from .offender_pilot import PILOT
from .offender_records import not_registered, triggers
from .sex_offender_facts import Assessment, Event, Notification, Offender, Trigger, Visit

ACCEPT, ASSESS = (Local(f"sex_offenders.{name}_within", rules.POLICY) for name in ("accept", "assess"))
CLIMB = Local("sex_offenders.climb_every", rules.POLICY)
MANAGER = ("offender-manager", "supervisor")
HELD = ("registered", "active", "reactive", "away")
HERE = ("registered", "active", "reactive")
LADDER = ("supervisor", "inspector", "superintendent", "chief-officer")
SENTENCE = ("born_on", "disposal", "relevant_on")

OFFENDER = Kind(
    name="sex_offender", title="Registered sex offender", question="investigation", source="Sexual Offences Act 2003, Part 2", facts=Offender, subject="offender", record_class="offenders",
    filters=("level", "residence", "management", "pilot", "visit_weeks", "booked_for"), locals=(rules.VISITS, rules.YEARS_OUT, sheets.PER_DUTY),
    stages=("registered", "active", "reactive", "away", "ended"), ends="ended",
    order=(("born_on", "relevant_on"),),
    parts=(
        Part(name="notifications", title="Notifications", facts=Notification, clocks=(
            Clock(name="notified_in_time", title="Notified", starts="event_on", stops="told_on", limit=rules.within, duty=False),)),
        Part(name="assessments", title="Results of risk tools", facts=Assessment, order=(("assessed_on", "assess_next_on"),)),
        Part(name="visits", title="Visits", facts=Visit),
        Part(name="events", title="Outcomes: offences, breaches, intelligence", facts=Event),
    ),
    acts=(
        Act(name="register", title="Register a sex offender", during=NEW, to="registered", asks=("area", "offender", *SENTENCE), by=MANAGER,
            maybe=("sentence_months", "sentence_days", "discharge_ends_on", "residence", "orders", "iom", "mappa")),
        Act(name="notify_first", title="First notification is made", during=("registered", "active"), to="active", asks=("first_notified_at", "residence"), by=MANAGER),
        Act(name="notify_again", title="Yearly or weekly notification is made", during=("active", "reactive"), asks=("notified_at",), maybe=("residence",)),
        Act(name="notify_change", title="A change is notified", during=HELD, adds="notifications", asks=("what", "event_on", "told_on"),
            maybe=("details", "residence"), guards=(rules.a_change,)),
        Act(name="note_unnotified", title="Travel, or a change that was not notified", during=HELD, adds="notifications", asks=("what", "event_on"),
            maybe=("told_on", "details", "residence")),
        Act(name="tell", title="It is notified now", during=HELD, on="notifications", asks=("told_on",)),
        Act(name="note", title="Add what was learnt", during=HELD, by=MANAGER,
            maybe=(*SENTENCE, "sentence_months", "sentence_days", "discharge_ends_on", "residence", "orders", "iom", "mappa", "pilot")),
        Act(name="move", title="Move to another district", during=HELD, asks=("area",), by=MANAGER),
        Act(name="hold_result", title="Hold the result of a risk tool", during=HELD, adds="assessments", by=MANAGER,
            asks=("tool", "tool_version", "result", "assessed_on", "assessor", "assess_next_on"), maybe=("override",)),
        Act(name="set_plan", title="Set the plan", during=HELD, asks=("plan",), maybe=("visit_weeks", "orders"), by=MANAGER),
        Act(name="book_visit", title="Book the next visit", during=HERE, asks=("booked_for",), by=MANAGER),
        Act(name="visit", title="Visit", during=HERE, adds="visits", asks=("visited_at", "purpose", "unannounced", "found"), maybe=("findings",), by=MANAGER,
            works_out=("met", lambda case: True)),
        Act(name="attempt", title="Visit that met nobody", during=HERE, adds="visits", asks=("visited_at", "purpose", "unannounced"), maybe=("findings",),
            by=MANAGER, works_out=("met", lambda case: False)),
        Act(name="note_event", title="Note an offence, a breach or intelligence", during=HELD, adds="events", asks=("happened_at", "outcome", "known_by"),
            maybe=("reference",)),
        Act(name="restore", title="Restore active management", during="reactive", to="active", asks=("restored_because",)),
        Act(name="go_away", title="Held, in hospital or abroad", during=("registered", "active", "reactive"), to="away", asks=("held_at",), by=MANAGER),
        Act(name="come_back", title="Released, discharged or back", during="away", to="active", asks=("back_at",), by=MANAGER),
        Act(name="end", title="End of the duty to notify", during=HELD, to="ended", asks=("ended_because",), by="supervisor", guards=(rules.is_over,)),
    ),
    decisions=(
        Decision(name="set_level", title="Level of risk", during=HELD, policy=rules.level_as_assessed, sets="level", by=MANAGER, lower_by="supervisor",
                 outcomes=tuple(Outcome(name) for name in rules.LEVELS)),
        Decision(name="set_management", title="Active or reactive management", during=("active", "reactive"), policy=rules.manage, sets="management", by="inspector",
                 outcomes=(Outcome("reactive", to="reactive", guards=(rules.in_running_pilot, rules.boundary_kept, rules.low_enough)), Outcome("active", to="active"))),
        Decision(name="review_duty", title="Review of an indefinite duty", during=("active", "reactive"), policy=rules.weigh, sets="indefinite_review",
                 asks=("factors",), by="superintendent", guards=(rules.may_be_asked,),
                 outcomes=(Outcome("ends", source="Sexual Offences Act 2003, s.91B"), Outcome("goes_on", source="Sexual Offences Act 2003, s.91B"))),
    ),
    clocks=(
        Clock(name="first_notification", title="First notification", starts="relevant_on", stops="first_notified_at", limit="3 days beginning with", duty=False,
              pauses="away", resumes="back_at", after_pause="3 days beginning with", source="Sexual Offences Act 2003, s.83"),
        Clock(name="next_notification", title="Yearly or weekly notification", starts=("first_notified_at", "notify_again", "notify_change"), stops=("notify_again", "notify_change", "ended"),
              limit=rules.notify_again, duty=False, pauses="away", resumes="come_back", after_pause="3 days beginning with"),
        Clock(name="notification_ends", title="Notification ends", starts="relevant_on", stops="ended", limit=rules.lasts, duty=False),
        Clock(name="review_right", title="A review of an indefinite duty may be asked for", starts=("first_notified_at", "review_duty"), stops=("review_duty", "ended"),
              limit=rules.may_ask, duty=False),
        Clock(name="assessed", title="First assessment", starts="register", stops="hold_result", limit=ASSESS, climbs=LADDER, climb_every=CLIMB),
        Clock(name="next_assessment", title="Next assessment", starts="hold_result", stops="hold_result", limit=rules.next_assessment),
        Clock(name="next_visit", title="Next visit", starts=("active", "visit"), stops=("visit", "restore"), moot=("reactive", "away"), limit=rules.visit_every,
              when=rules.managed_actively, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER, qualified=rules.trained),
    derives=(("notification_until", rules.until), ("also_held_in", rules.policy_words)),
    measures=(
        Count(name="registered", asks="How many sex offenders come onto the register? (How many are on it: see the sheet on caseload.)", per="offender managers"),
        Share(name="reactive_share", asks="Of decisions on management, what share is for reactive management?", of="set_management",
              hit=lambda t: t.outcome == "reactive"),
        Share(name="visits_that_meet", asks="What share of visits meets the person?", of="visits", at="visited_at", hit=lambda r: r.met),
        Share(name="unannounced", asks="What share of visits is unannounced?", of="visits", at="visited_at", hit=lambda r: r.unannounced),
        Share(name="level_assessed", asks="Of those with a level of risk, for what share is a tool's result held?", where=lambda c: bool(c.get("level")),
              hit=lambda c: bool(c.assessments)),
    ),
)  # fmt: skip

TRIGGER = Kind(
    name="offender_trigger", title="Trigger about a registered sex offender", question="investigation",
    source="Reactive management ends with any trigger, the same day", facts=Trigger, subject="who", record_class="offenders", filters=("trigger",),
    stages=("raised", "answered"), ends="answered",
    acts=(
        Act(name="raise_trigger", title="Raise a trigger", during=NEW, to="raised", asks=("area", "happened_at", "trigger"), maybe=("about", "who", "details")),
        Act(name="name_case", title="Say whose case it is", during="raised", asks=("about",), maybe=("who",), by=MANAGER),
        Act(name="answer", title="Active management is restored", during="raised", to="answered", asks=("done",), by=MANAGER, guards=(rules.active_again,)),
    ),
    clocks=(
        Clock(name="restored", title="Active management restored", starts="raise_trigger", stops="answered", limit="1 day beginning with",
              source="Peelian's own rule for reactive management: any trigger restores active management the same day",
              climbs=("inspector", "superintendent", "chief-officer"), climb_every="24 hours"),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(Count(name="triggers", asks="How many triggers are raised?"),),
)  # fmt: skip
KINDS = (OFFENDER, TRIGGER, PILOT)
SYSTEM = System(
    id="I7", name="registered sex offenders; pilot reviewed", question="investigation", afi=3, kinds=KINDS, roles=("offender-manager",),
    sheets=(
        Sheet("visits", "Plan of visits, within capacity", sheets.visits, asks=(sheets.DAYS,)),
        Sheet("caseload", "Caseload by owner", sheets.caseload),
        Sheet("review", "Review of the pilot", sheets.pilot_review, kind="offender_pilot"),
    ),
    finds=(
        Find("on-the-extract", "On the offenders' extract, and not registered here", not_registered("RSO", "sex_offender"), "sex_offender", "register", by=MANAGER),
        Find("triggers", "What records hold since reactive management began", triggers, "offender_trigger", "raise_trigger", by=MANAGER),
    ),
)  # fmt: skip
