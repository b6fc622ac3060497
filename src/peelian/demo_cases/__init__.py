"""The demonstration's casework: the last months of a made-up force at work, with queues that are full and some things late.

Each module tells of some systems: `VALUES` are what the made-up force has set for itself (nobody's standard; what stands in no line stays
unset, as in a real start), `PURPOSE` is why its people act, `tell` plays the story. Every entry goes through `casework.store` as if
a person had made it at that hour, so nothing here can be what the engine refuses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from django.db import transaction

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.changes import SETTINGS, approved, decide, propose
from peelian.access.models import User
from peelian.casework.duty import sign_on
from peelian.casework.models import Case

from .play import Play

STORIES: tuple[str, ...] = (
    "vulnerability",
    "neighbourhoods",
    "investigations",
    "offenders",
    "crime_groups",
    "exploitation",
    "orders",
    "partnership",
    "problem_solving",
    "exercises",
    "mobilisation",
    "armed_policing",
    "assurance",
)
ON_DUTY = (
    "control",
    "sergeant",
    "neighbourhood",
    "detective",
    "inspector",
    "superintendent",
    "hub-manager",
    "offender-manager",
)
YEAR = timedelta(days=365)


def module(name: str) -> Any:
    """One story's module."""
    return import_module(f"peelian.demo_cases.{name}")


def set_values(by: str, second: str, at: datetime) -> None:
    """Set the force's own values by two people, where they are not set."""
    systems.load()
    one, two = (Actor.of(User.objects.select_related("agency").get(username=n), "administration") for n in (by, second))
    values = {name: text for told in STORIES for name, text in module(told).VALUES.items()}
    for name, text in values.items():
        if name in SETTINGS and approved(name) is None:
            uid = propose(name, text, reason="the made-up force's own value", actor=one, at=at).uid
            decide(uid, approve=True, actor=two, at=at)


def fill(now: datetime | None = None) -> int:
    """Play the weeks, once; returns the number of cases that are there."""
    now = now or datetime.now(UTC)
    set_values("sergeant", "administrator", now - 4 * YEAR)
    play = Play(now)
    for name in ON_DUTY:  # the shift that the reader walks in on
        sign_on(until=now + timedelta(hours=11), actor=play.actor(name), at=play.ago(12))
    if not Case.objects.exists():
        for name in STORIES:
            told = module(name)
            with transaction.atomic():
                told.tell(Play(now, told.PURPOSE))
    return Case.objects.count()
