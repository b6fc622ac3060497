"""Following the force's own extracts: a file that is read opens cases, a later edition changes them, decisions are laid down."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from peelian.access.models import Agency, User
from peelian.casework import store
from peelian.casework.companion.feeds import FeedAdapter
from peelian.casework.companion.running import once
from peelian.casework.companion.setting import Follow, Linked, Source
from peelian.casework.models import Case
from peelian.records import landing

from .accounts import acting

HEADER = "Incident Reference,Created At,Channel,Grade,Opening Code,Closing Code,Location,Postcode,Easting,Northing,Area,Attended At,Closed At,Crime Reference"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOLLOW = Follow(
    kind="test_call", source="incidents", when={"offence": ["Missing person"]}, open="receive", update="note", to="olu",
    facts={"area": "area", "received_at": "reported"}, tells=["grading"],
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, settings: Any, db: None) -> Path:
    settings.HOME = tmp_path
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    return tmp_path


def incident(reference: str, code: str = "Missing person", area: str = "E01000001") -> str:
    return f"{reference},2026-03-01 09:00,999,,{code},,1 High Street,CM1 1AA,570000,206000,{area},,,"


def read(folder: Path, *lines: str, published: date) -> None:
    path = folder / f"incidents-{published}.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    [result] = landing.ingest("force-incidents", [path], actor=acting("olu", "records"), at=AT, published=published)
    assert not result.error, result.error


def test_incidents_open_cases_change_them_and_decisions_are_laid_down_once(folder: Path):
    olu = acting("olu")
    adapter = FeedAdapter("incidents", "force-incidents", acting("ann", "crime-analysis"))
    source = Source(name="incidents", title="Incidents", type="feed", feed="force-incidents", account="ann")
    link = Linked(source, adapter, acting("ann", "safeguarding"), (FOLLOW,))
    assert once([link], at=AT)[0].taken.opened == 0  # nothing was read yet

    read(folder, incident("INC-1"), incident("INC-2", "Theft"), published=date(2026, 3, 1))
    assert once([link], at=AT)[0].taken.opened == 1
    case = Case.objects.get()
    assert (case.origin, case.area) == ("INC-1", "E01000001")
    assert case.facts["received_at"] == "2026-03-01T09:00:00Z"  # London's wall time, in UTC

    read(folder, incident("INC-1", area="E01000002"), incident("INC-2", "Theft"), published=date(2026, 3, 2))
    assert once([link], at=AT)[0].taken.changed == 1
    assert Case.objects.get().area == "E01000002"

    store.accept(case.ref, actor=olu, at=AT)
    store.decide(case.ref, "grading", "high", actor=olu, at=AT, reason="as seen")
    assert once([link], at=AT)[0].told == 1
    assert once([link], at=AT)[0].told == 0
    [file] = (folder / "outbox" / "incidents").iterdir()
    told = json.loads(file.read_text())
    assert (told["reference"], told["decision"], told["outcome"]) == ("INC-1", "grading", "high")
    assert "INC" not in file.name and Agency.objects.exists() and User.objects.exists()
