"""Problem-solving plans: their true effect is in the events, and nothing else of the county changes."""

import math
from functools import cache

import polars as pl
import pytest

from peelian.county import happenings, interventions, making
from peelian.county.calendar import Calendar
from peelian.county.feeds.writing import Log
from peelian.county.truth import write_plants

PEOPLE, SEEDS = 150_000, range(4)
TREATED, COMPARED, BESIDE = "areas", "comparison_areas", "neighbour_areas"


@cache
def planned(people, seed):
    return making._found(people, seed, Calendar(36, making.date(2025, 12, 31)), True, None)[1].interventions


def there(events, plan, areas):
    return events.filter((pl.col("category") == plan["category"]) & pl.col("area").is_in(plan[areas].split(";")))


@pytest.fixture(scope="module")
def years():
    """Events of the year before and the year after, over all seeds, by plan and areas."""
    counts = {}
    for seed in SEEDS:
        events = happenings(people=PEOPLE, seed=seed).with_columns(month=pl.col("happened").dt.strftime("%Y-%m"))
        months = sorted(set(events["month"]))
        for plan in planned(PEOPLE, seed):
            first = months.index(plan["from_month"])
            for areas in (TREATED, COMPARED, BESIDE):
                found = there(events, plan, areas)["month"]
                two = [found.is_in(months[at : at + 12]).sum() for at in (first - 12, first)]
                held = counts.setdefault((plan["plan"], areas), [0, 0])
                counts[plan["plan"], areas] = [a + b for a, b in zip(held, two, strict=True)]
    return counts


def near(counts, truth):
    """The ratio of two Poisson counts is within four standard errors of the truth, on the scale of logarithms."""
    before, after = counts
    return abs(math.log(after / before / truth)) < 4 * (1 / before + 1 / after) ** 0.5


@pytest.mark.parametrize("plan", [name for name, *_ in interventions.PLANS])
def test_a_plain_before_and_after_comes_out_near_the_true_effect(years, plan):
    multiplier, beside = next((m, b) for name, _, m, b, _ in interventions.PLANS if name == plan)
    assert near(years[plan, TREATED], multiplier)
    assert near(years[plan, COMPARED], 1)
    if beside != 1:
        assert near(years[plan, BESIDE], beside)


def test_the_effects_can_be_told_apart(years):
    """Else the test above would pass whatever the plans do."""
    assert not near(years["I0001", TREATED], 1)
    assert not near(years["I0003", TREATED], 1)
    assert not near(years["I0005", TREATED], 1)
    assert not near(years["I0002", TREATED], 0.7)


def test_two_plans_answer_alike_problems_in_two_districts():
    for seed in SEEDS:
        plans = {row["plan"]: row for row in planned(PEOPLE, seed)}
        assert len(plans) == len(interventions.PLANS)
        worked, failed = plans["I0001"], plans["I0002"]
        assert failed["alike"] == "I0001"
        assert (worked["category"], worked["multiplier"], failed["multiplier"]) == (failed["category"], 0.7, 1.0)
        assert worked["district"] != failed["district"]


def test_no_area_serves_two_plans_and_comparisons_are_untouched():
    for seed in SEEDS:
        rows = planned(PEOPLE, seed)
        touched = [a for row in rows for a in (row[TREATED] + ";" + row[BESIDE]).split(";") if a]
        assert len(touched) == len(set(touched))
        for row in rows:
            assert row[COMPARED]
            assert not set(row[COMPARED].split(";")) & set(touched)


def test_nothing_else_of_the_county_changes(monkeypatch):
    planned_here = planned(PEOPLE, 3)
    with_plans = happenings(people=PEOPLE, seed=3)
    monkeypatch.setattr(interventions, "LEAST_AREAS", 1 << 30)
    without = happenings(people=PEOPLE, seed=3)
    concerned = pl.any_horizontal(
        (pl.col("category") == row["category"]) & pl.col("area").is_in((row[TREATED] + ";" + row[BESIDE]).split(";"))
        for row in planned_here
    )
    assert with_plans.filter(~concerned).equals(without.filter(~concerned))
    assert not with_plans.equals(without)
    assert {p for p in with_plans["plant"] if p.startswith("I")} == {"I0003", "I0004"}


def test_a_county_without_room_or_without_plants_has_none():
    assert planned(20_000, 1) == []
    events = happenings(people=PEOPLE, seed=1, months=12)
    assert not {p for p in events["plant"] if p.startswith("I")}
    assert set(happenings(people=PEOPLE, seed=1, months=24, plant=False)["plant"]) == {""}


def test_the_truth_holds_the_plans(tmp_path):
    world, plants = making._found(PEOPLE, 2, Calendar(36, making.date(2025, 12, 31)), True, None)
    write_plants(plants, world, Log(tmp_path, 2, 0.0))
    rows = pl.read_csv(tmp_path / "truth" / "interventions.csv", infer_schema=False)
    assert rows["plan"].to_list() == [name for name, *_ in interventions.PLANS]
    assert set(rows.columns) >= {
        "district",
        "areas",
        "category",
        "from_month",
        "multiplier",
        "neighbour_areas",
        "comparison_areas",
    }
