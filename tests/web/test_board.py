"""The board as somebody reads it: figures with their cases, what changed, what has none."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.casework.measured_kind import CALL
from tests.web.test_measures import rows

from peelian.access.models import Entry
from peelian.casework.kinds import class_of, register

NOW = datetime.now(UTC)


@pytest.fixture
def work(analyst: Any, signed_in: Any) -> Client:
    register(CALL)
    class_of(CALL)
    return signed_in(analyst, "safeguarding")


def test_each_figure_opens_its_measure_and_its_cases(work: Client, monkeypatch: Any):
    rows(monkeypatch)

    page = work.get("/board/").content.decode()

    assert 'href="/measures/test_call/first_answer_in_time/rows/"' in page
    assert "Below: E07000002; Above: E07000001" in page
    assert "No case of it is counted yet." in page
    first = page.split("<h2>")[1]  # what stands out comes before all
    assert first.startswith("What stands out") and "/measures/test_call/first_answer_in_time/" in first
    assert Entry.objects.filter(what="board of measures").exists()
    differ = work.get("/board/?show=differ").content.decode()
    assert "/measures/test_call/first_answer_in_time/" in differ
    assert "No case of it is counted yet." not in differ
    csv = b"".join(work.get("/board/?format=csv")).decode()
    assert csv.splitlines()[0].startswith("system,measure,question")
    assert "test_call.first_answer_in_time" in csv


def test_a_filter_that_is_none_shows_all_and_no_other_agency_sees_the_board(
    work: Client, signed_in: Any, django_user_model: Any
):
    from peelian.access.models import Agency

    assert work.get("/board/?show=zzz").status_code == 200
    other = Agency.objects.create(code="pct", name="Partner", kind="partner")
    partner = django_user_model.objects.create_user("pat", password="x", agency=other)
    assert signed_in(partner, "safeguarding").get("/board/").status_code == 403
