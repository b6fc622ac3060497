"""A missing child's case is tagged to a duty inspector who is never told: replayed.

An inquest in Staffordshire heard of such a hand-over: each shift thought that another had the case. Here nobody has to notice. The
case is never nobody's: at every moment somebody on duty is named, and it climbs on time, whatever people believe.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.casework.world import set_local

from peelian import systems
from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Posting, Team, User
from peelian.casework import duty, store
from peelian.casework.models import Case, Duty, JournalEntry, Notice
from peelian.casework.ticking import watch
from peelian.casework.uncovered import take_over, uncovered, who_acts
from peelian.core.kinds import Refused
from peelian.core.local import Local

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime(2026, 1, 16, 22, tzinfo=UTC)  # a Friday; the late shift ends, the night shift begins
TAGGED = NIGHT - 2 * MINUTE
WITHIN = 30 * MINUTE  # the made-up force's own value
# name, roles, first and last hour of duty from 22:00
SHIFTS = (
    ("operator", ("control-room",), -8, 4), ("late_inspector", ("inspector",), -8, 0), ("night_inspector", ("inspector",), 0, 9),
    ("night_sergeant", ("supervisor",), 0, 9), ("superintendent", ("superintendent",), -14, 10), ("chief", ("chief-officer",), 10, 18),
    ("on_leave", ("inspector",), 120, 128),
)  # fmt: skip


@pytest.fixture(autouse=True)
def posted() -> None:
    """Only the people of this night."""


@pytest.fixture
def night(db: None) -> dict[str, Actor]:
    """The force on that night, with its own value for how soon an offer is accepted."""
    systems.load()
    force = Agency.objects.create(code="force", name="The force", kind="police")
    Team.objects.create(code="missing-team", name="Missing people", agency=force)
    found = {}
    for name, roles, first, last in SHIFTS:
        user = User.objects.create(username=name, agency=force)
        Posting.objects.create(user=user, roles=list(roles), start=date(2025, 1, 1), by="x", at=NIGHT)
        Duty.objects.create(
            user=name, start=NIGHT + first * HOUR, end=NIGHT + last * HOUR, source=duty.ROSTER, at=NIGHT
        )
        found[name] = Actor(user, force, "safeguarding", on=date(2026, 1, 16))
    set_local(Local("missing.accept_within", "x"), "30 minutes", NIGHT - 9 * 24 * HOUR)
    set_local(Local("missing.grade_within", "x"), "1 hour", NIGHT - 9 * 24 * HOUR)
    return found


def child(night: dict[str, Actor]) -> str:
    """Reported at 21:40 and graded high at 21:50 by the control room."""
    told = {"reported_at": (NIGHT - 20 * MINUTE).isoformat(), "area": "north", "why_worried": "never late, no phone, cold night",
            "age_standing": "known", "age": 13}  # fmt: skip
    ref = store.open_case("missing_person", "report", told, actor=night["operator"], at=NIGHT - 20 * MINUTE).ref
    store.decide(
        ref,
        "grade",
        "high",
        actor=night["operator"],
        at=NIGHT - 10 * MINUTE,
        reason="a child, out of character, in the cold",
    )
    return ref


def named(ref: str, night: dict[str, Actor], at: datetime) -> tuple[str, ...]:
    """Who must act now, or the owner who has it in hand."""
    told = who_acts(ref, actor=night["superintendent"], at=at)
    if told is not None:
        return told.people
    owner = Case.objects.get(ref=ref).owner
    assert duty.is_on_duty(owner, at)
    return (owner,)


TAGS = ["late_inspector", "on_leave", "team:missing-team"]


@pytest.mark.parametrize("to", TAGS)
def test_tagged_to_somebody_never_told_it_is_never_nobodys_and_climbs_on_time(night: dict[str, Actor], to: str) -> None:
    ref = child(night)
    store.offer(ref, to, actor=night["operator"], at=TAGGED, reason="for the duty inspector")
    # The tag alone makes nobody the owner: without a word of theirs it stays with whoever offered it.
    assert (Case.objects.get(ref=ref).owner, Case.objects.get(ref=ref).accepted) == ("operator", True)
    reached: dict[str, datetime] = {}
    at = TAGGED
    while at < NIGHT + 100 * MINUTE:
        people = named(ref, night, at)
        assert people, f"nobody at {at:%H:%M}"
        assert all(duty.is_on_duty(name, at) for name in people)
        for name in people:
            reached.setdefault(name, at)
        at += 2 * MINUTE
    # From the minute in which whom it was tagged to is not there, the ladder must act; each rung half an hour later.
    first = NIGHT if to == "late_inspector" else TAGGED
    # At 21:58 no sergeant is on duty: it climbs over that rung to the inspector who is, for two minutes more.
    assert reached["late_inspector"] == TAGGED
    assert reached["night_sergeant"] == NIGHT
    assert reached["night_inspector"] == first + WITHIN
    assert reached["superintendent"] == first + 2 * WITHIN
    assert set(reached) == {"late_inspector", "night_sergeant", "night_inspector", "superintendent"}


def test_each_is_told_once_and_an_inspector_takes_it_over(night: dict[str, Actor]) -> None:
    ref = child(night)
    store.offer(ref, "late_inspector", actor=night["operator"], at=TAGGED, reason="for the duty inspector")
    watch(TAGGED + MINUTE)
    assert (
        Notice.objects.filter(clock="duty").count() == 0
    )  # it is the late inspector's to answer, who is on duty still
    for minutes in range(0, 31):
        watch(NIGHT + minutes * MINUTE)
    told = list(Notice.objects.filter(clock="duty").order_by("pk").values_list("to", "due"))
    assert told == [("night_sergeant", NIGHT), ("night_inspector", NIGHT + WITHIN)]
    # A sergeant may not own a child at high risk, whoever asks: the hand-over is to an inspector or above.
    with pytest.raises(Refused):
        take_over(ref, actor=night["night_sergeant"], at=NIGHT + 5 * MINUTE)
    with pytest.raises(Denied):
        take_over(ref, actor=night["on_leave"], at=NIGHT + 31 * MINUTE)
    take_over(ref, actor=night["night_inspector"], at=NIGHT + 31 * MINUTE)
    case = Case.objects.get(ref=ref)
    assert (case.owner, case.accepted, case.offered_to) == ("night_inspector", True, "")
    assert named(ref, night, NIGHT + 32 * MINUTE) == ("night_inspector",)
    assert list(uncovered(NIGHT + 32 * MINUTE)) == []
    last = JournalEntry.objects.filter(case=case).latest("seq")
    assert (last.verb, last.by) == ("accept", "night_inspector")


def test_nobody_hands_over_at_all_and_it_climbs_when_the_shift_ends(night: dict[str, Actor]) -> None:
    """The inspector who owns it goes home in the morning; nobody says a word."""
    ref = child(night)
    store.offer(ref, "late_inspector", actor=night["operator"], at=TAGGED, reason="for the duty inspector")
    take_over(ref, actor=night["night_inspector"], at=NIGHT + 31 * MINUTE)
    home = NIGHT + 9 * HOUR
    assert named(ref, night, home - MINUTE) == ("night_inspector",)
    assert named(ref, night, home) == ("superintendent",)  # sergeant and inspector have gone too: climbed over at once
    words = who_acts(ref, actor=night["superintendent"], at=home)
    assert words is not None
    assert "its owner is off duty" in words.reason and "nobody is on duty as supervisor or inspector" in words.reason
    # Ignored by everyone: a chief officer has it before two hours are over, whether called out or come on duty.
    assert "chief" in named(ref, night, home + 2 * HOUR)


def test_without_the_rule_it_would_be_nobodys(night: dict[str, Actor]) -> None:
    """The same night with the engine's ladder alone, which does not ask who is on duty: for half an hour nobody there is named."""
    from peelian.casework.reading import folded
    from peelian.core.kinds import must_answer

    ref = child(night)
    store.offer(ref, "late_inspector", actor=night["operator"], at=TAGGED, reason="for the duty inspector")
    state, _, around = folded(Case.objects.get(ref=ref))
    answer = must_answer(state, NIGHT + 20 * MINUTE, around)
    assert answer is not None
    assert answer.who == "late_inspector" and not duty.is_on_duty(answer.who, NIGHT + 20 * MINUTE)
