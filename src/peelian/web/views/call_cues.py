"""Cues while the caller speaks: what the words typed so far point to. Nothing typed is kept, and nothing is graded."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.actor import require_police
from peelian.vulnerability.call_cues import ABSENCE, from_words

MOST = 4_000  # characters of a call


@sensitive_post_parameters()
@require_POST
def cues(request: HttpRequest) -> HttpResponse:
    """The cues of the words in the body of the request, as a part of the page."""
    require_police(request.actor)
    told = from_words(request.POST.get("words", "")[:MOST])
    return render(request, "peelian/_call_cues.html", {"cues": told, "absence": ABSENCE})
