"""What was planted in the made-up county is found by its profiles: hot spots, and series of near repeats.

The pipeline never sees the truth; here the profile, made from the feed files alone, is held against it.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from math import hypot

import polars as pl
import pytest

from peelian.prevention.hot_spots import CELL

pytestmark = pytest.mark.long  # a profile of three years
PERIOD = (date(2023, 1, 1), date(2025, 12, 31))
# The profile is made in a process of its own, since records stand in a data folder of their own.
PROGRAM = """
import json, sys
from dataclasses import replace
from datetime import date
import numpy as np
import polars as pl
from peelian.cli import ready, acting
ready()
from peelian.core.document import Figure, Table
from peelian.prevention.problem_profiles import profile_of
from peelian.prevention.profile.gather import gather
from peelian.prevention.profile.repeats import repeats_part
from peelian.prevention.themes import theme_named

actor, asked = acting("operator", "crime-analysis"), json.load(sys.stdin)
first, last = map(date.fromisoformat, asked["period"])

def tables(blocks):
    found = [b.table if isinstance(b, Figure) else b for b in blocks if isinstance(b, Figure | Table)]
    return [{"caption": t.caption, "columns": [c.label for c in t.columns], "rows": t.shown} for t in found]

told = {}
for theme in asked["themes"]:
    scope = gather(actor, theme_named(theme), area="", start=first, end=last, on=last)
    made = profile_of(scope, rng=np.random.default_rng(1))
    told[theme] = {"tables": tables(made.blocks()), "text": " ".join(made.texts())}
for day in asked["days"]:  # of the last theme, burglary
    on = replace(scope, on=date.fromisoformat(day))
    told[day] = {"tables": tables(repeats_part(on, np.random.default_rng(1)).section.blocks)}
others = replace(scope, events=scope.events.filter(~pl.col("reference").is_in(asked["planted"])))
told["without series"] = {"text": repeats_part(others, np.random.default_rng(1)).findings[0].text, "fewer": len(scope.events) - len(others.events)}
json.dump(told, sys.stdout)
"""


def run(home, *words, program="from peelian.cli import main; main()", given=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        env=env, input=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def county(county_20000):
    return county_20000


def truth(county, name):
    return pl.read_csv(county / "truth" / f"{name}.csv")


@pytest.fixture(scope="module")
def told(county, tmp_path_factory, started_home):
    """The profiles of three years by theme, and the zones on the fourth day of each series."""
    home = shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data")
    for feed in ("force-crimes", "force-incidents"):
        run(home, "ingest", feed, *sorted((county / "feeds" / feed).iterdir()))
    run(home, "areas", "load", *sorted((county / "areas").iterdir()))
    asked = {
        "period": list(map(str, PERIOD)),
        "themes": ["asb", "violence", "burglary"],
        "days": days(county),
        "planted": series(county)["reference"].to_list(),
    }
    return json.loads(run(home, program=PROGRAM, given=json.dumps(asked)))


def series(county):
    """The events of the planted series."""
    return truth(county, "events").filter(pl.col("plant").str.starts_with("S"))


def days(county):
    """The day on which each series had its third event: by then a near repeat can be acted on."""
    events = series(county)
    return [
        str(datetime.fromisoformat(sorted(events.filter(pl.col("plant") == name)["happened"])[2]).date())
        for name in truth(county, "series")["series"]
    ]


def table(made, start):
    [found] = [t for t in made["tables"] if t["caption"].startswith(start)]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def point(cell):
    return tuple(map(int, cell.split()))


def test_planted_hot_spots_are_among_the_places_a_profile_names(county, told):
    themes = {"Anti-social behaviour": "asb", "Violence and sexual offences": "violence"}
    planted = truth(county, "hot_spots").rows(named=True)
    assert len(planted) == 2
    for spot in planted:
        found = table(told[themes[spot["category"]]], "Hot spots and high cells")
        # A cell of 250 m that holds the planted street; its centre is rounded to 100 m.
        near = [row for row in found if hypot(*(a - b for a, b in zip(point(row["Centre, easting and northing"]), (spot["easting"], spot["northing"]), strict=True))) <= CELL]  # fmt: skip
        assert near and int(near[0]["Recorded"].replace(",", "")) >= spot["events"] / 2


def test_planted_series_make_a_near_repeat_finding_of_their_reach(county, told):
    """Series lie within 150 m and 14 days: the bands to 200 m and to 13 days stand out, those beyond do not."""
    assert "the risk within 200 m is raised for 13 days" in told["burglary"]["text"]
    pairs = table(told["burglary"], "Pairs")
    low = {(row["Distance"], row["Apart"]) for row in pairs if row["p, corrected"].startswith("0.0") and float(row["p, corrected"]) <= 0.05}  # fmt: skip
    inside = {(d, t) for d in ("1 to 100 m", "100 to 200 m") for t in ("0 to 7 days", "7 to 14 days")}
    assert inside <= low and not low & {(d, t) for d, t in low if d[0] in "24" or t[0:2] in ("14", "21")}


def test_without_the_series_there_is_no_such_finding(told):
    assert told["without series"]["fewer"] >= 20
    assert "No near repetition is shown" in told["without series"]["text"]


def test_each_series_raises_a_zone_that_reaches_its_later_events(county, told):
    events = series(county)
    reached, later = 0, 0
    for name, day in zip(truth(county, "series")["series"], days(county), strict=True):
        zones = table(told[day], "Risk zones")
        for event in events.filter((pl.col("plant") == name) & (pl.col("happened").str.slice(0, 10) > day)).iter_rows(
            named=True
        ):
            later += 1
            reached += any(
                hypot(x - event["easting"], y - event["northing"]) <= float(zone["Radius"]) + 71  # rounding to 100 m
                for zone in zones
                for x, y in [point(zone["Centre, easting and northing"])]
            )
    assert later >= 10 and reached / later >= 0.9
