"""Records and feeds that are taken back, rows of two kinds, and markings above the ceiling."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peelian.access.actor import Actor
from peelian.access.models import Entry
from peelian.core.errors import PeelianError
from peelian.records import query
from peelian.records.feeds import FEEDS
from peelian.records.feeds.declare import DAY, Class, Column, Feed, one_of, text
from peelian.records.landing import Result, ingest
from peelian.records.models import Batch, Event, Mention, Quarantined
from peelian.records.quarantine import mend, waiting
from peelian.records.setup import OPERATOR, ensure_ready
from peelian.records.withdrawal import restore, withdraw

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
HEADER = ("Ref", "Status", "Marking", "Day", "Surname", "What")
EXAMPLE = Feed(
    name="example-custody",
    title="A made-up feed whose rows are an event and a person",
    version=1,
    columns=(
        Column("Ref", text(20), blank=False),
        Column("Status", one_of(("Live", "Withdrawn"))),
        Column("Marking", text(40)),
        Column("Day", DAY, blank=False),
        Column("Surname", text(60), personal=True),
        Column("What", text(60)),
    ),
    record_class=Class("example", "custody", "police", "The Chief Constable", "part3", "Nobody"),
    id="Ref",
    becomes=("event", "mention"),
    marking="Marking",
    withdrawn="\"Status\" = 'Withdrawn'",
    maps={
        "kind": "'custody'",
        "reference": '"Ref"',
        "offence": '"What"',
        "start": "timezone('Europe/London', TRY_CAST(\"Day\" AS TIMESTAMP))",
        "precision": "'day'",
        "place_precision": "'none'",
        "key": '"Ref"',
        "role": "'detainee'",
        "surname": '"Surname"',
    },
)


@pytest.fixture
def actor(transactional_db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    """The operator of a fresh data folder that knows the example feed."""
    from peelian.access.models import User

    settings.HOME = tmp_path / "home"
    (tmp_path / "home").mkdir()
    monkeypatch.setitem(FEEDS, EXAMPLE.name, EXAMPLE)
    ensure_ready()
    yield Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "records")


def read(actor: Actor, folder: Path, *rows: tuple[str, ...], days: int = 0) -> Result:
    """Read rows as a file of the example feed, so many days after the first."""
    path = folder / f"{days}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    at = AT + timedelta(days=days)
    (result,) = ingest(EXAMPLE.name, [path], actor=actor, at=at, published=at.date())
    assert not result.error, result.error
    return result


def test_a_row_becomes_an_event_and_a_mention(actor: Actor, tmp_path: Path) -> None:
    read(actor, tmp_path, ("C1", "Live", "", "2026-10-01", "Able", "Assault"))
    event, mention = Event.objects.get(), Mention.objects.get()
    assert (event.kind, event.reference, event.offence) == ("custody", "C1", "Assault")
    assert (mention.reference, mention.role, mention.surname, mention.forenames) == ("C1", "detainee", "Able", "")
    assert query.events(actor, feeds=[EXAMPLE.name])["reference"].to_list() == ["C1"]
    assert query.mentions(actor)["surname"].to_list() == ["Able"]
    assert query.cells(actor, EXAMPLE.name).select(HEADER).rows() == [
        ("C1", "Live", "", "2026-10-01", "Able", "Assault")
    ]


def test_a_record_taken_back_is_shown_no_more(actor: Actor, tmp_path: Path) -> None:
    read(
        actor,
        tmp_path,
        ("C1", "Live", "", "2026-10-01", "Able", "Assault"),
        ("C2", "Live", "", "2026-10-02", "Baker", "Theft"),
    )
    gone = read(actor, tmp_path, ("C1", "Withdrawn", "", "2026-10-01", "Able", "Assault"), days=3)
    assert (gone.read, gone.accepted) == (1, 1)
    assert query.events(actor, feeds=[EXAMPLE.name])["reference"].to_list() == ["C2"]
    assert query.mentions(actor)["surname"].to_list() == ["Baker"]
    assert [e.reference for e in query.current(Event.objects.all(), actor)] == ["C2"]
    before = AT + timedelta(days=1)
    assert query.events(actor, feeds=[EXAMPLE.name], known_on=before)["reference"].to_list() == ["C1", "C2"]
    # Sent once more it is a repeat, and sent again as live it is back.
    assert (
        read(
            actor,
            tmp_path,
            ("C1", "Withdrawn", "", "2026-10-01", "Able", "Assault"),
            ("C2", "Live", "", "2026-10-02", "Baker", "Fraud"),
            days=4,
        ).repeats
        == 1
    )
    read(actor, tmp_path, ("C1", "Live", "", "2026-10-01", "Able", "Affray"), days=5)
    assert sorted(query.events(actor, feeds=[EXAMPLE.name])["offence"].to_list()) == ["Affray", "Fraud"]


def test_a_feed_taken_back_is_used_no_more(actor: Actor, tmp_path: Path) -> None:
    read(actor, tmp_path, ("C1", "Live", "", "2026-10-01", "Able", "Assault"))
    withdraw(EXAMPLE.name, reason="the agreement ended", actor=actor, at=AT + timedelta(days=2))
    assert query.events(actor, feeds=[EXAMPLE.name]).is_empty()
    assert not query.current(Event.objects.all(), actor).exists()
    assert len(query.events(actor, feeds=[EXAMPLE.name], known_on=AT + timedelta(days=1))) == 1
    with pytest.raises(PeelianError, match="withdrawn already"):
        withdraw(EXAMPLE.name, reason="again", actor=actor, at=AT + timedelta(days=3))
    restore(EXAMPLE.name, actor=actor, at=AT + timedelta(days=4))
    assert len(query.events(actor, feeds=[EXAMPLE.name])) == 1
    assert query.events(actor, feeds=[EXAMPLE.name], known_on=AT + timedelta(days=3)).is_empty()


@pytest.mark.parametrize(
    "marking", ["", "OFFICIAL", "Official-Sensitive", "OFFICIAL: SENSITIVE", "uk official", "OFFICIAL - SENSITIVE"]
)
def test_a_marking_within_the_ceiling_is_held(actor: Actor, tmp_path: Path, marking: str) -> None:
    assert read(actor, tmp_path, ("C1", "Live", marking, "2026-10-01", "Able", "Assault")).accepted == 1


@pytest.mark.parametrize("marking", ["SECRET", "Top Secret", "UK SECRET", "CONFIDENTIAL", "UMBRA"])
def test_a_marking_above_the_ceiling_is_a_spill(actor: Actor, tmp_path: Path, marking: str) -> None:
    result = read(
        actor,
        tmp_path,
        ("C1", "Live", marking, "2026-10-01", "Able", "Assault"),
        ("C2", "Live", "", "2026-10-02", "Baker", "Theft"),
        ("C3", "Live", marking, "not a day", "Cook"),
    )
    spills = 2 if "SECRET" in marking.upper() else 1  # cells of a row that is no row are judged by known words alone
    assert (result.read, result.accepted, result.quarantined) == (3, 1, 2)
    assert any(note.startswith(f"spill: {spills} row") for note in result.notes), result.notes
    assert Entry.objects.get(verb="erasure").detail["rows"] == spills
    held = Quarantined.objects.order_by("line").first()
    assert held is not None
    assert {v for k, v in held.cells.items() if k != "Marking"} == {""}
    with pytest.raises(PeelianError, match="nothing of this row is held"):
        mend(waiting(actor)[0], {"Marking": "OFFICIAL"}, reason="a test", actor=actor, at=AT)
    # Nothing of it anywhere under the data folder but its count.
    home = tmp_path / "home"
    for path in home.rglob("*"):
        if path.is_file():
            assert b"Assault" not in path.read_bytes(), path


def test_the_ceiling_is_the_installations_own(actor: Actor, tmp_path: Path, settings: Any) -> None:
    settings.MARKING_CEILING = "SECRET"
    assert read(actor, tmp_path, ("C1", "Live", "SECRET", "2026-10-01", "Able", "Assault")).accepted == 1


def test_a_ceiling_that_is_no_level_is_told(actor: Actor, tmp_path: Path, settings: Any) -> None:
    settings.MARKING_CEILING = "PLAIN"
    (tmp_path / "c.csv").write_text(",".join(HEADER) + "\nC1,Live,,2026-10-01,Able,Assault\n")
    (result,) = ingest(EXAMPLE.name, [tmp_path / "c.csv"], actor=actor, at=AT)
    assert "marking ceiling" in result.error
    assert not Batch.objects.exists()


def test_a_feed_is_withdrawn_and_restored_from_the_shell(actor: Actor, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from peelian.cli import app

    read(actor, tmp_path, ("C1", "Live", "", "2026-10-01", "Able", "Assault"))
    shell = CliRunner()
    done = shell.invoke(app, ["feeds", "withdraw", EXAMPLE.name, "--reason", "the agreement ended"])
    assert done.exit_code == 0, done.output
    assert query.events(actor, feeds=[EXAMPLE.name]).is_empty()
    assert shell.invoke(app, ["feeds", "restore", EXAMPLE.name]).exit_code == 0
    assert len(query.events(actor, feeds=[EXAMPLE.name])) == 1
    refused = shell.invoke(app, ["feeds", "restore", EXAMPLE.name])
    assert isinstance(refused.exception, PeelianError) and "not withdrawn" in str(refused.exception)
