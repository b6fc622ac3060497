"""P8: places where a planted problem recurs, and places hit so lately that the next one is likely."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from peelian.prevention.crime_advisers_found import next_repeats
from peelian.prevention.problem_solving_counts import monthly, months_between, recorded
from peelian.prevention.problem_solving_found import carried_over, recurring
from peelian.records import areas, query

from .conftest import LSOAS, records

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)


@pytest.fixture
def held(monkeypatch):
    """What the records hold, as `query.events` would give it; six wards of two districts."""
    told = {}

    def events(actor, *, categories=None, feeds=None, start=None, end=None, **_):
        rows = told["rows"].filter(pl.col("category").is_in(categories))
        rows = rows.filter(pl.col("feed").is_in(feeds)) if feeds else rows
        rows = rows.filter(pl.col("start") >= start) if start else rows
        return rows.filter(pl.col("start") < end)

    wards = {code: f"W{n // 5}" for n, code in enumerate(LSOAS)}
    parts = {"ward": wards, "district": {code: area.parent for code, area in LSOAS.items()}}
    names = {"ward": [SimpleNamespace(code=f"W{n}", name=f"Ward {n}") for n in range(6)],
             "district": [SimpleNamespace(code="E07000001", name="Harbour"), SimpleNamespace(code="E07000002", name="Forest")]}  # fmt: skip
    monkeypatch.setattr(query, "events", events)
    monkeypatch.setattr(areas, "parts", parts.__getitem__)
    monkeypatch.setattr(areas, "areas", names.__getitem__)
    return told


def test_the_planted_place_is_proposed_first_with_a_ward_of_another_district(held):
    rng = np.random.default_rng(1)
    held["rows"] = pl.concat(
        [records(rng, 600), records(rng, 120, area="E01000002"), records(rng, 500, category="robbery")]
    )

    first, *_ = recurring(actor=None, at=AT)

    assert (first.given["place"], first.given["area"], first.given["problem"]) == ("Ward 0", "Harbour", "burglary")
    assert first.given["comparison"] in {"Ward 3", "Ward 4", "Ward 5"}
    assert len(first.given["history"]) == len(first.given["comparison_history"]) == 12
    assert sum(first.given["history"]) >= 120
    assert first.reason.startswith("Ward 0: ")
    assert "could show a fall of" in first.reason
    assert "December 2025" in first.reason
    assert len(first.key) <= 39


def test_the_same_offence_of_two_feeds_is_counted_once(held):
    rows = records(np.random.default_rng(2), 50)
    held["rows"] = pl.concat([rows, rows.with_columns(feed=pl.lit("police-uk-street"))])
    first, after = datetime(2025, 1, 1).date(), datetime(2026, 1, 1).date()  # noqa: DTZ001

    counted = monthly(recorded(None, ["burglary"], first, after), LSOAS, months_between(first, after))

    assert sum(counted) == 50


def test_after_a_burglary_near_repeats_are_proposed_while_the_risk_is_raised(held):
    rng = np.random.default_rng(3)
    rows = records(rng, 500)
    again = rows.with_columns(pl.col("easting") + 50, pl.col("start") + timedelta(days=2), pl.col("end") + timedelta(days=2),
                              line=pl.col("line") + 1_000)  # fmt: skip
    held["rows"] = pl.concat([rows, again]).filter(pl.col("start") < AT)
    last = held["rows"]["start"].max().date()

    found = next_repeats(actor=None, at=AT)

    assert found
    for one in found:
        assert one.given["problem"] == "burglary"
        assert one.given["likely_until"] >= last - timedelta(days=1)
        assert "Knox test" in one.reason
        assert len(one.key) <= 36  # a form that opens from it carries the key in a token of sixty characters
        assert "Secret Lane" not in one.reason + one.key  # the place stands in the form, for those who may read it
    assert next_repeats(actor=None, at=AT)[0].key == found[0].key


def test_without_a_raised_risk_nobody_is_sent(held):
    held["rows"] = records(np.random.default_rng(4), 500)

    assert next_repeats(actor=None, at=AT) == []


def test_without_records_nothing_is_found(held):
    held["rows"] = records(np.random.default_rng(4), 5).clear()

    assert recurring(actor=None, at=AT) == []
    assert next_repeats(actor=None, at=AT) == []


def test_the_count_afterwards_opens_with_whole_months_that_are_recorded(held, monkeypatch):
    from peelian.prevention import problem_solving_counts as counts

    rows = pl.concat(
        [
            records(np.random.default_rng(5), 300, area="E01000002"),
            records(np.random.default_rng(6), 200, area="E01000020"),
        ]
    )
    held["rows"] = rows.filter(pl.col("start") < datetime(2025, 11, 1, tzinfo=UTC))
    monkeypatch.setattr(counts, "lsoas_of", {"Here": ["E01000002"], "There": ["E01000020"]}.__getitem__)
    told = {
        "problem": "burglary",
        "place": "Here",
        "comparison": "There",
        "started_on": date(2025, 3, 10),
        "months_after": 12,
    }
    case = SimpleNamespace(**told, get=told.get)

    found = counts.counted_after(case, actor=None, at=AT)

    # From April, the first whole month, to October, the last that is recorded; of twelve months asked for, seven are there.
    months = rows["start"].dt.month()
    assert found["after"] == [int(((months == m) & (rows["area"] == "E01000002")).sum()) for m in range(4, 11)]
    assert len(found["comparison_after"]) == 7
    assert (
        counts.counted_after(SimpleNamespace(**told | {"problem": "missing people"}, get=told.get), actor=None, at=AT)
        == {}
    )


def test_the_small_areas_of_a_place_are_counted_beside_those_around_it(held, monkeypatch):
    from peelian.prevention import problem_solving_counts as counts

    held["rows"] = rows = records(np.random.default_rng(7), 3000)
    places = {"Here": ["E01000002", "E01000003"], "There": ["E01000020"], "Edge": ["E01000004"]}
    monkeypatch.setattr(counts, "lsoas_of", places.__getitem__)
    told = {"problem": "burglary", "place": "Here", "comparison": "There", "beside": "Edge", "history": [9] * 3,
            "started_on": date(2025, 9, 1), "months_after": 3}  # fmt: skip
    found = counts.counted_after(SimpleNamespace(**told, get=told.get), actor=None, at=AT)

    # Both districts have 15 small areas each; the plan's two and the one beside it are left out of those outside.
    assert [line.partition(":")[0] for line in found["small_inside"]] == places["Here"]
    outside = {line.partition(":")[0] for line in found["small_outside"]}
    assert outside == set(LSOAS) - {"E01000002", "E01000003", "E01000004"}
    # June to August before, September to November after.
    month = rows["start"].dt.month()
    expected = [int(((month == m) & (rows["area"] == "E01000002")).sum()) for m in range(6, 12)]
    assert found["small_inside"][0] == f"E01000002: {' '.join(map(str, expected))}"


def test_practice_that_a_district_adopts_is_proposed_as_a_plan(monkeypatch):
    facts = {"measure": "outstanding_suspect.found_in_time", "step": "enquire", "best": "north", "answer": "adopt", "cases": 18,
             "figures": "Enquire: 4 % of cases", "practice": "Phones are asked on the first day"}  # fmt: skip
    rows = [
        SimpleNamespace(ref=f"r{n}", area="south", facts=facts | more)
        for n, more in enumerate(({}, {"answer": "put_right"}))
    ]
    asked = SimpleNamespace(filter=lambda **_: SimpleNamespace(order_by=lambda *_: rows))
    monkeypatch.setattr("peelian.casework.sight.cases", lambda actor: asked)

    (found,) = carried_over(actor=None, at=AT)

    assert (found.given["arises_from"], found.given["comparison"], found.given["problem"]) == (
        "r0",
        "north",
        "wanted people not found",
    )
    assert found.given["objective"] == "Phones are asked on the first day"
