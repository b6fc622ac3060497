"""The log for those it concerns: what I have looked at, who looked at a person, the whole log, and alerts on unusual looking."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import PURPOSES, VERBS, Actor, record_act, visible
from peelian.access.log import alerts, heads, looks
from peelian.access.log.entries import SIGNS
from peelian.access.models import Alert, Checkpoint, Entry, Seal
from peelian.identity.models import Known
from peelian.identity.persons import person_of
from peelian.identity.search import hidden_hits


def mine(request: HttpRequest) -> HttpResponse:
    """What the reader has done."""
    page = looks.mine(request.actor, at=timezone.now(), older=request.GET.get("older", ""))
    return _page(request, "looks", page)


def of(request: HttpRequest, ref: str = "") -> HttpResponse:
    """Who looked at a person: by day and account, then each look."""
    looks.require_role(request.actor, *looks.OVERSEERS)
    ref = ref or request.GET.get("ref", "").strip().lower()
    if not ref:
        return _page(request, "looks_of", None)
    if len(ref) != 24 or not ref.isalnum():
        return _page(request, "looks_of", None, ref=ref, odd=True)
    at = timezone.now()
    refs = _all_refs(ref, request.actor)
    page = looks.who_looked(request.actor, refs, at=at, older=request.GET.get("older", ""))
    return _page(request, "looks_of", page, ref=ref, records=len(refs), days=looks.days_of_looks(refs))


def _all_refs(ref: str, actor: Actor) -> list[str]:
    """The refs of the person's other records too, where the reader may see that they are one person's."""
    person = person_of(ref, actor=actor)
    return sorted({ref, *(m.ref for m in person.mentions)}) if person else [ref]


def overview(request: HttpRequest) -> HttpResponse:
    """The whole log with its filters, and how it stands with its seals."""
    asked = {name: request.GET.get(name, "").strip() for name in ("user", "verb", "day")}
    page = looks.overview(
        request.actor, at=timezone.now(), user=asked["user"], verb=asked["verb"], day=_day(asked["day"]), older=request.GET.get("older", "")
    )  # fmt: skip
    last = Seal.objects.order_by("-number").first()
    return _page(
        request, "looks_log", page, asked=asked, verbs=(*VERBS, *SIGNS), last=last, sealed=last.first + last.count - 1 if last else 0,
        waiting=Entry.objects.filter(sealed=False).count(), checkpoint=Checkpoint.objects.order_by("-at").first(),
    )  # fmt: skip


@require_POST
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed head of the log as a file, for somebody outside to keep."""
    looks.require_role(request.actor, *looks.OVERSEERS)
    to = request.POST.get("to", "").strip()[:300]
    if not to:
        messages.error(request, "Write who keeps the checkpoint.")
        return redirect("log")
    told = heads.make_checkpoint(request.actor, recipient=to, at=timezone.now())
    name = f'attachment; filename="log-checkpoint-{timezone.localdate().isoformat()}.json"'
    return HttpResponse(
        json.dumps(told, indent=1) + "\n", content_type="application/json", headers={"Content-Disposition": name}
    )


def queue(request: HttpRequest) -> HttpResponse:
    """Alerts that wait for a person, for those who oversee the looks; searches that met the reader's own hidden records."""
    actor, at = request.actor, timezone.now()
    oversees = bool(actor.roles & set(looks.OVERSEERS))
    state = request.GET.get("state") if request.GET.get("state") in dict(Alert.STATES) else "open"
    rows = alerts.queue(actor, at=at, state=state) if oversees else []
    hits = list(hidden_hits(actor)[:50])
    record_act(actor, "consultation", "searches that met hidden records", detail={"shown": len(hits)}, at=at)
    told = {
        "rows": [(one, alerts.title(one.rule), alerts.explanation(one.rule)) for one in rows],
        "state": state,
        "states": Alert.STATES,
        "oversees": oversees,
        "hits": [(hit, PURPOSES.get(hit.purpose, hit.purpose)) for hit in hits],
    }
    return render(request, "peelian/looks_alerts.html", {"section": "access", "here": "alerts", **told})


@require_POST
def look_now(request: HttpRequest) -> HttpResponse:
    """Let the rules look at the last days."""
    looks.require_role(request.actor, *looks.OVERSEERS)
    new = alerts.propose(at=timezone.now())
    record_act(request.actor, "combination", "alerts on looking", detail={"new": new})
    messages.success(request, f"The rules looked at the last days: {new} new.")
    return redirect("alerts")


@require_POST
def decided(request: HttpRequest, uid: str) -> HttpResponse:
    """Justified, or referred on, with a reason."""
    alerts.decide(
        request.actor, uid, state=request.POST.get("decision", ""), reason=request.POST.get("reason", ""), at=timezone.now()
    )  # fmt: skip
    messages.success(request, "Your decision is on the record.")
    return redirect("alerts")


def _page(request: HttpRequest, name: str, page: looks.Looks | None, **told: Any) -> HttpResponse:
    entries: Collection[Entry] = page.entries if page else []
    concerned = looks.subjects_of(entries)
    rows = [(e, PURPOSES.get(e.purpose, e.purpose), concerned.get(e.pk, [])) for e in entries]
    shown = {ref for *_, refs in rows for ref in refs[:3]}
    seen = visible(Known.objects.filter(ref__in=shown), request.actor).values_list(
        "ref", flat=True
    )  # whose page opens for this purpose
    query = request.GET.copy()
    query["older"] = page.older if page else ""
    told |= {
        "rows": rows,
        "seen": set(seen),
        "page": page,
        "next": query.urlencode(),
        "later": bool(request.GET.get("older")),
    }
    return render(request, f"peelian/{name}.html", {"section": "access", "here": name, **told})


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        raise Http404 from None
