"""A force with all its sources and partners, three years: made, landed, and a profile of violence, each with time and peak memory.

Run: python benchmarks/force.py [people ...]

Sizes are people of the made-up county; 1,800,000 are about 9 million rows of 29 feeds. Each step runs in a process of its own, so that
its peak memory is its own. The slope is that of log time against log rows between neighbouring sizes: 1 is linear. The peer, in
the same run, is DuckDB copying the same files to Parquet unchecked.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZES = (20_000, 200_000)
STEP = """
import csv, json, os, resource, sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

step, folder, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
told = {}
if step == "make":
    from peelian.county import make
    begun, used = perf_counter(), process_time()
    told["rows"] = sum(make(folder, people=people, seed=1).rows.values())
elif step == "copy":
    import duckdb
    from pathlib import Path as P
    con = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    begun, used = perf_counter(), process_time()
    for feed in sorted((folder / "feeds").iterdir()):
        files = [str(p) for p in sorted(feed.rglob("*")) if p.is_file()]
        con.execute(f"COPY (SELECT * FROM read_csv({files!r}, all_varchar=true, null_padding=true, ignore_errors=true, union_by_name=true)) "
                    f"TO '{folder / (feed.name + '.parquet')}' (COMPRESSION zstd)")
        (folder / (feed.name + ".parquet")).unlink()
else:
    from peelian.cli import acting, ready
    ready()
    actor, at = acting("operator", "crime-analysis"), datetime(2026, 4, 1, tzinfo=UTC)
    begun, used = perf_counter(), process_time()
    if step == "land":
        from peelian.access.agreements import load_agreements
        from peelian.records import areas
        from peelian.records.landing import ingest
        areas.load(sorted((folder / "areas").glob("*")), actor=actor, at=at)
        load_agreements(folder / "agreements.toml", actor=actor, at=at)
        counts = {"read": 0, "accepted": 0, "quarantined": 0, "repeats": 0}
        longest = {}
        for n, row in enumerate(csv.DictReader((folder / "editions.csv").open())):
            since = perf_counter()
            (result,) = ingest(row["feed"], [folder / row["file"]], actor=actor, at=at + timedelta(seconds=n), published=date.fromisoformat(row["published"]))
            assert not result.error, result.error
            for name in counts:
                counts[name] += getattr(result, name)
            longest[row["feed"]] = longest.get(row["feed"], 0) + perf_counter() - since
        assert counts["read"] == counts["accepted"] + counts["quarantined"] + counts["repeats"]
        told |= counts | {"files": n + 1, "slowest": dict(sorted(((k, round(v, 1)) for k, v in longest.items()), key=lambda x: -x[1])[:5])}
    else:
        import numpy as np
        from peelian.documents.pdf import pdf
        from peelian.prevention.problem_profiles import problem_profile
        made = problem_profile(actor, "violence", area="", start=date(2025, 1, 1), end=date(2025, 12, 31), on=date(2026, 4, 2), rng=np.random.default_rng(1))
        told["pdf"] = len(pdf(made))
told |= {"seconds": perf_counter() - begun, "processor": process_time() - used, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
json.dump(told, sys.stdout)
"""


def run(step: str, folder: Path, people: int) -> dict[str, Any]:
    """One step in a process of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(folder / "home")}
    (folder / "home").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", STEP, step, str(folder / "county"), str(people)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{step}, {people:,} people: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> None:
    """Print a line a step and size, and the slopes."""
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    before: dict[str, tuple[float, float]] = {}
    print(f"{'people':>10} {'step':<9} {'rows':>11} {'seconds':>9} {'processor':>10} {'peak MB':>8} {'slope':>6}")
    for people in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder, rows = Path(place), 0
            seconds: dict[str, float] = {}
            for step in ("make", "copy", "land", "profile"):
                told = run(step, folder, people)
                rows = told.get("rows", rows)
                seconds[step] = told["seconds"]
                slope = ""
                if step in before:
                    had, took = before[step]
                    slope = f"{math.log(told['seconds'] / took) / math.log(rows / had):.2f}"
                before[step] = (rows, told["seconds"])
                print(
                    f"{people:>10,} {step:<9} {rows:>11,} {told['seconds']:>9.1f} {told['processor']:>10.1f} {told['mb']:>8.0f} {slope:>6}",
                    flush=True,
                )
                if step == "land":
                    print(
                        f"{'':>10} {told['files']} files, {told['accepted']:,} accepted, {told['quarantined']:,} quarantined, {told['repeats']:,} repeats; "
                        f"slowest: {told['slowest']}; {seconds['land'] / seconds['copy']:.1f} x DuckDB's unchecked copy of the same files",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
