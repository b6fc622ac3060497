"""The scan against SaTScan's published output, against plain loops, and by what must always hold."""

import csv
from math import hypot, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from peelian.analysis import _cylinders
from peelian.analysis.scan import permutation_expected, poisson_scan, space_time_permutation
from peelian.core.errors import InvalidInput


def ratio(c, m, n):
    """Log likelihood ratio as Kulldorff et al. (2005) write it; 0 for what is no excess or a single case."""
    if c <= m or c < 2:
        return 0.0
    return c * log(c / m) + ((n - c) * log((n - c) / (n - m)) if n > c else 0)


def by_loops(cases, x, y, expected, *, prospective, longest, space):
    """The largest ratio and every ratio's count, circle by circle and window by window."""
    places, periods = cases.shape
    total, best, compared = cases.sum(), 0.0, 0
    for centre in range(places):
        near = sorted(
            range(places),
            key=lambda i: (i != centre, round(hypot(x[i] - x[centre], y[i] - y[centre]), 6), x[i], y[i]),
        )
        for size in range(1, places + 1):
            circle = near[:size]
            if expected[circle].sum() > space * total + 1e-9:
                break
            for first in range(periods):
                for after in [periods] if prospective else range(first + 1, periods + 1):
                    if 1 <= after - first <= longest:
                        compared += 1
                        inside = cases[circle, first:after].sum(), expected[circle, first:after].sum()
                        best = max(best, ratio(*inside, total))
    return best, compared


tables = st.integers(2, 6).flatmap(
    lambda places: st.integers(2, 6).flatmap(
        lambda periods: st.lists(
            st.lists(st.integers(0, 6), min_size=periods, max_size=periods), min_size=places, max_size=places
        )
    )
)


@settings(max_examples=40)
@given(cells=tables.filter(lambda t: np.any(t)), seed=st.integers(0, 9), prospective=st.booleans())
def test_the_most_unlikely_cylinder_is_that_of_plain_loops(cells, seed, prospective):
    cases = np.array(cells)
    x, y = np.random.default_rng(seed).integers(0, 4, (2, len(cases)))  # distances tie and places share a point
    strata = np.arange(cases.shape[1]) % 2
    scan = space_time_permutation(
        cases, x, y, rng=np.random.default_rng(1), prospective=prospective, strata=strata, permutations=19
    )
    expected = permutation_expected(cases, strata)
    best, compared = by_loops(
        cases, x, y, expected, prospective=prospective, longest=cases.shape[1] // 2 or 1, space=0.5
    )

    assert scan.cylinders == compared
    assert max((c.log_likelihood_ratio for c in scan.clusters), default=0) == pytest.approx(best, abs=1e-8)
    for cluster in scan.clusters:
        window = slice(cluster.first, cluster.last + 1)
        assert cluster.observed == cases[list(cluster.places), window].sum()
        assert cluster.expected == pytest.approx(expected[list(cluster.places), window].sum())
        assert cluster.log_likelihood_ratio == pytest.approx(
            ratio(cluster.observed, cluster.expected, cases.sum()), abs=1e-8
        )
        assert not prospective or cluster.last == cases.shape[1] - 1
    held = [place for cluster in scan.clusters for place in cluster.places]
    assert len(held) == len(set(held))


@settings(max_examples=30)
@given(cells=tables.filter(lambda t: np.any(t)), seed=st.integers(0, 9))
def test_a_simulated_map_is_measured_as_the_observed_one(cells, seed):
    """The fast way over many maps against the plain one over each."""
    cases = np.array(cells)
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 4, (len(cases), 2)).astype(float)
    windows = _cylinders.windows_of(cases.shape[1], 2, prospective=False)
    expected = permutation_expected(cases, np.zeros(cases.shape[1], dtype=int))
    shape = _cylinders.cylinders(points, expected, windows, space=0.5)
    draw = _cylinders.shuffled(cases, windows, np.zeros(cases.shape[1], dtype=int))
    maps = draw(9, np.random.default_rng(seed))
    again = _cylinders.run(_cylinders.largest(shape, lambda size, _: maps, permutations=9, rng=rng))

    # Every place and, with windows of one period, every period keeps its total.
    singles = maps[:, windows[:, 1] - windows[:, 0] == 1]
    assert (singles.sum(axis=0) == cases.sum(axis=0)[:, None]).all()
    assert (singles.sum(axis=1) == cases.sum(axis=1)[:, None]).all()
    plain = [_cylinders.likelihood_ratios(shape, maps[:, :, n])[0].max() for n in range(9)]
    assert again == pytest.approx(plain)


# The output of SaTScan 9.4.4 in shared/data/near-repeat/satscan: locations, radius, first and last unit of time, cases,
# expected, test statistic, and how many of how many replications were as large (p times replications).
SATSCAN = {
    "test1": [
        ("23 6 16", 20, 993, 1000, 3, 0.42, 3.352053, (50, 248)),
        ("10", 0, 962, 1000, 4, 0.96, 2.715606, (144, 248)),
    ],
    "test3": [("21 6 22 11", 20, 930, 1000, 10, 5.46, 1.622161, (50, 50))],
}


@pytest.mark.parametrize("name", SATSCAN)
def test_satscan_comes_out(shared, name):
    """Prospective permutation model, period 0 to 1000, at most half of the cases and half of the period."""

    def rows(what):
        return list(csv.DictReader((shared / f"data/near-repeat/satscan/{name}_{what}.csv").read_text().splitlines()))

    places = rows("locations")
    ids = [row["location"] for row in places]
    cases = np.zeros((len(ids), 1001), dtype=int)
    for row in rows("cases"):
        cases[ids.index(row["location"]), int(row["time"])] += int(row["cases"])
    x, y = ([float(row[axis]) for row in places] for axis in "xy")
    scan = space_time_permutation(cases, x, y, rng=np.random.default_rng(1), permutations=199)

    assert cases.sum() == 100
    for cluster, told in zip(scan.clusters, SATSCAN[name], strict=False):
        where, radius, first, last, observed, expected, statistic, (as_large, of) = told
        assert [ids[i] for i in cluster.places] == where.split()
        assert (cluster.radius, cluster.first, cluster.last, cluster.observed) == (radius, first, last, observed)
        assert round(cluster.expected, 2) == expected
        assert round(cluster.log_likelihood_ratio, 6) == statistic
        # Both simulate: their shares of maps as large differ by no more than chance allows.
        ours = round(cluster.p * 200) - 1
        assert fisher_exact([[ours, 199 - ours], [as_large, of - as_large]]).pvalue > 0.001


def test_a_purely_spatial_scan_gives_the_ratio_of_kulldorff_1997():
    """One period, 4 places of 100 people: c = 9 of 18 where 4.5 are expected; 9 ln 2 + 9 ln(9/13.5)."""
    scan = poisson_scan([[9], [3], [3], [3]], [0, 5, 6, 7], [0] * 4, expected=[[100]] * 4, rng=np.random.default_rng(1))

    assert scan.clusters[0].places == (0,) and scan.clusters[0].radius == 0
    assert scan.clusters[0].log_likelihood_ratio == pytest.approx(9 * log(2) + 9 * log(9 / 13.5), abs=1e-8)
    assert scan.clusters[0].relative_risk == pytest.approx(3)


def test_only_the_shares_of_what_is_expected_matter():
    cases = [[9, 4], [3, 3], [3, 3]]
    one, ten = (
        poisson_scan(cases, [0, 5, 9], [0] * 3, expected=np.full((3, 2), k), rng=np.random.default_rng(1), time=1)
        for k in (1, 10)
    )
    assert one.clusters == ten.clusters


def test_two_separate_clusters_are_both_named():
    cases = np.full((10, 12), 5)
    cases[0, 10:] += 12
    cases[8:, 11] += 15
    scan = space_time_permutation(cases, np.arange(10) * 100.0, np.zeros(10), rng=np.random.default_rng(1))
    found = {(frozenset(c.places), c.first) for c in scan.clusters if c.p <= 0.05}
    assert found == {(frozenset({0}), 10), (frozenset({8, 9}), 11)}


def test_a_busy_place_and_a_season_are_no_cluster():
    """Place and season multiply exactly, so each cylinder holds just what is expected."""
    cases = np.outer([1, 2, 5, 30], [4, 2, 1, 2, 4, 9])
    scan = space_time_permutation(cases, [0, 1, 2, 3], [0] * 4, rng=np.random.default_rng(1), prospective=False)
    assert scan.clusters == ()


def test_a_season_of_its_own_is_no_cluster_within_its_stratum():
    """A resort: its cases come in the sixth month of each half-year, the last month among them."""
    cases = np.full((6, 18), 4)
    cases[2, 5::6] += 30
    asked = {"x": np.arange(6) * 10.0, "y": np.zeros(6), "rng": np.random.default_rng(1)}
    assert space_time_permutation(cases, **asked).clusters[0].p < 0.01
    assert space_time_permutation(cases, **asked, strata=np.arange(18) % 6).clusters == ()


def test_false_alarms_are_as_many_as_the_level_says():
    """300 tables without clusters: at 10 %, between 16 and 46 alarms in 99.9 % of all cases (binomial)."""
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, 1_000, (2, 8))
    level = rng.uniform(1, 6, (8, 1)) * rng.uniform(0.5, 1.5, 12)
    alarms = 0
    for _ in range(300):
        scan = space_time_permutation(rng.poisson(level), x, y, rng=rng, permutations=39)
        alarms += bool(scan.clusters) and scan.clusters[0].p <= 0.1
    assert 16 <= alarms <= 46


def test_the_same_generator_gives_the_same_scan_on_any_number_of_cores(monkeypatch):
    cases = np.random.default_rng(3).poisson(3, (9, 10))
    x = np.arange(9.0)

    def once():
        return space_time_permutation(cases, x, x, rng=np.random.default_rng(4))

    many = once()
    monkeypatch.setattr("peelian.analysis._cylinders.os.cpu_count", lambda: 1)
    one = once()
    assert many.clusters == one.clusters and (many.simulated == one.simulated).all()


@pytest.mark.parametrize(
    "cases, more",
    [
        ([[0, 0], [0, 0]], {}),
        ([[1], [2]], {}),
        ([[1, -1], [2, 1]], {}),
        ([[1, 2, 3]], {}),
        ([1, 2], {}),
        ([[1, 2], [2, 1]], {"space": 0}),
        ([[1, 2], [2, 1]], {"time": 1.5}),
        ([[1, 2], [2, 1]], {"strata": [0]}),
    ],
)
def test_what_cannot_be_scanned_is_refused(cases, more):
    with pytest.raises(InvalidInput):
        space_time_permutation(cases, [0, 1], [0, 1], rng=np.random.default_rng(1), **more)


def test_cases_without_population_are_refused():
    with pytest.raises(InvalidInput, match="nothing is expected"):
        poisson_scan([[1], [2]], [0, 1], [0, 1], expected=[[0], [5]], rng=np.random.default_rng(1))
