"""A shift that ends: everything that somebody owns, and who will have each of it. Nothing is left out, so nothing can be lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from peelian.access.actor import Actor
from peelian.casework import duty, queues, store
from peelian.casework.cover import needs_always
from peelian.casework.models import Case, JournalEntry
from peelian.core.kinds import State

from .case_lists import Line, lines_of
from .case_words import Names, last_good

SHIFT = timedelta(hours=12)  # how far back one looks for what was handed over, where no duty says when it began


@dataclass(frozen=True)
class Owned:
    """One case that the actor owns, and whether it is taken care of.

    Attributes
    ----------
    offered : str
        To whom it is offered and who must answer, in words; empty where it is not.
    keep : str
        Why it may stay with its owner over their rest; empty where it may not.
    must : str
        Why it may not.
    always : bool
        Whether somebody on duty must own it at every hour, so that it is handed over before all others.
    """

    line: Line
    state: State
    offered: str
    keep: str
    must: str
    always: bool = False

    @property
    def settled(self) -> bool:
        """Whether somebody else has been asked, and it climbs until one accepts."""
        return bool(self.offered)


@dataclass(frozen=True)
class Shift:
    """What a shift leaves behind."""

    owned: list[Owned]
    given: list[tuple[Case, str]]
    ends: datetime | None
    back: datetime | None

    @property
    def open(self) -> list[Owned]:
        """The cases that nobody else has been asked to take."""
        return [o for o in self.owned if not o.settled]


def shift_of(actor: Actor, at: datetime) -> Shift:
    """Everything that the actor owns at an instant, and what they handed over since their duty began."""
    me = actor.user.username
    held = list(queues.mine(actor, at))
    span = duty.span(me, at)
    ends = span[1] if span else None
    back = duty.next_duty([me], ends or at).get(me)
    lines = {line.case.pk: line for line in lines_of(held, actor, at)}
    owned = [_owned(lines[case.pk], me, at, back) for case in held]
    owned.sort(key=lambda o: (o.settled, not o.always, o.line.case.due_order, o.line.case.pk))
    since = span[0] if span else at - SHIFT
    offers = JournalEntry.objects.filter(verb="offer", by=me, at__gte=since).values("case")
    gone = list(queues.cases(actor).filter(pk__in=offers, accepted=True).exclude(owner=me))
    names = Names({c.owner for c in gone})
    return Shift(owned, [(case, names.of(case.owner)) for case in gone], ends, back)


def _owned(line: Line, me: str, at: datetime, back: datetime | None) -> Owned:
    state, _, around = store.folded(line.case, at)
    asked = state.offer_at is not None and state.offered_to not in ("", me)
    if asked:
        return Owned(line, state, f"Offered to {Names({state.offered_to}).of(state.offered_to)}. {line.offer}.", "", "")
    due = line.case.next_due
    if needs_always(state, at, around):
        return Owned(line, state, "", "", "Somebody on duty must own it at every hour.", always=True)
    if back is None:
        return Owned(line, state, "", "", "No next duty of yours is planned, so nobody knows when you are back.")
    if due is not None and due <= back:
        return Owned(line, state, "", "", f"{line.next} falls due {last_good(due, at)}, before you are back.")
    return Owned(line, state, "", f"Nothing in it falls due before you are back, {last_good(back, at)}.", "")
