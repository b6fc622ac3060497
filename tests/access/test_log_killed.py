"""The log with real processes: killed anywhere, and several at once (issue: no act without its entry, none sealed twice)."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.records.conftest import Installation, cluster, fresh

__all__ = ["cluster", "fresh"]
WRITER = Path(__file__).with_name("log_writer.py")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])])
def place(fresh: Callable[[str], Installation], request: pytest.FixtureRequest) -> Installation:
    """An installation with its tables."""
    made = fresh(request.param)
    made.run("log", "seal")
    return made


@pytest.fixture
def start(place: Installation) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process of the writer's and waits until it works; none outlives the test."""
    begun: list[subprocess.Popen[str]] = []

    def run(*words: str, failpoint: str = "") -> subprocess.Popen[str]:
        env = place.environment() | ({"PEELIAN_FAILPOINT": failpoint} if failpoint else {})
        process = subprocess.Popen(
            [sys.executable, str(WRITER), *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        begun.append(process)
        assert process.stdout and process.stdout.readline() == "ready\n", process.communicate()[1]
        return process

    yield run
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def whole(place: Installation, *, least: int) -> None:
    """Every act has its entry with its subjects, every entry one act, and all are sealed once."""
    place.run("log", "seal")
    acts = place.query("SELECT code FROM access_agency WHERE kind = 'partner' ORDER BY code")
    assert acts == place.query("SELECT what FROM access_entry WHERE verb = 'alteration' ORDER BY what")
    assert len(acts) >= least
    wrong = "SELECT e.what, count(s.ref) FROM access_entry e LEFT JOIN access_subject s ON s.entry = e.id WHERE e.verb = 'alteration' GROUP BY e.what"
    assert all(int(str(what).rsplit("-", 1)[1]) % 4 == subjects for what, subjects in place.query(wrong))
    [(entries,)] = place.query("SELECT count(*) FROM access_entry")
    told = place.json("verify", "log")
    assert told | {"seals": 0} == {"entries": entries, "seals": 0, "unsealed": 0, "ok": True, "first_bad": None, "checkpoint": ""}  # fmt: skip
    assert place.query("SELECT count(*), count(DISTINCT entry), max(number) FROM access_leaf") == [(entries,) * 3]


def killed(process: subprocess.Popen[str]) -> None:
    process.wait(timeout=60)
    assert process.returncode == -signal.SIGKILL, process.communicate()


@pytest.mark.parametrize("failpoint", [pytest.param("leaves", marks=pytest.mark.long), "seal", "marked"])
def test_a_sealer_killed_anywhere_leaves_no_seal_and_the_next_seals_all(
    place: Installation, start: Callable[..., subprocess.Popen[str]], failpoint: str
) -> None:
    start("acts", "a", "7").wait(timeout=60)
    killed(start("seal", "-", "1", failpoint=failpoint))
    assert place.query("SELECT (SELECT count(*) FROM access_seal), (SELECT count(*) FROM access_leaf)") == [(0, 0)]
    whole(place, least=7)


def test_a_writer_killed_between_entry_and_subjects_leaves_no_act(
    place: Installation, start: Callable[..., subprocess.Popen[str]]
) -> None:
    killed(start("acts", "a", "3", failpoint="entry"))  # the second act is the first with a subject
    assert place.query("SELECT code FROM access_agency WHERE kind = 'partner'") == [("a-0",)]
    whole(place, least=1)


def test_writers_and_sealers_killed_at_any_time_leave_the_log_whole(
    place: Installation, start: Callable[..., subprocess.Popen[str]]
) -> None:
    rng = random.Random(4)
    for turn in range(3):
        running = [start("acts", f"w{turn}{n}", "100000") for n in range(2)] + [start("seal", "-", "1000000")]
        for process in rng.sample(running, 3):
            time.sleep(rng.uniform(0.05, 0.25))  # when the axe falls is chance, and no outcome hangs on it
            process.kill()
        for process in running:
            killed(process)
    whole(place, least=20)


@pytest.mark.long
def test_two_web_processes_and_a_sealer_at_once_keep_it_whole(
    place: Installation, start: Callable[..., subprocess.Popen[str]]
) -> None:
    sealing = start("seal", "-", "1000000")
    web = [start("pages", name, "25") for name in "ab"]
    for process in web:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    sealing.kill()
    killed(sealing)
    place.run("log", "seal")
    told = place.json("verify", "log")
    # Signing in is an entry too.
    assert told["ok"] and told["entries"] >= 50 and told["unsealed"] == 0
