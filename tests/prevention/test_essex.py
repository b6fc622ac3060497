"""Real Essex, January to July 2018, from the command line: the facts checked in the README of the data come out of a profile."""

import csv
import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from pypdf import PdfReader
from scipy.stats import chi2

STREET = "essex-street-2018"


def run(home, *words):
    """The real command line, in a process and a data folder of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", "from peelian.cli import main; main()", *map(str, words)],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def essex(tmp_path_factory, shared, started_home):
    home = shutil.copytree(started_home, tmp_path_factory.mktemp("essex") / "data")
    run(
        home,
        "ingest",
        "police-uk-street",
        *sorted((shared / "data" / STREET).glob("*.csv.gz")),
        "--published",
        "2018-09-30",
    )
    names = (
        "essex_lsoa_2011.geojson.gz", "essex_districts.geojson.gz", "essex_police_force_area.geojson.gz",
        "essex_lsoa_population2017.csv", "essex_lsoa_imd2015.csv",
    )  # fmt: skip
    run(home, "areas", "load", *(shared / "data" / "geography" / name for name in names))
    return home


def made(home, theme, area=""):
    out = home / f"{theme}-{area}"
    words = ["profile", theme, "--from", "2018-01", "--to", "2018-07", "--out", out, "--at", "2026-11-23", "--json"]
    files = json.loads(run(home, *words, *(["--area", area] if area else [])))
    assert {f["file"].rsplit(".", 1)[1] for f in files} == {"html", "pdf"}
    markup = (out.parent / f"{out.name}.html").read_text()
    markup = re.sub(r"(?s)<style>.*?</style>|data:image/svg\+xml;base64,[^\"]*", "", markup)
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))
    return text, PdfReader(out.parent / f"{out.name}.pdf")


@pytest.fixture(scope="module")
def burglary(essex):
    return made(essex, "burglary")


@pytest.fixture(scope="module")
def violence(essex):
    return made(essex, "violence")


def raw(shared, label):
    for path in sorted((shared / "data" / STREET).glob("*.csv.gz")):
        with gzip.open(path, "rt", newline="") as file:
            yield from (row for row in csv.DictReader(file) if row["Crime type"] == label)


def population(shared):
    path = shared / "data" / "geography" / "essex_lsoa_population2017.csv"
    rows = csv.DictReader(path.read_text().splitlines())
    return {row["lsoa11_code"]: int(row["total_population"]) for row in rows}


@pytest.mark.parametrize(
    ("theme", "label", "total", "months"),
    [
        ("burglary", "Burglary", "6,918", "1,091 949 1,028 991 1,019 852 988"),
        ("violence", "Violence and sexual offences", "31,691", "3,949 3,618 4,216 4,612 4,836 4,924 5,536"),
    ],
)
def test_counts_are_those_of_the_readme_and_the_rate_is_garwoods(request, shared, theme, label, total, months):
    text, _ = request.getfixturevalue(theme)
    assert re.search(rf"{total} [a-z ]+ were recorded in [A-Z][a-z ]+ in January to July 2018", text, re.I)
    for name, count in zip(
        ("January", "February", "March", "April", "May", "June", "July"), months.split(), strict=True
    ):
        assert f"{name} 2018 {count} " in text
    people = population(shared)
    inside = sum(row["LSOA code"] in people for row in raw(shared, label))
    everyone = sum(people.values())
    low, high = chi2.ppf(0.025, 2 * inside) / 2, chi2.ppf(0.975, 2 * inside + 2) / 2
    rate = " ".join(f"{1000 * x / everyone:.1f}" for x in (inside, low, high))
    assert "{} ({} to {}) for every 1,000 people".format(*rate.split()) in text


def test_what_is_left_out_is_counted(burglary, shared):
    people, rows = population(shared), list(raw(shared, "Burglary"))
    nowhere = sum(row["LSOA code"] == "" for row in rows)
    outside = sum(row["LSOA code"] not in people for row in rows) - nowhere
    text, _ = burglary
    assert f"No LSOA given {nowhere} " in text and re.search(rf"LSOA outside \w+ {outside} ", text)


def test_each_file_is_accounted_for(burglary):
    """README: rows by month; nothing is quarantined, nothing repeats."""
    text, _ = burglary
    for month, rows in zip(range(1, 8), (14786, 13752, 16014, 16709, 17618, 17473, 18713), strict=True):
        file = rf"2018-0{month}-essex-street\.csv\.gz police-uk-street [0-9a-f]{{8}} 2018-09-30"
        assert re.search(rf"{file} {rows:,} {rows:,} 0 0", text)


def test_concentration_is_counted_over_every_lsoa(burglary, shared):
    people = population(shared)
    counts = dict.fromkeys(people, 0)
    for row in raw(shared, "Burglary"):
        if row["LSOA code"] in counts:
            counts[row["LSOA code"]] += 1
    busiest = sum(sorted(counts.values())[-54:]) / sum(counts.values())
    assert f"The busiest 54 of 1,077 LSOAs (5.0%) hold {busiest:.0%} of the burglaries" in burglary[0]


def test_open_data_are_not_made_to_say_more_than_they_can(burglary):
    text, _ = burglary
    for limit in (
        "Nothing here points to an address or a street", "Near repeats need the day of each event", "7 of the 24 months needed",
        "Days of the week and hours cannot be shown", "This source says nothing of the people involved",
    ):  # fmt: skip
        assert limit in text


def test_harm_per_head_of_all_crime_is_in_line_with_the_published_score(violence):
    """Table of harm by category: its sum a head and year is within 25 % of ONS's 13.03 (2018) or 14.51 (2019)."""
    text, _ = violence
    start = text.index("Category Recorded Share of count")
    block = text[start : text.index("Crimes only", start)]
    harm = sum(int(h.replace(",", "")) for h in re.findall(r"[\d,]+ [\d.]+% ([\d,]+) [\d.]+%", block))
    a_head = harm / 1_820_379 / (212 / 365.25)
    assert any(abs(a_head / score - 1) < 0.25 for score in (13.03, 14.51))


def test_the_pdf_is_short_enough_to_read_and_says_the_same(burglary, violence):
    for text, pdf in (burglary, violence):
        assert 6 <= len(pdf.pages) <= 14
        said = re.sub(r"\s", "", " ".join(page.extract_text() for page in pdf.pages))
        for finding in re.findall(r"The busiest [^.]*\.[^.]*\.", text)[:1]:
            assert re.sub(r"\s", "", finding) in said


def test_a_district_is_counted_alone(essex, shared):
    own = sum(row["LSOA name"].startswith("Tendring ") for row in raw(shared, "Burglary"))
    text, _ = made(essex, "burglary", "Tendring")
    assert f"{own} burglaries were recorded in Tendring in January to July 2018" in text
    assert f"Tendring {own} " not in text  # one district: no table of districts


def test_an_unknown_area_is_refused_in_plain_words(essex):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PEELIAN_")} | {"PEELIAN_HOME": str(essex)}
    words = ["profile", "burglary", "--from", "2018-01", "--to", "2018-07", "--area", "Tendrnig"]
    done = subprocess.run(
        [sys.executable, "-c", "from peelian.cli import main; main()", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0 and "there is no such area" in done.stderr and "Traceback" not in done.stderr


def test_seven_months_are_too_short_to_say_what_emerges(essex):
    told = run(essex, "emerging", "--at", "2018-08-15")
    assert "The history is too short to tell: 7 months held, 24 needed." in told
