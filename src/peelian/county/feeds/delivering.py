"""What partners deliver, and when: a file a period, on the agreed day, late or never; then corrections, and records taken back.

The truth's ``deliveries`` tells every file that was agreed; ``partner_versions`` every row that was sent again; ``drift`` from
which month a partner leaves cells empty that it used to fill; ``partner_mentions`` who the person of each record is. What was
sent when is part of the agreement, so it is the same in every county.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from .. import naming
from ..streams import stream
from ..world import World
from .writing import Defect, Log, save

DEFERRED = 0.03  # records that come with the next period's file
AGAIN = 0.04  # records of a period that are sent again where it has corrections
TAKEN_BACK = 0.25  # of those, the share that the source takes back
AFTER = 20  # days from a period's file to its corrections


@dataclass(frozen=True)
class Terms:
    """What was agreed with a partner, and how it keeps it.

    Parameters
    ----------
    feed : str
    every : int
        Months of a period.
    day : int
        Days after the period's last one on which its file is due.
    late : mapping of int to int
        Days by which the file of a period (counted from 0) came later.
    never : sequence of int
        Periods whose file never came.
    corrections : int
        Every so many periods a second file comes with cells changed and records taken back.
    settles : (str, tuple of str), optional
        The column that is changed then, and its words. Without one, rows have no id, and the second file is the whole period
        once more, with the rows that the first had left out.
    back : (str, str), optional
        Column and word by which a record is taken back.
    blanks : mapping of str to float
        Shares of cells left empty.
    drifts : mapping of str to float
        Shares of cells left empty from three fifths of the calendar on.
    """

    feed: str
    every: int
    day: int
    late: Mapping[int, int] = field(default_factory=dict)
    never: Sequence[int] = ()
    corrections: int = 6
    settles: tuple[str, tuple[str, ...]] | None = None
    back: tuple[str, str] | None = None
    blanks: Mapping[str, float] = field(default_factory=dict)
    drifts: Mapping[str, float] = field(default_factory=dict)


class Deliveries:
    """The files of one partner. Rows are added month by month, with `person` (or -1) and `theme` beside the feed's columns."""

    def __init__(
        self, world: World, folder: Path, log: Log, terms: Terms, columns: Sequence[str], defects: Sequence[Defect]
    ) -> None:
        self.world, self.folder, self.log, self.terms = world, folder, log, terms
        self.columns, self.defects = list(columns), defects
        self.waiting: list[pl.DataFrame] = []
        self.sent: dict[Path, date] = {}
        self.drift_from = round(world.calendar.months * 0.6)
        log.table(
            "drift",
            pl.DataFrame(
                [
                    (terms.feed, world.calendar.label(self.drift_from), column, terms.blanks.get(column, 0.0), share)
                    for column, share in terms.drifts.items()
                    if self.drift_from < world.calendar.months
                ],
                schema={"feed": pl.String, "from_month": pl.String, "column": pl.String, "empty_before": pl.Float64,
                        "empty_after": pl.Float64},
                orient="row",
            ),
        )  # fmt: skip

    def add(self, month: int, rows: pl.DataFrame) -> None:
        """Take in the rows of a month; the file is written with the last month of its period."""
        terms, calendar = self.terms, self.world.calendar
        rng = stream(self.world.seed, terms.feed, "gaps", month)
        shares = dict(terms.blanks) | (dict(terms.drifts) if month >= self.drift_from else {})
        empty = pl.Series([""])
        rows = rows.with_columns(
            empty.zip_with(pl.Series(rng.random(len(rows)) < share), rows[column]).alias(column)
            for column, share in shares.items()
        )
        self.waiting.append(rows.select(*self.columns, "person", "theme"))
        if (month + 1) % terms.every == 0 or month + 1 == calendar.months:
            self._deliver(month // terms.every, last=month + 1 == calendar.months)

    def close(self) -> None:
        """List the files in the order in which they were sent."""
        if self.sent:
            self.log.files[self.terms.feed].sort(key=lambda path: (self.sent[path], path.name))

    def _deliver(self, period: int, *, last: bool) -> None:
        terms, calendar = self.terms, self.world.calendar
        rng = stream(self.world.seed, terms.feed, "delivered", period)
        rows, self.waiting = pl.concat(self.waiting), []
        keep = np.ones(len(rows), dtype=bool)
        if terms.settles and not last:
            keep = rng.random(len(rows)) >= DEFERRED
            keep[:2] = True
            self.waiting = [rows.filter(pl.Series(~keep))]
            rows = rows.filter(pl.Series(keep))
        first = calendar.firsts[period * terms.every]
        after = calendar.firsts[min((period + 1) * terms.every, calendar.months)]
        agreed = after + timedelta(days=terms.day - 1)
        months = f"{first:%Y-%m}" if terms.every == 1 else f"{first:%Y-%m}-to-{after - timedelta(days=1):%m}"
        if period in terms.never:
            self._tell(months, "first", agreed, None, "", 0)
            return
        again = period % terms.corrections == terms.corrections - 1
        part = np.ones(len(rows), dtype=bool)
        if again and not terms.settles:
            part = rng.random(len(rows)) >= AGAIN
            part[:1] = True
            part[-1:] = len(rows) < 2
        sent = agreed + timedelta(days=terms.late.get(period, 0))
        path = self._save(months, "", rows.filter(pl.Series(part)), sent)
        self._tell(months, "first", agreed, sent, self._name(path), int(part.sum()))
        self.log.table(
            "partner_mentions",
            rows.filter(pl.col("person") >= 0).select(
                pl.lit(terms.feed).alias("feed"), pl.col(self.columns[0]).alias("mention"), "person", "theme"
            ),
        )
        if not again:
            return
        later, kind = (
            agreed + timedelta(days=AFTER + terms.late.get(period, 0)),
            "whole" if not terms.settles else "corrections",
        )
        if terms.settles:
            rows = self._corrected(rng, rows, path, months)
        second = self._save(months, f"_{kind}", rows, later)
        self._tell(months, kind, later, later, self._name(second), len(rows))

    def _corrected(self, rng: np.random.Generator, rows: pl.DataFrame, path: Path, months: str) -> pl.DataFrame:
        terms = self.terms
        assert terms.settles
        column, words = terms.settles
        chosen = np.flatnonzero(rng.random(len(rows)) < AGAIN)
        chosen = np.union1d(chosen, [0])
        gone = rng.random(len(chosen)) < TAKEN_BACK if terms.back else np.zeros(len(chosen), dtype=bool)
        again = rows[chosen]
        old = (
            again[column]
            .replace_strict({w: i for i, w in enumerate(words)}, default=0, return_dtype=pl.Int64)
            .to_numpy()
        )
        new = pl.Series(words).gather((old + rng.integers(1, len(words), size=len(chosen))) % len(words))
        again = again.with_columns(again[column].zip_with(pl.Series(gone), new).alias(column))
        if terms.back:
            status, word = terms.back
            again = again.with_columns(pl.Series([word]).zip_with(pl.Series(gone), again[status]).alias(status))
        self.log.table(
            "partner_versions",
            pl.DataFrame(
                {
                    "feed": pl.repeat(terms.feed, len(chosen), eager=True),
                    "file": pl.repeat(self._name(self._path(months, "_corrections")), len(chosen), eager=True),
                    "line": np.arange(2, 2 + len(chosen)),
                    "reference": again[self.columns[0]],
                    "first_file": pl.repeat(self._name(path), len(chosen), eager=True),
                    "first_line": chosen + 2,
                    "change": pl.Series(["corrected", "taken back"]).gather(gone.astype(np.int64)),
                }
            ),
        )
        return again

    def _path(self, months: str, ending: str) -> Path:
        # An underscore comes after the full stop: read in the order of their names, corrections follow what they correct.
        return self.folder / f"{months}-{naming.SLUG}-{self.terms.feed}{ending}.csv"

    def _name(self, path: Path) -> str:
        return path.relative_to(self.log.root).as_posix()

    def _save(self, months: str, ending: str, rows: pl.DataFrame, sent: date) -> Path:
        path = self._path(months, ending)
        self.sent[path] = sent
        reference = rows[self.columns[0]] if self.terms.settles else pl.repeat("", len(rows), eager=True)
        save(path, rows.select(self.columns), self.log, self.terms.feed, self.defects, crimes=reference)
        self.log.published[path] = sent
        return path

    def _tell(self, months: str, kind: str, agreed: date, sent: date | None, name: str, rows: int) -> None:
        self.log.table(
            "deliveries",
            pl.DataFrame(
                [(self.terms.feed, months, kind, agreed, sent, name, rows)],
                schema={"feed": pl.String, "period": pl.String, "kind": pl.String, "agreed": pl.Date, "sent": pl.Date,
                        "file": pl.String, "rows": pl.Int64},
                orient="row",
            ),
        )  # fmt: skip
