"""Expected counts are the published ones of the near-repeat data's README, unless a test says otherwise."""

import csv
import gzip
import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointpats.spacetime import Knox

from peelian.analysis.near_repeat import RiskBand, knox, require_days, risk_bands, risk_zones
from peelian.core.errors import InvalidInput

INF = float("inf")
WEEKS = [0, 7, 14, 21]
METRES = [0, 0.1, 200, 400, 600]


def read(path):
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    rows = list(csv.DictReader(text.splitlines()))
    return (
        np.array([float(row["X"]) for row in rows]),
        np.array([float(row["Y"]) for row in rows]),
        np.array([row["date"] for row in rows], dtype="datetime64[D]"),
    )


@pytest.fixture(scope="module")
def month(shared):
    return read(shared / "data/near-repeat/chicago_be_month1.csv")


@pytest.fixture(scope="module")
def year(shared):
    x, y, day = read(shared / "data/near-repeat/chicago_burglary_2014_2017.csv.gz")
    chosen = day.astype("datetime64[Y]") == np.datetime64("2016")
    return x[chosen], y[chosen], day[chosen]


def counted(events, distances, days, **kwargs):
    return knox(
        *events, distance_bands=distances, day_bands=days, permutations=1, rng=np.random.default_rng(1), **kwargs
    ).observed.tolist()


MONTH = {
    "as the Near Repeat Calculator": (
        [0, 1, 100, 200, 300, INF],
        [0, 7, 14, 21, INF],
        [
            [28, 5, 5, 2],
            [44, 13, 8, 4],
            [97, 56, 19, 16],
            [77, 67, 45, 20],
            [182194, 146149, 95237, 45879],
        ],
    ),
    "as its labels read": (
        [0, 1, 101, 201, 301, INF],
        [0, 8, 15, 22, INF],
        [
            [29, 4, 5, 2],
            [45, 15, 7, 2],
            [106, 48, 21, 13],
            [88, 64, 46, 15],
            [206611, 138108, 88321, 36415],
        ],
    ),
    "last interval open": (METRES, WEEKS, [[28, 5, 5], [141, 69, 27], [186, 140, 100], [237, 192, 128]]),
}


@pytest.mark.parametrize("name", MONTH)
def test_pairs_of_one_month_are_the_published_ones(month, name):
    distances, days, published = MONTH[name]

    assert counted(month, distances, days, closed="left", metric="manhattan") == published


YEAR = {
    ("euclidean", "right"): [[342, 97, 62], [1892, 1514, 1362], [4145, 3643, 3592], [5805, 5143, 4919]],
    ("euclidean", "left"): [[319, 106, 62], [1647, 1539, 1400], [3598, 3660, 3638], [5028, 5167, 4935]],
    ("manhattan", "right"): [[342, 97, 62], [1502, 1163, 1038], [2806, 2431, 2386], [3968, 3553, 3395]],
}


@pytest.mark.parametrize(("metric", "closed"), YEAR)
def test_pairs_of_a_year_are_the_published_ones(year, metric, closed):
    assert counted(year, METRES, WEEKS, closed=closed, metric=metric) == YEAR[metric, closed]


@pytest.mark.parametrize(
    ("closed", "published"),
    [
        ("right", [[225, 50], [260, 142], [457, 341], [715, 567]]),
        ("left", [[202, 51], [189, 143], [290, 343], [456, 526]]),
    ],
)
def test_pairs_of_a_year_in_short_bands_are_the_published_ones(year, closed, published):
    assert counted(year, [0, 1, 100, 200, 300], [0, 2, 4], closed=closed) == published


def test_ratios_of_one_month_agree_with_those_published_for_999_permutations(month):
    published = [[1.803, 0.404, 0.613], [1.412, 0.862, 0.517], [1.014, 0.950, 1.051], [0.975, 0.981, 1.007]]

    ours = knox(
        *month, distance_bands=METRES, day_bands=WEEKS, closed="left", metric="manhattan", rng=np.random.default_rng(1)
    )

    # Both means are of 999 simulations with, as far as we can know, the spread of ours.
    error = ours.ratio * ours.simulated.std(axis=0) / ours.mean / np.sqrt(999) * np.sqrt(2)
    assert (np.abs(ours.ratio - published) < 4 * error).all()
    assert ours.p[0, 0] == ours.p[1, 0] == 0.001


def test_median_ratios_of_a_year_agree_with_those_published_for_99_permutations(year):
    published = [[6.453, 1.980, 1.319], [1.417, 1.248, 1.141], [1.136, 1.106, 1.114], [1.130, 1.100, 1.077]]

    ours = knox(*year, distance_bands=METRES, day_bands=WEEKS, closed="right", rng=np.random.default_rng(1))

    # A median of 99 has about 1.25 times the error of a mean; ours of 999 adds little, half a count of rounding adds some.
    count_error = 1.2533 * ours.simulated.std(axis=0) * np.sqrt(1 / 99 + 1 / 999) + 0.5 / 4
    assert (np.abs(ours.median_ratio - published) < 4 * ours.median_ratio * count_error / ours.median).all()


def calculator_output(path):
    """Return the simulated counts of each (row, column) from the Near Repeat Calculator's own verbose output."""
    cells = {}
    for part in re.split(r"\n\s*\nRow ", path.read_text())[1:]:
        row, column = map(int, re.match(r"(\d+) Column (\d+)", part).groups())
        listed = part[part.index("Expected,") + 9 : part.index("Observed,")]
        cells[row - 1, column - 1] = np.array([int(n) for n in re.findall(r"\d+", listed)])
    return cells


@pytest.mark.parametrize(
    ("data", "output", "distances", "days"),
    [
        ("chicago_be_month1.csv", "nrc_chicago_be_month1_verbose.csv", [0, 1, 100, 200, 300, INF], [0, 7, 14, 21, INF]),
        ("chicago_arson_2016.csv.gz", "nrc_chicago_arson_verbose.csv", [0, 1, 200, 400, 600, INF], [0, 1, 2, 3, INF]),
    ],
)
def test_simulated_means_agree_with_the_near_repeat_calculator(shared, data, output, distances, days):
    folder = shared / "data/near-repeat"
    theirs = calculator_output(folder / "nrc-output" / output)

    ours = knox(
        *read(folder / data),
        distance_bands=distances,
        day_bands=days,
        closed="left",
        metric="manhattan",
        rng=np.random.default_rng(1),
    )

    assert len(theirs) == ours.observed.size
    for cell, simulated in theirs.items():
        spread = ours.simulated[:, *cell].std()
        error = spread * np.sqrt(1 / len(simulated) + 1 / 999)
        # It rounds coordinates, which moves a pair or two over an edge.
        assert abs(ours.mean[cell] - simulated.mean()) < 4 * error + 1.5, cell


def test_arson_comes_back_on_the_same_day_and_not_on_the_next(shared):
    """The calculator's label "0 to 1" means the same day: with the label read literally an officer would wait for tomorrow."""
    arson = read(shared / "data/near-repeat/chicago_arson_2016.csv.gz")

    counts = np.array(counted(arson, [0, 200, 400, 600], [0, 1, 2], closed="left", metric="manhattan"))

    assert counts.sum(axis=0).tolist() == [19, 3]
    assert counts[1:, 1].tolist() == [0, 0]


def test_two_events_are_one_pair():
    """Published as the smallest possible test: 100 m and 3 days apart, in [100, ..) and [3, ..)."""
    pair = ([0, 100], [0, 0], ["2026-01-30", "2026-02-02"])

    assert counted(pair, [0, 100, 200], [0, 3, 6], closed="left") == [[0, 0], [0, 1]]
    assert counted(pair, [0, 100, 200], [0, 3, 6], closed="right") == [[1, 0], [0, 0]]


events = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 40)), min_size=2, max_size=30)


@given(
    rows=events,
    closed=st.sampled_from(["left", "right"]),
    metric=st.sampled_from(["euclidean", "manhattan"]),
    distances=st.sets(st.integers(0, 20), min_size=2, max_size=4).map(sorted),
    days=st.sets(st.integers(0, 30), min_size=2, max_size=4).map(sorted),
    endless=st.tuples(st.booleans(), st.booleans()),
)
def test_counts_equal_those_of_looking_at_every_pair(rows, closed, metric, distances, days, endless):
    """On whole metres, where ties at the edges are common; also under permutation, since every pair stays counted."""
    x, y, day = (np.array(column) for column in zip(*rows, strict=True))
    distances, days = (edges + [INF] * last for edges, last in zip((distances, days), endless, strict=True))

    ours = knox(
        x,
        y,
        day + 1,
        distance_bands=distances,
        day_bands=days,
        closed=closed,
        metric=metric,
        permutations=3,
        rng=np.random.default_rng(1),
    )

    def inside(value, low, high):
        return low <= value < high if closed == "left" else low < value <= high or (value == low == 0)

    expected = np.zeros(ours.observed.shape, dtype=int)
    for i in range(len(rows)):
        for j in range(i):
            dx, dy, dt = (abs(int(column[i]) - int(column[j])) for column in (x, y, day))
            apart = (dx * dx + dy * dy) ** 0.5 if metric == "euclidean" else dx + dy
            for a, b in np.ndindex(expected.shape):
                expected[a, b] += inside(apart, *distances[a : a + 2]) and inside(dt, *days[b : b + 2])
    assert ours.observed.tolist() == expected.tolist()
    if endless[1] and days[0] == 0:
        assert (ours.simulated.sum(axis=2) == expected.sum(axis=1)).all()


def test_counts_and_expectation_equal_those_of_pointpats():
    rng = np.random.default_rng(5)
    place, day = rng.uniform(0, 3_000, (300, 2)), rng.integers(0, 90, 300)
    np.random.seed(5)  # noqa: NPY002  pointpats draws from the global generator
    theirs = Knox(place, day[:, None], delta=200, tau=14, permutations=99, keep=True)

    ours = knox(*place.T, day, distance_bands=[0, 200], day_bands=[0, 14], closed="right", rng=rng)

    assert ours.observed[0, 0] == theirs.statistic_
    error = ours.simulated.std() * np.sqrt(1 / 99 + 1 / 999)
    assert abs(ours.mean[0, 0] - theirs.sim.mean()) < 4 * error


def planted(rng, events=300, followed=0):
    """Events without pattern in six square kilometres and a year, some of them followed within 100 m and 5 days."""
    x, y, day = rng.uniform(0, 2_450, events), rng.uniform(0, 2_450, events), rng.integers(0, 360, events)
    x[:followed] = x[-followed:] + rng.uniform(-70, 70, followed) if followed else x[:0]
    y[:followed] = y[-followed:] + rng.uniform(-70, 70, followed) if followed else y[:0]
    day[:followed] = day[-followed:] + rng.integers(0, 6, followed) if followed else day[:0]
    return x, y, day


BANDS = {"distance_bands": [0, 1, 100, 200, 300], "day_bands": [0, 7, 14, 21], "closed": "left"}


def test_false_alarms_over_a_whole_table_keep_to_the_level():
    """200 patternless data sets at 5 %: 10 alarms are expected; 2 to 16 hold 97 % of a binomial (the issue's bounds)."""
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        alarms += knox(*planted(rng), **BANDS, permutations=99, rng=rng).alarm(0.05)

    assert 2 <= alarms <= 16


def test_uncorrected_cells_would_alarm_far_more_often():
    """What the correction is for: the smallest of twelve p-values is below 5 % in a third of patternless data sets."""
    looks = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        looks.append(knox(*planted(rng), **BANDS, permutations=99, rng=rng).p.min() <= 0.05)

    assert np.mean(looks) > 0.15


def test_planted_series_are_found_and_give_the_band_that_was_planted():
    rng = np.random.default_rng(3)

    result = knox(*planted(rng, followed=40), **BANDS, rng=rng)

    assert result.alarm()
    assert [(band.metres, band.days) for band in risk_bands(result)] == [(100, 6)]


def test_a_cell_declared_beforehand_needs_no_correction():
    rng = np.random.default_rng(3)
    data = planted(rng, followed=8)

    table = knox(*data, **BANDS, rng=np.random.default_rng(1))
    declared = knox(*data, **BANDS, primary=(1, 0), rng=np.random.default_rng(1))

    assert declared.p_global == table.p[1, 0] <= table.p_adjusted[1, 0]


@given(seed=st.integers(0, 2**32))
def test_no_p_value_is_zero_and_correction_never_lowers_one(seed):
    rng = np.random.default_rng(seed)
    result = knox(*planted(rng, events=40), **BANDS, permutations=19, rng=rng)

    assert (result.p >= 0.05).all()
    assert result.p_global == result.p_adjusted.min()
    assert (result.p_adjusted >= 0.05).all()


def test_two_events_alone_can_never_alarm():
    """However the two dates are dealt, the pair stays: every simulation is as large as what was observed."""
    result = knox([0, 50], [0, 0], ["2026-03-01", "2026-03-02"], **BANDS, rng=np.random.default_rng(1))

    assert (result.p == 1).all()
    assert (result.p_adjusted == 1).all()
    assert not result.alarm()


def test_the_seed_gives_the_result(month):
    first, again = (knox(*month, **BANDS, permutations=300, rng=np.random.default_rng(7)).simulated for _ in range(2))

    assert (first == again).all()


def test_dates_over_a_century_are_counted_too():
    assert counted(([0, 0], [0, 0], ["1920-01-01", "2026-01-05"]), [0, 1], [0, 38_000, INF], closed="left") == [[0, 1]]


def test_months_are_refused_with_the_reason():
    months = np.array(["2018-01", "2018-02"], dtype="datetime64[M]")
    for attempt in (
        lambda: require_days(["day", "month"]),
        lambda: counted(([0, 1], [0, 1], months), METRES, WEEKS, closed="left"),
        lambda: counted(([0, 1], [0, 1], ["2018-01-01", "2018-02-01"]), METRES, WEEKS, closed="left"),
        lambda: risk_zones([0, 1], [0, 1], months, on=date(2018, 3, 1), bands=[]),
    ):
        with pytest.raises(InvalidInput, match="may be a day or thirty days apart"):
            attempt()


@pytest.mark.parametrize(
    "wrong",
    [
        {"distance_bands": [200, 0]},
        {"distance_bands": [-1, 200]},
        {"distance_bands": [0, INF]},
        {"day_bands": [0, float("nan")]},
        {"day_bands": [7]},
        {"closed": "both"},
        {"metric": "walking"},
        {"primary": (4, 0)},
        {"permutations": 0},
        {"dates": ["2026-01-05", "NaT"]},
        {"dates": ["2026-01-05"]},
        {"x": [0, float("nan")]},
    ],
)
def test_what_cannot_be_tested_is_refused(wrong):
    given_right = {
        "x": [0, 1],
        "y": [0, 1],
        "dates": ["2026-01-05", "2026-01-06"],
        **BANDS,
        "rng": np.random.default_rng(1),
    }

    with pytest.raises(InvalidInput):
        knox(**{**given_right, **wrong})


def test_zones_hold_from_the_day_of_the_event_to_the_last_day_of_the_band():
    bands = [RiskBand(100, 6, "near"), RiskBand(200, 2, "farther")]
    on = date(2026, 3, 10)
    days = ["2026-03-10", "2026-03-08", "2026-03-04", "2026-03-03", "2026-03-11"]

    zones = risk_zones(range(5), range(5), days, on=on, bands=bands)

    assert [(zone.since.day, zone.until.day, zone.metres) for zone in zones] == [
        (10, 16, 100),
        (10, 12, 200),
        (8, 14, 100),
        (8, 10, 200),
        (4, 10, 100),
    ]
    assert {zone.reason for zone in zones} == {"near", "farther"}


def test_no_near_repeat_no_zone():
    rng = np.random.default_rng(11)

    assert risk_bands(knox(*planted(rng), **BANDS, rng=rng)) == []
