"""Rows of measures from a journal alone: M1 and M2 of kinds.md."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.kinds import State, Who, act, answer, ask, decide, fold, runs
from peelian.core.kinds.measures import Row, measures_of, rows, source_of

from .measured_kind import CALL

ANN = Who("ann", ("supervisor",), "force")
PAT = Who("pat", ("hub-worker",), "council", partner=True)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Told:
    """A case told step by step: (hours since the start, what)."""

    def __init__(self, area: str = "North", **given: object) -> None:
        self.entries = []
        self.do(0, act, "receive", {"received_at": START.isoformat(), "area": area, **given})

    @property
    def state(self) -> State:
        return fold(CALL, self.entries)

    def do(self, hours: float, doing, *args, who: Who = ANN, **more) -> "Told":
        self.entries.append(doing(self.state, *args, who=who, at=START + timedelta(hours=hours), **more))
        return self

    def rows(self, hours: float = 1000) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in rows(self.state, runs(CALL, self.entries, START + timedelta(hours=hours))):
            found.setdefault(row.measure, []).append(row)
        return found


def test_measures_that_come_by_themselves_stand_beside_those_declared():
    assert list(measures_of(CALL)) == [
        "first_answer_in_time", "check_answered_in_time", "grading_as_proposed", "hurt", "visits_on_time", "calls", "wait",
    ]  # fmt: skip
    assert all(source_of(CALL, measure).startswith("one row") for measure in measures_of(CALL).values())


@pytest.mark.parametrize(
    ("answered", "asked_after", "expected"),
    [
        (3, 100, True),  # answered in time
        (4, 100, False),  # the fourth hour is the first instant that is too late
        (None, 3, None),  # nobody answered yet, and it is not due
        (None, 4, False),  # it fell due
    ],
)
def test_a_clock_is_met_missed_or_undecided(answered, asked_after, expected):
    told = Told()
    if answered is not None:
        stated = (START + timedelta(hours=answered)).isoformat()
        told.do(answered, act, "note", {"answered_at": stated})

    [row] = told.rows(asked_after)["first_answer_in_time"]

    assert row.as_of(START + timedelta(hours=asked_after)) is expected
    assert row.at == START + timedelta(hours=4)


def test_what_nobody_told_is_undecided_and_never_counted_as_no():
    told = Told().rows()
    assert [r.hit for r in told["hurt"]] == [None]
    assert [r.hit for r in told["wait"]] == [None]
    assert [r.as_of(START + timedelta(days=999)) for r in told["hurt"]] == [None]


def test_a_decision_counts_as_proposed_only_where_something_was_proposed():
    agreed = Told(injured=True).do(1, decide, "grading", "high")
    differed = Told(injured=True).do(1, decide, "grading", "low", reason="seen by a doctor, nothing found")
    alone = Told().do(1, decide, "grading", "low", reason="the policy needs a fact that nobody knows")
    assert [r.hit for r in agreed.rows()["grading_as_proposed"]] == [True]
    assert [r.hit for r in differed.rows()["grading_as_proposed"]] == [False]
    assert "grading_as_proposed" not in alone.rows()


def test_an_agency_that_answers_late_is_named_and_one_that_has_time_left_is_not_blamed():
    told = Told()
    for agency in ("council", "health", "school"):
        told.do(0, ask, "check", agency, item=agency)
    told.do(23, answer, "council", {"held": True}, who=PAT)
    told.do(25, answer, "health", {"held": False}, who=Who("hal", ("hub-worker",), "health", partner=True))

    found = {r.agency: r for r in told.rows(26)["check_answered_in_time"]}

    assert {agency: row.as_of(START + timedelta(hours=20)) for agency, row in found.items()}["school"] is None
    assert {agency: row.as_of(START + timedelta(hours=26)) for agency, row in found.items()} == {
        "council": True, "health": False, "school": False,
    }  # fmt: skip


def test_work_that_the_end_of_a_case_ended_before_it_was_due_is_neither_met_nor_missed():
    assert "first_answer_in_time" not in Told().do(1, act, "close", {}).rows()
    assert [r.hit for r in Told().do(9, act, "close", {}).rows()["first_answer_in_time"]] == [False]


def test_a_median_counts_in_its_unit():
    told = Told().do(2, act, "note", {"answered_at": (START + timedelta(minutes=90)).isoformat()})
    assert [(r.hit, r.value) for r in told.rows()["wait"]] == [(True, 1.5)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["note", "visit", "ask", "decide", "answered"]),
            st.sampled_from(["council", "health"]),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.sampled_from(["North", "South", ""]),
    st.integers(0, 60),
)
def test_m1_rows_are_unique_and_m2_only_what_is_known_counts(steps, area, hours):
    """Whatever was done, in whatever order."""
    told = Told(area or "North")
    for n, (what, agency, yes) in enumerate(steps, 1):
        if what == "note":
            told.do(n, act, "note", {"injured": yes, "area": area or "North"})
        elif what == "visit":
            told.do(n, act, "visit", {"on_time": yes} if agency == "council" else {}, item=f"v{n}")
        elif what == "ask":
            told.do(n, ask, "check", f"{agency}{n}", item=f"a{n}")
        elif what == "decide":
            told.do(n, decide, "grading", "high" if yes else "low", reason="as seen")
        else:
            told.do(n, act, "note", {"answered_at": (START + timedelta(hours=n)).isoformat()})
    at = START + timedelta(hours=hours)
    found = list(rows(told.state, runs(CALL, told.entries, at)))

    keys = Counter((r.measure, r.item, r.n) for r in found)
    assert set(keys.values()) <= {1}
    assert {r.area for r in found} == {area or "North"}
    for row in found:
        if row.lapses:
            assert row.hit is None
            assert row.as_of(row.at - timedelta(seconds=1)) is None and row.as_of(row.at) is False
    visits = [r for r in found if r.measure == "visits_on_time"]
    assert len(visits) == sum(what == "visit" for what, _, _ in steps)
    assert sum(r.hit is None for r in visits) == sum(w == "visit" and a == "health" for w, a, _ in steps)
