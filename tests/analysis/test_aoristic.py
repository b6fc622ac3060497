"""Aoristic time against Ratcliffe's definition, walked minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peelian.analysis.aoristic import aoristic, aoristic_weights
from peelian.analysis.temporal import week_hours
from peelian.core.errors import InvalidInput

LONDON = ZoneInfo("Europe/London")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def series(pairs):
    kind = pl.Datetime("us", "UTC")
    return (pl.Series([pair[i] for pair in pairs], dtype=kind) for i in (0, 1))


def weights(*pairs, by="day"):
    found = aoristic_weights(*series(pairs), by=by).toarray()
    return [{int(hour): round(float(row[hour]), 4) for hour in np.flatnonzero(row)} for row in found]


def test_ratcliffes_four_hour_search_block():
    """Ratcliffe (2000): a span of four hours gives a probability of 0.25 to each."""
    assert weights((utc("2026-01-05 18:00"), utc("2026-01-05 22:00"))) == [{18: 0.25, 19: 0.25, 20: 0.25, 21: 0.25}]


GOLDEN = [
    ("half an hour either side", utc("2026-01-05 08:30"), utc("2026-01-05 09:30"), {8: 0.5, 9: 0.5}),
    ("an instant is one hour", utc("2026-01-05 08:00"), utc("2026-01-05 08:00"), {8: 1.0}),
    ("the end is outside", utc("2026-01-05 08:00"), utc("2026-01-05 09:00"), {8: 1.0}),
    ("summer time", utc("2026-07-05 23:30"), utc("2026-07-06 00:30"), {0: 0.5, 1: 0.5}),
    ("clocks go back: one to two lasts two hours", utc("2026-10-25 00:00"), utc("2026-10-25 03:00"), {1: 0.6667, 2: 0.3333}),
    ("clocks go forward: no hour from one to two", utc("2026-03-29 00:00"), utc("2026-03-29 02:00"), {0: 0.5, 2: 0.5}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "start", "end", "expected"), GOLDEN)
def test_parts_of_the_hours_of_london(why, start, end, expected):
    assert weights((start, end)) == [expected], why


moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: utc("2024-01-01") + timedelta(minutes=minutes))


@given(spans=st.lists(st.tuples(moments, st.integers(1, 400)), min_size=1, max_size=5))
@example([(utc("2026-03-29 00:10"), 200)])
@example([(utc("2026-10-25 00:10"), 200)])
def test_every_minute_of_a_span_weighs_the_same(spans):
    pairs = [(start, start + timedelta(minutes=minutes)) for start, minutes in spans]
    expected = np.zeros((len(spans), 168))
    for row, (start, minutes) in enumerate(spans):
        for m in range(minutes):
            at = (start + timedelta(minutes=m)).astimezone(LONDON)
            expected[row, at.weekday() * 24 + at.hour] += 1 / minutes

    assert np.allclose(aoristic_weights(*series(pairs)).toarray(), expected)


@given(spans=st.lists(st.tuples(moments, st.integers(0, 60_000)), min_size=1, max_size=20), by=st.sampled_from(["week", "day"]))  # fmt: skip
def test_all_weights_add_up_to_the_number_of_events(spans, by):
    found = aoristic(*series([(s, s + timedelta(minutes=m)) for s, m in spans]), rng=np.random.default_rng(1), by=by, resamples=9)  # fmt: skip

    assert found.weights.sum() == pytest.approx(found.events) == len(spans)
    assert found.start.sum() == found.midpoint.sum() == len(spans)
    value, low, high = found.sums(np.ones((1, len(found.weights)), dtype=bool))
    assert value[0] == pytest.approx(len(spans)) == pytest.approx(low[0]) == pytest.approx(high[0])


def test_events_known_to_the_hour_come_out_as_plain_counts():
    rng = np.random.default_rng(2)
    start = [utc("2026-06-01") + timedelta(hours=int(h)) for h in rng.integers(0, 2_000, 300)]
    pairs = [(s, s + timedelta(minutes=30)) for s in start]
    found = aoristic(*series(pairs), rng=rng)

    assert (found.weights.reshape(7, 24) == week_hours(*series(pairs)).counts).all()
    assert (found.weights == found.start).all() and (found.weights == found.midpoint).all()


def test_the_interval_covers_the_expected_weight():
    """Of 200 samples of 300 spans, the 95% interval of an hour covers its expected weight in 178 or more (binomial, 99.9%)."""
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        begin = rng.integers(0, 24, 300)
        pairs = [(utc("2026-01-05") + timedelta(hours=int(b)), utc("2026-01-05") + timedelta(hours=int(b) + 4)) for b in begin]  # fmt: skip
        found = aoristic(*series(pairs), rng=rng, by="day", resamples=199)
        _, [low], [high] = found.sums(np.arange(24)[None] == 12)
        covered += low <= 300 / 24 <= high
    assert covered >= 178


def test_what_has_no_span_is_counted_apart():
    pairs = [(utc("2026-01-05 08:00"), None), (None, utc("2026-01-05 08:00")), (utc("2026-01-05 08:00"),) * 2]
    found = aoristic(*series(pairs), rng=np.random.default_rng(1), resamples=9)

    assert (found.events, found.not_placed) == (1, 2)


def test_nothing_gives_nothing():
    found = aoristic(*series([]), rng=np.random.default_rng(1))
    assert found.events == 0 and not found.weights.any()


def test_what_is_no_span_is_refused():
    good = pl.Series([utc("2026-07-01 12:00")])
    for start, end in ((good, pl.Series([utc("2026-07-01 11:00")])), (good, pl.concat([good, good]))):
        with pytest.raises(InvalidInput):
            aoristic(start, end, rng=np.random.default_rng(1))
        with pytest.raises(InvalidInput):
            aoristic_weights(start, end)
