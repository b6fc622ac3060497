"""Systems in the browser's requests: what is found opens a case from a form filled in, once; sheets are made; cases stand beside others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.casework import store
from peelian.casework.kinds import register
from peelian.casework.models import Case, Draft
from peelian.core.document import Column, Document, Paragraph, Section, Table
from peelian.core.kinds import NEW, Act, Count, Facts, Kind, Owners, fact
from peelian.core.system import Choice, Find, Found, Sheet, System

Open = Callable[..., Client]
LONG = "a-very-long-key-of-something-that-was-found-in-the-records"


class Worry(Facts, private="restricted"):
    area: str = fact("District", private="open")
    where: str = fact("Which place?")
    why: str = fact("Why?")
    route: str = fact("Which way?")


def ways(case: Any, *, actor: Any, at: Any) -> list[tuple[str, str]]:
    return [("near", "The nearest, now"), ("far", "The other, on Friday")]


def others(case: Any, *, actor: Any, at: Any) -> dict[str, list[tuple[str, str, str]]]:
    return {f"At {case.get('where') or 'any place'}": [("An older worry", "It came to nothing", "")]}


CHILD = Kind(
    name="made_step", title="Made-up step", question="prevention", source="no source: made up for tests", facts=Worry, stages=("open", "closed"),
    ends="closed", acts=(Act(name="take", during=NEW, to="open", asks=("where",)), Act(name="close", to="closed")), owners=Owners(accept_within="1 hour"),
)  # fmt: skip
WORRY = Kind(
    name="made_worry", title="Made-up worry", question="prevention", source="no source: made up for tests", facts=Worry, stages=("open", "closed"),
    ends="closed", children=("made_step",),
    acts=(Act(name="raise_it", title="Raise a worry", during=NEW, to="open", asks=("where",), maybe=("why",), beside=("Worries before", others)),
          Act(name="go", title="Go there", asks=("route",), offers=(("route", ways),)), Act(name="close", to="closed")),
    measures=(Count(name="worries", asks="How many worries?"),), owners=Owners(accept_within="1 hour"),
)  # fmt: skip


def look(*, actor: Any, at: Any) -> list[Found]:
    """Two things, one of them with a long key."""
    return [
        Found("mill-lane", "Nine calls from one place", {"where": "Mill Lane", "why": "Nine calls"}, source="made up", numbers=(("calls", 9),)),
        Found(LONG, "Five calls from another", {"where": "The Green"}, numbers=(("calls", 5),)),
    ]  # fmt: skip


def sheet(*, actor: Any, at: Any, area: str) -> Document:
    """A document of one area."""
    table = Table("Calls", (Column("Place"), Column("Calls", "number")), (("Mill Lane", 9), ("The Green", 5)))
    return Document(
        f"What {area} knows",
        "Made up",
        "OFFICIAL",
        date(2026, 11, 23),
        sections=(Section("Places", (Paragraph("Two places."), table)),),
    )


SYSTEM = System(
    id="P4", name="a made-up system", question="prevention", kinds=(WORRY, CHILD), roles=("neighbourhood-officer",), module="made.up",
    finds=(Find("places", "Places that call again", look, "made_worry", "raise_it"),),
    sheets=(Sheet("paper", "What is known", sheet, asks=(Choice("area", "Which district?", lambda actor, at: [("north", "North")]),)),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    register(WORRY), register(CHILD)
    monkeypatch.setitem(systems._SYSTEMS, "P4", SYSTEM)
    yield


@pytest.fixture
def ann(analyst: User, signed_in: Open) -> Client:
    return signed_in(analyst, "prevention")


def sent(page: str, **typed: str) -> dict[str, str]:
    """A form as it stands, with what is typed over it."""
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    held |= dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page))
    held |= {name: text.strip() for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', page)}
    return {**held, **typed}


@pytest.mark.parametrize(("key", "place"), [("mill-lane", "Mill Lane"), (LONG, "The Green")], ids=["short", "long"])
def test_what_is_found_opens_a_case_once_from_a_form_filled_in(ann: Client, key: str, place: str) -> None:
    page = ann.get("/systems/P4/find/places/").content.decode()
    assert "Nine calls from one place" in page and page.index("Nine calls") < page.index("Five calls")
    way = next(m for m in re.findall(r'href="(/cases/new/[^"]+)"', page) if ("mill" in m) == (key == "mill-lane"))

    form = ann.get(way).content.decode()
    assert place in form and "Found in the records" in form
    assert f"At {place}" in form  # what is read beside the form knows what was found
    ann.post(way, sent(form))

    case = Case.objects.get(kind="made_worry")
    assert case.facts["where"] == place and case.origin.startswith("found:places:")
    again = ann.get("/systems/P4/find/places/").content.decode()
    assert len(re.findall("Open a case", again)) == 1 and f"/cases/{case.ref}/" in again
    assert not Draft.objects.filter(saved_at=None).exists()


def test_a_sheet_is_made_as_page_pdf_and_text_and_asks_first(ann: Client) -> None:
    asked = ann.get("/systems/P4/").content.decode()
    assert 'name="area"' in asked and "Places that call again" in asked
    assert "What north knows" in ann.get("/systems/P4/sheet/paper/?area=north").content.decode()
    assert ann.get("/systems/P4/sheet/paper/sheet.pdf?area=north").content.startswith(b"%PDF")
    told = ann.get("/systems/P4/sheet/paper/sheet.txt?area=north").content.decode()
    assert [line.split() for line in told.splitlines() if line.startswith("Mill")] == [["Mill", "Lane", "9"]]
    refused = ann.get("/systems/P4/sheet/paper/?area=south")
    assert refused.status_code == 422 or b"no answer to" in refused.content
    for nowhere in (
        "/systems/P99/",
        "/systems/P4/find/none/",
        "/systems/P4/sheet/none/",
        "/systems/P4/sheet/paper/sheet.doc?area=north",
    ):
        assert ann.get(nowhere).status_code == 404


def test_a_case_opens_from_another_and_both_say_so(ann: Client, analyst: User) -> None:
    actor = Actor.of(analyst, "prevention")

    above = store.open_case("made_worry", "raise_it", {"where": "Mill Lane"}, actor=actor, at=timezone.now())
    way = f"/cases/new/made_step/take/?from=case:{above.ref}"
    assert way in ann.get(f"/cases/{above.ref}/").content.decode()

    ann.post(way, sent(ann.get(way).content.decode(), where="The yard"))

    below = Case.objects.get(kind="made_step")
    assert below.parent == above
    assert f"/cases/{below.ref}/" in ann.get(f"/cases/{above.ref}/").content.decode()
    assert f"/cases/{above.ref}/" in ann.get(f"/cases/{below.ref}/").content.decode()


def test_a_form_offers_what_was_worked_out_and_takes_nothing_else(ann: Client, analyst: User) -> None:

    case = store.open_case(
        "made_worry", "raise_it", {"where": "Mill Lane"}, actor=Actor.of(analyst, "prevention"), at=timezone.now()
    )
    way = f"/cases/{case.ref}/do/go/"
    form = ann.get(way).content.decode()
    assert form.index("The nearest, now") < form.index("The other, on Friday")
    assert ann.post(way, sent(form, route="elsewhere")).status_code == 422
    ann.post(way, sent(form, route="near"))
    case.refresh_from_db()
    assert case.facts["route"] == "near"


def test_what_came_of_others_is_read_beside_the_form_of_a_new_one(ann: Client) -> None:
    form = ann.get("/cases/new/made_worry/raise_it/").content.decode()
    beside = form.index("Worries before")
    assert beside < form.index("At any place") < form.index("An older worry") < form.index("It came to nothing")
    assert form.index("</form>") < beside


def test_the_measures_of_a_system_stand_there_with_their_state(ann: Client, analyst: User) -> None:
    assert "No figures yet" in ann.get("/systems/P4/").content.decode()
    actor = Actor.of(analyst, "prevention")
    for place in ("Mill Lane", "The Green"):
        store.open_case("made_worry", "raise_it", {"where": place}, actor=actor, at=timezone.now())

    page = ann.get("/systems/P4/").content.decode()

    assert re.findall(r'measures/made_worry/worries/">How many worries\?<.*?data-h="State">(.*?)<', page) == [
        "2 in 12 months"
    ]
