"""A tick raises each breach once, however often, late or concurrently it runs; and changes no case."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from peelian.access.actor import Actor
from peelian.casework import store, ticking
from peelian.casework.models import Case, Notice, Run
from peelian.casework.verify import verify

from .world import AT, HOUR, REPORT, VISIT_WITHIN, people, set_local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


@pytest.fixture
def who() -> dict[str, Actor]:
    return people()


def some_cases(who: dict[str, Actor]) -> None:
    """Cases graded and not, visited and not, offered and taken or not, closed or not."""
    for n in range(8):
        found = (AT - timedelta(hours=9 * n)).isoformat()
        to = ["", "bob", "team:hub"][n % 3]
        case = store.open_case("made_up_worry", "report", {**REPORT, "found_at": found}, actor=who["ann"], at=AT, to=to)
        store.do(case.ref, "plan", {"planned_at": found}, actor=who["ann"], at=AT)
        if n % 4 == 1:
            store.decide(case.ref, "grade", "high", actor=who["ann"], at=AT, reason="x")
        if n == 6:
            store.do(case.ref, "visit", {"done_at": AT.isoformat()}, item="visits-2", actor=who["ann"], at=AT)
            store.do(case.ref, "close", actor=who["sue"], at=AT)


def raised() -> set[tuple[Any, ...]]:
    return set(Notice.objects.values_list("case__facts__found_at", "what", "clock", "step", "start", "due", "to"))


def expected(at: datetime) -> set[tuple[Any, ...]]:
    """Straight from the cases: what is past, one by one."""
    told = set()
    for case in Case.objects.filter(closed=False):
        key = case.facts["found_at"]
        for run in Run.objects.filter(case=case, ended=None):
            if run.due is not None and run.due <= at:
                told.add((key, "overdue" if run.duty else "lapsed", run.clock, "", run.start, run.due, case.owner))
            if run.state == "unset":
                told.add((key, "unset", run.clock, "", run.start, run.start, case.owner))
        for step, rung in enumerate(("supervisor", "inspector"), start=1):
            if case.offer_at and case.offer_at + step * HOUR <= at:
                told.add((key, "unaccepted", "", rung, case.offer_at, case.offer_at + step * HOUR, rung))
    return told


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("chunk", [3, 4_000])
def test_the_same_notices_whenever_one_ticks(who: dict[str, Actor], monkeypatch: Any, local: bool, chunk: int) -> None:
    monkeypatch.setattr(ticking, "CHUNK", chunk)
    if local:
        set_local(VISIT_WITHIN, "4 hours")
    some_cases(who)
    end = AT + timedelta(days=12)
    assert ticking.tick(AT - timedelta(days=99)) == 0
    once = ticking.tick(end)
    late = raised()
    assert late == expected(end) and once == len(late) and {n[1] for n in late} >= {"overdue", "lapsed", "unaccepted"}
    assert ticking.tick(end) == ticking.tick(AT) == ticking.tick(end + timedelta(days=900)) == 0
    Notice.objects.all().delete()
    draw, at, often = Random(1), AT, 0
    while at < end:
        at = min(end, at + timedelta(minutes=draw.choice([1, 60, 600, 3000])))
        often += ticking.tick(at)
    assert raised() == late and often == once
    assert verify().ok


def test_what_is_put_right_is_raised_again_and_what_ends_is_not(who: dict[str, Actor]) -> None:
    case = store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT)
    late = AT + timedelta(hours=80)
    assert ticking.tick(late) == 1
    store.decide(case.ref, "grade", "low", actor=who["ann"], at=late, reason="x")
    assert ticking.tick(late + HOUR) == 0
    # It was found an hour later than was written: another run, that was late too, and is a breach of its own.
    store.strike(case.ref, 2, actor=who["ann"], at=late, reason="in error")
    store.correct(case.ref, 1, {"found_at": AT.isoformat()}, actor=who["ann"], at=late, reason="misread")
    assert ticking.tick(late + HOUR) == 1


def test_support_that_ended_is_raised_once(who: dict[str, Actor]) -> None:
    case = store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT)
    Case.objects.filter(pk=case.pk).update(supporter="bob", support_until=AT + HOUR, due_order=AT + HOUR)
    assert (ticking.tick(AT), ticking.tick(AT + HOUR), ticking.tick(AT + 2 * HOUR)) == (0, 1, 0)
    assert Notice.objects.get().what == "support ended"


def test_two_workers_raise_the_same_notice_once(who: dict[str, Actor]) -> None:
    """What one has raised meanwhile is no fault of the other: the key decides."""
    store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT, to="bob")
    rungs = [n for case in Case.objects.all() for n in ticking._rungs(case, AT + 9 * HOUR, ticking.Around())]
    assert len(rungs) == 2
    with transaction.atomic():
        Notice.objects.bulk_create(rungs)
    again = [Notice(**{f.name: getattr(n, f.name) for f in Notice._meta.fields if f.name != "id"}) for n in rungs]
    Notice.objects.bulk_create(again, ignore_conflicts=True)
    assert ticking.tick(AT + 9 * HOUR) == 0 and Notice.objects.count() == 2
