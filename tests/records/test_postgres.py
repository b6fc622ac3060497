"""The same tests, word for word, on a real PostgreSQL server (law 9)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
# What runs inside one process; the tests that drive the command line take the engine as a parameter of their own.
CONTRACT = [
    pytest.param("test_editions.py", marks=pytest.mark.long),
    pytest.param("test_feeds.py", marks=pytest.mark.long),
    "test_access.py",
    "test_areas.py",
    "../identity/test_link.py",
    pytest.param("../identity/test_things.py", marks=pytest.mark.long),
    pytest.param("test_essex.py", marks=pytest.mark.long),
]


@pytest.mark.postgres
@pytest.mark.parametrize("name", CONTRACT)
def test_the_same_tests_pass_on_postgresql(cluster: Any, name: str) -> None:
    env = os.environ | {"PEELIAN_DATABASE_URL": cluster.address("postgres")}
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not postgres and not long", str(HERE / name)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
