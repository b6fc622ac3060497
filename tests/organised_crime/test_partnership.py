"""O9: attending is no engagement, deputies are counted, and an answer counts where a plan changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peelian.core.kinds import Act, Entry, Refused, Who, fold
from peelian.organised_crime.partnership import PARTNER, REQUEST
from peelian.organised_crime.partnership_sheet import document, edition_for

from ..core.made_kind import made
from ..vulnerability.running import Running, around, local

OURS = {
    "partnership__accept_within": "24 hours", "partnership__judge_every": "3 months after", "partnership__answer_within": "10 working days after",
    "partnership__use_within": "14 days after", "partnership__chief_answers_within": "14 days after", "partnership__climb_every": "7 days",
    "partnership__record_within_days": 3, "partnership__deputies_running": 3, "partnership__silent_requests": 2, "partnership__days_before_board": 14,
}  # fmt: skip
AT = local("2026-03-02 10:00")
COORDINATOR = Who("coordinator", roles=("organised-crime",), agency="force")
HEAD = Who("head", roles=("superintendent",), agency="force")
CHIEF = Who("chief", roles=("chief-officer",), agency="force")
FOUR_WEEKS = timedelta(days=28)


def partner(came, children=()):
    """A partner at the board, who came so to meetings four weeks apart."""
    where = replace(around(**OURS), children=lambda kind: list(children))
    case = Running(PARTNER, where, COORDINATOR)
    case.do("join", AT, area="east", board="county", partner="council", member_post="director", member_rank="director", rank_needed="director",
            next_board_on=(AT + FOUR_WEEKS).date())  # fmt: skip
    for n, who in enumerate(came, 1):
        at = AT + n * FOUR_WEEKS
        case.do("record_board", at, held_on=at.date(), came=who, next_board_on=(at + FOUR_WEEKS).date())
    return case, AT + len(came) * FOUR_WEEKS


def requested(**words):
    case = Running(REQUEST, around(**OURS), COORDINATOR)
    case.do(
        "request",
        AT,
        area="east",
        wanted="licences of three shops",
        what_for="cash",
        of_kind="data",
        needed_on="2026-03-20",
        **words,
    )
    item = case.ask("help", "council", AT)
    return case, item


@pytest.mark.parametrize(
    ("came", "running"),
    [("", 0), ("m", 0), ("d", 1), ("mdd", 2), ("ddd", 3), ("dddm", 0), ("dnd", 3), ("mdmd", 1)],
)
def test_meetings_without_the_member_in_a_row(came, running):
    case, at = partner([{"m": "member", "d": "deputy", "n": "nobody"}[c] for c in came])

    assert case.case(at).meetings_without_member == running


def test_attending_alone_never_counts_as_engagement():
    case, at = partner(["member"] * 6)

    assert case.propose("judge_engagement", at).proposal.outcome == "attends_only"
    with pytest.raises(Refused, match="Attending alone never counts"):
        case.decide("judge_engagement", "engaged", at, reason="they always come")


def test_an_action_done_is_engagement():
    case, at = partner(["deputy"])
    item = case.do("take_on", at, action="gate the yard", agreed_at=at, due_on=(at + FOUR_WEEKS).date())
    assert case.propose("judge_engagement", at).proposal.outcome == "attends_only"

    case.do("do_action", at, item=item, done_at=at, result="gated")

    assert case.propose("judge_engagement", at).proposal.outcome == "engaged"


def test_two_deputies_do_not_escalate_and_three_do_before_the_next_board():
    case, at = partner(["deputy"] * 2)
    assert case.run("escalation_due", at).state == "none"

    case, at = partner(["deputy"] * 3)
    run = case.run("escalation_due", at)

    assert run.due == local(
        "2026-06-09 00:00"
    )  # the next board is on 22 June; 14 days before is 8 June, the last good day
    assert case.run("escalation_due", at + FOUR_WEEKS).state == "overdue"


def test_two_silent_requests_escalate_too():
    silent = [requested()[0].state() for _ in range(2)]
    case, at = partner(["member"], silent)

    assert case.case(at).requests_silent == 2
    assert case.run("escalation_due", at).due is not None


def test_it_goes_from_chief_to_chief():
    case, at = partner(["deputy"] * 3)
    with pytest.raises(Refused, match="superintendent"):
        case.do("escalate", at, why_escalated="three deputies")
    case.do("escalate", at, who=HEAD, why_escalated="three deputies")
    with pytest.raises(Refused, match="chief officer"):
        case.do("write_to_chief", at, who=HEAD, letter="dear colleague")
    case.do("write_to_chief", at + timedelta(days=2), who=CHIEF, letter="dear colleague")
    case.do(
        "chief_answers", at + timedelta(days=9), chief_said="the director will come", member_post="director of place"
    )

    assert case.state().stage == "sitting"
    assert [case.run(name, at + FOUR_WEEKS).state for name in ("escalation_due", "letter_due", "chief_answer_due")] == [
        "met"
    ] * 3


def plan_of_another_module(changed_at):
    """A plan of another module: a made kind of its name, and one entry."""
    kind = made(name="disruption_plan", acts=(*made().acts, Act(name="set_aims", maybe=("note",))))
    entries = [Entry(1, AT, AT, "ann", "act", "report", "force", given={"area": "east"})]
    if changed_at:
        given = {"note": "shops are inspected"}
        entries.append(Entry(2, changed_at, changed_at, "ann", "act", "set_aims", "force", given=given))
        entries.append(Entry(3, changed_at, changed_at, "ann", "act", "review", "force"))
    return fold(kind, entries)


@pytest.mark.parametrize(
    ("changed", "allowed"),
    [(None, False), (-1, False), (1, True)],
    ids=["unchanged", "before the answer", "after the answer"],
)
def test_an_answer_counts_where_the_groups_plan_changed_after_it(changed, allowed):
    case, item = requested(group="G1")
    answered = AT + timedelta(days=3)
    case.answer(item, answered, can="yes", what="the licences")
    case.do("take_answer", answered)
    held = plan_of_another_module(None if changed is None else answered + timedelta(days=changed))
    case.around = replace(case.around, case=lambda ref: held if ref == "P1" else None)
    later, given = answered + timedelta(days=5), {"plan": "P1", "is_now": "shops are inspected with the council"}

    if not allowed:
        with pytest.raises(Refused, match="was changed after the answer"):
            case.do("change_plan", later, **given)
        case.do("change_nothing", later, why_nothing="known before")
        return
    case.do("change_plan", later, **given)

    assert case.state().facts["traced_to"] == "entry 2 of plan P1: aims changed"
    board, at = partner([], [case.state()])
    assert board.propose("judge_engagement", at).proposal.outcome == "engaged"


def test_a_request_nobody_answers_is_late_after_ten_working_days():
    case, _ = requested()

    assert case.run("answer_read", AT).due == local("2026-03-17 00:00")
    assert case.run("answer_read", AT).due.date() > date(2026, 3, 16)
    with pytest.raises(Refused, match="partner has answered"):
        case.do("take_answer", AT)


def test_the_paper_for_the_board_names_deputies_and_never_calls_coming_engagement():
    case, at = partner(["member", "deputy", "deputy"])
    item = case.do("take_on", at, action="gate the yard", agreed_at=at, due_on=(at + timedelta(days=2)).date())

    words = " | ".join(document([case.case(at + timedelta(days=5))], at + timedelta(days=5)).texts())

    assert "0 of 1 partners are judged engaged" in words
    assert "without the member: council" in words
    assert "gate the yard" in words
    case.do("do_action", at + timedelta(days=5), item=item, done_at=at + timedelta(days=5), result="gated")
    assert "Taken on, not done" not in " | ".join(
        document([case.case(at + timedelta(days=5))], at + timedelta(days=5)).texts()
    )


def test_a_partners_own_paper_says_its_share_and_nothing_of_anybody_else():
    request, _ = requested(group="G1")
    case, at = partner(["member", "deputy"], [request.state()])
    case.do("take_on", at, action="gate the yard", agreed_at=at, due_on=(at + timedelta(days=2)).date())
    case.decide("judge_engagement", "attends_only", at)

    words = " | ".join(edition_for(case.case(at), at).texts())

    assert all(
        told in words for told in ("licences of three shops", "not answered yet", "gate the yard", "for council alone")
    )
    assert not any(kept in words.lower() for kept in ("g1", "engage", "attends", "deput", "member"))


def test_who_came_is_written_down_engagement_judged_and_an_answer_put_to_use_in_time():
    case, at = partner([])
    assert case.run("board_recorded", at).due == local("2026-04-03 00:00")  # the board of 30 March and three days
    assert case.run("engagement_judged", at).due == local("2026-06-03 00:00")
    case.do(
        "record_board",
        AT + FOUR_WEEKS,
        held_on=(AT + FOUR_WEEKS).date(),
        came="member",
        next_board_on=(AT + 2 * FOUR_WEEKS).date(),
    )
    assert case.run("board_recorded", AT + FOUR_WEEKS).due == local("2026-05-01 00:00")
    case.decide("judge_engagement", "attends_only", AT + FOUR_WEEKS)
    assert case.run("engagement_judged", AT + FOUR_WEEKS).due == local("2026-07-01 00:00")

    request, item = requested()
    request.answer(item, AT, can="no", what="nothing held")
    request.do("take_answer", AT)
    assert request.run("put_to_use", AT).due == local("2026-03-17 00:00")
    request.do("change_nothing", AT + timedelta(days=1), why_nothing="nothing held")
    assert request.run("put_to_use", AT + timedelta(days=30)).state == "met"
