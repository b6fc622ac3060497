"""Accounts that tests of casework act with."""

from __future__ import annotations

from datetime import date

from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.casework.kinds import register

from .measured_kind import CALL

TODAY = date(2026, 3, 2)


def force() -> Agency:
    """The force."""
    return Agency.objects.get_or_create(code="force", defaults={"name": "Example Police", "kind": "police"})[0]


def acting(name: str, purpose: str = "safeguarding", agency: Agency | None = None) -> Actor:
    """Somebody of an agency, with an account made where there is none; the test kind is registered."""
    register(CALL)
    at = agency or force()
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, password="x", agency=at)
    return Actor(user, at, purpose, on=TODAY, reason="test")


def partner(code: str = "council") -> Agency:
    """A partner agency."""
    return Agency.objects.get_or_create(code=code, defaults={"name": code.capitalize(), "kind": "partner"})[0]
