"""Data quality: every source in a line, one source as a report to read and to send back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.access.actor import record_act
from peelian.core.document import Document
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.documents.quality import quality_document
from peelian.records import quality

from ..listing import csv_response


def feeds(request: HttpRequest) -> HttpResponse:
    """The sources of which something is held."""
    names = quality.feeds_held(request.actor)
    record_act(request.actor, "consultation", "data quality", detail={"feeds": names})
    found = [quality.quality(request.actor, name, on=timezone.localdate()) for name in names]
    rows = [(q, quality.summary(q)) for q in found]
    return render(request, "peelian/quality.html", {"section": "records", "rows": rows})


def report(request: HttpRequest, feed: str) -> HttpResponse:
    """One source's report as a page."""
    document = _document(request, feed, "page")
    told = {"section": "records", "document": document, "article": html.article(document), "feed": feed}
    return render(request, "peelian/quality_report.html", {**told, "style": mark_safe(html.style())})


def as_pdf(request: HttpRequest, feed: str) -> HttpResponse:
    """The same as a PDF."""
    name = {"Content-Disposition": f'attachment; filename="data-quality-{feed}.pdf"'}
    return HttpResponse(pdf(_document(request, feed, "pdf")), content_type="application/pdf", headers=name)


def faults(request: HttpRequest, feed: str) -> HttpResponseBase:
    """The faults by file, line and column, to send back to the source."""
    _held(request, feed)
    record_act(
        request.actor, "disclosure", "faults of a feed", detail={"feed": feed}, recipient=f"the source of {feed}"
    )
    return csv_response(f"faults-{feed}.csv", quality.FAULT_COLUMNS, quality.faults_to_send(request.actor, feed))


def _held(request: HttpRequest, feed: str) -> None:
    if feed not in quality.feeds_held(request.actor):
        raise Http404


def _document(request: HttpRequest, feed: str, how: str) -> Document:
    _held(request, feed)
    record_act(request.actor, "consultation", "data quality", detail={"feeds": [feed], "as": how})
    return quality_document(quality.quality(request.actor, feed, on=timezone.localdate()))
