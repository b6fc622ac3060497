"""O1: organised crime groups: put forward, mapped, scored and scored again; open, archived, opened again, closed.

Question 4. Who belongs and how harmful a group is rests on graded assertions, each with the report that it rests on: withdraw one, or the
report, and the page shows what falls. The official score (MoRiLE, or the national tool) is held as its result, never worked out here.
A group put forward by the search of links is a suggestion until a person opens it, and stands in no search, pack or briefing before.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Count, Decision, Facts, Kind, Median, Outcome, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import groups_rules as rules
from .held import groups

ACCEPT, DECIDE, LEAD, AFTER_TRIGGER, RECHECK, CLIMB = (
    Local(f"groups.{name}", rules.POLICY)
    for name in (
        "accept_within",
        "decide_within",
        "lead_within",
        "rescore_after_trigger",
        "recheck_archived",
        "climb_every",
    )
)
UNIT = ("organised-crime", "intelligence-officer")
Crime = Literal["county lines", "drugs", "firearms", "modern slavery", "sexual exploitation", "burglary and vehicle crime", "fraud", "cyber",
                "immigration crime", "other"]  # fmt: skip


class Group(Facts, private="restricted"):
    group_name: str = fact("Name of the group (a code name, never a person's)", group="Group")
    area: str = fact("District in which it does most harm", private="open", group="Group")
    crime_type: Crime = fact("Main crime", private="open", group="Group")
    found_how: str = fact("Why is it put forward?", private="personal", group="Group")
    people_seen: str = fact("People seen together (references), to be looked at one by one", private="personal", group="Group",
                            hint="A suggestion: nobody is a member by standing here.")  # fmt: skip
    joint_purpose: bool = fact("Do they act, or agree to act, together, with crime as their purpose?", group="Test")
    offence_years: int = fact("Most years that the offences carry on indictment", group="Test")
    for_gain: bool = fact("Is it for gain or another benefit?", group="Test")
    mapped_as: str = fact("Mapped", show="decided", group="Test")
    tier: str = fact("Tier", show="decided", group="Score")
    official_tool: str = fact(
        "Which tool gave the official score?", group="Score", hint="MoRiLE, or the national tool, with its version."
    )
    band_impact: str = fact("Band: severity and range", group="Score")
    band_capability: str = fact("Band: capability and sophistication", group="Score")
    scored_on: date = fact("Scored on which day?", group="Score")
    scored_by: str = fact("Scored by whom (unit)?", group="Score")
    next_review_on: date = fact("Next review, as the score names it", group="Score")
    changed_what: Literal["a principal was arrested", "a firearm was seen", "a new county", "a disruption", "three or more new reports"] = fact(
        "What changed?", group="Score")  # fmt: skip
    lead_officer: str = fact("Lead responsible officer (username)", group="Lead")
    archived_why: Literal["dismantled", "no intelligence for 12 months", "merged"] = fact(
        "Why is it archived?", group="End"
    )
    merged_into: str = fact("Into which group (reference)?", group="End")
    opened_again_why: str = fact("Why is it opened again?", group="End")


class Said(Facts, private="restricted"):
    says_of: Literal["member", "principal", "victim", "exploited child", "home taken over"] = fact(
        "What are they to the group?"
    )
    person: str = fact("Whom is it about? (person reference)", private="personal")
    statement: str = fact("What is asserted?", private="personal")
    grade_given: str = fact("Grade", hint="Source and intelligence, such as 2B.")
    report: str = fact("Which report does it rest on? (reference)")
    source_id: str = fact(
        "Reference of the source", private="source", hint="So that two reports of one source count once."
    )
    true_from: date = fact("Since when is it so?")
    all_checked: bool = fact("Are all three so: 18 or over; no sign of being exploited; nothing from a victim's own device?",
                             private="special", hint="Only then is anybody held as a member.")  # fmt: skip


class Weighed(Facts, private="restricted"):
    says_of: Literal["physical harm", "psychological harm", "financial harm", "community harm", "geographic harm", "frequency", "trend",
                     "victim vulnerability", "capacity gap", "capability gap"] = fact("Which field of the matrix?")  # fmt: skip
    value: float = fact(
        "How much?", hint="Harms 0 to 4; frequency 1 to 4; trend 0.8, 1 or 1.2; vulnerability 0 to 2; gaps 0 to 3."
    )
    statement: str = fact("What is asserted?", private="personal")
    grade_given: str = fact("Grade", hint="Source and intelligence, such as 2B.")
    report: str = fact("Which report does it rest on? (reference)")
    source_id: str = fact("Reference of the source", private="source")
    true_from: date = fact("Since when is it so?")
    no_victims_device: bool = fact("Does nothing of it come from a victim's own device?")


def days_to_decide(case: Any) -> float | None:
    """Days from being put forward to the decision."""
    decided = case.times("map_it")
    return (decided[0] - case.state.opened_at).total_seconds() / 86400 if decided else None


def in_tier(case: Any) -> bool:
    """Whether a tier is set, which rests on a score."""
    return bool(case.get("tier"))


LIVE = ("candidate", "active")
GROUP = Kind(
    name="organised_crime_group", title="Organised crime group", question="organised_crime",
    source="Serious Crime Act 2015, s.45; organised crime group mapping, HMICFRS glossary", facts=Group,
    filters=("crime_type", "tier", "archived_why"), locals=(rules.WHICH_MATRIX, rules.TOP_AT, rules.MIDDLE_AT, *rules.RESCORE.values()),
    stages=(*LIVE, "archived", "closed", "not_mapped"), ends=("closed", "not_mapped"), children=("disruption_plan",),
    parts=(Part(name="assertions", title="Who, as asserted", facts=Said), Part(name="weighings", title="How harmful, as asserted", facts=Weighed)),
    acts=(
        Act(name="put_forward", title="Put a group forward", during=NEW, to="candidate", asks=("group_name", "area", "crime_type", "found_how"),
            maybe=("people_seen", "joint_purpose", "offence_years", "for_gain")),
        Act(name="assert_it", title="Assert who somebody is", during=(*LIVE, "archived"), adds="assertions",
            asks=("says_of", "person", "statement", "grade_given", "true_from"), maybe=("report", "source_id", "all_checked"), by=UNIT,
            guards=(rules.grade_fits, rules.no_child_or_victim, rules.report_holds)),
        Act(name="weigh", title="Assert how harmful it is", during=(*LIVE, "archived"), adds="weighings",
            asks=("says_of", "value", "statement", "grade_given", "true_from", "no_victims_device"), maybe=("report", "source_id"), by=UNIT,
            guards=(rules.grade_fits, rules.within_matrix, rules.not_a_victims_device, rules.report_holds)),
        Act(name="answer_test", title="Answer the test of a group", during=LIVE, asks=("joint_purpose", "offence_years", "for_gain")),
        Act(name="score_officially", title="Hold the official score", during="active",
            asks=("official_tool", "band_impact", "band_capability", "scored_on", "scored_by"), maybe=("next_review_on",), by=UNIT),
        Act(name="changed", title="Something changed: score it again", during="active", asks=("changed_what",)),
        Act(name="name_lead", title="Name the lead responsible officer", during="active", asks=("lead_officer",), by=("organised-crime", "inspector")),
        Act(name="archive", title="Archive", during="active", to="archived", asks=("archived_why",), maybe=("merged_into",),
            by=("organised-crime", "inspector"), guards=(rules.archived_because,), offers=(("merged_into", groups),)),
        Act(name="look_again", title="Looked at again while archived", during="archived", asks=("found_how",), by=UNIT),
        Act(name="open_again", title="Open again", during="archived", to="active", asks=("opened_again_why",), by=UNIT),
        Act(name="close", title="Close for good", during="archived", to="closed", by="inspector"),
    ),
    decisions=(
        Decision(name="map_it", title="Is it mapped?", during="candidate", policy=rules.is_a_group, sets="mapped_as", by=("organised-crime", "supervisor"),
                 guards=(rules.another_decides,),
                 outcomes=(Outcome("not_a_group", to="not_mapped", title="It is not mapped"), Outcome("map", to="active", title="Map it"))),
        Decision(name="set_tier", title="Tier", during="active", policy=rules.which_tier, sets="tier", by=("organised-crime", "supervisor"),
                 lower_by="inspector", outcomes=(Outcome("low"), Outcome("middle"), Outcome("top"))),
    ),
    clocks=(
        Clock(name="decided", title="Mapped or not", starts="put_forward", stops="map_it", limit=DECIDE),
        Clock(name="lead_named", title="Lead responsible officer named", starts="map_it", stops="name_lead", moot="archived", limit=LEAD),
        Clock(name="scored_again", title="Scored again", starts=("set_tier", "score_officially", "open_again"),
              stops=("set_tier", "score_officially"), moot="archived", limit=rules.rescore_limit,
              climbs=("inspector", "superintendent", "chief-officer"), climb_every=CLIMB),
        Clock(name="scored_after_change", title="Scored again after a change", starts="changed", stops=("set_tier", "score_officially"), moot="archived",
              limit=AFTER_TRIGGER),
        Clock(name="archived_checked", title="Archived group looked at again", starts=("archive", "look_again"),
              stops=("look_again", "open_again"), limit=RECHECK),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    derives=(("who_belongs", rules.who_belongs), ("open_risk", rules.open_risk)),
    measures=(
        Count(name="groups_put_forward", asks="How many groups are put forward?"),
        Share(name="mapped", asks="What share of those decided on was mapped?", of="map_it", hit=lambda t: t.outcome == "map"),
        Share(name="have_tier", asks="What share of mapped groups has a tier?", where=lambda c: c.get("mapped_as") == "map", hit=in_tier),
        Share(name="good_grades", asks="What share of assertions is graded A or B?", of="assertions", hit=lambda r: r.grade_given[-1] in "AB"),
        Median(name="days_to_decide", asks="How long until a group is mapped or not?", value=days_to_decide, unit="days", at="map_it",
               where=lambda c: bool(c.times("map_it"))),
    ),
)  # fmt: skip
KINDS = (GROUP,)


def _candidates(**told: Any) -> Any:
    from .group_links import look

    return look(**told)


def _network(**told: Any) -> Any:
    from .group_sheets import network

    return network(**told)


def _falls(**told: Any) -> Any:
    from .group_sheets import falls

    return falls(**told)


SYSTEM = System(
    id="O1", name="organised crime groups mapped, scored, re-scored", question="organised_crime", kinds=KINDS,
    sheets=(Sheet("network", "Network picture", _network, kind=GROUP.name), Sheet("falls", "What it rests on, and what falls", _falls, kind=GROUP.name)),
    finds=(Find("links", "Groups that links suggest", _candidates, kind=GROUP.name, act="put_forward", by=UNIT),),
    roles=("organised-crime", "intelligence-officer"),
)  # fmt: skip
