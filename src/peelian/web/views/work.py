"""The lists that people work from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import Actor, record_act
from peelian.casework import queues
from peelian.casework.climbing import climbed
from peelian.casework.kinds import KINDS, kind_of
from peelian.casework.models import Case
from peelian.casework.sight import asked_facts, asks_of, cases
from peelian.core.kinds import choices, words_of
from peelian.records.models import Area

from .. import case_drafts
from ..case_fields import in_words
from ..case_form import title_of
from ..case_lists import lines_of, offered
from ..case_words import due_words

Rows = Callable[[Actor, datetime], "QuerySet[Case]"]


def everything(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Every open case that the actor sees."""
    return cases(actor).filter(closed=False).order_by("due_order", "pk")


QUEUES: dict[str, tuple[str, Rows, str]] = {
    "mine": (
        "Yours",
        queues.mine,
        "You own no open case. What is offered to you stands under “Waits for your answer”.",
    ),
    "offered": ("Waits for your answer", offered, "Nothing waits for your answer."),
    "team": (
        "Your team",
        queues.team,
        "Nobody of your teams owns an open case. Your postings say which teams are yours.",
    ),
    "due": ("Due in a day", queues.due, "Nothing that you see falls due within a day, and nothing is late."),
    "unaccepted": ("Not accepted", queues.unaccepted, "Every case that you see has an owner who accepted it."),
    "climbed": ("Climbed to you", climbed, "Nothing that is long overdue has climbed to your rank."),
    "unset": ("No date yet", lambda actor, at: queues.unset(actor), "Every clock that should run has what it needs."),
    "all": ("All open", everything, "No case that you see is open. Open one from the page of kinds."),
}
SORTS = {"due": "What is due first", "oldest": "Oldest first"}


def work(request: HttpRequest) -> HttpResponse:
    """One list, its filters and its page; the counts of all lists beside it."""
    actor, at = request.actor.for_one_look(), timezone.now()
    name = request.GET.get("queue", "mine")
    if name == "asked":
        return _asked(request, actor, at)
    name = name if name in QUEUES else "mine"
    _, rows_of, empty = QUEUES[name]
    rows, kept = _filtered(request, rows_of(actor, at))
    if kept["sort"] == "oldest":
        rows = rows.order_by("opened_at", "pk")
    total = queues.up_to(rows)
    page = queues.page(rows, request.GET.get("after", ""))
    record_act(
        actor, "consultation", "work list", at=at, detail={"queue": name, "cases": len(page.rows)},
        subjects={c.subject_key for c in page.rows if c.subject_key},
    )  # fmt: skip
    return render(request, "peelian/work.html", {
        "section": "work", "queue": name, "title": QUEUES[name][0], "empty": empty, "lines": lines_of(page.rows, actor, at),
        "total": total, "next": page.next, "after": request.GET.get("after", ""), "tabs": tabs(actor, at), **kept,
        **_choices(actor, kept["kind"]), "drafts": drafts(actor), "sorts": SORTS,
    })  # fmt: skip


def tabs(actor: Actor, at: datetime) -> list[tuple[str, str, int]]:
    """The lists with their counts, each the length of its list as far as lists are counted."""
    found = [(name, words, queues.up_to(rows(actor, at))) for name, (words, rows, _) in QUEUES.items() if name != "all"]
    asked = queues.up_to(asks_of(actor).filter(state="asked"))
    return [*found, ("asked", "Asked of your agency", asked)] if asked or actor.agency.kind != "police" else found


def drafts(actor: Actor) -> list[dict[str, Any]]:
    """What the actor began to type and has not saved, with the form it belongs to."""
    found = []
    for draft in case_drafts.waiting(actor.user.username):
        if draft.kind in KINDS:
            kind = kind_of(draft.kind)
            found.append({"draft": draft, "kind": kind, "title": title_of(kind, draft.act)})
    return found


def _filtered(request: HttpRequest, rows: QuerySet[Case]) -> tuple[QuerySet[Case], dict[str, Any]]:
    asked = request.GET
    kind = asked.get("kind", "") if asked.get("kind", "") in KINDS else ""
    kept: dict[str, Any] = {"kind": kind, "area": asked.get("area", "")[:60], "stage": "", "facts": {},
                            "sort": asked.get("sort", "") if asked.get("sort", "") in SORTS else "due"}  # fmt: skip
    if kind:
        declared = kind_of(kind)
        kept["stage"] = asked.get("stage", "") if asked.get("stage", "") in declared.stages else ""
        kept["facts"] = {
            n: asked[n] for n in declared.filters if asked.get(n) and asked[n] in map(str, choices(declared.about[n]))
        }
        rows = queues.filtered(rows, kind, kept["facts"], kept["stage"])
    if kept["area"]:
        rows = rows.filter(area=kept["area"])
    return rows, kept


def _choices(actor: Actor, kind: str) -> dict[str, Any]:
    declared = KINDS.get(kind)
    told: dict[str, Any] = {
        "kinds": sorted(((k.name, k.title) for k in KINDS.values()), key=lambda k: k[1]),
        "areas": list(Area.objects.filter(kind="district").order_by("name").values_list("code", "name")),
    }
    if declared:
        told["stages"] = [(s, words_of(s)) for s in declared.stages]
        told["fact_filters"] = [
            (
                n,
                declared.about[n].question,
                [
                    (str(c), words_of(str(c), declared.about[n].titles.get(str(c), "")))
                    for c in choices(declared.about[n])
                ],
            )
            for n in declared.filters
            if choices(declared.about[n])
        ]
    return told


def _asked(request: HttpRequest, actor: Actor, at: datetime) -> HttpResponse:
    """What other agencies, or the force, asked the reader's agency and what it has not answered."""
    rows = asks_of(actor).filter(state="asked").select_related("case").order_by("at", "pk")
    held = list(rows[:200])
    lines = []
    for item in held:
        kind = kind_of(item.case.kind)
        run = item.case.runs.filter(item=item.item, ended=None).order_by("due").first()
        look, words, shown = due_words(run.due if run else None, at)
        about = [(kind.about[n].question, in_words(v, kind.about[n])) for n, v in asked_facts(item).items()][:3]
        lines.append(
            {
                "item": item,
                "title": title_of(kind, item.part),
                "look": look,
                "words": words,
                "shown": shown,
                "about": about,
            }
        )
    record_act(
        actor, "consultation", "questions to the agency", at=at, detail={"asks": len(held)},
        subjects={i.case.subject_key for i in held if i.case.subject_key},
    )  # fmt: skip
    return render(request, "peelian/work_asked.html", {
        "section": "work", "queue": "asked", "lines": lines, "total": queues.up_to(rows), "tabs": tabs(actor, at),
    })  # fmt: skip


def soon(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Of the actor's own cases those in which something is late, or falls due within a day."""
    return queues.due(actor, at, timedelta(days=1), among=queues.mine(actor, at))
