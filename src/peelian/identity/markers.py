"""Markers of persons: the sanitised ones of danger to life, and those that records state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from peelian.access.actor import Actor
from peelian.records.models import Marker
from peelian.records.query import current

from .models import Known
from .persons import SAFETY, Person


@dataclass(frozen=True)
class Stated:
    """A marker, the mention that has it, and whether it is a sanitised one."""

    kind: str
    mention: Known
    safety: bool


def markers_of(
    persons: Iterable[Person], *, actor: Actor, known_on: datetime | None = None
) -> dict[str, tuple[Stated, ...]]:
    """Markers that the actor may see, by the person's ref; sanitised ones first, then the newest."""
    people = list(persons)
    held = {m.key: m for p in people for m in p.mentions}
    rows = current(Marker.objects.filter(mention__in={key.partition("/")[2] for key in held}), actor, known_on=known_on)
    by_key: dict[str, list[str]] = {}
    for feed, mention, kind in rows.values_list("batch__feed", "mention", "kind") if held else ():
        by_key.setdefault(f"{feed}/{mention}", []).append(kind)
    found = {}
    for person in people:
        stated = {Stated(kind, m, m.feed == SAFETY) for m in person.mentions for kind in by_key.get(m.key, ())}
        stated |= {Stated(m.role, m, True) for m in person.mentions if m.feed == SAFETY}
        found[person.ref] = tuple(
            sorted(stated, key=lambda s: (not s.safety, -s.mention.known_from.timestamp(), s.kind, s.mention.ref))
        )
    return found
