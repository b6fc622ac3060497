"""O3: the joint unit with another force: two forces, one group, one investigation plan with its reviews, each under its own rules.

Question 4. The case is owned here; the other force names its own owner, legal basis and frequency of review in its answer, and reads what `shows`
names and nothing else. Each force reviews by its own rule: a review by one does not count for the other.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Facts,
    Kind,
    Owners,
    Part,
    Share,
    fact,
)
from peelian.core.system import System

from . import joint_unit_rules as rules
from .held import groups
from .terms import named_day


class JointPlan(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Investigation")
    operation: str = fact("Name of the operation", group="Investigation", hint="A code name; no person.")
    group: str = fact("Organised crime group (reference of its case)", group="Investigation")
    aim: str = fact("What is the investigation to achieve?", group="Investigation", hint="The other force reads this.")
    group_told: str = fact(
        "What is the other force told of the group?",
        group="Investigation",
        hint="It reads this, and nothing else of the group.",
    )
    sources: str = fact("Intelligence that stays here", private="source", group="Investigation")
    other: str = fact("Which other force?", private="open", group="Two forces")
    agreement: str = fact("Under which collaboration agreement?", group="Two forces", hint="Reference and day.")
    our_basis: str = fact("Legal basis on which we act", group="Two forces")
    led_by: Literal["us", "the other force", "the joint unit"] = fact("Who leads?", group="Two forces")
    plan: str = fact("The plan", group="Plan")
    reviewed: str = fact("Our review: progress, proportion, risk, what next?", group="Review")
    they_reviewed: str = fact("The other force's review, as it told us", group="Review")
    result: str = fact("What came of it?", group="End")


class Terms(Facts, private="restricted"):
    owner_post: str = fact("Who owns it in your force? (post)")
    basis: str = fact("Legal basis on which your force acts")
    review_days: int = fact("Every how many days does your force review it?", least=1)
    disclosure: str = fact("Who of yours is disclosure officer? (post)")
    limits: str = fact("What may not be done in your area, or told on?")


class Objective(Facts, private="restricted"):
    objective: str = fact("Objective")
    p: Literal["pursue", "prevent", "protect", "prepare"] = fact("Which of the four Ps?")
    by_force: Literal["us", "the other force", "both"] = fact("Which force does it?")
    due_on: date = fact("By when?")
    agreed_at: datetime = fact("When was it agreed?")
    done_at: datetime = fact("When was it done?")
    result: str = fact("What came of it?")


class Tactic(Facts, private="restricted"):
    tactic: str = fact("What is done?")
    whose: Literal["us", "the other force"] = fact("Which force does it?")
    in_area_of: Literal["us", "the other force"] = fact("In whose area?")
    needs_authority: Literal["none", "surveillance", "search warrant", "communications data", "other"] = fact(
        "What authority does it need?"
    )
    authority: str = fact(
        "Authority held (reference)", hint="Of the force that does it; one force's does not cover the other."
    )
    started_at: datetime = fact("From when?")


HEADS: dict[str, Any] = {"climbs": ("superintendent", "chief-officer"), "climb_every": rules.CLIMB}
LIVE = ("planned", "running")
JOINT = Kind(
    name="joint_investigation", title="Joint investigation", question="organised_crime",
    source="HMIC, PEEL effectiveness 2016: a joint unit with another force, well-managed investigations", facts=JointPlan,
    filters=("other", "led_by"), stages=(*LIVE, "closed"), ends="closed", shared={"partner": ("open", "restricted")},
    asks=(Ask(name="other_force", title="Do you join, and under which rules?", shows=("area", "operation", "aim", "group_told", "agreement", "led_by", "plan"),
              answer=Terms, limit=rules.ANSWER, purpose="prevention", during=LIVE, by=("organised-crime", "supervisor"), guards=(rules.may_be_told,)),),
    parts=(
        Part(name="objectives", title="Objectives", facts=Objective, clocks=(
            Clock(name="objective_due", title="Objective", starts="agreed_at", stops="done_at", limit=named_day("due_on", "the day agreed")),)),
        Part(name="tactics", title="Tactics, each under the rules of the force that uses it", facts=Tactic),
    ),
    acts=(
        Act(name="open_joint", title="Open a joint investigation", during=NEW, to="planned", asks=("area", "operation", "group", "aim", "other", "agreement", "led_by"),
            maybe=("group_told", "our_basis", "sources"), offers=(("group", groups),)),
        Act(name="write_plan", title="Write the plan", during=LIVE, maybe=("plan", "aim", "group_told", "our_basis", "agreement", "sources", "led_by")),
        Act(name="set_objective", title="Set an objective", during=LIVE, adds="objectives", asks=("objective", "p", "by_force", "agreed_at", "due_on")),
        Act(name="judge_objective", title="Judge an objective", during=LIVE, on="objectives", asks=("result",), maybe=("done_at",)),
        Act(name="start", title="Start: both forces have joined", during="planned", to="running", needs=("plan",), guards=(rules.other_joined, rules.both_authorise)),
        Act(name="use_tactic", title="Use a tactic", during="running", adds="tactics", asks=("tactic", "whose", "in_area_of", "needs_authority", "started_at"),
            maybe=("authority",), guards=(rules.covered,)),
        Act(name="review", title="Our review", during="running", asks=("reviewed",), by="inspector"),
        Act(name="note_their_review", title="The other force has reviewed it", during="running", asks=("they_reviewed",)),
        Act(name="close", title="Close", during="running", to="closed", asks=("result",), by="superintendent", guards=(rules.objectives_judged,)),
        Act(name="give_up", title="Give up", during=LIVE, to="closed", asks=("result",), by="superintendent"),
    ),
    clocks=(
        Clock(name="joined_due", title="Both forces have joined", starts="open_joint", stops="running", limit=rules.PLAN, **HEADS),
        Clock(name="our_review_due", title="Our review", starts=("running", "review"), stops="review", limit=rules.OURS, **HEADS),
        Clock(name="their_review_due", title="The other force's review", starts=("running", "note_their_review"), stops="note_their_review",
              limit=rules.their_review, **HEADS),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="objectives_met", asks="What share of objectives is done?", of="objectives", at="due_on", hit=lambda r: bool(r.get("done_at"))),
        Share(name="joint_on_both_bases", asks="In what share of joint investigations have both forces stated their legal basis?", hit=rules.both_authorise),
    ),
)  # fmt: skip
KINDS = (JOINT,)
SYSTEM = System(
    id="O3", name="joint unit with another force", question="organised_crime", kinds=KINDS, roles=("organised-crime", "investigator"),
)  # fmt: skip
