"""What every part of a profile hands back, and words they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peelian.core.document import Finding, Section, Source, Task

ANALYSIS = "Head of analysis"


@dataclass(frozen=True)
class Part:
    """One question answered: its section, what it found, what follows from it, and what it cannot say."""

    section: Section
    findings: tuple[Finding, ...] = ()
    tasks: tuple[Task, ...] = ()
    unknown: tuple[str, ...] = ()
    methods: tuple[Source, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def percent(share: float) -> str:
    """``24%``; one decimal under 10%."""
    return f"{100 * share:.{0 if share >= 0.1 or share == 0 else 1}f}%"


def chance(p: float) -> str:
    """A p-value: ``p = 0.034``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def several(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def month_name(month: str) -> str:
    """``2018-01`` as ``January 2018``."""
    return f"{date.fromisoformat(month + '-01'):%B %Y}"


def say_days(first: date, last: date) -> str:
    """A span of days as people say it: whole months by their names."""
    whole = first.day == 1 and (last.toordinal() + 1 == _after(last).toordinal() and _after(last).day == 1)
    if not whole:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    return f"{first:%B}{'' if first.year == last.year else f' {first.year}'} to {last:%B %Y}"


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
