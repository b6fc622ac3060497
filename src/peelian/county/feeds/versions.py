"""A feed of the force's own systems whose rows come again: corrected, cancelled or further on."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ..world import World
from .writing import Defect, Log, Yearly


class Versions:
    """One growing file a year. The truth's ``amendments`` say which rows are late or a later version, and why.

    Parameters
    ----------
    columns : tuple of str
        As the source's header writes them; the first is its id.
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
    ) -> None:
        self.log, self.feed, self.columns = log, feed, columns
        self.files = Yearly(world, folder, log, feed, ending, columns, defects)

    def add(self, month: int, rows: pl.DataFrame) -> None:
        """Append rows, with the feed's columns and `why` (empty for the first version that comes in time)."""
        file = self.files.at(month)
        told = rows.select(
            feed=pl.lit(self.feed),
            file=pl.lit(file.path.relative_to(self.log.root).as_posix()),
            line=pl.int_range(file.line, file.line + pl.len()),
            reference=pl.col(self.columns[0]),
            why="why",
        ).filter(pl.col("why") != "")
        self.log.table("amendments", told)
        file.add(rows.select(self.columns), rows[self.columns[0]])

    def close(self) -> None:
        """Finish the file that is open."""
        self.files.close()
