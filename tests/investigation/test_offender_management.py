"""I6: which cohort is proposed, who may own it, when somebody is seen, and that a fall after selection is no proof."""

from datetime import date, timedelta

import pytest

from peelian.core.kinds import Refused, Who
from peelian.core.kinds.measures import rows
from peelian.investigation.offender_management import IOM, TRAINED, TRAINED_DA
from peelian.investigation.offending_impact import Counts, count, ratio_of_ratios

from ..vulnerability.running import Running, around, local

OURS = {
    "iom__accept_within": "24 hours", "iom__select_within": "14 days after", "iom__review_every": "3 months after", "iom__free_harm": 3_000,
    "iom__contact_red": "7 days after", "iom__contact_amber": "14 days after", "iom__contact_green": "28 days after",
    "iom__red_days": 30, "iom__amber_days": 90, "iom__climb_every": "7 days after", "iom__answer_within": "5 working days after",
}  # fmt: skip
AT = local("2026-03-02 10:00")
OM = Who("om", roles=("offender-manager",), agency="force", skills=(TRAINED, TRAINED_DA))
SGT = Who("sgt", roles=("supervisor",), agency="force")


def proposed(who=OM, **facts):
    case = Running(IOM, around(**OURS), who)
    case.do("propose", AT, **({"area": "east", "offender": "p1", "crimes_2y": 4, "harm_2y": 900} | facts))
    return case


# integrated-offender-management.md: fixed, flex, free; the gist of each is general knowledge, as the source says on the page.
COHORTS = """
fixed         neighbourhood=1 reoffending=high statutory=1
not_selected  neighbourhood=1 reoffending=medium statutory=1
not_selected  neighbourhood=1 reoffending=high
flex          local_priority=1 reoffending=very_high
free          da=1
not_selected  da=1 crimes_2y=1
free          harm_2y=3000
not_selected  harm_2y=2999
"""


@pytest.mark.parametrize("row", COHORTS.strip().splitlines())
def test_the_cohort_that_is_proposed(row):
    outcome, told = row[:14].strip(), dict(pair.split("=") for pair in row[14:].split())
    facts = {
        k: int(v) if k in ("harm_2y", "crimes_2y") else v == "1" if v == "1" else v.replace("_", " ")
        for k, v in told.items()
    }

    assert proposed(**facts).propose("select_it", AT).proposal.outcome == outcome


def selected(**facts):
    case = proposed(da=True, **facts)
    case.decide("select_it", "free", AT, who=SGT)
    return case


def test_an_owner_of_a_domestic_abuse_offender_is_trained_in_that_too():
    plain = Who("plain", roles=("offender-manager",), agency="force", skills=(TRAINED,))

    assert TRAINED_DA in proposed(plain, da=True).state().unfit
    assert proposed(plain, da=False).state().unfit == ""


@pytest.mark.parametrize(("grade", "due"), [("red", "2026-03-10"), ("amber", "2026-03-17"), ("green", "2026-03-31")])
def test_contact_follows_the_grade(grade, due):
    case = selected()
    assert case.run("next_contact", AT).state == "unset"

    case.decide("grade_it", grade, AT, reason="as the table needs")

    assert case.run("next_contact", AT).due == local(f"{due} 00:00")


@pytest.mark.parametrize(("days", "grade"), [(30, "red"), (31, "amber"), (90, "amber"), (91, "green")])
def test_the_grade_follows_the_last_offence(days, grade):
    case = selected()
    later = AT + timedelta(days=200)
    case.do("note_offence", later, offended_on=later.date() - timedelta(days=days), harm=10)

    assert case.propose("grade_it", later).proposal.outcome == grade


def test_partners_are_asked_after_the_pathways_are_assessed():
    case = selected()
    with pytest.raises(Refused, match="pathways are assessed"):
        case.ask("support", "council", AT)

    case.do(
        "assess_need",
        AT,
        pathway="accommodation",
        need="urgent",
        assessed_on=AT.date(),
        pathways_needed=["accommodation"],
    )
    item = case.ask("support", "council", AT)
    case.answer(item, AT, pathways=["accommodation"], what="a room from Monday")

    assert case.state().items[item].answered


def test_nobody_leaves_with_a_task_open():
    case = selected()
    item = case.do(
        "agree_task", AT, pathway="health", task="see a doctor", done_by="nhs", agreed_at=AT, due_on=date(2026, 3, 20)
    )
    case.do("review", AT, who=SGT, reviewed="going on")
    assert case.run("task_done", AT).due == local("2026-03-21 00:00")
    leave = {"left_at": AT, "left_because": "moved away", "who": SGT}
    with pytest.raises(Refused, match="task is done"):
        case.do("leave", AT, **leave)

    case.do("do_task", AT, item=item, done_at=AT, result="done")
    case.do("leave", AT, **leave)

    assert case.state().stage == "left"


def counted(case, measure):
    """The rows of a case in a measure: when, and whether each is a hit."""
    return [(row.at, row.hit) for row in rows(case.state(), [], around=around(**OURS)) if row.measure == measure]


def test_whoever_was_selected_is_counted_after_leaving_too():
    """Else the months of long ago would empty themselves as people leave, and the chart would show a rise that never was."""
    case = selected()
    case.do("review", AT, who=SGT, reviewed="going on")
    before = counted(case, "selected"), counted(case, "da_share")
    case.do("leave", AT, left_at=AT, left_because="moved away", who=SGT)

    assert before == (counted(case, "selected"), counted(case, "da_share")) == ([(AT, True)], [(AT, True)])
    assert counted(proposed(), "selected") == []


def test_days_in_custody_are_no_days_at_liberty():
    """By hand: 365 days before less 31, and 100 after less 10; an average month has 30.4375 days."""
    told = count(
        [{"offended_on": date(2025, 6, 1), "harm": 5}, {"offended_on": date(2026, 1, 1), "harm": 7}],
        [{"from_on": date(2025, 7, 1), "to_on": date(2025, 7, 31)}, {"from_on": date(2026, 4, 1)}],
        turn=date(2026, 1, 1), on=date(2026, 4, 11),
    )  # fmt: skip

    assert (told.before, told.after, told.harm_before, told.harm_after) == (1, 1, 5, 7)
    assert (told.months_before, told.months_after) == pytest.approx((334 / 30.4375, 90 / 30.4375))


def test_a_fall_that_the_others_had_too_is_no_effect():
    """Regression to the mean: both halve. A fall beyond the others' is one."""
    same = ratio_of_ratios(Counts(80, 40, 0, 0, 100, 100), Counts(60, 30, 0, 0, 100, 100))
    more = ratio_of_ratios(Counts(200, 60, 0, 0, 100, 100), Counts(200, 160, 0, 0, 100, 100))

    assert (same.value, same.low < 1 < same.high) == (pytest.approx(1), True)
    assert (more.value, more.high < 1) == (pytest.approx(0.375), True)
    assert ratio_of_ratios(Counts(4, 9, 0, 0, 100, 100), Counts(60, 30, 0, 0, 100, 100)) is None
