"""What a reader of all releases knows: counts they were told, and the sums that tie the others to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peelian.core.errors import InvalidInput

from .tables import Address, CountTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Release:
    """Tables as they were released, by which threshold, and the addresses that were withheld."""

    tables: tuple[CountTable, ...]
    threshold: int
    withheld: frozenset[Address]

    def to_json(self) -> dict[str, Any]:
        """Plain data for the ledger."""
        return {
            "tables": [table.to_json() for table in self.tables],
            "threshold": self.threshold,
            "withheld": [[measure, [list(pair) for pair in codes]] for measure, codes in sorted(self.withheld)],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Release:
        """The release that `to_json` wrote."""
        return cls(
            tuple(CountTable.from_json(table) for table in data["tables"]),
            data["threshold"],
            frozenset((measure, tuple((axis, code) for axis, code in codes)) for measure, codes in data["withheld"]),
        )


@dataclass
class Knowledge:
    """Every count of every release as one unknown, and every total as one row that adds up to 0.

    A count that changed between two releases is another unknown from then on: the reader is taken to know which counts changed,
    and that the others did not. Nobody knows more by not being told.

    Attributes
    ----------
    counts : ndarray of int, shape (n,)
        The truth.
    told : ndarray of bool, shape (n,)
        Shown in an earlier release.
    spare : ndarray of bool, shape (n,)
        To be shown now, neither told nor small: may be withheld to protect another, a zero as well.
    below : ndarray of int, shape (n,)
        The threshold that makes the count small; 0 where it is not, or was told.
    rows : csr_matrix of int, shape (totals, n)
        1 for the parts of a total, -1 for the total.
    newest : dict of Address to int
        Which unknown an address of the new tables is.
    """

    counts: NDArray[np.int64]
    told: NDArray[np.bool_]
    spare: NDArray[np.bool_]
    below: NDArray[np.int64]
    rows: csr_matrix
    newest: dict[Address, int] = field(repr=False)


def knowledge_of(new: Sequence[CountTable], threshold: int, earlier: Sequence[Release]) -> Knowledge:
    """What a reader of `earlier` would know who is told the totals of `new`.

    Raises
    ------
    InvalidInput
        ``peelian.E302`` if two tables of one release give one address two counts.
    """
    last: dict[Address, int] = {}
    counts: list[int] = []
    state: list[list[int]] = []  # for each unknown: told, spare, below
    sums: dict[int, list[NDArray[np.int64]]] = {}
    here: dict[Address, int] = {}
    measures = {table.measure for table in new}  # no total ties one measure to another
    for release in (*earlier, None):
        here = {}
        limit = threshold if release is None else release.threshold
        for table in new if release is None else release.tables:
            if table.measure not in measures:
                continue
            flat, asked = table.array.ravel().tolist(), table.asked.ravel().tolist()
            ids = np.empty(len(flat), dtype=np.int64)
            for i, (name, count, wanted) in enumerate(zip(table.addresses(), flat, asked, strict=True)):
                one = last.get(name, -1)
                if one < 0 or counts[one] != count:
                    if name in here:
                        raise _two_counts(table.measure)
                    one = len(counts)
                    counts.append(count)
                    state.append([False, False, 0])
                    last[name] = one
                ids[i] = here[name] = one
                if 0 < count < limit:
                    state[one][2] = max(state[one][2], limit)
                if wanted and release is None:
                    state[one][1] = True
                elif wanted and release and name not in release.withheld:
                    state[one][0] = True
            for parts in _sums(table, ids.reshape(table.array.shape)):
                sums.setdefault(parts.shape[1], []).append(parts)
    told, spare, below = np.array(state, dtype=np.int64).reshape(-1, 3).T
    known = told.astype(bool)
    return Knowledge(
        np.array(counts, dtype=np.int64),
        known,
        spare.astype(bool) & ~known & (below == 0),
        np.where(known, 0, below),
        _matrix(sums, len(counts)),
        here,
    )


def _sums(table: CountTable, ids: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """One line a total: the unknown that it is, then those of its parts."""
    out = []
    for dimension, codes in enumerate(table.axes.values()):
        at = {code: i for i, code in enumerate(codes)}
        for code, parts in codes.items():
            if parts:
                lines = np.moveaxis(ids.take([at[code], *(at[part] for part in parts)], axis=dimension), dimension, -1)
                out.append(lines.reshape(-1, 1 + len(parts)))
    return out


def _matrix(sums: Mapping[int, list[NDArray[np.int64]]], size: int) -> csr_matrix:
    """The totals as rows; one stated by several releases stands once."""
    from scipy.sparse import csr_matrix

    columns: list[NDArray[np.int64]] = []
    values: list[NDArray[np.int64]] = []
    lengths: list[int] = []
    for width, blocks in sums.items():
        lines = np.concatenate(blocks)
        lines[:, 1:].sort(axis=1)
        lines = np.unique(lines, axis=0)
        columns.append(lines.ravel())
        values.append(np.tile(np.r_[-1, np.ones(width - 1, dtype=np.int64)], len(lines)))
        lengths += [width] * len(lines)
    if not lengths:
        return csr_matrix((0, size), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=(len(lengths), size))


def _two_counts(measure: str) -> InvalidInput:
    return InvalidInput(
        "a table of counts does not add up",
        where=f'tables of "{measure}"',
        found="two tables of one release give the same count in two sizes",
        matters="what its totals give away could not be worked out",
        fix="count both from the same records",
        id="peelian.E302",
    )
