"""P7: the threshold of a case review as the statute has it, the risk proposed, the reviews, the powers, and what closing needs."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.kinds import Refused, Who
from peelian.core.period import Period
from peelian.prevention import antisocial_behaviour_rules as rules
from peelian.prevention.antisocial_behaviour import ASB, REVIEW
from peelian.prevention.antisocial_behaviour_facts import SIGNS
from peelian.prevention.antisocial_behaviour_rules import MOST, POWERS, REVIEWS, START, threshold

from ..vulnerability.running import Running, around, local

AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
PC = Who("pc", roles=("neighbourhood-officer",), agency="force")
SERGEANT = Who("sergeant", roles=("supervisor",), agency="force")
OURS = {
    "asb__signs_medium": 3, "asb__signs_high": 7, "asb__repeat_reports": 3, "asb__repeat_days": 92, "asb__assess_within": "24 hours",
    "asb__contact_within": "7 days after", "asb__tell_within": "5 working days after", "asb__accept_within": "24 hours",
    "asb_review__complaints": 3, "asb_review__other_grounds": "are weighed by a person", "asb_review__accept_within": "24 hours",
    "asb_review__acknowledge_within": "10 working days after", "asb_review__decide_within": "15 working days after",
    "asb_review__meet_within": "20 working days after",
}  # fmt: skip
MONTH, HALF = Period.after(months=1), Period.after(months=6)


def counts(*complaints, applied_on=date(2026, 6, 1), needed=3):
    told = [(str(n), *pair, True) for n, pair in enumerate(complaints)]
    return threshold(told, applied_on=applied_on, needed=needed, complained_within=MONTH, applied_within=HALF)


# asb-problem-solving.md, the worked example under the threshold.
THREE = ((date(2026, 3, 1), date(2026, 3, 5)), (date(2026, 3, 10), date(2026, 4, 9)), (date(2026, 4, 20), date(2026, 4, 25)))  # fmt: skip


def test_the_worked_example_of_the_threshold():
    assert counts(*THREE).reached
    later = (THREE[0], (date(2026, 3, 10), date(2026, 4, 12)), THREE[2])
    found = counts(*later)
    assert (len(found.qualifying), found.reached) == (2, False)
    assert "later than 1 month after" in found.others[0][1]


# A calendar month ends on the corresponding day, or on the last day of the month (Dodds v Walker).
@pytest.mark.parametrize(
    ("behaviour", "complained", "counts_so"),
    [(date(2026, 1, 31), date(2026, 2, 28), 1), (date(2026, 1, 31), date(2026, 3, 1), 0), (date(2026, 4, 30), date(2026, 5, 30), 1),
     (date(2026, 4, 30), date(2026, 5, 31), 0), (date(2026, 4, 2), date(2026, 4, 1), 0)],
)  # fmt: skip
def test_the_month_from_the_behaviour_to_the_complaint(behaviour, complained, counts_so):
    assert len(counts((behaviour, complained)).qualifying) == counts_so


def test_the_six_months_from_the_complaint_to_the_application():
    told = (date(2026, 1, 10), date(2026, 1, 15))
    assert len(counts(told, applied_on=date(2026, 7, 15)).qualifying) == 1
    assert len(counts(told, applied_on=date(2026, 7, 16)).qualifying) == 0


def test_a_local_number_may_be_lower_than_the_statute_and_never_higher():
    assert counts(*THREE[:2], needed=2).reached
    assert counts(*THREE, needed=5).needed == 3


@given(
    st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 6, 1)), st.integers(0, 60)), max_size=8), st.integers(1, 6)
)
def test_every_complaint_counts_or_is_told_why_not_and_another_never_takes_away(told, needed):
    pairs = [(day, day + timedelta(days=later)) for day, later in told]
    found = counts(*pairs, needed=needed)
    assert len(found.qualifying) + len(found.others) == len(pairs)
    assert all(why for _, why in found.others)
    more = counts(*pairs, THREE[0], needed=needed)
    assert set(found.qualifying) <= set(more.qualifying)


# The standards' tables, typed by hand: ASB case review; review rhythm; starting grade. Days for each rank and grade.
ORACLE = {
    ("supervisor", "medium"): "28 days after", ("inspector", "medium"): "56 days after", ("supervisor", "high"): "14 days after",
    ("inspector", "high"): "28 days after", ("superintendent", "high"): "56 days after",
}  # fmt: skip


def test_what_the_standards_state_comes_out():
    on = date(2026, 3, 2)
    assert MOST.look(on=on).value == 3
    for (rank, grade), limit in ORACLE.items():
        found = REVIEWS.look(on=on, rank=rank, grade=grade)
        assert (str(found["limit"]), found.evidence) == (limit, "stored")
    assert [START.look(on=on, kind=kind)["grade"] for kind in ("personal", "nuisance", "environmental")] == [
        "high",
        "medium",
        "standard",
    ]
    assert (
        POWERS.look(on=on, power="dispersal").evidence == "general"
    )  # shown as unverified, never as a rule that binds


# asb-problem-solving.md, powers record, typed by hand: youngest age, who authorises, longest term. From general knowledge: none binds.
RECORD = """
advice                          0
warning letter                  0
acceptable behaviour contract   0
mediation                       0
tenancy action                  0
community protection warning   16
community protection notice    16
civil injunction               10
criminal behaviour order       10
dispersal                       0  inspector  48 hours
closure notice                  0  -          48 hours
closure order                   0  -          6 months after
public spaces protection order  0  -          3 years after
"""


@pytest.mark.parametrize("row", RECORD.strip().splitlines(), ids=lambda row: row[:30].strip())
def test_the_powers_are_those_of_the_record(row):
    power, (age, *rest) = row[:31].strip(), row[31:].split(maxsplit=2)
    rank, term = rest or ("-", "")

    found = POWERS.look(on=date(2026, 3, 2), power=power)

    assert (found["age"], found["rank"] or "-", found["term"], found.evidence) == (int(age), rank, term, "general")


def test_the_statutes_periods_stand_where_procedures_name_none():
    ours = {
        name: value
        for name, value in OURS.items()
        if name not in ("asb_review__complained_within", "asb_review__applied_within")
    }
    where = around(**ours)
    case = Running(REVIEW, where, PC).case(AT)

    assert [str(case.local(name)) for name in (rules.COMPLAINED, rules.APPLIED)] == ["1 month after", "6 months after"]


# -- a case ----------------------------------------------------------------------------------------------------------------


def reported(**facts):
    case = Running(ASB, around(**OURS), PC)
    told = {
        "reported_at": AT,
        "area": "east",
        "kind_of_behaviour": "nuisance",
        "what": "shouting at night",
        "safe_contact": "work phone",
    }
    case.do("report_asb", AT, **(told | facts))
    return case


def answered(yes=0, unknown=0):
    signs = list(SIGNS)
    return {s: "yes" if n < yes else "not known" if n < yes + unknown else "no" for n, s in enumerate(signs)}


# signs yes, not known -> grade, with 3 for medium and 7 for high: what is not known counts as if it were so.
@pytest.mark.parametrize(("yes", "unknown", "grade"), [(0, 0, "standard"), (2, 0, "standard"), (2, 1, "medium"), (3, 0, "medium"), (6, 0, "medium"), (6, 1, "high"), (7, 0, "high")])  # fmt: skip
def test_the_risk_proposed(yes, unknown, grade):
    case = reported()
    case.do("answer_questions", AT, **answered(yes, unknown))

    proposal = case.propose("grade_risk", AT).proposal

    assert proposal.outcome == grade
    assert ("not known" in proposal.reason) == bool(unknown)


def test_a_question_nobody_asked_is_no_answer():
    case = reported()
    case.do("answer_questions", AT, threats="yes")

    assert case.propose("grade_risk", AT).proposal is None


def test_only_a_supervisor_grades_lower():
    case = reported()
    case.do("answer_questions", AT, **answered(8))
    case.decide("grade_risk", "high", AT)

    with pytest.raises(Refused):
        case.decide("grade_risk", "medium", AT, reason="I know the street")
    case.decide("grade_risk", "medium", AT, who=SERGEANT, reason="a neighbour gave another account")


def test_the_reviews_of_a_high_case():
    case = reported()
    case.do("answer_questions", AT, **answered(8))
    case.decide("grade_risk", "high", AT)

    assert case.run("next_review", AT).due == local("2026-03-17 00:00")  # 14 days after 2 March
    assert case.run("next_inspector_review", AT).due == local("2026-03-31 00:00")
    assert case.run("next_senior_review", AT).due == local("2026-04-28 00:00")


def test_repeat_victims_by_the_force_own_test():
    case = reported()
    for n in range(3):
        case.do(
            "add_report",
            AT + n * DAY,
            behaviour_on=date(2026, 3, 1),
            complained_on=date(2026, 3, 2 + n),
            told_to="council",
        )

    assert case.case(AT + 3 * DAY).repeat == "3 reports in 92 days; 3 make a repeat victim"


def test_powers_against_their_rules_are_noted_and_not_refused():
    case = reported()
    case.do(
        "use_power",
        AT,
        power="community protection notice",
        used_by="council",
        authorised_by="council",
        used_at=AT,
        age=15,
    )
    case.do("use_power", AT, power="dispersal", used_by="police", authorised_by="sergeant", used_at=AT)

    notes = case.case(AT).power_notes

    assert "from the age of 16" in notes
    assert "community protection warning first" in notes
    assert "authorised by an inspector or above" in notes
    dispersal = case.runs("term", AT)[-1]
    assert (dispersal.due, dispersal.evidence) == (AT + timedelta(hours=48), "general")


def test_a_case_is_closed_with_an_outcome_of_which_the_victim_was_told():
    case = reported()
    with pytest.raises(Refused, match="risk is assessed"):
        case.do("resolve", AT, outcome="stopped", outcome_why="three quiet weeks", resolved_on=AT.date())
    case.do("answer_questions", AT, **answered(1))
    case.decide("grade_risk", "standard", AT)
    case.do("resolve", AT, outcome="stopped", outcome_why="three quiet weeks", resolved_on=AT.date())
    with pytest.raises(Refused, match="victim is told"):
        case.do("close", AT, who=SERGEANT)

    assert case.run("outcome_told", AT).due == local("2026-03-10 00:00")  # five working days after Monday 2 March
    case.do("tell_victim", AT + DAY, told_at=AT + DAY, victim_view="satisfied")
    case.do("close", AT + DAY, who=SERGEANT)

    assert case.state().stage == "closed"


def test_nobody_calls_a_victim_before_a_safe_way_is_known():
    case = Running(ASB, around(**OURS), PC)
    case.do("report_asb", AT, reported_at=AT, area="east", kind_of_behaviour="personal", what="threats")

    with pytest.raises(Refused, match="safe way"):
        case.do("contact", AT, contacted_at=AT, made_by="pc", said="afraid")


# -- a case review ---------------------------------------------------------------------------------------------------------

APPLIED = datetime(2026, 6, 1, 9, tzinfo=AT.tzinfo)


def applied(complaints=THREE, grounds=("no", "no", "no"), **values):
    case = Running(REVIEW, around(**(OURS | values)), PC)
    case.do(
        "apply",
        APPLIED,
        applied_on=APPLIED.date(),
        area="east",
        applicant="the victim",
        applied_to="council",
        problem="noise",
    )
    for behaviour, complained in complaints:
        case.do(
            "add_complaint",
            APPLIED,
            behaviour_on=behaviour,
            complained_on=complained,
            told_to="council",
            same_problem=True,
        )
    if grounds:
        case.do("weigh_grounds", APPLIED, **dict(zip(("persistent", "harmful", "poor_response"), grounds, strict=True)))
    return case


def test_the_threshold_is_proposed_met():
    assert applied(grounds=None).propose("decide_threshold", APPLIED).proposal.outcome == "met"


def test_short_of_the_count_other_grounds_go_to_a_person():
    case = applied(THREE[:2], ("no", "yes", "no"))

    said = case.propose("decide_threshold", APPLIED)

    assert said.proposal is None
    assert "harm" in str(said)
    other = applied(THREE[:2], ("no", "yes", "no"), asb_review__other_grounds="meet the threshold")
    assert other.propose("decide_threshold", APPLIED).proposal.outcome == "met"


def test_no_machine_turns_an_applicant_away():
    case = applied(THREE[:2], ("not known", "no", "no"))

    assert case.propose("decide_threshold", APPLIED).proposal is None
    assert case.state().stage == "applied"
    with pytest.raises(Refused, match="each answered"):
        case.decide("decide_threshold", "not met", APPLIED, who=SERGEANT, reason="too few")
    short = applied(THREE[:2])
    assert short.propose("decide_threshold", APPLIED).proposal.outcome == "not met"
    short.decide("decide_threshold", "met", APPLIED, who=SERGEANT, reason="the board wants to hear it")
    assert short.state().stage == "reviewing"


def test_whoever_applies_for_a_victim_has_their_agreement():
    case = Running(REVIEW, around(**OURS), PC)
    given_ = {
        "applied_on": APPLIED.date(),
        "area": "east",
        "applicant": "somebody for the victim",
        "applied_to": "council",
        "problem": "noise",
    }
    with pytest.raises(Refused, match="agreement"):
        case.do("apply", APPLIED, **given_)
    case.do("apply", APPLIED, consents=True, **given_)


# Gosport's local clocks, as published (asb-problem-solving.md): 10, 15 and 20 working days; 25 May 2026 is no bank holiday in the span.
@pytest.mark.parametrize(
    ("clock", "last"),
    [("acknowledged", "2026-06-15"), ("threshold_decided", "2026-06-22"), ("review_met", "2026-06-29")],
)
def test_local_clocks_of_a_review(clock, last):
    due = applied().run(clock, APPLIED).due

    assert (due - timedelta(minutes=1)).date().isoformat() == last
