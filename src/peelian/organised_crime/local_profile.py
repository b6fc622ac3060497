"""O8: the serious and organised crime local profile, with partners' data: full and shareable editions issued on one day by two people.

Question 4, area for improvement. Each partner's data come with the limit that their controller states; what is limited stands in the full edition alone. The
shareable one is written by `local_profile_editions` from what may be told, and its counts are planned against every earlier release.
"""

from __future__ import annotations

from typing import Any

from peelian.core.kinds import NEW, Act, Ask, Clock, Kind, Owners, Part, Share
from peelian.core.system import Sheet, System

from . import local_profile_rules as rules
from .local_profile_facts import Contribution, Dissent, Given, Profile, ProfileAction, TakesOn, ThreatLine
from .local_profile_records import records_sheet
from .local_profile_sheets import full_sheet, shareable_sheet
from .terms import named_day

COORDINATORS = ("organised-crime", "analyst", "supervisor")
CHIEF: dict[str, Any] = {"climbs": ("superintendent", "chief-officer"), "climb_every": rules.CLIMB}
WORKED = ("gathering", "proposed")
PROFILE = Kind(
    name="local_profile", title="Serious and organised crime local profile", question="organised_crime", source=rules.SOURCE, facts=Profile,
    filters=("until", "issued_on"), children=("profile_action",), stages=(*WORKED, "issued", "closed"), ends="closed",
    asks=(Ask(name="partner_data", title="What do you hold on these threats?", shows=("area", "since", "until", "purpose", "wanted"), answer=Contribution,
              limit=rules.ANSWER, purpose="prevention", during="gathering", by=COORDINATORS),),
    parts=(
        Part(name="contributions", title="Partners' data that came otherwise", facts=Given),
        Part(name="threats", title="Threats", facts=ThreatLine, clocks=(
            Clock(name="again_due", title="Threat estimated again", starts="issue", stops="estimated_at", limit=rules.AGAIN, **CHIEF),)),
        Part(name="dissents", title="Dissent", facts=Dissent),
    ),
    acts=(
        Act(name="start", title="Start a local profile", during=NEW, to="gathering", by=COORDINATORS, asks=("area", "since", "until", "purpose", "wanted")),
        Act(name="write", title="Write", during="gathering", maybe=("summary", "summary_shared", "wanted")),
        Act(name="contribute", title="Enter a partner's data", during="gathering", adds="contributions",
            asks=("from_agency", "received_on", "what", "threat", "place", "count", "statement", "handling", "limit_words"), maybe=("told",),
            guards=(rules.limit_stated,)),
        Act(name="estimate", title="Estimate a threat", during="gathering", adds="threats", asks=("threat", "level", "confidence", "rests_on"),
            maybe=("level_told",)),
        Act(name="record_dissent", title="Record dissent", during=(*WORKED, "issued"), adds="dissents", asks=("who", "what", "said_on", "may_be_told"),
            maybe=("answer",)),
        Act(name="propose_editions", title="Propose both editions", during="gathering", to="proposed", by=COORDINATORS,
            asks=("recipient", "full_digest", "shareable_digest"),
            guards=(rules.partners_gave, rules.threats_estimated, rules.actions_owned, rules.planned)),
        Act(name="take_back", title="Take the proposal back", during="proposed", to="gathering", asks=("why_back",)),
        Act(name="issue", title="Issue both editions", during="proposed", to="issued", by="superintendent",
            guards=(rules.another_person, rules.approved, rules.of_one_day), works_out=("issued_on", rules.today)),
        Act(name="estimate_again", title="Estimate the threat again", during="issued", on="threats", asks=("level_after", "after_rests_on", "estimated_at")),
        Act(name="close", title="Close; the next profile takes over", during="issued", to="closed", asks=("learnt",), guards=(rules.estimated_again,)),
    ),
    clocks=(
        Clock(name="profile_issued", title="Both editions issued", starts="start", stops="issued", limit=rules.ISSUE, **CHIEF),
        Clock(name="second_person", title="A second person decides on the release", starts="proposed", stops="issued", moot="gathering", limit=rules.RELEASE, **CHIEF),
        Clock(name="refreshed", title="Profile made anew", starts="issued", stops="closed", limit=rules.REFRESH, **CHIEF),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("inspector", "superintendent", "chief-officer")),
    derives=(("partners_that_gave", lambda c: len({rules.giver(row) for row in rules.given(c)})),),
    measures=(
        Share(name="partners_data_shareable", asks="What share of partners' data may be told, in words or as counts?", of="contributions", at="received_on",
              hit=lambda r: r.handling != "full edition only"),
        Share(name="threat_lower", asks="What share of threats is lower when estimated again?", of="threats", at="estimated_at",
              where=lambda r: bool(r.get("level_after")), hit=rules.lower),
    ),
)  # fmt: skip

ACTION = Kind(
    name="profile_action", title="Action from the local profile", question="organised_crime", source=rules.SOURCE, facts=ProfileAction,
    filters=("lead", "p", "threat"), stages=("proposed", "accepted", "declined", "done"), ends=("declined", "done"),
    asks=(Ask(name="take_on", title="Do you take this on?", shows=("action", "p", "threat", "due_on"), answer=TakesOn, limit=rules.TAKE,
              purpose="prevention", during="proposed", by=COORDINATORS),),
    acts=(
        Act(name="propose_action", title="Propose an action to an agency", during=NEW, to="proposed", by=COORDINATORS,
            asks=("area", "action", "p", "threat", "lead", "due_on", "in_shareable")),
        Act(name="accept_action", title="The agency takes it on", during="proposed", to="accepted", asks=("owner_post",), guards=(rules.taken,)),
        Act(name="decline_action", title="The agency declines it", during="proposed", to="declined", asks=("why_not",), guards=(rules.turned_down,)),
        Act(name="do_it", title="The action is done", during="accepted", to="done", asks=("result",)),
    ),
    clocks=(
        Clock(name="action_settled", title="Taken on or declined", starts="propose_action", stops=("accepted", "declined"), limit=rules.TAKE),
        Clock(name="action_done", title="Action done", starts="accepted", stops="done", limit=named_day("due_on", "the day agreed")),
    ),
    owners=Owners(accept_within=rules.ACCEPT, climbs=("inspector", "superintendent", "chief-officer")),
    measures=(Share(name="actions_taken_on", asks="What share of actions proposed do agencies take on?", where=lambda c: c.stage != "proposed",
                    hit=lambda c: c.stage in ("accepted", "done")),),
)  # fmt: skip
KINDS = (PROFILE, ACTION)
SYSTEM = System(
    id="O8", name="serious and organised crime local profile", question="organised_crime", afi=8, kinds=KINDS, pages=(("local-profiles", "Propose and issue both editions"),),
    sheets=(Sheet("records", "What partners' records hold", records_sheet, kind="local_profile"),
            Sheet("full", "Full edition", full_sheet, kind="local_profile"),
            Sheet("shareable", "Shareable edition as proposed or issued", shareable_sheet, kind="local_profile")),
    roles=("organised-crime", "analyst", "superintendent"),
)  # fmt: skip
