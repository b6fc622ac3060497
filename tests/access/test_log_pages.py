"""Who sees which looks: everybody their own, those who oversee them all; and each look at the log is itself an entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peelian.access.actor import Actor, record_act
from peelian.access.log import alerts, looks
from peelian.access.models import Agency, Alert, Entry, Posting, User
from peelian.access.refs import ref_of
from peelian.core.errors import PeelianError

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
KEY = "force-people/42/7/18-V1"


@pytest.fixture(autouse=True)
def posted() -> None:
    """Accounts are posted by `actor` alone."""


@pytest.fixture(autouse=True)
def plain_static(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def actor(db: None) -> Callable[..., Actor]:
    """An actor of that name, posted in a role."""

    def made(name: str, role: str = "investigator", purpose: str = "administration") -> Actor:
        force, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
        user, new = User.objects.get_or_create(username=name, defaults={"agency": force})
        if new:
            Posting.objects.create(user=user, roles=[role], start=date(2020, 1, 1), by="test", at=AT)
        return Actor.of(user, purpose)

    return made


@pytest.fixture
def browser(actor: Callable[..., Actor]) -> Callable[..., Client]:
    def opened(name: str, role: str = "investigator") -> Client:
        client = Client()
        client.force_login(actor(name, role).user)
        session = client.session
        session["purpose"] = "administration"
        session.save()
        return client

    return opened


def look(actor: Actor, *, at: datetime = AT, key: str = KEY, reason: str = "") -> Entry:
    return record_act(actor, "consultation", "person", at=at, subjects=[key], reason=reason)


def test_everybody_sees_their_own_looks_and_nobody_elses(
    actor: Callable[..., Actor], browser: Callable[..., Client]
) -> None:
    look(actor("ann"), reason="statement taken")
    look(actor("ben"), reason="custody review")
    page = browser("ann").get("/looks/").content.decode()
    assert "statement taken" in page and "custody review" not in page
    assert Entry.objects.filter(user="ann", what="my own looks").exists()


@pytest.mark.parametrize("path", ["/looks/of/", "/looks/of/REF/", "/looks/log/"])
def test_only_those_who_oversee_see_whose_looks_they_were(
    actor: Callable[..., Actor], browser: Callable[..., Client], path: str
) -> None:
    look(actor("ben"), reason="custody review")
    path = path.replace("REF", ref_of(KEY))
    refused = browser("ann").get(path)
    assert refused.status_code == 403 and "custody review" not in refused.content.decode()
    for role in looks.OVERSEERS:
        assert browser(role, role).get(path).status_code == 200


def test_who_looked_at_a_person_is_told_with_purpose_and_reason_by_day(
    actor: Callable[..., Actor], browser: Callable[..., Client]
) -> None:
    for n in range(3):
        look(actor("ben"), at=AT + timedelta(minutes=n), reason="custody review")
    look(actor("cyd"), at=AT - timedelta(days=1))
    look(actor("dan"), key="force-people/other")
    ref = ref_of(KEY)
    page = browser("dpo", "data-protection").get(f"/looks/of/{ref}/").content.decode()
    assert "custody review" in page and "cyd" in page and "dan" not in page
    assert [(d["day"], d["user"], d["looks"]) for d in looks.days_of_looks([ref])] == [
        (date(2026, 11, 27), "ben", 3),
        (date(2026, 11, 26), "cyd", 1),
    ]
    asked = Entry.objects.get(what="who looked")
    assert (asked.user, asked.detail) == ("dpo", {"of": [ref]})


def test_a_day_is_a_day_in_london(actor: Callable[..., Actor]) -> None:
    look(actor("ben"), at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    dpo = actor("dpo", "data-protection")
    assert [d["day"] for d in looks.days_of_looks([ref_of(KEY)])] == [date(2026, 7, 1)]
    assert looks.overview(dpo, at=AT, user="ben", day=date(2026, 6, 30)).entries == []
    assert len(looks.overview(dpo, at=AT, user="ben", day=date(2026, 7, 1)).entries) == 1


def test_looking_at_one_account_is_recorded_with_its_name(actor: Callable[..., Actor]) -> None:
    """Law 15: looking at one member of staff needs authority and leaves its entry."""
    looks.overview(actor("dpo", "data-protection"), at=AT, user="ben")
    assert Entry.objects.get(what="the log").detail == {"user": "ben"}


def test_pages_follow_each_other_without_a_number_in_the_address(actor: Callable[..., Actor]) -> None:
    ann = actor("ann")
    for n in range(120):
        look(ann, at=AT + timedelta(seconds=n))
    dpo = actor("dpo", "data-protection")
    seen: list[int] = []
    older = ""
    for _ in range(3):
        page = looks.overview(dpo, at=AT, user="ann", older=older)
        seen += [e.pk for e in page.entries]
        older = page.older
        assert len(page.entries) == 50 or not older
        assert not older or (len(older) > 60 and str(page.entries[-1].pk) != older)
    assert len(seen) == len(set(seen)) == 120 and seen == sorted(seen, reverse=True)
    # A cursor that somebody made up begins at the newest.
    assert looks.overview(dpo, at=AT, user="ann", older="made-up").entries[0].pk == seen[0]


def test_the_log_page_tells_the_seals_and_gives_a_checkpoint(
    actor: Callable[..., Actor], browser: Callable[..., Client]
) -> None:
    dpo = browser("dpo", "data-protection")
    assert "none yet" in dpo.get("/looks/log/").content.decode()
    given = dpo.post("/looks/log/checkpoint/", {"to": "Wexmoor council"})
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(given.content)["entries"] >= 1
    assert "ago, to Wexmoor council" in dpo.get("/looks/log/").content.decode()
    assert browser("ann").post("/looks/log/checkpoint/", {"to": "me"}).status_code == 403
    assert dpo.post("/looks/log/checkpoint/", {"to": " "}).status_code == 302


@pytest.mark.parametrize("query", ["ref=x", "ref=%00", "ref=" + "a" * 24, "older=x", "ref=" + "'" * 24])
def test_odd_wishes_make_no_error(browser: Callable[..., Client], query: str) -> None:
    assert browser("dpo", "data-protection").get(f"/looks/of/?{query}").status_code == 200


def test_an_odd_day_is_not_found(browser: Callable[..., Client]) -> None:
    assert browser("dpo", "data-protection").get("/looks/log/?day=yesterday").status_code == 404


# ---- alerts


def test_many_people_at_one_record_is_asked_about_once(actor: Callable[..., Actor]) -> None:
    for n in range(7):
        look(actor(f"user{n}"), at=AT - timedelta(hours=n))
        look(actor(f"user{n}"), key=f"force-people/{n}", at=AT - timedelta(hours=n))  # each his own work
    assert alerts.propose(at=AT + timedelta(minutes=1)) == 1
    alert = Alert.objects.get()
    assert (alert.rule, alert.user, alert.subject, alert.state) == ("many-lookers", "", ref_of(KEY), "open")
    assert alert.figures["people"] == 7
    assert alerts.propose(at=AT + timedelta(minutes=2)) == 0


def test_a_record_that_many_always_look_at_is_usual(actor: Callable[..., Actor]) -> None:
    for day in range(50):
        for n in range(7):
            look(actor(f"user{n}"), at=AT - timedelta(days=day))
    assert alerts.propose(at=AT + timedelta(minutes=1)) == 0


def test_a_burst_in_quiet_hours_is_set_against_the_accounts_own_usual(actor: Callable[..., Actor]) -> None:
    for name, hour in (("day", 10), ("night", 2)):
        for day in range(5, 50):
            for n in range(4):
                look(actor(name), key=f"force-people/{name}{day}{n}", at=AT.replace(hour=hour) - timedelta(days=day))
    for n in range(15):
        for name in ("day", "night"):
            look(actor(name), key=f"force-people/burst{name}{n}", at=AT.replace(hour=2, minute=n))
    alerts.propose(at=AT)
    assert [(a.rule, a.user) for a in Alert.objects.all()] == [("quiet-hours", "day")]
    assert Alert.objects.get().figures == {"looks": 15, "usual": 0.0, "hours": [2]}


def test_a_new_account_has_no_usual_hours(actor: Callable[..., Actor]) -> None:
    for n in range(40):
        look(actor("new"), key=f"force-people/{n}", at=AT - timedelta(minutes=n))
    assert alerts.propose(at=AT + timedelta(minutes=1)) == 0


def raised(user: str = "ann") -> Alert:
    return Alert.objects.create(uid=f"{user:0>64}", rule="own-name", user=user, why="x", raised_at=AT)


def test_a_person_decides_with_a_reason_and_it_is_an_entry(
    actor: Callable[..., Actor], browser: Callable[..., Client]
) -> None:
    alert, dpo = raised(), browser("dpo", "data-protection")
    assert "own name" in dpo.get("/looks/alerts/").content.decode()
    assert dpo.post(f"/looks/alerts/{alert.uid}/", {"decision": "justified", "reason": " "}).status_code == 400
    alert.refresh_from_db()
    assert alert.state == "open"
    dpo.post(f"/looks/alerts/{alert.uid}/", {"decision": "justified", "reason": "a statement was taken"})
    alert.refresh_from_db()
    assert (alert.state, alert.decided_by, alert.reason) == ("justified", "dpo", "a statement was taken")
    assert Entry.objects.get(what="alert on looking decided").detail["state"] == "justified"
    assert dpo.post(f"/looks/alerts/{alert.uid}/", {"decision": "referred", "reason": "x"}).status_code == 403
    assert "a statement was taken" in dpo.get("/looks/alerts/?state=justified").content.decode()


def test_nobody_sees_or_decides_an_alert_about_themselves(actor: Callable[..., Actor]) -> None:
    alert, dpo = raised("dpo"), actor("dpo", "data-protection")
    assert alerts.queue(dpo, at=AT) == []
    with pytest.raises(PeelianError) as refused:
        alerts.decide(dpo, alert.uid, state="justified", reason="it was me", at=AT)
    assert refused.value.id == "peelian.E336"


def test_others_see_no_alert(actor: Callable[..., Actor], browser: Callable[..., Client]) -> None:
    raised("ben")
    ann = browser("ann")
    assert "own name" not in ann.get("/looks/alerts/").content.decode()
    assert ann.post("/looks/alerts/look/").status_code == 403
    assert ann.post(f"/looks/alerts/{'ben':0>64}/", {"decision": "justified", "reason": "x"}).status_code == 403
