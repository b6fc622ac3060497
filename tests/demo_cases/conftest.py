"""A force without records: three districts, the demo's people, and the values that the force has set for itself."""

from datetime import UTC, datetime

import pytest

from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.demo import _users
from peelian.demo_cases import YEAR, set_values
from peelian.records.models import Area
from peelian.records.setup import FORCE, OPERATOR, ensure_ready

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture
def posted():
    """Nobody is posted but as the demo posts them."""


@pytest.fixture
def force(db, posted):
    """The instant at which the demo's people look at the force, which has three districts and no case."""
    ensure_ready()
    operator = Actor.of(User.objects.get(username=OPERATOR), "administration")
    Agency.objects.filter(code=FORCE).update(name="Wexmoor Police")
    _users(operator, NOW - 4 * YEAR)
    for n, name in enumerate(("Aldmoor", "Brackwater", "Caldershore"), start=1):
        Area.objects.create(code=f"X0700000{n}", name=name, kind="district", boundary={}, hectares=1, source="made up")
    set_values("sergeant", "administrator", NOW - 4 * YEAR)
    return NOW
