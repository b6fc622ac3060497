import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.seasonal import STL

from peelian.analysis.trend import ControlChart, NotEnoughData, Seasonal, Signal, control_chart, seasonal, signals
from peelian.core.errors import InvalidInput

# Defects on 25 wafers: NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.3.1.
WAFERS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]


def test_a_count_chart_has_the_published_limits():
    """The handbook: centre 16, limits 28 and 4; the 24th wafer is out, the third, exactly on the limit, is not."""
    chart = control_chart(WAFERS, baseline=25, kind="poisson")

    assert (chart.centre, chart.upper[0], chart.lower[0]) == (16, 28, 4)
    assert chart.signals == (Signal(23, "above the limit"),)


def test_an_individuals_chart_uses_the_published_constant():
    """Limits lie 2.66 mean moving ranges from the mean (any textbook; 3 / 1.128)."""
    chart = control_chart(WAFERS, baseline=25, kind="xmr")

    assert chart.upper[0] - chart.centre == pytest.approx(2.66 * np.abs(np.diff(WAFERS)).mean(), rel=1e-3)


def test_a_laney_chart_widens_with_the_months_own_variation():
    rng = np.random.default_rng(1)
    steady, restless = rng.poisson(400, 60), rng.poisson(rng.gamma(16, 25, 60))

    assert control_chart(steady, baseline=60, kind="laney").upper[0] == pytest.approx(460, abs=20)
    assert len(control_chart(restless, baseline=60, kind="laney").signals) <= 1
    assert len(control_chart(restless, baseline=60, kind="poisson").signals) > 10


def test_a_longer_month_may_have_more():
    days = [31, 28, 31, 30] * 6

    chart = control_chart(np.array(days) * 3, baseline=24, kind="poisson", exposure=days)

    assert chart.centre == pytest.approx(3)
    assert chart.upper == pytest.approx(3 + 3 * np.sqrt(3 / np.array(days)))
    assert not chart.signals


def test_a_lasting_change_is_signalled_on_its_eighth_month():
    counts = [24, 20] * 12 + [23] * 9

    chart = control_chart(counts, baseline=24, kind="poisson")

    assert chart.signals == (Signal(31, "eight above the centre"), Signal(32, "eight above the centre"))


def test_false_signals_come_as_rarely_as_stated():
    """Champ and Woodall (1987): 152.73 points on average for these two rules on a steady normal series."""
    rng = np.random.default_rng(8)
    series, at, lengths = rng.normal(size=150_000), 0, []
    limits = np.full(1_500, 3.0)
    while at + 1_500 < len(series):
        found = signals(series[at : at + 1_500], 0.0, -limits, limits)
        lengths.append(found[0].at + 1)
        at += lengths[-1]

    assert abs(np.mean(lengths) - 152.73) < 4 * np.std(lengths) / np.sqrt(len(lengths))


@pytest.mark.parametrize("months", [0, 1, 7, 23])
def test_under_two_years_there_is_no_number(months):
    counts = [5] * months

    for answer in (control_chart(counts, baseline=12, kind="laney"), seasonal(counts)):
        assert answer == NotEnoughData(months, 24)
        assert str(answer).startswith("not enough data")


def test_two_years_are_enough():
    assert isinstance(control_chart([5] * 24, baseline=12, kind="laney"), ControlChart)
    assert isinstance(seasonal([5] * 24), Seasonal)


@given(counts=st.lists(st.integers(0, 60), min_size=24, max_size=40), baseline=st.integers(12, 24))
def test_limits_hold_the_centre_and_what_is_out_is_told(counts, baseline):
    for kind in ("poisson", "laney", "xmr"):
        chart = control_chart(counts, baseline=baseline, kind=kind)
        out = {signal.at for signal in chart.signals if "limit" in signal.rule}

        assert (chart.lower <= chart.centre).all()
        assert (chart.upper >= chart.centre).all()
        assert out == set(np.flatnonzero((chart.values > chart.upper) | (chart.values < chart.lower)))
        assert chart.centre == pytest.approx(np.mean(counts[:baseline]))


@given(counts=st.lists(st.integers(0, 500), min_size=24, max_size=50))
def test_parts_add_up_to_the_series_and_equal_statsmodels(counts):
    ours = seasonal(counts)
    theirs = STL(np.array(counts, float), period=12, seasonal=10 * len(counts) + 1, seasonal_deg=0).fit(
        inner_iter=5, outer_iter=0
    )

    assert ours.trend.value + ours.season.value + ours.rest == pytest.approx(np.array(counts, float), abs=1e-8)
    assert ours.trend.value == pytest.approx(theirs.trend, abs=1e-8)
    assert ours.season.value == pytest.approx(theirs.seasonal, abs=1e-8)
    for part in (ours.trend, ours.season):
        assert (part.low <= part.value).all()
        assert (part.value <= part.high).all()
    assert ours.change_low <= ours.change <= ours.change_high


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Simulated series with a known trend and season, and with months that resemble their neighbours (0.4)."""
    rng = np.random.default_rng(6)
    month = np.arange(36)
    trend, season = 100 + month, 20 * np.cos(2 * np.pi * month / 12)
    held = []
    for _ in range(200):
        noise = np.zeros(56)
        for at in range(1, 56):
            noise[at] = 0.4 * noise[at - 1] + rng.normal()
        found = seasonal(trend + season + 12 * noise[20:])
        held.append(
            [
                ((found.trend.low <= trend) & (trend <= found.trend.high)).mean(),
                ((found.season.low <= season) & (season <= found.season.high)).mean(),
                found.change_low <= 12 <= found.change_high,
            ]
        )

    assert (np.mean(held, axis=0) > 0.92).all()


def test_the_seat_belt_law_is_seen(shared):
    """Drivers killed or seriously injured in Great Britain fell when belts became compulsory on 31 January 1983."""
    with (shared / "data/evaluation/uk_seatbelts_1969_1984.csv").open() as file:
        rows = list(csv.DictReader(file))
    column = next(name for name in rows[0] if name.lower() == "drivers")
    drivers = [float(row[column]) for row in rows]

    year_after = seasonal(drivers[: 12 * 15])  # to December 1983
    chart = control_chart(np.array(drivers, dtype=int)[: 12 * 15], baseline=12 * 13, kind="laney")

    assert year_after.change_high < 0
    assert any(signal.at >= 12 * 14 and "below" in signal.rule for signal in chart.signals)


@pytest.mark.parametrize(
    "wrong",
    [
        {"baseline": 11},
        {"baseline": 26},
        {"kind": "ewma"},
        {"exposure": [0] * 25},
        {"exposure": [1] * 24},
        {"kind": "xmr", "exposure": [1] * 25},
        {"counts": [0.5] * 25},
        {"counts": [float("nan")] * 25},
    ],
)
def test_what_cannot_be_charted_is_refused(wrong):
    with pytest.raises(InvalidInput):
        control_chart(**{"counts": WAFERS, "baseline": 12, "kind": "poisson", **wrong})


def test_a_gap_in_the_series_is_refused():
    with pytest.raises(InvalidInput):
        seasonal([5.0] * 23 + [float("nan")])
