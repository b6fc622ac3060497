"""The demonstration's assurance: nine areas for improvement at different points of their life, evidence of several kinds, reality tests.

Some evidence has run out, one area is past its date, one has come back; two assessors judged four questions blind, and not all alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from peelian.assurance.improvement_finds import again, not_raised
from peelian.assurance.self_assessment import to_judge
from peelian.casework.models import Case

from .play import DISTRICTS, Play, written

PURPOSE = "assurance"
DAY = 24.0
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "assurance.accept_within": "48 hours",
    "assurance.weigh_within": "14 days after",
    "assurance.renew_within": "6 months after",
    "assurance.judge_within": "28 days after",
    "assurance.known_share": "0.5",
    "assurance.weak_systems": "2",
    "assurance.uneven_systems": "2",
    "assurance.in_time_floor": "0.8",
    "assurance.reality_sample": "4",
    "assurance.reality_within": "14 days after",
    "improvement.accept_within": "48 hours",
    "improvement.plan_within": "28 days after",
    "improvement.review_every": "3 months after",
    "report.file_within": "14 days after",
}
# place: (days until its date, days since it was planned, what is done, measure); None: not planned yet
PLANS: Mapping[str, tuple[int, int, str, str] | None] = {
    "1.1": (150, 200, "every plan that closes is evaluated; districts and partners adopt or reject with a reason", "problem_plan.can_show_an_effect"),
    "2.1": (60, 170, "routes shown at the device, kiosks staffed every day, teams prompted", "device.seizure_to_result"),
    "2.2": (-41, 210, "visits to every offender in both arms; the pilot's boundary watched", ""),
    "3.1": (90, 150, "ten partner feeds in every profile; a missing person profile each quarter", "missing_person.return_interviewed_in_time"),
    "3.2": (120, 140, "no lone allocation without a qualified supporter on duty", "support_concern.support_was_missing"),
    "3.3": (200, 100, "the monthly review names each step left out", "consistency.gap_narrowed"),
    "3.4": (20, 230, "hit or no hit with those who pool nothing; one plan for a family", "hub_referral.feedback_due_in_time"),
    "4.1": (75, 60, "a full and a shareable edition on one day, each half year", ""),
    "4.2": None,
}  # fmt: skip
# question, system, says, claim, source, reference, true since (days ago), in date until (days from now), taken by the assurance lead
EVIDENCE = (
    ("prevention", "P8", "supports", "Plans state outcome and comparison before they open", "file audit", "audit of 20 plans, October", 40, 140, True),
    ("prevention", "P9", "against", "Two districts read no other district's results before they began", "visit", "visit to Brackwater, 3 November", 20, 160, True),
    ("prevention", "P6", "supports", "Every profile of the quarter states what partners' data changed", "document", "problem profiles, third quarter", 50, 130, True),
    ("investigation", "I3", "supports", "Kiosks were staffed on 28 of 30 days", "document", "kiosk log, October", 30, 60, True),
    ("investigation", "I7", "against", "Visits in the pilot's arm fell and recorded breaches fell with them", "file audit", "audit visits, both arms", 25, 155, True),
    ("vulnerability", "V7", "supports", "Social care decided with police and health at the table", "visit", "three hub meetings in October", 35, 145, True),
    ("vulnerability", "V1", "supports", "The assessment ranks what partners alone know", "document", "strategic assessment 2026", 200, -15, True),
    ("vulnerability", "V5", "supports", "Officers named their supporter when asked", "survey", "survey of two protection teams", 15, 75, False),
    ("organised_crime", "O8", "supports", "The shareable edition went out on the day of the full one", "document", "local profile, autumn edition", 45, 135, True),
    ("specialist", "S2", "supports", "Lessons of the June exercise changed nine lines of plans", "file audit", "register of lessons", 90, 90, True),
)  # fmt: skip
TESTS = (
    ("investigation", "I3", "Response team, Aldmoor", 0, 18, (3, 1), ("Which routes take a phone?", "Where is the nearest?", "How long is the wait?")),
    ("investigation", "I3", "Response team, Brackwater", 1, 16, (1, 3), ("Which routes take a phone?", "Where is the nearest?", "How long is the wait?")),
    ("organised_crime", "O6", "Neighbourhood team, Caldershore", 2, 11, (4, 0), ("Which groups work here?", "What is asked of you about them?", "Whom do you tell?")),
    ("vulnerability", "V2", "Response team, Caldershore", 2, 14, (2, 2), ("When is a notice sent?", "Who reads it?", "What must never delay dispatch?")),
)  # fmt: skip
GRADES = (("good", "good"), ("requires improvement", "good"), ("good", "good"), ("requires improvement", "inadequate"))


def tell(play: Play) -> None:
    """The last eight months of the assurance lead's work."""
    _areas(play)
    _evidence(play)
    _reality(play)
    _judged(play)


def _areas(play: Play) -> None:
    for found in not_raised(actor=play.actor("assurance"), at=play.now):
        place = str(found.given["place"])
        if place not in PLANS:
            continue
        told = PLANS[place]
        raised = (told[1] + 20 if told else 9) * DAY
        ref = play.open(
            "superintendent", raised, "improvement", "raise_it", found.given, origin=f"found:of-the-report:{found.key}"
        )
        if told is None:
            continue
        due, planned, plan, measure = told
        given = {
            "plan": plan,
            "due_on": f"{(play.now + timedelta(days=due)).date():%Y-%m-%d}",
            **({"measure": measure} if measure else {}),
        }
        play.do("superintendent", planned * DAY, ref, "plan_it", given)
        if planned > 100:
            play.do(
                "chief",
                (planned - 85) * DAY,
                ref,
                "look_at_it",
                {"progress": "under way; the figures of the measure are looked at each month"},
            )
    back = again(actor=play.actor("assurance"), at=play.now)
    if back:
        play.open(
            "superintendent",
            30 * DAY,
            "improvement",
            "raise_it",
            back[0].given,
            origin=f"found:came-back:{back[0].key}",
        )


def _evidence(play: Play) -> None:
    day = play.now.date()
    for question, system, says, claim, source, reference, since, until, taken in EVIDENCE:
        offered = min(since - 5, 25) * DAY if until > 0 else 190 * DAY
        given = {
            "question": question, "system": system, "says": says, "claim": claim, "source": source, "reference": reference,
            "true_from": f"{day - timedelta(days=since):%Y-%m-%d}", "expires_on": f"{day + timedelta(days=until):%Y-%m-%d}",
        }  # fmt: skip
        ref = play.open(
            "inspector" if question == "specialist" else "superintendent", offered, "evidence", "offer_evidence", given
        )
        if taken:
            play.decide("assurance", offered - 20, ref, "weigh_it", "taken")


def _reality(play: Play) -> None:
    for n, (question, system, team, district, size, (knew, not_known), asked) in enumerate(TESTS):
        start = (30 - 5 * n) * DAY
        given = {"question": question, "system": system, "team": team, "area": DISTRICTS[district], "team_size": size,
                 "first": asked[0], "second": asked[1], "third": asked[2]}  # fmt: skip
        ref = play.open("assurance", start, "reality_test", "draw_sample", given)
        places = written(Case).get(ref=ref).facts["places"].split(", ")
        answers = ["knew"] * knew + ["did not know"] * not_known
        for i, (place, answer) in enumerate(zip(places, answers, strict=True)):
            if n == len(TESTS) - 1 and i > 1:
                return  # the last is still under way
            hours = start - 20 - i
            when = play.ago(hours).isoformat()
            play.do(
                "assurance",
                hours,
                ref,
                "ask_one",
                {
                    "place": int(place),
                    "asked_at": when,
                    "first_known": "knew",
                    "second_known": answer,
                    "third_known": answer,
                },
            )
        play.do(
            "assurance",
            start - 48,
            ref,
            "end_test",
            {"learnt": f"{knew} of {len(places)} knew all three; the rest knew the first alone"},
        )


def _judged(play: Play) -> None:
    found = to_judge(actor=play.actor("assurance"), at=play.now)
    for n, (one, (first, second)) in enumerate(zip(found, GRADES, strict=False)):
        start = (12 - n) * DAY
        ref = play.open(
            "superintendent",
            start,
            "judgement",
            "open_judgement",
            {**one.given, "as_of": f"{play.ago(start).date():%Y-%m-%d}"},
        )
        for who, grade in (("assurance", first), ("analyst", second)):
            own = play.open(
                who,
                start - 24,
                "assessment",
                "begin_assessment",
                {"question": one.given["question"], "cycle": "2016"},
                parent=ref,
            )
            if not (n == len(GRADES) - 1 and who == "analyst"):  # the last pair is not in yet
                play.do(
                    who,
                    start - 30,
                    own,
                    "give_grade",
                    {"own_grade": grade, "why": "what the evidence of the question shows"},
                )
        if n < 2:
            grade = first.replace(" ", "_")
            given = {
                "said": "as the two assessors and the evidence say",
                "next_step": "the superintendent, by the next board",
            }
            play.decide("superintendent", start - 40, ref, "judge_it", grade, given)
