"""P8: problem-solving plans: scanning, analysis, response, assessment; judged in the way that was written down on the first day.

Question 1. A full plan cannot be opened without its outcome, comparison area, detectable effect and planned decision, nor closed without
its evaluation. A small plan asks its objective and two counts; by itself it cannot show an effect, and the bank puts it together with
others like it. Advisers are sent where the next repeat is likely.
"""

from __future__ import annotations

from typing import Any

from peelian.core.kinds import NEW, Act, Ask, Clock, Count, Decision, Kind, Median, Outcome, Owners, Part, Share
from peelian.core.local import Local
from peelian.core.system import Find, Sheet, System

from . import evidence_sheets as sheets
from . import problem_solving_rules as rules
from .crime_advisers import ADVISER_VISIT
from .crime_advisers_found import next_repeats
from .problem_solving_counts import counted_after
from .problem_solving_evaluation import LEVELS, evaluate, is_full
from .problem_solving_evaluation import can_show as what_it_can_show
from .problem_solving_facts import Heard, Hypothesis, Plan, Response, Sharing
from .problem_solving_found import carried_over, recurring

ACCEPT, ANALYSE, WEIGH, REVIEW, EVALUATE, SHARE_WITHIN, HEAR = (
    Local(f"plans.{name}", rules.POLICY)
    for name in (
        "accept_within",
        "analyse_within",
        "weigh_past_within",
        "review_every",
        "evaluate_within",
        "share_within",
        "answer_within",
    )
)
CLIMB = Local("plans.climb_every", rules.POLICY)
RANKS = ("inspector", "chief-officer")
PAST = ("Past plans, and what they showed", sheets.past_beside)
LIVE = ("scan", "analysis", "response", "assessment")
PROBLEM = ("title", "area", "place", "problem", "place_type", "objective")
JUDGED = (
    "outcome",
    "comparison",
    "history",
    "comparison_history",
    "months_after",
    "expected_fall",
    "if_works",
    "if_not",
    "randomised",
)


def months_open(case: Any) -> float:
    """From opening to the finding."""
    return (case.times("conclude")[-1] - case.state.opened_at).days / 30.44  # type: ignore[no-any-return]


PLAN = Kind(
    name="problem_plan", title="Problem-solving plan", question="prevention",
    source="SARA: scanning, analysis, response, assessment; HMIC, Essex 2016: evaluate and share effective practice routinely",
    facts=Plan, filters=("problem", "place_type", "finding", "level", "randomised", "next_step"),
    shared={"partner": ("open", "restricted")},
    stages=(*LIVE, "evaluated", "closed", "dropped"), ends=("closed", "dropped"),
    asks=(Ask(name="lesson", title="A result that may be of use to you", answer=Heard, limit=HEAR, purpose="prevention", during="evaluated",
              shows=(*PROBLEM, "evaluation", "finding", "level", "mechanism", "moderators", "implementation", "next_step")),),
    parts=(
        Part(name="hypotheses", title="Possible causes", facts=Hypothesis),
        Part(name="responses", title="Responses", facts=Response, clocks=(
            Clock(name="response_done", title="Response carried out", starts="due_on", stops=("done_on", "do_response"), limit="1 day beginning with"),)),
        Part(name="sharings", title="Shared with", facts=Sharing),
    ),
    acts=(
        Act(name="open_plan", title="Open a plan", during=NEW, to="scan", asks=(*PROBLEM, *JUDGED), maybe=("beside", "arises_from", "ethics_asked"),
            guards=(rules.another_area, rules.a_year_before, rules.decided_beforehand), works_out=("can_show", what_it_can_show), beside=PAST),
        Act(name="open_small_plan", title="Open a small plan", during=NEW, to="scan", asks=(*PROBLEM, "before", "before_months"), maybe=("arises_from",), beside=PAST),
        Act(name="scan_done", title="Scanning is done", during="scan", to="analysis", asks=("scanned",)),
        Act(name="note_triangle", title="Look at offender, target and place", during=("scan", "analysis"),
            maybe=("triangle_offender", "triangle_victim", "triangle_place")),
        Act(name="suppose", title="Name a possible cause", during=("scan", "analysis"), adds="hypotheses", asks=("cause", "side"), maybe=("data_for", "data_against")),
        Act(name="test_cause", title="Say what the data show of a cause", during=("analysis", "response"), on="hypotheses", asks=("data_for", "data_against", "kept")),
        Act(name="weigh_past", title="Weigh past plans like this one", during=("scan", "analysis"), asks=("past_weighed",), fills=sheets.past_said, beside=PAST),
        Act(name="plan_response", title="Plan a response", during=("analysis", "response"), adds="responses", asks=("technique", "what", "done_by", "due_on"), maybe=("cost",)),
        Act(name="ask_ethics", title="Put assignment by chance to sign-off", during=("scan", "analysis"), asks=("ethics_asked",), guards=(rules.by_chance,)),
        Act(name="respond", title="Begin the response", during="analysis", to="response", asks=("started_on",),
            guards=(rules.cause_tested, rules.past_is_weighed, rules.response_planned, rules.chance_is_signed_off)),
        Act(name="do_response", title="A response is carried out, or not", during=("response", "assessment"), on="responses", asks=("fidelity",), maybe=("done_on", "cost")),
        Act(name="review", title="Review", during="response", asks=("reviewed",)),
        Act(name="assess", title="Begin the assessment", during="response", to="assessment", asks=("ended_on",)),
        Act(name="count_after", title="Count afterwards, and evaluate", during="assessment", asks=("after",),
            maybe=("comparison_after", "beside_before", "beside_after", "donors", "small_inside", "small_outside", "running_cost"),
            guards=(rules.counted_as_long, rules.compared_as_planned, rules.both_beside, rules.small_areas_whole), works_out=("evaluation", lambda case: evaluate(case).words), fills=counted_after),
        Act(name="share", title="Share the result", during="evaluated", adds="sharings", asks=("reach", "shared_with", "shared_on")),
        Act(name="close", title="Close", during="evaluated", to="closed", asks=("next_step",), maybe=("next_step_why",), by="supervisor",
            guards=(rules.rated, rules.shared_in_and_out)),
        Act(name="drop", title="Give it up before it begins", during=("scan", "analysis"), to="dropped", asks=("why_dropped",), by="supervisor",
            guards=(rules.has_not_begun,)),
    ),
    decisions=(
        Decision(name="sign_off_ethics", title="Ethics of assignment by chance", during=("scan", "analysis"), policy=rules.ethics_of, sets="ethics", by="inspector",
                 guards=(rules.by_chance, rules.another_signs), needs=("ethics_asked",), outcomes=(Outcome("refused"), Outcome("approved"))),
        Decision(name="conclude", title="What does the evaluation show?", during="assessment", to="evaluated", policy=rules.finding_of, sets="finding",
                 needs=("evaluation",), asks=("mechanism", "moderators", "implementation"), guards=(rules.nothing_undone,),
                 outcomes=(Outcome("cannot show an effect"), Outcome("rise", guards=(rules.as_counted("rise"),)), Outcome("fall", guards=(rules.as_counted("fall"),)))),
        Decision(name="set_level", title="Level on the methods scale", during="evaluated", policy=rules.level_of, sets="level", guards=(rules.another_rates,),
                 outcomes=tuple(Outcome(each, title=f"{each}: {words}") for each, words in LEVELS.items())),
    ),
    derives=(("stands", rules.now_says),),
    clocks=(
        Clock(name="analysed", title="Scanned and analysed", starts=("open_plan", "open_small_plan"), stops="respond", limit=ANALYSE),
        Clock(name="past_in_time", title="Past plans weighed", starts="open_plan", stops="weigh_past", limit=WEIGH, climbs=RANKS, climb_every=CLIMB),
        Clock(name="next_review", title="Review", starts=("respond", "review"), stops="review", moot="assess", limit=REVIEW),
        Clock(name="counting", title="Counted to its end", starts="started_on", stops="assess", limit=rules.counting_over, climbs=RANKS, climb_every=CLIMB),
        Clock(name="evaluated_in", title="Evaluated", starts="assess", stops="conclude", limit=EVALUATE, climbs=RANKS, climb_every=CLIMB),
        Clock(name="shared_in", title="Result shared, and closed", starts="conclude", stops="close", limit=SHARE_WITHIN, climbs=RANKS, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="can_show_an_effect", asks="What share of plans with a finding could show an effect?", where=lambda c: bool(c.get("finding")),
              hit=lambda c: c.finding != "cannot show an effect"),
        Share(name="falls", asks="What share of plans that show an effect show a fall?", where=lambda c: c.get("finding") in ("fall", "rise"),
              hit=lambda c: c.finding == "fall"),
        Share(name="full_plans", asks="What share of plans registers how it will be judged?", hit=is_full),
        Share(name="carried_out", asks="What share of responses is carried out as planned?", of="responses", where=lambda r: bool(r.get("fidelity")),
              hit=lambda r: r.fidelity == "as planned"),
        Share(name="of_use", asks="What share of results is of use to the partner told?", of="lesson", where=lambda r: r.get("useful") is not None, hit=lambda r: r.useful),
        Count(name="plans", asks="How many plans are opened?"),
        Median(name="months_to_finding", asks="How long until a plan has its finding?", value=months_open, unit="months", at="conclude", where=lambda c: bool(c.get("finding"))),
    ),
)  # fmt: skip
KINDS = (PLAN, ADVISER_VISIT)
SYSTEM = System(
    id="P8", name="structured problem solving; crime-prevention advisers", question="prevention", kinds=KINDS,
    sheets=(
        Sheet(name="past-plans", title="Past plans like this one", build=sheets.past_plans, kind="problem_plan"),
        Sheet(name="counts", title="What the records count for this plan", build=sheets.counts, kind="problem_plan"),
        Sheet(name="result-card", title="Result card", build=sheets.result_card, kind="problem_plan"),
    ),
    finds=(
        Find(name="problems", title="Places where a problem recurs", look=recurring, kind="problem_plan", act="open_plan"),
        Find(name="better-practice", title="Better practice to carry over between districts", look=carried_over, kind="problem_plan", act="open_plan"),
        Find(name="next-repeats", title="Where the next repeat is likely", look=next_repeats, kind="adviser_visit", act="send_adviser"),
    ),
    roles=("neighbourhood-officer", "analyst"),
)  # fmt: skip
