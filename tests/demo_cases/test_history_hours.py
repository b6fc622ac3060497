"""The years of threats, joint work, local profiles, MAPPA, conferences and support are played whenever the demonstration is set up."""

from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest

from peelian.access.refs import ref_of
from peelian.casework.bulk import at_once
from peelian.casework.models import Case
from peelian.casework.verify import verify
from peelian.demo_cases.history import (
    Truth,
    alike,
    conferences,
    investigation,
    joint_work,
    local_profiles,
    mappa,
    organised_crime,
    vulnerability,
)
from peelian.demo_cases.others import agencies
from peelian.demo_cases.play import Play

KINDS = {
    "soc_threat", "joint_investigation", "local_profile", "profile_action", "mappa", "hub_referral", "profile_tasking", "support_concern", "training_demand",
    "consistency",
}  # fmt: skip


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 10, 31, 23, 58, tzinfo=UTC), id="end of a month"),
        # Half past one of summer time; the next hour comes twice.
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="clocks back"),
        # Three minutes past two, when one o'clock never came.
        pytest.param(datetime(2026, 3, 29, 1, 3, tzinfo=UTC), id="clocks forward", marks=pytest.mark.long),
        pytest.param(datetime(2026, 7, 1, 23, 3, tzinfo=UTC), id="past midnight in London", marks=pytest.mark.long),
    ],
)
def test_some_months_play_at_any_hour(force, now):
    safeguarding, prevention, managers = (
        Play(now, purpose) for purpose in ("safeguarding", "prevention", "offender-management")
    )
    agencies(prevention)
    rng, truth = np.random.default_rng(7), Truth()
    with at_once():
        for told in (joint_work, local_profiles):
            told.tell(prevention, rng, truth, 4)
        for told in (conferences, alike):
            told.tell(safeguarding, rng, truth, 4)
        mappa.tell(managers, rng, truth, 4, (ref_of(f"force-people/lent {n}") for n in count()))
    assert set(Case.objects.values_list("kind", flat=True)) == KINDS
    assert verify().ok
    assert {row.system for row in truth.rows} == {"O2", "O3", "O8", "I8", "V1", "V5", "V6", "V7"}


@pytest.mark.long
@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize(
    "story", [organised_crime, investigation, vulnerability], ids=lambda story: story.__name__.rpartition(".")[2]
)
def test_the_whole_stories_play_at_any_hour(force, story, hour):
    now = force.replace(hour=hour, minute=3)
    with at_once():
        story.tell(Play(now, story.PURPOSE), np.random.default_rng([1, hour]), Truth(), 4)
    assert verify().ok
