"""What the map lays over the areas: points, hot spots and risk zones, each with the words and the table that say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from convertbng.cutil import convert_osgb36_to_ll
from numpy.typing import NDArray

from peelian.records.models import Area

from .map_data import Asked, pack
from .words import category_words, day_words

MOST_POINTS = 200_000  # what a browser still draws well; beyond it the areas tell more anyway


def points(asked: Asked) -> dict[str, Any]:
    """Every record with a place: longitude, latitude, month and category, as columns."""
    frame = asked.placed
    if frame.height > MOST_POINTS:
        return {
            "problem": f"{frame.height:,} records fit, and up to {MOST_POINTS:,} can be drawn as points. Choose a category, a district or a shorter time."
        }
    if frame.is_empty():
        return {"problem": "No record of this choice has a place, so there is no point to draw."}
    slugs = sorted(frame["category"].unique())
    lon, lat = convert_osgb36_to_ll(frame["easting"].to_numpy(), frame["northing"].to_numpy())
    without = asked.events.height - frame.height
    snapped = bool((frame["place_precision"] == "snapped").any())
    return {
        "lon": pack(np.asarray(lon, dtype=np.float32)),
        "lat": pack(np.asarray(lat, dtype=np.float32)),
        "month": pack(_codes(frame["month"], asked.months, pl.UInt16)),
        "category": pack(_codes(frame["category"], slugs, pl.UInt8)),
        "categories": [category_words(slug) for slug in slugs],
        "words": f"{frame.height:,} records are drawn as points."
        + (f" {without:,} have no place." if without else "")
        + (
            " Points are area level: the publisher moves each record to one of a list of map points." if snapped else ""
        ),
    }


def _codes(values: pl.Series, order: list[str], kind: type[pl.DataType]) -> NDArray[Any]:
    return values.replace_strict({value: n for n, value in enumerate(order)}, return_dtype=kind).to_numpy()


def hot_spots(asked: Asked) -> dict[str, Any]:
    """Cells with more records around them than chance explains, as GeoJSON squares, and the spots that they make."""
    from peelian.prevention.hot_spots import for_patrol, hot_spot_picture
    from peelian.prevention.themes import THEMES

    if asked.placed.is_empty():
        return {"problem": "No record of this choice has a place, so no hot spot can be looked for."}
    # Of everything together only what may steer patrol; of one category, what was asked for, with its warning.
    events = asked.events if asked.category else for_patrol(asked.events)
    left_out = asked.events.height - events.height
    if events.drop_nulls(["easting", "northing"]).is_empty():
        return {
            "problem": "Police activity itself makes all records of this choice, so no hot spot is drawn that patrol might follow."
        }
    theme = THEMES.get(asked.category)
    names = dict(Area.objects.filter(kind="lsoa").values_list("code", "name"))
    picture = hot_spot_picture(
        events, asked.all_events, names=names, police_generated=bool(theme and theme.police_generated)
    )
    found, cell = picture.result, picture.result.grid.cell
    z, n, centres = found.z[found.hot], found.counts[found.hot], found.grid.centres[found.hot]
    rings = centres[:, None, :] + cell / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    told = [
        {"words": f"{count:,} records in this cell, z {score:.1f}", "strength": float(score / z.max())}
        for count, score in zip(n, z, strict=True)
    ]
    words = [
        f"{len(centres):,} of {len(found.grid):,} cells of {cell:g} m are hot (Getis-Ord Gi*, {found.band:g} m band, at most "
        f"{found.level:.0%} of them by chance). The study area is every cell with any record in this time."
    ]
    if picture.police_generated:
        words.append(
            "Police activity itself makes these records: they show where police looked, so patrol must not follow them."
        )
    if left_out:
        words.append(
            f"{left_out:,} records of drugs, weapon possession and stops are left out, because police activity itself makes them: patrol that followed them would make more."
        )
    if asked.within is None:
        words.append("Over a whole force this mostly finds the towns: choose a district to see within one.")
    if picture.area_level:
        words.append("Results are area level, since the publisher moves each record to a map point.")
    return {
        **_polygons(rings, told),
        "words": " ".join(words),
        "table": {
            "caption": f"Hot spots: hot cells that touch, the {min(len(picture.spots), 30)} with most records",
            "columns": ["Spot", "Where", "Cells", "Records"],
            "rows": [[spot.number, spot.where, len(spot.cells), spot.events] for spot in picture.spots[:30]],
        },
    }


def risk_zones(asked: Asked) -> dict[str, Any]:
    """Circles in which another record of the category is likelier now, as GeoJSON; none where no repetition is found."""
    from peelian.analysis.near_repeat import knox, risk_bands
    from peelian.analysis.near_repeat import risk_zones as zones_of
    from peelian.prevention.profile.repeats import DISTANCES, LEVEL, PERMUTATIONS, TIMES, refusal, usable

    if not asked.category:
        return {"problem": "Near repeats are of one kind of crime: choose a category first."}
    if why := refusal(asked.events):
        return {"problem": why}
    used = usable(asked.events)
    x, y, days = (used[name].to_numpy() for name in ("easting", "northing", "day"))
    test = knox(
        x,
        y,
        days,
        distance_bands=DISTANCES,
        day_bands=TIMES,
        closed="left",
        permutations=PERMUTATIONS,
        rng=np.random.default_rng(1),
    )
    bands = risk_bands(test, level=LEVEL)
    if not bands:
        return {
            "problem": f"No near repetition is shown (Knox test, {PERMUTATIONS} permutations, p = {test.p_global:.3f}), so no zone is drawn."
        }
    zones = zones_of(x, y, days, on=asked.end, bands=bands)
    turn = np.linspace(0, 2 * np.pi, 33)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    circle[-1] = circle[0]
    rings = np.array([[z.easting, z.northing] + z.metres * circle for z in zones]).reshape(len(zones), 33, 2)
    return {
        **_polygons(rings, [{"words": f"{z.metres:g} m, until {day_words(z.until)}: {z.reason}"} for z in zones]),
        "words": f"{len(zones):,} risk zones stand on {day_words(asked.end)}. "
        + " ".join(f"{band.reason}." for band in bands),
        "table": {
            "caption": f"Risk zones on {day_words(asked.end)}: the {min(len(zones), 30)} latest of {len(zones):,}. Centres are of recorded crimes: handle as the records themselves.",
            "columns": ["Easting", "Northing", "Metres", "Since", "Until, that day included"],
            "rows": [
                [round(z.easting), round(z.northing), round(z.metres), day_words(z.since), day_words(z.until)]
                for z in zones[:30]
            ],
        },
    }


def _polygons(rings: NDArray[Any], properties: list[dict[str, Any]]) -> dict[str, Any]:
    if not len(rings):
        return {"type": "FeatureCollection", "features": []}
    lon, lat = convert_osgb36_to_ll(
        np.ascontiguousarray(rings[..., 0]).ravel(), np.ascontiguousarray(rings[..., 1]).ravel()
    )
    points = np.round(np.column_stack([lon, lat]), 6).reshape(rings.shape).tolist()
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": told, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for ring, told in zip(points, properties, strict=True)
        ],
    }
