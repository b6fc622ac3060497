"""P9: what is like what, small plans put together, and that a past plan is used, told and counted; without a database."""

import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from peelian.core.document import Points, Table
from peelian.core.kinds import Case, Refused, State
from peelian.prevention.evidence_bank import alike, card_of, pooled
from peelian.prevention.evidence_base import PRACTICE_USE
from peelian.prevention.evidence_sheets import bank, card_section, past_beside, past_plans, to_share

from ..vulnerability.running import Running, around
from . import test_problem_solving as plans

AT, DAY = plans.AT, plans.DAY
LATER = AT + 400 * DAY
OURS = {f"practice__{name}": span for name, span in (
    ("accept_within", "3 days after"), ("decide_within", "14 days after"), ("acknowledge_within", "14 days after"), ("count_after", "6 months after"),
    ("climb_every", "7 days after"),
)}  # fmt: skip


def banked(ref, after, **facts):
    """A card of a plan that is evaluated with these counts afterwards."""
    case, later = plans.counted(after, case=plans.plan(**facts))
    case.decide("conclude", case.propose("conclude", later, **plans.LESSON).proposal.outcome, later, **plans.LESSON)
    return card_of(ref, facts.get("agency", ""), case.state(), LATER, {"East": "East"})


def small(ref, before, after, months=6):
    case = Running(plans.PLAN, around(**plans.OURS), plans.PC)
    case.do("open_small_plan", AT, **plans.PROBLEM, before=before, before_months=months)
    case.do("scan_done", AT, scanned="x")
    done = case.do(
        "plan_response", AT, technique="22 Post instructions", what="Signs", done_by="council", due_on=date(2025, 6, 20)
    )
    case.do("respond", AT, started_on=date(2025, 6, 3))
    case.do("assess", AT + 200 * DAY, ended_on=date(2025, 12, 3))
    case.do("do_response", AT + 200 * DAY, item=done, fidelity="as planned")
    case.do("count_after", AT + 200 * DAY, after=after)
    case.decide("conclude", "cannot show an effect", AT + 200 * DAY, **plans.LESSON)
    return card_of(ref, "", case.state(), LATER, {"East": "East"})


@pytest.fixture(scope="module")
def held():
    return [
        banked("worked", [10] * 12), banked("failed", [40] * 12), banked("other", [10] * 12, problem="robbery", place_type="shops"),
        banked("gates", [18] * 12, problem="vehicle crime"),
    ]  # fmt: skip


def test_failures_stand_as_high_as_successes(held):
    found = alike(held, "burglary", "homes")

    assert [(card.ref, card.plan.finding) for card, _ in found] == [("worked", "fall"), ("failed", "rise")]
    assert found[0][1] == ("the same problem, burglary", "the same kind of place, homes")


def test_the_same_place_and_technique_are_alike_too_and_the_plan_itself_is_not(held):
    gates = ["2 Control access to facilities"]

    assert {card.ref for card, _ in alike(held, "other theft", "homes", gates)} == {"worked", "failed", "gates"}
    assert {card.ref for card, _ in alike(held, "burglary", "homes", but="worked")} == {"failed"}


def test_small_plans_together_still_cannot_show_an_effect():
    (found,) = pooled([small("a", 40, [3] * 6), small("b", 30, [3] * 6), small("c", 20, [2] * 3)])

    # By hand: ratios 18/40, 18/30 and (6/20) x 2; with like ratios tau is 0 and weights are 1 / (1/before + 1/after).
    weights = [1 / (1 / b + 1 / a) for b, a in ((40, 18), (30, 18), (20, 6))]
    mean = sum(w * r for w, r in zip(weights, (-0.7985, -0.5108, -0.5108), strict=True)) / sum(weights)
    assert found.change == pytest.approx(100 * (2.718281828**mean - 1), abs=0.01)
    assert found.high < 0
    assert "this too cannot show an effect" in found.words
    assert pooled([small("a", 40, [3] * 6)]) == []


def test_a_card_answers_emmie_and_holds_nothing_personal(held):
    section = card_section(held[0])
    table = next(b for b in section.blocks if hasattr(b, "columns"))

    assert [row[0].partition(":")[0] for row in table.rows] == [
        "Effect",
        "Mechanism",
        "Moderators",
        "Implementation",
        "Economics",
    ]
    rests = [row[2] for row in table.rows]
    assert rests[0] == "Counts: before and after, compared with an area. Level 3, not looked at by somebody else yet"
    assert rests[1] == "1 cause tested against data, 1 kept"
    assert rests[3] == "1 response: 1 as planned, 0 in part, 0 not at all"
    assert rests[4] == "Costs noted for 1 of 1 response"
    points = " ".join(item for block in section.blocks if isinstance(block, Points) for item in block.items)
    assert "When: June 2025 to June 2026" in points
    assert "Shared: not yet" in points
    personal = {n for n, a in plans.PLAN.about.items() if a.private != "open"}
    text = " ".join(str(block) for block in section.blocks)
    told = held[0].plan.state.facts
    assert not any(str(told[name]) in text for name in personal & set(told) - {"ended_on"} if len(str(told[name])) > 3)


def test_what_partners_get_has_no_reference_and_no_small_count(held, monkeypatch):
    closed = [replace(card, plan=SimpleNamespace(**vars_of(card))) for card in held]
    monkeypatch.setattr("peelian.prevention.evidence_sheets.cards", lambda actor, at: closed)
    text = " ".join(to_share(actor=None, at=LATER).texts())

    assert "4 results" in text
    assert not any(card.ref in text.split() for card in held)
    assert "240" not in text
    assert "no effect" not in text.replace("not a plan without effect", "")


def vars_of(card):
    """A closed plan's facts as a bank reads them."""
    told = dict(card.plan.state.facts)
    return {
        **told,
        "stage": "closed",
        "level": "3",
        "responses": card.plan.responses,
        "hypotheses": card.plan.hypotheses,
        "sharings": card.plan.sharings,
        "get": lambda name: told.get(name),
    }


def test_the_bank_is_searched(held, monkeypatch):
    monkeypatch.setattr("peelian.prevention.evidence_sheets.cards", lambda actor, at: held)

    whole, robbery = bank(actor=None, at=LATER), bank(actor=None, at=LATER, problem="robbery")

    words = "4 results, of 4 in the bank that you may see: 2 with a fall, 1 with a rise, 1 that cannot show an effect."
    assert whole.finding("held").text == words
    assert robbery.finding("held").text.startswith("1 result, of 4 in the bank")
    # Where, what, how sure, the level, the cost and the decision of each stand in the first table, failures in their place among successes.
    table = next(b for b in whole.sections[0].blocks if isinstance(b, Table))
    rise = next(row for row in table.rows if row[3] == "rise")
    assert rise[0] == "Burglary on the Marsh estate, East"
    assert re.fullmatch(r"\+\d+ % \(\+\d+ to \+\d+\)", rise[4])
    assert rise[5:] == ("3", "9,000", "not said yet")
    assert {s.title for s in whole.sections} >= {card.plan.title for card in held}


def test_a_bank_that_shows_nothing_is_no_sign_that_nothing_was_tried(monkeypatch):
    monkeypatch.setattr("peelian.prevention.evidence_sheets.cards", lambda actor, at: [])
    assert "no sign that nothing was tried" in " ".join(bank(actor=None, at=LATER).texts())


def test_past_plans_are_read_beside_the_form_of_a_new_one(held, monkeypatch):
    monkeypatch.setattr("peelian.prevention.evidence_sheets.cards", lambda actor, at: held)
    whole = past_beside(Case(State(plans.PLAN), AT), actor=None, at=LATER)
    burglary = past_beside(plans.plan().case(AT), actor=None, at=LATER)

    assert [heading.partition(":")[0] for heading in whole] == ["Burglary", "Robbery", "Vehicle crime"]
    ((heading, rows),) = burglary.items()
    assert heading == "Burglary: 1 with a fall, 1 with a rise, 0 that cannot show an effect"
    assert [ref for _, _, ref in rows] == ["worked", "failed"]
    assert all(
        "95 % interval" in words and "Methods scale 3" in words and "9,000 pounds" in words for _, words, _ in rows
    )
    acts = [plans.PLAN.act_by_name[name] for name in ("open_plan", "open_small_plan", "weigh_past")]
    assert all(act.beside[1] is past_beside for act in acts)


def test_a_plan_shows_past_plans_like_it(held, monkeypatch):
    monkeypatch.setattr("peelian.prevention.evidence_sheets.cards", lambda actor, at: held)
    case = plans.plan()
    loaded = SimpleNamespace(state=case.state(), case=SimpleNamespace(ref="new"))

    made = past_plans(actor=None, at=LATER, case=loaded)

    assert (
        "2 past plans are like this one: 1 with a fall, 1 with a rise, 0 that cannot show an effect."
        in made.finding("past").text
    )


# -- the use of a past plan -------------------------------------------------------------------------------------------------


def use(finding="fall", **more):
    case = Running(PRACTICE_USE, around(**OURS), plans.PC)
    given = {"title": "Burglary in Brook", "area": "West", "new_plan": "new", "problem": "burglary", "past_plan": "old", "past_title": "Gates",
             "past_finding": finding, "past_evidence": "50 % fewer", **more}  # fmt: skip
    case.do("look_at", AT, **given)
    return case


def test_a_finding_of_the_bank_is_not_told_otherwise():
    old, later = plans.counted([10] * 12)
    old.decide("conclude", "fall", later, **plans.LESSON)
    bank_of = {"old": old.state()}
    case = Running(PRACTICE_USE, replace(around(**OURS), case=bank_of.get), plans.PC)
    given = {
        "title": "x",
        "area": "West",
        "new_plan": "new",
        "problem": "burglary",
        "past_title": "Gates",
        "past_evidence": "x",
    }
    with pytest.raises(Refused, match="as the bank has it"):
        case.do("look_at", AT, **given, past_plan="old", past_finding="rise")
    case.do("look_at", AT, **given, past_plan="a journal", past_finding="rise")


@pytest.mark.parametrize(
    ("finding", "proposed"), [("fall", "adopt"), ("rise", "reject"), ("cannot show an effect", None)]
)
def test_what_could_show_nothing_is_proposed_neither_way(finding, proposed):
    said = use(finding).propose("choose", AT, why="x").proposal

    assert (said.outcome if said else None) == proposed


def test_a_choice_has_its_reason_and_an_adapted_plan_its_change():
    case = use()
    with pytest.raises(Refused) as refused:
        case.decide("choose", "adopt", AT)
    assert "why" in refused.value.fields
    with pytest.raises(Refused, match="which of the two was tried"):
        case.decide("choose", "adapt", AT, why="alike", reason="other streets")


def test_the_agency_that_led_it_is_told_before_it_is_closed():
    case = use("rise", led_by="council")
    case.decide("choose", "reject", AT, why="It rose there")
    with pytest.raises(Refused, match="is told first"):
        case.do("leave_unused", AT)
    case.do("tell_team", AT, told_inside_on=date(2025, 6, 2))
    with pytest.raises(Refused, match="is told first"):
        case.do("leave_unused", AT)
    row = case.ask("told", "council", AT)
    case.answer(row, AT + DAY, acknowledged=True, advice="Mind the alleys")
    case.do("leave_unused", AT + DAY)
    assert case.state().stage == "closed"


def test_after_six_months_it_is_counted_what_came_of_it():
    case = use()
    case.decide("choose", "adopt", AT, why="alike")
    assert case.run("counted_in", AT).due.date() == date(2025, 12, 3)  # the 2nd is the last good day
    case.do("tell_team", AT, told_inside_on=date(2025, 6, 2))
    new, later = plans.counted([10] * 12)
    seen = {"state": new.state()}
    case.around = replace(case.around, case=lambda ref: seen["state"] if ref == "new" else None)
    case.do("count_use", later)
    assert case.state().facts["result"] == "still being counted"
    with pytest.raises(Refused, match="has its finding"):
        case.do("close", later, learnt="x")
    new.decide("conclude", "fall", later, **plans.LESSON)
    seen["state"] = new.state()
    case.do("count_use", later + timedelta(days=1))
    case.do("close", later + timedelta(days=1), learnt="It works here too")
    assert (case.state().stage, case.state().facts["result"]) == ("closed", "fall")
