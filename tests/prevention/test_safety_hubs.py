"""P5: one board, a lawful basis before anything is shared, tasks that are timed, and those who raised it told."""

from datetime import timedelta

import pytest

from peelian.core.kinds import Refused, Who
from peelian.prevention.safety_hubs import PROBLEM

from ..vulnerability.running import Running, around, local

AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
OFFICER = Who("pc", roles=("neighbourhood-officer",), agency="force")
OURS = {
    "safety_hub__accept_within": "48 hours", "safety_hub__take_on_within": "5 working days after", "safety_hub__answer_within": "5 working days after",
    "safety_hub__review_within": "28 days after", "safety_hub__tell_within": "5 working days after", "safety_hub__agencies_needed": 2,
}  # fmt: skip
LAWFUL = {"consent": "given", "basis": "Crime and Disorder Act 1998, s.115, under the agreement"}


def raised(**facts):
    case = Running(PROBLEM, around(**OURS), OFFICER)
    told = {"raised_at": AT, "area": "east", "raised_by": "housing", "about": "a person", "theme": "cuckooing", "problem": "strangers run the flat",
            "person_name": "A. Person", "health_note": "insulin", "police_note": "from a source", "involved": 1, "repeated": False, "at_risk": True}  # fmt: skip
    case.do("raise_problem", AT, **(told | facts))
    return case


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"at_risk": False}, "one agency"),
        ({"at_risk": False, "involved": 2}, "on the board"),
        ({}, "on the board"),
        ({"at_risk": False, "repeated": True}, "on the board"),
    ],
)
def test_what_is_proposed_for_the_board(facts, outcome):
    assert raised(**facts).propose("decide_board", AT).proposal.outcome == outcome


def test_nothing_is_proposed_while_the_risk_is_not_known():
    case = Running(PROBLEM, around(**OURS), OFFICER)
    case.do(
        "raise_problem",
        AT,
        raised_at=AT,
        area="east",
        raised_by="police",
        about="a place",
        theme="street drinking",
        problem="x",
        involved=1,
    )

    assert case.propose("decide_board", AT).proposal is None


def test_nothing_is_shared_before_the_basis_is_written_down():
    case = raised()
    case.decide("decide_board", "on the board", AT)
    with pytest.raises(Refused, match="legal basis"):
        case.ask("task", "council", AT)
    case.do("set_sharing", AT, **LAWFUL)
    case.ask("task", "council", AT)

    assert case.run("task_answered", AT).due == local("2026-03-10 00:00")  # five working days after Monday 2 March


def test_each_agency_reads_its_share_alone():
    shown = PROBLEM.asks[0].shows

    assert {PROBLEM.about[name].private for name in shown} <= {"open", "restricted", "personal"}
    assert "health_note" not in shown
    assert "police_note" not in shown
    assert "source" not in PROBLEM.shared["partner"]


def test_it_ends_with_what_came_of_it_and_those_who_raised_it_told():
    case = raised(**LAWFUL)
    case.decide("decide_board", "on the board", AT)
    with pytest.raises(Refused, match="other agency was asked"):
        case.do("end_problem", AT, ended="solved", ended_on=AT.date(), what_worked="x")
    row = case.ask("task", "council", AT)
    case.answer(row, AT + DAY, takes_it=True, did="locks changed, closure notice drafted")
    assert case.case(AT + DAY).waits_for == ""
    case.do(
        "end_problem",
        AT + 20 * DAY,
        ended="less harm",
        ended_on=(AT + 20 * DAY).date(),
        what_worked="the flat is empty at night",
    )
    with pytest.raises(Refused, match="are told"):
        case.do("close", AT + 20 * DAY)
    assert case.run("raiser_told", AT + 20 * DAY).due == local(
        "2026-03-28 00:00"
    )  # Friday 27 March is the fifth working day after Sunday the 22nd
    case.do("tell_raiser", AT + 21 * DAY, told_at=AT + 21 * DAY)
    case.do("close", AT + 21 * DAY)

    assert case.state().stage == "closed"


def test_what_one_agency_deals_with_is_sent_on_with_a_reason():
    case = raised(at_risk=False)
    case.decide("decide_board", "one agency", AT)
    with pytest.raises(Refused, match="says why"):
        case.do("tell_raiser", AT + DAY, told_at=AT + DAY)
    case.do("tell_raiser", AT + DAY, told_at=AT + DAY, why_not="Housing holds the tenancy and acts on it.")

    assert case.state().stage == "elsewhere"
