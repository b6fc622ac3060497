"""What happens: how much, where and when; what is planted; and that nothing else is."""

import numpy as np
import polars as pl
import pytest

from peelian.county import happenings

MONTHS = 36
BURGLARY = "Burglary - residential - dwelling"
CRIME = (pl.col("category") != "") & (pl.col("category") != "Anti-social behaviour")


@pytest.fixture(scope="module")
def planted():
    return happenings(people=20_000, seed=1)


@pytest.fixture(scope="module")
def null():
    return happenings(people=20_000, seed=1, plant=False)


@pytest.fixture(scope="module")
def large():
    return happenings(people=200_000, seed=2, months=12, plant=False)


def test_the_county_has_englands_rate_of_crime(large):
    crimes, asb = large.filter(CRIME).height, large.filter(category="Anti-social behaviour").height
    assert 80 < crimes / 200 < 90, "a year per 1,000 people"
    assert 20 < asb / 200 < 30


def test_the_mix_of_crime_is_essexs(large, shared):
    """Shares of police.uk categories, Essex, January to July 2018, within a quarter of each or half a point."""
    frames = [
        pl.read_csv(p, columns=["Crime type"]) for p in sorted((shared / "data/essex-street-2018").glob("*.csv.gz"))
    ]
    real = pl.concat(frames).filter(pl.col("Crime type") != "Anti-social behaviour")["Crime type"]
    made = large.filter(CRIME)["category"]
    for category, share in real.value_counts(normalize=True).iter_rows():
        assert (made == category).mean() == pytest.approx(share, rel=0.25, abs=0.005), category


def test_about_a_quarter_of_crime_is_in_a_twentieth_of_areas(large):
    """Essex 2018: 23.9 % of rows in the busiest 5 % of areas."""
    counts = large.filter(CRIME)["area"].value_counts(sort=True)["count"]
    assert 0.17 < counts[: round(0.05 * 125)].sum() / counts.sum() < 0.32


def test_crime_has_its_hours_and_days(large):
    violence = large.filter(title="Assault occasioning actual bodily harm")["happened"]
    thefts = large.filter(title="Theft from shops and stalls")["happened"]
    night = violence.dt.hour().is_in([20, 21, 22, 23, 0, 1, 2]).mean()
    assert night > 0.4
    assert thefts.dt.hour().is_between(9, 20).mean() > 0.7
    assert (violence.dt.weekday() >= 6).mean() > 2.5 / 7, "weekends have more than their two days"


def test_a_county_without_plants_has_none(null):
    assert set(null["plant"]) == {""}


def test_plants_are_extra_events_and_change_nothing_else(planted):
    """Law of the design: the county without plants is the same one, less those."""
    without = happenings(people=20_000, seed=1, plant=False, repeats=True)
    assert planted.filter(plant="").equals(without)


def test_the_truth_lists_every_plant(county, planted):
    listed = {
        row[0]: row[1]
        for table, key in (("series", "series"), ("hot_spots", "hot_spot"), ("emerging", "emerging"))
        for row in county.truth(table, events=pl.Int64).select(key, "events").iter_rows()
    }
    found = dict(planted.filter(pl.col("plant") != "")["plant"].value_counts().iter_rows())
    assert found == listed
    assert {name[0] for name in listed} == {"S", "H", "E"}


def test_files_hold_the_same_events(county, planted):
    """All that is reported in the period is in the truth; the rest had not been reported when it ended."""
    events = county.truth("events")
    assert 0.97 < events.height / planted.height <= 1
    assert set(events["plant"].drop_nulls()) == set(planted["plant"]) - {""}


def test_series_are_near_in_space_and_time(planted, county):
    for row in county.truth("series", easting=pl.Float64, northing=pl.Float64).iter_rows(named=True):
        events = planted.filter(plant=row["series"]).sort("happened")
        away = np.hypot(events["easting"] - row["easting"], events["northing"] - row["northing"])
        assert set(events["title"]) == {BURGLARY}
        assert (away <= float(row["reach_metres"]) + 0.1).all()
        assert (events["happened"].max() - events["happened"].min()).days <= int(row["reach_days"])
        assert events.height >= 5


def test_hot_spots_have_an_excess(planted, null, county):
    """Against the same place in the same county without plants: more than twice as many, and beyond chance."""
    for row in county.truth("hot_spots", easting=pl.Float64, northing=pl.Float64).iter_rows(named=True):

        def inside(events, spot=row):
            same = events.filter(category=spot["category"])
            away = np.hypot(same["easting"] - spot["easting"], same["northing"] - spot["northing"])
            return int((away <= float(spot["radius_metres"])).sum())

        with_it, without = inside(planted), inside(null)
        assert with_it > 2 * without, row
        assert with_it > without + 5 * max(without, 1) ** 0.5


def test_emerging_problems_rise_in_their_month_by_their_factor(planted, county):
    for row in county.truth("emerging", factor=pl.Float64).iter_rows(named=True):
        there = planted.filter(
            pl.col("area").is_in(row["areas"].split(";"))
            & (pl.col("category") == row["category"])
            & ~pl.col("plant").str.starts_with("H")
        )
        label = there["happened"].dt.strftime("%Y-%m")
        first = there.filter(label >= row["from_month"])
        months = first["happened"].dt.strftime("%Y-%m").n_unique()
        usual = there.filter(plant="").height / MONTHS * months
        extra = first.filter(plant=row["emerging"]).height
        expected = (row["factor"] - 1) * usual
        # Seasons swing by a third at most; the rest is Poisson.
        assert expected / 1.5 - 4 * expected**0.5 < extra < expected * 1.5 + 4 * expected**0.5
        assert not there.filter((label < row["from_month"]) & (pl.col("plant") != "")).height


def test_repeats_fall_on_few_homes(null, planted):
    def most(events):
        at = events.filter((pl.col("setting") == "dwelling") & (pl.col("plant") == ""))
        counts = at.group_by("easting", "northing").len()["len"].sort(descending=True)
        return counts[: len(counts) // 20].sum() / counts.sum()

    assert most(planted) > 1.1 * most(null)


def test_area_and_month_act_independently_where_nothing_is_planted():
    """Chi-square of area by quarter over ten seeds stays near its degrees of freedom (within four standard deviations)."""
    total, freedom = 0.0, 0
    for seed in range(10):
        events = happenings(people=5_000, seed=seed, months=12, plant=False).with_columns(
            quarter=pl.col("happened").dt.quarter()
        )
        table = events.pivot("quarter", index="area", values="happened", aggregate_function="len").fill_null(0)
        counts = table.drop("area").to_numpy().astype(float)
        expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()
        total += ((counts - expected) ** 2 / expected).sum()
        freedom += (counts.shape[0] - 1) * (counts.shape[1] - 1)
    assert abs(total - freedom) < 4 * (2 * freedom) ** 0.5


@pytest.mark.long
def test_without_plants_near_repeats_alarm_as_often_as_chance_says():
    """Two hundred seeds at 5 %: 2 to 16 alarms (the 0.2 to 98.6 % range of a binomial with mean 10)."""
    from peelian.analysis.near_repeat import knox

    alarms = 0
    for seed in range(200):
        burglaries = happenings(people=20_000, seed=seed, months=24, plant=False).filter(title=BURGLARY)
        result = knox(
            burglaries["easting"].to_numpy(),
            burglaries["northing"].to_numpy(),
            burglaries["happened"].dt.date().to_numpy(),
            distance_bands=(0, 200),
            day_bands=(0, 14),
            closed="left",
            primary=(0, 0),
            permutations=199,
            rng=np.random.default_rng(seed),
        )
        alarms += result.alarm(0.05)
    assert 2 <= alarms <= 16
