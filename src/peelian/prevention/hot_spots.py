"""Hot spots for people who decide where to go: cells joined into places, with a baseline and with what they cannot say.

The numbers come from `peelian.analysis.hot_spots`; here they become numbered spots with names, a comparison with simply
going where most happened before, and the warning that crime which police activity makes shows where police looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse.csgraph import connected_components
from scipy.special import pdtrc

from peelian.analysis.getis_ord import false_discovery
from peelian.analysis.hot_spots import (
    Comparison,
    Grid,
    HotSpots,
    against_plain_counts,
    hot_spots,
    neighbours,
    study_area,
)
from peelian.core.errors import InvalidInput

from .themes import POLICE_GENERATED

CELL, BAND, LEVEL = 250.0, 400.0, 0.05  # metres, metres, share of hot cells that may be chance
SINGLES = 5


@dataclass(frozen=True)
class Spot:
    """Hot cells that touch, as one place. `where` names it; `cells` are positions in the study area."""

    number: int
    where: str
    easting: float
    northing: float
    cells: tuple[int, ...]
    events: int


@dataclass(frozen=True)
class Picture:
    """Hot spots of one theme.

    Attributes
    ----------
    result : HotSpots
    spots : tuple of Spot
        Most events first.
    singles : tuple of Spot
        Cells outside the spots with most events, by count alone. Gi* asks whether high cells lie together,
        so one that stands alone is not hot, however high; yet one street or address can be a problem.
    area_level : bool
        True where any point was snapped by its publisher: nothing is said of an address or a street.
    comparison : Comparison or None
        Hot cells of the earlier part of the period against as many cells with most events, on the latest month.
    why_not_compared : str
        Reason where there is no comparison.
    police_generated : bool
        True where police activity itself makes the records, so that patrol must not follow them.
    """

    result: HotSpots
    spots: tuple[Spot, ...]
    singles: tuple[Spot, ...]
    area_level: bool
    comparison: Comparison | None
    why_not_compared: str
    police_generated: bool


def for_patrol(events: pl.DataFrame) -> pl.DataFrame:
    """The events that may steer patrol: without the categories that police activity itself makes.

    Police who are sent where they found drugs find more drugs there; so a picture of all crime leaves these out unless it is of them.
    """
    return events.filter(~pl.col("category").is_in(list(POLICE_GENERATED)))


def hot_spot_picture(
    events: pl.DataFrame, everything: pl.DataFrame, *, names: Mapping[str, str], police_generated: bool
) -> Picture:
    """Find and name the hot spots of `events` among the places where anything was recorded.

    Parameters
    ----------
    events : polars.DataFrame
        The theme, with `easting`, `northing`, `place_precision`, `place`, `area` and `month` (sortable text).
    everything : polars.DataFrame
        All recorded events of the same area and period: they make the study area.
    names : mapping of str to str
        Name of each LSOA by code.
    police_generated : bool
        Whether the theme is made by police activity.

    Raises
    ------
    InvalidInput
        If no event of the theme has a place.
    """
    placed, whole = (frame.filter(pl.col("place_precision") != "none") for frame in (events, everything))
    if placed.is_empty():
        raise InvalidInput("no event of this theme has a place", fix="widen the area or the period")
    area = study_area(whole["easting"].to_numpy(), whole["northing"].to_numpy(), cell=CELL)
    result = hot_spots(placed["easting"].to_numpy(), placed["northing"].to_numpy(), area=area, band=BAND, level=LEVEL)
    comparison, why_not = _compare(placed, area)
    return Picture(
        result,
        _spots(result, placed, names),
        _singles(result, placed, names),
        bool((placed["place_precision"] == "snapped").any()),
        comparison,
        why_not,
        police_generated,
    )


def _cell_of(frame: pl.DataFrame, area: Grid) -> np.ndarray:
    column, row = (np.floor(frame[c].to_numpy() / area.cell).astype(np.int64) for c in ("easting", "northing"))
    return area.find(column, row)


def _spots(result: HotSpots, placed: pl.DataFrame, names: Mapping[str, str]) -> tuple[Spot, ...]:
    hot = np.flatnonzero(result.hot)
    if not len(hot):
        return ()
    grid = result.grid
    touching = neighbours(Grid(grid.cell, grid.column[hot], grid.row[hot]), band=grid.cell * 1.5)
    _, label = connected_components(touching, directed=False)
    label_of = dict(zip(hot.tolist(), label.tolist(), strict=True))
    inside = placed.with_columns(cell=_cell_of(placed, grid)).filter(pl.col("cell").is_in(hot))
    inside = inside.with_columns(spot=pl.Series([label_of[c] for c in inside["cell"].to_list()], dtype=pl.Int64))
    found = []
    for spot in range(label.max() + 1):
        cells, own = hot[label == spot], inside.filter(pl.col("spot") == spot)
        weight = result.counts[cells] + 1e-9
        east, north = (grid.centres[cells] * weight[:, None]).sum(axis=0) / weight.sum()
        if len(own):  # a cell can be hot by its neighbours and hold nothing itself
            found.append((len(own), east, north, cells, own))
    found.sort(key=lambda f: (-f[0], f[1], f[2]))
    return tuple(
        Spot(number, _where(own, names), float(east), float(north), tuple(int(c) for c in cells), events)
        for number, (events, east, north, cells, own) in enumerate(found, 1)
    )


def _singles(result: HotSpots, placed: pl.DataFrame, names: Mapping[str, str]) -> tuple[Spot, ...]:
    """Of the cells that are not hot, those with most, if that is more than chance would put there were all of them alike."""
    cold = np.flatnonzero(~result.hot)
    counts = result.counts[cold]
    if not counts.any():
        return ()
    high = false_discovery(np.where(counts > 0, pdtrc(np.maximum(counts, 1) - 1, counts.mean()), 1.0)) <= result.level
    centres = result.grid.centres
    order = np.lexsort((centres[cold, 1], centres[cold, 0], -counts))
    inside = placed.with_columns(cell=_cell_of(placed, result.grid))
    found = []
    for number, at in enumerate([int(cold[i]) for i in order if high[i]][:SINGLES], 1):
        where = _where(inside.filter(pl.col("cell") == at), names)
        found.append(Spot(number, where, float(centres[at, 0]), float(centres[at, 1]), (at,), int(result.counts[at])))
    return tuple(found)


def _where(own: pl.DataFrame, names: Mapping[str, str]) -> str:
    """The LSOA with most of the events and, from a source that publishes it, the map point with most of them.

    A place in the force's own words may be somebody's address, so it is not shown.
    """

    def most(column: str, frame: pl.DataFrame) -> str:
        counted = (
            frame.filter(pl.col(column) != "").group_by(column).len().sort("len", column, descending=[True, False])
        )
        return str(counted[column][0]) if len(counted) else ""

    code = most("area", own)
    point = most("place", own.filter(pl.col("place_precision") == "snapped")).removeprefix("On or near ")
    return (
        " ".join(part for part in (names.get(code, code), f"(map point {point})" if point else "") if part) or "no name"
    )


def _compare(placed: pl.DataFrame, area: Grid) -> tuple[Comparison | None, str]:
    last = placed["month"].max()
    earlier, later = placed.filter(pl.col("month") < last), placed.filter(pl.col("month") == last)
    if earlier.is_empty():
        return None, "The period is one month long, so hot spots of an earlier part cannot be tried on a later one."
    before = hot_spots(earlier["easting"].to_numpy(), earlier["northing"].to_numpy(), area=area, band=BAND, level=LEVEL)
    after, _ = area.count(later["easting"].to_numpy(), later["northing"].to_numpy())
    if not before.hot.any() or not after.any():
        return None, "The earlier part of the period has no hot cell to try on the latest month."
    return against_plain_counts(before.hot, before.counts, after), ""
