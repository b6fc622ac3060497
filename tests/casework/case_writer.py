"""What the tests of killed and of concurrent processes run: cases opened and worked on, each act said on standard output when done.

python case_writer.py begin             people, and one case named `shared`
python case_writer.py acts NAME COUNT   opens a case for each act and notes the act in the shared case too
python case_writer.py tick NAME COUNT   ticks
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "peelian.settings"
sys.path.insert(0, str(Path(__file__).parents[2]))


def begin(_: str, __: int) -> None:
    """The made-up force, and a case on which everybody works."""
    from tests.casework.world import AT, REPORT, people

    from peelian.casework import store

    who = people()
    print("ready", flush=True)
    store.open_case("made_up_worry", "report", REPORT, actor=who["ann"], at=AT, origin="shared")


def acts(name: str, count: int) -> None:
    """Each act is told to whoever started this once it has been done."""
    from tests.casework.world import AT, REPORT

    from peelian.access.actor import Actor
    from peelian.access.models import User
    from peelian.casework import store
    from peelian.casework.models import Case

    ann = Actor(User.objects.select_related("agency").get(username="ann"), _force(), "safeguarding", on=AT.date())
    shared = Case.objects.get(origin="shared").ref
    print("ready", flush=True)
    for n in range(count):
        at = datetime.now(UTC)
        store.open_case("made_up_worry", "report", REPORT, actor=ann, at=at, origin=f"{name}-{n}")
        print(f"{name}-{n}", flush=True)
        store.do(shared, "plan", {"planned_at": REPORT["found_at"]}, actor=ann, at=at, reason=f"{name}-{n}")
        print(f"{name}-{n} shared", flush=True)


def tick(_: str, count: int) -> None:
    """A worker that never rests, a month late."""
    import tests.casework.world  # noqa: F401

    from peelian.casework import ticking

    print("ready", flush=True)
    for _n in range(count):
        ticking.tick(datetime.now(UTC) + timedelta(days=30))


def _force():  # type: ignore[no-untyped-def]
    from peelian.access.models import Agency

    return Agency.objects.get(code="force")


if __name__ == "__main__":
    import django

    django.setup()
    {"begin": begin, "acts": acts, "tick": tick}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
