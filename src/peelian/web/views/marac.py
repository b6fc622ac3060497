"""The MARAC's papers: its meetings, and the agenda and minutes of each, whole or one agency's share."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.core.document import Document
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.vulnerability.marac_meeting import STAGES, agencies, document, meeting, meetings


def meetings_page(request: HttpRequest) -> HttpResponse:
    """Every meeting for which cases are listed, the next first."""
    return render(request, "peelian/marac.html", {"section": "cases", "meetings": meetings(request.actor)})


def paper(request: HttpRequest) -> HttpResponse:
    """The agenda or the minutes of one meeting, to read and to print."""
    on, area, edition, agency = _asked(request)
    built = _document(request, on, area, edition, agency)
    shares = agencies(meeting(on, area, edition=edition, actor=request.actor, at=timezone.now()))  # type: ignore[arg-type]
    return render(request, "peelian/marac_paper.html", {
        "section": "cases", "on": on, "area": area, "edition": edition, "agency": agency, "shares": shares,
        "title": built.title, "article": html.article(built), "style": mark_safe(html.style()),
    })  # fmt: skip


def paper_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF; its name says nothing of whom it is about."""
    on, area, edition, agency = _asked(request)
    name = {"Content-Disposition": f'attachment; filename="marac-{edition}-{on.isoformat()}.pdf"'}
    return HttpResponse(
        pdf(_document(request, on, area, edition, agency)), content_type="application/pdf", headers=name
    )


def _asked(request: HttpRequest) -> tuple[date, str, str, str]:
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        raise Http404 from None
    edition = request.GET.get("edition", "agenda")
    if edition not in STAGES:
        raise Http404
    return on, request.GET.get("area", ""), edition, request.GET.get("agency", "")


def _document(request: HttpRequest, on: date, area: str, edition: str, agency: str) -> Document:
    return document(on, area, edition=edition, actor=request.actor, at=timezone.now(), agency=agency)  # type: ignore[arg-type]
