"""The data-quality report: what came, how complete, how late, how valid, and how unlike its own past."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.core.document import Finding
from peelian.core.errors import PeelianError
from peelian.documents.quality import quality_document
from peelian.records.feeds import FEEDS
from peelian.records.landing import ingest
from peelian.records.quality import Quality, faults_to_send, feeds_held, quality, summary
from peelian.records.setup import OPERATOR, ensure_ready

HEADER = [c.name for c in FEEDS["force-incidents"].columns]
Rows = list[dict[str, str]]


@pytest.fixture
def actor(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Actor]:
    """The operator of a fresh data folder."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    ensure_ready()
    yield Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "records")


def month(number: int, rows: int, **cells: Callable[[int], str]) -> Rows:
    """Incidents of a month of 2025: two a day, closed as burglary or violence in turn, unless told otherwise."""
    told = []
    for n in range(rows):
        row = dict.fromkeys(HEADER, "") | {
            "Incident Reference": f"WX-{number:02}-{n:04}",
            "Created At": f"2025-{number:02}-{n % 28 + 1:02} 10:00",
            "Channel": "999",
            "Grade": "1",
            "Opening Code": "Burglary",
            "Closing Code": "Burglary" if n % 2 else "Violence",
        }
        told.append(row | {name: made(n) for name, made in cells.items()})
    return told


def land(actor: Actor, folder: Path, number: int, rows: Rows, *, days: int = 5, at: datetime | None = None) -> None:
    """Read a month's file, published so many days after the month."""
    path = folder / f"2025-{number:02}-incidents.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    published = date(2025, number + 1, 1) - timedelta(days=1) + timedelta(days=days)
    (result,) = ingest(
        "force-incidents", [path], actor=actor, at=at or datetime(2026, 1, 5, tzinfo=UTC), published=published
    )
    assert not result.error, result.error


def found(actor: Actor, on: date = date(2026, 1, 5)) -> Quality:
    return quality(actor, "force-incidents", on=on)


def test_counts_reconcile_and_faults_can_be_sent_back(actor: Actor, tmp_path: Path) -> None:
    rows = month(1, 60)
    rows[3]["Grade"] = "9"
    rows[4]["Grade"], rows[4]["Opening Code"] = "urgent", "Alien"
    land(actor, tmp_path, 1, rows)
    told = found(actor)
    assert (told.total("read"), told.total("accepted"), told.total("quarantined")) == (60, 58, 2)
    assert told.rows == 58
    assert {(f.column, f.rows) for f in told.faults} == {("Grade", 2), ("Opening Code", 1)}
    sent = list(faults_to_send(actor, "force-incidents"))
    assert [(file, line, column) for file, line, column, _ in sent] == [
        ("2025-01-incidents.csv", 5, "Grade"),
        ("2025-01-incidents.csv", 6, "Grade"),
        ("2025-01-incidents.csv", 6, "Opening Code"),
    ]
    assert "urgent" not in repr(sent) and "Alien" not in repr(sent)


def test_completeness_is_the_share_of_filled_cells(actor: Actor, tmp_path: Path) -> None:
    land(actor, tmp_path, 1, month(1, 80, Channel=lambda n: "101" if n % 4 else ""))
    shares = {f.column: f.share for f in found(actor).filled}
    assert shares["Channel"] == 0.75
    assert shares["Created At"] == 1
    assert shares["Postcode"] == 0


def test_lateness_counts_days_to_the_stated_edition(actor: Actor, tmp_path: Path) -> None:
    land(actor, tmp_path, 1, month(1, 28), days=5)
    late = found(actor).lateness
    # Days 1 to 28 of January, published on 5 February: 35 down to 8 days.
    assert late is not None
    assert (late.rows, late.median) == (28, 21.5)
    assert 8 <= late.ninth <= 35


def test_a_missing_month_is_a_gap(actor: Actor, tmp_path: Path) -> None:
    for number in (1, 2, 5):
        land(actor, tmp_path, number, month(number, 30))
    told = found(actor)
    assert told.gaps == ["2025-03", "2025-04"]
    texts = [b.text for b in quality_document(told).blocks() if isinstance(b, Finding)]
    assert any("March 2025, April 2025" in text for text in texts)


def test_a_column_that_empties_is_told(actor: Actor, tmp_path: Path) -> None:
    for number in range(1, 6):
        land(actor, tmp_path, number, month(number, 200))
    land(
        actor,
        tmp_path,
        6,
        month(6, 200, Channel=lambda n: "999" if n % 2 else "", Grade=lambda n: "4" if n % 2 else "1"),
    )
    told = found(actor)
    assert told.compared == "2025-06"
    assert {(d.column, d.what) for d in told.drifts} == {("Channel", "filled"), ("Grade", "mix")}


def test_a_steady_source_has_no_drift_and_an_open_month_is_not_compared(actor: Actor, tmp_path: Path) -> None:
    for number in range(1, 6):
        land(actor, tmp_path, number, month(number, 200))
    land(actor, tmp_path, 6, month(6, 20, Channel=lambda n: ""), at=datetime(2026, 1, 5, tzinfo=UTC))
    assert not found(actor, on=date(2025, 6, 15)).drifts
    assert found(actor, on=date(2025, 6, 15)).compared == "2025-05"


def test_what_comes_later_is_no_drift(actor: Actor, tmp_path: Path) -> None:
    """Incidents are closed after they are first sent: the newest month is compared as the others were first sent."""
    for number in range(1, 6):
        land(actor, tmp_path, number, month(number, 100, **{"Closing Code": lambda n: ""}))
    closed = [row | {"Closing Code": "Theft"} for number in range(1, 5) for row in month(number, 100)]
    land(actor, tmp_path, 7, closed)
    assert found(actor).compared == "2025-05"
    assert not found(actor).drifts


def test_too_little_past_says_so(actor: Actor, tmp_path: Path) -> None:
    land(actor, tmp_path, 1, month(1, 30))
    told = found(actor)
    assert told.compared == "" and summary(told)["changes"] is None
    assert "4 whole months are needed." in list(quality_document(told).texts())


def test_a_feed_of_which_nothing_landed_is_told_in_words(actor: Actor) -> None:
    assert feeds_held(actor) == []
    with pytest.raises(PeelianError, match="nothing of this feed has landed"):
        found(actor)
