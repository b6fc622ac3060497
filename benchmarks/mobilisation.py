"""Time 10,000 simulated mobilisations of 200 called out of 1,200 candidates, the choice of whom included; at most 10 s."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from peelian.analysis.mobilisation import NOBODY, call_enough

MOST = 10.0


def main() -> None:
    """Print the seconds, and fail above the limit."""
    rng = np.random.default_rng(1)
    people = 1_200
    wanted = [8, 24, 144, 24, 24]  # eight police support units: inspectors, sergeants, constables, drivers, carriers
    rank = rng.choice(5, people, p=(0.03, 0.12, 0.7, 0.1, 0.05))
    can = np.equal.outer(rank, np.arange(5)) | (np.equal.outer(rank, [9, 9, 9, 2, 9]) & (rng.random((people, 1)) < 0.3))
    station = rng.integers(12, size=people)
    started = perf_counter()
    found = call_enough(
        can, wanted, minutes=rng.lognormal(3.9, 0.3, people), group=rng.integers(2, size=people), comes=[(930, 1_000), 0.55], by=120.0,
        spread=0.3, shared=0.15, sure=0.9, cover=[(np.flatnonzero(station == s).tolist(), 40) for s in range(12)],
        rng=rng, draws=40, runs=250,
    )  # fmt: skip
    seconds = perf_counter() - started
    called = int((found.line != NOBODY).sum())
    print(
        f"10,000 simulated mobilisations: {seconds:.1f} s ({called} called, probability {found.filled.probability.show(2)})"
    )
    assert seconds < MOST


if __name__ == "__main__":
    main()
