"""Attachments, legal hold, disclosure, and the gate of what goes out."""

import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from peelian.access.actor import Denied
from peelian.access.models import Entry, SafeContact
from peelian.casework import attachments, disclosure, holds, outgoing, store
from peelian.casework.models import Attachment, Case
from peelian.core.errors import PeelianError
from peelian.identity.models import Known
from peelian.records.models import Hold

from .world import AT, HOUR, REPORT, people

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 40


@pytest.fixture
def posted() -> None:
    """People hold the roles that their world gives them, and no others."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def staff(db: None) -> dict[str, Any]:
    return people()


@pytest.fixture
def case(staff: dict[str, Any]) -> Case:
    given = {**REPORT, "harm": "hurt", "said_by": "neighbour at number 5", "person": ""}
    return store.open_case("made_up_worry", "report", given, actor=staff["ann"], at=AT, origin="CR/1")


def attach(case: Case, actor: Any, content: bytes = PDF, title: str = "body map") -> Attachment:
    return attachments.attach(case.ref, io.BytesIO(content), title=title, actor=actor, at=AT)


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


# Each content as its format's own specification begins it; what the sender calls it is never asked.
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        ("Seen at 10:15, café door open.\r\n".encode(), "text/plain"),
        (office("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"MZ" + b"\0" * 200, ""),
        (b"\x7fELF" + b"\0" * 200, ""),
        (b"#!/bin/sh\nrm -rf /\n", ""),
        (b"<html><script>alert(1)</script></html>", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), ""),
        (office("holiday.exe"), ""),
        (b"PK\x03\x04" + b"\0" * 100, ""),
        (b"\x00\x01\x02" * 50, ""),
    ],
    ids=lambda value: value if isinstance(value, str) and value else None,
)  # fmt: skip
def test_a_file_is_what_its_bytes_say_and_only_a_short_list_is_taken(content: bytes, kind: str):
    if kind:
        assert attachments.kind_of(content[: attachments.HEAD], io.BytesIO(content)) == kind
    else:
        with pytest.raises(PeelianError, match="not taken"):
            attachments.kind_of(content[: attachments.HEAD], io.BytesIO(content))


def test_a_file_lies_under_its_hash_once_and_comes_back_as_it_was(case: Case, staff: dict[str, Any], folder: Path):
    first, second = attach(case, staff["ann"]), attach(case, staff["bob"], title="the same again")
    assert first.sha256 == second.sha256
    assert len([p for p in (folder / "attachments").rglob("*") if p.is_file()]) == 1

    opened = attachments.opened(first.ref, actor=staff["bob"], at=AT)

    assert opened.path.read_bytes() == PDF
    assert opened.name == f"attachment-{first.sha256[:12]}.pdf"
    said = Entry.objects.filter(what="attachment").order_by("pk").last()
    assert (said.verb, said.user, said.detail["sha256"]) == ("consultation", "bob", first.sha256)
    assert stat.S_IMODE((folder / "attachments").stat().st_mode) == 0o700


def test_a_file_changed_on_disk_is_never_sent_as_what_was_attached(case: Case, staff: dict[str, Any]):
    one = attach(case, staff["ann"])
    attachments.path_of(one.sha256).write_bytes(PDF + b"x")
    with pytest.raises(PeelianError, match="not what was attached"):
        attachments.opened(one.ref, actor=staff["ann"], at=AT)


@pytest.mark.parametrize(("code", "says"), [(0, "clean"), (1, "refused"), (2, "not scanned")])
def test_the_scanner_is_believed_and_silence_is_not_clean(case, staff, folder, settings, code, says):
    scanner = folder / "scanner"
    scanner.write_text(f"#!/bin/sh\nexit {code}\n")
    scanner.chmod(0o700)
    settings.VIRUS_SCAN = str(scanner)
    one = attach(case, staff["ann"])
    assert one.scanned == says
    if says == "refused":
        with pytest.raises(PeelianError, match="virus"):
            attachments.opened(one.ref, actor=staff["ann"], at=AT)


def test_without_a_scanner_a_file_says_that_nobody_looked_and_is_scanned_later(case, staff, folder, settings):
    settings.VIRUS_SCAN = ""
    one = attach(case, staff["ann"])
    assert one.scanned == "not scanned"
    scanner = folder / "scanner"
    scanner.write_text("#!/bin/sh\nexit 1\n")
    scanner.chmod(0o700)
    settings.VIRUS_SCAN = str(scanner)
    assert attachments.scan_again(at=AT) == 1
    assert Attachment.objects.get().scanned == "refused"


def test_a_file_too_large_or_empty_leaves_nothing_behind(case, staff, folder, settings):
    settings.ATTACHMENT_MB = 1
    for content in (b"", PDF + b"\0" * (1 << 20)):
        with pytest.raises(PeelianError):
            attach(case, staff["ann"], content)
    assert Attachment.objects.count() == 0
    assert not [p for p in (folder / "attachments").rglob("*") if p.is_file()]


def test_who_may_not_see_the_case_may_not_know_of_its_files(case: Case, staff: dict[str, Any]):
    one = attach(case, staff["ann"])
    for stranger in (staff["cal"], staff["hal"]):
        with pytest.raises(Denied):
            attachments.opened(one.ref, actor=stranger, at=AT)
        with pytest.raises(Denied):
            attachments.attached(case.ref, stranger)


def test_a_partner_that_leads_sees_the_files_of_its_own_people_alone(staff: dict[str, Any]):
    led = store.open_case("made_up_worry", "report", REPORT, actor=staff["cal"], at=AT)
    staff[
        "cal"
    ].agency.refresh_from_db()  # it leads its first case, and sees those that it leads from the next request on
    theirs = attach(led, staff["cal"])
    attach(led, staff["ann"], PNG)
    assert [one.ref for one in attachments.attached(led.ref, staff["cal"])] == [theirs.ref]
    assert attachments.attached(led.ref, staff["ann"]).count() == 2


def test_a_file_taken_off_needs_a_reason_and_stays_in_a_disclosure(case: Case, staff: dict[str, Any]):
    one = attach(case, staff["ann"])
    with pytest.raises(PeelianError):
        attachments.remove(one.ref, reason=" ", actor=staff["ann"], at=AT)
    attachments.remove(one.ref, reason="of another case", actor=staff["ann"], at=AT)
    assert not attachments.attached(case.ref, staff["ann"]).exists()
    told = manifest(released(case, staff).content)
    assert told["cases"][0]["attachments"][0]["removed"] == "of another case"


def released(case: Case, staff: dict[str, Any], reference: str = "CR/1") -> disclosure.Disclosed:
    return disclosure.release(
        reference, recipient="Crown Prosecution Service", reason="trial", actor=staff["sue"], at=AT
    )


def manifest(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return dict(json.loads(held.read("manifest.json")))


def test_a_disclosure_holds_journal_override_and_files_and_not_what_was_said_in_confidence(case, staff):
    store.decide(case.ref, "grade", "low", actor=staff["sue"], at=AT + HOUR, reason="seen by a doctor")
    attach(case, staff["ann"])

    out = released(case, staff)

    with zipfile.ZipFile(io.BytesIO(out.content)) as held:
        journal = [json.loads(line) for line in held.read(f"{case.ref}/journal.jsonl").splitlines()]
        [decision] = [json.loads(line) for line in held.read(f"{case.ref}/decisions.jsonl").splitlines()]
        everything = b"".join(held.read(name) for name in held.namelist())
    assert [line["seq"] for line in journal] == [1, 2]
    assert (decision["proposed"], decision["decided"], decision["differs"]) == ("high", "low", True)
    assert decision["reason"] == "seen by a doctor"
    assert b"neighbour at number 5" not in everything
    assert (out.withheld, journal[0]["given"]["said_by"]) == (1, "[withheld]")
    assert journal[0]["given"]["harm"] == "hurt"
    assert PDF in everything
    said = Entry.objects.filter(verb="disclosure").last()
    assert (said.recipient, said.detail["sha256"]) == ("Crown Prosecution Service", out.sha256)


def test_a_disclosure_tells_what_was_changed_added_or_taken_out_of_it(case: Case, staff: dict[str, Any]):
    attach(case, staff["ann"])
    content = released(case, staff).content
    assert disclosure.check(io.BytesIO(content)) == []
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        files = {name: held.read(name) for name in held.namelist()}
    journal = f"{case.ref}/journal.jsonl"
    files[journal] = files[journal].replace(b"hurt", b"well")
    pdf = next(name for name in files if name.endswith(".pdf"))
    del files[pdf]
    files["extra.txt"] = b"x"
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    assert disclosure.check(forged) == [f"{journal} was changed", f"{pdf} is gone", "extra.txt was added"]


def test_a_disclosure_is_for_the_roles_that_answer_for_it_with_recipient_and_reason(case: Case, staff: dict[str, Any]):
    for actor, to in ((staff["ann"], "CPS"), (staff["sue"], " ")):
        with pytest.raises(PeelianError):
            disclosure.release("CR/1", recipient=to, reason="trial", actor=actor, at=AT)
    with pytest.raises(PeelianError, match="nothing is held"):
        released(case, staff, "CR/2")


def test_a_hold_stands_once_with_its_reason_and_keeps_the_records_beneath(case: Case, staff: dict[str, Any]):
    Case.objects.filter(pk=case.pk).update(subject_record="force-crimes/CR/1")
    holds.put(case.ref, reason="inquest", actor=staff["sue"], at=AT)
    with pytest.raises(PeelianError):
        holds.put(case.ref, reason="again", actor=staff["sue"], at=AT)
    assert Hold.objects.filter(feed="force-crimes", reference="CR/1", lifted_at=None).count() == 1
    assert manifest(released(case, staff).content)["cases"][0]["legal_hold"] == "inquest"
    with pytest.raises(PeelianError):
        holds.lift(case.ref, reason="", actor=staff["sue"], at=AT)
    holds.lift(case.ref, reason="inquest closed", actor=staff["sue"], at=AT + HOUR)
    assert holds.standing(case) is None
    assert not Hold.objects.filter(lifted_at=None).exists()


def person(key: str = "force-crimes/CR/1/1") -> Known:
    """Somebody whom records name; the columns that the gate does not read are empty."""
    from tests.casework.known import known

    return known(key)


def rule(key: str, channel: str, **more: Any) -> SafeContact:
    return SafeContact.objects.create(key=key, channel=channel, reason="x", by="x", at=AT, **more)


def test_nothing_goes_out_by_itself_where_nothing_is_known(case: Case, staff: dict[str, Any]):
    with pytest.raises(outgoing.Unasked):
        outgoing.send(case, "", "letter", what="notice of the outcome", actor=staff["ann"], at=AT)
    assert not Entry.objects.filter(verb="disclosure").exists()
    said = outgoing.send(
        case, "", "letter", what="notice of the outcome", asked="asked her by phone", actor=staff["ann"], at=AT
    )
    assert (said.verb, said.recipient, said.reason) == ("disclosure", "the person, by letter", "asked her by phone")


def test_a_rule_blocks_whoever_sends_and_tells_through_whom_alone(case: Case, staff: dict[str, Any]):
    who = person()
    rule(who.key, "letter", only_via="the IDVA")
    with pytest.raises(outgoing.Blocked, match="only through the IDVA"):
        outgoing.send(case, who.ref, "letter", what="notice", asked="I am sure", actor=staff["sue"], at=AT)


def test_a_rule_of_hours_lets_a_job_send_by_itself_only_within_them(case: Case, staff: dict[str, Any]):
    who = person()
    rule(who.key, "text", hour_from=9, hour_until=15)  # AT is 09:00 in London
    outgoing.send(case, who.ref, "text", what="reminder", actor=staff["ann"], at=AT)
    with pytest.raises(outgoing.Blocked):
        outgoing.send(case, who.ref, "text", what="reminder", actor=staff["ann"], at=AT + timedelta(hours=7))
    with pytest.raises(PeelianError, match="not known"):
        outgoing.may_send(case, who.ref, "pigeon", AT)


def test_a_rule_recorded_on_one_record_holds_for_all_that_is_joined_with_it(case: Case, staff: dict[str, Any]):
    from tests.casework.known import known

    first, second = known("force-crimes/CR/1/1", component=7), known("council-asb/9/1", component=7)
    rule(second.key, "any")
    assert not outgoing.may_send(case, first.ref, "call", AT).allowed


def test_nothing_in_the_program_sends_anything_to_a_person_past_the_gate():
    """Whoever adds mail, texts or another sender does it in a module that asks `outgoing` first, and names it here."""
    source = Path(outgoing.__file__).parents[1]
    senders = ("smtplib", "django.core.mail", "aiosmtplib", "twilio", "notifications_python_client")
    found = [
        path.relative_to(source).as_posix()
        for path in sorted(source.rglob("*.py"))
        if any(f"import {name}" in path.read_text() or f"from {name}" in path.read_text() for name in senders)
    ]
    assert found == []
