"""Counties that several tests read; each is made once."""

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest

from peelian.county import make

ROOT = Path(__file__).parents[2]


class County:
    """A made county and its files."""

    def __init__(self, made):
        self.made, self.folder = made, made.folder

    def truth(self, name, **types):
        """A table of the truth; every cell as text unless typed."""
        frame = pl.read_csv(self.folder / "truth" / f"{name}.csv", infer_schema=False)
        return frame.with_columns(pl.col(column).cast(kind) for column, kind in types.items())

    def lines(self, feed):
        """Every row of a feed as (file, line, header, cells)."""
        for path in self.made.files[feed]:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            rows = csv.reader(data.decode().splitlines())
            header = next(rows)
            for cells in rows:
                yield path.relative_to(self.folder).as_posix(), rows.line_num, header, cells

    def sound(self, feed):
        """The rows of a feed that were not spoilt, as dictionaries."""
        spoilt = set(self.truth("defects").filter(pl.col("feed") == feed).select("file", "line").iter_rows())
        for file, line, header, cells in self.lines(feed):
            if (file, str(line)) not in spoilt:
                yield dict(zip(header, cells, strict=True))


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """The county of the demonstration, with more defects than usual."""
    return County(make(tmp_path_factory.mktemp("county") / "made", people=20_000, seed=1, defects=0.01))


@pytest.fixture(scope="session")
def columns():
    """The columns of each feed, as the schema page states them."""
    found = {}
    for line in (ROOT / "docs" / "reference" / "schema.md").read_text("utf-8").splitlines():
        if line.startswith("| `") and line.count("|") == 3:
            feed, names = (part.strip() for part in line.strip("|").split("|"))
            found[feed.strip("`")] = [name.strip() for name in names.split(",")]
    return found


@pytest.fixture(scope="session")
def read():
    """Turn what ``make`` returns into a County."""
    return County
