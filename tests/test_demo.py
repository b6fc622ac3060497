"""The demonstration and the command line as a new user meets them: real processes on a data folder of their own."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from peelian.county.making import SOURCES


def peelian(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on a data folder."""
    code = "import sys; from peelian.cli import main; sys.argv[0] = 'peelian'; main()"
    env = {**os.environ, "PEELIAN_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=env, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demo ran, for a small county."""
    return Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("demo") / "home"))


def counts(home: Path) -> dict[str, list[int]]:
    """Read, accepted, quarantined and repeats by feed."""
    landed = json.loads(peelian(home, "batches", "--json").stdout)
    names = ("read", "accepted", "quarantined", "repeats")
    feeds = sorted({b["feed"] for b in landed})
    return {f: [sum(b[n] for b in landed if b["feed"] == f) for n in names] for f in feeds}


def test_the_demo_reads_every_feed_and_every_row_is_accounted_for(home: Path) -> None:
    landed = counts(home)
    assert sorted(landed) == sorted(source.feed for source in SOURCES)
    for read, accepted, quarantined, repeats in landed.values():
        assert read == accepted + quarantined + repeats
        assert accepted > 0


def test_just_the_planted_defects_wait_in_quarantine(home: Path) -> None:
    """The county's truth lists every row that it spoiled: those, and no others, are not accepted."""
    with (home / "county-2000-1" / "truth" / "defects.csv").open() as file:
        planted = {(Path(row["file"]).name, int(row["line"])) for row in csv.DictReader(file)}
    waiting = json.loads(peelian(home, "quarantine", "list", "--json").stdout)
    assert {(row["file"], row["line"]) for row in waiting} == planted


def test_run_again_it_reuses_what_is_there(home: Path) -> None:
    before = counts(home)
    again = peelian(home, "demo", "--no-serve", "--people", "2000")
    assert again.returncode == 0, again.stderr
    assert counts(home) == before


def test_the_demo_does_not_mix_with_real_records(tmp_path: Path, home: Path) -> None:
    feed = next((home / "county-2000-1" / "feeds").glob("**/*-street.csv*"))
    assert peelian(tmp_path, "ingest", "police-uk-street", str(feed)).returncode == 0

    refused = peelian(tmp_path, "demo", "--no-serve", "--people", "2000")
    assert refused.returncode == 1
    assert "the data folder holds real records" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_demo_makes_a_burglary_profile(home: Path, tmp_path: Path) -> None:
    made = peelian(
        home, "profile", "burglary", "--from", "2025-01", "--to", "2025-12", "--out", str(tmp_path / "burglary")
    )
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "burglary.pdf").read_bytes().startswith(b"%PDF")
    assert "<h1" in (tmp_path / "burglary.html").read_text()


def test_an_unknown_account_may_do_nothing(home: Path) -> None:
    refused = peelian(home, "batches", "--as", "nobody", "--json")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "there is no such account" in refused.stderr


def test_accounts_are_made_with_a_sound_password(home: Path) -> None:
    weak = peelian(home, "users", "add", "erin", "--password", "abc")
    assert weak.returncode == 1
    assert "too short" in weak.stderr

    made = peelian(
        home,
        "users",
        "add",
        "erin",
        "--password",
        "long enough words",
        "--agency",
        "lakes",
        "--agency-name",
        "Lakes council",
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(peelian(home, "batches", "--as", "erin", "--json").stdout) == [
        b for b in json.loads(peelian(home, "batches", "--json").stdout) if b["feed"].startswith("police-uk-")
    ]


def test_harm_is_the_count_times_the_weight_and_behaviour_is_counted_apart(home: Path, tmp_path: Path) -> None:
    """Robbery weighs 997.6 in the calculated ONS weights; a user's own file of Cambridge weights takes their place."""
    rows = {r["category"]: r for r in json.loads(peelian(home, "harm", "--feed", "police-uk-street", "--json").stdout)}
    assert rows["robbery"]["harm"] == pytest.approx(997.6 * rows["robbery"]["events"])
    assert rows["anti-social-behaviour"]["events"] == 0
    assert rows["anti-social-behaviour"]["asb"] > 0

    own = tmp_path / "weights.csv"
    own.write_text("home_office_classification,offence_title,offence_subgroup,cchi_days\n034/01,Robbery,ROBBERY,365\n")
    weighed = json.loads(peelian(home, "harm", "--weights", str(own), "--version", "made up", "--json").stdout)
    robbery = next(r for r in weighed if r["category"] == "robbery")
    assert robbery["harm"] == 365 * robbery["events"]

    refused = peelian(home, "harm", "--weights", str(own))
    assert refused.returncode == 1
    assert "the version of the weights is not given" in refused.stderr
