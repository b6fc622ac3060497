"""AFI 4, first half: what partners alone hold changes a profile's ranked places, and taking the feed back reverses it.

The county plants a club whose assaults only the emergency department sees, and a children's home whose missing episodes only
social care is told of; the profile is made from the feed files alone and held against that truth.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from peelian.county import make

FEEDS = ("force-crimes", "force-missing", "ae-assaults", "ambulance", "childrens-social-care")
pytestmark = pytest.mark.long  # AFI 4 holds the same on a smaller county
PROGRAM = """
import csv, json, sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import numpy as np
from peelian.cli import ready, acting
ready()
from peelian.access.agreements import load_agreements
from peelian.core.document import Table, Task
from peelian.prevention.partner_data import partner_data
from peelian.prevention.problem_profiles import problem_profile
from peelian.records import areas
from peelian.records.landing import ingest
from peelian.records.withdrawal import restore, withdraw

folder, feeds = Path(sys.argv[1]), sys.argv[2:]
actor, at = acting("operator", "crime-analysis"), datetime(2026, 4, 1, tzinfo=UTC)
areas.load(sorted((folder / "areas").glob("*")), actor=actor, at=at)
load_agreements(folder / "agreements.toml", actor=actor, at=at)
for n, row in enumerate(csv.DictReader((folder / "editions.csv").open())):
    if row["feed"] in feeds:
        (result,) = ingest(row["feed"], [folder / row["file"]], actor=actor, at=at + timedelta(seconds=n),
                           published=date.fromisoformat(row["published"]))
        assert not result.error, result.error

def told(theme, on):
    made = problem_profile(actor, theme, area="", start=date(2025, 1, 1), end=date(2025, 12, 31), on=on, rng=np.random.default_rng(1))
    ranked = next((b for b in made.blocks() if isinstance(b, Table) and "ranked" in b.caption), None)
    return {
        "places": [row[1] for row in ranked.rows] if ranked else [],
        "totals": {row[1]: row[-1] for row in ranked.rows} if ranked else {},
        "findings": {b.id: b.text for b in made.blocks() if type(b).__name__ == "Finding"},
        "tasks": [b.what for b in made.blocks() if isinstance(b, Task)],
    }

day, out = date(2026, 4, 2), {}
out["with"] = told("violence", day)
out["missing"] = told("missing", day)
withdraw("ae-assaults", reason="the hospitals objected", actor=actor, at=at + timedelta(days=1))
withdraw("childrens-social-care", reason="the council objected", actor=actor, at=at + timedelta(days=1))
out["without"] = told("violence", day)
out["missing without"] = told("missing", day)
restore("ae-assaults", actor=actor, at=at + timedelta(days=2))
out["again"] = told("violence", day)
out["shared"] = [[s.agreement.feed, len(s.periods), s.in_time, s.longest, len(s.lacking)] for s in partner_data(actor, on=date(2026, 2, 4)).shared]
json.dump(out, sys.stdout)
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("partners") / "county"
    make(folder, people=20_000, seed=1, months=12, until=date(2025, 12, 31))
    return folder


@pytest.fixture(scope="module")
def told(county, tmp_path_factory, started_home):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")}
    env["PEELIAN_HOME"] = str(shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(county), *FEEDS], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def planted(county):
    """The planted places by kind: their LSOA's name, and their address."""
    names = {}
    for path in (county / "areas").glob("*lsoa*"):
        if path.suffix == ".geojson":
            for feature in json.loads(path.read_text())["features"]:
                own = feature["properties"]
                names[own.get("code") or own.get("LSOA11CD")] = own.get("name") or own.get("LSOA11NM")
    with (county / "truth" / "partner_plants.csv").open() as file:
        return {row["kind"]: (names.get(row["area"], row["area"]), row["address"]) for row in csv.DictReader(file)}


def test_the_club_that_only_the_hospital_knows_is_raised(told, planted):
    name, _ = planted["venue"]
    assert name in told["with"]["places"][:5]
    said = told["with"]["findings"]["partner-ae-assaults"]
    assert f"Without them {name} would fall" in said or f"{name} would fall" in said
    assert any(name in task for task in told["with"]["tasks"])


def test_taking_the_feed_back_reverses_it_and_says_so(told, planted):
    name, _ = planted["venue"]
    assert name not in told["without"]["places"][:5]
    said = told["without"]["findings"]["partner-ae-assaults"]
    assert "were withdrawn on 2 April 2026 (the hospitals objected)" in said
    assert f"{name} would stand" in said
    assert not any(name in task for task in told["without"]["tasks"])
    assert told["again"] == told["with"]


def test_the_home_whose_episodes_only_social_care_holds_is_named(told, planted):
    _, address = planted["placement"]
    home = address.split(",")[0].upper()
    assert any(home in place.upper() for place in told["missing"]["places"][:5]), told["missing"]["places"]
    assert "partner-childrens-social-care" in told["missing"]["findings"]
    # Three episodes in ten never reach the police: the home counts for less where the feed is withdrawn.
    (place,) = [p for p in told["missing"]["places"] if home in p.upper()]
    assert told["missing without"]["totals"].get(place, 0) < 0.9 * told["missing"]["totals"][place]
    assert "are in no police record" in told["missing"]["findings"]["partner-childrens-social-care"]
    assert "were withdrawn" in told["missing without"]["findings"]["partner-childrens-social-care"]


def test_what_came_late_or_never_is_told_as_it_was(told, county):
    """Each agreement's delays are those of the truth's deliveries."""
    sent = pl.read_csv(county / "truth" / "deliveries.csv", try_parse_dates=True).filter(pl.col("kind") == "first")
    for feed, periods, in_time, longest, lacking in told["shared"]:
        if feed not in FEEDS:
            continue
        own = sent.filter(pl.col("feed") == feed)
        assert periods == len(own), feed
        late = (own["sent"] - own["agreed"]).dt.total_days()
        assert longest == max(late.drop_nulls()), feed
        assert lacking >= own["sent"].null_count(), feed
        assert in_time <= int((late == 0).sum()), feed
