"""Pages of measures, files, disclosure and followed systems, as somebody uses them."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.casework.known import known
from tests.casework.measured_kind import CALL
from tests.casework.test_evidence import PDF
from tests.casework.test_measures import months_of_rows

from peelian.access.actor import Actor
from peelian.access.models import Entry, SafeContact
from peelian.analysis.trend import Signal
from peelian.casework import store, sums
from peelian.casework.companion import setting
from peelian.casework.companion.contract import Change, Page
from peelian.casework.companion.follow import take_in
from peelian.casework.companion.setting import Follow, Linked, Source
from peelian.casework.kinds import register
from peelian.casework.models import Attachment, Case, Measured
from peelian.web.views.measures import spells

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def kind() -> None:
    register(CALL)


@pytest.fixture
def work(analyst: Any, signed_in: Any) -> Client:
    return signed_in(analyst, "safeguarding")


@pytest.fixture
def case(analyst: Any) -> Case:
    given = {"received_at": NOW.isoformat(), "area": "E07000001"}
    return store.open_case(
        "test_call", "receive", given, actor=Actor.of(analyst, "safeguarding"), at=NOW, origin="CR/1"
    )


def rows(monkeypatch: Any) -> None:
    """Two years of rows that end this month, whatever month it is."""
    monkeypatch.setattr("tests.casework.test_measures.measures.months_back", months_before_now())
    sums.changed([], Measured.objects.bulk_create(months_of_rows({"E07000001": (19, 20), "E07000002": (10, 20)})))


def months_before_now() -> Any:
    from peelian.casework import measures

    plain, now = measures.months_back, measures.month_of(timezone.now())
    return lambda month, n: plain(now if month == 202603 else month, n)


def test_every_measure_of_every_kind_opens(work: Client, case: Case):
    page = work.get("/measures/").content.decode()
    assert "How many are hurt?" in page
    assert "No measure has" in work.get("/measures/?q=zzz").content.decode()
    for name in (
        "first_answer_in_time",
        "check_answered_in_time",
        "grading_as_proposed",
        "hurt",
        "visits_on_time",
        "calls",
        "wait",
    ):
        answer = work.get(f"/measures/test_call/{name}/")
        assert answer.status_code == 200, name
        assert "Not enough data" in answer.content.decode() or name == "calls"
    assert work.get("/measures/test_call/none/").status_code == 404
    assert work.get("/measures/none/none/rows/").status_code == 404


def test_a_measure_shows_both_pictures_with_tables_and_each_number_opens_its_rows(
    work: Client, monkeypatch: Any, areas: None
):
    rows(monkeypatch)
    page = work.get("/measures/test_call/first_answer_in_time/").content.decode()
    assert "2 of 2 areas differ from the force by more than chance gives" in page
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "Example" in page  # the name of the area, not its code
    found = work.get("/measures/test_call/first_answer_in_time/rows/?area=E07000002&which=no").content.decode()
    assert "240 rows" in found
    csv = b"".join(work.get("/measures/test_call/first_answer_in_time/?format=csv").streaming_content).decode()
    assert "area,E07000002,E07000002,240,240,0,0.5" in csv


def test_a_partner_sees_the_page_and_counts_nothing_of_the_force(
    council: Client, partner: Any, signed_in: Any, monkeypatch: Any
):
    rows(monkeypatch)
    page = signed_in(partner, "safeguarding").get("/measures/test_call/first_answer_in_time/").content.decode()
    assert "Nothing is counted in these months" in page
    assert "960" not in page


def test_a_file_is_attached_sent_as_a_download_and_taken_off(work: Client, case: Case):
    answer = work.post(f"/cases/{case.ref}/attach/", {"file": upload(), "title": "body map"}, follow=True)
    one = Attachment.objects.get()
    assert "Nobody scanned it" in answer.content.decode()
    sent = work.get(f"/attachments/{one.ref}/")
    assert b"".join(sent.streaming_content) == PDF
    assert sent["Content-Disposition"] == f'attachment; filename="attachment-{one.sha256[:12]}.pdf"'
    assert (sent["X-Content-Type-Options"], sent["Content-Type"]) == ("nosniff", "application/pdf")
    work.post(f"/attachments/{one.ref}/remove/", {"reason": "of another case"})
    assert Attachment.objects.get().removed_why == "of another case"


def upload(content: bytes = PDF, name: str = "Alice Smith.exe") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_refused_file_is_told_in_words_and_a_strangers_address_tells_nothing(
    work: Client, case: Case, council: Client
):
    page = work.post(f"/cases/{case.ref}/attach/", {"file": upload(b"MZ" + b"\0" * 99), "title": "x"}, follow=True)
    assert "a file of this kind is not taken" in page.content.decode()
    work.post(f"/cases/{case.ref}/attach/", {"file": upload(), "title": "x"})
    one = Attachment.objects.get()
    told = set()
    for ref in (one.ref, "a" * 24):
        answer = council.get(f"/attachments/{ref}/")
        assert answer.status_code == 403
        # But for the token of the form and the address that was asked for.
        told.add(re.sub(rb'value="[A-Za-z0-9]{64}"', b"", answer.content.replace(ref.encode(), b"")))
    assert len(told) == 1


def test_a_case_is_held_and_released_with_a_file_whose_hash_the_log_holds(work: Client, case: Case):
    work.post(f"/cases/{case.ref}/hold/", {"reason": "inquest", "act": "put"})
    page = work.get("/disclosure/?reference=CR/1").content.decode()
    assert 'value="CR/1"' in page
    bad = work.post("/disclosure/", {"reference": "CR/9", "recipient": "CPS", "reason": "trial"})
    assert bad.status_code == 400 and "Nothing was released" in bad.content.decode()
    out = work.post("/disclosure/", {"reference": "CR/1", "recipient": "CPS", "reason": "trial"})
    assert zipfile.ZipFile(io.BytesIO(out.content)).testzip() is None
    assert Entry.objects.get(verb="disclosure").detail["sha256"] == out["X-SHA-256"]
    work.post(f"/cases/{case.ref}/hold/", {"reason": "closed", "act": "lift"})


def test_what_goes_out_passes_the_gate_or_stays(work: Client, case: Case, settings: Any):
    who = known("force-crimes/CR/1")
    Case.objects.filter(pk=case.pk).update(subject=who.ref, subject_key=who.key)
    page = work.get(f"/cases/{case.ref}/").content.decode()
    assert page.count("ask first") >= 6  # each way: nothing is recorded, and that is no safety
    told = {"channel": "letter", "what": "notice of the outcome"}
    asked = work.post(f"/cases/{case.ref}/send/", told, follow=True).content.decode()
    assert "Ask first whether this way of contact is safe" in asked
    assert not Entry.objects.filter(verb="disclosure").exists()
    work.post(f"/cases/{case.ref}/send/", {**told, "asked": "asked her in person"})
    sent = Entry.objects.get(verb="disclosure")
    assert (sent.what, sent.recipient, sent.reason) == (
        "notice of the outcome",
        "the person, by letter",
        "asked her in person",
    )
    SafeContact.objects.create(key=who.key, channel="letter", only_via="the IDVA", reason="x", by="x", at=NOW)
    blocked = work.post(f"/cases/{case.ref}/send/", {**told, "asked": "sure"}, follow=True).content.decode()
    assert "This must not be sent" in blocked and "only through the IDVA" in blocked
    assert Entry.objects.filter(verb="disclosure").count() == 1


class Once:
    """A system with one record."""

    name = title = "cad"

    def changes(self, cursor: str, *, limit: int) -> Page:
        fields = {"received": "2026-01-01T09:00:00+00:00", "district": "E07000001"}
        bad = Change("CAD-2", "1", NOW, {"district": "E07000001"})
        return Page((Change("CAD-1", "1", NOW, fields, owner="ann"), bad), "1", NOW)

    def write_back(self, reference: str, key: str, body: object) -> None:
        """Nothing is decided here."""


def test_followed_systems_show_their_age_what_was_kept_and_what_was_inherited(
    work: Client, analyst: Any, monkeypatch: Any
):
    assert "No system is followed" in work.get("/companion/").content.decode()
    source = Source(name="cad", title="Command and control", type="http", account="ann")
    follow = Follow(
        kind="test_call", source="cad", open="receive", update="note", to="ann",
        facts={"area": "district", "received_at": "received"},
    )  # fmt: skip
    take_in(Linked(source, Once(), Actor.of(analyst, "safeguarding"), (follow,)), at=NOW, cut_over=True)
    monkeypatch.setattr(setting, "read", lambda: setting.Companion(source=[source], follow=[follow]))
    page = work.get("/companion/").content.decode()
    assert "Command and control" in page and " old</b>" in page
    assert "CAD-2" in page and "Not taken in" in page
    assert "CAD-1" in page and "Inherited breaches" in page


def test_a_spell_outside_the_usual_is_told_once():
    signals = [
        Signal(2, "above the limit"),
        *(Signal(at, "eight below the centre") for at in (14, 15, 16)),
        Signal(16, "below the limit"),
    ]
    labels = [f"m{n}" for n in range(18)]

    assert spells(signals, labels) == ["m2 above the limit", "m7 to m16 all below the centre", "m16 below the limit"]
