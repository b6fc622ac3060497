"""The person page's content: who is one person for whom, what is said of them by which row, then and now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.identity.made_people import AT, World

from peelian.access.models import Entry, RecordClass, Restriction, Subject
from peelian.access.refs import ref_of
from peelian.identity.models import Component, Decision, Known, Seen
from peelian.identity.person import Picture, picture
from peelian.identity.persons import person_of, persons_of
from peelian.records.models import Batch, Event, Marker, Mention, Relationship


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    settings.HOME = tmp_path
    return World()


def seen(world: World, mention: Known, **more: Any) -> Picture:
    found = picture(mention.ref, actor=world.actor(more.pop("user", None)), at=AT, **more)
    assert found is not None
    return found


def stated(model: Any, row: Known, **told: Any) -> Any:
    """A row of the record that a mention stands in."""
    return model.objects.create(
        batch=row.batch, line=row.line, identity=f"{row.line:032x}", content="-", record_class=row.record_class,
        known_from=row.known_from, **told,
    )  # fmt: skip


def own(mention: Known) -> str:
    return str(mention.key.partition("/")[2])


def decided(kind: str, keys: list[Any], n: int, at: datetime = AT) -> None:
    Decision.objects.create(uid=f"{n:032x}", kind=kind, keys=keys, reason="-", by="ann", at=at)


def test_any_mention_shows_the_same_person_under_one_name(world: World) -> None:
    a = world.mention("Smith", "John", known_from=AT)
    b = world.mention("Smyth", "Jon", known_from=AT + timedelta(days=1))
    world.join(a, b)

    assert seen(world, a) == seen(world, b)
    assert seen(world, b).person.ref == a.ref


def test_a_person_is_folded_from_what_the_reader_may_see(world: World) -> None:
    """a and c are joined through b alone: who may not see b sees two persons."""
    a, b, c = (world.mention("Smith", "John", open=n != 1) for n in range(3))
    world.join(a, b, c)

    assert len(seen(world, a).person.mentions) == 3
    assert [p.keys for p in persons_of([a, c], actor=world.actor(world.pat))] == [[a.key], [c.key]]
    assert picture(b.ref, actor=world.actor(world.pat), at=AT) is None


def test_who_is_restricted_to_others_is_not_there(world: World) -> None:
    a, b = world.mention("Smith", "John"), world.mention("Smyth", "Jon")
    world.join(a, b)
    Restriction.objects.create(kind="mention", feed=b.feed, key=own(b), reason="staff", rule="named", by="x", at=AT)

    assert [m.key for m in seen(world, a).person.mentions] == [a.key]
    assert picture(b.ref, actor=world.actor(), at=AT) is None


def test_decisions_of_people_are_kept_to_as_far_as_they_are_about_visible_mentions(world: World) -> None:
    a, b, c = (world.mention("Smith", "John") for _ in range(3))
    world.join(a, b, c)
    decided("deny", sorted([a.key, b.key]), 1)
    assert len(seen(world, a).person.mentions) == 1
    decided("void", [f"{1:032x}"], 2, AT + timedelta(hours=1))
    assert len(seen(world, a).person.mentions) == 3


def test_mentions_issued_on_as_one_stay_together(world: World) -> None:
    """Design, section 5 (g): the links among issued mentions go before others, so a denied third is not put first."""
    a, b, c = (world.mention("Smith", "John") for _ in range(3))
    component = Component.objects.create(
        links=[[a.key, b.key, 10_000], [b.key, c.key, 20_000]], issued=[sorted([a.key, b.key])]
    )
    Known.objects.update(component=component)
    decided("deny", sorted([a.key, c.key]), 1)

    assert sorted(seen(world, a).person.keys) == sorted([a.key, b.key])


def test_every_line_names_its_row(world: World) -> None:
    a = world.mention("Smith", "John", "1985-03-12", phone="07700 900123", address="12 High Street", postcode="CM1 1AA")
    found = seen(world, a)

    for fact in [*found.names, *found.born, *found.things]:
        [said] = fact.said
        assert (said.feed, said.batch, said.line, said.known_from) == (a.feed, a.batch.digest, a.line, AT)
        assert said.record_class in {c.code for c in found.classes}
    assert [f.words for f in found.things] == ["12 High Street", "07700 900123"]
    assert [f.ref for f in found.things] == [s.ref for s in Seen.objects.order_by("kind")]


def test_a_thing_that_could_not_be_normalised_is_shown_as_stated(world: World) -> None:
    a = world.mention("Smith", "John", phone="ask at the desk")

    assert [(f.kind, f.words, f.ref) for f in seen(world, a).things] == [("Telephone", "ask at the desk", "")]


def test_events_with_roles_of_the_same_source_alone(world: World) -> None:
    a = world.mention("Smith", "John", reference="EX/1", role="victim")
    event = world.event("EX/1")
    told = {"category": "x", "handling": "police", "controller": "-", "regime": "part3", "onward": "-"}
    elsewhere = RecordClass.objects.create(code="council-x-police", source="council", **told)
    Event.objects.filter(pk=world.event("EX/1").pk).update(record_class=elsewhere)
    world.event("EX/2")

    found = seen(world, a)
    assert [(h.event.pk, h.roles) for h in found.events] == [(event.pk, ("victim",))]
    assert any("Burglary: victim" in what for _, what, _ in found.timeline)


def test_relationships_to_whom_the_reader_may_see(world: World) -> None:
    a, b, c = world.mention("Smith", "John"), world.mention("Smith", "Jane"), world.mention("Smith", "Jim", open=True)
    stated(Relationship, a, mention=own(a), to=own(b), kind="partner")
    stated(Relationship, c, mention=own(c), to=own(a), kind="brother")

    assert [(r.person.ref, r.words) for r in seen(world, a).relationships] == [
        (b.ref, "partner, as this person's record states"),
        (c.ref, "brother, as the other's record states"),
    ]
    assert seen(world, c, user=world.pat).relationships == []


def test_markers_with_the_sanitised_ones_first(world: World) -> None:
    a = world.mention("Smith", "John")
    b = world.mention("Smith", "John", feed="safety-markers", role="weapons", reference="")
    world.join(a, b)
    stated(Marker, a, mention=own(a), kind="alarm")

    found = seen(world, a)
    assert [f.words for f in found.safety] == ["weapons"]
    assert [f.words for f in found.markers] == ["alarm"]
    assert len(found.names[0].said) == 1, "a sanitised marker is no source of a name"


def test_a_sanitised_marker_never_names_the_record_that_it_comes_from(world: World) -> None:
    """Its row carries batch and line of a record that its reader may not see; nobody else is visible here."""
    secret = world.batch("force-intelligence", world.police)
    marker = world.mention("Smith", "John", "1985-03-12", feed="safety-markers", role="weapons", reference="")
    Known.objects.filter(pk=marker.pk).update(batch=secret, line=77)

    found = seen(world, marker)
    for fact in [*found.safety, *found.names, *found.born, *found.things]:
        assert {(s.feed, s.batch, s.line) for s in fact.said} == {("safety-markers", "", 0)}
    assert {s.feed for _, _, s in found.timeline} == {"safety-markers"}


def test_as_known_on_a_past_day(world: World) -> None:
    """The record named John Smith of High Street first; its later version names Jon Smythe."""
    then, later = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 6, 5, tzinfo=UTC)
    a = world.mention("Smythe", "Jon", reference="EX/1", phone="07700 900123", known_from=later)
    first = Batch.objects.create(
        digest="f" * 64, feed=a.feed, file="first.csv", state=Batch.LANDED, record_class=world.police, by="ann",
        purpose="records", known_from=then, landed_at=then,
    )  # fmt: skip
    edition = first.editions.create(published=then.date(), stated=True, known_from=then, landed=True)
    last = a.batch.editions.create(published=later.date(), stated=True, known_from=later, landed=True)
    for batch, line, known_from, surname in ((first, 7, then, "Smith"), (a.batch, a.line, later, "Smythe")):
        Mention.objects.create(
            batch=batch, line=line, identity="i", content=surname, record_class=world.police, known_from=known_from, key=own(a),
            reference="EX/1", role="victim", surname=surname, forenames="John", sex="", ethnicity="", phone="", address="",
            postcode="",
        )  # fmt: skip
    last.standing_set.create(version_batch=first, version_line=7, current=False)
    assert edition.batch == first

    assert [f.words for f in seen(world, a).names] == ["SMYTHE, Jon"]
    old = seen(world, a, known_on=datetime(2026, 3, 1, tzinfo=UTC))
    assert [f.words for f in old.names] == ["SMITH, John"]
    assert (old.names[0].said[0].batch, old.names[0].said[0].line) == (first.digest, 7)
    assert old.things == []
    assert picture(a.ref, actor=world.actor(), at=AT, known_on=datetime(2025, 3, 1, tzinfo=UTC)) is None


def test_a_look_is_logged_with_everybody_whom_the_page_names(world: World) -> None:
    a, b = (world.mention("Smith", name, reference="EX/1") for name in ("John", "Jane"))
    seen(world, a, reason="report of a theft")

    entry = Entry.objects.get(what="person")
    assert (entry.verb, entry.reason, entry.user) == ("consultation", "report of a theft", "ann")
    subjects = Subject.objects.filter(entry=entry.pk).values_list("ref", flat=True)
    assert set(subjects) == {ref_of(a.key), ref_of(b.key)}


def test_no_look_at_nobody_is_logged_as_a_look_at_somebody(world: World) -> None:
    hidden = world.mention("Smith", "John")

    assert person_of("a" * 24, actor=world.actor()) is None
    assert picture(hidden.ref, actor=world.actor(world.pat), at=AT) is None
    assert not Entry.objects.filter(what="person").exists()


def test_the_number_of_questions_does_not_grow(world: World) -> None:
    def asked(mention: Known) -> int:
        with CaptureQueriesContext(connection) as queries:
            seen(world, mention)
        return len(queries)

    small = world.mention("Archer", "Tom", reference="EX/0", phone="07700 900999")
    world.join(small, world.mention("Archer", "Tim", reference="EX/0"))
    world.mention("Archer", "Ann", reference="EX/0")
    rows = [world.mention("Smith", "John", reference=f"EX/{n}", phone=f"07700 9001{n:02}") for n in range(12)]
    world.join(*rows)
    for n in range(12):
        world.event(f"EX/{n}")
        world.join(*(world.mention("Other", f"N{n}", reference=f"EX/{n}", phone=f"07700 9002{n:02}") for _ in range(3)))
        world.mention("Further", f"N{n}", phone=f"07700 9002{n:02}")
    asked(small)

    assert asked(rows[0]) <= 60
    assert asked(rows[0]) - asked(small) <= 6, "no more questions for a person of many records"
