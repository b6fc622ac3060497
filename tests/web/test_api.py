"""The API: the same access, rules and log as the pages, for a session and for a key."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.casework.measured_kind import CALL

from peelian.access.actor import Actor
from peelian.access.models import Agency, Entry, Posting, Token, User
from peelian.access.tokens import issue, revoke
from peelian.casework import store
from peelian.casework.kinds import register
from peelian.casework.models import Case
from peelian.core.errors import PeelianError

NOW = datetime.now(UTC)
GIVEN = {"received_at": "2026-01-01T09:00:00+00:00", "area": "E07000001"}


@pytest.fixture(autouse=True)
def kind() -> None:
    register(CALL)


@pytest.fixture
def work(analyst: User, signed_in: Any) -> Client:
    return signed_in(analyst, "safeguarding")


@pytest.fixture
def case(analyst: User) -> Case:
    return store.open_case("test_call", "receive", GIVEN, actor=Actor.of(analyst, "safeguarding"), at=NOW)


def post(client: Client, address: str, body: Any = None, **more: Any) -> Any:
    return client.post(f"/api/{address}", json.dumps(body or {}), content_type="application/json", **more)


def test_a_case_is_opened_read_worked_on_and_decided_as_on_the_pages(work: Client):
    opened = post(work, "cases/test_call/acts/receive/", {**GIVEN, "injured": True, "origin": "CAD-1"})
    assert opened.status_code == 201
    ref = opened.json()["ref"]
    told = work.get(f"/api/cases/test_call/{ref}/").json()
    assert (told["stage"], told["origin"], told["facts"]["injured"]) == ("open", "CAD-1", True)
    assert told["proposals"] == [{"decision": "grading", "outcome": "high", "reason": "injury", "source": "made up"}]
    [clock] = told["clocks"]
    assert (clock["clock"], clock["state"], clock["due"]) == ("first_answer", "overdue", "2026-01-01T13:00:00Z")
    refused = post(work, f"cases/test_call/{ref}/decisions/grading/", {"outcome": "low"})
    assert refused.status_code == 422 and refused.json()["reasons"]
    done = post(work, f"cases/test_call/{ref}/decisions/grading/", {"outcome": "low", "reason": "seen by a doctor"})
    assert done.json() == {"ref": ref, "stage": "open", "seq": 2, "owner": "ann"}
    assert post(work, f"cases/test_call/{ref}/acts/visit/", {"on_time": True}).status_code == 200
    assert [line["name"] for line in work.get(f"/api/cases/test_call/{ref}/").json()["journal"]] == [
        "receive",
        "grading",
        "visit",
    ]
    assert work.get("/api/cases/test_call/?stage=open").json()["cases"][0]["ref"] == ref
    logged = set(Entry.objects.filter(user="ann").values_list("what", flat=True))
    assert {"case: act receive", "case: decide grading", "case", "case list (API)"} <= logged


def test_what_is_sent_is_checked_by_the_declaration(work: Client, case: Case):
    assert post(work, "cases/test_call/acts/receive/", {"area": "x"}).status_code == 422  # a fact that the act asks
    assert post(work, f"cases/test_call/{case.ref}/acts/note/", {"colour": "red"}).status_code == 422
    assert (
        post(work, f"cases/test_call/{case.ref}/acts/note/", {"grade": "high"}).status_code == 422
    )  # only a decision sets it
    assert post(work, f"cases/test_call/{case.ref}/decisions/grading/", {"outcome": "none"}).status_code == 422
    assert Case.objects.get().seq == 1


def test_a_second_editor_is_told_what_changed_by_name(work: Client, case: Case):
    post(work, f"cases/test_call/{case.ref}/acts/note/", {"area": "E07000002"})
    clash = post(work, f"cases/test_call/{case.ref}/acts/note/", {"area": "E07000003", "seen": 1})
    assert (clash.status_code, clash.json()["changed"]) == (409, ["area"])


def test_a_case_of_another_kind_a_strangers_and_none_read_the_same(
    work: Client, council: Client, partner: Any, signed_in: Any, case: Case
):
    pat = signed_in(partner, "safeguarding")
    answers = [pat.get(f"/api/cases/test_call/{ref}/") for ref in (case.ref, "a" * 24)]
    assert [a.status_code for a in answers] == [403, 403]
    assert answers[0].content == answers[1].content
    assert pat.get("/api/cases/test_call/").json() == {"cases": [], "next": ""}
    assert work.get("/api/cases/none/").status_code == 404


def test_an_agency_reads_its_question_and_nothing_else_and_answers_once(
    work: Client, partner: User, signed_in: Any, case: Case
):
    post(work, f"cases/test_call/{case.ref}/asks/check/", {"agency": "council"})
    pat = signed_in(partner, "safeguarding")
    [asked] = pat.get("/api/asked/").json()
    assert asked["shown"] == {"area": "E07000001"}
    assert signed_in(partner, "crime-analysis").get(f"/api/asked/{asked['ref']}/").status_code == 403
    answered = post(pat, f"cases/test_call/answers/check/{asked['ref']}/", {"held": True})
    assert answered.json()["state"] == "answered"
    assert post(pat, f"cases/test_call/answers/check/{asked['ref']}/", {"held": False}).status_code == 422
    assert pat.get(f"/api/cases/test_call/{case.ref}/").status_code == 403


@pytest.fixture
def machine(db: None) -> Iterator[tuple[User, str, Actor]]:
    force = Agency.objects.create(code="example", name="Example Police", kind="police")
    admin = Actor.of(User.objects.create_user("adm", password="x", agency=force), "administration")
    user = User(username="cad", agency=force)
    user.set_unusable_password()
    user.save()
    Posting.objects.filter(user=user).update(roles=["control-room"])
    yield user, issue(user, until=NOW.date() + timedelta(days=30), actor=admin, at=NOW), admin


def keyed(key: str, purpose: str = "safeguarding") -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_PURPOSE": purpose}


def test_a_key_opens_the_api_as_its_account_and_is_kept_as_a_hash_alone(machine: Any):
    _, key, _ = machine
    opened = post(Client(), "cases/test_call/acts/receive/", GIVEN, **keyed(key))
    assert opened.status_code == 201 and opened.json()["owner"] == "cad"
    assert Entry.objects.filter(user="cad", what="case: act receive").exists()
    assert key not in str(list(Token.objects.values_list("digest", "by")))
    assert all(key not in str(entry.detail) for entry in Entry.objects.all())


def test_a_key_opens_nothing_when_wrong_ended_run_out_or_its_account_has_left(machine: Any):
    user, key, admin = machine

    def status(secret: str = key, purpose: str = "safeguarding") -> int:
        return Client().get("/api/cases/test_call/", **keyed(secret, purpose)).status_code

    assert status() == 200
    assert status(key + "x") == 401
    assert status(purpose="administration") == 403  # a control-room posting may not state it
    assert status(purpose="") == 403
    assert Client().get("/api/cases/test_call/").status_code == 401
    Token.objects.update(until=NOW.date())
    assert status() == 401
    Token.objects.update(until=NOW.date() + timedelta(days=9))
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert status() == 401
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert revoke(user, actor=admin, at=NOW) == 1
    assert status() == 401


def test_a_key_is_made_for_a_machine_alone_and_for_a_year_at_most(machine: Any):
    user, _, admin = machine
    person = User.objects.create_user("per", password="x", agency=user.agency)
    for account, days in ((person, 30), (user, 0), (user, 400)):
        with pytest.raises(PeelianError, match="E324"):
            issue(account, until=NOW.date() + timedelta(days=days), actor=admin, at=NOW)


def test_a_key_opens_no_page(machine: Any):
    _, key, _ = machine
    assert Client().get("/cases/", **keyed(key)).status_code == 302
    assert Client().get("/api/docs/", **keyed(key)).status_code == 302


def test_a_session_that_changes_something_needs_the_csrf_token(analyst: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)
    session = client.session
    session["purpose"] = "safeguarding"
    session.save()
    assert client.get("/api/cases/test_call/").status_code == 200
    assert post(client, "cases/test_call/acts/receive/", GIVEN).status_code == 403
    assert not Case.objects.exists()


def test_the_documentation_names_every_act_of_every_kind_and_asks_no_other_host(work: Client):
    told = work.get("/api/openapi.json").json()
    paths = {path.removeprefix("/api/") for path in told["paths"]}
    for act in ("receive",):
        assert any(path.endswith(f"cases/test_call/acts/{act}/") for path in paths)
    for act in ("note", "visit", "close"):
        assert any(path.endswith(f"cases/test_call/{{ref}}/acts/{act}/") for path in paths)
    page = work.get("/api/docs/")
    assert page.status_code == 200
    assert "http://" not in page.content.decode() and "https://" not in page.content.decode()
    assert (
        "script-src" not in page["Content-Security-Policy"] and "default-src 'self'" in page["Content-Security-Policy"]
    )
