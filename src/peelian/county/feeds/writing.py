"""Feed files on disk: text that is the same every time, with planted defects that the truth lists."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl

from .. import naming
from ..streams import stream
from ..world import World


@dataclass(frozen=True)
class Defect:
    """One way in which a row goes wrong.

    Parameters
    ----------
    kind : str
        What the truth calls it.
    column : str
        The cell that is spoilt; empty where the last cell is lost.
    cells : tuple of str
        What stands in its place.
    """

    kind: str
    column: str
    cells: tuple[str, ...]


@dataclass
class Log:
    """What was written: files by feed, rows, and planted defects; and the day on which its sender published each file.

    `today` is the day on which files that are written now are published, unless their source says otherwise.
    """

    root: Path
    seed: int
    defects: float
    files: dict[str, list[Path]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    planted: list[tuple[str, str, int, str, str, str]] = field(default_factory=list)
    today: date = date.min
    published: dict[Path, date] = field(default_factory=dict)

    def table(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows to a table of the truth."""
        path = self.root / "truth" / f"{name}.csv"
        new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            frame.with_columns(pl.col(pl.String).replace("", None)).write_csv(file, include_header=new)

    def wrote(self, feed: str, path: Path, rows: int) -> None:
        """Note that `rows` of a feed went to `path`."""
        files = self.files.setdefault(feed, [])
        if path not in files:
            files.append(path)
        self.published[path] = self.today
        self.rows[feed] = self.rows.get(feed, 0) + rows


def spoil(
    frame: pl.DataFrame,
    log: Log,
    feed: str,
    path: Path,
    defects: Sequence[Defect],
    first_line: int,
    references: pl.Series,
) -> tuple[pl.DataFrame, list[int]]:
    """Spoil a share of the rows; return the frame and the rows whose last cell is to be lost."""
    name = path.relative_to(log.root).as_posix()
    rng = stream(log.seed, "defects", name, first_line)
    rows = np.flatnonzero(rng.random(len(frame)) < log.defects)
    kinds = rng.integers(len(defects), size=len(rows))
    short: list[int] = []
    changed: dict[str, tuple[list[int], list[str]]] = {}
    for row, kind in zip(rows.tolist(), kinds.tolist(), strict=True):
        defect = defects[kind]
        # A longitude that is not there cannot be wrong: such a row keeps its other cells and loses the last one.
        if (
            defect.column
            and frame[defect.column][row] == ""
            and defect.column in ("Longitude", "Latitude", "Easting", "Northing")
        ):
            defect = next(d for d in defects if not d.column)
        if defect.column:
            at, cells = changed.setdefault(defect.column, ([], []))
            at.append(row)
            cells.append(defect.cells[int(rng.integers(len(defect.cells)))])
        else:
            short.append(row)
        log.planted.append((feed, name, first_line + row, defect.kind, defect.column, references[row]))
    for column, (at, cells) in changed.items():
        frame = frame.with_columns(frame[column].scatter(at, cells))
    return frame, short


def text_of(frame: pl.DataFrame, short: Sequence[int], end: str, header: bool) -> str:
    """`frame` as CSV, with the last cell of the `short` rows left out."""
    buffer = io.BytesIO()
    # An empty cell is written as nothing at all, not as a pair of quotes.
    frame.with_columns(pl.col(pl.String).replace("", None)).write_csv(
        buffer, include_header=header, line_terminator=end
    )
    text = buffer.getvalue().decode()
    if short:
        lines = text.split(end)
        for row in short:
            lines[row + header] = lines[row + header].rsplit(",", 1)[0]
        text = end.join(lines)
    return text


def save(
    path: Path,
    frame: pl.DataFrame,
    log: Log,
    feed: str,
    defects: Sequence[Defect],
    *,
    end: str = "\n",
    crimes: pl.Series,
) -> None:
    """Write one whole file; line 1 is its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame, short = spoil(frame, log, feed, path, defects, 2, crimes)
    path.write_bytes(text_of(frame, short, end, header=True).encode())
    log.wrote(feed, path, len(frame))


class Long:
    """A file that grows month by month; gzip where its name says so, with no time stamp inside."""

    def __init__(self, path: Path, columns: Sequence[str], log: Log, feed: str, defects: Sequence[Defect]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.log, self.feed, self.defects = path, log, feed, defects
        self.raw = path.open("wb")
        self.file: IO[bytes] = (
            gzip.GzipFile(filename="", mode="wb", fileobj=self.raw, mtime=0, compresslevel=5)
            if path.suffix == ".gz"
            else self.raw  # type: ignore[assignment]
        )
        self.file.write((",".join(columns) + "\n").encode())
        self.line = 2

    def add(self, frame: pl.DataFrame, references: pl.Series) -> None:
        """Append rows."""
        frame, short = spoil(frame, self.log, self.feed, self.path, self.defects, self.line, references)
        self.file.write(text_of(frame, short, "\n", header=False).encode())
        self.line += len(frame)
        self.log.wrote(self.feed, self.path, len(frame))

    def close(self) -> None:
        """Finish the file."""
        self.file.close()
        self.raw.close()


class Yearly:
    """One growing file a calendar year, named like ``2024-wexmoor-people.csv``."""

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
        self.world, self.folder, self.log, self.feed = world, folder, log, feed
        self.ending, self.columns, self.defects = ending, columns, defects
        self.year = 0
        self.file: Long | None = None

    def at(self, month: int) -> Long:
        """The file of a month's year; the one before is finished."""
        year = self.world.calendar.firsts[month].year
        if self.file is None or year != self.year:
            self.close()
            path = self.folder / f"{year}-{naming.SLUG}-{self.ending}"
            self.year, self.file = year, Long(path, self.columns, self.log, self.feed, self.defects)
        return self.file

    def close(self) -> None:
        """Finish the file that is open."""
        if self.file is not None:
            self.file.close()
            self.file = None


def write_editions(log: Log, path: Path) -> None:
    """Write the day on which each file was published: feed, file, published."""
    rows = [
        (feed, file.relative_to(log.root).as_posix(), log.published[file])
        for feed, files in log.files.items()
        for file in files
    ]
    pl.DataFrame(rows, schema={"feed": pl.String, "file": pl.String, "published": pl.Date}, orient="row").write_csv(
        path
    )
