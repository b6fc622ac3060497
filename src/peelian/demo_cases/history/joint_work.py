"""Earlier years of work with others on organised crime: threats planned for, and investigations shared with the neighbouring force.

What it is drawn from: actions against threats are done late in one district; partners give data since an agreement on it; the other force
reviews in time since it has somebody for it, and ours no better or worse in any month; one district's objectives are not met.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..play import DISTRICTS, Play
from . import Truth
from .course import DAY, MONTH, Course, by_district, chance, day, instants, one_of
from .steps import Step, before_and_after, play_out, took

RATES = {"threat": 1.1, "joint": 0.9}  # cases a month
SHARING, LIAISON = 15, 13  # months ago: an agreement on data; somebody who reviews in the other force
GAVE = (0.30, 0.88)  # share of threats that rest on partners' data too, before and after
ACTED = (0.90, 0.40, 0.88)  # share of actions done by their day, by district
FILLED = 0.80  # share of gaps filled by their day, in every month and district
MET = (0.85, 0.82, 0.35)  # share of objectives met, by district
OURS, THEIRS = 0.85, (0.45, 0.93)  # share of reviews held in time: ours, and theirs before and after
PS = ("pursue", "prevent", "protect", "prepare")
SCORES = {"physical": 3, "psychological": 2, "financial": 2, "community": 3, "scope": 1, "frequency": 3, "victims": 1, "confidence": "medium"}  # fmt: skip
GRADES = (
    ("high", {"trend": "rising"}), ("medium", {"trend": "steady"}), ("low", {"physical": 0, "psychological": 1, "community": 0, "frequency": 2, "trend": "falling"}),
)  # fmt: skip
THREATS = (
    ("county lines", "A line from the city into two towns"), ("fraud", "Courier fraud against old people"), ("cyber crime", "Invoices of small firms are diverted"),
    ("human trafficking and modern slavery", "Car washes and nail bars"), ("child sexual exploitation", "Takeaways near two schools"), ("drugs", "Houses let for growing"),
)  # fmt: skip
OPERATIONS = (
    "Alder",
    "Beacon",
    "Cinder",
    "Dovetail",
    "Ember",
    "Foxglove",
    "Granite",
    "Hazel",
    "Ironbark",
    "Juniper",
    "Kestrel",
    "Linnet",
)


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _say(play, truth, months)
    for n, ago in enumerate(instants(rng, months, RATES["threat"])):
        _threat(play, rng, n, ago)
    for n, ago in enumerate(instants(rng, months, RATES["joint"])):
        _joint(play, rng, n, ago)


def _say(play: Play, truth: Truth, months: int) -> None:
    before_and_after(truth, "O2", "soc_threat.threat_with_partner_data", GAVE, "partners give data, since an agreement says how", months, SHARING)  # fmt: skip
    by_district(play, truth, months, "O2", "soc_threat.action_due_in_time", ACTED, "actions of this district are done late")  # fmt: skip
    truth.say("O2", "soc_threat.gap_due_in_time", FILLED, "gaps filled by their day: no change in any month", since=months)  # fmt: skip
    by_district(play, truth, months, "O3", "joint_investigation.objectives_met", MET, "objectives are not met in this district")  # fmt: skip
    truth.say("O3", "joint_investigation.our_review_due_in_time", OURS, "our reviews: no change in any month", since=months)  # fmt: skip
    before_and_after(truth, "O3", "joint_investigation.their_review_due_in_time", THEIRS, "the other force reviews in time, since it has somebody for it", months, LIAISON)  # fmt: skip


# -- O2 ------------------------------------------------------------------------------------------------------------------------


def _threat(play: Play, rng: np.random.Generator, n: int, ago: float) -> None:
    """A threat scored, what is not known asked for, planned against, reviewed, and closed where it is none any more."""
    place, (kind, title), (priority, changed) = int(rng.integers(3)), THREATS[n % len(THREATS)], one_of(rng, GRADES)
    gave = int(rng.integers(1, 4)) if chance(rng, GAVE[ago < SHARING * MONTH]) else 0
    one = Course(play, play.open("coordinator", ago, "soc_threat", "register", {
        "area": DISTRICTS[place], "type": kind, "title": title, "known_from": "Recorded crime, intelligence, partners' data", "partners_asked": 4, "partners_gave": gave,
        **SCORES, **changed}))  # fmt: skip
    scored = took(rng, 0.9, 14 * DAY, late=2)
    one.decide("coordinator", ago - scored, "prioritise", priority, why="as the group saw it")
    began, ends = ago - scored - DAY, float(rng.uniform(4.5, 8)) * MONTH
    steps = [_work(play, one, rng, began, "gap", FILLED)] + [_work(play, one, rng, began, p, ACTED[place]) for p in PS[: int(rng.integers(2, 5))]]  # fmt: skip
    reviews = np.arange(25.0, ends / DAY, 26.0) * DAY
    steps += [[(float(after), lambda h: one.do("coordinator", h, "review", {"reviewed": "No change; the supplier is not known."}))] for after in reviews]  # fmt: skip
    last = max(ends, *(after for part in steps for after, _ in part)) + DAY
    end: Step = (
        last,
        lambda h: one.do("inspector", h, "close", {"learnt": "Nothing more is heard of it; its trade is closed."}),
    )
    play_out(began, [*(step for part in steps for step in part), end])


def _work(play: Play, one: Course, rng: np.random.Generator, began: float, what: str, share: float) -> list[Step]:
    """A gap to be filled, or an action under one of the four Ps: agreed now, and done by its day or late."""
    days = int(rng.integers(30, 60))
    done = took(rng, share, days * DAY, late=1.7)
    given = {"asked_at" if what == "gap" else "agreed_at": play.ago(began), "due_on": day(play, began - days * DAY)}
    if what == "gap":
        row = one.do("coordinator", began, "ask_gap", given | {"gap": "Who supplies?"})
        return [(done, lambda h: one.do("coordinator", h, "fill_gap", {"filled_at": play.ago(h), "found": "Two suppliers, by their telephones."}, item=f"gaps-{row}"))]  # fmt: skip
    row = one.do("coordinator", began, "plan", given | {"p": what, "action": f"{what.capitalize()}: agreed at the tasking meeting", "lead": "force"})  # fmt: skip
    return [(done, lambda h: one.do("coordinator", h, "do_action", {"done_at": play.ago(h), "result": "Done as agreed."}, item=f"four_p-{row}"))]  # fmt: skip


# -- O3 ------------------------------------------------------------------------------------------------------------------------


def _joint(play: Play, rng: np.random.Generator, n: int, ago: float) -> None:
    """An investigation joined by the other force, with its objectives and the reviews of both, until every objective is judged."""
    place, name = int(rng.integers(3)), OPERATIONS[n % len(OPERATIONS)]
    one = Course(play, play.open("coordinator", ago, "joint_investigation", "open_joint", {
        "area": DISTRICTS[place], "operation": f"{name} {n // len(OPERATIONS) + 1}", "group": "not linked yet", "aim": "Take the line down and hold it down.",
        "other": "The neighbouring force", "agreement": "Collaboration agreement, section 22A Police Act 1996", "led_by": "the joint unit",
        "group_told": "Imports from the coast; three houses.", "our_basis": "Police and Criminal Evidence Act 1984"}))  # fmt: skip
    one.do(
        "coordinator", ago - 2 * DAY, "write_plan", {"plan": "Telephones here, premises there, one disclosure officer."}
    )
    item = one.ask("coordinator", ago - 2 * DAY - 1, "other_force", "neighbour")
    said = ago - 2 * DAY - took(rng, 0.85, 6 * DAY, late=2.5)
    one.answer("neighbour-inspector", said, item, {
        "owner_post": "DCI, serious crime", "basis": "Police and Criminal Evidence Act 1984", "review_days": 28, "disclosure": "DS, serious crime", "limits": "None."})  # fmt: skip
    began, ends = said - 5, float(rng.uniform(4, 7)) * MONTH
    one.do("coordinator", began, "start")
    steps: list[Step] = []
    for k in range(3):
        steps += _objective(play, one, rng, began - k, chance(rng, MET[place]), 0.5 * MONTH * (k + 1))
    steps += _reviews(
        rng,
        began,
        ends,
        lambda _: OURS,
        lambda h: one.do("inspector", h, "review", {"reviewed": "In proportion; go on."}),
    )
    steps += _reviews(rng, began, ends, lambda at: THEIRS[at < LIAISON * MONTH], lambda h: one.do("coordinator", h, "note_their_review", {"they_reviewed": "They go on."}))  # fmt: skip
    closing = {"result": "The line is held down; three are charged."}
    play_out(began, [*steps, (ends + 2 * DAY, lambda h: one.do("superintendent", h, "close", closing))])


def _objective(play: Play, one: Course, rng: np.random.Generator, began: float, met: bool, due: float) -> list[Step]:
    row = one.do("coordinator", began, "set_objective", {
        "objective": "The holder of the line is charged.", "p": one_of(rng, PS), "by_force": "both", "agreed_at": play.ago(began), "due_on": day(play, began - due)})  # fmt: skip

    def judge(h: float) -> None:
        given: dict[str, Any] = (
            {"done_at": play.ago(h), "result": "Charged."} if met else {"result": "Not met: no evidence."}
        )
        one.do("coordinator", h, "judge_objective", given, item=f"objectives-{row}")

    return [(due * float(rng.uniform(0.5, 0.95)) if met else due + 3 * DAY, judge)]


def _reviews(rng: np.random.Generator, began: float, ends: float, share: Any, review: Any) -> list[Step]:
    """Reviews each 28 days, with this share of them in time; none so near to the end that the end would come before its day."""
    steps, at = list[Step](), 0.0
    while (at := at + took(rng, share(began - at), 28 * DAY, late=1.6)) < ends:
        steps.append((at, review))
    return steps
