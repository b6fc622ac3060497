"""Data quality in the browser: every source in a line, one report, the faults to send back."""

import csv
import io

import pytest
from django.test import Client

from peelian.access.models import Entry
from peelian.records.models import Batch
from peelian.web.words import feed_words


def test_the_list_shows_each_source_with_its_figures(police: Client, open_batch: Batch, police_batch: Batch) -> None:
    page = police.get("/records/quality/").content.decode()
    assert "police.uk street" in page and "Force crimes" in page
    assert "25.0%" in page  # one of four rows of the street file
    assert "too little past" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ae-assaults", "A&E assaults"),
        ("hmrc-intelligence", "HMRC intelligence"),
        ("border-force-intelligence", "Border Force intelligence"),
        ("council-asb", "Council ASB"),
        ("childrens-social-care", "Children's social care"),
        ("force-hr", "Force HR"),
        ("fire", "Fire"),
    ],
)
def test_a_feed_is_called_as_people_call_it(name: str, said: str) -> None:
    assert feed_words(name) == said


def test_an_empty_store_says_so(police: Client) -> None:
    assert "No file has landed" in police.get("/records/quality/").content.decode()


def test_a_report_is_read_and_its_faults_are_sent_back(police: Client, police_batch: Batch) -> None:
    page = police.get("/records/quality/force-crimes/").content.decode()
    assert "3 rows came in 1 delivery; 1 (33%) could not be accepted" in page
    assert "Crime Type" in page
    assert "Burgalry" not in page
    sent = police.get("/records/quality/force-crimes/faults.csv")
    rows = list(csv.reader(io.StringIO(b"".join(sent.streaming_content).decode())))  # type: ignore[attr-defined]
    assert rows[0] == ["file", "line", "column", "allowed"]
    assert rows[1][:3] == ["secret-crimes.csv", "4", "Crime Type"]
    assert Entry.objects.filter(verb="disclosure", what="faults of a feed").count() == 1


def test_the_report_is_a_pdf_too(police: Client, open_batch: Batch) -> None:
    answer = police.get("/records/quality/police-uk-street/report.pdf")
    assert answer.content.startswith(b"%PDF")
    assert Entry.objects.filter(what="data quality").exists()


@pytest.mark.parametrize("path", ["", "report.pdf", "faults.csv"])
def test_what_may_not_be_seen_is_not_there(
    council: Client, police: Client, open_batch: Batch, police_batch: Batch, path: str
) -> None:
    assert council.get(f"/records/quality/force-crimes/{path}").status_code == 404
    assert council.get(f"/records/quality/no-such-feed/{path}").status_code == 404
    assert "Force crimes" not in council.get("/records/quality/").content.decode()
