"""Others with whom the demonstration's force works on organised crime, and what stories about them share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.access.people import join
from peelian.casework import store
from peelian.casework.models import Case

from .play import Play, written

DAY = 24.0  # hours
PASSWORD = "made-up-county"
AGENCIES = {
    "cps": ("The Crown Prosecution Service", "prosecutor"),
    "neighbour": ("The neighbouring force", "neighbour-inspector"),
    "trading": ("Trading standards", "trading-officer"),
    "school": ("The county's schools", "school-lead"),
}


def agencies(play: Play) -> None:
    """Others with whom the force works on organised crime, and somebody of each who answers."""
    keeper = Actor.of(User.objects.select_related("agency").get(username="administrator"), "administration")
    for code, (words, name) in AGENCIES.items():
        agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": words, "kind": "partner"})
        if not User.objects.filter(username=name).exists():
            join(
                name,
                password=PASSWORD,
                agency=agency,
                roles=("hub-worker",),
                start=(play.now - timedelta(days=900)).date(),
                actor=keeper,
                at=play.now,
            )


def day(play: Play, days: float) -> str:
    """The day so many days ago."""
    return play.ago(days * DAY).date().isoformat()


def answer(play: Play, by: str, days: float, ref: str, given: Mapping[str, Any]) -> None:
    """An agency answers what it was asked last."""
    item = written(Case).get(ref=ref).items.filter(ask=True, answered_at=None).order_by("-pk").first()
    store.answer(ref, item.item, given, actor=play.actor(by), at=play.ago(days * DAY))


def ask(play: Play, days: float, ref: str, name: str, agency: str) -> None:
    store.ask(ref, name, agency, actor=play.actor("coordinator"), at=play.ago(days * DAY))


def group() -> str:
    """A group of the demonstration, where there is one."""
    found = written(Case).filter(kind="organised_crime_group", closed=False).order_by("pk").first()
    return found.ref if found else ""
