"""Finding a person and looking at one, in the browser: nothing of the words anywhere but in the answer, one refusal for all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.identity.made_people import AT, World

from peelian.access.models import Entry
from peelian.access.safe_contact import may_contact
from peelian.identity.models import Known
from peelian.identity.search import ELSEWHERE
from peelian.records.models import Marker

# What two answers may differ in: the token of the form, and the clock.
VARIES = re.compile(r'value="[A-Za-z0-9]{64}"|<time[^>]*>[^<]*</time>|Printed from Peelian [^<]* by ')


@pytest.fixture
def world(installation: Any) -> World:
    return World()


@pytest.fixture
def ann(world: World, signed_in: Any) -> Client:
    return signed_in(world.ann, "prevention")


@pytest.fixture
def pat(world: World, signed_in: Any) -> Client:
    return signed_in(world.pat, "prevention")


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def bare(response: Any) -> str:
    return VARIES.sub("", response.content.decode())


def test_a_person_is_found_and_opened(world: World, ann: Client) -> None:
    a = world.mention(
        "Smith",
        "John",
        "1985-03-12",
        phone="07700 900123",
        reference="EX/1",
        address="12 High Street",
        postcode="CM1 1AA",
    )
    b = world.mention("Smyth", "Jon", "1985-03-12", reference="EX/2", known_from=AT + timedelta(days=1))
    world.join(a, b)
    c = world.mention("Archer", "Ann", reference="EX/1", role="suspect")
    world.event("EX/1")
    Marker.objects.create(
        batch=a.batch, line=a.line, identity="-", content="-", record_class=world.police, known_from=AT, mention="M00001",
        kind="alarm",
    )  # fmt: skip

    page = text(ann.post("/people/", {"words": "jon smiht 12/3/85", "reason": "report of a theft"}))
    assert f"/people/{a.ref}/" in page
    assert "date of birth is the same" in page
    assert ELSEWHERE in page
    page = text(ann.get(f"/people/{b.ref}/"))
    for told in (
        "SMITH, John", "SMYTH, Jon", "12 March 1985", "07700 900123", "12 High Street", "EX/1", "alarm", "ARCHER, Ann",
        f"../{c.ref}/", f'rel="canonical" href="/people/{a.ref}/"', "The Chief Constable", "Force people, line 1",
        f"/records/batch/{a.batch.digest[:16]}/", ELSEWHERE,
    ):  # fmt: skip
        assert told in page, told
    assert [e.reason for e in Entry.objects.filter(verb="consultation").order_by("pk")][-2:] == [
        "report of a theft"
    ] * 2


def test_the_words_are_nowhere_but_in_the_answer(world: World, ann: Client) -> None:
    response = ann.post("/people/", {"words": "Featherstonehaugh 12/3/85"})

    assert "Location" not in response.headers
    assert "eatherstonehaugh" not in str(list(Entry.objects.values())) + str(dict(ann.session)) + str(response.headers)
    assert 'value="Featherstonehaugh 12/3/85"' in text(response)
    assert 'name="words" value=""' in text(ann.get("/people/?words=Featherstonehaugh")), "an address asks nothing"
    assert "no-store" in response.headers["Cache-Control"]


def test_nothing_typed_is_told(ann: Client) -> None:
    assert "Type what you know of the person." in text(ann.post("/people/", {"words": " "}))
    assert "Understood as: nothing" in text(ann.post("/people/", {"words": "?!"}))


def test_who_is_unknown_and_who_may_not_be_seen_read_the_same(world: World, pat: Client) -> None:
    hidden = world.mention("Smith", "John")
    world.mention("Archer", "Tom", open=True)

    refused = {ref: pat.get(f"/people/{ref}/") for ref in (hidden.ref, "a" * 24, "no-such")}
    assert {r.status_code for r in refused.values()} == {404}
    assert len({bare(r).replace(ref, "") for ref, r in refused.items()}) == 1, "but for the address asked, they are one"


def test_a_hidden_person_changes_no_page(world: World, pat: Client) -> None:
    a = world.mention("Smith", "John", "1985-03-12", open=True, reference="EX/1", phone="07700 900123")
    asks: list[Any] = [
        lambda: pat.post("/people/", {"words": "john smith 12/3/85"}),
        lambda: pat.post("/people/", {"words": "07700 900123"}),
        lambda: pat.get(f"/people/{a.ref}/"),
        lambda: pat.get("/"),
    ]
    before = [bare(ask()) for ask in asks]
    hidden = world.mention("Smith", "Jonathan", "1985-03-12", reference="EX/1", phone="07700 900123")
    world.join(a, hidden)
    assert [bare(ask()) for ask in asks] == before
    Known.objects.filter(pk=hidden.pk).update(forenames="Jon", forenames_key="jon")
    assert [bare(ask()) for ask in asks] == before
    Known.objects.filter(pk=hidden.pk).delete()
    assert [bare(ask()) for ask in asks] == before


def test_safety_markers_stand_before_the_name(world: World, ann: Client) -> None:
    a = world.mention("Smith", "John")
    world.join(a, world.mention("Smith", "John", feed="safety-markers", role="weapons"))

    page = text(ann.get(f"/people/{a.ref}/"))
    assert page.index("weapons") < page.index("<h1>")
    found = text(ann.post("/people/", {"words": "john smith"}))
    assert found.index("weapons") < found.index("SMITH, John")


def test_what_no_record_states_is_unknown_not_nil(world: World, ann: Client) -> None:
    page = text(ann.get(f"/people/{world.mention('Smith', 'John').ref}/"))

    assert "no sign of safety" in page
    assert page.count("UNKNOWN") >= 5


def test_as_known_on_a_past_day(world: World, ann: Client) -> None:
    a = world.mention("Smith", "John", feed="made-here")

    assert "As known on" in text(ann.get(f"/people/{a.ref}/?on=2026-11-21"))
    assert ann.get(f"/people/{a.ref}/?on=2026-11-19").status_code == 404
    assert text(ann.get(f"/people/{a.ref}/?on=nonsense"))


def test_who_sees_no_record_of_people_is_not_offered_the_search(world: World, ann: Client, pat: Client) -> None:
    world.open.regime = "none"
    world.open.save()

    assert "/people/" in text(ann.get("/"))
    assert "/people/" not in text(pat.get("/"))


def test_a_safe_contact_rule_is_recorded_and_stands_on_the_page(world: World, signed_in: Any) -> None:
    mention, other = world.mention("Novak", forenames="Jan"), world.mention("Nowak", forenames="Jan")
    world.join(mention, other)
    client = signed_in(world.ann, "safeguarding")
    assert "That is not safety" in client.get(f"/people/{mention.ref}/").content.decode()

    told = {"channel": "letter", "reason": "told by her on 3 May"}
    assert client.post(f"/people/{mention.ref}/contact/", told).status_code == 302
    # It holds whichever of the person's records is opened, and is never weighed against silence.
    page = client.get(f"/people/{other.ref}/").content.decode()
    assert "A safe-contact rule blocks this way of contact" in page
    assert may_contact([mention.key, other.key], "letter", AT).allowed is False
    assert may_contact([mention.key, other.key], "call", AT).check is True
    assert client.post(f"/people/{mention.ref}/contact/", {**told, "reason": ""}).status_code == 400
