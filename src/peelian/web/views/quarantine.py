"""Rows that were read and not accepted: look, mend, read again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import Actor, record_act, require_police, visible
from peelian.records import quarantine
from peelian.records.models import Batch, Quarantined

from .. import loads
from ..forms import MendForm, columns_of
from ..listing import csv_response, listing
from .records import batch_or_404

COLUMNS = {"file": "batch__file"}
STATES = (("to-mend", "To mend"), ("mended", "Mended, to read again"), ("replayed", "Read again"))
COUNTED = 20_000  # faults are counted over so many rows at most: the list stays quick whatever a bad file holds


def rows_of(actor: Actor) -> QuerySet[Quarantined]:
    """The quarantined rows of landed batches that an actor may see."""
    return visible(Quarantined.objects.filter(batch__state=Batch.LANDED), actor).select_related("batch", "replayed_in")


def rows(request: HttpRequest) -> HttpResponseBase:
    """The list of quarantined rows, what is wrong with them, and the same as CSV."""
    actor = request.actor
    seen = rows_of(actor)
    chosen = batch_or_404(actor, request.GET["batch"]) if request.GET.get("batch") else None
    found = _filtered(seen, request, chosen)
    faults = _faults(found)
    if column := request.GET.get("column"):
        found = found.filter(faults__icontains=f'"{column}"')
    page = listing(request, found, COLUMNS, first="file")
    detail = {"rows": page.total, "batch": chosen.digest if chosen else None}
    if request.GET.get("as") == "csv":
        record_act(actor, "consultation", "quarantine", detail={**detail, "as": "csv"})
        return csv_response(
            "quarantine.csv",
            ["feed", "file", "line", "column", "found", "allowed", "mended by", "reason"],
            (
                [row.batch.feed, row.batch.file, row.line, *told.values(), row.mended_by, row.reason]
                for row in page.rows.iterator()
                for told in quarantine.explain(row)
            ),
        )
    record_act(actor, "consultation", "quarantine", detail=detail)
    return render(
        request,
        "peelian/quarantine.html",
        {
            "told": [(row, quarantine.explain(row)) for row in page.page],
            "section": "records",
            "listing": page,
            "held": seen.exists(),
            "batch": chosen,
            "states": STATES,
            "state": request.GET.get("state", ""),
            "feeds": sorted(set(seen.values_list("batch__feed", flat=True).distinct())),
            "faults": faults,
            "columns": sorted({c for fault in faults for c in fault["columns"]}),
            "counted": COUNTED if page.total > COUNTED else None,
            "police": actor.agency.kind == "police",
            "to_replay": _mended(seen).count(),
        },
    )


def row(request: HttpRequest, digest: str, line: int) -> HttpResponse:
    """One row as it came, with its faults; the form that mends it."""
    actor = request.actor
    found = rows_of(actor).filter(batch=batch_or_404(actor, digest), line=line).first()
    if found is None:
        raise Http404
    police = actor.agency.kind == "police"
    form = MendForm(found, request.POST or None) if police and not found.replayed_in_id else None
    if request.method == "POST":
        require_police(actor)
        if form is not None and form.is_valid():
            left = quarantine.mend(
                found, form.changes(), reason=form.cleaned_data["reason"], actor=actor, at=timezone.now()
            )
            if not left:
                messages.success(request, "The mend is kept and the row passes. It counts once it has been read again.")
                return redirect("quarantined", digest, line)
            messages.error(request, "The mend is kept, but the row still has a fault.")
            form = MendForm(found)
    record_act(actor, "consultation", "quarantined row", detail={"batch": found.batch.digest, "line": found.line})
    return render(
        request,
        "peelian/quarantined.html",
        {
            "section": "records",
            "row": found,
            "form": form,
            "police": police,
            "faults": quarantine.explain(found),
            "cells": _original(found),
            "changes": _changes(found),
        },
    )


@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Read mended rows again, of one file or of all; the reading is a load like any other."""
    actor = request.actor
    require_police(actor)
    waiting = _mended(rows_of(actor))
    if request.POST.get("batch"):
        waiting = waiting.filter(batch=batch_or_404(actor, request.POST["batch"]))
    batches = list(Batch.objects.filter(pk__in=waiting.order_by().values("batch")).order_by("pk"))
    if not batches:
        messages.error(request, "No mended row waits to be read again.")
        return redirect("quarantine")
    return redirect("load-state", loads.start_replay(actor, batches, at=timezone.now()))


def _original(row: Quarantined) -> list[dict[str, Any]]:
    """The row as it came: by column, or as the cells of a record that was no row."""
    faulty = {column for fault in row.faults for column in fault["columns"]}
    if isinstance(row.cells, list):
        return [{"column": f"Cell {n}", "value": cell, "faulty": False} for n, cell in enumerate(row.cells, 1)]
    return [{"column": c, "value": row.cells[c], "faulty": c in faulty} for c in columns_of(row)]


def _changes(row: Quarantined) -> list[dict[str, str]]:
    if not row.mended:
        return []
    was = row.cells if isinstance(row.cells, dict) else {}
    pairs = [(c, was.get(c, ""), row.mended[c]) for c in columns_of(row)]
    return [{"column": c, "was": old, "now": new} for c, old, new in pairs if old != new]


def _mended(rows: QuerySet[Quarantined]) -> QuerySet[Quarantined]:
    return rows.exclude(mended__isnull=True).filter(replayed_in=None)


def _filtered(rows: QuerySet[Quarantined], request: HttpRequest, chosen: Batch | None) -> QuerySet[Quarantined]:
    if chosen:
        rows = rows.filter(batch=chosen)
    if feed := request.GET.get("feed"):
        rows = rows.filter(batch__feed=feed)
    state = request.GET.get("state")
    if state == "to-mend":
        return rows.filter(mended__isnull=True, replayed_in=None)
    if state == "mended":
        return _mended(rows)
    if state == "replayed":
        return rows.exclude(replayed_in=None)
    return rows


def _faults(rows: QuerySet[Quarantined]) -> list[dict[str, Any]]:
    told = Counter(
        (tuple(fault["columns"]), fault["allowed"])
        for faults in rows.order_by("pk").values_list("faults", flat=True)[:COUNTED]
        for fault in faults
    )
    return [{"columns": columns, "allowed": allowed, "rows": n} for (columns, allowed), n in told.most_common(20)]
