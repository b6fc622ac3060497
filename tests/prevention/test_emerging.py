"""Emerging problems of the made-up county, and what a look may and may not tell."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from convertbng.cutil import convert_osgb36_to_ll
from scipy.stats import binomtest

from peelian.core.document import Finding, Table, Task
from peelian.core.errors import InvalidInput
from peelian.county import happenings
from peelian.prevention.emerging import _risk, emerging
from peelian.prevention.emerging_document import document_of, rows, where
from peelian.records.feeds.police_uk import CATEGORIES


@pytest.fixture
def held(monkeypatch):
    """Let the store hold a frame of events (feed, category, start, area) and square LSOAs round points; None sees all."""

    def hold(events, middles):
        def query(actor, *, feeds, start, end):
            return events.filter(pl.col("feed").is_in(feeds) & pl.col("start").is_between(start, end, closed="left"))

        def square(x, y):
            corners = np.array([[x - 200, y - 200], [x + 200, y - 200], [x + 200, y + 200], [x - 200, y + 200]])
            ring = np.column_stack(convert_osgb36_to_ll(corners[:, 0].copy(), corners[:, 1].copy())).tolist()
            return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

        lsoas = [
            SimpleNamespace(code=code, name=f"Town {code}", kind="lsoa", parent="D1", boundary=square(x, y))
            for code, (x, y) in sorted(middles.items())
        ]
        others = {"district": [SimpleNamespace(code="D1", name="Harbour", kind="district", parent="", boundary=None)]}
        monkeypatch.setattr("peelian.records.query.events", query)
        monkeypatch.setattr(
            "peelian.records.areas.areas", lambda kind: lsoas if kind == "lsoa" else others.get(kind, [])
        )

    return hold


def look(on, seed=1, **more):
    return emerging(None, on=on, rng=np.random.default_rng(seed), **more)


MIDDLES = {f"A{n}": (500_000.0 + 1_000 * (n % 3), 200_000.0 + 1_000 * (n // 3)) for n in range(9)}


def monthly(counts, *, feed="force-crimes", category="burglary", last=(2025, 12)):
    """Events of LSOAs by month: `counts` maps a code to one count a month, the last of them in `last`."""
    made = []
    for code, months in counts.items():
        for back, count in enumerate(reversed(months)):
            n = last[0] * 12 + last[1] - 1 - back
            made += [
                (feed, category, datetime(n // 12, n % 12 + 1, 5 + k % 20, 12, tzinfo=UTC), code) for k in range(count)
            ]
    frame = pl.DataFrame(made, schema=["feed", "category", "start", "area"], orient="row")
    return frame.with_columns(pl.col("start").cast(pl.Datetime("us", "UTC")), batch=pl.lit("b1"))


def steady(count, months=36, but=None):
    return {code: [count] * months for code in MIDDLES} | (but or {})


# --- the county -----------------------------------------------------------------------------------------------------


def county(seed, people=30_000):
    """What a county's force recorded, as the force's feeds tell it, its areas, and what was planted to emerge."""
    events = happenings(people=people, seed=seed).filter(pl.col("category") != "")
    middles = {
        code: (x, y) for code, x, y in events.group_by("area").agg(pl.col("easting", "northing").mean()).iter_rows()
    }
    category = pl.col("category").replace_strict(CATEGORIES)
    frame = events.select(
        feed=pl.when(category == "anti-social-behaviour").then(pl.lit("force-incidents")).otherwise(pl.lit("force-crimes")),
        category=category,
        start=pl.col("happened").dt.replace_time_zone("Europe/London", ambiguous="earliest").dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC")),
        area="area",
        batch=pl.lit("b1"),
    )  # fmt: skip
    planted = (
        events.filter(pl.col("plant").str.starts_with("E"))
        .with_columns(category=category)
        .group_by("plant")
        .agg(pl.col("category").first(), pl.col("area").unique(), first=pl.col("happened").min().dt.month())
        .sort("plant")
        .to_dicts()
    )
    return frame, middles, planted


def months_until_found(seed, held):
    """For each planted problem: months from its beginning until a look finds it in a planted LSOA, and months it ran."""
    frame, middles, planted = county(seed)
    held(frame, middles)
    ends = [date(2025, m + 1, 1) for m in range(8, 12)] + [date(2026, 1, 1)]
    found = {}
    for month, end in enumerate(ends, 8):
        for problem in look(end).problems:
            for plant in planted:
                same = problem.theme.slug == plant["category"] and {a.code for a in problem.areas} & set(plant["area"])
                if same and month >= plant["first"]:
                    found.setdefault(plant["plant"], month - plant["first"] + 1)
    return [(found.get(plant["plant"]), 13 - plant["first"]) for plant in planted]


def test_planted_problems_are_found_within_two_months(held):
    """One county of 30,000 people: vehicle crime times 3.4 since August, anti-social behaviour times 4 since September."""
    assert [delay for delay, _ in months_until_found(2, held)] == [2, 2]


@pytest.mark.long
def test_four_fifths_of_planted_problems_are_found_within_three_months(held):
    """20 counties of 30,000 people, rises of 2.5 to 4 times. Of 40 counties, 58 % were found in two months, 81 % in three, 88 % in four."""
    ran = [pair for seed in range(20) for pair in months_until_found(seed, held)]
    within = {n: np.mean([d is not None and d <= n for d, months in ran if months >= n]) for n in (2, 3, 4)}
    assert within[2] >= 0.5 and within[3] >= 0.75 and within[4] >= 0.8


# --- what is told ---------------------------------------------------------------------------------------------------


def test_a_problem_is_set_beside_the_same_months_of_earlier_years_and_the_rest(held):
    """In November and December A4 had 20 a year and has 180; elsewhere 20 became 40, so 40 are to be expected, and 180 are 4.5 times that."""
    rest = [10] * 34 + [20, 20]
    held(monthly(dict.fromkeys(MIDDLES, rest) | {"A4": [10] * 34 + [90, 90]}), MIDDLES)
    [problem] = look(date(2025, 12, 31)).problems

    assert [a.code for a in problem.areas] == ["A4"] and (problem.since, problem.until) == ("2025-11", "2025-12")
    assert problem.observed == 180 and problem.earlier == {"2024": 20, "2023": 20}
    assert problem.expected == pytest.approx(40) and problem.relative_risk.value == pytest.approx(4.5)


def test_where_the_rest_has_none_now_the_rise_is_still_told_as_one(held):
    held(monthly(dict.fromkeys(MIDDLES, [4] * 35 + [0]) | {"A4": [12] * 35 + [60]}), MIDDLES)
    [problem] = look(date(2025, 12, 31)).problems
    assert problem.earlier == {"2024": 12, "2023": 12} and problem.expected > 0 and problem.relative_risk.low > 1


def test_the_interval_is_the_exact_one():
    """SciPy's exact interval of the share 30 / (30 + 20), as odds over the others' change of 0.5."""
    interval = binomtest(30, 50).proportion_ci(method="exact")
    risk = _risk(30, 20, 0.5)
    assert risk.value == pytest.approx(3)
    assert (risk.low, risk.high) == pytest.approx([2 * s / (1 - s) for s in interval])


def test_small_counts_of_the_force_are_neither_told_nor_given_away(held):
    risen = [0] * 36
    risen[10], risen[22], risen[34:] = 1, 2, [20, 20]
    held(monthly(steady(6, but={"A4": risen})), MIDDLES)
    found = look(date(2025, 12, 31))
    [problem] = found.problems
    assert problem.observed == 40 and problem.earlier == {"2024": None, "2023": None}
    assert problem.expected is None and problem.relative_risk is None
    text = document_of(found).finding("emerging-1").text
    assert "fewer than 5 in the same months of all earlier years" in text
    assert rows(found)[1][0][4:6] == ("not shown", "not shown")


def test_an_alarm_of_too_few_events_is_withheld_from_the_force_s_records_and_told_of_open_data(held):
    """Four events where nothing ever was, and two elsewhere in the same months of each year."""
    table = {code: [0] * 36 for code in MIDDLES} | {
        "A4": [0] * 35 + [4],
        "A0": [0] * 11 + [2] + [0] * 11 + [2] + [0] * 12,
    }
    table["A8"] = [3] * 35 + [0]
    force = monthly(table)
    held(force, MIDDLES)
    found = look(date(2025, 12, 31), level=0.2)
    assert (found.problems, found.withheld) == ((), 1)
    assert "1 more alarm is not shown: fewer than 5" in " ".join(document_of(found).texts())

    held(force.with_columns(feed=pl.lit("police-uk-street")), MIDDLES)
    [problem] = look(date(2025, 12, 31), level=0.2).problems
    assert (problem.observed, problem.expected) == (4, 0)
    assert (
        "none in the same months of earlier years"
        in document_of(look(date(2025, 12, 31), level=0.2)).finding("emerging-1").text
    )


def test_months_that_were_never_read_in_are_no_zeros(held):
    """A gap in the middle: only what follows it counts, and 20 months are too few."""
    frame = monthly(steady(5))
    held(
        frame.filter(~pl.col("start").is_between(datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC))),
        MIDDLES,
    )
    found = look(date(2025, 12, 31))
    [series] = found.too_short
    assert series.months[0] == "2024-05" and len(series.months) == 20 and found.looked_at == ()
    assert "20 months held, 24 needed" in document_of(found).finding("emerging-none").text


def test_a_month_without_the_category_but_with_others_is_a_zero(held):
    burglary = monthly({code: [2] * 20 + [0] + [2] * 15 for code in MIDDLES})
    held(pl.concat([burglary, monthly(steady(1), category="robbery")]), MIDDLES)
    assert {s.theme.slug: len(s.months) for s in look(date(2025, 12, 31)).looked_at} == {"burglary": 36, "robbery": 36}


def test_the_most_detailed_feed_with_enough_months_is_used(held):
    both = [monthly(steady(2, n), feed=feed) for feed, n in (("force-crimes", 12), ("police-uk-street", 30))]
    held(pl.concat(both), MIDDLES)
    [series] = look(date(2025, 12, 31)).looked_at
    assert (series.feed, len(series.months)) == ("police-uk-street", 30)

    both[0] = monthly(steady(2, 24))
    held(pl.concat(both), MIDDLES)
    [series] = look(date(2025, 12, 31)).looked_at
    assert (series.feed, len(series.months)) == ("force-crimes", 24)


@pytest.mark.parametrize(
    ("on", "last"), [(date(2025, 12, 31), "2025-12"), (date(2025, 12, 30), "2025-11"), (date(2026, 1, 5), "2025-12")]
)
def test_only_months_that_are_over_are_looked_at(on, last, held):
    held(monthly(steady(2)), MIDDLES)
    assert look(on).looked_at[0].months[-1] == last


def test_months_that_are_missing_at_the_end_are_said(held):
    held(monthly(steady(2)), MIDDLES)
    texts = " ".join(document_of(look(date(2026, 2, 3))).texts())
    assert "What began later cannot be seen: of all categories the last month held is December 2025." in texts
    assert "What began later" not in " ".join(document_of(look(date(2025, 12, 31))).texts())


def test_a_document_tells_each_problem_once_and_what_to_do(held):
    held(
        pl.concat(
            [
                monthly(steady(6, but={"A4": [6] * 34 + [30, 40]}), category="drugs"),
                monthly(steady(3), category="robbery"),
            ]
        ),
        MIDDLES,
    )
    found = look(date(2025, 12, 31))
    document = document_of(found)
    texts = " ".join(document.texts())
    assert [b.id for b in document.blocks() if isinstance(b, Finding)] == ["emerging-1"]
    assert "Drugs in Town A4 (Harbour): 70 drug offences recorded since November 2025" in texts
    assert "police look for it" in texts and "5% of all looks raise an alarm" in texts
    assert [b.findings for b in document.blocks() if isinstance(b, Task)] == [("emerging-1",)]
    assert any(isinstance(b, Table) and b.caption == "Categories in the force area" for b in document.blocks())
    assert document_of(look(date(2025, 12, 31))) == document


def test_names_of_many_areas_are_cut():
    assert where(list("abcdefg")) == "a, b, c, d, e and 2 more" and where(list("ab")) == "a and b"


@pytest.mark.parametrize(
    ("on", "months", "id"),
    [(date(2025, 12, 31), 23, "E506"), (date(2025, 12, 31), 121, "E506"), (date(2031, 1, 1), 36, "E505")],
)
def test_what_cannot_be_looked_at_is_said(on, months, id, held):
    held(monthly(steady(2)), MIDDLES)
    with pytest.raises(InvalidInput) as refused:
        look(on, months=months)
    assert refused.value.id == f"peelian.{id}"


def test_without_boundaries_a_look_is_refused(held):
    held(monthly(steady(2)), {"A0": MIDDLES["A0"]})
    with pytest.raises(InvalidInput) as refused:
        look(date(2025, 12, 31))
    assert refused.value.id == "peelian.E504"
