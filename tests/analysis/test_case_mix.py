"""Standardisation against a hand-worked table, exact sums against enumeration, and what must hold for every input."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from peelian.analysis.case_mix import adjusted_funnel, sum_of_binomials, tally
from peelian.analysis.funnel import share_funnel
from peelian.core.errors import InvalidInput


def counts(*rows):
    return pl.DataFrame(rows, schema=["area", "grade", "hits", "rows"], orient="row")


def test_expected_hits_by_hand():
    """Force: red 60 of 100, green 20 of 100. East has 20 red and 80 green: 20 x 0.6 + 80 x 0.2 = 28 expected."""
    plot = adjusted_funnel(
        counts(("West", "red", 48, 80), ("West", "green", 4, 20), ("East", "red", 12, 20), ("East", "green", 16, 80)),
        area="area", by=["grade"],
    )  # fmt: skip

    assert plot.names == ("East", "West")
    assert plot.expected == pytest.approx([28, 52])
    assert plot.value == pytest.approx([0.4, 0.4])
    assert plot.adjusted


def test_the_mix_explains_a_raw_difference_and_hides_none():
    alike = counts(("A", "red", 90, 100), ("A", "green", 10, 20), ("B", "red", 18, 20), ("B", "green", 50, 100))
    raw = tally_by_area(alike)
    assert share_funnel(raw["hits"], raw["rows"]).verdict == ("above", "below")
    assert adjusted_funnel(alike, area="area", by=["grade"]).verdict == ("as the others", "as the others")

    hidden = counts(("A", "red", 72, 90), ("A", "green", 2, 10), ("B", "red", 2, 10), ("B", "green", 72, 90))
    raw = tally_by_area(hidden)
    assert share_funnel(raw["hits"], raw["rows"]).verdict == ("as the others", "as the others")
    assert adjusted_funnel(hidden, area="area", by=["grade"]).value.tolist() == pytest.approx([0.74, 0.74], abs=0.001)


def tally_by_area(table):
    return table.group_by("area").agg(pl.col("hits", "rows").sum()).sort("area")


@given(n=st.lists(st.integers(1, 80), min_size=2, max_size=6), share=st.floats(0.1, 0.9), seed=st.integers(0, 1_000))
def test_one_kind_of_case_is_the_plain_funnel(n, share, seed):
    hits = np.random.default_rng(seed).binomial(n, share)
    if not 0 < hits.sum() < sum(n):
        return
    names = [chr(65 + at) for at in range(len(n))]

    plain = share_funnel(hits, n, names=names)
    adjusted = adjusted_funnel(
        pl.DataFrame({"area": names, "kind": ["any"] * len(n), "hits": hits, "rows": n}), area="area", by=["kind"]
    )

    assert adjusted.value == pytest.approx(plain.value)
    assert adjusted.inner_low == pytest.approx(plain.inner_low)
    assert adjusted.outer_high == pytest.approx(plain.outer_high)
    assert adjusted.verdict == plain.verdict


@pytest.mark.parametrize(("sizes", "shares"), [((3, 2), (0.2, 0.9)), ((4, 1, 3), (0.5, 0.0, 1.0)), ((6,), (0.3,))])
def test_the_sum_of_binomials_is_exact(sizes, shares):
    """Against the sum over every way that it can fall out."""
    chance = np.zeros(sum(sizes) + 1)
    for way in product(*(range(size + 1) for size in sizes)):
        chance[sum(way)] += np.prod([binom.pmf(k, n, p) for k, n, p in zip(way, sizes, shares, strict=True)])

    found = sum_of_binomials(np.array(sizes), np.array(shares))

    assert found.cumulative == pytest.approx(np.cumsum(chance))


def test_many_cases_take_the_normal_distribution_and_it_is_close():
    exact = sum_of_binomials(np.array([2_000, 2_999]), np.array([0.3, 0.6]))
    normal = sum_of_binomials(np.array([2_000, 3_001]), np.array([0.3, 0.6]))

    for tail in (0.001, 0.025, 0.2):
        assert np.subtract(normal.within(tail), exact.within(tail)).tolist() == pytest.approx([1.2, 1.2], abs=1)


def test_unknown_outcomes_are_counted_apart():
    cases = pl.DataFrame(
        {"area": ["N"] * 4 + ["S"], "grade": ["red"] * 3 + ["green"] * 2, "hit": [True, False, None, True, True]}
    )

    assert tally(cases, area="area", hit="hit", by=["grade"]).rows() == [
        ("N", "green", 1, 1, 0),
        ("N", "red", 1, 2, 1),
        ("S", "green", 1, 1, 0),
    ]


def test_a_missing_column_is_named():
    with pytest.raises(InvalidInput, match='"grade"'):
        tally(pl.DataFrame({"area": ["N"], "hit": [True]}), area="area", hit="hit", by=["grade"])
    with pytest.raises(InvalidInput):
        adjusted_funnel(pl.DataFrame({"area": ["N"], "hits": [1], "rows": [1]}), area="area", by=[])


def test_an_area_whose_cases_are_never_hit_in_the_force():
    plot = adjusted_funnel(counts(("A", "red", 0, 30), ("B", "green", 20, 40)), area="area", by=["grade"])

    assert np.isnan(plot.value[0])
    assert plot.verdict[0] == "as the others"
