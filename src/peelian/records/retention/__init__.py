"""Review, retention and disposal: which group a person's records fall in, and on which day somebody must look at them.

Nothing is disposed of by the clock: a day that is reached is work for a person (law 3), and `records.erasure` needs two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from peelian.core.dated import Found, Table
from peelian.core.period import Period

_RULES = Path(__file__).with_name("groups.toml")
GROUP = Table(_RULES, "retention_group", gives={"group": int})
PERIOD = Table(_RULES, "retention_period", gives={"clear_years": int, "to_age": int, "then": str})

WHO = (
    "analyst",
    "supervisor",
    "data-protection",
)  # may review, and decide on erasure: a force's own choice, no standard
SUBJECT_ROLES = frozenset({"suspect", "detainee", "offender", "wanted person"})
_CRIMES = frozenset({"violent-crime", "robbery", "possession-of-weapons"})
FLOOR_YEARS = (
    6  # Hansard written material on the management of police information, 2006: at least six years (secondary)
)


@dataclass(frozen=True)
class Part:
    """A person's part in one record.

    Attributes
    ----------
    role : str
        As the record states it (`suspect`, `victim`, ...).
    kind, category : str
        Of the event.
    on : date
        Day of the event.
    """

    role: str
    kind: str
    category: str
    on: date


@dataclass(frozen=True)
class Due:
    """When a person's records must be looked at.

    Attributes
    ----------
    group : int
        1 (public protection) to 4; the strictest of the person's parts.
    on : date or None
        None where no value is set for the group; `reason` then says who sets it.
    reason : str
        In words, with the event that it counts from.
    rule : Found
        Source and standing of the period.
    """

    group: int
    on: date | None
    reason: str
    rule: Found


def group_of(part: Part, *, on: date) -> int:
    """The review group of one part (rule `retention_group`)."""
    what = part.kind if part.kind in ("management", "custody") else "other"
    if part.kind == "crime":
        what = part.category if part.category in _CRIMES else "other-crime"
    as_ = "subject" if part.role in SUBJECT_ROLES else "other"
    return int(GROUP.look(on=on, part=as_, record=what)["group"])


def due(parts: Iterable[Part], *, on: date, born: date | None = None, reviewed: date | None = None) -> Due | None:
    """The next day on which a person's records must be looked at; None for nobody's parts.

    A later event as a subject begins the clear period again; a review begins the next one.

    Examples
    --------
    The example of the standard (standards/data-protection-and-algorithms): group 3, last event on 10 February 2020.

    >>> first = Part("suspect", "crime", "burglary", date(2020, 2, 10))
    >>> due([first], on=date(2026, 11, 23)).on
    datetime.date(2026, 2, 10)
    >>> due([first, Part("suspect", "crime", "shoplifting", date(2024, 6, 1))], on=date(2026, 11, 23)).on
    datetime.date(2030, 6, 1)
    """
    held = [(group_of(p, on=on), p) for p in parts]
    if not held:
        return None
    group = min(g for g, _ in held)
    rule = PERIOD.look(on=on, group=str(group))
    if rule.why_not:
        return Due(group, None, f"group {group}: {rule.why_not}", rule)
    last = max(p.on for g, p in held if g < 4)
    start = max(last, reviewed) if reviewed else last
    after = Period.after(years=max(rule["clear_years"], FLOOR_YEARS)).last_day(start)
    reason = (
        f"group {group}: {rule['clear_years']} clear years from {'the review' if start != last else 'the last event'} "
        f"on {start:%-d %B %Y}; then: {rule['then']}"
    )
    if rule["to_age"] and born:
        reason += f"; kept until the age of {rule['to_age']}, on {Period.after(years=rule['to_age']).last_day(born):%-d %B %Y}"
    return Due(group, after, reason, rule)
