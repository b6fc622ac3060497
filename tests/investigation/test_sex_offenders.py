"""I7: how long notification lasts, when it is due, what visits follow, and that reactive management stands in a pilot alone."""

from datetime import date, timedelta

import pytest

from peelian.core.kinds import Around, Refused, Who
from peelian.investigation.sex_offender_rules import TRAINED, needs_contact
from peelian.investigation.sex_offenders import OFFENDER, PILOT, TRIGGER

from ..vulnerability.running import Running, around, local

OURS = {
    "sex_offenders__visit_profile": "plan, else older minimum", "sex_offenders__reactive_after_years": 3, "sex_offenders__accept_within": "24 hours",
    "sex_offenders__assess_within": "28 days after",
}  # fmt: skip
AT = local("2026-06-01 10:00")
OM = Who("om", roles=("offender-manager",), agency="force", skills=(TRAINED,))
DI, SUPER = (Who(n, roles=(n,), agency="force") for n in ("inspector", "superintendent"))
MONTHS = [f"{date(2026, m, 1):%B}" for m in range(1, 13)]
BORN = {"adult": date(1980, 1, 1), "under 18": date(2010, 1, 1)}


def registered(at=AT, *, values=None, other=None, **facts):
    told = Around((around(**(OURS | (values or {})))).locals, case=(other or {}).get)
    case = Running(OFFENDER, told, OM)
    given = {
        "area": "east",
        "offender": "p1",
        "born_on": BORN["adult"],
        "disposal": "imprisonment",
        "relevant_on": at.date(),
        "residence": "yes",
    }
    given |= {"sentence_months": 12} if facts.get("disposal", "imprisonment") == "imprisonment" else {}
    case.do("register", at, **(given | facts))
    return case


# Typed from the table of section 82 (tables/notification_periods_soa2003_s82.csv) and the standard's examples; last days counted by hand.
SECTION_82 = """
life, or imprisonment for public protection |      |   | adult    | indefinite
life, or imprisonment for public protection |      |   | under 18 | indefinite
imprisonment                                | 30   |   | adult    | indefinite
imprisonment                                | 30   |   | under 18 | indefinite
order for lifelong restriction              |      |   | adult    | indefinite
hospital with restriction order             |      |   | adult    | indefinite
hospital with restriction order             |      |   | under 18 | indefinite
imprisonment                                | 29   | 29| adult    | 31 May 2036
imprisonment                                | 12   |   | adult    | 31 May 2036
imprisonment                                | 12   |   | under 18 | 31 May 2031
imprisonment                                | 6    | 1 | adult    | 31 May 2036
imprisonment                                | 6    |   | adult    | 31 May 2033
imprisonment                                | 6    |   | under 18 | 30 November 2029
imprisonment                                | 2    | 15| adult    | 31 May 2033
hospital without restriction order          |      |   | adult    | 31 May 2033
hospital without restriction order          |      |   | under 18 | 30 November 2029
caution                                     |      |   | adult    | 31 May 2028
caution                                     |      |   | under 18 | 31 May 2027
any other disposal                          |      |   | adult    | 31 May 2031
any other disposal                          |      |   | under 18 | 30 November 2028
"""


@pytest.mark.parametrize("row", SECTION_82.strip().splitlines())
def test_how_long_notification_lasts(row):
    """Sexual Offences Act 2003, section 82, from a relevant date of 1 June 2026: the first day counts."""
    disposal, months, days, age, last = (cell.strip() for cell in row.split("|"))
    length = {"sentence_months": int(months)} if months else {}
    length |= {"sentence_days": int(days)} if days else {}
    case = registered(disposal=disposal, born_on=BORN[age], **length)

    said, run = case.case(AT).notification_until, case.run("notification_ends", AT)

    assert last in said
    assert "s.82" in said + run.source
    if last == "indefinite":
        assert run.state == "none"
    else:
        assert run.due == local(f"{_day(last)} 00:00") + timedelta(days=1)
        assert run.evidence == "stored"


def _day(words):
    day, month, year = words.split()
    return date(int(year), MONTHS.index(month) + 1, int(day))


def test_a_conditional_discharge_lasts_as_long_as_the_discharge():
    case = registered(disposal="conditional discharge", discharge_ends_on=date(2027, 5, 31))

    assert "31 May 2027" in case.case(AT).notification_until


def test_without_the_length_of_the_sentence_nothing_is_guessed():
    case = registered(sentence_months=None)

    assert case.run("notification_ends", AT).state == "unset"


# Sections 83 to 85: 3 days beginning with; a year, or weekly without a sole or main residence, after the last notification.
CLOCKS = """
change of name or address        2026-06-10  2026-06-13
qualifying stay elsewhere        2026-06-10  2026-06-13
release, discharge or return     2026-06-10  2026-06-13
bank or card details             2012-08-13  2012-08-16
bank or card details             2012-08-12  none
household with a child           2026-02-27  2026-03-02
"""


@pytest.mark.parametrize("row", CLOCKS.strip().splitlines())
def test_changes_are_notified_within_three_days(row):
    what, on, due = row[:31].strip(), *row[31:].split()
    case = registered()
    case.do("note_unnotified", AT + timedelta(days=20), what=what, event_on=date.fromisoformat(on))

    run = case.run("notified_in_time", AT + timedelta(days=30))

    assert (run.due and run.due == local(f"{due} 00:00")) or (due == "none" and run.state == "none")


def test_notification_is_yearly_and_weekly_without_a_residence():
    case = registered()
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")
    assert case.run("next_notification", AT).due == local("2027-06-02 00:00")

    case.do("notify_again", AT + timedelta(days=40), notified_at=AT + timedelta(days=40), residence="no")

    assert case.run("next_notification", AT + timedelta(days=40)).due == local(
        "2026-07-19 00:00"
    )  # 11 July and seven days
    case.do(
        "notify_change",
        AT + timedelta(days=44),
        what="bank or card details",
        event_on=date(2026, 7, 14),
        told_on=date(2026, 7, 15),
    )
    assert case.run("next_notification", AT + timedelta(days=44)).due == local(
        "2026-07-23 00:00"
    )  # a change counts (s.85(2))


def test_a_notification_that_falls_due_in_custody_is_due_three_days_beginning_with_release():
    case = registered()
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")
    case.do("go_away", local("2027-05-01 12:00"), held_at="prison")
    assert case.run("next_notification", local("2027-07-01 12:00")).state == "paused"

    case.do("come_back", local("2027-08-10 09:00"), back_at=local("2027-08-10 09:00"))

    assert case.run("next_notification", local("2027-08-10 10:00")).due == local("2027-08-13 00:00")


@pytest.mark.parametrize(("age", "first", "again"), [("adult", 15, 8), ("under 18", 8, 8)])
def test_when_an_indefinite_duty_may_be_reviewed(age, first, again):
    """Section 91B: after 15 years (8 where under 18), and after a refusal not for another 8."""
    case = registered(sentence_months=36, born_on=BORN[age])
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")
    assert case.run("review_right", AT).due == local(f"{2026 + first}-06-01 00:00")
    ask = {"factors": "weighed", "who": SUPER, "reason": "as weighed"}
    with pytest.raises(Refused, match="may not be asked for yet"):
        case.decide("review_duty", "goes_on", local(f"{2026 + first}-05-30 10:00"), **ask)

    then = local(f"{2026 + first}-06-02 10:00")
    case.decide("review_duty", "goes_on", then, **ask)

    assert case.run("review_right", then).due == local(f"{2026 + first + again}-06-02 00:00")


def test_the_end_waits_for_the_last_day():
    case = registered(disposal="caution")
    with pytest.raises(Refused, match="period is over"):
        case.do("end", local("2028-05-31 12:00"), who=SUPER, ended_because="period over")

    case.do("end", local("2028-06-01 00:00"), who=SUPER, ended_because="period over")

    assert case.state().stage == "ended"


def assessed(case, result="low", at=AT):
    case.do(
        "hold_result",
        at,
        tool="ARMS",
        tool_version="2014",
        result=result,
        assessed_on=at.date(),
        assessor="trained",
        assess_next_on=date(2027, 6, 1),
    )
    case.decide("set_level", result, at)


# Standard: older minima (general knowledge), for a force that uses them; the plan's own frequency goes before.
@pytest.mark.parametrize(
    ("level", "due"),
    [("very high", "2026-07-02"), ("high", "2026-09-02"), ("medium", "2026-12-02"), ("low", "2027-06-02")],
)
def test_visits_follow_the_plan_and_else_the_older_minimum(level, due):
    case = registered()
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")
    assessed(case, level)
    run = case.run("next_visit", AT)
    assert (run.due, run.evidence) == (local(f"{due} 00:00"), "general")

    case.do("set_plan", AT, plan="as agreed", visit_weeks=2)

    assert case.run("next_visit", AT).due == local("2026-06-16 00:00")


def test_a_force_that_goes_by_the_plan_alone_is_told_that_the_plan_lacks_it():
    case = registered(values={"sex_offenders__visit_profile": "plan"})
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")

    assert case.run("next_visit", AT).state == "unset"


def test_a_level_is_proposed_from_the_result_that_is_held_and_never_worked_out():
    case = registered()
    assert case.propose("set_level", AT).proposal is None

    assessed(case, "high")

    assert case.propose("set_level", AT).proposal.outcome == "high"


def piloted(stage="running", years=4):
    pilot = Running(PILOT, around(pilot__not_accepted=2), SUPER)
    pilot.do(
        "plan_pilot",
        AT,
        who=DI,
        title="t",
        question="q",
        compared="c",
        outcomes="o",
        seed="1",
        expected=10,
        review_on=date(2031, 1, 1),
        ethics="board",
    )
    if stage == "running":
        pilot.do("begin", AT, who=SUPER)
    case = registered(other={"pilot1": pilot.state()})
    case.do("notify_first", AT, first_notified_at=AT, residence="yes")
    assessed(case)
    case.do("note", AT, pilot="pilot1")
    return case, AT + timedelta(days=round(365.25 * years))


def test_reactive_management_is_proposed_where_the_entry_test_holds():
    case, later = piloted()

    assert case.propose("set_management", later).proposal.outcome == "reactive"
    case.do(
        "note_event",
        later - timedelta(days=30),
        happened_at=later - timedelta(days=30),
        outcome="intelligence",
        known_by="the public",
    )
    proposed = case.propose("set_management", later).proposal
    assert (proposed.outcome, "intelligence" in proposed.reason) == ("active", True)


@pytest.mark.parametrize("stage", ["planned"])
def test_nobody_is_managed_reactively_outside_a_running_pilot(stage):
    case, later = piloted(stage)

    with pytest.raises(Refused, match="outside one"):
        case.decide("set_management", "reactive", later, who=DI, reason="low")


def test_any_trigger_restores_active_management_the_same_day():
    case, later = piloted()
    case.decide("set_management", "reactive", later, who=DI)
    trigger = Running(TRIGGER, Around(around(**OURS).locals, case=lambda ref: case.state()), OM)
    trigger.do("raise_trigger", later, area="east", happened_at=later, trigger="intelligence", about="case")

    assert trigger.run("restored", later).due == local(f"{later.date() + timedelta(days=1)} 00:00")
    with pytest.raises(Refused, match="active management"):
        trigger.do("answer", later, done="visited")
    case.do("restore", later, restored_because="intelligence")
    trigger.do("answer", later, done="visited")
    assert (case.state().stage, trigger.state().stage) == ("active", "answered")
    assert case.run("next_visit", later).state == "running"


@pytest.mark.parametrize(
    ("known_by", "contact"),
    [
        ("victim or witness", False),
        ("found at a visit", True),
        ("told by the person", True),
        ("online referral", False),
    ],
)
def test_which_outcomes_need_a_visit_to_be_seen(known_by, contact):
    assert needs_contact(known_by, AT.date()) is contact


def test_nobody_untrained_owns_one_alone():
    case = Running(OFFENDER, around(**OURS), Who("new", roles=("offender-manager",), agency="force"))
    case.do(
        "register", AT, area="east", offender="p1", born_on=BORN["adult"], disposal="caution", relevant_on=AT.date()
    )

    assert TRAINED in case.state().unfit
