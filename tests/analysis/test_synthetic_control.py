"""Synthetic control: cigarettes in California, and what must hold for every mixture."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.synthetic_control import placebo_test, simplex_weights, synthetic_control
from peelian.core.errors import InvalidInput

YEARS = range(1970, 2001)
PAPER = {
    "Utah": 0.334,
    "Nevada": 0.234,
    "Montana": 0.199,
    "Colorado": 0.164,
    "Connecticut": 0.069,
}  # Abadie and others (2010)
# Their predictors: means of the eighties, and sales in three years.
EIGHTIES = range(1980, 1989)
PREDICTORS = [
    ("lnincome", EIGHTIES), ("retprice", EIGHTIES), ("age15to24", EIGHTIES), ("beer", range(1984, 1989)),
    ("cigsale", [1975]), ("cigsale", [1980]), ("cigsale", [1988]),
]  # fmt: skip


@pytest.fixture(scope="module")
def smoking(shared):
    with (shared / "data/evaluation/prop99_smoking.csv").open(encoding="utf-8") as file:
        held = {(r["state"], int(r["year"])): r for r in csv.DictReader(file)}
    states = sorted({state for state, _ in held} - {"California"})

    def mean(state, column, years):
        return np.mean([float(held[state, year][column]) for year in years if held[state, year][column]])

    series = np.array([[mean(s, "cigsale", [year]) for year in YEARS] for s in ("California", *states)])
    predictors = np.array([[mean(s, column, years) for column, years in PREDICTORS] for s in ("California", *states)])
    return states, series[1:], series[0], predictors


def test_the_weights_from_earlier_sales_alone(smoking):
    states, donors, california, _ = smoking
    found = synthetic_control(california, donors, before=19)

    # data/evaluation/README.md, checked there by another program.
    expected = {
        "Utah": 0.394,
        "Montana": 0.232,
        "Nevada": 0.205,
        "Connecticut": 0.109,
        "New Hampshire": 0.045,
        "Colorado": 0.015,
    }
    assert {s: round(float(w), 3) for s, w in zip(states, found.weights, strict=True) if w > 5e-4} == expected
    assert (found.rmspe_before, found.effect, found.gap[-1]) == pytest.approx((1.656, -19.51, -26.60), abs=0.005)


def test_the_gaps_with_the_weights_of_the_paper(smoking):
    states, donors, california, _ = smoking
    found = synthetic_control(california, donors, before=19, weights=[PAPER.get(s, 0) for s in states])

    years = [YEARS.index(year) for year in (1988, 1989, 1990, 1995, 1999, 2000)]
    assert found.gap[years] == pytest.approx([-1.55, -7.56, -9.67, -22.07, -26.33, -25.73], abs=0.005)
    assert (found.rmspe_before, found.rmspe_after, found.ratio, found.effect) == pytest.approx(
        (1.758, 19.915, 11.33, -18.97), abs=0.005
    )


def test_few_states_depart_as_california_does(smoking):
    _, donors, california, _ = smoking
    found = placebo_test(california, donors, before=19)

    # With the paper's predictors it is first of 39 (the long test below); without any, two donors that fit by chance stand above it.
    assert len(found.ratios) == 39
    assert found.p == found.rank / 39
    assert found.p < 0.1


def test_the_mixture_with_the_predictors_of_the_paper(smoking):
    states, donors, california, predictors = smoking
    found = synthetic_control(california, donors, before=19, predictors=predictors)

    assert dict(zip(states, found.weights, strict=True)) == pytest.approx(
        {s: PAPER.get(s, 0) for s in states}, abs=0.006
    )
    # Published by tidysynth: a ratio of mean squares of 124, from 392 and 3.17. Our search ends at a lower 3.08, so the ratio is 129: within
    # 5 %. Nothing fits better than 3.077 (differential evolution, 4,200 tries). Another edition of its readme prints 99.0, from 3.94.
    before, after = found.rmspe_before**2, found.rmspe_after**2
    assert before == pytest.approx(3.077, abs=0.005)
    assert before < 3.17
    assert after == pytest.approx(392, rel=0.02)
    assert after / before == pytest.approx(124, rel=0.05)
    # Balance, California / synthetic / mean of the donors: sales of 1988, beer, price. Published as 91.4, 24.2 and 89.4 of the mixture.
    mixture = found.weights @ predictors[1:]
    assert predictors[0, [6, 3, 1]] == pytest.approx([90.1, 24.3, 89.4], abs=0.05)
    assert mixture[[6, 3, 1]] == pytest.approx([91.4, 24.2, 89.4], abs=0.3)
    assert predictors[1:].mean(axis=0)[[6, 3, 1]] == pytest.approx([114, 23.7, 87.3], abs=0.5)
    assert found.importance.sum() == pytest.approx(1)


@pytest.mark.long
def test_no_state_departs_as_california_does_with_the_predictors(smoking):
    states, donors, california, predictors = smoking
    found = placebo_test(california, donors, before=19, predictors=predictors)

    assert (found.rank, found.p) == (1, pytest.approx(0.0256, abs=5e-5))
    # Which states come next rests on how hard the program searches: tidysynth's two editions print 47.2 and 49.8 for Georgia, 22.6 and 30.6
    # for Indiana. A harder search fits Georgia better before (1.41 against 3.48), and so its ratio is 97. Georgia comes second in all.
    assert states[int(np.argmax(found.ratios[1:]))] == "Georgia"


def test_predictors_that_say_nothing_leave_the_series_to_choose():
    rng = np.random.default_rng(3)
    donors = rng.uniform(10, 50, (6, 10))
    mix = np.array([0.5, 0.3, 0.2, 0, 0, 0])
    good, noise = donors[:, :6], rng.uniform(0, 1, (7, 1))
    table = np.hstack([np.vstack([mix @ good, good]), noise])
    found = synthetic_control(mix @ donors, donors, before=6, predictors=table)

    assert found.weights == pytest.approx(mix, abs=0.02)
    assert found.importance[-1] < 0.05


def test_predictors_of_other_areas_are_refused():
    with pytest.raises(InvalidInput, match="each predictor"):
        synthetic_control([1, 2, 3, 4], [[1, 2, 3, 4], [2, 3, 4, 5]], before=2, predictors=[[1.0], [2.0]])


@settings(max_examples=60)
@given(st.integers(2, 8), st.integers(2, 12), st.integers(0, 10_000))
def test_weights_add_up_and_no_single_area_fits_better(areas, periods, seed):
    rng = np.random.default_rng(seed)
    donors, target = rng.uniform(1, 100, (areas, periods)), rng.uniform(1, 100, periods)
    weights = simplex_weights(target, donors)

    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    best = min(np.linalg.norm(target - donor) for donor in donors)
    assert np.linalg.norm(target - weights @ donors) <= best * (1 + 1e-3)


@settings(max_examples=40)
@given(st.integers(3, 6), st.integers(0, 10_000))
def test_an_area_that_is_a_mixture_is_found(areas, seed):
    rng = np.random.default_rng(seed)
    donors, mix = rng.uniform(1, 100, (areas, 12)), rng.dirichlet(np.ones(areas))

    assert simplex_weights(mix @ donors, donors) == pytest.approx(mix, abs=1e-4)


@pytest.mark.parametrize(
    ("donors", "before"), [([[1, 2, 3]], 2), ([[1, 2, 3], [2, 3, 4]], 3), ([[1, 2, 3], [2, 3, 4]], 1)]
)
def test_too_little_is_refused(donors, before):
    with pytest.raises(InvalidInput, match="E214"):
        synthetic_control([1, 2, 3], donors, before=before)
