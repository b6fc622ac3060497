"""What goes wrong outside the program: bad files, a full disk, no right to write. A clear refusal, and nothing half-landed."""

from __future__ import annotations

import codecs
import gzip
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from peelian.records import landing, reading
from peelian.records.models import Batch


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, csv_of: Callable[..., bytes]) -> Path:
    path = tmp_path_factory.mktemp("good") / "2018-01-street.csv"
    path.write_bytes(csv_of("police-uk-street", [{"Location": f"On or near Street {n}"} for n in range(3_000)]))
    return path


@pytest.fixture(scope="module")
def installed(fresh: Any, good: Path) -> Any:
    """An installation in which one batch has landed."""
    made = fresh()
    made.ingest("police-uk-street", good, published="2018-03-02")
    return made


@pytest.fixture
def run(installed: Any, copy: Any) -> Any:
    return copy(installed)


def refused(run: Any, *files: Path, said: str, feed: str = "police-uk-street") -> None:
    """Refused with words, exit code 1, JSON alone on standard output, and nothing changed in lake or store."""
    before = run.state()
    results = run.ingest(feed, *files, code=1)
    assert [said in r["error"] for r in results] == [True] * len(results), results
    assert run.state() == before
    run.check()
    shown = run.run("ingest", feed, *files)
    assert (shown.returncode, said in shown.stderr) == (1, True)


def bad_zip(raw: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("2018-02-street.csv", raw)
        return path.read_bytes()


def test_bad_files_are_refused_and_a_good_one_beside_them_lands(run: Any, good: Path, tmp_path: Path) -> None:
    raw = good.read_bytes().replace(b"2018-01", b"2018-02")
    crimes = b"Crime Reference,Recorded At\r\n1,2018-01-01 10:00\r\n"
    files = {
        "cut.csv.gz": (gzip.compress(raw)[:-200], "cut short or damaged"),
        "cut.zip": (bad_zip(raw)[:-40], "damaged or cut short"),
        "broken.zip": (bad_zip(raw)[:90] + b"\xff\xff\xff" + bad_zip(raw)[93:], "cut short or damaged"),
        "empty.csv": (b"", "the file is empty"),
        "binary.csv": (b"\x7fELF\x02\x01\x01" + bytes(3_000), "not text"),
        "utf32.csv": (raw.decode().encode("utf-32-le"), "not text"),
        "noise.csv": (codecs.BOM_UTF16_LE + os.urandom(9_001), "peelian.E402"),
        "other-force.csv": (crimes, "not this feed's header"),
        "lacks.csv": (raw.replace(b"Crime type", b"Type of crime", 1), "add: Crime type"),
        "twice.csv": (raw.replace(b"Context", b"Month", 1), "names a column twice"),
    }
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)
    fine = tmp_path / "fine-street.csv"
    fine.write_bytes(raw)
    names = [*files, "missing.csv"]
    results = run.ingest("police-uk-street", *(tmp_path / name for name in names), fine, code=1)
    assert len(results) == len(names) + 1
    for name, result in zip(names, results, strict=False):
        assert files.get(name, ("", "no such file"))[1] in result["error"], (name, result)
        assert "Traceback" not in result["error"]
    assert (results[-1]["read"], results[-1]["accepted"]) == (3_000, 3_000)
    assert run.query("SELECT count(*) FROM records_batch") == [(2,)]
    run.check()
    run.lake()


def test_dates_of_1066_and_of_the_future_wait_in_quarantine(
    run: Any, tmp_path: Path, csv_of: Callable[..., bytes]
) -> None:
    """The row says where, what was found and what is allowed; the rest of the file lands."""
    path = tmp_path / "odd-street.csv"
    months = ["1066-10", "2018-13", "2026-12", "2010-11", "2026-11", "2010-12", "18-01"]
    path.write_bytes(csv_of("police-uk-street", [{"Month": month} for month in months]))
    (result,) = run.ingest("police-uk-street", path)
    assert (result["read"], result["accepted"], result["quarantined"]) == (7, 2, 5)
    rows = run.json("quarantine", "list")
    assert [(r["file"], r["line"], r["column"], r["found"]) for r in rows] == [
        ("odd-street.csv", line, "Month", repr(month))
        for line, month in enumerate(months, start=2)
        if month not in ("2026-11", "2010-12")
    ]
    assert all(r["allowed"].startswith("a month as YYYY-MM") for r in rows)


def test_records_that_are_no_rows_wait_in_quarantine(run: Any, tmp_path: Path, csv_of: Callable[..., bytes]) -> None:
    path = tmp_path / "odd-street.csv"
    lines = csv_of("police-uk-street", [{}, {"Location": "B"}]).split(b"\r\n")
    lines[2:2] = [b"too,short", lines[1] + b",too,long", b'"open,quote', b""]
    path.write_bytes(b"\r\n".join(lines))
    (result,) = run.ingest("police-uk-street", path)
    assert (result["read"], result["accepted"], result["quarantined"]) == (5, 2, 3)
    assert [(r["line"], r["column"]) for r in run.json("quarantine", "list")] == [(n, "(whole row)") for n in (3, 4, 5)]
    assert "2 cells where the header has 12" in run.json("quarantine", "list")[0]["found"]


def test_a_zip_locked_by_a_password_is_refused(run: Any, tmp_path: Path) -> None:
    # The flag of encryption set by hand: the standard library cannot write a locked zip.
    raw = bytearray(bad_zip(b"x" * 100))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(raw)
    refused(run, path, said="locked by a password")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here (root alone may)")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, csv_of: Callable[..., bytes]) -> Path:
    path = tmp_path_factory.mktemp("large") / "2018-02-street.csv"
    rows = [{"Month": "2018-02", "Location": os.urandom(60).hex()} for _ in range(12_000)]
    path.write_bytes(csv_of("police-uk-street", rows))
    return path


def test_a_full_disk_is_said_and_room_makes_it_good(fresh: Any, good: Path, large: Path, small_disk: Path) -> None:
    run = fresh()
    run.home = small_disk / "home"
    run.ingest("police-uk-street", good)
    (result,) = run.ingest("police-uk-street", large, code=1)
    assert "no room left on the disk" in result["error"]
    assert [b["file"] for b in run.json("batches")] == [good.name]
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    (result,) = run.ingest("police-uk-street", large)
    assert result["read"] == result["accepted"] + result["repeats"] == 12_000
    assert run.query("SELECT count(*) FROM records_event") == [(15_000,)]
    run.check()
    run.lake()


@pytest.mark.parametrize("limit", [100_000, 400_000, 1_500_000, 3_000_000])
def test_a_limit_on_the_size_of_files_is_said_and_lifting_it_makes_it_good(
    run: Any, installed: Any, large: Path, limit: int
) -> None:
    """The same at other places: the write that fails is the lake's, the spill's, or the store's."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = run.start("ingest", "police-uk-street", large, "--at", "2026-11-01", "--json", preexec_fn=limited)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in err
    (result,) = run.ingest("police-uk-street", large)
    assert result["read"] == result["accepted"] + result["repeats"] == 12_000
    assert run.query("SELECT count(*) FROM records_event") == [(15_000,)]
    run.check()
    run.lake()


@pytest.fixture
def nobody(tmp_path: Path) -> list[str]:
    """The words that make a command run as somebody without rights."""
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("rights cannot be dropped here (setpriv is missing)")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


def as_nobody(run: Any, nobody: list[str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    program = [*nobody, sys.executable, "-c", "from peelian.cli import main; main()"]
    done = subprocess.run(
        [*program, *map(str, words)], env=run.environment(), capture_output=True, text=True, timeout=120
    )
    if "Permission denied" in done.stderr and "can't open file" in done.stderr:
        pytest.skip("the interpreter itself cannot be read without rights here")
    return done


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="peelian-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_data_folder_that_may_not_be_written_is_said(
    run: Any, good: Path, nobody: list[str], open_folder: Path
) -> None:
    file = open_folder / good.name
    shutil.copy(good, file)
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    run.home = closed / "home"
    done = as_nobody(run, nobody, "ingest", "police-uk-street", file, "--json")
    assert done.returncode == 1, done.stderr
    assert "may not be read or written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_became_read_only_is_said(
    installed: Any, copy: Any, good: Path, nobody: list[str], open_folder: Path
) -> None:
    run = copy(installed)
    home = open_folder / "home"
    shutil.copytree(run.home, home)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    run.home = home
    file = open_folder / "more-street.csv"
    file.write_bytes(good.read_bytes().replace(b"2018-01", b"2018-02"))
    done = as_nobody(run, nobody, "ingest", "police-uk-street", file, "--json")
    assert done.returncode == 1, done.stdout
    assert "may not be read or written" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_file_that_may_not_be_read_is_refused(fresh: Any, good: Path, nobody: list[str], open_folder: Path) -> None:
    run = fresh()
    run.home = open_folder / "home"
    run.home.mkdir()
    hidden = open_folder / "hidden-street.csv"
    shutil.copy(good, hidden)
    hidden.chmod(0)
    if nobody:
        os.chown(run.home, 65534, 65534)
    done = as_nobody(run, nobody, "ingest", "police-uk-street", hidden, "--json")
    assert done.returncode == 1, done.stderr
    assert "may not be read or written" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_a_data_folder_with_an_unusual_name(fresh: Any, good: Path) -> None:
    """Spaces, accents and apostrophes are usual; what the lake cannot address is refused before anything is written."""
    run = fresh()
    run.home = run.home.parent / "Zoë's data=1"
    (result,) = run.ingest("police-uk-street", good)
    assert result["accepted"] == 3_000
    assert len(run.json("batches")) == 1
    run.home = run.home.parent / "odd [1]"
    done = run.run("ingest", "police-uk-street", good)
    assert (done.returncode, "a character that the lake cannot use" in done.stderr) == (1, True)


def test_words_that_mean_nothing_are_refused(run: Any, good: Path) -> None:
    for words, said in (
        (["ingest", "no-such-feed", good], "there is no such feed"),
        (["ingest", "police-uk-street", good, "--published", "2030-01-01"], "the edition date lies in the future"),
        (["ingest", "police-uk-street", good, "--as", "nobody-known"], "there is no such account"),
    ):
        done = run.run(*words)
        assert (done.returncode, said in done.stderr + done.stdout) == (1, True), done


# ---- inside this process


def test_a_file_that_changes_while_it_is_read_is_refused(
    lake_home: Path, actor: Any, at: datetime, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy still under way: the bytes that were hashed are not those that were checked."""
    path = tmp_path / "growing-street.csv"
    shutil.copy(good, path)
    look = reading.look

    def looked(*words: Any) -> reading.Form:
        form = look(*words)
        path.write_bytes(good.read_bytes() * 2)
        return form

    monkeypatch.setattr(reading, "look", looked)
    (result,) = landing.ingest("police-uk-street", [path], actor=actor, at=at)
    assert "the file changed while it was read" in result.error
    assert Batch.objects.count() == 0


def test_a_byte_that_is_no_character_far_down_refuses_the_file(
    lake_home: Path, actor: Any, at: datetime, tmp_path: Path, csv_of: Callable[..., bytes]
) -> None:
    """Windows-1252 has no character for 0x81; it is met only when the rows are taken in."""
    rows = [{"Location": "Café"}, *({"Location": f"On or near Street {n}"} for n in range(3_000))]
    raw = csv_of("police-uk-street", rows).decode().encode("cp1252")
    path = tmp_path / "far-street.csv"
    path.write_bytes(raw.replace(b"Street 2990", b"Street \x81990"))
    (result,) = landing.ingest("police-uk-street", [path], actor=actor, at=at)
    assert "the encoding of the file cannot be told" in result.error
    assert Batch.objects.count() == 0
