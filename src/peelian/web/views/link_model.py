"""The linkage model in use: what it compares, how much each finding says, and how good it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.access.actor import record_act, require_police
from peelian.core.document import Document
from peelian.documents import html
from peelian.documents.linkage import linkage_document
from peelian.documents.pdf import pdf
from peelian.identity import training
from peelian.identity.evaluation import tried
from peelian.identity.settling import model_used


def page(request: HttpRequest) -> HttpResponse:
    """The model as a page; police only."""
    document = _document(request, "page")
    told = {"section": "people", "document": document}
    if document is not None:
        told |= {"article": html.article(document), "style": mark_safe(html.style())}
    return render(request, "peelian/link_model.html", told)


def as_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF."""
    document = _document(request, "pdf")
    if document is None:
        return page(request)
    name = {"Content-Disposition": 'attachment; filename="linkage-model.pdf"'}
    return HttpResponse(pdf(document), content_type="application/pdf", headers=name)


def _document(request: HttpRequest, how: str) -> Document | None:
    require_police(request.actor)
    row = model_used()
    record_act(request.actor, "consultation", "linkage model", detail={"as": how, "model": row.pk if row else ""})
    if row is None:
        return None
    model = training.load(row.version)
    return linkage_document(row, model, tried(model), on=timezone.localdate())
