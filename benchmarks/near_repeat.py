"""Speed of the Knox test against pointpats, on four years of Chicago burglaries, and by number of pairs.

Run: python benchmarks/near_repeat.py [--quick]

The peer and we count the same pairs of the same events in the same run. --quick gives the peer 2,000 events in place of
10,000 (its memory grows with their square).
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from peelian.analysis.near_repeat import knox

CHICAGO = Path(__file__).parents[2] / "shared/data/near-repeat/chicago_burglary_2014_2017.csv.gz"
PERMUTATIONS = 999


def timed(work):
    started = perf_counter()
    result = work()
    return perf_counter() - started, result


def ours(x, y, day, metres=200, permutations=PERMUTATIONS):
    bands = {"distance_bands": [0, metres], "day_bands": [0, 14, np.inf], "closed": "right"}
    return knox(x, y, day, **bands, permutations=permutations, rng=np.random.default_rng(1))


def events(number, rng):
    """Return events as dense as burglaries in a city: one a hectare in four years."""
    side = 100 * np.sqrt(number)
    return rng.uniform(0, side, number), rng.uniform(0, side, number), rng.integers(0, 1_461, number)


def against_pointpats(number, rng):
    from pointpats.spacetime import Knox

    x, y, day = events(number, rng)
    place = np.column_stack([x, y])
    seconds = min(timed(lambda: ours(x, y, day))[0] for _ in range(3))
    result = ours(x, y, day)
    theirs, peer = timed(lambda: Knox(place, day[:, None], delta=200, tau=14, permutations=PERMUTATIONS))
    assert peer.statistic_ == result.observed[0, 0], "the two count different pairs"
    print(f"{number:,} events x {PERMUTATIONS} permutations: {result.observed[0, 0]:,} near pairs, the same in both")
    print(f"  peelian {seconds:.2f} s, pointpats {theirs:.1f} s: ratio {theirs / seconds:.0f} (goal 200)")


def chicago():
    if not CHICAGO.exists():
        print("Chicago: the folder of real data (../shared) is not here")
        return
    rows = list(csv.DictReader(gzip.decompress(CHICAGO.read_bytes()).decode().splitlines()))
    x, y = (np.array([float(row[axis]) for row in rows]) for axis in "XY")
    day = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    seconds = [timed(lambda: ours(x, y, day))[0] for _ in range(3)]
    print(f"Chicago, {len(rows):,} burglaries x {PERMUTATIONS}, 200 m and 14 days (goal 5 s on 2 cores):")
    print(f"  {', '.join(f'{each:.2f}' for each in seconds)} s")


def cost_per_pair(rng):
    """Add pairs by widening the band over the same 10,000 events: every further pair must cost the same."""
    x, y, day = events(10_000, rng)
    before = None
    print(f"cost of a pair, 10,000 events x {PERMUTATIONS}, processor seconds of all cores:")
    for metres in (200, 800, 1_600, 2_400, 3_200):
        pairs = int(ours(x, y, day, metres, permutations=1).observed.sum())
        started = process_time()
        ours(x, y, day, metres)
        now = pairs, process_time() - started
        print(f"  {metres:>5} m  {pairs:>10,} pairs  {now[1]:6.2f} s", end="")
        if before:
            slope = (now[1] - before[1]) / (pairs - before[0]) / PERMUTATIONS
            print(f"  slope {slope * 1e9:.2f} ns a further pair and permutation", end="")
        print()
        before = now


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    generator = np.random.default_rng(2)
    chicago()
    cost_per_pair(generator)
    against_pointpats(2_000 if "--quick" in sys.argv else 10_000, generator)
