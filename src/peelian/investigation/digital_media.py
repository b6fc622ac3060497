"""I3: digital evidence: from the page of a device to the nearest lawful and staffed route, booked; and teams that never use one are seen.

Question 2, area for improvement of 2016: digital investigators and kiosks were there, and officers did not know it. The register says
who, where, when and what for; waits are read from the logs. A result is due before bail ends, so that no bail is extended for waiting.
"""

from __future__ import annotations

from peelian.core.kinds import NEW, Act, Clock, Count, Decision, Kind, Median, Outcome, Owners, Share
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import digital_rules as rules
from .digital_facts import Device, Prompt, Route
from .digital_idle import idle_teams
from .digital_routes import booked_now, routes_offered, routes_sheet

POLICY = rules.POLICY
ACCEPT, BOOK, RESULT, CONFIRM, BRIEF = (
    Local(f"digital.{name}", POLICY) for name in ("accept_within", "book_within", "result_within", "route_confirmed_every", "brief_within")
)  # fmt: skip
LADDER = ("supervisor", "inspector", "superintendent", "chief-officer")
NEEDED = ("needed", "why_needed", "risk_to_life", "bail_ends_on")
LAWFUL = ("basis", "agreed_in_writing", "alternatives", "owner_without_phone")
WHERE = ("held_at", "easting", "northing")
LIVE = ("seized", "booked", "examined")

DEVICE = Kind(
    name="device", title="Device", question="investigation", source="HMIC, Essex 2016: digital investigators and kiosks known and used; HMICFRS, digital forensics, 2022",
    facts=Device, filters=("device", "team", "method", "place", "result", "failed", "risk_to_life"), stages=(*LIVE, "closed"), ends="closed",
    locals=(rules.STAFFED,), order=(("seized_at", "booked_at", "booked_for"), ("seized_at", "started_at", "result_at", "returned_at")),
    acts=(
        Act(name="record_device", title="Record a device", during=NEW, to="seized", asks=("area", "seized_at", "device", "needed", "basis"),
            maybe=("crime", "team", "exhibit", *WHERE, "why_needed", "risk_to_life", "bail_ends_on", *LAWFUL[1:])),
        Act(name="note_device", title="Add what was learnt", during=LIVE, maybe=("crime", "team", "device", "exhibit", *WHERE, *NEEDED, *LAWFUL)),
        Act(name="book", title="Book a route", during="seized", to="booked", asks=("route", "booked_at", "booked_for"),
            guards=(rules.lawful_basis, rules.route_fits), works_out=("place", rules.place_name), offers=(("route", routes_offered),), fills=booked_now),
        Act(name="begin", title="Examination begun", during="booked", asks=("started_at",)),
        Act(name="fail", title="It failed, or could not be kept", during="booked", to="seized", asks=("failed",)),
        Act(name="get_result", title="Result there", during="booked", to="examined", asks=("result_at", "result")),
        Act(name="give_back", title="Given back, or kept as an exhibit", during="examined", to="closed", asks=("returned_at",)),
        Act(name="not_examined", title="Not examined", during=("seized", "booked"), to="closed", asks=("why", "returned_at"), by="supervisor"),
    ),
    decisions=(Decision(name="choose_way", title="Way of examining it", during="seized", policy=rules.way, sets="method", outcomes=(
        Outcome("investigator", guards=(rules.gets_there("investigator"), rules.shown_with_consent), title="Investigator records what the owner shows"),
        Outcome("kiosk", guards=(rules.gets_there("kiosk"),), title="Kiosk"), Outcome("laboratory", title="Laboratory"))),),
    clocks=(
        Clock(name="booked_in_time", title="Route booked", starts="seized_at", stops="booked_at", limit=BOOK, climbs=LADDER[1:], climb_every=BOOK),
        Clock(name="result_in_time", title="Result", starts="seized_at", stops="result_at", limit=RESULT),
        Clock(name="before_bail_ends", title="Result before bail ends", starts="seized_at", stops="result_at", limit=rules.before_bail, when=rules.bailed),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(
        Median(name="seizure_to_result", asks="How long from seizure to result?", unit="days", at="result_at", where=lambda c: c.get("result_at") is not None,
               value=rules.to_result),
        Share(name="kiosk_used", asks="Of devices fit for a kiosk, what share is sent to one?", where=lambda c: bool(c.get("method")) and rules.kiosk_fit(c),
              hit=lambda c: c.method == "kiosk"),
        Share(name="got_what_was_needed", asks="Do examinations give what was needed?", where=lambda c: c.get("result") is not None,
              hit=lambda c: c.result == "got what was needed"),
        Count(name="failed_examinations", asks="At how many devices does an examination fail?", at="fail", where=lambda c: c.get("failed") is not None),
    ),
)  # fmt: skip

ROUTE = Kind(
    name="digital_route", title="Place where devices are examined", question="investigation", source="HMIC, Essex 2016: who, where, when, and what it can do",
    facts=Route, filters=("way", "declared"), stages=("open", "shut"), ends="shut",
    acts=(
        Act(name="open_route", title="Enter a place that examines devices", during=NEW, to="open", asks=("place_name", "area", "way", "does", "declared"),
            maybe=("address", "place_east", "place_north", "in_log_as", "opens", "ask", "operators", "staffed_until"), by=LADDER),
        Act(name="change_route", title="Change what is said of it", during="open", by=LADDER,
            maybe=("place_name", "way", "does", "declared", "address", "place_east", "place_north", "in_log_as", "opens", "ask", "operators", "staffed_until")),
        Act(name="confirm_route", title="Everything said of it is still so", during="open"),
        Act(name="shut_route", title="Close the place", during="open", to="shut", asks=("stopped",), by=LADDER),
    ),
    clocks=(Clock(name="confirmed", title="Confirmed", starts=("open_route", "change_route", "confirm_route"),
                  stops=("change_route", "confirm_route"), limit=CONFIRM),),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    measures=(Share(name="declared_under_the_code", asks="What share of places is declared under the Forensic Science Regulator's Code?",
                    where=lambda c: c.way != "investigator", hit=lambda c: c.declared),),
)  # fmt: skip

PROMPT = Kind(
    name="route_prompt", title="Team that does not use its route", question="investigation", source="HMIC, Essex 2016: officers did not know what exists",
    facts=Prompt, filters=("team",), locals=(rules.IDLE_DEVICES, rules.IDLE_MONTHS), stages=("found", "shown", "closed"), ends="closed",
    acts=(
        Act(name="prompt_team", title="Prompt a team to use its route", during=NEW, to="found", asks=("team", "area", "devices", "used"), maybe=("nearest", "months"), by=LADDER),
        Act(name="brief_team", title="The team was shown its route", during="found", to="shown", asks=("briefed_at", "how"), by=LADDER),
        Act(name="sample_officers", title="Officers were asked", during="shown", asks=("sampled", "named_it", "drawn_how"), maybe=("since_used",), by=LADDER,
            guards=(rules.sample_taken,)),
        Act(name="close_prompt", title="Close", during="shown", to="closed", by="inspector", needs=("sampled", "named_it"), maybe=("since_used",)),
    ),
    clocks=(Clock(name="briefed_in_time", title="Team shown its route", starts="prompt_team", stops="brief_team", limit=BRIEF,
                  climbs=LADDER[1:], climb_every=BRIEF),),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER[1:]),
    measures=(Share(name="most_name_their_route", asks="In what share of teams asked do at least nine of ten officers name their route?",
                    where=lambda c: c.get("sampled") is not None, hit=lambda c: c.named_it >= 0.9 * c.sampled),),
)  # fmt: skip
KINDS = (DEVICE, ROUTE, PROMPT)
SYSTEM = System(
    id="I3", name="digital evidence: officers know what exists", question="investigation", afi=2, kinds=KINDS,
    sheets=(Sheet("routes", "Where this device can be examined", routes_sheet, kind="device"),),
    finds=(Find("idle-teams", "Teams and kiosks that never meet", idle_teams, kind="route_prompt", act="prompt_team", by=LADDER),),
    roles=("investigator", "neighbourhood-officer", "supervisor", "inspector"),
)  # fmt: skip
