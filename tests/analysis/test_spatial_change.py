"""Andresen's S and the test of proportions: against published output, by hand, and by what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from peelian.analysis.spatial_change import andresen_s, proportion_change
from peelian.core.errors import InvalidInput

# Events by area of the example in the README of the R package sppt 0.1.5 (Steenbeek, Vandeviver, Andresen, Malleson and
# Wheeler 2018), and what it prints: SIndex (here with the sign of localS), limits in per cent, and the global S.
BASE, TEST = [2, 2, 2, 1, 0, 1], [2, 1, 2, 2, 1, 1]
LOW, HIGH = [12.5, 0, 12.5, 12.5, 0, 0], [25, 12.5, 25, 25, 12.5, 12.5]

counts = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=25).filter(
    lambda pairs: all(sum(side) for side in zip(*pairs, strict=True))
)


@pytest.mark.parametrize("seed", range(5))
def test_the_published_example_comes_out(seed):
    change = andresen_s(BASE, TEST, rng=np.random.default_rng(seed))

    assert change.local.tolist() == [0, -1, 0, 0, 0, 0]
    assert change.similarity == change.similarity_robust == pytest.approx(0.8333333)
    assert (100 * change.low).tolist() == LOW and (100 * change.high).tolist() == HIGH
    assert (100 * change.test_share).round(5).tolist() == [22.22222, 11.11111, 22.22222, 22.22222, 11.11111, 11.11111]


def test_empty_areas_count_as_alike_but_not_in_the_robust_index():
    change = andresen_s([*BASE, 0, 0, 0], [*TEST, 0, 0, 0], rng=np.random.default_rng(1))
    assert change.similarity == pytest.approx(8 / 9) and change.similarity_robust == pytest.approx(5 / 6)


def test_by_hand_three_areas_that_swap():
    """A sample of 85 of 100 leaves out at most 15: of 80 events it holds 65 to 80, so shares of 0.76 and more; 0.1 is below."""
    change = andresen_s([10, 80, 10], [80, 10, 10], rng=np.random.default_rng(1))
    assert change.local.tolist() == [1, -1, 0] and change.similarity == pytest.approx(1 / 3)


@given(pairs=counts, seed=st.integers(0, 99))
def test_a_pattern_is_like_itself_and_the_order_of_areas_means_nothing(pairs, seed):
    base, test = map(list, zip(*pairs, strict=True))
    same = andresen_s(test, test, rng=np.random.default_rng(seed))
    assert same.similarity_robust == 1 and proportion_change(test, test).similarity == 1

    order = np.random.default_rng(seed).permutation(len(base))
    change = proportion_change(base, test)
    moved = proportion_change(np.array(base)[order], np.array(test)[order])
    assert moved.local.tolist() == change.local[order].tolist() and moved.similarity == pytest.approx(change.similarity)
    swapped = proportion_change(test, base)
    assert swapped.local.tolist() == (-change.local).tolist()


def test_relabelled_areas_have_the_same_index():
    """The draws differ, so areas far from their limits are taken."""
    base, test = np.array([400, 300, 200, 100, 0]), np.array([410, 100, 390, 100, 0])
    order = np.array([3, 0, 4, 2, 1])
    change = andresen_s(base, test, rng=np.random.default_rng(1))
    moved = andresen_s(base[order], test[order], rng=np.random.default_rng(2))
    assert change.local.tolist() == [0, -1, 1, 0, 0]
    assert moved.local.tolist() == change.local[order].tolist() and moved.similarity == change.similarity == 0.6


def test_p_values_are_those_of_fisher_and_corrected():
    """R, fisher.test on each row; p.adjust(c(p1, p2, p3), "BH")."""
    change = proportion_change([40, 40, 20, 0], [10, 60, 30, 0])
    expected = [fisher_exact([[a, 100 - a], [b, 100 - b]])[1] for a, b in ((40, 10), (40, 60), (20, 30))]
    assert change.p[:3] == pytest.approx(expected) and change.p[3] == 1
    assert change.p_adjusted[:3] == pytest.approx([3 * expected[0], 1.5 * expected[1], expected[2]])


def test_chance_alone_makes_few_areas_differ_after_correction_and_many_before():
    """Two draws of one pattern: hardly any area differs once corrected; Andresen's intervals, of one set alone, call many."""
    rng = np.random.default_rng(5)
    truth = rng.dirichlet(np.full(100, 2.0))
    pairs = [(rng.multinomial(4_000, truth), rng.multinomial(4_000, truth)) for _ in range(10)]
    corrected = np.mean([proportion_change(a, b).similarity for a, b in pairs])
    original = np.mean([andresen_s(a, b, rng=rng).similarity for a, b in pairs])
    assert corrected > 0.99 > 0.6 > original


@pytest.mark.parametrize("base, test", [([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_a_set_without_events_is_refused(base, test):
    with pytest.raises(InvalidInput) as refused:
        proportion_change(base, test)
    assert refused.value.id == "peelian.E205"
