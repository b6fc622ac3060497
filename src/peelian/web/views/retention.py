"""Reviews that are due, erasures that wait for a second person, and requests of people to see what is held about them."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act, require_role
from peelian.documents.pdf import pdf
from peelian.identity import retention, subject_access
from peelian.records import erasure
from peelian.records.models import AccessRequest, Erasure
from peelian.records.retention import WHO

LISTED = 50


def reviews(request: HttpRequest) -> HttpResponse:
    """What is due, the longest overdue first, and what waits for a second person."""
    require_role(request.actor, *WHO)
    waiting, unset = retention.reviews(request.actor, on=timezone.localdate())
    record_act(request.actor, "consultation", "reviews due", detail={"due": len(waiting)})
    given = {
        "section": "access", "due": waiting[:LISTED], "count": len(waiting), "unset": unset,
        "answers": bool(request.actor.roles & set(subject_access.ROLES)),
        "proposed": Erasure.objects.filter(state=Erasure.PROPOSED).order_by("proposed_at"),
        "decided": Erasure.objects.exclude(state=Erasure.PROPOSED).order_by("-pk")[:LISTED],
    }  # fmt: skip
    return render(request, "peelian/retention.html", given)


@require_POST
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep a person's records, or ask for them to be erased."""
    reason, basis = request.POST.get("reason", ""), request.POST.get("basis", "")
    if request.POST.get("answer") == "erase":
        retention.propose_erasure(ref, reason=reason, basis=basis, actor=request.actor, at=timezone.now())
        messages.success(request, "The erasure waits for a second person.")
    else:
        retention.keep(ref, reason=reason, actor=request.actor, at=timezone.now())
        messages.success(request, "Kept. The next review is counted from today.")
    return redirect("retention")


@require_POST
def second(request: HttpRequest, uid: str) -> HttpResponse:
    """The second person's word on an erasure."""
    held = Erasure.objects.filter(uid=uid).first()
    if held is None:
        raise Http404
    if request.POST.get("answer") == "approve":
        erasure.approve(held, actor=request.actor, at=timezone.now())
        messages.success(request, "Erased. The proof is listed below.")
    else:
        erasure.refuse(held, note=request.POST.get("note", ""), actor=request.actor, at=timezone.now())
        messages.success(request, "Refused. The records stay.")
    return redirect("retention")


def requests(request: HttpRequest) -> HttpResponse:
    """Requests of people to see what is held about them; the first due first."""
    require_role(request.actor, *subject_access.ROLES)
    if request.method == "POST":
        refs = request.POST.get("refs", "").split()
        received = parse_date(request.POST.get("received", "")) or date.max
        made = subject_access.open_request(refs, received=received, actor=request.actor, at=timezone.now())
        return redirect("access-request", made.uid)
    rows = AccessRequest.objects.order_by("reviewed_at", "due", "pk")
    return render(request, "peelian/access_requests.html", {"section": "access", "rows": rows})


def access_request(request: HttpRequest, uid: str) -> HttpResponse:
    """One request: the draft's lines, each to be decided."""
    held = _request(request, uid)
    found = subject_access.lines(held)
    if request.method == "POST":
        if "close" in request.POST:
            subject_access.close(held, actor=request.actor, at=timezone.now())
            messages.success(request, "Reviewed. The answer may be printed and sent as your force does it.")
        else:
            given = {
                line.place: (request.POST[f"answer-{n}"], request.POST.get(f"why-{n}", ""))
                for n, line in enumerate(found) if f"answer-{n}" in request.POST
            }  # fmt: skip
            subject_access.decide(held, given, actor=request.actor, at=timezone.now())
            messages.success(request, "Kept.")
        return redirect("access-request", uid)
    told = {"section": "access", "held": held, "lines": found, "choices": subject_access.CHOICES}
    return render(request, "peelian/access_request.html", told)


def access_request_pdf(request: HttpRequest, uid: str) -> HttpResponse:
    """The answer as it stands; before the review it says DRAFT."""
    built = subject_access.draft(_request(request, uid), on=timezone.localdate())
    name = {"Content-Disposition": 'attachment; filename="what-is-held.pdf"'}
    return HttpResponse(pdf(built), content_type="application/pdf", headers=name)


def _request(request: HttpRequest, uid: str) -> AccessRequest:
    require_role(request.actor, *subject_access.ROLES)
    held = AccessRequest.objects.filter(uid=uid).first()
    if held is None:
        raise Http404
    record_act(request.actor, "consultation", "subject access: request", subjects=held.keys, detail={"request": uid})
    return held
