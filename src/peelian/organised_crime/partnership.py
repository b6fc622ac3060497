"""O9: partners engaged at senior level: who came, what was asked of them, what their answers changed, and chief to chief where they are silent.

Question 4, area for improvement. One case for each partner at the board, opened once; a request is a case of its own beneath it, which ends in a
group's plan changed, traced to the entry that changed it, or in nothing changed. Deputies are counted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Decision,
    Facts,
    Kind,
    Median,
    Outcome,
    Owners,
    Part,
    Share,
    fact,
)
from peelian.core.system import Sheet, System

from . import partnership_rules as rules
from .held import groups, plans
from .partnership_sheet import board_paper, partner_paper
from .terms import named_day

Rank = Literal["chief officer or executive", "director", "head of service", "manager", "practitioner"]
OFFERS = (("group", groups),)
COORDINATORS = ("organised-crime", "supervisor")
CHIEF: dict[str, Any] = {"climbs": ("superintendent", "chief-officer"), "climb_every": rules.CLIMB}


class Partner(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Partner")
    board: str = fact("Which board?", private="open", group="Partner")
    partner: str = fact("Which partner?", private="open", group="Partner")
    member_post: str = fact("Who sits for them? (post)", group="Partner")
    member_rank: Rank = fact("Of what rank is that post?", group="Partner")
    rank_needed: Rank = fact("What rank does the board need, to decide at the table?", group="Partner")
    their_chief: str = fact("Who is their chief officer or chief executive? (post)", group="Partner")
    next_board_on: date = fact("When does the board meet next?", private="open", group="Board")
    engaged: str = fact("Engaged?", group="Engagement", show="decided")
    why_escalated: str = fact("What is the chief officer to write about?", group="Chief to chief")
    letter: str = fact("What was written or said from chief to chief?", group="Chief to chief")
    chief_said: str = fact("What did their chief answer?", group="Chief to chief")
    why_left: str = fact("Why does the partner leave the board?", group="End")


class Attendance(Facts, private="restricted"):
    held_on: date = fact("When did the board meet?", private="open")
    came: Literal["member", "deputy", "nobody"] = fact("Who came?")
    came_rank: Rank = fact("Of what rank?")
    brought: str = fact("What did they bring to the table?")


class BoardAction(Facts, private="restricted"):
    action: str = fact("What does the partner take on?")
    agreed_at: datetime = fact("When was it agreed?")
    due_on: date = fact("By when?")
    done_at: datetime = fact("When was it done?")
    result: str = fact("What came of it?")


class Request(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Request")
    wanted: str = fact(
        "What is asked of the partner?",
        group="Request",
        hint="The partner reads this: no source, nothing it may not know.",
    )
    what_for: str = fact("What for?", group="Request")
    of_kind: Literal["data", "a power of theirs", "people", "money", "a decision"] = fact(
        "What kind of help?", group="Request"
    )
    needed_on: date = fact("By when is it needed?", group="Request")
    group: str = fact("Organised crime group (reference of its case)", group="Group", hint="Not shown to the partner.")
    plan: str = fact("Which plan did it change? (reference of its case)", group="What changed")
    was: str = fact("What did the plan say before?", group="What changed")
    is_now: str = fact("What does it say now?", group="What changed")
    traced_to: str = fact("Where the change stands", group="What changed", show="worked out")
    why_nothing: str = fact("Why did the answer change nothing?", group="What changed")


class Help(Facts, private="restricted"):
    can: Literal["yes", "in part", "no"] = fact("Can you help?")
    what: str = fact("What do you give or do, or why not?")
    by_whom: str = fact("Who of yours leads on it? (post)")


SITTING = ("sitting", "escalated")
PARTNER = Kind(
    name="board_partner", title="Partner at the board", question="organised_crime", source=rules.SOURCE, facts=Partner,
    filters=("partner", "board", "engaged", "next_board_on"), children=("board_request",),
    locals=(rules.DEPUTIES, rules.SILENT, rules.LEAD_DAYS, rules.RECORD, rules.ANSWER), stages=(*SITTING, "left"), ends="left",
    parts=(
        Part(name="attendance", title="Who came to the board", facts=Attendance),
        Part(name="actions", title="Actions the partner took on", facts=BoardAction, clocks=(
            Clock(name="action_due", title="Action of a partner", starts="agreed_at", stops="done_at", limit=named_day("due_on", "the day agreed")),)),
    ),
    acts=(
        Act(name="join", title="A partner joins the board", during=NEW, to="sitting", by=COORDINATORS,
            asks=("area", "board", "partner", "member_post", "member_rank", "rank_needed", "next_board_on"), maybe=("their_chief",)),
        Act(name="note_member", title="The member changes", during=SITTING, maybe=("member_post", "member_rank", "their_chief", "next_board_on")),
        Act(name="record_board", title="The board met: who came", during=SITTING, adds="attendance", asks=("held_on", "came", "next_board_on"),
            maybe=("came_rank", "brought")),
        Act(name="take_on", title="The partner takes on an action", during=SITTING, adds="actions", asks=("action", "agreed_at", "due_on")),
        Act(name="do_action", title="An action is done", on="actions", asks=("done_at", "result")),
        Act(name="escalate", title="Escalate to our chief officer", during="sitting", to="escalated", asks=("why_escalated",), by="superintendent"),
        Act(name="write_to_chief", title="Chief to chief", during="escalated", asks=("letter",), by="chief-officer"),
        Act(name="chief_answers", title="Their chief answers", during="escalated", to="sitting", asks=("chief_said",), maybe=("member_post", "member_rank")),
        Act(name="leave", title="The partner leaves the board", during=SITTING, to="left", asks=("why_left",), by="chief-officer"),
    ),
    decisions=(
        Decision(name="judge_engagement", title="Is the partner engaged?", during=SITTING, policy=rules.engagement, sets="engaged", by=COORDINATORS,
                 outcomes=(Outcome("not_engaged"), Outcome("attends_only", title="Attends only"), Outcome("engaged", guards=(rules.something_changed,)))),
    ),
    clocks=(
        Clock(name="board_recorded", title="Who came is written down", starts=("join", "record_board"), stops="record_board",
              limit=rules.after_the_board, **CHIEF),
        Clock(name="escalation_due", title="Goes to our chief officer before the next board", starts=("record_board", "judge_engagement"),
              stops="escalated", limit=rules.before_the_board, when=rules.must_escalate, **CHIEF),
        Clock(name="letter_due", title="Our chief writes to theirs", starts="escalated", stops="write_to_chief", limit=rules.before_the_board, **CHIEF),
        Clock(name="chief_answer_due", title="Their chief answers", starts="write_to_chief", stops="chief_answers", limit=rules.CHIEF, **CHIEF),
        Clock(name="engagement_judged", title="Engagement judged", starts=("join", "judge_engagement"), stops="judge_engagement", limit=rules.JUDGE),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("inspector", "superintendent", "chief-officer")),
    derives=(("meetings_without_member", rules.deputies_running), ("requests_silent", rules.silent), ("plans_changed", lambda c: len(rules.changed_plans(c)))),
    measures=(
        Share(name="partners_engaged", asks="What share of partners is engaged, as judged last?", where=lambda c: bool(c.get("engaged")),
              hit=lambda c: c.engaged == "engaged"),
        Share(name="member_came", asks="At what share of meetings did the member come, not a deputy?", of="attendance", at="held_on",
              hit=lambda r: r.came == "member"),
        Median(name="days_to_chief_letter", asks="How long from the escalation to the chief's letter?", value=rules.days_to_letter, unit="days", at="write_to_chief",
               where=lambda c: rules.days_to_letter(c) is not None),
    ),
)  # fmt: skip

REQUEST = Kind(
    name="board_request", title="Request to a partner", question="organised_crime", source=rules.SOURCE, facts=Request,
    filters=("of_kind",), stages=("open", "answered", "changed", "unchanged", "dropped"), ends=("changed", "unchanged", "dropped"),
    asks=(Ask(name="help", title="Can you help?", shows=("wanted", "what_for", "of_kind", "needed_on"), answer=Help, limit=rules.ANSWER,
              purpose="prevention", during=("open", "answered"), by=COORDINATORS),),
    acts=(
        Act(name="request", title="Ask a partner for help", during=NEW, to="open", by=COORDINATORS, asks=("area", "wanted", "what_for", "of_kind", "needed_on"),
            maybe=("group",), offers=OFFERS),
        Act(name="note_group", title="Name the group it is about", during=("open", "answered"), asks=("group",), offers=OFFERS),
        Act(name="take_answer", title="The answer is read", during="open", to="answered", guards=(rules.answered,)),
        Act(name="change_plan", title="The answer changed the group's plan", during="answered", to="changed", asks=("plan", "is_now"),
            maybe=("was",), guards=(rules.plan_was_changed,), works_out=("traced_to", rules.trace), offers=(("plan", plans),)),
        Act(name="change_nothing", title="The answer changed nothing", during="answered", to="unchanged", asks=("why_nothing",)),
        Act(name="drop", title="The request is not needed any more", during=("open", "answered"), to="dropped", asks=("why_nothing",), by="supervisor"),
    ),
    clocks=(
        Clock(name="answer_read", title="Answered and read", starts="request", stops="answered", limit=rules.ANSWER, **CHIEF),
        Clock(name="put_to_use", title="The answer is put to use", starts="answered", stops=("changed", "unchanged"), limit=rules.USE),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="answers_that_changed_a_plan", asks="What share of answers changes a group's plan?", where=lambda c: c.stage in ("changed", "unchanged"),
              hit=lambda c: c.stage == "changed"),
    ),
)  # fmt: skip
KINDS = (PARTNER, REQUEST)
SYSTEM = System(
    id="O9", name="partners engaged at senior level", question="organised_crime", afi=9, kinds=KINDS,
    sheets=(Sheet("board-paper", "Paper for the next board", board_paper),
            Sheet("partner-paper", "Paper for this partner alone", partner_paper, kind="board_partner")),
    roles=("organised-crime", "superintendent", "chief-officer"),
)  # fmt: skip
