"""A batch lands whole or not at all: killed at any instant and run again, the result is that of one clean run (law 1)."""

from __future__ import annotations

import csv
import hashlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from peelian.records.failpoints import NAMES

CHANGED = "2018-04-02"


def crime(n: int, **cells: str) -> dict[str, str]:
    return {"Crime ID": hashlib.sha256(str(n).encode()).hexdigest(), "Crime type": "Burglary"} | cells


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, csv_of: Callable[..., bytes]) -> dict[str, Path]:
    """A month, its later edition with the next month begun, a file that overlaps both, and people."""
    rng = random.Random(20181123)
    folder = tmp_path_factory.mktemp("files")
    asb = [{"Location": f"On or near Street {rng.randrange(400)}"} for _ in range(1_500)]
    bad = [crime(100_000 + n, Month="1066-10") for n in range(25)]
    first = [*(crime(n) for n in range(3_000)), *asb, *bad]
    later = [
        *(
            crime(n, **{"Last outcome category": "Under investigation"} if n % 5 == 0 else {})
            for n in range(500, 6_000)
        ),
        *(row for row in asb if rng.random() < 0.9),
        *(row | {"Month": "2018-02"} for row in asb[:500]),
        *({"Latitude": "91"} for _ in range(10)),
    ]
    overlap = [*(crime(n) for n in range(5_500, 6_500)), *(row | {"Month": "2018-02"} for row in asb[300:900])]
    people = [
        {
            "Mention Reference": f"42/{n}/18-V1",
            "Record Reference": f"42/{n}/18",
            "Markers": "weapons; violent" if n % 3 == 0 else "",
            "Related To": f"42/{n}/18-S1" if n % 4 == 0 else "",
            "Relationship": "neighbour" if n % 4 == 0 else "",
            "Sex": "X" if n % 500 == 7 else "F",
        }
        for n in range(4_500)
    ]
    managed = [{"Cohort Reference": f"IOM/{n}", "Marking": "SECRET" if n % 40 == 3 else ""} for n in range(120)]
    written = {}
    for name, feed, rows in (
        ("managed", "force-offenders", managed),
        ("first", "police-uk-street", first),
        ("later", "police-uk-street", later),
        ("overlap", "police-uk-street", overlap),
        ("people", "force-people", people),
    ):
        for row in rows:
            row.setdefault("Reported by", "Essex Police")
        rng.shuffle(rows)
        written[name] = folder / f"{name}-street.csv"
        written[name].write_bytes(csv_of(feed, rows))
    return written


def nameless(path: Path, month: str) -> Counter[tuple[str, ...]]:
    """A month's rows without an id in a file, each with how often it stands there."""
    with path.open(newline="") as file:
        return Counter(tuple(r.values()) for r in csv.DictReader(file) if not r["Crime ID"] and r["Month"] == month)


@dataclass
class Scene:
    """What a command does, from which start, and what a clean run of it leaves."""

    start: Any
    words: list[str | Path]
    clean: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def scenes(engine: str, files: dict[str, Path], fresh: Any, copy: Any) -> dict[str, Scene]:
    ready = fresh(engine)
    assert ready.ingest("police-uk-street", files["first"], published="2018-03-02")[0]["quarantined"] == 25
    waiting = ready.json("quarantine", "list")
    batch = waiting[0]["batch"]
    for row in waiting[:3]:
        ready.run("quarantine", "mend", batch, str(row["line"]), "Month=2018-01", "--reason", "checked with the force")
    both = copy(ready)
    both.ingest("police-uk-street", files["later"], published=CHANGED)
    read = ["ingest", "police-uk-street"]
    at = ["--at", "2026-11-02T09:00:00"]
    planned: dict[str, tuple[Any, list[str | Path]]] = {
        "file": (ready, [*read, files["later"], "--published", CHANGED, *at]),
        "files": (ready, [*read, files["later"], files["overlap"], "--published", CHANGED, *at]),
        "people": (ready, ["ingest", "force-people", files["people"], "--published", CHANGED, *at]),
        "replay": (ready, ["quarantine", "replay", *at]),
        "spill": (ready, ["ingest", "force-offenders", files["managed"], "--published", CHANGED, *at]),
        "edition": (both, [*read, files["first"], "--published", "2018-05-02", *at]),
    }
    made = {}
    for name, (start, words) in planned.items():
        run = copy(start)
        began = time.monotonic()
        done = run.run(*words)
        assert done.returncode == 0, done.stderr
        run.check()
        made[name] = Scene(start, words, run.state(), time.monotonic() - began)
    return made


def same(found: dict[str, Any], clean: dict[str, Any]) -> None:
    """Equal row by row, with a message that names the table."""
    assert found.keys() == clean.keys()
    for name, rows in clean.items():
        lost, new = set(rows) - set(found[name]), set(found[name]) - set(rows)
        assert found[name] == rows, (
            f"{name}: {len(lost)} rows lost, {len(new)} new: {sorted(lost)[:2]} {sorted(new)[:2]}"
        )


def test_the_scenes_do_what_the_kills_are_to_interrupt(scenes: dict[str, Scene], files: dict[str, Path]) -> None:
    """The clean run itself: versions cease, markers and relationships stand, mended rows land."""
    rows = {name: {t: len(r) for t, r in scene.clean.items()} for name, scene in scenes.items()}
    # Of ids 500 to 2,999 each fifth has a new version; of rows without an id, those that the later edition leaves out cease.
    dropped = nameless(files["first"], "2018-01") - nameless(files["later"], "2018-01")
    assert rows["file"]["records_standing"] == 500 + dropped.total() > 600
    assert rows["people"]["records_marker"] > 2_900
    assert rows["people"]["records_relationship"] > 1_100
    assert rows["people"]["records_mention"] == rows["people"]["records_place"] == 4_491
    assert rows["replay"]["records_event"] == 4_503
    assert rows["edition"]["records_edition"] == 3
    assert len(scenes["spill"].start.query("SELECT 1 FROM access_entry WHERE verb = 'erasure'")) == 0
    assert sum("erasure" in row for row in scenes["spill"].clean["access_entry"]) == 1


STOPS = [
    *(("file", name) for name in NAMES),
    ("replay", "lake"),
    ("replay", "landing"),
    ("people", "first-chunk"),
    ("edition", "standing"),
    ("spill", "intent"),
    ("spill", "lake"),
    ("spill", "landing"),
    *(pytest.param("replay", name, marks=pytest.mark.long) for name in NAMES if name not in ("lake", "landing")),
    *(pytest.param("people", name, marks=pytest.mark.long) for name in NAMES if name != "first-chunk"),
]


@pytest.mark.parametrize(("scene", "failpoint"), STOPS)
def test_a_kill_at_a_failpoint_is_as_if_it_never_was(
    scenes: dict[str, Scene], copy: Any, scene: str, failpoint: str
) -> None:
    plan = scenes[scene]
    run = copy(plan.start)
    process = run.start(*plan.words, failpoint=failpoint)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, "the failpoint was never reached"
    done = run.run(*plan.words)
    assert done.returncode == 0, done.stderr
    run.check()
    same(run.state(), plan.clean)


def test_a_kill_is_made_good_by_reading_another_file(
    scenes: dict[str, Scene], copy: Any, files: dict[str, Path]
) -> None:
    """Nobody has to know which file was cut off: the next run, of whatever file, finishes it."""
    plan = scenes["file"]
    run = copy(plan.start)
    process = run.start(*plan.words, failpoint="first-chunk")
    process.communicate(timeout=120)
    run.run("ingest", "force-people", files["people"], "--at", "2026-11-02T09:00:00", "--published", CHANGED)
    run.check()
    for table in ("records_event", "records_standing"):
        assert run.tables([table])[table] == plan.clean[table]
    again = run.json(*plan.words)
    assert (again[0]["accepted"], again[0]["repeats"]) == (0, again[0]["read"])


def killed_at_random(plan: Scene, copy: Any, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    done = 0
    while done < kills:
        run = copy(plan.start)
        process = run.start(*plan.words)
        try:
            process.wait(timeout=rng.uniform(0.25, 1.0) * plan.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            continue  # it was done before its time came: draw again
        done += 1
        assert run.run(*plan.words).returncode == 0
        run.check()
        same(run.state(), plan.clean)


def test_kills_at_random_instants_leave_no_trace(scenes: dict[str, Scene], copy: Any) -> None:
    killed_at_random(scenes["files"], copy, kills=6, seed=1)


@pytest.mark.long
def test_fifty_kills_at_random_instants_leave_no_trace(scenes: dict[str, Scene], copy: Any) -> None:
    killed_at_random(scenes["files"], copy, kills=50, seed=2)


@pytest.mark.long
def test_a_run_killed_again_and_again_ends_clean(scenes: dict[str, Scene], copy: Any) -> None:
    """Recovery itself is killed at every failpoint that it passes."""
    plan = scenes["file"]
    run = copy(plan.start)
    for name in ("lake", "first-chunk", "standing", "store", "landing", "landed"):
        process = run.start(*plan.words, failpoint=name)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    assert run.run(*plan.words).returncode == 0
    run.check()
    same(run.state(), plan.clean)


def test_no_reader_sees_a_batch_before_it_has_landed(scenes: dict[str, Scene], copy: Any) -> None:
    plan = scenes["file"]
    run = copy(plan.start)
    before = run.json("batches")
    process = run.start(*plan.words, failpoint="landing")
    process.communicate(timeout=120)
    assert run.query("SELECT count(*) FROM records_batch WHERE state = 'intent'") == [(1,)]
    assert run.json("batches") == before
    assert len(run.json("quarantine", "list")) == 25


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        _, err = process.communicate(timeout=300)
        assert "Traceback" not in err, err
        assert process.returncode == 0, err


def test_two_processes_with_overlapping_files_give_what_one_after_the_other_gives(
    scenes: dict[str, Scene], copy: Any, files: dict[str, Path]
) -> None:
    start = scenes["file"].start
    read = ["ingest", "police-uk-street"]
    told = ["--published", CHANGED, "--at", "2026-11-02T09:00:00"]
    orders = []
    for names in (("later", "overlap"), ("overlap", "later")):
        run = copy(start)
        for name in names:
            assert run.run(*read, files[name], *told).returncode == 0
        orders.append(run.state())
    both = copy(start)
    finish(*(both.start(*read, files[name], *told) for name in ("later", "overlap")))
    both.check()
    same(both.state(), orders[both.state() == orders[1]])


@pytest.mark.long
def test_two_processes_with_the_same_files_read_each_once(
    scenes: dict[str, Scene], copy: Any, files: dict[str, Path]
) -> None:
    plan = scenes["files"]
    run = copy(plan.start)
    finish(run.start(*plan.words), run.start(*plan.words))
    run.check()
    found = run.state()
    # Which of the two took a file in says which microsecond of the common instant it bears; all else is the same.
    for name in ("records_standing", "records_quarantined"):
        assert found[name] == plan.clean[name]
    assert [len(rows) for rows in found.values()] == [len(rows) for rows in plan.clean.values()]


@pytest.mark.long
def test_two_first_starts_at_once_give_what_one_after_the_other_gives(
    engine: str, fresh: Any, files: dict[str, Path]
) -> None:
    read = ["ingest", "police-uk-street"]
    told = ["--published", CHANGED, "--at", "2026-11-02T09:00:00"]
    orders = []
    for names in (("first", "overlap"), ("overlap", "first")):
        run = fresh(engine, never=True)
        for name in names:
            run.run(*read, files[name], *told)
        orders.append(run.state())
    both = fresh(engine, never=True)
    finish(*(both.start(*read, files[name], *told) for name in ("first", "overlap")))
    both.check()
    same(both.state(), orders[both.state() == orders[1]])


@pytest.mark.long
def test_a_first_start_killed_at_any_instant_can_be_started_again(
    engine: str, fresh: Any, files: dict[str, Path]
) -> None:
    """Tables and accounts too: a start that was cut off leaves nothing that the next one stumbles over."""
    rng = random.Random(3)
    words = ["ingest", "force-people", files["people"], "--at", "2026-11-02T09:00:00", "--published", CHANGED]
    clean = fresh(engine, never=True)
    began = time.monotonic()
    assert clean.run(*words).returncode == 0
    seconds = time.monotonic() - began
    for _ in range(30):
        run = fresh(engine, never=True)
        process = run.start(*words)
        try:
            process.wait(timeout=rng.uniform(0.2, 0.8) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        assert run.run(*words).returncode == 0
        run.check()
        same(run.state(), clean.state())


CUT_MIGRATION = """
import os, signal, sys
from django.db.migrations.executor import MigrationExecutor
left, record = int(sys.argv.pop(1)), MigrationExecutor.record_migration
def cut(self, migration):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return record(self, migration)
MigrationExecutor.record_migration = cut
from peelian.cli import main
main()
"""


@pytest.mark.parametrize("number", [3, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, *range(4, 18)))])
def test_a_start_killed_between_a_table_and_its_note_can_be_started_again(engine: str, fresh: Any, number: int) -> None:
    """Django commits some tables before it notes their migration; a few milliseconds, and never to be started again."""
    run = fresh(engine, never=True)
    command = [sys.executable, "-c", CUT_MIGRATION, str(number), "batches", "--json"]
    done = subprocess.run(command, env=run.environment(), capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert run.json("batches") == []
