"""Golden tables of organised crime: when a clock is met, missed or needless, and which cases a measure counts. Hours by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from peelian.core.kinds import Entry, fold
from peelian.core.kinds.measures import rows as counted
from peelian.organised_crime.briefing import ENTRY
from peelian.organised_crime.groups import GROUP
from peelian.organised_crime.intelligence import PARTNER_REPORT, REPORT
from peelian.organised_crime.joint_unit import JOINT
from peelian.organised_crime.local_profile import ACTION, PROFILE
from peelian.organised_crime.partnership import PARTNER, REQUEST
from peelian.organised_crime.partnership_rules import DEPUTIES, LEAD_DAYS, RECORD, SILENT
from peelian.organised_crime.prevention_orders import ORDER
from peelian.organised_crime.threats import AT_RISK, EXPLOITED, THREAT

from ..core.golden import NOW, TODAY, Golden, at, do, table

TWO_DAYS = "48 hours"


def locals_of(kind, **more):
    """Two days for whatever the force may set as a time, but for what is told."""
    return {name: more.get(name.partition(".")[2], TWO_DAYS) for name in kind.all_locals}


class Past(Golden):
    """Acts whose guards read the database or another case stand in the journal as they were done."""

    DONE = ("propose_editions", "issue", "put_on")

    def _entry(self, word, entries, now):
        if word in self.DONE:
            given = dict(self.acts[word].given) if word in self.acts else {}
            return Entry(len(entries) + 1, now, now, "ann", "act", word, given=given)
        return super()._entry(word, entries, now)


def rows(*tables):
    """Every row of every table, named by its kind."""
    return [pytest.param(golden, row, id=f"{golden.kind.name} {row}") for golden, text in tables for row in table(text)]


ORDER_GOLDEN = Golden(
    ORDER, locals_of(ORDER, months_before_end=6),
    {
        "open": do("consider", considered_at=NOW, area="east", team="serious crime", order="SCPO", age=34, convicted=True, involved=True, court="Crown Court", risk="x", protects="y",
                   sentence_on=date(2026, 3, 31)),
        "draft": do("draft_condition", "c1", about="travel", text="no flights", because="smuggling"), "send": do("send", court="Crown Court"),
        "prosecutor": do("prosecutor", "p1"), "advise": do("they_answer", "p1", applies=True), "back": do("send_back", said="more on risk"),
        "apply": do("apply", hearing_on=date(2026, 3, 30)), "grant": do("grant", in_force_on=TODAY, term_months=12),
        "refuse": do("refuse", code="no real risk of further involvement", said="no"), "withdraw": do("withdraw_it", code="prosecutor did not apply", said="no"),
        "serve": do("serve", served_on=TODAY), "check": do("check", checked="kept"), "end": do("end", ended_as="discharged"), "ahead": do("look_ahead", checked="renew"),
        "seek:not_sought": do("seek", why_not="too weak"), "coded": do("seek", why_not="too weak", code="evidence pack too weak"),
        "breach": do("breach", "b1", happened_at=NOW, of_condition="travel"), "charged": do("act_on_breach", "b1", charged=True, result="6 months"),
        "not_charged": do("act_on_breach", "b1", charged=False, result="warned"),
    },
)  # fmt: skip
ORDER_TABLE = """
open seek:sought@10              | sent_due@57             | running
open seek:sought@10              | sent_due@58             | overdue
open seek:sought withdraw@10     | sent_due_in_time@99     | -    | given up: nothing was sent in time
open seek:sought withdraw@50     | sent_due_in_time        | no   | it was late by then
SENT@10                          | applied_due@58          | overdue
SENT@10 back@20                  | applied_due_in_time@99  | -    | sent back: no application was made in time
SENT@10 back@20 send@30          | applied_due@77          | ended running
SENT@10 apply@57                 | applied_due_in_time     | yes
GRANTED@10 end@20                | next_check_in_time@99   | -    | the order ended before its check was due
GRANTED@10 check@20              | next_check_in_time@67   | yes ?
GRANTED@10 end@20                | end_looked_at_in_time@9999 | - | discharged before it was to be looked at
GRANTED@10                       | end_looked_at@4404      | running | 6 of 12 months, beginning with 2 March, end with 1 September in London
GRANTED@10                       | end_looked_at@4405      | overdue
open                             | orders_applied_for      | -
SENT                             | orders_applied_for      | -
open seek:not_sought             | orders_applied_for      | no
SENT withdraw                    | orders_applied_for      | no
SENT apply                       | orders_applied_for      | yes
SENT apply                       | orders_granted          | -    | the court has not decided
SENT apply refuse                | orders_granted          | no
GRANTED                          | orders_granted          | yes
GRANTED end                      | orders_granted          | yes  | it was granted, though it has ended
SENT apply withdraw              | orders_granted          | -
open seek:not_sought             | reason_coded            | no
SENT apply refuse                | reason_coded            | yes
GRANTED                          | reason_coded            | -
GRANTED breach                   | breaches_charged        | ?
GRANTED breach charged           | breaches_charged        | yes
GRANTED breach not_charged       | breaches_charged        | no
SENT@10                          | days_before_sentence    | 29   | 2 March to 31 March
SENT@730                         | days_before_sentence    | -1   | it came after the sentence
open                             | days_before_sentence    | -
""".replace("GRANTED", "SENT apply grant").replace("SENT", "open seek:sought draft prosecutor advise send")

PROFILE_GOLDEN = Past(
    PROFILE, locals_of(PROFILE),
    {
        "open": do("start", area="east", since=date(2025, 9, 1), until=date(2026, 2, 28), purpose="joint work", wanted="counts"),
        "estimate": do("estimate", "t1", threat="drugs", level="high", confidence="low", rests_on="x"), "back": do("take_back", why_back="a number is wrong"),
        "lower": do("estimate_again", "t1", level_after="low", after_rests_on="x", estimated_at=NOW), "same": do("estimate_again", "t1", level_after="high", after_rests_on="x", estimated_at=NOW),
        "close": do("close", learnt="less"),
        **{how: do("contribute", "k1", from_agency="council", received_on=TODAY, what="cases", threat="drugs", place="east", count=9, statement="s", handling=words, limit_words="l",
                   told=told) for how, words, told in (("shared", "may be shared", "nine"), ("counts", "counts only", None), ("shut", "full edition only", None))},
    },
)  # fmt: skip
PROFILE_TABLE = """
open propose_editions@10                 | second_person@57          | running
open propose_editions@10                 | second_person@58          | overdue
open propose_editions@10 issue@57        | second_person_in_time     | yes
open propose_editions@10 back@20         | second_person_in_time@99  | -    | taken back: no second person decided
open propose_editions@10 back@70         | second_person_in_time     | no
open propose_editions issue@10           | refreshed@57              | running
open propose_editions issue@10           | refreshed@58              | overdue
open estimate propose_editions issue@10 same close@57 | refreshed_in_time | yes
open estimate propose_editions issue     | threat_lower              | -
open estimate propose_editions issue lower | threat_lower            | yes
open estimate propose_editions issue same | threat_lower             | no
open shared                              | partners_data_shareable   | yes
open counts                              | partners_data_shareable   | yes
open shut                                | partners_data_shareable   | no
"""
ACTION_GOLDEN = Golden(
    ACTION, locals_of(ACTION),
    {
        "open": do("propose_action", area="east", action="licences", p="prevent", threat="drugs", lead="theirs", due_on=date(2026, 3, 20), in_shareable=True),
        "ask": do("take_on", "a1"), "yes": do("they_answer", "a1", takes=True), "no": do("they_answer", "a1", takes=False),
        "accept": do("accept_action", owner_post="head of licensing"), "decline": do("decline_action", why_not="no staff"), "done": do("do_it", result="done"),
    },
)  # fmt: skip
ACTION_TABLE = """
open                      | actions_taken_on | -
open ask yes accept       | actions_taken_on | yes
open ask yes accept done  | actions_taken_on | yes
open ask no decline       | actions_taken_on | no
open@0 ask no decline@47  | action_settled_in_time | yes | declined is settled
"""

PARTNER_REPORT_GOLDEN = Golden(
    PARTNER_REPORT, locals_of(PARTNER_REPORT),
    {
        "open": do("tell_police", told_at=NOW, area="east", about="drugs", what="w", onward="police alone"), "made": do("made_report", report="r1"),
        "new": do("tell_worth", feedback="it was new"), "known": do("tell_worth", feedback="it was known already"),
    },
)  # fmt: skip
PARTNER_REPORT_TABLE = """
open                   | received_in_time@47          | running
open                   | received_in_time@48          | overdue
open receive@47        | received_in_time_in_time     | yes
open                   | made_a_report                | -   | nobody has read it yet
open receive made      | made_a_report                | -   | else the first to be done would all be hits
open receive made new  | made_a_report                | yes
open receive known     | made_a_report                | no
open receive           | was_new                      | -
open receive new       | was_new                      | yes
open receive known     | was_new                      | no
"""
REPORT_GOLDEN = Golden(
    REPORT, locals_of(REPORT),
    {
        **{who: do("submit", submitted_at=NOW, information_on=TODAY, area="east", topic="drugs", urgency="low", provenance=words, raw="a flat") for who, words in
           (("open", "police officer"), ("partner", "partner agency"))},
        "grade": do("grade", source_grade="2", assessment="B", handling="P"), "retract": do("retract", withdrawn_why="wrong person"),
    },
)  # fmt: skip
REPORT_TABLE = """
open grade@47            | graded_in_time_in_time      | yes
open retract@10          | graded_in_time_in_time@99   | -   | nobody graded it
open retract@50          | graded_in_time_in_time      | no
open grade@10 retract@20 | sanitised_in_time_in_time@99 | -
open grade@10 retract@20 | next_review_in_time@99      | -
open                     | from_partners               | no
partner                  | from_partners               | yes
"""

THREAT_GOLDEN = Golden(
    THREAT, locals_of(THREAT, high_from=45, medium_from=20),
    {
        "open": do("register", area="east", type="fraud", title="Courier fraud", known_from="banks"), "gave": do("score", partners_asked=3, partners_gave=1),
        "none": do("score", partners_asked=3, partners_gave=0), "rank": do("prioritise"), "close": do("close", learnt="gone"),
        **{p: do("plan", p, p=p, action="a", lead="l", agreed_at=NOW, due_on=date(2026, 4, 1)) for p in ("pursue", "prevent", "protect", "prepare")},
    },
)  # fmt: skip
THREAT_TABLE = """
open rank:low@10 close@20 | review_due_in_time@99   | -   | closed before its review was due
open rank:low@10 close@60 | review_due_in_time      | no
open pursue               | threat_covers_four_ps   | -   | not assessed yet
open rank:low pursue prevent protect | threat_covers_four_ps | no
open rank:low pursue prevent protect prepare | threat_covers_four_ps | yes
open rank:low pursue close | threat_covers_four_ps  | no  | a threat that is closed stays in
open                      | threat_with_partner_data | ?
open none                 | threat_with_partner_data | no
open gave                 | threat_with_partner_data | yes
"""
EXPLOITED_GOLDEN = Golden(
    EXPLOITED, locals_of(EXPLOITED),
    {
        **{who: do("see_signs", found_at=NOW, area="east", type=words, signs_seen="phones", child=child, consent=consent) for who, words, child, consent in
           (("child", "sexual", True, None), ("agrees", "forced labour", False, "given"),
            ("refuses", "forced labour", False, "not given"), ("unasked", "forced labour", False, "not asked yet"))},
        "send": do("send", referred_at=NOW), "late": do("send", referred_at=timedelta(hours=20)), "chase": do("chase", chased="asked"),
        "positive": do("reasonable_grounds", reasonable="positive", reasonable_at=NOW), "negative": do("reasonable_grounds", reasonable="negative", reasonable_at=NOW),
        "choose": do("choose_way"),
    },
)  # fmt: skip
EXPLOITED_TABLE = """
child choose:refer late@60            | sent_in_time_in_time    | yes | sent in time, written down late
child choose:refer send@10            | next_chase@58           | overdue
child choose:refer send@10 positive@20 | next_chase_in_time@99  | -   | decided before anybody had to ask
child choose:refer send@10 chase@20   | next_chase_in_time@67   | yes ?
child                                 | adults_who_agree        | -
agrees                                | adults_who_agree        | yes
refuses                               | adults_who_agree        | no
unasked                               | adults_who_agree        | -
child choose:refer send               | reasonable_positive     | -
child choose:refer send positive      | reasonable_positive     | yes
child choose:refer send negative      | reasonable_positive     | no
"""
AT_RISK_GOLDEN = Golden(
    AT_RISK, locals_of(AT_RISK),
    {
        "open": do("raise_concern", seen_at=NOW, area="east", from_agency="school", drawn_to="county lines", concern="two phones", child=True, safe_contact="at school"),
        "decide_offer": do("decide_offer", why_not="mistaken"), "offer": do("offer", offered_at=NOW), "take": do("take_up", consent="given", taken_at=NOW, provider="youth service"),
        "no": do("say_no", consent="not given", why_not="no wish"), "safer": do("conclude", outcome="safer", outcome_rests_on="school"),
        "same": do("conclude", outcome="unchanged", outcome_rests_on="school"),
    },
)  # fmt: skip
AT_RISK_TABLE = """
open decide_offer:no_concern@10       | offered_in_time_in_time@99 | -    | no offer was owed, and none was made
open decide_offer:offer offer@47      | offered_in_time_in_time  | yes
OFFERED@10 no@20                      | begun_in_time_in_time@99 | -      | they said no: no support began
OFFERED@10 take@57                    | begun_in_time_in_time    | yes
OFFERED                               | offers_taken_up          | -
OFFERED take                          | offers_taken_up          | yes
OFFERED no                            | offers_taken_up          | no
OFFERED take                          | safer_after_support      | -
OFFERED take safer                    | safer_after_support      | yes
OFFERED take same                     | safer_after_support      | no
OFFERED                               | days_to_support_begins   | -
OFFERED take@60                       | days_to_support_begins   | 2.5
""".replace("OFFERED", "open decide_offer:offer offer")

GROUP_GOLDEN = Golden(
    GROUP, locals_of(GROUP, risk_matrix="open", top_tier_from=50, middle_tier_from=20),
    {
        "open": do("put_forward", group_name="Heron", area="east", crime_type="county lines", found_how="seen", joint_purpose=True, offence_years=14, for_gain=True),
        "map": do("map_it", by="bob"), "archive": do("archive", archived_why="dismantled"), "lead": do("name_lead", lead_officer="DI"),
        "again": do("open_again", opened_again_why="seen again"), "changed": do("changed", changed_what="a disruption"), "look": do("look_again", found_how="quiet"),
        **{g: do("assert_it", "w1", says_of="member", person="p1", statement="s", grade_given=g, true_from=TODAY, all_checked=True, report="r1", source_id="s1") for g in ("2B", "3C")},
    },
)  # fmt: skip
GROUP_TABLE = """
open map:map@10 archive@20       | lead_named_in_time@99  | -    | archived: no lead was named in time
open map:map@10 lead@57          | lead_named_in_time     | yes
open map:not_a_group@10          | lead_named_in_time@99  | -
open map:map changed@10 archive@20 | scored_after_change_in_time@99 | - | archived, not scored
open map:map archive@10 close@20 | archived_checked_in_time@99 | - | nobody looked at it again
open map:map archive@10 again@57 | archived_checked_in_time | yes
open                             | groups_put_forward     | yes
open                             | have_tier              | -
open map:not_a_group             | have_tier              | -
open map:map                     | have_tier              | no
open map:map@60                  | days_to_decide         | 2.5
open 2B                          | good_grades            | yes
open 3C                          | good_grades            | no
"""

SITTING = {
    "area": "east",
    "board": "county",
    "partner": "council",
    "member_post": "director",
    "member_rank": "director",
    "rank_needed": "director",
    "next_board_on": date(2026, 3, 10),
}
PARTNER_GOLDEN = Golden(
    PARTNER, locals_of(PARTNER) | {rules.name: 3 for rules in (DEPUTIES, SILENT, LEAD_DAYS, RECORD)},
    {
        "open": do("join", **SITTING), "escalate": do("escalate", why_escalated="silent"), "letter": do("write_to_chief", letter="l"), "leave": do("leave", why_left="merged"),
        "board": do("record_board", "b1", held_on=TODAY, came="member", next_board_on=date(2026, 4, 10)), "judge": do("judge_engagement"),
    },
)  # fmt: skip
PARTNER_TABLE = """
open judge:attends_only@10 leave@20  | engagement_judged_in_time@99 | yes | only the judgement that was made
open leave@10            | engagement_judged_in_time@99 | -   | nobody judged
open leave@10            | board_recorded_in_time@999   | -
open                     | partners_engaged             | -
open judge:attends_only  | partners_engaged             | no
open escalate@10 letter@46 | days_to_chief_letter       | 1.5
open                     | days_to_chief_letter         | -
"""
REQUEST_GOLDEN = Golden(
    REQUEST, locals_of(REQUEST),
    {
        "open": do("request", area="east", wanted="licences", what_for="cash", of_kind="data", needed_on=date(2026, 3, 20)), "ask": do("help", "h1"),
        "reply": do("they_answer", "h1", can="yes", what="list", by_whom="head"), "drop": do("drop", why_nothing="not needed"), "nothing": do("change_nothing", why_nothing="known"),
    },
)  # fmt: skip
REQUEST_TABLE = """
open drop@10                        | answer_read_in_time@99      | -   | dropped, not answered
open drop@50                        | answer_read_in_time         | no
open ask reply take_answer@47       | answer_read_in_time         | yes
open ask reply take_answer@10 drop@20 | put_to_use_in_time@99     | -
open ask reply take_answer          | answers_that_changed_a_plan | -
open ask reply take_answer nothing  | answers_that_changed_a_plan | no
open drop                           | answers_that_changed_a_plan | -
"""
JOINT_GOLDEN = Golden(
    JOINT, locals_of(JOINT),
    {
        "open": do("open_joint", area="east", operation="Lantern", group="G1", aim="stop it", other="theirs", agreement="s.22A", led_by="the joint unit", our_basis="PACE", group_told="imports"),
        "ask": do("other_force", "o1"), "join": do("they_answer", "o1", owner_post="DCI", basis="PACE", review_days=2, disclosure="DS"),
        "plan": do("write_plan", plan="one line each"), "give_up": do("give_up", result="no evidence"), "review": do("review", reviewed="goes on"),
        "aim": do("set_objective", "x1", objective="arrest", p="pursue", by_force="us", agreed_at=NOW, due_on=date(2026, 3, 20)),
        "done": do("judge_objective", "x1", done_at=NOW, result="charged"), "not_done": do("judge_objective", "x1", result="he left the country"),
    },
)  # fmt: skip
JOINT_TABLE = """
open give_up@10                    | joined_due_in_time@99     | -   | given up: the other force never joined
open ask join plan start@47        | joined_due_in_time        | yes
open ask join plan start@10 give_up@20 | our_review_due_in_time@99 | -
open ask join plan start@10 review@20  | our_review_due@67     | met running
open ask join                      | joint_on_both_bases       | yes
open                               | joint_on_both_bases       | no
open aim done                      | objectives_met            | yes
open aim not_done                  | objectives_met            | no  | judged, and not done
"""
SHIFT = {
    "team": "response",
    "area": "east",
    "shift_from": datetime(2026, 3, 2, 10, tzinfo=UTC).isoformat(),
    "shift_until": datetime(2026, 3, 2, 20, tzinfo=UTC).isoformat(),
    "officers": 4,
}
BRIEFING_GOLDEN = Past(
    ENTRY, locals_of(ENTRY),
    {"put_on": do("put_on", **SHIFT), "saw": do("mark_read", "r1", seen_since="the van"), "read": do("mark_read", "r1"), "off": do("take_off", off_why="wrong")},
)  # fmt: skip
BRIEFING_TABLE = """
put_on off@5   | read_in_shift_in_time@20 | -   | taken off: nobody read it in time
put_on off@11  | read_in_shift_in_time@20 | no
put_on read@5  | read_in_shift_in_time    | yes
put_on read    | saw_something            | no
put_on saw     | saw_something            | yes
"""


@pytest.mark.parametrize(("golden", "row"), rows(
    (ORDER_GOLDEN, ORDER_TABLE), (PROFILE_GOLDEN, PROFILE_TABLE), (ACTION_GOLDEN, ACTION_TABLE), (PARTNER_REPORT_GOLDEN, PARTNER_REPORT_TABLE), (REPORT_GOLDEN, REPORT_TABLE),
    (THREAT_GOLDEN, THREAT_TABLE), (EXPLOITED_GOLDEN, EXPLOITED_TABLE), (AT_RISK_GOLDEN, AT_RISK_TABLE), (GROUP_GOLDEN, GROUP_TABLE), (PARTNER_GOLDEN, PARTNER_TABLE),
    (REQUEST_GOLDEN, REQUEST_TABLE), (JOINT_GOLDEN, JOINT_TABLE), (BRIEFING_GOLDEN, BRIEFING_TABLE),
))  # fmt: skip
def test_what_counts_and_when(golden, row):
    golden.check(row)


@pytest.mark.parametrize(("golden", "steps", "measure"), [
    (GROUP_GOLDEN, "open map:map@800", "days_to_decide"), (AT_RISK_GOLDEN, "open decide_offer:offer offer take@800", "days_to_support_begins"),
    (PARTNER_GOLDEN, "open escalate@10 letter@800", "days_to_chief_letter"),
])  # fmt: skip
def test_a_duration_stands_in_the_month_in_which_it_ended(golden, steps, measure):
    """In the month of its beginning it would look shorter the later the month: only the short ones have ended."""
    told = counted(fold(golden.kind, golden.told(steps)), [], around=golden.around)
    assert [row.at for row in told if row.measure == measure] == [at(800)]
