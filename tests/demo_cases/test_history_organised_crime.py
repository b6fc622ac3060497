"""Three years of organised crime: the measures find what the cases were drawn from, and the sheets say what works."""

from collections import defaultdict

import pytest
from tests.demo_cases.measured_truth import below, missed, played, turned

from peelian.casework.models import Case
from peelian.casework.verify import verify
from peelian.demo_cases.history import organised_crime
from peelian.demo_cases.play import Play
from peelian.organised_crime.held import held
from peelian.organised_crime.prevention_orders_study import early_and_late, failures


def test_two_months_play_and_every_case_is_what_its_journal_says(force):
    played(organised_crime, force, 2)
    assert Case.objects.count() > 10
    assert verify().ok


@pytest.mark.long
def test_the_measures_find_the_truth_of_three_years(force):
    truth = played(organised_crime, force, 36)
    assert verify().ok
    districts = (
        "intelligence_report.sent_and_read",
        "briefing.everybody_read",
        "exploitation.sent_in_time_in_time",
        "disruption_plan.held_as_claimed",
        "soc_threat.action_due_in_time",
        "joint_investigation.objectives_met",
        "profile_action.actions_taken_on",
    )
    changes = (
        "intelligence_report.hours_to_grade",
        "partner_report.feedback_in_time_in_time",
        "board_partner.member_came",
        "soc_threat.threat_with_partner_data",
        "joint_investigation.their_review_due_in_time",
    )
    alike = (
        "soc_threat.gap_due_in_time",
        "joint_investigation.our_review_due_in_time",
        "profile_action.take_on_answered_in_time",
        "local_profile.threat_lower",
    )
    assert not missed(truth, force, districts + changes + alike)
    # The district that is worse, and no other, lies below the funnel.
    actor = Play(force, "assurance").actor("assurance")
    for measure in (*districts[:3], *districts[4:]):
        worst = min((row for row in truth.rows if row.measure == measure), key=lambda row: row.value).area
        assert below(measure, actor, force) == {worst}, measure
    # What was drawn without a change is told as none; what changed is signalled where there are rows enough.
    for measure in alike:
        assert (below(measure, actor, force), turned(measure, actor, force)) == (set(), False), measure
    assert turned("joint_investigation.their_review_due_in_time", actor, force)
    _tactics()
    _orders(force)


def _tactics():
    """What is moderated and looked at again: charges hold and take the score down, vehicles do neither for three times the hours."""
    holds, moved, hours = defaultdict(list), defaultdict(list), defaultdict(float)
    for plan in Case.objects.filter(kind="disruption_plan").prefetch_related("items"):
        rows = list(plan.items.order_by("pk"))
        tactic = {row.facts["tactic"] == "vehicles" for row in rows if row.part == "claims"}
        for row in rows:
            if row.part == "claims" and row.facts.get("still_holds") is not None:
                holds[row.facts["tactic"] == "vehicles"].append(row.facts["still_holds"])
        scores = [row.facts["risk"] for row in rows if row.part == "scorings"]
        if len(scores) > 2:
            moved[tactic == {True}].append(scores[-1] - scores[0])
        hours[tactic == {True}] += sum(row.facts["hours"] for row in rows if row.part == "efforts")
    assert sum(holds[False]) / len(holds[False]) > 0.65 > 0.45 > sum(holds[True]) / len(holds[True])
    assert set(moved[False]) == {-27.0}
    assert set(moved[True]) == {6.0}
    assert hours[True] > 1.5 * hours[False]


def _orders(now):
    """The study for force and prosecutor: of those sent earlier far more are granted, and lateness is the commonest reason."""
    orders_held = [one for _, one in held(Play(now, "prevention").actor("coordinator"), now, "prevention_order")]
    _, ((early, refused_early), (late, refused_late)), _ = early_and_late(orders_held)
    assert early / (early + refused_early) > 1.5 * late / (late + refused_late)
    assert failures(orders_held).most_common(1)[0][0] == "no limb: time"
