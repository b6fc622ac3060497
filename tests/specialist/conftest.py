"""A force whose roster, training register, staff list and fleet are landed."""

from datetime import date
from typing import Any

import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, User
from peelian.records import landing
from peelian.specialist.mobilisation_means import UNIT

from .landed import AT, FEEDS, HOUR, VALUES


@pytest.fixture
def staff(db: None) -> dict[str, Actor]:
    """People of a force: a planner, a supervisor, an investigator, a superintendent, a chief officer; with every value set."""
    systems.load()
    agency = Agency.objects.create(code="force", name="Force", kind="police")
    made = {}
    roles = {
        "planner": "planner",
        "keeper": "analyst",
        "pc": "investigator",
        "sgt": "supervisor",
        "head": "superintendent",
        "chief": "chief-officer",
    }
    for name, role in roles.items():
        user = User.objects.create_user(name, agency=agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=[role], start=date(2020, 1, 1), by="t", at=AT)
        made[name] = Actor(user, agency, "records" if role == "analyst" else "planning", on=AT.date(), reason="test")
    values = {**VALUES, **{unit.name: 1 for unit in UNIT.values()}}
    for system in ("S1", "S2", "S3", "S4"):
        for kind in systems.system_of(system).kinds:
            values |= {n: "28 days after" for n in kind.all_locals if n not in values}
    for name, value in values.items():
        if name != "working_time.rest_hours":
            long_ago = AT - 24 * 365 * 2 * HOUR
            Change.objects.create(
                uid=name,
                name=name,
                after=value,
                reason="t",
                proposed_by="a",
                proposed_at=long_ago,
                approved_by="b",
                approved_at=long_ago,
            )
    return made


@pytest.fixture
def force(staff: dict[str, Actor], tmp_path: Any, settings: Any) -> dict[str, Actor]:
    """The same people, with the feeds landed."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    for feed, text in FEEDS.items():
        path = tmp_path / f"{feed}.csv"
        path.write_text(text)
        [result] = landing.ingest(feed, [path], actor=staff["keeper"], at=AT - 2 * HOUR)
        assert not result.error and not result.quarantined, result
    return staff
