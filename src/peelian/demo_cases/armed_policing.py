"""The demonstration's armed policing: an assessment whose review is near, a gap that is late, shifts counted, deployments recorded or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from peelian.casework.models import Case
from peelian.core.clock import london_day

from .play import DISTRICTS, Play, written

PURPOSE = "planning"
DAY, MONTH, YEAR = 24.0, 24.0 * 30, 24.0 * 365
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "armed.accept_within": "24 hours",
    "armed.review_after_trigger": "14 days after",
    "armed.record_within": "7 days after",
    "armed.debrief_within": "7 days after",
    "armed.book_within": "14 days after",
    "armed.climb_every": "7 days after",
}


def tell(play: Play) -> None:
    """An assessment whose review is near, a gap that is late, shifts counted, deployments with one unrecorded."""
    arv, afo, tactical = "armed response vehicle officer", "authorised firearms officer", "tactical firearms commander"
    begun = 5.7 * MONTH + 6 * DAY
    ref = play.open("planner", begun, "armed_assessment", "assess", {
        "assessed_on": london_day(play.ago(begun)), "national_level": "substantial", "kept_where": "Made-up reference AP/7", "uplift": False,
        "summary": "Capability is to be kept without the national uplift."})  # fmt: skip
    for heading, likelihood, impact in (
        ("marauding terrorist attack", 2, 5),
        ("organised crime with firearms", 3, 4),
        ("crime with knives", 4, 3),
        ("animals", 3, 1),
    ):
        play.do("planner", begun, ref, "add_threat", {
            "heading": heading, "likelihood": likelihood, "impact": impact, "confidence": "medium", "basis": "Incidents of three years; the regional assessment."})  # fmt: skip
    for role, shift, wanted, holders in (
        (arv, "early", 1, 3),
        (arv, "night", 1, 3),
        (afo, "late", 1, 3),
        (tactical, "day", 1, 2),
    ):
        play.do(
            "planner",
            begun,
            ref,
            "set_need",
            {"role": role, "shift": shift, "wanted": wanted, "holders_needed": holders},
        )
    play.do("planner", begun, ref, "plan_course", {
        "course_role": arv, "sort": "requalification", "starts_on": london_day(play.ago(-40 * DAY)), "places": 4})  # fmt: skip
    play.do("chief", begun - 3 * DAY, ref, "approve_assessment")
    for held in written(Case).filter(kind="armed_assessment", stage="in_force").exclude(ref=ref):
        play.do("superintendent", begun - 3.1 * DAY, held.ref, "replace", {"replaced_by": ref})
    for role, need, have, days in ((tactical, 2, 1, 20), (arv, 3, 2, 150)):
        found = begun - 4 * DAY
        play.do("planner", found, ref, "find_gap", {
            "found_on": london_day(play.ago(found)), "gap_role": role, "need": need, "have": have, "option": "treat", "gap_owner": "head of operations",
            "settle_by": london_day(play.ago(found)) + timedelta(days=days)})  # fmt: skip
    for n, (shift, there) in enumerate(
        (("early", 2), ("night", 1), ("early", 1), ("night", 0), ("early", 2), ("night", 0), ("early", 1), ("night", 1))
    ):
        hours = (40 - 4 * n) * DAY
        play.do("planner", hours, ref, "count_shift", {
            "counted_on": london_day(play.ago(hours)), "counted_shift": shift, "counted_role": arv, "needed": 1, "there": there})  # fmt: skip
    play.do(
        "planner",
        9 * DAY,
        ref,
        "note_trigger",
        {"trigger": "a job that failed", "trigger_words": "No crew was free for two hours."},
    )
    for n, (days, why, vehicle) in enumerate(((150, "crime with knives", True), (120, "crime with firearms", True), (80, "domestic abuse with weapons", True),
                                             (45, "crime with knives", True), (20, "organised crime with firearms", False), (12, "crime with knives", True))):  # fmt: skip
        hours = days * DAY
        job = play.open("planner", hours, "armed_deployment", "authorise", {
            "area": DISTRICTS[n % 3], "authorised_at": play.ago(hours), "authority": "tactical", "reason_for": why, "officers": 2 if vehicle else 6,
            "crew": "armed response vehicle" if vehicle else "specialist"})  # fmt: skip
        play.do("planner", hours - 0.4, job, "arrive", {"arrived_at": play.ago(hours - 0.2 - n / 20)})
        play.do("planner", hours - 3, job, "end_deployment", {
            "ended_at": play.ago(hours - 2), "officers": 2 if vehicle else 6, "shots_fired": False, "taser_used": n == 3, "hurt": 0})  # fmt: skip
        if n < 5:
            play.do(
                "planner",
                hours - 3 * DAY,
                job,
                "hold_debrief",
                {"debriefed_at": play.ago(hours - 3 * DAY), "debrief": "Nothing new."},
            )
            play.do("sergeant", hours - 4 * DAY, job, "record", {"met": "partly met" if n == 4 else "met"})
    round_ = play.open("planner", 20 * DAY, "armed_requalification", "open_requalification", {
        "role": tactical, "running_out": 1, "first_on": london_day(play.ago(-15 * DAY))})  # fmt: skip
    play.do("planner", 10 * DAY, round_, "book", {"course_on": london_day(play.ago(-8 * DAY)), "places": 1})
