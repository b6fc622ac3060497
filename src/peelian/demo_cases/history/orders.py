"""Orders sought and boards held in earlier years.

What it is drawn from: orders that reach the prosecutor late fail, and hardly any is late since a clinic is held with the prosecutor; a
letter from chief to chief brought members back to the board.
"""

from __future__ import annotations

import numpy as np

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, chance, day, instants, one_of

RATE = 1.1  # orders a month
CLINIC, LETTER = 10, 14  # months ago: the clinic with the prosecutor, the letter from chief to chief
# Share granted: sent to the prosecutor 14 days before sentence or more, and later. Share sent early before the clinic, by team; after it, all.
GRANTED = {"early": 0.75, "late": 0.05}
EARLY = {"proactive": 0.10, "serious crime": 0.50, "cyber and fraud": 0.50}
CAME = (0.42, 0.90)  # share of meetings to which the member came, before and after the letter


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _orders(play, rng, truth, months)
    if months >= LETTER + 4:
        _board(play, rng, truth, months)


# -- O7 ------------------------------------------------------------------------------------------------------------------------


def _orders(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Orders sought: late ones fail; since the clinic with the prosecutor hardly any is late."""
    for when, share in GRANTED.items():
        truth.say("O7", "prevention_order.orders_granted", share, f"sent to the prosecutor {when}", since=months)
    truth.say(
        "O7",
        "prevention_order.days_before_sentence",
        4,
        "median days of the proactive team",
        since=months,
        until=CLINIC,
    )
    truth.say(
        "O7", "prevention_order.days_before_sentence", 28, "a clinic with the prosecutor each fortnight", since=CLINIC
    )
    for n, ago in enumerate(instants(rng, months, RATE)):
        team = one_of(rng, tuple(EARLY), (0.5, 0.35, 0.15))
        early = ago < CLINIC * MONTH or chance(rng, EARLY[team])
        before = int(rng.integers(18, 40) if early else rng.integers(2, 8))
        sent = ago - DAY * float(rng.uniform(7, 13.5))
        sentence = sent - before * DAY
        given = {"considered_at": play.ago(ago), "area": DISTRICTS[int(rng.integers(3))], "team": team, "order": "SCPO", "age": 21 + n % 30, "convicted": True, "involved": True,
                 "court": "Crown Court", "risk": "Ran a line from custody before.", "protects": "One telephone; cash declared.", "sentence_on": day(play, sentence)}  # fmt: skip
        one = Course(play, play.open("coordinator", ago, "prevention_order", "consider", given))
        one.decide("coordinator", ago - DAY, "seek", "sought")
        one.do("coordinator", ago - 3 * DAY, "draft_condition", {
            "about": "communication and association", "text": "One telephone, its number known to police.", "because": "Lines are run by telephone."})  # fmt: skip
        one.do("coordinator", sent, "send", {"court": "Crown Court"})
        item, said = (
            one.ask("coordinator", sent - 0.5, "prosecutor", "cps"),
            sent - min(before * 0.5, float(rng.uniform(3, 9))) * DAY,
        )
        granted = chance(rng, GRANTED["early" if early else "late"])
        applies = granted or early or chance(rng, 0.6)
        late, missing = "sent to the prosecutor too late", "A fuller account of the risk."
        one.answer(
            "prosecutor", said, item, {"applies": applies, "missing": missing} | ({} if applies else {"why_code": late})
        )
        if not applies:
            one.do("coordinator", said - 4, "withdraw_it", {"code": late, "said": "The prosecutor does not apply."})
            continue
        one.do("coordinator", said - 4, "apply", {"hearing_on": day(play, sentence)})
        if not granted:
            codes = (
                "no real risk of further involvement",
                "conditions not precise",
                "covered by licence or another order",
            )
            one.do(
                "coordinator",
                sentence,
                "refuse",
                {"code": one_of(rng, codes) if early else late, "said": "The judge was not satisfied."},
            )
            continue
        one.do("coordinator", sentence, "grant", {"in_force_on": day(play, sentence), "term_months": 6})
        one.do("coordinator", sentence - 3 * DAY, "serve", {"served_on": day(play, sentence - 3 * DAY)})
        for k in range(1, 7):
            one.do(
                "coordinator",
                sentence - DAY * (27 * k + (8 if chance(rng, 0.15) else 0)),
                "check",
                {"checked": "Telephone named; bank statements shown."},
            )
        one.do("coordinator", sentence - 6 * MONTH - DAY, "end", {"ended_as": "ran out"})


# -- O9 ------------------------------------------------------------------------------------------------------------------------


def _board(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Partners of the board that was before this one: deputies for years, until the chief wrote to theirs."""
    truth.say("O9", "board_partner.member_came", CAME[0], "deputies come", since=months, until=LETTER)
    truth.say("O9", "board_partner.member_came", CAME[1], "after a letter from chief to chief", since=LETTER, until=6)
    start, wrote, left = (months - 0.5) * MONTH, LETTER * MONTH, 5.8 * MONTH
    for partner in ("The fire and rescue service", "The probation service", "The housing associations"):
        given = {"area": "The county", "board": "Organised crime executive", "partner": partner, "member_post": "Director", "member_rank": "director",
                 "rank_needed": "director", "their_chief": "Chief executive", "next_board_on": day(play, start - 28 * DAY)}  # fmt: skip
        one = Course(play, play.open("coordinator", start, "board_partner", "join", given))
        written = False
        for n in range(1, int((start - left) / (28 * DAY))):
            held = start - n * 28 * DAY
            if not written and held < wrote:
                written = True
                one.do(
                    "superintendent",
                    held + 14 * DAY,
                    "escalate",
                    {"why_escalated": "Deputies came for more than a year, and could decide nothing."},
                )
                one.do("chief", held + 13 * DAY, "write_to_chief", {"letter": "Who decides for you at the board?"})
                one.do("chief", held + 6 * DAY, "chief_answers", {"chief_said": "The director comes from now on."})
                row = one.do("coordinator", held + 5 * DAY, "take_on", {
                    "action": "Share addresses of concern each month", "agreed_at": play.ago(held + 5 * DAY), "due_on": day(play, held - 60 * DAY)})  # fmt: skip
                one.do(
                    "coordinator",
                    held + 4 * DAY,
                    "do_action",
                    {"done_at": play.ago(held + 4 * DAY), "result": "The first list came."},
                    item=f"actions-{row}",
                )
            came = "member" if chance(rng, CAME[held < wrote]) else one_of(rng, ("deputy", "nobody"), (0.8, 0.2))
            one.do(
                "coordinator",
                held - float(rng.uniform(1, 4)) * DAY,
                "record_board",
                {"held_on": day(play, held), "came": came, "next_board_on": day(play, held - 28 * DAY)},
            )
            if n % 3 == 0:
                one.decide("coordinator", held - 5 * DAY, "judge_engagement", "engaged" if written else "attends_only")
        one.do("chief", left, "leave", {"why_left": "Its work goes on in the new partnership board."})
