"""Series candidates: planted series are found, chance and busy places make none, and every join is explained."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.analysis.series import LEAST_RATIO, likeness, series_candidates
from peelian.core.errors import InvalidInput
from peelian.county import happenings


def scattered(rng, n=300, side=20_000, days=1_000):
    return rng.uniform(0, side, n), rng.uniform(0, side, n), rng.integers(0, days, n)


def found(seed, *, plant, people=20_000):
    """Candidates among a county's burglaries, and the plant of each burglary."""
    events = happenings(people=people, seed=seed, plant=plant).filter(pl.col("category") == "Burglary")
    said = [{title, setting} for title, setting in events.select("title", "setting").iter_rows()]
    candidates = series_candidates(
        events["easting"], events["northing"], events["happened"].dt.date().to_numpy(), words=said,
        rng=np.random.default_rng([seed, 3]), permutations=99,
    )  # fmt: skip
    return candidates, events["plant"].to_list()


def matched(candidates, plants):
    """Planted series of which a candidate holds three offences or more, and candidates that hold three of none."""
    hit, false = set(), 0
    for candidate in candidates:
        names = Counter(plants[m] for m in candidate.members if plants[m].startswith("S"))
        held = {name for name, n in names.items() if n >= 3}
        hit |= held
        false += not held
    return hit, false


def test_planted_series_are_found_and_few_others():
    """Ten counties of 20,000: over four in five of the planted series, and at most one candidate in ten is none."""
    series = hits = candidates = false = 0
    for seed in range(10):
        told, plants = found(seed, plant=True)
        hit, wrong = matched(told, plants)
        series += len({p for p in plants if p.startswith("S")})
        hits, candidates, false = hits + len(hit), candidates + len(told), false + wrong
    assert series == 40
    assert hits >= 0.8 * series and false <= 0.1 * candidates


def test_counties_without_series_seldom_have_a_candidate():
    """At 5 %, 30 counties give 0 to 5 with one in 99.7 % of all cases (binomial)."""
    assert sum(bool(found(seed, plant=False)[0]) for seed in range(30)) <= 5


def test_a_busy_place_and_a_busy_week_are_no_series():
    rng = np.random.default_rng(2)
    x, y, day = scattered(rng)
    x[:40], y[:40] = rng.uniform(0, 100, (2, 40))  # one street, all through the time
    day[60:120] = 500 + rng.integers(0, 7, 60)  # one week, all over the town
    assert series_candidates(x, y, day, rng=rng) == []


def test_words_of_method_find_what_place_and_time_alone_do_not():
    """A busy town, where near and soon is common by chance: twelve series of five, each with its own method, are told by the method."""
    rng = np.random.default_rng(3)
    x, y, day = scattered(rng, 1_500, side=4_000, days=365)
    method = rng.integers(0, 30, 1_500)
    for series in range(12):
        own = slice(series * 5, series * 5 + 5)
        x[own], y[own] = x[own][0] + rng.uniform(-120, 120, 5), y[own][0] + rng.uniform(-120, 120, 5)
        day[own], method[own] = day[own][0] + np.arange(5) * 2, 30 + series
    plants = [f"S{i // 5}" if i < 60 else "" for i in range(1_500)]
    said = [{"burglary", f"method {m}"} for m in method]
    plain, told = (
        series_candidates(x, y, day, words=words, rng=np.random.default_rng(1), permutations=99)
        for words in (None, said)
    )
    assert len(matched(told, plants)[0]) >= 10 and matched(told, plants)[1] <= 1
    assert len(matched(plain, plants)[0]) < len(matched(told, plants)[0])
    assert np.mean([link.likeness for c in told for link in c.links]) > 0.8


def test_every_link_says_why():
    rng = np.random.default_rng(4)
    x, y, day = scattered(rng)
    x[:6], y[:6], day[:6] = 500 + np.arange(6) * 10.0, 500, 300 + np.arange(6)
    [candidate] = series_candidates(x, y, day, rng=rng)
    assert candidate.members == (0, 1, 2, 3, 4, 5) and candidate.p <= 0.05
    for link in candidate.links:
        assert link.metres == pytest.approx(10 * abs(link.first - link.second))
        assert link.days == abs(link.first - link.second) and link.ratio >= LEAST_RATIO
    assert candidate.tightness == pytest.approx(sum(np.log(link.ratio) for link in candidate.links))


@given(seed=st.integers(0, 10_000), n=st.integers(0, 60))
@settings(max_examples=40)
def test_what_holds_for_every_input(seed, n):
    rng = np.random.default_rng(seed)
    x, y, day = scattered(rng, n, side=1_500, days=60)
    told = series_candidates(x, y, day, rng=rng, permutations=19, level=0.5)
    members = [m for candidate in told for m in candidate.members]
    assert len(set(members)) == len(members)
    for candidate in told:
        assert len(candidate.members) >= 3 and 0 < candidate.p <= 0.5
        assert {m for link in candidate.links for m in (link.first, link.second)} == set(candidate.members)
        assert list(day[list(candidate.members)]) == sorted(day[list(candidate.members)])


def test_rare_words_weigh_more():
    said = [{"burglary", "crowbar"}] * 2 + [{"burglary"}] * 98
    said += [{"burglary", "letterbox"}]
    alike = likeness(said, np.array([0, 0, 2]), np.array([1, 100, 3]))
    assert alike[0] == pytest.approx(1) and alike[1] < 0.05


def test_months_and_lists_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInput) as fault:
        series_candidates([0, 1], [0, 1], ["2026-01-01", "2026-02-01"], rng=np.random.default_rng(1))
    assert fault.value.id == "peelian.E201"
    with pytest.raises(InvalidInput):
        series_candidates([0, 1], [0, 1], [1, 2], words=[{"a"}], rng=np.random.default_rng(1))
