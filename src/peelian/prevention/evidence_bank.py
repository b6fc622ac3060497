"""The bank of what was tried: every plan with its finding, failures and those that could show nothing too; and what is like what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log
from typing import TYPE_CHECKING, Any

from peelian.analysis.pooling import log_ratio, pool
from peelian.core.kinds import Case as Read
from peelian.core.kinds import State

from .problem_solving_evaluation import CANNOT, Evaluation, evaluate, is_full, signed

if TYPE_CHECKING:
    from peelian.access.actor import Actor

KIND = "problem_plan"
DONE = ("evaluated", "closed")
ORDER = ("fall", "rise", CANNOT)


@dataclass(frozen=True)
class Card:
    """A plan's result as the bank holds it: nothing of it is personal.

    Attributes
    ----------
    ref, agency : str
        Reference of the plan; code of the agency that led it.
    plan : peelian.core.kinds.Case
        The plan as it was known when the card was made.
    evaluation : Evaluation
    district : str
        Its name.
    """

    ref: str
    agency: str
    plan: Any
    evaluation: Evaluation
    district: str

    @property
    def techniques(self) -> tuple[str, ...]:
        """What was done, by technique, each once."""
        return tuple(dict.fromkeys(row.technique for row in self.plan.responses))

    @property
    def small(self) -> bool:
        """Whether it had nothing to compare with from the first day."""
        return not is_full(self.plan)


def card_of(ref: str, agency: str, state: State, at: datetime, names: Mapping[str, str]) -> Card:
    """The card of a plan that has its finding; `names` are those of districts by code."""
    plan = Read(state, at)
    return Card(ref, agency, plan, evaluate(plan), names.get(plan.area, plan.area))


def cards(actor: Actor, at: datetime) -> list[Card]:
    """Every card that the actor may see, the newest first whatever it shows: a failure stands where it falls."""
    from peelian.casework.entries import as_entry
    from peelian.casework.kinds import kind_of
    from peelian.casework.models import JournalEntry
    from peelian.casework.sight import cases
    from peelian.core.kinds import fold

    held = list(cases(actor).filter(kind=KIND, stage__in=DONE).order_by("-opened_at", "pk"))
    journals: dict[int, list[Any]] = {case.pk: [] for case in held}
    for entry in JournalEntry.objects.filter(case__in=held).order_by("case_id", "seq"):
        journals[entry.case_id].append(entry)
    kind, names = kind_of(KIND), district_names()
    return [card_of(c.ref, c.agency, fold(kind, map(as_entry, journals[c.pk])), at, names) for c in held]


def district_names() -> dict[str, str]:
    """Names of districts by code."""
    from peelian.records import areas

    return {a.code: a.name for a in areas.areas("district")}


def likeness(problem: str, place_type: str, techniques: Iterable[str], card: Card) -> tuple[int, tuple[str, ...]]:
    """How like a card is to a plan, and in what: the same problem counts most, then the place, then what is done."""
    said: list[str] = []
    points = 0
    if card.plan.problem == problem:
        points, said = points + 4, [*said, f"the same problem, {problem}"]
    if card.plan.place_type == place_type:
        points, said = points + 2, [*said, f"the same kind of place, {place_type}"]
    shared = [t for t in card.techniques if t in set(techniques)]
    if shared:
        points, said = points + 1, [*said, f"the same technique, {shared[0]}"]
    return points, tuple(said)


def alike(
    held: Sequence[Card], problem: str, place_type: str, techniques: Iterable[str] = (), *, but: str = ""
) -> list[tuple[Card, tuple[str, ...]]]:
    """Cards like a plan, the most alike first and, among equals, whatever they show; the plan itself (`but`) is left out.

    A failure stands as high as a success: what did not work there is what the next team must know. The same problem is needed, or
    the same kind of place and technique together.
    """
    wanted = list(techniques)
    told = [(likeness(problem, place_type, wanted, card), card) for card in held if card.ref != but]
    return [
        (card, why) for (points, why), card in sorted(told, key=lambda t: -t[0][0]) if points >= 3
    ]  # sorted keeps the order of the bank among equals


@dataclass(frozen=True)
class SmallPlans:
    """Small plans of one problem, put together: their change per month from before to after, which nothing is compared with."""

    problem: str
    plans: int
    before: int
    after: int
    change: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """What they say, and what they cannot."""
        return (
            f"{self.plans} small plans together: {signed(self.change)} % a month from before to after (95 % interval {signed(self.low)} to {signed(self.high)} %). "
            "Without areas to compare with, this too cannot show an effect; it says where a full plan is worth its trouble."
        )


def pooled(held: Sequence[Card]) -> list[SmallPlans]:
    """The small plans of each problem, put together where there are two or more."""
    found = []
    for problem in sorted({card.plan.problem for card in held if card.small}):
        own = [card.plan for card in held if card.small and card.plan.problem == problem]
        if len(own) < 2:
            continue
        before, after = [p.before for p in own], [sum(p.after) for p in own]
        effects, spread = log_ratio(before, after)
        span = [log(p.before_months / len(p.after)) for p in own]
        said = pool(effects + span, spread)
        change, low, high = (100 * (exp(value) - 1) for value in (said.effect, said.low, said.high))
        found.append(SmallPlans(problem, len(own), sum(before), sum(after), change, low, high))
    return found
