"""A phone, a vehicle or an address, with the people and events that records connect with it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from peelian.access.onward import may_export
from peelian.identity.markers import markers_of
from peelian.identity.persons import Person
from peelian.identity.search import ELSEWHERE
from peelian.identity.things.looking import SHARED, Line, Thing, alike, look

from ..listing import PER_PAGE, csv_response
from .people import REASON

TITLES = {"phone": "Telephone", "plate": "Vehicle", "address": "Address", "email": "E-mail address", "device": "Device"}
HEADER = (
    "date",
    "said",
    "same place because",
    "role",
    "person",
    "event",
    "reference",
    "source",
    "line",
    "class",
    "held from",
)


def thing(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One thing; 404 alike for what nobody holds and what the reader may not see."""
    actor = request.actor
    found = look(ref, actor=actor, at=timezone.now(), reason=request.session.get(REASON, ""))
    if found is None:
        raise Http404
    if request.GET.get("as") == "csv":
        may_export(actor, {line.row.record_class_id for line in found.lines})
        return csv_response(f"{found.kind}.csv", HEADER, map(_cells, found.lines))
    markers = markers_of(found.concerned, actor=actor)
    told = {
        "section": "people",
        "t": found,
        "title": TITLES[found.kind],
        "elsewhere": ELSEWHERE,
        "most": SHARED,
        "alike": [Thing("plate", value, (), False) for value in alike(found.value, actor=actor)]
        if found.kind == "plate"
        else [],
        "people": [(p, _of(found, p), markers[p.ref]) for p in found.persons],
        "safety": [(p, [m for m in markers[p.ref] if m.safety]) for p in found.concerned],
        "listing": {"page": Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page"))},
        "classes": list({line.row.record_class_id: line.row.record_class for line in found.lines}.values()),
    }
    return render(request, "peelian/thing.html", told)


def _of(found: Thing, person: Person) -> list[Line]:
    """The lines by which the thing is a person's, the newest first."""
    return [line for line in found.lines if line.row.key and any(p.ref == person.ref for _, p in line.people)]


def _cells(line: Line) -> list[object]:
    row, event = line.row, line.event
    return [
        line.date.isoformat(timespec="minutes"), row.said, line.why, "; ".join(role for role, _ in line.people),
        "; ".join(p.name for _, p in line.people), (event.offence or event.category) if event else "", row.reference, row.feed,
        row.line, row.record_class_id, row.known_from.isoformat(timespec="seconds"),
    ]  # fmt: skip
