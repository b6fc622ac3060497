"""Published areas: boundaries, populations and deprivation, from the publishers' own files."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Entry, User
from peelian.core.errors import PeelianError
from peelian.records import areas
from peelian.records.models import Area, AreaValue

pytestmark = pytest.mark.django_db


def square(x: float, y: float, side: float = 0.01) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any = None, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry or square(0.5, 51.7), "properties": properties}


def written(folder: Path, *features: Any, name: str = "areas.geojson") -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


@pytest.fixture
def essex(shared: Path, actor: Actor, at: datetime) -> list[areas.Loaded]:
    folder = shared / "data/geography"
    names = [
        "essex_lsoa_2011.geojson.gz",
        "essex_msoa_2011.geojson.gz",
        "essex_wards_2013.geojson.gz",
        "essex_districts.geojson.gz",
        "essex_police_force_area.geojson.gz",
        "essex_lsoa_population2017.csv",
        "essex_lsoa_population2019.csv",
        "essex_lsoa_imd2015.csv",
        "essex_lsoa_imd2019.csv",
    ]
    return areas.load([folder / name for name in names], actor=actor, at=at)


def test_the_published_areas_of_essex(essex: list[areas.Loaded]) -> None:
    """geography/README.md: 1,077 LSOAs, 211 MSOAs, 304 wards, 14 districts; its populations; Jaywick the most deprived."""
    assert [(r.kind, r.rows) for r in essex] == [
        ("lsoa", 1_077), ("msoa", 211), ("ward", 304), ("district", 14), ("force", 1),
        ("population", 1_077), ("population", 1_077),
        ("imd_score+imd_rank+imd_decile", 3 * 1_077), ("imd_rank+imd_decile", 2 * 1_077),
    ]  # fmt: skip
    assert [r.error for r in essex] == [""] * 9
    for year, people in ((2017, 1_820_379), (2019, 1_846_655)):
        held, of = areas.values("population", year=year)
        assert (sum(held.values()), of, len(held)) == (people, year, 1_077)
    for year, tenth in ((2015, 49), (2019, 43)):
        deciles, _ = areas.values("imd_decile", year=year)
        assert sum(v == 1 for v in deciles.values()) == tenth
        ranks, _ = areas.values("imd_rank", year=year)
        assert min(ranks, key=ranks.__getitem__) == "E01021988"
    scores, of = areas.values("imd_score", year=2019)
    assert (scores["E01021988"], of) == (92.601, 2015)  # no scores in 2019's file: the latest before it
    assert areas.find("E01021988").name == "Tendring 018A"


def test_members_of_areas(essex: list[areas.Loaded]) -> None:
    """Districts add up to the county; the force area covers nearly all (boundaries are generalised)."""
    districts = areas.areas("district")
    assert sum(len(areas.members(d)) for d in districts) == 1_077
    (force,) = areas.areas("force")
    assert len(areas.members(force)) >= 1_070
    assert areas.members(areas.find("Tendring 018A")) == ["E01021988"]
    assert len(areas.areas("lsoa", parent="E07000076")) == len(areas.members(areas.find("tendring")))
    # Essex Police: 1,420 square miles, or 3,670 square kilometres (general knowledge); a generalised coast loses a little.
    assert 330_000 < sum(a.hectares or 0 for a in areas.areas("lsoa")) < 400_000
    ward = next(w for w in areas.areas("ward") if w.name == "Golf Green")  # Jaywick's ward in 2013 (general knowledge)
    assert "E01021988" in areas.members(ward)


def test_loading_again_changes_nothing(essex: list[areas.Loaded], shared: Path, actor: Actor, at: datetime) -> None:
    before = (Area.objects.count(), AreaValue.objects.count())
    areas.load([shared / "data/geography/essex_lsoa_population2017.csv"], actor=actor, at=at)
    assert (Area.objects.count(), AreaValue.objects.count()) == before


def test_every_load_has_its_entry(tmp_path: Path, actor: Actor, at: datetime) -> None:
    areas.load([written(tmp_path, feature(LSOA11CD="E01", LSOA11NM="One"))], actor=actor, at=at)
    entry = Entry.objects.get()
    assert (entry.verb, entry.what, entry.user, entry.at) == ("collection", "areas", "operator", at)
    assert entry.detail == {"file": "areas.geojson", "kind": "lsoa", "rows": 1}


POPULATION = "lsoa11_code,total_population\n"
BAD: dict[str, tuple[str, str | bytes, str]] = {
    "no such table": ("x2017.csv", "a,b\n1,2\n", "not a table of areas that is known here"),
    "no year": ("population.csv", POPULATION + "E01,5\n", "the year of the figures is not known"),
    "no number": ("p2017.csv", POPULATION + "E01,5\nE02,many\n", "line 3, column total_population"),
    "not a number": ("p2017.csv", POPULATION + "E01,nan\n", "a figure is not a number"),
    "short row": ("p2017.csv", POPULATION + "E01\n", "a figure is not a number"),
    "an area twice": ("p2017.csv", POPULATION + "E01,5\nE01,6\n", "an area is named twice"),
    "no code": ("p2017.csv", POPULATION + ",5\n", "an area has no code"),
    "no rows": ("p2017.csv", POPULATION, "the file names no area"),
    "half a document": ("a.geojson", '{"type": "FeatureCollection", "features": [', "not a GeoJSON collection"),
    "another document": ("a.geojson", '{"type": "Topology"}', "not a GeoJSON collection"),
    "no list": ("a.geojson", '{"features": null}', "not a GeoJSON collection"),
    "no features": ("a.geojson", '{"features": [1]}', "not a GeoJSON collection"),
    "no areas": ("a.geojson", '{"features": []}', "the file names no area"),
    "gzip cut short": (
        "a.geojson.gz",
        gzip.compress(b'{"features": []}' * 900)[:-20],
        "cut short, damaged or not UTF-8",
    ),
    "not text": ("a.geojson", b"\xff\xfe\x00{", "cut short, damaged or not UTF-8"),
    "empty": ("p2017.csv", "", "not a table of areas that is known here"),
}


@pytest.mark.parametrize(("name", "content", "said"), BAD.values(), ids=BAD)
def test_a_file_that_is_not_known_is_refused(
    tmp_path: Path, actor: Actor, at: datetime, name: str, content: str | bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    good = written(tmp_path, feature(LSOA11CD="E01", LSOA11NM="One"), name="good.geojson")
    bad, fine = areas.load([path, good], actor=actor, at=at)
    assert said in bad.error
    assert (fine.error, fine.rows) == ("", 1)
    assert (Area.objects.count(), AreaValue.objects.count(), Entry.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([feature(LSOA11CD="E01", LSOA11NM="One"), feature(NAME="x")], "an area without a code"),
        ([feature(LSOA11CD="E01", LSOA11NM="One"), feature(geometry={"type": "Polygon"}, LSOA11CD="E02")], "a boundary cannot be read"),
        ([feature(geometry={"type": "Cube", "coordinates": []}, LSOA11CD="E02")], "a boundary cannot be read"),
        ([{"type": "Feature", "geometry": None, "properties": {"LSOA11CD": "E01"}}], "a boundary cannot be read"),
        ([feature(LSOA11CD="E01"), feature(LSOA11CD="E01")], "an area is named twice"),
        ([feature(LSOA11CD="E01", LSOA11NM="x" * 201)], "too long"),
    ],
)  # fmt: skip
def test_one_bad_boundary_refuses_the_whole_file(
    tmp_path: Path, actor: Actor, at: datetime, features: list[Any], said: str
) -> None:
    (result,) = areas.load([written(tmp_path, *features)], actor=actor, at=at)
    assert said in result.error
    assert Area.objects.count() == 0


def test_a_force_with_a_long_name_fits(tmp_path: Path, actor: Actor, at: datetime) -> None:
    """PostgreSQL refuses what is longer than its column."""
    (result,) = areas.load([written(tmp_path, feature(Name="Avon and Somerset Constabulary"))], actor=actor, at=at)
    assert result.error == ""
    assert areas.find("avon and somerset constabulary").code == "force:avon-and-somerset-constabulary"


def test_an_unknown_area_is_told_with_what_is_near(tmp_path: Path, actor: Actor, at: datetime) -> None:
    with pytest.raises(PeelianError, match="load boundaries first"):
        areas.find("Chelmsford")
    areas.load([written(tmp_path, feature(LAD13CD="E07000070", LAD13NM="Chelmsford"))], actor=actor, at=at)
    with pytest.raises(PeelianError, match="did you mean: Chelmsford"):
        areas.find("chelms")
    assert areas.values("population") == ({}, None)


def test_a_missing_file_is_said(tmp_path: Path, actor: Actor, at: datetime) -> None:
    results = areas.load([tmp_path / "none.csv", tmp_path], actor=actor, at=at)
    assert ["there is no such file" in r.error for r in results] == [True, True]


def test_a_partner_may_not_load_areas(tmp_path: Path, actor: Actor, at: datetime) -> None:
    council = Agency.objects.create(code="council", name="The council", kind="partner")
    partner = Actor.of(User.objects.create(username="p", agency=council), "administration")
    with pytest.raises(Denied):
        areas.load([written(tmp_path, feature(LSOA11CD="E01"))], actor=partner, at=at)
    assert Area.objects.count() == 0
