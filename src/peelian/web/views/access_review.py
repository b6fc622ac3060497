"""What waits for a second person: break-glass to review, settings to approve; and what is restricted to the reader."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act, require_role
from peelian.access.break_glass import REVIEWERS, review, to_review, told
from peelian.access.changes import SETTINGS, WHO_DECIDES, approved, decide, propose, waiting
from peelian.access.models import Restriction, Team, User
from peelian.access.refs import ref_of
from peelian.access.restrictions import WHO_RESTRICTS, grant, lift, own, restrict
from peelian.core.errors import PeelianError
from peelian.web.access_forms import GrantForm, RestrictForm, SettingForm


def glasses(request: HttpRequest) -> HttpResponse:
    """Break-glass that waits for a review."""
    actor = request.actor
    require_role(actor, *REVIEWERS, *WHO_RESTRICTS)
    rows = to_review(actor) if actor.roles & set(REVIEWERS) else []
    record_act(actor, "consultation", "break-glass to review", detail={"waiting": len(rows)})
    return render(
        request, "peelian/break_glass_review.html", {"section": "access", "rows": rows, "own": told(actor)[:50]}
    )


@require_POST
def reviewed(request: HttpRequest, uid: str) -> HttpResponse:
    """Justified, or not, with a note."""
    review(
        request.actor, uid, justified=request.POST.get("finding") == "justified", note=request.POST.get("note", ""),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, "The review is on the record.")
    return redirect("access-glasses")


def restrictions(request: HttpRequest) -> HttpResponse:
    """What is restricted to the reader, and the form that restricts."""
    actor = request.actor
    require_role(actor, *WHO_RESTRICTS)
    form = RestrictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        restrict(**form.cleaned_data, actor=actor, at=timezone.now())
        messages.success(request, "Restricted. From now on only you see it, until you let others.")
        return redirect("access-restrictions")
    rows = list(own(actor).prefetch_related("grants__user", "grants__team")[:200])
    record_act(actor, "consultation", "restrictions", detail={"restrictions": len(rows)})
    told = {
        "section": "access",
        "rows": [(one, _ref(one)) for one in rows],
        "form": form,
        "grant": GrantForm(actor.agency, auto_id=False),
    }
    return render(request, "peelian/restrictions.html", told)


@require_POST
def restriction(request: HttpRequest, name: str, act: str) -> HttpResponse:
    """Grant or lift one of the reader's restrictions."""
    actor, at = request.actor, timezone.now()
    found = next((one for one in own(actor) if _ref(one) == name), None)
    if found is None:
        raise Http404
    if act == "lift":
        lift(found, reason=request.POST.get("reason", ""), actor=actor, at=at)
        messages.success(request, "Lifted.")
        return redirect("access-restrictions")
    form = GrantForm(actor.agency, request.POST)
    if not form.is_valid():
        raise PeelianError("the grant lacks something", fix="choose a person or a team, and say why")
    kind, _, name = form.cleaned_data["who"].partition(":")
    grant(
        found, user=User.objects.get(username=name) if kind == "user" else None,
        team=Team.objects.get(code=name) if kind == "team" else None, reason=form.cleaned_data["reason"], start=actor.on,
        until=form.cleaned_data["until"], actor=actor, at=at,
    )  # fmt: skip
    messages.success(request, "Granted.")
    return redirect("access-restrictions")


def _ref(one: Restriction) -> str:
    """What addresses call a restriction: a number would tell how many there are."""
    return ref_of(f"restriction/{one.pk}")


def settings(request: HttpRequest) -> HttpResponse:
    """Settings that two people change: what holds, what waits, and the form that proposes."""
    actor = request.actor
    require_role(actor, *WHO_DECIDES)
    form = SettingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            propose(told["name"], told["value"], reason=told["reason"], actor=actor, at=timezone.now())
        except PeelianError as error:
            form.add_error("value", f"{error.summary.capitalize()}: {error.fix}")
        else:
            messages.success(request, "Proposed. It holds once a colleague approves it.")
            return redirect("access-settings")
    rows = [(setting, approved(setting.name)) for setting in SETTINGS.values()]
    record_act(actor, "consultation", "settings")
    told = {"section": "access", "rows": rows, "waiting": waiting(), "form": form, "me": actor.user.username}
    return render(request, "peelian/settings.html", told)


@require_POST
def setting(request: HttpRequest, uid: str, act: str) -> HttpResponse:
    """Approve or refuse a proposed setting."""
    one = decide(
        uid, approve=act == "approve", note=request.POST.get("note", ""), actor=request.actor, at=timezone.now()
    )
    messages.success(request, f"{one.name}: {'approved' if act == 'approve' else 'refused'}.")
    return redirect("access-settings")
