"""O3: two forces, one plan, each under its own rules."""

import pytest

from peelian.core.kinds import Refused, Who
from peelian.organised_crime.joint_unit import JOINT

from ..vulnerability.running import Running, around, local

OURS = {"joint_unit__accept_within": "24 hours", "joint_unit__plan_within": "14 days after", "joint_unit__review_every": "28 days after",
        "joint_unit__other_answers_within": "5 working days after"}  # fmt: skip
AT = local("2026-03-02 10:00")
DI = Who("di", roles=("inspector", "organised-crime"), agency="force")
HEAD = Who("head", roles=("superintendent",), agency="force")


def opened(**facts):
    case = Running(JOINT, around(**OURS), DI)
    told = {
        "area": "east",
        "operation": "Lantern",
        "group": "G1",
        "aim": "take the line down",
        "other": "kent",
        "agreement": "s.22A, 2010",
        "led_by": "the joint unit",
    }
    case.do("open_joint", AT, **(told | facts))
    return case


def running(review_days=14):
    case = opened(our_basis="Police and Criminal Evidence Act 1984", group_told="imports from the coast")
    case.answer(
        case.ask("other_force", "kent", AT),
        AT,
        owner_post="DCI, Kent",
        basis="PACE 1984",
        review_days=review_days,
        disclosure="DS, Kent",
    )
    case.do("write_plan", AT, plan="one line of enquiry each")
    case.do("start", AT)
    return case


def test_it_runs_when_both_have_stated_their_own_legal_basis():
    case = opened()
    case.do("write_plan", AT, plan="x", our_basis="PACE 1984")
    with pytest.raises(Refused, match="other force has answered"):
        case.do("start", AT)

    assert running().state().stage == "running"


def test_each_force_reviews_by_its_own_rule():
    case = running()

    assert case.run("our_review_due", AT).due == local("2026-03-31 00:00")  # 28 days after 2 March
    theirs = case.run("their_review_due", AT)
    assert theirs.due == local("2026-03-17 00:00")  # 14 days, as the other force said
    case.do("review", local("2026-03-10 10:00"), reviewed="in proportion")
    assert case.run("their_review_due", AT).ended is None  # ours does not stand for theirs


def test_the_other_force_reads_what_is_shown_and_no_source():
    shows = JOINT.part_by_name["other_force"].shows

    assert {"sources", "group"}.isdisjoint(shows)
    assert "source" not in JOINT.shared["partner"]


def test_a_tactic_names_the_authority_of_the_force_that_uses_it():
    case = running()
    given = {
        "tactic": "follow the van",
        "whose": "the other force",
        "in_area_of": "us",
        "needs_authority": "surveillance",
        "started_at": AT,
    }
    with pytest.raises(Refused, match="names the authority"):
        case.do("use_tactic", AT, **given)

    case.do("use_tactic", AT, **given, authority="KP/12")


def test_it_closes_when_every_objective_has_a_result():
    case = running()
    item = case.do(
        "set_objective", AT, objective="the phone", p="pursue", by_force="both", agreed_at=AT, due_on="2026-03-20"
    )
    assert case.run("objective_due", AT).due == local("2026-03-21 00:00")
    with pytest.raises(Refused, match="Every objective has a result"):
        case.do("close", AT, who=HEAD, result="done")

    case.do("judge_objective", AT, item=item, done_at=AT, result="seized")
    case.do("close", AT, who=HEAD, result="done")

    assert case.state().stage == "closed"


def test_both_forces_join_within_the_agreed_days():
    case = opened()
    assert case.run("joined_due", AT).due == local("2026-03-17 00:00")  # fourteen days after 2 March
    assert running().run("joined_due", AT).state == "met"


def test_a_force_that_states_no_days_of_review_is_asked_again():
    case = opened()
    item = case.ask("other_force", "kent", AT)
    with pytest.raises(Refused, match="less than 1"):
        case.answer(item, AT, owner_post="DCI", basis="PACE 1984", review_days=0, disclosure="DS")
