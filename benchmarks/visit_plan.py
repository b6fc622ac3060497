"""How quick a plan of visits is, and how near it comes to the optimum of a kept solver for the same visits.

Run: python benchmarks/visit_plan.py [--people 20000] [--managers 400]

The plan places the most pressing visits, by the person's own manager where there is room. The peer is SciPy's assignment solver, which may
place as many, and maximises visits by the person's own manager among those; it is asked at a smaller size, for it grows with the cube.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from peelian.investigation.visit_plan import Due, plan

ON = date(2026, 11, 23)
LEVELS = ("low", "medium", "high", "very high")


def made(people: int, managers: int, seed: int) -> tuple[list[Due], dict[str, int]]:
    """Visits due around the day, and room for about four in five of them."""
    rng = np.random.default_rng(seed)
    owner, level = rng.integers(managers, size=people), rng.choice(4, size=people, p=(0.6, 0.24, 0.12, 0.04))
    days = rng.integers(-90, 14, size=people)
    due = [
        Due(f"{n:07d}", "east", LEVELS[level[n]], f"m{owner[n]}", ON + timedelta(days=int(days[n])))
        for n in range(people)
    ]
    room = {f"m{n}": int(r) for n, r in enumerate(rng.poisson(0.8 * people / managers, size=managers))}
    return due, room


def best(due: list[Due], room: dict[str, int]) -> int:
    """The most visits that can be made by the person's own manager, of so many placed."""
    seats = [name for name, n in room.items() for _ in range(n)]
    own = np.array([[d.owner == seat for seat in seats] for d in due])
    rows, columns = linear_sum_assignment(own, maximize=True)
    return int(own[rows, columns].sum())


def main() -> None:
    """Time both."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--people", type=int, default=20_000)
    ask.add_argument("--managers", type=int, default=400)
    told = ask.parse_args()
    due, room = made(told.people, told.managers, 1)
    since = perf_counter()
    found = plan(due, room, on=ON)
    took = perf_counter() - since
    assert len(found.placed) == min(len(due), sum(room.values()))
    print(f"{len(due):,} visits, {told.managers} managers: {len(found.placed):,} placed in {took:.2f} s")
    due, room = made(1_500, 30, 2)
    since = perf_counter()
    found = plan(due, room, on=ON)
    took = perf_counter() - since
    since = perf_counter()
    most = best([p.due for p in found.placed], room)
    own = sum(p.own for p in found.placed)
    print(
        f"{len(found.placed):,} placed in {took * 1_000:.0f} ms, {own:,} by their own manager; at best {most:,} ({perf_counter() - since:.1f} s, scipy)"
    )


if __name__ == "__main__":
    main()
