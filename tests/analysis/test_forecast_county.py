"""Over two hundred made-up counties: an honest process is seldom flagged, a planted loop and a planted bias are."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from peelian.analysis.backtest import backtest
from peelian.analysis.fairness import fairness, feedback_loop
from peelian.analysis.forecast import METHODS, Periods, Prediction, smoothed
from peelian.county import happenings

SEEDS, MONTHS, FIRST, SHARE = 200, 36, 24, 0.2
THEME = "Violence and sexual offences"
GENERATED = ("Drugs", "Possession of weapons")
PERIODS = Periods("month", date(2023, 1, 1))


def tables(seed):
    """Counts by area and month of the theme, of what police find by looking, and of what else victims report."""
    events = happenings(people=60_000, seed=seed, plant=False).filter(pl.col("category") != "")
    area, names = events["area"].rank("dense").to_numpy() - 1, events["category"]
    month = (events["happened"].dt.year() * 12 + events["happened"].dt.month()).to_numpy() - 2023 * 12 - 1

    def count(rows):
        table = np.zeros((area.max() + 1, MONTHS), dtype=np.int64)
        np.add.at(table, (area[rows], month[rows]), 1)
        return table

    found = names.is_in(GENERATED).to_numpy()
    theme = (names == THEME).to_numpy()
    return count(theme), count(found), count(~found & ~theme)


def rates(seeds):
    """How often: honest and biased forecast called biased, honest and looped process called a loop."""
    called = np.zeros(4, dtype=int)
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 7])
        theme, generated, reported = tables(seed)
        # Fifths of deprivation dealt out at random, so that nothing but the plant ties them to the forecast.
        fifth = rng.permutation(len(theme)) % 5

        def tilted(counts, periods, horizon, up=1 + 0.5 * (fifth == 0)):
            honest = smoothed(counts, periods, horizon)
            return Prediction(honest.mean * up, honest.size)

        tried = backtest(theme, PERIODS, rng=rng, methods={**METHODS, "tilted": tilted})
        groups = [f"fifth {n + 1}" for n in fifth]
        called[:2] += [
            any(g.biased for g in fairness(tried, groups, share=SHARE, method=m)) for m in ("model", "tilted")
        ]
        watched = tried.watched("model", SHARE)
        # Where police are sent they find as much again.
        looped = generated.copy()
        looped[:, FIRST:] += rng.binomial(looped[:, FIRST:], watched)
        for at, table in ((2, generated), (3, looped)):
            found = feedback_loop(watched, table, reported, first=FIRST)
            called[at] += bool(found and found.alarm)
    return called


@pytest.mark.long
def test_flags_over_many_counties_are_as_many_as_stated():
    """At 5 %, 200 counties give 2 to 16 false alarms of a loop in 97.7 % of all cases (binomial); bias has a tolerance and fewer."""
    biased, tilted, honest, looped = rates(SEEDS)
    assert biased <= 10 and tilted >= 0.8 * SEEDS
    assert 2 <= honest <= 16 and looped >= 0.8 * SEEDS
