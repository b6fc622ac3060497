"""How long the board of every measure takes over a million cases: cold, with nothing counted before, and warm.

Run: python benchmarks/board.py [--cases N] [--engine sqlite|postgres] [--each K]

N cases (1,000,000) of the made-up kind of `measures.py` with three measures each, and beside them 1,000 cases of each kind that the
systems declare, with six of its measures, in 14 areas over 24 months. The board is made K times (10) after all that was counted is
forgotten (limit 2 s), and K times again as its page is answered (limit 200 ms).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent))

COLD, WARM = 2.0, 0.2  # seconds, the median of each
EACH_KIND, MEASURES = 1_000, 6


def beside():
    """A thousand cases of every kind, and rows of its first measures."""
    from measures import AREAS, AT
    from peelian import systems
    from peelian.casework.kinds import KINDS, class_of
    from peelian.casework.measures import months_back
    from peelian.casework.models import Case, Measured
    from peelian.core.kinds.measures import measures_of

    systems.load()
    months = [months_back(202611, n) for n in range(24)]
    for kind in [k for k in KINDS.values() if k.name != "call"]:
        own = class_of(kind)
        told = {
            "kind": kind.name,
            "stage": "open",
            "opened_at": AT,
            "opened_by": "x",
            "owner": "x",
            "due_order": AT,
            "seq": 1,
            "record_class": own,
        }
        made = Case.objects.bulk_create([Case(area=f"A{10 + n % AREAS}", **told) for n in range(EACH_KIND)])
        Measured.objects.bulk_create(
            [
                Measured(case=case, measure=f"{kind.name}.{name}", area=case.area, at=AT, month=months[n // AREAS % 24], hit=n % 9 > 1,
                         value=n % 97 if measure.__class__.__name__ == "Median" else None, record_class=own)
                for name, measure in list(measures_of(kind).items())[:MEASURES]
                for n, case in enumerate(made)
            ],
            batch_size=5000,
        )  # fmt: skip
    return len(KINDS)


def measure(number, each):
    """Build, make the board and print; exit 1 beyond a limit."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import RequestFactory

    import measures

    call_command("migrate", verbosity=0)
    began = perf_counter()
    user, agency = measures.build(number)
    kinds = beside()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(f"{connection.vendor}: {number:,} cases and {kinds - 1} kinds written in {perf_counter() - began:.0f} s")
    from peelian.access.actor import Actor
    from peelian.access.models import Posting
    from peelian.assurance.board import board
    from peelian.assurance.counting import forget
    from peelian.web.views.board import page

    Posting.objects.create(
        user=user, roles=["assurance", "chief-officer"], start=measures.AT.date(), by="x", at=measures.AT
    )

    def reader():
        return Actor(user, agency, "assurance", on=measures.AT.date())

    def cold():
        forget()
        began, work = perf_counter(), process_time()
        parts = board(reader(), measures.AT)
        return perf_counter() - began, process_time() - work, parts

    def warm():
        request = RequestFactory().get("/board/")
        request.actor, request.user = reader(), user
        began, work = perf_counter(), process_time()
        page(request)
        return perf_counter() - began, process_time() - work, None

    worst = False
    for words, one, limit in (("cold", cold, COLD), ("warm, as a page", warm, WARM)):
        times = sorted((one() for _ in range(each)), key=lambda t: t[0])
        middle = times[each // 2]
        if middle[2] is not None:
            lines = [line for part in middle[2] for line in part.lines]
            print(
                f"  {sum(line.rows + line.undecided for line in lines):,} rows of twelve months in {sum(not line.why_not for line in lines)} of {len(lines)} measures"
            )
        print(
            f"  {words:<16} median {middle[0]:.3f} s, slowest {times[-1][0]:.3f} s; work of this process {sorted(t[1] for t in times)[each // 2]:.3f} s; limit {limit} s"
        )
        worst = worst or middle[0] >= limit
    print("BEYOND a limit" if worst else "within the limits")
    sys.exit(worst)


def main():
    """Measure each engine in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--engine", choices=("sqlite", "postgres"))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
        measure(args.cases, args.each)
        return
    from search import server

    for engine in [args.engine] if args.engine else ["sqlite", "postgres"]:
        home = Path(tempfile.mkdtemp(prefix="peelian-board-"))
        env = os.environ | {"PEELIAN_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        env.pop("PEELIAN_DATABASE_URL", None)
        stop = None
        try:
            if engine == "postgres":
                env["PEELIAN_DATABASE_URL"], stop = server(home / "server")
            words = ["--here", "--cases", str(args.cases), "--each", str(args.each)]
            subprocess.run([sys.executable, __file__, *words], env=env, check=True)
        finally:
            if stop:
                stop()
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
