"""What an inspection asks, by cycle, and the scale on which it grades: dated data, never one fixed set.

Grades of two scales are never drawn as one line: :func:`comparable` says whether two cycles share a scale.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from peelian.core.errors import PeelianError

KEYS = ("prevention", "investigation", "vulnerability", "organised_crime", "specialist")
OWN = "2016"  # the five questions by which this program assesses a force: those of the report it is built on


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scale(_Strict):
    """Grades, lowest first."""

    id: str
    grades: tuple[str, ...]
    source: str
    evidence: Literal["stored", "secondary", "general", "design"]
    note: str = ""


class Asked(_Strict):
    """One question of a cycle: a key that stays the same across cycles, and the heading as published."""

    key: str
    heading: str
    graded: bool = True


class Cycle(_Strict):
    """One cycle of inspection; `afis` says whether areas for improvement stand before or after the narrative."""

    id: str
    in_force: date
    scale: str
    source: str
    evidence: Literal["stored", "secondary", "general", "design"]
    headline: str = ""
    afis: Literal["before", "after"] = "after"
    same_as: str = ""
    question: tuple[Asked, ...] = ()


class _File(_Strict):
    scale: tuple[Scale, ...]
    cycle: tuple[Cycle, ...]


@cache
def _file() -> _File:
    return _File.model_validate(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")))


def cycles() -> dict[str, Cycle]:
    """Every cycle by id, oldest first; one that asks the same as another carries its questions."""
    held = {c.id: c for c in sorted(_file().cycle, key=lambda c: c.in_force)}
    return {
        c.id: c.model_copy(update={"question": held[c.same_as].question}) if c.same_as else c for c in held.values()
    }


def cycle(name: str) -> Cycle:
    """The cycle of a title's year ("2018" is the cycle 2018/19).

    Raises
    ------
    PeelianError
        ``peelian.E772`` for a cycle that is not held.
    """
    held = cycles()
    found = held.get(name) or held.get("2018/19" if name == "2018" else "")
    if found is None:
        raise PeelianError(
            "no inspection of that year is held", found=name, matters="its questions and its scale are not known",
            fix=f"one of: {', '.join(held)}", id="peelian.E772",
        )  # fmt: skip
    return found


def cycle_on(on: date) -> Cycle:
    """The cycle in force on a day.

    Raises
    ------
    PeelianError
        ``peelian.E772`` for a day before the first.

    Examples
    --------
    >>> cycle_on(date(2017, 2, 1)).id
    '2016'
    """
    held = [c for c in cycles().values() if c.in_force <= on]
    if not held:
        raise PeelianError(
            "no inspection of that day is held", found=f"{on}", fix="give a later day", id="peelian.E772"
        )
    return held[-1]


def scale_of(name: str) -> Scale:
    """The scale on which a cycle grades."""
    wanted = cycle(name).scale
    return next(s for s in _file().scale if s.id == wanted)


def comparable(one: str, other: str) -> bool:
    """Whether grades of two cycles stand on one scale, so that a line may be drawn from one to the other.

    Examples
    --------
    >>> comparable("2016", "2018/19"), comparable("2018/19", "2021/22"), comparable("2021/22", "2023-25")
    (True, False, False)
    """
    return cycle(one).scale == cycle(other).scale


__all__ = ["KEYS", "OWN", "Asked", "Cycle", "Scale", "comparable", "cycle", "cycle_on", "cycles", "scale_of"]
