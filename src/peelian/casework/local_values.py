"""The force's own values that kinds of case read: settings that two people change, with the days since when each held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from peelian.access.changes import SETTINGS, declare
from peelian.access.models import Change
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Around, Kind, State
from peelian.core.period import Period

History = Mapping[str, Sequence[tuple[datetime, Any]]]


def declare_all(kind: Kind) -> None:
    """Make each local value of a kind a setting; one that another kind declared already is the same value."""
    for name, local in kind.all_locals.items():
        if name not in SETTINGS:
            words = name.replace(".", ": ").replace("_", " ").replace("-", " ")
            read = one_of(local.words) if local.words else read_value
            declare(name, words.capitalize(), owner=f"owner of the {local.source}", read=read)


def read_value(text: str) -> str | int | float:
    """What was typed as a local value: a period, a time of day or a number.

    Raises
    ------
    ValueError
        With what is allowed.

    Examples
    --------
    >>> read_value("4 working hours"), read_value("08:30"), read_value("12"), read_value("0.5")
    ('4 working hours', '08:30', 12, 0.5)
    """
    told = " ".join(text.split())
    try:
        return str(Period.parse(told))
    except InvalidInput:
        pass
    try:
        return time.fromisoformat(told).isoformat("minutes") if ":" in told else _number(told)
    except ValueError:
        raise ValueError("a period (such as 72 hours), a time of day (08:30) or a number") from None


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text.strip() not in words:
            raise ValueError("one of: " + ", ".join(words))
        return text.strip()

    return read


def _number(text: str) -> int | float:
    found = float(text)
    if not abs(found) < 1e12:
        raise ValueError
    return int(found) if found == int(found) and "." not in text else found


def history(names: Collection[str]) -> History:
    """What each value was, and since when, oldest first: as the engine reads it."""
    found: dict[str, list[tuple[datetime, Any]]] = defaultdict(list)
    rows = Change.objects.filter(name__in=list(names)).exclude(approved_at=None).order_by("approved_at", "pk")
    for name, since, value in rows.values_list("name", "approved_at", "after"):
        found[name].append((since, value))
    return found


def around_of(
    kind: Kind,
    *,
    held: History | None = None,
    children: Callable[[str], Sequence[State]] | None = None,
    case: Callable[[str], State | None] | None = None,
) -> Around:
    """What a case of a kind is read in; `held` saves the question to the database where many cases are read."""
    told = history(kind.all_locals) if held is None else held
    return Around(told, children or (lambda name: ()), case or (lambda ref: None))
