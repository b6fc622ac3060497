"""My access: what I may see and why; break-glass; the policy as it stands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act, require_police, require_role
from peelian.access.break_glass import close_glass, open_glass
from peelian.access.changes import approved
from peelian.access.models import RecordClass
from peelian.access.policy import POLICY
from peelian.access.purposes import DECLARED, may_state
from peelian.access.restrictions import own
from peelian.access.roles import ROLES, TRAINING, VETTING
from peelian.access.sight import decisions, opened
from peelian.core.errors import PeelianError
from peelian.web.access_forms import BreakGlassForm

POLICY_READERS = ("administrator", "data-protection", "supervisor", "assurance")


def mine(request: HttpRequest) -> HttpResponse:
    """What the reader may see for their purpose, and by which rule. What they may not see is not listed."""
    actor = request.actor
    held = {c.code: c for c in RecordClass.objects.all()}
    seen = [(held[code], decision) for code, decision in decisions(actor).items() if decision.allowed]
    states = may_state(actor.roles, actor.agency.kind)
    record_act(actor, "consultation", "own access")
    return render(
        request,
        "peelian/access.html",
        {
            "section": "access",
            "seen": seen,
            "roles": [ROLES[r] for r in ROLES if r in actor.roles],
            "teams": sorted(actor.standing.teams),
            "held": [
                w for n, w in {**VETTING, **TRAINING}.items() if n in actor.standing.vetting | actor.standing.training
            ],
            "purpose": DECLARED[actor.purpose],
            "basis": DECLARED[actor.purpose].basis(actor.agency.kind),
            "may_state": actor.purpose in states,
            "states": [DECLARED[name] for name in states],
            "opened": opened(actor).order_by("expires_at"),
            "granted": own(actor).count(),
        },
    )


def policy(request: HttpRequest) -> HttpResponse:
    """The policy's rules in words and in Cedar, its schema, its version, and who may change it."""
    require_role(request.actor, *POLICY_READERS)
    record_act(request.actor, "consultation", "access policy", detail={"version": POLICY.version})
    told = {
        "section": "access",
        "policy": POLICY,
        "rules": POLICY.rules.values(),
        "purposes": DECLARED.values(),
        "roles": ROLES,
    }
    return render(request, "peelian/access_policy.html", told)


def break_glass(request: HttpRequest) -> HttpResponse:
    """The form that opens what policy refuses, in need."""
    actor = request.actor
    require_police(actor)
    hours = approved("break-glass.hours")
    form = BreakGlassForm(request.POST or None, initial={"hours": 1})
    if request.method == "POST" and form.is_valid():
        try:
            one = open_glass(actor, at=timezone.now(), **form.cleaned_data)
        except PeelianError as error:
            form.add_error(None, f"{error.summary.capitalize()}: {error.fix}.")
        else:
            until = timezone.localtime(one.expires_at)
            messages.success(
                request,
                f"Open until {until:%H:%M} on {until.day} {until:%B}, if anything is held. It will be reviewed.",
            )
            return redirect("access")
    return render(
        request, "peelian/break_glass.html", {"section": "access", "form": form, "most": hours.after if hours else None}
    )


@require_POST
def give_up(request: HttpRequest, uid: str) -> HttpResponse:
    """Give a sight up before it runs out."""
    close_glass(request.actor, uid, at=timezone.now())
    messages.success(request, "Given up.")
    return redirect("access")
