"""Three years of assurance: evidence offered, weighed and renewed or not, teams asked, questions judged each year, areas that came back.

What it is drawn from: one district's teams do not know what they are asked; evidence is renewed late since its keeper left; two assessors
agree in three of four; two areas that were called complete came back within two years.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from peelian.casework import store

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, chance, day, instants, one_of

PURPOSE = "assurance"
RATES = {"evidence": 1.0, "reality": 0.8}  # cases a month
AGAINST = 0.25  # share of evidence that speaks against the force
RENEWED = (0.85, 0.35)  # share looked at again within six months: while somebody kept it, and since
LEFT = 12  # months ago the keeper of evidence left
KNEW = (0.85, 0.35, 0.80)  # share of staff asked who know all three, by district
AGREE = 0.75  # share of pairs of assessors who give one grade
GRADES = ("requires improvement", "good")
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "prevention": ("P3", "P8", "P9"), "investigation": ("I3", "I5", "I7"), "vulnerability": ("V2", "V6", "V7"), "organised_crime": ("O5", "O6", "O8"),
    "specialist": ("S1", "S2"),
}  # fmt: skip
# Question, systems, words, months ago it was raised, months until it was complete, and which one it repeats.
AREAS = (
    ("investigation", "I3", "The force should shorten how long a telephone waits for examination", 34.0, 9.0, None),
    ("vulnerability", "V2", "The force should make sure that every response officer sends a notice for a child who was there", 33.0, 8.0, None),
    ("organised_crime", "O6", "The force should make sure that local teams know the groups of their district", 31.0, 10.0, None),
    ("prevention", "P8", "The force should evaluate each problem-solving plan when it closes", 28.0, 7.0, None),
    ("specialist", "S2", "The force should close lessons of exercises only after a retest", 26.0, 9.0, None),
    ("vulnerability", "V2", "The force should make sure that response officers send a notice for every child who was there", 16.0, 8.0, 1),
    ("organised_crime", "O6", "The force should make sure that neighbourhood teams know the organised groups of their district", 14.0, 9.0, 2),
)  # fmt: skip
CLAIMS = {
    "supports": ("It was found as the plan describes it", "Nine of ten files hold what they should", "Staff who were asked could show it"),
    "against": ("Half of what was asked for was not there", "Two teams of five do it in another way", "Files show it begun and not ended"),
}  # fmt: skip
ASKED = {
    "I3": ("Which routes take a telephone?", "Where is the nearest?", "How long is the wait?"),
    "O6": ("Which groups work here?", "What is asked of you about them?", "Whom do you tell?"),
    "V2": ("When is a notice sent?", "Who reads it?", "What must never delay dispatch?"),
}  # fmt: skip


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _evidence(play, rng, truth, months)
    _asked(play, rng, truth, months)
    _judged(play, rng, truth, months)
    _areas(play, rng, truth, months)


def _cycle(play: Play, hours: float) -> str:
    return "2023-25" if play.ago(hours).year < 2025 else "2025-27"


def _offer(play: Play, hours: float, question: str, system: str, says: str, source: str) -> Course:
    """Evidence offered and taken."""
    given = {"question": question, "system": system, "says": says, "claim": CLAIMS[says][play.ago(hours).month % 3],
             "source": source, "reference": f"register of assurance, {play.ago(hours):%B %Y}", "true_from": day(play, hours + 10 * DAY), "expires_on": day(play, hours - 9 * MONTH)}  # fmt: skip
    one = Course(play, play.open("superintendent", hours, "evidence", "offer_evidence", given))
    one.decide("assurance", hours - 5 * DAY, "weigh_it", "taken")
    return one


def _evidence(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    truth.say("A1", "evidence.against", AGAINST, "speaks against the force", since=months)
    truth.say("A1", "evidence.renewal_in_time", RENEWED[0], "somebody keeps the evidence", since=months, until=LEFT)
    truth.say("A1", "evidence.renewal_in_time", RENEWED[1], "its keeper left", since=LEFT)
    for hours in instants(rng, months, RATES["evidence"]):
        question = one_of(rng, tuple(QUESTIONS))
        source = one_of(rng, ("document", "visit", "file audit", "survey"))
        one = _offer(
            play,
            hours,
            question,
            one_of(rng, QUESTIONS[question]),
            "against" if chance(rng, AGAINST) else "supports",
            source,
        )
        for turn in (1, 2):
            kept = chance(rng, RENEWED[hours - 6 * MONTH < LEFT * MONTH])
            hours -= 5 * DAY + float(rng.uniform(4.5, 5.7) if kept else rng.uniform(6.3, 8.5)) * MONTH
            if turn == 2:
                one.do("assurance", hours, "take_back", {"why_not": "What it showed has been overtaken."})
            elif hours > DAY:
                given = {
                    "true_from": day(play, hours + 10 * DAY),
                    "expires_on": day(play, hours - 9 * MONTH),
                    "reference": f"register of assurance, {play.ago(hours):%B %Y}",
                }
                one.do("assurance", hours, "renew", given)


def _asked(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    for name, share in zip(DISTRICTS, KNEW, strict=True):
        words = "its teams do not know what they are asked" if share < 0.6 else "as elsewhere"
        truth.say("A1", "reality_test.staff_know", share, words, area=play.codes.get(name, name), since=months)
    for n, hours in enumerate(instants(rng, months, RATES["reality"])):
        system = one_of(rng, tuple(ASKED))
        question = next(key for key, systems in QUESTIONS.items() if system in systems)
        given = {
            "question": question,
            "system": system,
            "team": f"Response team, {DISTRICTS[n % 3]}",
            "area": DISTRICTS[n % 3],
            "team_size": int(rng.integers(11, 20)),
        }
        one = Course(
            play,
            play.open(
                "assurance",
                hours,
                "reality_test",
                "draw_sample",
                given | dict(zip(("first", "second", "third"), ASKED[system], strict=True)),
            ),
        )
        drawn = store.load(one.ref, play.actor("assurance"), play.now).state.facts["places"]
        for k, place in enumerate(drawn.split(", ")):
            known = "knew" if chance(rng, KNEW[n % 3]) else "did not know"
            at = hours - 20 - 2 * k
            one.do(
                "assurance",
                at,
                "ask_one",
                {
                    "place": int(place),
                    "asked_at": play.ago(at),
                    "first_known": "knew",
                    "second_known": known,
                    "third_known": known,
                },
            )
        one.do("assurance", hours - 60, "end_test", {"learnt": "Told to the team's sergeant, without names."})


def _judged(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Each question once a year, in spring, by two who do not see each other's grade."""
    truth.say("A1", "assessors agree", AGREE, "share of pairs that give one grade", since=months)
    for year in range(months // 12):
        for n, question in enumerate(QUESTIONS):
            hours = (months - 12 * year - 5.5) * MONTH - n * DAY
            known = int(rng.integers(1, len(QUESTIONS[question]) + 1))
            given = {"question": question, "cycle": _cycle(play, hours), "as_of": day(play, hours), "systems": len(QUESTIONS[question]), "systems_known": known,
                     "cause_of_concern": 0, "came_back": 0, "overdue": int(chance(rng, 0.3)), "weak": int(chance(rng, 0.4)), "uneven": int(rng.integers(0, 3))}  # fmt: skip
            one = Course(play, play.open("superintendent", hours, "judgement", "open_judgement", given))
            grade = one_of(rng, GRADES)
            other = grade if chance(rng, AGREE) else GRADES[grade == GRADES[0]]
            for who, said in (("assurance", grade), ("analyst", other)):
                own = Course(
                    play,
                    play.open(
                        who,
                        hours - 24,
                        "assessment",
                        "begin_assessment",
                        {"question": question, "cycle": _cycle(play, hours)},
                        parent=one.ref,
                    ),
                )
                own.do(
                    who,
                    hours - 24 - float(rng.uniform(20, 200)),
                    "give_grade",
                    {"own_grade": said, "why": "What the evidence of the year shows."},
                )
            one.decide(
                "superintendent",
                hours - 12 * DAY,
                "judge_it",
                grade.replace(" ", "_"),
                {"said": "As the evidence of the year says."},
            )


def _areas(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Areas that were planned, looked at and called complete; two of them came back."""
    since = [area for area in AREAS if area[3] <= months - 0.5]
    truth.say(
        "A2",
        "improvement.that_came_back",
        sum(area[5] is not None for area in since) / max(len(since), 1),
        "came back within two years",
        since=months,
    )
    refs: dict[int, str] = {}
    for n, (question, system, words, raised, took, repeats) in enumerate(AREAS):
        if (question, system, words, raised, took, repeats) not in since:
            continue
        hours = raised * MONTH
        given = {"type": "area for improvement", "question": question, "words": words, "report": "Peer review of the force", "cycle": _cycle(play, hours), "systems": system,
                 "raised_on": day(play, hours + 7 * DAY)} | ({"earlier": refs[repeats]} if repeats is not None and repeats in refs else {})  # fmt: skip
        one = Course(play, play.open("superintendent", hours, "improvement", "raise_it", given))
        refs[n] = one.ref
        late = chance(rng, 0.4)
        one.do("superintendent", hours - float(rng.uniform(10, 40)) * DAY, "plan_it", {
            "plan": "What is done stands in the log of the board.", "due_on": day(play, hours - (took - 1.5 if late else took + 1) * MONTH)})  # fmt: skip
        for look in range(1, int((took - 1.5) / 2.8) + 1):
            one.do("chief", hours - look * 2.8 * MONTH, "look_at_it", {"progress": "Under way."})
        done = hours - took * MONTH
        proof = _offer(play, done + 20 * DAY, question, system, "supports", "file audit")
        one.do("superintendent", done + 8 * DAY, "prove", {"evidence": proof.ref, "shows": "It is done in most files."})
        one.do(
            "superintendent",
            done + 7 * DAY,
            "state_complete",
            {"stated": "The peer who reviewed the force, in writing."},
        )
        one.decide("chief", done, "review_it", "complete")
        proof.do(
            "assurance",
            done - 5.4 * MONTH,
            "take_back",
            {"why_not": "The area is complete; it is no longer relied on."},
        )
