"""Plans that worked, failed, could show nothing, and those still open; what was carried over; and where advisers go.

The counts are made up: by month, in the plan's place and in the one it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from peelian.casework.models import Item
from peelian.core.clock import london_day

from .play import DISTRICTS, Play, written

PURPOSE = "prevention"
VALUES: Mapping[str, str] = {
    "plans.accept_within": "3 days after",
    "plans.analyse_within": "42 days after",
    "plans.weigh_past_within": "14 days after",
    "plans.review_every": "3 months after",
    "plans.evaluate_within": "28 days after",
    "plans.share_within": "28 days after",
    "plans.answer_within": "14 days after",
    "plans.climb_every": "14 days after",
    "advisers.accept_within": "1 day after",
    "advisers.visit_within": "3 days after",
    "advisers.check_within": "42 days after",
    "practice.accept_within": "3 days after",
    "practice.decide_within": "14 days after",
    "practice.acknowledge_within": "14 days after",
    "practice.count_after": "6 months after",
    "practice.climb_every": "14 days after",
}
DAY = 24.0
YEAR = [22, 18, 20, 24, 19, 17, 21, 20, 23, 18, 20, 18]
BESIDE = [30, 28, 31, 33, 29, 30, 27, 32, 31, 30, 29, 30]
# title, district, place, problem, kind of place, technique, counts after (None: not counted yet), who led it, months ago it began
FULL: tuple[tuple[str, int, str, str, str, str, list[int] | None, str, int], ...] = (
    ("Burglary by the rear alleys of Marsh", 0, "Marsh", "burglary", "homes", "2 Control access to facilities", [11, 10, 9, 12, 10, 8, 11, 10, 9, 10, 11, 9], "", 22),
    ("Burglary in the terraces of Kiln Hill", 1, "Kiln Hill", "burglary", "homes", "13 Identify property",
     [21, 19, 20, 22, 20, 18, 22, 19, 21, 20, 19, 20], "", 20),
    ("Burglary of student homes in Brook", 2, "Brook", "burglary", "homes", "1 Target harden", [12, 11, 12, 10, 11, 13, 12, 10, 11, 12, 10, 11], "council", 21),
    ("Shop theft in the Arcade", 0, "Arcade", "shoplifting", "shops", "9 Use place managers", [12, 13, 11, 12, 14, 12, 13, 11, 12, 13, 12, 11], "", 19),
    ("Shop theft in the High Street", 1, "High Street", "shoplifting", "shops", "10 Strengthen formal surveillance",
     [33, 35, 31, 36, 34, 33, 37, 35, 34, 36, 33, 35], "", 18),
    ("Violence outside the Quay's bars", 2, "Quay", "violence", "pubs and clubs", "25 Control drugs and alcohol",
     [15, 14, 16, 15, 13, 15, 14, 16, 15, 14, 15, 14], "", 17),
    ("Vehicle crime in the station car park", 0, "Station", "vehicle crime", "car parks", "7 Assist natural surveillance",
     [18, 19, 17, 20, 18, 19, 17, 18, 20, 18, 17, 19], "", 16),
    ("Noise and crowds on the Rec", 1, "Recreation ground", "anti-social behaviour", "parks and open space", "24 Assist compliance", None, "", 13),
    ("Bicycle theft at the college", 2, "College", "bicycle theft", "schools and colleges", "1 Target harden", None, "", 5),
    ("Burglary in the lanes of Fold", 1, "Fold", "burglary", "homes", "", None, "", 1),
    ("Shop theft in the retail park", 2, "Retail park", "shoplifting", "shops", "", None, "", 0),
)  # fmt: skip
# title, district, place, problem, kind of place, technique, before, months, after: small plans, put together by the bank.
SMALL = (
    ("Bins set alight in Nook", 0, "Nook", "criminal damage", "streets", "12 Remove targets", 14, 6, [1, 0, 1, 2, 0, 1]),
    ("Broken bus shelters on the Line", 1, "Line", "criminal damage", "transport", "20 Discourage imitation", 11, 6, [1, 2, 0, 1, 1, 1]),
    ("Windows broken at the old mill", 2, "Old mill", "criminal damage", "other", "6 Extend guardianship", 9, 6, [2, 1, 1, 2, 1, 2]),
)  # fmt: skip


def tell(play: Play) -> None:
    """Play the years of the plans."""
    refs = {plan[0]: _full(play, plan) for plan in FULL}
    for small in SMALL:
        _small(play, small)
    _found(play)
    _uses(play, refs)
    _advisers(play)


def _row(ref: str, part: str) -> str:
    return str(written(Item).filter(case__ref=ref, part=part).latest("pk").item)


def _on(play: Play, hours: float) -> date:
    return london_day(play.ago(hours))


def _full(play: Play, told: tuple[Any, ...]) -> str:
    title, district, place, problem, place_type, technique, after, led_by, months = told
    hours = months * 30.5 * DAY + 2 * DAY
    by = "partner" if led_by else "neighbourhood"
    ref = play.open(by, hours, "problem_plan", "open_plan", {
        "title": title, "area": DISTRICTS[district], "place": place, "problem": problem, "place_type": place_type,
        "objective": f"A quarter fewer in {place} within a year", "outcome": f"{problem.capitalize()} recorded in {place}, by month",
        "comparison": f"{DISTRICTS[(district + 1) % 3]} centre", "history": YEAR, "comparison_history": BESIDE, "months_after": 12,
        "expected_fall": 25, "if_works": "Carry it to the other districts", "if_not": "End it and publish why", "randomised": False,
    }, **({"agency": led_by} if led_by else {}))  # fmt: skip
    if not months:
        return ref
    play.do(
        by,
        hours - DAY,
        ref,
        "scan_done",
        {"scanned": "The same streets and hours, told by residents and in the records."},
    )
    cause = "suppose"
    play.do(by, hours - DAY, ref, cause, {"cause": "Easy ways in and out, and nobody who sees", "side": "place"})
    if not technique:
        return ref
    play.do(by, hours - 2 * DAY, ref, "test_cause", {
        "data_for": "Most happen where the way is open", "data_against": "Two streets without it have some too", "kept": True,
    }, item=_row(ref, "hypotheses"))  # fmt: skip
    play.do(
        by,
        hours - 2 * DAY,
        ref,
        "weigh_past",
        {"past_weighed": "Nothing like it in the bank then; asked two other forces."},
    )
    play.do(by, hours - 3 * DAY, ref, "plan_response", {
        "technique": technique, "what": "Put in place with residents and the council", "done_by": "neighbourhood team and council",
        "due_on": _on(play, hours - 40 * DAY), "cost": 8_000 + 500 * district}, )  # fmt: skip
    play.do(by, hours - 5 * DAY, ref, "respond", {"started_on": _on(play, hours - 5 * DAY)})
    if months < 12:
        play.do(by, hours - 40 * DAY, ref, "review", {"reviewed": "Half of it stands; the rest waits for a licence."})
        return ref
    end = hours - 372 * DAY
    if after is None:  # counted to its end, and nobody has evaluated it
        play.do(by, end, ref, "assess", {"ended_on": _on(play, end)})
        return ref
    play.do(
        by,
        end + 200 * DAY,
        ref,
        "do_response",
        {"fidelity": "as planned", "done_on": _on(play, end + 300 * DAY)},
        item=_row(ref, "responses"),
    )
    play.do(by, end + 180 * DAY, ref, "review", {"reviewed": "Carried out; residents are glad of it."})
    play.do(by, end, ref, "assess", {"ended_on": _on(play, end)})
    play.do(by, end - 3 * DAY, ref, "count_after", {
        "after": after, "comparison_after": BESIDE, "beside_before": 96, "beside_after": 96 - 4 * (district - 1), "running_cost": 1_500,
    })  # fmt: skip
    play.decide(by, end - 5 * DAY, ref, "conclude", _finding(after), {
        "mechanism": "Fewer ways in, and somebody who looks after them", "moderators": "Streets with shared alleys or one entrance",
        "implementation": "Took three months longer than planned; keys and consent were the work"})  # fmt: skip
    play.decide("inspector", end - 10 * DAY, ref, "set_level", "3")
    play.do("neighbourhood", end - 12 * DAY, ref, "share", {
        "reach": "inside the force", "shared_with": "neighbourhood teams of all districts", "shared_on": _on(play, end - 12 * DAY)})  # fmt: skip
    play.do(
        "neighbourhood",
        end - 12 * DAY,
        ref,
        "share",
        {"reach": "with a partner", "shared_with": "county council", "shared_on": _on(play, end - 12 * DAY)},
    )
    if place != "Station":  # one result lies unshared past its time
        play.do("sergeant", end - 20 * DAY, ref, "close", {"next_step": "widen" if sum(after) < 180 else "stop"})
    return ref


def _found(play: Play) -> None:
    """Plans opened from what the system found in the county's own records."""
    from peelian.prevention.problem_solving_found import recurring

    for n, one in enumerate(recurring(actor=play.actor("neighbourhood"), at=play.ago(0))[:2]):
        play.open("neighbourhood", (9 + 21 * n) * DAY, "problem_plan", "open_plan", {
            **one.given, "place_type": "streets", "objective": "A fifth less within a year", "months_after": 12, "expected_fall": 20,
            "if_works": "Carry it to the other wards", "if_not": "End it and publish why", "randomised": False,
        }, origin=f"found:problems:{one.key}")  # fmt: skip


def _finding(after: list[int]) -> str:
    return "fall" if sum(after) < 190 else "rise" if sum(after) > 300 else "cannot show an effect"


def _small(play: Play, told: tuple[Any, ...]) -> None:
    title, district, place, problem, place_type, technique, before, months, after = told
    hours = 300 * DAY
    ref = play.open("neighbourhood", hours, "problem_plan", "open_small_plan", {
        "title": title, "area": DISTRICTS[district], "place": place, "problem": problem, "place_type": place_type,
        "objective": "Half as many within six months", "before": before, "before_months": months})  # fmt: skip
    play.do("neighbourhood", hours - DAY, ref, "scan_done", {"scanned": "Told by residents; seen on the patrol."})
    play.do("neighbourhood", hours - 2 * DAY, ref, "plan_response", {
        "technique": technique, "what": "Done with the council's team", "done_by": "council", "due_on": _on(play, hours - 20 * DAY), "cost": 300})  # fmt: skip
    play.do("neighbourhood", hours - 3 * DAY, ref, "respond", {"started_on": _on(play, hours - 3 * DAY)})
    play.do("neighbourhood", hours - 190 * DAY, ref, "assess", {"ended_on": _on(play, hours - 190 * DAY)})
    play.do(
        "neighbourhood", hours - 191 * DAY, ref, "do_response", {"fidelity": "as planned"}, item=_row(ref, "responses")
    )
    play.do("neighbourhood", hours - 192 * DAY, ref, "count_after", {"after": after})
    play.decide("neighbourhood", hours - 193 * DAY, ref, "conclude", "cannot show an effect", {
        "mechanism": "Nothing left to break or burn", "moderators": "Places that one team looks after", "implementation": "An afternoon's work"})  # fmt: skip


def _uses(play: Play, refs: Mapping[str, str]) -> None:
    """Past plans looked at for new ones: one in use, one turned down, one that nobody has decided."""
    from peelian.prevention.evidence_base import past_like_open

    actor = play.actor("sergeant")
    found = past_like_open(actor=actor, at=play.ago(0))
    fold, park = refs["Burglary in the lanes of Fold"], refs["Shop theft in the retail park"]
    wanted = (
        (fold, "Burglary of student homes in Brook", "adapt", 20.0), (fold, "Burglary in the terraces of Kiln Hill", "reject", 20.0),
        (park, "Shop theft in the Arcade", "", 1.0),
    )  # fmt: skip
    for new, past, choice, days in wanted:
        one = next((f for f in found if f.given["new_plan"] == new and f.given["past_title"] == past), None)
        if one is None:
            continue
        given = {name: value for name, value in one.given.items() if value not in ("", None)}
        ref = play.open("sergeant", days * DAY, "practice_use", "look_at", given, origin=f"found:past-plans:{one.key}")
        if not choice:
            continue
        changed = {"changed": "Lanes, not student homes: lights in place of locks"} if choice == "adapt" else {}
        play.decide(
            "sergeant",
            (days - 1) * DAY,
            ref,
            "choose",
            choice,
            {"why": "The same ways in, by the back", **changed},
            why="read with the council",
        )
        if one.given["led_by"]:
            from peelian.casework import store

            store.ask(ref, "told", one.given["led_by"], actor=play.actor("sergeant"), at=play.ago((days - 2) * DAY))
            row = written(Item).filter(case__ref=ref, part="told").latest("pk")
            store.answer(
                row.ref,
                "",
                {"acknowledged": True, "advice": "Ask the landlords first"},
                actor=play.actor("partner"),
                at=play.ago((days - 4) * DAY),
            )
        else:
            play.do("sergeant", (days - 2) * DAY, ref, "tell_team", {"told_inside_on": _on(play, (days - 2) * DAY)})


def _advisers(play: Play) -> None:
    """Visits after burglaries: taken up, not taken up, late, and one just asked for."""
    for n, (days, seen, taken) in enumerate(
        (
            (60, True, "done"),
            (52, True, "landlord does not"),
            (45, True, "in part"),
            (38, True, "done"),
            (9, False, ""),
            (0.5, False, ""),
        )
    ):
        hours = days * DAY
        ref = play.open("neighbourhood", hours, "adviser_visit", "send_adviser", {
            "area": DISTRICTS[n % 3], "problem": "burglary", "place": f"{12 + n} Garden Row", "who_asked": "found by the system",
            "risk_reason": "Burgled two days before; the next one near by is likelier for two weeks", "likely_until": _on(play, hours) + timedelta(days=12),
        })  # fmt: skip
        if not seen:
            continue
        play.do(
            "neighbourhood", hours - 2 * DAY, ref, "visit", {"visited_on": _on(play, hours - 2 * DAY), "result": "seen"}
        )
        play.do(
            "neighbourhood",
            hours - 2 * DAY,
            ref,
            "advise",
            {"technique": "1 Target harden", "advice": "A lock to the side gate, and a light"},
        )
        play.do(
            "neighbourhood", hours - 30 * DAY, ref, "look_again", {"taken_up": taken}, item=_row(ref, "advice_given")
        )
        play.do(
            "neighbourhood",
            hours - 30 * DAY,
            ref,
            "close",
            {"checked_on": _on(play, hours - 30 * DAY), "happened_again": n == 1},
        )
