"""I5: grades, the two counts, clocks by grade, and that a register cannot shrink by words."""

from datetime import timedelta

import pytest

from peelian.core.kinds import Refused, Who
from peelian.investigation.suspects import SUSPECT, age_band

from ..vulnerability.running import Running, around, local

OURS = {
    "suspects__profile": "by_grade", "suspects__accept_within": "1 hour", "suspects__grade_within": "1 hour", "suspects__find_within": "14 days after",
}  # fmt: skip
AT = local("2026-03-02 10:00")
PC = Who("pc", roles=("investigator",), agency="force")
DI = Who("di", roles=("inspector",), agency="force")


def wanted(*, values=None, **facts):
    case = Running(SUSPECT, around(**(OURS | (values or {}))), PC)
    told = {"wanted_at": AT, "area": "east", "wanted_for": "suspect", "offence": "theft", "da": False}
    case.do("register", AT, **(told | facts))
    return case


# outstanding-suspects.md, section 3, and wanted-bail-rui.md: high is risk to life, domestic abuse at high risk, sexual, recall, firearms.
GRADES = """
red    offence=sexual                       sexual offence
red    offence=firearms                     firearms offence
red    wanted_for=recall                    recall to prison
red    da=1 da_grade=high                   domestic abuse at high risk
red    risk_to_life=1                       risk to life
amber  da=1 da_grade=medium                 domestic abuse
amber  offence=violence                     violence
amber  vulnerable_victim=1                  child or vulnerable victim
amber  wanted_for=order_breach              order breach
green  offence=theft                        nothing known
"""


@pytest.mark.parametrize("row", GRADES.strip().splitlines())
def test_the_grades(row):
    grade, facts, words = (part.strip() for part in (row[:7], row[7:44], row[44:]))
    told = dict(pair.split("=") for pair in facts.split())
    told = {
        k: v == "1" if k in ("da", "risk_to_life", "vulnerable_victim") else v.replace("_", " ")
        for k, v in told.items()
    }

    proposal = wanted(**told).propose("grade_it", AT).proposal

    assert (proposal.outcome, words in proposal.reason) == (grade, True)


def test_domestic_abuse_of_an_unknown_risk_is_never_taken_for_low():
    proposed = wanted(da=True).propose("grade_it", AT)

    assert proposed.proposal is None
    assert "risk" in str(proposed).lower()


# The register's own table (design): circulate red 1 h, amber 12 h, green 24 h; attempts red daily, amber 72 h, green 7 d.
CLOCKS = """
red    circulation   2026-03-02 11:00
red    next_attempt  2026-03-03 10:00
red    next_review   2026-03-03 10:00
amber  circulation   2026-03-02 22:00
amber  next_attempt  2026-03-05 10:00
green  circulation   2026-03-03 10:00
"""


@pytest.mark.parametrize("row", CLOCKS.strip().splitlines())
def test_the_clocks_by_grade(row):
    grade, clock, due = row.split(maxsplit=2)
    case = wanted()
    case.decide("grade_it", grade, AT, reason="as the table needs")

    run = case.run(clock, AT)

    assert run.due == local(due)
    assert run.evidence == "design"


def test_before_it_is_graded_the_clocks_say_what_they_need():
    assert wanted().run("circulation", AT).state == "unset"


def test_circulated_and_not_yet_circulated_are_two_stages():
    case = wanted()
    assert case.state().stage == "identified"

    case.do("circulate", AT + timedelta(hours=2), circulated_at=AT + timedelta(hours=2))

    assert case.state().stage == "circulated"


def test_each_attempt_starts_the_next():
    case = wanted(da=True, da_grade="high")
    case.decide("grade_it", "red", AT)
    case.do("attempt", AT + timedelta(hours=20), tried_at=AT + timedelta(hours=20), place="home", result="nobody in")

    first, second = case.runs("next_attempt", AT + timedelta(hours=30))

    assert (first.state, second.due) == ("met", AT + timedelta(hours=44))


def test_domestic_abuse_at_high_risk_is_found_within_a_day():
    case = wanted(da=True, da_grade="high")
    case.decide("grade_it", "red", AT)

    assert case.run("da_high_found", AT).due == AT + timedelta(hours=24)
    other = wanted()
    other.decide("grade_it", "green", AT)
    assert not [r for r in other.runs("da_high_found", AT) if r.due]


@pytest.mark.parametrize("how", ["duplicate", "no longer wanted"])
def test_nobody_takes_their_own_case_off_the_register(how):
    given = {"closed_as": how, "ended_at": AT, "why": "see the other"}
    case = wanted()

    with pytest.raises(Refused):
        case.do("close_not_found", AT, who=PC, **given)
    with pytest.raises(Refused, match="in which the person was found"):
        case.do("close_found", AT, closed_as=how, ended_at=AT)
    case.do("close_not_found", AT, who=DI, **given)

    assert case.state().stage == "closed"


def test_an_inspector_who_registered_it_is_not_another():
    case = Running(SUSPECT, around(**OURS), DI)
    case.do("register", AT, wanted_at=AT, area="east", wanted_for="suspect", offence="theft", da=False)

    with pytest.raises(Refused, match="has not registered them"):
        case.do("close_not_found", AT, closed_as="duplicate", ended_at=AT, why="x")


# The register's bands: 0-1, 2-7, 8-28, 29-90, over 90 days.
@pytest.mark.parametrize(
    ("days", "band"),
    [(0, "0 to 1 day"), (1, "0 to 1 day"), (2, "2 to 7 days"), (7, "2 to 7 days"), (8, "8 to 28 days"), (28, "8 to 28 days"),
     (29, "29 to 90 days"), (90, "29 to 90 days"), (91, "over 90 days")],
)  # fmt: skip
def test_age_bands(days, band):
    assert age_band(AT, (AT + timedelta(days=days)).date()) == band
