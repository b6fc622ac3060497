"""How recorded crimes ended: rates of the crimes recorded in a period, and, apart from them, the outcomes given in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from math import nan
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.document import Column, Document, Estimate, Note, Section, Source, Table
from peelian.core.system import Choice

from .crime_rules import TYPES

if TYPE_CHECKING:
    from peelian.access.actor import Actor

POSITIVE = (1, 2, 3, 4, 6, 7, 8)
LENGTHS = (("3", "the last 3 months"), ("6", "the last 6 months"), ("12", "the last 12 months"))
MONTHS = Choice("months", "Which months?", lambda actor, at: LENGTHS)


def number_of(outcome: str) -> int:
    """The Home Office's number; 0 while none is assigned."""
    return int(outcome.removeprefix("type_")) if outcome else 0


def outcome_rates(outcomes: Sequence[str]) -> dict[str, float]:
    """Rates of recorded crimes by their outcome now; empty text for a crime without one.

    Parameters
    ----------
    outcomes : sequence of str
        One a crime **recorded** in the period: ``type_1`` to ``type_22``, or empty.

    Returns
    -------
    dict
        `charge`: type 1 of all crimes. `positive`: types 1 to 4 and 6 to 8. `positive_with_22`. `withdrawal`: types 14 and 16 of
        crimes with an outcome. `unassigned`: type 0, by which to see how ripe the period is. Not a number where there is no crime.

    Notes
    -----
    Outcomes of crimes recorded in a period, never outcomes given in it: the two have other denominators.
    """
    numbers = [number_of(o) for o in outcomes]
    total, ended = len(numbers), sum(n > 0 for n in numbers)

    def share(*wanted: int, of: int = total) -> float:
        return sum(n in wanted for n in numbers) / of if of else nan

    return {"charge": share(1), "positive": share(*POSITIVE), "positive_with_22": share(*POSITIVE, 22),
            "withdrawal": share(14, 16, of=ended), "unassigned": share(0)}  # fmt: skip


def first_day(on: date, months: int) -> date:
    """The first day of the month so many months before this one.

    Examples
    --------
    >>> first_day(date(2026, 2, 17), 3)
    datetime.date(2025, 11, 1)
    """
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, 1)


def outcomes_sheet(*, actor: Actor, at: datetime, months: str = "12") -> Document:
    """Both bases, each by itself: crimes recorded in the period by district, and outcomes given in it by type."""
    from peelian.casework.models import JournalEntry
    from peelian.casework.sight import cases
    from peelian.records.models import Area

    actor = actor.for_one_look()
    end = london_day(at).replace(day=1)
    since = first_day(end, int(months))
    seen = cases(actor).filter(kind="crime_investigation")
    recorded: dict[str, list[str]] = {}
    for area, facts in seen.filter(opened_at__gte=start_of_day(since), opened_at__lt=start_of_day(end)).values_list(
        "area", "facts"
    ):
        recorded.setdefault(area or "not known", []).append(facts.get("outcome_type") or "")
    everybody = [o for held in recorded.values() for o in held]
    names = dict(Area.objects.filter(kind="district").values_list("code", "name"))
    rows = [_row(names.get(area, area), held) for area, held in sorted(recorded.items())] + (
        [_row("Force", everybody)] if everybody else []
    )
    given = JournalEntry.objects.filter(
        verb="decide", name="record_outcome", at__gte=start_of_day(since), at__lt=start_of_day(end), case__in=seen
    )
    types = Counter(number_of(str(to)) for to in given.values_list("to", flat=True))
    percent = [
        Column(w, "percent")
        for w in (
            "Charged",
            "Positive",
            "Positive with 22",
            "No support from the victim (14, 16)",
            "No outcome yet (0)",
        )
    ]
    source = Source(
        "Peelian's own investigations", "Home Office outcome types; rates as its user guide separates the two bases"
    )
    first = Table(
        "Crimes recorded in the period, by how they stand now",
        (Column("District"), Column("Crimes", "number"), *percent),
        tuple(rows),
        sources=(source,),
    )
    named = [TYPES.look(on=end, type=str(n)) for n in sorted(types)]
    second = Table("Outcomes given in the period, whenever the crime was recorded", (Column("Type", "number"), Column("Outcome"), Column("Group"), Column("Given", "number")),
                   tuple((n, row["words"], row["group"], types[n]) for n, row in zip(sorted(types), named, strict=True)), sources=(source,))  # fmt: skip
    note = Note("Never divide one table by the other: a crime recorded in the period may end after it, and most outcomes given in it are of older crimes. "
                "Where many have no outcome yet, the rates are not ripe.", "Two bases")  # fmt: skip
    words = f"{since:%-d %B %Y} up to {end:%-d %B %Y}, that day not counted"
    return Document(
        "How crimes ended",
        words,
        "OFFICIAL-SENSITIVE",
        london_day(at),
        sections=(Section("Crimes recorded", (note, first)), Section("Outcomes given", (second,))),
    )


def _row(area: str, held: Sequence[str]) -> tuple[Any, ...]:
    """A line of the first table: each rate with its interval, since most districts end few crimes in a few months."""
    from peelian.analysis.rates import share_interval

    rates, ended = outcome_rates(held), sum(map(bool, held))
    wholes = {name: ended if name == "withdrawal" else len(held) for name in rates}
    cells: list[Any] = []
    for name, rate in rates.items():
        if wholes[name] == 0:
            cells.append("no outcome yet")
            continue
        value, low, high = (float(x[0]) for x in share_interval([round(rate * wholes[name])], [wholes[name]]))
        cells.append(Estimate(value, low, high))
    return (area, len(held), *cells)
