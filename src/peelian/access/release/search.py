"""The search for tables that fit all releases, and for the counts to withhold so that there are enough of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .knowledge import Knowledge

if TYPE_CHECKING:
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_NEAR = 2_000  # unknowns moved at once: enough to go round a corner in three axes of twenty, and still quick
_MANY = 200  # from this many open counts on, several are made safe at once: quicker, and a little more is withheld
_SLACK = 1e-6  # what the solver may be off by
_MISS = 1_000.0  # price of a small count that misses its value by one: far above what it costs to withhold others
_MOVE = 1e-3  # price of moving a count that is withheld already, so that tables stay near the truth


class Search:
    """What is withheld so far, and how far each small count ranges in the tables found so far that fit.

    Attributes
    ----------
    withheld : ndarray of bool, shape (n,)
        Unknown to the reader. Grows only, so a table that fitted once fits for ever.
    low, high : ndarray of float, shape (n,)
        Least and most that each count is in the tables found.
    """

    def __init__(self, known: Knowledge, rng: np.random.Generator) -> None:
        self.known, self.rng = known, rng
        self.withheld = ~known.told & ~known.spare
        self.low = known.counts.astype(float)
        self.high = self.low.copy()
        self.moved = np.zeros(len(self.low), dtype=bool)
        # What a reader loses grows with the size of a count, but slowly. The noise keeps the choice from being foreseen.
        self.price = np.log(known.counts + 2) * rng.uniform(0.8, 1.25, len(self.low))
        rows, columns = known.rows, known.rows.tocsc()
        self.members = [rows.indices[a:b].tolist() for a, b in zip(rows.indptr, rows.indptr[1:], strict=False)]
        self.total = [self.members[r][i] for r, i in enumerate(_negative(rows))]
        self.rows_of = [columns.indices[a:b].tolist() for a, b in zip(columns.indptr, columns.indptr[1:], strict=False)]

    @property
    def open(self) -> Ints:
        """Small counts not yet shown to be safe."""
        below = self.known.below
        return np.flatnonzero((below > 0) & ((self.low > _SLACK) | (self.high < below - 1 - _SLACK)))

    def withhold_by_total(self) -> None:
        """Withhold others until no single total narrows a small count: needed, and seldom enough."""
        known, counts, below = (
            self.known,
            self.known.counts.tolist(),
            self.known.below.tolist(),
        )
        hidden, spare, price = self.withheld.tolist(), known.spare.tolist(), self.price.tolist()
        number = [sum(hidden[i] for i in members) for members in self.members]

        def narrows(row: int) -> bool:
            if number[row] < 2 or hidden[self.total[row]]:
                return number[row] == 1
            unknown = [i for i in self.members[row] if hidden[i]]
            slack = sum(counts[i] for i in unknown)
            return any(below[i] and slack < below[i] - 1 for i in unknown)

        queue = deque(row for row in range(len(self.members)) if narrows(row))
        while queue:
            row = queue.popleft()
            choice = [i for i in self.members[row] if spare[i] and counts[i] and not hidden[i]]
            if not choice or not narrows(row):
                continue
            best = min(choice, key=lambda i: 3 * sum(number[r] == 0 for r in self.rows_of[i]) + price[i])
            hidden[best] = True
            for other in self.rows_of[best]:
                number[other] += 1
            queue.extend(self.rows_of[best])
        self.withheld = np.array(hidden, dtype=bool)

    def near(self, start: int, among: NDArray[np.bool_], most: int) -> Ints:
        """The unknowns `among` all that totals tie to `start`, the nearest first."""
        found, rows = {start: None}, set[int]()
        queue = [start]
        for one in queue:
            if len(queue) >= most:
                break
            for row in self.rows_of[one]:
                if row not in rows:
                    rows.add(row)
                    for other in self.members[row]:
                        if among[other] and other not in found:
                            found[other] = None
                            queue.append(other)
        return np.array(queue[:most])

    def fit(self, moving: Ints, small: Ints, wanted: Ints) -> Floats:
        """A table that fits, only counts `moving` changed, with `small` as near to `wanted` as can be; as changes from the truth.

        Counts not withheld may move at their price; they must be withheld for the table to fit.
        """
        from scipy.optimize import linprog
        from scipy.sparse import hstack

        known = self.known
        start = np.zeros(len(known.counts))
        price = np.where(self.withheld, _MOVE, self.price)
        start[small], price[small] = wanted - known.counts[small], _MISS
        rows = known.rows[:, moving]
        rows = rows[np.diff(rows.indptr) > 0]
        begin, room = start[moving], (start + known.counts)[moving]
        found = linprog(
            np.tile(price[moving], 2),
            A_eq=hstack([rows, -rows]).tocsr(),
            b_eq=-(rows @ begin),
            bounds=np.column_stack([np.zeros(2 * len(moving)), np.concatenate([np.full(len(moving), np.inf), room])]),
            method="highs-ds",
        )
        if found.x is None:
            raise RuntimeError(f"the solver gave up: {found.message}")  # standing still always fits
        more, less = np.split(found.x, 2)
        change = np.zeros(len(known.counts))
        change[moving] = begin + more - less
        return change

    def learn(self, change: Floats) -> None:
        """Withhold what a table moves, and note how far it takes each count."""
        moved = np.abs(change) > _SLACK
        self.moved |= moved
        self.withheld |= moved
        np.minimum(self.low, self.known.counts + change, out=self.low)
        np.maximum(self.high, self.known.counts + change, out=self.high)

    def wanted(self, small: Ints) -> Ints:
        """For each count an end of its range that no table has reached yet."""
        top = self.known.below[small] - 1
        up = (self.high[small] < top - _SLACK) & ((self.low[small] <= _SLACK) | (self.rng.random(len(small)) < 0.5))
        return np.where(up, top, 0)

    def sweep(self, *, share: float = 1.0, more: bool = False) -> None:
        """Look for tables around every open count in turn; `more` may withhold more, for a `share` of them at once."""
        open_ = self.open
        left, is_open = set(open_.tolist()), np.zeros(len(self.low), dtype=bool)
        is_open[open_] = True
        among = self.withheld | self.known.spare if more else self.withheld
        for start in self.rng.permutation(open_).tolist():
            if start in left:
                moving = self.near(start, among, _NEAR)
                small = moving[is_open[moving]]
                left.difference_update(small.tolist())
                if share < 1:
                    small = small[(small == start) | (self.rng.random(len(small)) < share)]
                self.learn(self.fit(moving, small, self.wanted(small)))

    def settle(self) -> int | None:
        """Look for tables one open count at a time, withholding whatever it takes; the first that cannot be made safe."""
        for one in self.open.tolist():
            for value in (0, int(self.known.below[one]) - 1):
                if self.low[one] - _SLACK <= value <= self.high[one] + _SLACK:
                    continue
                among = self.withheld | self.known.spare
                for most in (_NEAR, len(self.low)):
                    change = self.fit(self.near(one, among, most), np.array([one]), np.array([value]))
                    if abs(self.known.counts[one] + change[one] - value) <= _SLACK:
                        break
                else:
                    return one
                self.learn(change)
        return None

    def run(self) -> int | None:
        """Make every small count safe; the first that cannot be, because earlier releases narrow it, or None."""
        self.withhold_by_total()
        left = len(self.low) + 1
        while (now := len(self.open)) < left:
            left = now
            self.sweep()
            if _MANY < len(self.open) > 0.8 * now:
                self.sweep(share=0.3, more=True)
        return self.settle()


def _negative(rows: Any) -> Iterable[int]:
    """Where in each row its total stands."""
    return [int(np.argmin(rows.data[a:b])) for a, b in zip(rows.indptr, rows.indptr[1:], strict=False)]
