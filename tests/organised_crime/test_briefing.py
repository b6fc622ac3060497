"""O6: only what may be told to patrols is told, and whether it was read in time."""

from datetime import timedelta

import pytest

from peelian.core.kinds import Around, Refused, State, Who, measures
from peelian.organised_crime.briefing import ENTRY, share_read
from peelian.organised_crime.groups import GROUP
from peelian.organised_crime.intelligence import REPORT

from ..vulnerability.running import Running, around, local

AT = local("2026-03-02 05:00")
DESK = Who("desk", roles=("intelligence-officer",), agency="force")
TOLD = {"team": "East response", "area": "east", "shift_from": local("2026-03-02 06:00"), "shift_until": local("2026-03-02 14:00"), "officers": 4,
        "from_report": "r1", "about": "a group", "text": "A grey van collects from the square.", "do_what": "its mark; tell the unit",
        "handling_told": "Lawful sharing permitted"}  # fmt: skip


def report(grade="2BP", conditions=None, stage="released"):
    source, assessment, handling = grade
    facts = {"source_grade": source, "assessment": assessment, "handling": handling, "source_ref": "SR-777"}
    return State(REPORT, stage=stage, facts=facts | ({"conditions": conditions} if conditions else {}))


def entry(held=None, group=None, **facts):
    others = {"r1": held or report(), "g1": group}
    case = Running(
        ENTRY,
        Around(around(briefing__accept_within="4 hours", briefing__climb_every="24 hours").locals, case=others.get),
        DESK,
    )
    case.do("put_on", AT, **(TOLD | facts))
    return case


# 3x5x2 with conditions: A1 covert development, A2 covert use, A3 overt use, S1 delegated authority to sanitise, S2 consult originator;
# E suspected to be false. Patrols are told of overt use alone.
@pytest.mark.parametrize(
    ("grade", "conditions", "told"),
    [("2BP", None, True), ("3DP", None, True), ("1EP", None, False), ("1AC", "A1", False), ("1AC", "A2", False), ("1AC", "A3", True),
     ("1AC", "S1", True), ("1AC", "S2", False), ("1AC", "A3;S2", False)],
)  # fmt: skip
def test_the_grade_decides_whether_patrols_are_told(grade, conditions, told):
    if told:
        assert entry(report(grade, conditions)).state().stage == "shown"
    else:
        with pytest.raises(Refused, match="lets officers on patrol be told"):
            entry(report(grade, conditions))


@pytest.mark.parametrize("stage", ["graded", "withdrawn", "deleted"])
def test_a_report_that_is_not_released_is_told_to_nobody(stage):
    with pytest.raises(Refused, match="released in sanitised text"):
        entry(report(stage=stage))


@pytest.mark.parametrize("stage", ["candidate", "archived", "closed"])
def test_a_group_that_is_only_put_forward_stands_in_no_briefing(stage):
    with pytest.raises(Refused, match="stands in no briefing"):
        entry(group=State(GROUP, stage=stage), brief_group="g1")
    assert entry(group=State(GROUP, stage="active"), brief_group="g1").state().stage == "shown"


def test_a_reference_of_a_source_is_not_told():
    with pytest.raises(Refused, match="reference of the source"):
        entry(text="SR-777 says a van collects")


def test_read_once_by_each_and_counted_until_the_shift_ends():
    case = entry()
    for n, hours in enumerate((1, 2, 20)):
        case.do(
            "mark_read",
            AT + timedelta(hours=hours),
            who=Who(f"pc{n}", roles=("neighbourhood-officer",), agency="force"),
        )
    with pytest.raises(Refused, match="read already"):
        case.do("mark_read", AT + timedelta(hours=21), who=Who("pc0", agency="force"))

    at = AT + timedelta(days=2)
    assert share_read(case.case(at)) == 50
    rows = {r.measure: r for r in measures.rows(case.state(), [], around=case.around) if not r.item}
    assert (rows["share_read_in_shift"].value, rows["everybody_read"].hit) == (50, False)


def test_a_briefing_that_nobody_reads_is_late_when_the_shift_ends_and_climbs():
    case = entry()
    run = case.run("read_in_shift", AT + timedelta(hours=10))
    assert (run.state, run.due) == ("overdue", local("2026-03-02 14:00"))
    assert next(c for c in ENTRY.clocks if c.name == "read_in_shift").climbs[-1] == "chief-officer"


def test_those_on_patrol_see_the_entry_and_nothing_of_its_class_source():
    assert ENTRY.record_class == "briefing"  # a class of its own: patrol and the intelligence unit alike
    assert "source" not in {a.private for a in ENTRY.about.values()}
