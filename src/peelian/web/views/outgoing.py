"""What goes out to the person of a case: past the gate, or not at all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import require_police
from peelian.casework import outgoing
from peelian.casework.reading import found
from peelian.core.errors import PeelianError


@require_POST
def send(request: HttpRequest, ref: str) -> HttpResponse:
    """Let one thing out, with its entry in the log; a rule that blocks is told in words."""
    require_police(request.actor)
    case, back = found(ref, request.actor), redirect(reverse("case", args=[ref]) + "#contact")
    what = " ".join(request.POST.get("what", "").split())[:150]
    if not what:
        messages.error(request, "Say what is sent.")
        return back
    try:
        outgoing.send(
            case, "", request.POST.get("channel", ""), what=what, asked=request.POST.get("asked", "")[:300], actor=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except PeelianError as error:
        messages.error(request, f"{error.summary.capitalize()}. {error.found}. {error.fix.capitalize()}.")
        return back
    messages.success(request, "It may go out now; the log holds what went, how, and how you know that it is safe.")
    return back
