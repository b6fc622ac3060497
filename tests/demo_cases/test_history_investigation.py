"""Three years of investigation: the measures find what the cases were drawn from, and nothing that is not there."""

import numpy as np
import pytest
from tests.demo_cases.measured_truth import below, missed, turned

from peelian.analysis.rates import share_interval
from peelian.casework.bulk import at_once
from peelian.casework.measures import months_back, picture, verdicts
from peelian.casework.models import Case
from peelian.casework.verify import verify
from peelian.demo_cases.history import Truth, investigation
from peelian.demo_cases.play import Play

MONTHS = 36


def played(now, months):
    """The truth of so many months, played."""
    truth = Truth()
    with at_once():
        investigation.tell(Play(now, investigation.PURPOSE), np.random.default_rng([1, 2]), truth, months)
    return truth


def test_a_month_plays_and_every_case_is_what_its_journal_says(force):
    played(force, 1)
    assert Case.objects.count() > 10
    assert verify().ok


def covers(of, value):
    """Whether the interval of the rows of some tallies covers a share."""
    low, high = (
        float(x[0]) for x in share_interval([sum(m.hits for m in of)], [sum(m.rows for m in of)], level=0.999)[1:]
    )
    return low <= value <= high


@pytest.mark.long
def test_the_measures_find_the_truth_of_three_years(force):
    truth = played(force, MONTHS)
    assert verify().ok
    now = force.year * 100 + force.month
    sergeant = Play(force, "investigation").actor("sergeant")

    def pictured(measure, since=202310, **more):
        return picture(*measure.split("."), actor=sergeant, at=force, since=since, until=now, **more)

    def said(measure):
        return [row for row in truth.rows if row.measure == measure]

    # Units are late in one district for all the years; devices wait in another since the others use their kiosks.
    for measure in ("call_assessment.attended_in_time_in_time", "device.result_in_time_in_time", "device.kiosk_used"):
        rows = [row for row in said(measure) if row.area]
        told = pictured(measure, since=max(202310, months_back(now, int(rows[0].since) - 3)))
        worst = min(rows, key=lambda row: row.value).area
        assert {area for area, verdict in verdicts(told).items() if verdict == "below"} == {worst}, (
            measure,
            told.areas,
        )
        for tally in told.areas:
            assert covers([tally], next(row.value for row in rows if row.area == tally.name)), (measure, tally.name)
    # Where nothing differs, no district is called worse.
    assert "below" not in verdicts(pictured("victim_rights.told_in_time_in_time")).values()

    # Victims are told in time since a month, and the chart signals it then, on the right side, within half a year.
    before, after = said("victim_rights.told_in_time_in_time")
    told, changed = pictured("victim_rights.told_in_time_in_time"), months_back(now, int(after.since))
    assert covers([m for m in told.months if int(m.name) < changed], before.value)
    assert covers([m for m in told.months if int(m.name) > changed], after.value)
    # A run of eight above begins where it changed, or within half a year of it where months have few rows.
    begun = next(int(told.months[s.at - 7].name) for s in told.chart.signals if s.rule == "eight above the centre")
    assert changed <= begun <= months_back(changed, -6)
    assert {int(told.months[s.at].name) > changed for s in told.chart.signals if "below" in s.rule} <= {False}
    for measure in ("call_assessment.answered_in_10_seconds", "call_assessment.evidence_got"):
        assert covers(pictured(measure).months, said(measure)[0].value), measure

    # Days from seizure to result, by district, since there are kiosks: the median lies in its interval.
    for row in said("device.seizure_to_result"):
        tally = next(
            t
            for t in pictured("device.seizure_to_result", since=months_back(now, int(row.since) - 3)).areas
            if t.name == row.area
        )
        if tally.median is not None:
            assert tally.low <= row.value <= tally.high, row.area

    # Of MAPPA: agencies stay away in one district, answer in time since a month, and nothing else differs.
    manager, mappa = (
        Play(force, "offender-management").actor("offender-manager"),
        {row.measure for row in truth.rows if row.system == "I8"},
    )
    assert missed(truth, force, mappa) == []
    assert below("mappa.all_agencies_present", manager, force) == {"X07000001"}
    for measure in ("mappa.minutes_in_time", "mappa.actions_done"):
        assert (below(measure, manager, force), turned(measure, manager, force)) == (set(), False), measure

    # The pilot did harm: it was stopped and everybody went back.
    pilot = Case.objects.get(kind="offender_pilot")
    assert (pilot.closed, pilot.facts["decision"]) == (True, "stop")
    assert not Case.objects.filter(kind="sex_offender", stage="reactive").exists()
