"""I8: category by the order of the rules, level, reviews by level, actions by agency, and the way out."""

from datetime import date, timedelta

import pytest

from peelian.core.kinds import Around, Refused, Who
from peelian.investigation.mappa import MAPPA

from ..vulnerability.running import Running, around, local

OURS = {
    "mappa__accept_within": "24 hours", "mappa__screen_within": "10 days after", "mappa__answer_within": "5 working days after",
    "mappa__minutes_within": "10 working days after", "mappa__climb_every": "7 days after", "mappa__review_level_1": "12 months after",
    "mappa__review_level_2": "12 weeks after", "mappa__review_level_3": "6 weeks after",
}  # fmt: skip
AT = local("2026-03-02 10:00")
OM = Who("om", roles=("offender-manager",), agency="force")
DI = Who("di", roles=("inspector",), agency="force")
NO = {"terrorist": False, "notification_live": False, "sentence_live": False, "capacity": False}


def referred(other=None, **facts):
    told = Around(around(**OURS).locals, case=(other or {}).get)
    case = Running(MAPPA, told, OM)
    case.do(
        "refer",
        AT,
        area="east",
        offender="p1",
        person_name="A B",
        born_on=date(1980, 1, 1),
        referred_by="police",
        why_multi="risk",
        **facts,
    )
    return case


# mappa.md: 4 if the terrorist test; else 1 if notification is live; else 2 if a qualifying sentence is live; else 3 by screening.
CATEGORIES = """
category_4  terrorist notification_live sentence_live capacity
category_1  notification_live sentence_live capacity
category_2  sentence_live capacity
category_3  capacity
none
"""


@pytest.mark.parametrize("row", CATEGORIES.strip().splitlines())
def test_the_category_by_the_order_of_the_rules(row):
    outcome, *yes = row.split()

    assert referred(**(NO | dict.fromkeys(yes, True))).propose("set_category", AT).proposal.outcome == outcome


def test_an_unknown_answer_is_never_taken_for_no():
    proposed = referred(terrorist=False, notification_live=False).propose("set_category", AT)

    assert proposed.proposal is None


def test_a_registered_sex_offenders_own_case_makes_it_category_1():
    class Other:
        stage = "active"

    assert (
        referred({"rso": Other}, terrorist=False, sex_offender="rso").propose("set_category", AT).proposal.outcome
        == "category_1"
    )


LEVELS = """
level_3  senior=1 active_value=0 rosh=medium
level_2  senior=0 active_value=1 rosh=very_high
level_2  senior=0 active_value=1 rosh=high
level_1  senior=0 active_value=1 rosh=medium
level_1  senior=0 active_value=0 rosh=very_high
"""


@pytest.mark.parametrize("row", LEVELS.strip().splitlines())
def test_the_level(row):
    outcome, *pairs = row.split()
    facts = {k: v.replace("_", " ") if k == "rosh" else v == "1" for k, v in (p.split("=") for p in pairs)}
    case = referred(**NO, **facts)
    with pytest.raises(Refused):  # a category comes first
        case.decide("set_level", outcome, AT)
    case.decide("set_category", "category_2", AT, reason="as the table needs")

    assert case.propose("set_level", AT).proposal.outcome == outcome


def managed(level="level_2"):
    case = referred(**NO | {"notification_live": True}, senior=False, active_value=True, rosh="high")
    case.decide("set_category", "category_1", AT)
    case.decide("set_level", level, AT, reason="as the panel says")
    return case


def test_coming_down_from_level_3_is_level_2_first_and_needs_an_inspector():
    case = managed("level_3")
    case.do("note", AT, active_value=False)

    assert case.propose("set_level", AT).proposal.outcome == "level_2"
    with pytest.raises(Refused, match="going down needs"):
        case.decide("set_level", "level_2", AT)
    case.decide("set_level", "level_2", AT, who=DI)
    assert case.state().facts["level"] == "level_2"


@pytest.mark.parametrize(
    ("level", "due"), [("level_1", "2027-03-03"), ("level_2", "2026-05-26"), ("level_3", "2026-04-14")]
)
def test_the_next_meeting_by_level(level, due):
    assert managed(level).run("next_meeting", AT).due == local(f"{due} 00:00")


def test_every_meeting_decides_on_disclosure_and_starts_the_next():
    case = managed()
    later = AT + timedelta(days=30)
    meeting = {
        "held_at": later,
        "present": ["police", "probation"],
        "absent": ["health bodies"],
        "risk": "high",
        "disclosure": "do not disclose",
    }
    with pytest.raises(Refused):
        case.do("hold_meeting", later, **meeting)

    case.do("hold_meeting", later, **meeting, disclosure_why="nobody at risk is unaware")

    first, second = case.runs("next_meeting", later)
    assert (first.state, second.due) == (
        "met",
        local("2026-06-25 00:00"),
    )  # twelve weeks after 1 April, to the end of the day
    assert case.run("minutes", later).due == local(
        "2026-04-18 00:00"
    )  # ten working days after, Good Friday and Easter Monday left out


def test_actions_are_settled_before_it_ends():
    case = managed()
    item = case.do(
        "agree_action", AT, action="check the address", done_by="council", agreed_at=AT, due_on=date(2026, 3, 9)
    )
    with pytest.raises(Refused, match="done or dropped"):
        case.do("exit", AT, who=DI, exit_because="category ended")
    assert case.run("action_done", AT).due == local("2026-03-10 00:00")

    case.do("do_action", AT, item=item, done_at=AT, result="done")
    case.do("exit", AT, who=DI, exit_because="category ended")

    assert case.state().stage == "exited"
