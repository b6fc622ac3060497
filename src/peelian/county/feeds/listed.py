"""A partner's list of people: those of a theme who truly stand on it, and others whom the partner deals with anyway."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl

from ..filing import Month
from ..partner_view import Hand, area_of, own_number, who
from ..sightings import Sightings
from ..streams import Ints, stream
from ..world import World
from .delivering import Deliveries, Terms
from .writing import Defect, Log

LEAST = 2  # records a month that concern nobody of a theme


class Listed:
    """Writes one partner's records of people. Who is on its list is known when the last month is over, so it writes then.

    A source names its feed's terms, columns (reference first, then the person's own number where there is one), defects,
    hand and marks, and says which cases there are and what stands in their own cells.
    """

    feed: ClassVar[str]
    terms: ClassVar[Terms]
    columns: ClassVar[Sequence[str]]
    defects: ClassVar[Sequence[Defect]]
    hand: ClassVar[Hand]
    marks: ClassVar[tuple[str, str, str]]  # before a reference; column of the person's own number, and before that

    def __init__(self, world: World, folder: Path, log: Log) -> None:
        self.world, self.log = world, log
        self.deliveries = Deliveries(world, folder, log, self.terms, self.columns, self.defects)

    def write(self, month: Month) -> None:
        """With the last month, write the files of all periods."""
        calendar = self.world.calendar
        if month.number + 1 < calendar.months:
            return
        cases = self.cases(month.seen, stream(self.world.seed, self.feed, "cases"))
        cases = cases.sort("minute", "person", maintain_order=True).with_columns(number=pl.int_range(1, pl.len() + 1))
        rng = stream(self.world.seed, self.feed)
        person = cases["person"].to_numpy()
        mark, own, letters = self.marks
        written = pl.DataFrame(
            {
                self.columns[0]: mark + cases["number"].cast(pl.String).str.zfill(7),
                "Area": area_of(self.world, person),
                **who(self.world, rng, person, self.hand).to_dict(),
                "person": cases["person"],
                "theme": cases["theme"],
            }
        )
        if own:
            written = written.with_columns(own_number(self.world, self.feed, person, letters).alias(own))
        written = written.with_columns(self.cells(cases, rng))
        first = np.searchsorted(cases["minute"].to_numpy(), calendar.starts)
        for number in range(calendar.months):
            self.deliveries.add(number, written[int(first[number]) : int(first[number + 1])])

    def close(self) -> None:
        """List the files in the order in which they were sent."""
        self.deliveries.close()

    def cases(self, seen: Sightings, rng: np.random.Generator) -> pl.DataFrame:
        """Every case of the calendar: person, theme (empty for none), minute, and what `cells` needs."""
        raise NotImplementedError

    def cells(self, cases: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
        """The feed's own columns of some cases, in their order."""
        raise NotImplementedError

    def others(self, rng: np.random.Generator, pool: Ints, rate: float) -> pl.DataFrame:
        """Cases of people of a pool and of no theme: `rate` a year for 1,000 people of the county, and two a month."""
        calendar = self.world.calendar
        months = np.repeat(np.arange(calendar.months), LEAST)
        steady = calendar.starts[months] + (rng.random(len(months)) * np.diff(calendar.starts)[months]).astype(np.int64)
        more = rng.poisson(rate * len(self.world.people) / 1000 * calendar.months / 12)
        minute = calendar.real(np.concatenate([steady, rng.integers(calendar.end, size=more)]))
        return pl.DataFrame(
            {"person": rng.choice(pool, size=len(minute)).astype(np.int64), "theme": pl.repeat("", len(minute), eager=True),
             "minute": minute.astype(np.int64)}
        )  # fmt: skip

    def named(self, name: str, values: pl.Series | np.ndarray | Sequence[str]) -> pl.Series:
        """A column of text."""
        return pl.Series(name, values, dtype=pl.String)

    def days(self, name: str, minute: pl.Series) -> pl.Series:
        """A column of days from minutes of the calendar."""
        return pl.DataFrame({"m": minute}).select(self.world.calendar.days("m").alias(name)).to_series()

    def moments(self, name: str, minute: pl.Series) -> pl.Series:
        """A column of times from minutes of the calendar; empty for what lies after its end."""
        frame = pl.DataFrame({"m": minute})
        at = self.world.calendar.moments("m")
        return frame.select(
            pl.when(pl.col("m") < self.world.calendar.end).then(at).otherwise(pl.lit("")).alias(name)
        ).to_series()
