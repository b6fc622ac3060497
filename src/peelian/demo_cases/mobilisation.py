"""The demonstration's mobilisations, and help between forces: filled, filled with a gap, being called, and one that waits for its answer.

One request for help waits unanswered past its hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peelian.casework import store
from peelian.casework.models import Case

from .play import DISTRICTS, Play, written

PURPOSE = "planning"
DAY, MONTH, YEAR = 24.0, 24.0 * 30, 24.0 * 365
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "mobilisation.accept_within": "1 hour",
    "mobilisation.answer_within": "30 minutes",
    "mobilisation.climb_every": "1 hour",
    "mobilisation.recall_share": "0.55",
    "mobilisation.committed_share": "0.25",
    "mobilisation.cover_share": "0.5",
    "mobilisation.sure_enough": "0.9",
    "mobilisation.travel_spread": "0.25",
    "mobilisation.shared_spread": "0.15",
    "mobilisation.release_minutes": "20",
    "mobilisation.recall_minutes": "75",
    "mobilisation.speed_km_an_hour": "55",
    "mobilisation.detour": "1.3",
    "mobilisation.unknown_way_minutes": "40",
    "mobilisation.unit_inspectors": "1",
    "mobilisation.unit_sergeants": "3",
    "mobilisation.unit_constables": "18",
    "working_time.longest_duty_hours": "16",
    "mutual_aid.accept_within": "4 hours",
    "mutual_aid.answer_within": "2 hours",
    "mutual_aid.welfare_every": "12 hours",
    "mutual_aid.cost_within": "56 days after",
    "mutual_aid.climb_every": "2 hours",
}


def tell(play: Play) -> None:
    """Mutual aid both ways, then the mobilisations, one of which asks for it."""
    plan = written(Case).filter(kind="police_plan", facts__title="Public disorder").first()
    _mobilisations(play, plan.ref if plan else "", _aid(play))


def _ask(
    play: Play,
    way: str,
    force: str,
    hours: float,
    number: int,
    tier: str,
    what: str = "Public order officers, level 2, with carriers",
    threat: str = "public disorder",
) -> str:
    return play.open("planner", hours, "mutual_aid", "request", {
        "direction": way, "tier": tier, "basis": "Police Act 1996, s.24", "other_force": force, "threat": threat, "what": what, "number_wanted": number,
        "asked_at": play.ago(hours), "needed_at": play.ago(hours - 10), "until_at": play.ago(hours - 82), "centre_reference": "Made-up reference"})  # fmt: skip


def _deploy(play: Play, ref: str, hours: float, offered: int, came: int, wanted: int) -> None:
    play.do("planner", hours - 1, ref, "set_aim", {"aim": "Hold the cordon through the weekend"})
    fewer = {"why_fewer": "Least cover of two districts"} if offered < wanted else {}
    play.do(
        "inspector",
        hours - 1.5,
        ref,
        "offer_people",
        {"offered_number": offered, "terms": "Duties of 12 hours, beds in a hotel, own inspector.", **fewer},
    )
    play.do("planner", hours - 9, ref, "deploy", {"deployed_at": play.ago(hours - 9), "deployed_number": came})
    for n, (duty, rest) in enumerate(((12.0, 11.5), (14.0, 10.0), (12.5, 11.0))):
        at = hours - 18 - 12 * n
        if at > 0:
            play.do("planner", at, ref, "check_welfare", {
                "checked_at": play.ago(at), "longest_duty": duty, "shortest_rest": rest, "hurt": int(n == 1), "found": "Beds and food good."})  # fmt: skip


def _back(play: Play, ref: str, hours: float, result: str, pounds: float | None) -> None:
    play.do("planner", hours - 80, ref, "come_back", {"returned_at": play.ago(hours - 80)})
    aim = store.load(ref, play.actor("planner"), play.ago(hours - 80)).state.live("aims")[0]
    play.do("planner", hours - 90, ref, "score_aim", {"result": result}, item=aim.id)
    if pounds is not None:
        play.do("sergeant", hours - 700, ref, "settle", {"cost_pounds": pounds, "cost_agreed": "paid"})


def _aid(play: Play) -> str:
    """Given and asked for, refused, not paid, away now, and one that waits for an answer."""
    for force, way, days, wanted, offered, came, result, pounds, tier in (
        ("Northshire", "given", 700, 22, 22, 22, "met", 31_000.0, "regional"), ("Eastmarch", "given", 420, 44, 22, 22, "partly met", 28_500.0, "national"),
        ("Southdown", "asked for", 300, 22, 22, 20, "met", 35_200.0, "regional"), ("Northshire", "given", 110, 11, 11, 11, "met", None, "force to force"),
    ):  # fmt: skip
        ref = _ask(play, way, force, days * DAY, wanted, tier)
        _deploy(play, ref, days * DAY, offered, came, wanted)
        _back(play, ref, days * DAY, result, pounds)
    refused = _ask(play, "given", "Eastmarch", 60 * DAY, 22, "national")
    play.do(
        "superintendent",
        60 * DAY - 1,
        refused,
        "refuse_request",
        {"why_refused": "A planned operation of our own on the same weekend."},
    )
    away = _ask(play, "given", "Westbury", 40, 11, "regional")
    _deploy(play, away, 40, 11, 11, 11)
    _ask(play, "given", "Northshire", 5, 22, "regional")
    return _ask(play, "asked for", "Southdown", 3, 11, "regional")


def _mobilisations(play: Play, plan: str, aid: str) -> None:
    """Filled, filled with a named gap, being called now, and one that waits for its answer."""
    need: tuple[dict[str, Any], ...] = (
        {"number": 1, "skill": "public order level 2", "rank": "sergeant"}, {"number": 5, "skill": "public order level 2"}, {"number": 1, "vehicle": "personnel carrier"},
    )  # fmt: skip
    stories = (
        ("Disorder after a match", 200 * DAY, 0.94, True),
        ("March and counter-march", 45 * DAY, 0.71, False),
        ("Disorder in the town centre", 1.2, 0.82, None),
    )
    for n, (what, hours, chance, whole) in enumerate(stories):
        ref = play.open("planner", hours, "mobilisation", "require", {
            "area": DISTRICTS[n], "threat": "public disorder", "what_for": what, "asked_at": play.ago(hours), "needed_at": play.ago(hours - 4),
            "until_at": play.ago(hours - 12), **({"plan": plan} if plan else {})})  # fmt: skip
        for line in need:
            play.do("planner", hours, ref, "add_requirement", line)
        play.do("planner", hours - 0.3, ref, "record_answer", {
            "probability": chance, "probability_low": chance - 0.06, "probability_high": min(chance + 0.04, 1.0),
            "shortfall": "" if whole else "One sergeant; the carrier has no driver."})  # fmt: skip
        numbers = ((1, "90001, 90002"), (2, "90003, 90004, 90005, 90006, 90007, 90008, 90009"), (3, "V-0002"))
        for line_number, who in numbers:
            play.do(
                "planner",
                hours - 0.5,
                ref,
                "call",
                {"for_line": line_number, "called_at": play.ago(hours - 0.5), "called_numbers": who},
            )
        if whole is None:
            play.do(
                "planner",
                hours - 0.8,
                ref,
                "name_gap",
                {"gap_line": 1, "missing": 1, "done_about_it": "mutual aid is asked for", "aid": aid},
            )
            continue
        rows = store.load(ref, play.actor("planner"), play.ago(hours - 3)).state.live("calls")
        for row, came in zip(rows, (1, 5 if whole else 3, 1), strict=True):
            play.do("planner", hours - 3, ref, "count_in", {"came": came, "came_at": play.ago(hours - 3)}, item=row.id)
        if not whole:
            play.do(
                "planner",
                hours - 3.4,
                ref,
                "name_gap",
                {"gap_line": 2, "missing": 2, "done_about_it": "the commander accepts it"},
            )
        play.do("sergeant", hours - 3.5, ref, "fill", {"filled_at": play.ago(hours - 3.5)})
        play.do(
            "sergeant",
            hours - 13,
            ref,
            "stand_down",
            {"stood_down_at": play.ago(hours - 13), "rest_owed": "Response A: four rest days."},
        )
    waiting = play.open("planner", 0.9, "mobilisation", "require", {
        "area": DISTRICTS[0], "threat": "terrorism", "what_for": "Cordon and search after a threat", "asked_at": play.ago(0.9), "needed_at": play.ago(-5),
        "until_at": play.ago(-13)})  # fmt: skip
    safe = "officer safety"
    for line in (
        {"number": 1, "skill": safe, "rank": "sergeant"},
        {"number": 4, "skill": safe},
        {"number": 2, "vehicle": "response car"},
    ):
        play.do("planner", 0.8, waiting, "add_requirement", line)
