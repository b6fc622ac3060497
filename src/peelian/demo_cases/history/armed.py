"""Armed policing of earlier years: deployments recorded, an assessment a year, shifts counted, qualifications renewed.

What it is drawn from: armed officers come later to one district, nights lack a crew, and courses are short of places.
"""

from __future__ import annotations

import numpy as np

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, by_district, chance, day, instants, one_of

RATE = 2.2  # deployments a month
ARRIVED = (14.0, 15.0, 31.0)  # median of minutes until an armed crew is there, by district
CREWED = {"early": 0.95, "late": 0.92, "night": 0.50}  # share of shifts on which the armed crews needed are there
RENEWED = 0.60  # share of rounds in which everybody renews


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _deployments(play, rng, truth, months)
    _assessments(play, rng, truth, months)


def _deployments(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    by_district(
        play, truth, months, "S4", "armed_deployment.minutes_to_arrive", ARRIVED, "no crew is kept near this district"
    )
    for n, at in enumerate(instants(rng, months, RATE)):
        place = int(rng.integers(3))
        given = {"area": DISTRICTS[place], "authorised_at": play.ago(at), "authority": one_of(rng, ("tactical", "operational"), (0.8, 0.2)), "officers": 2, "crew": "armed response vehicle",
                 "reason_for": one_of(rng, ("crime with knives", "crime with firearms", "domestic abuse with weapons"))}  # fmt: skip
        one = Course(play, play.open("planner", at, "armed_deployment", "authorise", given))
        there = at - max(ARRIVED[place] * float(rng.lognormal(0, 0.35)), 3.0) / 60
        one.do("planner", there, "arrive", {"arrived_at": play.ago(there)})
        ended = there - float(rng.uniform(0.4, 3))
        one.do(
            "planner",
            ended - 1,
            "end_deployment",
            {"ended_at": play.ago(ended), "officers": 2, "shots_fired": False, "taser_used": n % 9 == 4, "hurt": 0},
        )
        debrief = ended - DAY * float(rng.uniform(1, 6) if chance(rng, 0.85) else rng.uniform(8, 20))
        one.do("planner", debrief, "hold_debrief", {"debriefed_at": play.ago(debrief), "debrief": "Nothing new."})
        one.do("sergeant", debrief - 8, "record", {"met": "met" if chance(rng, 0.9) else "partly met"})


def _assessments(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """An assessment a year, reviewed at half; the newest is left for what follows. Shifts counted, and rounds of renewals."""
    truth.say(
        "S4",
        "armed_assessment.requirement_met_by_shift",
        float(np.mean(list(CREWED.values()))),
        "nights lack a crew",
        since=months,
    )
    truth.say("S4", "armed_requalification.renewed_in_time", RENEWED, "courses are short of places", since=months)
    before: Course | None = None
    crew = "armed response vehicle officer"
    for begun in np.arange(months, 8, -11.6) * MONTH:
        hours = float(begun)
        given = {
            "assessed_on": day(play, hours),
            "national_level": "substantial",
            "kept_where": f"Made-up reference AP/{play.ago(hours):%y}",
            "uplift": False,
        }
        one = Course(play, play.open("planner", hours, "armed_assessment", "assess", given))
        one.do("planner", hours - 1, "add_threat", {
            "heading": "marauding terrorist attack", "likelihood": 2, "impact": 5, "confidence": "medium", "basis": "Incidents of three years; the regional assessment."})  # fmt: skip
        one.do("planner", hours - 1, "set_need", {"role": crew, "shift": "night", "wanted": 1, "holders_needed": 3})
        one.do("chief", hours - 4 * DAY, "approve_assessment")
        if before is not None:
            before.do("superintendent", hours - 5 * DAY, "replace", {"replaced_by": one.ref})
        counts = [
            (hours - (k + 1) * 14.6 * DAY, one_of(rng, tuple(CREWED))) for k in range(int(11.4 * MONTH / (14.6 * DAY)))
        ]
        for k, (at, shift) in enumerate(counts):
            if k == 11:
                one.do(
                    "superintendent",
                    at + DAY,
                    "review_assessment",
                    {"review_found": "The level stands; nights are short."},
                )
            one.do("planner", at, "count_shift", {
                "counted_on": day(play, at), "counted_shift": shift, "counted_role": crew, "needed": 1, "there": int(chance(rng, CREWED[shift]))})  # fmt: skip
        before = one
    for hours in np.arange(months - 1, 0, -3.0) * MONTH:
        at, out = float(hours), int(rng.integers(2, 7))
        one = Course(
            play,
            play.open(
                "planner",
                at,
                "armed_requalification",
                "open_requalification",
                {"role": crew, "running_out": out, "first_on": day(play, at - 60 * DAY)},
            ),
        )
        one.do(
            "planner",
            at - float(rng.uniform(3, 18)) * DAY,
            "book",
            {"course_on": day(play, at - 45 * DAY), "places": out},
        )
        lapsed = 0 if chance(rng, RENEWED) else 1
        one.do("planner", at - 47 * DAY, "close_requalification", {"renewed": out - lapsed, "lapsed": lapsed})
