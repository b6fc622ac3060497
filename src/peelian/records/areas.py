"""Published areas: boundaries, populations and deprivation, loaded from the publishers' own files.

A file is recognised by its columns or properties, so nobody has to say what it is; one that is not known is refused.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.core.errors import PeelianError

from .failures import plain_failures
from .models import Area, AreaValue

# GeoJSON property that holds the code -> kind, property of the name, property of the parent's code.
BOUNDARIES = {
    "lsoa": (r"LSOA\d\dCD", r"LSOA\d\dNM"),
    "msoa": (r"MSOA\d\dCD", r"MSOA\d\dNM"),
    "ward": (r"WD\d\dCD", r"WD\d\dNM"),
    "district": (r"LAD\d\dCD", r"LAD\d\dNM"),
}
# Columns of a table of figures -> measure.
MEASURES = {
    "total_population": "population",
    "IMD_score": "imd_score",
    "IMD_rank": "imd_rank",
    "IMD_decile": "imd_decile",
    "minority_ethnic_percent": "minority_ethnic_percent",
}


@dataclass(frozen=True)
class Loaded:
    """What one file brought."""

    file: str
    kind: str
    rows: int
    error: str = ""


def load(
    paths: Sequence[Path], *, actor: Actor, at: datetime, progress: Callable[[int, int, str], None] | None = None
) -> list[Loaded]:
    """Load boundary (GeoJSON) and figure (CSV) files, plain or gzipped; each whole or not at all.

    Parameters
    ----------
    paths : sequence of Path
        Boundaries: GeoJSON in WGS84 with ONS code and name properties (``LSOA11CD`` and ``LSOA11NM``, ``LAD13CD``, ...),
        or one force area with ``Name``. Figures: CSV with an ``lsoa..._code`` column and any of ``total_population``,
        ``IMD_score``, ``IMD_rank``, ``IMD_decile``, ``minority_ethnic_percent``; the year is taken from the file's name.
    """
    require_police(actor)
    results = []
    for n, path in enumerate(paths, start=1):
        try:
            with plain_failures(path.name), transaction.atomic():
                kind, rows = _one(path)
                record_act(actor, "collection", "areas", detail={"file": path.name, "kind": kind, "rows": rows}, at=at)
            results.append(Loaded(path.name, kind, rows))
        except PeelianError as error:
            results.append(Loaded(path.name, "", 0, str(error)))
        if progress:
            progress(n, len(paths), "areas")
    _shapes.cache_clear()
    _parts.cache_clear()
    return results


def _one(path: Path) -> tuple[str, int]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise PeelianError("there is no such file", where=path.name, fix="check the name") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError):
        raise PeelianError(
            "the file is cut short, damaged or not UTF-8", where=path.name, fix="fetch it again"
        ) from None
    if text.lstrip().startswith("{"):
        return _boundaries(path, text)
    return _figures(path, text)


def _boundaries(path: Path, text: str) -> tuple[str, int]:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        features = json.loads(text)["features"]
        properties = [feature["properties"] or {} for feature in features]
    except (json.JSONDecodeError, KeyError, TypeError):
        raise PeelianError(
            "the file is not a GeoJSON collection", where=path.name, fix="export it as GeoJSON, WGS84"
        ) from None
    rows: list[Area] = []
    kind = ""
    for n, (feature, told) in enumerate(zip(features, properties, strict=True), start=1):
        where = f"{path.name}, feature {n}"
        kind, code, name = _named(told, where)
        try:
            hectares = _hectares(shape(feature["geometry"]))
        except (ShapelyError, KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise PeelianError("a boundary cannot be read", where=where, fix="check its geometry") from None
        rows.append(
            Area(code=code, name=name, kind=kind, parent=_parent(told, kind), boundary=feature["geometry"],
                 hectares=hectares, source=path.name)
        )  # fmt: skip
    _once([(r.code, r.name) for r in rows], path)
    Area.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "parent", "boundary", "hectares", "source"],
        batch_size=500,
    )  # fmt: skip
    return kind, len(rows)


def _once(named: Sequence[tuple[str, str]], path: Path) -> None:
    """Refuse a file that names no area, or one twice, or one too long for the store."""
    codes = [code for code, _ in named]
    twice = sorted({c for c in codes if codes.count(c) > 1}) if len(set(codes)) < len(codes) else []
    wrong = twice or [code for code, name in named if not code or len(code) > 60 or len(name) > 200]
    if wrong or not codes:
        raise PeelianError(
            "an area is named twice"
            if twice
            else "an area has no code, or one that is too long"
            if wrong
            else "the file names no area",
            where=path.name,
            found=", ".join(wrong[:5]),
            fix="give each area once, with a code of 1 to 60 characters",
        )


def _named(properties: dict[str, Any], where: str) -> tuple[str, str, str]:
    for kind, patterns in BOUNDARIES.items():
        code, name = (next((k for k in properties if re.fullmatch(p, k)), "") for p in patterns)
        if code:
            return kind, str(properties[code]), str(properties.get(name, properties[code]))
    if properties.get("Name"):
        return (
            "force",
            "force:" + re.sub(r"[^a-z0-9]+", "-", str(properties["Name"]).lower()).strip("-"),
            str(properties["Name"]),
        )
    raise PeelianError(
        "an area without a code",
        where=where,
        found=", ".join(properties) or "no properties",
        fix="give LSOA11CD, MSOA11CD, WD13CD or LAD13CD with its name, or Name for a force area",
    )


def _parent(properties: dict[str, Any], kind: str) -> str:
    if kind == "district":
        return ""
    return str(next((v for k, v in properties.items() if re.fullmatch(r"LAD\d\dCD", k)), ""))


def _hectares(shape: Any) -> float:
    """Area on the ground, by the length of a degree at the shape's latitude: good to a percent at these sizes."""
    latitude = math.radians(shape.centroid.y)
    return float(shape.area * (111_320 * math.cos(latitude)) * 111_320 / 10_000)


def _figures(path: Path, text: str) -> tuple[str, int]:
    table = csv.DictReader(io.StringIO(text))
    header = table.fieldnames or []
    code = next((c for c in header if re.fullmatch(r"(lsoa|msoa|lad|ltla|ward)\d\d_?(code|cd)", c, re.I)), "")
    measures = {c: m for c, m in MEASURES.items() if c in header}
    if not code or not measures:
        raise PeelianError(
            "the file is not a table of areas that is known here",
            where=f"{path.name}, line 1 (the header)",
            found=", ".join(header[:12]),
            fix="give a code column such as lsoa11_code and one of: " + ", ".join(MEASURES),
        )
    year = re.search(r"(?:19|20)\d\d", path.name)
    if year is None:
        raise PeelianError(
            "the year of the figures is not known", where=path.name, fix="put the year into the file's name"
        )
    rows = []
    for line, record in enumerate(table, start=2):
        for column, measure in measures.items():
            try:
                value = float(record[column].replace(",", ""))
                if not math.isfinite(value):
                    raise ValueError
            except (ValueError, AttributeError):
                raise PeelianError(
                    "a figure is not a number",
                    where=f"{path.name}, line {line}, column {column}",
                    found=repr(record[column]),
                ) from None
            rows.append(AreaValue(area=record[code], measure=measure, year=int(year[0]), value=value, source=path.name))
    _once([(r.area, "") for r in rows if r.measure == rows[0].measure], path)
    AreaValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area", "measure", "year"],
        update_fields=["value", "source"],
        batch_size=2_000,
    )
    return "+".join(measures.values()), len(rows)


def areas(kind: str, *, parent: str = "") -> list[Area]:
    """Areas of a kind (`lsoa`, `msoa`, `ward`, `district`, `force`), by code."""
    rows = Area.objects.filter(kind=kind)
    return list((rows.filter(parent=parent) if parent else rows).order_by("code"))


def values(measure: str, *, year: int | None = None) -> tuple[dict[str, float], int | None]:
    """A measure by area code, and its year: the latest held, or the latest not after `year`, or else the earliest held."""
    held = sorted(set(AreaValue.objects.filter(measure=measure).values_list("year", flat=True)))
    if not held:
        return {}, None
    chosen = max((y for y in held if year is None or y <= year), default=held[0])
    return dict(AreaValue.objects.filter(measure=measure, year=chosen).values_list("area", "value")), chosen


def find(text: str) -> Area:
    """One area by its code or its name, whatever the case; PeelianError with what is near for anything else."""
    exact = Area.objects.filter(code__iexact=text) or Area.objects.filter(name__iexact=text)
    # A district and the force may share a name: the larger comes first.
    order = ["force", "district", "ward", "msoa", "lsoa"]
    found = sorted(exact, key=lambda a: (order.index(a.kind), a.code))
    if found:
        return found[0]
    near = list(Area.objects.filter(name__icontains=text).order_by("name").values_list("name", flat=True)[:5])
    raise PeelianError(
        "there is no such area",
        found=repr(text),
        fix="did you mean: " + ", ".join(near)
        if near
        else "load boundaries first with `peelian areas load`, or check the name",
        id="peelian.E405",
    )


def members(area: Area) -> list[str]:
    """Codes of the LSOAs that make up an area: by parent, or by the middle of each LSOA lying in it."""
    if area.kind == "lsoa":
        return [area.code]
    children = Area.objects.filter(kind="lsoa", parent=area.code)
    if children:
        return list(children.order_by("code").values_list("code", flat=True))
    from shapely.geometry import shape

    whole = shape(area.boundary)
    return sorted(code for code, inner in _shapes("lsoa") if whole.covers(inner.representative_point()))


def parts(kind: str) -> dict[str, str]:
    """LSOA code to the code of the area of a kind that it lies in: by parent, or by the middle of the LSOA; without those in none."""
    return dict(_parts(kind, Area.objects.filter(kind=kind).count()))


@lru_cache(maxsize=4)
def _parts(kind: str, count: int) -> tuple[tuple[str, str], ...]:
    from shapely import STRtree

    codes = set(Area.objects.filter(kind=kind).values_list("code", flat=True))
    found = {a: p for a, p in Area.objects.filter(kind="lsoa").values_list("code", "parent") if p in codes}
    whole = list(_shapes(kind))
    rest = [(code, inner.representative_point()) for code, inner in _shapes("lsoa") if code not in found]
    if whole and rest:
        at, of = STRtree([shape for _, shape in whole]).query([point for _, point in rest], predicate="within")
        found |= {rest[i][0]: whole[j][0] for i, j in zip(at, of, strict=True)}
    return tuple(sorted(found.items()))


@lru_cache(maxsize=4)
def _shapes(kind: str) -> Iterable[tuple[str, Any]]:
    from shapely.geometry import shape

    return [(a.code, shape(a.boundary)) for a in Area.objects.filter(kind=kind)]
