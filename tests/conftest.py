"""What every test may use."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models.signals import post_save
from hypothesis import settings

# A loaded machine is no fault of the code; time limits stand in benchmarks/.
settings.register_profile("peelian", deadline=None)
settings.load_profile("peelian")


# Files of minutes begin first, so that at the end no worker is left alone with one; where the demo is made, before all.
FIRST = (
    "browser/test_roles.py", "records/test_landing.py", "docs/test_commands.py", "records/test_erasure.py", "records/test_bad_inputs.py",
    "records/test_postgres.py", "records/test_trouble.py", "access/test_log_killed.py", "prevention/test_essex.py", "web/test_no_trace.py",
    "test_demo.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; within a file the tests stay as they stand."""
    tests = Path(__file__).parent
    rank = {tests / name: n for n, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(FIRST)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real data (../shared) is not here")
    return folder


# Each account that a test makes is posted: one of a force to nearly every role, one of a partner as hub worker. A test of
# access itself posts people as it needs them (a fixture `posted` of its own).
POSTED = {
    "police": [
        "analyst", "control-room", "neighbourhood-officer", "investigator", "supervisor", "offender-manager", "hub-worker",
        "intelligence-officer", "planner", "assurance", "data-protection", "administrator",
    ],
    "partner": ["hub-worker"],
}  # fmt: skip


def post_account(instance: Any, created: bool, **_: Any) -> None:
    """Post a new account since 2000."""
    from peelian.access.models import Clearance, Posting

    if created and instance.agency:
        since = {"user": instance, "start": date(2000, 1, 1), "by": "test", "at": datetime(2000, 1, 1, tzinfo=UTC)}
        Posting.objects.create(roles=POSTED[instance.agency.kind], **since)
        Clearance.objects.create(kind="vetting", name="mv", **since)
        Clearance.objects.create(kind="training", name="intelligence-handling", **since)


@pytest.fixture(autouse=True)
def posted() -> Iterator[None]:
    """Accounts are posted as they are made."""
    post_save.connect(post_account, sender="access.User")
    yield
    post_save.disconnect(post_account, sender="access.User")


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made once for all workers."""
    shared = factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    folder, mark = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            make(folder)
            mark.touch()
    return folder


def _run(home: Path, program: str, *words: str) -> None:
    """Run a program on a data folder, in a process of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", program, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demo ran for a small county. Never written to: copy it to use it."""
    demo = ("demo", "--no-serve", "--people", "2000", "--months", "0")
    return _once(tmp_path_factory, "demo-home", lambda home: _run(home, "from peelian.cli import main; main()", *demo))


@pytest.fixture(scope="session")
def started_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds its tables alone. Never written to: who copies it need not make them."""
    return _once(
        tmp_path_factory, "started-home", lambda home: _run(home, "from peelian.cli.base import ready; ready()")
    )


@pytest.fixture(scope="session")
def county_20000(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of three years of a county of 20,000 people. Never written to."""
    from peelian.county import make

    return _once(tmp_path_factory, "county-20000", lambda folder: make(folder, people=20_000, seed=1))
