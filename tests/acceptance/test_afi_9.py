"""AFI 9: partners engaged at senior level routinely.

Half a year of a partnership board that meets every four weeks. The county council sends deputies three times and leaves requests unanswered; the fault
is planted in what came and when. The same half-year runs three times: the system not used, used as meant, installed but ignored. The group that a request is
about is one of the made-up county's.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from peelian import systems
from peelian.access.models import Agency
from peelian.casework import store
from peelian.casework.models import Case, Notice
from peelian.casework.ticking import tick
from peelian.core.kinds import Case as Read
from peelian.core.kinds import Refused

from .setting import posted, settled

FIRST = datetime(2026, 1, 5, 10, tzinfo=UTC)
DAY, MEETING = timedelta(days=1), timedelta(days=28)
CAME = (
    "member",
    "deputy",
    "deputy",
    "deputy",
)  # the planted fault: after the first meeting the director sends somebody else
LEAD = 10  # days before the board by which the chiefs have spoken
EVERY = timedelta(days=3)
NEXT = FIRST + len(CAME) * MEETING  # the board that is near


# -- (a) the system is not used --------------------------------------------------------------------------------------------------


def test_without_the_system_attendance_looks_like_engagement_and_no_chief_hears_of_it():
    """What minutes hold: somebody of the council sat there each time. Nothing counts deputies, nothing is asked, nobody is told."""
    minutes = [(FIRST + n * MEETING, "council", True) for n, _ in enumerate(CAME)]

    attended = sum(came for *_, came in minutes) / len(minutes)
    chief_told, plans_changed = [], []

    assert attended == 1.0
    assert (chief_told, plans_changed) == ([], [])


# -- the system ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    systems.load()
    police = Agency.objects.create(code="force", name="Force", kind="police")
    council = Agency.objects.create(code="council", name="County Council", kind="partner")
    values = {
        "partnership.accept_within": "24 hours", "partnership.judge_every": "6 months after", "partnership.answer_within": "10 working days after",
        "partnership.use_within": "14 days after", "partnership.chief_answers_within": "14 days after", "partnership.climb_every": "3 days after",
        "partnership.record_within_days": 5, "partnership.deputies_running": 3, "partnership.silent_requests": 2, "partnership.days_before_board": LEAD,
    }  # fmt: skip
    settled(values)
    made = {}
    for name, role, agency in (
        ("coordinator", "organised-crime", police), ("officer", "investigator", police), ("head", "superintendent", police),
        ("chief", "chief-officer", police), ("partner", "hub-worker", council),
    ):  # fmt: skip
        made[name] = posted(name, agency, role, purpose="prevention", on=date(2026, 1, 1))
    return made


def joined(force):
    """The council at the board, recorded by the coordinator at each meeting."""
    told = {
        "area": "east", "board": "Serious and organised crime board", "partner": "County Council", "member_post": "Director of Place",
        "member_rank": "director", "rank_needed": "director", "their_chief": "Chief Executive", "next_board_on": FIRST.date(),
    }  # fmt: skip
    ref = store.open_case("board_partner", "join", told, actor=force["coordinator"], at=FIRST - 7 * DAY).ref
    for n, came in enumerate(CAME):
        at = FIRST + n * MEETING
        given = {"held_on": at.date(), "came": came, "next_board_on": (at + MEETING).date()}
        store.do(ref, "record_board", given, actor=force["coordinator"], at=at + DAY)
    return ref


def requested(force, parent, wanted, at, group=""):
    given = {
        "area": "east",
        "wanted": wanted,
        "what_for": "cash goes through them",
        "of_kind": "data",
        "needed_on": (at + 20 * DAY).date(),
    }
    ref = store.open_case(
        "board_request",
        "request",
        given | ({"group": group} if group else {}),
        actor=force["coordinator"],
        at=at,
        parent=parent,
    ).ref
    store.ask(ref, "help", "council", actor=force["coordinator"], at=at)
    return ref


def told_of(ref):
    """{role or name: when it fell to them} of a case's notices, and the clocks that raised them."""
    return {(n.what, n.clock, n.to): n.due for n in Notice.objects.filter(case__ref=ref)}


def test_used_as_meant_the_chiefs_speak_before_the_board_and_an_answer_changes_a_plan(force):
    ref = joined(force)
    group, plan = a_plan(force, FIRST)
    at = FIRST + 2 * MEETING
    silent = requested(force, ref, "licences of three shops", at, group)
    third = FIRST + 3 * MEETING + DAY

    # Attendance alone, even each time, is refused as engagement.
    held = store.load(ref, force["coordinator"], third)
    assert held.proposals["judge_engagement"].proposal.outcome == "attends_only"
    with pytest.raises(Refused, match="Attending alone never counts"):
        store.decide(ref, "judge_engagement", "engaged", actor=force["coordinator"], at=third, reason="they were there")
    (run,) = [r for r in held.runs if r.clock == "escalation_due" and r.state == "running"]
    assert run.due <= NEXT - (LEAD - 1) * DAY

    # It goes chief to chief before the board is near.
    store.do(
        ref,
        "escalate",
        {"why_escalated": "three deputies, one request unanswered"},
        actor=force["head"],
        at=third + 2 * DAY,
    )
    store.do(
        ref,
        "write_to_chief",
        {"letter": "Your director is needed at the table."},
        actor=force["chief"],
        at=third + 4 * DAY,
    )
    store.do(
        ref,
        "chief_answers",
        {"chief_said": "The director will come; the licences follow."},
        actor=force["coordinator"],
        at=third + 9 * DAY,
    )
    assert third + 9 * DAY < NEXT

    # The answer comes, and changes the group's plan: traced to the entry that changed it.
    came = third + 10 * DAY
    (item,) = store.load(silent, force["coordinator"], came).state.live("help")
    store.answer(silent, item.id, {"can": "yes", "what": "three licences, one holder"}, actor=force["partner"], at=came)
    store.do(silent, "take_answer", actor=force["coordinator"], at=came)
    with pytest.raises(Refused, match="changed after the answer"):
        store.do(
            silent,
            "change_plan",
            {"plan": plan, "is_now": "licences reviewed with the council"},
            actor=force["coordinator"],
            at=came,
        )
    store.do(
        plan,
        "set_aims",
        {"protect_aim": "licences reviewed with the council"},
        actor=force["coordinator"],
        at=came + DAY,
    )
    store.do(
        silent,
        "change_plan",
        {"plan": plan, "is_now": "licences reviewed with the council"},
        actor=force["coordinator"],
        at=came + 2 * DAY,
    )

    traced = store.load(silent, force["coordinator"], came + 2 * DAY).state.facts["traced_to"]
    assert traced.startswith("entry ")
    assert plan in traced
    judged = store.load(ref, force["coordinator"], came + 2 * DAY).proposals["judge_engagement"].proposal
    assert judged.outcome == "engaged"
    store.decide(ref, "judge_engagement", "engaged", actor=force["coordinator"], at=came + 2 * DAY)
    tick(NEXT)
    assert not [key for key in told_of(ref) if key[1] == "escalation_due"]


def test_installed_but_ignored_it_reaches_its_owner_and_then_a_chief_officer_before_the_board(force):
    ref = joined(force)
    one = requested(force, ref, "licences of three shops", FIRST + 2 * MEETING)
    requested(force, ref, "tenancies of a street", FIRST + 2 * MEETING)

    at = FIRST + 3 * MEETING + 2 * DAY
    while at < NEXT:
        tick(at)
        at += DAY

    held = store.load(ref, force["coordinator"], at)
    read = Read(held.state, at, around=held.around)
    assert (read.meetings_without_member, read.requests_silent) == (3, 2)
    told = told_of(ref)
    assert told["overdue", "escalation_due", "coordinator"] < NEXT
    assert told["climbed", "escalation_due", "superintendent"] < NEXT
    assert told["climbed", "escalation_due", "chief-officer"] < NEXT
    said = {n.to: n.at for n in Notice.objects.filter(case__ref=ref, what="climbed", clock="escalation_due")}
    assert said["superintendent"] < said["chief-officer"] < NEXT  # while there is time to speak before it meets
    asked = {(n.what, n.to) for n in Notice.objects.filter(case__ref=one, clock="answer_read")}
    assert {("overdue", "coordinator"), ("climbed", "superintendent"), ("climbed", "chief-officer")} <= asked
    assert Case.objects.get(ref=ref).facts.get("engaged") is None


# -- a group of the county and its plan, kinds of other modules -------------------------------------------------------------------


def a_plan(force, at):
    """A group that is mapped, by another than who put it forward, and its plan."""
    given = {"group_name": "The Lantern group", "area": "east", "crime_type": "drugs", "found_how": "intelligence"}
    group = store.open_case("organised_crime_group", "put_forward", given, actor=force["coordinator"], at=at).ref
    test = {"joint_purpose": True, "offence_years": 14, "for_gain": True}
    store.do(group, "answer_test", test, actor=force["coordinator"], at=at)
    store.decide(group, "map_it", "map", actor=force["head"], at=at, reason="it meets the test")
    aims = {"plan_group": group, "area": "east", "pursue_aim": "who holds the telephone"}
    return group, store.open_case("disruption_plan", "open_plan", aims, actor=force["coordinator"], at=at).ref
