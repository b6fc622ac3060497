"""Legal hold on a case, and its release for disclosure."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import require_role
from peelian.casework import disclosure, holds
from peelian.core.errors import PeelianError


@require_POST
def hold(request: HttpRequest, ref: str) -> HttpResponse:
    """Put or lift a legal hold."""
    reason, at = request.POST.get("reason", ""), timezone.now()
    if request.POST.get("act") == "lift":
        holds.lift(ref, reason=reason, actor=request.actor, at=at)
        messages.success(request, "The hold is lifted; the record of it stays.")
    else:
        holds.put(ref, reason=reason, actor=request.actor, at=at)
        messages.success(
            request, "Held: neither the case nor the records beneath it are erased until the hold is lifted."
        )
    return redirect("case", ref)


def release(request: HttpRequest) -> HttpResponse:
    """The form, and the file that it releases."""
    require_role(request.actor, *disclosure.WHO)
    asked = {name: request.GET.get(name, "")[:300] for name in ("reference", "recipient", "reason")}
    if request.method != "POST":
        return render(request, "peelian/disclosure.html", {"section": "cases", "asked": asked})
    asked = {name: request.POST.get(name, "").strip()[:300] for name in asked}
    try:
        out = disclosure.release(
            asked["reference"],
            recipient=asked["recipient"],
            reason=asked["reason"],
            actor=request.actor,
            at=timezone.now(),
        )
    except PeelianError as error:
        if error.id not in ("peelian.E496", "peelian.E323"):
            raise
        told = {"section": "cases", "asked": asked, "fault": error}
        return render(request, "peelian/disclosure.html", told, status=400)
    name = f"disclosure-{out.sha256[:12]}.zip"
    return HttpResponse(
        out.content, content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "X-SHA-256": out.sha256},
    )  # fmt: skip
