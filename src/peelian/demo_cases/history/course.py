"""A routine case as it goes on: what would happen after now has not happened, nor what follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from peelian.casework import store
from peelian.core.clock import london_day

from ..play import DISTRICTS, Play
from . import Truth

DAY, MONTH = 24.0, 730.5  # hours
SOON = 0.2  # hours: what lies nearer to now, or after it, is left to come


@dataclass
class Course:
    """One case, acted on in order of time.

    Attributes
    ----------
    play : Play
        Whose people act.
    ref : str
        The case.
    seq : int
        Entries so far: a row that an act adds has the next in its id.
    over : bool
        Whether something fell after now: all that follows waits.
    """

    play: Play
    ref: str
    seq: int = 1
    over: bool = False

    def do(self, by: str, hours: float, act: str, given: Mapping[str, Any] | None = None, *, item: str = "") -> int:
        """Do an act so many hours ago, where that is past; the number of its entry."""
        if self._comes(hours):
            self.play.do(by, hours, self.ref, act, given, item=item) if item else self.play.do(
                by, hours, self.ref, act, given
            )
        return self.seq

    def decide(self, by: str, hours: float, name: str, outcome: str, given: Mapping[str, Any] | None = None, why: str = "seen so") -> int:  # fmt: skip
        """Take a decision so many hours ago, where that is past."""
        if self._comes(hours):
            self.play.decide(by, hours, self.ref, name, outcome, given, why=why)
        return self.seq

    def ask(self, by: str, hours: float, name: str, agency: str) -> str:
        """Ask an agency; the id of the question."""
        if self._comes(hours):
            store.ask(self.ref, name, agency, actor=self.play.actor(by), at=self.play.ago(hours))
        return f"{name}-{self.seq}"

    def answer(self, by: str, hours: float, item: str, given: Mapping[str, Any]) -> None:
        """An agency answers what it was asked."""
        if self._comes(hours):
            store.answer(self.ref, item, given, actor=self.play.actor(by), at=self.play.ago(hours))

    def entry(self, hours: float, made: Callable[[datetime], object]) -> None:
        """Let something else make one entry of the case so many hours ago, where that is past."""
        if self._comes(hours):
            made(self.play.ago(hours))

    def _comes(self, hours: float) -> bool:
        self.over = self.over or hours < SOON
        self.seq += not self.over
        return not self.over


def instants(rng: np.random.Generator, months: int, rate: float) -> Iterator[float]:
    """Hours before now at which something happens, the oldest first: so many a month in the mean, each month a number by chance."""
    for month in range(months, 0, -1):
        drawn = (month - rng.random(rng.poisson(rate))) * MONTH
        yield from (float(hours) for hours in np.sort(drawn)[::-1] if hours > SOON)


def day(play: Play, hours: float) -> str:
    """The day so many hours ago."""
    return london_day(play.ago(hours)).isoformat()


def chance(rng: np.random.Generator, p: float) -> bool:
    """Whether something of probability `p` comes about."""
    return bool(rng.random() < p)


def one_of(rng: np.random.Generator, options: Any, p: Any = None) -> Any:
    """One of some options, by chance."""
    return options[int(rng.choice(len(options), p=p))]


def by_district(play: Play, truth: Truth, months: int, system: str, measure: str, values: Any, words: str) -> None:
    """Say the true value of each district: one that is half as much again as the middle one, or less than two thirds of it, is the one the words tell of."""
    usual = float(np.median(values))
    for name, value in zip(DISTRICTS, values, strict=True):
        means = words if not usual / 1.5 < value < 1.5 * usual else "as elsewhere"
        truth.say(system, measure, value, means, area=play.codes.get(name, name), since=months)
