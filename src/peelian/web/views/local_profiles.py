"""Local profiles on serious and organised crime: proposing both editions, which plans what may be told and reads it for what may not."""

from __future__ import annotations

import secrets

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act, require_police
from peelian.access.models import Released
from peelian.casework.sight import cases
from peelian.core.errors import PeelianError
from peelian.core.kinds import Refused, words_of
from peelian.organised_crime.local_profile import PROFILE
from peelian.organised_crime.local_profile_release import propose_editions
from peelian.prevention.editions import SHORT

SHOWN = 50


def local_profiles(request: HttpRequest) -> HttpResponse:
    """The profiles that the reader may see: what waits to be proposed, and what waits for a second person."""
    require_police(request.actor)
    held = cases(request.actor).filter(kind=PROFILE.name).order_by("closed", "-opened_at")[:SHOWN]
    rows = [
        {
            "case": case,
            "until": case.facts.get("until", ""),
            "stage": words_of(case.stage),
            "may": case.stage == "gathering",
            "release": (case.facts.get("shareable_digest") or "")[:SHORT] if case.stage != "gathering" else "",
        }
        for case in held
    ]
    known = set(
        Released.objects.filter(digest__in=[r["case"].facts.get("shareable_digest") or "" for r in rows]).values_list(
            "digest", flat=True
        )
    )
    for row in rows:
        if row["case"].facts.get("shareable_digest") not in known:
            row["release"] = ""
    record_act(request.actor, "consultation", "local profiles", detail={"shown": len(rows)})
    return render(request, "peelian/local_profiles.html", {"section": "systems", "rows": rows})


@require_POST
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Plan the shareable edition and put both editions before a second person."""
    recipient = request.POST.get("recipient", "").strip()[:200]
    if not recipient:
        messages.error(request, "Write to whom the shareable edition goes.")
        return redirect("local-profiles")
    rng = np.random.default_rng(secrets.randbits(128))
    try:
        one = propose_editions(ref, recipient, actor=request.actor, at=timezone.now(), rng=rng)
    except Refused as refused:
        messages.error(request, "Not proposed. " + " ".join(refused.reasons))
        return redirect("local-profiles")
    except PeelianError as error:
        messages.error(request, f"Not proposed: {error.summary}. What to do: {error.fix}.")
        return redirect("local-profiles")
    messages.success(
        request,
        "Proposed. A superintendent reads the shareable edition and approves it on the same day, which issues both.",
    )
    return redirect("release", one.digest[:SHORT])
