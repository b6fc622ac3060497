"""Queues: what stands in which list; a count is the length of its list; pages hold each case once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from peelian.access.actor import Actor
from peelian.casework import queues, store
from peelian.casework.models import Case
from peelian.casework.rungs import FIRST, ranges
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Around, Owners, State, must_answer
from peelian.core.local import Local

from .world import AT, HOUR, VISIT_WITHIN, WORRY, people, set_local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


@pytest.fixture
def who() -> dict[str, Actor]:
    return people()


def opened(who: dict[str, Actor], hours: int = 0, area: str = "north", **more: Any) -> Case:
    """A case whose assessment falls due 72 hours after it was found, `hours` before now."""
    found = (AT - timedelta(hours=hours)).isoformat()
    return store.open_case(
        "made_up_worry", "report", {"found_at": found, "area": area}, actor=who["ann"], at=AT, **more
    )


def refs(rows: Any) -> list[str]:
    assert rows.count() == len(rows)
    return [case.ref for case in rows]


def test_what_stands_in_which_list(who: dict[str, Actor]) -> None:
    late, soon, far = opened(who, 80), opened(who, 60), opened(who)
    bobs = opened(who, 10, to="bob")
    teams = opened(who, 20, to="team:hub")
    sues = opened(who, 71, to="sue")
    assert refs(queues.mine(who["ann"], AT)) == [late.ref, soon.ref, far.ref]
    assert refs(queues.team(who["ann"], AT)) == [late.ref, soon.ref, teams.ref, bobs.ref, far.ref]
    assert refs(queues.due(who["ann"], AT)) == [late.ref, sues.ref, soon.ref]
    assert refs(queues.due(who["ann"], AT, among=queues.mine(who["ann"], AT))) == [late.ref, soon.ref]
    assert refs(queues.due(who["ann"], AT, horizon=timedelta(0))) == [late.ref]
    assert set(refs(queues.unaccepted(who["ann"], AT))) == {bobs.ref, teams.ref, sues.ref}


def test_who_must_answer_is_a_function_of_time(who: dict[str, Actor]) -> None:
    """Within an hour the one it was offered to, then a supervisor, then an inspector, who may answer for the supervisor too."""
    bobs, teams = opened(who, to="bob"), opened(who, to="team:hub")

    def waits(name: str, hours: float) -> set[str]:
        return set(refs(queues.to_answer(who[name], AT + hours * HOUR)))

    assert (waits("bob", 0.9), waits("ann", 0.9), waits("sue", 0.9)) == ({bobs.ref, teams.ref}, {teams.ref}, set())
    assert (waits("bob", 1), waits("sue", 1), waits("ida", 1)) == (set(), {bobs.ref, teams.ref}, {bobs.ref, teams.ref})
    assert (waits("sue", 2), waits("ida", 500)) == (set(), {bobs.ref, teams.ref})
    store.accept(teams.ref, actor=who["ann"], at=AT + HOUR)
    assert waits("ida", 500) == {bobs.ref}


def test_pages_hold_each_case_once_though_others_write(who: dict[str, Actor]) -> None:
    made = [opened(who, hours).ref for hours in (5, 9, 5, 1, 5, 7)]
    mine = queues.mine(who["ann"], AT)
    whole, seen, after = refs(mine), [], ""
    for _ in range(3):
        page = queues.page(mine, after, 2)
        seen += [case.ref for case in page.rows]
        after = page.next
        opened(who, 70)  # it would stand on a page that was read already
    assert seen == whole and set(seen) == set(made)
    assert (after and queues.page(mine, after, 2).rows == []) or not after


def test_the_oldest_first_is_the_order_of_opening_and_not_of_dues(who: dict[str, Actor]) -> None:
    made = [opened(who, hours) for hours in (5, 90, 40, 1)]  # dues run another way
    days = {case.ref: AT - timedelta(days=day) for case, day in zip(made, (1, 2, 9, 5), strict=True)}
    for ref, at in days.items():
        Case.objects.filter(ref=ref).update(opened_at=at)
    mine, seen, after = queues.mine(who["ann"], AT).order_by("opened_at", "pk"), [], ""
    while True:
        page = queues.page(mine, after, 3)
        seen += [case.ref for case in page.rows]
        if not (after := page.next):
            break
    assert seen == [made[n].ref for n in (2, 3, 1, 0)]


@pytest.mark.parametrize(("held", "told"), [(0, 0), (3, 3), (4, 4), (6, 4)])
def test_a_list_is_counted_to_one_beyond_the_most(who: dict[str, Actor], held: int, told: int) -> None:
    for _ in range(held):
        opened(who)
    assert queues.up_to(queues.mine(who["ann"], AT), most=3) == told


def test_a_page_key_that_was_made_up_begins_anew(who: dict[str, Actor]) -> None:
    case = opened(who)
    for text in ("x", "2026-01-01~x", f"x~{case.ref}", f"2026-01-01T00:00:00~{case.ref}"):
        assert [c.ref for c in queues.page(queues.mine(who["ann"], AT), text).rows] == [case.ref]


def test_lists_filter_by_the_facts_that_their_kind_names(who: dict[str, Actor]) -> None:
    north, south = opened(who), opened(who, area="south")
    mine = queues.mine(who["ann"], AT)
    assert refs(queues.filtered(mine, "made_up_worry", {"area": "south"})) == [south.ref]
    assert refs(queues.filtered(mine, "made_up_worry", {"area": "north"}, stage="open")) == [north.ref]
    for name in ("harm", "note", "facts"):
        with pytest.raises(InvalidInput, match="E452"):
            queues.filtered(mine, "made_up_worry", {name: "x"})


def test_a_clock_that_cannot_run_stands_in_a_list(who: dict[str, Actor]) -> None:
    case = opened(who)
    store.do(case.ref, "plan", {"planned_at": AT.isoformat()}, actor=who["ann"], at=AT)
    assert refs(queues.unset(who["ann"])) == [case.ref]
    set_local(VISIT_WITHIN, "4 hours")
    store.do(case.ref, "write", {"note": "x"}, actor=who["ann"], at=AT)
    assert refs(queues.unset(who["ann"])) == []


@pytest.mark.parametrize("period", ["1 hour", "4 working hours", "2 working days after", "3 days beginning with", None])
@pytest.mark.parametrize("changed", [None, "90 minutes"])
def test_ranges_of_offers_say_what_each_offer_says_by_itself(period: str | None, changed: str | None) -> None:
    """Every minute near an edge, and hours over a fortnight, over the hour that the clocks go back."""
    limit = Local("made-up.accept_within", "x")
    kind = replace(WORRY, name="made_up_ranges", owners=Owners(accept_within=limit, climbs=("supervisor", "inspector")))
    at = datetime(2026, 10, 26, 12, tzinfo=UTC)
    told = [(at - timedelta(days=900), period)] if period else []
    told += [(at - timedelta(days=2), changed)] if changed else []
    around = Around({limit.name: told})
    found = list(ranges(kind, at, around))
    assert found[0][1] == at + timedelta(microseconds=1) and found[-1][0] == FIRST
    assert all(high == newer for (newer, _, _), (_, high, _) in pairwise(found))
    edges = [low + timedelta(microseconds=n) for low, _, _ in found for n in (-1, 0)]
    for made in [*edges, *(at - timedelta(hours=h) for h in range(24 * 14))]:
        if FIRST <= made <= at:
            answer = must_answer(State(kind, owner="a", offered_to="b", offer_at=made), at, around)
            [step] = [step for low, high, step in found if low <= made < high]
            assert answer is not None and answer.step == step
