"""Tables of counts as release control sees them: cells with an address, and totals that say what they add up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from peelian.core.errors import InvalidInput

ALL = "all"

Address: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


def address(measure: str, **codes: str) -> Address:
    """The name of a count in every table and every release: what is counted, and one code for each axis.

    An axis at its total, ``"all"``, is left out: a table without an axis says the same as its total over that axis.

    >>> address("burglary", area="E01000001", period="2026-01", weekday="all")
    ('burglary', (('area', 'E01000001'), ('period', '2026-01')))
    """
    return measure, tuple(sorted((axis, code) for axis, code in codes.items() if code != ALL))


@dataclass(frozen=True)
class CountTable:
    """Counts of one measure by one axis or several, with every total of every axis.

    Parameters
    ----------
    measure : str
        What is counted (``"burglary"``, ``"recorded crime"``). Tables of one measure are checked against one another.
    axes : mapping of str to (mapping of str to tuple of str)
        For each axis its codes, and for each code the codes that add up to it; empty for the finest. Codes mean the same in
        every table and release: an area by its code, a period by its dates. ``"all"`` is the total of an axis without a
        code of its own, and only that: areas and periods are named.
    counts : mapping of tuple of str to int
        Count of each combination of finest codes, in the order of `axes`; one left out is 0.
    shown : mapping of str to collection of str, optional
        Codes of an axis that are to be released; all of them where an axis is not named. The rest is not released, and
        protected all the same: give finer areas and periods than are shown, and what another release with other borders would
        tell by subtraction is found.

    Raises
    ------
    InvalidInput
        ``peelian.E302`` if a code is unknown, adds up itself, or stands twice under one total, or a count is no whole
        number of zero or more.
    """

    measure: str
    axes: Mapping[str, Mapping[str, tuple[str, ...]]]
    counts: Mapping[tuple[str, ...], int]
    shown: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for axis, codes in self.axes.items():
            for code, parts in codes.items():
                if not set(parts) <= set(codes) or len(set(parts)) < len(parts):
                    self._refuse(f'axis "{axis}", total "{code}": a part is unknown or stands twice')
            if not self.shown.get(axis, codes) or not set(self.shown.get(axis, ())) <= set(codes):
                self._refuse(f'axis "{axis}": a code to be shown is unknown, or there is none')
            self.leaves(axis)
        if not set(self.shown) <= set(self.axes):
            self._refuse("an axis to be shown is unknown")
        finest = [{code for code, parts in codes.items() if not parts} for codes in self.axes.values()]
        for key, count in self.counts.items():
            if len(key) != len(finest) or any(code not in codes for code, codes in zip(key, finest, strict=False)):
                self._refuse("a count does not stand under one finest code of each axis")
            if not isinstance(count, int | np.integer) or count < 0:
                self._refuse("a count is no whole number of zero or more")

    def _refuse(self, found: str) -> None:
        raise InvalidInput(
            "a table of counts does not add up",
            where=f'table of "{self.measure}"',
            found=found,
            matters="what its totals give away could not be worked out",
            fix="correct the codes or the counts",
            id="peelian.E302",
        )

    def leaves(self, axis: str) -> dict[str, frozenset[str]]:
        """For each code of an axis, the finest codes that it adds up."""
        codes, found, open_ = self.axes[axis], {}, set()

        def below(code: str) -> frozenset[str]:
            if code in open_:
                self._refuse(f'axis "{axis}", total "{code}" is part of itself')
            if code not in found:
                open_.add(code)
                parts = [below(part) for part in codes[code]]
                open_.discard(code)
                union = frozenset().union(*parts)
                if sum(map(len, parts)) != len(union):
                    self._refuse(f'axis "{axis}", total "{code}" counts a part twice')
                found[code] = union or frozenset([code])
            return found[code]

        for code in codes:
            below(code)
        return found

    @cached_property
    def array(self) -> NDArray[np.int64]:
        """All counts, totals included: one dimension for each axis, its codes in their order."""
        out = np.zeros([len(codes) for codes in self.axes.values()], dtype=np.int64)
        at = [{code: i for i, code in enumerate(codes)} for codes in self.axes.values()]
        for key, count in self.counts.items():
            out[tuple(where[code] for where, code in zip(at, key, strict=True))] = count
        for dimension, (axis, codes) in enumerate(self.axes.items()):
            adds = np.zeros((len(codes), len(codes)), dtype=np.int64)
            for code, leaves in self.leaves(axis).items():
                adds[at[dimension][code], [at[dimension][leaf] for leaf in leaves]] = 1
            out = np.moveaxis(np.tensordot(adds, out, axes=(1, dimension)), 0, dimension)
        return out

    @cached_property
    def asked(self) -> NDArray[np.bool_]:
        """Which cells of `array` are to be released."""
        out = np.ones(self.array.shape, dtype=bool)
        for dimension, (axis, codes) in enumerate(self.axes.items()):
            wanted = self.shown.get(axis, codes)
            out &= np.array([code in wanted for code in codes]).reshape(
                [-1 if d == dimension else 1 for d in range(out.ndim)]
            )
        return out

    def addresses(self) -> Iterator[Address]:
        """The address of every cell of `array`, in its order."""
        axes = list(self.axes)
        order = sorted(range(len(axes)), key=lambda i: axes[i])
        pairs = [[None if code == ALL else (axis, code) for code in codes] for axis, codes in self.axes.items()]
        for cell in np.ndindex(*self.array.shape):
            yield self.measure, tuple(pair for i in order if (pair := pairs[i][cell[i]]) is not None)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the ledger."""
        return {
            "measure": self.measure,
            "axes": {axis: {code: list(parts) for code, parts in codes.items()} for axis, codes in self.axes.items()},
            "counts": [[*key, int(count)] for key, count in self.counts.items() if count],
            "shown": {axis: sorted(codes) for axis, codes in self.shown.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CountTable:
        """The table that `to_json` wrote."""
        return cls(
            data["measure"],
            {axis: {code: tuple(parts) for code, parts in codes.items()} for axis, codes in data["axes"].items()},
            {tuple(key): count for *key, count in data["counts"]},
            {axis: frozenset(codes) for axis, codes in data["shown"].items()},
        )
