"""The demonstration's casework: the last months of a made-up force at work, with queues that are full and some things late.

Each module tells of some systems: `VALUES` are what the made-up force has set for itself (nobody's standard; what stands in no line stays
unset, as in a real start), `PURPOSE` is why its people act, `tell` plays the story. Every entry goes through `casework.store` as if
a person had made it at that hour, so nothing here can be what the engine refuses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.changes import SETTINGS, approved, decide, propose
from peelian.access.models import User
from peelian.casework.bulk import at_once
from peelian.casework.duty import sign_on
from peelian.casework.models import Case

from . import history
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


def fill(now: datetime | None = None, *, months: int = 0, seed: int = 1, truth: Path | None = None) -> int:
    """Play the stories, once; returns the number of cases that are there.

    Parameters
    ----------
    months : int, default 0
        So many months of routine cases are drawn before the stories.
    truth : Path, optional
        Where what they were drawn from is written.
    """
    now = now or datetime.now(UTC)
    set_values("sergeant", "administrator", now - 4 * YEAR)
    play = Play(now)
    for name in ON_DUTY:  # the shift that the reader walks in on
        sign_on(until=now + timedelta(hours=11), actor=play.actor(name), at=play.ago(12))
    if not Case.objects.exists():
        if months:
            _past(now, months, seed, truth)
        for name in STORIES:
            told = module(name)
            with at_once():
                told.tell(Play(now, told.PURPOSE))
    return Case.objects.count()


def _past(now: datetime, months: int, seed: int, path: Path | None) -> None:
    truth = history.Truth()
    for n, name in enumerate(history.PAST):
        told = history.module(name)
        with at_once():
            told.tell(Play(now, told.PURPOSE), np.random.default_rng([seed, n]), truth, months)
    if path is not None:
        truth.write(path)
