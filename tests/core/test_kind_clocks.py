"""Clocks of a kind (kinds.md, C1 to C8), held against a count minute by minute, and their rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.made_kind import ANN, KIND, SAM, SET, START, Journal, hours, made

from peelian.core.kinds import Around, Clock, No

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
# England's bank holidays as gov.uk/bank-holidays lists them.
HOLIDAYS = {
    date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 5),
    date(2025, 5, 26), date(2025, 8, 25), date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3),
    date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
}  # fmt: skip
# near the clock changes, Easter and Christmas, and anywhere
NEAR = st.sampled_from(
    [date(2025, 3, 29), date(2025, 10, 25), date(2025, 12, 23), date(2026, 3, 28), date(2026, 4, 1)]
) | st.dates(date(2025, 1, 2), date(2026, 9, 1))
starts = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE,
    NEAR,
    st.integers(0, 3 * 1440),
)
pauses = st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 3000)), max_size=3)


def is_open(at: datetime) -> bool:
    local = at.astimezone(LONDON)
    return is_working(local.date()) and 9 <= local.hour < 17


def counted(start: datetime, minutes: int, off: list[tuple[datetime, datetime]], *, office: bool) -> datetime:
    """The first instant that is too late, by looking at every minute."""
    at, left = start, minutes
    while left:
        paused = any(since <= at < until for since, until in off)
        if not paused and (not office or is_open(at)):
            left -= 1
        at += MINUTE
    return at


def written(start: datetime, gaps: list[tuple[int, int]]) -> tuple[Journal, list[tuple[datetime, datetime]], datetime]:
    journal = Journal().opened(start, note="n")
    at, off = start, []
    for run, pause in gaps:
        since = at + run * MINUTE
        at = since + pause * MINUTE
        journal.write("act", "hold", at=since)
        journal.write("act", "go_on", at=at)
        off.append((since, at))
    return journal, off, at


@settings(max_examples=150)
@given(starts, pauses)
def test_elapsed_and_working_hours_equal_a_count_minute_by_minute(start: datetime, gaps: list[tuple[int, int]]) -> None:
    journal, off, last = written(start, gaps)
    for clock, minutes, office in (("first_review", 240, False), ("office", 480, True)):
        (run,) = journal.runs(clock, last)
        expected = counted(start, minutes, off, office=office)
        if office:  # closed minutes at the end belong to nobody: both mean the same office minute
            assert run.due is not None
            assert sum(is_open(t) for t in _minutes(min(run.due, expected), max(run.due, expected))) == 0
        else:
            assert run.due == expected


def _minutes(first: datetime, last: datetime) -> list[datetime]:
    return [first + n * MINUTE for n in range(int((last - first) / MINUTE))]


@settings(max_examples=150)
@given(starts, pauses)
def test_working_days_equal_a_count_day_by_day(start: datetime, gaps: list[tuple[int, int]]) -> None:
    journal, off, last = written(start, gaps)
    (run,) = journal.runs("days", last)
    day, left = start.astimezone(LONDON).date(), 5
    while left:
        day += timedelta(days=1)
        left -= is_working(day) and not any(since <= begins(day) < until for since, until in off)
    for since, until in off:  # a day that ends in a pause is not over
        if since < begins(day + timedelta(days=1)) <= until:
            day = until.astimezone(LONDON).date()
            while not is_working(day):
                day += timedelta(days=1)
    assert run.due == begins(day + timedelta(days=1))


def begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


@given(starts, st.integers(0, 100_000), pauses)
def test_a_later_start_never_falls_due_earlier_and_a_pause_never_shortens(
    start: datetime, later: int, gaps: list[tuple[int, int]]
) -> None:
    plain, _, _ = written(start, [])
    after, _, _ = written(start + later * MINUTE, [])
    paused, _, last = written(start, gaps)
    for clock in ("first_review", "office", "days"):
        due = plain.runs(clock, start)[0].due
        assert due is not None
        assert due <= (after.runs(clock, start)[0].due or due)
        assert due <= (paused.runs(clock, last)[0].due or due)


def test_a_pause_after_the_due_changes_nothing() -> None:
    journal = Journal().opened()
    journal.write("act", "hold", at=hours(5))
    journal.write("act", "go_on", at=hours(9))
    (run,) = journal.runs("first_review", hours(10))
    assert (run.due, run.state) == (hours(4), "overdue")


def test_a_paused_clock_has_no_due_and_says_since_when() -> None:
    journal = Journal().opened()
    journal.write("act", "hold", at=hours(1))
    (run,) = journal.runs("first_review", hours(50))
    assert (run.due, run.state) == (None, "paused")
    assert "paused 10:00 on 2 March 2026 to now" in run.reason


def graded(risk: str, at: datetime, journal: Journal | None = None) -> Journal:
    journal = journal or Journal().opened(age=40)
    journal.write("decide", "grade", risk, at=at, who=SAM, reason="seen")
    return journal


def test_a_clock_that_recurs_leaves_no_gap_and_does_not_overlap() -> None:
    journal = graded("medium", hours(0))
    for at in (3, 9, 30):
        journal.write("act", "review", at=hours(at))
    found = journal.runs("reviews", hours(31))
    assert [(r.start, r.ended) for r in found] == [
        (hours(0), hours(3)), (hours(3), hours(9)), (hours(9), hours(30)), (hours(30), None)
    ]  # fmt: skip
    assert [r.state for r in found] == ["met", "met", "missed", "running"]


def test_a_re_grade_up_counts_from_the_start_unless_that_is_past() -> None:
    """C5: low at 0 h (24 h); medium at 2 h: due 8 h after the start; high at 5 h: 1 h from the start is past, so 1 h from now."""
    journal = graded("low", hours(0))
    graded("medium", hours(2), journal)
    assert journal.runs("reviews", hours(2))[0].due == hours(8)
    graded("high", hours(5), journal)
    assert journal.runs("reviews", hours(5))[0].due == hours(6)


def test_a_full_new_limit_never_goes_beyond_the_old_due() -> None:
    journal = graded("medium", hours(0))
    graded("high", hours(7.5), journal)
    assert journal.runs("reviews", hours(7.5))[0].due == hours(8)


@pytest.mark.parametrize("risk", ["low", "high"])
def test_a_missed_clock_stays_missed_whatever_is_graded_later(risk: str) -> None:
    journal = graded("medium", hours(0))
    graded(risk, hours(9), journal)
    (run,) = journal.runs("reviews", hours(9))
    assert (run.due, run.state) == (hours(8), "overdue")
    journal.write("act", "review", at=hours(9))
    assert journal.runs("reviews", hours(9))[0].state == "missed"


def test_a_grade_written_after_the_due_as_if_before_moves_nothing() -> None:
    journal = graded("medium", hours(0))
    journal.write("decide", "grade", "low", at=hours(3), known=hours(20), who=SAM, reason="as was thought then")
    assert journal.runs("reviews", hours(20))[0].state == "overdue"


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["low", "medium", "high", "review"])), max_size=8))
def test_missed_is_for_ever_and_every_run_has_its_reason(steps: list[tuple[int, str]]) -> None:
    journal, at = graded("medium", hours(0)), START
    missed: set[tuple[str, int]] = set()
    for wait, what in steps:
        at += timedelta(hours=wait)
        late = {(r.clock, r.n) for r in journal.runs("reviews", at) if r.state in ("missed", "overdue")}
        if what == "review":
            journal.write("act", "review", at=at)
        else:
            graded(what, at, journal)
        found = journal.runs("reviews", at)
        missed |= late
        assert missed <= {(r.clock, r.n) for r in found if r.state in ("missed", "overdue")}
        for run, after in zip(found, [*found[1:], None], strict=True):
            assert run.reason and run.source and run.limit and run.version
            assert after is None or run.ended == after.start


def test_what_was_told_before_it_was_recorded_counts_as_met() -> None:
    """C7."""
    journal = Journal().opened()
    journal.write("act", "plan", {"planned_at": hours(1)}, at=hours(60), item="v1")
    journal.write("act", "visit", {"done_at": hours(2)}, at=hours(60), item="v1")
    (run,) = journal.runs("visited_in_time", hours(70))
    assert (run.state, run.ended) == ("met", hours(2))


def test_a_clock_of_a_part_runs_for_each_row() -> None:
    journal = Journal().opened()
    for n in (1, 2):
        journal.write("act", "plan", {"planned_at": hours(n)}, at=hours(0), item=f"v{n}")
    journal.write("act", "visit", {"done_at": hours(5)}, at=hours(5), item="v2")
    assert [(r.item, r.state) for r in journal.runs("visited_in_time", hours(6))] == [("v1", "running"), ("v2", "met")]


def test_a_corrected_truth_moves_even_a_missed_clock() -> None:
    journal = Journal().opened()
    seq = journal.write("act", "plan", {"planned_at": hours(0)}, at=hours(0), item="v1").seq
    assert journal.runs("visited_in_time", hours(100))[0].state == "overdue"
    journal.write("correct", seq, {"planned_at": hours(90)}, at=hours(100), reason="typed wrongly")
    assert journal.runs("visited_in_time", hours(100))[0].state == "running"


def test_a_value_that_is_not_set_is_said_and_starts_to_count_when_it_is() -> None:
    """C6: `unset`, never silence; and setting it writes nothing into the case."""
    journal = Journal(around=Around()).opened()
    (run,) = journal.runs("office", hours(1))
    assert run.state == "unset"
    assert "made.opens" in run.reason and "office hours" in run.reason
    journal.around = SET
    assert journal.runs("office", hours(1))[0].state == "running"


def test_no_limit_says_why() -> None:
    def never(case: object, start: datetime) -> No:
        return No("a volunteer has no set frequency")

    kind = made(clocks=(Clock(name="visits_due", starts="report", stops="closed", limit=never),))
    (run,) = Journal(kind).opened().runs("visits_due", hours(1))
    assert (run.state, run.reason, run.due) == ("none", "a volunteer has no set frequency", None)


def test_closing_ends_what_still_runs_and_does_not_count_it() -> None:
    journal = Journal().opened(note="n")
    journal.write("act", "close", at=hours(1), who=SAM)
    assert [r.state for r in journal.runs("first_review", hours(90))] == ["ended"]
    assert [r.state for r in journal.runs("days", hours(90))] == ["met"]


@pytest.mark.parametrize(("wait", "state"), [(3, "ended"), (4, "missed")], ids=["in time", "late"])
def test_what_makes_a_clock_needless_is_neither_met_nor_missed_unless_it_was_late(wait: int, state: str) -> None:
    kind = made(clocks=(Clock(name="first_review", starts="report", stops="review", moot="waiting", limit="4 hours"),))
    journal = Journal(kind).opened()
    journal.write("act", "hold", at=hours(wait))
    journal.write("act", "review", at=hours(wait + 1))
    assert [r.state for r in journal.runs("first_review", hours(90))] == [state]


def test_a_question_to_an_agency_may_stop_a_clock() -> None:
    kind = made(clocks=(Clock(name="first_review", starts="report", stops="asked", limit="4 hours"),))
    journal = Journal(kind).opened()
    journal.write("ask", "known", "school", item="k1", at=hours(3))
    assert [r.state for r in journal.runs("first_review", hours(90))] == ["met"]


def test_after_pause_gives_a_new_term_where_the_due_fell_in_the_pause() -> None:
    """Sexual Offences Act 2003, s.85: the due falls in custody, so it is 3 days beginning with release."""
    kind = made(
        clocks=(
            Clock(name="notify", starts="report", stops="review", limit="10 days after", pauses="hold", resumes="go_on",
                  after_pause="3 days beginning with"),
        )
    )  # fmt: skip
    journal = Journal(kind).opened()
    journal.write("act", "hold", at=START + timedelta(days=5))
    released = START + timedelta(days=20)
    journal.write("act", "go_on", at=released)
    assert journal.runs("notify", released)[0].due == datetime(2026, 3, 25, tzinfo=UTC)  # 22, 23 and 24 March
    early = Journal(kind).opened()
    early.write("act", "hold", at=START + timedelta(days=1))
    early.write("act", "go_on", at=START + timedelta(days=2))
    assert early.runs("notify", released)[0].due == datetime(2026, 3, 13, tzinfo=UTC)


@given(starts, st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_as_known_then_does_not_change_by_what_came_later(start: datetime, waits: list[int]) -> None:
    """J3, for clocks."""
    journal, at, then = Journal().opened(start, age=30), start, []
    for wait in waits:
        at += timedelta(minutes=wait)
        journal.write("act", "review", at=at)
        then.append((at, journal.runs("first_review", at)))
    for known, found in then:
        assert journal.runs("first_review", known, known=known) == found


def test_the_kind_of_the_tests_is_sound() -> None:
    assert {c.name for c in KIND.clocks} >= {"first_review", "office", "days"}
    assert ANN.may(()) and not ANN.may(("supervisor",)) and SAM.may(("supervisor",))
