"""I4: every right of the Code that has a time is a clock with its reason; statement, opt-outs, and what the victim says."""

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.core.clock import london_day
from peelian.core.kinds import Refused, Who
from peelian.core.kinds.measures import rows
from peelian.investigation.victims import CODE, VICTIM
from peelian.investigation.victims_facts import Crime, Event

from ..vulnerability.running import Running, around, local

OURS = {
    "victims__accept_within": "24 hours", "victims__rights_within": "2 working days after", "victims__statement_within": "5 working days after",
    "victims__statement_again": "28 days after", "victims__ask_within": "28 days after",
}  # fmt: skip
AT = local("2026-04-01 10:00")
DAY = timedelta(days=1)
PC = Who("pc", roles=("investigator",), agency="force")
OTHER = Who("other", roles=("investigator",), agency="force")
SERGEANT = Who("sergeant", roles=("supervisor",), agency="force")
NOTHING = {"born_on": "1980-01-01", "bereaved": False, "targeted": False, "impaired": False, "intimidated": False}


def victim(*, reported_on="2026-04-01", at=AT, **facts):
    case = Running(VICTIM, around(**OURS), PC)
    told = {
        "reported_on": reported_on,
        "area": "east",
        "crime_type": "other",
        **NOTHING,
        "safe_contact": "by text, not at home",
    } | facts
    case.do("open_rights", at, **{k: v for k, v in told.items() if v is not None})
    return case


def happened(event, group, *, reported_on="2026-04-01", at=AT):
    case = victim(reported_on=reported_on, at=at)
    case.decide("set_rights", group, at, reason="as the table needs")
    return case, case.do("note_event", at, event=event, happened_at=at)


# victims_code_timescales.csv, typed by hand: version, event, working days standard / enhanced (- for no figure), evidence.
CODE_ROWS = """
2021|report|-|-|stored
2021|referral to a victim service|2|2|stored
2021|decision not to investigate|5|1|stored
2021|arrest|5|1|stored
2021|interview under caution|5|1|stored
2021|release without charge|5|1|stored
2021|bail or release under investigation, or a change of it|5|1|stored
2021|decision to charge, or not, or to settle out of court|5|1|general
2021|charge stopped or altered|5|1|general
2021|hearing date|1|1|stored
2021|trial date|1|1|stored
2021|result of a bail hearing|5|1|stored
2021|arrest warrant, or what came of it|5|1|stored
2021|needed to give evidence|1|1|stored
2021|court told of the hearing|5|5|secondary
2021|result of the trial, or sentence|1|1|stored
2021|court told of the result|5|5|secondary
2021|appeal|1|1|general
2021|expenses claimed|10|10|general
2021|sentence of 12 months or more for a violent or sexual offence|20|20|general
2021|complaint|10|10|general
2021|review asked for: acknowledge|10|10|stored
2021|review asked for: decide|30|30|stored
2015|referral to a victim service|2|2|general
2015|decision not to investigate|5|5|general
2015|arrest|5|1|general
2015|interview under caution|5|1|general
2015|release without charge|5|1|general
2015|bail or release under investigation, or a change of it|5|1|general
2015|result of a bail hearing|5|1|general
2015|needed to give evidence|5|1|general
2015|decision to charge, or not, or to settle out of court|5|1|general
2015|charge stopped or altered|5|1|general
2015|hearing date|5|1|general
2015|trial date|1|1|general
2015|result of the trial, or sentence|1|1|general
2015|court told of the result|1|1|general
2015|expenses claimed|10|10|general
2015|complaint|10|10|general
2015|review asked for: acknowledge|10|10|stored
2015|review asked for: decide|30|30|stored
"""
REPORTED = {"2021": "2026-04-01", "2015": "2021-03-31"}


@pytest.mark.parametrize("row", CODE_ROWS.strip().splitlines())
def test_each_right_runs_as_the_code_says(row):
    version, event, standard, enhanced, evidence = row.split("|")
    for group, days in (("standard", standard), ("enhanced", enhanced)):
        found = CODE.look(on=date.fromisoformat(REPORTED[version]), event=event, group=group)
        if days == "-":
            assert "no figure" in found.why_not
        else:
            assert str(found["limit"]).replace("days", "day") == f"{days} working day after"
            assert found.evidence == evidence


def test_no_event_is_without_a_row():
    for event in get_args(Event):
        for group in ("standard", "enhanced"):
            for day in REPORTED.values():
                CODE.look(on=date.fromisoformat(day), event=event, group=group)


# victims-code.md: arrest on Wednesday 1 April 2026, Good Friday and Easter Monday between: standard Friday 10 April, enhanced Thursday 2 April.
@pytest.mark.parametrize(("group", "last"), [("standard", date(2026, 4, 10)), ("enhanced", date(2026, 4, 2))])
def test_the_worked_example(group, last):
    case, _ = happened("arrest", group)

    run = case.run("told_in_time", AT)

    assert london_day(run.due) - DAY == last
    assert f"{group} rights; reported on 1 April 2026" in run.reason


def test_an_arrest_of_april_2021_on_a_report_of_march_keeps_the_code_of_2015():
    case, _ = happened(
        "decision not to investigate", "enhanced", reported_on="2021-03-31", at=local("2021-04-12 09:00")
    )

    run = case.run("told_in_time", local("2021-04-12 09:00"))

    assert run.limit == "5 working days after"
    assert "2015" in run.source


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(get_args(Event)), st.dates(date(2021, 4, 1), date(2027, 6, 30)))
def test_enhanced_rights_are_never_slower_and_no_last_day_is_a_day_off(event, day):
    at = datetime.combine(day, time(10), UTC)
    dues = [
        happened(event, group, reported_on=day.isoformat(), at=at)[0].run("told_in_time", at).due
        for group in ("standard", "enhanced")
    ]

    if dues[0] is not None:
        assert dues[1] <= dues[0]
        assert all((london_day(due) - DAY).weekday() < 5 for due in dues)


# victims-code.md: the groups that have enhanced rights.
GROUPS = [{"crime_type": c} for c in get_args(Crime) if c != "other"]
GROUPS += [{"bereaved": True}, {"targeted": True}, {"impaired": True}, {"intimidated": True}, {"born_on": "2008-04-02"}]


@pytest.mark.parametrize("facts", GROUPS, ids=str)
def test_the_groups_of_the_code_have_enhanced_rights(facts):
    assert victim(**facts).propose("set_rights", AT).proposal.outcome == "enhanced"


def test_the_day_they_turn_18_a_victim_is_of_age_and_none_of_the_groups_is_standard():
    assert victim(born_on="2008-04-01").propose("set_rights", AT).proposal.outcome == "standard"


@pytest.mark.parametrize("need", list(NOTHING))
def test_a_need_that_nobody_asked_about_is_not_taken_for_none(need):
    assert victim(**{need: None}).propose("set_rights", AT).proposal is None


def test_before_rights_are_decided_the_clock_says_what_it_needs():
    case = victim()
    case.do("note_event", AT, event="arrest", happened_at=AT)

    assert case.run("told_in_time", AT).state == "unset"


def test_news_counts_when_it_reaches_the_victim_in_the_safe_way():
    case, row = happened("arrest", "standard")
    case.do("try_contact", AT, tried_at=AT, channel="telephone", result="message left")
    assert case.run("told_in_time", AT + 10 * DAY).state == "overdue"
    told = {"told_at": AT + DAY, "channel": "telephone", "reasons_given": True}
    with pytest.raises(Refused, match="way that is safe"):
        case.do("tell", AT + DAY, item=row, by_safe_way=False, **told)
    case.do("tell", AT + DAY, item=row, by_safe_way=True, **told)

    assert case.run("told_in_time", AT + 10 * DAY).state == "met"


def test_nobody_is_contacted_before_a_safe_way_is_known():
    case = victim(safe_contact=None)
    with pytest.raises(Refused, match="Safe way"):
        case.do("try_contact", AT, tried_at=AT, channel="telephone", result="reached")


def test_a_victim_may_opt_out_of_one_thing_and_take_it_back():
    case, _ = happened("hearing date", "standard")
    row = case.do("opt_out", AT, event_not_wanted="hearing date", said_at=AT)
    run = case.run("told_in_time", AT)
    assert (run.state, "does not want to be told" in run.reason) == ("none", True)
    assert case.case(AT).not_wanted == "hearing date"

    case.do("opt_in", AT + timedelta(hours=1), item=row, taken_back_at=AT + timedelta(hours=1))
    assert london_day(case.run("told_in_time", AT + timedelta(hours=1)).due) - DAY == date(2026, 4, 2)
    case.do("note_event", AT, event="arrest", happened_at=AT)
    assert case.runs("told_in_time", AT)[-1].state == "running"


# victims-code.md: outside the police right to review.
OUTSIDE = [
    "no suspect identified and interviewed",
    "some charges brought",
    "a different charge brought",
    "settled out of court",
    "the victim withdrew",
]


@pytest.mark.parametrize("why", OUTSIDE)
def test_outside_the_right_to_review_no_time_runs_for_one(why):
    case, row = happened("decision to charge, or not, or to settle out of court", "standard")
    told = {"told_at": AT, "channel": "letter", "by_safe_way": True, "reasons_given": True}
    case.do("tell", AT, item=row, no_review_because=why, **told)

    assert case.run("review_window", AT).state == "none"
    with pytest.raises(Refused, match="may be reviewed at the victim's request"):
        case.do("ask_review", AT, item=row, review_asked_at=AT)


def test_a_review_is_acknowledged_in_10_working_days_and_decided_in_30():
    """Asked for on Wednesday 1 April 2026; Good Friday, Easter Monday and the Mondays 4 and 25 May are no working days."""
    case, row = happened("decision to charge, or not, or to settle out of court", "enhanced")
    case.do("tell", AT, item=row, told_at=AT, channel="letter", by_safe_way=True, reasons_given=True)
    with pytest.raises(Refused, match="not known yet: When did the victim ask"):
        case.do("acknowledge_review", AT, item=row, acknowledged_at=AT)
    case.do("ask_review", AT, item=row, review_asked_at=AT)

    dues = [london_day(case.run(clock, AT).due) - DAY for clock in ("review_acknowledged", "review_decided")]
    assert dues == [date(2026, 4, 17), date(2026, 5, 18)]
    case.do("acknowledge_review", AT + DAY, item=row, acknowledged_at=AT + DAY)
    assert [case.run(c, AT + 2 * DAY).state for c in ("review_acknowledged", "review_decided")] == ["met", "running"]
    case.do("decide_review", AT + 2 * DAY, item=row, review_decided_at=AT + 2 * DAY, review_result="decision stands")
    assert case.run("review_decided", AT + 2 * DAY).state == "met"


def test_the_victim_may_ask_for_a_review_within_three_months_of_being_told():
    case, row = happened("decision to charge, or not, or to settle out of court", "standard")
    case.do("tell", AT, item=row, told_at=AT, channel="letter", by_safe_way=True, reasons_given=True)

    run = case.run("review_window", AT)

    assert london_day(run.due) - DAY == date(2026, 7, 1)
    assert run.duty is False
    _, arrest = happened("arrest", "standard")
    with pytest.raises(Refused, match="Only a decision not to charge"):
        happened("arrest", "standard")[0].do("ask_review", AT, item=arrest, review_asked_at=AT)


def test_a_statement_declined_is_offered_again_and_one_taken_is_used():
    case = victim()
    case.do("offer_statement", AT, offered_at=AT, statement="declined", declined_why="too early")
    assert london_day(case.run("statement_asked_again", AT).due) - DAY == date(2026, 4, 29)
    case.do("offer_statement", AT + 20 * DAY, offered_at=AT + 20 * DAY, statement="wanted now")
    assert case.run("statement_asked_again", AT + 20 * DAY).state == "none"
    with pytest.raises(Refused, match="not known yet: Statement taken"):
        case.do("send_statement", AT + 20 * DAY, sent_at=AT + 20 * DAY)
    case.do(
        "take_statement",
        AT + 21 * DAY,
        taken_at=AT + 21 * DAY,
        made_by="victim",
        to_be="read by the victim",
        copy_given=True,
    )
    case.do("send_statement", AT + 22 * DAY, sent_at=AT + 22 * DAY)
    case.do("use_statement", AT + 90 * DAY, used="read or played in court")

    found = {
        r.measure: r.hit
        for r in rows(case.state(), [], around=case.around)
        if r.measure.startswith(("offered_s", "statement_"))
    }
    assert found == dict.fromkeys(
        ("offered_statement", "statement_taken", "statement_reaches_prosecutor", "statement_used"), True
    )


def test_no_statement_is_taken_after_sentence():
    case, _ = happened("result of the trial, or sentence", "standard")
    with pytest.raises(Refused, match="before sentence"):
        case.do("take_statement", AT + DAY, taken_at=AT + DAY, made_by="victim", to_be="not read out")


GOOD = {"understood": "yes", "useful": "yes", "respected": "yes", "knows_next": "yes"}


def test_quality_is_what_the_victim_says_and_not_asked_by_the_owner():
    case = victim()
    told = {"asked_at": AT + DAY, "asked_by": "another team"}
    with pytest.raises(Refused, match="does not own"):
        case.do("ask_victim", AT + DAY, **told, **GOOD)
    case.do("ask_victim", AT + DAY, who=OTHER, **told, **GOOD)
    case.do("ask_victim", AT + 2 * DAY, who=OTHER, **told, **(GOOD | {"useful": "in part"}))

    assert [r.hit for r in rows(case.state(), [], around=case.around) if r.measure == "contact_good"] == [True, False]


def test_a_case_closes_when_everything_was_told_and_the_statement_settled():
    case, row = happened("arrest", "standard")
    case.do("offer_statement", AT, offered_at=AT, statement="declined")
    with pytest.raises(Refused, match="Every event is told"):
        case.do("close_rights", AT, who=SERGEANT)
    case.do("tell", AT, item=row, told_at=AT, channel="text", by_safe_way=True, reasons_given=True)
    case.do("close_rights", AT, who=SERGEANT)
