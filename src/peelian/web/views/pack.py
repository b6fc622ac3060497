"""The intelligence pack: first facts at once, the rest while the page is open. It never asks anybody to wait (ADR 15)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.actor import require_police
from peelian.core.clock import LONDON
from peelian.core.kinds import Refused
from peelian.documents.pdf import pdf
from peelian.vulnerability import da_opening
from peelian.vulnerability.call_cues import ABSENCE, from_history
from peelian.vulnerability.pack import gathering, keeping, showing
from peelian.vulnerability.pack.document import pack_document
from peelian.vulnerability.pack.holding import TIERS, TIMES
from peelian.vulnerability.pack.lines import GROUPS, RULE
from peelian.vulnerability.pack.own import Asked

STOP = 286  # tells htmx to ask no more


@sensitive_post_parameters()
def ask(request: HttpRequest) -> HttpResponse:
    """The call's particulars; they go in the body of the request, so that no address or history holds them."""
    require_police(request.actor)
    told = {
        "section": "people",
        "times": {"called": TIMES["called"], "graded": TIMES["graded"], "dispatched": TIMES["dispatched"]},
    }
    if request.method == "POST":
        words = {
            name: " ".join(request.POST.get(name, "").split())[:200]
            for name in ("address", "postcode", "phone", "incident", "grade")
        }
        people = tuple(
            " ".join(line.split())[:200] for line in request.POST.get("people", "").splitlines() if line.strip()
        )[:6]
        asked = Asked(words["address"], words["postcode"], (words["phone"],) if words["phone"] else (), people)
        if asked:
            at, actor = timezone.now(), request.actor.for_one_look()
            known = {name: when for name in told["times"] if (when := _moment(request.POST.get(name, ""), at))}
            made, sources = keeping.begin(
                asked, incident=words["incident"], times=known, grade=words["grade"], actor=actor, at=at
            )
            gathering.start(made, sources, actor=actor)
            return redirect("pack", made.ref)
        told |= words | {"missing": True}
    return render(request, "peelian/pack_ask.html", told)


def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The pack as it stands. The open page asks again until every source has answered or is silent."""
    shown = request.GET.get("shown", "")
    asked_again = bool(request.htmx) and shown.isdecimal()
    view = showing.read(ref, actor=request.actor, at=timezone.now(), shown=int(shown) if asked_again else None)
    if view is None:
        raise Http404
    if asked_again and view.ended == int(shown) and view.waiting:
        return HttpResponse(status=204)
    told = {"section": "people", "view": view, **_told(view)}
    if not request.htmx:
        told["incident"] = da_opening.incident_of(ref, request.actor)
    if request.htmx:
        return render(request, "peelian/_pack.html", told | {"say": True}, status=200 if view.waiting else STOP)
    return render(request, "peelian/pack.html", told)


@require_POST
def time(request: HttpRequest, ref: str) -> HttpResponse:
    """Log a time of the call: now, without another one."""
    at = timezone.now()
    when = _moment(request.POST.get("when", ""), at) or at
    what = request.POST.get("what", "")
    keeping.tell_time(ref, what, when, actor=request.actor, at=at, grade=request.POST.get("grade", ""))
    view = showing.read(ref, actor=request.actor, at=at)
    if view is not None:
        for why in da_opening.follow(view, actor=request.actor, at=at):
            messages.warning(request, f"The incident does not take the times of this pack: {why}.")
    messages.success(request, f"Logged: {TIMES[what].lower()}.")
    return redirect("pack", ref)


@require_POST
def incident(request: HttpRequest, ref: str) -> HttpResponse:
    """Open the domestic abuse incident that the pack is of, or go to the one that stands."""
    at = timezone.now()
    view = showing.read(ref, actor=request.actor, at=at)
    if view is None:
        raise Http404
    try:
        case = da_opening.open_incident(
            view, area=request.POST.get("area", "").strip()[:80], actor=request.actor, at=at
        )
    except Refused as refused:
        messages.error(request, "; ".join(refused.reasons))
        return redirect("pack", ref)
    return redirect("case", case.ref)


@require_POST
def as_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The pack for the officer's phone, as it stands now; it is registered as issued."""
    at = timezone.now()
    view = showing.issue(ref, actor=request.actor, at=at)
    reader = request.actor.user.get_full_name() or request.actor.user.username
    made = pack_document(view, reader=reader, at=at, marking=settings.MARKING_CEILING)
    name = {"Content-Disposition": f'attachment; filename="pack-{ref[:8]}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(pdf(made, phone=True), content_type="application/pdf", headers=name)


def _told(view: showing.View) -> dict[str, object]:
    groups = [(words, [line for line in view.lines if line.group == group]) for group, words in GROUPS.items()]
    names = {**TIMES, **TIERS}
    return {
        "groups": [(words, lines) for words, lines in groups if lines],
        "cues": from_history(view.lines, at=view.pack.opened_at),
        "absence": ABSENCE,
        "rule": RULE,
        "elsewhere": showing.ELSEWHERE,
        "unknown": showing.UNKNOWN,
        "told": [(names[what], when) for what, when in sorted(view.times.items(), key=lambda told: told[1])],
        "kinds": TIMES,
        "answered": sum(entry.state == "answered" for entry in view.manifest),
    }


def _moment(text: str, at: datetime) -> datetime | None:
    """A time of the day (HH:MM or HH:MM:SS, London) as the last such instant before now; None for what is no time."""
    for form in ("%H:%M:%S", "%H:%M"):
        try:
            told = datetime.strptime(text.strip(), form).time()  # noqa: DTZ007  (it is put on a day in London below)
        except ValueError:
            continue
        local = at.astimezone(LONDON)
        when = datetime.combine(local.date(), told, LONDON)
        return (
            when
            if when <= at
            else datetime.combine(local.date().fromordinal(local.date().toordinal() - 1), told, LONDON)
        )
    return None
