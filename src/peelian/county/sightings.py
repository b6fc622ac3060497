"""Whom the force has on file by the end of a month, as far as the picture of vulnerability needs it.

It follows the same rules as ``feeds.force_people``: victims of recorded crimes, and the subjects of calls that became no crime.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from .groups import Groups
from .streams import Ints
from .world import World

_YEAR = 365.25
ADULT_AT_RISK = 65  # years at the start of the calendar
_SUBJECTS = ("Missing person", "Concern for safety")


@dataclass(eq=False)
class Sightings:
    """People on the force's file, month by month; complete after the last month of the calendar."""

    world: World
    _abused: np.ndarray = field(init=False)
    _children: np.ndarray = field(init=False)
    _adults: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._abused, self._children, self._adults = (np.zeros(len(self.world.people), dtype=bool) for _ in range(3))

    def see(self, recorded: pl.DataFrame, calls: pl.DataFrame) -> None:
        """Take in the crimes recorded and the calls made in a month."""
        subjects = calls.filter((pl.col("reference") == "") & (pl.col("again") == 0) & (pl.col("victim") >= 0))
        victims = recorded.filter(pl.col("victim") >= 0)
        about = subjects.filter(pl.col("closing").is_in(_SUBJECTS))
        abused = subjects.filter((pl.col("closing") == "Domestic incident") & pl.col("domestic"))
        for people in (victims.filter("domestic"), abused):
            self._abused[people["victim"].to_numpy()] = True
        for people in (victims, about):
            found = people["victim"].to_numpy()
            self._children[found[self.child[found]]] = True
        old = about["victim"].to_numpy()
        self._adults[old[self.old[old]]] = True

    @cached_property
    def child(self) -> np.ndarray:
        """Who is born when the calendar begins, and not yet 18 when it ends."""
        born, calendar = self.world.people.born, self.world.calendar
        last = calendar.first_day + calendar.end // 1440
        return np.asarray((born < calendar.first_day) & (born > last - 18 * _YEAR))

    @cached_property
    def old(self) -> np.ndarray:
        """Who is 65 or older when the calendar begins."""
        return np.asarray(self.world.people.born < self.world.calendar.first_day - ADULT_AT_RISK * _YEAR)

    @cached_property
    def groups(self) -> Groups:
        """The planted organised crime groups, made once for all who ask."""
        return self.world.groups

    @property
    def abused(self) -> Ints:
        """Victims of domestic abuse."""
        return np.flatnonzero(self._abused)

    @property
    def children(self) -> Ints:
        """Children who were victims, missing, or whom somebody was worried about."""
        return np.flatnonzero(self._children)

    @property
    def adults(self) -> Ints:
        """Adults of 65 and over who were missing or whom somebody was worried about."""
        return np.flatnonzero(self._adults)
