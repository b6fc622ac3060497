"""Batches and quarantine: everything is accounted for, and what may not be seen leaves no trace."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.records import landing, query
from peelian.records.models import Batch, Quarantined
from peelian.web.listing import csv_response

from .conftest import AT, crime, street

HIDDEN = ("secret", "force-crimes", "Force crimes", "Burgalry", "EX/")


def rows(answer: object) -> list[list[str]]:
    """The rows of a CSV answer."""
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]


def url(batch: Batch) -> str:
    return reverse("batch", args=[batch.digest[:16]])


def row_url(row: Quarantined) -> str:
    return reverse("quarantined", args=[row.batch.digest[:16], row.line])


def test_a_batch_shows_how_its_rows_add_up(police: Client, open_batch: Batch) -> None:
    page = police.get(url(open_batch)).content.decode()

    assert "4 read = 3 accepted + 1 quarantined + 0 repeats" in re.sub(r"<[^>]+>", "", page)
    assert "Every row is accounted for" in page
    assert "Home Office" in page and "Open Government Licence" in page


def test_a_partner_sees_no_trace_of_police_batches(council: Client, open_batch: Batch, police_batch: Batch) -> None:
    for path in (
        "/",
        "/records/",
        "/records/quarantine/",
        "/map/",
        "/map/table/",
        "/map/counts.json",
        "/map/points.json",
    ):
        page = council.get(path).content.decode()
        assert not [word for word in HIDDEN if word in page], path
    assert "1 batch" in council.get("/records/").content.decode()
    assert "4 rows read" in council.get("/records/").content.decode()
    assert "open.csv" in council.get("/records/quarantine/").content.decode()


def test_a_partner_exports_no_police_batch(council: Client, open_batch: Batch, police_batch: Batch) -> None:
    assert [row[0] for row in rows(council.get("/records/?as=csv"))] == ["file", "open.csv"]
    assert {row[1] for row in rows(council.get("/records/quarantine/?as=csv"))} == {"file", "open.csv"}


def test_what_may_not_be_seen_answers_as_what_is_not_there(council: Client, police_batch: Batch) -> None:
    row = police_batch.quarantine.get()
    seen, missing = council.get(url(police_batch)), council.get(reverse("batch", args=["0" * 16]))

    assert seen.status_code == missing.status_code == 404
    told = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (seen, missing)]
    assert told[0].replace(police_batch.digest[:16], "0" * 16) == told[1]
    assert council.get(row_url(row)).status_code == 404
    assert council.get("/records/quarantine/", {"batch": police_batch.digest[:16]}).status_code == 404


def test_a_partner_may_not_load_mend_or_replay(council: Client, open_batch: Batch) -> None:
    row = open_batch.quarantine.get()

    assert council.get("/records/load/").status_code == 403
    assert council.post(row_url(row), {"cell-1": "2026-09", "reason": "typed wrongly"}).status_code == 403
    assert council.post(reverse("replay")).status_code == 403
    assert "only the force’s own people mend records" in council.get(row_url(row)).content.decode()
    row.refresh_from_db()
    assert row.mended is None


def test_batches_filter_and_sort(police: Client, open_batch: Batch, police_batch: Batch) -> None:
    def files(query: str) -> list[str]:
        return [row[0] for row in rows(police.get(f"/records/?as=csv&{query}"))][1:]

    assert files("feed=force-crimes") == ["secret-crimes.csv"]
    assert files("q=OPEN") == ["open.csv"]
    assert files("from=2999-01-01") == []
    assert files("sort=file") == ["open.csv", "secret-crimes.csv"]
    assert files("sort=-file") == ["secret-crimes.csv", "open.csv"]
    assert files("sort=nonsense&from=nonsense") == ["secret-crimes.csv", "open.csv"], "the newest first"


def test_a_quarantined_row_shows_column_found_and_allowed(police: Client, open_batch: Batch) -> None:
    page = police.get(row_url(open_batch.quarantine.get())).content.decode()

    assert "Line 5: Month" in page
    assert "2026-13" in page
    assert "a month as YYYY-MM" in page


def test_quarantine_filters_by_feed_state_and_column(police: Client, open_batch: Batch, police_batch: Batch) -> None:
    def lines(query: str) -> set[str]:
        return {row[1] for row in rows(police.get(f"/records/quarantine/?as=csv&{query}"))} - {"file"}

    assert lines("") == {"open.csv", "secret-crimes.csv"}
    assert lines("feed=force-crimes") == {"secret-crimes.csv"}
    assert lines("column=Month") == {"open.csv"}
    assert lines("state=to-mend") == {"open.csv", "secret-crimes.csv"}
    assert lines("state=mended") == lines("state=replayed") == set()


def test_a_row_is_mended_with_a_reason_and_counts_once_it_is_read_again(
    police: Client, analyst: User, open_batch: Batch
) -> None:
    row, actor = open_batch.quarantine.get(), Actor.of(analyst, "records")
    fields = {name: row.cells[column] for name, column in form_columns(police, row).items()}
    month = next(name for name, column in form_columns(police, row).items() if column == "Month")

    assert "Write why the row is changed" in police.post(row_url(row), {**fields, month: "2026-09"}).content.decode()
    police.post(row_url(row), {**fields, month: "2026-09", "reason": "the clerk confirmed the month"})
    row.refresh_from_db()
    assert row.mended["Month"] == "2026-09" and row.cells["Month"] == "2026-13"
    assert (row.mended_by, row.reason) == ("ann", "the clerk confirmed the month")
    page = police.get(row_url(row)).content.decode()
    assert "the clerk confirmed the month" in page and "not yet read again" in page

    assert query.events(actor).height == 3
    landing.replay(open_batch, actor=actor, at=AT)
    assert query.events(actor).height == 4
    assert "has been read again" in police.get(row_url(row)).content.decode()


def test_a_mend_that_is_still_wrong_says_so(police: Client, open_batch: Batch) -> None:
    row = open_batch.quarantine.get()
    columns = form_columns(police, row)
    fields = {name: row.cells[column] for name, column in columns.items()}
    month = next(name for name, column in columns.items() if column == "Month")
    page = police.post(row_url(row), {**fields, month: "2026-00", "reason": "a guess"}).content.decode()

    assert "still has a fault" in page
    assert "2026-00" in page


def form_columns(client: Client, row: Quarantined) -> dict[str, str]:
    """Field names of the mend form with the column each stands for."""
    return client.get(row_url(row)).context["form"].columns


def test_a_row_that_was_read_again_cannot_be_mended(police: Client, open_batch: Batch) -> None:
    row = open_batch.quarantine.get()
    row.replayed_in = open_batch
    row.save()
    page = police.post(row_url(row), {"reason": "too late"}).content.decode()

    assert "Keep this mend" not in page
    row.refresh_from_db()
    assert row.mended is None


def test_a_record_that_is_no_row_can_be_mended(police: Client, land: Callable[..., Batch]) -> None:
    batch = land("police-uk-street", "short.csv", street(), "only,two")
    row = batch.quarantine.get()
    page = police.get(row_url(row)).content.decode()

    assert "Cell 1" in page
    assert "Keep this mend" in page


def test_a_list_of_more_rows_than_a_page_has_pages(police: Client, land: Callable[..., Batch]) -> None:
    land("force-crimes", "many.csv", *[crime(f"EX/{n}", kind="Burgalry") for n in range(120)])
    answer = police.get("/records/quarantine/")

    assert "Page 1 of 3" in answer.content.decode()
    assert "Page 3 of 3" in police.get("/records/quarantine/?page=3").content.decode()
    assert len(answer.context["told"]) == 50


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=20))
def test_no_exported_cell_runs_in_a_spreadsheet(text: str) -> None:
    """OWASP, CSV injection: a cell that begins with = + - @ or a tab is run as a formula."""
    [[_], [cell]] = rows(csv_response("x.csv", ["head"], [[text]])) if text else [["head"], [""]]

    assert cell[:1] not in ("=", "+", "-", "@", "\t")
    assert cell.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("number", [-1, 0, 3.5])
def test_numbers_are_exported_as_they_are(number: float) -> None:
    assert rows(csv_response("x.csv", ["n"], [[number]]))[1] == [str(number)]
