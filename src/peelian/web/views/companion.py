"""Companion mode: the systems that are followed, what could not be taken in, and what came with the cut-over."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import record_act, require_police
from peelian.casework.companion import follow, standing
from peelian.casework.models import Followed

SHOWN = 500


def page(request: HttpRequest) -> HttpResponse:
    """Every system with the age of its data; the force's own people only."""
    actor, at = request.actor, timezone.now()
    require_police(actor)
    systems = [{**asdict(one), "age": one.age_words(at), "late": one.late(at)} for one in standing.systems()]
    kept = list(follow.kept(actor).select_related("case")[:SHOWN])
    provisional = list(follow.provisional(actor)[:SHOWN])
    inherited = list(follow.inherited(actor)[:SHOWN])
    record_act(
        actor, "consultation", "followed systems", at=at, detail={"kept": len(kept), "cases": len(provisional) + len(inherited)},
        subjects={case.subject_key for case in [*provisional, *(run.case for run in inherited)] if case.subject_key},
    )  # fmt: skip
    return render(request, "peelian/companion.html", {
        "section": "cases", "systems": systems, "kept": kept, "provisional": provisional, "inherited": inherited,
        "new": follow.new_breaches(actor, at).count(), "taken_over": Followed.objects.exclude(taken_over=None).exists(),
    })  # fmt: skip
