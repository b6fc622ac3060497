"""The lists that people work from: what is theirs, their team's, due, unaccepted. A count is the length of its list.

Each is a query over what the actor may see (`cases`), in the order in which things are due. Pages follow one another by key, so
that none is skipped or shown twice while others write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from peelian.access.actor import Actor
from peelian.access.models import Posting
from peelian.access.standing import holding
from peelian.core.clock import london_day
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Answer, Around, State, must_answer

from .kinds import KINDS, kind_of
from .local_values import around_of, history
from .models import Case, Run
from .rungs import waiting
from .sight import asked_facts, asks_of, cases, seen_facts, who_is

__all__ = [
    "DAY", "Page", "answer_now", "asked_facts", "asks_of", "cases", "due", "filtered", "mine", "page", "seen_facts", "team",
    "to_answer", "unaccepted", "unset", "up_to",
]  # fmt: skip

DAY = timedelta(days=1)
SIZE = 50
MOST = 1_000  # a list is counted so far and no further: beyond it nobody reads the number, and it would cost more than the list


@dataclass(frozen=True)
class Page:
    """Some cases of a list, and by which key the next page is asked for; empty on the last one."""

    rows: list[Case]
    next: str


def mine(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open cases that the actor owns, accepted or not."""
    return _open(actor).filter(owner=actor.user.username)


def team(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open cases of the actor's teams, and of the people posted there on the day."""
    codes = actor.standing.teams
    posted = holding(Posting.objects.filter(team__in=codes), london_day(at))
    names = set(posted.values_list("user__username", flat=True))
    return _open(actor).filter(owner__in=sorted({*(f"team:{code}" for code in codes), *names}))


def due(actor: Actor, at: datetime, horizon: timedelta = DAY, among: QuerySet[Case] | None = None) -> QuerySet[Case]:
    """Open cases in which something falls due by the horizon, what is overdue first; among all that the actor sees, or some."""
    return (_open(actor) if among is None else among).filter(due_order__lte=at + horizon)


def unaccepted(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open cases with an offer that nobody has accepted, the oldest first; `answer_now` says who must answer each."""
    rows = cases(actor).filter(closed=False, offer_at__isnull=False, offer_at__lte=at)
    return rows.order_by("offer_at", "pk")


def to_answer(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Those of them that wait for the actor now: offered to them or their team, or climbed to a rung that they hold.

    Who must answer is worked out from time for each open offer; nothing is stored that a job would have to move. With them stand
    the cases that nobody on duty has in hand and that the actor, who is, was told of; and those whose owner the actor is asked to
    support, or to find support for.
    """
    from .support import to_see_to, to_support  # they read cases through the store, which reads lists
    from .uncovered import asked

    actor = actor.for_one_look()
    who, told = who_is(actor, at), Q(pk=None)
    held = history({name for kind in KINDS.values() for name in kind.all_locals})
    for kind in KINDS.values():
        told |= waiting(kind, who, at, around_of(kind, held=held))
    # Asked for first, by the index of open offers: within one query the order by due would lead through every open case.
    offers = Case.objects.filter(closed=False, offer_at__isnull=False).filter(told).values_list("pk", flat=True)
    mine = {case.pk for find in (asked, to_support, to_see_to) for case in find(actor, at)}
    return _open(actor).filter(pk__in=mine.union(offers))


def answer_now(rows: Iterable[Case], at: datetime) -> dict[int, Answer]:
    """Who must answer for each case at an instant, by primary key; a case without an open offer is left out."""
    held: dict[str, Around] = {}
    found = {}
    for case in rows:
        if case.kind not in held:
            held[case.kind] = around_of(kind_of(case.kind))
        state = State(kind_of(case.kind), stage=case.stage, owner=case.owner, accepted=case.accepted)
        state.offered_to, state.offer_at = case.offered_to, case.offer_at
        answer = must_answer(state, at, held[case.kind])
        if answer is not None:
            found[case.pk] = answer
    return found


def unset(actor: Actor) -> QuerySet[Case]:
    """Open cases with a clock that cannot run, since a fact or a local value is not known: a fault that somebody must see."""
    return _open(actor).filter(pk__in=Run.objects.filter(due=None, state="unset", ended=None).values("case"))


def filtered(
    rows: QuerySet[Case], kind: str, facts: Mapping[str, Any] | None = None, stage: str = ""
) -> QuerySet[Case]:
    """Cases of one kind, at a stage, with these facts.

    Raises
    ------
    InvalidInput
        ``peelian.E452`` for a fact that the kind does not name in `filters`: others stand in no index, or are held apart.
    """
    declared = kind_of(kind)
    rows = rows.filter(kind=kind, **({"stage": stage} if stage else {}))
    for name, value in (facts or {}).items():
        if name not in declared.filters:
            raise InvalidInput(
                "the list cannot be filtered by this fact", found=name,
                fix=f"one of: {', '.join(declared.filters) or 'none'}", id="peelian.E452",
            )  # fmt: skip
        rows = rows.filter(**{f"facts__{name}": value})
    return rows


def up_to(rows: QuerySet[Any], most: int = MOST) -> int:
    """How many rows a list holds, counted to one beyond `most`: one more says that there are more."""
    return rows.order_by()[: most + 1].count()


def page(rows: QuerySet[Case], after: str = "", size: int = SIZE) -> Page:
    """A page of a list, in its own order: by due, by when it was offered, or by when it was opened.

    Parameters
    ----------
    after : str
        What the page before gave as `next`. It holds an instant and a case's ref; anything else begins anew.
    """
    column = next((name for name in ("offer_at", "opened_at") if name in rows.query.order_by), "due_order")
    if after and (key := _key(after)):
        rows = rows.filter(
            Q(**{f"{column}__gt": key[0]}) | Q(**{column: key[0], "pk__gt": key[1]}), **{f"{column}__gte": key[0]}
        )
    found = list(rows.order_by(column, "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{getattr(last, column).isoformat()}~{last.ref}" if last else "")


def _key(text: str) -> tuple[datetime, int] | None:
    instant, _, ref = text.partition("~")
    pk = Case.objects.filter(ref=ref).values_list("pk", flat=True).first()
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return None if pk is None or at.tzinfo is None else (at, pk)


def _open(actor: Actor) -> QuerySet[Case]:
    return cases(actor).filter(closed=False).order_by("due_order", "pk")
