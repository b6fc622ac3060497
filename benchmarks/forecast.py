"""Accuracy of the forecasts against last year's counts, and the cost of a forecast with its card.

Run: python benchmarks/forecast.py

Accuracy is measured on four years of Chicago burglaries: forecasts of each month of 2017, made from what came before it, in cells of
three sizes. Cost is measured on made-up counts from the size of a town to that of a large force; the limit is a page that answers
within ten seconds for 1,100 LSOAs of a county of 1.8 million people.
"""

from __future__ import annotations

import csv
import gzip
import os
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from peelian.analysis.backtest import SHARES, backtest
from peelian.analysis.fairness import fairness, feedback_loop
from peelian.analysis.forecast import METHODS, Periods
from peelian.analysis.series import series_candidates

CHICAGO = Path(__file__).parents[2] / "shared/data/near-repeat/chicago_burglary_2014_2017.csv.gz"
LIMIT, LSOAS = 10.0, 1_100


def chicago():
    if not CHICAGO.exists():
        print("Chicago: the folder of real data (../shared) is not here")
        return
    rows = list(csv.DictReader(gzip.decompress(CHICAGO.read_bytes()).decode().splitlines()))
    xy = np.array([[float(row[axis]) for axis in "XY"] for row in rows])
    month = [(int(row["date"][:4]) - 2014) * 12 + int(row["date"][5:7]) - 1 for row in rows]
    for cell in (1_000, 500, 250):
        places, at = np.unique(np.floor(xy / cell).astype(int), axis=0, return_inverse=True)
        counts = np.zeros((len(places), 48), dtype=int)
        np.add.at(counts, (at, month), 1)
        tried = backtest(counts, Periods("month", date(2014, 1, 1)), rng=np.random.default_rng(1))
        print(
            f"Chicago, {len(rows):,} burglaries, {len(places):,} cells of {cell} m, 2017 by month: predictive accuracy index"
        )
        for share in SHARES:
            told = ", ".join(f"{name} {tried.score(name, share).index.show(2)}" for name in METHODS)
            print(f"  {share:4.0%} of the area: {told}; the model is {tried.verdict(share)}")
        print(f"  95 % intervals of counts hold {tried.coverage(0.95).value:.1%}")


def cost(rng):
    for places in (100, LSOAS, 10_000):
        counts = rng.poisson(np.outer(rng.gamma(2, 1, places), np.ones(36)))
        started = perf_counter()
        tried = backtest(counts, Periods("month", date(2023, 1, 1)), rng=rng)
        for name in METHODS:
            for share in SHARES:
                tried.score(name, share)
        tried.verdict(0.1)
        fairness(tried, [f"decile {n % 10}" for n in range(places)], share=0.1)
        feedback_loop(tried.watched("model", 0.1), counts, 5 * counts, first=24)
        seconds = perf_counter() - started
        print(
            f"forecast with its card, {places:>6,} places, 36 months: {seconds:.2f} s"
            + (f" (limit {LIMIT:.0f} s)" if places == LSOAS else "")
        )


def candidates(rng):
    for events in (1_000, 10_000):
        side = 100 * np.sqrt(events)
        x, y, day = rng.uniform(0, side, events), rng.uniform(0, side, events), rng.integers(0, 365, events)
        started = perf_counter()
        series_candidates(x, y, day, rng=rng)
        print(
            f"series candidates, {events:>6,} events of one a hectare x 199 permutations: {perf_counter() - started:.2f} s"
        )


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    generator = np.random.default_rng(2)
    chicago()
    cost(generator)
    candidates(generator)
