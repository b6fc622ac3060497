"""The demonstration's casework on investigation: calls, crimes with their suspects, devices and the places that examine them, victims.

Brackwater never uses its kiosk; Caldershore's operator is away; some bail has lapsed, some victims were told late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.duty_tables import Accreditation
from peelian.casework.kinds import kind_of

from .play import DISTRICTS, Play, people

PURPOSE = "investigation"
VALUES: Mapping[str, str] = {
    "allocation.cap-specialist": "15",
    "allocation.cap-volume": "20",
    "calls.accept_within": "10 minutes",
    "calls.grade_within": "5 minutes",
    "calls.immediate_urban_within": "15 minutes",
    "calls.immediate_rural_within": "20 minutes",
    "calls.priority_within": "60 minutes",
    "calls.scheduled_within": "48 hours",
    "calls.resolve_within": "72 hours",
    "investigation.accept_within": "24 hours",
    "investigation.record_within": "24 hours",
    "investigation.screen_within": "24 hours",
    "investigation.plan_within": "72 hours",
    "investigation.review_every": "28 days after",
    "investigation.senior_review_every": "3 months after",
    "investigation.released_review_every": "28 days after",
    "investigation.released_senior_every": "3 months after",
    "investigation.check_within": "28 days after",
    "investigation.sample_size": "3",
    "digital.accept_within": "24 hours",
    "digital.book_within": "24 hours",
    "digital.result_within": "28 days after",
    "digital.route_confirmed_every": "28 days after",
    "digital.brief_within": "14 days after",
    "digital.staffed_within": "72 hours",
    "digital.idle_devices": "5",
    "digital.idle_months": "6",
    "victims.accept_within": "24 hours",
    "victims.rights_within": "2 working days after",
    "victims.statement_within": "5 working days after",
    "victims.statement_again": "28 days after",
    "victims.ask_within": "28 days after",
}
HELD = {"detective": ("PIP 1", "PIP 2", "sexual offences investigator", "domestic abuse specialist"), "coordinator": ("PIP 1", "PIP 2", "kiosk operator"),
        "neighbourhood": ("PIP 1", "kiosk operator"), "offender-manager": ("PIP 1", "kiosk operator"), "sergeant": ("PIP 1",)}  # fmt: skip
SIGNS = (
    "danger_to_life",
    "violence",
    "serious_injury",
    "serious_damage",
    "in_progress",
    "vulnerable",
    "domestic",
    "evidence_lost",
    "repeat",
    "needs_visit",
)
BLOCKS = ("life", "scene", "evidence", "people", "suspects")
CALLS, ALL = "messages, calls and pictures", "everything, or what was deleted"
DAY = 24.0


def tell(play: Play) -> None:
    """The last months: calls become investigations, with devices and victims."""
    for user, names in HELD.items():
        Accreditation.objects.bulk_create(
            [Accreditation(user=user, name=name, start=play.ago(700 * DAY).date(), until=None, reference=f"demo/{user}/{name}") for name in names], ignore_conflicts=True
        )  # fmt: skip
    calls = _calls(Play(play.now, "response"))  # the control room's own purpose
    crimes = _crimes(play, calls)
    _devices(play, crimes, _places(play))
    _victims(play, crimes)


def _add(play: Play, by: str, hours: float, ref: str, act: str, given: Mapping[str, Any]) -> str:
    """Do an act that adds a row; its id."""
    case = store.do(ref, act, given, actor=play.actor(by), at=play.ago(hours))
    doing = kind_of(case.kind).act_by_name[act]
    return f"{doing.adds}-{case.seq}"


def _calls(play: Play) -> list[str]:
    """Answered, graded, attended: in time, late, and two for whom nobody is there yet."""
    told = (("burglary", "evidence_lost", "priority"), ("assault", "violence", "immediate"), ("domestic", "domestic", "priority"),
            ("theft", "needs_visit", "scheduled"), ("robbery", "in_progress", "immediate"), ("vehicle", "", "resolve"))  # fmt: skip
    rng, opened = Random(4), []
    for n in range(14):
        offence, sign, grade = told[n % 6]
        hours = 0.6 + 1.4 * n if n < 3 else 20.0 + 60 * n
        signs = dict.fromkeys(SIGNS, "no") | ({sign: "yes"} if sign else {})
        ref = play.open("control", hours, "call_assessment", "take_call", {
            "called_at": play.ago(hours), "answered_at": play.ago(hours) + timedelta(seconds=rng.choice((3, 6, 8, 14, 40))), "area": DISTRICTS[n % 3],
            "setting": "urban" if n % 4 else "rural", "offence": offence, "channel": "999" if n % 3 else "101", "incident": f"WX-{1100 + n}", **signs,
            "threat": "He left on foot and may come back.", "engagement": "At home until six.", "vulnerability": "Lives alone, 81." if n == 3 else "None told."})  # fmt: skip
        if n == 0:
            continue  # not graded yet
        play.decide("control", hours - 0.03, ref, "grade_call", grade)
        if n in (1, 2):  # waiting; the second past its time
            continue
        if grade == "resolve":
            play.do(
                "control",
                hours - 1,
                ref,
                "resolve_call",
                {"resolved": "Reported by telephone; the caller is content with that."},
            )
            continue
        late = DISTRICTS[n % 3] == DISTRICTS[2]
        went = {"immediate": 0.1, "priority": 0.5, "scheduled": 20.0}[grade] * (3 if late else 1)
        play.do("control", hours - went, ref, "send_unit", {"dispatched_at": play.ago(hours - went)})
        play.do("control", hours - went - 0.1, ref, "unit_there", {"arrived_at": play.ago(hours - went - 0.1)})
        if offence in ("burglary", "robbery", "theft"):
            days, kept = rng.choice((6, 20)), rng.choice((7, 28))
            row = _add(play, "control", hours - went - 0.3, ref, "note_perishable", {
                "what": "CCTV", "holder": "The shop at the corner; its manager, mornings", "made_at": play.ago(hours + 0.3), "kept_hours": 24 * kept})  # fmt: skip
            if n % 2 and days * DAY < hours - 25:
                got = hours - went - days * DAY
                play.do("control", got, ref, "get_evidence", {"got_at": play.ago(got), "exhibit": f"AB/{n}"}, item=row)
        for block in BLOCKS if n % 3 == 1 else BLOCKS[:1]:
            play.do(
                "control", hours - went - 0.5, ref, "ask_block", {"block": block, "asked_of": "scene", "answer": "done"}
            )
        opened.append(ref)
    return opened


def _crimes(play: Play, calls: list[str]) -> list[tuple[str, str, str, float]]:
    """Investigations at every stage: (ref, offence, district, hours ago)."""
    offences = (
        "burglary",
        "domestic abuse",
        "rape or sexual offence",
        "robbery",
        "assault",
        "stalking or harassment",
        "fraud",
        "theft",
    )
    found = []
    for n in range(17):
        offence, area, hours = offences[n % 8], DISTRICTS[n % 3], 30.0 + 170 * n
        more: dict[str, Any] = {"parent": calls[n]} if n < len(calls) and n < 6 else {}
        if more:
            hours = min(hours, 25.0 + 40 * n)
        late = n % 7 == 5
        ref = play.open("detective", hours, "crime_investigation", "record_crime", {
            "crime": f"WX/{41000 + n}/26", "area": area, "team": f"{area} investigation", "offence": offence, "reported_at": play.ago(hours + (40 if late else 2)),
            "recorded_at": play.ago(hours), "domestic": offence == "domestic abuse", "victim_supports": ("yes", "yes", "no", "yes")[n % 4],
            "features": ["violence or weapon"] if offence == "robbery" else [], "lines_known": n % 8 != 7, "happened": "As the first account says."}, **more)  # fmt: skip
        found.append((ref, offence, area, hours))
        if n == 0:
            continue
        if n % 8 == 7:
            play.decide(
                "sergeant",
                hours - 8,
                ref,
                "screen",
                "file",
                {"not_further": "No witness, no camera, nothing left behind."},
            )
            play.decide(
                "sergeant",
                hours - 9,
                ref,
                "record_outcome",
                "type_18",
                {"rationale": "No line of enquiry, told to the victim with the reason."},
            )
            continue
        play.decide("detective", hours - 5, ref, "screen", "investigate")
        if n % 9 != 4:
            play.do(
                "detective",
                hours - 20,
                ref,
                "make_plan",
                {"plan": "Identity first: cameras and phones; then the account of each witness."},
            )
        due = play.ago(hours - 10 * DAY).date().isoformat()
        lines = [_add(play, "detective", hours - 20, ref, "set_line", {"line": line, "points": points, "agreed_at": play.ago(hours - 20), "due_on": due})
                 for line, points in (("Cameras along the way off", "either"), ("Where the suspect says he was", "away"))]  # fmt: skip
        if n % 3 == 1 or offence == "domestic abuse":
            _arrest(play, ref, n, hours, offence)
        done = hours > 12 * DAY and n % 5 != 2
        for line in lines if done else ():
            play.do(
                "detective",
                hours - 9 * DAY,
                ref,
                "finish_line",
                {"done_at": play.ago(hours - 9 * DAY), "result": "Seen, and nothing more to follow."},
                item=line,
            )
        months = int((hours - 12 * DAY) // (28 * DAY))
        for month in range(months if n % 6 else months - 1):
            at = hours - (month + 1) * 27 * DAY
            play.do(
                "sergeant",
                at,
                ref,
                "review",
                {"reviewed": "Plan followed; victim told; next: the phone.", "diligent": n % 11 != 8},
            )
        if done and n > 9 and n % 4:
            _end(play, ref, n, hours)
    return found


def _arrest(play: Play, ref: str, n: int, hours: float, offence: str) -> None:
    """A suspect is arrested and bailed; bail is extended, lapses, or gives way to release."""
    at = hours - 26
    row = _add(
        play,
        "detective",
        at,
        ref,
        "identify_suspect",
        {"identified_at": play.ago(at), "born_on": f"{1975 + n}-05-04", "arrested_on": play.ago(at).date().isoformat()},
    )
    play.do("sergeant", at - 3, ref, "bail", {"arrested_on": play.ago(at).date().isoformat(), "bail_case": "standard", "authority": "custody officer", "necessary": True,
            "conditions": "No contact with the victim", "victim_views": "She asked for it."}, item=row)  # fmt: skip
    if hours > 95 * DAY and n % 2:
        waits = n % 6 == 1
        play.do("inspector", at - 85 * DAY, ref, "extend_bail", {"authority": "inspector", "suspect_guilt": True, "time_needed": True, "is_diligent": True, "necessary": True,
                "extended_for": "a device waits to be examined" if waits else "enquiries under way"}, item=row)  # fmt: skip
    elif n % 4 == 0 and offence != "domestic abuse":
        play.do(
            "detective",
            at - 20,
            ref,
            "release",
            {"released_at": play.ago(at - 20), "why": "Bail is not needed: no risk known."},
            item=row,
        )
    elif n == 13:
        play.do("detective", at - 60 * DAY, ref, "charge", {"charged_at": play.ago(at - 60 * DAY)}, item=row)


def _end(play: Play, ref: str, n: int, hours: float) -> None:
    proposed = store.load(ref, play.actor("sergeant"), play.ago(30 * DAY)).proposals.get("record_outcome")
    at = max(5 * DAY, hours - (70 + 3 * n) * DAY)
    if proposed is not None and proposed.proposal is not None and hours - at > 10 * DAY:
        outcome = proposed.proposal.outcome
        if outcome in ("type_14", "type_16"):
            play.do(
                "detective",
                at + 1,
                ref,
                "note",
                {"evidence_led": "The call and the officer's video were weighed; not enough alone."},
            )
        play.decide(
            "sergeant",
            at,
            ref,
            "record_outcome",
            outcome,
            {"rationale": "Every line is finished; written for the victim in plain words."},
        )


def _places(play: Play) -> dict[str, str]:
    """Three kiosks, one investigator's desk and the laboratory."""
    held, east = {}, (448_000, 462_000, 441_000)
    operators = (["neighbourhood"], ["offender-manager"], ["coordinator"])  # the last is not on duty
    for area, x, people_ in zip(DISTRICTS, east, operators, strict=True):
        held[area] = play.open("inspector", 100 * DAY, "digital_route", "open_route", {
            "place_name": f"{area} kiosk", "area": area, "way": "kiosk", "does": [CALLS], "declared": True, "address": f"{area} police station, ground floor",
            "place_east": x, "place_north": 268_000, "in_log_as": area, "opens": "08:00 to 20:00", "ask": "The digital media investigator, extension 4410", "operators": people_})  # fmt: skip
    for name, way, does in (("County digital laboratory", "laboratory", [CALLS, ALL, "a locked or damaged device opened"]),
                            ("Digital media investigator's desk", "investigator", ["what its owner shows"])):  # fmt: skip
        held[name] = play.open("inspector", 100 * DAY, "digital_route", "open_route", {
            "place_name": name, "area": DISTRICTS[0], "way": way, "does": does, "declared": way == "laboratory", "place_east": 450_000, "place_north": 271_000,
            "staffed_until": (play.now + timedelta(days=300)).date().isoformat(), "opens": "08:00 to 18:00", "ask": "Extension 4400"})  # fmt: skip
    for n, ref in enumerate(held.values()):
        if n != 1:
            play.do("inspector", 9 * DAY, ref, "confirm_route")
    return held


def _devices(play: Play, crimes: list[tuple[str, str, str, float]], places: Mapping[str, str]) -> None:
    """Aldmoor books its kiosk; Brackwater sends everything to the laboratory; Caldershore waits for its operator."""
    east = dict(zip(DISTRICTS, (448_500, 462_500, 441_500), strict=True))
    for n, (crime, _, area, hours) in enumerate(crimes[1:19]):
        at = min(hours - 28, 150 * DAY) - (n % 3)
        if at < 3:
            continue
        ref = play.open("detective", at, "device", "record_device", {
            "area": area, "team": f"{area} response", "seized_at": play.ago(at + 1), "device": "tablet" if n % 7 == 3 else "phone", "exhibit": f"CD/{n}",
            "needed": ALL if n % 8 == 6 else CALLS, "basis": "seized under a power", "easting": east[area], "northing": 268_500,
            **({"bail_ends_on": (play.ago(at) + timedelta(days=90)).date().isoformat()} if n % 3 == 0 else {})}, parent=crime)  # fmt: skip
        if n in (0, 2):
            continue  # nobody has looked for a route
        to_lab = area == DISTRICTS[1] or n % 8 == 6
        booked = at - (3 if area == DISTRICTS[0] else 40)
        if booked < 2:
            continue
        play.decide(
            "detective",
            booked + 1,
            ref,
            "choose_way",
            "laboratory" if to_lab else "kiosk",
            why="sent as always" if to_lab else "",
        )
        play.do(
            "detective",
            booked,
            ref,
            "book",
            {
                "route": places["County digital laboratory" if to_lab else area],
                "booked_at": play.ago(booked),
                "booked_for": play.ago(booked - 4),
            },
        )
        days = {DISTRICTS[0]: 2.0, DISTRICTS[1]: 95.0, DISTRICTS[2]: 24.0}[area] + (
            60 if to_lab and area != DISTRICTS[1] else 0
        )
        ready = booked - (days + n % 4) * DAY
        if ready > 1:
            play.do(
                "detective",
                ready,
                ref,
                "get_result",
                {"result_at": play.ago(ready), "result": "part of it" if n % 5 == 4 else "got what was needed"},
            )
            if n % 2:
                play.do(
                    "detective",
                    ready - 1 if ready > 2 else ready / 2,
                    ref,
                    "give_back",
                    {"returned_at": play.ago(ready)},
                )


def _victims(play: Play, crimes: list[tuple[str, str, str, float]]) -> None:
    """Told in time, late, or not yet; statements offered, taken, used; and what victims say of it."""
    said = {"domestic abuse": "domestic abuse", "rape or sexual offence": "sexual"}
    known = people(False, 14)
    for n, (crime, offence, area, hours) in enumerate(crimes[:12]):
        at, late = hours - 2, area == DISTRICTS[2]
        who = known[n % len(known)] if known else None
        needs = (
            {
                "born_on": who.born_on.isoformat() if who else "1980-05-04",
                "bereaved": False,
                "targeted": n % 5 == 1,
                "impaired": False,
                "intimidated": n % 6 == 2,
            }
            if n
            else {}
        )
        ref = play.open("detective", at, "victim_rights", "open_rights", {
            "reported_on": play.ago(hours).date().isoformat(), "area": area, "team": f"{area} investigation", "crime_type": said.get(offence, "other"),
            **({"victim": ref_of(f"{who.batch.feed}/{who.key}")} if who else {}), "safe_contact": "By text, after six", "wants": "everything" if n % 4 else "main events only", **needs}, parent=crime)  # fmt: skip
        if n == 0:
            continue
        play.decide(
            "detective",
            at - (70 if late else 6),
            ref,
            "set_rights",
            "enhanced" if offence in said or n % 5 == 1 or n % 6 == 2 else "standard",
        )
        if n % 4:
            declined = n % 3 == 0
            play.do(
                "detective",
                at - 7,
                ref,
                "offer_statement",
                {"offered_at": play.ago(at - 7), "statement": "declined" if declined else "wanted now"},
            )
            if not declined and hours > 20 * DAY:
                play.do(
                    "detective",
                    at - 15 * DAY,
                    ref,
                    "take_statement",
                    {
                        "taken_at": play.ago(at - 15 * DAY),
                        "made_by": "victim",
                        "to_be": "read by somebody else",
                        "copy_given": True,
                    },
                )
                if n % 2:
                    play.do("detective", at - 18 * DAY, ref, "send_statement", {"sent_at": play.ago(at - 18 * DAY)})
        if n == 5:
            _add(
                play,
                "detective",
                at - 8,
                ref,
                "opt_out",
                {"event_not_wanted": "hearing date", "said_at": play.ago(at - 8)},
            )
        for k, event in enumerate(
            ("referral to a victim service", "arrest", "bail or release under investigation, or a change of it")
        ):
            if k and n % 3 != 1:
                break
            when = max(at - 26 - k, 1.0)
            row = _add(play, "detective", when, ref, "note_event", {"event": event, "happened_at": play.ago(when)})
            told = when - (12 * DAY if late else 18)
            if told > 1:
                play.do(
                    "detective",
                    told,
                    ref,
                    "tell",
                    {
                        "told_at": play.ago(told),
                        "channel": "text, then a call",
                        "by_safe_way": True,
                        "reasons_given": not late,
                    },
                    item=row,
                )
        if hours > 10 * DAY and n % 2:
            _add(play, "sergeant", at - 9 * DAY, ref, "ask_victim", {"asked_at": play.ago(at - 9 * DAY), "asked_by": "supervisor", "understood": "yes", "respected": "yes",
                     "useful": "in part" if late else "yes", "knows_next": "no" if late else "yes"})  # fmt: skip
