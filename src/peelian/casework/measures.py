"""Measures of teams and processes, counted from their rows as one reader may see them: never of one member of staff.

The rows are kept as cases are written (`measured`); what a reader may not see is left out before anything is counted, so that no
count, limit or rank tells of it. One pass over one index gives counts by area and month, which draw the funnel and the chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Aggregate, F, Q, QuerySet, TextField
from django.db.models import Count as Counted

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


@dataclass(frozen=True)
class Told:
    """What is counted: rows of classes that may be seen, less those of cases hidden from the reader (few, so they are taken off)."""

    rows: QuerySet[Measured]
    hidden: list[Measured]


def seen(kind: str, name: str, actor: Actor) -> QuerySet[Measured]:
    """The rows of a measure that `actor` may see, and no others: what counts and what is drilled down to are these."""
    held = _of_classes(kind, name, actor)
    shut = hidden_cases(actor)
    return held.exclude(case__in=shut) if shut else held


def _of_classes(kind: str, name: str, actor: Actor) -> QuerySet[Measured]:
    # The empty code is no class: with a single one SQLite would make an equation of it, and sort all rows before it counts them.
    held = Measured.objects.filter(measure=f"{kind}.{name}", record_class__in=["", *allowed_classes(actor)])
    return held if actor.agency.kind == "police" else held.filter(case__in=cases(actor))


def hidden_cases(actor: Actor) -> list[int]:
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
            found = Case.objects.filter(**{f"{column}__in": names}).exclude(**{column: ""})  # as its index is declared
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
    since = since or months_back(until, MONTHS - 1)
    if not since <= until:
        raise PeelianError("the months are not in order", fix="give the first month first", id="peelian.E497")
    # "month + 0": as a plain column SQLite would jump about in the index by it, and sort a million rows afterwards.
    held = _of_classes(kind, name, actor).alias(when=F("month") + 0).filter(when__gte=since, when__lte=until)
    shut = hidden_cases(actor)
    told = Told(held, list(held.filter(case__in=shut)) if shut else [])
    cells = _cells(told, measure, at)
    record_act(
        actor, "consultation", "measure", at=at, detail={"measure": f"{kind}.{name}", "months": f"{since}-{until}"}
    )
    agencies = _agencies(declared, measure, told, at)
    return pictured(declared, measure, cells, since=since, until=until, at=at, area=area, agencies=agencies)


def pictured(
    kind: Kind, measure: Measure, cells: list[Cell], *, since: int, until: int, at: datetime, area: str = "",
    agencies: list[Tally] | None = None,
) -> Picture:  # fmt: skip
    """Funnel and control chart from counts by area and month; `cells` holds what one reader may see, and no more."""
    by_area: dict[str, list[Cell]] = defaultdict(list)
    by_month: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_area[cell[0]].append(cell)
        if not area or cell[0] == area:
            by_month[cell[1]].append(cell)
    return drawn_from(kind, measure, by_area, by_month, since=since, until=until, at=at, agencies=agencies)


def drawn_from(
    kind: Kind, measure: Measure, by_area: Mapping[str, list[Cell]], by_month: Mapping[int, list[Cell]], *, since: int, until: int,
    at: datetime, agencies: list[Tally] | None = None,
) -> Picture:  # fmt: skip
    """The same from counts by area, and by month; a median's values stand where it is wanted, and may stand in one of the two."""
    months = [m for m in _months(since, until) if m <= month_of(at)]
    areas = [_tally(a or "not known", by_area[a]) for a in sorted(by_area)]
    drawn = [_tally(str(m), by_month.get(m, [])) for m in months]
    return Picture(
        kind, measure, source_of(kind, measure), since, until, areas, drawn, agencies or [],
        _tally("the force", [cell for cells in by_area.values() for cell in cells]),
        _funnel(measure, areas, len(months)), _chart(measure, drawn),
    )  # fmt: skip


# One cell: (name, month, hits, missed, undecided, values), the name an area's or an agency's.
Cell = tuple[str, int, int, int, int, Any]


def _cells(told: Told, measure: Measure, at: datetime, by: str = "area") -> list[Cell]:
    """Count by name and month; one pass over one index, and one over what falls due in the month of `at`."""
    found: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    now = month_of(at)
    rows = told.rows if by == "area" else told.rows.exclude(agency="")
    grouped = rows.order_by().values_list(by, "month", "record_class", "hit", "lapses").annotate(n=Counted("*"))
    for name, month, _, hit, lapses, n in grouped:
        late = hit is False or (hit is None and lapses and month < now)
        found[name, month][0 if hit else 1 if late else 2] += n
    due = rows.filter(hit=None, lapses=True, month=now, at__lte=at).order_by()
    for name, n in due.values_list(by).annotate(n=Counted("*")):
        found[name, now][2] -= n
        found[name, now][1] += n
    for row in told.hidden:
        said = False if row.hit is None and row.lapses and row.at <= at else row.hit
        if by == "area" or row.agency:
            found[getattr(row, by), row.month][2 if said is None else 0 if said else 1] -= 1
    values = values_of(told) if isinstance(measure, Median) else {}
    return [
        (name, month, counts[0], counts[1], counts[2], values.get((name, month), np.empty(0)) if values else None)
        for (name, month), counts in sorted(found.items())
        if any(counts)
    ]


class _Joined(Aggregate):
    """Every value of a group as one text: a million numbers come faster so than as a million rows."""

    function, template = "GROUP_CONCAT", "%(function)s(%(expressions)s)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The same in PostgreSQL's words."""
        return self.as_sql(
            compiler, connection, function="STRING_AGG", template="%(function)s((%(expressions)s)::text, ',')", **more
        )


def values_of(told: Told) -> dict[tuple[str, int], Any]:
    """The values of a median by area and month."""
    joined = (
        told.rows.filter(value__isnull=False).order_by().values_list("area", "month").annotate(all=_Joined("value"))
    )
    found = {(area, month): np.fromstring(text, sep=",") for area, month, text in joined}
    for row in told.hidden:
        held = found.get((row.area, row.month))
        if held is not None and row.value is not None:
            found[row.area, row.month] = np.delete(held, int(np.argmin(np.abs(held - row.value))))
    return found


def _tally(name: str, cells: list[Cell]) -> Tally:
    hits = missed = undecided = 0
    for cell in cells:
        hits, missed, undecided = hits + cell[2], missed + cell[3], undecided + cell[4]
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
    # The most that may lie below the median, so that fewer do in a tail only; it lies within ten deviations of the middle.
    first = max(0, int(n / 2 - 5 * np.sqrt(n)) - 5)
    below = bdtr(np.arange(first, n // 2), n, 0.5)
    k = first + int(np.searchsorted(below, (1 - level) / 2, side="right"))
    return float(np.median(ordered)), float(ordered[max(k - 1, 0)]), float(ordered[min(n - k, n - 1)])


def _agencies(kind: Kind, measure: Measure, told: Told, at: datetime) -> list[Tally]:
    """By agency asked; only questions to agencies have any."""
    if not isinstance(kind.part_by_name.get(measure.of), Ask):
        return []
    cells = _cells(told, measure, at, by="agency")
    return [_tally(name, [c for c in cells if c[0] == name]) for name in sorted({c[0] for c in cells})]


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


def months_back(month: int, months: int) -> int:
    """The month so many months before."""
    year, number = divmod((month // 100) * 12 + month % 100 - 1 - months, 12)
    return year * 100 + number + 1


def month_day(month: int) -> date:
    """The first day of a month such as 202611."""
    return date(month // 100, month % 100, 1)


def counted(
    kind: str, name: str, *, actor: Actor, at: datetime, which: str = "", area: str | None = None, agency: str = "",
    month: int = 0, since: int = 0, until: int = 0,
) -> QuerySet[Measured]:  # fmt: skip
    """The rows behind a number, by the same rules by which they were counted.

    Parameters
    ----------
    which : str
        ``yes``, ``no`` (missed, or late), ``open`` (not known yet), or all of them.
    area : str, optional
        Code; ``not known`` for cases without one.
    """
    held = seen(kind, name, actor)
    if area:
        held = held.filter(area="" if area == "not known" else area)
    if agency:
        held = held.filter(agency=agency)
    if month:
        held = held.filter(month=month)
    if since:
        held = held.filter(month__gte=since)
    if until:
        held = held.filter(month__lte=until)
    late = Q(hit=None, lapses=True, at__lte=at)
    rules = {"yes": Q(hit=True), "no": Q(hit=False) | late, "open": Q(hit=None) & ~late}
    return held.filter(rules[which]) if which in rules else held


def listed() -> list[tuple[Kind, list[Measure]]]:
    """Every measure of every kind: which there are is no secret, what they count is filtered."""
    return [(kind, list(measures_of(kind).values())) for _, kind in sorted(KINDS.items())]


def verdicts(told: Picture) -> dict[str, str]:
    """What the funnel says of each area: above, below, as the others, or not enough data."""
    if not isinstance(told.funnel, Funnel):
        return {}
    return dict(zip(told.funnel.names, told.funnel.verdict, strict=True))


__all__ = [
    "Cell", "Picture", "Tally", "counted", "drawn_from", "hidden_cases", "listed", "measure_of", "median", "month_day", "month_of", "months_back",
    "picture", "pictured", "seen", "values_of", "verdicts",
]  # fmt: skip
