"""Years of investigation: calls attended, crimes investigated, victims told, devices examined and suspects found, drawn month by month.

Caldershore attends late. Victims are told late everywhere until a month in which it changes. Kiosks stand in every district from another
month on, and Brackwater does not use its own: the others are what it is compared with.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from peelian.casework.duty_tables import Accreditation
from peelian.demo_cases.investigations import ALL, BLOCKS, CALLS, HELD, SIGNS
from peelian.demo_cases.play import DISTRICTS, Play

from . import Truth
from .case_story import Story
from .course import DAY, MONTH
from .investigation_crimes import CHARGED_OF_ALL, TOLD_BEFORE, TOLD_SINCE, Crime, crime, suspect, victim
from .investigation_offenders import offenders

PURPOSE = "investigation"
LATE, IDLE = 2, 1  # the district that attends late; the one that sends every device to the laboratory
EACH_MONTH = {"calls": 3.5, "crimes": 4.0, "devices": 2.5, "suspects": 0.8}
ATTENDED = (0.93, 0.93, 0.42)
KIOSK, LABORATORY, EVIDENCE = 0.95, 0.2, 0.85
TOLD_BETTER, KIOSKS = 14, 20  # of 36 months: since then victims are told in time, and kiosks stand
CALL = (("burglary", "evidence_lost", "priority"), ("assault", "violence", "immediate"), ("domestic", "domestic", "priority"),
        ("theft", "needs_visit", "scheduled"), ("robbery", "in_progress", "immediate"), ("vehicle", "", "resolve"))  # fmt: skip
LIMIT = {"immediate": 0.25, "priority": 1.0, "scheduled": 48.0}
PERISHING = ("burglary", "theft", "robbery")


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Draw the routine of so many months, and say what it was drawn from."""
    better, kiosks = (max(1, round(months * n / 36)) for n in (TOLD_BETTER, KIOSKS))
    _accredited(play, months)
    laboratory, desks = _places(play, months, kiosks)
    response = Play(play.now, "response")
    for month in range(months, 0, -1):
        season = 1 + 0.15 * np.cos(2 * np.pi * (play.ago(month * MONTH).month - 7) / 12)  # summer is busy
        many = {name: int(rng.poisson(rate * season)) for name, rate in EACH_MONTH.items()}
        calls = [called for _ in range(many["calls"]) if (called := _call(response, rng, _when(rng, month)))]
        crimes = []
        for n in range(many["crimes"]):
            parent, area, hours = calls[n] if n < len(calls) // 2 else ("", int(rng.integers(3)), _when(rng, month))
            crimes.append(crime(play, rng, hours, area, parent))
            victim(play, rng, crimes[-1], better * MONTH)
        for n in range(many["devices"] if crimes else 0):
            _device(play, rng, crimes[n % len(crimes)], laboratory, desks if month <= kiosks else ())
        for n in range(many["suspects"] if crimes else 0):
            suspect(play, rng, crimes[n % len(crimes)])
    _confirm(play, laboratory, desks, months, kiosks)
    offenders(Play(play.now, "offender-management"), rng, truth, months)
    _say(truth, play, months, better, kiosks)


def _when(rng: np.random.Generator, month: int) -> float:
    return float((month - rng.uniform(0, 1)) * MONTH)


def _accredited(play: Play, months: int) -> None:
    """Who investigated then was accredited then; the stories tell of the last 700 days."""
    start, until = play.ago(months * MONTH + 400 * DAY).date(), play.ago(701 * DAY).date()
    Accreditation.objects.bulk_create(
        [Accreditation(user=user, name=name, start=start, until=max(start, until), reference=f"past/{user}/{name}") for user, names in HELD.items() for name in names],
        ignore_conflicts=True,
    )  # fmt: skip


def _call(play: Play, rng: np.random.Generator, hours: float) -> tuple[str, int, float] | None:
    """One call from the answer to the end; its ref where a unit went."""
    offence, sign, grade = CALL[int(rng.integers(len(CALL)))]
    area, told = int(rng.integers(3)), Story(play, hours)
    answered = float(rng.uniform(1, 9) if rng.random() < 0.9 else rng.uniform(12, 60))
    told.open("control", "call_assessment", "take_call", {
        "called_at": told.at(-0.02), "answered_at": told.at(-0.02) + timedelta(seconds=answered), "area": DISTRICTS[area], "setting": "urban",
        "offence": offence, "channel": "999" if grade == "immediate" else "101", **dict.fromkeys(SIGNS, "no"), **({sign: "yes"} if sign else {}),
        "incident": f"WX-{rng.integers(10_000, 99_999)}", "threat": "None now.", "vulnerability": "None told.", "engagement": "At home in the evening."})  # fmt: skip
    told.decide("control", 0.02, "grade_call", grade)
    if grade == "resolve":
        told.do(
            "control",
            rng.uniform(1, 40),
            "resolve_call",
            {"resolved": "Advice and a reference by telephone; content with it."},
        )
        return None
    _attended(told, rng, 0.02, LIMIT[grade], ATTENDED[area], offence in PERISHING)
    return (told.ref, area, hours - 3) if told.ref else None


def _attended(
    told: Story, rng: np.random.Generator, graded: float, limit: float, in_time: float, perishing: bool
) -> None:
    late = rng.random() >= in_time
    went = limit * float(rng.uniform(1.2, 2.5) if late else rng.uniform(0.35, 0.85))
    if late and rng.random() < 0.5:
        told.do("control", graded + 0.9 * limit, "reassess", {"why_again": "nobody there in time"})
    sent = graded + went * float(rng.uniform(0.92, 0.96) if late else rng.uniform(0.1, 0.3))
    told.do("control", sent, "send_unit", {"dispatched_at": told.at(sent)})
    there = graded + went
    told.do("control", there, "unit_there", {"arrived_at": told.at(there)})
    end = there + 2.0
    for n, block in enumerate(BLOCKS):
        answer = (
            {"answer": "done"}
            if n < 2 or rng.random() < 0.7
            else {"answer": "not needed", "why": "Nothing of it at this scene."}
        )
        told.do("control", there + 0.5, "ask_block", {"block": block, "asked_of": "scene", **answer})
    if perishing and rng.random() < 0.5:
        kept, got = float(rng.choice((7, 28))) * DAY, rng.random() < EVIDENCE
        row = told.do("control", there + 0.6, "note_perishable", {
            "what": "CCTV", "holder": "The shop at the corner; its manager, mornings", "made_at": told.at(0), "kept_hours": int(kept)}, adds="perishables")  # fmt: skip
        end = there + float(rng.uniform(12, 0.8 * kept) if got else kept + 20)
        done = (
            {"got_at": told.at(end), "exhibit": "CD/1"}
            if got
            else {"lost_at": told.at(end), "why": "Overwritten before anybody asked."}
        )
        told.do("control", end, "get_evidence" if got else "lose_evidence", done, item=row)
    told.do("control", end + 1, "close_call", {"resolved": "Attended; the caller knows what comes next."})


def _places(play: Play, months: int, kiosks: int) -> tuple[Story, tuple[Story, ...]]:
    """The laboratory of all the years, and a kiosk for each district since it came."""
    begun = months * MONTH + 30 * DAY
    made = []
    for name, area, way, hours in (("Regional laboratory", 0, "laboratory", begun),
                                   *((f"{DISTRICTS[n]} front office kiosk", n, "kiosk", kiosks * MONTH + DAY) for n in range(3))):  # fmt: skip
        place = Story(play, hours)
        place.open("inspector", "digital_route", "open_route", {
            "place_name": name, "area": DISTRICTS[area], "way": way, "does": [CALLS, ALL] if way == "laboratory" else [CALLS], "declared": True,
            "place_east": 447_000 + 5_000 * area, "place_north": 268_000, "staffed_until": (play.now + timedelta(days=400)).date().isoformat(),
            "opens": "09:00 to 17:00", "ask": "Extension 4420"})  # fmt: skip
        made.append(place)
    return made[0], tuple(made[1:])


def _confirm(play: Play, laboratory: Story, desks: tuple[Story, ...], months: int, kiosks: int) -> None:
    """Someone says each month that all of it is still so; of one kiosk only now and then."""
    for n, place in enumerate((laboratory, *desks)):
        every = 27 * DAY * (3 if n == IDLE + 1 else 1)
        after = every
        while place.goes_on(after):
            place.do("inspector", after, "confirm_route")
            after += every


def _device(play: Play, rng: np.random.Generator, of: Crime, laboratory: Story, desks: tuple[Story, ...]) -> None:
    """A telephone from seizure to its return."""
    if not of.ref or not of.investigated:
        return
    told = Story(play, of.hours - float(rng.uniform(10, 40)))
    way = "kiosk" if desks and of.area != IDLE else "laboratory"
    told.open("detective", "device", "record_device", {
        "area": DISTRICTS[of.area], "team": f"{DISTRICTS[of.area]} response", "seized_at": told.at(-1), "device": "phone", "exhibit": f"EF/{rng.integers(1, 999)}",
        "needed": CALLS, "basis": "seized under a power", "easting": 447_500 + 5_000 * of.area, "northing": 268_500}, parent=of.ref)  # fmt: skip
    told.decide("detective", 1, "choose_way", way, why="no kiosk is used here" if way == "laboratory" else "")
    booked = float(rng.uniform(2, 20) if rng.random() < 0.85 else rng.uniform(26, 90))
    place = desks[of.area] if way == "kiosk" else laboratory
    told.do(
        "detective",
        booked,
        "book",
        {"route": place.ref, "booked_at": told.at(booked), "booked_for": told.at(booked + 20)},
    )
    ready = booked + to_result(rng, way) * DAY
    told.do(
        "detective",
        ready,
        "get_result",
        {"result_at": told.at(ready), "result": "got what was needed" if rng.random() < 0.8 else "part of it"},
    )
    told.do("detective", ready + 30, "give_back", {"returned_at": told.at(ready + 30)})


def to_result(rng: np.random.Generator, way: str) -> float:
    """Days from booking to the result: within 20 days where in time, else from 30 (kiosk) or 35 (laboratory)."""
    if way == "kiosk":
        return float(rng.uniform(2, 18) if rng.random() < KIOSK else rng.uniform(32, 50))
    return float(rng.uniform(12, 20) if rng.random() < LABORATORY else rng.uniform(35, 90))


def _say(truth: Truth, play: Play, months: int, better: int, kiosks: int) -> None:
    codes = [play.codes.get(name, name) for name in DISTRICTS]
    for n, share in enumerate(ATTENDED):
        truth.say(
            "I1",
            "call_assessment.attended_in_time_in_time",
            share,
            "units there in time" + (": late" if n == LATE else ""),
            area=codes[n],
            since=months,
        )
    truth.say("I1", "call_assessment.answered_in_10_seconds", 0.9, "999 calls answered within 10 seconds", since=months)
    truth.say("I1", "call_assessment.evidence_got", EVIDENCE, "evidence that would be lost is got", since=months)
    truth.say(
        "I2",
        "crime_investigation.charged",
        CHARGED_OF_ALL,
        "crimes that end in a charge, of those that ended",
        since=months,
    )
    truth.say(
        "I4",
        "victim_rights.told_in_time_in_time",
        TOLD_BEFORE,
        "victims told in time, before it changed",
        since=months,
        until=better,
    )
    truth.say(
        "I4", "victim_rights.told_in_time_in_time", TOLD_SINCE, "victims told in time, since it changed", since=better
    )
    for n, code in enumerate(codes):
        used = n != IDLE
        truth.say("I3", "device.result_in_time_in_time", KIOSK if used else LABORATORY,
                  "results in time where the kiosk is used: the practice works" if used else "results in time where the kiosk is not used", area=code, since=kiosks)  # fmt: skip
        truth.say(
            "I3", "device.kiosk_used", float(used), "devices fit for a kiosk that go to one", area=code, since=kiosks
        )
        # Medians from seizure: an hour, some hours to the booking, and the median of the draw.
        truth.say(
            "I3",
            "device.seizure_to_result",
            10.9 if used else 56.1,
            "median days from seizure to result",
            area=code,
            since=kiosks,
        )
    truth.say(
        "I3",
        "device.result_in_time_in_time",
        LABORATORY,
        "results in time, before there were kiosks",
        since=months,
        until=kiosks,
    )
