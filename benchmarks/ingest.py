"""Speed of reading a million of the force's crimes: checked into the lake, loaded into the store, beside people who read.

Run: python benchmarks/ingest.py [--rows 1000000] [--no-postgres]

Peer: DuckDB's own copy of the same file to Parquet (two threads, Zstandard), timed in the same run. The lake part reads, checks,
hashes, counts and commits to Delta; limit 0.2 of the peer's speed, aim 0.4. The stall is the longest that a logged page view (an entry and
a small read, every 20 ms, in a process of its own) waits while the store is loaded. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

import numpy as np

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
COLUMNS = (
    "Crime Reference", "Recorded At", "Reported At", "Occurred From", "Occurred To", "HO Class", "Offence", "Crime Type",
    "Location", "Postcode", "Easting", "Northing", "Area", "Location Type", "Domestic", "Outcome", "Outcome Date",
)  # fmt: skip
KINDS = (
    ("Burglary", "028/01", "Burglary in a dwelling"),
    ("Violence and sexual offences", "008/06", "Assault occasioning actual bodily harm"),
    ("Violence and sexual offences", "105/01", "Common assault, no injury"),
    ("Vehicle crime", "045/10", "Theft from a vehicle"),
    ("Shoplifting", "046/00", "Theft from a shop"),
    ("Criminal damage and arson", "058/01", "Criminal damage to a dwelling"),
    ("Other theft", "049/10", "Other theft"),
    ("Public order", "125/09", "Causing fear, alarm or distress"),
)
STREETS = ("High Street", "Church Road", "Station Approach", "The Green", "Mill Lane", "London Road", "Park View")


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write made-up crimes: spans and moments, empty cells, quoted places, one row in a thousand faulty."""
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + "\r\n")
        for start in range(0, rows, 50_000):
            n = min(50_000, rows - start)
            began = np.datetime64("2016-01-01T00:00") + rng.integers(0, 5 * 365 * 1440, n).astype("timedelta64[m]")
            ended = began + rng.integers(0, 2_000, n).astype("timedelta64[m]") * (rng.random(n) < 0.6)
            told = ended + rng.integers(1, 4_000, n).astype("timedelta64[m]")
            noted = told + rng.integers(1, 300, n).astype("timedelta64[m]")
            times = [np.datetime_as_string(t, unit="m") for t in (noted, told, began, ended)]
            kinds = rng.integers(0, len(KINDS), n)
            streets, houses = rng.integers(0, len(STREETS), n), rng.integers(1, 300, n)
            east, north = rng.integers(540_000, 625_000, n), rng.integers(180_000, 245_000, n)
            areas, chance = rng.integers(1_015_814, 1_033_000, n), rng.random((4, n))
            lines = []
            for i in range(n):
                kind, ho, offence = KINDS[kinds[i]]
                at = [t[i].replace("T", " ") for t in times]
                place = (
                    f'"{houses[i]} {STREETS[streets[i]]}, Chelmsford"' if chance[0, i] < 0.8 else STREETS[streets[i]]
                )
                offence = f'"{offence}"' if "," in offence else offence
                where = f"{east[i]},{north[i]}" if chance[1, i] < 0.97 else ","
                outcome = f"{1 + i % 22},2021-03-{1 + i % 28:02d}" if chance[2, i] < 0.7 else ","
                month = at[2] if chance[3, i] > 0.001 else "1066-10-14 09:00"
                lines.append(
                    f"42/{start + i}/20,{at[0]},{at[1]},{month},{at[3]},{ho},{offence},{kind},{place},"
                    f"CM{1 + i % 9} {i % 10}AB,{where},E0{areas[i]},{'dwelling' if i % 3 else 'street'},{'YN'[i % 5 > 0]},{outcome}\r\n"
                )
            file.write("".join(lines))


def peer(path: Path, folder: Path) -> float:
    """Seconds of DuckDB's copy, the better of two."""
    import duckdb

    best = np.inf
    for _ in range(2):
        con = duckdb.connect(config={"threads": 2})
        started = perf_counter()
        con.execute(f"COPY (FROM read_csv('{path}')) TO '{folder}/peer.parquet' (COMPRESSION zstd)")
        best = min(best, perf_counter() - started)
    return best


def ready() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "peelian.settings"
    import django

    django.setup()
    from peelian.records.setup import ensure_ready

    ensure_ready()


def peak() -> float:
    """Most memory that this process ever held, in MB (the kernel's own mark; getrusage would count the parent's)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def part_lake(path: str) -> dict:
    """Look, stage, judge, append: each part's seconds."""
    ready()
    import deltalake  # noqa: F401  (loading a library is not reading a file)

    from peelian.records import lake, reading, staging
    from peelian.records.feeds import FEEDS
    from peelian.records.landing import digest_of

    feed, source = FEEDS["force-crimes"], reading.Source(Path(path))
    before = peak()
    told, started = {}, perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        told[name] = perf_counter() - started
        started = perf_counter()

    form = reading.look(source, feed)
    lap("look")
    con = lake.session()
    staging.stage(con, feed, form, reading.blocks(source, form), AT.date(), None)
    lap("stage")
    staging.judge(con, feed)
    lap("judge")
    digest = digest_of(feed, form.sha256)
    lake.append(feed, digest, staging.lake_rows(con, feed, digest, AT))
    lap("append")
    con.close()
    return {**told, "before": before, "peak": peak()}


def part_whole(path: str) -> dict:
    """The whole landing as a user has it, with the store's part apart."""
    ready()
    from peelian.access.actor import Actor
    from peelian.access.models import User
    from peelian.records import landing, store

    held: dict[str, float] = {}
    load = store.load

    def timed(*words, **named):
        started = perf_counter()
        load(*words, **named)
        held["store"] = perf_counter() - started

    store.load = timed
    started = perf_counter()
    actor = Actor.of(User.objects.select_related("agency").get(), "records")
    (result,) = landing.ingest("force-crimes", [Path(path)], actor=actor, at=AT)
    whole = perf_counter() - started
    rows = result.accepted + result.quarantined
    return {"whole": whole, "store": held["store"], "rows": rows, "peak": peak(), "error": result.error}


def part_watch(_: str) -> None:
    """A logged page view every 20 ms until standard input closes; the waits go to standard output."""
    ready()
    import threading

    from peelian.access.models import Entry
    from peelian.records.models import Batch

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    waits = []
    print("ready", flush=True)
    while not stop.is_set():
        started = perf_counter()
        Entry.objects.create(at=AT, user="w", agency="force", purpose="records", verb="consultation", what="page")
        list(Batch.objects.filter(state=Batch.LANDED).order_by("-pk")[:20])
        waits.append(perf_counter() - started)
        sleep(max(0, 0.02 - waits[-1]))
    waits.sort()
    print(json.dumps({"views": len(waits), "worst": waits[-1], "p99": waits[int(len(waits) * 0.99)]}), flush=True)


def child(part: str, path: Path, home: Path, database: str = "") -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(home)}
    if database:
        env["PEELIAN_DATABASE_URL"] = database
    words = [sys.executable, __file__, "--part", part, "--file", str(path)]
    return subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def asked(part: str, path: Path, home: Path, database: str = "") -> dict:
    out, _ = child(part, path, home, database).communicate()
    return json.loads(out.splitlines()[-1])


def whole(path: Path, home: Path, database: str, name: str) -> None:
    watcher = child("watch", path, home, database)
    assert watcher.stdout is not None and watcher.stdout.readline() == "ready\n"
    told = asked("whole", path, home, database)
    out, _ = watcher.communicate()
    seen = json.loads(out.splitlines()[-1])
    if told["error"]:
        raise SystemExit(told["error"])
    print(
        f"store, {name:<10} {told['store']:6.1f} s  {told['rows'] / told['store']:9,.0f} rows/s   whole landing {told['whole']:6.1f} s"
        f", memory {told['peak']:.0f} MB   a page view waits at most {seen['worst']:.2f} s (99 in 100: {seen['p99']:.3f} s, {seen['views']:,} views)"
    )


def postgres(folder: Path):
    """Start a PostgreSQL server of our own; its address and what stops it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        return None
    owner = []
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, pwd.getpwnam("postgres").pw_gid)
        owner = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def server(program: str, *words: str) -> None:
        command = [*owner, str(programs[-1].parent / program), "-D", str(folder / "data"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    server("initdb", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
    server(
        "pg_ctl", "-l", str(folder / "log"), "-w", "-o", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1", "start"
    )
    return f"postgres://postgres@127.0.0.1:{port}/postgres", lambda: server("pg_ctl", "-m", "fast", "-w", "stop")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--no-store", action="store_true")
    parser.add_argument("--part")
    parser.add_argument("--file")
    given = parser.parse_args()
    if given.part:
        told = globals()[f"part_{given.part}"](given.file)
        if told:
            print(json.dumps(told))
        return
    folder = Path(tempfile.mkdtemp(prefix="peelian-ingest-"))
    try:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for share in (4, 2, 1):
            rows = given.rows // share
            path = folder / f"{rows}-crimes.csv"
            write(path, rows)
            theirs = peer(path, folder)
            told = asked("lake", path, folder / f"home-{rows}")
            ours = sum(told[k] for k in ("look", "stage", "judge", "append"))
            parts = ", ".join(f"{k} {told[k]:.2f}" for k in ("look", "stage", "judge", "append"))
            print(
                f"{rows:>9,} rows, {path.stat().st_size / 1e6:4.0f} MB: DuckDB {theirs:5.2f} s, lake part {ours:5.2f} s ({parts}), "
                f"ratio {theirs / ours:.2f}; memory {told['before']:.0f} -> {told['peak']:.0f} MB",
                flush=True,
            )
        if given.no_store:
            return
        whole(path, folder / "sqlite", "", "SQLite")
        server = None if given.no_postgres else postgres(Path(tempfile.mkdtemp(prefix="pg-", dir=_open(folder))))
        if server:
            try:
                whole(path, folder / "postgres", server[0], "PostgreSQL")
            finally:
                server[1]()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open(folder: Path) -> Path:
    """Let the server's own account pass through a folder."""
    folder.chmod(0o711)
    return folder


if __name__ == "__main__":
    main()
