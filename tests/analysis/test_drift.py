"""Shares and mixes before and now, against published values and what must hold for every input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.drift import discoveries, mix_drift, share_drift
from peelian.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    # Newcombe 1998, table II, method 10 (theta = p1 - p2, here now - before).
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_intervals_are_newcombes(now: tuple[int, int], before: tuple[int, int], low: float, high: float) -> None:
    found = share_drift(before, now)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_tea_tasting() -> None:
    # Fisher (1935): 3 of 4 against 1 of 4, two-sided p 0.4857.
    assert share_drift((1, 4), (3, 4)).p == pytest.approx(0.4857, abs=1e-4)


def test_more_filled_than_rows_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more cells are filled"):
        share_drift((3, 2), (1, 2))


def test_an_empty_part_tells_nothing() -> None:
    assert share_drift((0, 0), (1, 2)).p == 1
    assert mix_drift({}, {"a": 4}).p == 1


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 500), min_size=1)


@given(counts)
def test_a_mix_is_like_itself(mix: dict[str, int]) -> None:
    found = mix_drift(mix, {k: 3 * v for k, v in mix.items()})
    assert found.distance == pytest.approx(0, abs=1e-12)
    assert found.p > 0.999
    assert not found.new and not found.gone


@given(counts, counts)
def test_distance_is_symmetric_and_within_bounds(one: dict[str, int], two: dict[str, int]) -> None:
    there, back = mix_drift(one, two), mix_drift(two, one)
    assert there.distance == pytest.approx(back.distance)
    assert 0 <= there.distance <= 1
    assert there.p == pytest.approx(back.p)
    assert there.new == back.gone


def test_rare_values_cannot_make_a_drift() -> None:
    assert (
        mix_drift({"a": 1000, "b": 1}, {"a": 100, "c": 1}).p == 1
        or mix_drift({"a": 1000, "b": 1}, {"a": 100, "c": 1}).p > 0.01
    )


def test_discoveries_are_fewer_than_single_tests() -> None:
    assert discoveries([0.0001, 0.03, 0.9]) == [True, False, False]
    assert discoveries([]) == []
