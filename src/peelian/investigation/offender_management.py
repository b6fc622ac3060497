"""I6: integrated offender management: into the cohort and out of it with reasons, seven pathways with partners, a trained manager, impact.

Question 2. Selection rests on what records hold of the past, weighed by harm; domestic abuse offenders are selected like others. A person
decides; nothing here says what somebody will do. That offending falls after selection is expected by itself (people are selected at a
peak), so impact is told against those who were proposed and not selected.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.clock import london_day
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
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    Who,
    fact,
)
from peelian.core.local import Local
from peelian.core.period import Period
from peelian.core.system import Find, Sheet, System

from . import offending_impact as impact
from .offender_records import for_selection, not_registered

POLICY = "IOM operating protocol of the force and probation"
SOURCE = "National IOM Operational Guidance v5, HMPPS, 2025: fixed, flex, free"
COHORTS = f"{SOURCE}; what each cohort asks is unverified, and the protocol's to say"
ACCEPT, SELECT, REVIEW, ANSWER, CLIMB = (
    Local(f"iom.{n}", POLICY)
    for n in ("accept_within", "select_within", "review_every", "answer_within", "climb_every")
)
FREE_HARM = Local("iom.free_harm", POLICY)
RED_DAYS, AMBER_DAYS = Local("iom.red_days", POLICY), Local("iom.amber_days", POLICY)
CONTACT = {grade: Local(f"iom.contact_{grade}", POLICY) for grade in ("green", "amber", "red")}
TRAINED, TRAINED_DA = "offender manager", "domestic abuse specialist"
HIGH = ("high", "very high")
IN = ("selected", "lower_contact")
LIVE = ("proposed", *IN)
MANAGER = ("offender-manager", "supervisor")
LADDER = ("supervisor", "inspector", "superintendent", "chief-officer")
Pathway = Literal[
    "accommodation", "education, training and employment", "health", "drugs and alcohol", "finance, benefit and debt", "children and families",
    "attitudes, thinking and behaviour",
]  # fmt: skip


class Managed(Facts, private="special"):
    area: str = fact("District", private="open", group="Person")
    offender: str = fact("Who is it? (person reference)", group="Person")
    born_on: date = fact("Date of birth", private="personal", group="Person")
    crimes_2y: int = fact("Crimes of two years in which the person is a suspect", group="History")
    harm_2y: float = fact("Their harm (ONS points)", group="History")
    neighbourhood: bool = fact(
        "Is it neighbourhood crime (burglary, robbery, vehicle crime, theft from the person)?", group="History"
    )
    local_priority: bool = fact("Is it a local priority?", group="History")
    da: bool = fact("Is there domestic abuse?", group="History")
    reoffending: Literal["low", "medium", "high", "very high"] = fact(
        "Likelihood of reoffending, as probation's tool gave it",
        group="History",
        hint="The result alone; the tool is licensed.",
    )
    statutory: bool = fact("Is the person under probation's supervision?", group="History")
    cohort: str = fact("Cohort", private="restricted", show="decided", group="Cohort")
    selected_at: datetime = fact("When were they selected?", private="restricted", group="Cohort")
    grade: str = fact("Grade", private="restricted", show="decided", group="Cohort")
    lead: Literal["police", "probation"] = fact("Lead", private="restricted", group="Cohort")
    person_name: str = fact("Name, as agencies know it", private="personal", group="Partners")
    pathways_needed: list[Pathway] = fact("Which pathways need support?", group="Partners")
    conditions: str = fact("Licence conditions, curfew, tag", group="Plan")
    sex_offender: str = fact("Case of the registered sex offender (reference)", private="restricted", group="Plan")
    mappa: str = fact("MAPPA case (reference)", private="restricted", group="Plan")
    reviewed: str = fact("What did the review find, and what is next?", group="Review")
    left_at: datetime = fact("When did they leave?", private="restricted", group="End")
    left_because: Literal[
        "no offending in the period",
        "long sentence",
        "moved away",
        "dead",
        "risk is lower and licence is over",
        "no longer fits the cohort",
    ] = fact("Why did they leave?", private="restricted", group="End")


class Need(Facts, private="special"):
    pathway: Pathway = fact("Pathway", private="restricted")
    need: Literal["none", "some", "urgent"] = fact("How much is needed?")
    assessed_on: date = fact("When was it assessed?", private="restricted", ahead=False)


class Task(Facts, private="special"):
    pathway: Pathway = fact("Pathway", private="restricted")
    task: str = fact("What is to be done?")
    done_by: str = fact("Which agency does it?", private="restricted")
    agreed_at: datetime = fact("When was it agreed?", private="restricted")
    due_on: date = fact("By which day?", private="restricted")
    done_at: datetime = fact("When was it done, or dropped?", private="restricted")
    result: Literal["done", "refused by the person", "could not be done"] = fact(
        "What came of it?", private="restricted"
    )


class Contact(Facts, private="special"):
    contacted_at: datetime = fact("When?", private="restricted")
    way: Literal["home visit", "office", "telephone", "other"] = fact("How?", private="restricted")
    kept: bool = fact("Was the person seen or reached?", private="restricted")
    said: str = fact("What came of it?")


class Offence(Facts, private="special"):
    offended_on: date = fact("On which day?", private="restricted", ahead=False)
    harm: float = fact("Its harm (ONS points)", private="restricted")
    reference: str = fact("Crime reference", private="restricted")


class Custody(Facts, private="special"):
    from_on: date = fact("From", private="restricted")
    to_on: date = fact("To", private="restricted")


class Offer(Facts, private="special"):
    pathways: list[Pathway] = fact("On which pathways can you support?", private="restricted")
    what: str = fact("With what, and from when?")


def select(case: Any) -> Proposal:
    """Fixed: neighbourhood crime, likely to reoffend, supervised. Flex: a local priority, likely to reoffend. Free: domestic abuse, or much harm."""
    words = f"suspect in {case.crimes_2y} crimes of two years, harm {case.harm_2y:,.0f}"
    if case.get("neighbourhood") and case.get("reoffending") in HIGH and case.get("statutory"):
        return Proposal(
            "fixed", f"neighbourhood crime, likelihood of reoffending {case.reoffending}, supervised; {words}", SOURCE
        )
    if case.get("local_priority") and case.get("reoffending") in HIGH:
        return Proposal("flex", f"local priority, likelihood of reoffending {case.reoffending}; {words}", COHORTS)
    if case.get("da") and case.crimes_2y > 1:
        return Proposal("free", f"domestic abuse, more than once; {words}", COHORTS)
    most = float(case.local(FREE_HARM))
    if case.harm_2y >= most:
        return Proposal("free", f"{words}: at or above the force's own line of {most:,.0f}", COHORTS)
    return Proposal("not_selected", f"{words}: no cohort fits by what is known", COHORTS)


def grade(case: Any) -> Proposal:
    """Red after an offence in so many days as the protocol says, amber in so many more, else green."""
    red, amber = int(case.local(RED_DAYS)), int(case.local(AMBER_DAYS))
    last = min(((london_day(case.at) - o.offended_on).days for o in case.offences), default=None)
    if last is not None and last <= max(red, amber):
        return Proposal(
            "red" if last <= red else "amber",
            f"an offence {last} days ago (red to {red}, amber to {amber} days)",
            POLICY,
        )
    return Proposal("green", f"no offence is noted in the last {max(red, amber)} days", POLICY)


def contact_every(case: Any, start: datetime) -> Any:
    """How often somebody is seen, by grade, as the protocol says; not while contact is lower."""
    if case.stage == "lower_contact":
        return No("contact is lower for now")
    return case.local(CONTACT[case.grade]), f"graded {case.grade}", POLICY, "local"


def task_due(case: Any, start: datetime) -> Any:
    """The day that was agreed for the task."""
    return Period.after(days=max(1, (case.due_on - london_day(start)).days)), "the day that was agreed", POLICY, "local"


def qualified(case: Any, who: Who) -> str:
    """Whoever owns it alone is trained to manage offenders; where there is domestic abuse, in that too."""
    missing = [
        skill for skill, so in ((TRAINED, True), (TRAINED_DA, bool(case.get("da")))) if so and skill not in who.skills
    ]
    return f"lacks {', '.join(missing)}" if missing else ""


def needs_assessed(case: Any) -> bool:
    """The pathways are assessed before partners are asked."""
    return bool(case.needs)


def tasks_settled(case: Any) -> bool:
    """Every task is done or dropped, and the case reviewed, before somebody leaves."""
    return bool(case.times("review")) and all(row.get("done_at") for row in case.tasks)


def was_selected(case: Any) -> bool:
    """Somebody was taken into a cohort, whether they are in it still or have left."""
    return case.get("cohort") not in (None, "not_selected")


IOM = Kind(
    name="managed_offender", title="Offender in integrated management", question="investigation", source=SOURCE, facts=Managed, subject="offender", record_class="offenders",
    filters=("cohort", "grade", "da", "lead", "left_because"), locals=(FREE_HARM, RED_DAYS, AMBER_DAYS, impact.ESTABLISHMENT, impact.EACH, *CONTACT.values()),
    stages=("proposed", "selected", "lower_contact", "not_selected", "left"), ends=("not_selected", "left"),
    order=(("selected_at", "left_at"),),
    asks=(Ask(name="support", title="Support from an agency", shows=("person_name", "born_on", "pathways_needed"), answer=Offer, limit=ANSWER,
              purpose="offender-management", during=IN, by=MANAGER, guards=(needs_assessed,)),),
    parts=(
        Part(name="needs", title="Needs by pathway", facts=Need),
        Part(name="tasks", title="Tasks", facts=Task, order=(("agreed_at", "due_on"), ("agreed_at", "done_at")), clocks=(
            Clock(name="task_done", title="Task", starts="agreed_at", stops="done_at", limit=task_due),)),
        Part(name="contacts", title="Contacts", facts=Contact),
        Part(name="offences", title="Offences before and after", facts=Offence, order=(("born_on", "offended_on"),)),
        Part(name="custody", title="Time in custody", facts=Custody, order=(("from_on", "to_on"),)),
    ),
    acts=(
        Act(name="propose", title="Propose somebody for the cohort", during=NEW, to="proposed", asks=("area", "offender", "crimes_2y", "harm_2y"),
            maybe=("born_on", "neighbourhood", "local_priority", "da", "reoffending", "statutory", "sex_offender", "mappa")),
        Act(name="note", title="Add what was learnt", during=LIVE, by=MANAGER,
            maybe=("born_on", "person_name", "neighbourhood", "local_priority", "da", "reoffending", "statutory", "conditions", "lead", "sex_offender", "mappa")),
        Act(name="assess_need", title="Assess a pathway", during=IN, adds="needs", asks=("pathway", "need", "assessed_on"), maybe=("pathways_needed",), by=MANAGER),
        Act(name="agree_task", title="A task is agreed", during=IN, adds="tasks", asks=("pathway", "task", "done_by", "agreed_at", "due_on"), by=MANAGER),
        Act(name="do_task", title="A task is done or dropped", on="tasks", during=IN, asks=("done_at", "result")),
        Act(name="contact", title="Contact", during=IN, adds="contacts", asks=("contacted_at", "way"), maybe=("said",), works_out=("kept", lambda case: True)),
        Act(name="attempt", title="Contact that reached nobody", during=IN, adds="contacts", asks=("contacted_at", "way"), maybe=("said",),
            works_out=("kept", lambda case: False)),
        Act(name="note_offence", title="Note an offence", during=(*LIVE, "not_selected", "left"), adds="offences", asks=("offended_on", "harm"), maybe=("reference",)),
        Act(name="note_custody", title="Note time in custody", during=(*LIVE, "not_selected", "left"), adds="custody", asks=("from_on",), maybe=("to_on",), by=MANAGER),
        Act(name="end_custody", title="Out of custody", on="custody", during=IN, asks=("to_on",), by=MANAGER),
        Act(name="reset", title="Lower contact for now", during="selected", to="lower_contact", asks=("reviewed",), by="supervisor"),
        Act(name="resume", title="Full contact again", during="lower_contact", to="selected", asks=("reviewed",), by=MANAGER),
        Act(name="review", title="Review", during=IN, asks=("reviewed",), by="supervisor"),
        Act(name="leave", title="Leaves the cohort", during=IN, to="left", asks=("left_at", "left_because"), by="supervisor", guards=(tasks_settled,)),
    ),
    decisions=(
        Decision(name="select_it", title="Into a cohort", during="proposed", policy=select, sets="cohort", maybe=("selected_at", "lead"), by="supervisor", outcomes=(
            Outcome("not_selected", to="not_selected"), Outcome("free", to="selected"), Outcome("flex", to="selected"), Outcome("fixed", to="selected"))),
        Decision(name="grade_it", title="Grade", during=IN, policy=grade, sets="grade", by=MANAGER, lower_by="supervisor",
                 outcomes=(Outcome("green"), Outcome("amber"), Outcome("red"))),
    ),
    clocks=(
        Clock(name="decided", title="Decided on", starts="propose", stops=("selected", "not_selected"), limit=SELECT, climbs=LADDER, climb_every=CLIMB),
        Clock(name="next_contact", title="Next contact", starts=("selected", "contact"), stops="contact", moot="lower_contact", limit=contact_every,
              climbs=LADDER, climb_every=CLIMB),
        Clock(name="next_review", title="Review", starts=("selected", "review"), stops="review", limit=REVIEW, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER, qualified=qualified),
    derives=(("offending", impact.words),),
    measures=(
        Count(name="selected", asks="How many people are selected for the cohort? (How many are in it: see the sheet on demand.)", at="selected_at",
              per="offender managers", where=was_selected),
        Share(name="da_share", asks="Of people selected, with what share is there domestic abuse?", at="selected_at", where=was_selected, hit=lambda c: c.da),
        Share(name="contacts_kept", asks="What share of contacts reaches the person?", of="contacts", at="contacted_at", hit=lambda r: r.kept),
        Share(name="tasks_done", asks="What share of settled tasks is done?", of="tasks", where=lambda r: bool(r.get("result")), hit=lambda r: r.result == "done"),
        Median(name="harm_change", asks="How does harm a month at liberty change after selection? (It falls by itself after a peak: see the sheet on impact.)",
               value=impact.change_of, unit="ONS points a month", at="selected_at", where=lambda c: c.stage in (*IN, "left")),
    ),
)  # fmt: skip
KINDS = (IOM,)
ROLES = ("offender-manager", "supervisor", "intelligence-officer", "analyst")
SYSTEM = System(
    id="I6", name="integrated offender management, with DA offenders", question="investigation", kinds=KINDS, roles=("offender-manager",),
    sheets=(Sheet("impact", "What changed, against those not selected", impact.sheet), Sheet("demand", "Demand against establishment", impact.demand)),
    finds=(
        Find("most-harm", "Whose recorded offending weighs most, and who is in no cohort", for_selection, "managed_offender", "propose", by=ROLES),
        Find("on-the-extract", "On the offenders' extract for IOM, and not here", not_registered("IOM", "managed_offender"), "managed_offender", "propose", by=ROLES),
        Find("domestic-abuse", "Domestic abuse offenders on the extract, and not here", not_registered("DA", "managed_offender"), "managed_offender", "propose", by=ROLES),
    ),
)  # fmt: skip
