"""The estimate against published worked examples, closed forms, another program, and populations whose truth is known."""

from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.multiple_systems import Hidden, from_histories, hidden_population, one_model, overlap
from peelian.analysis.trend import NotEnoughData
from peelian.core.errors import InvalidInput
from peelian.county.vulnerability import SPREAD, THEMES

# Potential victims of modern slavery in the United Kingdom, 2013, by local authorities, charities, police, other government,
# the public and the National Crime Agency: data set UKdat of Silverman's public R package modslavmse; 2,744 people, as the
# Home Office paper of November 2014 states.
SLAVERY = from_histories(
    ("LA", "NG", "PF", "GO", "GP", "NCA"),
    {
        "100000": 54, "010000": 463, "001000": 907, "000100": 695, "000010": 316, "000001": 57, "110000": 15,
        "101000": 19, "100100": 3, "011000": 56, "010100": 19, "010010": 1, "010001": 3, "001100": 69, "001010": 10,
        "001001": 31, "000110": 8, "000101": 6, "000011": 1, "111000": 1, "110100": 1, "011100": 4, "011001": 3,
        "001101": 1, "111100": 1,
    },
)  # fmt: skip
# Spina bifida in upstate New York (birth certificates, death certificates, rehabilitation records): Hook, Albright and Cross
# 1980, used again by Hook and Regal and by Madigan and York 1997. Written down from general knowledge.
SPINA_BIFIDA = from_histories(
    ("birth", "death", "rehabilitation"),
    {"100": 60, "010": 49, "110": 4, "001": 247, "101": 112, "011": 142, "111": 12},
)


def test_modern_slavery_in_2013():
    """Published: 10,000 to 13,000, 2,744 of them known. The dependent pairs are those that the paper's stepwise method finds."""
    names = SLAVERY.names
    found = [("PF", "NCA"), ("LA", "NG"), ("NG", "GP"), ("LA", "PF"), ("PF", "GP"), ("GO", "GP"), ("NG", "GO")]

    model = one_model(SLAVERY, [tuple(sorted((names.index(a), names.index(b)))) for a, b in found])

    low, high = (SLAVERY.known + model.hidden * np.exp(sign * 1.96 * model.error) for sign in (-1, 1))
    assert SLAVERY.known == 2_744
    assert (round(low, -3), round(high, -3)) == (10_000, 13_000)


@pytest.mark.parametrize(
    ("pairs", "people"),
    [([(0, 1)], 731), ([(0, 1), (0, 2)], 711), ([(0, 1), (1, 2)], 758), ([], 764), ([(0, 1), (0, 2), (1, 2)], 763)],
)
def test_spina_bifida_model_by_model(pairs, people):
    """The totals of the single models as the literature has them (626 known)."""
    assert round(626 + one_model(SPINA_BIFIDA, pairs).hidden) == people


def test_spina_bifida_averaged():
    """Madigan and York average to 731."""
    answer = hidden_population(SPINA_BIFIDA, average="bic", uneven=False)

    assert answer.known + answer.hidden == pytest.approx(731, abs=1.5)
    assert answer.models[0].pairs == ((0, 1),)


@given(a=st.integers(1, 500), b=st.integers(1, 500), both=st.integers(10, 500))
def test_two_lists_are_lincoln_and_petersens(a, b, both):
    table = from_histories(["x", "y"], {"10": a, "01": b, "11": both})

    assert one_model(table).hidden == pytest.approx(a * b / both, rel=1e-6)
    answer = hidden_population(table)
    assert answer.hidden == pytest.approx(a * b / both, rel=1e-6)
    assert "cannot be checked" in answer.cautions[0]


@given(st.lists(st.integers(1, 300), min_size=7, max_size=7))
def test_three_lists_with_every_pair_are_fienbergs(counts):
    """The missing cell is n111 n100 n010 n001 / (n110 n101 n011)."""
    n = dict(zip(("100", "010", "001", "110", "101", "011", "111"), counts, strict=True))

    found = one_model(from_histories("abc", n), [(0, 1), (0, 2), (1, 2)]).hidden

    expected = n["111"] * n["100"] * n["010"] * n["001"] / (n["110"] * n["101"] * n["011"])
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("pairs", [(), ((0, 1),), ((0, 3), (1, 2)), ((0, 1), (0, 2), (2, 3))])
def test_a_model_agrees_with_another_program(pairs, uneven):
    rng = np.random.default_rng(3)
    table = overlap("abcd", rng.random((900, 4)) < [0.3, 0.2, 0.4, 0.25])
    on = (np.arange(1, 16)[:, None] >> np.arange(4) & 1).astype(float)
    number = on.sum(axis=1)
    columns = [
        np.ones(15),
        *on.T,
        *(on[:, a] * on[:, b] for a, b in pairs),
        *([number * (number - 1) / 2] if uneven else []),
    ]
    theirs = sm.GLM(table.counts[1:], np.column_stack(columns), family=sm.families.Poisson()).fit(tol=1e-12)

    ours = one_model(table, pairs, uneven=uneven)

    assert ours.hidden == pytest.approx(np.exp(theirs.params[0]), rel=1e-6)
    assert ours.error == pytest.approx(theirs.bse[0], rel=1e-5)
    assert ours.deviance == pytest.approx(theirs.deviance, abs=1e-6)


def test_lists_that_share_nobody_leave_their_cells_out():
    table = from_histories("abc", {"100": 50, "010": 40, "001": 60, "101": 20, "011": 15})
    on = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1]], dtype=float)
    theirs = sm.GLM([50, 40, 60, 20, 15], np.column_stack([np.ones(5), on]), family=sm.families.Poisson()).fit()

    assert one_model(table, [(0, 1)]).hidden == pytest.approx(np.exp(theirs.params[0]), rel=1e-6)
    assert any("a and b" in said for said in hidden_population(table, uneven=False).cautions)


def test_a_model_that_the_counts_do_not_determine_is_refused():
    """Seven terms on seven cells, one of them empty: the missing cell would be a number over zero."""
    table = from_histories("abc", {"100": 50, "010": 40, "001": 60, "101": 20, "011": 15, "111": 9})

    with pytest.raises(InvalidInput, match=r"peelian\.E531"):
        one_model(table, [(0, 1), (0, 2), (1, 2)])
    assert isinstance(hidden_population(table), Hidden)


def test_too_little_to_go_by():
    assert str(hidden_population(from_histories("ab", {"10": 90, "01": 80, "11": 9}))) == (
        "not enough data: 9 shared records held, 10 needed"
    )
    assert isinstance(hidden_population(overlap(["police"], [[True]] * 50)), NotEnoughData)
    assert isinstance(hidden_population(overlap([], np.zeros((0, 0)))), NotEnoughData)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: overlap(["a", "a"], [[True, True]]),
        lambda: from_histories("ab", {"00": 4}),
        lambda: from_histories("ab", {"1": 4}),
        lambda: from_histories("ab", {"10": -1}),
        lambda: hidden_population(overlap("abcdefg", [[True] * 7] * 20)),
        lambda: hidden_population(SPINA_BIFIDA, average="aicc"),
    ],
)
def test_what_is_no_table_of_lists_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), max_size=60))
def test_an_overlap_counts_each_person_once(people):
    table = overlap("abcd", people)

    assert table.known == sum(any(person) for person in people)
    assert table.shared == sum(sum(person) > 1 for person in people)
    assert sum(count for _, count in table.rows()) == table.known
    assert table.held() == {name: sum(person[j] for person in people) for j, name in enumerate("abcd")}
    assert table.without("b").rows() == overlap("acd", [[p[0], p[2], p[3]] for p in people]).rows()


@given(order=st.permutations(range(3)))
def test_the_order_of_the_lists_says_nothing(order):
    names = SPINA_BIFIDA.names
    moved = np.zeros(8, dtype=int)
    for at, count in enumerate(SPINA_BIFIDA.counts):
        moved[sum(1 << new for new, old in enumerate(order) if at >> old & 1)] += count
    table = from_histories(
        [names[j] for j in order], {format(at, "03b")[::-1]: int(count) for at, count in enumerate(moved) if at}
    )

    ours, theirs = hidden_population(table), hidden_population(SPINA_BIFIDA)

    assert (ours.low, ours.hidden, ours.high) == pytest.approx((theirs.low, theirs.hidden, theirs.high), rel=1e-6)


def drawn(theme, people, rng):
    """Lists of a population as the county draws its own: police at the base of the others, and people who differ."""
    held = rng.random(people) < theme.police
    own = SPREAD * rng.normal(size=people)
    on = [held]
    for base, odds in theme.lists.values():
        logit = np.log(base / (1 - base)) + np.log(odds) * held + own
        on.append(rng.random(people) < 1 / (1 + np.exp(-logit)))
    return np.column_stack(on)


def covered(theme, people, rng, times, **how):
    held = 0
    for _ in range(times):
        on = drawn(theme, people, rng)
        answer = hidden_population(overlap([str(j) for j in range(on.shape[1])], on), **how)
        held += isinstance(answer, Hidden) and answer.low <= (~on.any(axis=1)).sum() <= answer.high
    return held / times


def test_the_interval_holds_the_hidden_truth():
    rng = np.random.default_rng(23)

    assert np.mean([covered(theme, 900, rng, 40) for theme in THEMES[1:]]) > 0.89


def test_what_the_common_term_and_the_weights_are_for():
    """Pairs alone weighed by BIC, as is often done, miss most of the truths of these populations."""
    assert covered(THEMES[1], 4_000, np.random.default_rng(23), 25, average="bic", uneven=False) < 0.7


@pytest.mark.long
@pytest.mark.parametrize("people", [150, 800, 4_000])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_coverage_is_as_stated(theme, people):
    """92 to 100 %, theme by theme and size by size; three standard errors of 500 draws are 0.03."""
    times = 500 if len(theme.lists) < 4 else 150

    assert covered(theme, people, np.random.default_rng(29), times) > 0.89


@pytest.mark.long
def test_the_counties_own_truth_is_covered_over_seeds():
    """Whole counties: 12 seeds, four themes."""
    from datetime import date

    from peelian.county.calendar import Calendar
    from peelian.county.filing import months
    from peelian.county.making import _found
    from peelian.county.vulnerability import LISTS, population

    held = []
    for seed in range(12):
        world, plants = _found(20_000, seed, Calendar(12, date(2025, 12, 31)), False, None)
        seen = [month.seen for month in months(world, plants.events)][-1]
        everybody = population(seen)
        for theme in THEMES:
            own = everybody.filter(theme=theme.name)
            names = [name for name in LISTS if own[name].any()]
            answer = hidden_population(overlap(names, own.select(names).to_numpy()))
            if isinstance(answer, Hidden):
                held.append(answer.low <= own["hidden"].sum() <= answer.high)
    assert len(held) >= 30
    assert np.mean(held) > 0.85


def test_every_pair_is_looked_at_up_to_five_lists():
    table = overlap("abcde", np.random.default_rng(1).random((400, 5)) < 0.3)

    answer = hidden_population(table, uneven=False)

    assert {pair for one in answer.models for pair in one.pairs} == set(combinations(range(5), 2))
    assert sum(one.weight for one in answer.models) == pytest.approx(1, abs=0.3)
