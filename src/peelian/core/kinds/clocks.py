"""When things are due, and why this minute. Everything here is computed for an instant; nothing is stored.

A run is followed through the journal, entry by entry, so that each rule is asked of what was so at the time. Once a run is
missed, only a corrected or struck truth changes that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peelian.core.clock import LONDON
from peelian.core.errors import PeelianError
from peelian.core.period import Period
from peelian.core.working_time import WorkingTime

from .case import Around, instant, working_time
from .due import due_from
from .journal import Entry, Item, State, steps
from .limits import Found, limit_at
from .refusals import Unset
from .words import Ask, Clock, Kind, many, words_of


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock.

    Attributes
    ----------
    item : str
        Id of the row it runs for; empty for the case.
    n : int
        1 for the first run of this clock (of this row).
    due : datetime, optional
        The first instant that is too late; None while there is no limit or it is paused.
    state : str
        ``running``, ``overdue``, ``met``, ``missed``, ``paused``, ``unset`` (a value is missing, see `reason`), ``none`` (no
        limit, see `reason`), ``ended`` (the case closed first), ``ran out`` (past its term, where that is nobody's failure).
    reason : str
        Why this minute, in words.
    version : str
        The rule: the table or local value and the day since when it holds, else the kind and its version.
    """

    clock: str
    item: str
    n: int
    start: datetime
    limit: str
    due: datetime | None
    ended: datetime | None
    state: str
    reason: str
    source: str = ""
    evidence: str = ""
    version: str = ""
    seq: int = 0
    duty: bool = True


@dataclass(slots=True)
class _Open:
    """A run that is being followed. Its due is the earliest of `terms`: (from when, how long)."""

    start: datetime
    seq: int
    event: str
    found: Found
    terms: list[tuple[datetime, Period]] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    changed: str = ""


def clocks_of(kind: Kind) -> list[tuple[str, Clock]]:
    """Every clock with the part it runs in: those of the case, of its parts, and one for each ask (`<ask>_answered`)."""
    found = [("", c) for c in kind.clocks] + [(p.name, c) for p in kind.parts for c in p.clocks]
    for ask in kind.asks:
        found.append((ask.name, ask_clock(ask)))
    return found


def ask_clock(ask: Ask) -> Clock:
    """The clock that every ask has, from the asking to the answer."""
    return Clock(name=f"{ask.name}_answered", starts="asked", stops="answered", limit=ask.limit,
                 title=f"{words_of(ask.name, ask.title)}: answer")  # fmt: skip


def runs(
    kind: Kind, entries: Iterable[Entry], at: datetime, *, known: datetime | None = None, around: Around | None = None
) -> list[Run]:
    """Every run of every clock of a case, as it stands at an instant.

    Parameters
    ----------
    at : datetime
        Now: decides what is overdue.
    known : datetime, optional
        Leave out what was written later.

    Returns
    -------
    list of Run
        By clock, row and number.
    """
    around = around or Around()
    declared = clocks_of(kind)
    machines: dict[tuple[str, str], _Machine] = {}
    rows: dict[str, list[tuple[str, Clock]]] = {}
    for part, clock in declared:
        if part:
            rows.setdefault(part, []).append((part, clock))
        else:
            machines[clock.name, ""] = _Machine(kind, clock, around)
    stage = ""
    for state in steps(kind, entries, known=known):
        entry = state.entries[-1]
        events = _events(state, entry, stage)
        stage = state.stage
        if entry.item and (entry.item in state.items):
            row = state.items[entry.item]
            for _, clock in rows.get(row.part, ()):
                if (clock.name, row.id) not in machines:
                    machines[clock.name, row.id] = _Machine(kind, clock, around, row.id)
        for machine in machines.values():
            machine.step(state, entry, events)
    order = {clock.name: number for number, (_, clock) in enumerate(declared)}
    found = [run for machine in machines.values() for run in machine.finish(at)]
    return sorted(found, key=lambda r: (order[r.clock], r.seq, r.item, r.n))


def _events(state: State, entry: Entry, stage: str) -> set[str]:
    events = {"ask": {"asked"}, "answer": {"answered"}, "decline": {"answered"}, "withdraw": {"answered"}}.get(
        entry.verb, set()
    )
    if entry.verb in ("act", "decide"):
        events = {entry.name}
    if state.stage != stage:
        events = events | {state.stage}
    return events


class _Machine:
    """Follows one clock (of one row) through the journal."""

    def __init__(self, kind: Kind, clock: Clock, around: Around, item: str = "") -> None:
        self.kind, self.clock, self.around, self.item = kind, clock, around, item
        self.starts, self.stops = many(clock.starts), many(clock.stops)
        self.pauses, self.resumes = many(clock.pauses), many(clock.resumes)
        self.open: _Open | None = None
        self.seen: dict[str, Any] = {}
        self.done: list[Run] = []
        self.last_end: datetime | None = None
        self.state: State | None = None

    def step(self, state: State, entry: Entry, events: set[str]) -> None:
        self.state = state
        row = state.items.get(self.item) if self.item else None
        mine = not self.item or entry.item in ("", self.item)
        happened = events if mine else events & set(self.kind.stages)
        facts = {
            n: self._fact(state, row, n)
            for n in {*self.starts, *self.stops, *many(self.clock.moot), *self.pauses, *self.resumes}
        }
        if self.open is not None:
            self._moved_start(state, row, facts)
        stop = self._when(self.stops, happened, facts, entry, after=self.open.start if self.open else None)
        if self.open is not None and stop is not None and (self.last_end is None or stop >= self.open.start):
            self._pause(happened, facts, entry)
            self._end(stop, "met")
        if self.open is None and self._may_start(state):
            start = self._when(self.starts, happened, facts, entry, fresh=True)
            if start is not None and (self.last_end is None or start >= self.last_end):
                self._begin(start, state, row, entry, happened)
                early = self._when(self.stops, set(), facts, entry)
                if early is not None and (early >= start or not self.done):
                    self._end(early, "met")
        elif self.open is not None:
            self._relimit(state, row, entry)
        if self.open is not None:
            self._pause(happened, facts, entry)
            over = state.closed and state.stage not in self.starts
            moot = self._when(many(self.clock.moot), happened, facts, entry, fresh=True)
            if over or moot is not None or (row is not None and row.withdrawn):
                self._end(entry.at if moot is None else moot, "ended")
        self.seen = facts

    def _may_start(self, state: State) -> bool:
        return not state.closed or bool({state.stage, *self._after_closing()} & set(self.starts))

    def _after_closing(self) -> set[str]:
        # an act during an end (tell the referrer, say) may start a clock there
        ends = set(many(self.kind.ends))
        return {a.name for a in self.kind.acts if ends & set(many(a.during))}

    def _fact(self, state: State, row: Item | None, name: str) -> datetime | None:
        value = row.facts.get(name) if row is not None else None
        if value is None and name in self.kind.about:
            value = state.facts.get(name)
        return None if value is None or isinstance(value, str | bool) else instant(value)

    def _when(
        self, names: tuple[str, ...], happened: set[str], facts: dict[str, datetime | None], entry: Entry, *,
        fresh: bool = False, after: datetime | None = None,
    ) -> datetime | None:  # fmt: skip
        times: list[datetime] = []
        for name in names:
            value = facts.get(name)
            if name in happened:
                times.append(entry.at)
            elif value is not None and (not fresh or value != self.seen.get(name)):
                if after is not None and self.done and value == self.seen.get(name):
                    continue  # an old answer does not end a new run
                times.append(value)
        return min(times, default=None)

    def _moved_start(self, state: State, row: Item | None, facts: dict[str, datetime | None]) -> None:
        assert self.open is not None
        moved = facts.get(self.open.event)
        if moved is not None and moved != self.open.start:
            self.open.start = moved
            found = self._look(state, row, moved)
            self.open.found, self.open.terms = found, [(moved, found.period)] if found.period else []

    def _begin(self, start: datetime, state: State, row: Item | None, entry: Entry, happened: set[str]) -> None:
        event = next((n for n in self.starts if n in happened), "")
        if not event:
            event = next((n for n in self.starts if self._fact(state, row, n) == start), self.starts[0])
        found = self._look(state, row, start)
        self.open = _Open(start, entry.seq, event, found)
        if found.period:
            self.open.terms = [(max(start, found.since or start), found.period)]

    def _look(self, state: State, row: Item | None, start: datetime) -> Found:
        return limit_at(self.clock, state, row, start, self.around)

    def _relimit(self, state: State, row: Item | None, entry: Entry) -> None:
        """A changed limit: counted from the original start, unless that is past; then a full new limit, never beyond the old due."""
        run = self.open
        assert run is not None
        found = self._look(state, row, run.start)
        if found.key() == run.found.key():
            return
        now = max(entry.known, run.start)
        old = self._due(run)
        if old is not None and now >= old:
            return  # missed already: nothing moves it
        run.changed = f"; changed from {run.found.period or 'no limit'} at {_said(now)}"
        run.found = found
        if found.period is None:
            run.terms = []
            return
        fresh = due_from(run.start, found.period, self._working(run), run.pauses, self.clock.after_pause)
        if fresh is None or fresh > now:
            run.terms = [(run.start, found.period)]
        else:
            run.terms = [*(run.terms if old is not None else []), (now, found.period)]

    def _working(self, run: _Open) -> WorkingTime:
        try:
            return working_time(self.kind, self.around, run.start)
        except Unset:
            return WorkingTime(self.kind.nation)

    def _due(self, run: _Open, pauses: list[tuple[datetime, datetime | None]] | None = None) -> datetime | None:
        held = run.pauses if pauses is None else pauses
        dues = [due_from(s, p, self._working(run), held, self.clock.after_pause) for s, p in run.terms]
        known = [d for d in dues if d is not None]
        return min(known) if known and len(known) == len(dues) else None

    def _pause(self, happened: set[str], facts: dict[str, datetime | None], entry: Entry) -> None:
        if not self.pauses or self.open is None:
            return
        paused = bool(self.open.pauses) and self.open.pauses[-1][1] is None
        if paused:
            back = self._when(self.resumes, happened, facts, entry, fresh=True)
            if back is not None:
                since = self.open.pauses[-1][0]
                self.open.pauses[-1] = (since, max(back, since))
        else:
            off = self._when(self.pauses, happened, facts, entry, fresh=True)
            if off is not None:
                self.open.pauses.append((max(off, self.open.start), None))

    def _end(self, ended: datetime, how: str) -> None:
        assert self.open is not None
        self.done.append(self._run(self.open, ended, how))
        self.last_end, self.open = ended, None

    def _run(self, run: _Open, ended: datetime | None, how: str, at: datetime | None = None) -> Run:
        try:
            if run.pauses and run.pauses[-1][1] is None and ended is not None:
                run.pauses[-1] = (run.pauses[-1][0], max(ended, run.pauses[-1][0]))
            due = self._due(run)
        except PeelianError as error:
            run.found, due = Found(why=error.summary, unset=True), None
        found = run.found
        if found.unset:
            state = how if how == "ended" else "unset"
        elif found.period is None:
            state = "none"
        elif ended is not None:
            late = due is not None and ended >= due
            state = "missed" if late and how == "met" else ("missed" if late else how)
        elif due is None:
            state = "paused"
        else:
            state = "running" if at is None or at < due else "overdue"
        if not self.clock.duty and state in ("overdue", "missed"):
            state = "ran out"
        return Run(
            self.clock.name, self.item, len(self.done) + 1, run.start, str(found.period or ""), due, ended, state,
            self._why(run), found.source, found.evidence, found.version or f"{self.kind.name} {self.kind.version}", run.seq,
            self.clock.duty,
        )  # fmt: skip

    def _why(self, run: _Open) -> str:
        found = run.found
        if found.period is None:
            return found.why
        words = f"{found.period} from {run.event.replace('_', ' ')} at {_said(run.start)}"
        words += f" ({found.why})" if found.why else ""
        for since, until in run.pauses:
            words += f"; paused {_said(since)} to {_said(until) if until else 'now'}"
        return words + run.changed

    def finish(self, at: datetime) -> list[Run]:
        if self.open is None:
            return self.done
        if self.open.found.unset and self.state is not None:  # a value that was set since, without an entry
            row = self.state.items.get(self.item) if self.item else None
            found = self._look(self.state, row, self.open.start)
            if found.period is not None:
                self.open.found = found
                self.open.terms = [(max(self.open.start, found.since or self.open.start), found.period)]
        return [*self.done, self._run(self.open, None, "", at)]


def _said(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%H:%M on %-d %B %Y}"
