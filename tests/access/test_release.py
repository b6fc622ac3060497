"""Nobody who holds all releases may narrow a small count: attacked by a program of its own (attacker.py)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.access.attacker import Attacker
from tests.access.worlds import steps, table, worlds

from peelian.access.release import CountTable, address, plan, threshold
from peelian.access.release.search import Search
from peelian.core.errors import InvalidInput, PeelianError


def rng():
    return np.random.default_rng(1)


def flat(items, total="all"):
    """An axis of one level."""
    return {total: tuple(items)} | dict.fromkeys(items, ())


def published(plan_):
    """What a reader sees of a plan: counts by name."""
    return {
        (measure, frozenset(codes)): cell.count
        for (measure, codes), cell in plan_.cells.items()
        if cell.count is not None
    }


def attack(attacker, small):
    """Every small count that the attacker narrows: its name, and the range in whole numbers that is left."""
    top = threshold() - 1
    found = []
    for cell, sum_ in small:
        low, high = attacker.range_of(sum_, whole=True)
        if low > 1e-6 or high < top - 1e-6:
            found.append((cell, low, high, attacker.range_of(sum_, whole=False)))
    return found


def release_all(releases, chance=None):
    """Plan each release after those before it; the attacker who has read them all, and every small count of any of them."""
    attacker, earlier, small = Attacker(), [], []
    for tables in releases:
        result = plan(tables, earlier=earlier, rng=chance or rng())
        attacker.read(tables, published(result))
        earlier.append(result.release)
        small += [(cell, attacker.sums[cell]) for cell, count in attacker.counts.items() if 0 < count < threshold()]
    return attacker, small


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds, st.lists(steps, min_size=1, max_size=4))
def test_no_sequence_of_releases_narrows_a_small_count(world, sequence):
    releases = []
    for step in sequence:
        world = world | step.corrections
        releases.append([table(world, step)])
    try:
        attacker, small = release_all(releases)
    except PeelianError as error:
        assert error.id == "peelian.E303"
        return
    assert attack(attacker, small) == []


def axes(**items):
    return {axis: {"all": names, **dict.fromkeys(names, ())} for axis, names in items.items()}


def withheld(result, **by):
    """Codes of one axis whose counts are withheld, all other axes at their total."""
    ((axis, codes),) = by.items()
    return {code for code in codes if result.cells[address("crime", **{axis: code})].count is None}


def test_a_lone_small_count_takes_the_smallest_that_is_enough_with_it():
    """By hand: of 2 + 9 + 40 = 51 the 2 alone would be 51 - 49; the 9 costs a reader least and leaves 0 to 11."""
    one = CountTable("crime", axes(place=("shop", "yard", "home")), {("shop",): 2, ("yard",): 9, ("home",): 40})
    result = plan([one], rng=rng())
    assert withheld(result, place=("all", "shop", "yard", "home")) == {"shop", "yard"}
    assert [cell.why for cell in result.cells.values()] == ["", "small", "secondary", ""]
    assert result.audit[address("crime", place="shop")][1] >= threshold() - 1


def test_one_small_count_in_a_grid_takes_three_more_at_the_corners_of_a_box():
    """The rule of every textbook of disclosure control: with all totals shown, a lone cell of two axes needs a rectangle."""
    counts = {(a, b): 20 for a in "pqr" for b in "xyz"} | {("p", "x"): 1}
    result = plan([CountTable("crime", axes(row=tuple("pqr"), column=tuple("xyz")), counts)], rng=rng())
    gone = {tuple(code for _, code in codes) for (_, codes), cell in result.cells.items() if cell.count is None}
    assert len(gone) == 4 and all(len(codes) == 2 for codes in gone)
    assert len({column for column, _ in gone}) == len({row for _, row in gone}) == 2


def test_small_counts_that_fill_their_total_are_not_told_by_it():
    """4 + 4 of 8: each small, and the rule that both are below 5 would tell both."""
    one = CountTable("crime", axes(place=("shop", "yard")), {("shop",): 4, ("yard",): 4})
    result = plan([one], rng=rng())
    assert all(low == 0 and high >= threshold() - 1 for low, high in result.audit.values())


def test_a_second_release_does_not_tell_what_the_first_withheld():
    """By difference: force less the other areas was withheld with an area of 30; the 30 stays withheld when all is released again."""
    counts = {("shop",): 2, ("yard",): 30, ("home",): 30}
    one = CountTable("crime", axes(place=("shop", "yard", "home")), counts)
    first = plan([one], rng=np.random.default_rng(1))
    for seed in range(5):
        again = plan([one], earlier=[first.release], rng=np.random.default_rng(seed))
        assert again.release.withheld == first.release.withheld


def test_borders_drawn_anew_do_not_tell_the_area_between_them():
    """District A is a1 to a3, later a1 and a2 alone: A less A- would be a3, which has 2."""
    old = {"A": ("a1", "a2", "a3"), "a1": (), "a2": (), "a3": ()}
    counts = {("a1",): 12, ("a2",): 9, ("a3",): 2}
    first = plan([CountTable("crime", {"area": old}, counts, {"area": ["A"]})], rng=rng())
    assert first.cells[address("crime", area="A")].count == 23
    new = {"A-": ("a1", "a2"), "a1": (), "a2": (), "a3": ()}
    second = plan([CountTable("crime", {"area": new}, counts, {"area": ["A-"]})], earlier=[first.release], rng=rng())
    assert second.cells[address("crime", area="A-")].why == "secondary"


def test_longer_and_longer_periods_do_not_tell_the_month_between_them():
    """January and February, then January to March: the difference would be March, which has 3."""
    months = {"jan": (), "feb": (), "mar": ()}
    counts = {("jan",): 20, ("feb",): 20, ("mar",): 3}
    first = plan(
        [CountTable("crime", {"period": {"jan-feb": ("jan", "feb"), **months}}, counts, {"period": ["jan-feb"]})],
        rng=rng(),
    )
    second = plan(
        [
            CountTable(
                "crime", {"period": {"jan-mar": ("jan", "feb", "mar"), **months}}, counts, {"period": ["jan-mar"]}
            )
        ],
        earlier=[first.release],
        rng=rng(),
    )
    assert first.cells[address("crime", period="jan-feb")].count == 40
    assert second.cells[address("crime", period="jan-mar")].count is None


def test_a_count_corrected_below_the_threshold_is_not_told_by_its_total():
    """7 was shown; corrected to 3, it would be the new total less the counts that did not change."""
    before = CountTable("crime", axes(place=("shop", "yard", "home")), {("shop",): 7, ("yard",): 30, ("home",): 40})
    after = CountTable("crime", axes(place=("shop", "yard", "home")), {("shop",): 3, ("yard",): 30, ("home",): 40})
    first = plan([before], rng=rng())
    second = plan([after], earlier=[first.release], rng=rng())
    assert withheld(first, place=("all", "shop", "yard", "home")) == set()
    assert withheld(second, place=("all", "shop", "yard", "home")) == {"all", "shop"}


def test_what_earlier_releases_tell_already_is_refused_and_not_released_again():
    """The total and all but one area, released without their small area in view, tell it: nothing withheld now would help."""
    whole = CountTable("crime", {"area": {"force": ()}}, {("force",): 42})
    rest = CountTable("crime", {"area": {"a1": (), "a2": ()}}, {("a1",): 20, ("a2",): 20})
    first = plan([whole, rest], rng=rng())
    areas = {"force": ("a1", "a2", "a3"), "a1": (), "a2": (), "a3": ()}
    with pytest.raises(PeelianError) as refused:
        plan(
            [CountTable("crime", {"area": areas}, {("a1",): 20, ("a2",): 20, ("a3",): 2})],
            earlier=[first.release],
            rng=rng(),
        )
    assert refused.value.id == "peelian.E303"


def test_tables_of_one_measure_are_protected_together():
    """By area and by hour: what one table withholds, the other may not tell by the total they share."""
    by_area = CountTable("crime", axes(area=("a1", "a2")), {("a1",): 2, ("a2",): 38})
    by_hour = CountTable("crime", axes(hour=("day", "night")), {("day",): 20, ("night",): 20})
    result = plan([by_area, by_hour], rng=rng())
    attacker = Attacker()
    attacker.read([by_area, by_hour], published(result))
    assert attack(attacker, [("a1", attacker.sums["crime", frozenset({("area", "a1")})])]) == []


@pytest.mark.parametrize("left_out", ["run", "settle"])
def test_the_attacker_finds_what_half_a_protection_leaves_open(monkeypatch, left_out):
    """The attack must be able to succeed: without the search, or without its last step, it does."""
    monkeypatch.setattr(Search, left_out, lambda self: None)
    monkeypatch.setattr(Search, "sweep", lambda self, **_: None)
    counts = {(a, b): 20 for a in "pqr" for b in "xyz"} | {("p", "x"): 1, ("q", "y"): 3, ("r", "z"): 4}
    attacker, small = release_all([[CountTable("crime", axes(row=tuple("pqr"), column=tuple("xyz")), counts)]])
    assert attack(attacker, small)


@pytest.mark.parametrize(
    ("table_axes", "counts", "why"),
    [
        ({"area": {"A": ("a1", "a2"), "a1": ()}}, {}, "a part is unknown"),
        ({"area": {"A": ("a1", "a1"), "a1": ()}}, {}, "stands twice"),
        ({"area": {"A": ("B",), "B": ("A",)}}, {}, "part of itself"),
        ({"area": {"A": ("B", "a1"), "B": ("a1",), "a1": ()}}, {}, "counts a part twice"),
        ({"area": {"A": ("a1",), "a1": ()}}, {("A",): 3}, "one finest code"),
        ({"area": {"A": ("a1",), "a1": ()}}, {("a1",): -1}, "no whole number"),
        ({"area": {"A": ("a1",), "a1": ()}}, {("a1",): 1.5}, "no whole number"),
    ],
)
def test_a_table_that_does_not_add_up_is_refused(table_axes, counts, why):
    with pytest.raises(InvalidInput, match=why) as refused:
        CountTable("crime", table_axes, counts)
    assert refused.value.id == "peelian.E302"


def test_one_release_may_not_give_a_count_in_two_sizes():
    one = CountTable("crime", axes(area=("a1", "a2")), {("a1",): 20, ("a2",): 20})
    other = CountTable("crime", axes(hour=("day", "night")), {("day",): 20, ("night",): 21})
    with pytest.raises(InvalidInput) as refused:
        plan([one, other], rng=rng())
    assert refused.value.id == "peelian.E302"
