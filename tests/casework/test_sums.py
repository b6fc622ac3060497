"""The sums of measures equal a plain count of their rows, whatever is written in whatever order and whenever they are folded."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from peelian.casework import measured, store, sums
from peelian.casework.kinds import class_of
from peelian.casework.models import Case, Measured, MeasureSum
from peelian.casework.verify import verify

from .accounts import acting
from .measured_kind import CALL

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
AREA = st.sampled_from(["North", "South"])
STEP = st.one_of(
    st.tuples(st.just("open"), AREA, st.integers(0, 90)),
    st.tuples(st.just("move"), AREA, st.integers(0, 9)),
    st.tuples(st.just("answer"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("strike"), st.just(0), st.integers(0, 9)),
    st.tuples(st.sampled_from(["fold", "rebuild"]), st.just(0), st.just(0)),
)


@pytest.fixture
def ann(db):
    return acting("ann")


def rows():
    """Each cell with its four counts, counted one by one."""
    return Counter(
        (row.measure, row.area, row.month, row.record_class_id, {True: "yes", False: "no"}.get(row.hit, "lapses" if row.lapses else "open"))
        for row in Measured.objects.all()
    )  # fmt: skip


def summed():
    """The same from the sums and what is not folded into them yet."""
    found: Counter[tuple[object, ...]] = Counter()
    for row in MeasureSum.objects.all():
        cell = row.measure, row.area, row.month, row.record_class_id
        for name, n in {"yes": row.hits, "no": row.missed, "lapses": row.lapsing, "open": row.unknown}.items():
            found[(*cell, name)] += n
    assert min(found.values(), default=0) >= 0
    return +found


def done(step, ann, refs, n):
    what, first, second = step
    at = AT + timedelta(minutes=n)
    if what == "open":
        given = {"received_at": (AT - timedelta(days=second)).isoformat(), "area": first}
        refs.append(store.open_case("test_call", "receive", given, actor=ann, at=at).ref)
    elif what == "fold":
        sums.fold()
    elif what == "rebuild":
        measured.rebuild("test_call")
    elif refs and what == "move":
        store.do(refs[second % len(refs)], "note", {"area": first}, actor=ann, at=at)
    elif refs and what == "answer":
        told = {"answered_at": (AT - timedelta(hours=first)).isoformat()}
        store.do(refs[second % len(refs)], "note", told, actor=ann, at=at)
    elif refs:
        ref = refs[second % len(refs)]
        last = Case.objects.get(ref=ref).seq
        if last > 1 and not Case.objects.get(ref=ref).journal.filter(verb="strike").exists():
            store.strike(ref, last, actor=ann, at=at, reason="written in error")


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEP, min_size=3, max_size=12))
def test_sums_are_a_plain_count_after_any_order_of_writes(ann, steps):
    with transaction.atomic():
        refs: list[str] = []
        for n, step in enumerate(steps):
            done(step, ann, refs, n)
        assert summed() == rows()
        sums.fold()
        assert summed() == rows()
        assert not MeasureSum.objects.filter(kept=False).exists()
        assert sums.wrong() is None
        transaction.set_rollback(True)


def test_a_sum_that_is_not_its_rows_is_found_and_mended(ann):
    given = {"received_at": AT.isoformat(), "area": "North"}
    store.open_case("test_call", "receive", given, actor=ann, at=AT)
    assert verify().ok
    MeasureSum.objects.filter(measure="test_call.calls").update(hits=3)

    told = verify()

    assert not told.ok and "test_call.calls in North, 202603" in told.first_bad.what
    assert (sums.mend(), sums.mend(), sums.wrong()) == (1, 0, None)
    assert summed() == rows()


def test_what_lapses_this_month_is_not_known_and_what_lapsed_before_was_missed(db):
    code = class_of(CALL)
    for month in (202602, 202603):
        MeasureSum.objects.create(
            measure="test_call.x", area="North", month=month, record_class=code, lapsing=2, hits=1
        )
    MeasureSum.objects.create(measure="test_call.x", area="South", month=202603, record_class=code, hits=-1, unknown=4)

    def read(by, classes=(code.pk,)):
        return sums.read(["test_call.x"], by, classes=classes, since=202601, until=202603)["test_call.x"]

    assert read("area") == {"North": [2, 2, 2], "South": [-1, 0, 4]}
    assert read("month") == {202602: [1, 2, 0], 202603: [0, 0, 6]}
    assert read("area", classes=("another",)) == {} == read("area", classes=())
