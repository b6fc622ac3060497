"""What somebody accepted and does not do is told further up, once for each rung, until it is done."""

from datetime import datetime, timedelta

import pytest

from peelian.casework import store
from peelian.casework.climbing import climbed
from peelian.casework.kinds import register
from peelian.casework.models import Notice
from peelian.casework.ticking import tick
from peelian.core.errors import Faults
from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Owners, fact
from peelian.core.local import Local

from .world import AT, HOUR, people, set_local

pytestmark = pytest.mark.django_db

EVERY = Local("made-up.lesson_climbs", "made-up policy")


class Lesson(Facts, private="restricted"):
    learnt_at: datetime = fact("When was it learnt?")


def lesson(**clock):
    return Kind(
        name="made_up_lesson", title="Made-up lesson", question="vulnerability", source="no source: made up for tests", facts=Lesson,
        stages=("open", "closed"), ends="closed", acts=(Act(name="learn", during=NEW, to="open", asks=("learnt_at",)), Act(name="close", to="closed")),
        clocks=(Clock(name="done", starts="learnt_at", stops="closed", limit="24 hours", **clock),), owners=Owners(accept_within="1 hour"),
    )  # fmt: skip


LESSON = register(lesson(climbs=("inspector", "chief-officer"), climb_every=EVERY))


@pytest.fixture
def who():
    return people()


def told():
    return list(Notice.objects.filter(what="climbed").order_by("pk").values_list("to", flat=True))


def test_each_rung_is_told_once_when_its_turn_comes(who):
    set_local(EVERY, "48 hours", AT - 99 * HOUR)
    late = store.open_case("made_up_lesson", "learn", {"learnt_at": AT}, actor=who["ann"], at=AT)
    for hours, so_far in ((24, []), (71, []), (72, ["inspector"]), (90, ["inspector"]), (120, ["inspector", "chief-officer"]), (500, ["inspector", "chief-officer"])):  # fmt: skip
        tick(AT + hours * HOUR)
        assert told() == so_far, hours
    later = AT + timedelta(days=30)
    assert [case.ref for case in climbed(who["sue"], later)] == []  # a sergeant is no inspector
    store.do(late.ref, "close", actor=who["ann"], at=later)
    assert tick(later + HOUR) == 0


def test_it_stands_before_the_rank_until_it_is_done(who):
    set_local(EVERY, "48 hours", AT - 99 * HOUR)
    late = store.open_case("made_up_lesson", "learn", {"learnt_at": AT}, actor=who["ann"], at=AT)
    tick(AT + 80 * HOUR)
    assert [case.ref for case in climbed(who["ida"], AT + 81 * HOUR)] == [late.ref]
    store.do(late.ref, "close", actor=who["ann"], at=AT + 82 * HOUR)
    assert not climbed(who["ida"], AT + 83 * HOUR).exists()


def test_without_a_value_the_first_rung_is_told_at_once(who):
    store.open_case("made_up_lesson", "learn", {"learnt_at": AT}, actor=who["ann"], at=AT)
    tick(AT + 24 * HOUR)
    assert told() == ["inspector"]


def test_a_clock_that_climbs_says_how_soon():
    with pytest.raises(Faults) as refused:
        lesson(climbs=("inspector",))
    assert "climbs without saying how soon" in str(refused.value)
