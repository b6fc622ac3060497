"""The board: every measure of every system as one reader may see it, with its state, its change, and the areas that differ.

No figure stands here that is not counted from cases; what has none says so. Nothing is of one member of staff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from peelian.access.actor import Actor, record_act, require_police
from peelian.analysis.control_chart import MeasureChart
from peelian.analysis.funnel import ROWS_NEEDED, Funnel
from peelian.analysis.rates import share_interval
from peelian.analysis.trend import NotEnoughData
from peelian.casework.kinds import KINDS
from peelian.casework.measures import (
    Cell,
    Told,
    drawn_from,
    median,
    month_day,
    months_back,
    values_of,
)
from peelian.casework.models import Measured
from peelian.core.kinds import Count, Kind, Median, Share
from peelian.core.kinds.measures import Measure, measures_of
from peelian.core.system import QUESTIONS, System
from peelian.records.models import Area

from .counting import Counts, counts, store

MONTHS = 12  # the state of a measure is that of its last twelve months
KEPT = 8  # lines kept of one measure: as many readers of different sight as look in turn
RECENT = 3  # months in which a signal is a change of now


def named(codes: Sequence[str]) -> list[str]:
    """Names of areas, where boundaries are loaded; the code else."""
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [names.get(code, code) for code in codes]


@dataclass(frozen=True)
class Line:
    """One measure on the board.

    Attributes
    ----------
    kind, name, asks, form : str
        The measure; `form` is ``share``, ``count`` or ``median``.
    rows, hits, undecided : int
        Of the last twelve months.
    value, low, high : float or None
        The share or the median with its 95 % interval; None where too little is counted.
    unit : str
        Of a median.
    change : str
        What the control chart says of the last three months, or why it says nothing.
    changed : bool
    above, below : list of str
        Areas that differ from the force by more than chance gives.
    why_not : str
        Why there is no figure.
    """

    kind: str
    name: str
    asks: str
    form: str
    rows: int = 0
    hits: int = 0
    undecided: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    change: str = ""
    changed: bool = False
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def state(self) -> str:
        """The figure in words."""
        if self.why_not:
            return self.why_not
        if self.form == "count":
            return f"{self.rows:,} in 12 months"
        if self.value is None:
            return f"{self.rows:,} row{'s' * (self.rows != 1)}: not enough data"
        if self.form == "median":
            return f"{self.value:,.1f} {self.unit} ({self.low:,.1f} to {self.high:,.1f})"
        return f"{self.value:.0%} of {self.rows:,} ({self.low:.0%} to {self.high:.0%})"


@dataclass(frozen=True)
class Part:
    """One system on the board: its lines, or why it has none."""

    id: str
    name: str
    question: str
    lines: list[Line]
    why_not: str = ""


def board(actor: Actor, at: datetime, *, without: Sequence[str] = ()) -> list[Part]:
    """Every system with its measures; the look is logged.

    Parameters
    ----------
    without : sequence of str
        Systems that are switched off: they stand there without a figure.

    Raises
    ------
    Denied
        For people of another agency: the board is of the whole force.
    """
    require_police(actor)
    actor = actor.for_one_look()
    from peelian.systems import listed

    systems = listed()
    off = {name.upper() for name in without}
    told = counts(actor, at)
    found = [_part(system, told, at, off) for system in systems]
    owned = {kind.name for system in systems for kind in system.kinds}
    rest = [KINDS[name] for name in sorted(set(KINDS) - owned)]
    if rest:
        lines = [line for kind in rest for line in lines_of(kind, told, at)]
        found.append(Part("", "kinds of case of no one system", "", lines))
    keep(told)
    record_act(actor, "consultation", "board of measures", at=at, detail={"systems": len(systems)})
    return found


def of_system(system: System, actor: Actor, at: datetime) -> Part:
    """One system's part of the board; Denied for people of another agency. Who looks writes that down."""
    require_police(actor)
    told = counts(actor, at, [kind.name for kind in system.kinds]) if system.kinds else None
    found = _part(system, told, at, set()) if told else Part(system.id, system.name, system.question, [])
    if told:
        keep(told)
    return found


def _part(system: System, told: Counts, at: datetime, off: set[str]) -> Part:
    if system.id in off:
        return Part(system.id, system.name, system.question, [], "switched off: nothing is known of it")
    lines = [line for kind in system.kinds for line in lines_of(kind, told, at)]
    why = "" if any(line.rows or line.undecided for line in lines) else (
        "no case of it is counted yet" if lines else "it holds no cases: nothing of it is counted here"
    )  # fmt: skip
    return Part(system.id, system.name, system.question, lines, why)


def lines_of(kind: Kind, told: Counts, at: datetime) -> list[Line]:
    """The lines of one kind; each is worked out once for the same counts and the same sight, and kept beside them."""
    found = []
    held = told.rows[kind.name].lines
    for name, measure in measures_of(kind).items():
        kept, key = held[name], told.key(f"{kind.name}.{name}")
        if key not in kept:
            kept[key] = asdict(_line(kind, name, measure, told, at))
            for old in list(kept)[:-KEPT]:
                del kept[old]
            told.drawn.add(kind.name)
        found.append(_read(kept[key]))
    return found


def _read(kept: Mapping[str, Any]) -> Line:
    return Line(**{**kept, "above": tuple(kept["above"]), "below": tuple(kept["below"])})


def keep(told: Counts) -> None:
    """Keep what was worked out in this look."""
    if told.drawn:
        store([told.rows[kind] for kind in sorted(told.drawn)])


def _form(measure: Measure) -> str:
    return "share" if isinstance(measure, Share) else "count" if isinstance(measure, Count) else "median"


def _line(kind: Kind, name: str, measure: Measure, told: Counts, at: datetime) -> Line:
    areas, months = (told.cells(kind.name, name, by) for by in ("area", "month"))
    if not areas:
        return Line(kind.name, name, measure.asks, _form(measure), why_not="no figures yet")
    if isinstance(measure, Median):
        months = _with_values(f"{kind.name}.{name}", months, told)
    by_area, by_month = {cell[0]: [cell] for cell in areas}, {cell[1]: [cell] for cell in months}
    picture = drawn_from(kind, measure, by_area, by_month, since=told.since, until=told.until, at=at)
    first = months_back(told.until, MONTHS - 1)
    last = [m for m in picture.months if int(m.name) >= first]
    hits, missed, undecided = sum(m.hits for m in last), sum(m.missed for m in last), sum(m.undecided for m in last)
    value, low, high = _value(measure, hits, hits + missed, [c for c in months if c[1] >= first])
    drawn = sum(m.rows for m in picture.months)
    chart = (
        picture.chart
        if isinstance(measure, Count) or drawn >= ROWS_NEEDED
        else NotEnoughData(drawn, ROWS_NEEDED, "row")
    )
    change, changed = _change(chart, [m.name for m in picture.months])
    funnel = picture.funnel
    verdict = dict(zip(funnel.names, funnel.verdict, strict=True)) if isinstance(funnel, Funnel) else {}
    return Line(
        kind.name, name, measure.asks, _form(measure), hits + missed, hits, undecided, value, low, high,
        measure.unit if isinstance(measure, Median) else "", change, changed,
        tuple(a for a, v in verdict.items() if v == "above"), tuple(a for a, v in verdict.items() if v == "below"),
    )  # fmt: skip


def _with_values(measure: str, months: list[Cell], told: Counts) -> list[Cell]:
    """The counts of each month with all the values of a median."""
    import numpy as np

    rows = Measured.objects.filter(measure=measure, record_class__in=["", *told.classes])
    # "month + 0": as a plain column SQLite would jump about in the index by it
    rows = rows.alias(when=F("month") + 0).filter(when__gte=told.since, when__lte=told.until)
    held: dict[int, list[Any]] = defaultdict(list)
    for (_, month), values in values_of(Told(rows, [row for row in told.hidden if row.measure == measure])).items():
        held[month].append(values)
    return [(*cell[:5], np.concatenate(held[cell[1]]) if cell[1] in held else np.empty(0)) for cell in months]


def _value(
    measure: Measure, hits: int, rows: int, cells: list[Cell]
) -> tuple[float | None, float | None, float | None]:
    if isinstance(measure, Median):
        import numpy as np

        return median(np.concatenate([c[5] for c in cells])) if cells else (None, None, None)
    if isinstance(measure, Count) or rows < ROWS_NEEDED:
        return None, None, None
    share, low, high = share_interval([hits], [rows])
    return float(share[0]), float(low[0]), float(high[0])


def _change(chart: Any, months: list[str]) -> tuple[str, bool]:
    if not isinstance(chart, MeasureChart):
        return str(chart), False
    recent = [s for s in chart.signals if s.at >= len(months) - RECENT]
    if not recent:
        return "no change beyond chance in the last 3 months", False
    at = recent[-1].at
    way = "above" if chart.values[at] > chart.centre else "below"
    return f"{way} the usual in {month_day(int(months[at])):%B %Y}", True


def by_question(parts: Sequence[Part]) -> list[tuple[str, str, list[Part]]]:
    """The parts under the questions of the inspection: (key, question, parts)."""
    named = [(key, words, [p for p in parts if p.question == key]) for key, words in QUESTIONS.items()]
    rest = [p for p in parts if not p.question]
    return [row for row in named if row[2]] + ([("", "Beside the questions", rest)] if rest else [])


__all__ = ["Line", "Part", "board", "by_question", "keep", "lines_of", "of_system"]
