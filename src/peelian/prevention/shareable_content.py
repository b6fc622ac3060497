"""What a shareable edition may say: published facts, and the counts of a planned release that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from peelian.access.release import Address, Release, address

from .profile.release_tables import NO_KIND


@dataclass(frozen=True)
class Content:
    """What a shareable edition says beside its counts: nothing of it comes from a count that is not shown.

    Parameters
    ----------
    title, one, many : str
        The theme and its events in words.
    police_generated : bool
    area, period : str
        In words.
    recipient : str
    edition : str
        Day on which the counts were known, ``2026-11-23``.
    feed, controller, onward : str
        The source, who answers for it, and its onward limit.
    codes : mapping of str to str
        The code of the whole area, period and category, by axis.
    names : mapping of str to str
        Of districts, LSOAs and categories by code.
    districts, lsoas, months, categories : tuple of str
        Codes.
    people : mapping of str to int
        Residents by code of area, published figures; the whole area under its code.
    people_year : int or None
    left_out : tuple of (str, str)
        Partners' feeds that the full edition uses: title, and onward limit.
    version : str
        Of the program.
    """

    title: str
    one: str
    many: str
    police_generated: bool
    area: str
    period: str
    recipient: str
    edition: str
    feed: str
    controller: str
    onward: str
    codes: Mapping[str, str]
    names: Mapping[str, str]
    districts: tuple[str, ...]
    lsoas: tuple[str, ...]
    months: tuple[str, ...]
    categories: tuple[str, ...]
    people: Mapping[str, int]
    people_year: int | None
    left_out: tuple[tuple[str, str], ...]
    version: str

    def to_json(self) -> dict[str, Any]:
        """Plain data for the ledger."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        """What `to_json` wrote."""
        lists = {k: tuple(data[k]) for k in ("districts", "lsoas", "months", "categories")}
        return cls(**{**data, **lists, "left_out": tuple((title, limit) for title, limit in data["left_out"])})


@dataclass(frozen=True)
class Told:
    """The counts that a release shows."""

    content: Content
    release: Release

    @cached_property
    def counts(self) -> dict[Address, int]:
        """By address; a count withheld has none."""
        return {
            name: int(count)
            for table in self.release.tables
            for name, count, asked in zip(table.addresses(), table.array.flat, table.asked.flat, strict=True)
            if asked and name not in self.release.withheld
        }

    def count(self, **codes: str) -> int | None:
        """Of one area, period or category, the others at their whole; None where it is withheld."""
        return self.counts.get(address(self.release.tables[0].measure, **{**self.content.codes, **codes}))

    def kinds(self, axis: str) -> dict[str, int]:
        """Kinds with a count that is shown, most first."""
        table = next((t for t in self.release.tables if axis in t.axes), None)
        codes = [] if table is None else [code for code, parts in table.axes[axis].items() if not parts]
        told = {code: n for code in codes if (n := self.count(**{axis: code}))}
        return dict(sorted(told.items(), key=lambda pair: (pair[0] == NO_KIND, -pair[1], pair[0])))
