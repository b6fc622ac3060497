"""Both editions of a local profile, proposed and issued in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Posting, Released, User
from peelian.casework import store
from peelian.casework.models import Case


@pytest.fixture(autouse=True)
def posted() -> None:
    """People are posted as each test needs them."""


@pytest.fixture
def people(db: None) -> dict[str, Actor]:
    """A coordinator, a superintendent, and an officer of trading standards."""
    systems.load()
    found = {}
    for name, role, code in (
        ("coordinator", "organised-crime", "force"),
        ("head", "superintendent", "force"),
        ("officer", "hub-worker", "trading"),
    ):
        words = ("Force", "police") if code == "force" else ("Trading Standards", "partner")
        agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": words[0], "kind": words[1]})
        user = User.objects.create_user(name, agency=agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(
            user=user, roles=[role], start=date(2020, 1, 1), by="t", at=datetime(2020, 1, 1, tzinfo=UTC)
        )
        found[name] = Actor.of(user, "prevention")
    return found


def gathered(people: dict[str, Actor], at: datetime) -> str:
    """A profile with trading standards' data, a threat and an action that they own."""
    by = people["coordinator"]
    told = {
        "area": "County",
        "since": "2025-01-01",
        "until": "2025-12-31",
        "purpose": "joint activity",
        "wanted": "what you hold",
    }
    ref = store.open_case("local_profile", "start", told, actor=by, at=at).ref
    row = {"from_agency": "trading", "received_on": at.date(), "what": "complaints", "threat": "fraud", "place": "Aldmoor", "count": 21, "statement": "a list of shops",
           "handling": "may be shared", "limit_words": "to the board", "told": "complaints about counterfeit goods"}  # fmt: skip
    store.do(ref, "contribute", row, actor=by, at=at)
    store.do(
        ref,
        "estimate",
        {"threat": "fraud", "level": "high", "confidence": "high", "rests_on": "complaints", "level_told": "high"},
        actor=by,
        at=at,
    )
    action = {
        "area": "County",
        "action": "inspect",
        "p": "protect",
        "threat": "fraud",
        "lead": "trading",
        "due_on": at.date(),
        "in_shareable": True,
    }
    one = store.open_case("profile_action", "propose_action", action, actor=by, at=at, parent=ref).ref
    store.ask(one, "take_on", "trading", actor=by, at=at)
    item = Case.objects.get(ref=one).items.get()
    store.answer(one, item.item, {"takes": True, "post": "head of service"}, actor=people["officer"], at=at)
    store.do(one, "accept_action", {"owner_post": "head of service"}, actor=by, at=at)
    return ref


def test_one_proposes_and_a_superintendent_approves_and_issues(
    people: dict[str, Actor], signed_in: Callable[..., Client]
) -> None:
    ref = gathered(people, timezone.now() - timedelta(minutes=5))
    page = signed_in(people["coordinator"].user, "prevention")
    assert "Propose both editions" in page.get("/local-profiles/").content.decode()

    assert page.post(f"/local-profiles/{ref}/propose/", {"recipient": ""}).url == "/local-profiles/"
    assert not Released.objects.exists()
    release = page.post(f"/local-profiles/{ref}/propose/", {"recipient": "the board"}).url
    shown = page.get(release).content.decode()
    assert "complaints about counterfeit goods" in shown
    assert "a list of shops" not in shown
    assert "needs two people" in shown

    head = signed_in(people["head"].user, "prevention")
    assert head.post(f"{release}approve/").status_code == 302  # which issues both editions
    assert Case.objects.get(ref=ref).stage == "issued"
    assert "both editions issued" in page.get("/local-profiles/").content.decode()
    full, told = (page.get(f"/cases/{ref}/sheet/{name}/").content.decode() for name in ("full", "shareable"))
    assert ("a list of shops" in full, "a list of shops" in told) == (True, False)
    assert all("Trading Standards" in text for text in (full, told))


def test_what_is_missing_is_said_and_partners_have_no_such_page(
    people: dict[str, Actor], signed_in: Callable[..., Client]
) -> None:
    told = {"area": "County", "since": "2025-01-01", "until": "2025-12-31", "purpose": "joint activity", "wanted": "x"}
    ref = store.open_case("local_profile", "start", told, actor=people["coordinator"], at=timezone.now()).ref
    page = signed_in(people["coordinator"].user, "prevention")

    done = page.post(f"/local-profiles/{ref}/propose/", {"recipient": "the board"}, follow=True).content.decode()

    assert "Not proposed" in done
    assert "At least one partner has given data" in done
    assert not Released.objects.exists()
    assert signed_in(people["officer"].user, "prevention").get("/local-profiles/").status_code == 403
    assert page.get(f"/cases/{ref}/sheet/shareable/").status_code == 200
