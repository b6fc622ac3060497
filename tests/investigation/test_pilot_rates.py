"""I7: the review of a pilot tells how many times as often, with its interval, and what cannot be told."""

from datetime import UTC, datetime, timedelta

import pytest

from peelian.analysis.sequential import rate_ratio
from peelian.investigation.offender_sheets import rates
from peelian.investigation.pilot_reading import _Member, reading

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
AT = SINCE + timedelta(days=100)


def members(*harmed):
    """Ten people in each arm, of whom so many have an outcome seen without contact on the fiftieth day."""
    when = SINCE + timedelta(days=50)
    return [
        _Member(arm, SINCE, AT, when if n < many else None, False, 0, ())
        for arm, many in enumerate(harmed)
        for n in range(10)
    ]


def test_the_rates_of_two_arms_with_their_interval():
    _, low, high = rate_ratio(6, 2, 1000, 1000)
    assert rates(reading(members(6, 2), AT, ratio=2, alpha=0.05)).startswith(
        f"3.0 times ({low:.1f} to {high:.1f}, 95 % interval)"
    )


@pytest.mark.parametrize(
    ("harmed", "said"), [((6, 0), "at least"), ((0, 0), "no rate can be told")], ids=["none in one", "none at all"]
)
def test_an_arm_without_an_outcome_gives_no_rate(harmed, said):
    assert said in rates(reading(members(*harmed), AT, ratio=2, alpha=0.05))
