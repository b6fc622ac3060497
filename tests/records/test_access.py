"""Who may see and do what with records, and the entry that every act leaves in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models.signals import pre_save

from peelian.access.actor import Actor, Denied, record_act
from peelian.access.models import Agency, Entry, User
from peelian.core.errors import PeelianError
from peelian.records import areas, landing, quarantine, query
from peelian.records.models import Batch, Event, Marker, Mention, Place, Quarantined, Relationship, Standing

DAY = date(2018, 5, 1)


@pytest.fixture
def partner(db: None) -> Actor:
    """A council's officer: open data only."""
    council = Agency.objects.create(code="council", name="The council", kind="partner")
    return Actor.of(User.objects.create(username="partner", agency=council), "prevention")


@pytest.fixture
def read(
    tmp_path: Path, lake_home: Path, actor: Actor, at: datetime, csv_of: Callable[..., bytes]
) -> Callable[..., landing.Result]:
    def ingest(feed: str, *rows: dict[str, str], by: Actor = actor) -> landing.Result:
        path = tmp_path / f"{feed}.csv"
        path.write_bytes(csv_of(feed, rows))
        return next(landing.ingest(feed, [path], actor=by, at=at, published=DAY))

    return ingest


@pytest.fixture
def both(read: Any) -> None:
    """Open and police-only records, each with a row in quarantine."""
    read("police-uk-street", {}, {"Month": "1066-10"})
    read("force-crimes", {}, {"Domestic": "?"})
    read(
        "force-people", {"Markers": "weapons", "Related To": "42/1000/18-S1", "Relationship": "neighbour"}, {"Sex": "?"}
    )


def test_the_force_sees_all(both: None, actor: Actor) -> None:
    assert sorted(query.events(actor)["feed"]) == ["force-crimes", "police-uk-street"]
    assert len(query.mentions(actor)) == 1
    assert query.batches(actor).count() == 3
    assert quarantine.waiting(actor).count() == 3


def test_a_partner_sees_open_data_alone_and_no_trace_of_the_rest(both: None, partner: Actor) -> None:
    """Law 4: what may not be seen leaves no trace, in lists, counts or errors."""
    assert query.events(partner)["feed"].to_list() == ["police-uk-street"]
    assert len(query.events(partner, feeds=["force-crimes"])) == 0
    assert len(query.mentions(partner)) == 0
    assert [b.feed for b in query.batches(partner)] == ["police-uk-street"]
    assert query.batches(partner, feed="force-crimes").count() == 0
    assert [q.batch.feed for q in quarantine.waiting(partner)] == ["police-uk-street"]
    assert query.current(Event.objects.all(), partner).get().record_class_id == "police-uk-street-open"
    for table in (Mention, Place, Marker, Relationship):
        assert table._default_manager.count() == 1
        assert query.current(table._default_manager.all(), partner).count() == 0
    hidden = Quarantined.objects.get(batch__feed="force-crimes")
    with pytest.raises(quarantine.NotFound) as told:
        quarantine.one(partner, hidden.batch.digest, hidden.line)
    with pytest.raises(quarantine.NotFound) as nothing:
        quarantine.one(partner, "0" * 64, 2)
    assert str(told.value) == str(nothing.value)  # hidden and absent read the same


def test_a_partner_changes_nothing(both: None, read: Any, partner: Actor, at: datetime) -> None:
    row = Quarantined.objects.get(batch__feed="police-uk-street")
    before = (Batch.objects.count(), Entry.objects.count())
    with pytest.raises(Denied):
        read("police-uk-street", {}, by=partner)
    with pytest.raises(Denied):
        quarantine.mend(row, {"Month": "2018-01"}, reason="x", actor=partner, at=at)
    with pytest.raises(Denied):
        landing.replay(row.batch, actor=partner, at=at)
    with pytest.raises(Denied):
        areas.load([], actor=partner, at=at)
    row.refresh_from_db()
    assert row.mended is None
    assert (Batch.objects.count(), Entry.objects.count()) == before


def test_nobody_acts_without_an_agency_a_purpose_or_an_active_account(actor: Actor) -> None:
    for user in (User(username="none"), User(username="gone", agency=actor.agency, is_active=False)):
        with pytest.raises(Denied):
            Actor.of(user, "records")
    for purpose in ("", "curiosity"):
        with pytest.raises(Denied):
            Actor(actor.user, actor.agency, purpose)
    with pytest.raises(ValueError, match="'reading' is none of"):
        record_act(actor, "reading", "x")


def test_every_act_on_records_leaves_its_entry(read: Any, actor: Actor, at: datetime) -> None:
    """Who, for whom, why, what; and counts, never a value of a row (law 12)."""
    result = read("force-people", {}, {"Sex": "?"})
    row = Quarantined.objects.get()
    quarantine.mend(
        row, {"Sex": "F", "Mention Reference": "42/1000/18-V2"}, reason="asked the officer", actor=actor, at=at
    )
    replayed, _ = landing.replay(row.batch, actor=actor, at=at)
    assert replayed is not None
    assert [(e.verb, e.what, e.user, e.agency, e.purpose) for e in Entry.objects.order_by("pk")] == [
        ("collection", "batch of force-people", "operator", "force", "records"),
        ("alteration", "quarantined row", "operator", "force", "records"),
        ("collection", "batch of force-people", "operator", "force", "records"),
    ]
    first, second, third = (e.detail for e in Entry.objects.order_by("pk"))
    assert first == {"batch": result.batch, "read": 2, "accepted": 1, "quarantined": 1, "repeats": 0}
    assert second == {"batch": result.batch, "line": 3, "columns": ["Mention Reference", "Sex"]}
    assert third == {"batch": replayed.batch, "read": 1, "accepted": 1, "quarantined": 0, "repeats": 0}


class Cut(Exception):
    """The log cannot be written."""


@contextmanager
def no_log() -> Iterator[None]:
    """While this holds, writing an entry fails."""

    def fail(**_: Any) -> None:
        raise Cut

    pre_save.connect(fail, sender=Entry)
    try:
        with pytest.raises(Cut):
            yield
    finally:
        pre_save.disconnect(fail, sender=Entry)


def test_what_cannot_be_logged_does_not_land(read: Any, actor: Actor) -> None:
    """The entry stands in the transaction that marks the batch landed: without it, nothing is seen."""
    with no_log():
        read("police-uk-street", {})
    assert Entry.objects.count() == 0
    assert list(Batch.objects.values_list("state", flat=True)) == [Batch.INTENT]
    assert query.batches(actor).count() == 0
    assert len(query.events(actor)) == 0
    assert query.current(Event.objects.all(), actor).count() == 0


def test_the_next_reading_finishes_what_could_not_be_logged(read: Any, actor: Actor) -> None:
    with no_log():
        read("police-uk-street", {})
    read("force-crimes", {})
    assert sorted(b.feed for b in query.batches(actor)) == ["force-crimes", "police-uk-street"]
    assert Entry.objects.count() == 2
    assert len(query.events(actor)) == 2


def test_a_mend_that_cannot_be_logged_is_not_kept(read: Any, actor: Actor, at: datetime) -> None:
    read("force-crimes", {"Domestic": "?"})
    row = Quarantined.objects.get()

    with no_log():
        quarantine.mend(row, {"Domestic": "Y"}, reason="asked", actor=actor, at=at)
    row.refresh_from_db()
    assert (row.mended, row.reason) == (None, "")


def test_a_new_edition_that_cannot_be_logged_changes_nothing_current(
    read: Any, actor: Actor, at: datetime, tmp_path: Path, csv_of: Any
) -> None:
    """A second date for a batch is an act too."""
    read("police-uk-street", {}, {})
    older = tmp_path / "police-uk-street.csv"
    older.write_bytes(csv_of("police-uk-street", [{}]))
    next(landing.ingest("police-uk-street", [older], actor=actor, at=at, published=date(2018, 4, 1)))
    assert len(query.events(actor)) == 2

    with no_log():
        next(landing.ingest("police-uk-street", [older], actor=actor, at=at, published=date(2018, 6, 1)))
    assert len(query.events(actor)) == query.current(Event.objects.all(), actor).count() == 2
    next(landing.ingest("police-uk-street", [older], actor=actor, at=at, published=date(2018, 6, 1)))
    assert len(query.events(actor)) == query.current(Event.objects.all(), actor).count() == 1
    assert Standing.objects.filter(edition__landed=False).count() == 0


# ---- mending by a person


def test_mending_keeps_the_original_and_tells_what_is_left(read: Any, actor: Actor, at: datetime) -> None:
    read("force-crimes", {"Domestic": "?", "Outcome": "99"})
    row = quarantine.one(actor, Quarantined.objects.get().batch.digest[:8], 2)
    left = quarantine.mend(row, {"Domestic": "Y"}, reason="asked", actor=actor, at=at)
    assert [f["columns"] for f in left] == [["Outcome"]]
    assert (row.cells["Domestic"], row.mended["Domestic"], row.mended_by, row.mended_at) == ("?", "Y", "operator", at)
    assert quarantine.explain(row)[0]["found"] == "'99'"
    assert landing.replay(row.batch, actor=actor, at=at) == (None, 1)
    assert quarantine.mend(row, {"Outcome": "18"}, reason="asked again", actor=actor, at=at) == []
    result, left_over = landing.replay(row.batch, actor=actor, at=at)
    assert result is not None
    assert (result.accepted, left_over) == (1, 0)
    row.refresh_from_db()
    assert row.replayed_in is not None
    assert row.cells["Domestic"] == "?"
    assert quarantine.waiting(actor).count() == 0
    event = Event.objects.get()
    assert (event.domestic, event.outcome, event.line) == (True, "18", 2)
    assert landing.replay(row.batch, actor=actor, at=at) == (None, 0)


@pytest.mark.parametrize(
    ("cells", "reason", "said"),
    [
        ({"Domestik": "Y"}, "asked", "the feed has no such column"),
        ({"Domestic": "Y"}, " ", "a reason is needed"),
        ({"Offence": "a\x00b"}, "asked", "a zero byte or a unit separator"),
        ({"Offence": "a\x1fb"}, "asked", "a zero byte or a unit separator"),
    ],
)
def test_a_mend_that_makes_no_sense_is_refused(
    read: Any, actor: Actor, at: datetime, cells: dict[str, str], reason: str, said: str
) -> None:
    read("force-crimes", {"Domestic": "?"})
    row = Quarantined.objects.get()
    with pytest.raises(PeelianError, match=said):
        quarantine.mend(row, cells, reason=reason, actor=actor, at=at)
    row.refresh_from_db()
    assert row.mended is None


def test_a_row_that_was_replayed_is_not_mended_again(read: Any, actor: Actor, at: datetime) -> None:
    read("force-crimes", {"Domestic": "?"})
    row = Quarantined.objects.get()
    quarantine.mend(row, {"Domestic": "Y"}, reason="asked", actor=actor, at=at)
    landing.replay(row.batch, actor=actor, at=at)
    with pytest.raises(PeelianError, match="the row was replayed already"):
        quarantine.mend(row, {"Domestic": "N"}, reason="asked", actor=actor, at=at)


def test_a_record_that_was_no_row_can_be_mended(
    read: Any,
    tmp_path: Path,
    actor: Actor,
    at: datetime,
    csv_of: Callable[..., bytes],
    plain: dict[str, dict[str, str]],
) -> None:
    path = tmp_path / "short-crimes.csv"
    path.write_bytes(csv_of("force-crimes", []) + b"42/7/18,2018-01-05 10:00\r\n")
    (result,) = landing.ingest("force-crimes", [path], actor=actor, at=at, published=DAY)
    assert result.quarantined == 1
    row = Quarantined.objects.get()
    assert quarantine.as_cells(row)["Crime Reference"] == "42/7/18"
    rest = {k: v for k, v in plain["force-crimes"].items() if k not in ("Crime Reference", "Recorded At")}
    assert quarantine.mend(row, rest, reason="the line was cut", actor=actor, at=at) == []
    landing.replay(row.batch, actor=actor, at=at)
    assert Event.objects.get().reference == "42/7/18"
