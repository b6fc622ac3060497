"""Shareable editions: what waits for a second person, what was released to whom, and the files once they may leave the force."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act
from peelian.access.models import Released
from peelian.access.release import ledger
from peelian.core.errors import PeelianError
from peelian.core.kinds import Refused
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.prevention.editions import SHORT, disclosed, edition, find, released, state, withheld


def releases(request: HttpRequest) -> HttpResponse:
    """Every proposal and release, newest first."""
    rows = [_told(request, one) for one in released(request.actor)]
    record_act(request.actor, "consultation", "releases", detail={"shown": len(rows)})
    return render(request, "peelian/releases.html", {"section": "profiles", "rows": rows})


def release(request: HttpRequest, name: str) -> HttpResponse:
    """One edition as its recipient would read it, with what the one who approves must know."""
    one = _found(request, name)
    document = edition(one)
    record_act(request.actor, "consultation", "shareable edition", detail={"digest": one.digest})
    told = {"section": "profiles", "document": document, "article": html.article(document), **_told(request, one)}
    return render(request, "peelian/release.html", {**told, "style": mark_safe(html.style())})


@require_POST
def approve(request: HttpRequest, name: str) -> HttpResponse:
    """Approve what a colleague proposed."""
    one = _found(request, name)
    edition(one)  # what is approved is what was proposed
    try:
        ledger.approve(one.pk, actor=request.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, "Not approved. " + " ".join(refused.reasons))
        return redirect("release", name)
    messages.success(request, f"Approved. It may now go to {one.recipient}; the record says so.")
    return redirect("release", name)


@require_POST
def refuse(request: HttpRequest, name: str) -> HttpResponse:
    """Refuse what was proposed, or take one's own proposal back."""
    reason = request.POST.get("reason", "").strip()[:300]
    if not reason:
        messages.error(request, "Write why it is refused.")
        return redirect("release", name)
    ledger.refuse(_found(request, name).pk, reason=reason, actor=request.actor, at=timezone.now())
    messages.success(request, "Refused. It stays in the force.")
    return redirect("releases")


def as_pdf(request: HttpRequest, name: str) -> HttpResponse:
    """The approved edition as an accessible PDF."""
    document = disclosed(request.actor, _found(request, name), how="pdf", at=timezone.now())
    return _file(pdf(document), "application/pdf", "shareable-profile.pdf")


def as_html(request: HttpRequest, name: str) -> HttpResponse:
    """The approved edition as an HTML file that stands alone."""
    document = disclosed(request.actor, _found(request, name), how="html", at=timezone.now())
    return _file(html.page(document).encode(), "text/html; charset=utf-8", "shareable-profile.html")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _found(request: HttpRequest, name: str) -> Released:
    try:
        return find(request.actor, name)
    except PeelianError as error:
        if error.id == "peelian.E306":
            raise Http404 from error
        raise


def _told(request: HttpRequest, one: Released) -> dict[str, Any]:
    small, other = withheld(one)
    mine = one.proposed_by == request.actor.user.username
    return {"one": one, "name": one.digest[:SHORT], "state": state(one), "small": small, "other": other, "mine": mine}
