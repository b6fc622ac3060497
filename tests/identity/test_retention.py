"""Review, erasure and subject access over people: days from the rule's own example, and nothing told by default."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peelian.access.actor import Actor
from peelian.access.models import Entry, User
from peelian.access.refs import ref_of
from peelian.core.document import Document, Table
from peelian.core.errors import PeelianError
from peelian.identity import retention, subject_access
from peelian.identity.models import Component, Known, LinkModel, ScoreBatch
from peelian.identity.persons import person_of
from peelian.identity.scores import SCORES, read, save
from peelian.records import erasure
from peelian.records.landing import ingest
from peelian.records.models import AccessRequest, Mention
from peelian.records.setup import OPERATOR, ensure_ready

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ON = date(2026, 11, 23)
CRIMES = "Crime Reference,Recorded At,Reported At,Occurred From,Occurred To,HO Class,Offence,Crime Type,Location,Postcode,Easting,Northing,Area,Location Type,Domestic,Outcome,Outcome Date"
PEOPLE = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"


def crime(reference: str, day: str, kind: str) -> list[str]:
    return [reference, f"{day} 12:00", f"{day} 11:00", f"{day} 10:00", "", "", "An offence", kind, "1 High Street", "CM1 1AA", "570000", "206000", "E01000001", "dwelling", "", "", ""]  # fmt: skip


def person(reference: str, record: str, role: str, surname: str) -> list[str]:
    return [reference, record, role, surname, "Barnaby", "M", "1980-02-01", "", "07700 900123", "7 Plover Close", "CM1 1AA", "", "", ""]  # fmt: skip


def write(path: Path, header: str, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


@pytest.fixture
def actor(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Actor]:
    """Quill is suspected of a burglary on 10 February 2020 and was a victim since; Thistle of violence in 2024."""
    settings.HOME = tmp_path
    ensure_ready()
    actor = Actor.of(User.objects.get(username=OPERATOR), "records")
    crimes = [crime("C-2020-1", "2020-02-10", "Burglary"), crime("C-2024-1", "2024-06-01", "Violence and sexual offences"), crime("C-2025-1", "2025-03-01", "Robbery")]  # fmt: skip
    people = [person("M-100001", "C-2020-1", "suspect", "Quill"), person("M-100002", "C-2024-1", "suspect", "Thistle"), person("M-100003", "C-2025-1", "victim", "Quill")]  # fmt: skip
    for feed, header, rows in (("force-crimes", CRIMES, crimes), ("force-people", PEOPLE, people)):
        (result,) = ingest(feed, [write(tmp_path / f"{feed}.csv", header, rows)], actor=actor, at=AT)
        assert (result.error, result.accepted) == ("", 3), result
    a, b = "force-people/M-100001", "force-people/M-100003"
    joined = Component.objects.create(links=[[a, b, 20_000]])
    for m in Mention.objects.select_related("batch"):
        key = f"force-people/{m.key}"
        Known.objects.create(
            key=key, ref=ref_of(key), component=joined if key in (a, b) else None, record_class_id=m.record_class_id, batch=m.batch,
            line=m.line, feed="force-people", reference=m.reference, role=m.role, surname=m.surname, forenames=m.forenames, sex=m.sex,
            born_on=m.born_on, phone=m.phone, address=m.address, postcode=m.postcode, known_from=m.known_from,
        )  # fmt: skip
    return actor


@pytest.fixture
def second(actor: Actor) -> Actor:
    """A colleague."""
    return Actor.of(User.objects.create_user("second", agency=actor.agency), "records")


QUILL, LATER, THISTLE = (f"force-people/M-10000{n}" for n in (1, 3, 2))


def test_a_clear_period_counts_from_the_last_event_as_a_subject(actor: Actor) -> None:
    (waiting,), _ = retention.reviews(actor, on=ON)
    # Group 3, last event on 10 February 2020 (standards, data protection); being a victim since begins nothing again.
    assert (waiting.due.group, waiting.due.on, waiting.mentions) == (3, date(2026, 2, 10), 2)
    assert person_of(waiting.ref, actor=actor).name.startswith("QUILL")
    assert "10 February 2020" in waiting.due.reason
    # Violence is group 2: ten clear years.
    later, unset = retention.reviews(actor, on=date(2034, 6, 1))
    assert unset == 0
    assert (2, date(2034, 6, 1)) in [(w.due.group, w.due.on) for w in later]
    assert not [w for w in retention.reviews(actor, on=date(2034, 5, 31))[0] if w.due.group == 2]


def test_a_review_that_keeps_begins_the_period_again(actor: Actor) -> None:
    (waiting,), _ = retention.reviews(actor, on=ON)
    retention.keep(waiting.ref, reason="pattern of burglary", actor=actor, at=AT)
    assert retention.reviews(actor, on=ON) == ([], 0)
    assert retention.reviews(actor, on=date(2032, 11, 1))[0]
    assert Entry.objects.filter(what="review: kept", reason="pattern of burglary").exists()


def test_erasing_a_person_takes_the_picture_and_the_scores_with_it(
    actor: Actor, second: Actor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LinkModel.objects.create(version="m", settings={}, lower=0, upper=1, trained_at=AT, trained_by="test")
    scores = pl.DataFrame(
        [(QUILL, LATER, "c1", "c3", 20_000), (THISTLE, LATER, "c2", "c3", 500)], schema=SCORES, orient="row"
    )
    monkeypatch.setattr("peelian.identity.erasing.load", lambda version: model)
    save(model, scores, mentions=3, at=AT)  # type: ignore[arg-type]  # only the version is read
    asked = retention.propose_erasure(ref_of(QUILL), reason="not needed", basis="review", actor=actor, at=AT)
    done = erasure.approve(asked, actor=second, at=AT)

    assert set(Known.objects.values_list("key", flat=True)) == {THISTLE}
    assert set(Mention.objects.values_list("surname", flat=True)) == {"Thistle"}
    assert (done.counts["known"], done.counts["mention"], done.counts["scores"]) == (2, 2, 2)
    (left,) = ScoreBatch.objects.all()
    assert read(left.digest).is_empty()
    assert [path.stem for path in (settings.HOME / "identity" / "scores").glob("*.parquet")] == [left.digest]


def table(document: Document) -> Table:
    return next(b for b in document.blocks() if isinstance(b, Table))


def test_a_request_is_due_a_month_on_and_tells_only_what_a_reviewer_tells(actor: Actor, second: Actor) -> None:
    request = subject_access.open_request([ref_of(QUILL)], received=date(2026, 10, 31), actor=actor, at=AT)
    assert request.due == date(2026, 11, 30)
    answers = {line.place: line.answer for line in subject_access.lines(request)}
    assert answers == {QUILL: "ask first", LATER: "tell"}
    draft = subject_access.draft(request, on=ON)
    assert "DRAFT" in draft.subtitle and len(table(draft).rows) == 1

    with pytest.raises(PeelianError, match="cannot be kept"):
        subject_access.decide(request, {QUILL: ("withhold", "")}, actor=actor, at=AT)
    with pytest.raises(PeelianError, match="cannot be closed"):
        subject_access.close(request, actor=second, at=AT)
    subject_access.decide(request, {QUILL: ("withhold", "would prejudice an appeal")}, actor=actor, at=AT)
    request = AccessRequest.objects.get()
    with pytest.raises(PeelianError, match="cannot be closed"):
        subject_access.close(request, actor=actor, at=AT)  # who opened it
    subject_access.close(request, actor=second, at=AT)
    (entry,) = Entry.objects.filter(verb="disclosure")
    assert entry.detail["lines"] == 1
    assert "DRAFT" not in subject_access.draft(AccessRequest.objects.get(), on=ON).subtitle


def test_a_ref_of_nobody_opens_no_request(actor: Actor) -> None:
    with pytest.raises(PeelianError, match="cannot be opened"):
        subject_access.open_request(["nobody"], received=ON, actor=actor, at=AT)
