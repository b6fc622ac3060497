"""The review queue: records side by side, why they may be one person, and what the reader says of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.core.errors import PeelianError
from peelian.identity import review
from peelian.identity.decisions import issued_apart

from ..listing import PER_PAGE


def queue(request: HttpRequest) -> HttpResponse:
    """What waits, decisions and re-cuts first."""
    asked = request.GET.get("page", "1")
    start = (max(1, int(asked)) - 1) * PER_PAGE if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    found = review.waiting(request.actor, at=timezone.now(), start=start, limit=PER_PAGE)
    page = Paginator(range(found.total), PER_PAGE).get_page(start // PER_PAGE + 1)
    return render(
        request,
        "peelian/review.html",
        {"section": "people", "works": found.works, "total": found.total, "listing": {"page": page}},
    )


def work(request: HttpRequest, uid: str) -> HttpResponse:
    """One piece of work; 404 alike for what is not there, what is done and what the reader may not see."""
    one = review.work(uid, actor=request.actor, at=timezone.now())
    if one is None:
        raise Http404
    told = {
        "section": "people",
        "work": one,
        "answers": review.ANSWERS[one.kind],
        "fields": review.side_by_side(one.mentions),
    }
    if one.kind == "grey":
        told["reasons"] = [(r, f"{r.weight / 1000:+.1f}") for r in review.reasons(one.mentions)]
        told["odds"] = review.odds(one.review.weight)
    elif one.kind == "set-aside":
        told["old"], told["newer"] = review.set_aside(one)
    else:
        told["groups"] = review.groups(one)
        told["issued"] = issued_apart([m.key for m in one.mentions], actor=request.actor)
    return render(request, "peelian/review_work.html", told)


@require_POST
def answer(request: HttpRequest, uid: str) -> HttpResponse:
    """What the reader says; then the queue again."""
    try:
        review.answer(
            uid,
            request.POST.get("answer", ""),
            actor=request.actor,
            reason=request.POST.get("reason", "").replace("\0", ""),
            at=timezone.now(),
        )
    except PeelianError as error:
        messages.error(request, f"{error.summary[:1].upper()}{error.summary[1:]}: {error.fix}.")
        return redirect("review-work", uid) if error.id == "peelian.E610" else redirect("review")
    messages.success(request, "Your answer is kept. It can be undone.")
    return redirect("review")
