"""O1: who may be asserted, what is mapped, and when a group is scored again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peelian.core.kinds import Around, Refused, State, Who, withdraw
from peelian.organised_crime.groups import GROUP
from peelian.organised_crime.groups_rules import open_risk, picture_of, who_belongs
from peelian.organised_crime.intelligence import REPORT

from ..vulnerability.running import Running, around, local

OURS = {f"groups__{name}": value for name, value in {
    "accept_within": "24 hours", "decide_within": "14 days after", "lead_within": "7 days after", "rescore_after_trigger": "7 days after",
    "recheck_archived": "12 months after", "climb_every": "7 days after", "risk_matrix": "open", "top_tier_from": 50, "middle_tier_from": 20,
    "rescore_top": "1 month after", "rescore_middle": "3 months after", "rescore_low": "6 months after",
}.items()}  # fmt: skip
AT = local("2026-03-02 10:00")
ON = date(2026, 3, 2)
DESK = Who("desk", roles=("organised-crime",), agency="force")
CHIEF = Who("chief", roles=("superintendent",), agency="force")
# The worked example of organised-crime-groups.md, section 3.
WORKED = {"physical harm": 3, "psychological harm": 2, "financial harm": 2, "community harm": 3, "geographic harm": 1, "frequency": 3, "trend": 1.2,
          "victim vulnerability": 1}  # fmt: skip


def group(**facts):
    case = Running(GROUP, around(**OURS), DESK)
    told = {"group_name": "Heron", "area": "east", "crime_type": "county lines", "found_how": "seen together"}
    case.do("put_forward", AT, **(told | facts))
    return case


def assert_(case, about="member", person=None, at=AT, who=None, **more):
    told = {"says_of": about, "statement": "said so", "grade_given": "2B", "true_from": ON}
    told |= {"person": person, "all_checked": True} if person else {"no_victims_device": True}
    return case.do("assert_it" if person else "weigh", at, who=who, **(told | more))


def mapped(people="pqr"):
    case = group(joint_purpose=True, offence_years=14, for_gain=True)
    for n, person in enumerate(people):
        assert_(case, person=person, report=f"r{n}", source_id=f"SR-{n}")
    case.decide("map_it", "map", AT + timedelta(days=1), who=CHIEF)
    return case


# Serious Crime Act 2015, s.45(6), typed by hand: three or more persons, seven years or more, gain or benefit, a common purpose.
TESTS = """
pqr  14  1 1  map
pqr   7  1 1  map
pqr   6  1 1  not_a_group  offences of 6 years
pq   14  1 1  not_a_group  2 of at least 3 persons
pqr  14  0 1  not_a_group  no gain
pqr  14  1 0  not_a_group  no common purpose
"""


@pytest.mark.parametrize("row", TESTS.strip().splitlines())
def test_the_test_of_the_act(row):
    people, years, gain, purpose, outcome, *why = row.split()
    case = group(joint_purpose=purpose == "1", offence_years=int(years), for_gain=gain == "1")
    for person in people:
        assert_(case, person=person)

    proposal = case.propose("map_it", AT + timedelta(hours=1)).proposal

    assert (proposal.outcome, " ".join(why) in proposal.reason) == (outcome, True)
    assert "s.45(6)" in proposal.source


def test_whoever_put_it_forward_does_not_map_it():
    case = group(joint_purpose=True, offence_years=14, for_gain=True)
    for person in "pqr":
        assert_(case, person=person)
    with pytest.raises(Refused, match="did not propose the group"):
        case.decide("map_it", "map", AT)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"all_checked": False}, "never as a member"),
        ({"grade_given": "2BP"}, "source and intelligence|source and assessment"),
    ],
)
def test_what_may_not_be_asserted_of_a_member(facts, words):
    with pytest.raises(Refused, match=words):
        assert_(group(), person="p", **facts)


def test_a_victims_device_weighs_nothing():
    with pytest.raises(Refused, match="used in that victim's case alone"):
        assert_(group(), "physical harm", value=3, no_victims_device=False)


def test_a_child_whose_age_nobody_told_is_not_taken_for_an_adult():
    with pytest.raises(Refused, match="18 or over"):
        assert_(group(), person="p", all_checked=None)


def test_a_victim_is_never_a_member_afterwards_either():
    case = group()
    assert_(case, person="p")
    assert_(case, "exploited child", person="p", all_checked=None)
    assert who_belongs(case.case(AT)).startswith("0 members")
    with pytest.raises(Refused, match="never as a member"):
        assert_(case, "principal", person="p")


@pytest.mark.parametrize("about,value", [("trend", 1.1), ("frequency", 0), ("physical harm", 5)])
def test_a_number_outside_the_matrix_is_refused(about, value):
    with pytest.raises(Refused, match="within the bounds"):
        assert_(group(), about, value=value)


def test_withdrawing_one_assertion_shows_what_falls():
    case = mapped()
    ids = {name: assert_(case, name, at=AT + timedelta(days=2), value=value) for name, value in WORKED.items()}
    at = AT + timedelta(days=3)
    assert open_risk(case.case(at)) == "50.6 by the open matrix (harm 11 times likelihood 4.6); confidence medium"
    case.decide("set_tier", "top", at)

    case.entries.append(withdraw(case.state(), ids["trend"], who=DESK, at=at, reason="it was another group"))

    assert open_risk(case.case(at)) == "not known: nothing is asserted of trend"
    assert picture_of(case.case(at)).members.keys() == {"p", "q", "r"}


def test_a_report_that_no_longer_holds_takes_its_assertions_with_it():
    case = mapped()
    report = State(REPORT, stage="withdrawn")
    gone = Around(case.around.locals, case=lambda ref: report if ref == "r0" else None)
    seen = Running(GROUP, gone, DESK)
    seen.entries, seen._ids = case.entries, case._ids

    assert picture_of(seen.case(AT + timedelta(days=2))).members.keys() == {"q", "r"}
    with pytest.raises(Refused, match="still holds"):
        assert_(seen, person="p", report="r0")


# Re-scoring, organised-crime-groups.md section 2 (design, here the force's own values): top 1 month, middle 3, low 6.
@pytest.mark.parametrize(("tier", "due"), [("top", "2026-04-04"), ("middle", "2026-06-04"), ("low", "2026-09-04")])
def test_the_tier_sets_when_it_is_scored_again(tier, due):
    case = mapped()
    case.decide("set_tier", tier, AT + timedelta(days=1), who=CHIEF, reason="as the table needs")
    assert case.run("scored_again", AT + timedelta(days=1)).due == local(f"{due} 00:00")


def test_the_official_scores_own_review_day_comes_before_the_tier():
    case = mapped()
    case.decide("set_tier", "low", AT + timedelta(days=1), who=CHIEF, reason="x")
    case.do("score_officially", AT + timedelta(days=2), official_tool="MoRiLE 2026", band_impact="2", band_capability="B", scored_on=ON,
            scored_by="regional unit", next_review_on=date(2026, 3, 20))  # fmt: skip
    run = case.run("scored_again", AT + timedelta(days=2))
    assert (run.due, run.evidence) == (local("2026-03-21 00:00"), "stored")


def test_archived_groups_are_looked_at_again_and_opened_again():
    case = mapped()
    case.decide("set_tier", "low", AT + timedelta(days=1), who=CHIEF, reason="x")
    with pytest.raises(Refused, match="the reference of the other"):
        case.do("archive", AT + timedelta(days=2), archived_why="merged")
    # Merged with itself, with a case of another kind, with nothing that can be seen: refused in the same words.
    others = {"itself": case.state(), "report": State(REPORT, stage="released")}
    case.around = replace(case.around, case=others.get)
    for ref in ("itself", "report", "unknown"):
        with pytest.raises(Refused, match="the reference of the other"):
            case.do("archive", AT + timedelta(days=2), archived_why="merged", merged_into=ref)
    case.do("archive", AT + timedelta(days=2), archived_why="dismantled")
    assert case.run("archived_checked", AT + timedelta(days=3)).due == local("2027-03-05 00:00")
    case.do("open_again", AT + timedelta(days=9), opened_again_why="two principals are back")
    assert case.state().stage == "active"


def test_a_group_merges_with_another_group():
    case, other = mapped(), group(group_name="Otter")
    case.around = replace(case.around, case=lambda ref: other.state() if ref == "otter" else None)
    case.do("archive", AT + timedelta(days=2), archived_why="merged", merged_into="otter")
    assert case.state().stage == "archived"


# The open stand-in of organised-crime-groups.md, section 3, typed by hand: the least and the most of each field.
BOUNDS = {
    "physical harm": (0, 4), "psychological harm": (0, 4), "financial harm": (0, 4), "community harm": (0, 4), "geographic harm": (0, 4),
    "frequency": (1, 4), "victim vulnerability": (0, 2), "capacity gap": (0, 3), "capability gap": (0, 3),
}  # fmt: skip


@pytest.mark.parametrize("field", BOUNDS)
def test_each_field_of_the_matrix_holds_its_bounds_and_no_more(field):
    least, most = BOUNDS[field]
    case = group()
    for value in (least, most):
        assert_(case, field, value=value)
    with pytest.raises(Refused, match=r"within the bounds|less than 0"):
        assert_(case, field, value=least - 0.5)
    with pytest.raises(Refused, match="within the bounds"):
        assert_(case, field, value=most + 0.5)


def test_the_trend_is_falling_level_or_rising():
    for value in (0.8, 1, 1.2):
        assert_(group(), "trend", value=value)


def test_what_was_taken_back_once_is_not_taken_back_twice():
    case = group()
    item = assert_(case, person="p")
    case.entries.append(withdraw(case.state(), item, who=DESK, at=AT, reason="another man of the name"))
    with pytest.raises(Refused, match="no such row"):
        withdraw(case.state(), item, who=DESK, at=AT, reason="again")
    with pytest.raises(Refused):
        withdraw(case.state(), assert_(case, person="q"), who=DESK, at=AT, reason="  ")


def test_a_lead_is_named_and_a_change_is_scored_within_the_forces_own_days():
    case, day = mapped(), timedelta(days=1)
    assert case.run("lead_named", AT + day).due == local("2026-03-11 00:00")  # mapped on 3 March, seven days after
    case.do("name_lead", AT + 2 * day, lead_officer="di")
    case.decide("set_tier", "low", AT + 2 * day, who=CHIEF, reason="x")
    case.do("changed", AT + 3 * day, changed_what="a firearm was seen")
    assert case.run("scored_after_change", AT + 3 * day).due == local("2026-03-13 00:00")
    case.decide("set_tier", "middle", AT + 4 * day, who=CHIEF, reason="x")
    assert [case.run(name, AT + 30 * day).state for name in ("lead_named", "scored_after_change")] == ["met"] * 2
