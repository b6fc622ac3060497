"""Districts compared on any share that a kind of case measures: chance, the mix of cases, steps left out, words changed, the gap followed."""

from __future__ import annotations

import base64
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import record_act, require_police
from peelian.analysis.funnel import Funnel
from peelian.casework import measures
from peelian.casework.sight import cases
from peelian.core.document import Column, Figure, Source, Table
from peelian.core.errors import PeelianError
from peelian.core.kinds import Share, words_of
from peelian.documents.drawing import svg
from peelian.documents.measure_charts import funnel_chart
from peelian.vulnerability.consistency import CONSISTENCY
from peelian.vulnerability.consistency_picture import MIX, Comparison, compare, mixable

from .measures import area_names
from .vulnerability import span

FIRST = "outstanding_suspect.found_in_time"
CASES = 50  # of a step left out that are listed here; the number is of all


def consistency(request: HttpRequest) -> HttpResponse:
    """Compare districts on one measure; the facts that make up the mix of cases are chosen by the reader."""
    require_police(request.actor)
    at = timezone.now()
    first, last = span(request)
    choices = [
        (f"{kind.name}.{m.name}", f"{kind.title}: {m.asks}")
        for kind, declared in measures.listed()
        for m in declared
        if isinstance(m, Share)
    ]
    wanted = request.GET.get("measure", FIRST)
    if wanted not in dict(choices):
        raise Http404
    kind_name, _, name = wanted.partition(".")
    kind, _ = measures.measure_of(kind_name, name)
    mix = (
        [fact for fact in request.GET.getlist("mix") if fact in mixable(kind)]
        if "measure" in request.GET
        else list(MIX.get(kind_name, ()))
    )
    try:
        told = compare(kind_name, name, actor=request.actor, at=at, since=first, until=max(first, last), mix=mix)
    except PeelianError as error:
        if error.id in ("peelian.E497", "peelian.E532"):
            raise Http404 from error
        raise
    record_act(
        request.actor, "consultation", "comparison of districts", at=at,
        detail={"measure": wanted, "from": str(first), "to": str(last), "mix": mix},
    )  # fmt: skip
    names, ends = _names(told), kind.ends if isinstance(kind.ends, tuple) else (kind.ends,)
    live = [stage for stage in kind.stages if stage not in ends]
    plans = (
        cases(request.actor).filter(kind=CONSISTENCY.name, facts__measure=wanted).order_by("closed", "-opened_at")[:20]
    )
    page = {
        "section": "cases", "told": told, "choices": choices, "wanted": wanted, "from": first, "to": last, "kind": kind,
        "facts": [(fact, kind.about[fact].question, fact in mix) for fact in mixable(kind)], "mix": [kind.about[f].question for f in mix],
        "rows": _rows(told, names), "picture": _picture(told, names),
        "left_out": [
            (step, names.get(area, area), names.get(step.best, step.best), step.without[area][:CASES], len(step.without[area]),
             sum(stage == kind.stages[0] for _, stage in step.without[area]))
            for step, area in told.left_out
        ],
        "first_stage": words_of(kind.stages[0]).lower(),
        "relabelled": [(names.get(one.area, one.area), one) for one in told.relabelled if one.flagged],
        "stages": [words_of(stage) for stage in live],
        "stock": [(names.get(s.area, s.area), [s.stages.get(stage, 0) for stage in live], s.overdue) for s in told.stock],
        "quarters": _quarters(told, names), "plans": [(p, names.get(p.area, p.area), words_of(p.stage)) for p in plans],
    }  # fmt: skip
    return render(request, "peelian/consistency.html", page)


def _names(told: Comparison) -> dict[str, str]:
    found = {gap.area for gap in told.whole} | {s.area for s in told.stock}
    return area_names([measures.Tally(area, 0, 0, 0) for area in sorted(found)])


def _rows(told: Comparison, names: dict[str, str]) -> list[dict[str, Any]]:
    plot, raw = told.plot, told.raw
    if plot is None or raw is None:
        return []
    whole = {gap.area: gap for gap in told.whole}
    plain = dict(zip(raw.names, raw.value, strict=True))
    return [
        {
            "name": names.get(name, name), "cases": int(plot.size[at]), "hits": int(plot.count[at]), "raw": _known(plain[name]), "value": _known(plot.value[at]),
            "low": _known(plot.low[at]), "high": _known(plot.high[at]), "verdict": plot.verdict[at], "gap": _points(whole.get(name)),
        }
        for at, name in enumerate(plot.names)
    ]  # fmt: skip


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def _points(gap: Any) -> str:
    if gap is None or gap.value != gap.value:
        return "not known"
    return "{:+d} ({:+d} to {:+d})".format(*(round(end * 100) for end in (gap.value, gap.low, gap.high)))


def _quarters(told: Comparison, names: dict[str, str]) -> dict[str, Any]:
    periods = list(dict.fromkeys(gap.period for gap in told.gaps))
    held = {(gap.area, gap.period): gap for gap in told.gaps}
    areas = sorted({gap.area for gap in told.gaps})
    return {
        "periods": periods,
        "rows": [(names.get(a, a), [_points(held.get((a, p))) for p in periods]) for a in areas],
    }


def _picture(told: Comparison, names: dict[str, str]) -> dict[str, str]:
    plot: Funnel | None = told.plot
    if plot is None:
        return {"none": "fewer than two districts have a case of the period that is decided"}
    called = [names.get(name, name) for name in plot.names]
    outside = [called[at] for at in plot.signals]
    alike = "for the same mix of cases" if plot.adjusted else "the mix of cases left aside"
    title = (
        f"{', '.join(outside)} {'differ' if len(outside) > 1 else 'differs'} from the force by more than chance gives, {alike}"
        if outside
        else f"No district differs from the force by more than chance gives, {alike}"
    )
    spec = funnel_chart(plot, called, unit="Share", size="Cases decided")
    alt = f"Funnel plot of {len(called)} districts. {title}. The numbers stand in the table."
    drawn = svg(
        Figure(title, spec, alt, Table(title, (Column("x"),), (("x",),)), (Source("cases of this installation"),))
    )
    return {"title": title, "alt": alt, "src": "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()}
