"""Three years of prevention: measures and evaluations find what the cases were drawn from, and call nothing a success that did nothing."""

import pytest
from tests.demo_cases.measured_truth import below, missed, played, turned

from peelian.casework.models import Case
from peelian.casework.verify import verify
from peelian.demo_cases.history import prevention
from peelian.demo_cases.play import Play
from peelian.prevention.evidence_bank import cards

TOLD, BETTER, KEPT = "local_priority.public_told_in_time", "asb_case.better", "neighbourhood_hours.within_limit"
TAKEN, FOLLOWED = "hub_problem.taken_by_agencies", "adviser_visit.taken_up"


def test_two_months_play_and_every_case_is_what_its_journal_says(force):
    played(prevention, force, 2)
    assert Case.objects.count() > 10
    assert verify().ok


@pytest.mark.long
def test_the_measures_find_the_truth_of_three_years(force):
    truth = played(prevention, force, 36)
    assert verify().ok
    sergeant = Play(force, "prevention").actor("sergeant")
    # The district that is worse stands below in its funnel, and no other does; where all are alike, none does.
    assert below(TOLD, sergeant, force) == {"X07000003"}
    assert below(BETTER, sergeant, force) == {"X07000002"}
    for measure in (KEPT, TAKEN, FOLLOWED):
        assert below(measure, sergeant, force) == set(), measure
    assert missed(truth, force, {TOLD, BETTER, KEPT, TAKEN, FOLLOWED}) == []
    assert turned(KEPT, sergeant, force)

    # Each evaluated plan: its interval holds the true change, and only what worked is called a fall.
    bank = {card.plan.title: card for card in cards(sergeant, force)}
    plans = {row.measure.removeprefix("plan: "): row.value for row in truth.rows if row.measure.startswith("plan: ")}
    assert set(bank) == set(plans)
    outside = [t for t, c in bank.items() if not c.evaluation.low <= plans[t] <= c.evaluation.high]
    assert len(outside) <= 1  # 95 % intervals of ten plans
    assert {t for t, c in bank.items() if c.evaluation.finding == "fall"} == {
        t for t, true in plans.items() if true < 0
    }
    moved = [t for t, c in bank.items() if any(": displacement" in point for point in c.evaluation.points)]
    assert moved == [row.measure.removeprefix("beside: ") for row in truth.rows if row.measure.startswith("beside: ")]
    # What showed a fall was adopted and fell again; what could show nothing was turned down.
    used = {
        c.facts["past_title"]: (c.facts["choice"], c.facts.get("result"))
        for c in Case.objects.filter(kind="practice_use")
    }
    assert used["Burglary behind the mill terraces"] == ("adopt", "fall")
    assert used["Shop theft in the old market"][0] == "reject"
