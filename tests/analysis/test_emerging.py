"""The scan for emerging problems on tables with known truth, and on made-up counties without any."""

import numpy as np
import polars as pl
import pytest

from peelian.analysis.emerging import Layer, emerging_clusters
from peelian.core.errors import InvalidInput
from peelian.county import happenings

MONTHS = np.arange(36)
SQUARE = [axis.ravel() * 1_000.0 for axis in np.meshgrid(np.arange(5), np.arange(5))]  # 25 areas


def layer(rate, rng, months=MONTHS):
    return Layer(rng.poisson(rate), months % 12)


def look(layers, seed=1, permutations=199, **more):
    return emerging_clusters(layers, *SQUARE, rng=np.random.default_rng(seed), permutations=permutations, **more)


def flat(rate):
    return np.full((25, 36), float(rate))


def test_a_rise_in_one_category_is_found_where_and_when_it_is():
    rng = np.random.default_rng(2)
    risen = flat(3)
    risen[np.ix_([6, 7, 11], [33, 34, 35])] *= 4
    alarms = look([layer(flat(20), rng), layer(risen, rng), layer(flat(0.1), rng)])

    [alarm] = alarms.found
    # A circle round 6 that reaches 7 and 11 holds its other two neighbours as well.
    assert alarm.layer == 1 and {6, 7, 11} <= set(alarm.cluster.places) <= {6, 7, 11, 1, 5}
    assert alarm.cluster.first == 33 and alarm.cluster.last == 35 and alarm.cluster.p <= 0.05


def test_what_rose_and_fell_again_does_not_emerge():
    risen = np.full((25, 36), 5)
    risen[6, 27:30] *= 5
    assert look([Layer(risen, MONTHS % 12)]).found == ()


def test_alarms_are_as_many_as_the_level_says_over_categories_of_every_size():
    """200 looks at 10 %: 8 to 35 alarms in 99.9 % of all cases (binomial). Rates run from one case in all to 6 a month and area."""
    rng = np.random.default_rng(4)
    alarms = sum(
        bool(look([layer(flat(r), rng) for r in (0.002, 0.05, 1, 6)], n, permutations=19, level=0.1001).found)
        for n in range(200)
    )
    assert 8 <= alarms <= 35


def test_seasons_raise_no_more_alarms_than_the_level_says():
    """A resort whose summer is eight times its winter, and a category that doubles for Christmas; every month of a year is looked at.

    120 looks at 5 %: at most 14 alarms in 99.9 % of all cases (binomial); without strata there are 65.
    """
    months = np.arange(36)
    rng = np.random.default_rng(6)
    alarms = 0
    for n in range(120):
        calendar = (months + n) % 12
        resort, christmas = flat(4), flat(2)
        resort[20:22, np.isin(calendar, [6, 7])] *= 8
        christmas[:, calendar == 11] *= 2
        alarms += bool(look([Layer(rng.poisson(r), calendar) for r in (resort, christmas)], n, permutations=99).found)
    assert alarms <= 14


def test_the_same_generator_gives_the_same_alarms():
    risen = np.full((25, 36), 2)
    risen[4, 34:] += 9
    cases = [Layer(risen, MONTHS % 12), layer(flat(1), np.random.default_rng(8))]
    assert look(cases) == look(cases) and look(cases).found


def test_categories_may_end_in_different_months():
    rng = np.random.default_rng(9)
    risen = np.full((25, 26), 5)
    risen[3, -1] += 25
    [alarm] = look([layer(flat(3), rng), Layer(risen, np.arange(26) % 12)]).found
    assert (alarm.layer, alarm.cluster.places, alarm.cluster.first) == (1, (3,), 25)


@pytest.mark.parametrize("months, where", [(13, "peelian.E204"), (5, "peelian.E204")])
def test_too_short_a_history_is_refused(months, where):
    with pytest.raises(InvalidInput) as refused:
        look([Layer(np.ones((25, months)), np.arange(months) % 12)])
    assert refused.value.id == where


@pytest.mark.parametrize("calendar", [MONTHS % 12, np.arange(24) % 12])
def test_a_table_of_the_wrong_shape_is_refused(calendar):
    with pytest.raises(InvalidInput):
        look([Layer(np.ones((24, 36)), calendar)])


def county_alarm(seed, people):
    events = happenings(people=people, seed=seed, plant=False).filter(pl.col("category") != "")
    events = events.with_columns(month=pl.col("happened").dt.year() * 12 + pl.col("happened").dt.month() - 1)
    areas = events.group_by("area").agg(pl.col("easting", "northing").mean()).sort("area")
    at = {code: i for i, code in enumerate(areas["area"])}
    months = np.arange(events["month"].min(), events["month"].max() + 1)
    layers = []
    for _, frame in events.group_by("category", maintain_order=True):
        table = np.zeros((len(areas), len(months)), dtype=int)
        np.add.at(table, ([at[code] for code in frame["area"]], frame["month"].to_numpy() - months[0]), 1)
        layers.append(Layer(table, months % 12))
    rng = np.random.default_rng([seed, 1])
    alarms = emerging_clusters(layers, areas["easting"], areas["northing"], rng=rng, permutations=199)
    return bool(alarms.found)


@pytest.mark.long
def test_counties_without_plants_raise_as_many_alarms_as_the_level_says():
    """At 5 %, 200 counties give 2 to 16 alarms in 97.7 % of all cases (binomial); the seeds are fixed."""
    assert 2 <= sum(county_alarm(seed, 20_000) for seed in range(200)) <= 16


def test_few_counties_without_plants_raise_an_alarm():
    """At 5 %, ten counties give at most 3 alarms in 99.9 % of all cases (binomial)."""
    assert sum(county_alarm(seed, 5_000) for seed in range(10)) <= 3
