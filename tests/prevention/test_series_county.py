"""From feed files alone: the planted series of a county are candidates, and its forecasts say what they are worth."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter

import polars as pl
import pytest

pytestmark = pytest.mark.long
AT = "2026-01-15"


@pytest.fixture(scope="module")
def county(county_20000):
    return county_20000


@pytest.fixture(scope="module")
def peelian(county, tmp_path_factory, started_home):
    """Run a command on the county's crimes and areas."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
    env["PEELIAN_HOME"] = str(shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data"))

    def run(*words):
        done = subprocess.run(
            [sys.executable, "-c", "from peelian.cli import main; main()", *map(str, words)],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("ingest", "force-crimes", *sorted((county / "feeds/force-crimes").iterdir()))
    run("areas", "load", *sorted((county / "areas").iterdir()))
    return run


def test_planted_series_are_candidates_and_hardly_any_other(county, peelian):
    made = json.loads(peelian("series", "burglary", "--from", "2023-01", "--to", "2025-12", "--at", AT, "--json"))
    events = pl.read_csv(county / "truth/events.csv", infer_schema_length=0)
    plant = dict(events.select("reference", pl.col("plant").fill_null("")).iter_rows())
    planted = set(pl.read_csv(county / "truth/series.csv")["series"])
    found, false = set(), 0
    for table in made["tables"]:
        if table["caption"].startswith("Candidate "):
            names = Counter(plant[row["Reference"]] for row in table["rows"])
            held = {name for name, n in names.items() if name in planted and n >= 3}
            found |= held
            false += not held
    assert len(planted) == 4
    assert len(found) >= 3 and false <= 1


def test_a_forecast_of_three_years_has_its_card_and_says_what_it_is_worth(peelian):
    """Nothing but chance and seasons moves in the county, so last year's counts are as good, and the forecast says so."""
    made = json.loads(peelian("forecast", "violence", "--at", AT, "--json"))
    assert next(iter(made["findings"])) == "honesty"
    assert "not better than last year's counts" in made["findings"]["honesty"]
    assert "feedback loop is likely" not in str(made)
    weekly = json.loads(
        peelian("forecast", "violence", "--by", "week", "--places", "cell", "--ahead", 4, "--at", AT, "--json")
    )
    assert "last year's counts" in weekly["findings"]["honesty"]
