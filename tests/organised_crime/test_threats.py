"""O2: the open score, the way and clocks of a referral by the law of the day, local tools' floors, and support that is voluntary."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.core.kinds import Refused, Who
from peelian.organised_crime.threats import AT_RISK, EXPLOITED, THREAT
from peelian.organised_crime.threats_rules import CSE as CSE_TABLE
from peelian.organised_crime.threats_rules import HARMS, NRM

from ..vulnerability.running import Running, around, local

OURS = {
    "threats__accept_within": "24 hours", "threats__assess_within": "7 days after", "threats__review_every": "28 days after", "threats__high_from": 45,
    "threats__medium_from": 20, "exploitation__refer_within": "24 hours", "exploitation__chase_within": "7 days after",
    "exploitation__crime_within": "24 hours", "drawn_in__offer_within": "7 days after", "drawn_in__start_within": "14 days after",
    "drawn_in__outcome_within": "6 months after", "drawn_in__support_within": "5 working days after",
}  # fmt: skip
AT = local("2026-03-02 10:00")
DC = Who("dc", roles=("investigator",), agency="force")
DI = Who("di", roles=("inspector",), agency="force")


def threat(**scores):
    case = Running(THREAT, around(**OURS), DC)
    case.do(
        "register",
        AT,
        area="east",
        type="county lines",
        title="A line from the city",
        known_from="calls, school",
        **scores,
    )
    return case


# The worked example of the standard (organised-crime-groups.md, section 3): harm 3+2+2+3+1=11; likelihood 3x1.2+1=4.6; risk 50.6; confidence medium.
WORKED = {
    "physical": 3,
    "psychological": 2,
    "financial": 2,
    "community": 3,
    "scope": 1,
    "frequency": 3,
    "trend": "rising",
    "victims": 1,
    "confidence": "medium",
}


def test_the_worked_example_of_the_open_matrix():
    case = threat(**WORKED)

    proposed = case.propose("prioritise", AT).proposal

    assert case.case(AT).open_risk == 50.6
    assert (proposed.outcome, proposed.reason) == ("high", "risk 50.6, confidence medium")
    assert "no national standard" in proposed.source


@given(
    harms=st.tuples(*[st.integers(0, 4)] * 5),
    often=st.integers(1, 4),
    trend=st.sampled_from(["falling", "steady", "rising"]),
    victims=st.integers(0, 2),
)
@settings(max_examples=40, deadline=None)
def test_more_harm_never_lowers_the_score(harms, often, trend, victims):
    told = dict(zip(HARMS, harms, strict=True)) | {"frequency": often, "trend": trend, "victims": victims}
    more = told | {"physical": min(4, told["physical"] + 1)}

    low, high = (threat(**each).case(AT).open_risk for each in (told, more))

    assert 0 <= low <= high <= 136


def test_a_score_out_of_range_is_refused_and_the_official_one_stands_beside():
    with pytest.raises(Refused, match="from 0 to 4"):
        threat(**WORKED | {"physical": 5})

    said = threat(**WORKED, official_score=31.0, official_tool="MoRiLE 2").propose("prioritise", AT).proposal
    assert "official score 31 by MoRiLE 2" in said.reason


def test_four_ps_are_counted_and_an_action_has_its_day():
    case = threat(**WORKED)
    for p in ("pursue", "prevent", "prevent"):
        case.do("plan", AT, p=p, action="x", lead="council", agreed_at=AT, due_on=local("2026-03-12 00:00").date())

    assert case.case(AT).ps_covered == 2
    assert {run.due for run in case.runs("action_due", AT)} == {local("2026-03-13 00:00")}


def exploited(at=AT, **facts):
    case = Running(EXPLOITED, around(**OURS), DC)
    case.do(
        "see_signs",
        at,
        **({"found_at": at, "area": "east", "type": "sexual", "signs_seen": "a second phone", "child": False} | facts),
    )
    return case


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({"child": True}, "refer"),
        ({"child": True, "consent": "not given"}, "refer"),
        ({"consent": "given"}, "refer"),
        ({"consent": "not given"}, "notify"),
    ],
    ids=["child", "child who says no", "adult who agrees", "adult who does not"],
)
def test_the_way_of_a_referral(facts, way):
    case = exploited(**facts)
    other = "notify" if way == "refer" else "refer"

    assert case.propose("choose_way", AT).proposal.outcome == way
    with pytest.raises(Refused):
        case.decide("choose_way", other, AT, reason="rather so")


def referred(sent, decided=None, reasonable="positive"):
    case = exploited(sent, child=True)
    case.decide("choose_way", "refer", sent)
    case.do("send", sent, referred_at=sent)
    if decided:
        case.do("reasonable_grounds", decided, reasonable=reasonable, reasonable_at=decided)
    return case


# Oracle, typed from exploitation-modern-slavery.md, section 2, and its table of clocks.
def test_the_first_decision_falls_due_after_the_bank_holidays():
    run = referred(local("2025-12-22 10:00")).run("first_decision", local("2025-12-23 10:00"))

    assert run.due == local("2026-01-01 00:00")  # the last good day is Wednesday 31 December 2025
    assert (run.duty, run.evidence) == (False, "stored")


@pytest.mark.parametrize(("decided", "days"), [("2022-12-12 09:00", 45), ("2022-12-13 09:00", 30)])
def test_the_recovery_period_by_the_day_of_the_decision(decided, days):
    at = local(decided)

    run = referred(at - timedelta(days=3), at).run("recovery", at)

    assert (run.limit, run.evidence) == (f"{days} days after", "stored")


def test_no_recovery_after_a_negative_decision_and_no_limit_for_the_last_one():
    at = local("2026-03-09 10:00")

    assert referred(AT, at, "negative").run("recovery", at).state == "none"
    run = referred(AT, at).run("last_decision", at)
    assert (run.state, run.due) == ("none", None)
    assert "balance of probabilities" in run.reason


@pytest.mark.parametrize(("on", "due"), [("2017-05-02 10:00", True), ("2023-05-02 10:00", False)])
def test_the_older_review_of_progress_holds_in_its_years_alone(on, due):
    at = local(on)

    assert (referred(at, at).run("progress", at).due is not None) is due


# The test of the first decision: 2009 "may be"; 30 January 2023 objective evidence; July 2023 that demand withdrawn.
@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2022-06-01 10:00", "may"),
        ("2023-02-01 10:00", "objective evidence"),
        ("2024-02-01 10:00", "reasonable grounds to believe"),
    ],
)
def test_what_the_first_decision_asks(on, words):
    at = local(on)

    assert words in referred(at).state().facts["test"]


# cse_grading_rules.csv
CSE = """
low     Croydon 2016            | low indicators              | 0
medium  Croydon 2016            | low indicators              | 1
medium  Croydon 2016            | medium indicators           | 0
high    Croydon 2016            | high indicators             | 1
low     Kent and Medway v6 2017 | being targeted or groomed   | 1
medium  Kent and Medway v6 2017 | opportunistic exchange      | 0
high    Kent and Medway v6 2017 | habitual, coercion implicit | 0
"""


@pytest.mark.parametrize("on", ["2016-10-03 10:00", "2026-03-02 10:00"])
@pytest.mark.parametrize("signs", ["low", "medium", "high"])
def test_the_tool_that_counts_indicators_is_reviewed_six_weekly_and_has_a_floor(signs, on):
    found = CSE_TABLE.look(on=local(on).date(), tool="Croydon 2016", signs=f"{signs} indicators")
    assert (found["grade"], found["floor"], found["review"], found.evidence) == (signs, True, "6 weeks after", "stored")


# nrm_clocks.csv, typed by hand.
NRM_TABLE = """
2015-06-01  reasonable grounds  5 working days after
2015-06-01  recovery            45 days after
2017-06-01  reasonable grounds  5 working days after
2017-06-01  recovery            45 days after
2017-06-01  progress review     30 days after
2021-06-01  reasonable grounds  5 working days after
2021-06-01  recovery            45 days after
2026-06-01  reasonable grounds  5 working days after
2026-06-01  recovery            30 days after
"""


@pytest.mark.parametrize("row", NRM_TABLE.strip().splitlines())
def test_the_limits_of_the_referral_mechanism_are_those_of_their_day(row):
    day, step, limit = row[:10], row[12:32].strip(), row[32:]
    assert str(NRM.look(on=local(f"{day} 12:00").date(), step=step)["limit"]) == limit


@pytest.mark.parametrize("row", CSE.strip().splitlines())
def test_local_tools_and_their_floor(row):
    grade, rest = row.split(maxsplit=1)
    tool, signs, under = (part.strip() for part in rest.split("|"))
    case = exploited(child=True, under_13=under == "1", learning_disability=False)
    case.do("note", AT, tool=tool, signs=signs)

    assert case.propose("grade_cse", AT).proposal.outcome == grade


def test_the_tool_that_states_six_weeks_is_reviewed_in_six_weeks():
    case = exploited(child=True, under_13=False, learning_disability=True)
    case.do("note", AT, tool="Croydon 2016", signs="medium indicators", significant_harm=True)
    assert "section 47" in case.propose("grade_cse", AT).proposal.reason
    case.decide("grade_cse", "medium", AT)

    assert case.run("cse_review", AT).due == local("2026-04-14 00:00")


def drawn_in():
    case = Running(AT_RISK, around(**OURS), DC)
    case.do(
        "raise_concern",
        AT,
        seen_at=AT,
        area="east",
        from_agency="school",
        drawn_to="county lines",
        concern="new shoes, new friends",
        child=True,
    )
    case.decide("decide_offer", "offer", AT)
    return case


def test_support_is_offered_safely_and_taken_up_by_agreement_alone():
    case = drawn_in()
    with pytest.raises(Refused, match="Safe way"):
        case.do("offer", AT, offered_at=AT)
    case.do("note", AT, safe_contact="by the form teacher")
    case.do("offer", AT, offered_at=AT)
    with pytest.raises(Refused, match="voluntary"):
        case.do("take_up", AT, consent="not given", taken_at=AT, provider="youth service")

    case.do("say_no", AT, consent="not given", why_not="not now")

    assert case.state().stage == "declined"


def test_what_came_of_it_is_due_six_months_after_support_began():
    case = drawn_in()
    case.do("note", AT, safe_contact="by the form teacher")
    case.do("offer", AT, offered_at=AT)
    case.do("take_up", AT, consent="given", taken_at=AT, provider="youth service")

    assert case.run("outcome_due", AT).due == local("2026-09-03 00:00")


def test_each_step_of_a_referral_has_its_clock():
    case, day = exploited(child=True), timedelta(days=1)
    assert case.run("sent_in_time", AT).due == AT + day
    case.decide("choose_way", "refer", AT)
    case.do("send", AT + day / 2, referred_at=AT + day / 2)
    assert case.run("crime_recorded", AT + day / 2).due == AT + 1.5 * day
    assert case.run("next_chase", AT + day / 2).due == local("2026-03-10 00:00")  # seven days after 2 March
    case.do("record_crime", AT + day, crime="C1")
    case.do("chase", AT + 3 * day, chased="with a caseworker")
    assert case.run("next_chase", AT + 3 * day).due == local("2026-03-13 00:00")
    assert [case.run(name, AT + 9 * day).state for name in ("sent_in_time", "crime_recorded")] == ["met"] * 2


def test_a_threat_is_assessed_and_support_offered_and_begun_in_time():
    case = threat(**WORKED)
    assert case.run("assessed_due", AT).due == local("2026-03-10 00:00")
    case.decide("prioritise", "high", AT)
    assert (case.run("assessed_due", AT).state, case.run("review_due", AT).due) == ("met", local("2026-03-31 00:00"))

    case = drawn_in()
    assert case.run("offered_in_time", AT).due == local("2026-03-10 00:00")
    case.do("note", AT, safe_contact="by the form teacher")
    case.do("offer", AT, offered_at=AT)
    assert (case.run("offered_in_time", AT).state, case.run("begun_in_time", AT).due) == (
        "met",
        local("2026-03-17 00:00"),
    )
    case.do("take_up", AT, consent="given", taken_at=AT, provider="youth service")
    assert case.run("begun_in_time", AT).state == "met"
