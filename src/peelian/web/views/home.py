"""The first page: what is yours, what waits, what changed."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import record_act, visible
from peelian.records.models import Area, Batch, Quarantined

from .. import loads
from ..case_news import news
from .work import drafts


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
    detail = {"batches": len(latest), "cases": len(told["own"]) + len(told["offered"])}
    record_act(actor, "consultation", "home", at=at, detail=detail, subjects=told.pop("subjects"))
    return render(
        request,
        "peelian/home.html",
        {
            **told,
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
