"""Partners' data: what was agreed, what came, how late, how complete, what it changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.access.actor import record_act, require_police
from peelian.core.document import Document
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.prevention.partner_data import partner_data, partner_document


def page(request: HttpRequest) -> HttpResponse:
    """The picture as a page."""
    document = _document(request, "page")
    told = {"section": "records", "document": document, "article": html.article(document)}
    return render(request, "peelian/partners.html", {**told, "style": mark_safe(html.style())})


def as_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF."""
    name = {"Content-Disposition": 'attachment; filename="partners-data.pdf"'}
    return HttpResponse(pdf(_document(request, "pdf")), content_type="application/pdf", headers=name)


def _document(request: HttpRequest, how: str) -> Document:
    require_police(request.actor)
    record_act(request.actor, "consultation", "partners' data", detail={"as": how})
    return partner_document(partner_data(request.actor, on=timezone.localdate()))
