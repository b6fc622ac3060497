"""Counts by LSOA and district, and which of them may be told side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .scope import Scope
from .small_counts import told


@dataclass(frozen=True)
class Spread:
    """The theme's events by LSOA of the area; in no loaded LSOA, by the codes that the source gives.

    `districts` and `lsoas` hold None for a count that is not told. What an LSOA leaves of its district's total, or a district of
    the area's, gives no small count away either.
    """

    scope: Scope

    @cached_property
    def counts(self) -> dict[str, int]:
        """By LSOA, in the order of `Scope.lsoas`; zero where nothing is recorded."""
        held = dict(self.scope.inside.group_by("area").len().iter_rows())
        return {code: held.get(code, 0) for code in self.scope.lsoas or sorted(held)}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """LSOA codes by district; all under one empty code where no boundaries are loaded."""
        found: dict[str, list[str]] = {}
        for code in self.counts:
            found.setdefault(self.scope.lsoas[code].parent if self.scope.lsoas else "", []).append(code)
        return found

    @cached_property
    def districts(self) -> dict[str, int | None]:
        """By district code."""
        sums = {district: sum(self.counts[code] for code in codes) for district, codes in self.members.items()}
        return told(sums, open_data=self.scope.open_data)

    @cached_property
    def lsoas(self) -> dict[str, int | None]:
        """By LSOA; none of a district that is not told itself."""
        shown: dict[str, int | None] = dict.fromkeys(self.counts)
        for district, codes in self.members.items():
            if self.districts[district] is not None:
                shown |= told({code: self.counts[code] for code in codes}, open_data=self.scope.open_data)
        return shown
