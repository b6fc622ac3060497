"""O7: tests of the Act proposed, lengths as the law has them, failures by limb, and where applications fail."""

from datetime import date, timedelta

import pytest

from peelian.core.kinds import Case, Item, Refused, Who
from peelian.organised_crime.disruption import PLAN
from peelian.organised_crime.held import counted
from peelian.organised_crime.prevention_orders import ORDER
from peelian.organised_crime.prevention_orders_found import in_custody
from peelian.organised_crime.prevention_orders_rules import TERMS
from peelian.organised_crime.prevention_orders_study import document, early_and_late, failures, gates, granted_by

from ..vulnerability.running import Running, around, local

OURS = {
    "orders__accept_within": "24 hours", "orders__draft_within": "14 days after", "orders__prosecutor_within": "10 working days after",
    "orders__apply_within": "28 days after", "orders__serve_within": "5 working days after", "orders__check_every": "28 days after",
    "orders__act_on_breach_within": "24 hours", "orders__months_before_end": 6,
}  # fmt: skip
AT = local("2025-03-03 10:00")
DC = Who("dc", roles=("investigator",), agency="force")
MET = {
    "age": 34,
    "convicted": True,
    "involved": True,
    "court": "Crown Court",
    "risk": "ran the line from prison",
    "protects": "one phone, no cash",
}


def considered(order="SCPO", at=AT, **facts):
    case = Running(ORDER, around(**OURS), DC)
    told = {"considered_at": at, "area": "east", "team": "serious crime", "order": order}
    case.do("consider", at, **(told | MET | facts))
    return case


def with_prosecutor(**facts):
    case = considered(**facts)
    case.decide("seek", "sought", AT, reason="sought")
    case.do(
        "draft_condition",
        AT,
        about="communication and association",
        text="one telephone, named to police",
        because="lines are run by phone",
    )
    case.do("send", AT, court="Crown Court", sentence_on=local("2025-03-31 00:00").date())
    return case


def applied(**facts):
    case = with_prosecutor(**facts)
    item = case.ask("prosecutor", "cps", AT)
    case.answer(item, AT, applies=True)
    case.do("apply", AT, hearing_on=local("2025-03-31 00:00").date())
    return case


# civil-orders-scpo.md, section 1: test A by court, the age, and both tests met.
@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        ({}, "sought", "convicted of a serious offence"),
        ({"convicted": False}, "not_sought", "test A"),
        ({"convicted": False, "court": "High Court"}, "sought", "involved in serious crime"),
        ({"involved": False, "court": "High Court"}, "not_sought", "test A"),
        ({"age": 17}, "not_sought", "under 18"),
        ({"order": "interim SCPO"}, "not_sought", "2025 c.31"),
        ({"order": "gang injunction", "age": 14}, "sought", "Policing and Crime Act 2009"),
    ],
    ids=[
        "both",
        "crown unconvicted",
        "high court",
        "high court not involved",
        "under 18",
        "no interim yet",
        "other order",
    ],
)
def test_whether_it_is_sought(facts, outcome, words):
    proposed = considered(**facts).propose("seek", AT).proposal

    assert (proposed.outcome, words in proposed.reason) == (outcome, True)


def test_nobody_under_18_has_a_serious_crime_prevention_order():
    with pytest.raises(Refused, match="age from which the law allows"):
        considered(age=17).decide("seek", "sought", AT, reason="all the same")


# ancillary_orders.csv: months; an unverified row is marked so.
ORACLE = """
SCPO            18  0   60  stored
STRO            0   24  0   stored
STPO            0   60  0   general
gang injunction 14  0   24  general
SHPO            0   60  0   general
sexual risk order         0   24  0   general
closure order             0   0   6   general
criminal behaviour order  10  24  0   general
stalking protection order 0   24  0   general
"""


@pytest.mark.parametrize("row", ORACLE.strip().splitlines())
def test_ages_and_lengths_are_those_of_the_table(row):
    *order, age, least, most, evidence = row.split()

    for day in (AT.date(), date(2026, 3, 2)):  # before and after the Act of 2025
        found = TERMS.look(on=day, order=" ".join(order))

        assert (found["min_age"], found["min_months"], found["max_months"], found.evidence) == (
            int(age),
            int(least),
            int(most),
            evidence,
        )


def test_the_interim_order_came_with_the_act_of_2025():
    assert "2025" in TERMS.look(on=date(2025, 12, 1), order="interim SCPO").why_not
    found = TERMS.look(on=date(2025, 12, 2), order="interim SCPO")
    assert (found["min_age"], found.evidence) == (18, "stored")


def test_five_years_from_1_june_end_with_31_may_and_are_looked_at_six_months_before():
    case = applied()
    case.do("grant", local("2025-06-01 12:00"), in_force_on="2025-06-01", term_months=60)

    assert case.run("expiry", AT).due == local("2030-06-01 00:00")  # the last day is 31 May 2030
    assert not case.run("expiry", AT).duty
    assert case.run("end_looked_at", AT).due == local("2029-12-01 00:00")  # four years and six months


@pytest.mark.parametrize(
    "term", [{"term_months": 61}, {"further_order": True}, {}, {"term_months": 12, "further_order": True}]
)
def test_a_length_that_the_act_does_not_know_is_refused(term):
    with pytest.raises(Refused):
        applied().do("grant", local("2025-06-01 12:00"), in_force_on="2025-06-01", **term)


def test_a_refusal_stands_under_its_limb_with_further_reasons():
    case = applied()
    case.do("add_reason", AT, why_code="conditions not precise")
    case.do("refuse", AT, code="no real risk of further involvement", said="a long sentence")

    state = case.state()

    assert state.facts["limb"] == "test B: would protect the public (ss.1 and 19)"
    assert [row.facts["of_limb"] for row in state.live("further_reasons")] == [
        "conditions: appropriate for that purpose (ss.1, 5 and 19)"
    ]


def test_nothing_goes_to_court_before_the_prosecutor_answered():
    with pytest.raises(Refused, match="prosecutor has answered"):
        with_prosecutor().do("apply", AT, hearing_on="2025-03-31")


def test_what_comes_after_sentence_is_warned_of():
    case = with_prosecutor()

    assert case.case(AT).warnings == ""
    assert "day of sentence has come" in case.case(local("2025-03-31 09:00")).warnings


def test_a_breach_has_its_clock():
    case = applied()
    case.do("grant", local("2025-06-01 12:00"), in_force_on="2025-06-01", term_months=24)
    at = local("2025-07-01 10:00")
    item = case.do("breach", at, happened_at=at, of_condition="one telephone")
    assert case.run("breach_acted_on", at).due == local("2025-07-02 10:00")

    case.do("act_on_breach", at, item=item, charged=True, result="charged")

    assert case.run("breach_acted_on", at).state == "met"


def decided(granted, days_before, limb="no real risk of further involvement", team="serious crime"):
    """An order that a court decided, sent to the prosecutor so many days before sentence."""
    case = considered(team=team)
    case.decide("seek", "sought", AT, reason="sought")
    case.do("draft_condition", AT, about="travel", text="x", because="y")
    case.do("send", AT, court="Crown Court", sentence_on=(AT + timedelta(days=days_before)).date())
    case.answer(case.ask("prosecutor", "cps", AT), AT, applies=True)
    case.do("apply", AT, hearing_on="2025-05-01")
    if granted:
        case.do("grant", AT + timedelta(days=1), in_force_on="2025-06-01", term_months=60)
    else:
        case.do("refuse", AT, code=limb, said="x")
    return case.case(AT)


def test_where_they_fail_by_gate_limb_team_and_time():
    orders = (
        [decided(True, 60) for _ in range(5)]
        + [decided(False, 60)]
        + [decided(True, 5)]
        + [decided(False, 5, team="proactive") for _ in range(5)]
    )

    assert [n for _, n in gates(orders)] == [12, 12, 12, 12, 6]
    assert failures(orders) == {"test B: would protect the public (ss.1 and 19)": 6}
    assert granted_by(orders, lambda o: o.team) == {"proactive": (0, 5), "serious crime": (6, 7)}
    middle, table, p = early_and_late(orders)
    assert (middle, table) == (32.5, [[5, 1], [1, 5]])
    assert round(p, 4) == 0.0801  # 2 * 37 / 924: the tables at least as extreme, by hand


def test_a_late_order_that_is_withdrawn_after_it_was_sent_counts_as_not_granted():
    late = considered(team="proactive")
    late.decide("seek", "sought", AT, reason="sought")
    late.do("draft_condition", AT, about="travel", text="x", because="y")
    late.do("send", AT, court="Crown Court", sentence_on=(AT + timedelta(days=2)).date())
    late.do("withdraw_it", AT, code="sent to the prosecutor too late", said="x")
    never_sent = considered(team="proactive")
    never_sent.do("withdraw_it", AT, code="other", said="x")
    orders = [decided(True, 60), decided(True, 60), decided(True, 30), late.case(AT), never_sent.case(AT)]

    middle, table, _ = early_and_late(orders)
    assert (middle, table) == (45.0, [[2, 0], [1, 1]])


def test_the_study_says_when_there_is_too_little():
    words = " | ".join(document([decided(True, 60), decided(False, 5)], AT).texts())

    assert "not enough data" in words
    assert "50% (6 to 94)" in words  # Jeffreys, 1 of 2: beta(1.5, 1.5)
    assert "Does it help to be early" not in words


# Wilson and Jeffreys as R's binom package prints them for 10 of 10, 20 of 100.
@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),
    [(1, 10, 0.011, 0.381), (10, 10, 0.783, 1.0), (20, 100, 0.133, 0.289)],
    ids=["jeffreys", "all", "wilson"],
)
def test_intervals(hits, rows, low, high):
    found = counted(hits, rows)

    assert (round(found.low, 3), round(found.high, 3)) == (low, high)


def test_somebody_in_custody_is_found_once_nobody_considered_an_order():
    plan = Running(PLAN, around(), DC)
    state = plan.state()
    state.facts.update(plan_group="G1", area="east")
    told = (("P1", "custody", "2025-09-01", None), ("P2", "custody", "2025-05-01", None), ("P3", "licence", "2025-05-01", None), ("P4", "custody", "2025-02-01", None),
            ("P5", "custody", "2025-05-01", "licence"), ("P6", "custody", "2025-05-01", None))  # fmt: skip
    for n, (person, standing, until, after) in enumerate(told, 1):
        facts = {"person": person, "standing": standing, "until_on": date.fromisoformat(until)} | (
            {"next_step": after} if after else {}
        )
        state.items[f"i{n}"] = Item("standings", f"i{n}", n, AT, AT, "dc", facts=facts)

    found = in_custody([("0123456789abcdef01234567", Case(state, AT))], {"P6"}, AT.date())

    assert [one.subject for one in found] == [
        "P2",
        "P1",
    ]  # the first release first; licence, past, followed and considered ones are left out
    assert (found[0].given["group"], dict(found[0].numbers)) == ("G1", {"days until release": 59})
    assert all("P2" not in text for text in (found[0].key, found[0].reason))


def test_each_gate_has_its_clock():
    drafting = considered()
    drafting.decide("seek", "sought", AT)
    assert drafting.run("sent_due", AT).due == local("2025-03-18 00:00")  # fourteen days after 3 March
    case = with_prosecutor()
    assert case.run("applied_due", AT).due == local("2025-04-01 00:00")  # 28 days
    case.answer(case.ask("prosecutor", "cps", AT), AT, applies=True)
    case.do("apply", AT, hearing_on=local("2025-03-31 00:00").date())
    case.do("grant", local("2025-06-02 12:00"), in_force_on="2025-06-02", term_months=60)
    assert case.run("served_due", AT).due == local("2025-06-10 00:00")  # five working days after Monday 2 June
    assert case.run("next_check", local("2025-06-02 13:00")).due == local("2025-07-01 00:00")
    case.do("serve", local("2025-06-03 12:00"), served_on="2025-06-03")
    case.do("check", local("2025-06-20 12:00"), checked="kept")
    assert case.run("next_check", local("2025-06-21 12:00")).due == local("2025-07-19 00:00")
    assert [case.run(name, local("2025-09-01 12:00")).state for name in ("sent_due", "applied_due", "served_due")] == [
        "met"
    ] * 3
