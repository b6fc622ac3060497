"""Missing persons, where the pages of a case do not reach: search radius, what to ask next, earlier episodes; the problem profile."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act
from peelian.casework import store
from peelian.core.clock import plain_day
from peelian.core.document import Document
from peelian.core.errors import PeelianError
from peelian.core.kinds import Case
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.vulnerability.held_ahead import held_for
from peelian.vulnerability.missing_history import counts, earlier
from peelian.vulnerability.missing_persons import MISSING
from peelian.vulnerability.missing_profile import missing_profile
from peelian.vulnerability.missing_prompts import ask_next
from peelian.vulnerability.missing_sheet import of_case


def search(request: HttpRequest, ref: str) -> HttpResponse:
    """Circles and chances for this person, what to ask next, forms held ahead, and earlier episodes."""
    now = timezone.now()
    found = _found(request, ref)
    case = Case(found.state, now, found.who, around=found.around)
    since = case.get("last_seen_at") or case.reported_at
    times = earlier(found.case.subject, actor=request.actor, before=since) if found.case.subject else []
    sheet = Document("Search and next questions", "", "OFFICIAL", timezone.localdate(), sections=(of_case(case),))
    return render(
        request,
        "peelian/missing_search.html",
        {
            "section": "work", "case": found.case, "open": case.stage == "missing", "prompts": ask_next(case), "repeat": case.get("repeat_prompt"),
            "forms": held_for(found.case.subject, actor=request.actor), "earlier": times, "counts": counts(times, at=since),
            "article": html.article(sheet), "style": mark_safe(html.style()),
        },
    )  # fmt: skip


@require_POST
def note_earlier(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the count of earlier episodes on the case, as it was found."""
    found = _found(request, ref)
    since = found.state.facts.get("last_seen_at") or found.state.facts["reported_at"]
    told = counts(earlier(found.case.subject, actor=request.actor, before=since), at=since)
    store.do(ref, "answer_questions", told, actor=request.actor, at=timezone.now())
    messages.success(request, "Earlier episodes are written on the case.")
    return redirect("missing-search", ref)


def profile(request: HttpRequest) -> HttpResponse:
    """The missing-person problem profile; without a period, of the twelve whole months before this one."""
    document = _profile(request, "page")
    told = {
        "section": "profiles",
        "document": document,
        "wish": request.GET.urlencode(),
        "from": _span(request)[0],
        "to": _span(request)[1],
    }
    if document is not None:
        told |= {"article": html.article(document), "style": mark_safe(html.style())}
    return render(request, "peelian/missing_profile.html", told)


def profile_pdf(request: HttpRequest) -> HttpResponse:
    """The same as an accessible PDF."""
    document = _profile(request, "pdf")
    if document is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="missing-people.pdf"'}
    return HttpResponse(pdf(document), content_type="application/pdf", headers=headers)


def _found(request: HttpRequest, ref: str) -> store.Loaded:
    found = store.load(ref, request.actor, at=timezone.now())
    if found.kind.name != MISSING.name:
        raise Http404
    return found


def _profile(request: HttpRequest, how: str) -> Document | None:
    """The document; None where nothing is recorded in the period."""
    start, end = _span(request)
    try:
        document = missing_profile(request.actor, start=start, end=end, on=timezone.localdate())
    except PeelianError as error:
        if error.id != "peelian.E520":
            raise
        return None
    detail = {"from": str(start), "to": str(end), "edition": "full", "as": how, **document.facts}
    record_act(request.actor, "consultation", "problem profile", detail=detail)
    return document


def _span(request: HttpRequest) -> tuple[date, date]:
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if first or last:
        try:
            return plain_day(date.fromisoformat(first)), plain_day(date.fromisoformat(last))
        except ValueError:
            raise PeelianError(
                "a day of the period is missing", fix="state the first and the last day as YYYY-MM-DD"
            ) from None
    end = timezone.localdate().replace(day=1) - timedelta(days=1)
    return (end + timedelta(days=1)).replace(year=end.year - (end.month != 12)), end
