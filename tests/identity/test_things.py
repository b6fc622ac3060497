"""What records say of phones, vehicles and addresses: projected, linked and shown to those who may see it.

The rows are made up; which of them state one thing is plain from how each was written.
"""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from django.db import connection
from django.test import Client

from peelian.access.actor import Actor
from peelian.access.models import Agency, Entry, Subject, User
from peelian.identity.models import Component, HiddenHit, Known, Seen
from peelian.identity.things import looking, projecting
from peelian.identity.things.looking import alike, at_address, connected, thing_of, things_of
from peelian.identity.things.places import same_place
from peelian.identity.things.projecting import project, rebuild
from peelian.records import landing, store, withdrawal
from peelian.records.feeds import FEEDS
from peelian.records.models import Batch, Mention

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=7)
CRIME = {
    "Recorded At": "2026-09-12 08:00", "Occurred From": "2026-09-10 21:00", "HO Class": "028/01", "Offence": "Burglary in a dwelling",
    "Crime Type": "Burglary", "Location": "1 High Street", "Postcode": "CM1 1AA", "Easting": "570000", "Northing": "206000",
    "Location Type": "dwelling",
}  # fmt: skip
PERSON = {"Role": "suspect", "Surname": "Example", "Forenames": "Robin", "Sex": "F", "Date of Birth": "1990-01-02"}
ITEM = {
    "Status": "live", "Submitted At": "2026-09-01 10:00", "Information Date": "2026-08-30", "Source Evaluation": "2",
    "Intelligence Assessment": "B", "Handling": "P", "Source Reference": "SR-48213", "Topic": "Burglary", "Text": "Seen near the shop.",
}  # fmt: skip
LISTS = [
    ("force-crimes", [
        CRIME | {"Crime Reference": "EX/1", "Location": "14 Mill Road", "Postcode": "CM1 2AB"},
        CRIME | {"Crime Reference": "EX/2", "Location": "14 MILL RD, CHELMSFORD", "Postcode": "", "Easting": "570020"},
        CRIME | {"Crime Reference": "EX/3", "Location": "14 Mill Rd", "Postcode": "", "Easting": "590000"},
        CRIME | {"Crime Reference": "EX/4", "Location": "Mill Road", "Postcode": ""},
    ]),
    ("force-people", [
        PERSON | {"Mention Reference": "EX/1-S", "Record Reference": "EX/1", "Phone": "07700 900123", "Address": "Flat 2, 9 Oak Lane", "Postcode": "CM1 3EB"},
        PERSON | {"Mention Reference": "EX/2-S", "Record Reference": "EX/2", "Phone": "+447700900123", "Address": "9 OAK LN, FLAT 2", "Postcode": "CM1 3EB"},
        PERSON | {"Mention Reference": "EX/2-V", "Record Reference": "EX/2", "Role": "victim", "Surname": "Sample", "Phone": "withheld", "Address": "14 Mil Road", "Postcode": "CM1 2AB"},
    ]),
    ("force-intelligence", [
        ITEM | {"Item Reference": "IT-1", "Report Reference": "IR-1", "Surname": "Example", "Forenames": "Robin", "Vehicle": "AB1 2CD"},
        ITEM | {"Item Reference": "IT-2", "Report Reference": "IR-2", "Vehicle": "ABI 2"},
        ITEM | {"Item Reference": "IT-3", "Report Reference": "IR-3", "Vehicle": "AB 12"},
        ITEM | {"Item Reference": "IT-4", "Report Reference": "IR-4", "Phone": "(07700) 900-123"},
    ]),
]  # fmt: skip


@pytest.fixture
def actor(db):
    force = Agency.objects.create(code="example", name="Example Police", kind="police")
    return Actor.of(User.objects.create(username="ann", agency=force), "crime-analysis")


@pytest.fixture
def partner(db):
    council = Agency.objects.create(code="council", name="The council", kind="partner")
    return Actor.of(User.objects.create(username="pat", agency=council), "crime-analysis")


@pytest.fixture
def land(tmp_path, settings, actor):
    """Land rows of a feed, given by column; the columns that are left out are empty."""
    settings.HOME = tmp_path

    def land(feed, rows, at=AT, published=date(2026, 11, 1)):
        path = tmp_path / f"{feed}-{at:%d}.csv"
        names = [c.name for c in FEEDS[feed].columns]
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
        [result] = landing.ingest(feed, [path], actor=actor, at=at, published=published)
        batch = Batch.objects.get(digest=result.batch)
        assert not result.error and not batch.quarantined, result
        return batch

    return land


@pytest.fixture
def landed(land):
    for feed, rows in LISTS:
        land(feed, rows)


@pytest.fixture
def projected(landed):
    project()
    for m in Mention.objects.select_related("batch"):
        key = f"{m.batch.feed}/{m.key}"
        own = {c: getattr(m, c) for c in ("record_class", "batch", "line", "reference", "role", "surname", "forenames", "sex", "born_on",
                                          "ethnicity", "phone", "address", "postcode", "known_from")}  # fmt: skip
        Known.objects.create(key=key, ref=looking.ref_of(key), feed=m.batch.feed, **own)


def rows():
    return sorted(Seen.objects.values_list("kind", "value", "key", "feed", "reference", "line", "easting"), key=str)


def references(thing):
    return sorted(line.row.reference for line in thing.lines)


def test_what_feeds_state_is_held_in_one_way(projected):
    assert sorted(Seen.objects.values_list("kind", "value", "key", "reference")) == [
        ("address", "14 mil road, CM1 2AB", "force-people/EX/2-V", "EX/2"),
        ("address", "14 mill road", "", "EX/3"),
        ("address", "14 mill road, CM1 2AB", "", "EX/1"),
        ("address", "14 mill road, chelmsford", "", "EX/2"),
        ("address", "flat 2, 9 oak lane, CM1 3EB", "force-people/EX/1-S", "EX/1"),
        ("address", "flat 2, 9 oak lane, CM1 3EB", "force-people/EX/2-S", "EX/2"),
        ("phone", "+447700900123", "", "IR-4"),
        ("phone", "+447700900123", "force-people/EX/1-S", "EX/1"),
        ("phone", "+447700900123", "force-people/EX/2-S", "EX/2"),
        ("plate", "AB12", "", "IR-3"),
        ("plate", "AB12CD", "force-intelligence/IT-1", "IR-1"),
        ("plate", "ABI2", "", "IR-2"),
    ]


def test_a_second_run_changes_nothing_and_a_rebuild_gives_the_same(landed):
    assert project() == 12
    before = rows()
    assert project() == 0
    assert rows() == before
    rebuild()
    assert rows() == before


def test_only_current_versions_stay(landed, land, actor):
    project()
    land("force-people", [LISTS[1][1][0] | {"Phone": "01632 960001"}], at=LATER, published=date(2026, 11, 20))
    land("force-intelligence", [LISTS[2][1][3] | {"Status": "withdrawn"}], at=LATER, published=date(2026, 11, 20))
    project()
    phones = Seen.objects.filter(kind="phone").values_list("value", "key")
    assert sorted(phones) == [("+441632960001", "force-people/EX/1-S"), ("+447700900123", "force-people/EX/2-S")]
    rebuilt = rows()
    rebuild()
    assert rows() == rebuilt
    withdrawal.withdraw("force-people", reason="sent by mistake", actor=actor, at=LATER)
    assert connected("phone", "+447700900123", actor=actor) is None, "at once, before the next projection"
    project()
    assert not Seen.objects.filter(feed="force-people").exists()


def test_a_phone_connects_people_and_events(projected, actor):
    thing = connected("phone", "+447700900123", actor=actor)
    assert references(thing) == ["EX/1", "EX/2", "IR-4"]
    assert [(p.name, p.keys) for p in thing.persons] and {k for p in thing.persons for k in p.keys} == {
        "force-people/EX/1-S", "force-people/EX/2-S"
    }  # fmt: skip
    assert len(thing.persons) == 2, "one phone makes nobody one person"
    assert not Component.objects.exists()
    [intelligence] = [line for line in thing.lines if line.row.feed == "force-intelligence"]
    assert intelligence.people == () and intelligence.event.kind == "intelligence"
    assert intelligence.date.date() == date(2026, 8, 29), "midnight of 30 August in London, in UTC"
    assert thing_of(thing.ref, actor=actor) == thing


def test_spellings_of_one_place_are_one_place_with_the_reason(projected, actor):
    thing = connected("address", "14 mill road, CM1 2AB", actor=actor)
    why = {line.row.value: line.why for line in thing.lines}
    assert why == {
        "14 mill road, CM1 2AB": "",
        "14 mil road, CM1 2AB": "the same number and postcode; the street is written otherwise",
        "14 mill road, chelmsford": "the same number and street, 20 m apart",
    }
    in_event = next(line for line in thing.lines if line.row.reference == "EX/2" and not line.row.key)
    assert sorted(role for role, _ in in_event.people) == ["suspect", "victim"]


def test_an_address_is_found_as_a_caller_says_it(projected, actor):
    for said, code in (
        ("14 Mill Road", "CM1 2AB"),
        ("14, MILL RD.", "cm12ab"),
        ("14 Mill Street", "CM1 2AB"),
        ("14 Mill Road, Chelmsford", ""),
    ):
        found = at_address(said, code, actor=actor)
        expected = [] if "Street" in said else [["EX/1", "EX/2", "EX/2"]]
        assert [references(place) for place in found] == expected, said
    several = at_address("14 Mill Road", actor=actor)
    assert [references(place) for place in several] == [["EX/1", "EX/2", "EX/2"], ["EX/3"]]
    assert [place.vague for place in several] == [False, True]
    assert at_address("Mill Road", actor=actor) == at_address("", actor=actor) == []


def test_a_plate_tells_of_those_it_may_be_confused_with(projected, actor):
    assert alike("AB12", actor=actor) == ["ABI2"]
    assert references(connected("plate", "AB12", actor=actor)) == ["IR-3"]


def test_what_one_person_has(projected, actor):
    assert [(s.kind, s.value) for s in things_of(["force-people/EX/1-S"], actor=actor)] == [
        ("address", "flat 2, 9 oak lane, CM1 3EB"),
        ("phone", "+447700900123"),
    ]


def test_what_may_not_be_seen_is_not_there(projected, actor, partner):
    assert connected("phone", "+447700900123", actor=partner) is None
    assert thing_of(connected("phone", "+447700900123", actor=actor).ref, actor=partner) is None
    assert at_address("14 Mill Road", "CM1 2AB", actor=partner) == []
    assert things_of(["force-people/EX/1-S"], actor=partner) == []


def test_a_hidden_record_joins_no_places(land, actor):
    """Two addresses meet only over the town that intelligence states: without it they are two."""
    land("force-crimes", [CRIME | {"Crime Reference": "EX/1", "Location": "14 Mill Road", "Postcode": "CM1 2AB"}])
    land(
        "force-intelligence",
        [
            ITEM
            | {
                "Item Reference": "IT-1",
                "Report Reference": "IR-1",
                "Address": "14 Mill Road, Chelmsford",
                "Postcode": "CM1 2AB",
            }
        ],
    )
    land("force-incidents", [{
        "Incident Reference": "IN-1", "Created At": "2026-09-12 08:00", "Channel": "999", "Grade": "1", "Opening Code": "Other",
        "Location": "14 Mill Road, Chelmsford",
    }])  # fmt: skip
    project()
    assert references(connected("address", "14 mill road, CM1 2AB", actor=actor)) == ["EX/1", "IN-1", "IR-1"]
    other = Actor.of(actor.user, "prevention")
    seen = set(looking.seen(other).values_list("feed", flat=True))
    assert "force-intelligence" not in seen and "force-crimes" in seen
    assert references(connected("address", "14 mill road, CM1 2AB", actor=other)) == ["EX/1"]


@pytest.fixture
def browser(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

    def open_for(actor):
        client = Client()
        client.force_login(actor.user)
        session = client.session
        session["purpose"] = actor.purpose
        session.save()
        return client

    return open_for


def test_the_page_tells_people_events_and_sources_and_logs_the_look(projected, actor, browser):
    thing = connected("phone", "+447700900123", actor=actor)
    page = browser(actor).get(f"/things/{thing.ref}/")
    text = page.content.decode()
    assert page.status_code == 200
    for p in thing.persons:
        assert f"/people/{p.ref}/" in text and p.name in text
    for told in (
        "07700 900123",
        "+447700900123",
        "(07700) 900-123",
        "Burglary in a dwelling",
        "IR-4",
        "Force people, line 2",
    ):
        assert told in text, told
    entry = Entry.objects.latest("pk")
    assert (entry.verb, entry.what, entry.user) == ("consultation", "a telephone", "ann")
    subjects = Subject.objects.filter(entry=entry.pk).values_list("ref", flat=True)
    assert set(subjects) == {looking.ref_of(p.mentions[0].key) for p in thing.persons}
    assert "7700" not in str(entry.__dict__), "the log names nobody's phone"
    export = b"".join(browser(actor).get(f"/things/{thing.ref}/?as=csv").streaming_content).decode()
    assert len(export.splitlines()) == 1 + len(thing.lines)


def test_unknown_and_not_permitted_are_the_same_page(projected, actor, partner, browser):
    ref = connected("phone", "+447700900123", actor=actor).ref
    client = browser(partner)
    hidden, unknown = (client.get(f"/things/{r}/") for r in (ref, "a" * 24))
    assert hidden.status_code == unknown.status_code == 404
    plain = [re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", p.content) for p in (hidden, unknown)]
    assert plain[0].replace(ref.encode(), b"") == plain[1].replace(b"a" * 24, b"")
    assert not Entry.objects.filter(user="pat").exists()


def test_who_owns_a_hidden_record_learns_of_the_look_and_the_reader_does_not(projected, actor, browser):
    """In a look for prevention intelligence is hidden; its item names a person who has the vehicle."""
    Seen.objects.filter(kind="plate", key="").update(
        value="AB12CD", ref=looking.ref_of("plate/AB12CD"), record_class="force-crime-police", feed="force-crimes"
    )
    ref = looking.ref_of("plate/AB12CD")
    page = browser(Actor.of(actor.user, "prevention")).get(f"/things/{ref}/").content.decode()
    assert "IT-1" not in page and "force-intelligence" not in page
    hit = HiddenHit.objects.get()
    assert (hit.ref, hit.record_class_id, hit.by) == (
        looking.ref_of("force-intelligence/IT-1"), "force-intelligence-police", "ann",
    )  # fmt: skip


def test_two_uprns_are_two_places():
    one = Seen(uprn="100090000001", at_postcode="/14/CM1 2AB", at_street="/14/mill road", said="14 Mill Road")
    other = Seen(uprn="100090000002", at_postcode="/14/CM1 2AB", at_street="/14/mill road", said="14 Mill Road")
    same = Seen(uprn="100090000001", at_postcode="", at_street="", said="")
    assert same_place(one, other) == ""
    assert same_place(one, same) == "the same UPRN"


def test_a_phone_of_many_is_said_to_be_shared(land, actor):
    many = looking.SHARED + 1
    land("force-crimes", [CRIME | {"Crime Reference": "EX/1"}])
    land("force-people", [
        PERSON | {"Mention Reference": f"EX/1-{n}", "Record Reference": "EX/1", "Surname": f"Name{n}", "Phone": "01632 960001", "Address": "9 Oak Lane", "Postcode": "CM1 3EB"} for n in range(many)
    ])  # fmt: skip
    project()
    for m in Mention.objects.select_related("batch"):
        key = f"force-people/{m.key}"
        Known.objects.create(key=key, ref=looking.ref_of(key), feed="force-people", record_class=m.record_class, batch=m.batch,
                             line=m.line, reference=m.reference, role=m.role, surname=m.surname, known_from=m.known_from)  # fmt: skip
    thing = connected("phone", "+441632960001", actor=actor)
    assert thing.shared and len(thing.persons) == many
    assert not connected("address", "9 oak lane, CM1 3EB", actor=actor).shared, "a home of five is a home"


def indexes():
    with connection.cursor() as cursor:
        held = connection.introspection.get_constraints(cursor, Seen._meta.db_table)
    return {name for name, told in held.items() if told["index"] and name.startswith("seen_")}


def test_stopped_after_any_chunk_and_run_again_it_ends_the_same(landed, monkeypatch):
    """What a kill leaves is what was committed: the first chunks of two rows."""
    project()
    clean, stopped = rows(), 0
    monkeypatch.setattr(projecting, "CHUNK", 2)
    for chunks in range(1, 8):
        Seen.objects.all().delete()
        left = iter(range(chunks))

        def dies(name, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt

        monkeypatch.setattr(store, "failpoint", dies)
        try:
            project()
        except KeyboardInterrupt:
            stopped += 1
        monkeypatch.setattr(store, "failpoint", lambda name: None)
        project()
        assert rows() == clean
        assert indexes() == {index.name for index in Seen._meta.indexes}
    assert stopped > 3


def test_chunks_part_no_line():
    lines = [1, 1, 1, 2, 3, 3, 4]
    frame = pl.DataFrame({"batch_id": 1, "line": lines}).with_columns(
        pl.lit("").alias(c) for c in projecting._COLUMNS if c not in ("batch_id", "line")
    )
    for size in (1, 2, 3, 4, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(projecting, "CHUNK", size)
            chunks = [[row[1] for row in chunk] for chunk in projecting._by_whole_lines(frame)]
        assert [line for chunk in chunks for line in chunk] == lines
        for before, after in pairwise(chunks):
            assert before[-1] != after[0]
            assert len(before) <= max(size, 3)
