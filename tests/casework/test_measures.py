"""Measures counted from the database: what may be seen before it is counted, M1 over areas and months, and the pictures."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.access.models import RecordClass, Restriction
from peelian.analysis.control_chart import MeasureChart
from peelian.analysis.funnel import Funnel
from peelian.analysis.trend import NotEnoughData
from peelian.casework import measured, measures, store, sums
from peelian.casework.kinds import class_of
from peelian.casework.models import Case, Measured
from peelian.core.errors import PeelianError
from peelian.records.models import AreaValue

from .accounts import acting, partner
from .measured_kind import CALL

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
MONTHS = [202404 + n if n < 9 else 202492 + n if n < 21 else 202580 + n for n in range(24)]


def row(n: int, name: str = "first_answer_in_time", **more: Any) -> Measured:
    """One row of one case, written as the store does."""
    case = Case.objects.create(
        kind="test_call", stage="open", opened_at=AT, opened_by="x", owner="x", due_order=AT, seq=1, area=more.get("area", ""),
        record_class=more.pop("record_class", None) or class_of(CALL), subject_key=more.pop("subject_key", ""),
    )  # fmt: skip
    at = more.pop("at", AT - timedelta(days=1))
    told = {
        "area": "North",
        "hit": True,
        "at": at,
        "month": measured.month_of(at),
        "record_class": case.record_class,
        **more,
    }
    return Measured(case=case, measure=f"test_call.{name}", n=n, **told)


def write(rows: list[Measured]) -> None:
    Measured.objects.bulk_create(rows)
    sums.mend()


def test_the_month_of_a_row_is_that_of_london():
    assert measured.month_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == 202607
    assert measured.month_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == 202612
    assert [measures.months_back(202603, n) for n in (0, 2, 3, 14, 27)] == [202603, 202601, 202512, 202501, 202312]


def test_rows_are_kept_with_each_entry_and_equal_those_worked_out_again(db):
    ann = acting("ann")
    given = {"received_at": (AT - timedelta(hours=5)).isoformat(), "area": "North"}
    case = store.open_case("test_call", "receive", given, actor=ann, at=AT)
    [late] = Measured.objects.filter(measure="test_call.first_answer_in_time")
    assert (late.hit, late.lapses, late.area) == (None, True, "North")
    store.do(
        case.ref, "note", {"answered_at": (AT - timedelta(hours=4)).isoformat(), "area": "South"}, actor=ann, at=AT
    )
    [met] = Measured.objects.filter(measure="test_call.first_answer_in_time")
    assert (met.hit, met.area) == (True, "South")
    before = sorted(map(str, Measured.objects.values_list("measure", "item", "n", "hit", "value", "at")))
    assert measured.rebuild("test_call") == 1
    assert sorted(map(str, Measured.objects.values_list("measure", "item", "n", "hit", "value", "at"))) == before


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["North", "South", ""]), st.integers(0, 70), st.sampled_from([True, False, None, "lapses"]),
            st.booleans(), st.booleans(),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_m1_areas_add_up_to_the_force_and_months_to_areas_and_every_number_is_its_list(counted, rows):
    ann, shut = counted
    Measured.objects.all().delete()
    made = []
    for n, (area, days, hit, other, hidden) in enumerate(rows):
        at = AT - timedelta(days=days - 20)  # some fall due later in this month, some in the next
        made.append(
            row(
                n, area=area, at=at, hit=None if hit == "lapses" else hit, lapses=hit == "lapses",
                record_class=shut if other else None, subject_key="force-people/X" if hidden else "",
            )
        )  # fmt: skip
    write(made)
    expected: Counter[Any] = Counter()
    for one in made:
        if one.record_class_id == shut.pk or one.case.subject_key or not 202404 <= one.month <= 202605:
            continue
        said = False if one.hit is None and one.lapses and one.at <= AT else one.hit
        expected[one.area or "not known", one.month, said] += 1

    told = measures.picture("test_call", "first_answer_in_time", actor=ann, at=AT, until=202605)

    def total(tallies):
        return tuple(sum(getattr(t, f) for t in tallies) for f in ("hits", "missed", "undecided"))

    assert (
        total([told.force])
        == total(told.areas)
        == tuple(sum(v for k, v in expected.items() if k[2] is s) for s in (True, False, None))
    )
    drawn = {k: v for k, v in expected.items() if k[1] <= 202603}
    assert total(told.months) == tuple(sum(v for k, v in drawn.items() if k[2] is s) for s in (True, False, None))
    for tally in told.areas:
        for which, number in (("yes", tally.hits), ("no", tally.missed), ("open", tally.undecided)):
            listed = measures.counted(
                "test_call",
                "first_answer_in_time",
                actor=ann,
                at=AT,
                which=which,
                area=tally.name,
                since=202404,
                until=202605,
            )
            assert listed.count() == number


@pytest.fixture
def counted(db):
    ann = acting("ann")
    shut = RecordClass.objects.create(
        code="shut",
        source="other",
        category="secret",
        handling="standards",
        controller="x",
        regime="part3",
        onward="nothing",
    )
    Restriction.objects.create(
        kind="mention", feed="force-people", key="X", reason="x", rule="named", owner="x", by="x", at=AT
    )
    return ann, shut


def months_of_rows(share: dict[str, tuple[int, int]], months: int = 24) -> list[Measured]:
    """Rows of areas, (hits, rows) a month each."""
    made = []
    for n in range(months):
        month = measures.months_back(202603, n)
        at = datetime(month // 100, month % 100, 1, 12, tzinfo=UTC)
        for area, (hits, rows) in share.items():
            made += [row(k, area=area, at=at, hit=k < hits) for k in range(rows)]
    return made


def test_an_area_that_differs_is_named_and_one_with_few_rows_is_not_judged(db):
    write(months_of_rows({"North": (9, 10), "South": (9, 10), "East": (4, 10)}, months=12))
    write([row(900 + n, area="West", at=AT - timedelta(days=40), hit=False) for n in range(3)])
    told = measures.picture("test_call", "first_answer_in_time", actor=acting("ann"), at=AT)
    assert isinstance(told.funnel, Funnel)
    assert measures.verdicts(told) == {"East": "below", "North": "above", "South": "above", "West": "not enough data"}
    assert isinstance(told.chart, MeasureChart)


def test_a_month_that_changed_is_seen_and_fewer_than_twelve_give_no_limits(db):
    write(months_of_rows({"North": (19, 20)}, months=14))
    Measured.objects.filter(month=202512).update(hit=False)
    ann = acting("ann")
    told = measures.picture("test_call", "first_answer_in_time", actor=ann, at=AT)
    assert isinstance(told.chart, MeasureChart)
    beyond = [told.months[s.at].name for s in told.chart.signals if "limit" in s.rule]
    assert beyond == ["202512"]
    few = measures.picture("test_call", "first_answer_in_time", actor=ann, at=AT, since=202601)
    assert isinstance(few.chart, NotEnoughData)
    assert few.funnel == "there are fewer than two areas to compare"


def test_below_twenty_rows_areas_are_not_compared(db):
    write(months_of_rows({"North": (1, 1), "South": (0, 1)}, months=9))
    told = measures.picture("test_call", "first_answer_in_time", actor=acting("ann"), at=AT)
    assert str(told.funnel) == "not enough data: 18 rows held, 20 needed"


def test_a_count_needs_an_exposure_before_areas_are_compared(db):
    write([row(n, "calls", area=area, at=AT - timedelta(days=40)) for n in range(30) for area in ("North", "South")])
    ann = acting("ann")
    assert "held; load it" in measures.picture("test_call", "calls", actor=ann, at=AT).funnel
    for area, people in (("North", 60_000), ("South", 6_000)):
        AreaValue.objects.create(area=area, measure="population", year=2025, value=people, source="made up")
    told = measures.picture("test_call", "calls", actor=ann, at=AT)
    assert measures.verdicts(told) == {"North": "below", "South": "above"}


def test_medians_are_those_of_the_values_and_hold_their_interval(db):
    # 1 to 25: median 13; with n = 25 the 8th and the 18th value hold it with 95 % (David and Nagaraja, table of binomial tails).
    write([row(n, "wait", at=AT - timedelta(days=3), value=float(n)) for n in range(1, 26)])
    told = measures.picture("test_call", "wait", actor=acting("ann"), at=AT)
    assert (told.force.median, told.force.low, told.force.high) == (13.0, 8.0, 18.0)


def test_agencies_are_told_apart_where_they_were_asked(db):
    write(
        [
            row(n, "check_answered_in_time", agency=a, hit=h)
            for n, (a, h) in enumerate([("council", True), ("health", False), ("health", True)])
        ]
    )
    told = measures.picture("test_call", "check_answered_in_time", actor=acting("ann"), at=AT)
    assert [(t.name, t.hits, t.missed) for t in told.agencies] == [("council", 1, 0), ("health", 1, 1)]


def test_a_partner_counts_only_what_its_agency_leads(db):
    write([row(1)])
    pat = acting("pat", agency=partner())
    assert measures.picture("test_call", "first_answer_in_time", actor=pat, at=AT).force.rows == 0


@pytest.mark.parametrize(("kind", "name"), [("test_call", "none"), ("none", "x")])
def test_a_measure_that_is_not_there_is_told(db, kind, name):
    with pytest.raises(PeelianError, match="no such measure"):
        measures.picture(kind, name, actor=acting("ann"), at=AT)


def test_nothing_of_a_row_names_who_did_the_work():
    assert not {f.name for f in Measured._meta.get_fields()} & {"by", "user", "owner", "officer"}
    assert date(2026, 3, 1) == measures.month_day(202603)
