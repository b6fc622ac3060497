"""The ledger of releases: two people, nothing overtaken, and an entry for every disclosure (Data Protection Act 2018, s.62)."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Entry, Released, User
from peelian.access.release import CountTable, Release, ledger, plan
from peelian.core.errors import PeelianError

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
AXIS = {"force": ("a", "b", "c"), "a": (), "b": (), "c": ()}

pytestmark = pytest.mark.django_db


def table(measure, **counts):
    return CountTable(measure, {"area": AXIS}, {(area,): count for area, count in counts.items()})


def planned(*tables):
    return plan(tables, earlier=ledger.earlier(), rng=np.random.default_rng(1))


@pytest.fixture
def people():
    force = Agency.objects.create(code="wexmoor", name="Wexmoor", kind="police")
    council = Agency.objects.create(code="council", name="Council", kind="partner")
    one, two, other = (
        User.objects.create_user(username, agency=agency)
        for username, agency in (("ada", force), ("ben", force), ("col", council))
    )
    return [Actor.of(user, "crime-analysis") for user in (one, two, other)]


def propose(plan_, actor):
    return ledger.propose(
        plan_, title="Burglary profile", recipient="Wexmoor council", digest="0" * 64, actor=actor, at=AT
    )


def test_two_people_release_and_the_log_says_who_told_whom(people):
    ada, ben, _ = people
    proposal = propose(planned(table("burglary", a=2, b=9, c=40)), ada)
    assert ledger.earlier() == []

    released = ledger.approve(proposal.pk, actor=ben, at=AT)

    assert (released.number, released.proposed_by, released.approved_by) == (1, "ada", "ben")
    entry = Entry.objects.get(verb="disclosure")
    assert (entry.user, entry.at, entry.detail["recipients"], entry.detail["proposed_by"]) == (
        "ben",
        AT,
        "Wexmoor council",
        "ada",
    )


def test_nobody_approves_what_they_proposed(people):
    proposal = propose(planned(table("burglary", a=2, b=9, c=40)), people[0])
    with pytest.raises(PeelianError) as refused:
        ledger.approve(proposal.pk, actor=people[0], at=AT)
    assert refused.value.id == "peelian.E304"
    assert not Entry.objects.filter(verb="disclosure").exists()


def test_a_partner_may_neither_propose_nor_approve(people):
    result = planned(table("burglary", a=2, b=9, c=40))
    with pytest.raises(Denied):
        propose(result, people[2])
    with pytest.raises(Denied):
        ledger.approve(propose(result, people[0]).pk, actor=people[2], at=AT)


def test_of_two_plans_against_the_same_past_one_is_released(people):
    ada, ben, _ = people
    first, second = (propose(planned(table("burglary", a=2, b=9, c=40)), ada) for _ in range(2))
    ledger.approve(first.pk, actor=ben, at=AT)
    with pytest.raises(PeelianError) as refused:
        ledger.approve(second.pk, actor=ben, at=AT)
    assert refused.value.id == "peelian.E305"
    assert ledger.last() == 1


@pytest.mark.parametrize("which", ["unknown", "approved"])
def test_only_what_waits_can_be_approved(people, which):
    ada, ben, _ = people
    proposal = propose(planned(table("burglary", a=2, b=9, c=40)), ada)
    if which == "approved":
        ledger.approve(proposal.pk, actor=ben, at=AT)
    with pytest.raises(PeelianError) as refused:
        ledger.approve(proposal.pk + (which == "unknown"), actor=ben, at=AT)
    assert refused.value.id == "peelian.E306"


def test_the_ledger_gives_back_what_was_released(people):
    ada, ben, _ = people
    result = planned(table("burglary", a=2, b=9, c=40), table("robbery", a=0, b=5))
    ledger.approve(propose(result, ada).pk, actor=ben, at=AT)
    assert [release.to_json() for release in ledger.earlier()] == [result.release.to_json()]
    assert Release.from_json(Released.objects.get().plan).tables[0].array.tolist() == [51, 2, 9, 40]
