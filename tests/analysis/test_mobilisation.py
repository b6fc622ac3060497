"""Rest, the choice of who is called, and the simulated probability, against enumeration and the standards' worked figures."""

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from peelian.analysis.mobilisation import NOBODY, Called, call_enough, propose, rest, simulate, whole_units
from peelian.core.errors import InvalidInput

DAY = datetime(2026, 3, 2, tzinfo=UTC)
RULES = {"rest_hours": 11, "longest_hours": 16}


def at(hour):
    return DAY + timedelta(hours=hour)


# Called at 20:00 for 22:00, until so late. Working Time Regulations 1998, reg 10(1): eleven hours between duties; 16 hours is a force's own.
REST = """
14-23  30  16 hours      on duty since 14:00: until 06:00 and one minute more is too long
14-23  29  ok on 0 0     15 hours is not
7-10   28  resting       10 hours of rest behind
6-9    28  ok off 0 0    just 11
21-30  30  ok on 60 0    comes on duty at 21:00, and sets out then
38-47  28  ok off 0 1    rests from 04:00: the duty of 14:00, ten hours later, is given up
39-47  28  ok off 0 0    11 hours later it is worked
""".strip().splitlines()


@pytest.mark.parametrize("row", REST, ids=[str(n) for n in range(len(REST))])
def test_rest_and_the_longest_duty(row):
    duty, ends, said = row.split(maxsplit=2)
    a, b = map(int, duty.split("-"))
    over = 1 if said.startswith("16 hours") else 0

    found = rest([(at(a), at(b))], called=at(20), by=at(22), ends=at(int(ends)) + timedelta(minutes=over), **RULES)

    if not said.startswith("ok"):
        assert said.split("  ")[0] in found.why_not
        return
    _, duty, wait, lost = said.split()[:4]
    assert (found.why_not, found.on_duty, found.from_minute, found.gives_up) == (
        "",
        duty == "on",
        float(wait),
        int(lost),
    )


# standards, mobilisation: 240 trained, 82 % in 4 hours: 196 -> 7 units of 25, 21 spare, 4 short; 6 inspectors bind first.
def test_whole_units_of_the_worked_figure():
    count, lacks = whole_units({"officer": int(240 * 0.82)}, {"officer": 25})

    assert (count, lacks, int(240 * 0.82) - count * 25) == (7, {"officer": 4}, 21)
    unit = {"inspector": 1, "sergeant": 3, "constable": 18}
    assert whole_units({"inspector": 6, "sergeant": 30, "constable": 180}, unit) == (6, {"inspector": 1})


def enumerated(chances, lines, wanted):
    """The probability that every line is filled: the sum over who comes and who does not."""
    total = 0.0
    for came in product((0, 1), repeat=len(chances)):
        p = np.prod([c if x else 1 - c for x, c in zip(came, chances, strict=True)])
        total += p * all(sum(x for x, m in zip(came, lines, strict=True) if m == n) >= w for n, w in enumerate(wanted))
    return total


def test_the_simulation_gives_what_enumeration_gives():
    minutes = np.array([20.0, 40, 50, 55, 70, 30, 45])
    lines, group = np.array([0, 0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1, 0, 1])
    share, spread, by = (0.9, 0.6), 0.3, 60.0
    chances = [share[g] * norm.cdf(np.log(by / m) / spread) for g, m in zip(group, minutes, strict=True)]

    found = simulate(
        Called(lines, minutes, group), [3, 1], comes=share, by=by, spread=spread, shared=0.0, rng=np.random.default_rng(7),
        draws=20, runs=4_000,
    )  # fmt: skip

    assert found.probability.value == pytest.approx(enumerated(chances, lines, [3, 1]), abs=0.007)  # 4 standard errors
    assert found.lines[1] == pytest.approx(enumerated(chances[5:], [0, 0], [1]), abs=0.007)


def test_what_is_not_known_of_the_shares_widens_the_interval():
    called = Called(np.zeros(6, dtype=int), np.full(6, 10.0), np.zeros(6, dtype=int))

    known, few, many = (
        simulate(called, [4], comes=[c], by=60, spread=0.1, shared=0.0, rng=np.random.default_rng(3)).probability
        for c in (0.8, (8, 10), (800, 1000))
    )

    assert few.high - few.low > 3 * (many.high - many.low)
    assert known.value == pytest.approx(enumerated([0.8] * 6, [0] * 6, [4]), abs=0.01)


def test_one_bad_night_for_all_is_worse_than_as_much_spread_of_each():
    called = Called(np.zeros(12, dtype=int), np.full(12, 45.0), np.zeros(12, dtype=int))

    together, apart = (
        simulate(called, [9], comes=[1.0], by=60, spread=a, shared=b, rng=np.random.default_rng(3)).probability.value
        for a, b in ((0.0, 0.4), (0.4, 0.0))
    )

    assert together == pytest.approx(norm.cdf(np.log(60 / 45) / 0.4), abs=0.01)
    assert abs(together - apart) > 0.05


crowd = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=n, max_size=n),
        st.lists(st.integers(0, 4), min_size=3, max_size=3),
        st.lists(st.floats(0, 1), min_size=n, max_size=n),
        st.integers(0, 4),
    )
)


@settings(max_examples=40, deadline=None)
@given(crowd)
def test_nobody_serves_twice_or_where_unfit_and_the_cover_stays(world):
    can, wanted, worth, most = world
    keep = list(range(0, len(can), 2))

    line = propose(can, wanted, worth=worth, reserve=[1, 0, 0], cover=[(keep, most)])

    assert line.shape == (len(can),)
    assert all(m == NOBODY or can[n][m] for n, m in enumerate(line))
    assert all((line == m).sum() <= w + (m == 0) for m, w in enumerate(wanted))
    assert (line[keep] != NOBODY).sum() <= most


@settings(max_examples=40, deadline=None)
@given(crowd)
def test_no_other_choice_fills_more_seats(world):
    """By trying every choice, for crowds of six at most."""
    can, wanted, worth, _ = world
    can, worth = can[:6], worth[:6]

    line = propose(can, wanted, worth=worth)

    options = [[NOBODY, *(m for m in range(3) if row[m])] for row in can]
    best = max(sum(min(c.count(m), wanted[m]) for m in range(3)) for c in product(*options))
    assert sum(min((line == m).sum(), wanted[m]) for m in range(3)) == best


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(5, 200), st.integers(0, 1)), min_size=1, max_size=8),
    st.tuples(st.integers(0, 1), st.floats(5, 200), st.integers(0, 1)),
    st.integers(0, 3),
)
def test_one_more_person_never_lowers_the_probability(people, more, wanted):
    def probability(crowd):
        line, minutes, group = (np.array(c) for c in zip(*crowd, strict=True))
        return simulate(
            Called(line, minutes.astype(float), group), [wanted, 1], comes=[(9, 10), 0.6], by=60, spread=0.3, shared=0.2,
            rng=np.random.default_rng(5), draws=4, runs=50,
        ).probability.value  # fmt: skip

    assert probability([*people, more]) >= probability(people)


def test_more_are_called_until_it_is_sure_enough():
    n = 40
    found = call_enough(
        np.ones((n, 1), dtype=bool), [10], minutes=np.full(n, 30.0), group=np.zeros(n, dtype=int), comes=[0.6], by=60.0, spread=0.2,
        shared=0.0, sure=0.9, rng=np.random.default_rng(1), draws=5, runs=400,
    )  # fmt: skip

    called = (found.line != NOBODY).sum()
    assert found.filled.probability.value >= 0.9
    assert called == 25  # of 20 the binomial gives 10 or more with 0.872, of 25 with 0.987
    assert found.filled.short == (0,)


def test_small_lines_get_reserves_too():
    """One is wanted of whom half come: four called give 0.94; the margins 0.1 to 1 all round up to the same one."""
    found = call_enough(
        np.ones((9, 1), dtype=bool), [1], minutes=[10.0] * 9, group=[0] * 9, comes=[0.5], by=60.0, spread=0.1, shared=0.0, sure=0.9,
        rng=np.random.default_rng(1), draws=5, runs=400,
    )  # fmt: skip

    assert (found.line != NOBODY).sum() == 4
    assert found.filled.probability.value == pytest.approx(1 - 0.5 ** (found.line != NOBODY).sum(), abs=0.03)
    assert found.filled.probability.value >= 0.9


def test_a_requirement_that_cannot_be_filled_says_how_many_are_short():
    found = call_enough(
        np.ones((3, 1), dtype=bool), [5], minutes=[10.0] * 3, group=[0] * 3, comes=[1.0], by=60.0, spread=0.1, shared=0.0, sure=0.9,
        rng=np.random.default_rng(1), draws=2, runs=50,
    )  # fmt: skip

    assert (found.filled.probability.value, found.filled.short) == (0.0, (2,))


def test_a_line_that_cannot_be_filled_leaves_the_others_their_reserves():
    found = call_enough(
        [[False, True]] * 8, [1, 2], minutes=[10.0] * 8, group=[0] * 8, comes=[0.5], by=60.0, spread=0.1, shared=0.0, sure=0.9,
        rng=np.random.default_rng(1), draws=4, runs=200,
    )  # fmt: skip

    assert (found.filled.probability.value, (found.line == 1).sum()) == (
        0.0,
        8,
    )  # two wanted, three times as many in reserve


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInput, match="E760"):
        propose([[1, 0]], [1], worth=[0.5])


def test_nobody_fit_is_no_error():
    assert propose(np.zeros((2, 1)), [1], worth=[1, 1]).tolist() == [NOBODY, NOBODY]
    assert propose([], [1], worth=[]).tolist() == []
