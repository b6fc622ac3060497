"""Measures of teams and processes: what is measured, one measure with its pictures, and the cases behind each number."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import record_act
from peelian.analysis.control_chart import RULES, MeasureChart
from peelian.analysis.funnel import Funnel
from peelian.analysis.trend import Signal
from peelian.casework import measures
from peelian.casework.measures import Picture, Tally
from peelian.core.document import Column, Figure, Source, Table
from peelian.core.errors import PeelianError
from peelian.core.kinds import Median, Share, words_of
from peelian.documents.drawing import svg
from peelian.documents.measure_charts import funnel_chart, months_chart
from peelian.records.models import Area

from ..listing import csv_response, listing

WHICH = {"": "All", "yes": "Yes", "no": "No, or late", "open": "Not known yet"}
SPANS = (12, 24, 36, 60)


def index(request: HttpRequest) -> HttpResponse:
    """Every measure, by kind of case; a word narrows the list."""
    wanted = request.GET.get("q", "").strip().lower()[:60]
    groups = [
        (
            kind,
            [(m.name, m.asks) for m in declared if not wanted or wanted in f"{kind.title} {m.name} {m.asks}".lower()],
        )
        for kind, declared in measures.listed()
    ]
    shown = [(kind, rows) for kind, rows in groups if rows]
    told = {"section": "measures", "groups": shown, "q": wanted, "number": sum(len(rows) for _, rows in shown)}
    return render(request, "peelian/measures.html", told)


def measure(request: HttpRequest, kind: str, name: str) -> HttpResponseBase:
    """One measure: its definition, areas within their funnel, months within their limits, each with its table."""
    at = timezone.now()
    span = _number(request.GET.get("months", ""), SPANS, 24)
    until = measures.month_of(at)
    since = measures.months_back(until, span - 1)
    area = request.GET.get("area", "")[:60]
    try:
        told = measures.picture(kind, name, actor=request.actor, at=at, since=since, area=area)
    except PeelianError as error:
        if error.id == "peelian.E497":
            raise Http404 from error
        raise
    names = area_names(told.areas)
    if request.GET.get("format") == "csv":
        return _csv(told, names)
    page = {
        "section": "measures", "told": told, "kind": told.kind, "measure": told.measure, "what": what(told), "months": span,
        "spans": SPANS, "area": area, "area_name": names.get(area, area), "areas": sorted(names.items(), key=lambda n: n[1]),
        "share": isinstance(told.measure, Share), "median": isinstance(told.measure, Median),
        "verdicts": measures.verdicts(told), "names": names, "of": words_of(told.measure.of),
        "funnel": _funnel(told, names), "chart": _chart(told), "rules": RULES,
        "dispersed": isinstance(told.funnel, Funnel) and told.funnel.spread and not told.funnel.signals,
    }  # fmt: skip
    return render(request, "peelian/measure.html", page)


def rows(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The cases behind a number: the very rows that were counted, and no others."""
    at = timezone.now()
    try:
        declared, declaration = measures.measure_of(kind, name)
    except PeelianError as error:
        raise Http404 from error
    which = request.GET.get("which", "") if request.GET.get("which", "") in WHICH else ""
    asked = {key: request.GET.get(key, "")[:60] for key in ("area", "month", "agency", "since", "until")}
    months = {key: int(asked[key]) if asked[key].isdecimal() else 0 for key in ("month", "since", "until")}
    found = measures.counted(
        kind,
        name,
        actor=request.actor,
        at=at,
        which=which,
        area=request.GET.get("area"),
        agency=asked["agency"],
        **months,
    )
    shown = listing(request, found.select_related("case"), {"at": "at", "area": "area"}, first="-at")
    record_act(
        request.actor, "consultation", "cases behind a measure", at=at, detail={"measure": f"{kind}.{name}", "shown": len(shown.page)},
        subjects={row.case.subject_key for row in shown.page if row.case.subject_key},
    )  # fmt: skip
    names = dict(Area.objects.filter(code__in={row.area for row in shown.page}).values_list("code", "name"))
    lines = [
        (row, names.get(row.area, row.area or "not known"), words_of(row.case.stage), _said(row, at))
        for row in shown.page
    ]
    told = {
        "section": "measures", "kind": declared, "measure": declaration, "listing": shown, "lines": lines, "which": which,
        "choices": WHICH, "asked": asked,
    }  # fmt: skip
    return render(request, "peelian/measure_rows.html", told)


def what(told: Picture) -> str:
    """What is counted, in words: the unit of the axes."""
    if isinstance(told.measure, Share):
        return "Share"
    return f"Median, {told.measure.unit}" if isinstance(told.measure, Median) else "Number"


def area_names(areas: list[Tally]) -> dict[str, str]:
    """Names of areas by code, where boundaries are loaded; the code else."""
    held = dict(Area.objects.filter(code__in=[a.name for a in areas]).values_list("code", "name"))
    return {a.name: held.get(a.name, a.name) for a in areas}


def _said(row: Any, at: Any) -> str:
    if row.hit is None:
        return "late" if row.lapses and row.at <= at else "not known yet"
    if row.value is not None:
        return f"{row.value:.1f}"
    return "yes" if row.hit else "no"


def _number(text: str, allowed: tuple[int, ...], otherwise: int) -> int:
    return int(text) if text.isdecimal() and int(text) in allowed else otherwise


def _picture(spec: Any, title: str, alt: str) -> dict[str, str]:
    """A drawing as the text of an image that the page may show: nothing is fetched."""
    table = Table(title, (Column("x"),), (("x",),))
    drawn = svg(Figure(title, spec, alt, table, (Source("cases of this installation"),)))
    return {"src": "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode(), "alt": alt}


def _funnel(told: Picture, names: dict[str, str]) -> dict[str, Any]:
    plot = told.funnel
    if not isinstance(plot, Funnel):
        return {"none": str(plot)}
    called = [names[name] for name in plot.names]
    outside = [called[at] for at in plot.signals]
    title = (
        f"{len(outside)} of {len(called)} areas differ from the force by more than chance gives: {', '.join(outside)}"
        if outside
        else "No area differs from the force by more than chance gives"
    )
    share = isinstance(told.measure, Share)
    spec = funnel_chart(
        plot, called, unit=what(told) if share else "Rate", size="Rows decided" if share else "Exposure"
    )
    return {
        "title": title,
        **_picture(spec, title, f"Funnel plot of {len(called)} areas. {title}. The numbers stand in the table."),
    }


def spells(signals: Sequence[Signal], labels: Sequence[str]) -> list[str]:
    """Each spell of months that signal for one reason, told once; a row of eight is told from its first month."""
    spells: list[list[Any]] = []
    for signal in signals:
        last = next((one for one in spells if one[0] == signal.rule and one[2] == signal.at - 1), None)
        if last:
            last[2] = signal.at
        else:
            in_row = signal.rule.startswith("eight")
            spells.append([signal.rule, max(0, signal.at - 7) if in_row else signal.at, signal.at])
    return [
        f"{labels[first]}{f' to {labels[last]}' if last > first else ''} {rule.replace('eight', 'all')}"
        for rule, first, last in spells
    ]


def _chart(told: Picture) -> dict[str, Any]:
    chart = told.chart
    if not isinstance(chart, MeasureChart):
        return {"none": str(chart)}
    labels = [f"{measures.month_day(int(m.name)):%b %Y}" for m in told.months]
    title = (
        f"Outside the usual: {'; '.join(spells(chart.signals, labels))}"
        if chart.signals
        else "No month is outside the usual"
    )
    spec = months_chart(chart, labels, unit=what(told))
    return {
        "title": title,
        **_picture(spec, title, f"Control chart of {len(labels)} months. {title}. The numbers stand in the table."),
    }


def _csv(told: Picture, names: dict[str, str]) -> HttpResponseBase:
    header = ("by", "code", "name", "yes", "no or late", "not known yet", "share", "median", "low", "high")
    lines = [("area", a.name, names[a.name], *_numbers(a)) for a in told.areas]
    lines += [("month", m.name, f"{measures.month_day(int(m.name)):%B %Y}", *_numbers(m)) for m in told.months]
    lines += [("agency", a.name, a.name, *_numbers(a)) for a in told.agencies]
    return csv_response(f"{told.kind.name}-{told.measure.name}.csv".replace("_", "-"), header, lines)


def _numbers(row: Tally) -> tuple[Any, ...]:
    share = "" if row.share is None else round(row.share, 4)
    return (
        row.hits,
        row.missed,
        row.undecided,
        share,
        *("" if v is None else round(v, 3) for v in (row.median, row.low, row.high)),
    )


__all__ = ["area_names", "index", "measure", "rows", "what"]
