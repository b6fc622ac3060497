"""Extracts of records that live on: a CSV a quarter, named after its last month, in which some rows come late, come again with a change, or are taken back.

The truth's table ``changes`` tells each row that is not a first statement in its own quarter: feed, file, line, reference and change
(``late``, ``corrected``, ``withdrawn`` or ``updated``).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from .. import naming
from ..streams import stream
from ..world import World
from .writing import Defect, Log, save

QUARTER = 3
LATE, CORRECTED, WITHDRAWN = 0.03, 0.02, 0.005  # shares of the rows that nothing else happens to (design)


class Extracts:
    """Writes one feed's files.

    Parameters
    ----------
    ending : str
        ``custody`` for ``2024-03-wexmoor-custody.csv``.
    columns : tuple of str
        Of the feed; the first is its reference.
    slip : tuple of str and tuple of str
        The column that a corrected row had wrong at first, and what stood there.
    """

    def __init__(
        self,
        world: World,
        folder: Path,
        log: Log,
        feed: str,
        ending: str,
        columns: tuple[str, ...],
        defects: tuple[Defect, ...],
        slip: tuple[str, tuple[str, ...]],
    ) -> None:
        self.world, self.folder, self.log, self.feed, self.ending = world, folder, log, feed, ending
        self.columns, self.defects, self.slip = columns, defects, slip
        self.fresh: list[pl.DataFrame] = []
        self.waiting = pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), "due": pl.Int64, "change": pl.String})

    def send(self, month: int, rows: pl.DataFrame, later: pl.DataFrame | None = None) -> None:
        """Take the rows of a month, and write the file with the last month of a quarter.

        Parameters
        ----------
        month : int
            0 is the first of the calendar.
        rows : polars.DataFrame
            What is first stated in this month.
        later : polars.DataFrame, optional
            The same columns and `due`: new versions, with the month from which they are stated.
        """
        key, last = self.columns[0], self.world.calendar.months - 1
        closing = min(month // QUARTER * QUARTER + QUARTER - 1, last)
        rng = stream(self.world.seed, self.feed, "changes", month)
        rows = rows.select(pl.col(c).cast(pl.String) for c in self.columns)
        held = [self.waiting]
        if later is not None:
            held.append(
                later.select(
                    *(pl.col(c).cast(pl.String) for c in self.columns),
                    pl.col("due").cast(pl.Int64),
                    change=pl.lit("updated"),
                )
            )
        moved = held[-1].select(key) if later is not None else rows.select(key).clear()
        still = ~rows[key].is_in(moved[key].implode())
        roll = pl.Series(rng.random(len(rows)))
        late = still & (roll < (LATE if closing < last else 0.0))
        wrong = still & ~late & (roll >= LATE) & (roll < LATE + CORRECTED)
        back = still & (roll > 1 - WITHDRAWN) & ("Status" in self.columns)
        wait = pl.Series(rng.integers(1, 4, len(rows)))
        for chosen, change in ((late, "late"), (wrong, "corrected"), (back, "withdrawn")):
            part = rows.with_columns(due=month + wait, change=pl.lit(change)).filter(chosen)
            if change == "late":
                part = part.with_columns(pl.col("due").clip(closing + 1, last))
            if change == "withdrawn":
                part = part.with_columns(Status=pl.lit("withdrawn"))
            held.append(part.select(self.waiting.columns))
        column, words = self.slip
        slips = pl.Series(words).gather(rng.integers(len(words), size=len(rows)))
        now = rows.with_columns(slips.zip_with(wrong, rows[column]).alias(column)).filter(~late)
        self.waiting = pl.concat(held)
        self.fresh.append(now)
        if month == closing:
            self._write(month)

    def _write(self, month: int) -> None:
        key, now = self.columns[0], pl.concat(self.fresh)
        due = self.waiting.filter(pl.col("due") <= month).sort("due", maintain_order=True)
        self.waiting, self.fresh = self.waiting.filter(pl.col("due") > month), []
        path = self.folder / f"{self.world.calendar.label(month)}-{naming.SLUG}-{self.ending}.csv"
        first = 2 + len(now)
        self.log.table(
            "changes",
            due.select(
                pl.lit(self.feed).alias("feed"),
                pl.lit(path.relative_to(self.log.root).as_posix()).alias("file"),
                pl.int_range(first, first + pl.len()).alias("line"),
                pl.col(key).alias("reference"),
                "change",
            ),
        )
        both = pl.concat([now, due.select(self.columns)])
        save(path, both, self.log, self.feed, self.defects, crimes=both[key])
