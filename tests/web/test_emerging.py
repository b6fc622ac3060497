"""Looking for emerging problems in the browser: ask, read, take as PDF; every look is recorded."""

import io
import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from django.test import Client
from pypdf import PdfReader

from peelian.access.models import Entry
from peelian.records.models import Area, Batch

from .conftest import crime, street

ASK = "/emerging/?ask=yes&area=&months=24"
MONTHS = [f"{n // 12}-{n % 12 + 1:02}" for n in range(2024 * 12 + 9, 2026 * 12 + 10)]  # October 2024 to October 2026
CODES = [f"E0100000{n}" for n in range(1, 5)]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 23rd of November 2026, whenever the test runs."""
    monkeypatch.setattr("peelian.web.views.emerging.timezone.localdate", lambda: date(2026, 11, 23))


@pytest.fixture
def ground() -> None:
    """Four LSOAs in a row, in one district."""
    for n, code in enumerate(CODES):
        west = 0.4 + n / 50
        ring = [[west, 51.7], [west + 0.02, 51.7], [west + 0.02, 51.72], [west, 51.72], [west, 51.7]]
        boundary = {"type": "Polygon", "coordinates": [ring]}
        name = f"Example 00{n + 1}A"
        Area.objects.create(code=code, name=name, kind="lsoa", parent="E07000001", boundary=boundary, source="made up")
    Area.objects.create(code="E07000001", name="Example", kind="district", source="made up")


def lines(risen: str = "") -> list[str]:
    """About eight burglaries a month in each LSOA; three times as many in `risen` in the last two months."""
    rng = np.random.default_rng(3)
    return [
        street(month=month, area=code, id=f"{month}{code}{k:03}".replace("-", "").lower().ljust(64, "0"))
        for month in MONTHS
        for code in CODES
        for k in range(rng.poisson(24 if code == risen and month >= MONTHS[-2] else 8))
    ]


@pytest.fixture
def recorded(land: Callable[..., Batch], ground: None) -> None:
    """Twenty-five months, at whose end burglary rises in one LSOA."""
    land("police-uk-street", "open.csv", *lines(risen=CODES[2]))


def test_the_form_asks_and_names_the_areas(police: Client, ground: None) -> None:
    page = police.get("/emerging/").content.decode()
    assert page.count("<h1") == 1 and "Everywhere the force records" in page and "Example</option>" in page


def test_what_emerges_is_read_and_the_look_is_recorded(police: Client, recorded: None) -> None:
    Entry.objects.all().delete()
    page = police.get(ASK).content.decode()

    assert "Burglary in Example 003A" in page and "since September 2026" in page
    assert "5% of all looks raise an alarm" in page and page.count("<h1") == 1
    [entry] = Entry.objects.filter(what="emerging problems")
    assert entry.verb == "consultation" and entry.purpose == "crime-analysis"
    assert entry.detail == {"area": "the force area", "months": 24, "level": 0.05, "found": 1}


def test_the_pdf_says_the_same(police: Client, recorded: None) -> None:
    answer = police.get("/emerging/read.pdf?ask=yes&area=E07000001&months=24")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())

    assert answer.headers["Content-Type"] == "application/pdf" and "Burglary in Example 003A" in text
    assert Entry.objects.filter(what="emerging problems", detail__area="Example").count() == 1


def test_nothing_emerges_where_nothing_does(police: Client, land: Callable[..., Batch], ground: None) -> None:
    land("police-uk-street", "open.csv", *lines())
    assert "Nothing stands out by more than chance" in police.get(ASK).content.decode()


def test_too_short_a_history_is_said_in_words(police: Client, land: Callable[..., Batch], ground: None) -> None:
    land("police-uk-street", "open.csv", *[line for line in lines() if line.split(",")[1] >= "2026-04"])
    assert "7 months held, 24 needed" in police.get(ASK).content.decode()


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ("ask=yes&area=E99&months=24", "Choose one of the areas listed"),
        ("ask=yes&months=7", "Choose one of the spans listed"),
    ],
)
def test_a_question_with_a_fault_says_what_to_do(wish: str, fault: str, police: Client, ground: None) -> None:
    assert fault in police.get(f"/emerging/?{wish}").content.decode()
    assert police.get(f"/emerging/read.pdf?{wish}").status_code == 400


def test_without_areas_the_reader_is_told_what_to_load(police: Client, land: Callable[..., Batch]) -> None:
    land("police-uk-street", "open.csv", *lines()[-50:])
    answer = police.get(ASK)
    assert answer.status_code == 400 and "LSOAs with a boundary" in answer.content.decode()


def test_a_partner_learns_nothing_of_what_only_police_hold(
    council: Client, land: Callable[..., Batch], recorded: None
) -> None:
    def read() -> str:
        return re.sub(
            r'(csrfmiddlewaretoken" value=|Printed from Peelian )[^>]*', "", council.get(ASK).content.decode()
        )

    before = read()
    land("force-crimes", "secret.csv", *[crime(f"EX/{n}", start="2026-10-10 21:00") for n in range(40)])
    assert "Burglary in Example 003A" in before and read() == before
