"""What benchmarks share: each engine in a process and a home of its own, a PostgreSQL server, and cases of every kind."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ENGINES = ("sqlite", "postgres")
EACH_KIND, MEASURES = 1_000, 6


def run(measure, *, engines=ENGINES, **sizes):
    """Call `measure` with sizes as the command line gives them, once for each engine, and exit with 1 where it returned false.

    Parameters
    ----------
    measure : callable
        Takes `sizes` by name; runs in a process whose environment names a new home and the engine.
    engines : sequence of str
        Those that can be asked for.
    sizes : int
        Name and default of each number.
    """
    parser = argparse.ArgumentParser(description=measure.__doc__)
    for name, usual in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--engine", choices=engines)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    given = {name: getattr(asked, name) for name in sizes}
    if asked.here:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
        sys.exit(measure(**given) is False)
    words = [word for name, number in given.items() for word in (f"--{name}", str(number))]
    failed = [_alone(engine, words) for engine in ([asked.engine] if asked.engine else engines)]
    sys.exit(any(failed))


def _alone(engine, words):
    """One engine in a process of its own: whether it failed."""
    home = Path(tempfile.mkdtemp(prefix=f"peelian-{Path(sys.argv[0]).stem}-"))
    env = os.environ | {"PEELIAN_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    env.pop("PEELIAN_DATABASE_URL", None)
    stop = None
    print(f"{engine}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    try:
        if engine == "postgres":
            env["PEELIAN_DATABASE_URL"], stop = server(home / "server")
        return subprocess.run([sys.executable, sys.argv[0], "--here", *words], env=env).returncode != 0
    finally:
        if stop:
            stop()
        shutil.rmtree(home, ignore_errors=True)


def server(folder):
    """Start a PostgreSQL server of our own: its address, and what stops it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder.mkdir()
    as_server = []
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        folder.parent.chmod(0o711)
        as_server = ["runuser", "-u", "postgres", "--"]

    def run(program, *words):
        subprocess.run(
            [*as_server, programs / program, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd=folder
        )

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    run("initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=1GB -c maintenance_work_mem=512MB -c max_wal_size=8GB"
    run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    return f"postgres://postgres@127.0.0.1:{port}/postgres", lambda: run(
        "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"
    )


def every_kind(at, areas, months, but=()):
    """A thousand cases of every kind that the systems declare but some, at all its stages and with the facts that lists filter by, and
    rows of its first measures; how many kinds."""
    from django.db import connection

    from peelian import systems
    from peelian.casework import sums
    from peelian.casework.caches import NEVER
    from peelian.casework.kinds import KINDS, class_of
    from peelian.casework.models import Case, Measured
    from peelian.core.kinds import choices, many
    from peelian.core.kinds.measures import measures_of

    systems.load()
    kinds = {kind.name: kind for system in systems.listed() for kind in system.kinds if kind.name not in but}
    for kind in [KINDS[name] for name in sorted(kinds)]:
        own, ends = class_of(kind), many(kind.ends)
        said = {n: values for n in kind.filters if (values := list(map(str, choices(kind.about[n]))))}
        made = []
        for n in range(EACH_KIND):
            stage = kind.stages[n % len(kind.stages)]
            due = NEVER if stage in ends else at + timedelta(hours=n % 480 - 120)
            made.append(
                Case(
                    kind=kind.name, stage=stage, closed=stage in ends, area=areas[n % len(areas)], opened_at=at, opened_by="x",
                    owner=f"u{n}", accepted=True, due_order=due, seq=1, record_class=own,
                    facts={name: values[n % len(values)] for name, values in said.items()},
                )
            )  # fmt: skip
        made = Case.objects.bulk_create(made)
        Measured.objects.bulk_create(
            [
                Measured(case=case, measure=f"{kind.name}.{name}", area=case.area, at=at, month=months[n // len(areas) % len(months)],
                         hit=n % 9 > 1, value=n % 97 if measure.__class__.__name__ == "Median" else None, record_class=own)
                for name, measure in list(measures_of(kind).items())[:MEASURES]
                for n, case in enumerate(made)
            ],
            batch_size=5000,
        )  # fmt: skip
    sums.mend()
    sums.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return len(kinds)
