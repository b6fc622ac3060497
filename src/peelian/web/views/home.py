"""The first page: what is yours, what waits, what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import Actor, record_act, visible
from peelian.casework import queues
from peelian.casework.sight import who_is
from peelian.core.kinds.case import RANKS
from peelian.records.models import Area, Batch, Quarantined
from peelian.systems import listed

from .. import loads
from ..case_news import news
from ..case_page import opens_of
from .systems import pages_of
from .work import drafts

KEEP = {"analyst", "administrator", "data-protection"}  # whose work the state of the records is


def systems_of(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The systems that are the work of the actor's roles: how many cases of each are theirs, what it looks for, what they open."""
    who, own = who_is(actor, at), queues.mine(actor, at).order_by()
    mine = dict(own.values_list("kind").annotate(n=Count("pk")))
    ranks = [role for role in RANKS if role in actor.roles]
    roles = actor.roles - set(
        ranks[:-1]
    )  # a chief officer may do what an inspector does; their first page is their own
    return [
        {
            "system": s, "mine": sum(mine.get(kind.name, 0) for kind in s.kinds), "finds": [f for f in s.finds if who.may(f.by)],
            "pages": pages_of(s, actor),
            "opens": [(kind, name, words) for kind in s.kinds for name, words in opens_of(kind, who)],
            "sheets": [sheet for sheet in s.sheets if not sheet.kind],
        }
        for s in listed() if roles & set(s.roles)
    ]  # fmt: skip


def home(request: HttpRequest) -> HttpResponse:
    """Your work, with a sentence before the tables and one next step where there is none yet."""
    actor = request.actor
    batches = visible(Batch.objects.filter(state=Batch.LANDED), actor)
    rows = visible(Quarantined.objects.filter(batch__state=Batch.LANDED, replayed_in=None), actor)
    waiting = list(
        rows.values("batch__feed")
        .annotate(
            to_mend=Count("pk", filter=Q(mended__isnull=True)), to_replay=Count("pk", filter=~Q(mended__isnull=True))
        )
        .order_by("batch__feed")
    )
    latest = list(batches.order_by("-landed_at")[:8])
    at = timezone.now()
    told = news(actor, at)
    theirs = systems_of(actor, at)
    detail = {"batches": len(latest), "cases": len(told["own"]) + len(told["offered"])}
    record_act(actor, "consultation", "home", at=at, detail=detail, subjects=told.pop("subjects"))
    return render(
        request,
        "peelian/home.html",
        {
            **told,
            "systems": theirs,
            "keeps": not theirs or bool(KEEP & actor.roles),
            "drafts": drafts(actor),
            "now": timezone.localtime(at),
            "latest": latest,
            "held": batches.count(),
            "waiting": waiting,
            "to_mend": sum(w["to_mend"] for w in waiting),
            "to_replay": sum(w["to_replay"] for w in waiting),
            "yours": rows.filter(mended_by=actor.user.username).exclude(mended__isnull=True).count(),
            "loads": loads.of(actor.user.username),
            "areas": list(Area.objects.values("kind").annotate(n=Count("code")).order_by("n")),
        },
    )
