"""Asking for a profile, reading it, and taking it as PDF."""

import io
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from peelian.access.models import Entry
from peelian.records.models import Batch

from .conftest import crime, street

WISH = "theme=burglary&area=&from=2026-07-01&to=2026-09-30&feed="


@pytest.fixture
def recorded(land: Callable[..., Batch], areas: None) -> None:
    """Sixty burglaries of open data over three months, and a dozen that only police may see."""
    land(
        "police-uk-street",
        "open.csv",
        *[street(month=f"2026-0{7 + n % 3}", lon=f"{0.41 + 0.001 * n:.4f}") for n in range(60)],
    )
    land("force-crimes", "secret-crimes.csv", *[crime(f"EX/{n}") for n in range(12)])


def test_the_form_leads_to_the_profile(police: Client, recorded: None) -> None:
    answer = police.get("/profiles/?ask=yes&" + WISH)

    assert answer.status_code == 302
    assert "/profiles/read/?theme=burglary" in "/profiles/" + answer.headers["Location"]


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ("theme=&from=2026-07-01&to=2026-09-30", "Choose what the profile is about"),
        ("theme=burglary&from=&to=2026-09-30", "Enter the first day"),
        ("theme=burglary&from=2026-07-01&to=soon", "Enter the last day as a date"),
        ("theme=burglary&from=2026-09-30&to=2026-07-01", "The last day lies before the first"),
    ],
)
def test_a_question_with_a_fault_says_what_to_do(wish: str, fault: str, police: Client, recorded: None) -> None:
    assert fault in police.get("/profiles/?ask=yes&" + wish).content.decode()


def test_a_profile_is_read_and_recorded(police: Client, recorded: None) -> None:
    Entry.objects.all().delete()
    page = police.get("/profiles/read/?feed=police-uk-street&" + WISH.replace("&feed=", "")).content.decode()

    assert "Problem profile: burglary" in page
    assert "60 burglaries" in page
    assert page.count("<h1") == 1
    [entry] = Entry.objects.filter(what="problem profile")
    assert entry.detail["theme"] == "burglary" and entry.purpose == "crime-analysis"


def test_each_drawing_is_sent_once_for_each_figure(police: Client, recorded: None) -> None:
    page = police.get("/profiles/read/?" + WISH).content.decode()
    charts = json.loads(re.search(r'<script id="charts"[^>]*>(.*?)</script>', page, re.S)[1])  # type: ignore[index]

    assert len(charts["specs"]) == page.count("<figure>") > 0
    assert charts["config"]["axis"]


def test_the_pdf_says_the_same(police: Client, recorded: None) -> None:
    answer = police.get("/profiles/read.pdf?feed=police-uk-street&" + WISH.replace("&feed=", ""))
    reader = PdfReader(io.BytesIO(answer.content))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "60 burglaries" in " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_what_a_partner_reads_is_the_same_whether_or_not_police_hold_more(
    council: Client, land: Callable[..., Batch], areas: None
) -> None:
    paths = ["/profiles/read/?" + WISH, "/profiles/", "/map/", "/map/table/", "/map/counts.json", "/map/points.json",
             "/map/hot-spots.json", "/records/", "/records/quarantine/"]  # fmt: skip

    def read() -> dict[str, str]:
        pages = {path: council.get(path).content.decode() for path in paths}
        return {
            path: re.sub(r'(csrfmiddlewaretoken" value=|Printed from Peelian )[^>]*', "", page)
            for path, page in pages.items()
        }

    land("police-uk-street", "open.csv", *[street(lon=f"{0.41 + 0.001 * n:.4f}") for n in range(60)])
    before = read()
    land("force-crimes", "secret-crimes.csv", *[crime(f"EX/{n}") for n in range(12)], crime("EX/13", kind="Burgalry"))

    assert "60 burglaries" in before[paths[0]]
    assert read() == before


def test_a_partner_who_names_a_police_feed_learns_nothing(council: Client, recorded: None) -> None:
    named = council.get("/profiles/read/?" + WISH + "force-crimes")
    absent = council.get("/profiles/read/?" + WISH + "force-incidents")

    assert "12 burglaries" not in named.content.decode()
    assert named.status_code == absent.status_code


@pytest.mark.parametrize(
    "wish",
    [
        "",
        "theme=nonsense&from=2026-07-01&to=2026-09-30",
        "theme=burglary&area=Nowhere&from=2026-07-01&to=2026-09-30",
        "theme=burglary&from=1999-01-01&to=1999-01-31",
    ],
)
def test_an_address_with_a_fault_is_told_in_plain_words(wish: str, police: Client, recorded: None) -> None:
    answer = police.get("/profiles/read/?" + wish)

    assert answer.status_code == 400
    assert b"Number of this fault" in answer.content
