"""Earlier years of child protection: strategy discussions held at once, enquiries under section 47, conferences and core groups.

What it is drawn from: conferences are held in time since there are chairs enough for them; core groups meet in time no more and no less in
any month.
"""

from __future__ import annotations

import numpy as np

from ..play import Play
from . import Truth
from .course import DAY, MONTH, Course, chance, instants
from .steps import before_and_after, morning, took

RATE, CHAIRS = 1.6, 15  # conferences a month; months ago there were chairs enough
HELD, GROUP, SUSPECTED = (0.42, 0.92), 0.82, 0.75  # share in time; share of discussions that lead to an enquiry
CHECKED = (("social_care", "council"), ("police", "force"), ("health", "nhs"))


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    before_and_after(truth, "V7", "hub_referral.conference_due_in_time", HELD, "conferences are held in time, since there are chairs enough", months, CHAIRS)  # fmt: skip
    truth.say(
        "V7",
        "hub_referral.core_group_due_in_time",
        GROUP,
        "core groups meet in time: no change in any month",
        since=months,
    )
    truth.say(
        "V7", "hub_referral.to_section_47", SUSPECTED, "strategy discussions that lead to an enquiry", since=months
    )
    for ago in instants(rng, months, RATE):
        _referral(play, rng, morning(play, ago))


def _referral(play: Play, rng: np.random.Generator, ago: float) -> None:
    """A child with an injury: discussed the same day or the next, enquired about, and helped by a plan."""
    one = Course(play, play.open("hub-manager", ago, "hub_referral", "refer", {
        "received_at": play.ago(ago), "authority": "council", "from_agency": ("school", "nhs")[rng.integers(2)], "sent_by": "The safeguarding lead; by telephone.",
        "about": "child", "person_name": "(known to the hub)", "concern": "Bruises seen; says that home is loud at night.", "injury": True, "violence_at_home": True,
        "agreed": "not safe to ask", "basis": "A child may be at risk of harm", "safe_contact": "Through the school"}, agency="council"))  # fmt: skip
    one.decide("hub-manager", ago - 0.5, "triage", "red", why="an injury")
    for n, (function, holder) in enumerate(CHECKED):
        one.do("hub-manager", ago - 0.6 - n / 10, "check_blind", {"function": function, "holder": holder, "result": "hit" if n < 2 else "no hit", "exchange": f"{function} {int(ago)}"})  # fmt: skip
    one.decide(
        "social-worker", ago - 1.5, "respond", "strategy", {"decided_by": "Team manager"}, why="harm may be suspected"
    )
    ago -= 2 + took(rng, 0.9, 22, late=2)
    suspected = chance(rng, SUSPECTED)
    one.do(
        "social-worker",
        ago,
        "hold_strategy",
        {"held_at": play.ago(ago), "present": "Social care, police, health", "harm_suspected": suspected},
    )
    one.decide(
        "social-worker",
        ago - 0.5,
        "decide_threshold",
        "section_47" if suspected else "assessment",
        why="as the discussion found",
    )
    one.do("hub-manager", ago - 4, "tell_referrer", {"told_referrer": "What was decided, and who leads."})
    if suspected:
        in_time = chance(rng, HELD[ago < CHAIRS * MONTH])
        ago -= float(rng.uniform(8, 19) if in_time else rng.uniform(29, 40)) * DAY
        one.do("social-worker", ago, "hold_conference", {"conference_at": play.ago(ago)})
        ago -= float(rng.uniform(4, 12) if chance(rng, GROUP) else rng.uniform(22, 30)) * DAY
        one.do("social-worker", ago, "core_group", {"core_group_at": play.ago(ago)})
    ago -= float(rng.uniform(8, 20)) * DAY
    one.do("social-worker", ago, "finish_assessment")
    one.do("hub-manager", ago - 5, "close")
