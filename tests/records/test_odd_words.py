"""Odd names, days and values on the command line: read as they are or refused in words, never a traceback."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOT_UTF8 = os.fsdecode(b"\xff")  # as the command line hands on a byte that is no UTF-8


@pytest.fixture(scope="module")
def run(fresh: Any, csv_of: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation with two crimes and a row in quarantine, in a folder whose name holds braces."""
    made = fresh()
    made.home = made.home / "a {b} 'c' ü"
    path = tmp_path_factory.mktemp("files") / "2018-01-street.csv"
    path.write_bytes(csv_of("police-uk-street", [{}, {"Location": "On or near Other Road"}, {"Crime type": "Burglry"}]))
    assert [r["quarantined"] for r in made.ingest("police-uk-street", path)] == [1]
    return made


def test_a_file_name_that_is_not_utf8_is_read(run: Any, csv_of: Callable[..., bytes], tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9-street.csv")
    path.write_bytes(csv_of("police-uk-street", [{"Month": "2018-05"}]))
    assert [(r["file"], r["accepted"]) for r in run.ingest("police-uk-street", path)] == [("caf�-street.csv", 1)]


def test_a_header_that_is_cut_by_the_look_at_it_is_refused(
    run: Any, csv_of: Callable[..., bytes], tmp_path: Path
) -> None:
    """10,000 further columns: once, the names after the first 64 kB were lost and every row went to quarantine."""
    header, row, *_ = csv_of("police-uk-street", [{"Month": "2018-06"}]).decode().splitlines()
    path = tmp_path / "wide-street.csv"
    names = ",".join(f"column {n}" for n in range(10_000))
    path.write_text(f"{header},{names}\n{row}{',x' * 10_000}\n")
    assert "header is longer" in run.ingest("police-uk-street", path, code=1)[0]["error"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(run: Any, csv_of: Callable[..., bytes], tmp_path: Path) -> None:
    """Reading by name gives the same one twice, and the other is lost."""
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as file:
        for month in ("2018-07", "2018-08"):
            file.writestr("street.csv", csv_of("police-uk-street", [{"Month": month}]))
    assert "two files of one name" in run.ingest("police-uk-street", tmp_path / "two.zip", code=1)[0]["error"]


def test_a_name_too_long_for_the_machine_is_refused_and_the_next_file_read(
    run: Any, csv_of: Callable[..., bytes], tmp_path: Path
) -> None:
    path = tmp_path / "2018-09-street.csv"
    path.write_bytes(csv_of("police-uk-street", [{"Month": "2018-09"}]))
    first, second = run.ingest("police-uk-street", tmp_path / ("a" * 300), path, code=1)
    assert "too long" in first["error"]
    assert second["accepted"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["harm", "--feed", "force-people"], "none of these feeds holds events"),
        (["harm", "--to", "9999-12-31"], "lies outside 1900 to 2199"),
        (["harm", "--from", "0001-01"], "lies outside 1900 to 2199"),
        (["profile", "burglary", "--from", "2018-01", "--to", "9999-12"], "lies outside 1900 to 2199"),
        (["profile", "burglary", "--from", "2018-01", "--to", "2018-01", "--area", NOT_UTF8], "not UTF-8"),
    ],
)
def test_words_that_cannot_be_used_are_refused(run: Any, words: list[str], said: str) -> None:
    done = run.run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_mend_that_is_not_utf8_is_refused_and_changes_nothing(run: Any) -> None:
    (row,) = run.json("quarantine", "list")
    where = ("quarantine", "mend", row["batch"], str(row["line"]))
    for words in (["Location=" + NOT_UTF8, "--reason", "x"], ["Location=x", "--reason", NOT_UTF8]):
        done = run.run(*where, *words)
        assert (done.returncode, "not UTF-8" in done.stderr) == (1, True)
    assert run.json("quarantine", "list") == [row]


def test_a_data_folder_that_is_a_file_is_refused(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run.env["PEELIAN_HOME"] = str(tmp_path / "file")
    try:
        done = run.run("batches")
    finally:
        del run.env["PEELIAN_HOME"]
    assert (done.returncode, "cannot be used" in done.stderr) == (1, True)


def test_a_profile_for_a_folder_that_is_not_there_is_refused_by_its_name(run: Any, tmp_path: Path) -> None:
    words = ("profile", "burglary", "--from", "2018-01", "--to", "2018-01", "--out")
    done = run.run(*words, tmp_path / "none" / "profile.html")
    assert done.returncode == 1
    assert "there is no such folder" in done.stderr and str(tmp_path / "none") in done.stderr


def test_a_list_of_batches_is_a_look_and_is_logged(run: Any) -> None:
    before = run.query("SELECT count(*) FROM access_entry WHERE what = 'batches'")
    assert run.json("batches")
    assert run.query("SELECT count(*) FROM access_entry WHERE what = 'batches'")[0][0] == before[0][0] + 1
