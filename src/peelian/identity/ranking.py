"""How well a person fits what was asked, with the reasons in plain words.

The points only put results in order; they are design, no probability. Nobody is shown for a name alone where every date of
birth stated contradicts the one asked, and nobody for a date of birth alone where a name was asked that is not theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz.distance import OSA

from .candidates import Sought, days_like, near_days
from .models import Known
from .names_held import ALIKE, BEGINS, IS, SHORT, SOUNDS, slips_allowed
from .standardise import sound

_SURNAME = {
    IS: (6.0, "surname is the same"),
    ALIKE: (4.5, "surname is written nearly the same"),
    SOUNDS: (4.0, "surname sounds alike"),
    BEGINS: (3.0, "surname begins so"),
}
_FORENAME = {
    IS: (4.0, "forename is the same"),
    SHORT: (3.5, "one forename is short for the other"),
    ALIKE: (3.0, "forename is written nearly the same"),
    SOUNDS: (2.5, "forename sounds alike"),
    BEGINS: (2.0, "forename begins so"),
}
_THING = {
    "phone": (10.0, "telephone number is the same"),
    "plate": (9.0, "number plate is the same"),
    "email": (10.0, "e-mail address is the same"),
    "device": (10.0, "device is the same"),
    "address": (7.0, "address is the same"),
}


class Reason(NamedTuple):
    """Points, and why."""

    points: float
    words: str


@dataclass
class Fit:
    """What of the question fits a person: reasons by kind, and whether the whole name does."""

    reasons: dict[str, Reason] = field(default_factory=dict)
    whole_name: bool = False
    another_day: bool = False  # a date of birth is stated that is not near the one asked

    def take(self, kind: str, points: float, words: str) -> None:
        """Keep the best reason of a kind."""
        if kind not in self.reasons or points > self.reasons[kind].points:
            self.reasons[kind] = Reason(points, words)

    def join(self, other: Fit) -> None:
        """Add what fits another mention of the same person."""
        for kind, reason in other.reasons.items():
            self.take(kind, *reason)
        self.whole_name = self.whole_name or other.whole_name
        self.another_day = self.another_day or other.another_day

    @property
    def points(self) -> float:
        """The sum over kinds."""
        return round(sum(reason.points for reason in self.reasons.values()), 3)

    def shown(self, sought: Sought) -> bool:
        """Whether the person is an answer to what was asked."""
        kinds = self.reasons.keys()
        if kinds & {*_THING, "reference"}:
            return True
        born = "born" in kinds
        if sought.asked.names:
            contradicted = sought.day is not None and self.another_day and not born
            return (self.whole_name and not contradicted) or ("name" in kinds and sought.day is not None and born)
        return born or "postcode" in kinds


def fit(sought: Sought, mention: Known, things: Collection[tuple[str, str]] = ()) -> Fit:
    """How a mention fits; `things` are the (kind, value) asked for that its record states."""
    found = Fit()
    asked = sought.asked
    if mention.ref in asked.refs or sought.is_reference(mention):
        found.take("reference", 12.0, "reference is the same")
    for kind, _ in things:
        found.take(kind, *_THING[kind])
    if mention.postcode and mention.postcode in asked.postcodes:
        found.take("postcode", 3.0, "postcode is the same")
    _born(sought, mention, found)
    _name(sought, mention, found)
    return found


def _born(sought: Sought, mention: Known, found: Fit) -> None:
    born, day = sought.asked.born, mention.born_on
    if born is None or day is None:
        return
    if born.day is None:
        if born.first <= day <= born.last:
            found.take("born", 3.0, f"{born.kind} fits")
    elif day == born.day:
        found.take("born", 8.0, "date of birth is the same")
    elif day in days_like(born.day):
        found.take("born", 6.0, "date of birth: day and month exchanged")
    elif day in near_days(born.day):
        found.take("born", 4.0, "date of birth differs by one slip")
    else:
        found.another_day = True


def _name(sought: Sought, mention: Known, found: Fit) -> None:
    for n, (surname, given) in enumerate(sought.readings):
        how = _surname_how(sought.near[surname], surname, mention.surname_key)
        first = forename_how(given[0], mention.forenames_key, sought.short[given[0]]) if given else None
        if not given:  # one name, which may be either
            alone = forename_how(surname, mention.forenames_key, ())
            if how is None and alone is not None:
                points, words = _FORENAME[alone]
                found.take("name", points - 1, words)
                found.whole_name = True
        if how is None and first is None:
            continue
        points = 0.0
        told: list[str] = []
        for table, which in ((_SURNAME, how), (_FORENAME, first)):
            if which is not None:
                points += table[which][0]
                told.append(table[which][1])
        for other in given[1:]:
            if forename_how(other, mention.forenames_key.partition(" ")[2], ()) is not None:
                points += 0.5
                told.append("a further forename fits")
        if n % 2 and not sought.asked.surname:
            points -= 0.5
            told.append("read with the surname first")
        whole = how is not None and (not given or first is not None or not mention.forenames_key)
        if "name" not in found.reasons or points > found.reasons["name"].points:
            found.take("name", points, "; ".join(told))
        found.whole_name = found.whole_name or whole


def _surname_how(near: Mapping[str, str], asked: str, held: str) -> str | None:
    if held in near:
        return near[held]
    return BEGINS if len(asked) > 2 and asked in held.split() else None


def forename_how(asked: str, held: str, short: Collection[str]) -> str | None:
    """How one forename asked stands to the forenames of a mention; None where it does not fit."""
    words = held.split()
    if not words:
        return None
    if asked in words:
        return IS
    if words[0] in short:
        return SHORT
    allowed = slips_allowed(asked)
    if allowed and OSA.distance(asked, words[0], score_cutoff=allowed) <= allowed:
        return ALIKE
    if words[0].startswith(asked) or (len(words[0]) == 1 and asked.startswith(words[0])):
        return BEGINS
    return SOUNDS if len(asked) > 2 and len(words[0]) > 2 and sound(asked) == sound(words[0]) else None
