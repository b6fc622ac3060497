"""O5: a group's plan: pursue, prevent, protect, prepare; disruptions claimed and moderated; what it costs, and the score before and after.

Question 4. A plan does not end with an arrest: each custody, licence and order runs to its last day here, and what comes next is prepared
before. Whether a disruption was real is asked again months later. Hours of teams stand beside harm, so that the most goes to the most
harmful group.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Count, Decision, Facts, Kind, Median, Outcome, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from . import disruption_rules as rules

ACCEPT, REVIEW, MODERATE, LOOK, CLIMB = (
    Local(f"disruption.{name}", rules.POLICY)
    for name in ("accept_within", "review_every", "moderate_within", "first_look_within", "climb_every")
)
WhichP = Literal["pursue", "prevent", "protect", "prepare"]
Level = Literal["none", "minor", "moderate", "major"]
RANKS = ("inspector", "superintendent", "chief-officer")


class Plan(Facts, private="restricted"):
    plan_group: str = fact("Which group? (reference)", group="Plan")
    area: str = fact("District", private="open", group="Plan")
    pursue_aim: str = fact("Pursue: whom to prosecute and disrupt", group="Aims")
    prevent_aim: str = fact("Prevent: whom to keep from joining", group="Aims")
    protect_aim: str = fact("Protect: whom and what to make safer", group="Aims")
    prepare_aim: str = fact("Prepare: how harm is kept small when it comes", group="Aims")
    goes_on: str = fact("Go on, or watch", show="decided", group="Review")
    learnt: str = fact("What was learnt?", group="End")


class Action(Facts, private="restricted"):
    which_p: WhichP = fact("Which of the four?", private="open")
    what: str = fact("What will be done?")
    whose: str = fact("Whose action (agency or unit)?")
    power: str = fact("Power or order used, if any")
    due_on: date = fact("By which day?")
    agreed_at: datetime = fact("When was it agreed?")
    finished_on: date = fact("Done or dropped on which day?")
    action_result: Literal["done", "dropped"] = fact("Done or dropped?")


class Claim(Facts, private="restricted"):
    happened_on: date = fact("On which day?")
    claim_p: WhichP = fact("Which of the four?", private="open")
    tactic: Literal["lifestyle", "behaviour", "vehicles", "travel", "business", "crime"] = fact(
        "Which sort of tactic?", private="open"
    )
    told: str = fact("What was done, and what did it change?", private="personal")
    level_claimed: Literal["minor", "moderate", "major"] = fact("Level claimed", private="open",
        hint="Major: dismantled, or a lasting effect on key players. Moderate: noticeable, for months. Minor: some effect, for a short time.")  # fmt: skip
    evidence: str = fact("On what evidence?")
    lead_agency: str = fact("Which agency led?")
    assets: float = fact("Cash and assets taken (pounds)", private="open")
    firearms: int = fact("Firearms taken", private="open")
    made_safe: int = fact("People safeguarded", private="open")
    level_moderated: Level = fact("Level as moderated", private="open")
    why_moderated: str = fact("Why this level?")
    still_holds: bool = fact("Does it still hold?", private="open")
    looked_why: str = fact("How is that known?")


class Standing(Facts, private="personal"):
    person: str = fact("Whose? (person reference)")
    standing: Literal["custody", "licence", "order", "supervision"] = fact("What runs?", private="restricted")
    conditions: str = fact("Conditions that matter to the group")
    from_on: date = fact("From which day?", private="restricted")
    until_on: date = fact("Release, or last day", private="restricted")
    prepared_how: str = fact("What is prepared for the day that it ends?")
    next_step: Literal["licence", "order", "supervision", "nothing more runs"] = fact(
        "What came next?", private="restricted"
    )


class Effort(Facts, private="restricted"):
    team: str = fact("Which team?", private="open")
    week_from: date = fact("Week from", private="open")
    hours: float = fact("Hours of the team", private="open")


class Scoring(Facts, private="restricted"):
    why_scored: Literal["before", "after a disruption", "at a review", "after"] = fact("Why now?", private="open")
    risk: float = fact("Open risk", private="open", show="worked out")


def mapped_groups(case: Any, *, actor: Any, at: datetime) -> list[tuple[str, str]]:
    """The mapped groups that the actor may see, by name."""
    from peelian.casework.sight import cases

    seen = cases(actor).filter(kind="organised_crime_group", stage__in=("active", "archived"))
    return sorted(((c.ref, str(c.facts.get("group_name") or c.ref)) for c in seen), key=lambda pair: pair[1])


LIVE = ("running", "watched")
PLAN = Kind(
    name="disruption_plan", title="Disruption plan", question="organised_crime",
    source="Serious and organised crime strategy, Cm 8715, 2013: pursue, prevent, protect, prepare", facts=Plan, filters=("goes_on",),
    locals=(rules.PREPARE,), stages=(*LIVE, "closed"), ends="closed",
    parts=(
        Part(name="actions", title="Actions", facts=Action, clocks=(
            Clock(name="action_in_time", title="Action done", starts="agreed_at", stops="finished_on", limit=rules.as_agreed),)),
        Part(name="claims", title="Disruptions", facts=Claim, clocks=(
            Clock(name="moderated_in_time", title="Disruption moderated", starts="claim", stops="moderate", limit=MODERATE,
                  climbs=RANKS, climb_every=CLIMB),
            Clock(name="looked_again", title="Looked at again: does it still hold?", starts="moderate", stops="look", limit=LOOK),)),
        Part(name="standings", title="Custody, licences and orders", facts=Standing, clocks=(
            Clock(name="prepared_in_time", title="What comes next is prepared", starts="from_on", stops="prepare_end", limit=rules.prepared_before,
                  climbs=RANKS, climb_every=CLIMB),
            Clock(name="runs_to", title="Custody, licence or order runs", starts="from_on", stops="note_next", limit=rules.until_it_ends, duty=False),)),
        Part(name="efforts", title="Hours of teams", facts=Effort),
        Part(name="scorings", title="Open risk, noted", facts=Scoring),
    ),
    acts=(
        Act(name="open_plan", title="Open a plan", during=NEW, to="running", asks=("plan_group", "area", "pursue_aim"),
            maybe=("prevent_aim", "protect_aim", "prepare_aim"), by=("organised-crime", "supervisor"), guards=(rules.group_is_mapped,), offers=(("plan_group", mapped_groups),)),
        Act(name="set_aims", title="Change the aims", during=LIVE, maybe=("pursue_aim", "prevent_aim", "protect_aim", "prepare_aim")),
        Act(name="agree", title="Agree an action", during=LIVE, adds="actions", asks=("which_p", "what", "whose", "due_on", "agreed_at"), maybe=("power",)),
        Act(name="finish", title="An action is done or dropped", during=LIVE, on="actions", asks=("finished_on", "action_result")),
        Act(name="claim", title="Claim a disruption", during=LIVE, adds="claims",
            asks=("happened_on", "claim_p", "tactic", "told", "level_claimed", "evidence", "lead_agency"), maybe=("assets", "firearms", "made_safe")),
        Act(name="moderate", title="Moderate a disruption", during=LIVE, on="claims", asks=("level_moderated", "why_moderated"),
            by=("organised-crime", "inspector"), guards=(rules.another_moderates, rules.claimed_first)),
        Act(name="look", title="Look whether a disruption still holds", during=LIVE, on="claims", asks=("still_holds", "looked_why")),
        Act(name="note_standing", title="Somebody is in custody, on licence or under an order", during=LIVE, adds="standings",
            asks=("person", "standing", "from_on", "until_on"), maybe=("conditions",)),
        Act(name="prepare_end", title="Prepare what comes next", during=LIVE, on="standings", asks=("prepared_how",)),
        Act(name="note_next", title="It ended: what came next", during=LIVE, on="standings", asks=("next_step",)),
        Act(name="note_hours", title="Note hours of a team", during=LIVE, adds="efforts", asks=("team", "week_from", "hours")),
        Act(name="note_score", title="Note the group's open risk", during=LIVE, adds="scorings", asks=("why_scored",), works_out=("risk", rules.risk_now),
            guards=(rules.group_has_score,)),
        Act(name="close", title="Close the plan", during=LIVE, to="closed", asks=("learnt",), by=("organised-crime", "inspector"),
            guards=(rules.claims_settled, rules.actions_settled, rules.nobody_left)),
    ),
    decisions=(
        Decision(name="review_plan", title="Review the plan", during=LIVE, policy=rules.go_on, sets="goes_on", by=("organised-crime", "supervisor"),
                 outcomes=(Outcome("watch", to="watched", title="Watch the group"), Outcome("go_on", to="running", title="Go on"))),
    ),
    clocks=(Clock(name="next_plan_review", title="Plan reviewed", starts=("open_plan", "review_plan"), stops="review_plan", limit=REVIEW),),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", *RANKS)),
    derives=(("four_ps", rules.four_p), ("open_risk_noted", rules.scores)),
    measures=(
        Count(name="disruptions", asks="How many disruptions are claimed?", of="claims", at="happened_on"),
        Share(name="held_as_claimed", asks="What share of disruptions is moderated at the level claimed?", of="claims", at="happened_on",
              where=lambda r: bool(r.get("level_moderated")), hit=lambda r: r.level_moderated == r.level_claimed),
        Share(name="beside_pursue", asks="What share of disruptions is to prevent, protect or prepare?", of="claims", at="happened_on",
              hit=lambda r: r.claim_p != "pursue"),
        Share(name="still_holds_later", asks="What share of disruptions still holds when looked at again?", of="claims", at="happened_on",
              where=lambda r: r.get("still_holds") is not None, hit=lambda r: r.still_holds),
        Share(name="next_prepared", asks="Before custody, licence or order ends, is what comes next prepared?", of="prepared_in_time"),
        Median(name="team_hours", asks="How many hours of a team a week go to a group?", of="efforts", value=lambda r: r.hours, unit="hours", at="week_from"),
    ),
)  # fmt: skip
KINDS = (PLAN,)


def _effort(**told: Any) -> Any:
    from .effort import sheet

    return sheet(**told)


SYSTEM = System(
    id="O5", name="most resources to most harm; range of activity", question="organised_crime", kinds=KINDS,
    sheets=(Sheet("effort", "Harm against effort", _effort),), roles=("organised-crime", "supervisor"),
)  # fmt: skip
