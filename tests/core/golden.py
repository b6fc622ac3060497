"""Golden tables of clocks and measures, on the pure engine: what was done | what is read, and when | what comes out | why.

A row names acts as `open grade:high@2 find@10`: the hours since the start stand after @ and hold until the next one; a blank in an outcome is
written +. It reads a clock (one state a run) or a measure (one word a row: yes, no, ? for undecided, or
a number; - where it has no row).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peelian.core import kinds
from peelian.core.clock import LONDON
from peelian.core.kinds import Around, Entry, Kind, Who
from peelian.core.kinds.measures import measures_of, rows

START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
NOW, TODAY = object(), object()  # in what an act is told: its own time, its day
SINCE = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Do:
    """An act as a table does it; a time given as hours counts from the start."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    item: str = ""
    by: str = "ann"


def do(name: str, item: str = "", /, by: str = "ann", **given: Any) -> Do:
    return Do(name, given, item, by)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


class Golden:
    """A kind, the force's values, and what its acts are told."""

    def __init__(self, kind: Kind, values: Mapping[str, Any], acts: Mapping[str, Do]) -> None:
        self.kind, self.acts = kind, acts
        self.around = Around({name: [(SINCE, value)] for name, value in values.items()})
        doings = kind.doings + kind.asks
        roles = {r for d in doings for r in kinds.many(d.by)} | {
            r for d in kind.decisions for o in d.outcomes for r in kinds.many(o.by)
        }
        self.roles = tuple(sorted(roles | {"supervisor", "inspector", "superintendent", "chief-officer"}))

    def told(self, steps: str) -> list[Entry]:
        entries: list[Entry] = []
        hours = 0.0
        for step in steps.split():
            word, _, when = step.partition("@")
            hours = float(when) if when else hours
            entries.append(self._entry(word, entries, at(hours)))
        return entries

    def _entry(self, word: str, entries: list[Entry], now: datetime) -> Entry:
        name, _, outcome = word.partition(":")
        act = self.acts.get(word) or self.acts.get(name) or do(name)
        given = {n: self._value(v, now) for n, v in act.given.items()}
        state = kinds.fold(self.kind, entries)
        who = Who(act.by, self.roles, "force")
        if any(d.name == act.name for d in self.kind.decisions):
            return kinds.decide(
                state, act.name, outcome.replace("+", " "), given, who=who, at=now, reason="as told", around=self.around
            )
        ask = next((a for a in self.kind.asks if a.name == act.name), None)
        if ask is not None:
            return kinds.ask(state, ask.name, "theirs", item=act.item, who=who, at=now, around=self.around)
        if act.name == "they_answer":
            return kinds.answer(state, act.item, given, who=Who("bob", agency="theirs", partner=True), at=now)
        return kinds.act(state, act.name, given, who=who, at=now, item=act.item, around=self.around)

    def _value(self, value: Any, now: datetime) -> Any:
        if value is NOW:
            return now
        if value is TODAY:
            return now.astimezone(LONDON).date()
        return at(value.total_seconds() / 3600) if isinstance(value, timedelta) else value

    def read(self, steps: str, what: str) -> str:
        """What a clock or a measure says, as of the hour after @, or of the last step."""
        entries = self.told(steps)
        name, _, when = what.partition("@")
        now = at(float(when)) if when else entries[-1].at
        runs = kinds.runs(self.kind, entries, now, around=self.around)
        if name not in measures_of(self.kind):
            return " ".join(r.state.replace(" ", "_") for r in runs if r.clock == name) or "-"
        found = [r for r in rows(kinds.fold(self.kind, entries), runs, around=self.around) if r.measure == name]
        return " ".join(self._word(r, now) for r in found) or "-"

    def _word(self, row: Any, now: datetime) -> str:
        hit = row.as_of(now)
        if row.value is not None:
            return f"{row.value:g}"
        return "?" if hit is None else "yes" if hit else "no"

    def check(self, row: str) -> None:
        """Hold a row of a table."""
        steps, what, expected, *why = (part.strip() for part in row.split("|"))
        assert self.read(steps, what) == expected, why


def table(text: str) -> list[str]:
    return [row for row in text.strip().splitlines() if row.strip()]


def rows_of(says: Mapping[str, tuple[Golden, str]]) -> list[Any]:
    """Each row of some tables as a test of its own: the table's name, and the row."""
    return [
        pytest.param(name, row, id=f"{name}-{n}")
        for name, (_, rows) in says.items()
        for n, row in enumerate(table(rows), 1)
    ]
