"""The threats of the Strategic Policing Requirement, in the version of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from peelian.core.clock import london_day
from peelian.core.dated import Table

THREATS = Table(Path(__file__).with_suffix(".toml"), "spr_threats", gives={"words": str})
Threat = Literal[
    "terrorism", "civil emergencies", "serious and organised crime", "public disorder", "national cyber event", "child sexual abuse",
    "violence against women and girls", "other",
]  # fmt: skip
OTHER = "other"  # a plan or a deployment need not be for a national threat


def named_on(day: date) -> tuple[str, ...]:
    """The threats that the requirement in force on a day names, in its order.

    Examples
    --------
    >>> len(named_on(date(2016, 6, 1))), len(named_on(date(2026, 11, 23)))
    (6, 7)
    """
    words = [w for w in get_args(Threat) if w != OTHER]
    return tuple(w for w in words if not THREATS.look(on=day, threat=w).why_not)


def threat_in_force(case: Any) -> bool:
    """The threat stands in the Strategic Policing Requirement in force on the day, or is given as "other"."""
    return case.threat == OTHER or case.threat in named_on(london_day(case.at))
