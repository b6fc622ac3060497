"""Where the next repeat is likely: places hit in the last days, as far and as long as the Knox test finds the risk raised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from peelian.analysis.near_repeat import knox, risk_bands
from peelian.core.clock import london_day, start_of_day
from peelian.core.system import Found

from .profile.repeats import DISTANCES, LEVEL, TIMES, refusal, usable

if TYPE_CHECKING:
    from peelian.access.actor import Actor

PROBLEMS = {"burglary": "burglary", "vehicle crime": "vehicle-crime", "criminal damage": "criminal-damage-arson"}
FEED = "force-crimes"
DAYS = 365
PERMUTATIONS = 199
LISTED = 60
SOURCE = "Near repeats: Knox test of the last year of recorded crime, dates dealt to places at random (Johnson and others 2007)"


def next_repeats(*, actor: Actor, at: datetime) -> list[Found]:
    """Places of offences so recent that the next one near by is likelier than usual, the latest first.

    Nothing is proposed of a kind of crime in which the test finds no raised risk, or of records without exact places and days.
    """
    import polars as pl

    from peelian.records import areas, query

    held = query.events(actor, categories=list(PROBLEMS.values()), feeds=[FEED], end=at).with_columns(
        local=pl.col("start").dt.convert_time_zone("Europe/London")
    )
    newest = held["local"].max()
    if not isinstance(newest, datetime):
        return []
    on = london_day(newest)  # the last day of which anything is recorded: the records say nothing of the days since
    events = held.filter(pl.col("start") >= start_of_day(on - timedelta(days=DAYS)))
    district, names = areas.parts("district"), {a.code: a.name for a in areas.areas("district")}
    found: list[tuple[object, Found]] = []
    for problem, category in PROBLEMS.items():
        own = events.filter(pl.col("category") == category)
        if own.is_empty() or refusal(own):
            continue
        used = usable(own)
        x, y, days = (used[c].to_numpy() for c in ("easting", "northing", "day"))
        # The seed is the day: whoever looks again on it finds the same.
        result = knox(x, y, days, distance_bands=DISTANCES, day_bands=TIMES, closed="left", permutations=PERMUTATIONS,
                      rng=np.random.default_rng(on.toordinal()))  # fmt: skip
        bands = risk_bands(result, level=LEVEL)
        if not bands:
            continue
        longest = max(bands, key=lambda band: (band.days, band.metres))
        recent = used.filter(pl.col("day") >= on - timedelta(days=longest.days))
        found += [
            (row["day"], _found(row, problem, longest.metres, longest.days, longest.reason, on, names.get(district.get(row["area"], ""), "")))
            for row in recent.iter_rows(named=True)
        ]  # fmt: skip
    found.sort(key=lambda pair: (pair[0], pair[1].key), reverse=True)
    return [one for _, one in found[:LISTED]]


def _found(
    row: dict[str, object], problem: str, metres: float, days: int, test: str, end: object, district: str
) -> Found:
    day = row["day"]
    until = day + timedelta(days=days)  # type: ignore[operator]
    near = "at this place" if metres <= DISTANCES[1] else f"within {metres:.0f} m of it"
    return Found(
        f"{str(row['batch'])[:24]}-{row['line']}",
        f"{problem.capitalize()} on {_say(day)}: the risk {near} is raised until {_say(until)}. {test}. Records end on {_say(end)}.",
        {
            "area": district, "problem": problem, "place": row["place"] or f"{row['easting']:.0f}, {row['northing']:.0f}", "crime": row["reference"],
            "risk_reason": f"{problem.capitalize()} there on {_say(day)}; the risk {near} stays raised for {days} days.", "likely_until": until,
            "who_asked": "found by the system", "easting": row["easting"], "northing": row["northing"],
        },
        source=SOURCE, evidence="local", numbers=(("Metres", metres), ("Days", days)),
    )  # fmt: skip


def _say(day: object) -> str:
    return f"{day.day} {day:%B %Y}"  # type: ignore[attr-defined]
