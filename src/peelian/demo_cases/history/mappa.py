"""Earlier years of MAPPA: offenders referred, agencies asked, meetings held as often as the level says, and their actions.

What it is drawn from: agencies stay away from the meetings of one district; they answer in time since each has named somebody for it;
minutes are written, and actions done, no better or worse in any district or month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, by_district, chance, day, instants, one_of
from .steps import Step, before_and_after, play_out, took

MANAGER = "offender-manager"
RATE, NAMED = 1.1, 15  # cases a month; months ago each agency named somebody who answers
CAME = (0.40, 0.90, 0.88)  # share of meetings at which every agency is that was invited, by district
ANSWERED = (0.45, 0.93)  # share of agencies that answer in time, before and after
WRITTEN, DONE = 0.80, 0.85  # share of minutes in time; of settled actions that were done
EVERY = {"level_1": 365.0, "level_2": 84.0, "level_3": 42.0}  # days from one meeting or review to the next, at most
RISKS = (("level_1", {"rosh": "medium", "active_value": False}), ("level_2", {"rosh": "high", "active_value": True}),
         ("level_3", {"rosh": "very high", "active_value": True, "senior": True}))  # fmt: skip


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int, people: Iterator[str]) -> None:
    """Play so many months, up to now.

    Parameters
    ----------
    people : iterator of str
        References of offenders, each referred once.
    """
    by_district(
        play,
        truth,
        months,
        "I8",
        "mappa.all_agencies_present",
        CAME,
        "agencies stay away from the meetings of this district",
    )
    before_and_after(truth, "I8", "mappa.information_answered_in_time", ANSWERED, "agencies answer in time, since each named somebody for it", months, NAMED)  # fmt: skip
    truth.say("I8", "mappa.minutes_in_time", WRITTEN, "minutes sent in time: no change in any month", since=months)
    truth.say(
        "I8", "mappa.actions_done", DONE, "settled actions that were done: the same in every district", since=months
    )
    for ago, person in zip(instants(rng, months, RATE), people, strict=False):
        _case(play, rng, ago, person)


def _case(play: Play, rng: np.random.Generator, ago: float, person: str) -> None:
    """One offender from the referral to the exit."""
    place, (level, risk) = int(rng.integers(3)), one_of(rng, RISKS, (0.3, 0.5, 0.2))
    one = Course(play, play.open(MANAGER, ago, "mappa", "refer", {
        "area": DISTRICTS[place], "offender": person, "person_name": "(known to the panel)", "born_on": "1984-05-11", "referred_by": one_of(rng, ("probation", "police", "prison")),
        "why_multi": "Risk of serious harm that one agency cannot manage.", "terrorist": False, "notification_live": False, "sentence_live": True, **risk}))  # fmt: skip
    screened = ago - took(rng, 0.9, 10 * DAY, late=1.8)
    one.decide(MANAGER, screened + 1, "set_category", "category_2")
    one.decide(MANAGER, screened, "set_level", level, why="as the panel decided")
    asked = [
        (one.ask(MANAGER, screened - 1, "information", agency), by)
        for agency, by in (("council", "social-worker"), ("nhs", "nurse"))
    ]
    steps: list[Step] = []
    for item, by in asked:
        late = not chance(rng, ANSWERED[screened < NAMED * MONTH])
        steps.append((DAY * float(rng.uniform(13, 30) if late else rng.uniform(1, 4.5)), _answers(one, item, by)))
    ends, met = float(rng.uniform(7, 11)) * MONTH, 0.0
    while (met := met + took(rng, 0.88, EVERY[level] * DAY, late=1.5)) < ends:
        steps += _meeting(play, rng, one, met, place)
    last = max(ends, *(after for after, _ in steps)) + DAY
    play_out(
        screened,
        [*steps, (last, lambda h: one.do("sergeant", h, "exit", {"exit_because": "risk managed by one agency"}))],
    )


def _answers(one: Course, item: str, by: str) -> Callable[[float], object]:
    return lambda h: one.answer(by, h, item, {"held": True, "what": "Known to housing.", "attends": True})


def _meeting(play: Play, rng: np.random.Generator, one: Course, met: float, place: int) -> list[Step]:
    """A meeting, its minutes, and an action that an agency takes on, and does or drops."""
    away = {} if chance(rng, CAME[place]) else {"absent": ["housing authority"]}
    result = "done" if chance(rng, DONE) else one_of(rng, ("not needed any more", "could not be done"))
    written = float(rng.uniform(3, 11) if chance(rng, WRITTEN) else rng.uniform(21, 35)) * DAY
    rows: list[int] = []

    def hold(h: float) -> None:
        rows.append(one.do(MANAGER, h, "hold_meeting", {
            "held_at": play.ago(h), "present": ["police", "probation", "children's services"], "risk": "High; contact with children is the concern.",
            "disclosure": "do not disclose", "disclosure_why": "Nobody at risk is unaware.", **away}))  # fmt: skip
        rows.append(one.do(MANAGER, h - 1, "agree_action", {
            "action": "Find a tenancy away from the school.", "done_by": "council", "agreed_at": play.ago(h - 1), "due_on": day(play, h - 21 * DAY)}))  # fmt: skip

    def act(h: float) -> None:
        one.do(MANAGER, h, "do_action", {"done_at": play.ago(h), "result": result}, item=f"actions-{rows[1]}")

    def write(h: float) -> None:
        one.do(MANAGER, h, "send_minutes", {"minutes_sent_at": play.ago(h)}, item=f"meetings-{rows[0]}")

    return [(met, hold), (met + written, write), (met + took(rng, 0.85, 20 * DAY, late=1.5), act)]
