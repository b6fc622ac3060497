"""Emerging problems: 300 areas x 20 categories x 36 months x 999 permutations against a limit, and against plain loops.

Run: python benchmarks/scan.py [--quick]

The loops and we look for the largest likelihood ratio of the same map and of as many permuted ones, in the same run; they get a
smaller size, and the ratio is of times for the same work. --quick leaves out the full size.
"""

from __future__ import annotations

import os
import resource
import sys
from math import log
from random import Random
from time import perf_counter, process_time

import numpy as np

from peelian.analysis.emerging import WINDOW, Layer, emerging_clusters
from peelian.analysis.scan import space_time_permutation

LIMIT = 60  # seconds on two cores
MONTHS = np.arange(36)


def made(areas, categories, rng):
    """Areas as dense as LSOAs in a county; categories from one case in 20 months an area to ten a month."""
    side = 1_750 * np.sqrt(areas)
    season = 1 + 0.3 * np.cos(2 * np.pi * MONTHS / 12)
    rates = [rate * rng.gamma(3, 1 / 3, (areas, 1)) * season for rate in np.geomspace(0.05, 10, categories)]
    return rng.uniform(0, side, areas), rng.uniform(0, side, areas), [rng.poisson(rate) for rate in rates]


def by_loops(cases, x, y, share, permutations, rng):
    """The largest ratio of the map and of permuted ones, cylinder by cylinder in plain Python (no strata, last months)."""
    places, months = len(cases), len(cases[0])
    of_place = [sum(row) for row in cases]
    of_month = [sum(column) for column in zip(*cases, strict=True)]
    total = sum(of_place)
    near = [sorted(range(places), key=lambda j, i=i: (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2) for i in range(places)]
    place = [i for i, row in enumerate(cases) for count in row for _ in range(count)]
    month = [m for row in cases for m, count in enumerate(row) for _ in range(count)]

    def largest(table):
        best = 0.0
        for centre in range(places):
            held, inside = 0, [0] * WINDOW
            for j in near[centre]:
                held += of_place[j]
                if held > share * total:
                    break
                late = cases_in = 0
                for back in range(1, WINDOW + 1):
                    late += of_month[months - back]
                    inside[back - 1] += table[j][months - back]
                    cases_in += inside[back - 1]
                    m, c = held * late / total, cases_in
                    if c > m and c > 1:
                        rest = total - c
                        best = max(best, c * log(c / m) + (rest * log(rest / (total - m)) if rest else 0))
        return best

    found = [largest(cases)]
    for _ in range(permutations):
        rng.shuffle(month)
        table = [[0] * months for _ in range(places)]
        for i, m in zip(place, month, strict=True):
            table[i][m] += 1
        found.append(largest(table))
    return found


def against_loops(rng):
    areas, permutations, share = 100, 199, 0.1
    x, y, [cases] = made(areas, 1, rng)
    cases = rng.poisson(2.0, (areas, 36))
    started = process_time()
    loops = by_loops(cases.tolist(), x.tolist(), y.tolist(), share, permutations, Random(1))
    slow = process_time() - started

    def ours():
        return space_time_permutation(
            cases, x, y, rng=np.random.default_rng(1), space=share, time=WINDOW / 36, permutations=permutations
        )

    times = []
    for _ in range(3):
        started = process_time()
        scan = ours()
        times.append(process_time() - started)
    assert abs(scan.clusters[0].log_likelihood_ratio - loops[0]) < 1e-6, "the two find different cylinders"
    print(f"{areas} areas x 1 category x 36 months x {permutations} permutations, {scan.cylinders:,} cylinders:")
    print(
        f"  largest ratio of the map {loops[0]:.6f} in both; mean of permuted {np.mean(loops[1:]):.2f} and {scan.simulated.mean():.2f}"
    )
    print(f"  processor seconds: peelian {min(times):.3f}, plain loops {slow:.2f}: ratio {slow / min(times):.0f}")


def full(rng):
    x, y, tables = made(300, 20, rng)
    events = sum(int(t.sum()) for t in tables)
    started, worked = perf_counter(), process_time()
    alarms = emerging_clusters([Layer(t, MONTHS % 12) for t in tables], x, y, rng=np.random.default_rng(1))
    seconds, worked = perf_counter() - started, process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"300 areas x 20 categories x 36 months x 999 permutations, {events:,} events, {alarms.compared:,} cylinders:"
    )
    print(
        f"  {seconds:.1f} s (limit {LIMIT} s on two free cores): {'within' if seconds < LIMIT else 'OVER'} it; "
        f"{worked:.1f} processor seconds; peak memory {peak:.0f} MB; {len(alarms.found)} alarms"
    )


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    generator = np.random.default_rng(2)
    against_loops(generator)
    if "--quick" not in sys.argv:
        full(generator)
