"""Speed of Gi* and its permutations against esda, on a map of 50,000 cells.

Run: python benchmarks/hot_spots.py

The peer is timed warm (its second run) and at the faster of one and all cores. Its scheme is the conditional one. With numba
installed it compiles its loops, without it they run in Python: the line printed says which.
"""

from __future__ import annotations

import os
import warnings
from importlib.util import find_spec
from time import perf_counter, process_time

import numpy as np

from peelian.analysis.getis_ord import conditional_p, exact_p, getis_ord, whole_map_p
from peelian.analysis.hot_spots import neighbours, study_area

PERMUTATIONS = 999
BAND = 400


def timed(work, times=3):
    """Return the shortest time by the clock, the least processor time of all threads, and the last result."""
    clock = processor = np.inf
    for _ in range(times):
        started = perf_counter(), process_time()
        result = work()
        clock, processor = min(clock, perf_counter() - started[0]), min(processor, process_time() - started[1])
    return clock, processor, result


def main():
    from esda.getisord import G_Local
    from libpysal.weights import DistanceBand, fill_diagonal

    warnings.simplefilter("ignore")
    rng = np.random.default_rng(3)
    side = 224
    centres = (np.argwhere(np.ones((side, side))) + 0.5) * 250
    area = study_area(*centres.T)
    counts = rng.negative_binomial(0.5, 0.2, len(area))
    compiled = "with numba" if find_spec("numba") else "without numba"
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {len(area):,} cells, {PERMUTATIONS} permutations; esda {compiled}"
    )

    weighing, _, near = timed(lambda: neighbours(area, band=BAND))
    started = perf_counter()
    weights = fill_diagonal(DistanceBand(centres, threshold=BAND, binary=True, silence_warnings=True))
    their_weighing = perf_counter() - started
    print(
        f"neighbours        peelian {weighing:6.2f} s   libpysal {their_weighing:6.2f} s   ratio {their_weighing / weighing:.0f}"
    )

    values = counts.astype(float)
    scoring, _, z = timed(lambda: getis_ord(counts, near))
    their_scoring, _, peer = timed(lambda: G_Local(values, weights, star=True, transform="B", permutations=0))
    print(
        f"z-scores          peelian {scoring:6.3f} s   esda     {their_scoring:6.2f} s   ratio {their_scoring / scoring:.0f}"
    )
    print(f"                  largest difference {np.abs(z - peer.Zs).max():.0e}")

    def esda(jobs, permutations):
        return G_Local(
            values,
            weights,
            star=True,
            transform="B",
            permutations=permutations,
            keep_simulations=False,
            n_jobs=jobs,
            seed=1,
        )

    def peer(jobs):
        esda(jobs, 9)  # warm: compiled, workers started
        return timed(lambda: esda(jobs, PERMUTATIONS), times=1 if compiled == "without numba" else 3)

    (one_core, processor, _), (all_cores, _, _) = peer(1), peer(-1)
    print(f"esda conditional, warm: {one_core:.2f} s on one core, {all_cores:.2f} s on all")
    print("                    peelian    ratio by the clock   ratio by processor time (goal 5 for whole-map shuffles)")
    for name, work in (
        ("whole-map shuffles", lambda: whole_map_p(counts, near, rng=rng, permutations=PERMUTATIONS)),
        ("  of real values", lambda: whole_map_p(counts * 0.1, near, rng=rng, permutations=PERMUTATIONS)),
        ("conditional", lambda: conditional_p(counts, near, rng=rng, permutations=PERMUTATIONS)),
        ("exact whole-map", lambda: exact_p(counts, near)),
    ):
        clock, ours, _ = timed(work, times=5)
        print(f"{name:<18}{clock:7.3f} s {min(one_core, all_cores) / clock:20.1f} {processor / ours:25.1f}")


if __name__ == "__main__":
    main()
