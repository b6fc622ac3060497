"""Time, memory and loss of a planned release: 300 areas x 12 months x 14 categories with every total.

Run: python benchmarks/release.py [--quick]

The peer is what is done without a plan: small counts alone are left out (primary suppression). How many of those anyone can
work out from one total alone stands beside what the plan withholds. --quick takes 20 areas.
"""

from __future__ import annotations

import os
import resource
import sys
from time import perf_counter, process_time

import numpy as np

from peelian.access.release import CountTable, plan, threshold
from peelian.access.release.knowledge import knowledge_of
from peelian.access.release.search import Search

CRIMES_A_YEAR = 500


def county(districts, rng):
    """A year of crimes, uneven over areas and categories as recorded crime is: 500 a year in each area on average."""
    areas = {"force": tuple(f"D{d:02}" for d in range(districts))}
    areas |= {district: tuple(f"{district}-{a:02}" for a in range(20)) for district in areas["force"]}
    leaves = [area for district in areas["force"] for area in areas[district]]
    quarters = {f"Q{q}": tuple(f"M{3 * q + m:02}" for m in range(3)) for q in range(4)}
    periods = {"year": tuple(quarters)} | quarters
    months = [month for quarter in quarters.values() for month in quarter]
    kinds = [f"C{c:02}" for c in range(14)]
    expected = rng.gamma(1, 1, (len(leaves), 1, 1)) * rng.gamma(0.7, 1, (1, 1, 14)) * np.ones((1, 12, 1))
    drawn = rng.poisson(expected / expected.sum() * CRIMES_A_YEAR * len(leaves))
    return CountTable(
        "recorded crime",
        {
            "area": areas | dict.fromkeys(leaves, ()),
            "period": periods | dict.fromkeys(months, ()),
            "category": {"all": tuple(kinds)} | dict.fromkeys(kinds, ()),
        },
        {(leaves[a], months[m], kinds[c]): int(n) for (a, m, c), n in np.ndenumerate(drawn) if n},
    )


def given_away(table):
    """Small counts that one total alone tells exactly where small counts only are left out."""
    search = Search(knowledge_of([table], threshold(), ()), np.random.default_rng(0))
    alone = [[i for i in members if search.withheld[i]] for members in search.members]
    return len({unknown[0] for unknown in alone if len(unknown) == 1})


def main():
    table = county(1 if "--quick" in sys.argv else 15, np.random.default_rng(2))
    small = int(((table.array > 0) & (table.array < threshold())).sum())
    cells, crimes = table.array.size, int(table.array.flat[0])
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {cells:,} counts of {crimes:,} crimes, threshold {threshold()}"
    )
    print(
        f"  small counts alone left out: {small:,} ({small / cells:.1%}); {given_away(table):,} of them told by one total"
    )
    started, worked = perf_counter(), process_time()
    result = plan([table], rng=np.random.default_rng(3))
    seconds, worked = perf_counter() - started, process_time() - worked
    more = result.withheld("secondary")
    narrowed = sum(low > 0 or high < threshold() - 1 for low, high in result.audit.values())
    print(
        f"  planned and audited in {seconds:.0f} s ({worked:.0f} s of processor time), peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    print(f"  withheld besides: {more:,} ({more / cells:.1%}); narrowed: {narrowed}")


if __name__ == "__main__":
    main()
