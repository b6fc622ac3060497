"""Measures as rows: a measure is where its rows come from, not a number.

One source of rows draws the funnel between areas and the control chart over months, and the drill-down is the rows. What is
not known yet is *undecided*: never met, never missed. No row says who did the work: a measure is of teams and processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peelian.core.clock import start_of_day
from peelian.core.errors import PeelianError

from .case import Around, Case
from .clocks import Run, ask_clock
from .journal import State
from .refusals import Unset
from .words import Ask, Clock, Count, Decision, Kind, Median, Part, Rule, Share, words_of

Measure = Share | Count | Median
CASES = "cases"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a measure counts.

    Attributes
    ----------
    measure : str
        Name of the measure.
    item : str
        Id of the item that it concerns; empty for the case itself.
    n : int
        Of the run of a clock, or the seq of a decision; 0 otherwise. (item, n) is unique within the case and the measure.
    area, agency : str
        Area of the case; the agency that was asked, if one was.
    at : datetime
        When it falls due, was decided, or was opened.
    hit : bool or None
        Whether it counts; None while that is not known.
    value : float or None
        Of a median: the value, in the unit of the measure.
    lapses : bool
        Unfinished work: once `at` has passed it is missed.
    """

    measure: str
    item: str
    n: int
    area: str
    agency: str
    at: datetime
    hit: bool | None
    value: float | None = None
    lapses: bool = False

    def as_of(self, at: datetime) -> bool | None:
        """Whether it counts, at an instant: unfinished work is undecided until it falls due, and missed from then on."""
        return False if self.hit is None and self.lapses and self.at <= at else self.hit


def measures_of(kind: Kind) -> dict[str, Measure]:
    """Every measure of a kind by name: those that it declares, and those that come by themselves.

    Each clock that is a duty gives ``<clock>_in_time``, each ask ``<ask>_answered_in_time`` and each decision
    ``<decision>_as_proposed``.
    """
    found: dict[str, Measure] = {}
    for clock in _clocks(kind):
        if clock.duty:
            title = words_of(clock.name, clock.title)
            found[f"{clock.name}_in_time"] = Share(
                name=f"{clock.name}_in_time", asks=f"Is this done in time: {_asked(title)}", of=clock.name
            )
    for ask in kind.asks:
        title = words_of(ask.name, ask.title)
        found[f"{ask.name}_answered_in_time"] = Share(
            name=f"{ask.name}_answered_in_time",
            asks=f"Do agencies answer in time when asked: {_asked(title)}",
            of=ask.name,
        )
    for decision in kind.decisions:
        title = words_of(decision.name, decision.title)
        found[f"{decision.name}_as_proposed"] = Share(
            name=f"{decision.name}_as_proposed", asks=f"How often is this decided as the policy proposes: {_asked(title)}",
            of=decision.name,
        )  # fmt: skip
    return found | {measure.name: measure for measure in kind.measures}


def by_the_end(asked: str | Rule) -> Rule:
    """Whether a fact is known, or a rule holds, by the end of a case: undecided while the case is open and it is not so."""

    def hit(case: Case) -> bool:
        so = bool(case.get(asked) if isinstance(asked, str) else asked(case))
        if not so and not case.state.closed:
            raise Unset("it", "whether it is so by the end of the case")
        return so

    return hit


def source_of(kind: Kind, measure: Measure) -> str:
    """Where the rows of a measure come from, in words: its definition on a page."""
    of = measure.of
    if of == CASES:
        when = words_of(measure.at, kind.act_by_name[measure.at].title) if measure.at in kind.act_by_name else ""
        return f"one row a case, at {_fact(kind, measure) or (f'“{when}”' if when else 'the time it was opened')}"
    if any(of == clock.name for clock in _clocks(kind)):
        return "one row a run of the clock, at the time it falls due; unfinished work counts when it falls due"
    word = kind.part_by_name.get(of)
    if isinstance(word, Ask):
        return "one row a question to another agency, at the time its answer falls due"
    if isinstance(word, Part):
        return f"one row an item of {words_of(of, word.title).lower()}, at {_fact(kind, measure) or 'the time it came'}"
    return "one row a decision for which the policy proposed an outcome, at the time it was taken"


def rows(state: State, runs: Iterable[Run], *, around: Around | None = None) -> Iterator[Row]:
    """Yield the rows of every measure of one case.

    Parameters
    ----------
    state : State
        The fold of its journal.
    runs : iterable of Run
        Its clocks.
    around : Around, optional
        The force's own values and the other cases, where a measure's function reads them.

    Notes
    -----
    A function of a measure reads what is recorded up to the last entry, so time alone changes no row but by `lapses`. What it
    reads and nobody has told yet makes the row undecided. A run that had no limit, or that the end of the case ended before it
    was due, is no row.
    """
    if state.opened_at is None:
        return
    held = list(runs)
    area = str(state.facts.get(state.kind.area) or "")
    case = Case(state, state.entries[-1].at, around=around)
    for measure in measures_of(state.kind).values():
        for raw in _source(measure, case, held):
            if row := _counted(measure, raw, area):
                yield row


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row before its measure has judged it; `of` is what the measure's functions get."""

    item: str
    n: int
    at: datetime
    of: Any
    hit: bool | None = None
    lapses: bool = False
    agency: str = ""


def _counted(measure: Measure, raw: _Raw, area: str) -> Row | None:
    hit, value, lapses = raw.hit, None, raw.lapses
    try:
        if measure.where is not None and not measure.where(raw.of):
            return None
        if isinstance(measure, Count):
            hit, lapses = True, False
        elif isinstance(measure, Median):
            value = _number(measure.value(raw.of), measure.unit)
            hit, lapses = None if value is None else True, False
        elif measure.hit is not None:
            hit, lapses = bool(measure.hit(raw.of)), False
    except PeelianError:
        hit, value, lapses = None, None, False
    return Row(measure.name, raw.item, raw.n, area, raw.agency, raw.at, hit, value, lapses)


def _source(measure: Measure, case: Case, runs: list[Run]) -> Iterator[_Raw]:
    state, of = case.state, measure.of
    word = state.kind.part_by_name.get(of)
    if of == CASES:
        yield _Raw(
            "",
            0,
            _when(state.facts.get(measure.at) or max(case.times(measure.at), default=None), state.opened_at),
            case,
        )
    elif isinstance(word, Part):
        for row in case.items(of):
            yield _Raw(row.it.id, 0, _when(row.it.facts.get(measure.at), row.it.at), row)
    elif isinstance(word, Ask):
        asked = {row.it.id: row for row in case.items(of)}
        for raw in _runs(ask_clock(word).name, runs):
            if raw.item in asked:
                row = asked[raw.item]
                yield _Raw(raw.item, raw.n, raw.at, row, raw.hit, raw.lapses, row.it.to)
    elif isinstance(state.kind.act_by_name.get(of), Decision):
        for taken in state.taken:
            if taken.name == of and (taken.proposal is not None or not isinstance(measure, Share) or measure.hit):
                yield _Raw("", taken.seq, taken.at, taken, taken.as_proposed)
    else:
        yield from _runs(of, runs)


def _runs(clock: str, runs: list[Run]) -> Iterator[_Raw]:
    """Runs of a clock that had a limit, or should have had one: one whose limit nobody set is undecided, not left out."""
    for run in runs:
        if run.clock == clock and run.state not in ("none", "ran out", "ended"):
            done = {"met": True, "missed": False}.get(run.state)
            yield _Raw(run.item, run.n, run.due or run.start, run, done, done is None and run.due is not None)


def _when(stated: Any, otherwise: datetime | None) -> datetime:
    if isinstance(stated, datetime):
        return stated
    if isinstance(stated, date):
        return start_of_day(stated)
    assert otherwise is not None  # `rows` yields nothing for a case that nobody opened
    return otherwise


_UNITS = {"minutes": 60, "hours": 3600, "days": 86400}


def _number(value: Any, unit: str) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds() / _UNITS.get(unit, 1)
    return None if value is None else float(value)


def _clocks(kind: Kind) -> Iterator[Clock]:
    yield from kind.clocks
    for part in kind.parts:
        yield from part.clocks


def _fact(kind: Kind, measure: Measure) -> str:
    about = kind.about if measure.of == CASES else kind.item_about(measure.of)
    return f"“{about[measure.at].question}”" if measure.at in about else ""


def _asked(title: str) -> str:
    return title if title.endswith("?") else f"{title}?"
