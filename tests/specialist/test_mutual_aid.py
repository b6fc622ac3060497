"""S3: what is asked, offered, sent and paid; hours and welfare while away; a refusal says why."""

from datetime import timedelta

import pytest

from peelian.casework import store
from peelian.core.kinds import Refused, Who
from peelian.specialist.aid_balance import balance
from peelian.specialist.mutual_aid import AID

from ..vulnerability.running import Running, around, local
from .landed import texts

AT = local("2026-03-02 10:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLANNER = Who("planner", roles=("planner",), agency="force")
INSPECTOR, HEAD = (
    Who("ins", roles=("inspector",), agency="force"),
    Who("head", roles=("superintendent",), agency="force"),
)
SET = around(
    mutual_aid__accept_within="4 hours", mutual_aid__answer_within="2 hours", mutual_aid__welfare_every="12 hours", mutual_aid__cost_within="28 days after",
    working_time__longest_duty_hours=16,
)  # fmt: skip
TERMS = {"terms": "12-hour duties, hotel, own inspector", "offered_number": 22}


def asked(**more):
    case = Running(AID, SET, PLANNER)
    given = {
        "area": "force", "direction": "given", "tier": "regional", "basis": "Police Act 1996, s.24", "other_force": "Northshire", "threat": "public disorder",
        "what": "one police support unit", "number_wanted": 22, "asked_at": AT, "needed_at": AT + 10 * HOUR, "until_at": AT + 3 * DAY,
    }  # fmt: skip
    case.do("request", AT, **(given | more))
    return case


def sent(**more):
    case = asked(**more)
    aim = case.do("set_aim", AT, aim="Hold the cordon until Wednesday")
    case.do("offer_people", AT + HOUR, who=INSPECTOR, **TERMS)
    case.do("deploy", AT + 9 * HOUR, deployed_at=AT + 9 * HOUR, deployed_number=22)
    return case, aim


def test_from_the_request_to_the_settled_cost():
    case, aim = sent()
    case.do("check_welfare", AT + 20 * HOUR, checked_at=AT + 20 * HOUR, longest_duty=13, shortest_rest=11, hurt=0)
    case.do("come_back", AT + 57 * HOUR, returned_at=AT + 57 * HOUR)
    with pytest.raises(Refused, match="scored"):
        case.do("settle", AT + 60 * HOUR, who=INSPECTOR, cost_pounds=22_000, cost_agreed="paid")
    case.do("score_aim", AT + 58 * HOUR, item=aim, result="met")
    case.do("settle", AT + 60 * HOUR, who=INSPECTOR, cost_pounds=22_000, cost_agreed="paid")

    run = case.case(AT + 60 * HOUR)
    cost = next(m for m in AID.measures if m.name == "cost_a_day")
    assert run.through == "the regional information and co-ordination centre (RICC)"
    assert cost.value(run) == pytest.approx(500)  # 22,000 pounds, 22 people, two days
    assert [case.run(c, AT + 60 * HOUR).state for c in ("aid_answered", "there_in_time", "back_due", "cost_due")] == [
        "met"
    ] * 4


def test_an_unanswered_request_is_late_and_a_late_arrival_is_seen():
    assert asked().run("aid_answered", AT + 3 * HOUR).state == "overdue"
    case = asked()
    case.do("offer_people", AT + HOUR, who=INSPECTOR, **TERMS)
    assert case.run("there_in_time", AT + HOUR).due == AT + 10 * HOUR
    assert case.run("there_in_time", AT + 11 * HOUR).state == "overdue"


@pytest.mark.parametrize(
    ("act", "who", "given", "words"),
    [
        ("offer_people", INSPECTOR, {"offered_number": 18}, "says why"),
        ("offer_people", PLANNER, {"offered_number": 22}, "inspector"),
        ("refuse_request", INSPECTOR, {"why_refused": "minimum cover"}, "superintendent"),
        ("deploy", PLANNER, {"deployed_at": AT, "deployed_number": 22}, "stage|offered|asked"),
    ],
    ids=["fewer without why", "a planner offers", "an inspector refuses", "before any offer"],
)
def test_what_is_refused(act, who, given, words):
    with pytest.raises(Refused, match=words):
        asked().do(act, AT + HOUR, who=who, **given)


def test_nobody_is_sent_without_terms_or_an_objective():
    case = asked()
    case.do("offer_people", AT + HOUR, who=INSPECTOR, offered_number=22)
    with pytest.raises(Refused, match="hours, rest"):
        case.do("deploy", AT + 2 * HOUR, deployed_at=AT + 2 * HOUR, deployed_number=22)
    with pytest.raises(Refused, match="before they are sent"):
        case.do("deploy", AT + 2 * HOUR, deployed_at=AT + 2 * HOUR, deployed_number=22, terms="agreed")


def test_welfare_is_checked_again_and_again_and_short_rest_is_told():
    case, _ = sent()
    with pytest.raises(Refused, match="at least once"):
        case.do("come_back", AT + 20 * HOUR, returned_at=AT + 20 * HOUR)
    case.do("check_welfare", AT + 20 * HOUR, checked_at=AT + 20 * HOUR, longest_duty=17, shortest_rest=8, hurt=1)

    first, second = case.runs("welfare_due", AT + 21 * HOUR)
    assert (first.state, second.due) == ("met", AT + 32 * HOUR)
    rest, duty = case.case(AT + 21 * HOUR).warnings
    assert ("less than 11" in rest, "longer than 16" in duty) == (
        True,
        True,
    )  # Working Time Regulations 1998, reg 10(1)
    rested = next(m for m in AID.measures if m.name == "rested")
    assert not rested.hit(case.case(AT + 21 * HOUR).welfare[0])


def test_after_eight_weeks_it_is_a_secondment_and_nobodys_lateness():
    case, _ = sent(until_at=AT + 70 * DAY)

    run = case.run("secondment", AT + 9 * HOUR)

    assert (run.due, run.evidence) == (
        local("2026-04-28 00:00"),
        "stored",
    )  # eight weeks after 2 March ends on 27 April
    assert not next(c for c in AID.clocks if c.name == "secondment").duty


def test_times_stand_in_order():
    with pytest.raises(Refused, match="ends after it is needed"):
        asked(until_at=AT + HOUR)


def test_the_balance_counts_what_was_given_and_asked(staff):
    planner, sgt, head = staff["planner"], staff["sgt"], staff["head"]

    def asked_of(way, at=AT):
        return store.open_case("mutual_aid", "request", {
            "area": "force", "direction": way, "tier": "national", "basis": "Police Act 1996, s.24", "other_force": "Northshire", "threat": "public disorder",
            "what": "one police support unit", "number_wanted": 22, "asked_at": at, "needed_at": at + 10 * HOUR, "until_at": at + 3 * DAY,
        }, actor=planner, at=at).ref  # fmt: skip

    refused, sent = asked_of("given"), asked_of("given")
    asked_of("asked for")
    store.do(refused, "refuse_request", {"why_refused": "least cover"}, actor=head, at=AT)
    store.do(sent, "set_aim", {"aim": "hold"}, actor=planner, at=AT)
    store.do(sent, "offer_people", TERMS | {"offered_number": 20, "why_fewer": "sickness"}, actor=head, at=AT)
    store.do(sent, "deploy", {"deployed_at": AT + HOUR, "deployed_number": 18}, actor=planner, at=AT + HOUR)
    store.do(
        sent,
        "check_welfare",
        {"checked_at": AT + 2 * HOUR, "longest_duty": 10, "shortest_rest": 9, "hurt": 0},
        actor=planner,
        at=AT + 2 * HOUR,
    )

    told = balance(actor=sgt, at=AT + DAY)

    given_, asked_for = told.sections[0].blocks[0].rows
    assert given_[:6] == ("Given to other forces", 2, 1, 44, 20, 18)
    assert asked_for[:6] == ("Asked of other forces", 1, 0, 22, 0, 0)
    assert "18 people are away; deployments: 1" in texts(told)
    assert "least cover" in texts(told) and "less than 11" in texts(told)
