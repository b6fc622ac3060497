from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peelian.analysis.temporal import week_hours
from peelian.core.errors import InvalidInput

LONDON = ZoneInfo("Europe/London")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(*pairs):
    kind = pl.Datetime("us", "UTC")
    return (pl.Series([pair[i] for pair in pairs], dtype=kind) for i in (0, 1))


def placed(*pairs):
    found = week_hours(*spans(*pairs))
    return [tuple(map(int, cell)) for cell in np.argwhere(found.counts)], found.not_placed


GOLDEN = [
    ("a winter Monday", utc("2026-01-05 08:10"), utc("2026-01-05 08:11"), [(0, 8)]),
    ("a summer Sunday night is Monday in London", utc("2026-07-05 23:30"), utc("2026-07-05 23:31"), [(0, 0)]),
    ("a whole hour, its end not in it", utc("2026-01-05 08:00"), utc("2026-01-05 09:00"), [(0, 8)]),
    ("an instant", utc("2026-01-05 08:00"), utc("2026-01-05 08:00"), [(0, 8)]),
    ("over the full hour", utc("2026-01-05 08:59"), utc("2026-01-05 09:01"), []),
    ("a day", utc("2026-01-05 00:00"), utc("2026-01-06 00:00"), []),
    (
        "clocks go back: both passes are one cell",
        utc("2026-10-25 00:45"),
        utc("2026-10-25 01:15"),
        [(6, 1)],
    ),
    ("clocks go back: over an hour", utc("2026-10-25 00:10"), utc("2026-10-25 01:40"), []),
    ("the same hour of another week", utc("2026-01-05 08:00"), utc("2026-01-12 08:30"), []),
    ("no end", utc("2026-01-05 08:00"), None, []),
    ("no start", None, utc("2026-01-05 08:00"), []),
]


@pytest.mark.parametrize(("why", "start", "end", "cells"), GOLDEN)
def test_only_spans_within_one_hour_are_placed(why, start, end, cells):
    assert placed((start, end)) == (cells, int(not cells)), why


moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: utc("2024-01-01") + timedelta(minutes=minutes))


@given(starts=st.lists(st.tuples(moments, st.integers(0, 130)), min_size=1, max_size=10))
@example([(utc("2026-03-29 00:50"), 30)])
def test_a_span_is_placed_when_each_of_its_minutes_falls_in_the_same_cell(starts):
    expected = np.zeros((7, 24), dtype=int)
    pairs = []
    for start, minutes in starts:
        pairs.append((start, start + timedelta(minutes=minutes)))
        walked = [(start + timedelta(minutes=m)).astimezone(LONDON) for m in range(max(minutes, 1))]
        cells = {(moment.weekday(), moment.hour) for moment in walked}
        if len(cells) == 1 and minutes <= 60:
            expected[cells.pop()] += 1

    found = week_hours(*spans(*pairs))

    assert (found.counts == expected).all()
    assert found.placed + found.not_placed == len(starts)


def test_times_without_a_zone_and_in_another_zone_are_the_same_instants():
    noon = pl.Series([utc("2026-07-01 12:00")])
    naive, paris = noon.dt.replace_time_zone(None), noon.dt.convert_time_zone("Europe/Paris")

    assert (week_hours(naive, naive).counts == week_hours(paris, paris.dt.cast_time_unit("ms")).counts).all()


def test_what_cannot_be_placed_at_all_is_refused():
    good = pl.Series([utc("2026-07-01 12:00")])
    for start, end in (
        (good, pl.Series([utc("2026-07-01 11:00")])),
        (good, pl.concat([good, good])),
        (good.dt.date(), good),
    ):
        with pytest.raises(InvalidInput):
            week_hours(start, end)
