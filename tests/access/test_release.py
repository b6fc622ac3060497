"""Nobody who holds all releases may narrow a small count: attacked by a program of its own (attacker.py)."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.access.attacker import Attacker
from tests.access.worlds import steps, table, worlds

from peelian.access.release import plan, threshold
from peelian.core.errors import PeelianError


def rng():
    return np.random.default_rng(1)


def flat(items, total="all"):
    """An axis of one level."""
    return {total: tuple(items)} | dict.fromkeys(items, ())


def published(plan_):
    """What a reader sees of a plan: counts by name."""
    return {
        (measure, frozenset(codes)): cell.count
        for (measure, codes), cell in plan_.cells.items()
        if cell.count is not None
    }


def attack(attacker, small):
    """Every small count that the attacker narrows: its name, and the range in whole numbers that is left."""
    top = threshold() - 1
    found = []
    for cell, sum_ in small:
        low, high = attacker.range_of(sum_, whole=True)
        if low > 1e-6 or high < top - 1e-6:
            found.append((cell, low, high, attacker.range_of(sum_, whole=False)))
    return found


def release_all(releases, chance=None):
    """Plan each release after those before it; the attacker who has read them all, and every small count of any of them."""
    attacker, earlier, small = Attacker(), [], []
    for tables in releases:
        result = plan(tables, earlier=earlier, rng=chance or rng())
        attacker.read(tables, published(result))
        earlier.append(result.release)
        small += [(cell, attacker.sums[cell]) for cell, count in attacker.counts.items() if 0 < count < threshold()]
    return attacker, small


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds, st.lists(steps, min_size=1, max_size=4))
def test_no_sequence_of_releases_narrows_a_small_count(world, sequence):
    releases = []
    for step in sequence:
        world = world | step.corrections
        releases.append([table(world, step)])
    try:
        attacker, small = release_all(releases)
    except PeelianError as error:
        assert error.id == "peelian.E303"
        return
    assert attack(attacker, small) == []
