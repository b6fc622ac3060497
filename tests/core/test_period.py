"""Periods against statutes, a case of the House of Lords, and numpy's own working-day arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.clock import LONDON, london_day
from peelian.core.errors import InvalidInput
from peelian.core.period import Period, Unit
from peelian.core.working_time import NATIONS, WorkingTime, bank_holidays

ENGLAND = WorkingTime("ENG")

# period | day of the event | last day in time | why
GOLDEN = """
3 days beginning with     | 2026-03-02 | 2026-03-04 | Sexual Offences Act 2003 s.84(1): the day of the change is day one
3 days beginning with     | 2026-02-27 | 2026-03-01 | the month ends inside the period
3 days beginning with     | 2028-02-27 | 2028-02-29 | leap year
3 days beginning with     | 2026-12-24 | 2026-12-26 | calendar days: nothing is skipped
10 years beginning with   | 2026-06-01 | 2036-05-31 | SOA 2003 s.82: over 6 and under 30 months' custody, adult
5 years beginning with    | 2026-06-01 | 2031-05-31 | SOA 2003 s.82(2): the same, aged under 18 (half)
42 months beginning with  | 2026-06-01 | 2029-11-30 | SOA 2003 s.82(2): half of 7 years
5 years beginning with    | 2025-06-01 | 2030-05-31 | Serious Crime Act 2007 s.16: longest order in force from 1 June 2025
3 months beginning with   | 2026-01-06 | 2026-04-05 | PACE s.47ZB: arrest 5 January, bail starts the day after
6 months beginning with   | 2026-01-06 | 2026-07-05 | PACE s.47ZD: inspector
9 months beginning with   | 2026-01-06 | 2026-10-05 | PACE s.47ZDA: superintendent
3 months beginning with   | 2026-11-30 | 2027-02-28 | SI 2018/1082 r.1.4: no 30 February, so its last day
3 months beginning with   | 2027-11-30 | 2028-02-29 | the same in a leap year
3 months beginning with   | 2026-12-01 | 2027-02-28 | the day before the corresponding date
1 year beginning with     | 2028-02-29 | 2029-02-28 | no 29 February in 2029
1 month beginning with    | 2026-08-30 | 2026-09-29 | 30 September exists, so the period ends the day before it
4 months after            | 1978-09-30 | 1979-01-30 | Dodds v Walker [1981] 1 WLR 1027: 31 January is a day late
1 month after             | 2027-01-31 | 2027-02-28 | Dodds v Walker: no corresponding date, so the last day
2 months after            | 1983-03-23 | 1983-05-23 | E J Riley v Eurostile: two months after 23 March is 23 May
28 days after             | 2026-02-02 | 2026-03-02 | four weeks to the same weekday
1 week after              | 2026-11-23 | 2026-11-30 | SOA 2003 s.85(5): weekly where there is no fixed address
"""

# arrest | working days | last day | why (Victims' Code 2021, right 6: 5 working days, 1 with enhanced rights)
WORKING = """
ENG | 2026-04-01 | 5 | 2026-04-10 | Good Friday and Easter Monday are skipped
ENG | 2026-04-01 | 1 | 2026-04-02 | enhanced rights
SCT | 2026-04-01 | 5 | 2026-04-09 | Easter Monday is a working day in Scotland
ENG | 2026-12-24 | 1 | 2026-12-29 | Boxing Day falls on a Saturday: Monday 28 December is its substitute
SCT | 2026-12-31 | 1 | 2027-01-05 | 1 January, 2 January (a Saturday, so Monday 4 January)
NIR | 2026-07-10 | 1 | 2026-07-14 | 12 July falls on a Sunday: Monday is its substitute
ENG | 2026-07-10 | 1 | 2026-07-13 | no holiday in England
NIR | 2026-03-16 | 1 | 2026-03-18 | St Patrick's Day
SCT | 2026-11-27 | 1 | 2026-12-01 | St Andrew's Day
WLS | 2022-09-16 | 1 | 2022-09-20 | State funeral: a holiday proclaimed once
ENG | 2026-11-21 | 1 | 2026-11-23 | event on a Saturday: Monday is the first working day after it
"""


def rows(table):
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("period", "start", "last", "why"), rows(GOLDEN))
def test_last_day_in_time(period, start, last, why):
    assert Period.parse(period).last_day(date.fromisoformat(start)) == date.fromisoformat(last), why


@pytest.mark.parametrize(("nation", "start", "days", "last", "why"), rows(WORKING))
def test_working_days_after(nation, start, days, last, why):
    period = Period.after(working_days=int(days))
    assert period.last_day(date.fromisoformat(start), working=WorkingTime(nation)) == date.fromisoformat(last), why


def test_bank_holidays_of_2026_are_those_that_the_government_lists():
    """Source: the government's list of bank holidays for England and Wales, 2026."""
    weekdays = sorted(d for d in bank_holidays("ENG", 2026) if d.weekday() < 5)
    listed = "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"
    assert [f"{d:%m-%d}" for d in weekdays] == listed.split()


def test_working_days_beginning_with_a_day_off_start_on_the_first_working_day():
    two = Period.beginning_with(working_days=2)
    assert two.last_day(date(2026, 11, 21), working=ENGLAND) == date(2026, 11, 24)
    assert two.last_day(date(2026, 11, 23), working=ENGLAND) == date(2026, 11, 24)


# event, in London | period | first instant that is too late, in London | why
DUE = """
2026-03-27T12:00:00+00:00 | 72 hours              | 2026-03-30T13:00:00+01:00 | clocks go forward: 72 elapsed hours
2026-10-24T12:00:00+01:00 | 24 hours              | 2026-10-25T11:00:00+00:00 | clocks go back
2026-10-25T01:30:00+01:00 | 1 hour                | 2026-10-25T01:30:00+00:00 | the hour that happens twice
2026-03-27T23:59:00+00:00 | 3 days beginning with | 2026-03-30T00:00:00+01:00 | midnight in London, a day of 23 hours inside
2026-06-30T23:30:00+00:00 | 1 day after           | 2026-07-03T00:00:00+01:00 | half past midnight on 1 July in London
2026-04-01T15:00:00+01:00 | 5 working days after  | 2026-04-11T00:00:00+01:00 | the end of Friday 10 April
"""


@pytest.mark.parametrize(("start", "period", "due", "why"), rows(DUE))
def test_due_instant(start, period, due, why):
    found = Period.parse(period).due(datetime.fromisoformat(start).astimezone(LONDON), working=ENGLAND)
    assert found == datetime.fromisoformat(due), why
    assert found.utcoffset() == timedelta(0), "stored in UTC"


HUB = WorkingTime("ENG", opens=time(9), closes=time(17))

# Four working hours of a hub open from 9 to 5 (Surrey's red; the opening hours are made up).
HOURS = """
2026-11-23T10:00 | 2026-11-23T14:00 | inside one day
2026-11-23T13:00 | 2026-11-23T17:00 | to the minute of closing
2026-11-23T15:00 | 2026-11-24T11:00 | over the night
2026-11-23T07:00 | 2026-11-23T13:00 | before opening
2026-11-20T20:00 | 2026-11-23T13:00 | Friday evening: Monday
2026-04-02T15:00 | 2026-04-07T11:00 | over Easter
2026-03-27T15:00 | 2026-03-30T11:00 | clocks go forward while the hub is closed
"""


@pytest.mark.parametrize(("start", "due", "why"), rows(HOURS))
def test_working_hours(start, due, why):
    begun = datetime.fromisoformat(start).replace(tzinfo=LONDON)
    found = Period.parse("4 working hours").due(begun, working=HUB)
    assert f"{found.astimezone(LONDON):%Y-%m-%dT%H:%M}" == due, why


def test_an_office_that_closes_at_midnight_is_open_till_the_end_of_the_day():
    late = WorkingTime("ENG", opens=time(16), closes=time(0))
    found = Period.hours(8, working=True).due(datetime(2026, 11, 23, 20, tzinfo=LONDON), working=late)
    assert found == datetime(2026, 11, 24, 20, tzinfo=UTC)


instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 (Hypothesis wants bounds without a zone)
    datetime(2026, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
days = st.dates(date(1990, 1, 1), date(2026, 1, 1))
periods = st.builds(
    lambda n, unit, counting: Period.parse(
        f"{n} {unit}" if unit.endswith(("minutes", "hours")) else f"{n} {unit} {counting}"
    ),
    st.integers(1, 60),
    st.sampled_from([u.value for u in Unit]),
    st.sampled_from(["after", "beginning with"]),
).filter(lambda p: "years" not in str(p))


@given(day=days, n=st.integers(1, 300), nation=st.sampled_from(list(NATIONS)), first=st.booleans())
def test_working_days_agree_with_numpy(day, n, nation, first):
    working = WorkingTime(nation)
    off = sorted(set().union(*(bank_holidays(nation, y) for y in range(day.year, day.year + 3))))
    if first:
        expected = np.busday_offset(day, n - 1, roll="forward", holidays=off)
        found = Period.beginning_with(working_days=n).last_day(day, working=working)
    else:
        expected = np.busday_offset(day, n, roll="backward", holidays=[*bank_holidays(nation, day.year - 1), *off])
        found = Period.after(working_days=n).last_day(day, working=working)
    assert found == expected.astype(date)


@given(period=periods, start=instants, later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_later_start_never_falls_due_earlier(period, start, later):
    assert period.due(start, working=HUB) <= period.due(start + later, working=HUB)


@given(period=periods, start=instants)
def test_a_period_ends_after_it_starts_and_a_longer_one_not_earlier(period, start):
    longer = Period(period.amount + 1, period.unit, period.counting)
    assert start < period.due(start, working=HUB) <= longer.due(start, working=HUB)


@given(period=periods.filter(lambda p: p.unit not in (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS)), start=instants)
def test_days_end_at_midnight_in_london_after_the_last_day(period, start):
    due = period.due(start, working=HUB).astimezone(LONDON)
    assert due.time() == time(0)
    assert london_day(due) == period.last_day(london_day(start), working=HUB) + timedelta(days=1)


@given(day=days, n=st.integers(1, 400))
def test_beginning_with_is_one_day_shorter_than_after(day, n):
    after, with_it = Period.after(days=n), Period.beginning_with(days=n)
    assert after.last_day(day) - with_it.last_day(day) == timedelta(days=1)


@given(period=periods)
def test_a_period_is_read_back_as_it_is_written(period):
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "text",
    ["3 days", "5 working days", "2 weeks", "6 months", "10 years", "72 hours after", "0 days after", "3.5 years after",
     "-1 day after", "three days after", "", "working hours", "4 working weeks after", "3 days  after", "1000000 days after"],
)  # fmt: skip
def test_a_period_that_could_be_misread_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        Period.parse(text)
    assert refused.value.id == "peelian.E120"


def test_the_refusal_says_what_to_write():
    with pytest.raises(InvalidInput, match='say "after" if the day of the event does not count'):
        Period.parse("3 days")


@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        ("peelian.E120", lambda: Period.after(days=3, months=1)),
        ("peelian.E120", lambda: Period.after()),
        ("peelian.E120", lambda: Period.after(hours=3)),
        ("peelian.E120", lambda: Period.after(years=9_000).last_day(date(2026, 1, 1))),
        ("peelian.E120", lambda: Period.after(weeks=99_999).due(datetime(9000, 1, 1, tzinfo=UTC))),
        ("peelian.E121", lambda: Period.hours(3).due(datetime(2026, 1, 1))),  # noqa: DTZ001
        ("peelian.E122", lambda: Period.hours(3).last_day(date(2026, 1, 1))),
        ("peelian.E122", lambda: Period.after(working_days=3).last_day(date(2026, 1, 1))),
        (
            "peelian.E122",
            lambda: Period.parse("4 working hours").due(datetime(2026, 1, 1, tzinfo=UTC), working=ENGLAND),
        ),
        ("peelian.E122", lambda: WorkingTime("GB")),
        ("peelian.E122", lambda: WorkingTime("ENG", opens=time(9))),
        ("peelian.E122", lambda: WorkingTime("ENG", opens=time(9), closes=time(8))),
        ("peelian.E123", lambda: Period.after(working_days=3).last_day(date(2028, 12, 29), working=ENGLAND)),
        ("peelian.E123", lambda: ENGLAND.is_working_day(date(1971, 12, 31))),
    ],
)
def test_each_misuse_has_its_own_id(id, wrong):
    with pytest.raises(InvalidInput) as refused:
        wrong()
    assert refused.value.id == id
