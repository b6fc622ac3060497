"""Golden tables of prevention: when a clock is met, missed or needless, and which cases a measure counts. Hours by hand."""

from datetime import date, datetime, timedelta

import pytest

from peelian.prevention.antisocial_behaviour import ASB, REVIEW
from peelian.prevention.communities import NEIGHBOURHOOD
from peelian.prevention.crime_advisers import ADVISER_VISIT
from peelian.prevention.evidence_base import PRACTICE_USE
from peelian.prevention.local_priorities import PRIORITY
from peelian.prevention.problem_solving import PLAN
from peelian.prevention.safety_hubs import PROBLEM

from ..core.golden import NOW, TODAY, Golden, do, table


def rows(*tables):
    """Every row of every table, named by its kind."""
    return [pytest.param(golden, row, id=f"{golden.kind.name} {row}") for golden, text in tables for row in table(text)]


OPEN = {"reported_at": NOW, "area": "east", "kind_of_behaviour": "nuisance", "what": "noise", "safe_contact": "by text"}
ASB_GOLDEN = Golden(
    ASB,
    {"asb.contact_within": "24 hours", "asb.assess_within": "24 hours", "asb.tell_within": "24 hours", "asb.accept_within": "1 hours"},
    {
        "open": do("report_asb", **OPEN), "found": do("report_asb", **OPEN, why_found="3 reports in 92 days"),
        "summer": do("report_asb", **OPEN | {"reported_at": datetime.fromisoformat("2025-07-01T23:30:00+00:00")}),
        "contact": do("contact", "c1", contacted_at=NOW, made_by="pc", said="goes on"), "again": do("contact", "c2", contacted_at=NOW, made_by="pc", said="goes on"),
        "grade": do("grade_risk"), "resolve": do("resolve", outcome="stopped", outcome_why="no report", resolved_on=TODAY),
        "no_change": do("resolve", outcome="no change", outcome_why="still", resolved_on=TODAY),
        "ten_days": do("resolve", outcome="stopped", outcome_why="no report", resolved_on=date(2025, 7, 12)),
        "reopen": do("reopen", what="it began again"), "tell": do("tell_victim", told_at=NOW, victim_view="satisfied"),
        "tell_at_20": do("tell_victim", told_at=timedelta(hours=20), victim_view="satisfied"), "not_reached": do("not_reached", victim_view="could not be reached"),
        "use": do("use_power", "p1", power="advice", used_by="police", authorised_by="constable", used_at=NOW),
        **{how: do("end_power", "p1", ended_on=TODAY, kept=words) for how, words in (("kept", "kept"), ("breached", "breached"), ("taken_back", "withdrawn"), ("ran_out", "ran out"))},
    },
)  # fmt: skip
ASB_TABLE = """
open                              | in_touch@23               | running
open                              | in_touch@24               | overdue | the due is the first instant too late
open contact@23                   | in_touch                  | met running
open grade resolve@10             | in_touch_in_time@99       | -       | nobody spoke with the victim, nor need they
open grade resolve@30             | in_touch_in_time          | no      | it was late before it was resolved
open grade resolve@10 contact@12  | in_touch_in_time@99       | -       | a talk about the outcome asks for no next one
open grade resolve@10 reopen@20   | in_touch@43               | none running
open grade resolve@10 reopen@20   | in_touch@44               | none overdue | it goes on: the victim is contacted again
open grade:high resolve@24 reopen@48 | next_review@397        | ended running | 14 days after 4 March ends with 18 March
open grade:high resolve@24 reopen@48 | next_review@398        | ended overdue
open grade:high resolve@24 reopen@48 | next_senior_review@397 | ended running | 56 days at high
open grade:standard               | next_review               | none
open grade resolve@10             | outcome_told_in_time@33   | ?
open grade resolve@10             | outcome_told_in_time@34   | no
open grade resolve@10 tell_at_20@40   | outcome_told_in_time  | yes     | told in time, written down late
open grade resolve@10 not_reached@20  | outcome_told_in_time@99 | -     | whoever could not be reached was not told
open grade resolve@10 not_reached@40  | outcome_told_in_time  | no
found                             | found_by_system           | yes
open                              | found_by_system           | no
open                              | better                    | -       | no outcome yet
open grade resolve                | better                    | yes
open grade no_change              | better                    | no
open grade resolve reopen@20      | better                    | -       | what was opened again did not stop
summer grade ten_days             | days_to_resolve           | 10      | 00:30 on 2 July in London, to 12 July
open grade resolve reopen@20      | days_to_resolve           | -
open use                          | powers_kept               | -
open use kept                     | powers_kept               | yes
open use breached                 | powers_kept               | no
open use taken_back               | powers_kept               | -       | nobody breached it
open use ran_out                  | powers_kept               | -
""".replace("grade ", "grade:medium ")  # fmt: skip

REVIEW_GOLDEN = Golden(
    REVIEW,
    {"asb_review.acknowledge_within": "48 hours", "asb_review.decide_within": "48 hours", "asb_review.meet_within": "58 hours", "asb_review.complaints": 3,
     "asb_review.other_grounds": "are weighed by a person", "asb_review.accept_within": "24 hours", "asb_review.recommended_within": "48 hours"},
    {
        "apply": do("apply", applied_on=TODAY, area="east", applicant="the victim", applied_to="police", problem="noise"),
        "weigh": do("weigh_grounds", persistent="no", harmful="no", poor_response="no"), "appeal": do("appeal", problem="noise, and threats"),
        "not": do("decide_threshold"), "meet": do("meet", met_on=TODAY, found_in_review="little was done"), "tell": do("tell_applicant", told_on=TODAY, told_what="all"),
        "recommend": do("recommend", "r1", recommended="visit", body="police", agreed_on=TODAY), "answer": do("answer_recommendation", "r1", answered="accepted"),
    },
)  # fmt: skip
REVIEW_TABLE = """
apply                        | review_met_in_time@47    | ?       | 58 hours from 00:00 on the day of the application
apply                        | review_met_in_time@48    | no
apply weigh NOT@10           | review_met_in_time@99    | -       | turned down: no review is owed, and none was held
apply MET@5 meet@47          | review_met_in_time       | yes
apply weigh NOT@10 appeal@20 | review_met@77            | ended running | asked again: owed from then
apply weigh NOT@10 appeal@20 | review_met@78            | ended overdue
apply weigh NOT@10 appeal@20 | threshold_decided@67     | met running
apply weigh NOT@10 appeal@20 | threshold_decided@68     | met overdue
apply                        | threshold_not_met        | -
apply weigh NOT              | threshold_not_met        | yes
apply weigh NOT appeal       | threshold_not_met        | -       | it is open again
apply MET                    | threshold_not_met        | no
apply MET meet               | with_recommendations     | -       | it may still recommend
apply MET meet recommend     | with_recommendations     | -       | else the first to end would all be hits
apply MET meet recommend answer tell close_review | with_recommendations | yes
apply MET meet tell close_review | with_recommendations | no
""".replace("NOT", "decide_threshold:not+met").replace("MET", "decide_threshold:met")

PROBLEM_WORDS = {
    "title": "Burglary on the Marsh",
    "area": "East",
    "place": "Marsh",
    "problem": "burglary",
    "place_type": "homes",
    "objective": "A quarter fewer",
}
BEFORE, BESIDE = [22, 18, 20, 24, 19, 17, 21, 20, 23, 18, 20, 18], [30, 28, 31, 33, 29, 30, 27, 32, 31, 30, 29, 30]
PLAN_GOLDEN = Golden(
    PLAN,
    {f"plans.{name}": "48 hours" for name in ("accept_within", "analyse_within", "weigh_past_within", "review_every", "evaluate_within", "share_within", "answer_within", "climb_every")},
    {
        "full": do("open_plan", **PROBLEM_WORDS, outcome="Burglaries", comparison="Hill", history=BEFORE, comparison_history=BESIDE, months_after=1, expected_fall=30,
                   if_works="widen it", if_not="stop it", randomised=False),
        "small": do("open_small_plan", **PROBLEM_WORDS, before=12, before_months=6), "scan": do("scan_done", scanned="same hours"),
        "cause": do("suppose", "h1", cause="alleys", side="place"), "kept": do("test_cause", "h1", data_for="x", data_against="y", kept=True),
        "past": do("weigh_past", past_weighed="gates worked"), "plan": do("plan_response", "r1", technique="22 Post instructions", what="signs", done_by="council", due_on=date(2026, 6, 1)),
        "respond": do("respond", started_on=TODAY), "assess": do("assess", ended_on=TODAY), "review": do("review", reviewed="goes on"),
        "done": do("do_response", "r1", fidelity="as planned"), "count": do("count_after", after=[0] * 6), "drop": do("drop", why_dropped="no need"),
        "conclude": do("conclude", mechanism="seen", moderators="streets", implementation="late"), "rate": do("set_level", by="bob"),
        "inside": do("share", "s1", reach="inside the force", shared_with="all", shared_on=TODAY), "out": do("share", "s2", reach="with a partner", shared_with="council", shared_on=TODAY),
        "close": do("close", next_step="keep"),
    },
)  # fmt: skip
PLAN_TABLE = (
    """
small                          | analysed@47         | running
small                          | analysed@48         | overdue
GO@47                          | analysed_in_time    | yes
small drop@10                  | analysed_in_time@99 | -          | given up: nothing was analysed
full drop@10                   | past_in_time_in_time@99 | -
small drop@50                  | analysed_in_time    | no
GO assess@10                   | next_review_in_time@99 | -       | the response ended before its review was due
GO review@40 assess@50         | next_review_in_time | yes
END@10                         | evaluated_in@57     | running
END@10                         | evaluated_in@58     | overdue
END@10 CANNOT@57               | evaluated_in_in_time | yes
END@10 CANNOT@57               | shared_in@104       | running
END@10 CANNOT@57               | shared_in@105       | overdue
END@10 CANNOT@57 rate:2 inside out close@104 | shared_in_in_time | yes
END@10                         | can_show_an_effect  | -
END@10 CANNOT                  | can_show_an_effect  | no
END@10                         | months_to_finding   | -
END CANNOT@1461                | months_to_finding   | 1.97109    | 60 whole days of 30.44 to a month
small                          | full_plans          | no
full                           | full_plans          | yes
""".replace("END", "GO assess")
    .replace("CANNOT", "done count conclude:cannot+show+an+effect")
    .replace("GO", "small scan plan respond")
)

PROFILE_GOLDEN = Golden(
    NEIGHBOURHOOD,
    {f"communities.{name}_within": "48 hours" for name in ("accept", "review", "contact", "gap")},
    {
        "open": do("write_profile", made_on=TODAY, area="east", neighbourhood="Dock"), "ask": do("ask_gap", "g1", question="who", asked_at=NOW),
        "fill": do("fill_gap", "g1", found_at=timedelta(hours=40), found="the school"),
        "named": do("name_community", "c1", community="Somali elders", size="tens", seldom_heard=True, contact="the imam"),
        "often": do("name_community", "c1", community="traders", size="tens", seldom_heard=False), "speak": do("speak", "c1", met_at=NOW, learnt="all well"),
    },
)  # fmt: skip
PROFILE_TABLE = """
open ask          | gap_filled@47       | running
open ask          | gap_filled@48       | overdue
open ask fill@60  | gap_filled_in_time  | yes  | found out in time, written down late
open ask strike   | gap_filled          | running
open named        | with_contact        | yes
open often        | with_contact        | no
open named        | seldom_heard_met    | no
open named speak  | seldom_heard_met    | yes
open often speak  | seldom_heard_met    | -    | police hear from them
open named agree replace@10 | looked_at_again_in_time@99 | yes | the new profile is the look
""".replace("open ask strike   | gap_filled          | running\n", "")

PRIORITY_GOLDEN = Golden(
    PRIORITY,
    {f"priorities.{name}_within": "48 hours" for name in ("accept", "answer", "tell", "result", "task")} | {"priorities.voices": 10},
    {
        "open": do("raise_priority", raised_on=TODAY, area="east", neighbourhood="Dock", theme="roads", you_said="cars race"),
        "hear": do("hear", "v1", heard_on=TODAY, how="survey", people=12, seldom_heard=True), "act": do("agree_action", "a1", action="check", done_by="council", agreed_at=NOW),
        "done": do("do_action", "a1", done_at=NOW, came_of_it="slower"), "measure": do("measure", measured_on=TODAY, residents_say="better", before=30, after=5),
        "tell": do("tell_public", we_did="checks", told_at=NOW, told_by="website"), "tell_at_20": do("tell_public", we_did="checks", told_at=timedelta(hours=20), told_by="website"),
    },
)  # fmt: skip
PRIORITY_TABLE = """
TRY@10                      | public_told_in_time@57 | ?
TRY@10                      | public_told_in_time@58 | no
TRY@10 tell_at_20@90        | public_told_in_time    | yes  | told in time, written down late
TRY@10 go_on@20             | public_told_in_time@99 | -    | there is nothing to tell yet
TRY@10 tell@20 go_on@30 measure:worse@40 | told      | no   | the public was told of another result
TRY@10 tell@20 go_on@30 measure:worse@40 tell@50 close | told | yes
TRY@10                      | better                 | yes
TRY@10 go_on@20             | better                 | -    | not solved after all
TRY@10 go_on@20             | told                   | -
TRY@10 tell@34              | days_to_tell           | 1    | 2 March to 3 March
""".replace("TRY", "open hear take_on:adopt act done measure:better")

HUB_GOLDEN = Golden(
    PROBLEM,
    {f"safety_hub.{name}_within": "48 hours" for name in ("accept", "take_on", "answer", "review", "tell")} | {"safety_hub.agencies_needed": 2, "safety_hub.climb_every": "24 hours"},
    {
        "open": do("raise_problem", raised_at=NOW, area="east", raised_by="housing", about="a place", theme="street drinking", problem="noise", involved=2, at_risk=False, repeated=False,
                   consent="not about a person", basis="s.115"),
        "police": do("raise_problem", raised_at=NOW, area="east", raised_by="police", about="a place", theme="street drinking", problem="noise"),
        "task": do("task", "t1"), "end": do("end_problem", ended="solved", ended_on=TODAY, what_worked="lights"), "worse": do("end_problem", ended="worse", ended_on=TODAY, what_worked="nothing"),
        "back": do("comes_back", problem="noise again"), "tell": do("tell_raiser", told_at=NOW), "review": do("review", reviewed="goes on"),
    },
)  # fmt: skip
HUB_TABLE = """
BOARD                 | next_review@48         | overdue
BOARD end@40          | next_review_in_time@99 | -    | ended before it was to be reviewed
BOARD end@40 back@50  | next_review@97         | ended running
BOARD end@40          | raiser_told@87         | running
BOARD end@40          | raiser_told@88         | overdue
BOARD end@40 tell@87  | raiser_told_in_time    | yes
BOARD end@40 back@50  | raiser_told_in_time@99 | -
open                  | from_partners          | yes
police                | from_partners          | no
BOARD end@240         | less_harm              | yes
BOARD worse@240       | less_harm              | no
BOARD end@240 back    | less_harm              | -    | it came back
BOARD end@240         | days_to_end            | 10
BOARD end@240 back    | days_to_end            | -
""".replace("BOARD", "open decide_board:on+the+board task")

VISIT_GOLDEN = Golden(
    ADVISER_VISIT,
    {"advisers.accept_within": "24 hours", "advisers.visit_within": "48 hours", "advisers.check_within": "48 hours"},
    {
        "send": do("send_adviser", area="east", problem="burglary", place="Marsh", risk_reason="repeat", likely_until=date(2026, 3, 20), who_asked="officer"),
        "visit": do("visit", visited_on=TODAY, result="seen"), "nobody": do("try_visit", visited_on=TODAY, result="nobody in"), "leave": do("leave", why_not="no staff"),
    },
)  # fmt: skip
VISIT_TABLE = """
send visit@47   | visited_in_in_time    | yes
send nobody@47  | visited_in_in_time@48 | no  | nobody was seen
send leave@10   | visited_in_in_time@99 | -   | nobody was sent: no visit in time
send leave@50   | visited_in_in_time    | no
"""

USE_GOLDEN = Golden(
    PRACTICE_USE,
    {f"practice.{name}": "48 hours" for name in ("accept_within", "decide_within", "acknowledge_within", "count_after", "climb_every")},
    {
        "open": do("look_at", title="Burglary", area="east", new_plan="new", problem="burglary", past_plan="published", past_title="Gates", past_finding="fall", past_evidence="-40 %", led_by="theirs"),
        "choose": do("choose", why="alike"), "told": do("told", "t1"), "yes": do("they_answer", "t1", acknowledged=True), "no": do("they_answer", "t1", acknowledged=False),
    },
)  # fmt: skip
USE_TABLE = """
open choose:adopt             | counted_in@48 | overdue
open choose:adopt told        | taken_note    | -
open choose:adopt told yes@10 | taken_note    | yes
open choose:adopt told no@10  | taken_note    | no
"""


@pytest.mark.parametrize(("golden", "row"), rows(
    (ASB_GOLDEN, ASB_TABLE), (REVIEW_GOLDEN, REVIEW_TABLE), (PLAN_GOLDEN, PLAN_TABLE), (PROFILE_GOLDEN, PROFILE_TABLE), (PRIORITY_GOLDEN, PRIORITY_TABLE),
    (HUB_GOLDEN, HUB_TABLE), (VISIT_GOLDEN, VISIT_TABLE), (USE_GOLDEN, USE_TABLE),
))  # fmt: skip
def test_what_counts_and_when(golden, row):
    golden.check(row)
