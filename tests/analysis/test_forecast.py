"""Forecasts of counts and their back-test: known answers, properties, and rates over many made-up series."""

import csv
import gzip
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from peelian.analysis.backtest import SHARES, backtest, watch
from peelian.analysis.fairness import fairness, feedback_loop
from peelian.analysis.forecast import (
    BASELINES,
    METHODS,
    Periods,
    Prediction,
    mean_of_last_year,
    same_period_last_year,
    smoothed,
    weighted_average,
)
from peelian.analysis.hot_spots import predictive_accuracy
from peelian.analysis.trend import NotEnoughData
from peelian.core.errors import InvalidInput

MONTHS = Periods("month", date(2023, 1, 1))
WEEKS = Periods("week", date(2023, 1, 2))
tables = st.integers(1, 8).flatmap(
    lambda places: st.lists(st.lists(st.integers(0, 30), min_size=24, max_size=24), min_size=places, max_size=places)
)


def test_periods_know_their_days():
    assert MONTHS.days(3).tolist() == [31, 28, 31]
    assert WEEKS.start(52) == date(2024, 1, 1) and set(WEEKS.days(60)) == {7.0}


def test_last_year_is_the_same_months_of_last_year():
    counts = np.arange(48).reshape(2, 24)
    assert same_period_last_year(counts, MONTHS, 1).mean.tolist() == [12, 36]
    assert same_period_last_year(counts, MONTHS, 3).mean.tolist() == [12 + 13 + 14, 36 + 37 + 38]
    assert mean_of_last_year(counts, MONTHS, 2).mean.tolist() == [2 * 17.5, 2 * 41.5]


def test_a_steady_place_is_forecast_at_its_level_by_every_method():
    counts = np.full((1, 36), 10)
    for method in METHODS.values():
        assert method(counts, MONTHS, 1).mean[0] == pytest.approx(10, rel=0.1)


def test_the_model_knows_season_and_trend_of_all_places_together():
    """A winter peak and a rise of a tenth a year, planted: January is forecast near its true mean."""
    rng = np.random.default_rng(1)
    share = rng.gamma(3, 1, 50)
    month = np.arange(48)
    level = 500 * np.exp(0.1 * month / 12) * (1 + 0.3 * np.cos(2 * np.pi * month / 12))
    counts = rng.poisson(np.outer(share / share.sum(), level[:36]))
    for horizon, truth in ((1, level[36]), (3, level[36:39].sum())):
        found = smoothed(counts, MONTHS, horizon).mean
        assert found.sum() == pytest.approx(truth, rel=0.05)
        assert np.corrcoef(found, share)[0, 1] > 0.98


def test_a_place_with_few_events_is_pulled_to_the_mean_more():
    """Of 20 places with a mean of 1 and one with 300: by empirical Bayes the small zero is lifted, the large hardly moved."""
    rng = np.random.default_rng(2)
    counts = rng.poisson(np.outer(rng.gamma(2, 0.5, 40), np.ones(36)))
    counts[0], counts[1] = 0, 300
    found = smoothed(counts, MONTHS, 1).mean
    assert 0 < found[0] < 0.5 and found[1] == pytest.approx(300, rel=0.05)


@given(counts=tables, horizon=st.integers(1, 3), scale=st.integers(2, 5))
@settings(max_examples=60)
def test_what_holds_for_every_forecast(counts, horizon, scale):
    table = np.array(counts)
    order = np.arange(len(table))[::-1]
    for method in METHODS.values():
        found = method(table, MONTHS, horizon)
        assert (found.mean >= 0).all() and np.isfinite(found.mean).all() and (found.size > 0).all()
        assert method(table[order], MONTHS, horizon).mean[order] == pytest.approx(found.mean, abs=1e-6)
        low, high = found.interval()
        assert (low <= high).all() and (low >= 0).all()
        above = found.distribution(high) - found.distribution(low - 1)
        assert (above >= 0.95 - 1e-9).all()


def test_an_interval_is_that_of_the_negative_binomial():
    """scipy's nbinom with size 3 and mean 6: n = 3, p = 3 / 9."""
    low, high = Prediction(np.array([6.0]), np.array([3.0])).interval(0.9)
    assert (low[0], high[0]) == tuple(nbinom.ppf([0.05, 0.95], 3, 1 / 3))


@pytest.mark.parametrize("counts", [[1, 2, 3], [[1.5] * 24], [[-1] * 24], [[float("nan")] * 24], [[]]])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(InvalidInput):
        smoothed(counts, MONTHS, 1)


def test_too_short_a_past_or_nothing_ahead_is_refused():
    for method, held, horizon in ((smoothed, 11, 1), (same_period_last_year, 11, 1), (weighted_average, 24, 0)):
        with pytest.raises(InvalidInput):
            method(np.ones((2, held), dtype=int), MONTHS, horizon)


@given(
    expected=st.lists(st.integers(0, 6), min_size=1, max_size=30),
    share=st.floats(0.01, 0.99),
    data=st.data(),
)
def test_what_is_watched_uses_the_share_of_the_area_and_the_best_places(expected, share, data):
    size = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(expected), max_size=len(expected))), dtype=float)
    part = watch(expected, size, share)
    density = np.array(expected) / size

    assert (part * size).sum() == pytest.approx(share * size.sum())
    assert ((part >= 0) & (part <= 1)).all()
    # No denser place is left while a thinner one is watched, and places that are tied are treated alike.
    for a in range(len(part)):
        for b in range(len(part)):
            if density[a] > density[b]:
                assert part[a] == 1 or part[b] == 0
            if density[a] == density[b]:
                assert part[a] == part[b]


def test_accuracy_is_that_of_chainey_and_others():
    """A quarter of the crime in a tenth of the area: an index of 2.5, as `hot_spots.predictive_accuracy` has it."""
    later = [5, 3, 2, 2, 2, 2, 1, 1, 1, 1]
    counts = np.repeat(np.array(later)[:, None], 36, axis=1)
    found = backtest(counts, MONTHS, rng=np.random.default_rng(1)).score("same period last year", 0.1)

    assert found.index.value == pytest.approx(predictive_accuracy([True] + [False] * 9, later).index) == 2.5
    assert found.efficiency.value == 1


@pytest.mark.parametrize(("periods", "held", "needed"), [(MONTHS, 35, 36), (WEEKS, 129, 130), (MONTHS, 7, 36)])
def test_too_short_a_past_is_not_enough_data(periods, held, needed):
    found = backtest(np.ones((3, held), dtype=int), periods, rng=np.random.default_rng(1))
    assert found == NotEnoughData(held, needed, periods.kind)
    assert str(needed) in str(found) and periods.kind in str(found)


def test_no_forecast_looks_further_than_it_can_be_tried():
    with pytest.raises(InvalidInput, match="3 months ahead at most") as fault:
        backtest(np.ones((3, 60), dtype=int), MONTHS, horizon=4, rng=np.random.default_rng(1))
    assert fault.value.id == "peelian.E206"


def test_a_forecast_sees_nothing_of_what_it_is_for():
    """Whatever comes last, the forecasts made before it are the same."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(4, (20, 36))
    changed = counts.copy()
    changed[:, 30:] += 50
    first, second = (backtest(c, MONTHS, rng=np.random.default_rng(1)) for c in (counts, changed))
    for name in METHODS:
        assert (first.expected[name][:, :7] == second.expected[name][:, :7]).all()
        assert name == BASELINES[0] or (first.expected[name][:, 7:] != second.expected[name][:, 7:]).any()


def test_where_there_is_nothing_to_find_no_forecast_is_called_better():
    """All places alike, 80 times: each baseline alone is beaten in 2.5 % by chance, both in fewer; 95 % of intervals hold 1."""
    better, covered = 0, 0
    for seed in range(80):
        rng = np.random.default_rng(seed)
        tried = backtest(rng.poisson(4, (30, 36)), MONTHS, rng=rng)
        better += tried.verdict(0.1) == "better"
        score = tried.score("model", 0.1).index
        covered += score.low <= 1 <= score.high
    assert better <= 3
    assert covered >= 70  # 95 % of 80, less three standard deviations


def test_a_forecast_that_knows_more_than_last_year_is_called_better():
    """Places whose risk wanders by a quarter each month: an average in which the latest months weigh more catches more than last
    year's counts; one that turns them round is called worse."""

    def turned(counts, periods, horizon):
        return Prediction(1 / (1 + mean_of_last_year(counts, periods, horizon).mean), np.full(len(counts), np.inf))

    better = worse = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        wander = np.exp(np.cumsum(0.25 * rng.normal(size=(500, 36)), axis=1))
        tried = backtest(rng.poisson(5 * wander), MONTHS, rng=rng, methods={**METHODS, "turned": turned})
        better += tried.verdict(0.1, method="weighted average") == "better"
        worse += tried.verdict(0.1, method="turned") == "worse"
    assert (better >= 9, worse) == (True, 10), (better, worse)


def test_intervals_of_counts_are_calibrated():
    """Gamma rates, Poisson counts: the 95 % interval covers about 95 % or, counts being whole, a little more; the PIT is flat."""
    rng = np.random.default_rng(4)
    tried = backtest(rng.poisson(np.outer(rng.gamma(4, 5, 400), np.ones(36))), MONTHS, rng=rng)

    for level in (0.8, 0.95):
        assert level - 0.01 <= tried.coverage(level).value <= level + 0.04
    assert tried.pit.sum() == pytest.approx(1) and np.abs(tried.pit - 0.1).max() < 0.02
    for _n, expected, recorded in tried.reliability():
        assert recorded.value == pytest.approx(expected, rel=0.06)


def biased(tried_on):
    def method(counts, periods, horizon):
        honest = smoothed(counts, periods, horizon)
        return Prediction(honest.mean * np.where(tried_on, 1.5, 1.0), honest.size)

    return method


def test_a_planted_bias_is_flagged_and_named():
    rng = np.random.default_rng(5)
    counts = rng.poisson(np.outer(rng.gamma(4, 2, 100), np.ones(36)))
    decile = np.arange(100) % 10 + 1
    tried = backtest(counts, MONTHS, rng=rng, methods={**METHODS, "tilted": biased(decile == 1)})
    groups = [f"{d:02}" for d in decile]

    assert not any(g.biased for g in fairness(tried, groups, share=0.1))
    flagged = [g for g in fairness(tried, groups, share=0.1, method="tilted") if g.biased]
    assert [g.name for g in flagged] == ["01"]
    assert flagged[0].ratio.low > 1.1 and flagged[0].watched.value > 0.1


def test_shares_of_groups_add_up_to_what_is_watched():
    rng = np.random.default_rng(6)
    tried = backtest(rng.poisson(3, (30, 36)), MONTHS, rng=rng, size=rng.uniform(1, 5, 30))
    groups = np.array(["a", "b", ""] * 10)
    found = fairness(tried, groups.tolist(), share=0.2)

    assert [g.name for g in found] == ["a", "b"]
    whole = fairness(tried, ["all"] * 30, share=0.2)[0]
    assert whole.watched.value == pytest.approx(0.2) == pytest.approx(whole.right)
    assert whole.ratio.value == pytest.approx(1) and whole.recorded == tried.observed.sum()
    assert 0 < whole.in_vain.value < 0.2


def test_a_loop_is_told_from_risk_that_moves():
    """Watched places whose crime of both kinds doubles are no loop; where only what police find doubles, it is one."""
    rng = np.random.default_rng(7)
    watched = np.zeros((50, 12))
    watched[:5] = 1
    generated, reported = rng.poisson(3, (50, 36)), rng.poisson(20, (50, 36))
    up_generated, up_reported = generated.copy(), reported.copy()
    up_generated[:5, 24:] += rng.poisson(3, (5, 12))
    up_reported[:5, 24:] += rng.poisson(20, (5, 12))

    assert not feedback_loop(watched, generated, reported, first=24).alarm
    assert not feedback_loop(watched, up_generated, up_reported, first=24).alarm
    loop = feedback_loop(watched, up_generated, reported, first=24)
    assert loop.alarm and loop.ratio.low < 2 < loop.ratio.high
    assert feedback_loop(watched, generated // 100, reported, first=24) is None


def test_chicago_burglaries_by_the_month(shared):
    """2014 to 2017, cells of 500 m: plain counts of the last year catch far more than the same month a year before, and the model
    catches a little more than either."""
    path = shared / "data/near-repeat/chicago_burglary_2014_2017.csv.gz"
    rows = list(csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines()))
    cell = np.floor([[float(row[axis]) / 500 for axis in "XY"] for row in rows]).astype(int)
    month = [(int(row["date"][:4]) - 2014) * 12 + int(row["date"][5:7]) - 1 for row in rows]
    places, at = np.unique(cell, axis=0, return_inverse=True)
    counts = np.zeros((len(places), 48), dtype=int)
    np.add.at(counts, (at, month), 1)
    tried = backtest(counts, Periods("month", date(2014, 1, 1)), rng=np.random.default_rng(1))

    assert counts.sum() == 45_319 and tried.observed.sum() == 10_426  # the README's counts of all years, and of 2017
    assert (tried.first, tried.after) == (date(2017, 1, 1), date(2018, 1, 1))
    for share in SHARES:
        month_ago, mean, model = (tried.score(name, share).index for name in (*BASELINES, "model"))
        assert 1 < month_ago.high < mean.low < model.high
        assert tried.ahead("model", "same period last year", share).low > 0
        assert model.value > mean.value
    assert tried.verdict(0.1) == "better"
    assert 0.93 <= tried.coverage(0.95).value <= 1
