"""Asking for a forecast or for series, reading them, and taking them as PDF."""

from collections.abc import Callable

import pytest
from django.test import Client

from peelian.access.models import Entry
from peelian.records.models import Batch

from .conftest import crime, street

FORECAST = "/forecasts/?ask=yes&theme=burglary&area=&ahead=1-month&places=lsoa"
SERIES = "/series/?ask=yes&theme=burglary&area=&from=2026-05-01&to=2026-08-31"


@pytest.fixture
def recorded(land: Callable[..., Batch], areas: None) -> None:
    """Six burglaries of one series in fifty of a summer, and open data of three months."""
    lines = [
        crime(f"EX/{n}", start=f"2026-0{5 + n % 4}-{1 + 7 * n % 28:02} 21:00", x=str(560_000 + 331 * n), y=str(200_000 + 457 * n))
        for n in range(50)
    ]  # fmt: skip
    lines += [crime(f"EX/S{n}", start=f"2026-07-{10 + n:02} 22:00", x=str(570_000 + 20 * n)) for n in range(6)]
    land("force-crimes", "secret-crimes.csv", *lines)
    land("police-uk-street", "open.csv", *[street(month=f"2026-0{7 + n % 3}") for n in range(60)])


def test_too_few_months_are_answered_in_words_and_recorded(police: Client, recorded: None) -> None:
    Entry.objects.all().delete()
    page = police.get(FORECAST).content.decode()

    assert "Not enough data: 4 months held, 36 needed" in page
    assert page.count("<h1") == 1
    [entry] = Entry.objects.filter(what="forecasts")
    assert entry.detail["theme"] == "burglary" and entry.purpose == "crime-analysis"


def test_three_years_give_a_card_that_begins_with_its_verdict(
    police: Client, land: Callable[..., Batch], areas: None
) -> None:
    months = [f"{2023 + (8 + n) // 12}-{(8 + n) % 12 + 1:02}" for n in range(36)]
    land(
        "police-uk-street",
        "open.csv",
        *[street(month=m, lon=f"{0.41 + 0.001 * n:.4f}") for m in months for n in range(10)],
    )
    page = police.get(FORECAST.replace("lsoa", "cell")).content.decode()

    card = page.index("How far to trust this forecast")
    assert (
        card < page.index("last year's counts".replace("'", "&#x27;"), card) < page.index("are expected to be recorded")
    )


def test_candidates_are_shown_with_their_reasons(police: Client, recorded: None) -> None:
    page = police.get(SERIES + "&feed=force-crimes").content.decode()

    assert "1 candidate for a series among 56 burglaries" in page
    assert all(f"EX/S{n}" in page for n in range(6))
    assert "times as often as chance gives" in page and "no proof" in page
    assert Entry.objects.filter(what="series").count() == 1


@pytest.mark.parametrize(("path", "name"), [(FORECAST, "forecasts"), (SERIES, "series")])
def test_the_pdf_is_the_same_question(path: str, name: str, police: Client, recorded: None) -> None:
    answer = police.get(path.replace(f"/{name}/", f"/{name}/read.pdf"))

    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert Entry.objects.get(what=name).detail["as"] == "pdf"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/forecasts/?ask=yes&theme=drugs&ahead=1-month&places=lsoa", "Choose one of the kinds listed"),
        ("/forecasts/?ask=yes&theme=&ahead=1-month&places=lsoa", "Choose what it is about"),
        ("/forecasts/?ask=yes&theme=burglary&ahead=9-year&places=lsoa", "Choose one of those listed"),
        ("/series/?ask=yes&theme=burglary&from=&to=2026-09-30", "Enter the first day"),
        ("/series/?ask=yes&theme=burglary&from=2026-09-30&to=2026-09-01", "The last day lies before the first"),
    ],
)
def test_a_question_with_a_fault_says_what_to_do(path: str, fault: str, police: Client, recorded: None) -> None:
    assert fault in police.get(path).content.decode()


@pytest.mark.parametrize("path", ["/forecasts/", "/series/"])
def test_the_pages_say_what_they_are_for(path: str, police: Client, recorded: None) -> None:
    page = police.get(path).content.decode()
    assert page.count("<h1") == 1 and "person" in page
    assert f'href="{path}"' in police.get("/profiles/").content.decode()


def test_a_partner_sees_nothing_of_the_forces_own_records(council: Client, recorded: None) -> None:
    """The open data have no days, so they make no series; the force's crimes leave no trace."""
    page = council.get(SERIES.replace("from=2026-05-01", "from=2026-07-01")).content.decode()
    assert "EX/S" not in page and "56 burglaries" not in page
    assert council.get("/forecasts/read.pdf").status_code == 400


@pytest.mark.parametrize(
    "path", ["/forecasts/read.pdf?theme=nonsense", "/series/?ask=yes&theme=burglary&from=0001-01-01&to=9999-12-31"]
)
def test_an_odd_address_is_no_fault_of_the_site(path: str, police: Client, recorded: None) -> None:
    assert police.get(path).status_code < 500
