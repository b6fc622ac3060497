"""Where: hot spots with their baseline, and the warning about what they cannot show."""

from __future__ import annotations

from datetime import timedelta

import shapely

from peelian.access.release import protect, threshold
from peelian.core.document import (
    Block,
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

from .part import Part, chance, month_name, percent, several
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
    spots = [(str(spot.number), spot) for spot in picture.spots if _told(scope, spot.events)]
    singles = list(zip("ABCDE", (spot for spot in picture.singles if _told(scope, spot.events)), strict=False))
    if spots:
        text = _found(scope, picture, [spot for _, spot in spots])
    else:
        text = f"No hot spot stands out by more than chance: {scope.theme.many} are spread like recorded events at large, or are too few to tell."
        blocks.append(Paragraph(text))
    if singles:
        text += f" {'Outside of hot spots, high cells' if spots else 'High cells'} are in {_names([spot for _, spot in singles])}."
    listed = spots[:_LISTED] + singles
    if not listed:
        return Part(Section("Where", tuple(blocks)), (Finding("where", text),), methods=METHODS[:2])
    blocks.append(_figure(scope, picture, listed, len(spots)))
    if spots:
        blocks.append(_comparison(scope, picture))
    if picture.police_generated:
        text += " This is police-generated: it must not steer patrol."
    tasks = () if picture.police_generated else (_task(scope, len(spots)),)
    return Part(
        Section("Where", tuple(blocks)), (Finding("where", text),), tasks, methods=METHODS if spots else METHODS[:2]
    )


def _told(scope: Scope, events: int) -> bool:
    """A spot with a small count of the force's own events is in no table, share or words, and has no number on the map."""
    return scope.open_data or protect(events) is not None


def _names(spots: list[Spot]) -> str:
    return several(list(dict.fromkeys(spot.where for spot in spots)))


def _found(scope: Scope, picture: Picture, spots: list[Spot]) -> str:
    grid = picture.result.grid
    size = f"{int(picture.result.hot.sum()) * grid.cell**2 / 1e6:.1f} of {grid.square_km:,.0f} square kilometres where anything was recorded"
    share = f"{percent(_share(picture, spots))} of the placed {scope.theme.many}"
    if len(spots) == 1:
        return f"1 hot spot, in {spots[0].where} ({size}), holds {share}."
    return f"{len(spots)} hot spots ({size}) hold {share}; the largest are in {_names(spots[:3])}."


def _share(picture: Picture, spots: list[Spot]) -> float:
    return sum(spot.events for spot in spots) / max(int(picture.result.counts.sum()), 1)


def _how(scope: Scope, picture: Picture) -> str:
    result = picture.result
    return (
        f"The study area is the {len(result.grid):,} cells of {CELL:.0f} m in which any crime or incident was recorded in the "
        f"period ({result.grid.square_km:,.0f} square kilometres). A cell is hot where it and its neighbours within {BAND:.0f} m "
        f"hold more than chance puts there; at most {percent(LEVEL)} of the hot cells are expected to be so by chance. Hot cells "
        "that touch are one spot; one that is hot by its neighbours and holds nothing itself is on the map and no spot. "
        "Hot cells are red on the map. "
        + (
            "Over a whole force area this finds the busiest town centres first; a profile of one district finds more in it."
            if scope.whole
            else ""
        )
    ).strip()


def _figure(scope: Scope, picture: Picture, listed: list[tuple[str, Spot]], spots: int) -> Figure:
    grid = picture.result.grid
    table = Table(
        f"The {_LISTED} largest of {spots} hot spots{', and high cells' if len(listed) > _LISTED else ''}, {scope.period}"
        if spots > _LISTED
        else f"{'Hot spots and high cells' if spots else 'High cells'}, {scope.period}",
        (Column("No."), Column("Where"), Column("What"), Column("Centre, easting and northing"), Column("Size", "number", "square km", 2),
         Column("Recorded", "number"), Column("Share of all", "percent", decimals=1), Column("Highest Gi* z", "number", decimals=1)),
        tuple(
            (label, spot.where, "high cell" if label.isalpha() else "hot spot", "{} {}".format(*_centre(spot)), len(spot.cells) * grid.cell**2 / 1e6,
             spot.events, _share(picture, [spot]), float(picture.result.z[list(spot.cells)].max()))
            for label, spot in listed
        ),
        note=("Named by the LSOA and the shared map point with most of it. " if picture.area_level else "Named by the LSOA with most of it. ")
        + "Centres are rounded to 100 m. A high cell is chosen by its count alone: Gi* asks whether high cells lie "
        "together, and calls none hot that stands alone (one street, one address) or that far higher ones elsewhere overshadow."
        + ("" if scope.open_data else f" A spot or cell with fewer than {threshold()} is not listed."),
    )  # fmt: skip
    ground = scope.districts if scope.whole and scope.districts else scope.lsoas
    shapes = [maps.on_grid(area.boundary) for area in ground.values() if area.boundary]
    hot = [
        shapely.box(x - CELL / 2, y - CELL / 2, x + CELL / 2, y + CELL / 2) for x, y in grid.centres[picture.result.hot]
    ]
    share = percent(_share(picture, [spot for label, spot in listed if label.isdigit()]))
    return Figure(
        "Cells with high counts, and no hot spot" if not spots
        else f"The {_LISTED} largest hot spots hold {share} of the placed total" if spots > _LISTED
        else f"The hot spots hold {share} of the placed total" if spots > 1
        else f"The one hot spot holds {share} of the placed total",
        maps.area_map(
            shapes or [shapely.MultiPoint([_centre(spot) for _, spot in listed]).buffer(2_000)],
            [None] * max(len(shapes), 1),
            outlines={d.name: maps.on_grid(d.boundary) for d in scope.districts.values() if d.boundary},
            cells=hot,
            spots=[maps.Spot(label, *_centre(spot)) for label, spot in listed],
        ),
        f"Map with {int(picture.result.hot.sum())} hot cells of {CELL:.0f} m in red. Hot spots are numbered and high cells lettered as in the "
        f"table: {several([f'{label} {spot.where}' for label, spot in listed])}.",
        table,
        scope.sources,
    )  # fmt: skip


def _centre(spot: Spot) -> tuple[int, int]:
    """Rounded to 100 m: where exactly the centre of several cells lies would tell how their events are shared out."""
    return 100 * round(spot.easting / 100), 100 * round(spot.northing / 100)


def _comparison(scope: Scope, picture: Picture) -> Block:
    found = picture.comparison
    if found is None:
        return Note(picture.why_not_compared, "No forecast")
    caught = [a.caught for a in (found.forecast, found.plain)]
    apart = [found.only_forecast, found.only_plain]
    if not all(_told(scope, n) for n in [*caught, *(found.forecast.events - n for n in caught)]):
        return Note("Too few of the latest month to try on them what was hot before.", "No forecast")
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
        note=(
            f"The hot cells caught {apart[0]:,} that the plain counts missed, and missed {apart[1]:,} that they caught ({chance(found.p)}), {verdicts[found.verdict]}."
            if all(_told(scope, n) for n in apart)
            else f"Both are tried on the same events, {verdicts[found.verdict]}."
        ),
        sources=scope.sources,
    )  # fmt: skip


def _task(scope: Scope, spots: int) -> Task:
    walked = (
        "three largest hot spots"
        if spots > 2
        else "hot spots"
        if spots == 2
        else "hot spot"
        if spots
        else "cells with high counts"
    )
    return Task(
        f"Walk the {walked} with the neighbourhood team and partners, write down what draws {scope.theme.many} there, and open a "
        "problem-solving plan for each where the cause can be changed",
        "Neighbourhood inspector of each place",
        scope.on + timedelta(days=28),
        ("where",),
        f"{scope.theme.many.capitalize()} there fall below this period's count by more than in the rest of the area, measured over the "
        "same months a year on",
    )  # fmt: skip
