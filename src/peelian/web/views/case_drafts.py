"""Drafts of forms: kept while somebody types, for them alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.core.errors import PeelianError

from .. import case_drafts


@require_POST
@sensitive_post_parameters()
def draft(request: HttpRequest) -> JsonResponse:
    """Keep what is typed so far; only its writer can open it."""
    try:
        kept, place = case_drafts.note(request.POST, user=request.actor.user.username, at=timezone.now())
    except PeelianError as error:
        return JsonResponse({"error": error.summary}, status=400)
    return JsonResponse({
        "form": case_drafts.mark(kept.uid, request.actor.user.username, place), "based": kept.revision,
        "at": f"{timezone.localtime(kept.at):%H:%M:%S}",
    })  # fmt: skip


def mark(request: HttpRequest) -> JsonResponse:
    """A fresh mark against forged requests, for a page that stayed open while its reader signed in again."""
    return JsonResponse({"mark": get_token(request), "store": case_drafts.store_of(request.actor.user.username)})


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Throw a draft of one's own away."""
    case_drafts.drop(uid, user=request.actor.user.username)
    return redirect("work")
