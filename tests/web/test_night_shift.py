"""What went wrong when five people used the pages through a bad night: each fault found, held by a test."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from peelian.access.actor import Actor
from peelian.access.models import Posting, User
from peelian.casework import store
from peelian.casework.kinds import register
from peelian.casework.models import Case, Draft
from peelian.cli import app
from peelian.core.kinds import Refused
from peelian.records.models import Area
from peelian.web.case_fields import LondonTime

from .made_case import SIGHTING

Open = Callable[..., Client]
REPORT = "/cases/new/made_sighting/report/"


@pytest.fixture(autouse=True)
def kind() -> None:
    register(SIGHTING)


@pytest.fixture
def force(analyst: User) -> Actor:
    return Actor.of(analyst, "safeguarding")


@pytest.fixture
def ann(analyst: User, signed_in: Open) -> Client:
    return signed_in(analyst, "safeguarding")


def opened(actor: Actor, hours_ago: float, **given: Any) -> Case:
    """A case whose grading is due two hours after the sighting."""
    at = timezone.now()
    told = {"name": "Jo Reed", "area": "north", "seen_at": at - timedelta(hours=hours_ago), **given}
    return store.open_case("made_sighting", "report", told, actor=actor, at=at)


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def marks(shown: str) -> dict[str, str]:
    """What a form carries to be known again when it is sent."""
    return dict(re.findall(r'name="(form|based|seen)" value="([^"]*)"', shown))


def test_what_is_due_in_minutes_stands_before_what_is_late_for_days(ann: Client, force: Actor) -> None:
    """Nine late cases fill the eight lines of the list; the call just taken is still in sight, and stands first."""
    late = [opened(force, 48 + n) for n in range(9)]
    passed, now = opened(force, 2.1), opened(force, 1.9)
    home = page(ann, "/")

    assert (
        home.index("Due now")
        < home.index(passed.ref[:8])
        < home.index(now.ref[:8])
        < home.index("<h2>Yours")
        < home.index(late[-1].ref[:8])
    )
    assert home.count(f"/cases/{now.ref}/") == 1
    assert "<b>10 are late</b>, 1 is due within 12 hours" in home


def test_without_anything_late_the_list_is_one(ann: Client, force: Actor) -> None:
    case = opened(force, 1.9)
    home = page(ann, "/")
    assert "Due now" not in home
    assert home.count(f"/cases/{case.ref}/") == 1


def test_what_an_agency_is_asked_stands_on_the_first_page_of_its_people(
    ann: Client, partner: User, signed_in: Open, force: Actor
) -> None:
    pat = signed_in(partner, "safeguarding")
    assert "Asked of your agency" not in page(pat, "/")
    store.ask(opened(force, 1).ref, "known", "council", actor=force, at=timezone.now())

    assert "<b>1 question</b> not answered yet" in page(pat, "/")
    assert "?queue=asked" in page(pat, "/")
    assert "Jo Reed" not in page(pat, "/"), "what is asked is read, and logged, on its own page"


def test_a_second_caller_gets_an_empty_form_and_the_first_is_kept(ann: Client) -> None:
    shown = page(ann, REPORT)
    mark = marks(shown)
    ann.post("/cases/draft/", {**mark, "name": "First caller", "tab": "1"})

    assert "First caller" in page(ann, REPORT)
    assert "?draft=new" in page(ann, REPORT)
    anew = page(ann, f"{REPORT}?draft=new")
    assert "First caller" not in anew
    [first] = Draft.objects.all()
    assert f"?draft={first.uid}" in anew
    mark = marks(anew)
    ann.post("/cases/draft/", {**mark, "name": "Second caller", "tab": "2"})
    assert sorted(d.given["name"][0] for d in Draft.objects.all()) == ["First caller", "Second caller"]


def test_a_district_is_read_by_its_name_wherever_it_stands(ann: Client, force: Actor) -> None:
    Area.objects.create(code="E07000001", name="Northmoor", kind="district")
    case = opened(force, 1, area="E07000001")
    for path in (f"/cases/{case.ref}/", f"/cases/{case.ref}/do/note/"):
        shown = page(ann, path)
        assert "Northmoor" in shown
        assert "E07000001" not in shown


def test_each_fault_at_the_head_names_its_question_and_takes_the_keyboard_there(ann: Client) -> None:
    shown = page(ann, REPORT)
    mark = marks(shown)
    typed = {
        "name": "x" * 20_001,
        "seen_at": "31/02/2026",
        "born_on": "2026-02-31",
        "companions": "two",
        "area": "north",
    }
    told = ann.post(REPORT, {**mark, **typed}).content.decode()
    [head] = re.findall(r'<div class="faults".*?</div>', told, re.DOTALL)

    assert "autofocus" in head
    assert re.findall(r"<a href=[^>]+>([^<]+)</a>", head) == [
        "Who is it about: write at most 20,000 characters, and attach a longer text as a file",
        "Date of birth: enter a date, such as 23/11/2026",
        "When were they last seen: enter a date and a time, such as 23/11/2026 14:30",
        "How many are with them: enter a whole number",
    ]


def test_the_time_that_a_refusal_gives_as_an_example_is_taken() -> None:
    field = LondonTime(label="When?")
    with pytest.raises(ValidationError, match="such as 23/11/2026 14:30"):
        field.clean("31/02/2026 14:30")
    assert field.clean("23/11/2026 14:30") == field.clean("2026-11-23T14:30")


def test_a_button_pressed_while_signed_out_leads_to_a_page_that_says_nothing_was_done(
    ann: Client, force: Actor
) -> None:
    case = opened(force, 1)
    path = f"/cases/{case.ref}/accept/"
    assert Client().post(path).headers["Location"].endswith(f"?next={path}")

    answer = ann.get(path)
    assert answer.status_code == 405
    assert "Nothing was done" in answer.content.decode()
    assert f'href="/cases/{case.ref}/"' in answer.content.decode()
    assert "Nothing was done" in page(ann, "/cases/draft/nothing/drop/")


def test_who_looks_to_measure_changes_nothing_in_a_case_about_a_person(analyst: User, signed_in: Open) -> None:
    """An assurance lead, at the address of a missing child's form: refused until they state the purpose of that work."""
    supervisor = User.objects.create_user("sue", password="see-the-picture", agency=analyst.agency)
    Posting.objects.filter(user=supervisor).update(roles=["supervisor"])
    at = timezone.now()
    told = {
        "reported_at": at,
        "area": "north",
        "age_standing": "known",
        "age": 13,
        "why_worried": "Not home",
        "self_harm": "yes",
    }
    case = store.open_case("missing_person", "report", told, actor=Actor.of(analyst, "safeguarding"), at=at)

    with pytest.raises(Refused, match="state the purpose of that work"):
        store.do(case.ref, "answer_questions", {"self_harm": "no"}, actor=Actor.of(supervisor, "assurance"), at=at)
    looked = page(signed_in(supervisor, "assurance"), f"/cases/{case.ref}/")
    assert "state the purpose of that work" in looked and f"/cases/{case.ref}/do/answer_questions/" not in looked
    store.do(case.ref, "answer_questions", {"self_harm": "yes"}, actor=Actor.of(supervisor, "safeguarding"), at=at)
    assert f"/cases/{case.ref}/do/answer_questions/" in page(
        signed_in(supervisor, "safeguarding"), f"/cases/{case.ref}/"
    )


def test_what_somebody_on_duty_must_own_is_handed_over_before_what_is_late(ann: Client, force: Actor) -> None:
    late, at = opened(force, 48), timezone.now()
    told = {"reported_at": at, "area": "north", "age_standing": "known", "age": 13, "why_worried": "Not home"}
    missing = store.open_case("missing_person", "report", told, actor=force, at=at)
    listed = page(ann, "/work/hand-over/")
    assert listed.index(missing.ref) < listed.index(late.ref)


def test_a_report_that_is_taken_down_now_begins_with_now(ann: Client) -> None:
    asked = ann.get("/cases/new/missing_person/report/").context["form"]
    assert abs(asked["reported_at"].value() - timezone.now()) < timedelta(minutes=2)


def test_a_sheet_says_which_answer_is_wrong_and_all_that_may_be_said(analyst: User) -> None:
    def told(*more: str) -> str:
        return str(CliRunner().invoke(app, ["sheet", "A1", "self-assessment", *more]).exception)

    assert "an answer that it does not ask for: with" in told("--set", "with=none")
    assert "without=X9, which is none of its answers" in told("--set", "without=X9")
    assert "A4" not in told() and "I8" in told() and "S4" in told()


def test_a_button_that_opens_a_case_beside_says_of_which_kind(analyst: User, signed_in: Open) -> None:
    Posting.objects.filter(user=analyst).update(roles=["control-room"])
    actor, at = Actor.of(analyst, "response"), timezone.now()
    told = {"called_at": at, "channel": "999", "area": "north", "setting": "urban", "offence": "domestic"}
    case = store.open_case("call_assessment", "take_call", told, actor=actor, at=at)
    assert ">Domestic abuse incident: open from the call</a>" in page(
        signed_in(analyst, "response"), f"/cases/{case.ref}/"
    )


def test_each_reason_why_an_act_is_shut_begins_as_a_sentence(ann: Client, force: Actor) -> None:
    Posting.objects.filter(user=force.user).update(roles=["hub-worker"])
    case = opened(force, 1, hurt=False)
    store.decide(case.ref, "grading", "low", actor=force, at=timezone.now())
    told = re.findall(r'<p class="shut"[^>]*>([^<]*)</p>', page(ann, f"/cases/{case.ref}/"))
    assert told == ["needs supervisor. At least one place is looked at before the case closes."]
