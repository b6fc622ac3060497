"""Cases with real processes: killed anywhere nothing is lost or saved twice, and many at once leave every journal whole."""

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
WRITER = Path(__file__).with_name("case_writer.py")
VERIFY = (
    "import sys, json, django; django.setup(); sys.path.insert(0, sys.argv[1]); import tests.casework.world;"
    "from peelian.casework.verify import verify; print(json.dumps(verify().as_dict()))"
)
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])])
def place(fresh: Callable[[str], Installation], request: pytest.FixtureRequest) -> Installation:
    """An installation with its tables."""
    made: Installation = fresh(request.param)
    made.run("log", "seal")
    return made


@pytest.fixture
def start(place: Installation) -> Iterator[Start]:
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

    process = run("begin", "-", "0")
    assert process.wait(timeout=60) == 0, process.communicate()[1]
    yield run
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def told(process: subprocess.Popen[str]) -> list[str]:
    """What a killed process had said was done."""
    out, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    return [line for line in out.splitlines(keepends=True) if line.endswith("\n")]


def whole(place: Installation, done: list[str]) -> None:
    """What was said to be done is there once; every cache is as its journal says; each entry has its log entry, and that its own."""
    env = place.environment() | {"DJANGO_SETTINGS_MODULE": "peelian.settings"}
    command = [sys.executable, "-c", VERIFY, str(WRITER.parents[2])]
    checked = subprocess.run(command, env=env, capture_output=True, text=True)
    assert '"ok": true' in checked.stdout, checked.stdout + checked.stderr
    names = [line.strip() for line in done]
    opened = [origin for (origin,) in place.query("SELECT origin FROM casework_case WHERE origin <> 'shared'")]
    notes = [reason for (reason,) in place.query("SELECT reason FROM casework_journalentry WHERE name = 'plan'")]
    assert len(set(opened)) == len(opened) and set(opened) >= {n for n in names if " " not in n}
    assert len(set(notes)) == len(notes) and set(notes) >= {n.split()[0] for n in names if " " in n}
    [(entries, logs)] = place.query("SELECT count(*), count(DISTINCT log) FROM casework_journalentry")
    [(logged,)] = place.query("SELECT count(*) FROM access_entry WHERE what LIKE 'case: act%'")
    assert entries == logs == logged == 1 + len(opened) + len(notes)


def test_an_act_that_is_cut_short_leaves_nothing(place: Installation, start: Start) -> None:
    for failpoint in ("case-entry", "case-written"):
        assert told(start("acts", "a", "3", failpoint=failpoint)) == []
        assert place.query("SELECT count(*) FROM casework_case") == [(1,)]
    whole(place, [])


@pytest.mark.long
def test_writers_and_tickers_killed_at_any_time_lose_nothing(place: Installation, start: Start) -> None:
    rng, done = random.Random(5), []
    for turn in range(2):
        running = [start("acts", f"w{turn}{n}", "100000") for n in range(2)] + [start("tick", "-", "1000000")]
        for process in rng.sample(running, 3):
            time.sleep(rng.uniform(0.2, 0.6))  # when the axe falls is chance, and no outcome hangs on it
            process.kill()
        done += [line for process in running for line in told(process)]
    whole(place, done)
    twice = "SELECT case_id, what, clock, item, start, step FROM casework_notice GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1"
    assert place.query(twice) == []


@pytest.mark.long
def test_many_editors_of_one_case_stand_one_after_the_other(place: Installation, start: Start) -> None:
    running = [start("acts", name, "15") for name in "abcd"]
    done = []
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        done += out.splitlines(keepends=True)
    assert len(done) == 4 * 15 * 2
    whole(place, done)
    assert place.query("SELECT max(seq), count(*) FROM casework_journalentry WHERE case_id = 1") == [(61, 61)]
