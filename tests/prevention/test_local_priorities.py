"""P4: what people say becomes a priority or an answer, is acted on, measured and told; hours taken away are told too."""

from datetime import timedelta

import polars as pl
import pytest

from peelian.core.kinds import Refused, Who
from peelian.prevention.local_priorities import PRIORITY
from peelian.prevention.local_priorities_hours import HOURS_KIND, PCSO
from peelian.prevention.local_priorities_roster import _sections, duties

from ..vulnerability.running import Running, around, local

AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
SERGEANT = Who("sergeant", roles=("supervisor", "neighbourhood-officer"), agency="force")
INSPECTOR = Who("inspector", roles=("inspector",), agency="force")
OURS = {
    "priorities__accept_within": "48 hours", "priorities__answer_within": "28 days after", "priorities__tell_within": "14 days after",
    "priorities__result_within": "6 months after", "priorities__task_within": "7 days after", "priorities__voices": 10,
    "priorities__hours_within": "40 days after", "priorities__most_abstracted": 10,
}  # fmt: skip


def raised(voices=(), **facts):
    case = Running(PRIORITY, around(**OURS), SERGEANT)
    told = {"raised_on": AT.date(), "area": "east", "neighbourhood": "Dock", "theme": "roads", "you_said": "cars race past the school", "harm": "some",
            "repeated": False}  # fmt: skip
    case.do("raise_priority", AT, **(told | facts))
    for people in voices:
        case.do("hear", AT, heard_on=AT.date(), how="public meeting", people=people, seldom_heard=False)
    return case


# Ten voices make a priority here; so do grave harm and repetition.
@pytest.mark.parametrize(
    ("voices", "facts", "outcome"),
    [
        ((4, 5), {}, "not now"),
        ((4, 6), {}, "adopt"),
        ((1,), {"harm": "grave"}, "adopt"),
        ((1,), {"repeated": True}, "adopt"),
    ],
)
def test_what_is_proposed(voices, facts, outcome):
    assert raised(voices, **facts).propose("take_on", AT).proposal.outcome == outcome


def test_a_priority_is_decided_after_somebody_was_heard():
    with pytest.raises(Refused, match="Who was heard"):
        raised().decide("take_on", "adopt", AT, reason="x")


def test_people_are_told_why_not_and_who_else_can_help():
    case = raised((2,))
    case.decide("take_on", "not now", AT)
    assert case.state().stage == "answered_no"
    assert case.run("public_told", AT).due == local("2026-03-17 00:00")  # fourteen days after 2 March
    with pytest.raises(Refused, match="When was the public told"):
        case.do("close", AT)
    told = {"we_did": "We passed it to the council.", "told_at": AT + DAY, "told_by": "letter"}
    with pytest.raises(Refused, match="told why"):
        case.do("tell_public", AT + DAY, **told)
    case.do("tell_public", AT + DAY, why_not="The council sets the speed limit and has been told.", **told)
    case.do("close", AT + DAY)

    assert case.state().stage == "closed"


def test_from_what_people_said_to_what_they_were_told():
    case = raised((12,))
    case.decide("take_on", "adopt", AT)
    with pytest.raises(Refused, match="At least one action"):
        case.decide("measure", "better", AT, measured_on=AT.date(), residents_say="better", reason="x")
    row = case.do("agree_action", AT, action="speed watch with residents", done_by="residents", agreed_at=AT)
    assert case.run("action_done", AT).due == local("2026-03-10 00:00")
    case.do("do_action", AT + DAY, item=row, done_at=AT + DAY, came_of_it="41 drivers written to")
    later = AT + 90 * DAY
    assert case.run("result_known", AT).due == local("2026-09-03 00:00")  # six months after 2 March
    case.decide("measure", "better", later, measured_on=later.date(), residents_say="better", before=30, after=11)
    case.do(
        "tell_public",
        AT + 95 * DAY,
        we_did="Speed watch twice a week; 41 drivers written to.",
        told_at=AT + 95 * DAY,
        told_by="meeting",
    )
    case.do("close", AT + 95 * DAY)

    assert case.state().stage == "closed"
    assert [case.run(name, AT + 96 * DAY).state for name in ("public_told", "result_known")] == ["met"] * 2


# Of n = before + after, the exact two-sided binomial test against a half at 5%: scipy.stats.binomtest.
@pytest.mark.parametrize(
    ("before", "after"), [(30, 11), (30, 29), (11, 30), (3, 0), (6, 0), (0, 0), (5, 0), (100, 73), (100, 74)]
)
def test_a_result_is_better_or_worse_only_where_it_is_more_than_chance(before, after):
    from scipy.stats import binomtest

    case = raised((12,))
    case.decide("take_on", "adopt", AT)
    proposal = case.propose("measure", AT, before=before, after=after).proposal
    low, high = binomtest(after, before + after).proportion_ci(method="exact") if before + after else (0, 1)

    assert proposal.outcome == ("better" if high < 0.5 else "worse" if low > 0.5 else "cannot tell")


def month(*hours, planned=400):
    case = Running(HOURS_KIND, around(**OURS), SERGEANT)
    case.do("plan_hours", AT, area="east", neighbourhood="Dock", starts_on=AT.date(), planned=planned)
    for each in hours:
        case.do("abstract", AT, taken_on=AT.date(), hours=each, taken_for="response", decided_by="control room")
    case.do("report_month", AT + 30 * DAY, delivered=planned - sum(hours))
    return case


def test_a_month_without_planned_hours_is_refused_and_each_is_reported_in_time():
    with pytest.raises(Refused, match="less than 1"):
        month(planned=0)
    assert month().run("month_reported", AT).due == local("2026-04-12 00:00")  # forty days after 2 March
    assert month().run("month_reported", AT + 31 * DAY).state == "met"


def test_a_month_in_which_much_was_taken_away_is_explained_before_it_is_signed_off():
    assert month(40).case(AT).too_many_taken == ""
    month(40).do("sign_off", AT + 31 * DAY, who=INSPECTOR)

    case = month(40, 20)
    assert case.case(AT).too_many_taken == "15% taken away, the force allows itself 10%"
    with pytest.raises(Refused, match="it is explained"):
        case.do("sign_off", AT + 31 * DAY, who=INSPECTOR)
    case.do("explain", AT + 31 * DAY, explained="A murder scene; the duty inspector asks before it happens again.")
    case.do("sign_off", AT + 31 * DAY, who=INSPECTOR)


def test_a_task_of_a_community_support_officer():
    case = Running(PCSO, around(**OURS), SERGEANT)
    case.do("set_task", AT, set_at=AT, area="east", neighbourhood="Dock", task="visit to a victim")
    assert case.run("task_done", AT).due == local("2026-03-10 00:00")
    case.do("drop_task", AT + DAY, why_not_done="taken away for other work")

    assert case.state().stage == "not_done"


# -- the roster ------------------------------------------------------------------------------------------------------------


def rostered(station, staff, taken, of, *, state="abstracted", month="03"):
    """So many duties of a station, the first of them taken away to court, shared by its staff."""
    return [
        {"Staff Number": f"{station}{n % staff}", "Station": station, "Role On Duty": "neighbourhood", "From": f"2026-{month}-{n % 28 + 1:02} 08:00",
         "To": f"2026-{month}-{n % 28 + 1:02} 16:00", "State": state if n < taken else "worked", "Abstracted To": "court" if n < taken else ""}
        for n in range(of)
    ]  # fmt: skip


def test_duties_taken_away_are_counted_from_the_roster():
    rows = [*rostered("Dock", 6, 60, 200), *rostered("Hill", 6, 10, 200), *rostered("Tiny", 2, 5, 10), *rostered("Hill", 6, 5, 5, state="cancelled"),
            {**rostered("Dock", 6, 1, 1)[0], "Role On Duty": "response"}, *rostered("Hill", 6, 1, 40, month="09")]  # fmt: skip
    found = duties(pl.DataFrame(rows), local("2026-08-01 00:00"))  # what is rostered ahead is not counted yet

    assert len(found) == 410
    short, stations, _, why = _sections(found)
    table = stations.blocks[0]
    assert [row[0] for row in table.rows] == ["Dock", "Hill"]  # of two members of staff nothing is told
    dock, hill = table.rows
    assert (dock[1], dock[2], dock[3], dock[5]) == (200, 1600, 480, "more than the force")
    assert (hill[1], hill[3], hill[5]) == (200, 80, "less than the force")
    assert (dock[4].value, dock[4].low < 0.3 < dock[4].high) == (0.3, True)
    assert short.blocks[0].text.startswith("75 of 410 neighbourhood duties were taken away for other work: 18.3% (")
    assert why.blocks[0].rows == (("court", 75, 600),)
