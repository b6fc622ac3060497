"""Duty, allocation and the workforce in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.casework.investigators import HOUR, investigators, on
from tests.casework.world import set_local

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Entry
from peelian.casework import duty, store
from peelian.casework.models import Case, SupportContact
from peelian.core.local import Local


@pytest.fixture(autouse=True)
def posted() -> None:
    """People are posted as each test needs them."""


@pytest.fixture
def force() -> dict[str, Actor]:
    """The investigators of the tests, with locals that their kinds need."""
    systems.load()
    set_local(Local("workforce.accept_within", "x"), "1 hour")
    return investigators()


def test_signing_on_and_off(force: dict[str, Actor], signed_in: Callable[..., Client]) -> None:
    page = signed_in(force["fay"].user, "safeguarding")
    assert "You are not on duty" in page.get("/duty/").content.decode()
    until = timezone.localtime() + timedelta(hours=8)
    done = page.post("/duty/", {"act": "on", "until": f"{until:%Y-%m-%dT%H:%M}"})
    assert done.status_code == 302, done.content.decode()
    assert duty.is_on_duty("fay", timezone.now())
    assert "1 person" in page.get("/duty/").content.decode()
    bad = page.post("/duty/", {"act": "on", "until": "2020-01-01T10:00"}).content.decode()
    assert "not within a day from now" in bad
    assert page.post("/duty/", {"act": "off"}).url == "/work/hand-over/"
    assert not duty.is_on_duty("fay", timezone.now())
    assert signed_in(force["cal"].user, "safeguarding").get("/duty/").status_code == 403


def test_a_case_is_offered_to_whoever_is_proposed_and_nobody_unqualified_alone(
    force: dict[str, Actor], signed_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    for name in ("dan", "fay", "sue"):
        on(name, now - HOUR)
    told = {"offence": "child abuse", "features": ["child"], "area": "north"}
    ref = store.open_case(
        "made_up_crime",
        "record",
        told,
        actor=Actor(force["sue"].user, force["sue"].agency, "safeguarding"),
        at=now,
        to="team:hub",
    ).ref
    page = signed_in(force["sue"].user, "safeguarding")
    text = page.get(f"/cases/{ref}/who/").content.decode()
    assert (
        "Proposed: dan" in text
        and "lacks PIP 2, child abuse investigator" in text
        and "not available for this case" in text
    )
    alone = page.post(f"/cases/{ref}/who/", {"to": "fay"}).content.decode()
    assert "not qualified to own it alone" in alone.lower().replace("&#x27;", "'")
    end = timezone.localtime() + timedelta(days=3)
    given = {"to": "fay", "supporter": "dan", "until": f"{end:%Y-%m-%dT%H:%M}", "reason": "nobody qualified is free"}
    assert page.post(f"/cases/{ref}/who/", given).status_code == 302
    assert Case.objects.get(ref=ref).offered_to == "fay"
    assert signed_in(force["gil"].user, "safeguarding").get(f"/cases/{ref}/who/").status_code in (200, 403)


def test_contacts_are_noted_and_a_stand_in_is_named_on_the_case(
    force: dict[str, Actor], signed_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    for name in ("dan", "eve", "fay", "sue"):
        on(name, now - HOUR)
    told = {"offence": "child abuse", "features": ["child"], "area": "north"}
    ref = store.open_case("made_up_crime", "record", told, actor=force["sue"], at=now, to="team:hub").ref
    end = now + timedelta(days=3)
    store.offer(ref, "fay", actor=force["sue"], at=now, reason="nobody is free", supporter="dan", until=end)
    store.accept(ref, actor=force["fay"], at=now)
    path, until = f"/cases/{ref}/supporter/", f"{timezone.localtime(end):%Y-%m-%dT%H:%M}"

    officer = signed_in(force["fay"].user, "safeguarding")
    assert path in officer.get(f"/cases/{ref}/").content.decode()
    page = officer.get(path).content.decode()
    assert "Note a contact" in page and "Name another supporter" not in page
    bad = officer.post(path, {"act": "contact", "contact-note": "plan the interview"})
    assert bad.status_code == 422 and "Choose how you spoke" in bad.content.decode()
    assert "plan the interview" in bad.content.decode() and not SupportContact.objects.exists()
    good = {"act": "contact", "contact-channel": "met", "contact-note": "plan the interview"}
    assert "plan the interview" in officer.post(path, good, follow=True).content.decode()
    assert SupportContact.objects.get().supporter == "dan"
    assert (
        officer.post(
            path, {"act": "contact"} | {"contact-channel": "met", "contact-note": "x", "contact-when": until}
        ).status_code
        == 422
    )
    given = {"act": "stand-in", "stand-in-supporter": "eve", "stand-in-until": until, "stand-in-reason": "he goes home"}
    officer.post(path, given)  # the officer is of no ladder
    assert store.load(ref, force["sue"], at=timezone.now()).state.support.supporter == "dan"

    ladder = signed_in(force["sue"].user, "safeguarding")
    page = ladder.get(path).content.decode()
    assert 'value="eve"' in page and 'value="gil"' not in page and "plan the interview" in page
    bad = ladder.post(path, {**given, "stand-in-until": "2020-01-01T10:00"})
    assert bad.status_code == 422 and "he goes home" in bad.content.decode()
    assert ladder.post(path, given).status_code == 302
    assert store.load(ref, force["sue"], at=timezone.now()).state.support.supporter == "eve"
    other = signed_in(force["gil"].user, "safeguarding").get(path)
    assert other.status_code in (403, 404) or "plan the interview" not in other.content.decode()


def test_an_officer_says_that_they_are_not_supported(force: dict[str, Actor], signed_in: Callable[..., Client]) -> None:
    on("ida", timezone.now() - HOUR)
    page = signed_in(force["fay"].user, "safeguarding")
    assert (
        "Something needs you"
        in page.post("/workforce/not-supported/", {"concern": "", "reached": "nobody"}).content.decode()
    )
    done = page.post(
        "/workforce/not-supported/", {"concern": "three interviews alone", "reached": "nobody"}, follow=True
    )
    assert "It is with an inspector now" in done.content.decode()
    assert Case.objects.get(kind="support_concern").offered_to == "ida"


def test_the_page_of_teams_says_what_to_do_while_there_is_nothing(
    force: dict[str, Actor], signed_in: Callable[..., Client]
) -> None:
    text = signed_in(force["sue"].user, "assurance").get("/workforce/").content.decode()
    for words in (
        "No case of a protection kind",
        "Nobody works outside their qualification",
        "Nothing was overridden twice",
        "No duties around today",
    ):
        assert words in text
    assert Entry.objects.filter(what__startswith="workforce").count() >= 2
    assert signed_in(force["fay"].user, "safeguarding").get("/workforce/").status_code == 403
