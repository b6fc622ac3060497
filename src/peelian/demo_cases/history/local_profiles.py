"""Local profiles of earlier years: one for each district and year, with what partners gave, and the actions that agencies took on or declined.

What it is drawn from: agencies decline most of what one district proposes; they answer in time no more and no less in any month.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from peelian.organised_crime.local_profile_release import issue, propose_editions

from ..others import AGENCIES
from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, by_district, chance, day, one_of
from .steps import Step, morning, play_out

YEAR, APART, ACTIONS = 12 * MONTH, 2.5 * MONTH, 8
TAKEN_ON = (0.88, 0.90, 0.38)  # share of proposed actions that agencies take on, by district
ANSWERED, LOWER = 0.80, 0.40  # share answered in time; share of threats that are lower half a year later
DATA = (("trading", "fraud", "may be shared"), ("school", "county lines", "counts only"))
THREATS = (("fraud", "high"), ("county lines", "substantial"), ("drugs", "high"))
LOWER_BY = {"high": "substantial", "substantial": "moderate"}
WHAT = (
    "Inspect the shops together",
    "A mentor for those at risk",
    "Close the market stall",
    "Tell tenants whom to call",
)


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    by_district(play, truth, months, "O8", "profile_action.actions_taken_on", TAKEN_ON, "agencies decline most of what this district proposes")  # fmt: skip
    truth.say("O8", "profile_action.take_on_answered_in_time", ANSWERED, "agencies answer in time: no change in any month", since=months)  # fmt: skip
    truth.say("O8", "local_profile.threat_lower", LOWER, "threats lower when estimated again: in no district more", since=months)  # fmt: skip
    for year in range(3):
        for place in range(3):
            if (begun := months * MONTH - year * YEAR - place * APART) > 2 * DAY:
                _profile(play, rng, place, morning(play, begun))


def _profile(play: Play, rng: np.random.Generator, place: int, ago: float) -> None:
    """Partners asked, threats estimated, actions settled, both editions issued, each threat estimated again, and the next one begun."""
    area = DISTRICTS[place]
    one = Course(play, play.open("coordinator", ago, "local_profile", "start", {
        "area": area, "since": day(play, ago + 365 * DAY), "until": day(play, ago + DAY), "purpose": "joint activity against serious and organised crime",
        "wanted": "What do you hold on drugs, fraud and county lines?"}))  # fmt: skip
    answers = []
    for n, (agency, threat, handling) in enumerate(DATA):
        item, told = (
            one.ask("coordinator", ago - 1 - n, "partner_data", agency),
            {"told": f"Complaints about {threat}."} if handling == "may be shared" else {},
        )
        answers.append((AGENCIES[agency][1], item, {
            "what": "complaints", "threat": threat, "place": area, "count": int(rng.integers(12, 40)), "statement": f"Our own account of {threat} in this year.",
            "handling": handling, "limit_words": "As our agreement with the force says.", **told}))  # fmt: skip
    for n, (by, item, given) in enumerate(answers):
        one.answer(by, ago - (6 + n) * DAY, item, given)
    one.do("coordinator", ago - 8 * DAY, "contribute", {
        "what": "prison contacts", "threat": "drugs", "place": area, "count": 9, "statement": "Visits and calls point to one supplier outside.",
        "handling": "full edition only", "limit_words": "For police alone.", "from_agency": "prison", "received_on": day(play, ago - 8 * DAY)})  # fmt: skip
    one.do("coordinator", ago - 20 * DAY, "write", {"summary": "One supplier, three shops.", "summary_shared": "Shops sell counterfeit goods; lines recruit the young."})  # fmt: skip
    rows = [one.do("coordinator", ago - 21 * DAY - n, "estimate", {
        "threat": threat, "level": level, "confidence": "moderate", "rests_on": "Partners' data and intelligence"}) for n, (threat, level) in enumerate(THREATS)]  # fmt: skip
    if one.over:
        return
    later = [step for n in range(ACTIONS) for step in _action(play, rng, place, n, one.ref, ago - 23 * DAY)]
    if not _issued(play, rng, one, morning(play, ago - 70 * DAY)):
        return
    for n, (row, (_, level)) in enumerate(zip(rows, THREATS, strict=True)):
        again = LOWER_BY[level] if chance(rng, LOWER) else level
        one.do("coordinator", ago - 230 * DAY - n, "estimate_again", {
            "level_after": again, "after_rests_on": "Inspections; partners' data of the half-year", "estimated_at": play.ago(ago - 230 * DAY - n)}, item=f"threats-{row}")  # fmt: skip
    play_out(ago - 23 * DAY, later)
    one.do("coordinator", ago - YEAR, "close", {"learnt": "Recruiting went on where nobody took the action on."})


def _issued(play: Play, rng: np.random.Generator, one: Course, hours: float) -> bool:
    """Both editions proposed by one person and issued by another, some hours later on the same day; whether that is past."""
    if hours < DAY:
        return False
    one.entry(
        hours,
        lambda at: propose_editions(one.ref, "the partnership board", actor=play.actor("coordinator"), at=at, rng=rng),
    )
    one.entry(hours - 3, lambda at: issue(one.ref, actor=play.actor("superintendent"), at=at))
    return True


def _action(play: Play, rng: np.random.Generator, place: int, n: int, parent: str, ago: float) -> list[Step]:
    """An action proposed to an agency, taken on or declined; and, later, what came of it."""
    agency, (threat, _) = one_of(rng, ("trading", "school")), THREATS[n % 3]
    due = int(rng.integers(90, 200))
    one = Course(play, play.open("coordinator", ago - n, "profile_action", "propose_action", {
        "area": DISTRICTS[place], "action": WHAT[n % len(WHAT)], "p": ("protect", "prevent", "pursue")[n % 3], "threat": threat, "lead": agency,
        "due_on": day(play, ago - due * DAY), "in_shareable": True}, parent=parent))  # fmt: skip
    item, takes = one.ask("coordinator", ago - n - 0.5, "take_on", agency), chance(rng, TAKEN_ON[place])
    said = ago - n - DAY * float(rng.uniform(2, 11) if chance(rng, ANSWERED) else rng.uniform(21, 35))
    answer: dict[str, Any] = (
        {"takes": True, "post": "Head of service"} if takes else {"takes": False, "why": "No officer for it."}
    )
    one.answer(AGENCIES[agency][1], said, item, answer)
    if not takes:
        one.do("coordinator", said - 20, "decline_action", {"why_not": "No officer for it."})
        return []
    one.do("coordinator", said - 20, "accept_action", {"owner_post": "Head of service"})
    return [(due * DAY * float(rng.uniform(0.75, 0.98) if chance(rng, 0.8) else rng.uniform(1.1, 1.4)), lambda h: one.do("coordinator", h, "do_it", {"result": "Done as agreed."}))]  # fmt: skip
