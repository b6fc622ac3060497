"""Cases as rows of a list: what each is, what falls due next, who holds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from peelian.access.actor import Actor
from peelian.casework import queues
from peelian.casework.kinds import kind_of
from peelian.casework.models import Case, Run
from peelian.casework.sight import seen_classes
from peelian.core.kinds import Kind, words_of
from peelian.records.models import Area

from .case_fields import in_words
from .case_form import title_of
from .case_words import Names, due_words, last_good, length


def offered(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open cases that wait for the actor's answer. Whom one was offered to may still take it after it climbed past them."""
    own = [actor.user.username, *(f"team:{code}" for code in actor.standing.teams)]
    mine = Q(pk__in=queues.to_answer(actor, at).order_by().values("pk")) | Q(offered_to__in=own, offer_at__lte=at)
    return queues.cases(actor).filter(mine, closed=False).order_by("due_order", "pk")


@dataclass(frozen=True)
class Line:
    """One case in a list."""

    case: Case
    kind: Kind
    area: str
    stage: str
    marks: tuple[str, ...]
    next: str
    look: str
    words: str
    shown: str
    age: str
    owner: str
    offer: str


def lines_of(cases: Iterable[Case], actor: Actor, at: datetime) -> list[Line]:
    """Rows for a page of cases; three questions to the database, however many there are.

    The facts that a kind filters on stand as marks, as far as the reader may see them; those that lists never read do not.
    """
    held = list(cases)
    running = Run.objects.filter(case__in=held, ended=None).order_by("due", "pk")
    first: dict[int, Run] = {}
    unset: set[int] = set()
    for run in running:
        if run.state == "unset":
            unset.add(run.case_id)
        elif run.due is not None and run.duty:
            first.setdefault(run.case_id, run)
    areas = dict(Area.objects.filter(code__in={c.area for c in held}).values_list("code", "name"))
    names = Names({c.owner for c in held} | {c.offered_to for c in held})
    answers = queues.answer_now([c for c in held if c.offer_at], at)
    found = []
    for case in held:
        kind, run = kind_of(case.kind), first.get(case.pk)
        look, words, shown = due_words(run.due if run else None, at)
        classes = seen_classes(case, actor)
        facts = {n: kind.about[n] for n in kind.filters if n in case.facts and kind.about[n].private in classes}
        marks = [
            in_words(a.adapter.validate_python(case.facts[n]), a)
            for n, a in facts.items()
            if n != kind.area and case.facts[n] is not None
        ]
        offer = ""
        if answer := answers.get(case.pk):
            climbs = f", climbs {last_good(answer.until, at)}" if answer.until else ""
            offer = f"{names.of(answer.who)} must answer{climbs}: {answer.reason}"
        found.append(Line(
            case, kind, areas.get(case.area, case.area), words_of(case.stage), tuple(m for m in marks if len(m) < 40),
            title_of(kind, run.clock) if run else ("a clock cannot run yet" if case.pk in unset else ""), look, words, shown,
            length(at - case.opened_at), names.of(case.owner), offer,
        ))  # fmt: skip
    return found
