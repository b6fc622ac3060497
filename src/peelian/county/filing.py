"""From what happens to what is on file: references in the order of reports, records that lag, outcomes that come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from .calls import calls
from .events import month_of_events
from .sightings import Sightings
from .world import World


@dataclass(frozen=True)
class Month:
    """What reaches the force in one month. Every frame has the columns of ``month_of_events`` and `reference`.

    Parameters
    ----------
    number : int
        0 is the first month of the calendar.
    reported : polars.DataFrame
        Everything reported in the month, crime or not, in order of the report; `event` counts from 1.
    calls : polars.DataFrame
        Calls about what is reported; see ``calls.calls``.
    recorded : polars.DataFrame
        Crimes recorded in the month.
    settled : polars.DataFrame
        Crimes recorded in an earlier month whose outcome was decided in this one.
    seen : Sightings
        Whom the force has on file so far; the same object in every month.
    """

    number: int
    reported: pl.DataFrame
    calls: pl.DataFrame
    recorded: pl.DataFrame
    settled: pl.DataFrame
    seen: Sightings


def months(world: World, planted: pl.DataFrame) -> Iterator[Month]:
    """Each month in turn; no more than the open reports and cases are held between them.

    Parameters
    ----------
    world : World
    planted : polars.DataFrame
        Planted events with their `month`; see ``plants.plant``.
    """
    calendar = world.calendar
    waiting: list[pl.DataFrame] = []
    to_record: list[pl.DataFrame] = []
    to_settle: list[pl.DataFrame] = []
    counted: dict[int, int] = {}
    event = 0
    seen = Sightings(world)
    for number in range(calendar.months):
        end = int(calendar.starts[number + 1])
        mine = planted.filter(pl.col("month") == number).drop("month")
        waiting.append(month_of_events(world, number, mine))
        told, waiting = _split(waiting, pl.col("reported") < end)
        told = told.sort("reported", "minute", "area", "kind", maintain_order=True).with_columns(
            event=pl.int_range(event + 1, event + 1 + pl.len())
        )
        event += len(told)
        year = calendar.firsts[number].year
        crime = pl.col("kind") < world.kinds.crimes
        first = counted.get(year, 0)
        told = told.with_columns(
            reference=pl.when(crime)
            .then(pl.format(f"WX/{{}}/{year % 100:02d}", (crime.cum_sum() + first).cast(pl.String).str.zfill(7)))
            .otherwise(pl.lit(""))
        )
        crimes = told.filter(crime)
        counted[year] = first + len(crimes)
        to_record.append(crimes)
        recorded, to_record = _split(to_record, pl.col("recorded") < end)
        settled, to_settle = _split(to_settle or [recorded.clear()], pl.col("decided") < end)
        to_settle.append(recorded.filter(pl.col("decided") >= end))
        heard, recorded = calls(world, number, told), recorded.sort("recorded", "reference")
        seen.see(recorded, heard)
        yield Month(number, told, heard, recorded, settled.sort("decided", "reference"), seen)


def _split(frames: list[pl.DataFrame], due: pl.Expr) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What is due now, and what waits on."""
    held = pl.concat(frames)
    return held.filter(due), [held.filter(~due)]
