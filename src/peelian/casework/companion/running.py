"""One round of every system: changes in, decisions back. A system that is down holds no other up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .contract import Silent
from .follow import Taken, take_in
from .setting import Linked
from .telling import note, tell


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave for one system; `silent` says why it did not answer."""

    source: str
    taken: Taken
    told: int = 0
    untold: int = 0
    silent: str = ""


def once(links: Iterable[Linked], *, at: datetime) -> list[Round]:
    """Ask each system and tell it what waits."""
    found = []
    for link in links:
        taken, silent = Taken(), ""
        try:
            taken = take_in(link, at=at)
        except Silent as error:
            silent = error.found
        note(link, at=at)
        told, untold = tell(link, at=at)
        found.append(Round(link.source.name, taken, told, untold, silent))
    return found
