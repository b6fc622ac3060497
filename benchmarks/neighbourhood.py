"""How long a neighbourhood sheet takes, and finding repeat victims of anti-social behaviour: each district's and ward's, one after another.

Run: python benchmarks/neighbourhood.py [--home FOLDER] [--people N]

FOLDER is a demonstration's data folder (`peelian demo --no-serve`); without one a county of N people (60,000) is made. Each sheet is made
from the records anew, its PDF once. Times are of the processor: the machine may be busy.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

LIMIT = 5.0  # seconds of processor, the slowest sheet


def main():
    """Make every sheet, print the slowest and the middle one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--people", type=int, default=60_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        os.environ |= {"PEELIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "peelian.settings"}
        if asked.home is None:
            made = [
                sys.executable,
                "-c",
                "from peelian.cli import main; main()",
                "demo",
                "--people",
                str(asked.people),
                "--no-serve",
            ]
            subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        return run()


def run():
    """Every sheet of one installation; 1 where the slowest is over the limit."""
    import django

    django.setup()
    from peelian import systems
    from peelian.access.actor import Actor
    from peelian.access.models import User
    from peelian.documents.pdf import pdf
    from peelian.prevention.antisocial_behaviour_found import repeat_victims
    from peelian.prevention.communities import neighbourhood_sheet, places

    systems.load()
    actor = Actor.of(User.objects.select_related("agency").get(username="sergeant"), "prevention")
    at, times = datetime.now(UTC), []
    for code, name in places(actor, at):
        started, wall = process_time(), perf_counter()
        document = neighbourhood_sheet(actor=actor.for_one_look(), at=at, area=code)
        times.append((process_time() - started, perf_counter() - wall, name))
    started = process_time()
    pdf(document)
    printed = process_time() - started
    started = process_time()
    found = repeat_victims(actor=actor.for_one_look(), at=at)
    looked = process_time() - started
    times.sort()
    slowest, middle = times[-1], times[len(times) // 2]
    print(
        f"{len(times)} sheets: middle {middle[0]:.2f} s, slowest {slowest[0]:.2f} s of processor ({slowest[1]:.2f} s by the clock; {slowest[2]})"
    )
    print(f"a PDF {printed:.2f} s; repeat victims and places {looked:.2f} s ({len(found)} found)")
    return int(slowest[0] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
