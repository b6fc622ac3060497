"""The planner of visits: what is placed, in which order, and what is left over."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peelian.investigation.visit_plan import Due, plan, rank, visits_a_year

ON = date(2026, 11, 23)
DUES = st.lists(
    st.builds(
        Due, ref=st.uuids().map(str), area=st.just("east"), level=st.sampled_from(["low", "medium", "high", "very high", ""]),
        owner=st.sampled_from(["ann", "ben", "cat", "none"]), due=st.integers(-60, 60).map(lambda n: ON + timedelta(days=n)), trigger=st.booleans(),
    ), max_size=30,
)  # fmt: skip


@given(DUES, st.dictionaries(st.sampled_from(["ann", "ben", "cat", "dan"]), st.integers(0, 9)))
def test_as_many_are_placed_as_there_is_room_and_the_most_pressing_first(dues, room):
    found = plan(dues, room, on=ON)

    assert len(found.placed) == min(len(dues), sum(room.values()))
    assert len(found.placed) + len(found.left) == len(dues)
    for name, n in room.items():
        assert sum(p.manager == name for p in found.placed) <= n
    assert {p.manager for p in found.placed} <= set(room)
    ranks = [rank(p.due, ON) for p in found.placed] + [rank(d, ON) for d in found.left]
    assert ranks == sorted(ranks)


ORDER = """
low        -400  trigger  a trigger comes first
very high  -1    -        late, and the gravest
           -1    -        a level that is not decided counts as the gravest
high       -90   -        a graver level goes before a longer delay
high       -2    -        then the longer delay
low        -300  -        the lowest level of the late
very high  3     -        what is not late yet comes after all that is
"""


def test_the_order():
    dues = []
    for n, line in enumerate(ORDER.strip("\n").splitlines()):
        level, days, trigger = line[:11].strip(), *line[11:].split()[:2]
        dues.insert(0, Due(str(n), "east", level, "", ON + timedelta(days=int(days)), trigger == "trigger"))

    ranked = [d.ref for d in sorted(dues, key=lambda d: rank(d, ON))]

    assert [ranked[0], *sorted(ranked[1:3]), *ranked[3:]] == [str(n) for n in range(len(dues))]


def test_the_persons_own_manager_goes_before_one_with_more_room():
    found = plan([Due("a", "east", "low", "ann", ON), Due("b", "east", "low", "ann", ON)], {"ann": 1, "ben": 5}, on=ON)

    assert [(p.manager, p.own) for p in found.placed] == [("ann", True), ("ben", False)]


def test_the_load_of_the_standard():
    """sex-offender-management.md: 30 low, 12 medium, 6 high and 2 very high are 102 visits a year."""
    assert visits_a_year({"low": 30, "medium": 12, "high": 6, "very high": 2}, ON) == 102
