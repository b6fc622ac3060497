"""The ground and the people on it."""

import csv
import json
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.county.addresses import point_of, postcode_of
from peelian.county.geography import lonlat, make_geography
from peelian.county.people import ROLES, make_people
from peelian.county.streams import pick, stream

UNTIL = date(2025, 12, 31)


def test_the_grid_is_ordnance_surveys():
    """Caister Water Tower, Ordnance Survey's test point TP06 for OSTN15."""
    found = lonlat(np.array([[651_409.804, 313_177.450]]))
    assert found[0] == pytest.approx([1.716073973, 52.658007833], abs=1e-6)


@given(people=st.integers(1_000, 40_000), seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_areas_tile_the_county_and_hold_their_homes(people, seed):
    ground = make_geography(people, seed)
    whole = shapely.union_all(ground.shape)

    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert shapely.area(ground.shape).sum() == pytest.approx(whole.area, rel=1e-9)
    living = make_people(ground, seed, UNTIL)
    homes = np.arange(len(living.homes.area))
    doors = point_of(ground, living.homes, homes)
    inside = shapely.contains_xy(ground.shape[living.homes.area], doors[:, 0], doors[:, 1])
    assert inside.mean() > 0.999
    assert len(living) == people


@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_families_make_sense(seed):
    ground = make_geography(2_500, seed)
    people = make_people(ground, seed, UNTIL)
    everyone = np.arange(len(people))
    years = people.born / 365.25

    assert (people.born <= (UNTIL - date(1970, 1, 1)).days).all()
    for parent, sex in ((people.mother, 0), (people.father, 1)):
        child = everyone[parent >= 0]
        gap = years[child] - years[parent[child]]
        assert ((gap > 16) & (gap < 52)).all()
        assert (people.sex[parent[child]] == sex).all()
        assert (people.surname[child] >= 0).all()
    for tie in (people.partner, people.former):
        tied = everyone[tie >= 0]
        assert (tie[tie[tied]] == tied).all()
        assert (tie[tied] != tied).all()
    together = everyone[people.partner >= 0]
    assert (people.home[together] == people.home[people.partner[together]]).all()
    children = np.isin(people.role, [ROLES.index("C"), ROLES.index("K")])
    assert (years[children] > years.max() - 19).all()


def test_ages_are_near_englands():
    """Shares of the 2021 census of England and Wales, in per cent, within 4 points (general knowledge)."""
    people = make_people(make_geography(60_000, 3), 3, UNTIL)
    age = ((UNTIL - date(1970, 1, 1)).days - people.born) / 365.25
    shares = np.histogram(age, [0, 10, 18, 25, 45, 65, 120])[0] / len(people) * 100
    assert shares == pytest.approx([11.0, 9.6, 8.3, 26.5, 26.0, 18.6], abs=5)


def test_a_postcode_is_one_streets_and_few_homes():
    ground = make_geography(300_000, 5)
    street = np.repeat(np.arange(len(ground.street_area)), 60)
    number = np.tile(np.arange(1, 61), len(ground.street_area))
    codes = postcode_of(ground, street, number).to_numpy()
    _, first, sizes = np.unique(codes, return_index=True, return_counts=True)
    streets_of = {}
    for code, one in zip(codes.tolist(), street.tolist(), strict=True):
        streets_of.setdefault(code, set()).add(one)
    assert max(map(len, streets_of.values())) == 1
    assert sizes.max() <= 30
    assert len(first) > 3 * len(ground.street_area) * 0.9


def test_area_files_have_the_form_of_the_open_ones(county, shared):
    import gzip

    areas = county.folder / "areas"
    for name, real in (
        ("lsoa", "essex_lsoa_2011"),
        ("wards", "essex_wards_2013"),
        ("districts", "essex_districts"),
        ("force_area", "essex_police_force_area"),
    ):
        made = json.loads((areas / f"{name}.geojson").read_text("utf-8"))
        with gzip.open(shared / f"data/geography/{real}.geojson.gz") as file:
            theirs = json.load(file)
        assert set(made) == set(theirs)
        assert set(made["features"][0]["properties"]) <= set(theirs["features"][0]["properties"])
        shapes = [shapely.geometry.shape(f["geometry"]) for f in made["features"]]
        assert all(shape.is_valid and shape.geom_type == "Polygon" for shape in shapes)
    with (
        (areas / "lsoa_population2024.csv").open() as made,
        (shared / "data/geography/essex_lsoa_population2019.csv").open() as real,
    ):
        rows = list(csv.DictReader(made))
        assert list(rows[0]) == next(csv.reader(real))
    assert sum(int(r["total_population"]) for r in rows) == 20_000
    for row in rows:
        assert sum(int(v) for k, v in row.items() if k.startswith("age_")) == int(row["total_population"])
    with (areas / "lsoa_imd2019.csv").open() as made:
        ranks = [(int(r["IMD_rank"]), int(r["IMD_decile"])) for r in csv.DictReader(made)]
    assert len(set(ranks)) == len(rows)
    # A decile is a tenth of the 32,844 areas of England.
    assert all(1 <= rank <= 32_844 and decile == -(-rank * 10 // 32_844) for rank, decile in ranks)


def test_district_names_are_not_real_ones(county, shared):
    with (shared / "data/geography/essex_lsoa_lookup.csv").open() as file:
        real = {row["ltla19_name"] for row in csv.DictReader(file)}
    made = {
        f["properties"]["LAD13NM"]
        for f in json.loads((county.folder / "areas/districts.geojson").read_text("utf-8"))["features"]
    }
    assert len(made) == 3
    assert not made & real


def test_streams_do_not_touch_each_other():
    first = stream(5, "homes").random(3)
    stream(5, "events", 1).random(1_000)
    assert (stream(5, "homes").random(3) == first).all()
    assert (stream(5, "events", 1).random(3) != stream(5, "events", 2).random(3)).all()
    assert (stream(6, "homes").random(3) != first).all()


def test_pick_draws_in_proportion():
    """Three rows of weights; counts within five standard errors of n p."""
    weights = np.array([[1.0, 0.0, 3.0], [0.0, 0.0, 2.0], [5.0, 3.0, 2.0]])
    rows = np.repeat([0, 1, 2], 20_000)
    drawn = pick(stream(1, "test"), weights, rows)
    for row in range(3):
        share = weights[row] / weights[row].sum()
        counts = np.bincount(drawn[rows == row], minlength=3)
        assert np.abs(counts - 20_000 * share).max() <= 5 * np.sqrt(20_000 * share * (1 - share)).max()
        assert (counts[weights[row] == 0] == 0).all()
