"""The county's workforce and examinations as they land: every planted defect waits, nothing else does, and the last version holds."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from peelian.county import Made, making
from peelian.county.feeds.examinations import Kiosk, Laboratory
from peelian.county.feeds.force_hr import Staff
from peelian.county.feeds.force_roster import Roster
from peelian.county.feeds.force_training import Training
from peelian.county.feeds.force_vehicles import Vehicles
from peelian.records import landing, query
from peelian.records.feeds import FEEDS
from peelian.records.models import Event, Mention, Quarantined

SOURCES = (Roster, Staff, Training, Vehicles, Kiosk, Laboratory)
NAMES = [source.feed for source in SOURCES]
TAKEN_BACK = {"force-roster": ("State", "cancelled"), "force-training": ("Status", "revoked")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A county of which only these sources are written, with many defects."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "SOURCES", SOURCES)
        return making.make(tmp_path_factory.mktemp("county") / "made", people=20_000, seed=5, months=14, defects=0.1)


def lines(path: Path) -> list[tuple[int, list[str]]]:
    """Line and cells of every row; line 1 is the header."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(enumerate(csv.reader(data.decode().splitlines()), start=1))


@pytest.mark.parametrize("feed", NAMES)
def test_planted_defects_wait_and_the_last_sound_version_holds(
    feed: str, made: Made, lake_home: Path, actor: Any, at: datetime
) -> None:
    with (made.folder / "truth" / "defects.csv").open() as file:
        planted = {(Path(r["file"]).name, int(r["line"])) for r in csv.DictReader(file) if r["feed"] == feed}
    results = list(landing.ingest(feed, made.files[feed], actor=actor, at=at))
    assert not [r.error for r in results if r.error]
    assert sum(r.read for r in results) == made.rows[feed]
    for result in results:
        assert result.read == result.accepted + result.quarantined + result.repeats
    assert {(q.batch.file, q.line) for q in Quarantined.objects.select_related("batch")} == planted
    assert len(planted) == made.defects[feed] > 0

    # By hand: the last sound row of each id, in the order of the files; not those that the force takes back.
    column, word = TAKEN_BACK.get(feed, ("", ""))
    expected: dict[str, dict[str, str]] = {}
    for path in made.files[feed]:
        (_, header), *rows = lines(path)
        for line, cells in rows:
            if (path.name, line) not in planted:
                expected[cells[0]] = dict(zip(header, cells, strict=True))
    gone = {key for key, row in expected.items() if column and row[column] == word}
    held = query.cells(actor, feed)
    shown = {row[FEEDS[feed].id]: row for row in held.drop("batch", "line", "known_from").iter_rows(named=True)}
    assert len(shown) == len(held)
    assert shown == {key: row for key, row in expected.items() if key not in gone}
    if feed == "force-roster":
        assert gone, "the county takes some back"


def test_a_duty_a_member_of_staff_and_an_examination(made: Made, lake_home: Path, actor: Any, at: datetime) -> None:
    """What a row becomes: an event of its own kind, or a mention of role `staff`; never a crime."""
    for feed in NAMES[1:]:
        list(landing.ingest(feed, made.files[feed], actor=actor, at=at))
    events = query.events(actor)
    assert set(events.select("kind", "category").unique().iter_rows()) == {
        ("training", "training"),
        ("vehicle", "vehicle"),
        ("examination", "kiosk"),
        ("examination", "laboratory"),
    }
    assert set(events["place_precision"]) == {"none"}
    assert events["easting"].null_count() == len(events)
    staff = query.mentions(actor)
    assert set(staff["role"]) == {"staff"}
    assert (staff["key"] == staff["reference"]).all()
    regimes = set(Mention.objects.values_list("record_class__regime", "record_class__handling").distinct())
    assert regimes == {("gdpr", "police")}
    assert set(Event.objects.filter(kind="examination").values_list("record_class__regime", flat=True)) == {"part3"}


def test_partners_see_nothing_of_the_workforce(made: Made, lake_home: Path, actor: Any, at: datetime) -> None:
    from peelian.access.actor import Actor
    from peelian.access.models import Agency, User

    list(landing.ingest("force-hr", made.files["force-hr"], actor=actor, at=at))
    council = Agency.objects.create(code="council", name="A council", kind="partner")
    partner = Actor.of(User.objects.create(username="partner", agency=council), "records")
    assert query.mentions(partner).is_empty()
    assert not query.current(Mention.objects.all(), partner).exists()


def test_what_is_recorded_at_all_is_crime_behaviour_and_incidents() -> None:
    """A duty or an arrest is an event too, but a profile's shares and sources are of what was reported."""
    of_the_force = {f.name for f in FEEDS.values() if f.recorded and f.name.startswith("force-")}
    assert of_the_force == {"force-crimes", "force-incidents"}
    assert {f.name for f in FEEDS.values() if f.recorded and f.name.startswith("police-uk-")} == {"police-uk-street"}
