"""The review queue and the typed record in the browser's requests: answered with a reason, and nothing told of what is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.identity.made_people import AT, World

from peelian.access.models import Entry, Subject
from peelian.access.refs import ref_of
from peelian.identity.decisions import decide, issue
from peelian.identity.models import Decision, Known, Review
from peelian.identity.queue import uid_of

Open = Callable[..., Client]


def body(answer: Any) -> str:
    """A page without its CSRF token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.fixture
def world() -> World:
    return World()


def waits(a: Known, b: Known, weight: int = 3_000) -> str:
    one, other = sorted((a.key, b.key))
    uid = uid_of("grey", one, other)
    Review.objects.create(kind="grey", uid=uid, keys=[one, other], a=one, b=other, weight=weight, opened_at=AT)
    return uid


@pytest.fixture
def pair(world: World) -> tuple[Known, Known]:
    told = {"forenames": "Jan", "born": "1980-03-12"}
    return world.mention("Novak", **told), world.mention("Nowak", **told, postcode="CM1 1AA")


def test_a_pair_is_answered_with_a_reason(world: World, pair: tuple[Known, Known], signed_in: Open) -> None:
    uid, client = waits(*pair), signed_in(world.ann, "prevention")
    page = client.get("/identity/review/").content.decode()
    assert "1 piece of work" in page
    assert "8 to 1 that they are one person" in page
    shown = client.get(f"/identity/review/{uid}/").content.decode()
    assert "Novak" in shown
    assert "<b>differ</b>" in shown
    refused = client.post(f"/identity/review/{uid}/answer/", {"answer": "same", "reason": " "}, follow=True)
    assert "A decision needs a reason" in refused.content.decode()
    assert not Decision.objects.exists()

    done = client.post(f"/identity/review/{uid}/answer/", {"answer": "same", "reason": "one photograph"}, follow=True)
    assert "Nothing waits for you" in done.content.decode()
    assert Decision.objects.get().kind == "confirm"
    assert Known.objects.get(pk=pair[0].pk).component_id == Known.objects.get(pk=pair[1].pk).component_id is not None
    assert client.get(f"/identity/review/{uid}/").status_code == 404


def test_pairs_of_the_same_two_people_stand_as_one_line(
    world: World, pair: tuple[Known, Known], signed_in: Open
) -> None:
    third = world.mention("Nowak", forenames="Jan", born="1980-03-12", postcode="CM1 1AA")
    world.join(pair[1], third)
    waits(*pair)
    waits(pair[0], third, 2_000)
    page = signed_in(world.ann, "prevention").get("/identity/review/").content.decode()
    assert len(re.findall("/identity/review/[0-9a-f]{64}/", page)) == 1
    assert "and 1 more pair of the same two people" in page


def test_the_look_is_logged_with_both(world: World, pair: tuple[Known, Known], signed_in: Open) -> None:
    signed_in(world.ann, "prevention").get(f"/identity/review/{waits(*pair)}/")
    entry = Entry.objects.get(what="identity review")

    assert set(Subject.objects.filter(entry=entry.pk).values_list("ref", flat=True)) == {ref_of(m.key) for m in pair}


def test_nothing_is_told_of_a_pair_of_which_one_is_hidden(world: World, signed_in: Open) -> None:
    """The council sees open data only. With a hidden pair and without it every answer is the same but for the CSRF token."""
    shown = world.mention("Novak", "Jan", open=True)
    secret = world.mention("Nowak", "Jan")
    client = signed_in(world.pat, "prevention")

    def told(path: str, **sent: Any) -> tuple[int, str, str]:
        answer = client.post(path, sent) if sent else client.get(path)
        return answer.status_code, answer.headers.get("Location", ""), body(answer)

    uid = uid_of("grey", *sorted((shown.key, secret.key)))
    paths = ("/identity/review/", f"/identity/review/{uid}/", "/identity/review/?page=2", "/identity/review/?page=x")
    before = [told(path) for path in paths]
    refused = told(f"/identity/review/{uid}/answer/", answer="same", reason="why")
    before.append(told("/identity/review/"))
    waits(shown, secret)
    after = [told(path) for path in paths]
    assert told(f"/identity/review/{uid}/answer/", answer="same", reason="why") == refused
    after.append(told("/identity/review/"))

    assert before == after
    assert not Decision.objects.exists()


def test_a_record_is_not_matched_before_people_are_linked(world: World, signed_in: Open) -> None:
    client = signed_in(world.ann, "prevention")
    assert "people have not been linked" in client.post("/people/match/", {"surname": "Novak"}).content.decode().lower()
    assert "nothing was typed" in client.post("/people/match/", {"reason": "a referral"}).content.decode().lower()
    assert "lies in the future" in client.post("/people/match/", {"born_on": "2999-01-01"}).content.decode()


def test_a_wrong_merge_is_undone_with_what_was_issued_on_it(
    world: World, pair: tuple[Known, Known], signed_in: Open
) -> None:
    actor, keys = world.actor(), [m.key for m in pair]
    made = decide("merge", keys, actor=actor, reason="one photograph", at=AT)
    issue("pack", "DA-1", "Intelligence pack", keys, actor=actor, at=AT)
    client = signed_in(world.ann, "prevention")
    assert "one photograph" in client.get("/identity/decisions/").content.decode()
    done = client.post(f"/identity/decisions/{made.uid}/undo/", {"reason": "cousins"}).content.decode()
    assert "DA-1" in done
    assert "undone by ann" in client.get("/identity/decisions/").content.decode()


def test_a_decision_about_a_hidden_record_is_not_there(world: World, signed_in: Open) -> None:
    shown, secret = world.mention("Novak", "Jan", open=True), world.mention("Nowak", "Jan")
    client = signed_in(world.pat, "prevention")
    before = body(client.get("/identity/decisions/"))
    made = decide("merge", [shown.key, secret.key], actor=world.actor(), reason="one photograph", at=AT)

    assert body(client.get("/identity/decisions/")) == before
    refused, unknown = (
        client.post(f"/identity/decisions/{uid}/undo/", {"reason": "why"}) for uid in (made.uid, "nothing")
    )
    assert (refused.status_code, refused.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert Decision.objects.count() == 1
