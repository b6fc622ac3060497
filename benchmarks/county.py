"""Time, memory and growth of making a county: all feeds, areas and truth, three years.

Run: python benchmarks/county.py [people ...]

Each size runs in a process of its own, so that peak memory is its own. The slope is that of log time and log memory against log
people between neighbouring sizes: 1 is linear. The peer, in the same run, is writing the same bytes to the same disk. Below each
size stand the rows of each source and the seconds that it took.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

SIZES = (20_000, 200_000)


def timed(source: Any, spent: dict[str, float]) -> Any:
    """A source that adds up the seconds in which it writes."""

    class Timed(source):  # type: ignore[misc]
        def __init__(self, *given: Any) -> None:
            started = perf_counter()
            super().__init__(*given)
            spent[self.feed] = perf_counter() - started

        def write(self, month: Any) -> None:
            started = perf_counter()
            super().write(month)
            spent[self.feed] += perf_counter() - started

        def close(self) -> None:
            started = perf_counter()
            super().close()
            spent[self.feed] += perf_counter() - started

    return Timed


def one(people: int) -> dict[str, Any]:
    """Make one county in this process."""
    from peelian.county import make, making

    spent: dict[str, float] = {}
    making.SOURCES = tuple(timed(source, spent) for source in making.SOURCES)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        made = make(Path(folder) / "county", people=people, seed=1)
        seconds = perf_counter() - started
        files = [path for path in made.folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        started = perf_counter()
        block = b"x" * (1 << 20)
        with (Path(folder) / "plain").open("wb") as file:
            for _ in range(size >> 20):
                file.write(block)
        writing = perf_counter() - started
    return {
        "people": people,
        "rows": sum(made.rows.values()),
        "seconds": seconds,
        "writing": writing,
        "megabytes": size / 1e6,
        "before": before,
        "sources": {feed: (made.rows.get(feed, 0), spent[feed]) for feed in spent},
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main(sizes: tuple[int, ...]) -> None:
    """Run every size and print the table."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; 36 months, all sources")
    print("    people       rows   seconds   rows/s   MB written  plain copy s  peak MB  (imports alone)")
    earlier = None
    for people in sizes:
        run = subprocess.run(
            [sys.executable, __file__, "--one", str(people)], check=True, capture_output=True, text=True
        )
        now = json.loads(run.stdout)
        print(
            f"{people:10,} {now['rows']:10,} {now['seconds']:9.1f} {now['rows'] / now['seconds']:8,.0f} {now['megabytes']:12,.0f}"
            f" {now['writing']:13.2f} {now['peak']:8,.0f}  ({now['before']:,.0f})"
        )
        for feed, (rows, seconds) in now["sources"].items():
            print(f"    {feed:28} {rows:12,} rows {seconds:8.1f} s")
        if earlier:
            times = math.log(people / earlier["people"])
            print(
                f"           slope of time {math.log(now['seconds'] / earlier['seconds']) / times:.2f}, "
                f"of peak memory {math.log(now['peak'] / earlier['peak']) / times:.2f}; "
                f"{(now['peak'] - earlier['peak']) * 1e6 / (people - earlier['people']):.0f} bytes a person more"
            )
        earlier = now


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(int(sys.argv[2]))))
    else:
        main(tuple(int(a) for a in sys.argv[1:]) or SIZES)
