"""The county's areas as open data gives them: boundaries as GeoJSON (WGS84), people by age, and deprivation."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from . import naming
from .geography import IMD_AREAS, Shapes, lonlat
from .streams import Ints
from .world import World

BANDS = ((0, 9), (10, 17), (18, 24), (25, 44), (45, 64), (65, 200))
POPULATION_ON = date(2024, 6, 30)


def write_areas(world: World, folder: Path) -> None:
    """Write ``lsoa``, ``wards``, ``districts``, ``force_area`` (GeoJSON), populations and deprivation into `folder`."""
    folder.mkdir(parents=True)
    ground = world.ground
    district = [(ground.district_code[d], ground.district_name[d]) for d in ground.district]
    geographic = shapely.transform(ground.shape, lambda points: np.round(lonlat(points), 6))
    _geojson(
        folder / "lsoa.geojson",
        ("LSOA11CD", "LSOA11NM", "LAD13CD", "LAD13NM"),
        zip(ground.code, ground.name, *zip(*district, strict=True), strict=True),
        geographic,
    )
    wards = len(ground.neighbourhood_code)
    of_ward = [district[int(np.flatnonzero(ground.neighbourhood == w)[0])] for w in range(wards)]
    _geojson(
        folder / "wards.geojson",
        ("WD13CD", "WD13NM", "LAD13CD", "LAD13NM"),
        zip(ground.neighbourhood_code, ground.neighbourhood_name, *zip(*of_ward, strict=True), strict=True),
        _joined(geographic, ground.neighbourhood, wards),
    )
    _geojson(
        folder / "districts.geojson",
        ("LAD13CD", "LAD13NM"),
        zip(ground.district_code, ground.district_name, strict=True),
        _joined(geographic, ground.district, len(ground.district_code)),
    )
    _geojson(
        folder / "force_area.geojson",
        ("Name",),
        [(naming.COUNTY,)],
        _joined(geographic, np.zeros(ground.areas, dtype=np.int64), 1),
    )
    _population(world, folder / "lsoa_population2024.csv")
    decile = np.ceil(ground.imd_rank * 10 / IMD_AREAS).astype(int)
    _csv(
        folder / "lsoa_imd2019.csv",
        ("lsoa11_code", "IMD_decile", "IMD_rank"),
        zip(ground.code, decile.tolist(), ground.imd_rank.tolist(), strict=True),
    )


def _joined(shapes: Shapes, groups: Ints, count: int) -> Shapes:
    return np.array([shapely.union_all(shapes[groups == group]) for group in range(count)], dtype=object)


def _geojson(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]], shapes: Shapes) -> None:
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(names, row, strict=True)),
            "geometry": shapely.geometry.mapping(shape),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n", "utf-8"
    )


def _population(world: World, path: Path) -> None:
    people, ground = world.people, world.ground
    age = ((POPULATION_ON - date(1970, 1, 1)).days - people.born) / 365.25
    band = np.searchsorted([low for low, _ in BANDS[1:]], age, side="right")
    area = people.homes.area[people.home]
    # Children born since then are counted as newborn: the area's total is its people.
    table = np.bincount(area.astype(np.int64) * len(BANDS) + band, minlength=ground.areas * len(BANDS)).reshape(
        -1, len(BANDS)
    )
    names = ("age_0_9", "age_10_17", "age_18_24", "age_25_44", "age_45_64", "age_65_plus")
    _csv(
        path,
        ("lsoa11_code", "lsoa11_name", "total_population", *names),
        ((c, n, int(row.sum()), *row.tolist()) for c, n, row in zip(ground.code, ground.name, table, strict=True)),
    )


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
