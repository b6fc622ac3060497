"""P2: how much to expect where, with the card that says how far to trust it before anything else.

A forecast is of recorded offences by place, never of a person. Crime that police activity itself makes is refused, because a patrol
that followed it would make more of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from peelian import __version__
from peelian.analysis.backtest import Backtest, backtest, watch
from peelian.analysis.forecast import Counts, smoothed
from peelian.analysis.trend import NotEnoughData
from peelian.core.document import (
    Block,
    Cell,
    Column,
    Document,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)
from peelian.core.errors import InvalidInput
from peelian.documents import maps

from .forecast_card import SECTION, SHARE, card
from .forecast_grounds import CELL, By, Grounds, Places, gather_grounds
from .profile.part import ANALYSIS, percent, say_days
from .profile.small_counts import SENTENCE, told
from .themes import Theme, theme_named

if TYPE_CHECKING:
    from peelian.access.actor import Actor

MARKING = "OFFICIAL"
_LISTED = 20
_FEWEST = 100  # events in what a forecast is tried on, below which its hit rates mean nothing (design)
_METHOD = Source(
    "Forecast: share of each place shrunk by empirical Bayes, times season and trend of all places",
    "Clayton, D. and Kaldor, J. (1987). Biometrics 43(3), 671-681",
)


def for_patrol(theme: Theme) -> Theme:
    """The theme, if a forecast of it may steer patrol.

    Raises
    ------
    InvalidInput
        ``peelian.E507`` for what police activity itself makes.
    """
    if theme.police_generated:
        raise InvalidInput(
            "there is no forecast of crime that police activity itself makes",
            found=theme.title,
            matters="it shows where police looked; patrol that followed it would find more there and make it rise",
            fix="forecast what victims report; a problem profile shows where this was found",
            id="peelian.E507",
        )
    return theme


def forecast(
    actor: Actor,
    theme: str,
    *,
    area: str,
    on: date,
    horizon: int,
    rng: np.random.Generator,
    by: By = "month",
    places: Places = "lsoa",
    feed: str | None = None,
) -> Document:
    """Forecast a theme by place, from what the actor may see.

    Parameters
    ----------
    actor : Actor
    theme : str
        Category of data.police.uk, or ``violence`` or ``asb``.
    area : str
        Code or name of a force area, district or LSOA; empty for everything the force recorded.
    on : date
        The day of the forecast; months or weeks that are not over by then are left out.
    horizon : int
        Months (to 3) or weeks (to 6) ahead, forecast together.
    rng : numpy.random.Generator
        For intervals.
    by : {"month", "week"}, default "month"
    places : {"lsoa", "cell"}, default "lsoa"
        LSOAs, or squares of 500 m in which anything was recorded.
    feed : str, optional
        The feed to use where several record the theme.

    Returns
    -------
    Document
        Its first section is the card; where there is not enough data, it says so and there is no forecast.

    Raises
    ------
    InvalidInput
        If there is no such theme, police activity makes it, nothing is recorded, or it looks too far ahead.
    PeelianError
        If there is no such area.
    """
    chosen = for_patrol(theme_named(theme))
    grounds = gather_grounds(actor, chosen, area=area, on=on, by=by, places=places, feed=feed)
    return forecast_of(grounds, on=on, horizon=horizon, rng=rng)


def forecast_of(grounds: Grounds, *, on: date, horizon: int, rng: np.random.Generator) -> Document:
    """The document of what `grounds` holds.

    Raises
    ------
    InvalidInput
        If it looks too far ahead.
    """
    by = grounds.periods.kind
    tried = backtest(grounds.theme_counts, grounds.periods, horizon=horizon, size=grounds.size, rng=rng)
    too_few = not isinstance(tried, NotEnoughData) and tried.observed.sum() < _FEWEST
    if isinstance(tried, NotEnoughData) or too_few:
        why = (
            f"Not enough data: fewer than {_FEWEST} {grounds.theme.many} are recorded in the {by}s that a forecast could be tried on."
            if not isinstance(tried, NotEnoughData)
            else f"N{str(tried)[1:]} without a gap, two years to make a forecast from and the rest to try it on."
        )
        return _document(grounds, on, horizon, (Section(SECTION, (Finding("honesty", why), _no_forecast(grounds))),))
    judged = card(grounds, tried)
    unknown = (
        *judged.unknown,
        "What will not be reported: the forecast is of recorded offences, and the latest months may still grow by late reports.",
        *((f"Where {grounds.theme.count(grounds.unplaced)} happened: they lie in none of the places, and are in no count here.",) if grounds.unplaced else ()),
        *(("The size of the places: boundaries are not loaded, so a share of the area is a share of the places.",) if grounds.size is None else ()),
    )  # fmt: skip
    sections = (
        judged.section,
        _expected(grounds, tried, horizon, on),
        Section("What is not known", (Points(unknown),)),
        _methods((_METHOD, *judged.methods)),
    )
    return _document(grounds, on, horizon, sections)


def _ahead(grounds: Grounds, horizon: int) -> str:
    first = grounds.periods.start(grounds.held)
    return say_days(first, grounds.periods.start(grounds.held + horizon) - timedelta(days=1))


def _document(grounds: Grounds, on: date, horizon: int, sections: tuple[Section, ...]) -> Document:
    last = grounds.periods.start(grounds.held) - timedelta(days=1)
    return Document(
        title=f"Forecast: {grounds.theme.title.lower()}",
        subtitle=f"{grounds.area[:1].upper()}{grounds.area[1:]}, {_ahead(grounds, horizon)}",
        marking=MARKING,
        edition=on,
        meta=(
            ("For", "A person who decides; a forecast proposes nothing by itself, and says nothing of any person"),
            ("Source", f"{grounds.feed}, {say_days(grounds.periods.first, last)}, batches {', '.join(grounds.batches[:8])}"
             + (f" and {len(grounds.batches) - 8} more" if len(grounds.batches) > 8 else "")),
        ),
        sections=sections,
    )  # fmt: skip


def _no_forecast(grounds: Grounds) -> Note:
    return Note(
        f"So no forecast is made. What was recorded stands in a problem profile of {grounds.theme.many}; more months can be read in, "
        "or a wider area chosen.",
        "No forecast",
    )


def _expected(grounds: Grounds, tried: Backtest, horizon: int, on: date) -> Section:
    found = smoothed(grounds.theme_counts, grounds.periods, horizon)
    size = tried.size
    part = watch(found.mean, size, SHARE)
    year: Counts = grounds.theme_counts[:, -grounds.periods.per_year :].sum(axis=1)
    shown = told({str(n): int(count) for n, count in enumerate(year)}, open_data=grounds.open_data)
    low, high = found.interval()
    # What is expected of a place tells what was recorded there, so it is shown where that is.
    order = [int(n) for n in np.argsort(-found.mean / size, kind="stable") if shown[str(n)] is not None and part[n] > 0]
    listed = order[:_LISTED]
    ahead, inside = _ahead(grounds, horizon), float((found.mean * part).sum() / max(found.mean.sum(), 1e-9))
    text = (
        f"In {ahead}, {found.mean.sum():,.0f} {grounds.theme.many} are expected to be recorded, {percent(inside)} of them in the "
        f"{percent(SHARE)} of the area with most for its size."
    )
    blocks: list[Block] = [Finding("expected", text)]
    if tried.verdict(SHARE) != "better":
        blocks.append(
            Note("It is not better than last year's counts. They stand beside it in the table, and are what to go by.", "Take care")
        )  # fmt: skip
    if grounds.periods.start(grounds.held) < on.replace(day=1) - timedelta(days=31):
        blocks.append(
            Note(
                f"The records held end before {ahead}, which lies back already. Read in what came since for a forecast of what is ahead.",
                "Old records",
            )
        )
    if not listed:
        blocks.append(Note("Too few are recorded in each place to list any.", "Places"))
    else:
        blocks.append(_figure(grounds, order, listed, found.mean, low, high, year, shown, ahead))
    blocks.append(
        Task(
            f"When {ahead} has been read in, hold it against this forecast, and make the next one",
            ANALYSIS,
            max(on, grounds.periods.start(grounds.held + horizon)) + timedelta(days=28),
            ("expected",),
            "The count of each listed place lies within its interval in 19 of 20, and the next card says so",
        )
    )
    return Section("What is expected", tuple(blocks))


def _figure(
    grounds: Grounds, order: list[int], listed: list[int], mean: np.ndarray, low: np.ndarray, high: np.ndarray,
    year: Counts, shown: dict[str, int | None], ahead: str,
) -> Block:  # fmt: skip
    same = grounds.periods
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (number, grounds.places[n].name, Estimate(float(mean[n]), float(low[n]), float(high[n])), int(year[n]))
        for number, n in enumerate(listed, 1)
    )
    table = Table(
        f"The {f'{len(listed)} places' if len(listed) > 1 else 'place'} with most expected for their size, {ahead}",
        (Column("No.", "number"), Column("Place"), Column("Expected", "number", "95% interval", 1),
         Column(f"Recorded in the last {same.per_year} {same.kind}s", "number")),
        rows,
        note="The interval is of the count that will be recorded." + (f" {SENTENCE}" if None in shown.values() else ""),
    )  # fmt: skip
    if grounds.size is None:
        return table
    shapes = [ground.shape for ground in grounds.places if ground.shape is not None]
    watched = set(order)
    most, rest = f"{percent(SHARE)} of the area, with most", "elsewhere"
    groups = [most if n in watched else rest if shown[str(n)] is not None else None for n in range(len(shapes))]
    centres = [shapes[n].representative_point() for n in listed]
    return Figure(
        f"Most is expected in {grounds.places[listed[0]].name}",
        maps.area_map(
            shapes, groups, legend=[rest, most], legend_title=f"{grounds.theme.title} expected, {ahead}",
            spots=[maps.Spot(str(number), p.x, p.y) for number, p in enumerate(centres, 1)],
        ),
        f"Map of {len(shapes):,} {'squares of ' + format(CELL, 'g') + ' m' if grounds.by == 'cell' else 'LSOAs'}. Those with most expected for their size are dark, and the "
        f"first {len(listed)} numbered as in the table.",
        table,
        (Source(grounds.feed, f"batches {', '.join(grounds.batches[:8])}"),),
    )  # fmt: skip


def _methods(methods: tuple[Source, ...]) -> Section:
    return Section(
        "Methods",
        (
            Table("Methods used, with their references", (Column("Method"), Column("Reference")), tuple((m.label, m.detail) for m in methods)),
            Paragraph(f"Made with Peelian {__version__}."),
        ),
    )  # fmt: skip
