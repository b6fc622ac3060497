"""Problem profiles: ask for one, read it, take it as a PDF, propose an edition to share."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from peelian.access.actor import Actor, record_act
from peelian.core.clock import plain_day
from peelian.core.document import Document, Figure
from peelian.core.errors import PeelianError
from peelian.documents import drawing, html
from peelian.documents.pdf import pdf
from peelian.prevention.editions import SHORT, propose_edition
from peelian.prevention.problem_profiles import problem_profile
from peelian.prevention.themes import THEMES

from ..forms import ProfileForm
from ..map_data import Asked, feeds_of

SEED = 1  # the same question gives the same document, on the page and as PDF


def ask(request: HttpRequest) -> HttpResponse:
    """The form that asks for a profile, and what is recorded, to choose from."""
    actor = request.actor
    asked = Asked.of(actor, {}, on=timezone.localdate())
    wish = {
        "theme": "",
        "area": "",
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        **request.GET.dict(),
    }
    form = ProfileForm(feeds_of(actor), request.GET if "ask" in request.GET else None, initial=wish)
    if form.is_valid():
        told = {
            **form.cleaned_data,
            "from": form.cleaned_data["from"].isoformat(),
            "to": form.cleaned_data["to"].isoformat(),
        }
        return redirect(f"read/?{urlencode(told)}")
    counts = asked.events["category"].value_counts(sort=True)
    record_act(actor, "consultation", "themes", detail={"feed": asked.feed, "records": asked.events.height})
    return render(
        request,
        "peelian/profiles.html",
        {
            "section": "profiles",
            "form": form,
            "asked": asked,
            "themes": [(THEMES[slug], n) for slug, n in counts.iter_rows() if slug in THEMES],
        },
    )


def read(request: HttpRequest) -> HttpResponse:
    """A profile as a page; its pictures answer to the pointer where the browser runs our scripts."""
    document = _document(request.actor, request.GET)
    _recorded(request, dict(document.facts))
    figures = [block for block in document.blocks() if isinstance(block, Figure)]
    specs = [dict(f.drawing) if isinstance(f.drawing, Mapping) else None for f in figures]
    return render(
        request,
        "peelian/profile.html",
        {
            "section": "profiles",
            "document": document,
            "article": html.article(document),
            "style": mark_safe(html.style()),
            "charts": {"specs": specs, "config": drawing.config()},
            "wish": request.GET.urlencode(),
        },
    )


def as_pdf(request: HttpRequest) -> HttpResponse:
    """The same profile as an accessible PDF."""
    document = _document(request.actor, request.GET)
    _recorded(request, {"as": "pdf", **document.facts})
    return HttpResponse(
        pdf(document),
        content_type="application/pdf",
        headers={
            "Content-Disposition": 'attachment; filename="problem-profile.pdf"',
        },
    )


@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Propose a shareable edition of the profile that the address asks for, and lead to it."""
    proposal = propose_edition(
        request.actor,
        **_wish(request.GET),
        recipient=request.POST.get("recipient", ""),
        at=timezone.now(),
        rng=np.random.default_rng(secrets.randbits(128)),
    )
    messages.success(request, "Proposed. It may leave the force once a colleague has approved it.")
    return redirect("release", proposal.digest[:SHORT])


def _document(actor: Actor, wish: Mapping[str, str]) -> Document:
    return problem_profile(actor, **_wish(wish), on=timezone.localdate(), rng=np.random.default_rng(SEED))


def _wish(wish: Mapping[str, str]) -> dict[str, Any]:
    """What a profile is to be about, as the address states it."""
    try:
        start, end = date.fromisoformat(wish.get("from", "")), date.fromisoformat(wish.get("to", ""))
    except ValueError:
        raise PeelianError(
            "a day of the period is missing", fix="state the first and the last day as YYYY-MM-DD"
        ) from None
    return {
        "theme": wish.get("theme", ""),
        "area": wish.get("area", ""),
        "start": plain_day(start),
        "end": plain_day(end),
        "feed": wish.get("feed") or None,
    }


def _recorded(request: HttpRequest, detail: dict[str, Any]) -> None:
    wish = {name: request.GET.get(name, "") for name in ("theme", "area", "from", "to", "feed")}
    record_act(request.actor, "consultation", "problem profile", detail={**wish, **detail})
