"""One who holds every release and knows the rule, and works out what was withheld.

Written apart from the code that it attacks: it thinks in the finest counts of each table, not in totals, asks for whole numbers
as well as for any, and sees of a table only what was published. It is told, for every count of a release, whether it changed
since it was last counted; a real reader would have to guess.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

MOST = 10_000  # no count is larger, so that every range has an end


def finest(codes, code):
    """The finest codes that a code adds up."""
    return [leaf for part in codes[code] for leaf in finest(codes, part)] if codes[code] else [code]


def name(table, key):
    """What a cell is called in every table: without the axes at their total."""
    return table.measure, frozenset((axis, code) for axis, code in zip(table.axes, key, strict=True) if code != "all")


class Attacker:
    """Adds one release after another to what is known."""

    def __init__(self):
        self.size = 0
        self.known = []  # (unknowns that add up, least, most)
        self.sums = {}  # name of a cell: the unknowns that add up to it, as last counted
        self.counts = {}  # its true count: used to be told what changed, never to work anything out

    def read(self, tables, published):
        """Take in a release: what is published, by name."""
        counted = {}
        for table in tables:
            axes = list(table.axes.values())
            leaves = list(product(*[[code for code in codes if not codes[code]] for codes in axes]))
            at = {leaf: self.size + i for i, leaf in enumerate(leaves)}
            self.size += len(leaves)
            for key in product(*axes):
                below = list(product(*[finest(codes, code) for codes, code in zip(axes, key, strict=True)]))
                cell, sum_ = name(table, key), [at[leaf] for leaf in below]
                truth = sum(table.counts.get(leaf, 0) for leaf in below)
                if cell in counted or self.counts.get(cell) == truth:
                    self.known.append((sum_, self.sums[cell], 0, 0))
                counted[cell] = truth
                self.sums[cell], self.counts[cell] = sum_, truth
                if cell in published:
                    self.known.append((sum_, [], published[cell], published[cell]))

    def range(self, cell, *, whole):
        """Least and most that a cell can be, in whole numbers or in any."""
        return self.range_of(self.sums[cell], whole=whole)

    def range_of(self, sum_, *, whole):
        """Least and most that the unknowns of `sum_` can add up to."""
        goal = np.bincount(sum_, minlength=self.size).astype(float)
        out = []
        for sign in (1, -1):
            out.append(sign * self._solve(sign * goal, whole, []))
        return tuple(out)

    def fits(self, sum_, value):
        """Whether `sum_` can be `value` in a table of whole numbers."""
        return self._solve(np.zeros(self.size), True, [(sum_, [], value, value)]) is not None

    def _solve(self, goal, whole, more):
        known = self.known + more
        lines = np.array([np.bincount(plus, minlength=self.size) - np.bincount(minus, minlength=self.size) if minus
                          else np.bincount(plus, minlength=self.size) for plus, minus, _, _ in known])  # fmt: skip
        limits = LinearConstraint(lines, [low for *_, low, _ in known], [high for *_, high in known])
        found = milp(goal, constraints=limits, bounds=Bounds(0, MOST), integrality=np.full(self.size, int(whole)))
        if found.status == 2:
            assert more, "what was released contradicts itself"
            return None
        assert found.status == 0, found.message
        return found.fun
