"""What counts in the clocks and measures of crimes, devices, victims, suspects and offenders; every time of the force is 24 hours here."""

from datetime import timedelta

import pytest
from tests.core.golden import NOW, TODAY, Golden, do, rows_of

from peelian.investigation.call_assessment import CALL, SIGNS
from peelian.investigation.call_rules import BLOCKS
from peelian.investigation.crime_investigation import ANSWERS, CHECK, INVESTIGATION
from peelian.investigation.digital_media import DEVICE, PROMPT, ROUTE
from peelian.investigation.mappa import MAPPA
from peelian.investigation.offender_management import IOM
from peelian.investigation.offender_pilot import PILOT
from peelian.investigation.sex_offenders import OFFENDER, TRIGGER
from peelian.investigation.suspects import SUSPECT
from peelian.investigation.victims import VICTIM


def own(kind, **values):
    """Every value that the kind reads: 24 hours, but where another is given."""
    return dict.fromkeys(kind.all_locals, "24 hours") | values


SIGNED = dict.fromkeys(SIGNS, "no") | {"in_progress": "yes"}
CALL_SAYS = Golden(CALL, own(CALL, **{"calls.immediate_urban_within": "15 minutes"}), {
    "call": do("take_call", called_at=NOW, area="A", setting="urban", offence="burglary", channel="999", **SIGNED),
    "send": do("send_unit", dispatched_at=NOW), "there": do("unit_there", arrived_at=NOW),
    **{f"b{n}": do("ask_block", f"g{n}", block=block, asked_of="scene", answer="done") for n, block in enumerate(BLOCKS)},
    "again": do("reassess", why_again="new facts"),
})  # fmt: skip
ALL_BLOCKS = " ".join(f"b{n}" for n in range(len(BLOCKS)))
CALL_ROWS = f"""
call grade_call:immediate@0 send@0.1 there@0.2            | assessed_again    | ended | somebody is there: nobody assessed again
call grade_call:immediate@0 again@0.2 send@0.2 there@0.3  | assessed_again    | met ended
call grade_call:immediate@0 send@0.1 there@0.2            | golden_hour_asked | ?     | the hour runs
call grade_call:immediate@0 send@0.1                      | golden_hour_asked | -     | nobody was there
call grade_call:immediate@0 send@0.1 there@0.2 {ALL_BLOCKS} | golden_hour_asked | yes
"""

CRIME_SAYS = Golden(INVESTIGATION, own(INVESTIGATION), {
    "record": do("record_crime", crime="X/1", area="A", offence="burglary", reported_at=NOW, recorded_at=NOW, lines_known=True, domestic=False, victim_supports="no"),
    "found": do("identify_suspect", "s1", identified_at=NOW, arrested_on=TODAY, born_on="1990-01-01"),
    "free": do("release", "s1", released_at=NOW, why="enquiries"), "charge": do("charge", "s1", charged_at=NOW), "nfa": do("take_no_action", "s1", cleared_at=NOW, why="x"),
    "look": do("review_released", "s1", by="ben", why="go on"), "above": do("review_released_above", "s1", by="ben", why="go on"),
    "bail": do("bail", "s1", arrested_on=TODAY, bail_case="standard", authority="custody officer", necessary=True),
    "plan": do("make_plan", plan="x"), "review": do("senior_review", by="ben", reviewed="x", diligent=True), "poor": do("review", by="ben", reviewed="x", diligent=False),
    "late": do("record_crime", crime="X/1", area="A", offence="burglary", reported_at=timedelta(0), recorded_at=NOW),
        "end": do("record_outcome", rationale="x"), "note": do("note", victim_said="x"),
})  # fmt: skip
OPEN = "record screen:investigate@1"
CRIME_ROWS = f"""
late@23                                      | recorded_in_time    | met
late@24                                      | recorded_in_time    | missed  | 24 hours from the report
{OPEN} plan@24                               | planned_in_time     | met
{OPEN} plan@25                               | planned_in_time     | missed
{OPEN} found@2 charge@3 end:type_1@4         | planned_in_time     | ended   | closed before the plan was due
{OPEN} review@24                             | reviewed_above      | met running
{OPEN} found@2 charge@3 end:type_1@4         | reviewed_above      | ended   | a closing is no review
{OPEN} found@2 charge@3 end:type_1@30        | reviewed_above      | missed
{OPEN} found@2 charge@3 end:type_1@4         | reviewed_in_time    | ended
{OPEN} found@2 free@3 above@26               | released_seen_above | met running
{OPEN} found@2 free@3 charge@26              | released_seen_above | ended   | a charge is no review
{OPEN} found@2 free@3 nfa@28                 | released_seen_above | missed  | late already
{OPEN} found@2 free@3 charge@26              | released_reviewed   | ended
{OPEN} found@2 free@3 bail@20                | released_reviewed@90 | ended  | on bail, no longer released under investigation
record                                       | charged             | -       | open crimes hold nothing yet
{OPEN} found@2 charge@3 end:type_1@4         | charged             | yes
{OPEN} found@2 end:type_16@4                 | charged             | no
{OPEN} found@2 end:type_16@4                 | victim_withdrawal   | yes
{OPEN} end:type_14@4                         | victim_withdrawal   | yes
{OPEN} found@2 charge@3 end:type_1@4         | victim_withdrawal   | no
{OPEN}                                       | reviews_find_diligence | -
{OPEN} poor@5                                | reviews_find_diligence | no
{OPEN} poor@5 review@9                       | reviews_find_diligence | yes  | the last one
{OPEN} found@2 free@3                        | released_under_investigation | yes
{OPEN} found@2                               | released_under_investigation | -
{OPEN} end:type_14@48                        | days_to_outcome     | 2
{OPEN}                                       | days_to_outcome     | -
"""
CHECK_SAYS = Golden(CHECK, own(CHECK), {
    "draw": do("draw", investigation="C-1", area="A", drawn_as="by lot"),
    "all": do("answer_check", by="ben", **dict.fromkeys(ANSWERS, "yes")), "part": do("answer_check", by="ben", **dict.fromkeys(ANSWERS, "yes") | {"planned": "in part"}),
})  # fmt: skip
CHECK_ROWS = """
draw all@23   | checked_in_time | met
draw all@24   | checked_in_time | missed
draw          | fully_right     | -
draw all@1    | fully_right     | yes
draw part@1   | fully_right     | no
draw          | outcome_right   | ?
draw part@1   | outcome_right   | yes
"""

CALLS = "messages, calls and pictures"
DEVICE_SAYS = Golden(DEVICE, own(DEVICE), {
    "take": do("record_device", area="A", seized_at=NOW, device="phone", needed=CALLS, basis="seized under a power"),
    "no": do("not_examined", why="no longer needed", returned_at=NOW), "book": do("book", route="R-1", booked_at=NOW, booked_for=NOW),
    "begin": do("begin", started_at=NOW), "result": do("get_result", result_at=NOW, result="got what was needed"),
    "fail": do("fail", failed="kiosk down"),
})  # fmt: skip
DEVICE_ROWS = """
take no@23                                | result_in_time      | ended   | not examined is no result in time
take no@24                                | result_in_time      | missed
take no@23                                | booked_in_time      | ended
take                                      | result_in_time@24   | overdue
take no@23                                | got_what_was_needed | -
take                                      | failed_examinations | -
"""
ROUTE_SAYS = Golden(ROUTE, own(ROUTE), {
    "open": do("open_route", place_name="K", area="A", way="kiosk", does=[CALLS], declared=True),
    "not": do("open_route", place_name="K", area="A", way="kiosk", does=[CALLS], declared=False),
    "hands": do("open_route", place_name="K", area="A", way="investigator", does=["what its owner shows"], declared=False),
    "sure": do("confirm_route"), "shut": do("shut_route", stopped="moved"),
})  # fmt: skip
ROUTE_ROWS = """
open sure@23    | confirmed                | met running
open shut@23    | confirmed                | ended  | shut is not confirmed
open            | declared_under_the_code  | yes
not             | declared_under_the_code  | no
hands           | declared_under_the_code  | -      | no examination under the Code
"""
PROMPT_SAYS = Golden(PROMPT, own(PROMPT), {
    "prompt": do("prompt_team", team="T", area="A", devices=9, used=0), "brief": do("brief_team", briefed_at=NOW, how="shown"),
    "nine": do("sample_officers", sampled=10, named_it=9, drawn_how="lot"), "eight": do("sample_officers", sampled=10, named_it=8, drawn_how="lot"),
})  # fmt: skip
PROMPT_ROWS = """
prompt                | most_name_their_route | -
prompt brief@1 nine   | most_name_their_route | yes   | nine of ten
prompt brief@1 eight  | most_name_their_route | no
"""

VICTIM_SAYS = Golden(VICTIM, own(VICTIM), {
    "open": do("open_rights", reported_on=TODAY, area="A", crime_type="other", born_on="1980-01-01", bereaved=False, targeted=False, impaired=False, intimidated=False,
               safe_contact="by text"),
    "offer": do("offer_statement", offered_at=NOW, statement="wanted now"), "declined": do("offer_statement", offered_at=NOW, statement="declined"),
    "take": do("take_statement", taken_at=NOW, made_by="victim", to_be="not read out"), "send": do("send_statement", sent_at=NOW),
    "ask": do("ask_victim", "q1", by="ben", asked_at=NOW, asked_by="another team", understood="yes", useful="yes", respected="yes", knows_next="yes"),
    "event": do("note_event", "e1", event="arrest", happened_at=NOW), "tell": do("tell", "e1", told_at=NOW, channel="by text", by_safe_way=True, reasons_given=True),
    "try": do("try_contact", "t1", tried_at=NOW, channel="call", result="no answer"), "got": do("try_contact", "t2", tried_at=NOW, channel="call", result="reached"),
    "out": do("opt_out", "o1", event_not_wanted="arrest", said_at=NOW),
})  # fmt: skip
VICTIM_ROWS = """
open set_rights:standard@23                         | rights_decided    | met
open                                                | rights_decided@24 | overdue
open offer@23                                       | statement_offered | met
open offer@24                                       | statement_offered | missed
open ask@23                                         | victim_asked      | met running
open set_rights:standard@1 declined@2 close_rights@3 | victim_asked     | ended   | a closing asks nobody
open set_rights:standard@1 declined@2 close_rights@3 | statement_asked_again | ended
open                                                | offered_statement | ?
open declined@1                                     | offered_statement | yes
open offer@1                                        | statement_taken   | ?       | wanted, and may still be taken
open declined@1                                     | statement_taken   | no
open                                                | statement_taken   | -
open offer@1 take@2                                 | statement_taken   | yes
open offer@1 take@2                                 | statement_reaches_prosecutor | ?
open offer@1 take@2 send@3                          | statement_reaches_prosecutor | yes
open set_rights:standard@1 offer@2 take@3 close_rights@9 | statement_reaches_prosecutor | no | closed with it in the drawer
open try@1 got@2                                    | tries_reach       | no yes
open out@1                                          | opted_out         | yes
open                                                | opted_out         | -
open set_rights:standard event@1 tell@25            | days_to_tell      | 1
open set_rights:standard event@1                    | days_to_tell      | -
"""

SUSPECT_SAYS = Golden(SUSPECT, own(SUSPECT, **{"suspects.profile": "by_grade"}), {
    "want": do("register", wanted_at=NOW, area="A", wanted_for="suspect", offence="sexual", da=False),
    "try": do("attempt", "a1", tried_at=NOW, place="home", result="nobody in"), "got": do("attempt", "a2", tried_at=NOW, place="home", result="arrested"),
    "found": do("close_found", closed_as="arrested", ended_at=NOW), "off": do("close_not_found", by="ben", closed_as="duplicate", ended_at=NOW, why="twice"),
    "review": do("review", reviewed="x"),
})  # fmt: skip
RED = "want grade_it:red@0"
SUSPECT_ROWS = f"""
{RED} try@23                   | next_attempt  | met running
{RED} found@23                 | next_attempt  | ended   | red: each day; found before the next one was due
{RED} off@25                   | next_attempt  | missed
{RED} found@23                 | next_review   | ended
{RED} off@5                    | found         | ended   | taken off is not found
{RED} found@23                 | found         | met
want                           | taken_off     | -
{RED} found@5                  | taken_off     | no
{RED} off@5                    | taken_off     | yes
{RED} try@1 got@2              | attempts_that_arrest | no yes
{RED} found@48                 | days_to_find  | 2
{RED} off@48                   | days_to_find  | -
"""

IOM_SAYS = Golden(IOM, own(IOM, **{"iom.free_harm": 3000, "iom.red_days": 30, "iom.amber_days": 90}), {
    "propose": do("propose", area="A", offender="p1", crimes_2y=4, harm_2y=900, da=True, born_on="1990-01-01"),
    "in": do("select_it", selected_at=NOW), "met": do("contact", "c1", contacted_at=NOW, way="home visit"), "missed": do("attempt", "c2", contacted_at=NOW, way="home visit"),
    "less": do("reset", reviewed="doing well"), "more": do("resume", reviewed="worse"), "leave": do("leave", left_at=NOW, left_because="moved away"), "review": do("review", reviewed="x"),
    "need": do("assess_need", "n1", pathway="drugs and alcohol", need="some", assessed_on=TODAY, pathways_needed=["drugs and alcohol"]), "ask": do("support", "a1"),
    "answer": do("they_answer", "a1", pathways=["drugs and alcohol"]), "task": do("agree_task", "k1", pathway="drugs and alcohol", task="clinic", done_by="health", agreed_at=NOW, due_on="2026-03-10"),
    "done": do("do_task", "k1", done_at=NOW, result="done"), "dropped": do("do_task", "k1", done_at=NOW, result="refused by the person"),
})  # fmt: skip
IN = "propose in:free@0 grade_it:red@0"
IOM_ROWS = f"""
{IN} met@23                | next_contact  | met running
{IN} missed@23             | next_contact@25 | overdue | nobody was reached
{IN} less@23               | next_contact  | none     | lower contact is no contact
{IN} less@25               | next_contact  | missed
{IN} less@23 more@40       | next_contact  | none running
{IN} less@23 met@30        | next_contact@90 | none none | seen all the same: no time runs while contact is lower
{IN} less@23 met@30 more@40 | next_contact@65 | none overdue
{IN} review@22 leave@23    | next_contact  | ended     | who left was not seen
{IN} review@22 leave@23    | next_review   | met ended
{IN} met@1 missed@2        | contacts_kept | yes no
{IN} need@1 ask@2 answer@25 | support_answered | met
{IN} need@1 ask@2          | support_answered@26 | overdue
{IN} task@1                | tasks_done    | -
{IN} task@1 done@2         | tasks_done    | yes
{IN} task@1 dropped@2      | tasks_done    | no
{IN}                       | harm_change   | ?         | three months are not over
"""

RSO_SAYS = Golden(OFFENDER, own(OFFENDER, **{"sex_offenders.visit_profile": "plan", "sex_offenders.reactive_after_years": 3}), {
    "register": do("register", area="A", offender="p1", born_on="1980-01-01", disposal="imprisonment", sentence_months=12, relevant_on=TODAY),
    "first": do("notify_first", first_notified_at=NOW, residence="yes"), "plan": do("set_plan", plan="x", visit_weeks=1),
    "away": do("go_away", held_at="prison"), "back": do("come_back", back_at=NOW),
    "visit": do("visit", "v1", visited_at=NOW, purpose="as the plan says", unannounced=True, found="nothing of concern"),
    "nobody": do("attempt", "v2", visited_at=NOW, purpose="as the plan says", unannounced=True),
    "tool": do("hold_result", "r1", tool="ARMS", tool_version="1", result="low", assessed_on=TODAY, assessor="K", assess_next_on="2026-03-12"),
    "next": do("hold_result", "r2", tool="ARMS", tool_version="1", result="low", assessed_on=TODAY, assessor="K", assess_next_on="2026-06-12"),
    "died": do("end", ended_because="dead"),
})  # fmt: skip
HERE = "register first@20 plan@20"
RSO_ROWS = f"""
register first@61                          | first_notification  | met     | s.83: three days beginning with 2 March end with the 4th
register first@62                          | first_notification  | ran_out
register                                   | first_notification@61 | running
register                                   | first_notification@62 | ran_out | 5 March, midnight
register away@10 back@200                  | first_notification@247 | running | s.85: three days beginning with the release on 10 March
{HERE} away@30                             | next_visit          | ended   | in prison: nobody visited
{HERE} away@30 back@60                     | next_visit          | ended running
{HERE} visit@30                            | next_visit          | met running
{HERE} nobody@30                           | next_visit@400      | overdue | a visit that met nobody is an attempt
{HERE} away@400                            | next_visit          | missed  | a week after the 3rd was past
{HERE} died@30                             | next_visit          | ended
{HERE} tool@30 next@200                    | next_assessment     | met running
{HERE} tool@30 died@40                     | next_assessment     | ended
{HERE} tool@30                             | next_assessment@300 | overdue | the day that the assessor set is over
{HERE} visit@30 nobody@40                  | visits_that_meet    | yes no
{HERE} set_management:active@21            | reactive_share      | no
{HERE}                                     | level_assessed      | -       | no level yet
{HERE} set_level:low@21                    | level_assessed      | no      | a level without a tool's result
{HERE} tool@21 set_level:low@22            | level_assessed      | yes
"""
TRIGGER_SAYS = Golden(
    TRIGGER, own(TRIGGER), {"raise": do("raise_trigger", area="A", happened_at=NOW, trigger="breach")}
)
TRIGGER_ROWS = """
raise   | triggers | yes
raise   | restored@13 | running | the same day
raise   | restored@14 | overdue
"""

MAPPA_SAYS = Golden(MAPPA, own(MAPPA), {
    "refer": do("refer", area="A", offender="p1", person_name="K", born_on="1980-01-01", referred_by="police", why_multi="x", terrorist=False, notification_live=True,
                sentence_live=False, capacity=False, rosh="high", active_value=True, senior=False),
    "meet": do("hold_meeting", "m1", held_at=NOW, present=["police"], risk="x", disclosure="do not disclose", disclosure_why="x"),
    "short": do("hold_meeting", "m2", held_at=NOW, present=["police"], absent=["probation"], risk="x", disclosure="do not disclose", disclosure_why="x"),
    "act": do("agree_action", "k1", action="x", done_by="police", agreed_at=NOW, due_on="2026-03-10"), "done": do("do_action", "k1", done_at=NOW, result="done"),
    "dropped": do("do_action", "k1", done_at=NOW, result="could not be done"), "exit": do("exit", exit_because="risk managed by one agency"),
    "ask": do("information", "a1"), "answer": do("they_answer", "a1", held=True),
})  # fmt: skip
MANAGED = "refer set_category:category_1@1 set_level:level_2@2"
MAPPA_ROWS = f"""
{MANAGED} meet@25            | next_meeting   | met running
{MANAGED} exit@25            | next_meeting   | ended      | who left was not met
refer                        | managed_cases  | -
{MANAGED}                    | managed_cases  | yes
{MANAGED}                    | level_2_or_3   | yes
refer set_category:category_1@1 set_level:level_1@2 | level_2_or_3 | no
{MANAGED} meet@3 short@4     | all_agencies_present | yes no
{MANAGED} act@3              | actions_done   | -
{MANAGED} act@3 done@4       | actions_done   | yes
{MANAGED} act@3 dropped@4    | actions_done   | no
{MANAGED} ask@3 answer@26    | information_answered | met
"""
PILOT_SAYS = Golden(PILOT, own(PILOT, **{"pilot.ratio_not_accepted": 2.0, "pilot.false_alarm": 0.05, "pilot.power_needed": 0.8, "pilot.audits_of_each_arm": 1}), {
    "plan": do("plan_pilot", title="x", question="x", compared="x", outcomes="x", seed="7", expected=20, review_on="2026-06-01"), "sign": do("sign_off", ethics="x"),
    "draw": do("draw_audits", "d1", drawn_at=NOW), "made": do("audits_done", "d1", made_on=TODAY), "count": do("count_again", "c1"),
    "suspend": do("suspend", stopped_because="harm"), "on": do("decide_pilot", decided_why="x"),
})  # fmt: skip
BEGUN = "plan sign begin"
PILOT_ROWS = f"""
{BEGUN} draw@1 made@20                             | audits_made     | met
{BEGUN} draw@1                                     | audits_made@25  | overdue
{BEGUN} count@23                                   | counted_in_time | met running
{BEGUN} count@10 suspend@11 on:stop@12             | counted_in_time | met ended   | a stop is no count
{BEGUN} count@10 suspend@11 on:go_on@12            | returned        | ended       | nobody goes back: it goes on
{BEGUN} count@10                                   | boundary_kept   | yes
"""
SAYS = {
    "call": (CALL_SAYS, CALL_ROWS), "crime": (CRIME_SAYS, CRIME_ROWS), "check": (CHECK_SAYS, CHECK_ROWS), "device": (DEVICE_SAYS, DEVICE_ROWS), "route": (ROUTE_SAYS, ROUTE_ROWS),
    "prompt": (PROMPT_SAYS, PROMPT_ROWS), "victim": (VICTIM_SAYS, VICTIM_ROWS), "suspect": (SUSPECT_SAYS, SUSPECT_ROWS), "iom": (IOM_SAYS, IOM_ROWS), "rso": (RSO_SAYS, RSO_ROWS),
    "trigger": (TRIGGER_SAYS, TRIGGER_ROWS), "mappa": (MAPPA_SAYS, MAPPA_ROWS), "pilot": (PILOT_SAYS, PILOT_ROWS),
}  # fmt: skip


@pytest.mark.parametrize(("says", "row"), rows_of(SAYS))
def test_investigation(says: str, row: str) -> None:
    SAYS[says][0].check(row)
