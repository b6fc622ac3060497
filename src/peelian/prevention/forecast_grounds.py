"""What a forecast rests on: the places, the months or weeks held without a gap, and counts of what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from peelian.analysis.forecast import Counts, Periods
from peelian.analysis.hot_spots import study_area
from peelian.core.errors import InvalidInput
from peelian.documents.maps import on_grid
from peelian.records.feeds import FEEDS

from .profile.gather import chosen_feed
from .profile.scope import with_time
from .themes import POLICE_GENERATED, THEMES, Theme

if TYPE_CHECKING:
    from peelian.access.actor import Actor

By = Literal["month", "week"]
Places = Literal["lsoa", "cell"]

CELL = 500.0  # metres
# A month with less of everything than a quarter of the usual is one of which the source holds a part only.
_PART_HELD = 0.25
ETHNICITY = "minority_ethnic_percent"


@dataclass(frozen=True)
class Ground:
    """One place: its name, its shape on the British National Grid where it is known, and what kind of place it is."""

    name: str
    shape: shapely.Geometry | None
    decile: float | None
    ethnicity: float | None


@dataclass(frozen=True)
class Grounds:
    """Counts by place and period of the theme, and of what its check needs.

    Attributes
    ----------
    theme : Theme
    area, feed : str
    open_data : bool
    periods : Periods
    held : int
        Number of periods held; the forecast begins after the last.
    places : tuple of Ground
    theme_counts, generated, reported : ndarray of int, shape (places, periods)
        Of the theme; of crime that police find by looking; of what else victims report.
    unplaced : int
        Events of the theme in these periods that lie in no place.
    batches : tuple of str
        First digits of the batches that the theme's events come from.
    """

    theme: Theme
    area: str
    feed: str
    open_data: bool
    by: Places
    periods: Periods
    held: int
    places: tuple[Ground, ...]
    theme_counts: Counts
    generated: Counts
    reported: Counts
    unplaced: int
    batches: tuple[str, ...]

    @property
    def size(self) -> NDArray[np.float64] | None:
        """Area of each place in square kilometres; None where a boundary is missing."""
        areas = [ground.shape.area / 1e6 for ground in self.places if ground.shape is not None]
        return np.array(areas) if len(areas) == len(self.places) else None


def gather_grounds(
    actor: Actor, theme: Theme, *, area: str, on: date, by: By, places: Places, feed: str | None
) -> Grounds:
    """Read what a forecast rests on.

    Parameters
    ----------
    actor : Actor
    theme : Theme
    area : str
        Code or name of a force area, district or LSOA; empty for everything the force recorded.
    on : date
        The month or week of this day and all later ones are left out: they are not over.
    by : {"month", "week"}
    places : {"lsoa", "cell"}
    feed : str, optional
        The feed to use where several record the theme.

    Raises
    ------
    InvalidInput
        If nothing is recorded, no event has such a place, or weeks are asked of a source that gives months.
    PeelianError
        If there is no such area.
    """
    from peelian.records import areas, query

    asked = areas.find(area) if area else None
    codes = None if asked is None or asked.kind == "force" else areas.members(asked)
    first = Periods(by, _first_day(on, by))
    everything = query.events(actor).drop_nulls("start")
    everything = with_time(everything).filter(pl.col("local").dt.date() < first.first)
    inside = pl.lit(True) if codes is None else pl.col("area").is_in(codes)
    used = chosen_feed(
        sorted(everything.filter(inside & (pl.col("category") == theme.slug))["feed"].unique().to_list()), feed
    )
    source = used.split("-")[0]
    beside = [f.name for f in FEEDS.values() if f.name == used or (f.recorded and f.name.split("-")[0] == source)]
    everything = everything.filter(pl.col("feed").is_in(beside))
    of_theme = (pl.col("category") == theme.slug) & (pl.col("feed") == used)
    if by == "week" and "month" in everything.filter(of_theme)["precision"]:
        raise InvalidInput(
            "this source gives months, so it has no weeks to forecast",
            found=used,
            fix="ask for months, or use the force's own records",
            id="peelian.E508",
        )
    periods, held = _held(everything.filter(pl.col("feed") == used), by)
    everything = everything.filter(inside & (pl.col("local").dt.date() >= periods.first))
    grounds, everything = _placed(everything, places, codes)
    if not grounds:
        raise InvalidInput(
            "no event has a place that a forecast could be for",
            fix="load boundaries with `peelian areas load`, or choose the other kind of place",
            id="peelian.E509",
        )
    found = everything.filter(of_theme)
    generated = pl.col("category").is_in(list(POLICE_GENERATED))
    other = pl.col("category").is_in(list(THEMES)) & (pl.col("category") != theme.slug)
    starts = np.array([periods.start(n) for n in range(held)], dtype="M8[D]")

    def table(rows: pl.DataFrame) -> Counts:
        rows = rows.filter(pl.col("at") >= 0)
        period = np.searchsorted(starts, rows["local"].dt.date().to_numpy().astype("M8[D]"), side="right") - 1
        counts = np.zeros((len(grounds), held), dtype=np.int64)
        np.add.at(counts, (rows["at"].to_numpy(), period), 1)
        return counts

    return Grounds(
        theme, asked.name if asked is not None else "the force area", used, used == "police-uk-street", places, periods, held,
        grounds, table(found), table(everything.filter(generated)), table(everything.filter(other & ~generated)),
        int((found["at"] < 0).sum()), tuple(sorted({digest[:8] for digest in found["batch"].unique().to_list()})),
    )  # fmt: skip


def _first_day(day: date, by: By) -> date:
    return day.replace(day=1) if by == "month" else day - timedelta(days=day.weekday())


def _held(everything: pl.DataFrame, by: By) -> tuple[Periods, int]:
    """The periods that the source holds up to its last, without a gap."""
    every = "1mo" if by == "month" else "1w"
    counted = (
        everything.select(pl.col("local").dt.date().dt.truncate(every).alias("start"))
        .group_by("start").len().sort("start", descending=True)
    )  # fmt: skip
    if by == "week":  # the source may end within its last week
        last = everything["local"].dt.date().max()
        counted = counted.filter(pl.col("start") <= pl.lit(last) - pl.duration(days=6))
    usual = counted["len"].median() or 0
    run: list[date] = []
    for start, events in counted.iter_rows():
        gap = bool(run) and start != _first_day(run[-1] - timedelta(days=1), by)
        if gap or (run and events < _PART_HELD * usual):
            break
        run.append(start)
    if not run:
        raise InvalidInput("the source holds no whole week", fix="ask for months", id="peelian.E508")
    return Periods(by, run[-1]), len(run)


def _placed(events: pl.DataFrame, places: Places, codes: list[str] | None) -> tuple[tuple[Ground, ...], pl.DataFrame]:
    """The places, and the events with the number of their place in `at`, -1 for none."""
    from peelian.records import areas

    last = events["local"].dt.year().max() if len(events) else None
    decile, _ = areas.values("imd_decile", year=last)
    ethnicity, _ = areas.values(ETHNICITY, year=last)
    if places == "lsoa":
        held = [a for a in areas.areas("lsoa") if codes is None or a.code in set(codes)]
        named: dict[str, Any] = {a.code: a for a in held} or dict.fromkeys(sorted(set(events["area"]) - {""}))
        number = {code: n for n, code in enumerate(named)}
        grounds = tuple(
            Ground(
                a.name if a else code,
                on_grid(a.boundary) if a and a.boundary else None,
                decile.get(code),
                ethnicity.get(code),
            )
            for code, a in named.items()
        )
        at = pl.col("area").replace_strict(number, default=-1, return_dtype=pl.Int64)
        return grounds, events.with_columns(at=at)
    placed = events.filter(pl.col("easting").is_not_null() & (pl.col("place_precision") != "none"))
    if placed.is_empty():
        return (), events.with_columns(at=pl.lit(-1))
    grid = study_area(placed["easting"].to_numpy(), placed["northing"].to_numpy(), cell=CELL)
    column, row = (
        np.floor(events[c].fill_null(-1e9).to_numpy() / CELL).astype(np.int64) for c in ("easting", "northing")
    )
    events = events.with_columns(at=pl.Series(grid.find(column, row)))
    # A cell is of the kind of the area that most of its events are in.
    most = dict(
        events.filter((pl.col("at") >= 0) & (pl.col("area") != "")).group_by("at", "area").len()
        .sort("len", "area", descending=[True, False]).group_by("at", maintain_order=True).first().select("at", "area").iter_rows()
    )  # fmt: skip
    names = {a.code: a.name for a in areas.areas("lsoa")}
    half = CELL / 2
    return tuple(
        Ground(
            f"{names.get(code, code) or 'cell'} ({x:.0f} {y:.0f})",
            shapely.box(x - half, y - half, x + half, y + half),
            decile.get(code),
            ethnicity.get(code),
        )
        for (x, y), code in zip(grid.centres.tolist(), (most.get(n, "") for n in range(len(grid))), strict=True)
    ), events
