"""Golden tables of specialist capabilities: when a clock is met, missed or needless, and which cases a measure counts. Hours by hand."""

from datetime import date, timedelta

import pytest

from peelian.core.kinds import Entry
from peelian.specialist.armed_policing import ASSESSMENT, DEPLOYMENT, REQUALIFICATION
from peelian.specialist.exercises import EXERCISE, LESSON, PLAN
from peelian.specialist.mobilisation import MOBILISATION
from peelian.specialist.mutual_aid import AID

from ..core.golden import NOW, TODAY, Golden, do, table


def golden(kind, acts, done=()):
    """Two days for whatever the force may set as a time; acts `done` stand in the journal without their guards, which read other cases."""
    values = dict.fromkeys(kind.all_locals, "48 hours")
    return type("Past", (Golden,), {"_entry": _past(done)})(kind, values, acts)


def _past(done):
    def entry(self, word, entries, now):
        if word not in done:
            return Golden._entry(self, word, entries, now)
        given = {name: self._value(value, now) for name, value in self.acts[word].given.items()}
        given = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in given.items()}
        return Entry(
            len(entries) + 1, now, now, "ann", "act", self.acts[word].name, item=self.acts[word].item, given=given
        )

    return entry


def rows(*tables):
    """Every row of every table, named by its kind."""
    return [pytest.param(golden, row, id=f"{golden.kind.name} {row}") for golden, text in tables for row in table(text)]


ROUND = {"role": "tactical firearms commander", "running_out": 4, "first_on": date(2026, 4, 1)}
REQUALIFICATION_GOLDEN = golden(
    REQUALIFICATION,
    {
        "open": do("open_requalification", **ROUND), "book": do("book", course_on=date(2026, 3, 20), places=4), "sooner": do("book", course_on=date(2026, 3, 10), places=4),
        "all": do("close_requalification", renewed=4, lapsed=0), "some": do("close_requalification", renewed=3, lapsed=1),
    },
)  # fmt: skip
REQUALIFICATION_TABLE = """
open                  | booked_due@47         | running
open                  | booked_due@48         | overdue
open book@47          | booked_due_in_time    | yes
open book@10          | course_due@445        | running | until the end of 20 March: 18 days after 2 March
open book@10          | course_due@446        | ran_out | a term, nobody's failure
open book@10 sooner@20 | course_due@206       | ran_out | booked anew on 10 March: 8 days after 2 March
open book             | renewed_in_time       | -       | the round goes on
open book all         | renewed_in_time       | yes
open book some        | renewed_in_time       | no
"""

DEPLOYMENT_GOLDEN = golden(
    DEPLOYMENT,
    {
        **{crew: do("authorise", area="east", authorised_at=NOW, authority="tactical", reason_for="crime with knives", crew=words) for crew, words in
           (("vehicle", "armed response vehicle"), ("specialist", "specialist"))},
        "end": do("end_deployment", ended_at=NOW, officers=2, shots_fired=False, taser_used=False, hurt=0),
        "shot": do("end_deployment", ended_at=NOW, officers=2, shots_fired=True, taser_used=False, hurt=1),
        "debrief": do("hold_debrief", debriefed_at=NOW, debrief="d"), "debrief_at_40": do("hold_debrief", debriefed_at=timedelta(hours=40), debrief="d"),
    },
)  # fmt: skip
DEPLOYMENT_TABLE = """
vehicle                          | by_response_vehicle  | yes
specialist                       | by_response_vehicle  | no
vehicle                          | shots                | -    | it goes on
vehicle end                      | shots                | no
vehicle shot                     | shots                | yes
vehicle end@10                   | debrief_due@58       | overdue
vehicle end@10 debrief_at_40@90  | debrief_due_in_time  | yes  | held in time, written down late
"""

ASSESSMENT_GOLDEN = golden(
    ASSESSMENT,
    {
        "open": do("assess", assessed_on=TODAY, national_level="severe", kept_where="safe 1"),
        "attack": do("add_threat", "t1", heading="marauding terrorist attack", likelihood=2, impact=5, confidence="low", basis="x"),
        "need": do("set_need", "n1", role="tactical firearms commander", shift="any", wanted=1), "approve": do("approve_assessment", by="bob"),
        "met": do("count_shift", "s1", counted_on=TODAY, counted_shift="night", counted_role="tactical firearms commander", needed=1, there=1),
        "short": do("count_shift", "s1", counted_on=TODAY, counted_shift="night", counted_role="tactical firearms commander", needed=1, there=0),
        "trigger": do("note_trigger", trigger="a new local threat", trigger_words="x"), "review": do("review_assessment", review_found="holds"),
    },
)  # fmt: skip
ASSESSMENT_TABLE = """
open attack need approve trigger@10           | trigger_review@58        | overdue
open attack need approve trigger@10 review@57 | trigger_review_in_time   | yes
open attack need approve met                  | requirement_met_by_shift | yes
open attack need approve short                | requirement_met_by_shift | no
"""

TEST = {"title": "Flood", "plan": "p", "threat": "civil emergencies", "sort": "live", "planned_for": NOW}
EXERCISE_GOLDEN = golden(
    EXERCISE,
    {
        "open": do("plan_exercise", **TEST), "timed": do("set_objective", "o1", aim="100 officers", planned_minutes=60), "untimed": do("set_objective", "o1", aim="told"),
        "hold": do("hold", held_at=NOW), "hold_at_40": do("hold", held_at=timedelta(hours=40)), "cancel": do("cancel", why_cancelled="snow"),
        "late": do("score", "o1", result="not met", achieved_minutes=75), "met": do("score", "o1", result="met", achieved_minutes=50), "score": do("score", "o1", result="met"),
        "debrief": do("hold_debrief", debriefed_at=NOW, debrief="d"),
    },
    done=("open",),
)  # fmt: skip
EXERCISE_TABLE = """
open                     | held_in_time@48        | overdue
open untimed hold_at_40@90 | held_in_time_in_time | yes  | held in time, written down late
open cancel@10           | held_in_time_in_time@99 | -   | cancelled: it was not held
open cancel@50           | held_in_time_in_time   | no
open untimed hold debrief@47 | debrief_due_in_time | yes
open timed               | minutes_over_plan      | ?
open timed hold late     | minutes_over_plan      | 15
open timed hold met      | minutes_over_plan      | -10
open untimed hold score  | minutes_over_plan      | -   | no time was planned
open                     | exercises_held         | -
open untimed hold        | exercises_held         | yes
open cancel              | exercises_held         | no
"""
PLAN_GOLDEN = golden(
    PLAN,
    {"open": do("write_plan", title="Flood", threat="civil emergencies", owner_post="planner"), "line": do("add_line", "l1", number=1, wording="w"), "approve": do("approve_plan", by="bob"),
     "withdraw": do("withdraw_plan", why_withdrawn="merged"), "review": do("review_plan", reviewed="holds")},
    done=("open",),
)  # fmt: skip
PLAN_TABLE = """
open line approve@10 withdraw@20 | plan_review_due_in_time@99 | -   | withdrawn: nobody reviewed it
open line approve@10 withdraw@20 | plan_test_due_in_time@99   | -   | nor tested it
open line approve@10 withdraw@60 | plan_test_due_in_time      | no
open line approve@10 review@57   | plan_review_due_in_time@58 | yes ?
"""
LESSON_GOLDEN = golden(
    LESSON,
    {
        "open": do("learn", statement="s", category="people", root_cause="r", plan="p", line=1, due_on=date(2026, 3, 12)), "drop": do("drop", why_dropped="no money", by="bob"),
        "change": do("note_change", changed_at=NOW), "learnt": do("close_lesson", retest="e"), "failed": do("retest_failed", retest="e", due_on=date(2026, 3, 30)),
        "repeat": do("learn", statement="s", category="people", root_cause="r", plan="p", line=1, due_on=date(2026, 3, 12), repeats="l"),
    },
    done=("open", "repeat", "change", "failed", "learnt", "drop"),
)  # fmt: skip
LESSON_TABLE = """
open                        | change_due@253       | running | 10 days after 2 March: until the end of 12 March
open                        | change_due@254       | overdue
open drop@100               | change_due_in_time@999 | -     | dropped: the plan was not changed
open drop@300               | change_due_in_time   | no
open change@240 drop@260    | retest_due_in_time@999 | -
open change@10 failed@57    | retest_due_in_time   | yes     | tested again, though it failed
open                        | lessons_dropped      | -       | it is not decided yet
open change learnt          | lessons_dropped      | no
open drop                   | lessons_dropped      | yes
open change@60              | days_to_change       | 2.5
open                        | days_to_change       | -
open change failed          | came_back            | yes
repeat                      | came_back            | yes
"""

AID_GOLDEN = golden(
    AID,
    {
        "open": do("request", direction="asked for", tier="regional", basis="Police Act 1996, s.24", other_force="Kent", threat="public disorder", what="three units", number_wanted=75,
                   asked_at=NOW, needed_at=timedelta(hours=60), until_at=timedelta(hours=200)),
        "offer": do("offer_people", offered_number=75, terms="full cost"), "refuse": do("refuse_request", why_refused="our own need"), "stand_down": do("stand_down", why_stood_down="called off"),
        "aim": do("set_aim", "a1", aim="hold the bridge"), "deploy": do("deploy", deployed_at=NOW, deployed_number=75), "check": do("check_welfare", "w1", checked_at=NOW, longest_duty=10, shortest_rest=11, hurt=0),
        "back": do("come_back", returned_at=NOW), "met": do("score_aim", "a1", result="met"), "partly": do("score_aim", "a1", result="partly met"),
    },
)  # fmt: skip
AID_TABLE = """
open stand_down@10               | aid_answered_in_time@99  | -   | called off: nobody answered
open stand_down@50               | aid_answered_in_time     | no
open offer@47                    | aid_answered_in_time     | yes
open offer@10 stand_down@20      | there_in_time_in_time@99 | -   | called off: nobody was there in time
open offer@10 aim deploy@59      | there_in_time_in_time    | yes
open offer aim deploy@10 check@20 back@30 | welfare_due_in_time@99 | yes | home before the next check was due
open                             | requests_refused         | -   | not answered yet
open offer                       | requests_refused         | no
open refuse                      | requests_refused         | yes
open stand_down                  | requests_refused         | -
open offer aim                   | aims_met                 | ?
open offer aim deploy met        | aims_met                 | yes
open offer aim deploy partly     | aims_met                 | no
"""
MOBILISATION_GOLDEN = golden(
    MOBILISATION,
    {
        "open": do("require", area="east", threat="public disorder", what_for="march", asked_at=NOW, needed_at=timedelta(hours=60), until_at=timedelta(hours=90)),
        "stand_down": do("stand_down", stood_down_at=NOW),
    },
    done=("open",),
)  # fmt: skip
MOBILISATION_TABLE = """
open stand_down@10 | answer_due_in_time@99  | -  | called off: nobody answered
open stand_down@10 | filled_due_in_time@99  | -
open stand_down@70 | filled_due_in_time     | no
"""


@pytest.mark.parametrize(("golden", "row"), rows(
    (REQUALIFICATION_GOLDEN, REQUALIFICATION_TABLE), (DEPLOYMENT_GOLDEN, DEPLOYMENT_TABLE), (ASSESSMENT_GOLDEN, ASSESSMENT_TABLE), (EXERCISE_GOLDEN, EXERCISE_TABLE),
    (PLAN_GOLDEN, PLAN_TABLE), (LESSON_GOLDEN, LESSON_TABLE), (AID_GOLDEN, AID_TABLE), (MOBILISATION_GOLDEN, MOBILISATION_TABLE),
))  # fmt: skip
def test_what_counts_and_when(golden, row):
    golden.check(row)
