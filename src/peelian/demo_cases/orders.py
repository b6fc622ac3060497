"""The demonstration's casework on prevention orders and the joint unit with the neighbouring force.

Most orders fail, those sent late more often; one investigation is not joined in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .others import DAY, agencies, answer, ask, day, group
from .play import DISTRICTS, Play

PURPOSE = "prevention"
VALUES: Mapping[str, str] = {
    "orders.accept_within": "24 hours",
    "orders.draft_within": "14 days after",
    "orders.prosecutor_within": "10 working days after",
    "orders.apply_within": "28 days after",
    "orders.serve_within": "5 working days after",
    "orders.check_every": "28 days after",
    "orders.act_on_breach_within": "24 hours",
    "orders.months_before_end": "6",
    "joint_unit.accept_within": "24 hours",
    "joint_unit.plan_within": "14 days after",
    "joint_unit.review_every": "28 days after",
    "joint_unit.other_answers_within": "5 working days after",
    "joint_unit.climb_every": "7 days after",
}


def tell(play: Play) -> None:
    """Play the last months."""
    agencies(play)
    for story in (_orders, _joint):
        story(play)


# days ago, team, court, days before sentence, how it ended, and why
_ORDERS = (
    (400, "serious crime", "Crown Court", 40, "granted", ""), (380, "serious crime", "Crown Court", 6, "refused", "no real risk of further involvement"),
    (350, "proactive", "Crown Court", 3, "refused", "sent to the prosecutor too late"), (330, "proactive", "Crown Court", 5, "withdrawn", "prosecutor did not apply"),
    (300, "serious crime", "Crown Court", 35, "granted", ""), (280, "proactive", "Crown Court", 4, "refused", "conditions not needed or not proportionate"),
    (260, "cyber and fraud", "High Court", 30, "refused", "involvement in serious crime not shown"), (240, "proactive", "Crown Court", 2, "withdrawn", "evidence pack too weak"),
    (220, "serious crime", "Crown Court", 25, "refused", "no real risk of further involvement"), (200, "cyber and fraud", "Crown Court", 8, "refused", "conditions not precise"),
    (160, "proactive", "Crown Court", 5, "refused", "covered by licence or another order"), (120, "serious crime", "Crown Court", 30, "granted", ""),
    (50, "proactive", "Crown Court", 20, "applied", ""), (25, "serious crime", "Crown Court", 30, "with_prosecutor", ""), (16, "proactive", "Crown Court", 9, "drafting", ""),
)  # fmt: skip


def _orders(play: Play) -> None:
    """Fifteen orders considered: three granted, most refused; one breached, one draft too slow."""
    for n, (days, team, court, before, ended, code) in enumerate(_ORDERS):
        given = {"considered_at": play.ago(days * DAY), "area": DISTRICTS[n % 3], "team": team, "order": "SCPO", "age": 24 + n, "convicted": court == "Crown Court",
                 "involved": True, "court": court, "risk": "Ran the line from prison before.", "protects": "One phone, no large sums of cash.",
                 "sentence_on": day(play, days - 12 - before)}  # fmt: skip
        ref = play.open("coordinator", days * DAY, "prevention_order", "consider", given)
        play.decide("coordinator", (days - 2) * DAY, ref, "seek", "sought")
        play.do("coordinator", (days - 4) * DAY, ref, "draft_condition", {
            "about": "communication and association", "text": "One telephone, its number known to police.", "because": "Lines are run by telephone."})  # fmt: skip
        if ended == "drafting":
            continue
        play.do("coordinator", (days - 12) * DAY, ref, "send", {"court": court})
        ask(play, days - 12, ref, "prosecutor", "cps")
        if ended == "with_prosecutor":
            continue
        applies = ended != "withdrawn"
        advice: dict[str, Any] = {"applies": applies, "missing": "A fuller account of the risk."} | (
            {} if applies else {"why_code": code}
        )
        answer(play, "prosecutor", days - 14, ref, advice)
        if not applies:
            play.do(
                "coordinator",
                (days - 15) * DAY,
                ref,
                "withdraw_it",
                {"code": code, "said": "The prosecutor does not apply."},
            )
            continue
        play.do("coordinator", (days - 15) * DAY, ref, "apply", {"hearing_on": day(play, days - 12 - before)})
        after = days - 12 - max(before, 6)
        if ended == "refused":
            play.do("coordinator", after * DAY, ref, "refuse", {"code": code, "said": "The judge was not satisfied."})
        elif ended == "granted":
            play.do(
                "coordinator",
                after * DAY,
                ref,
                "grant",
                {"in_force_on": day(play, after), "term_months": 60 if n else 36},
            )
            play.do("coordinator", (after - 3) * DAY, ref, "serve", {"served_on": day(play, after - 3)})
            play.do(
                "coordinator",
                (40 if n == 4 else 12) * DAY,
                ref,
                "check",
                {"checked": "Telephone named; bank statements shown."},
            )
            if n == 4:
                play.do(
                    "coordinator",
                    8 * DAY,
                    ref,
                    "breach",
                    {"happened_at": play.ago(8.2 * DAY), "of_condition": "One telephone"},
                )


def _joint(play: Play) -> None:
    """Three investigations with the neighbouring force: running, running with our review late, and not joined in time."""
    for n, (days, name) in enumerate(((200, "Lantern"), (90, "Harrier"), (25, "Tidemark"))):
        given = {"area": DISTRICTS[n % 3], "operation": name, "group": group() or "not linked yet", "aim": "Take the line down and hold it down.", "other": "The neighbouring force",
                 "agreement": "Collaboration agreement, section 22A Police Act 1996", "led_by": "the joint unit", "group_told": "Imports from the coast; three houses.",
                 "our_basis": "Police and Criminal Evidence Act 1984"}  # fmt: skip
        ref = play.open("coordinator", days * DAY, "joint_investigation", "open_joint", given)
        play.do(
            "coordinator",
            (days - 3) * DAY,
            ref,
            "write_plan",
            {"plan": "Telephones here, premises there, one disclosure officer."},
        )
        ask(play, days - 3, ref, "other_force", "neighbour")
        if n == 2:
            continue
        answer(play, "neighbour-inspector", days - 8, ref, {"owner_post": "DCI, serious crime", "basis": "Police and Criminal Evidence Act 1984", "review_days": 14,
                                                            "disclosure": "DS, serious crime", "limits": "No entry without our firearms commander."})  # fmt: skip
        play.do("coordinator", (days - 10) * DAY, ref, "start")
        objective = {
            "objective": "The holder of the line is charged.",
            "p": "pursue",
            "by_force": "both",
            "agreed_at": play.ago((days - 10) * DAY),
            "due_on": day(play, -20 if n else 5),
        }
        play.do("coordinator", (days - 10) * DAY, ref, "set_objective", objective)
        play.do("coordinator", (days - 20) * DAY, ref, "use_tactic", {"tactic": "Test purchases", "whose": "the other force", "in_area_of": "us", "needs_authority": "other",
                                                                     "authority": "Held by the other force", "started_at": play.ago((days - 20) * DAY)})  # fmt: skip
        for past in range(days - 38, 0 if n == 0 else 45, -27):
            play.do("inspector", past * DAY, ref, "review", {"reviewed": "In proportion; go on."})
        for past in range(days - 24, 0, -13):
            play.do("coordinator", past * DAY, ref, "note_their_review", {"they_reviewed": "They go on."})
