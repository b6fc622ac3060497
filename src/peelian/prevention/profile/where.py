"""Where: hot spots with their baseline, and the warning about what they cannot show."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import shapely

from peelian.access.release import protect
from peelian.core.document import (
    Block,
    Cell,
    Column,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Section,
    Source,
    Table,
    Task,
)
from peelian.documents import maps
from peelian.prevention.hot_spots import BAND, CELL, LEVEL, Picture, Spot, hot_spot_picture

from .part import HIDDEN, Part, chance, month_name, percent, protected, several
from .scope import Scope

_LISTED = 10
METHODS = (
    Source(
        "Hot spots: Getis-Ord Gi* over cells with any recorded event, exact permutation p-values",
        "Ord, J. K. and Getis, A. (1995). Geographical Analysis 27(4), 286-306",
    ),
    Source(
        "False-discovery control of the hot cells at 5%",
        "Benjamini, Y. and Hochberg, Y. (1995). Journal of the Royal Statistical Society B 57(1), 289-300",
    ),
    Source(
        "Predictive accuracy index, against as many cells chosen by plain counts",
        "Chainey, S., Tompson, L. and Uhlig, S. (2008). Security Journal 21, 4-28",
    ),
)


def where_part(scope: Scope) -> Part:
    """Hot spots on a map and in a table, with a comparison with plain counts."""
    if scope.events["place_precision"].eq("none").all():
        return Part(
            Section(
                "Where",
                (Note("No event of the period has a place, so no hot spot can be looked for.", "Not enough data"),),
            ),
            unknown=("Where the offences gather: no place is recorded.",),
        )
    picture = hot_spot_picture(
        scope.events,
        scope.everything,
        names={code: area.name for code, area in scope.lsoas.items()},
        police_generated=scope.theme.police_generated,
    )
    blocks: list[Block] = [Paragraph(_how(scope, picture))]
    if picture.police_generated:
        blocks.append(
            Note(
                f"{scope.theme.title}: most of this is found because police look for it. The spots below show where police searched as "
                "much as where the offences are. They are not to be used to direct patrol.",
                "Police-generated",
            )
        )
    if picture.area_level:
        blocks.append(
            Note(
                "The points were moved by the publisher to shared map points near by, so a spot is an area of several hundred metres. "
                "Nothing here points to an address or a street.",
                "Area level",
            )
        )
    if not picture.spots:
        text = f"No cell stands out by more than chance: {scope.theme.many} are spread like recorded events at large, or are too few to tell."
        blocks.append(Paragraph(text))
        return Part(Section("Where", tuple(blocks)), (Finding("where", text),), methods=METHODS[:2])
    listed = picture.spots[:_LISTED]
    blocks.append(_figure(scope, picture, listed))
    blocks.append(_comparison(scope, picture))
    cells = int(picture.result.hot.sum())
    text = (
        f"{len(picture.spots)} hot spot{'s' * (len(picture.spots) != 1)} ({cells * picture.result.grid.cell**2 / 1e6:.1f} of "
        f"{picture.result.grid.square_km:,.0f} square kilometres where anything was recorded) hold{'s' * (len(picture.spots) == 1)} "
        f"{percent(picture.share_in_spots)} of the placed {scope.theme.many}; the largest {'are' if len(listed) > 1 else 'is'} "
        f"{several([spot.where for spot in listed[:3]])}."
    )
    if picture.police_generated:
        text += " This is police-generated: it must not steer patrol."
    tasks = () if picture.police_generated else (_task(scope, listed),)
    return Part(Section("Where", tuple(blocks)), (Finding("where", text),), tasks, methods=METHODS)


def _how(scope: Scope, picture: Picture) -> str:
    result = picture.result
    return (
        f"The study area is the {len(result.grid):,} cells of {CELL:.0f} m in which any crime or incident was recorded in the "
        f"period ({result.grid.square_km:,.0f} square kilometres). A cell is hot where it and its neighbours within {BAND:.0f} m "
        f"hold more than chance puts there; at most {percent(LEVEL)} of the hot cells are expected to be so by chance. Hot cells "
        "that touch are one spot; one that is hot by its neighbours and holds nothing itself is on the map and no spot. "
        + (
            "Over a whole force area this finds the busiest town centres first; a profile of one district finds more in it."
            if scope.whole
            else ""
        )
    ).strip()


def _figure(scope: Scope, picture: Picture, listed: tuple[Spot, ...]) -> Figure:
    grid = picture.result.grid
    rows: list[tuple[Cell, ...]] = [
        (spot.number, spot.where, len(spot.cells) * grid.cell**2 / 1e6, spot.events if few is None else few,
         spot.events / max(int(picture.result.counts.sum()), 1) if few is None else HIDDEN,
         float(picture.result.z[list(spot.cells)].max()))
        for spot in listed
        for few in [None if scope.open_data or protect(spot.events) is not None else protected(spot.events)]
    ]  # fmt: skip
    table = Table(
        f"The {len(listed)} largest of {len(picture.spots)} hot spots, {scope.period}" if len(picture.spots) > len(listed) else f"The hot spots, {scope.period}",
        (Column("No.", "number"), Column("Where"), Column("Size", "number", "square km", 2), Column("Recorded", "number"),
         Column("Share of all", "percent", decimals=1), Column("Highest Gi* z", "number", decimals=1)),
        tuple(rows),
        note=("Named by the LSOA and the shared map point with most of it." if picture.area_level else "Named by the LSOA with most of it."),
    )  # fmt: skip
    ground = scope.districts if scope.whole and scope.districts else scope.lsoas
    shapes = [maps.on_grid(area.boundary) for area in ground.values() if area.boundary]
    hot = [
        shapely.box(x - CELL / 2, y - CELL / 2, x + CELL / 2, y + CELL / 2) for x, y in grid.centres[picture.result.hot]
    ]
    share = sum(spot.events for spot in listed) / max(int(picture.result.counts.sum()), 1)
    return Figure(
        f"{'The ten largest hot spots hold' if len(listed) == _LISTED else 'The hot spots hold' if len(listed) > 1 else 'The one hot spot holds'} {percent(share)} of the placed total",
        maps.area_map(
            shapes or [shapely.box(*shapely.total_bounds(np.array(hot))).buffer(2_000)],
            [None] * max(len(shapes), 1),
            outlines={d.name: maps.on_grid(d.boundary) for d in scope.districts.values() if d.boundary},
            cells=hot,
            spots=[maps.Spot(spot.number, spot.easting, spot.northing) for spot in listed],
        ),
        f"Map with {int(picture.result.hot.sum())} hot cells of {CELL:.0f} m in red. The {len(listed)} listed spots are numbered as in the "
        f"table: {several([spot.where for spot in listed])}.",
        table,
        scope.sources,
    )


def _comparison(scope: Scope, picture: Picture) -> Block:
    found = picture.comparison
    if found is None:
        return Note(picture.why_not_compared, "No forecast")
    verdicts = {
        "better": "so the test finds places that counting alone misses",
        "worse": "so for choosing where to go next month, simply take the cells with most of it last time",
        "not shown to be better": "so it is not shown to be better than simply counting; it may still say which spots are more than chance",
    }
    return Table(
        f"What was hot before {month_name(max(scope.events['month']))}, tried on that month",
        (Column("Chosen by"), Column("Cells", "number"), Column("Caught", "number"), Column("Of", "number"),
         Column("Predictive accuracy index", "number", "chance = 1; 95% interval", 1)),
        tuple(
            (label, a.cells, a.caught, a.events, Estimate(a.index, a.low, a.high))
            for label, a in (("Hot cells (Gi*)", found.forecast), ("As many cells with most events", found.plain))
        ),
        note=f"The hot cells caught {found.only_forecast:,} that the plain counts missed, and missed {found.only_plain:,} that they caught "
        f"({chance(found.p)}), {verdicts[found.verdict]}.",
        sources=scope.sources,
    )  # fmt: skip


def _task(scope: Scope, listed: tuple[Spot, ...]) -> Task:
    return Task(
        f"Walk the {'three largest hot spots' if len(listed) > 2 else 'hot spots'} with the neighbourhood team and partners, write down "
        f"what draws {scope.theme.many} there, and open a problem-solving plan for each where the cause can be changed",
        "Neighbourhood inspector of each spot",
        scope.on + timedelta(days=28),
        ("where",),
        f"{scope.theme.many.capitalize()} in each spot fall below this period's count by more than in the rest of the area, "
        "measured over the same months a year on",
    )
