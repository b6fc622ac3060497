"""Casework in the browser's requests: every page is drawn from the declaration of a kind alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from peelian.access.actor import Actor
from peelian.access.models import Entry, Posting, User
from peelian.casework import duty, store
from peelian.casework.kinds import KINDS, register
from peelian.casework.models import Case, Draft, Duty, JournalEntry
from peelian.core.kinds import NEW, many

from .made_case import SIGHTING

Open = Callable[..., Client]


@pytest.fixture(autouse=True)
def kind() -> None:
    register(SIGHTING)


@pytest.fixture
def force(analyst: User) -> Actor:
    return Actor.of(analyst, "safeguarding")


@pytest.fixture
def ann(analyst: User, signed_in: Open) -> Client:
    return signed_in(analyst, "safeguarding")


@pytest.fixture
def bob(analyst: User, signed_in: Open) -> Client:
    user = User.objects.create_user("bob", password="see-the-picture", agency=analyst.agency)
    return signed_in(user, "safeguarding")


def opened(actor: Actor, **given: Any) -> Case:
    at = timezone.now()
    told = {"name": "Jo Reed", "area": "north", "seen_at": at - timedelta(hours=1), **given}
    return store.open_case("made_sighting", "report", told, actor=actor, at=at)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the form"
    return found.group(1)


def fields(client: Client, path: str) -> dict[str, str]:
    """What a form sends beside what is typed."""
    page = client.get(path).content.decode()
    return {name: hidden(page, name) for name in ("form", "based", "seen")}


def send(client: Client, path: str, given: dict[str, Any], **more: Any) -> Any:
    """Fill a form in and save it."""
    return client.post(path, {**fields(client, path), **given, **more}, follow=True)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_every_kind_of_case_opens_on_pages_drawn_from_its_declaration(ann: Client) -> None:
    page = ann.get("/cases/").content.decode()
    for kind in KINDS.values():
        assert kind.title in page.replace("&#x27;", "'")
        for act in kind.acts:
            if NEW in many(act.during):
                shown = ann.get(f"/cases/new/{kind.name}/{act.name}/")
                assert shown.status_code == 200
                for name in act.asks:
                    assert f'name="{name}"' in shown.content.decode(), (kind.name, act.name, name)


def test_a_case_is_opened_by_its_form_and_stands_in_its_openers_list(ann: Client) -> None:
    path = "/cases/new/made_sighting/report/"
    told = {"name": "Jo Reed", "area": "north", "seen_at": "2026-07-01T14:30", "hurt": "", "how": "on_foot", "companions": "2",
            "wears": "red coat\nboots", "needs": ["medicine"], "to": "", "origin": "EX/1"}  # fmt: skip
    page = text(send(ann, path, told))

    case = Case.objects.get()
    given = JournalEntry.objects.get().given
    assert given == {
        "name": "Jo Reed", "area": "north", "seen_at": "2026-07-01T13:30:00Z", "how": "on_foot", "companions": 2,
        "wears": ["red coat", "boots"], "needs": ["medicine"],
    }  # fmt: skip
    assert "1 July 2026, 14:30" in page
    assert "Is anybody hurt? not known yet" in page
    assert (case.owner, case.origin) == ("ann", "EX/1")
    assert case.ref[:8] in text(ann.get("/work/"))
    assert text(ann.get("/work/?queue=mine&kind=made_sighting")).count(case.ref[:8]) == 1


def test_what_is_missing_is_told_beside_the_field_and_at_the_head(ann: Client) -> None:
    answer = send(
        ann, "/cases/new/made_sighting/report/", {"name": "Jo Reed", "seen_at": "2026-13-01T14:30", "companions": "two"}
    )
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<title>Fault: " in page
    assert '<a href="#f-area">District: this is needed here</a>' in page
    assert 'id="f-area_error">District: this is needed here' in page
    assert page.count("How many are with them: enter a whole number") == 2
    assert "Jo Reed" in page
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "hour", "stored", "why"),
    [
        ("2026-10-25T01:30", "", "", "this time happened twice"),
        ("2026-10-25T01:30", "first", "2026-10-25T00:30:00Z", ""),
        ("2026-10-25T01:30", "second", "2026-10-25T01:30:00Z", ""),
        ("2026-03-29T01:30", "", "", "this time did not happen"),
    ],
)
def test_the_hours_at_which_the_clocks_change(ann: Client, typed: str, hour: str, stored: str, why: str) -> None:
    answer = send(
        ann, "/cases/new/made_sighting/report/",
        {"name": "Jo", "area": "north", "seen_at": typed, "seen_at-hour": hour, "to": ""},
    )  # fmt: skip
    if stored:
        assert JournalEntry.objects.get().given["seen_at"] == stored
    else:
        assert why in text(answer)


def test_unset_is_not_no_and_a_change_gives_only_what_was_changed(ann: Client, force: Actor) -> None:
    case = opened(force, how="on_foot", companions=2)
    path = f"/cases/{case.ref}/do/note/"
    page = ann.get(path).content.decode()
    assert re.search(r'name="hurt" value="" [^>]*checked', page), "not known yet is what stands there"
    same = {"name": "Jo Reed", "hurt": "", "how": "on_foot", "companions": "2", "wears": "", "born_on": ""}
    send(ann, path, {**same, "hurt": "no", "companions": ""})

    given = JournalEntry.objects.get(seq=2).given
    assert given == {"hurt": False, "companions": None}


def test_a_decision_shows_the_proposal_and_asks_why_one_differs(ann: Client, force: Actor) -> None:
    case = opened(force, hurt=True)
    path = f"/cases/{case.ref}/do/grading/"
    page = text(ann.get(path))
    assert "The rule proposes High somebody is hurt made-up guide" in page
    refused = send(ann, path, {"outcome": "low", "reason": ""})
    assert "say why: the rule proposes high" in text(refused)
    send(ann, path, {"outcome": "low", "reason": "a scratch"})
    page = text(ann.get(f"/cases/{case.ref}/"))
    assert "Grade: Low , proposed was: high" in page
    assert "“a scratch”" in page


def test_a_shut_act_stays_in_sight_and_says_why(ann: Client, force: Actor) -> None:
    case = opened(force, hurt=False)
    store.decide(case.ref, "grading", "low", actor=force, at=timezone.now())
    page = ann.get(f"/cases/{case.ref}/").content.decode()

    assert re.search(
        r'aria-disabled="true" aria-describedby="shut-close">Close</button><p class="shut" id="shut-close">', page
    )
    assert "at least one place is looked at before the case closes." in page
    ended = send(ann, f"/cases/{case.ref}/do/close/", {"ended": "found"})
    assert "At least one place is looked at before the case closes." in text(ended)


def test_a_row_is_added_worked_on_and_has_its_own_clock(ann: Client, force: Actor) -> None:
    case = opened(force)
    planned = timezone.localtime() + timedelta(hours=1)
    send(ann, f"/cases/{case.ref}/do/plan_look/", {"place": "the pier", "planned_at": f"{planned:%Y-%m-%dT%H:%M}"})
    page = ann.get(f"/cases/{case.ref}/").content.decode()
    assert "the pier" in page
    assert "Place looked at" in page
    [path] = re.findall(rf"/cases/{case.ref}/do/look/[\w-]+/", page)
    send(ann, path, {"done_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"})
    assert "in time" in text(ann.get(f"/cases/{case.ref}/"))


def test_a_due_date_says_why_this_minute(ann: Client, force: Actor) -> None:
    page = text(ann.get(f"/cases/{opened(force).ref}/"))

    assert "due in 59 min" in page
    assert "Limit 2 hours Why 2 hours from seen at at" in page
    assert "Source made-up guide" in page


def test_a_second_editor_is_told_what_changed_and_loses_nothing(ann: Client, bob: Client, force: Actor) -> None:
    case = opened(force)
    path = f"/cases/{case.ref}/do/note/"
    held = fields(ann, path)
    send(bob, path, {"name": "Jo Read", "hurt": "", "how": ""})
    answer = ann.post(path, {**held, "name": "Joanna Reed", "hurt": "yes", "how": ""})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Somebody changed this case while you were typing" in page
    assert "Jo Read" in page and "Changed by bob" in page
    assert "Joanna Reed" in page
    assert re.search(r'name="hurt" value="yes" [^>]*checked', page)
    again = {name: hidden(page, name) for name in ("form", "based", "seen")}
    ann.post(path, {**again, "name": "Joanna Reed", "hurt": "yes", "how": ""})
    assert [e.given for e in JournalEntry.objects.filter(seq__gt=1)] == [
        {"name": "Jo Read"},
        {"name": "Joanna Reed", "hurt": True},
    ]


def test_two_editors_of_different_facts_both_save(ann: Client, bob: Client, force: Actor) -> None:
    case = opened(force)
    path = f"/cases/{case.ref}/do/note/"
    held = fields(ann, path)
    send(bob, path, {"name": "Jo Reed", "companions": "3"})
    ann.post(path, {**held, "name": "Jo Reed", "hurt": "yes"})

    assert [e.given for e in JournalEntry.objects.filter(seq__gt=1)] == [{"companions": 3}, {"hurt": True}]


def test_a_form_sent_twice_is_saved_once(ann: Client, force: Actor) -> None:
    case = opened(force)
    path = f"/cases/{case.ref}/do/plan_look/"
    told = {**fields(ann, path), "place": "the pier", "planned_at": "2026-11-23T10:00"}
    first, second = ann.post(path, told, follow=True), ann.post(path, told, follow=True)

    assert JournalEntry.objects.filter(name="plan_look").count() == 1
    assert "This was saved before, once." in text(second)
    assert first.redirect_chain == second.redirect_chain
    other = ann.post(path, {**told, "place": "the quay"})
    assert other.status_code == 422
    assert "this form was saved already" in text(other).lower()
    assert JournalEntry.objects.filter(name="plan_look").count() == 1
    anew = {name: hidden(other.content.decode(), name) for name in ("form", "based", "seen")}
    ann.post(path, {**told, **anew, "place": "the quay"})
    assert JournalEntry.objects.filter(name="plan_look").count() == 2


def test_a_save_that_dies_before_its_end_leaves_nothing_and_can_be_repeated(
    ann: Client, force: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(force)
    path = f"/cases/{case.ref}/do/plan_look/"
    told = {**fields(ann, path), "place": "the pier", "planned_at": "2026-11-23T10:00"}
    ann.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("peelian.casework.writing.write", lambda *args: 1 / 0)  # between the entry and its commit
        assert ann.post(path, told).status_code == 500
    assert not JournalEntry.objects.filter(name="plan_look").exists()
    assert ann.post(path, told).status_code == 302
    assert ann.post(path, told).status_code == 302
    assert JournalEntry.objects.filter(name="plan_look").count() == 1


def test_what_is_typed_is_kept_comes_back_and_is_only_its_writers(ann: Client, bob: Client, force: Actor) -> None:
    case = opened(force)
    path = f"/cases/{case.ref}/do/note/"
    held = fields(ann, path)
    kept = ann.post("/cases/draft/", {**held, "name": "Jo R", "hurt": "yes", "tab": "1"})
    assert kept.json()["based"] == 1
    page = ann.get(path).content.decode()
    assert "This is what you typed and did not save" in page
    assert ">\nJo R</textarea>" in page
    assert re.search(r'name="hurt" value="yes" [^>]*checked', page)
    assert "has-errors" not in page and 'class="faults"' not in page
    assert "Begun, not saved" in text(ann.get("/work/")) and "Begun, not saved" in text(ann.get("/"))
    other = bob.get(path).content.decode()
    assert "Jo R<" not in other and "did not save" not in other
    assert bob.post("/cases/draft/", {**held, "name": "mine"}).status_code == 400
    assert bob.post(path, {**held, "name": "mine"}).status_code == 400
    told = {name: hidden(page, name) for name in ("form", "based", "seen")}
    ann.post(path, {**told, "name": "Jo R", "hurt": "yes"})
    assert Draft.objects.get().given == {}, "what was typed stands in the journal alone"
    assert "did not save" not in ann.get(path).content.decode()


def test_two_windows_of_one_form_keep_both_texts(ann: Client, force: Actor) -> None:
    path = f"/cases/{opened(force).ref}/do/note/"
    held = fields(ann, path)
    ann.post("/cases/draft/", {**held, "name": "first window", "tab": "1"})
    forked = ann.post("/cases/draft/", {**held, "name": "second window", "tab": "2"}).json()
    ann.post("/cases/draft/", {**held, "name": "first window, more", "tab": "1"})

    assert forked["form"] != held["form"]
    assert sorted(d.given["name"][0] for d in Draft.objects.all()) == ["first window, more", "second window"]
    page = ann.get(path).content.decode()
    assert "Something else was begun in this form" in page
    [uid] = re.findall(r"\?draft=(\w+)", page)
    assert "second window" in ann.get(f"{path}?draft={uid}").content.decode()
    ann.post(f"/cases/draft/{uid}/drop/")
    assert Draft.objects.count() == 1


def test_as_known_on_a_past_day(ann: Client, force: Actor) -> None:
    at = timezone.now()
    told = {"name": "Jo Reed", "area": "north", "seen_at": at - timedelta(days=5)}
    case = store.open_case("made_sighting", "report", told, actor=force, at=at - timedelta(days=4))
    store.do(case.ref, "note", {"name": "Joanna Reed"}, actor=force, at=at)
    day = f"{timezone.localdate() - timedelta(days=2):%Y-%m-%d}"
    then = text(ann.get(f"/cases/{case.ref}/?known={day}"))

    assert "Who is it about? Jo Reed" in then and "Joanna" not in then
    assert "As known on" in then and "Add what was learnt" not in then
    assert ann.get(f"/cases/{case.ref}/?known=2020-01-01").status_code == 404


def test_an_entry_is_corrected_and_struck_and_both_are_seen(ann: Client, force: Actor) -> None:
    case = opened(force)
    store.do(case.ref, "note", {"companions": 3}, actor=force, at=timezone.now())
    send(ann, f"/cases/{case.ref}/entry/1/correct/", {
        "name": "Jo Reed", "area": "north", "seen_at": f"{timezone.localtime() - timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "reason": "misheard",
    })  # fmt: skip
    send(ann, f"/cases/{case.ref}/entry/2/strike/", {"reason": "of another case"})
    page = text(ann.get(f"/cases/{case.ref}/"))

    assert "Entry 1 corrected" in page and "“misheard”" in page
    assert "struck out" in page and "How many are with them? not known yet" in page
    assert list(JournalEntry.objects.get(verb="correct").given) == ["seen_at"]


def test_an_agency_is_asked_and_reads_only_what_the_question_shows(
    ann: Client, force: Actor, partner: User, signed_in: Open
) -> None:
    case = opened(force, hurt=True, said_by="a neighbour")
    page = text(ann.get(f"/cases/{case.ref}/do/known/"))
    assert "What they will read, and nothing else" in page and "Jo Reed" in page and "neighbour" not in page
    send(ann, f"/cases/{case.ref}/do/known/", {"agency": "council"})
    pat = signed_in(partner, "safeguarding")
    asked = pat.get("/work/?queue=asked").content.decode()
    [path] = re.findall(r"/cases/asked/\w+/", asked)
    shown = text(pat.get(path))
    assert "Jo Reed" in shown and "hurt" not in shown and "neighbour" not in shown
    assert pat.get(f"/cases/{case.ref}/").status_code == ann.get("/cases/abc/").status_code == 403
    assert "Is the person known to you?: this is needed here".replace("?:", ":") in text(send(pat, path, {"what": "x"}))
    send(pat, path, {"held": "yes", "what": "two visits"})
    told = text(ann.get(f"/cases/{case.ref}/"))
    assert "Example Council answered" in told and "two visits" in told
    assert "Your agency answered" in text(pat.get(path))


def test_who_may_not_read_who_said_it_does_not(ann: Client, force: Actor, signed_in: Open) -> None:
    case = opened(force, said_by="a neighbour")
    assert "a neighbour" in text(ann.get(f"/cases/{case.ref}/"))
    cid = User.objects.create_user("cid", password="see-the-picture", agency=force.agency)
    Posting.objects.filter(user=cid).update(roles=["hub-worker"])
    page = text(signed_in(cid, "safeguarding").get(f"/cases/{case.ref}/"))
    assert "Jo Reed" in page
    assert "neighbour" not in page and "Who said so?" not in page


def test_every_look_is_logged_once(ann: Client, force: Actor) -> None:
    case = opened(force)
    for path, what in (("/work/", "work list"), (f"/cases/{case.ref}/", "case"), ("/work/hand-over/", "hand-over")):
        Entry.objects.all().delete()
        ann.get(path)
        assert [(e.what, e.purpose) for e in Entry.objects.all()] == [(what, "safeguarding")], path
    assert not [e for e in Entry.objects.all() if "Reed" in str(e.detail)]


def test_the_counts_equal_the_lists_and_pages_follow_by_key(
    ann: Client, force: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = {opened(force).ref[:8] for _ in range(5)}
    monkeypatch.setattr("peelian.casework.queues.SIZE", 2)
    monkeypatch.setattr("peelian.casework.queues.page.__defaults__", ("", 2))
    for order in ("due", "oldest"):
        path, seen = f"/work/?sort={order}", []
        while path:
            page = ann.get(path).content.decode()
            assert "5 cases" in page
            seen += re.findall(r'<span class="ref">(\w{8})</span></a><br>', page)
            following = re.search(r'<a href="(\?[^"]*after=[^"]*)" rel="next"', page)
            path = "/work/" + following.group(1).replace("&amp;", "&") if following else ""
        assert len(seen) == 5
        assert set(seen) == refs


def test_empty_lists_say_what_to_do(ann: Client) -> None:
    for name in ("mine", "offered", "team", "due", "unaccepted", "unset"):
        assert 'class="empty"' in ann.get(f"/work/?queue={name}").content.decode()
    assert "Show all of this list" in ann.get("/work/?queue=mine&kind=made_sighting").content.decode()


def test_a_shift_does_not_end_while_a_case_is_nobodys(ann: Client, bob: Client, force: Actor) -> None:
    case = opened(force)
    refused = ann.post("/work/hand-over/", {"do": "finish"})
    assert refused.status_code == 422
    assert f'href="#case-{case.ref}"' in refused.content.decode()
    assert "No next duty of yours is planned" in text(refused)

    unknown = ann.post("/work/hand-over/", {"do": "finish", f"to-{case.ref}": "nobody"})
    assert "nobody of that name" in text(unknown) and unknown.status_code == 422
    chosen = {f"to-{case.ref}": "bob", f"note-{case.ref}": "the school calls at nine"}
    done = ann.post("/work/hand-over/", {"do": "finish", **chosen}, follow=True)
    assert "Handed over." in text(done)
    ann.post("/work/hand-over/", {"do": "offer", **chosen})
    assert JournalEntry.objects.filter(verb="offer").count() == 1, "sent twice, it is offered once"
    assert Case.objects.get().owner == "ann", "an offer changes nothing until it is accepted"

    assert "1 case waits for your answer" in text(bob.get("/"))
    refused = bob.post(f"/cases/{case.ref}/refuse/", {"reason": ""}, follow=True)
    assert "say why you do not take it" in text(refused)
    bob.post(f"/cases/{case.ref}/accept/")
    assert Case.objects.get().owner == "bob"
    assert "Accepted from you in this shift" in text(ann.get("/work/hand-over/"))


def test_what_needs_nobody_before_one_is_back_may_be_kept(ann: Client, force: Actor) -> None:
    at = timezone.now()
    for start, end in (
        (at - timedelta(hours=6), at + timedelta(hours=2)),
        (at + timedelta(hours=18), at + timedelta(hours=26)),
    ):
        Duty.objects.create(user="ann", start=start, end=end, source="roster", at=at)
    case = opened(force)
    assert "falls due" in text(ann.get("/work/hand-over/")) and "I keep it" not in text(ann.get("/work/hand-over/"))
    store.decide(case.ref, "grading", "low", actor=force, at=timezone.now(), reason="seen at home")
    assert "I keep it. Nothing in it falls due before you are back" in text(ann.get("/work/hand-over/"))
    assert ann.post("/work/hand-over/", {"do": "finish"}).status_code == 422, "kept only where one says so"
    assert ann.post("/work/hand-over/", {"do": "finish", f"keep-{case.ref}": "yes"}).status_code == 302
    assert not duty.is_on_duty("ann", timezone.now())
