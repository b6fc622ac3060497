"""Who could take a case, who may, and the support of those who may not alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.casework.investigators import DAY, MINUTE, ON, investigators, on, serious, supported
from tests.casework.world import AT, HOUR, set_local

from peelian.access.actor import Actor, Denied
from peelian.access.models import Entry, Posting, Subject, User
from peelian.casework import allocation, queues, store, support
from peelian.casework.models import Accreditation, Case, Notice, StaffNumber, SupportContact
from peelian.casework.qualification import Required, lacks, required_level
from peelian.core.errors import InvalidInput, PeelianError
from peelian.core.kinds import Refused
from peelian.core.local import Local

LEVELS = [
    # College of Policing: PIP 1 volume crime, 2 serious and complex, 3 major; one level up for a sign, a strand by feature.
    ("burglary", [], "PIP 1"),
    ("burglary", ["violence or weapon"], "PIP 2"),
    ("burglary", ["violence or weapon", "trauma"], "PIP 2"),  # one level, however many signs
    ("assault", ["child"], "PIP 1, child abuse investigator"),
    ("rape or sexual offence", [], "PIP 2"),
    ("child abuse", ["sexual assault", "child"], "PIP 3, child abuse investigator, sexual offences investigator"),
    ("domestic abuse", ["high-risk domestic abuse"], "PIP 1, domestic abuse specialist"),
    ("homicide", ["death"], "PIP 4, family liaison"),
]


@pytest.mark.parametrize(("offence", "features", "words"), LEVELS)
def test_what_a_case_asks_for(offence: str, features: list[str], words: str) -> None:
    found = required_level(offence, features, on=ON)
    assert found.words == words
    assert len(found.reasons) == 1 + len(features)
    assert "not a national standard" in " ".join(found.reasons) or offence == "burglary"


def test_an_offence_or_a_day_that_the_table_does_not_know_is_refused() -> None:
    for offence, features, day in (
        ("jaywalking", [], ON),
        ("burglary", ["green"], ON),
        ("burglary", [], date(2015, 1, 1)),
    ):
        with pytest.raises(InvalidInput):
            required_level(offence, features, on=day)


SKILLS = st.frozensets(
    st.sampled_from(["PIP 1", "PIP 2", "PIP 3", "child abuse investigator", "domestic abuse specialist"])
)


@given(st.integers(0, 4), SKILLS, SKILLS, SKILLS)
def test_more_skills_never_lack_more_and_what_is_lacked_mends_it(level: int, strands: Any, a: Any, b: Any) -> None:
    required = Required(level, frozenset(s for s in strands if not s.startswith("PIP")), ())
    assert set(lacks(required, a | b)) <= set(lacks(required, a))
    assert lacks(required, a | set(lacks(required, a))) == ()


@pytest.fixture(autouse=True)
def posted() -> None:
    """People are posted as each test needs them."""


@pytest.fixture
def force(db: None) -> dict[str, Actor]:
    """The investigators of the tests."""
    return investigators()


def named(rows: Any) -> list[str]:
    return [c.username for c in rows]


def test_people_are_ranked_by_qualification_duty_and_load(force: dict[str, Actor]) -> None:
    for name in ("dan", "fay", "sue"):
        on(name)
    on("eve", AT + 2 * HOUR)
    ref = serious(force)
    found = allocation.candidates(ref, actor=force["sue"], at=AT)
    assert named(found.ranked) == ["dan", "eve", "fay", "sue"]
    assert found.first is not None
    assert found.first.username == "dan"
    why = " ".join(found.first.why)
    assert "child abuse investigator (runs out on 10 December 2026)" in why  # within four weeks it is said
    assert "0 open cases" in why and "on duty until 16:00" in why
    assert "next on duty at 11:00 on 23 November" in " ".join(found.ranked[1].why)
    assert found.ranked[2].why_not == ("not qualified: lacks PIP 2, child abuse investigator",)
    assert named(found.others) == ["gil"]  # no duty planned
    assert "not available for this case" in found.others[0].why_not
    assert "allocation.cap-specialist" in found.unchecked[0]  # unset: shown, not checked


def test_a_full_load_a_refusal_and_an_expired_accreditation_count(force: dict[str, Actor]) -> None:
    for name in ("dan", "eve"):
        on(name)
    set_local(Local("allocation.cap-specialist", "x"), 1)
    first = serious(force)
    store.offer(first, "dan", actor=force["sue"], at=AT)
    store.accept(first, actor=force["dan"], at=AT)
    second = serious(force)
    found = allocation.candidates(second, actor=force["sue"], at=AT)
    assert found.first is not None and found.first.username == "eve"
    assert "holds 1 open cases, the most is 1" in next(c for c in found.others if c.username == "dan").why_not
    assert not found.unchecked
    store.offer(second, "eve", actor=force["sue"], at=AT)
    store.refuse(second, actor=force["eve"], at=AT + MINUTE, reason="knows the family")
    assert allocation.candidates(second, actor=force["sue"], at=AT + MINUTE).first is None
    Accreditation.objects.filter(user="eve", name="PIP 2").update(until=date(2026, 11, 23))
    found = allocation.candidates(second, actor=force["sue"], at=AT)
    eve = next(c for c in found.others if c.username == "eve")
    assert not eve.qualified and "lacks PIP 2" in eve.why_not[0]


def test_whoever_looks_at_colleagues_answers_for_the_case_and_is_logged(force: dict[str, Actor]) -> None:
    on("dan")
    StaffNumber.objects.create(user="dan", number="1001", by="x", at=AT)
    ref = serious(force)
    with pytest.raises(Denied):
        allocation.candidates(ref, actor=Actor(force["cal"].user, force["cal"].agency, "safeguarding", on=ON), at=AT)
    outsider = User.objects.create(username="zoe", agency=force["sue"].agency)
    Posting.objects.create(user=outsider, roles=["hub-worker"], start=date(2026, 1, 1), by="x", at=AT)
    with pytest.raises(Denied):
        allocation.candidates(ref, actor=Actor(outsider, force["sue"].agency, "safeguarding", on=ON), at=AT)
    allocation.candidates(ref, actor=force["sue"], at=AT)
    entry = Entry.objects.get(what="allocation: candidates")
    assert entry.detail["case"] == ref
    assert Subject.objects.filter(entry=entry.pk).count() == 1


def test_a_conflict_shows_as_nothing_but_not_available(
    force: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dan", "eve"):
        on(name)
    ref = serious(force)
    plain = allocation.candidates(ref, actor=force["sue"], at=AT)
    absent = next(c for c in plain.others if c.username == "gil")
    monkeypatch.setattr(allocation, "conflicted", lambda case, names: frozenset({"dan"}))
    found = allocation.candidates(ref, actor=force["sue"], at=AT)
    dan = next(c for c in found.others if c.username == "dan")
    assert dan.why_not == ("not available for this case",)
    assert set(absent.why_not) - {absent.why_not[0]} <= set(dan.why_not)
    assert dan.next_duty is None and not any("duty" in w for w in dan.why)


def test_nobody_unqualified_owns_alone(force: dict[str, Actor]) -> None:
    for name in ("dan", "fay", "gil"):
        on(name)
    ref = serious(force)
    for how in (
        {}, {"supporter": "gil", "until": AT + DAY, "reason": "busy"}, {"supporter": "fay", "until": AT + DAY, "reason": "busy"},
        {"supporter": "dan", "until": AT, "reason": "busy"}, {"supporter": "dan", "until": AT + DAY, "reason": " "},
    ):  # fmt: skip
        with pytest.raises(Refused):
            store.offer(ref, "fay", actor=force["sue"], at=AT, **how)
    store.offer(ref, "fay", actor=force["sue"], at=AT, reason="nobody free", supporter="dan", until=AT + DAY)
    Accreditation.objects.filter(user="dan", name="PIP 2").delete()
    with pytest.raises(Refused):  # checked again when it is accepted
        store.accept(ref, actor=force["fay"], at=AT + MINUTE)
    assert Case.objects.get(ref=ref).owner == "team:hub"


def test_a_supporter_who_is_off_duty_leaves_a_gap_that_climbs(force: dict[str, Actor]) -> None:
    on("fay", hours=10)
    on("dan", hours=3)  # gone at 11:00
    on("eve", hours=10)
    for name in ("sue", "ida"):
        on(name, hours=10)
    set_local(Local("support.gap-minutes", "x"), 30)
    ref = supported(force)
    [gap] = support.gaps(AT)
    assert (gap.reason, gap.since) == ("the supporter has not accepted yet", AT)
    assert [c.ref for c in support.to_support(force["dan"], AT)] == [ref]
    assert [c.ref for c in queues.to_answer(force["dan"], AT)] == [ref]
    store.support(ref, actor=force["dan"], at=AT + MINUTE)
    assert support.gaps(AT + 2 * MINUTE) == []
    gone = AT + 2 * HOUR
    [gap] = support.gaps(gone)
    assert (gap.reason, gap.since, gap.stand_ins) == ("the supporter is off duty", gone, ("eve",))
    assert (gap.rank, gap.people) == ("supervisor", ("sue",))
    assert support.raise_gaps(gone) == 1
    assert support.raise_gaps(gone + MINUTE) == 0  # once
    [late] = support.gaps(gone + 30 * MINUTE)
    assert (late.rank, late.people) == ("inspector", ("ida",))
    assert support.raise_gaps(gone + 30 * MINUTE) == 1
    assert [c.ref for c in queues.to_answer(force["ida"], gone + 30 * MINUTE)] == [ref]
    assert not queues.to_answer(force["dan"], gone + 30 * MINUTE).exists()
    assert set(Notice.objects.filter(clock="support").values_list("to", flat=True)) == {"sue", "ida"}
    # One of the ladder names another, who accepts: the gap is closed.
    store.support(
        ref, actor=force["sue"], at=gone + 40 * MINUTE, supporter="eve", until=AT + 5 * DAY, reason="dan has gone home"
    )
    store.support(ref, actor=force["eve"], at=gone + 41 * MINUTE)
    assert support.gaps(gone + 42 * MINUTE) == []
    # An officer off duty needs nobody; an ended override does when they are back.
    assert support.gaps(AT + 12 * HOUR) == []
    on("fay", AT + 6 * DAY)
    [ended] = support.gaps(AT + 6 * DAY)
    assert ended.reason == "the support has ended"


def test_contacts_are_logged_by_the_two_alone_and_ended_overrides_come_first(force: dict[str, Actor]) -> None:
    for name in ("fay", "dan"):
        on(name)
    set_local(Local("support.contact-days", "x"), 3)
    ref, other = supported(force, days=5), supported(force, days=9)
    support.note_contact(ref, channel="met", note="first account planned together", actor=force["dan"], at=AT + HOUR)
    with pytest.raises(PeelianError, match="E482"):
        support.note_contact(ref, channel="met", note="x", actor=force["eve"], at=AT + HOUR)
    with pytest.raises(PeelianError, match="E482"):
        support.note_contact(ref, channel="pigeon", note="x", actor=force["dan"], at=AT + HOUR)
    assert SupportContact.objects.count() == 1
    rows = {r.case.ref: r for r in support.overrides(force["sue"], AT + 3 * DAY)}
    assert (rows[ref].contacts, rows[ref].due, rows[ref].ended) == (1, False, False)
    assert (rows[other].contacts, rows[other].due) == (0, True)
    assert [r.ended for r in support.overrides(force["sue"], AT + 5 * DAY)] == [True, False]
