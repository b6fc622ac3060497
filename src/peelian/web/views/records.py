"""Batches: what was read, how it adds up, and reading more."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import Actor, record_act, require_police, visible
from peelian.records.models import Batch, Quarantined

from .. import loads
from ..forms import LoadForm
from ..listing import csv_response, listing

COLUMNS = {name: name for name in ("file", "feed", "read", "accepted", "quarantined", "repeats")} | {
    "landed": "landed_at"
}
COUNTS = ("read", "accepted", "quarantined", "repeats")


def batches_of(actor: Actor) -> QuerySet[Batch]:
    """The landed batches that an actor may see."""
    return visible(Batch.objects.filter(state=Batch.LANDED), actor)


def batch_or_404(actor: Actor, digest: str) -> Batch:
    """The batch whose digest begins so; 404 alike for what is not there and what may not be seen."""
    batch = batches_of(actor).filter(digest__startswith=digest).select_related("record_class", "replay_of").first()
    if batch is None:
        raise Http404
    return batch


def batches(request: HttpRequest) -> HttpResponseBase:
    """The list of batches, and the same as CSV."""
    actor = request.actor
    seen = batches_of(actor)
    feeds = sorted(seen.order_by().values_list("feed", flat=True).distinct())
    rows = _filtered(seen, request)
    page = listing(request, rows, COLUMNS, first="-landed")
    if request.GET.get("as") == "csv":
        record_act(actor, "consultation", "batches", detail={"as": "csv", "rows": page.total})
        return csv_response(
            "batches.csv",
            ["file", "feed", "landed", *COUNTS, "by", "batch"],
            (
                [
                    b.file,
                    b.feed,
                    b.landed_at.isoformat(timespec="seconds"),
                    *(getattr(b, c) for c in COUNTS),
                    b.by,
                    b.digest,
                ]
                for b in page.rows.iterator()
            ),
        )
    record_act(actor, "consultation", "batches", detail={"rows": page.total})
    return render(
        request,
        "peelian/batches.html",
        {
            "section": "records",
            "listing": page,
            "feeds": feeds,
            "held": seen.exists(),
            "sums": rows.order_by().aggregate(**{count: Sum(count, default=0) for count in COUNTS}),
        },
    )


def batch(request: HttpRequest, digest: str) -> HttpResponse:
    """One batch: its sum, editions, class and what the reading said."""
    actor = request.actor
    found = batch_or_404(actor, digest)
    record_act(actor, "consultation", "batch", detail={"batch": found.digest})
    rows = Quarantined.objects.filter(batch=found)
    return render(
        request,
        "peelian/batch.html",
        {
            "section": "records",
            "batch": found,
            "editions": found.editions.filter(landed=True).order_by("published"),
            "adds_up": found.read == found.accepted + found.quarantined + found.repeats,
            "to_mend": rows.filter(mended__isnull=True, replayed_in=None).count(),
            "to_replay": rows.exclude(mended__isnull=True).filter(replayed_in=None).count(),
            "replayed": rows.exclude(replayed_in=None).count(),
            "replays": visible(found.replays.filter(state=Batch.LANDED), actor).order_by("landed_at"),
        },
    )


def load(request: HttpRequest) -> HttpResponse:
    """Choose files and the feed they are of."""
    actor = request.actor
    require_police(actor)
    form = LoadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        started = loads.start(actor, told["feed"], told["files"], told["published"], at=timezone.now())
        return redirect("load-state", started)
    return render(
        request,
        "peelian/load.html",
        {
            "section": "records",
            "form": form,
            "loads": loads.of(actor.user.username),
        },
    )


def load_state(request: HttpRequest, load: str) -> HttpResponse:
    """How far a load has come; asked again and again by the page until it has ended."""
    found = _load_or_404(request, load)
    told = {"section": "records", "load": found}
    if not request.htmx:
        return render(request, "peelian/load_state.html", told)
    ended = found.state != "running"
    told["say"] = ended or (found.file and request.GET.get("said") != str(found.file))
    # 286 tells htmx to ask no more.
    return render(request, "peelian/_load_state.html", told, status=286 if ended else 200)


@require_POST
def load_stop(request: HttpRequest, load: str) -> HttpResponse:
    """Stop a load: files that had landed stay, the one being read leaves nothing."""
    loads.stop(_load_or_404(request, load))
    return redirect("load-state", load)


def _load_or_404(request: HttpRequest, load: str) -> loads.Load:
    found = loads.find(load, request.actor.user.username)
    if found is None:
        raise Http404
    return found


def _filtered(rows: QuerySet[Batch], request: HttpRequest) -> QuerySet[Batch]:
    if feed := request.GET.get("feed"):
        rows = rows.filter(feed=feed)
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(file__icontains=words)
    if day := _day(request.GET.get("from")):
        rows = rows.filter(landed_at__date__gte=day)
    if day := _day(request.GET.get("to")):
        rows = rows.filter(landed_at__date__lte=day)
    return rows


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
