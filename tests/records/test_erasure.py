"""Lawful erasure: decided by two, whole, proved by a search of every byte, and never undone by the next file."""

from __future__ import annotations

import csv
import signal
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from .conftest import Installation

HEADER = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"
GONE, STAYS = "Quillfeather", "Thistlewood"


def people(path: Path, phone: str = "07700 900123") -> Path:
    """Two people of two records, one of them with a marker and a relationship."""
    rows = [
        ["M100001", "C-2026-1", "suspect", GONE, "Barnaby", "M", "1980-02-01", "", phone, "7 Plover Close", "CM1 1AA", "weapons", "M100002", "brother"],
        ["M100002", "C-2026-1", "victim", STAYS, "Ada", "F", "1990-03-01", "", "07700 900999", "9 Heron Way", "CM1 1AB", "", "", ""],
    ]  # fmt: skip
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *rows])
    return path


def traces(installation: Installation, word: str) -> list[str]:
    """Every file of the data folder that holds `word`: raw bytes, and the unpacked values of Parquet files."""
    found = []
    for path in sorted(p for p in installation.home.rglob("*") if p.is_file()):
        held = word.encode() in path.read_bytes()
        if path.suffix == ".parquet" and not path.name.endswith(".checkpoint.parquet"):
            rows = duckdb.sql(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{path}')").fetchall()
            held = held or any(word in str(row) for row in rows)
        if held:
            found.append(str(path.relative_to(installation.home)))
    return found


@pytest.fixture(scope="module")
def made(fresh: Callable[..., Installation], engine: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The two people in two versions, and a second account: made once on an engine, and never written to."""
    installation, files = fresh(engine), tmp_path_factory.mktemp("people")
    installation.ingest("force-people", people(files / "first.csv"))
    installation.ingest(
        "force-people",
        people(files / "second.csv", "07700 900456"),
        at="2026-11-02T09:00:00",
        published="2026-11-02",
    )
    assert installation.run("users", "add", "second", "--password", "see-the-picture").returncode == 0
    return installation


@pytest.fixture
def held(made: Installation, copy: Callable[[Installation], Installation]) -> Installation:
    """What was made, for one test to write to."""
    return copy(made)


def proposed(installation: Installation, *references: str) -> str:
    """Propose the erasure of records as the operator; its uid."""
    told = ("--reason", "the review found no need to keep it", "--basis", "review of 1 November 2026")
    done = installation.run("retention", "propose", "force-people", *references, *told)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[0]


def test_every_version_goes_and_nothing_else(held: Installation, tmp_path: Path) -> None:
    assert traces(held, STAYS)
    before = held.tables(["records_mention"])["records_mention"]
    uid = proposed(held, "M100001")
    alone = held.run("retention", "approve", uid)
    assert alone.returncode == 1 and "peelian.E362" in alone.stderr
    assert held.tables(["records_mention"])["records_mention"] == before

    done = held.run("retention", "approve", uid, "--as", "second")
    assert done.returncode == 0, done.stderr
    assert "erased: 2 rows of the lake" in done.stdout
    if not held.database:  # PostgreSQL keeps its files elsewhere
        assert traces(held, GONE) == []
        assert traces(held, STAYS)
    left = held.query("SELECT surname FROM records_mention")
    assert left and {row[0] for row in left} == {STAYS}
    assert held.query("SELECT count(*) FROM records_marker") == [(0,)]
    assert held.query("SELECT count(*) FROM records_relationship") == [(0,)]

    # The proof stays, and tells nothing of the person.
    (proof,) = held.json("retention", "erasures")
    assert (proof["state"], proof["proposed by"], proof["decided by"]) == ("done", "operator", "second")
    entries = held.query("SELECT verb, what FROM access_entry WHERE verb = 'erasure'")
    assert entries == [("erasure", f"erasure {uid}")]

    # The next file brings the record again: the reader is told, and nothing of it is kept.
    again = people(tmp_path / "third.csv", "07700 900777")
    (result,) = held.ingest("force-people", again, at="2026-11-03T09:00:00", published="2026-11-03")
    assert (result["read"], result["accepted"], result["repeats"]) == (2, 0, 2)
    assert any("erased here by decision" in note for note in result["notes"])
    if not held.database:
        assert traces(held, GONE) == [] and traces(held, "900777") == []


def test_a_legal_hold_keeps_the_record(held: Installation) -> None:
    uid = proposed(held, "M100001")
    assert held.run("retention", "hold", "force-people", "C-2026-1", "--reason", "appeal lodged").returncode == 0
    stopped = held.run("retention", "approve", uid, "--as", "second")
    assert stopped.returncode == 1 and "peelian.E361" in stopped.stderr
    assert len(held.query(f"SELECT line FROM records_mention WHERE surname = '{GONE}'")) == 2
    assert held.run("retention", "lift", "force-people", "C-2026-1").stdout == "1 hold lifted\n"
    assert held.run("retention", "approve", uid, "--as", "second").returncode == 0


def test_what_was_refused_stays_refused(held: Installation) -> None:
    uid = proposed(held, "M100001")
    assert held.run("retention", "refuse", uid, "--note", "still needed", "--as", "second").returncode == 0
    assert held.run("retention", "approve", uid, "--as", "second").returncode == 1


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "at", [pytest.param("erasure", marks=LONG), pytest.param("erasure-store", marks=LONG), "erasure-lake"]
)
def test_killed_anywhere_it_is_finished_by_the_next_run(held: Installation, at: str) -> None:
    if held.database:
        pytest.skip("the same code as beside SQLite, where what is left can be searched")
    uid = proposed(held, "M100001")
    process = held.start("retention", "approve", uid, "--as", "second", failpoint=at)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert held.run("retention", "resume").stdout == "1 finished\n"
    assert traces(held, GONE) == []
    entries = held.query("SELECT verb, \"user\" FROM access_entry WHERE verb = 'erasure'")
    assert entries == [("erasure", "second")]


def test_a_reference_that_is_of_no_record_is_told(held: Installation) -> None:
    told = ("--reason", "r", "--basis", "b")
    assert "peelian.E360" in held.run("retention", "propose", "force-people", "M100009", *told).stderr
