"""The check names a falsified cache or journal, whichever column or line it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from peelian.access.models import Entry as LogEntry
from peelian.casework import store
from peelian.casework.entries import as_entry, digest_of
from peelian.casework.models import Case, Item, JournalEntry, Run, Taken
from peelian.casework.verify import verify
from peelian.casework.writing import head_of

from .world import ANSWER, AT, HOUR, REPORT, VISIT_WITHIN, WORRY, people, set_local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


@pytest.fixture
def case() -> Case:
    """A case with rows in every table, between two others."""
    who = people()
    set_local(VISIT_WITHIN, "4 hours")
    set_local(ANSWER, "1 hour")
    one, made, _ = (
        store.open_case("made_up_worry", "report", {**REPORT, "harm": "h"}, actor=who["ann"], at=AT) for _ in "abc"
    )
    del one
    store.do(made.ref, "plan", {"planned_at": AT.isoformat()}, actor=who["ann"], at=AT)
    store.decide(made.ref, "grade", "high", actor=who["ann"], at=AT)
    store.ask(made.ref, "known_to_you", "health", actor=who["ann"], at=AT)
    assert verify().as_dict() == {"cases": 3, "ok": True, "first_bad": None}
    return Case.objects.get(ref=made.ref)


CACHED = [
    (Case, "stage", "closed"), (Case, "owner", "bob"), (Case, "closed", True), (Case, "area", "south"), (Case, "seq", 9),
    (Case, "facts", {}), (Case, "private_facts", {"harm": "other"}), (Case, "next_due", None), (Case, "due_order", AT),
    (Case, "opened_at", AT + HOUR), (Case, "accepted", False), (Case, "offered_to", "x"), (Case, "version", 2),
    (Item, "state", "answered"), (Item, "facts", {"a": 1}), (Item, "agency", "council"), (Item, "withdrawn", True),
    (Run, "due", AT), (Run, "ended", AT + 9 * HOUR), (Run, "state", "none"), (Run, "reason", "x"), (Run, "duty", False),
    (Taken, "outcome", "low"), (Taken, "by", "bob"), (Taken, "rests_on", ["visits-2"]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "column", "value"), CACHED)
def test_a_falsified_cache_is_named(case: Case, model: Any, column: str, value: Any) -> None:
    rows = model.objects.filter(**({"pk": case.pk} if model is Case else {"case": case}))
    rows.filter(pk=rows.order_by("pk").last().pk).update(**{column: value})
    verdict = verify()
    assert not verdict.ok and verdict.first_bad and verdict.first_bad.case == case.ref
    assert (column if model is Case else model._meta.model_name) in verdict.first_bad.what


@pytest.mark.parametrize("model", [Item, Run, Taken])
def test_a_row_that_was_dropped_or_put_in_is_named(case: Case, model: Any) -> None:
    row = model.objects.filter(case=case).last()
    row.delete()
    assert verify().first_bad.case == case.ref  # type: ignore[union-attr]


JOURNAL = [
    ("at", AT - HOUR), ("known", AT + HOUR), ("by", "bob"), ("agency", "x"), ("verb", "act"), ("name", "write"), ("item", "x"),
    ("to", "low"), ("given", {"note": "x"}), ("proposal", None), ("reason", "x"), ("kind_version", 2), ("digest", "0" * 64),
    ("log", 1),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), JOURNAL)
def test_a_changed_line_of_the_journal_is_named(case: Case, column: str, value: Any) -> None:
    JournalEntry.objects.filter(case=case, seq=3).update(**{column: value})
    bad = verify().first_bad
    assert bad and (bad.case, bad.entry) == (case.ref, 3)


@pytest.mark.parametrize(
    ("column", "value"), [("agency", "council"), ("origin", "x"), ("parent_id", "first"), ("kind", "x")]
)
def test_what_a_case_was_opened_with_is_covered_too(case: Case, column: str, value: Any) -> None:
    told = Case.objects.order_by("pk").values_list("pk", flat=True)[0] if value == "first" else value
    Case.objects.filter(pk=case.pk).update(**{column: told})
    bad = verify().first_bad
    assert bad and bad.case == case.ref


def test_a_journal_made_over_with_its_digests_is_caught_by_the_log(case: Case) -> None:
    row = JournalEntry.objects.get(case=case, seq=4)
    before = JournalEntry.objects.get(case=case, seq=3).digest
    row.reason = "made over"
    row.digest = digest_of(case.ref, as_entry(row), before)
    row.save()
    bad = verify().first_bad
    assert bad and (bad.case, bad.entry) == (case.ref, 4) and "log" in bad.what


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_dropped_line_is_named(case: Case, seq: int) -> None:
    JournalEntry.objects.filter(case=case, seq=seq).delete()
    if seq == 4:  # with all that was made from it
        Item.objects.filter(case=case, ask=True).delete()
        Run.objects.filter(case=case, clock="known_to_you_answered").delete()
        case.measured.filter(measure__contains="known_to_you").delete()
        runs = Run.objects.filter(case=case, duty=True, ended=None)
        first = min(run.due for run in runs)
        Case.objects.filter(pk=case.pk).update(seq=3, next_due=first, due_order=first)
    bad = verify().first_bad
    assert bad and bad.case == case.ref and "dropped" in bad.what


def test_a_whole_case_that_was_dropped_is_named(case: Case) -> None:
    case.measured.all().delete()
    JournalEntry.objects.filter(case=case).delete()
    case.delete()
    bad = verify().first_bad
    assert bad and bad.case == case.ref and "dropped" in bad.what


def test_the_first_digest_stands_on_what_the_case_was_opened_with(case: Case) -> None:
    """By the words of entries.py alone: SHA-256 of [ref, digest before, what the entry says] as JSON, sorted, no spaces."""
    import hashlib
    import json

    row = JournalEntry.objects.get(case=case, seq=1)
    told = {
        "agency": "force", "at": "2026-11-23T09:00:00.000000+00:00", "by": "ann",
        "given": {"area": "north", "found_at": "2026-11-23T08:00:00Z", "harm": "h"}, "item": "",
        "known": "2026-11-23T09:00:00.000000+00:00", "name": "report", "proposal": None, "reason": "", "seq": 1, "to": "",
        "verb": "act", "version": 1,
    }  # fmt: skip
    text = json.dumps([case.ref, head_of(case, WORRY), told], sort_keys=True, separators=(",", ":"))
    assert row.digest == hashlib.sha256(text.encode()).hexdigest()
    assert LogEntry.objects.get(pk=row.log).detail["digest"] == row.digest
    assert row.at + timedelta(0) == AT
