"""A4: the board tells of each measure what its own page tells, from kept counts as from fresh ones; what has no figures says so."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.casework.accounts import acting, partner
from tests.casework.measured_kind import CALL
from tests.casework.test_measures import row, write

from peelian import systems
from peelian.access.actor import Denied
from peelian.access.models import RecordClass, Restriction
from peelian.assurance import algorithms
from peelian.assurance.board import board, keep, lines_of
from peelian.assurance.counting import counts, forget
from peelian.assurance.models import Counted
from peelian.casework import measures, store
from peelian.casework.kinds import class_of
from peelian.casework.models import Case, Measured

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
SPAN = {"since": 202404, "until": 202603}


@pytest.fixture
def ann(db):
    one = acting("ann")
    class_of(CALL)
    return one


def line(name, actor, at=AT):
    told = counts(actor, at, [CALL.name])
    found = lines_of(CALL, told, at)
    keep(told)
    return next(line for line in found if line.name == name)


@pytest.fixture
def restricted(ann):
    """A person hidden from the reader, and a class that the policy lets nobody see."""
    Restriction.objects.create(
        kind="mention", feed="force-people", key="X", reason="x", rule="named", owner="x", by="x", at=AT
    )
    return RecordClass.objects.create(code="case-nobody", source="casework", category="case-none", handling="police",
                                      controller="The Chief Constable", regime="part3", onward="none")  # fmt: skip


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["North", "South", ""]), st.integers(0, 500), st.sampled_from([True, False, None, "lapses"]), st.booleans(), st.booleans()),
        max_size=30,
    )
)  # fmt: skip
def test_counts_are_those_of_the_measures_own_page(ann, restricted, rows):
    """By area and month; rows of shut classes and hidden people leave no trace; late work is late from the instant it falls due."""
    Measured.objects.all().delete()
    write([
        row(n, area=area, at=AT - timedelta(days=days - 20), hit=None if hit == "lapses" else hit, lapses=hit == "lapses",
            record_class=restricted if shut else None, subject_key="force-people/X" if hidden else "")
        for n, (area, days, hit, shut, hidden) in enumerate(rows)
    ])  # fmt: skip
    forget()

    found = counts(ann, AT, [CALL.name])
    areas, months = (found.cells("test_call", "first_answer_in_time", by) for by in ("area", "month"))
    page = measures.picture("test_call", "first_answer_in_time", actor=ann, at=AT, **SPAN)

    drawn = measures.drawn_from(
        CALL, page.measure, {c[0]: [c] for c in areas}, {c[1]: [c] for c in months}, at=AT, **SPAN
    )
    assert (drawn.areas, drawn.months, drawn.force) == (page.areas, page.months, page.force)


def test_an_entry_counts_its_kind_again_and_no_other(ann):
    given = {"received_at": (AT - timedelta(hours=5)).isoformat(), "area": "North"}
    store.open_case("test_call", "receive", given, actor=ann, at=AT)
    assert line("calls", ann).rows == 1
    before = Counted.objects.get(kind="test_call").at
    assert line("calls", ann, AT + timedelta(hours=1)).rows == 1
    assert Counted.objects.get(kind="test_call").at == before

    store.open_case("test_call", "receive", given, actor=ann, at=AT)

    assert line("calls", ann, AT + timedelta(hours=2)).rows == 2
    assert Counted.objects.get(kind="test_call").at > before


def test_a_row_that_falls_due_is_late_without_any_entry(ann):
    given = {"received_at": (AT - timedelta(hours=1)).isoformat(), "area": "North"}
    store.open_case("test_call", "receive", given, actor=ann, at=AT)

    assert (line("first_answer_in_time", ann).rows, line("first_answer_in_time", ann).undecided) == (0, 1)
    later = line("first_answer_in_time", ann, AT + timedelta(hours=5))
    assert (later.rows, later.hits, later.undecided) == (1, 0, 0)


def test_the_board_says_what_differs_what_changed_and_what_has_no_figures(ann):
    months = [measures.months_back(202603, n) for n in range(24)]
    held = [
        (month, area, n)
        for month in months
        for area, good in (("North", 19), ("South", 11))
        for n in range(20)
        if n < good or n >= 0
    ]
    write([
        row(i, area=area, month=month, at=AT, hit=n < {"North": 19, "South": 11}[area] - (8 if month > 202512 else 0))
        for i, (month, area, n) in enumerate(held)
    ])  # fmt: skip
    write([row(i, "wait", area="North", month=202601, at=AT, value=float(i)) for i in range(25)])

    told = line("first_answer_in_time", ann)

    assert (told.rows, told.hits) == (12 * 40, 9 * 30 + 3 * 14)
    assert (told.above, told.below, told.changed) == (("North",), ("South",), True)
    assert told.change.startswith("below the usual in ")
    assert (
        line("wait", ann).state == "12.0 hours (7.0 to 17.0)"
    )  # median and its interval of 0..24, as measures.median states it
    assert line("hurt", ann).state == "no figures yet"


def test_a_system_that_is_switched_off_or_has_no_case_says_so(ann):
    found = {part.id: part for part in board(ann, AT, without=["V7"])}

    assert found["V7"].why_not.startswith("switched off")
    assert found["V8"].why_not == "no case of it is counted yet"
    assert not found["V7"].lines
    assert {part.id for part in found.values()} >= {s.id for s in systems.listed()}


def test_a_partner_sees_no_board_of_the_force(ann):
    with pytest.raises(Denied):
        board(acting("pat", agency=partner()), AT)


def test_the_register_lists_every_policy_find_and_model_that_runs():
    listed = {(one.system, one.name) for one in algorithms.listed()}

    for system in systems.listed():
        for kind in system.kinds:
            assert len([one for one in listed if one[0] == system.id and one[1].startswith(f"{kind.title}: ")]) >= len(
                kind.decisions
            )
        assert {(system.id, find.title) for find in system.finds} <= listed
    for one in algorithms.listed():
        assert import_module(f"peelian.{one.module}")
        assert all((one.purpose, one.owner, one.source, one.evidence, one.decides))


def test_no_case_is_read_for_the_board(ann, django_assert_max_num_queries):
    """A million cases are counted from their rows: none is loaded."""
    board(ann, AT)
    with django_assert_max_num_queries(40) as asked:
        board(ann, AT)
    assert not [
        q for q in asked.captured_queries if f'FROM "{Case._meta.db_table}"' in q["sql"] and "facts" in q["sql"]
    ]
