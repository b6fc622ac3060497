"""What every page keeps: no other host, no inline script, no copy in a cache, an entry in the log."""

import re
from typing import Any

import pytest
from django.test import Client

from peelian.access.models import Entry
from peelian.records.models import Batch

PAGES = [
    "/",
    "/work/",
    "/work/hand-over/",
    "/cases/",
    "/cases/new/hub_referral/refer/",
    "/records/",
    "/records/load/",
    "/records/quarantine/",
    "/map/",
    "/map/table/",
    "/profiles/",
    "/purpose/",
]
LOOKS = [
    "/",
    "/records/",
    "/records/quarantine/",
    "/map/table/",
    "/map/counts.json",
    "/map/points.json",
    "/map/hot-spots.json",
    "/map/risk-zones.json",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_closed_to_other_hosts_and_to_caches(
    path: str, police: Client, open_batch: Batch, areas: None
) -> None:
    answer = police.get(path)
    page = answer.content.decode()

    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy and "unsafe-eval" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page)
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    assert not re.findall(r"\son[a-z]+=", page)


@pytest.mark.parametrize("path", [p for p in PAGES if p != "/map/table/"])
def test_every_page_states_the_purpose_and_can_be_skipped_to_its_main_part(path: str, police: Client) -> None:
    page = police.get(path).content.decode()

    assert "Crime and problem analysis" in page
    assert 'href="#main"' in page and 'id="main"' in page
    assert page.count("<h1") == 1
    assert 'lang="en-GB"' in page


@pytest.mark.parametrize("path", LOOKS)
def test_every_look_is_recorded_with_its_purpose(path: str, police: Client, open_batch: Batch) -> None:
    Entry.objects.all().delete()
    police.get(path)

    [entry] = Entry.objects.all()
    assert (entry.user, entry.agency, entry.purpose, entry.verb) == ("ann", "example", "crime-analysis", "consultation")


def test_an_empty_installation_says_what_to_do(police: Client) -> None:
    page = police.get("/").content.decode()

    assert "Begin here" in page
    assert "peelian areas load" in page
    assert 'href="/records/load/"' in page


def test_the_first_page_counts_what_waits(police: Client, open_batch: Batch, police_batch: Batch) -> None:
    page = police.get("/").content.decode()

    assert "2 rows wait to be mended" in page
    assert "secret-crimes.csv" in page


def test_a_fault_of_ours_is_told_in_plain_words_and_without_the_fault(
    client: Client, police: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("peelian.web.views.home.loads.of", lambda user: 1 / 0)
    police.raise_request_exception = False
    answer = police.get("/")

    assert answer.status_code == 500
    assert b"Peelian has failed, not you" in answer.content
    assert b"ZeroDivisionError" not in answer.content
