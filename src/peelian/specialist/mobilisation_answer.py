"""The answer to a requirement: who may be called, why others may not, who is proposed, and how likely it is enough."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Any

import numpy as np

from peelian.analysis.mobilisation import NOBODY, Answer, Comes, call_enough, rest

from . import mobilisation_means as held
from .mobilisation_means import Means, Person, Vehicle
from .working_hours import LONGEST, REST

ON_DUTY, RECALLED, VEHICLE = 0, 1, 2
NOT_THERE = ("sick", "abstracted", "cancelled")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a requirement: so many people by qualification and rank, or so many vehicles."""

    number: int
    skill: str = ""
    rank: str = ""
    vehicle: str = ""

    @property
    def words(self) -> str:
        """Such as ``3 sergeants: public order level 2``."""
        what = self.vehicle or self.rank or "officer"
        return f"{self.number} × {what}" + (f", {self.skill}" if self.skill else "")

    def fits(self, one: Person | Vehicle) -> bool:
        """Whether somebody, or a vehicle, is of this line's sort."""
        if isinstance(one, Vehicle):
            return one.sort == self.vehicle
        return (
            not self.vehicle
            and (not self.skill or self.skill in one.skills)
            and (not self.rank or self.rank == one.rank)
        )


@dataclass(frozen=True, slots=True)
class When:
    """When they are called, by when it must be filled, until when they stay, and at which station they muster."""

    called: datetime
    by: datetime
    ends: datetime
    muster: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody, or a vehicle, that may be called.

    Attributes
    ----------
    minutes : float
        From the call until they are there, in the middle case.
    group : int
        ``ON_DUTY``, ``RECALLED`` or ``VEHICLE``.
    cover : (station, role) or None
        Of which cover they are part while on duty.
    """

    one: Person | Vehicle
    minutes: float
    group: int
    gives_up: int
    cover: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What came of it.

    Attributes
    ----------
    answer : Answer
    shut : Counter
        Why some who are fit for a line may not be called, in words, and how many.
    kept : mapping of (station, role) to (on duty, most that may go)
    """

    wanted: tuple[Wanted, ...]
    candidates: tuple[Candidate, ...]
    answer: Answer
    shut: Counter[str]
    kept: Mapping[tuple[str, str], tuple[int, int]]

    def called(self, line: int) -> list[Candidate]:
        """Who is proposed for a line, those who are there first."""
        chosen = [c for c, serves in zip(self.candidates, self.answer.line.tolist(), strict=True) if serves == line]
        return sorted(chosen, key=lambda c: (c.minutes, c.one.number))

    def fit(self, line: int) -> int:
        """How many may be called who are fit for a line."""
        return sum(self.wanted[line].fits(c.one) for c in self.candidates)


def work_out(
    means: Means,
    wanted: Sequence[Wanted],
    when: When,
    *,
    values: Mapping[str, Any],
    kilometres: Mapping[str, float | None],
    taken: Collection[str] = (),
    rng: np.random.Generator,
    draws: int = 40,
    runs: int = 1_000,
) -> WorkedOut:
    """Work out the answer.

    Parameters
    ----------
    values : mapping of str to object
        The force's own values, by the names of `mobilisation_means.LOCALS`.
    kilometres : mapping of str to float or None
        From each station to where they muster; None where it is not known.
    taken : collection of str
        Numbers of those who are called elsewhere and not stood down.
    """
    shut: Counter[str] = Counter()
    candidates: list[Candidate] = []
    posts: dict[tuple[str, str], int] = defaultdict(int)
    for person in means.people:
        post = _post(person, when.called)
        if post is not None:
            posts[post] += 1
        if not any(line.fits(person) for line in wanted):
            continue
        why, found = _may_go(person, when, values, kilometres, taken, post)
        if found is None:
            shut[why] += 1
        else:
            candidates.append(found)
    for vehicle in means.vehicles:
        if any(line.fits(vehicle) for line in wanted):
            if vehicle.number in taken:
                shut["bound elsewhere"] += 1
            else:
                minutes = float(values[held.RELEASE_MINUTES.name]) + _way(vehicle.base, kilometres, values)
                candidates.append(Candidate(vehicle, minutes, VEHICLE, 0, None))
    stay = float(values[held.COVER.name])
    kept = {post: (count, floor(count * (1 - stay) + 1e-9)) for post, count in posts.items()}
    cover = [
        ([n for n, c in enumerate(candidates) if c.cover == post], most) for post, (_, most) in sorted(kept.items())
    ]
    came, of = means.turnout
    free = 1 - float(values[held.COMMITTED.name])
    comes: list[Comes] = [(round(came * free), of), float(values[held.RECALL.name]), 1.0]
    answer = call_enough(
        np.array([[line.fits(c.one) for line in wanted] for c in candidates], dtype=bool).reshape(len(candidates), len(wanted)),
        [line.number for line in wanted], minutes=[c.minutes for c in candidates], group=[c.group for c in candidates], comes=comes,
        by=(when.by - when.called) / timedelta(minutes=1), spread=float(values[held.SPREAD.name]), shared=float(values[held.SHARED.name]),
        sure=float(values[held.SURE.name]), cover=cover, gives_up=[c.gives_up for c in candidates], rng=rng, draws=draws, runs=runs,
    )  # fmt: skip
    return WorkedOut(tuple(wanted), tuple(candidates), answer, shut, kept)


def _post(person: Person, at: datetime) -> tuple[str, str] | None:
    role = next((r for a, b, r, state in person.duties if a <= at < b and state not in NOT_THERE), None)
    return None if role is None else (person.station, role)


def _may_go(
    person: Person,
    when: When,
    values: Mapping[str, Any],
    kilometres: Mapping[str, float | None],
    taken: Collection[str],
    post: tuple[str, str] | None,
) -> tuple[str, Candidate | None]:
    """Whether somebody may be called; else why not."""
    if person.number in taken:
        return "bound elsewhere", None
    near = [(a, b, state) for a, b, _, state in person.duties if a < when.by and b > when.called]
    for state in ("sick", "abstracted"):
        if any(s == state for *_, s in near):
            return state, None
    duties = [(a, b) for a, b, _, state in person.duties if state not in NOT_THERE]
    said = rest(
        duties, called=when.called, by=when.by, ends=when.ends, rest_hours=float(values[REST.name]),
        longest_hours=float(values[LONGEST.name]),
    )  # fmt: skip
    if said.why_not:
        return said.why_not, None
    start = held.RELEASE_MINUTES if said.on_duty else held.RECALL_MINUTES
    minutes = said.from_minute + float(values[start.name]) + _way(person.station, kilometres, values)
    return "", Candidate(person, minutes, ON_DUTY if said.on_duty else RECALLED, said.gives_up, post)


def _way(station: str, kilometres: Mapping[str, float | None], values: Mapping[str, Any]) -> float:
    far = kilometres.get(station)
    if far is None:
        return float(values[held.UNKNOWN_MINUTES.name])
    return 60 * far * float(values[held.DETOUR.name]) / float(values[held.SPEED.name])


def count_called(found: WorkedOut) -> int:
    """How many are called in all."""
    return int((found.answer.line != NOBODY).sum())
