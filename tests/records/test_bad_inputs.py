"""Bad inputs by name, through the command line: no traceback, no unbounded memory, a sentence that helps."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.records.bad_inputs import CASES, Case, Writer
from tests.records.conftest import PROGRAM

from peelian.access.models import User
from peelian.core.errors import PeelianError
from peelian.records import formats, lake, landing, noticing, reading, staging
from peelian.records.failures import plain_failures
from peelian.records.feeds import FEEDS
from peelian.records.feeds.declare import Feed
from peelian.records.models import Area, Batch
from peelian.records.unpacking import shown

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
MEMORY = 1_000 << 10  # kB for any of the heavy inputs: the 512 MB that DuckDB may take, and the program with one block
ESSEX = [[0.0, 51.4], [1.4, 51.4], [1.4, 52.1], [0.0, 52.1], [0.0, 51.4]]  # a box about the county


def test_there_are_more_than_sixty_bad_inputs_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 100
    assert len({c.name for c in CASES}) == len({c.path for c in CASES}) == len(CASES)


Told = dict[str, list[dict[str, Any]]]


def write_all(
    cases: list[Case], folder: Path, csv_of: Callable[..., bytes], plain: dict[str, dict[str, str]]
) -> dict[str, list[Path]]:
    """The files of some cases, by feed."""
    paths: dict[str, list[Path]] = {}
    for one in cases:
        path = folder / one.path
        raw = one.make(path, Writer(str(CASES.index(one)), csv_of, plain))
        if isinstance(raw, bytes):
            path.write_bytes(raw)
        paths.setdefault(one.feed, []).append(path)
    return paths


def area_file(folder: Path) -> Path:
    """The boundary of a force."""
    path = folder / "force.geojson"
    geometry = {"type": "Polygon", "coordinates": [ESSEX]}
    feature = {"type": "Feature", "properties": {"Name": "Essex"}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def hold(told: Told, one: Case) -> None:
    """Refused with what was found and what to do, or every row of it accepted, repeated or told with its column."""
    (result,) = told[shown(Path(one.path))]
    if one.refused:
        assert one.refused in result["error"], result
        assert "  fix  " in result["error"] and "peelian.E4" in result["error"], result
        return
    counts = (result.get("accepted", 0), result.get("repeats", 0), result.get("quarantined", 0))
    assert counts == (one.accepted, one.repeats, len(one.waits)), result
    lines: dict[int, list[str]] = {}
    for row in result["waiting"]:
        assert row["found"] and row["allowed"], row
        lines.setdefault(row["line"], []).append(row["column"])
    assert len(lines) == len(one.waits)
    for columns, wanted in zip((lines[n] for n in sorted(lines)), one.waits, strict=True):
        assert wanted in columns, result["waiting"]
    assert one.note in "\n".join(result.get("notes", [])), result


# ---- every one, read and checked in this process


@pytest.fixture
def essex(lake_home: Path) -> Area:
    """The boundary of a force, loaded."""
    geometry = {"type": "Polygon", "coordinates": [ESSEX]}
    return Area.objects.create(code="force:essex", name="Essex", kind="force", boundary=geometry, source="made up")


def check(feed: Feed, path: Path) -> Iterator[dict[str, Any]]:
    """The way of a landing up to the lake."""
    try:
        with plain_failures(shown(path)):
            for source in formats.sources(path, feed):
                form = formats.look(source, feed)
                con = lake.session()
                notes = staging.stage(con, feed, form, formats.blocks(source, form), AT.date(), None)
                staging.judge(con, feed)
                notes = [*form.notes, *notes, *noticing.notes(con, feed, AT.date())]
                counts = dict(con.execute("SELECT verdict, count(*) FROM judged GROUP BY 1").fetchall())
                rules = list(staging.checks(feed, AT.date()))
                waiting = [
                    {"line": line, "column": " and ".join(rules[int(i)][0]), "found": "x", "allowed": rules[int(i)][1]}
                    for line, faults in con.execute("SELECT line, _faults FROM judged WHERE _faults <> ''").fetchall()
                    for i in faults.split(",")
                ]
                odd = con.execute("SELECT line, why FROM odd").fetchall()
                waiting += [{"line": n, "column": "(whole row)", "found": why, "allowed": "x"} for n, why in odd]
                waits = counts.get("quarantined", 0) + len(odd)
                con.close()
                yield {
                    "accepted": counts.get("accepted", 0), "repeats": counts.get("repeat", 0), "quarantined": waits,
                    "notes": notes, "waiting": waiting,
                }  # fmt: skip
    except PeelianError as error:
        yield {"error": str(error)}


@pytest.mark.parametrize("one", CASES, ids=[c.name for c in CASES])
def test_a_bad_input(
    essex: Area, tmp_path: Path, csv_of: Callable[..., bytes], plain: dict[str, dict[str, str]], one: Case
) -> None:
    (path,) = write_all([one], tmp_path, csv_of, plain)[one.feed]
    hold({shown(path): list(check(FEEDS[one.feed], path))}, one)


# ---- through the command line, in a process of its own


def ingested(
    run: Any, cases: list[Case], folder: Path, csv_of: Callable[..., bytes], plain: dict[str, dict[str, str]]
) -> Told:
    """What came of some cases: the files of a feed are read by one command; nothing but JSON on standard output."""
    run.run("areas", "load", area_file(folder))
    results = []
    for feed, paths in write_all(cases, folder, csv_of, plain).items():
        done = run.run(
            "ingest", feed, "--at", "2026-11-01T09:00:00", "--published", "2026-10-01", "--json", "--", *paths
        )
        assert done.stderr.strip() == ""
        found = json.loads(done.stdout)
        assert done.returncode == any("error" in r for r in found)
        results += found
    run.check()
    waiting = run.json("quarantine", "list")
    by_file: Told = {}
    for result in results:
        rows = [r for r in waiting if r["batch"] == result.get("batch")]
        by_file.setdefault(result["file"].split("/")[0], []).append(result | {"waiting": rows})
    return by_file


def test_some_bad_inputs_through_the_command_line(
    fresh: Any, tmp_path_factory: pytest.TempPathFactory, csv_of: Callable[..., bytes], plain: dict[str, dict[str, str]]
) -> None:
    """Those that no file in memory can stand for, and every eighth of the others."""
    some = [c for c in CASES[:25] if "bomb" not in c.name] + [c for c in CASES if c.file] + CASES[25::8]
    some = [c for n, c in enumerate(some) if c not in some[:n]]
    told = ingested(fresh(), some, tmp_path_factory.mktemp("b"), csv_of, plain)
    for one in some:
        hold(told, one)


@pytest.mark.long
def test_every_bad_input_through_the_command_line(
    fresh: Any, tmp_path_factory: pytest.TempPathFactory, csv_of: Callable[..., bytes], plain: dict[str, dict[str, str]]
) -> None:
    told = ingested(fresh(), CASES, tmp_path_factory.mktemp("b"), csv_of, plain)
    for one in CASES:
        hold(told, one)


# ---- how much memory the heavy ones take


# A process begins with the memory of whoever started it, as Linux counts: so a small one starts it, not the tests' own.
WAITER = """import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
open(sys.argv[1], "w").write(str(os.wait4(process.pid, 0)[2].ru_maxrss))"""


def run_alone(run: Any, feed: str, path: Path) -> tuple[dict[str, Any], int]:
    """What came of reading one file in a process of its own, and the most memory that it took, in kB."""
    out, most = path.with_name("out"), path.with_name("most")
    with out.open("wb") as file, path.with_name("err").open("wb") as err:
        words = [*PROGRAM, "ingest", feed, str(path), "--at", "2026-11-01T09:00:00", "--json"]
        subprocess.run(
            [sys.executable, "-S", "-c", WAITER, str(most), *words], env=run.environment(), stdout=file, stderr=err
        )
    assert path.with_name("err").read_bytes().strip() == b""
    (result,) = json.loads(out.read_text())
    return result, int(most.read_text())


def long_line(path: Path, head: bytes) -> None:
    """A good row, then a line of 2 GB; the file is sparse and takes no room."""
    path.write_bytes(head)
    os.truncate(path, 2 << 30)


def gzip_of_two_gigabytes(path: Path, head: bytes) -> None:
    part = gzip.compress(b"x" * (64 << 20), 9)
    path.write_bytes(gzip.compress(head) + part * 32)


def zip_bomb(path: Path, head: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("crimes.csv", "w") as member:
        member.write(head)
        for _ in range(20):
            member.write(head.splitlines(keepends=True)[1] * 100_000)


HEAVY: dict[str, tuple[Callable[[Path, bytes], Any], str]] = {
    "a line of 2 GB": (long_line, "a line is longer than 4 MB"),
    "a gzip of a line of 2 GB": (gzip_of_two_gigabytes, "peelian.E417"),
    "a zip bomb of good rows": (zip_bomb, "peelian.E417"),
    "40 lines of 3 MB of commas": (lambda p, h: p.write_bytes(h + (b"," * (3 << 20) + b"\n") * 40), "peelian.E418"),
    "60,000 rows that are no rows": (lambda p, h: p.write_bytes(h + (b"y" * 300 + b"\n") * 60_000), ""),
    "quotes that open and never close": (lambda p, h: p.write_bytes(h + b'a,"b' * 60 + b"\n" + (b'"' + b"z" * 999 + b"\n") * 20_000), ""),
}  # fmt: skip


SLOW = ("a line of 2 GB", "40 lines of 3 MB of commas", "60,000 rows that are no rows")  # ten seconds and more each


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.long) if n in SLOW else n for n in HEAVY])
def test_a_heavy_input_takes_no_more_memory_than_stated(
    fresh: Any, tmp_path: Path, csv_of: Callable[..., bytes], name: str
) -> None:
    make, refused = HEAVY[name]
    path = tmp_path / "heavy.csv"
    make(path, csv_of("force-crimes", [{}]))
    result, most = run_alone(fresh(), "force-crimes", path)
    assert refused in result.get("error", ""), result
    if not refused:
        assert result["read"] == result["accepted"] + result["quarantined"] > 1
    assert most < MEMORY, f"{most >> 10} MB"


def test_no_bar_of_progress_stands_before_the_json(lake_home: Path) -> None:
    """DuckDB writes one on standard output beside a query of more than two seconds, as it does on a busy machine."""
    with lake.session() as con:
        for session in (con, lake.cursor(con)):
            assert session.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


# ---- a file that changes under the reader's eyes


@pytest.mark.parametrize("change", ["cut", "another", "gone"])
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "zip"])
def test_a_file_that_changes_between_two_looks_is_refused(
    lake_home: Path, actor: Any, at: datetime, tmp_path: Path, csv_of: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch, kind: str, change: str,
) -> None:  # fmt: skip
    raw = csv_of(
        "force-crimes", [{"Crime Reference": f"c/{n:05}", "Offence": os.urandom(20).hex()} for n in range(500)]
    )
    path = tmp_path / f"crimes.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("crimes.csv", raw)
    else:
        path.write_bytes(raw if kind == "csv" else gzip.compress(raw))
    look = reading.look

    def looked(*words: Any) -> reading.Form:
        form = look(*words)
        if change == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:20_000] if change == "cut" else b"PK\x05\x06" + bytes(18))
        return form

    monkeypatch.setattr(reading, "look", looked)
    (result,) = landing.ingest("force-crimes", [path], actor=actor, at=at)
    assert result.error.startswith("peelian.E4") and "fix" in result.error, result
    assert Batch.objects.count() == 0


# ---- what leaves the product again


def test_formulas_and_html_are_harmless_on_the_page_and_in_the_file(
    lake_home: Path, actor: Any, at: datetime, tmp_path: Path, csv_of: Callable[..., bytes], settings: Any
) -> None:
    """A cell is kept as it came; the page escapes it, and a spreadsheet that opens the export takes it for text."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    evil = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "\t=1", "<script>alert(1)</script>", "＝1"]
    path = tmp_path / "=crimes.csv"
    path.write_bytes(
        csv_of("force-crimes", [{"Crime Reference": f"e/{n}00", "Outcome": e} for n, e in enumerate(evil)])
    )
    (result,) = landing.ingest("force-crimes", [path], actor=actor, at=at)
    assert result.quarantined == len(evil)
    client = Client()
    client.force_login(User.objects.get(username="operator"))
    session = client.session
    session["purpose"] = "crime-analysis"
    session.save()
    page = client.get(reverse("quarantine")).content.decode()
    assert "&lt;script&gt;" in page and "<script>alert" not in page
    export = b"".join(client.get(reverse("quarantine"), {"as": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    cells = [cell for row in csv.reader(io.StringIO(export)) for cell in row]
    assert "'=crimes.csv" in cells  # the file's own name is a formula too
    assert not [c for c in cells if c and c[0] in "=+-@\t＝"]
