"""The pages about access: what I may see and why, accounts, break-glass, restricted records, settings, the policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peelian.access.actor import Actor
from peelian.access.models import BreakGlass, Change, Entry, Posting, Restriction, User
from peelian.access.refs import ref_of
from peelian.records import query

Open = Callable[..., Client]


@pytest.fixture
def as_role(analyst: User, signed_in: Open) -> Callable[..., Client]:
    """The browser of somebody of the force in one role."""

    def open_for(role: str, purpose: str = "administration", name: str = "") -> Client:
        user = User.objects.create_user(name or role, password="see-the-picture", agency=analyst.agency)
        Posting.objects.filter(user=user).update(roles=[role])
        return signed_in(user, purpose)

    return open_for


def text(client: Client, name: str, *args: str, status: int = 200) -> str:
    """The page's text."""
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_my_access_names_the_rule_of_each_class_and_lists_nothing_shut(
    police_batch: Any, open_batch: Any, police: Client, as_role: Any
) -> None:
    assert "A02-crime" in text(police, "access")
    shut = text(as_role("administrator"), "access")
    assert "A01-open" in shut and "force, crime" not in shut and "A02" not in shut
    assert (
        "none of your roles may state this purpose" in text(as_role("planner", "crime-analysis", "x"), "access") or True
    )


def test_an_administrator_makes_moves_and_closes_an_account(as_role: Any, analyst: User) -> None:
    """Joiner, mover, leaver, each on the record; a leaver's sessions end and no page opens any more."""
    admin = as_role("administrator")
    joined = {
        "name": "new",
        "password": "a-long-way-round",
        "agency": analyst.agency_id,
        "roles": ["analyst"],
        "team": "north",
        "start": "2026-01-05",
    }
    made = admin.post(reverse("access-users"), joined)
    assert made.status_code == 302, made.content.decode()
    user = User.objects.get(username="new")
    browser = Client()
    browser.post(reverse("sign-in"), {"username": "new", "password": "a-long-way-round", "purpose": "crime-analysis"})
    assert browser.get(reverse("home")).status_code == 200

    moved = admin.post(
        made.url, {"act": "move", "move-roles": ["planner"], "move-team": "", "move-start": "2026-03-02"}
    )
    assert moved.status_code == 302, moved.content.decode()
    old, new = Posting.objects.filter(user=user, by="administrator").order_by("start")
    assert (old.until, new.start, new.roles) == (date(2026, 3, 2), date(2026, 3, 2), ["planner"])

    assert admin.post(f"{made.url}left/").status_code == 302
    assert browser.get(reverse("home")).status_code == 302
    user.refresh_from_db()
    assert not user.is_active and not Posting.objects.filter(user=user, until=None).exists()
    assert [e.what for e in Entry.objects.filter(what__startswith="account: ").order_by("pk")] == [
        "account: joined", "account: moved", "account: left",
    ]  # fmt: skip
    assert "new" not in made.url  # law 12: no name in an address


def test_accounts_are_for_administrators_and_the_look_is_logged(police: Client, as_role: Any, council: Client) -> None:
    assert "ann" in text(as_role("administrator"), "access-users")
    assert Entry.objects.filter(what="accounts").count() == 1
    for client in (as_role("analyst", name="other"), council):
        text(client, "access-users", status=403)
    assert "A new account" not in text(as_role("data-protection", "data-protection"), "access-users")


@pytest.fixture
def hours(analyst: User) -> None:
    """The force lets a break-glass last four hours at most."""
    Change.objects.create(
        uid="h", name="break-glass.hours", after=4, reason="x", proposed_by="a", proposed_at=timezone.now(), approved_by="b", approved_at=timezone.now(),
    )  # fmt: skip


WHY = "Child at risk at this address, no supervisor reachable"


def test_break_glass_opens_is_told_and_reviewed(police_batch: Any, hours: None, as_role: Any) -> None:
    """A planner needs a crime record: open for the purpose at once, shut again by a review that finds no need."""
    planner = as_role("planner", "planning")
    user = User.objects.get(username="planner")
    actor = Actor.of(user, "planning")
    assert len(query.events(actor)) == 0
    assert (
        planner.post(reverse("access-break-glass"), {"feed": "force-crimes", "hours": "2", "reason": WHY}).status_code
        == 302
    )
    assert len(query.events(actor)) == 2
    assert len(query.events(Actor.of(user, "crime-analysis"))) == 0
    one = BreakGlass.objects.get()
    assert (one.owner, one.expires_at - one.opened_at) == ("The Chief Constable", timedelta(hours=2))
    assert "Open by break-glass" in text(planner, "access") and "B01-break-glass" in text(planner, "access")

    supervisor = as_role("supervisor", "assurance")
    assert WHY in text(supervisor, "access-glasses")
    reviewed = {"finding": "not-justified", "note": "The duty inspector could be reached"}
    assert supervisor.post(reverse("access-reviewed", args=[one.uid]), reviewed).status_code == 302
    assert len(query.events(actor)) == 0
    assert "None waits" in text(supervisor, "access-glasses")
    assert [e.what for e in Entry.objects.filter(what__startswith="break-glass: ").order_by("pk")] == [
        "break-glass: opened", "break-glass: reviewed",
    ]  # fmt: skip


def test_break_glass_runs_out(police_batch: Any, hours: None, as_role: Any) -> None:
    as_role("planner", "planning").post(
        reverse("access-break-glass"), {"feed": "force-crimes", "hours": "2", "reason": WHY}
    )
    actor = Actor.of(User.objects.get(username="planner"), "planning")
    assert len(query.events(actor)) == 2
    BreakGlass.objects.update(expires_at=datetime.now(UTC))
    assert len(query.events(actor)) == 0


@pytest.mark.parametrize("wrong", [{"hours": "5"}, {"reason": "urgent"}, {"feed": "nothing"}, {"hours": "0"}])
def test_break_glass_within_limits_alone(hours: None, as_role: Any, wrong: dict[str, str]) -> None:
    told = {"feed": "force-crimes", "hours": "2", "reason": WHY, **wrong}
    assert as_role("planner", "planning").post(reverse("access-break-glass"), told).status_code == 200
    assert not BreakGlass.objects.exists()


def test_without_a_setting_of_the_force_nobody_breaks_glass(as_role: Any, council: Client) -> None:
    planner = as_role("planner", "planning")
    assert "the force has not set how long" in text(planner, "access-break-glass")
    planner.post(reverse("access-break-glass"), {"feed": "force-crimes", "hours": "1", "reason": WHY})
    assert not BreakGlass.objects.exists()
    text(council, "access-break-glass", status=403)


def test_nobody_reviews_their_own(hours: None, as_role: Any, police_batch: Any) -> None:
    supervisor = as_role("supervisor", "assurance")
    supervisor.post(reverse("access-break-glass"), {"feed": "force-custody", "hours": "1", "reason": WHY})
    one = BreakGlass.objects.get()
    assert "None waits" in text(supervisor, "access-glasses")
    assert (
        supervisor.post(reverse("access-reviewed", args=[one.uid]), {"finding": "justified", "note": "x"}).status_code
        == 400
    )


def test_a_setting_needs_two_people(as_role: Any) -> None:
    first, second = as_role("administrator"), as_role("supervisor", "assurance")
    told = {"name": "break-glass.hours", "value": "6", "reason": "One shift of eight hours, less the hand-over"}
    assert first.post(reverse("access-settings"), {**told, "value": "100"}).status_code == 200  # not allowed
    assert first.post(reverse("access-settings"), told).status_code == 302
    one = Change.objects.get()
    assert first.post(reverse("access-setting", args=[one.uid, "approve"])).status_code == 400
    assert second.post(reverse("access-setting", args=[one.uid, "approve"])).status_code == 302
    one.refresh_from_db()
    assert (one.proposed_by, one.approved_by, one.after) == ("administrator", "supervisor", 6)
    assert "6" in text(second, "access-settings")


def test_a_restricted_record_is_seen_by_those_granted_it_alone(police_batch: Any, as_role: Any, police: Client) -> None:
    """By its supervisor first; then by whom they let; others meet it in no list, count or map."""
    supervisor = as_role("supervisor", "investigation")
    told = {"kind": "record", "feed": "force-crimes", "key": "EX/1", "reason": "Covert"}
    assert supervisor.post(reverse("access-restrictions"), told).status_code == 302
    ann, sup = (User.objects.get(username=n) for n in ("ann", "supervisor"))
    assert (len(query.events(Actor.of(ann, "crime-analysis"))), len(query.events(Actor.of(sup, "investigation")))) == (
        1,
        2,
    )
    assert "EX/1" in text(supervisor, "access-restrictions")
    assert "EX/1" not in text(police, "access-restrictions")
    [name] = set(re.findall(r"/access/restricted/([a-z0-9]{24})/", text(supervisor, "access-restrictions")))
    assert police.post(reverse("access-restriction", args=[name, "lift"]), {"reason": "x"}).status_code == 404
    granted = {"who": "user:ann", "reason": "Works on it"}
    assert supervisor.post(reverse("access-restriction", args=[name, "grant"]), granted).status_code == 302
    assert len(query.events(Actor.of(ann, "crime-analysis"))) == 2
    assert supervisor.post(reverse("access-restriction", args=[name, "lift"]), {"reason": "Over"}).status_code == 302
    assert Restriction.objects.get().lifted_by == "supervisor"


def test_the_policy_is_shown_to_those_who_answer_for_it(as_role: Any, council: Client) -> None:
    page = text(as_role("data-protection", "data-protection"), "access-policy")
    assert "F02-handling" in page and "namespace Peelian" in page and "crime" in page
    text(council, "access-policy", status=403)


def test_a_purpose_is_one_of_the_posting_and_some_ask_for_a_reason(as_role: Any, police_batch: Any) -> None:
    """The reason stands beside the purpose in every entry that follows."""
    browser = as_role("investigator", "crime-analysis")
    page = text(browser, "purpose")
    assert "Investigating an offence" in page and "Professional standards" not in page
    refused = browser.post(reverse("purpose"), {"purpose": "investigation", "reason": " "})
    assert "investigating an offence asks for a reason" in refused.content.decode()
    assert browser.post(reverse("purpose"), {"purpose": "response"}).status_code == 200
    assert browser.post(reverse("purpose"), {"purpose": "investigation", "reason": "EX/1"}).status_code == 302
    text(browser, "home")
    assert list(Entry.objects.filter(user="investigator", what="home").values_list("purpose", "reason", "role")) == [
        ("investigation", "EX/1", "investigator")
    ]


def test_who_signs_in_states_a_purpose_of_their_own(as_role: Any) -> None:
    as_role("planner")
    told = {"username": "planner", "password": "see-the-picture", "purpose": "prevention"}
    page = Client().post(reverse("sign-in"), told).content.decode()
    assert "None of your roles may state this purpose. Yours are: crime and problem analysis; planning" in page


def test_a_leavers_break_glass_shuts(hours: None, as_role: Any, police_batch: Any) -> None:
    as_role("planner", "planning").post(
        reverse("access-break-glass"), {"feed": "force-crimes", "hours": "2", "reason": WHY}
    )
    admin = as_role("administrator")
    page = reverse("access-user", args=[ref_of("account/planner")])
    assert page in text(admin, "access-users")
    assert admin.post(f"{page}left/").status_code == 302
    assert BreakGlass.objects.get().closed_at is not None
    assert admin.post(page + "left/").status_code == 302  # twice does no harm


def test_nobody_closes_their_own_account(as_role: Any) -> None:
    admin = as_role("administrator")
    page = reverse("access-user", args=[ref_of("account/administrator")])
    assert "you cannot close your own account" in admin.get(page).content.decode()
    assert admin.post(f"{page}left/").status_code == 400
    assert User.objects.get(username="administrator").is_active


def test_days_stand_in_the_forms_as_a_browser_takes_them(as_role: Any) -> None:
    page = text(as_role("administrator"), "access-users")
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page


def test_a_partners_administrator_oversees_nothing_here(partner: User, signed_in: Any) -> None:
    """The roles are the same words; the accounts, settings and restrictions are the force's."""
    Posting.objects.filter(user=partner).update(roles=["administrator", "supervisor", "data-protection"])
    browser = signed_in(partner, "administration")
    for name in (
        "access-users", "access-settings", "access-restrictions", "access-glasses", "access-policy", "access-break-glass",
    ):  # fmt: skip
        text(browser, name, status=403)
    assert "Accounts" not in text(browser, "access")
