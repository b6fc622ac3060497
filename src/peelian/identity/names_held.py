"""Which names of the store are like another: its distinct names, kept in the process and compared by rapidfuzz.

What is like is decided by a distance alone, never by rank, so a name that only hidden records bear pushes out no other.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from django.db import connection
from django.db.models import Max
from nicknames import NickNamer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .models import Known
from .standardise import roots, sound

IS, ALIKE, BEGINS, SOUNDS, SHORT = "is", "alike", "begins", "sounds", "short form"


@dataclass
class Names:
    """Distinct names with what each sounds like."""

    names: list[str] = field(default_factory=list)
    by_sound: dict[str, list[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Hold a name once."""
        if name and name not in self.known:
            self.known.add(name)
            self.names.append(name)
            self.by_sound.setdefault(sound(name), []).append(name)

    def like(self, name: str) -> dict[str, str]:
        """Names held that `name` may be, each with how; itself among them, held or not."""
        found: dict[str, str] = {}
        allowed = slips_allowed(name)
        if allowed and self.names:
            near = process.cdist([name], self.names, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8)[0]
            found |= {self.names[n]: ALIKE for n in np.flatnonzero(near <= allowed)}
        if len(name) > 2:
            for other in self.by_sound.get(sound(name), ()):
                found.setdefault(other, SOUNDS)
            for other in self.names:
                if other.startswith(name):
                    found.setdefault(other, BEGINS)
        return found | {name: IS}


@dataclass
class _Held:
    """Names up to row `last` of the projection, which writes what changes as a new row."""

    last: int = 0
    surnames: Names = field(default_factory=Names)
    forenames: Names = field(default_factory=Names)


_held: dict[str, _Held] = {}
_lock = threading.Lock()


def slips_allowed(name: str) -> int:
    """How many letters may differ (changed, left out, put in, two exchanged) for a name to be like `name`."""
    return 0 if len(name) < 4 else 1 if len(name) < 7 else 2


def names_held() -> tuple[Names, Names]:
    """Surnames and first forenames of the store. The first question of a process reads all, later ones only rows that came since."""
    last = Known.objects.aggregate(last=Max("pk"))["last"] or 0
    place = str(connection.settings_dict["NAME"])
    with _lock:
        held = _held.get(place)
        if held is None or last < held.last:
            held = _held[place] = _Held()
        if last > held.last:
            # All of them are read from an index alone; a bound on the rows would make it read the rows.
            rows = Known.objects.filter(pk__gt=held.last).order_by() if held.last else Known.objects.order_by()
            for name in rows.values_list("surname_key", flat=True).distinct().iterator():
                held.surnames.add(name)
            for names in rows.values_list("forenames_key", flat=True).distinct().iterator():
                held.forenames.add(names.partition(" ")[0])
            held.last = last
    return held.surnames, held.forenames


def forget() -> None:
    """Read all names anew at the next question."""
    with _lock:
        _held.clear()


@cache
def _nicknames() -> NickNamer:
    return NickNamer()


def short_forms(forename: str) -> set[str]:
    """Forenames that may be short for the same name: bill, will and william."""
    return {short for root in roots(forename) for short in (root, *_nicknames().nicknames_of(root))} - {forename}
