"""Measures of teams and processes, counted from their rows as one reader may see them: never of one member of staff.

The rows are kept as cases are written (`measured`); what a reader may not see is left out before anything is counted, so that no
count, limit or rank tells of it. One pass over one index gives counts by area and month, which draw the funnel and the chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from peelian.access.actor import Actor, allowed_classes, hidden, record_act
from peelian.analysis.control_chart import MeasureChart, p_chart, u_chart, xmr_chart
from peelian.analysis.funnel import ROWS_NEEDED, Funnel, rate_funnel, share_funnel
from peelian.analysis.trend import NotEnoughData
from peelian.core.errors import PeelianError
from peelian.core.kinds import Ask, Count, Kind, Median, Share
from peelian.core.kinds.measures import Measure, measures_of, source_of
from peelian.records.models import AreaValue

from .kinds import KINDS, kind_of
from .measured import month_of
from .models import Case, Measured
from .sight import cases

MONTHS = 24  # drawn without a wish
MANY = 1_000  # rows a month from which limits come from how much the months vary: chance alone gives next to nothing [DESIGN]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one area, month or agency.

    Attributes
    ----------
    hits, missed, undecided : int
        Rows that count, that do not, and of which it is not known yet.
    median, low, high : float or None
        Of a median's values, with an interval that covers it with at least 95 %; None with too few.
    """

    name: str
    hits: int
    missed: int
    undecided: int
    median: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def rows(self) -> int:
        """Rows that are decided."""
        return self.hits + self.missed

    @property
    def share(self) -> float | None:
        """Hits of the rows decided."""
        return self.hits / self.rows if self.rows else None


@dataclass(frozen=True, slots=True)
class Picture:
    """One measure as one reader sees it.

    Attributes
    ----------
    measure, source : object, str
        The declaration, and where its rows come from in words.
    areas, months, agencies : list of Tally
        By area (all months together), by month (all areas together; months without a row stand with noughts) and, for a question
        to other agencies, by agency.
    force : Tally
        All together.
    funnel : Funnel, NotEnoughData or str
        Between areas; in words why there is none.
    chart : MeasureChart, NotEnoughData or str
        Over the months that are over, and the running one as far as it is.
    """

    kind: Kind
    measure: Measure
    source: str
    since: int
    until: int
    areas: list[Tally]
    months: list[Tally]
    agencies: list[Tally]
    force: Tally
    funnel: Funnel | NotEnoughData | str
    chart: MeasureChart | NotEnoughData | str


def measure_of(kind: str, name: str) -> tuple[Kind, Measure]:
    """A kind's measure by name; PeelianError (E497) for one that is not there."""
    declared = measures_of(kind_of(kind)) if kind in KINDS else {}
    if name not in declared:
        raise PeelianError(
            "there is no such measure", found=f"{kind} {name}", fix="see `peelian measures`", id="peelian.E497"
        )
    return kind_of(kind), declared[name]


def seen(kind: str, name: str, actor: Actor) -> QuerySet[Measured]:
    """The rows of a measure that `actor` may see, and no others: what counts and what is drilled down to are these."""
    held = Measured.objects.filter(measure=f"{kind}.{name}", record_class__in=allowed_classes(actor))
    if actor.agency.kind != "police":
        return held.filter(case__in=cases(actor))
    if shut := _hidden_cases(actor):
        held = held.exclude(case__in=shut)
    return held


def _hidden_cases(actor: Actor) -> list[int]:
    """Cases that are restricted to others; few, and found by index, so that a count need not read a million cases."""
    told = actor.once("hidden", hidden)
    records = [f"{feed}/{key}" for feed, keys in told.records.items() for key in keys]
    by = {
        "subject_key": [f"{feed}/{key}" for feed, keys in told.mentions.items() for key in keys],
        "subject_record": records,
        "ref": list(told.records.get("casework", ())),
        "origin": [key for feed, keys in told.records.items() if feed != "casework" for key in keys],
    }
    shut: set[int] = set()
    for column, names in by.items():
        if names:
            found = Case.objects.filter(**{f"{column}__in": names})
            shut.update(found.values_list("pk", flat=True))
    return sorted(shut)


def picture(
    kind: str, name: str, *, actor: Actor, at: datetime, since: int = 0, until: int = 0, area: str = ""
) -> Picture:
    """One measure with funnel and control chart, counted from what `actor` may see; the look is logged.

    Parameters
    ----------
    since, until : int
        First and last month (such as 202501); without them the last 24.
    area : str
        Draw the months of one area alone.

    Raises
    ------
    PeelianError
        ``peelian.E497`` for a measure that is not declared, or months out of order.
    """
    declared, measure = measure_of(kind, name)
    until = until or month_of(at)
    since = since or _back(until, MONTHS - 1)
    if not since <= until:
        raise PeelianError("the months are not in order", fix="give the first month first", id="peelian.E497")
    told = seen(kind, name, actor).filter(month__gte=since, month__lte=until)
    cells = _cells(told, measure, at)
    months = [m for m in _months(since, until) if m <= month_of(at)]
    by_month = cells if not area else [c for c in cells if c[0] == area]
    areas = [_tally(a or "not known", [c for c in cells if c[0] == a]) for a in sorted({c[0] for c in cells})]
    drawn = [_tally(str(m), [c for c in by_month if c[1] == m]) for m in months]
    record_act(
        actor, "consultation", "measure", at=at, detail={"measure": f"{kind}.{name}", "months": f"{since}-{until}"}
    )
    return Picture(
        declared, measure, source_of(declared, measure), since, until, areas, drawn, _agencies(declared, measure, told, at),
        _tally("the force", cells), _funnel(measure, areas, len(months)), _chart(measure, drawn),
    )  # fmt: skip


# One cell: (area, month, hits, missed, undecided, values).
Cell = tuple[str, int, int, int, int, Any]


def _cells(told: QuerySet[Measured], measure: Measure, at: datetime) -> list[Cell]:
    late = Q(hit=None, lapses=True, at__lte=at)
    grouped = told.values("area", "month").annotate(
        hits=Counted("case", filter=Q(hit=True)),
        missed=Counted("case", filter=Q(hit=False) | late),
        undecided=Counted("case", filter=Q(hit=None) & ~late),
    )
    rows_of = [
        (r["area"], r["month"], r["hits"], r["missed"], r["undecided"]) for r in grouped.order_by("area", "month")
    ]
    if not isinstance(measure, Median):
        return [(*row, None) for row in rows_of]
    values = _values(told)
    return [(*row, values.get(row[:2], np.empty(0))) for row in rows_of]


def _values(told: QuerySet[Measured]) -> dict[tuple[str, int], Any]:
    ordered = told.filter(hit=True).order_by("area", "month").values_list("area", "month", "value")
    found: dict[tuple[str, int], list[float]] = {}
    for area, month, value in ordered.iterator(chunk_size=20_000):
        found.setdefault((area, month), []).append(value)
    return {key: np.array(values) for key, values in found.items()}


def _tally(name: str, cells: list[Cell]) -> Tally:
    hits, missed, undecided = (sum(c[n] for c in cells) for n in (2, 3, 4))
    held = [c[5] for c in cells if c[5] is not None]
    return Tally(name, hits, missed, undecided, *(median(np.concatenate(held)) if held else (None, None, None)))


def median(values: Any, *, level: float = 0.95) -> tuple[float | None, float | None, float | None]:
    """The median of values with its interval between two of them; Nones with fewer than 20.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    level : float, default 0.95
        The interval covers the median of what they were drawn from with at least this probability, whatever its shape.

    References
    ----------
    David, H. A., and Nagaraja, H. N. (2003). Order statistics, 3rd edition, section 7.1.

    Examples
    --------
    >>> median(np.arange(1.0, 26.0))
    (13.0, 8.0, 18.0)
    """
    from scipy.special import bdtr

    n = len(values)
    if n < ROWS_NEEDED:
        return None, None, None
    ordered = np.sort(values)
    below = bdtr(np.arange(n // 2), n, 0.5)  # P(at most k of n lie below the median)
    k = int(np.searchsorted(below, (1 - level) / 2, side="right"))
    return float(np.median(ordered)), float(ordered[max(k - 1, 0)]), float(ordered[min(n - k, n - 1)])


def _agencies(kind: Kind, measure: Measure, told: QuerySet[Measured], at: datetime) -> list[Tally]:
    """By agency asked; only questions to agencies have any."""
    if not isinstance(kind.part_by_name.get(measure.of), Ask):
        return []
    late = Q(hit=None, lapses=True, at__lte=at)
    grouped = told.values("agency").annotate(
        hits=Counted("case", filter=Q(hit=True)), missed=Counted("*", filter=Q(hit=False) | late),
        undecided=Counted("case", filter=Q(hit=None) & ~late),
    )  # fmt: skip
    return [Tally(r["agency"], r["hits"], r["missed"], r["undecided"]) for r in grouped.order_by("agency")]


def _funnel(measure: Measure, areas: list[Tally], months: int) -> Funnel | NotEnoughData | str:
    named = [a for a in areas if a.name != "not known"]
    if isinstance(measure, Median):
        return "medians are compared by their intervals in the table"
    if len(named) < 2:
        return "there are fewer than two areas to compare"
    if isinstance(measure, Share):
        rows_of = sum(a.rows for a in named)
        if rows_of < ROWS_NEEDED:
            return NotEnoughData(rows_of, ROWS_NEEDED, "row")
        return share_funnel([a.hits for a in named], [a.rows for a in named], names=[a.name for a in named])
    if not measure.per:
        return "a count needs an exposure before areas are compared: this measure names none"
    held = dict(
        AreaValue.objects.filter(area__in=[a.name for a in named], measure=measure.per)
        .order_by("year")
        .values_list("area", "value")
    )
    known = [a for a in named if held.get(a.name, 0) > 0]
    if len(known) < 2 or not any(a.hits for a in known):
        return f"the {measure.per} of fewer than two areas is held; load it with the areas"
    exposure = [float(held[a.name]) * months / 12 for a in known]
    return rate_funnel([a.hits for a in known], exposure, names=[a.name for a in known])


def _chart(measure: Measure, months: list[Tally]) -> MeasureChart | NotEnoughData | str:
    if isinstance(measure, Share) and max((m.rows for m in months), default=0) >= MANY:
        return xmr_chart([np.nan if m.share is None else m.share for m in months])
    if isinstance(measure, Share):
        return p_chart([m.hits for m in months], [m.rows for m in months])
    if isinstance(measure, Count):
        return u_chart([m.hits for m in months], [1.0] * len(months))
    return xmr_chart([np.nan if m.median is None else m.median for m in months])


def _months(since: int, until: int) -> list[int]:
    found = [since]
    while found[-1] < until:
        found.append(found[-1] + (89 if found[-1] % 100 == 12 else 1))
    return found


def _back(month: int, months: int) -> int:
    year, number = divmod((month // 100) * 12 + month % 100 - 1 - months, 12)
    return year * 100 + number + 1


def month_day(month: int) -> date:
    """The first day of a month such as 202611."""
    return date(month // 100, month % 100, 1)


def listed() -> list[tuple[Kind, list[Measure]]]:
    """Every measure of every kind: which there are is no secret, what they count is filtered."""
    return [(kind, list(measures_of(kind).values())) for _, kind in sorted(KINDS.items())]


def verdicts(told: Picture) -> dict[str, str]:
    """What the funnel says of each area: above, below, as the others, or not enough data."""
    if not isinstance(told.funnel, Funnel):
        return {}
    return dict(zip(told.funnel.names, told.funnel.verdict, strict=True))


__all__ = ["Picture", "Tally", "listed", "measure_of", "median", "month_day", "picture", "seen", "verdicts"]
