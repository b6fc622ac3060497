"""S4: the assessment and its review clock, gaps, deployments and their records, and the national figures as published."""

import csv
from datetime import date, timedelta

import pytest

from peelian.access.actor import Denied
from peelian.casework import store
from peelian.core.kinds import Refused, Who
from peelian.records.feeds.workforce import ACCREDITATIONS
from peelian.specialist.armed_capability import capability, lapses
from peelian.specialist.armed_policing import ASSESSMENT, DEPLOYMENT, REQUALIFICATION, ROLES
from peelian.specialist.armed_register import register
from peelian.specialist.armed_rules import NATIONAL

from ..vulnerability.running import Running, around, local
from .landed import ARV, HOUR, texts
from .landed import AT as NOW

AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
PLANNER = Who("planner", roles=("planner",), agency="force")
HEAD, CHIEF = (
    Who("head", roles=("superintendent",), agency="force"),
    Who("chief", roles=("chief-officer",), agency="force"),
)
SET = around(
    **{
        f"armed__{n}": "7 days after"
        for n in ("accept_within", "review_after_trigger", "record_within", "debrief_within", "book_within")
    }
)
ATTACK = {
    "heading": "marauding terrorist attack",
    "likelihood": 2,
    "impact": 5,
    "confidence": "medium",
    "basis": "national assessment",
}


def begun():
    case = Running(ASSESSMENT, SET, PLANNER)
    case.do("assess", AT, area="force", assessed_on=AT.date(), national_level="substantial", kept_where="AP/2026/1")
    return case


def in_force():
    case = begun()
    case.do("add_threat", AT, **ATTACK)
    case.do("set_need", AT, role="armed response vehicle officer", shift="night", wanted=4)
    case.do("approve_assessment", AT, who=CHIEF)
    return case


def test_it_comes_into_force_only_with_the_attack_assessed_and_what_is_needed():
    """The report: the assessment now includes the threat of marauding terrorists."""
    case = begun()
    case.do("add_threat", AT, **(ATTACK | {"heading": "animals", "impact": 1}))
    case.do("set_need", AT, role="armed response vehicle officer", shift="night", wanted=4)
    with pytest.raises(Refused, match="marauding terrorist attack"):
        case.do("approve_assessment", AT, who=CHIEF)
    case.do("add_threat", AT, **ATTACK)
    with pytest.raises(Refused, match="chief officer"):
        case.do("approve_assessment", AT, who=HEAD)
    case.do("approve_assessment", AT, who=CHIEF)

    assert case.state().stage == "in_force"
    assert case.case(AT).ranked[0] == "marauding terrorist attack: 2 x 5 = 10"


@pytest.mark.parametrize("numbers", [(0, 3), (3, 6)])
def test_likelihood_and_impact_are_one_to_five(numbers):
    with pytest.raises(Refused, match="1 to 5"):
        begun().do("add_threat", AT, **(ATTACK | dict(zip(("likelihood", "impact"), numbers, strict=True))))


# standards, armed policing: each force yearly, reviewed at least every six months.
CLOCKS = """
new_assessment_due 2027-03-03 00:00
half_year_review   2026-09-03 00:00
""".strip().splitlines()


@pytest.mark.parametrize("row", CLOCKS, ids=[r.split()[0] for r in CLOCKS])
def test_the_clocks_of_the_assessment(row):
    clock, due = row.split(maxsplit=1)
    run = in_force().run(clock, AT)

    assert (run.due, run.evidence) == (local(due), "stored")


def test_a_review_starts_the_next_and_a_change_asks_for_one_sooner():
    case = in_force()
    case.do("note_trigger", AT + 30 * DAY, trigger="national threat level changed", trigger_words="raised")
    assert case.run("trigger_review", AT + 38 * DAY).state == "overdue"

    case.do(
        "review_assessment", AT + 38 * DAY, who=HEAD, review_found="one crew more by night", national_level="severe"
    )

    first, second = case.runs("half_year_review", AT + 38 * DAY)
    assert (first.state, second.due) == ("met", local("2026-10-10 00:00"))
    assert case.run("trigger_review", AT + 39 * DAY).state == "missed"


def test_a_gap_is_due_on_its_day():
    case = in_force()
    gap = case.do("find_gap", AT, found_on=AT.date(), gap_role="armed response vehicle officer", need=4, have=3, option="treat",
                  gap_owner="head of operations", settle_by=date(2026, 3, 20))  # fmt: skip

    assert case.run("gap_due", AT).due == local("2026-03-21 00:00")
    assert case.case(AT).open_gaps == ["armed response vehicle officer: 3 of 4 (treat, head of operations)"]
    case.do("settle_gap", AT + 5 * DAY, item=gap, settled_on=(AT + 5 * DAY).date(), settled_how="course passed")
    assert not case.case(AT + 6 * DAY).open_gaps


def test_the_share_of_shifts_with_what_is_needed():
    case = in_force()
    for there in (4, 3, 5):
        case.do(
            "count_shift",
            AT,
            counted_on=AT.date(),
            counted_shift="night",
            counted_role="armed response vehicle officer",
            needed=4,
            there=there,
        )

    measure = ASSESSMENT.measures[0]
    assert [measure.hit(r) for r in case.case(AT).shift_counts] == [True, False, True]


def deployed(**more):
    case = Running(DEPLOYMENT, SET, PLANNER)
    case.do(
        "authorise",
        AT,
        area="east",
        authorised_at=AT,
        authority="tactical",
        reason_for="crime with firearms",
        crew="armed response vehicle",
    )
    end = {"ended_at": AT + DAY / 24, "officers": 4, "shots_fired": False, "taser_used": False, "hurt": 0}
    case.do("end_deployment", AT + DAY / 24, **(end | more))
    return case


def test_a_deployment_is_debriefed_and_recorded():
    case = deployed()
    inspector = Who("ins", roles=("inspector",), agency="force")
    with pytest.raises(Refused, match="debrief"):
        case.do("record", AT + DAY, who=inspector, met="met")
    case.do("hold_debrief", AT + DAY, debriefed_at=AT + DAY, debrief="radio channel unclear")
    case.do("record", AT + DAY, who=inspector, met="met")
    assert case.run("record_due", AT + DAY).state == "met"


def test_after_a_shot_it_is_not_closed_before_the_referral():
    case = deployed(shots_fired=True)
    inspector = Who("ins", roles=("inspector",), agency="force")
    case.do("hold_debrief", AT + DAY, debriefed_at=AT + DAY, debrief="x")
    with pytest.raises(Refused, match="referral"):
        case.do("record", AT + DAY, who=inspector, met="met")
    case.do("refer", AT + DAY, who=inspector, referred_at=AT + DAY)
    case.do("record", AT + DAY, who=inspector, met="met")


def test_qualifications_that_run_out_are_booked_and_counted():
    case = Running(REQUALIFICATION, SET, PLANNER)
    case.do(
        "open_requalification",
        AT,
        area="force",
        role="tactical firearms commander",
        running_out=3,
        first_on=date(2026, 4, 2),
    )
    case.do("book", AT + DAY, course_on=date(2026, 3, 30), places=3)
    with pytest.raises(Refused, match="as many as ran out"):
        case.do("close_requalification", AT + 30 * DAY, renewed=2, lapsed=0)
    case.do("close_requalification", AT + 30 * DAY, renewed=2, lapsed=1)
    assert not REQUALIFICATION.measures[0].hit(case.case(AT + 30 * DAY))


def test_every_role_is_one_that_the_training_register_knows():
    assert set(ROLES) <= set(ACCREDITATIONS)


# Police use of firearms statistics, England and Wales, typed by hand from the standards: operations, ARV %, discharges, officers.
PUBLISHED = """
2015 14685 84 -1 5647
2016 14753 85  7 5639
2017 15705 84 10 6278
2022 18257 92  4 6677
2023 18400 93 10 6651
2024 17589 93  2 6473
""".strip().splitlines()


@pytest.mark.parametrize("row", PUBLISHED, ids=[r.split()[0] for r in PUBLISHED])
def test_the_national_figures_are_those_published(row):
    year, *numbers = map(int, row.split())

    found = NATIONAL.look(on=date(year, 4, 1), of="england and wales")

    assert [found[c] for c in ("operations", "arv_percent", "discharges", "officers")] == numbers
    assert (f"31 March {year}" in found.source, found.evidence) == (True, "stored")


def test_the_table_of_the_statistics_says_the_same(shared):
    """The stored table: also that the published percentage is that of the published counts, where both are given."""
    with (shared / "standards/tables/police_firearms_statistics_ew.csv").open() as table:
        rows = list(csv.DictReader(table))
    checked = 0
    for row in rows:
        if row["arv_operations"] and row["arv_percent"]:
            assert round(100 * int(row["arv_operations"]) / int(row["firearms_operations"])) == int(row["arv_percent"])
        if not row["armed_officers"]:
            continue  # 2014: before the first year that gives officers
        found = NATIONAL.look(on=date(int(row["year_ending_31_march"]), 4, 1), of="england and wales")
        given = [
            int(row[c] or -1) for c in ("firearms_operations", "arv_percent", "discharge_incidents", "armed_officers")
        ]
        assert [found[c] for c in ("operations", "arv_percent", "discharges", "officers")] == given
        checked += 1
    assert checked == 6


# -- the register, counted by hand ---------------------------------------------------------------------------------------------------

ON = date(2026, 3, 2)


def test_holders_renewals_and_leavers_by_hand(force):
    """1002 and 1003 and 1004 hold it; 1005's ran out in February, not renewed; 1003's of April 2025 was renewed before; 1006 left."""
    known = register(force["planner"], ON, (ARV,))

    assert known.holders(ARV) == {"1002": date(2026, 4, 1), "1003": date(2026, 4, 10), "1004": date(2026, 10, 1)}
    assert known.renewed(ARV) == (1, 2)
    count, years = known.left(ARV)
    assert count == 1
    # Days held in the year behind: 1002 335, 1003 365, 1004 152, 1005 336 less the day before the year, 1006 272.
    assert years == pytest.approx((335 + 365 + 152 + 336 + 272) / 365, abs=0.02)
    assert known.there(ARV, "late", ON) == 1  # 1002 is on duty at 18:00; 1004 went off at 17:00
    assert known.there(ARV, "day", ON) == 1  # 1004, at noon
    assert known.there(ARV, "any", ON) == 0
    with pytest.raises(Denied):
        register(force["pc"], ON, (ARV,))


def assessed(force):
    planner = force["planner"]
    ref = store.open_case("armed_assessment", "assess", {
        "area": "force", "assessed_on": ON, "national_level": "substantial", "kept_where": "AP/1"}, actor=planner, at=NOW).ref  # fmt: skip
    store.do(ref, "add_threat", ATTACK, actor=planner, at=NOW)
    store.do(ref, "set_need", {"role": ARV, "shift": "late", "wanted": 2, "holders_needed": 3}, actor=planner, at=NOW)
    store.do(ref, "approve_assessment", actor=force["chief"], at=NOW)
    return ref


def test_lapses_before_the_next_course_are_found_and_open_a_round(force):
    planner = force["planner"]
    assert lapses(actor=planner, at=NOW) == []  # nothing is needed yet
    ref = assessed(force)
    [found] = lapses(actor=planner, at=NOW)
    assert (found.given["running_out"], found.given["first_on"]) == (
        2,
        date(2026, 4, 1),
    )  # within 90 days; 1004's holds to October
    assert "no course is planned" in found.reason

    store.do(
        ref,
        "plan_course",
        {"course_role": ARV, "sort": "requalification", "starts_on": "2026-04-05", "places": 6},
        actor=planner,
        at=NOW,
    )
    [found] = lapses(actor=planner, at=NOW)
    assert (found.given["running_out"], found.given["course_on"]) == (1, date(2026, 4, 5))
    assert found.key == "arvo-2026-04"  # short enough for an address, and one for each role
    assert len({"".join(word[0] for word in role.split()) for role in ROLES}) == len(ROLES)
    opened = store.open_case(
        "armed_requalification",
        "open_requalification",
        found.given,
        actor=planner,
        at=NOW,
        origin=f"found:lapses:{found.key}",
    )
    assert opened.stage == "found"


def test_the_sheet_sets_what_is_needed_beside_who_is_qualified(force):
    planner, ref = force["planner"], assessed(force)
    for hour in (1, 5):
        at = NOW + hour * HOUR
        job = store.open_case("armed_deployment", "authorise", {
            "area": "Aldmoor", "authorised_at": at, "authority": "tactical", "reason_for": "crime with knives", "crew": "armed response vehicle",
        }, actor=planner, at=at).ref  # fmt: skip
        store.do(
            job,
            "end_deployment",
            {"ended_at": at + HOUR, "officers": 2, "shots_fired": False, "taser_used": False, "hurt": 0},
            actor=planner,
            at=at + HOUR,
        )

    told = texts(capability(actor=planner, at=NOW + 8 * HOUR, case=store.load(ref, planner, NOW + 8 * HOUR)))

    assert "was there on 0 of 27 shifts" in told  # two are needed; nobody else was on duty in those weeks
    assert "Likely too few in twelve months: armed response vehicle officer" in told
    assert (
        "2 deployments are recorded; 100% (16 to 100) were by armed response vehicles. In England and Wales it was 93%"
        in told
    )
    assert "1002" not in told  # nobody is named
