"""I2: investigations across crime types: the right investigator, a plan, supervision that looks, bail by law, an outcome that its type fits.

Question 2. Type 0 is no outcome: a case without one is open. A sample of closed cases is drawn at random each month and read by somebody
who is not told whose it was.
"""

from __future__ import annotations

from peelian.casework.qualification import fits
from peelian.core.kinds import NEW, Act, Clock, Count, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import crime_rules as rules
from .crime_facts import Accused, Check, Investigation, Line
from .crime_outcomes import MONTHS, outcomes_sheet
from .crime_quality import blind_sheet, quality_sample
from .crime_victims import victims_to_tell

POLICY = "force policy on investigations"
ACCEPT, RECORD, SCREEN, PLAN, REVIEW, SENIOR, RUI, RUI_SENIOR, CHECKED = (
    Local(f"investigation.{name}", POLICY)
    for name in ("accept_within", "record_within", "screen_within", "plan_within", "review_every", "senior_review_every",
                 "released_review_every", "released_senior_every", "check_within")
)  # fmt: skip
SAMPLE = Local("investigation.sample_size", POLICY)
LIVE = ("recorded", "investigating")
ENDS = ("charge", "take_no_action")
CONDITIONS = ("suspect_guilt", "time_needed", "is_diligent", "necessary")
SUPERVISORS = ("supervisor", "inspector", "superintendent", "chief-officer")
ANSWERS = ("planned", "lines_followed", "supervised", "victim_heard", "right_outcome")

INVESTIGATION = Kind(
    name="crime_investigation", title="Investigation", question="investigation",
    source="Home Office outcome types; Police and Criminal Evidence Act 1984, Part 4; College of Policing, PIP", facts=Investigation,
    filters=("offence", "team", "domestic", "outcome_type", "victim_supports"), children=("device", "victim_rights", "outstanding_suspect"),
    stages=(*LIVE, "closed"), ends="closed", order=(("happened_on", "reported_at", "recorded_at"),),
    parts=(
        Part(name="lines", title="Lines of enquiry", facts=Line, order=(("agreed_at", "due_on"), ("agreed_at", "done_at")), clocks=(
            Clock(name="line_done", title="Line of enquiry", starts="agreed_at", stops="done_at", limit=rules.by_the_plan),)),
        Part(name="suspects", title="Suspects", facts=Accused, order=rules.ORDER, clocks=(
            Clock(name="bail_ends", title="Pre-charge bail", starts="bail_from", stops=(*ENDS, "release"), limit=rules.bail_limit,
                  pauses="sent_to_cps_at", resumes="back_at"),
            Clock(name="released_reviewed", title="Released under investigation: supervisor's review", starts=("released_at", "review_released"),
                  stops="review_released", moot=(*ENDS, "bail"), limit=RUI, source="local: no law limits release under investigation"),
            Clock(name="released_seen_above", title="Released under investigation: inspector's review", starts=("released_at", "review_released_above"),
                  stops="review_released_above", moot=(*ENDS, "bail"), limit=RUI_SENIOR, source="local: no law limits release under investigation"),
        )),
    ),
    acts=(
        Act(name="record_crime", title="Record a crime", during=NEW, to="recorded", asks=("crime", "area", "offence", "reported_at", "recorded_at"),
            maybe=("team", "features", "happened_on", "happened", "domestic", "victim_supports", "victim_said", "lines_known")),
        Act(name="note", title="Add what was learnt", during=LIVE,
            maybe=("team", "features", "happened_on", "happened", "domestic", "victim_supports", "victim_said", "evidence_led", "lines_known", "not_further")),
        Act(name="make_plan", title="Write the plan", during="investigating", asks=("plan",)),
        Act(name="set_line", title="Set a line of enquiry", during="investigating", adds="lines", asks=("line", "points", "agreed_at", "due_on")),
        Act(name="finish_line", title="Finish or drop it", on="lines", asks=("done_at", "result")),
        Act(name="review", title="Supervisor's review", during="investigating", asks=("reviewed", "diligent"), by="supervisor", guards=(rules.another,)),
        Act(name="senior_review", title="Inspector's review", during="investigating", asks=("reviewed", "diligent"), by="inspector", guards=(rules.another,)),
        Act(name="identify_suspect", title="Identify a suspect", during=LIVE, adds="suspects", asks=("identified_at",),
            maybe=("suspect", "born_on", "outstanding", "arrested_on", "interviewed_at")),
        Act(name="note_suspect", title="Add to it", during=LIVE, on="suspects", maybe=("suspect", "born_on", "outstanding", "arrested_on", "interviewed_at")),
        Act(name="bail", title="Bail", during=LIVE, on="suspects", asks=("arrested_on", "bail_case", "authority", "necessary"),
            maybe=("conditions", "victim_views", "court_until", "exceptional"), guards=(rules.ranked, rules.lawful, rules.day_ahead, rules.court_may), works_out=("bail_from", rules.bail_start)),
        Act(name="extend_bail", title="Extend the bail", during=LIVE, on="suspects", asks=("authority", *CONDITIONS, "extended_for"),
            maybe=("court_until", "exceptional", "victim_views"), guards=(rules.on_bail, rules.ranked, rules.lawful, rules.day_ahead, rules.court_may, rules.conditions_met),
            works_out=("devices_waiting", rules.devices_waiting)),
        Act(name="send_file", title="File to the prosecutor", during=LIVE, on="suspects", asks=("sent_to_cps_at",)),
        Act(name="file_back", title="File back", during=LIVE, on="suspects", asks=("back_at",), guards=(rules.came_back,)),
        Act(name="release", title="Release under investigation", during=LIVE, on="suspects", asks=("released_at", "why"), guards=(rules.protected, rules.after_arrest)),
        Act(name="review_released", title="Review the release", during=LIVE, on="suspects", asks=("why",), by="supervisor"),
        Act(name="review_released_above", title="Inspector reviews the release", during=LIVE, on="suspects", asks=("why",), by="inspector"),
        Act(name="charge", title="Charge or summons", during=LIVE, on="suspects", asks=("charged_at",)),
        Act(name="take_no_action", title="No action against them", during=LIVE, on="suspects", asks=("cleared_at", "why")),
    ),
    decisions=(
        Decision(name="screen", title="Is it investigated?", during="recorded", policy=rules.screening, sets="screening", lower_by="supervisor", maybe=("not_further",),
                 outcomes=(Outcome("file", title="Not investigated further", by="supervisor"),
                           Outcome("investigate", to="investigating", title="Investigate"))),
        Decision(name="record_outcome", title="Outcome", during=LIVE, to="closed", policy=rules.ending, sets="outcome_type", asks=("rationale",),
                 maybe=("ground",), by="supervisor", needs=("screening",), guards=(rules.said_why,),
                 outcomes=rules.outcomes()),
    ),
    clocks=(
        Clock(name="recorded_in_time", title="Recorded", starts="reported_at", stops="recorded_at", limit=RECORD),
        Clock(name="screened", title="Investigated or not", starts="record_crime", stops="screen", limit=SCREEN),
        Clock(name="planned_in_time", title="Plan", starts="investigating", stops="make_plan", limit=PLAN),
        Clock(name="reviewed_in_time", title="Supervisor's review", starts=("investigating", "review"), stops="review", limit=REVIEW),
        Clock(name="reviewed_above", title="Inspector's review", starts=("investigating", "senior_review"), stops="senior_review", limit=SENIOR),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=SUPERVISORS, qualified=fits(rules.needs)),
    derives=(("asks_for", rules.asks_for), ("victims", victims_to_tell)),
    measures=(
        Share(name="charged", asks="Of outcomes, what share is a charge?", of="record_outcome", hit=lambda t: t.outcome == "type_1"),
        Share(name="victim_withdrawal", asks="Of outcomes, what share is for want of the victim's support (types 14 and 16)?", of="record_outcome",
              hit=lambda t: t.outcome in ("type_14", "type_16")),
        Share(name="reviews_find_diligence", asks="Does the last review find it diligent?", where=lambda c: c.get("diligent") is not None,
              hit=lambda c: c.diligent),
        Share(name="extended_for_waiting", asks="What share of bail extensions is put down to a device that waits? It should be none.", of="suspects",
              where=lambda r: r.get("extended_for") is not None, hit=lambda r: r.extended_for == "a device waits to be examined"),
        Share(name="extended_while_waiting", asks="What share of bail extensions is given while a device of the case has no result?", of="suspects",
              where=lambda r: r.get("devices_waiting") is not None, hit=lambda r: r.devices_waiting > 0),
        Count(name="released_under_investigation", asks="How many suspects are released under investigation?", of="suspects",
              where=lambda r: bool(r.get("released_at")), at="released_at"),
        Median(name="days_to_outcome", asks="How long from the report to an outcome?", unit="days", at="record_outcome",
               where=lambda c: bool(c.get("outcome_type")), value=lambda c: max(c.times("record_outcome")) - c.reported_at),
    ),
)  # fmt: skip

CHECK = Kind(
    name="quality_check", title="Quality check of a closed investigation", question="investigation",
    source="HMICFRS, how effectively the police investigate crime (2022 to 2025): quality, not a count of updates", facts=Check, locals=(SAMPLE,),
    stages=("drawn", "checked"), ends="checked", filters=("right_outcome", "supervised"),
    acts=(
        Act(name="draw", title="Draw a closed investigation", during=NEW, to="drawn", asks=("investigation", "area", "drawn_as"), by="supervisor"),
        Act(name="answer_check", title="Answer", during="drawn", to="checked", asks=ANSWERS, maybe=("learnt",), by="supervisor",
            guards=(rules.not_theirs,)),
    ),
    clocks=(Clock(name="checked_in_time", title="Checked", starts="draw", stops="checked", limit=CHECKED),),
    owners=Owners(accept_within=ACCEPT, climbs=SUPERVISORS[1:]),
    measures=(
        Share(name="fully_right", asks="What share of closed investigations is right in all five answers?", where=lambda c: c.get("right_outcome") is not None,
              hit=lambda c: all(getattr(c, name) == "yes" for name in ANSWERS)),
        Share(name="outcome_right", asks="Is the outcome the right one?", hit=lambda c: c.right_outcome == "yes"),
    ),
)  # fmt: skip
KINDS = (INVESTIGATION, CHECK)
SYSTEM = System(
    id="I2", name="investigations across crime types", question="investigation", kinds=KINDS, roles=("investigator", *SUPERVISORS),
    sheets=(Sheet("blind", "What was done, without a name", blind_sheet, kind="quality_check"),
            Sheet("outcomes", "How crimes ended, by district and type", outcomes_sheet, asks=(MONTHS,))),
    finds=(Find("quality-sample", "Closed investigations drawn for a quality check", quality_sample, kind="quality_check", act="draw", by=SUPERVISORS),),
)  # fmt: skip
