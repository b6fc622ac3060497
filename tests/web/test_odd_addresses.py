"""Addresses and names that no page of ours makes: answered in words, logged like any look, and nothing of them repeated."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import peelian.web
from peelian.access.models import Entry, User
from peelian.records.models import Batch
from peelian.web import loads

from .conftest import STREET, street
from .test_loads import idle  # noqa: F401  (a fixture)


@pytest.mark.parametrize(
    "address",
    [
        "/map/counts.json?from=0001-01-01&to=9999-12-31",
        "/map/table/?to=9999-12-31",
        "/profiles/read/?theme=burglary&from=0001-01-01&to=2026-09-30",
        "/profiles/read/?theme=burglary&from=2026-09-01&to=9999-12-31",
        "/profiles/read.pdf?theme=burglary&from=0001-01-01&to=9999-12-31",
    ],
)
@pytest.mark.usefixtures("areas")
def test_days_at_the_ends_of_the_calendar_are_no_fault_of_the_site(
    police: Client, open_batch: Batch, address: str
) -> None:
    assert police.get(address).status_code < 500


@pytest.mark.usefixtures("areas")
def test_the_page_of_the_map_is_a_look_since_its_table_tells_counts(council: Client, open_batch: Batch) -> None:
    council.get("/map/")
    entry = Entry.objects.get(verb="consultation")
    assert (entry.what, entry.detail["feed"], entry.detail["records"]) == ("map: page", "police-uk-street", 3)


@pytest.mark.usefixtures("areas")
def test_a_word_that_is_no_category_does_not_reach_the_log(police: Client, open_batch: Batch) -> None:
    police.get("/map/counts.json?category=Jane+Example")
    assert "Jane" not in str([entry.detail for entry in Entry.objects.all()])


@pytest.mark.usefixtures("idle")
def test_a_file_name_may_be_longer_in_bytes_than_a_folder_allows(
    police: Client, analyst: User, signed_in: Callable[..., Client]
) -> None:
    file = SimpleUploadedFile("é" * 200 + ".csv", "\n".join([STREET, street()]).encode())
    answer = police.post(reverse("load"), {"feed": "police-uk-street", "files": [file]})
    assert answer.status_code == 302
    (load,) = loads.of(analyst.username)
    assert load.files == ("é" * 100,)


def test_no_text_becomes_a_tooltip_unescaped() -> None:
    """Leaflet takes a text for HTML, and names of areas come from files."""
    script = (Path(peelian.web.__file__).parent / "static/peelian/map.js").read_text()
    tooltips = re.findall(r"bindTooltip\((?:\([a-z]+\) => )?(\w+)\(", script)
    assert len(re.findall(r"bindTooltip", script)) == len(tooltips) == 3
    assert set(tooltips) == {"plain"}
