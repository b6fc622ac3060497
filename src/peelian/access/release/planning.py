"""Which counts of a release must be withheld, so that no small count can be worked out from all that was ever released.

A small count is safe when, tables of counts that fit all releases have every value from 0 to the threshold less one in its place.
Such tables are the proof: whoever knows the releases alone cannot tell them from the truth. The search asks for tables in which as many small counts as can be take a value that no table has shown yet; where
none is left among the counts withheld, it withholds more, the cheapest that make another table fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from peelian.core.errors import PeelianError

from .knowledge import Release, knowledge_of
from .search import Search
from .small import threshold
from .tables import Address, CountTable

Why = Literal["", "small", "secondary"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be released: None with the reason why it is withheld.

    The reason is for the one who approves. A release says the same of every count withheld: whoever could tell the small ones
    from the others would know more than the plan allows for.
    """

    count: int | None
    why: Why = ""


@dataclass(frozen=True)
class Plan:
    """What of some tables may be released.

    Attributes
    ----------
    cells : mapping of Address to Cell
        Every count that was to be shown.
    audit : mapping of Address to (int, int)
        For each small count of the new release: the least and the most that it is in the tables found that fit all releases.
    release : Release
        What the ledger keeps.
    after : int
        How many earlier releases it takes into account.
    """

    cells: Mapping[Address, Cell]
    audit: Mapping[Address, tuple[int, int]]
    release: Release
    after: int

    def withheld(self, why: Why) -> int:
        """How many counts are withheld as ``"small"`` or as ``"secondary"``."""
        return sum(cell.why == why for cell in self.cells.values())


def plan(tables: Sequence[CountTable], *, earlier: Sequence[Release] = (), rng: np.random.Generator) -> Plan:
    """Plan the release of tables of counts, given all that was released before.

    Parameters
    ----------
    tables : sequence of CountTable
        All tables of the release; those of one measure are protected together.
    earlier : sequence of Release
        Everything released so far, the oldest first (`peelian.access.release.ledger.earlier`).
    rng : numpy.random.Generator
        For the choice between counts that would protect equally well; it must not be known outside.

    Returns
    -------
    Plan

    Raises
    ------
    PeelianError
        ``peelian.E302`` if a table is at fault; ``peelian.E303`` if earlier releases already narrow a small count that the
        new tables hold, whatever is withheld now.

    Notes
    -----
    The reader is taken to know every count ever shown, every total that holds, and which counts changed from release to
    release; and not to know which of the counts withheld are the small ones. What is not covered: docs/adr/0006.

    Examples
    --------
    >>> from peelian.access.release import CountTable, address, plan
    >>> street = CountTable("burglary", {"place": {"all": ("shop", "home", "yard"), "shop": (), "home": (), "yard": ()}},
    ...                     {("shop",): 2, ("home",): 40, ("yard",): 9})
    >>> result = plan([street], rng=np.random.default_rng(1))
    >>> [result.cells[address("burglary", place=p)].count for p in ("all", "shop", "home", "yard")]
    [51, None, 40, None]
    """
    limit = threshold()
    known = knowledge_of(tables, limit, earlier)
    search = Search(known, rng)
    lost = search.run()
    if lost is not None:
        raise _narrowed(tables)
    cells: dict[Address, Cell] = {}
    audit: dict[Address, tuple[int, int]] = {}
    for table in tables:
        for name, count, asked in zip(table.addresses(), table.array.flat, table.asked.flat, strict=True):
            one = known.newest[name]
            if not asked:
                continue
            if 0 < count < limit:
                cells[name] = Cell(None, "small")
                if known.below[one]:
                    audit[name] = math.ceil(search.low[one] - 1e-6), math.floor(search.high[one] + 1e-6)
            elif search.withheld[one] and search.moved[one]:
                cells[name] = Cell(None, "secondary")
            else:
                cells[name] = Cell(int(count))
    withheld = frozenset(name for name, cell in cells.items() if cell.count is None)
    return Plan(cells, audit, Release(tuple(tables), limit, withheld), len(earlier))


def _narrowed(tables: Sequence[CountTable]) -> PeelianError:
    return PeelianError(
        "earlier releases already narrow a small count of these tables",
        where=", ".join(sorted({f'table of "{table.measure}"' for table in tables})),
        found="a count that stays known more closely than the threshold allows, whatever is withheld now",
        matters="this release would rest on a count that no longer is protected",
        fix="release a coarser table, or one that leaves out the areas and periods of earlier releases",
        id="peelian.E303",
    )
