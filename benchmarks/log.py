"""Speed of the log: entries written by several processes, each in a transaction of its own; sealed; checked.

Run: python benchmarks/log.py [--seconds 10] [--writers 8] [--entries 1000000] [--no-postgres]

Each writer is a process that records looks at one person, as a page does. A sealer runs beside them, so the rate is what is left with
sealing. Peer, in the same run: the same writers putting a bare row into a table by the same driver, without Django, log or seal.
Limits: 5,000 entries a second written on PostgreSQL with 8 writers, 200,000 a second checked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent))
from ingest import _open, postgres

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
COLUMNS = 'at, "user", agency, role, team, purpose, reason, verb, what, recipient, detail, sealed'


def django_ready() -> None:
    """Set Django up in this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "peelian.settings"
    import django

    django.setup()


def part_write(seconds: float) -> None:
    """A writer: `record_act` until the time is up; prints how many."""
    django_ready()
    from peelian.access.actor import Actor, record_act
    from peelian.access.models import User

    actor = Actor.of(User.objects.select_related("agency").get(username="operator"), "records")
    record_act(actor, "consultation", "person", subjects=["warm"])
    print("ready", flush=True)
    sys.stdin.readline()
    count, until = 0, perf_counter() + seconds
    while perf_counter() < until:
        record_act(actor, "consultation", "person", detail={"as": "page"}, subjects=[f"force-people/{count % 5000}"])
        count += 1
    print(count, process_time())


def part_bare(seconds: float) -> None:
    """The peer: one bare row a transaction, by the driver alone."""
    django_ready()
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        raw.isolation_level = None
    sql = "INSERT INTO bare (at, what) VALUES ({0}, {0})".format("?" if connection.vendor == "sqlite" else "%s")
    print("ready", flush=True)
    sys.stdin.readline()
    count, until = 0, perf_counter() + seconds
    while perf_counter() < until:
        raw.execute(sql, (AT.isoformat(), "person"))
        count += 1
    print(count, process_time())


def part_seal(seconds: float) -> None:
    """The sealer, as the serving process runs it."""
    django_ready()
    from threading import Event, Timer

    from peelian.access.log.sealer import keep_sealing, seal

    print("ready", flush=True)
    sys.stdin.readline()
    stop = Event()
    Timer(seconds, stop.set).start()
    keep_sealing(stop, lambda error: print(type(error).__name__, file=sys.stderr))
    print(seal(), process_time())


def together(parts: list[str], seconds: float) -> list[list[float]]:
    """Run parts in processes of their own, begun at one instant; what each prints."""
    begun = [
        subprocess.Popen(
            [sys.executable, __file__, "--part", p, "--seconds", str(seconds)], stdin=-1, stdout=-1, text=True
        )
        for p in parts
    ]
    for process in begun:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in begun:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [[float(n) for n in process.communicate()[0].split()] for process in begun]


def fill(entries: int) -> None:
    """Rows straight into the tables, unsealed."""
    from django.db import connection, transaction

    from peelian.access.models import Entry

    with transaction.atomic(), connection.cursor() as cursor:
        now = AT.isoformat(" ") if connection.vendor == "postgresql" else "2026-11-01 09:00:00.123456"
        have = Entry.objects.count()
        rows = (
            (now, f"user{n % 500}", "force", "investigator", "", "investigation", "statement taken" if n % 3 else "", "consultation",
             "person", "", f'{{"as": "page", "n": {n}}}', False)
            for n in range(entries - have)
        )  # fmt: skip
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY access_entry ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO access_entry ({COLUMNS}) VALUES ({','.join(['%s'] * 12)})", rows)
        cursor.execute(
            "INSERT INTO access_subject (entry, ref) SELECT id, 'k' || (id % 5000) FROM access_entry"
            " WHERE NOT sealed AND id % 2 = 0 AND NOT EXISTS (SELECT 1 FROM access_subject s WHERE s.entry = access_entry.id)"
        )


def part_whole(seconds: float, writers: int, entries: int) -> None:
    """All of one engine."""
    django_ready()
    from django.db import connection

    from peelian.access.log import sealer, signing
    from peelian.access.log.check import check
    from peelian.records.setup import ensure_ready

    ensure_ready()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (at text, what text)")
    name = connection.vendor
    bare = sum(told[0] for told in together(["bare"] * writers, seconds)) / seconds
    *written, (late, cost) = together(["write"] * writers + ["seal"], seconds)
    rate = sum(told[0] for told in written) / seconds
    cpu = sum(told[1] for told in written)
    print(
        f"{name:<10} {writers} writers: {rate:9,.0f} entries/s (bare rows {bare:,.0f}/s, ratio {rate / bare:.2f}); "
        f"writers' processor {cpu:.1f} s, sealer's {cost:.1f} s; {late:,.0f} left for the last seal",
        flush=True,
    )
    fill(entries)
    began = perf_counter()
    sealed = sealer.seal()
    print(f"{name:<10} sealed    {sealed / (perf_counter() - began):9,.0f} entries/s ({sealed:,})", flush=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE access_entry, access_leaf, access_subject")
    for processes in (1, 2):
        began = perf_counter()
        verdict = check([signing.public_hex(sealer.log_key())], processes=processes)
        assert verdict.ok and not verdict.unsealed, verdict
        rate = verdict.entries / (perf_counter() - began)
        print(
            f"{name:<10} checked   {rate:9,.0f} entries/s by {processes} ({verdict.entries:,} in {verdict.seals:,} seals)",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--part")
    given = parser.parse_args()
    if given.part == "whole":
        return part_whole(given.seconds, given.writers, given.entries)
    if given.part:
        return globals()[f"part_{given.part}"](given.seconds)
    folder = Path(tempfile.mkdtemp(prefix="peelian-log-"))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    whole = [sys.executable, __file__, "--part", "whole", "--seconds", str(given.seconds), "--writers", str(given.writers), "--entries", str(given.entries)]  # fmt: skip
    try:
        env = {k: v for k, v in os.environ.items() if k != "PEELIAN_DATABASE_URL"}
        subprocess.run(whole, check=True, env=env | {"PEELIAN_HOME": str(folder / "sqlite")})
        server = None if given.no_postgres else postgres(Path(tempfile.mkdtemp(prefix="pg-", dir=_open(folder))))
        if server:
            try:
                subprocess.run(whole, check=True, env=env | {"PEELIAN_HOME": str(folder / "pg"), "PEELIAN_DATABASE_URL": server[0]})  # fmt: skip
            finally:
                server[1]()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


if __name__ == "__main__":
    main()
