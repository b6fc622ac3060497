"""Past problem-solving plans: counts drawn from an effect that is known, evaluated, shared, and weighed for the next plan like them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.random import Generator

from peelian.analysis.difference_in_differences import ratio_of_changes
from peelian.casework import store
from peelian.core.clock import london_day
from peelian.demo_cases.play import DISTRICTS, Play

from . import Truth
from .steps import DAY, MONTH, Step, play_out, row

BEFORE, AFTER = 12, 6  # months counted
HERE, ELSEWHERE, BESIDE = 40, 60, 15  # events a month in the place, in the area compared with and next to the place


@dataclass(frozen=True)
class Tried:
    """A plan: what was tried where, when it was opened, and what it truly changed there and beside it (a factor)."""

    title: str
    district: int
    place: str
    problem: str
    place_type: str
    technique: str
    months: float
    true: float
    beside: float = 1.0


TRIED = (
    Tried("Burglary behind the mill terraces", 0, "Mill terraces", "burglary", "homes", "2 Control access to facilities", 36, 0.6),
    Tried("Shop theft in the old market", 1, "Old market", "shoplifting", "shops", "22 Post instructions", 34.5, 1.0),
    Tried("Thefts from vans by the docks", 2, "Docks", "vehicle crime", "car parks", "10 Strengthen formal surveillance", 33, 0.6, 1.8),
    Tried("Damage in the bus station", 0, "Bus station", "criminal damage", "transport", "7 Assist natural surveillance", 30, 1.0),
    Tried("Shop theft in the precinct", 2, "Precinct", "shoplifting", "shops", "9 Use place managers", 27, 0.55),
    Tried("Burglary in the garden estate", 1, "Garden estate", "burglary", "homes", "13 Identify property", 24, 1.0),
    Tried("Noise and fights at the taxi rank", 0, "Taxi rank", "anti-social behaviour", "streets", "17 Avoid disputes", 21, 0.6),
    Tried("Burglary in the north terraces", 1, "North terraces", "burglary", "homes", "2 Control access to facilities", 18, 0.6),
    Tried("Shop theft in the station arcade", 0, "Station arcade", "shoplifting", "shops", "22 Post instructions", 15, 1.0),
    Tried("Thefts of tools on the east estate", 1, "East estate", "vehicle crime", "car parks", "14 Disrupt markets", 12, 1.0),
)  # fmt: skip


def plans(play: Play, rng: Generator, truth: Truth, months: int) -> None:
    """Play the plans opened in these months, and then what was made of each for those that came after it."""
    done: list[tuple[Tried, str, str]] = []  # with its ref and finding
    for plan in TRIED:
        if plan.months > months + 0.5:
            continue
        ref, finding = _plan(play, rng, plan)
        truth.say("P8", f"plan: {plan.title}", round(100 * (plan.true - 1)), f"{plan.technique}: true change in {plan.place}, per cent",
                  area=play.codes.get(DISTRICTS[plan.district], DISTRICTS[plan.district]), since=plan.months)  # fmt: skip
        if plan.beside != 1:
            truth.say(
                "P8",
                f"beside: {plan.title}",
                round(100 * (plan.beside - 1)),
                "true change next to the place, per cent",
                since=plan.months,
            )
        for past, past_ref, past_finding in done:
            if past.problem == plan.problem and past.months - plan.months > 7.5:
                _use(play, plan, ref, past, past_ref, past_finding)
        done.append((plan, ref, finding))


def _plan(play: Play, rng: Generator, plan: Tried) -> tuple[str, str]:
    """One plan from scanning to sharing; its reference and what it found."""
    hours = plan.months * MONTH
    history, beyond = (rng.poisson(mean, BEFORE).tolist() for mean in (HERE, ELSEWHERE))
    after, beyond_after = rng.poisson(HERE * plan.true, AFTER).tolist(), rng.poisson(ELSEWHERE, AFTER).tolist()
    beside = int(rng.poisson(BESIDE * BEFORE)), int(rng.poisson(BESIDE * AFTER * plan.beside))
    said = ratio_of_changes(history + after, beyond + beyond_after, before=BEFORE)
    finding = "fall" if said.high < 1 else "rise" if said.low > 1 else "cannot show an effect"
    ref = play.open("neighbourhood", hours, "problem_plan", "open_plan", {
        "title": plan.title, "area": DISTRICTS[plan.district], "place": plan.place, "problem": plan.problem, "place_type": plan.place_type,
        "objective": f"A quarter fewer in {plan.place} within half a year", "outcome": f"{plan.problem.capitalize()} recorded in {plan.place}, by month",
        "comparison": f"{DISTRICTS[(plan.district + 1) % 3]} centre", "history": history, "comparison_history": beyond, "months_after": AFTER,
        "expected_fall": 25, "if_works": "Carry it to the other districts", "if_not": "End it and publish why", "randomised": False,
        "beside": f"The streets around {plan.place}"})  # fmt: skip
    day = partial(_day, play)
    do = partial(_do, play, "neighbourhood", ref)
    last = partial(row, play, "neighbourhood", ref)
    begun, end = 20 * DAY, 20 * DAY + 180 * DAY
    play_out(hours, (
        (2 * DAY, do("scan_done", {"scanned": "The same streets and hours, told by residents and in the records."})),
        (5 * DAY, do("suppose", {"cause": "Easy ways in and out, and nobody who sees", "side": "place"})),
        (8 * DAY, lambda h: play.do("neighbourhood", h, ref, "test_cause", {
            "data_for": "Most happen where the way is open", "data_against": "Two streets without it have some too", "kept": True}, item=last("hypotheses"))),
        (10 * DAY, do("weigh_past", {"past_weighed": "Past plans of the bank were read; what failed is not tried again."})),
        (14 * DAY, lambda h: play.do("neighbourhood", h, ref, "plan_response", {
            "technique": plan.technique, "what": "Put in place with residents and the council", "done_by": "neighbourhood team and council",
            "due_on": day(h - 40 * DAY), "cost": 6_000})),
        (begun, lambda h: play.do("neighbourhood", h, ref, "respond", {"started_on": day(h)})),
        (begun + 38 * DAY, lambda h: play.do("neighbourhood", h, ref, "do_response", {"fidelity": "as planned", "done_on": day(h)}, item=last("responses"))),
        (begun + 80 * DAY, do("review", {"reviewed": "Carried out as planned."})),
        (begun + 160 * DAY, do("review", {"reviewed": "The counting goes on to its end."})),
        (end, lambda h: play.do("neighbourhood", h, ref, "assess", {"ended_on": day(h)})),
        (end + 8 * DAY, do("count_after", {"after": after, "comparison_after": beyond_after, "beside_before": beside[0], "beside_after": beside[1], "running_cost": 900})),
        (end + 12 * DAY, lambda h: play.decide("neighbourhood", h, ref, "conclude", finding, {
            "mechanism": "As the cause that was kept has it", "moderators": f"Places such as {plan.place}", "implementation": "Consent and keys were the work"})),
        (end + 16 * DAY, lambda h: play.decide("inspector", h, ref, "set_level", "3")),
        *((end + 18 * DAY, lambda h, reach=reach, to=to: play.do("neighbourhood", h, ref, "share", {"reach": reach, "shared_with": to, "shared_on": day(h)}))
          for reach, to in (("inside the force", "neighbourhood teams of all districts"), ("with a partner", "county council"))),
        (end + 24 * DAY, lambda h: play.do("sergeant", h, ref, "close", {"next_step": "widen" if finding == "fall" else "stop"})),
    ))  # fmt: skip
    return ref, finding


def _day(play: Play, hours: float) -> str:
    return london_day(play.ago(hours)).isoformat()


def _do(play: Play, by: str, ref: str, act: str, given: dict[str, Any]) -> Any:
    return lambda h: play.do(by, h, ref, act, given)


def _use(play: Play, plan: Tried, ref: str, past: Tried, past_ref: str, finding: str) -> None:
    """What the team of a new plan made of a past one: adopted where it showed a fall, else turned down; later what came of it."""
    area, hours = DISTRICTS[plan.district], plan.months * MONTH - 9 * DAY
    card = store.load(past_ref, play.actor("sergeant"), play.now).state.facts
    use = play.open("sergeant", hours, "practice_use", "look_at", {
        "title": plan.title, "area": area, "new_plan": ref, "problem": plan.problem, "past_plan": past_ref, "past_title": past.title,
        "past_finding": finding, "past_level": "3", "past_evidence": card["evaluation"], "alike_in": f"the same problem, {plan.problem}"})  # fmt: skip
    adopts = finding == "fall" and past.technique == plan.technique
    steps: list[Step] = [
        (2, lambda h: play.decide("sergeant", h, use, "choose", "adopt" if adopts else "reject", {
            "why": "The same ways in, by the back" if adopts else "Another kind of place" if finding == "fall" else "It could show nothing there"}, why="read with the council")),
        (DAY, lambda h: play.do("sergeant", h, use, "tell_team", {"told_inside_on": _day(play, h)})),
    ]  # fmt: skip
    if adopts:
        steps += [
            (170 * DAY, lambda h: play.do("sergeant", h, use, "count_use")),
            (206 * DAY, lambda h: play.do("sergeant", h, use, "count_use")),
            (
                207 * DAY,
                lambda h: play.do(
                    "sergeant", h, use, "close", {"learnt": "It can be carried over, with the council's keys."}
                ),
            ),
        ]
    else:
        steps.append((2 * DAY, lambda h: play.do("sergeant", h, use, "leave_unused")))
    play_out(hours, steps)
