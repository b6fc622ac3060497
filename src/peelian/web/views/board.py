"""The board: every measure of every system on one page, as its reader may see it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from peelian.assurance.board import Part, board, by_question
from peelian.records.models import Area

from ..listing import csv_response

SHOW = {"": "All", "change": "Changed of late", "differ": "Where areas differ", "none": "Without figures"}
STANDS_OUT = "stands out"  # changed of late, or areas differ: told first, before all


def page(request: HttpRequest) -> HttpResponseBase:
    """Every system with its measures; narrowed to what changed, where areas differ, or what has no figures."""
    at = timezone.now()
    show = request.GET.get("show", "") if request.GET.get("show", "") in SHOW else ""
    parts = board(request.actor, at)
    if request.GET.get("format") == "csv":
        return _csv(parts)
    shown = [
        (words, [(part, _lines(part, show)) for part in held if _shown(part, show)])
        for _, words, held in by_question(parts)
    ]
    lines = [line for part in parts for line in part.lines]
    out = [] if show else [(part, held) for part in parts if (held := _lines(part, STANDS_OUT))]
    told = {
        "section": "measures", "questions": [row for row in shown if row[1]], "stands_out": out, "show": show, "choices": SHOW, "at": at, "systems": sum(bool(part.id) for part in parts), "names": names_of(parts),
        "counted": sum(not line.why_not for line in lines), "measures": len(lines), "changed": sum(line.changed for line in lines),
        "differ": sum(bool(line.above or line.below) for line in lines), "without": sum(bool(part.why_not) for part in parts),
    }  # fmt: skip
    return render(request, "peelian/board.html", told)


def names_of(parts: list[Part]) -> dict[str, str]:
    """Names of the areas that differ, where boundaries are loaded; the code else."""
    codes = {code for part in parts for line in part.lines for code in (*line.above, *line.below)}
    return {code: code for code in codes} | dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _shown(part: Part, show: str) -> bool:
    return bool(part.why_not or _lines(part, show)) if show in ("", "none") else bool(_lines(part, show))


def _lines(part: Part, show: str) -> list[object]:
    keep = {
        "": lambda line: not line.why_not, STANDS_OUT: lambda line: line.changed or line.above or line.below, "change": lambda line: line.changed, "differ": lambda line: line.above or line.below,
        "none": lambda line: line.why_not,
    }[show]  # fmt: skip
    return [line for line in part.lines if keep(line)]


def _csv(parts: list[Part]) -> HttpResponseBase:
    header = ("system", "measure", "question", "rows", "yes", "not known yet", "value", "low", "high", "unit", "change", "areas above", "areas below", "why no figure")  # fmt: skip
    rows = [
        (part.id, f"{line.kind}.{line.name}", line.asks, line.rows, line.hits, line.undecided, line.value, line.low, line.high, line.unit,
         line.change, " ".join(line.above), " ".join(line.below), line.why_not)
        for part in parts for line in part.lines
    ]  # fmt: skip
    return csv_response("board.csv", header, rows)
