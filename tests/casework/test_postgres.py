"""The same tests, word for word, on a real PostgreSQL server (law 9)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.records.conftest import cluster

__all__ = ["cluster"]
HERE = Path(__file__).parent
CONTRACT = ("test_store.py", "test_sight.py", "test_queues.py", "test_sums.py", "test_ticking.py", "test_verify.py")


@pytest.mark.postgres
@pytest.mark.long
def test_the_same_tests_pass_on_postgresql(cluster: Any) -> None:
    env = os.environ | {"PEELIAN_DATABASE_URL": cluster.address("postgres")}
    tests = [str(HERE / name) for name in CONTRACT]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not postgres and not long", *tests]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout


@pytest.mark.postgres
@pytest.mark.long
def test_the_demonstration_s_stories_stand_on_postgresql(cluster: Any) -> None:
    env = os.environ | {"PEELIAN_DATABASE_URL": cluster.address("postgres")}
    command = [sys.executable, "-m", "pytest", "-q", str(HERE.parent / "demo_cases" / "test_stories.py")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
