"""Real data: Essex, January to July 2018, reconciled with the facts checked in the data folder's README.

Contains public sector information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from django.conf import settings as installation
from django.db import transaction
from shapely.geometry import shape

from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.records import areas, lake, landing, query
from peelian.records.feeds import FEEDS
from peelian.records.models import Event, Quarantined

pytestmark = pytest.mark.django_db  # each test undoes its own writes inside the transaction of the whole module
PUBLISHED = date(2018, 9, 20)
MONTHS = {"2018-01": 14786, "2018-02": 13752, "2018-03": 16014, "2018-04": 16709, "2018-05": 17618, "2018-06": 17473, "2018-07": 18713}  # fmt: skip
# Source: essex-street-2018/README.md, "Crime type by month" (checked there by another program).
TYPES = """
anti-social-behaviour 3420 3238 3878 4194 4525 4627 4868 28750
bicycle-theft 134 141 146 155 198 214 241 1229
burglary 1091 949 1028 991 1019 852 988 6918
criminal-damage-arson 1311 1183 1299 1418 1438 1318 1409 9376
drugs 325 276 339 323 295 287 266 2111
other-crime 245 266 306 216 295 320 301 1949
other-theft 1073 1011 1137 1101 1193 1257 1275 8047
possession-of-weapons 156 138 219 186 221 214 178 1312
public-order 776 687 910 996 1087 1153 1316 6925
robbery 128 117 144 108 148 129 140 914
shoplifting 731 852 967 887 973 917 884 6211
theft-from-the-person 146 119 134 132 122 130 123 906
vehicle-crime 1301 1157 1291 1390 1268 1131 1188 8726
violent-crime 3949 3618 4216 4612 4836 4924 5536 31691
"""
DISTRICTS = {
    "Southend-on-Sea": 14885, "Basildon": 13128, "Colchester": 12733, "Thurrock": 12270, "Chelmsford": 10554, "Tendring": 9976,
    "Epping Forest": 7985, "Braintree": 7705, "Harlow": 7159, "Uttlesford": 4513, "Castle Point": 4309, "Brentwood": 3822,
    "Rochford": 3257, "Maldon": 2218,
}  # fmt: skip


@pytest.fixture(scope="module")
def essex(
    shared: Path, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """Areas and all seven months, read once for the whole module."""
    files = sorted((shared / "data/essex-street-2018").glob("*.csv.gz"))
    geography = shared / "data/geography"
    before = installation.HOME
    with django_db_blocker.unblock(), transaction.atomic():
        installation.HOME = tmp_path_factory.mktemp("essex")
        try:
            force, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
            user = User.objects.create(username="analyst", agency=force)
            actor, at = Actor.of(user, "records"), datetime(2026, 11, 1, tzinfo=UTC)
            names = ["essex_lsoa_2011.geojson.gz", "essex_districts.geojson.gz", "essex_police_force_area.geojson.gz"]
            loaded = areas.load([geography / name for name in names], actor=actor, at=at)
            assert [(r.kind, r.rows, r.error) for r in loaded] == [
                ("lsoa", 1077, ""),
                ("district", 14, ""),
                ("force", 1, ""),
            ]
            results = list(landing.ingest("police-uk-street", files, actor=actor, at=at, published=PUBLISHED))
            yield SimpleNamespace(
                actor=actor,
                at=at,
                files=files,
                results=results,
                events=query.events(actor),
                cells=cells(),
                lsoas={a.code: a for a in areas.areas("lsoa")},
            )
        finally:
            installation.HOME = before
            transaction.set_rollback(True)


def cells() -> pl.DataFrame:
    """The source's own cells, as the lake keeps them."""
    con = lake.session()
    rows = f"(SELECT unnest(cells) FROM {lake.relation(FEEDS['police-uk-street'])} WHERE verdict = 'accepted')"
    frame = pl.from_arrow(con.sql(f"SELECT * FROM {rows}").to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def test_every_row_is_read_and_accounted_for(essex: SimpleNamespace) -> None:
    assert [r.error for r in essex.results] == [""] * 7
    assert [r.read for r in essex.results] == list(MONTHS.values())
    for result in essex.results:
        assert (result.accepted, result.quarantined, result.repeats) == (result.read, 0, 0)
    assert len(essex.events) == sum(MONTHS.values()) == 115_065
    assert query.current(Event.objects.all(), essex.actor).count() == 115_065
    assert Quarantined.objects.count() == 0


def test_crime_types_by_month(essex: SimpleNamespace) -> None:
    london = essex.events["start"].dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m")
    found = Counter(zip(essex.events["category"], london, strict=True))
    for line in TYPES.strip().splitlines():
        slug, *counts, whole = line.split()
        assert [found[slug, month] for month in MONTHS] == [int(n) for n in counts]
        assert sum(found[slug, month] for month in MONTHS) == int(whole)
    assert sum(found.values()) == 115_065


def test_rows_without_coordinates_are_kept_as_placeless(essex: SimpleNamespace) -> None:
    placeless = essex.events.filter(pl.col("place_precision") == "none")
    assert len(placeless) == 218
    assert placeless["easting"].null_count() == placeless["northing"].null_count() == 218
    assert essex.events["easting"].null_count() == 218
    by_month = placeless["start"].dt.convert_time_zone("Europe/London").dt.month()
    assert [by_month.to_list().count(m) for m in range(1, 8)] == [2, 0, 17, 48, 16, 62, 73]


def test_identical_rows_of_anti_social_behaviour_are_kept(essex: SimpleNamespace) -> None:
    """They are separate incidents at one map point: 9,344 surplus copies in 5,193 groups of 14,537 rows."""
    groups = Counter(Event.objects.values_list("content", "kind"))
    alike = [(n, kind) for (_, kind), n in groups.items() if n > 1]
    assert {kind for _, kind in alike} == {"asb"}
    assert (len(alike), sum(n for n, _ in alike), sum(n - 1 for n, _ in alike)) == (5_193, 14_537, 9_344)
    assert Event.objects.values("identity").distinct().count() == 115_065


def test_no_crime_id_stands_twice_and_only_anti_social_behaviour_lacks_one(essex: SimpleNamespace) -> None:
    with_id = essex.events.filter(pl.col("reference") != "")
    assert with_id["reference"].n_unique() == len(with_id) == 115_065 - 28_750
    assert set(essex.events.filter(pl.col("reference") == "")["kind"]) == {"asb"}


def test_points(essex: SimpleNamespace) -> None:
    """17,118 distinct points; the busiest is Stansted Airport; a few lie far outside Essex."""
    placed = essex.events.drop_nulls("easting").group_by("easting", "northing").len().sort("len")
    assert len(placed) == 17_118
    pairs = Counter(zip(essex.cells["Latitude"], essex.cells["Longitude"], strict=True))
    del pairs["", ""]
    assert (len(pairs), pairs.most_common(1)) == (17_118, [(("51.889938", "0.261741"), 1_027)])
    assert placed["len"][-1] == 1_027
    # Stansted Airport lies in the kilometre square TL5523: 555000 to 556000, 223000 to 224000 (general knowledge).
    assert (placed["easting"][-1] // 1000, placed["northing"][-1] // 1000) == (555, 223)
    longitude, latitude = (essex.cells[c].cast(pl.Float64, strict=False) for c in ("Longitude", "Latitude"))
    assert (longitude.min(), longitude.max()) == (-4.176337, 1.726404)
    assert (latitude.min(), latitude.max()) == (50.369639, 54.963712)


def test_areas_inside_and_outside_the_county(essex: SimpleNamespace) -> None:
    codes = Counter(essex.events["area"])
    inside = {code: n for code, n in codes.items() if code in essex.lsoas}
    assert (len(codes) - 1, len(inside)) == (1_259, 1_077)
    assert (sum(inside.values()), codes[""]) == (114_514, 218)
    assert 115_065 - sum(inside.values()) - codes[""] == 333
    busiest = sorted(inside.values(), reverse=True)[:53]
    assert round(100 * sum(busiest) / 114_514, 1) == 23.9


def test_districts(essex: SimpleNamespace) -> None:
    """By the boundaries' own parent, and by the name that each row gives: the same."""
    names = {a.code: a.name for a in areas.areas("district")}
    found: Counter[str] = Counter()
    for code, n in Counter(essex.events["area"]).items():
        if code in essex.lsoas:
            found[names[essex.lsoas[code].parent]] += n
    assert found == DISTRICTS
    rows = Counter(name.rsplit(" ", 1)[0] for name in essex.cells["LSOA name"])
    assert {name: rows[name] for name in DISTRICTS} == DISTRICTS
    for name, code in (("Tendring", "E07000076"), ("Thurrock", "E06000034")):
        members = areas.members(areas.find(name))
        assert areas.find(code).name == name
        assert len(query.events(essex.actor, areas=members)) == DISTRICTS[name]


def test_points_in_boundaries(essex: SimpleNamespace) -> None:
    """Of 114,847 placed rows 114,514 lie in the force area; the LSOA found there is the row's in 109,908."""
    placed = essex.cells.filter(pl.col("Longitude") != "")
    x, y = (placed[c].cast(pl.Float64).to_numpy() for c in ("Longitude", "Latitude"))
    (force,) = areas.areas("force")
    assert force.name.startswith("Essex")
    assert (len(x), int(shapely.contains_xy(shape(force.boundary), x, y).sum())) == (114_847, 114_514)
    codes = sorted(essex.lsoas)
    tree = shapely.STRtree([shape(essex.lsoas[code].boundary) for code in codes])
    stated = placed["LSOA code"].to_list()
    ours = np.flatnonzero([code in essex.lsoas for code in stated])
    points, found = tree.query(shapely.points(x[ours], y[ours]), predicate="within")
    lies_in: dict[int, set[str]] = {}
    for point, area in zip(points, found, strict=True):
        lies_in.setdefault(int(point), set()).add(codes[area])
    same = sum(stated[ours[point]] in held for point, held in lies_in.items())
    assert (same, len(ours) - len(lies_in)) == (109_908, 34)
    assert len(lies_in) - same == 4_572


def test_outcomes(essex: SimpleNamespace) -> None:
    outcomes = essex.events.filter(pl.col("outcome") != "")["outcome"].n_unique()
    assert outcomes == 25
    assert set(essex.events.filter(pl.col("outcome") == "")["kind"]) == {"asb"}
    assert set(essex.cells["Context"]) == {""}


def test_reading_it_again_gives_repeats_alone(essex: SimpleNamespace) -> None:
    again = list(landing.ingest("police-uk-street", essex.files, actor=essex.actor, at=essex.at))
    assert sum(r.accepted + r.quarantined for r in again) == 0
    assert sum(r.repeats for r in again) == sum(r.read for r in again) == 115_065


def test_an_older_edition_read_late_changes_nothing_current(essex: SimpleNamespace, tmp_path: Path) -> None:
    """The month as it might have stood in August: fewer outcomes, and some anti-social behaviour not yet recorded."""
    rows = list(csv.reader(io.StringIO(gzip.decompress(essex.files[6].read_bytes()).decode())))
    older = []
    for n, row in enumerate(rows):
        if n and n % 10 == 0:
            if not row[0]:
                continue
            row[10] = "Under investigation"
        older.append(row)
    path = tmp_path / "2018-07-essex-street.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(older)
    known = query.events(essex.actor)
    (result,) = landing.ingest(
        "police-uk-street", [path], actor=essex.actor, at=datetime(2026, 11, 2, tzinfo=UTC), published=date(2018, 8, 20)
    )
    assert result.accepted > 500
    assert result.repeats == result.read - result.accepted
    assert query.events(essex.actor).equals(known)
    assert query.current(Event.objects.all(), essex.actor).count() == 115_065
    assert query.events(essex.actor, known_on=datetime(2026, 11, 1, 12, tzinfo=UTC)).equals(known)
