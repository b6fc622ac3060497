"""The map: one page, the data that it draws, and the table of the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import record_act
from peelian.analysis.rates import rate_interval
from peelian.records.models import Area

from .. import map_data, map_layers
from ..listing import csv_response
from ..map_data import Asked
from ..words import CATEGORIES

FIRST_ROWS = 25


def page(request: HttpRequest) -> HttpResponse:
    """The map with its filters and its table."""
    actor = request.actor
    asked = _asked(request)
    if not asked.feed:
        record_act(actor, "consultation", "map", detail={"records": 0})
        return render(request, "peelian/map.html", {"section": "map", "asked": asked})
    wish = urlencode(_wish(asked))
    kinds = map_data.kinds_held()
    _recorded(asked, "page", {})
    return render(
        request,
        "peelian/map.html",
        {
            "section": "map",
            "asked": asked,
            "wish": wish,
            "feeds": map_data.feeds_of(actor),
            "kinds": kinds,
            "categories": sorted(CATEGORIES.items(), key=lambda item: item[1]),
            "districts": Area.objects.filter(kind="district").order_by("name"),
            "outlines": "district" in kinds and asked.kind != "district",
            "sources": sorted(
                set(Area.objects.filter(kind__in=[asked.kind, "district"]).values_list("source", flat=True).distinct())
            ),
            "ons": Area.objects.filter(kind=asked.kind, code__regex=r"^[EWSN][0-9]{8}$").exists(),
            **_table(asked, request),
        },
    )


def table(request: HttpRequest) -> HttpResponseBase:
    """The areas with count, rate and interval: the part below the map, or a CSV file."""
    asked = _asked(request)
    told = _table(asked, request)
    if request.GET.get("as") == "csv":
        _recorded(asked, "areas", {"as": "csv"})
        return csv_response(
            "areas.csv",
            ["code", "area", "records", "people", "per 1,000 people", "low", "high"],
            ([r["code"], r["name"], r["n"], r["people"], r["rate"], r["low"], r["high"]] for r in told["all_rows"]),
        )
    _recorded(asked, "areas", {"month": told["month"]})
    return render(request, "peelian/_map_table.html", {"asked": asked, "wish": urlencode(_wish(asked)), **told})


def boundaries(request: HttpRequest, kind: str) -> HttpResponse:
    """Boundaries of a kind of area: open data, and the only part that a browser may keep for an hour."""
    features = [
        {"type": "Feature", "id": code, "properties": {"name": name}, "geometry": boundary}
        for code, name, boundary in Area.objects.filter(kind=kind)
        .exclude(boundary=None)
        .order_by("code")
        .values_list("code", "name", "boundary")
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, headers={"Cache-Control": "private, max-age=3600"}
    )


def _answer(what: str, make: Callable[[Asked], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        asked = _asked(request)
        told = make(asked)
        _recorded(asked, what, {})
        return JsonResponse(told)

    view.__doc__ = make.__doc__
    return view


counts = _answer("counts", map_data.counts)
points = _answer("points", map_layers.points)
hot_spots = _answer("hot spots", map_layers.hot_spots)
risk_zones = _answer("risk zones", map_layers.risk_zones)


def _asked(request: HttpRequest) -> Asked:
    return Asked.of(request.actor, request.GET.dict(), on=timezone.localdate())


def _wish(asked: Asked) -> dict[str, str]:
    return {
        "feed": asked.feed,
        "category": asked.category,
        "kind": asked.kind,
        "within": asked.within.code if asked.within else "",
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
    }


def _recorded(asked: Asked, what: str, detail: dict[str, Any]) -> None:
    record_act(
        asked.actor, "consultation", f"map: {what}", detail={**_wish(asked), "records": asked.events.height, **detail}
    )


def _table(asked: Asked, request: HttpRequest) -> dict[str, Any]:
    told, found = map_data.by_area(asked)
    month = request.GET.get("month", "")
    if month in asked.months:
        found = found.filter(pl.col("month") == month)
    else:
        month = ""
    n = np.zeros(len(told), dtype=np.int64)
    for area, count in found.group_by("area").agg(pl.col("n").sum()).iter_rows():
        n[area] = count
    people = np.array([area["people"] or np.nan for area in told])
    rate, low, high = (np.full(len(told), np.nan) for _ in range(3))
    known = people > 0
    if known.any():
        rate[known], low[known], high[known] = rate_interval(n[known], people[known])
    rows = [
        {
            **area,
            "n": int(n[i]),
            **(
                {"rate": round(float(rate[i]), 2), "low": round(float(low[i]), 2), "high": round(float(high[i]), 2)}
                if known[i]
                else {"rate": None, "low": None, "high": None}
            ),
        }
        for i, area in enumerate(told)
    ]
    by = "rate" if request.GET.get("sort") == "rate" else "n"
    rows.sort(key=lambda row: (-(row[by] or 0), row["name"]))
    everything = request.GET.get("all") == "yes"
    events = asked.events.filter(pl.col("month") == month) if month else asked.events
    return {
        "all_rows": rows,
        "rows": rows if everything else rows[:FIRST_ROWS],
        "more": 0 if everything else len(rows) - FIRST_ROWS,
        "month": month,
        "sort": by,
        "total": events.height,
        "in_areas": int(n.sum()),
        "timeless": map_data.timeless(asked),
        "placeless": events.filter(pl.col("easting").is_null()).height,
    }
