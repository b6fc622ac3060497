"""Who sees which case, and what of it: by role and purpose, by lead, by what was asked; restricted ones by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from peelian.access.actor import Actor, Denied, allowed_classes
from peelian.access.models import Agency, Entry, Posting, RecordClass, Restriction, User
from peelian.access.purposes import PURPOSES, may_state
from peelian.access.refs import ref_of
from peelian.access.roles import ROLES
from peelian.casework import queues, store
from peelian.casework.models import Case, Item
from peelian.core.kinds import Refused

from .world import ANSWER, AT, REPORT, known_person, people, set_local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posted() -> None:
    """Nobody is posted but by the test."""


@pytest.fixture
def who() -> dict[str, Actor]:
    return people()


def opened(who: dict[str, Actor], by: str = "ann", **more: Any) -> Case:
    given = {**REPORT, "harm": "h", "said_by": "s", "note": "n", **more.pop("given", {})}
    return store.open_case("made_up_worry", "report", given, actor=who[by], at=AT, **more)


# ---- by role and purpose. Categories are those of the inspection's questions; the rows are the policy as it is meant.

GOLDEN = """
hub-worker             safeguarding         vulnerability investigation prevention briefing offenders
hub-worker             prevention           vulnerability investigation prevention briefing
control-room           response             vulnerability investigation prevention briefing
neighbourhood-officer  investigation        vulnerability investigation prevention briefing
neighbourhood-officer  safeguarding         vulnerability investigation prevention briefing
investigator           investigation        vulnerability investigation prevention briefing organised-crime
intelligence-officer   intelligence         organised-crime briefing
intelligence-officer   prevention           organised-crime briefing
organised-crime        intelligence         organised-crime briefing
offender-manager       offender-management  vulnerability investigation prevention briefing offenders
supervisor             safeguarding         vulnerability investigation prevention briefing offenders
supervisor             planning             specialist assurance
supervisor             assurance            vulnerability investigation prevention briefing specialist assurance offenders
superintendent         assurance            vulnerability investigation prevention briefing organised-crime specialist assurance offenders
chief-officer          assurance            vulnerability investigation prevention briefing organised-crime specialist assurance offenders
analyst                crime-analysis       vulnerability investigation prevention briefing specialist assurance offenders
analyst                safeguarding
analyst                records
planner                planning             specialist assurance
assurance              assurance            vulnerability investigation prevention briefing organised-crime specialist assurance offenders
administrator          administration
data-protection        data-protection
professional-standards professional-standards
"""
QUESTIONS = (
    "vulnerability",
    "investigation",
    "prevention",
    "organised-crime",
    "specialist",
    "assurance",
    "offenders",
    "briefing",
)


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines())
def test_who_needs_to_know_which_cases(row: str) -> None:
    role, purpose, *expected = row.split()
    for question in QUESTIONS:
        RecordClass.objects.create(
            code=f"case-{question}", source="casework", category=f"case-{question}", handling="police",
            controller="The Chief Constable", regime="part3", onward="x",
        )  # fmt: skip
    agency = Agency.objects.create(code="force", name="x", kind="police")
    user = User.objects.create(username="u", agency=agency)
    Posting.objects.create(user=user, roles=[role], start=AT.date(), by="x", at=AT)
    actor = Actor(user, agency, purpose, on=AT.date())
    assert purpose in may_state(actor.roles, "police")
    seen = allowed_classes(actor)
    assert {q for q in QUESTIONS if f"case-{q}" in seen} == set(expected)


def test_no_partner_sees_a_case_of_the_force_in_every_role_for_any_purpose(who: dict[str, Actor]) -> None:
    case = opened(who)
    Posting.objects.filter(user=who["cal"].user).update(roles=[*ROLES])
    for purpose in PURPOSES:
        cal = Actor(who["cal"].user, who["cal"].agency, purpose, on=AT.date())
        assert not queues.cases(cal).exists() and not queues.asks_of(cal).exists()
        with pytest.raises(Denied):
            store.load(case.ref, cal, AT)


# ---- a partner that leads


def test_a_partner_that_leads_sees_its_own_cases_and_the_classes_shared_with_it(who: dict[str, Actor]) -> None:
    opened(who)
    led = opened(who, agency="council")
    own = opened(who, by="cal")  # a partner's people open cases that their agency leads
    assert own.agency == "council" and own.owner == "cal"
    assert {c.ref for c in queues.cases(who["cal"])} == {led.ref, own.ref}
    assert not queues.cases(who["hal"]).exists()
    assert {c.ref for c in queues.cases(who["ann"])} >= {led.ref, own.ref}
    told = store.load(led.ref, who["cal"], AT)
    assert set(told.seen) == {"area"}  # open and personal are shared; harm, source and what is restricted are not
    assert set(queues.seen_facts(Case.objects.get(ref=led.ref), who["cal"])) == {"area"}
    with pytest.raises(Refused):
        opened(who, agency="force")


def test_who_said_it_is_for_the_owner_and_for_ranks(who: dict[str, Actor]) -> None:
    case = Case.objects.get(ref=opened(who).ref)
    told = {name: set(queues.seen_facts(case, who[name])) for name in ("ann", "bob", "sue")}
    assert told["ann"] == told["sue"] == {"found_at", "area", "harm", "said_by", "note"}
    assert told["bob"] == {"found_at", "area", "harm", "note"}


def test_lists_read_no_fact_that_is_held_apart(who: dict[str, Actor], django_assert_num_queries: Any) -> None:
    opened(who)
    rows = queues.mine(who["ann"], AT)
    assert "private_facts" not in str(rows.query).split(" FROM ")[0]
    assert queues.page(rows).rows[0].facts == {"found_at": "2026-11-23T08:00:00Z", "area": "north", "note": "n"}


# ---- a partner that was asked


def test_an_agency_reads_what_the_ask_shows_and_nothing_else(who: dict[str, Actor]) -> None:
    """A1, A2; the question is logged as a disclosure to the agency."""
    set_local(ANSWER, "2 working days after")
    case = opened(who, given={"person": "somebody"})
    store.ask(case.ref, "known_to_you", "health", actor=who["ann"], at=AT)
    [logged] = Entry.objects.filter(verb="disclosure")
    assert (logged.recipient, logged.what) == ("Health", "case: ask known_to_you")
    [item] = queues.asks_of(who["hal"])
    assert queues.asked_facts(item) == {"area": "north", "person": "somebody"}
    assert store.load_ask(item.ref, who["hal"], AT)[1] == {"area": "north", "person": "somebody"}
    for other in (who["cal"], replace(who["hal"], purpose="prevention")):
        assert not queues.asks_of(other).exists()
        with pytest.raises(Denied):
            store.load_ask(item.ref, other, AT)
        with pytest.raises(Refused):
            store.answer(item.ref, "", {"held": True}, actor=other, at=AT)
    assert not queues.cases(who["hal"]).exists()
    with pytest.raises(Denied):
        store.do(case.ref, "write", {"note": "x"}, actor=who["hal"], at=AT)
    store.answer(item.ref, "", {"held": True, "what": "w"}, actor=who["hal"], at=AT)
    with pytest.raises(Refused, match="answered already"):
        store.answer(case.ref, item.item, {"held": False}, actor=who["hal"], at=AT)
    store.correct(item.ref, 3, {"held": False}, actor=who["hal"], at=AT, reason="another person")
    item = Item.objects.get(ref=item.ref)
    assert (item.state, item.private_facts) == ("answered", {"held": False, "what": "w"})


def test_an_ask_that_was_withdrawn_is_gone(who: dict[str, Actor]) -> None:
    case = opened(who)
    store.ask(case.ref, "known_to_you", "health", actor=who["ann"], at=AT)
    [item] = queues.asks_of(who["hal"])
    store.withdraw(case.ref, item.item, actor=who["ann"], at=AT, reason="asked in error")
    assert not queues.asks_of(who["hal"]).exists()


# ---- restricted


@pytest.mark.parametrize(
    ("kind", "feed", "key"),
    [
        ("mention", "force-people", "P1"), ("record", "force-people", "R-P1"), ("record", "casework", ""),
        ("record", "force-crimes", "CR/1"),
    ],
)  # fmt: skip
def test_a_case_is_hidden_with_its_person_its_record_or_itself(
    who: dict[str, Actor], kind: str, feed: str, key: str
) -> None:
    mention = known_person("P1")
    case = opened(who, given={"person": ref_of(mention)}, origin="CR/1")
    other = opened(who)
    Restriction.objects.create(
        kind=kind, feed=feed, key=key or case.ref, reason="x", rule="named", owner="x", by="x", at=AT
    )
    for name in ("ann", "sue"):
        assert [c.ref for c in queues.cases(who[name])] == [other.ref]
        for rows in (queues.mine(who[name], AT), queues.team(who[name], AT), queues.unset(who[name])):
            assert case.ref not in {c.ref for c in rows}
        with pytest.raises(Denied):
            store.load(case.ref, who[name], AT)
        with pytest.raises(Denied):
            store.do(case.ref, "write", {"note": "x"}, actor=who[name], at=AT)


def test_a_case_that_is_not_there_reads_like_one_that_may_not_be_seen(who: dict[str, Actor]) -> None:
    case, told = opened(who), []
    for ref, actor in (("nothing", who["ann"]), (case.ref, replace(who["ann"], purpose="records"))):
        with pytest.raises(Denied) as denied:
            store.load(ref, actor, AT)
        told.append(str(denied.value))
    assert told[0] == told[1]
