"""What DuckDB put on the disk goes with the process that needed it, however that ended; a living one's stays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Opens a session, says where it spills, and lives on until its input ends.
PROGRAM = """
import os, sys, django
django.setup()
from peelian.records import lake
con = lake.session("32MB")
con.execute("CREATE TABLE t AS SELECT range AS n, md5(range::VARCHAR) AS text FROM range(1_000_000)")
print(con.execute("SELECT current_setting('temp_directory')").fetchone()[0], flush=True)
sys.stdin.read()
if len(sys.argv) > 1:
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], Path]]]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
    env |= {"PEELIAN_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "peelian.settings"}
    started = []

    def start(*words: str) -> tuple[subprocess.Popen[str], Path]:
        pipe = subprocess.PIPE
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *words], env=env, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        assert process.stdout
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in started:
        process.communicate(timeout=60)


def test_a_killed_process_leaves_its_files_to_the_next_which_clears_them(begin, tmp_path):  # type: ignore[no-untyped-def]
    killed, left = begin("kill")
    living, used = begin()
    assert left.parent != used.parent  # two processes never write into one folder
    assert any(left.iterdir()) and any(used.iterdir())
    killed.communicate(timeout=60)
    assert killed.returncode == -9 and any(left.iterdir())
    (tmp_path / "spill" / "duckdb_temp_storage-0.tmp").write_bytes(b"of a version that gave processes no folders")
    _, third = begin()
    assert not left.parent.exists() and not list((tmp_path / "spill").glob("*.tmp"))
    assert any(used.iterdir()) and any(third.iterdir())
    living.communicate(timeout=60)
    assert living.returncode == 0 and not used.exists()


def test_two_sessions_of_one_process_spill_apart(tmp_path, settings):  # type: ignore[no-untyped-def]
    from peelian.records.spill import spill_folder

    settings.HOME = tmp_path
    one, other = spill_folder(), spill_folder()
    assert one != other and one.parent == other.parent
