"""Gi* is held against esda; p-values against counting every shuffle of a small map."""

from itertools import permutations as orders

import numpy as np
import pytest
from esda.getisord import G_Local
from hypothesis import assume, given
from hypothesis import strategies as st
from libpysal.weights import DistanceBand, fill_diagonal
from scipy.stats import false_discovery_control

from peelian.analysis.density import density
from peelian.analysis.getis_ord import conditional_p, exact_p, false_discovery, getis_ord, whole_map_p
from peelian.analysis.hot_spots import against_plain_counts, hot_spots, neighbours, predictive_accuracy, study_area
from peelian.core.errors import InvalidInput

cells = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=40).map(sorted)


def area_of(places):
    return study_area(*(np.array(places).T * 250 + 125.0))


@pytest.mark.filterwarnings("ignore:The weights matrix is not fully connected")  # libpysal
@given(places=cells, data=st.data())
def test_z_scores_equal_those_of_esda(places, data):
    area = area_of(places)
    near = neighbours(area)
    values = data.draw(st.lists(st.integers(0, 50), min_size=len(area), max_size=len(area)))
    assume(len(set(values)) > 1)
    weights = fill_diagonal(DistanceBand(area.centres, threshold=400, binary=True, silence_warnings=True))
    with np.errstate(divide="ignore", invalid="ignore"):  # where every cell is a neighbour esda divides by zero
        theirs = G_Local(np.array(values, dtype=float), weights, star=True, transform="B", permutations=0)
    local = np.diff(near.indptr) < len(area)

    assert (weights.sparse.toarray() == near.toarray()).all()
    assert getis_ord(values, near)[local] == pytest.approx(theirs.Zs[local], abs=1e-9)
    assert np.isnan(getis_ord(values, near)[~local]).all()


def test_z_scores_of_a_large_map_equal_those_of_esda():
    rng = np.random.default_rng(4)
    area = area_of(np.argwhere(rng.random((70, 70)) < 0.8))
    values = rng.negative_binomial(0.5, 0.2, len(area)).astype(float)
    weights = fill_diagonal(DistanceBand(area.centres, threshold=600, binary=True, silence_warnings=True))
    theirs = G_Local(values, weights, star=True, transform="B", permutations=0)

    assert np.abs(getis_ord(values, neighbours(area, band=600)) - theirs.Zs).max() < 1e-9


def test_a_map_without_differences_has_no_hot_cell():
    area = area_of([(0, 0), (0, 1), (5, 5), (5, 6)])

    assert np.isnan(getis_ord([3, 3, 3, 3], neighbours(area))).all()
    assert exact_p([3, 3, 3, 3], neighbours(area)).tolist() == [1] * 4


MAP = [(0, 0), (0, 1), (1, 0), (3, 3), (4, 3), (6, 6)]
small_counts = st.lists(st.integers(0, 4), min_size=len(MAP), max_size=len(MAP))


@given(counts=small_counts)
def test_exact_p_is_the_share_of_all_shuffles(counts):
    near = neighbours(area_of(MAP))
    shuffles = np.array(list(orders(counts)))

    share = (shuffles @ near.toarray().T >= near @ np.array(counts)).mean(axis=0)

    assert exact_p(counts, near) == pytest.approx(share)


@given(counts=small_counts, tenth=st.booleans(), seed=st.integers(0, 2**32))
def test_shuffled_p_approaches_the_exact_share(counts, tenth, seed):
    """Also for values that are not whole numbers, whose sums differ in the last bit from shuffle to shuffle."""
    near = neighbours(area_of(MAP))
    exact = exact_p(counts, near)
    values = np.array(counts) / 10 if tenth else counts

    p = whole_map_p(values, near, rng=np.random.default_rng(seed), permutations=1_999)

    assert (np.abs(p - exact) < 5 * np.sqrt(exact * (1 - exact) / 1_999) + 1e-3).all()


@given(counts=small_counts, seed=st.integers(0, 2**32))
def test_conditional_p_approaches_the_share_with_the_own_value_held(counts, seed):
    near = neighbours(area_of(MAP))
    matrix = near.toarray()
    exact = []
    for i in range(len(MAP)):
        rest = np.array(list(orders(counts[:i] + counts[i + 1 :])))
        held = np.insert(rest, i, counts[i], axis=1)
        exact.append((held @ matrix[i] >= matrix[i] @ counts).mean())
    exact = np.array(exact)

    p = conditional_p(counts, near, rng=np.random.default_rng(seed), permutations=1_999)

    assert (np.abs(p - exact) < 5 * np.sqrt(exact * (1 - exact) / 1_999) + 1e-3).all()


def test_exact_p_keeps_its_digits_far_in_the_tail():
    """One cell of a thousand holds all: it and its nine neighbours are hit with probability 10 in 1,000, whatever the count."""
    area = study_area(np.arange(1_000) * 250.0, np.zeros(1_000))
    near = neighbours(area, band=1_250)
    counts = np.zeros(1_000, dtype=int)
    counts[500] = 40

    assert exact_p(counts, near)[500] == pytest.approx(11 / 1_000, rel=1e-9)
    counts[500:505] = [9, 8, 7, 6, 5]
    ways = np.prod([(11 - i) / (1_000 - i) for i in range(5)])
    assert exact_p(counts, near)[502] == pytest.approx(ways, rel=1e-6)


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_false_discovery_equals_scipy(p):
    assert false_discovery(p) == pytest.approx(false_discovery_control(p))


def test_false_discoveries_keep_to_their_share():
    """Patternless maps: any hot cell is false, so at most one map in twenty may have one. 100 maps, 99.9 % bound of 13."""
    area = area_of([(i, j) for i in range(25) for j in range(25)])
    alarms = 0
    for seed in range(100):
        xy = np.random.default_rng(seed).uniform(0, 25 * 250, (300, 2))
        alarms += bool(hot_spots(*xy.T, area=area).hot.any())

    assert alarms <= 13


@pytest.mark.parametrize("scheme", ["exact whole-map", "whole-map", "conditional"])
def test_a_planted_hot_spot_is_found_and_events_outside_are_told(scheme):
    rng = np.random.default_rng(1)
    area = area_of([(i, j) for i in range(20) for j in range(20)])
    events = np.concatenate([rng.uniform(0, 5_000, (150, 2)), rng.normal(1_125, 300, (80, 2)), [[9_000, 9_000]]])

    found = hot_spots(*events.T, area=area, scheme=scheme, rng=rng)

    assert found.outside == 1
    assert found.counts.sum() == 230
    assert found.scheme == scheme
    assert found.hot[area.find(np.array([4]), np.array([4]))].all()
    assert np.abs(area.centres[found.hot] - 1_125).max() <= 1_000


def test_a_lone_cell_is_no_cluster_however_high():
    """Stated in the notes of hot_spots: wherever a shuffle puts the one high cell, it has as many neighbours."""
    area = area_of([(i, j) for i in range(20) for j in range(20)])

    found = hot_spots(np.full(100, 1_125.0), np.full(100, 1_125.0), area=area)

    assert found.z.max() > 6
    assert not found.hot.any()


@given(places=cells, shift=st.integers(-30, 30))
def test_a_study_area_far_west_or_south_is_the_same_one(places, shift):
    """Cells with negative numbers keep their neighbours."""
    here = neighbours(area_of(places)).toarray()
    there = neighbours(area_of([(a + shift, b - shift) for a, b in places])).toarray()

    assert (here == there).all()


def test_the_edge_of_the_band_is_near():
    assert neighbours(area_of([(0, 0), (0, 2)]), band=500).nnz == 4
    assert neighbours(area_of([(0, 0), (0, 2)]), band=499.9).nnz == 2


@given(points=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=20))
def test_a_density_adds_up_to_its_events(points):
    surface = density(*np.array(points).T, bandwidth=150, cell=10)

    assert surface.events_per_km2.sum() * 0.01**2 == pytest.approx(len(points), rel=2e-3)


def test_density_at_an_event_is_the_kernel_at_its_peak():
    """3 / (pi h^2), Silverman (1986), equation 4.5; h = 0.5 km."""
    surface = density([1_000], [2_000], bandwidth=500, cell=100)
    row, column = np.unravel_index(surface.events_per_km2.argmax(), surface.events_per_km2.shape)

    assert (surface.easting[column], surface.northing[row]) == (1_000, 2_000)
    assert surface.events_per_km2.max() == pytest.approx(3 / (np.pi * 0.25))


def test_accuracy_of_chance_is_one():
    assert predictive_accuracy([True, False], [5, 5]).index == 1


def test_a_forecast_is_called_better_only_on_evidence():
    chosen, before = [True, False, False, False], [1, 5, 0, 0]

    assert against_plain_counts(chosen, before, [5, 1, 0, 0]).verdict == "not shown to be better"
    assert against_plain_counts(chosen, before, [30, 5, 0, 0]).verdict == "better"
    assert against_plain_counts(chosen, before, [5, 30, 0, 0]).verdict == "worse"
    # Sign test, six of six: 2 / 2^6.
    assert against_plain_counts(chosen, before, [6, 0, 0, 0]).p == pytest.approx(2 / 64)
    assert against_plain_counts([False, True, False, False], before, [6, 0, 1, 0]).p == 1


def test_what_cannot_be_mapped_is_refused():
    area = area_of(MAP)
    near = neighbours(area)
    for attempt in (
        lambda: study_area([], []),
        lambda: study_area([float("nan")], [0]),
        lambda: study_area([0], [0], cell=0),
        lambda: getis_ord([1, 2], near),
        lambda: exact_p([0.5] * len(MAP), near),
        lambda: hot_spots([1], [1], area=area, scheme="whole-map"),
        lambda: density([0, 1e9], [0, 1e9], bandwidth=100, cell=10),
        lambda: predictive_accuracy([False], [3]),
        lambda: predictive_accuracy([True], [0]),
        lambda: false_discovery([1.5]),
        lambda: exact_p(np.zeros(900), neighbours(area_of([(i, j) for i in range(30) for j in range(30)]), band=9_000)),
    ):
        with pytest.raises(InvalidInput):
            attempt()
