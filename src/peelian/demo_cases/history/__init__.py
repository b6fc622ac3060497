"""Three years of casework before the stories: routine cases, drawn from a truth that is written down beside the county and nowhere else.

Each module draws the cases of one question of the inspection. `tell` draws, month by month, what happened and when it was done, plays it
through the same store as the stories, and says in `Truth` what it drew from: which area is worse than the others and by how much, which
practice works and which does not. Tests compare what the systems find with that; no part of the product reads it.
"""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, field, fields
from importlib import import_module
from pathlib import Path
from typing import Any

PAST: tuple[str, ...] = ("investigation", "organised_crime", "specialist", "assurance", "vulnerability", "prevention")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the truth.

    Attributes
    ----------
    system, measure : str
        Id of the system, and name of the measure, find or plan that should show it.
    area : str
        Code of the district, or empty for the force.
    since, until : int
        Months before now between which it is so (36, 0 for the whole time).
    value : float
        The true share, median or effect, in the measure's unit.
    means : str
        In words.
    """

    system: str
    measure: str
    area: str
    since: float
    until: float
    value: float
    means: str


@dataclass
class Truth:
    """What the cases were drawn from."""

    rows: list[Row] = field(default_factory=list)

    def say(
        self, system: str, measure: str, value: float, means: str, *, area: str = "", since: float, until: float = 0.0
    ) -> None:
        """Write one line down."""
        self.rows.append(Row(system, measure, area, since, until, round(value, 4), means))

    def write(self, path: Path) -> None:
        """Write ``casework.csv`` into the county's folder of truth."""
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow([f.name for f in fields(Row)])
            writer.writerows(astuple(row) for row in self.rows)


def module(name: str) -> Any:
    """One question's module."""
    return import_module(f"peelian.demo_cases.history.{name}")
