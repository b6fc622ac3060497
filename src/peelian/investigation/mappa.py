"""I8: the most dangerous offenders (MAPPA): category by the order of the rules, level, meetings with the agencies, actions, and the way out.

Question 2. One person holds one category at a time; what a category or level was before stays in the journal. The policy proposes, a
panel decides; agencies under the duty to co-operate are asked on the case, and whether they answer is a measure.
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
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    fact,
)  # fmt: skip
from peelian.core.local import Local
from peelian.core.period import Period
from peelian.core.system import System

from .mappa_rules import FIND, MINUTES, Duty

POLICY = "MAPPA protocol of the Strategic Management Board"
SOURCE = "MAPPA Guidance, HMPPS; Criminal Justice Act 2003, s.325 to s.327B"
ACCEPT, SCREEN, ANSWER, WRITTEN, CLIMB = (
    Local(f"mappa.{n}", POLICY)
    for n in ("accept_within", "screen_within", "answer_within", "minutes_within", "climb_every")
)
EVERY = {level: Local(f"mappa.review_{level}", POLICY) for level in ("level_1", "level_2", "level_3")}
LIVE = ("referred", "managed")
MANAGER = ("offender-manager", "supervisor")
LADDER = ("inspector", "superintendent", "chief-officer")


class Referral(Facts, private="special"):
    area: str = fact("District", private="open", group="Person")
    offender: str = fact("Who is it? (person reference)", group="Person")
    person_name: str = fact("Name, as agencies know it", group="Person")
    born_on: date = fact("Date of birth", group="Person")
    referred_by: Literal["police", "probation", "prison", "youth justice", "another agency"] = fact(
        "Which agency refers? (form A)", private="restricted", group="Referral"
    )
    why_multi: str = fact("Why is multi-agency management asked for?", group="Referral")
    sex_offender: str = fact("Case of the registered sex offender (reference)", private="restricted", group="Category")
    iom: str = fact("Case of integrated offender management (reference)", private="restricted", group="Category")
    terrorist: bool = fact("Convicted of a terrorist offence, or a terrorist risk?", group="Category")
    notification_live: bool = fact("Is the person under sex-offender notification now?", group="Category")
    sentence_live: bool = fact(
        "Is a qualifying sentence live?",
        group="Category",
        hint="Violent with 12 months or more, hospital order, other sexual offence.",
    )
    capacity: bool = fact(
        "Does a past offence show a capacity for serious harm, and need more than one agency?", group="Category"
    )
    category: str = fact("Category", private="restricted", show="decided", group="Category")
    rosh: Literal["low", "medium", "high", "very high"] = fact(
        "Risk of serious harm, as probation or police assessed it", group="Level"
    )
    active_value: bool = fact("Does active management by several agencies add value?", group="Level")
    senior: bool = fact("Are senior people, or resources at short notice, needed (media interest too)?", group="Level")
    level: str = fact("Level", private="restricted", show="decided", group="Level")
    lead: Literal["police", "probation", "prison", "youth justice"] = fact(
        "Lead agency", private="restricted", group="Level"
    )
    meeting_on: date = fact("Next meeting", private="restricted", group="Meetings")
    plan: str = fact(
        "Risk management plan",
        group="Plan",
        hint="Supervision; monitoring and control; interventions and treatment; victim safety.",
    )
    victim: str = fact("Victim liaison: what was asked and said", group="Plan")
    exit_because: Literal[
        "category ended", "risk managed by one agency", "moved to another area", "dead", "referred in error"
    ] = fact("Why does it end?", private="restricted", group="End")


class Meeting(Facts, private="special"):
    held_at: datetime = fact("When was it held?", private="restricted")
    present: list[Duty] = fact("Agencies present", private="restricted")
    absent: list[Duty] = fact("Agencies invited and absent", private="restricted")
    risk: str = fact("What is the risk now?")
    disclosure: Literal["disclose", "do not disclose"] = fact(
        "Is something disclosed to a third party?", private="restricted"
    )
    disclosure_why: str = fact("To whom, what and why; or why not")
    minutes_sent_at: datetime = fact("When were the minutes sent? (form B)", private="restricted")


class Action(Facts, private="special"):
    action: str = fact("What is to be done?")
    done_by: str = fact("Which agency takes it on?", private="restricted")
    agreed_at: datetime = fact("When was it agreed?", private="restricted")
    due_on: date = fact("By which day?", private="restricted")
    done_at: datetime = fact("When was it done, or dropped?", private="restricted")
    result: Literal["done", "not needed any more", "could not be done"] = fact("What came of it?", private="restricted")


class Answer(Facts, private="special"):
    held: bool = fact("Is the person known to you?")
    what: str = fact("What matters for the risk and for victims?")
    attends: bool = fact("Will you be at the meeting?", private="restricted")


def category(case: Any) -> Proposal:
    """By the order of the rules: terrorist, notification, qualifying sentence, screening."""
    other = case.case(case.get("sex_offender")) if case.get("sex_offender") else None
    if case.terrorist:
        return Proposal("category_4", "convicted of a terrorist offence, or a terrorist risk", SOURCE)
    if (other is not None and other.stage != "ended") or case.notification_live:
        return Proposal("category_1", "under sex-offender notification", SOURCE)
    if case.sentence_live:
        return Proposal("category_2", "a qualifying sentence is live", SOURCE)
    if case.capacity:
        return Proposal("category_3", "a past offence shows a capacity for serious harm", SOURCE)
    return Proposal("none", "no category applies by what is known", SOURCE)


def level(case: Any) -> Proposal:
    """Level 3 where senior people are needed; 2 where several agencies add value at high risk, or coming down from 3; else 1."""
    if case.senior:
        return Proposal("level_3", "senior people or resources at short notice are needed", SOURCE)
    if case.active_value and case.rosh in ("high", "very high"):
        return Proposal("level_2", f"several agencies add value, risk of serious harm {case.rosh}", SOURCE)
    if case.get("level") == "level_3":
        return Proposal("level_2", "coming down from level 3", SOURCE)
    return Proposal(
        "level_1",
        "one agency leads" + ("" if case.active_value else "; active management by several adds no value"),
        SOURCE,
    )


def in_a_category(case: Any) -> bool:
    """A category is decided first: only who is in one is managed under MAPPA."""
    return bool(case.category != "none")


def review_every(case: Any, start: datetime) -> Any:
    """How often it is looked at, by level, as the board set it."""
    return case.local(EVERY[case.level]), case.level.replace("_", " "), POLICY, "local"


def action_due(case: Any, start: datetime) -> Any:
    """The day that the meeting set for the action."""
    days = (case.due_on - london_day(start)).days
    return (
        (Period.after(days=days), "the day that the meeting set", POLICY, "local")
        if days > 0
        else No("no later day than the meeting was set")
    )


def actions_settled(case: Any) -> bool:
    """Every action is done or dropped before the case ends."""
    return all(row.get("done_at") for row in case.actions)


def disclosure_reasoned(case: Any) -> bool:
    """Whether something is disclosed is decided at every meeting, with its reason."""
    return bool(case.disclosure and case.disclosure_why)


MAPPA = Kind(
    name="mappa", title="MAPPA case", question="investigation", source=SOURCE, facts=Referral, subject="offender", record_class="offenders",
    filters=("category", "level", "rosh", "lead", "meeting_on"), locals=tuple(EVERY.values()),
    stages=("referred", "managed", "declined", "exited"), ends=("declined", "exited"),
    asks=(Ask(name="information", title="What an agency holds, and whether it comes", shows=("person_name", "born_on", "meeting_on", "level"),
              answer=Answer, limit=ANSWER, purpose="offender-management", during=LIVE, by=MANAGER),),
    parts=(
        Part(name="meetings", title="Meetings", facts=Meeting, order=(("held_at", "minutes_sent_at"),), clocks=(
            Clock(name="minutes", title="Minutes", starts="held_at", stops="minutes_sent_at", limit=WRITTEN),)),
        Part(name="actions", title="Actions", facts=Action, order=(("agreed_at", "due_on"), ("agreed_at", "done_at")), clocks=(
            Clock(name="action_done", title="Action", starts="agreed_at", stops="done_at", limit=action_due, climbs=LADDER, climb_every=CLIMB),)),
    ),
    acts=(
        Act(name="refer", title="Refer to MAPPA", during=NEW, to="referred", asks=("area", "offender", "person_name", "born_on", "referred_by", "why_multi"),
            maybe=("sex_offender", "iom", "terrorist", "notification_live", "sentence_live", "capacity", "rosh", "active_value", "senior"),
            by=(*MANAGER, "hub-worker", "intelligence-officer")),
        Act(name="note", title="Add what was learnt", during=LIVE, by=MANAGER,
            maybe=("sex_offender", "iom", "terrorist", "notification_live", "sentence_live", "capacity", "rosh", "active_value", "senior", "lead", "victim")),
        Act(name="set_plan", title="Set the plan", during="managed", asks=("plan",), maybe=("meeting_on", "lead"), by=MANAGER),
        Act(name="hold_meeting", title="A meeting is held", during="managed", adds="meetings", by=MANAGER, guards=(disclosure_reasoned,),
            asks=("held_at", "present", "risk", "disclosure", "disclosure_why"), maybe=("absent", "meeting_on")),
        Act(name="review", title="Review by the lead agency", during="managed", maybe=("plan", "rosh"), by=MANAGER),
        Act(name="send_minutes", title="Minutes are sent", on="meetings", during="managed", asks=("minutes_sent_at",), by=MANAGER),
        Act(name="agree_action", title="An agency takes on an action", during="managed", adds="actions", asks=("action", "done_by", "agreed_at", "due_on"), by=MANAGER),
        Act(name="do_action", title="An action is done or dropped", on="actions", during="managed", asks=("done_at", "result")),
        Act(name="decline", title="Not taken", during="referred", to="declined", asks=("exit_because",), by="supervisor"),
        Act(name="exit", title="Ends", during="managed", to="exited", asks=("exit_because",), by="supervisor", guards=(actions_settled,)),
    ),
    decisions=(
        Decision(name="set_category", title="Category", during=LIVE, policy=category, sets="category", by=MANAGER, lower_by="inspector", outcomes=(
            Outcome("none", title="No category"), Outcome("category_3"), Outcome("category_2"), Outcome("category_1"), Outcome("category_4"))),
        Decision(name="set_level", title="Level", during=LIVE, to="managed", policy=level, sets="level", by=MANAGER, lower_by="inspector", guards=(in_a_category,),
                 outcomes=(Outcome("level_1"), Outcome("level_2"), Outcome("level_3"))),
    ),
    clocks=(
        Clock(name="screened", title="Category and level decided", starts="refer", stops=("managed", "declined"), limit=SCREEN, climbs=LADDER, climb_every=CLIMB),
        Clock(name="next_meeting", title="Next meeting or review", starts=("set_level", "hold_meeting", "review"), stops=("hold_meeting", "review"),
              limit=review_every, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Count(name="managed_cases", asks="How many people come under MAPPA, at any level?", where=lambda c: bool(c.get("level"))),
        Share(name="level_2_or_3", asks="What share is at level 2 or 3?", where=lambda c: bool(c.get("level")), hit=lambda c: c.level != "level_1"),
        Share(name="all_agencies_present", asks="At what share of meetings is every agency present that was invited?", of="meetings", at="held_at",
              hit=lambda r: not r.get("absent")),
        Share(name="actions_done", asks="What share of settled actions is done?", of="actions", where=lambda r: bool(r.get("result")), hit=lambda r: r.result == "done"),
    ),
)  # fmt: skip
KINDS = (MAPPA,)
SYSTEM = System(
    id="I8", name="most dangerous offenders (MAPPA)", question="investigation", kinds=KINDS, finds=(FIND,), sheets=(MINUTES,), roles=("offender-manager",),
)  # fmt: skip
