"""Checklists of a case in the browser's requests: chosen, filled in, refused without loss, read again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.casework import store
from peelian.casework.models import JournalEntry

OURS = """name = "dash"
title = "Our licensed form"
version = "2"
in_force = 2020-01-01
source = "ours"
licence = "held by the force"
[[item]]
no = "1"
theme = "fear"
text = "the licensed words"
leads_to = "more"
"""


@pytest.fixture
def case(analyst: User) -> str:
    systems.load()
    actor, at = Actor.of(analyst, "safeguarding"), timezone.now() - timedelta(hours=1)
    told = {"called_at": at.isoformat(), "area": "north"}
    ref = store.open_case("domestic_abuse", "report", told, actor=actor, at=at).ref
    store.do(ref, "attend", {"children_there": "none live there"}, actor=actor, at=at)
    return ref


@pytest.fixture
def ann(analyst: User, signed_in: Any) -> Client:
    return signed_in(analyst, "safeguarding")


def hidden(page: str) -> dict[str, str]:
    return {n: re.search(rf'name="{n}" value="([^"]*)"', page)[1] for n in ("form", "based", "seen")}  # type: ignore[index]


def typed(yes: int) -> dict[str, str]:
    told = {f"said-{n}": "yes" if n < yes else "no" for n in range(27)}
    return told | {"told-3": "a neighbour", "words-3": "not seen\nsince May", "checklist_version": "themes-1"}


def test_a_checklist_is_filled_in_from_the_case_and_read_item_by_item(case: str, ann: Client, analyst: User) -> None:
    assert f"/cases/{case}/do/fill_checklist/" in ann.get(f"/cases/{case}/").content.decode()
    path = f"/cases/{case}/do/fill_checklist/dash/"
    assert path in ann.get(f"/cases/{case}/do/fill_checklist/").content.decode()
    page = ann.get(path).content.decode()
    assert page.count('type="radio"') == 81 and "Themes only" in page and "go on to: stalking" in page
    assert "<script>" not in page and "onclick" not in page

    after = ann.post(path, {**hidden(page), **typed(16)}, follow=True).content.decode()
    facts = store.load(case, Actor.of(analyst, "safeguarding"), at=timezone.now())
    assert (facts.state.facts["yes_count"], facts.state.facts["form"]) == (16, "dash, themes-1")
    assert "Read it item by item" in after and "since May" not in after  # the words stand on the sheet alone
    [row] = facts.state.items
    sheet = ann.get(f"/cases/{case}/checklist/{row}/").content.decode()
    assert (
        "16 answers count" in sheet and "a neighbour" in sheet and "not seen<br>since May" in sheet and "ann" in sheet
    )
    assert "stalking" in sheet


def test_nothing_typed_is_lost_where_an_item_has_no_answer(case: str, ann: Client) -> None:
    path = f"/cases/{case}/do/fill_checklist/dash/"
    told = typed(9)
    del told["said-26"]
    answer = ann.post(path, {**hidden(ann.get(path).content.decode()), **told})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Item 27: choose an answer" in page
    assert page.count("checked") == 26 and "a neighbour" in page and "since May" in page
    assert "a neighbour" in ann.get(path).content.decode()  # and it stands as a draft
    assert not JournalEntry.objects.filter(name="fill_checklist").exists()


def test_an_item_that_is_not_in_the_form_and_a_version_that_went_are_refused(
    case: str, ann: Client, installation: Any
) -> None:
    path = f"/cases/{case}/do/fill_checklist/dash/"
    page = ann.get(path).content.decode()
    answer = ann.post(path, {**hidden(page), **typed(9), "said-99": "yes"})
    assert answer.status_code == 422 and "not in version themes-1" in answer.content.decode()

    (installation / "checklists").mkdir()
    (installation / "checklists" / "dash-2.toml").write_text(OURS)
    answer = ann.post(path, {**hidden(page), **typed(1), "said-0": "yes"})
    assert answer.status_code == 422 and "Version 2 of this form came into force" in answer.content.decode()
    assert "the licensed words" in ann.get(path).content.decode()
    assert not JournalEntry.objects.filter(name="fill_checklist").exists()


@pytest.mark.parametrize("tail", ["do/fill_checklist/none/", "checklist/none/"])
def test_what_is_not_there_is_not_found(case: str, ann: Client, tail: str) -> None:
    assert ann.get(f"/cases/{case}/{tail}").status_code == 404
