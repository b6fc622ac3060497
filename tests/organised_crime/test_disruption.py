"""O5: moderated by another, plans that go on after the arrest, and hours beside harm."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.core.kinds import Around, Refused, Who
from peelian.organised_crime.disruption import PLAN
from peelian.organised_crime.disruption_rules import four_p, scores
from peelian.organised_crime.effort import share_to_most_harm
from peelian.organised_crime.effort_results import by_tactic, result_of, section

from ..vulnerability.running import Running, around, local
from .test_groups import AT, DESK, WORKED, assert_, mapped

OURS = {f"disruption__{name}": value for name, value in {
    "accept_within": "24 hours", "review_every": "28 days after", "moderate_within": "14 days after", "first_look_within": "3 months after",
    "climb_every": "7 days after", "prepare_days_before_end": 28,
}.items()}  # fmt: skip
BEN, BOSS = Who("ben", roles=("organised-crime",), agency="force"), Who("boss", roles=("inspector",), agency="force")
CLAIM = {"happened_on": date(2026, 3, 2), "claim_p": "pursue", "tactic": "crime", "told": "two were charged", "level_claimed": "major",
         "evidence": "the line is dead", "lead_agency": "force"}  # fmt: skip


def plan(group=None, **aims):
    group = group or mapped()
    locals = around(**OURS).locals | group.around.locals
    case = Running(PLAN, Around(locals, case=lambda ref: group.state() if ref == "g1" else None), DESK)
    case.do("open_plan", AT + timedelta(days=2), plan_group="g1", area="east", pursue_aim="the line holder", **aims)
    return case


def test_no_plan_for_a_group_that_is_only_suggested():
    from .test_groups import group

    with pytest.raises(Refused, match="that was mapped"):
        plan(group())


@pytest.mark.parametrize("who", [DESK, BEN])
def test_nobody_moderates_their_own_claim_or_plan(who):
    case = plan()
    claim = case.do("claim", AT + timedelta(days=3), who=BEN, **CLAIM)
    with pytest.raises(Refused, match="did not claim it"):
        case.do("moderate", AT + timedelta(days=4), who=who, item=claim, level_moderated="major", why_moderated="so")
    case.do(
        "moderate",
        AT + timedelta(days=4),
        who=BOSS,
        item=claim,
        level_moderated="minor",
        why_moderated="the line was back in a week",
    )
    with pytest.raises(Refused, match="moderated once"):
        case.do("moderate", AT + timedelta(days=5), who=BOSS, item=claim, level_moderated="major", why_moderated="so")


def test_a_claim_nobody_moderates_is_overdue_and_one_that_is_will_be_looked_at_again():
    case = plan()
    claim = case.do("claim", AT + timedelta(days=3), who=BEN, **CLAIM)
    assert case.run("moderated_in_time", AT + timedelta(days=30)).state == "overdue"
    case.do("moderate", AT + timedelta(days=4), who=BOSS, item=claim, level_moderated="major", why_moderated="so")
    assert case.run("looked_again", AT + timedelta(days=5)).due == local("2026-06-07 00:00")
    assert case.propose("review_plan", AT + timedelta(days=5)).proposal.outcome == "watch"
    case.do("look", AT + timedelta(days=90), item=claim, still_holds=False, looked_why="the line is back")
    assert case.propose("review_plan", AT + timedelta(days=91)).proposal.outcome == "go_on"


def test_the_plan_goes_on_through_custody_licence_and_order():
    case = plan()
    at = AT + timedelta(days=3)
    jailed = case.do(
        "note_standing", at, person="p", standing="custody", from_on=date(2026, 3, 5), until_on=date(2026, 9, 30)
    )
    # 28 days before 30 September is 2 September; late from the 3rd.
    assert case.run("prepared_in_time", at).due == local("2026-09-03 00:00")
    assert case.run("runs_to", at).due == local("2026-10-01 00:00")
    with pytest.raises(Refused, match="goes on while somebody is in custody"):
        case.do("close", at, learnt="nothing yet")
    case.do("prepare_end", at, item=jailed, prepared_how="licence conditions asked for")
    case.do("note_next", at + timedelta(days=200), item=jailed, next_step="licence")
    case.do(
        "note_standing",
        at + timedelta(days=200),
        person="p",
        standing="licence",
        from_on=date(2026, 9, 30),
        until_on=date(2027, 3, 31),
    )
    with pytest.raises(Refused, match="goes on while somebody is in custody"):
        case.do("close", at + timedelta(days=201), learnt="nothing yet")


def test_the_score_before_and_after():
    group = mapped()
    case = plan(group)
    with pytest.raises(Refused, match="open risk score"):
        case.do("note_score", AT + timedelta(days=3), why_scored="before")
    for name, value in WORKED.items():
        assert_(group, name, at=AT + timedelta(days=3), value=value)
    case.do("note_score", AT + timedelta(days=4), why_scored="before")
    assert_(group, "frequency", at=AT + timedelta(days=60), value=1, true_from=date(2026, 4, 30))
    case.do("note_score", AT + timedelta(days=61), why_scored="after")
    # 11 x (3 x 1.2 + 1) = 50.6; 11 x (1 x 1.2 + 1) = 24.2
    assert [row.risk for row in case.case(AT + timedelta(days=62)).scorings] == [50.6, 24.2]
    assert scores(case.case(AT + timedelta(days=62))) == "50.6 (before, 6 March 2026), then 24.2 (after, 2 May 2026)"


def test_what_a_plan_leaves_out_is_seen():
    case = plan()
    case.do(
        "agree",
        AT + timedelta(days=3),
        which_p="pursue",
        what="arrest",
        whose="force",
        due_on=date(2026, 3, 20),
        agreed_at=AT + timedelta(days=3),
    )
    assert (
        four_p(case.case(AT + timedelta(days=3)))
        == "pursue 1, prevent 0, protect 0, prepare 0; nothing yet to prevent, protect, prepare"
    )
    assert case.run("action_in_time", AT + timedelta(days=3)).due == local("2026-03-21 00:00")


def test_hours_that_follow_harm_and_hours_that_do_not():
    risk = [90, 80, 70, 60, 5, 4, 3, 2]
    follows, against = (
        share_to_most_harm(risk, [50, 40, 40, 30, 1, 1, 1, 1]),
        share_to_most_harm(risk, [1, 1, 1, 1, 30, 40, 40, 50]),
    )
    assert follows.value == pytest.approx(160 / 164)
    assert follows.low > 0.5 > against.high
    assert share_to_most_harm([3, 2, 1], [1, 1, 1]) is None


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), min_size=4, max_size=9))
def test_groups_that_score_alike_share_alike(rows):
    risk, hours = [7 for _, _ in rows], [h for _, h in rows]
    assert share_to_most_harm(risk, hours).value == pytest.approx(0.5)


def test_what_came_of_the_effort_by_plan_and_by_tactic():
    """Much effort and no effect stands beside little effort and an effect; what was moderated to nothing counts for nothing."""

    def rows(*told):
        return [SimpleNamespace(part=part, facts=facts, withdrawn=part == "gone") for part, facts in told]

    risk, hours = (lambda n: ("scorings", {"risk": n})), (lambda n: ("efforts", {"hours": n}))

    def claim(tactic, level, holds):
        return ("claims", {"tactic": tactic, "level_moderated": level, "still_holds": holds})

    fell = result_of(
        "Heron",
        False,
        rows(risk(40.0), hours(10), hours(15), claim("crime", "major", True), claim("crime", "none", None), risk(13.0)),
    )
    held = result_of(
        "Plover",
        True,
        rows(risk(40.0), hours(100), claim("vehicles", "minor", False), claim("vehicles", "minor", None), risk(46.0)),
    )
    once = result_of("Dunlin", True, rows(risk(21.0), claim("crime", "minor", True)))

    assert (fell.change, fell.hours, held.change, once.change) == (-27.0, 25, 6.0, None)
    found = {row[0]: row[1:3] for row in by_tactic([fell, held, once])}
    assert found == {"crime": (2, 2), "vehicles": (2, 1)}
    words = " ".join(str(block) for block in section([fell, held, once]).blocks)
    assert (
        "The open risk fell in 1 of 2 plans: 25 hours of teams went to each of these on average, and 100 to each of the others."
        in words
    )
    assert section([once]) is None


def test_a_plan_is_reviewed_every_28_days():
    case = plan()
    assert case.run("next_plan_review", AT + timedelta(days=2)).due == local("2026-04-02 00:00")  # opened on 4 March
    case.decide("review_plan", "go_on", AT + timedelta(days=20), reason="it works")
    assert case.run("next_plan_review", AT + timedelta(days=21)).due == local("2026-04-20 00:00")
