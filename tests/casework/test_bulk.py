"""Cases written at once are those that would have been written one by one; one refusal that nobody answers leaves nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.access.actor import Actor, Denied
from peelian.access.models import Entry as LogEntry
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.bulk import at_once
from peelian.casework.measure_tables import Measured
from peelian.casework.models import Case, Item, JournalEntry, Run, Taken
from peelian.casework.verify import verify
from peelian.core.kinds import Refused
from peelian.identity.models import Issued

from .world import ANSWER, AT, REPORT, VISIT_WITHIN, known_person, people, set_local

pytestmark = pytest.mark.django_db
NAMES = ("ann", "bob", "sue", "ida", "hal")
MADE = {"id", "ref", "case", "case_id", "digest", "log", "detail", "n", "subject", "place"}  # names and numbers of rows


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


@pytest.fixture
def who() -> dict[str, Actor]:
    return people()


def walk(seed: int, who: dict[str, Actor], person: str) -> list[str]:
    """Random work on two cases, by the right people and the wrong ones; what each try came to."""
    draw, at, came = Random(seed), AT, []
    told = [REPORT, {**REPORT, "harm": "h", "person": person}]
    refs = [store.open_case("made_up_worry", "report", given, actor=who["ann"], at=AT).ref for given in told]
    for _ in range(16):
        at += timedelta(minutes=draw.choice([1, 30, 600]))
        row = draw.choice(["visits-2", "visits-3", "known_to_you-3"])
        try:
            one_try(draw, draw.choice(refs), row, person, who[draw.choice(NAMES)], at)
            came.append("done")
        except (Refused, Denied) as refused:
            came.append(str(refused))
    return came


def one_try(draw: Random, ref: str, row: str, person: str, by: Actor, at: datetime) -> None:
    """One act of any sort."""
    much: dict[str, Any] = {"actor": by, "at": at}
    draw.choice([
        lambda: store.do(ref, "write", {"note": draw.choice("ab")}, **much),
        lambda: store.do(ref, "write", {"person": person}, **much),
        lambda: store.do(ref, "plan", {"planned_at": at.isoformat()}, **much),
        lambda: store.do(ref, "visit", {"done_at": at.isoformat(), "mood": "x"}, item=row, **much),
        lambda: store.decide(ref, "grade", draw.choice(["low", "high"]), reason="because", **much),
        lambda: store.do(ref, "close", **much),
        lambda: store.offer(ref, draw.choice([*NAMES, "nobody"]), **much),
        lambda: store.accept(ref, **much),
        lambda: store.ask(ref, "known_to_you", draw.choice(["health", "council"]), **much),
        lambda: store.answer(ref, row, {"held": True}, **much),
        lambda: store.withdraw(ref, row, reason="no", **much),
        lambda: store.correct(ref, 1, {"note": "c"}, reason="wrong", **much),
        lambda: store.load(ref, by, at),
    ])()  # fmt: skip


def stood() -> dict[str, list[dict[str, Any]]]:
    """Every row that acts write, but for names and numbers that are drawn anew each time."""
    return {
        model.__name__: [
            {k: v for k, v in row.items() if k not in MADE}
            for row in model._default_manager.order_by(*order).values()
        ]
        for model, order in ((Case, ["pk"]), (JournalEntry, ["case", "seq"]), (LogEntry, ["pk"]), (Issued, ["pk"]))
    } | {
        model.__name__: sorted(
            repr({k: v for k, v in row.items() if k not in MADE}) for row in model._default_manager.values()
        )
        for model in (Item, Run, Taken, Measured)
    }  # fmt: skip


def played(how: AbstractContextManager[Any], seed: int, who: dict[str, Actor], person: str) -> tuple[Any, Any]:
    with transaction.atomic():
        with how:
            came = walk(seed, who, person)
        verdict = verify()
        assert verdict.ok, verdict.first_bad
        found = came, stood()
        transaction.set_rollback(True)
    return found


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**40))
def test_what_is_written_at_once_stands_as_if_one_by_one(who: dict[str, Actor], seed: int) -> None:
    with transaction.atomic():
        set_local(VISIT_WITHIN, "4 hours")
        set_local(ANSWER, "1 hour")
        person = ref_of(known_person("P1"))
        one_by_one = played(transaction.atomic(), seed, who, person)
        assert played(at_once(), seed, who, person) == one_by_one
        assert "done" in one_by_one[0]
        transaction.set_rollback(True)


def test_a_refusal_leaves_nothing_of_all_that_was_in_hand(who: dict[str, Actor]) -> None:
    before = LogEntry.objects.count()
    with pytest.raises(Refused), at_once():
        case = store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT)
        store.do(case.ref, "write", {"note": "a"}, actor=who["ann"], at=AT)
        store.offer(case.ref, "nobody", actor=who["ann"], at=AT)
    assert not Case.objects.exists() and LogEntry.objects.count() == before


def test_who_may_not_see_a_case_in_hand_is_told_that_there_is_none(who: dict[str, Actor]) -> None:
    with at_once():
        case = store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT)
        with pytest.raises(Denied, match="no such case"):
            store.do(case.ref, "write", {"note": "a"}, actor=who["hal"], at=AT)
