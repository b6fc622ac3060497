"""Which mentions may be meant: a few questions to the indexes of the store, each with an end, the surest first.

The filter of what the actor may see stands in each question, so no hidden row takes the place of a visible one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from peelian.records.feeds import FEEDS

from .models import Known, Seen
from .names_held import Names, names_held, short_forms
from .query_words import Asked
from .things import normalise

Order = tuple[str, ...]
BY_SURNAME: Order = ("surname_key", "forenames_key", "record_class_id", "ref")
BY_FORENAMES: Order = ("forenames_key", "born_on", "ref")
EACH = 200  # rows of one question; who asks for more than that has to say more


def things(asked: Asked) -> dict[str, list[str]]:
    """Values of `Seen` that the words name, by kind; of a plate all that it may stand for."""
    code = asked.postcodes[0] if asked.postcodes else ""
    return {
        "phone": asked.phones,
        "plate": [mark for plate in asked.plates for mark in normalise.plates_like(plate)],
        "email": asked.emails,
        "device": asked.devices,
        "address": [key for said in asked.addresses if (key := address_key(said, code))],
    }


def address_key(said: str, code: str) -> str:
    """How `Seen` writes an address; without a postcode the part before it, up to its comma."""
    apart = normalise.address(said, code)
    if not apart.number or not apart.street:
        return ""
    return apart.key if code else (f"flat {apart.flat}, " if apart.flat else "") + f"{apart.number} {apart.street}, "


def span(field: str, start: str) -> Q:
    """Texts that begin with `start`, as a span that an index answers on both engines; a little more may come."""
    bare = start.rstrip("z")
    after = bare[:-1] + chr(ord(bare[-1]) + 1) if bare else ""
    return Q(**{f"{field}__gte": start}) & (Q(**{f"{field}__lt": after}) if after else Q())


@dataclass(frozen=True)
class Sought:
    """The words with all that is worked out of them once: how the names may be read, and which names of the store are near."""

    asked: Asked
    readings: list[tuple[str, list[str]]]
    near: dict[str, dict[str, str]]
    short: dict[str, set[str]]
    forenames: dict[str, dict[str, str]]
    references: list[str]

    @classmethod
    def of(cls, asked: Asked) -> Sought:
        """Work it out, against the names held now."""
        ways = readings(asked) if asked.names else []
        surnames, forenames = names_held() if ways else (Names(), Names())
        given = {names[0] for _, names in ways if names}
        return cls(
            asked,
            ways,
            {surname: surnames.like(surname) for surname, _ in ways},
            {name: short_forms(name) for name in given},
            {name: forenames.like(name) for name in given},
            sorted({form for word in asked.references for form in (word, word.upper())}),
        )

    @property
    def day(self) -> date | None:
        """The date of birth asked, where a day was given."""
        return self.asked.born.day if self.asked.born else None

    def is_reference(self, mention: Known) -> bool:
        """Whether the mention's own reference, or its record's, was asked."""
        return bool({mention.reference, mention.key.partition("/")[2]}.intersection(self.references))


def questions(sought: Sought) -> Iterator[tuple[Q, Order]]:
    """What to ask of `Known`: few questions, each of which an index answers, in the order in which that index holds its rows."""
    asked = sought.asked
    own = Q(ref__in=asked.refs) if asked.refs else Q()
    if sought.references:
        own |= Q(reference__in=sought.references)
        own |= Q(key__in=[f"{feed}/{form}" for feed in FEEDS for form in sought.references])
    if own:
        yield own, BY_SURNAME
    if asked.names:
        yield from _of_names(sought)
    elif sought.day:
        yield Q(born_on__in=days_like(sought.day)), BY_SURNAME
    if asked.postcodes:
        yield Q(postcode__in=asked.postcodes), BY_SURNAME


def days_like(day: date) -> list[date]:
    """The day, and the day with day and month exchanged."""
    return sorted({day, _exchanged(day) or day})


def near_days(day: date) -> list[date]:
    """Days that differ from `day` by one slip: exchanged, a day, a month, a year or ten years out."""
    near = {*days_like(day), day - timedelta(days=1), day + timedelta(days=1)}
    for years, months in ((1, 0), (-1, 0), (10, 0), (-10, 0), (0, 1), (0, -1)):
        month = day.month - 1 + months
        try:
            near.add(day.replace(year=day.year + years + month // 12, month=month % 12 + 1))
        except ValueError:
            continue
    return sorted(near)


def _exchanged(day: date) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 else None


def readings(asked: Asked) -> list[tuple[str, list[str]]]:
    """Ways to read the names as (surname, forenames); two words may be a surname, and the surname may stand first."""
    names = asked.names
    if asked.surname:
        return [(asked.surname, names[len(asked.surname.split()) :])]
    ways = [(names[-1], names[:-1])]
    if len(names) > 1:
        ways.append((names[0], names[1:]))
    if len(names) > 2:
        ways += [(" ".join(names[-2:]), names[:-2]), (" ".join(names[:2]), names[2:])]
    return ways


def _of_names(sought: Sought) -> Iterator[tuple[Q, Order]]:
    """With a day of birth, those born near it, and those without one; then the name as it is, and names like it.

    Each surname is asked by itself: so its rows come out of the index in order, and the question ends with the first few of many.
    """
    born, day = sought.asked.born, sought.day
    everyone = sorted({name for names in sought.near.values() for name in names})
    when = Q(born_on__gte=born.first, born_on__lte=born.last) if born else Q()
    if day:
        yield Q(surname_key__in=everyone, born_on__in=near_days(day)) | Q(born_on__in=days_like(day)), BY_SURNAME
        when = Q(born_on=None)
    told = [(surname, given[0]) for surname, given in sought.readings if given]
    if not told:
        [(name, _)] = sought.readings
        yield Q(surname_key=name) & when, BY_SURNAME
        if others := sorted(set(everyone) - {name}):
            yield Q(surname_key__in=others) & when, BY_SURNAME
        yield span("forenames_key", name) & when, BY_FORENAMES
    for surname, first in told:
        alike = _begins({first, *sought.short[first], *sought.forenames[first]})
        further = Q(forenames_key__contains=f" {first}")
        yield Q(surname_key=surname) & (alike | further | Q(forenames_key="")) & when, BY_SURNAME
        if others := sorted(sought.near[surname].keys() - {surname}):
            yield Q(surname_key__in=others) & alike & when, BY_SURNAME


def _begins(forenames: set[str]) -> Q:
    first = Q()
    for name in sorted(forenames):
        if not any(name.startswith(other) for other in forenames - {name}):
            first |= span("forenames_key", name)
    return first


def seen_keys(values: dict[str, list[str]], rows: QuerySet[Seen]) -> dict[str, set[tuple[str, str]]]:
    """Mention keys at which `rows` have one of the values, each with (kind, value)."""
    wanted = Q()
    for kind, held in values.items():
        for value in held:
            wanted |= Q(kind=kind) & (span("value", value) if value.endswith(", ") else Q(value=value))
    found: dict[str, set[tuple[str, str]]] = {}
    if wanted:
        for key, kind, value in (
            rows.filter(wanted).exclude(key="").order_by("key").values_list("key", "kind", "value")[:EACH]
        ):
            found.setdefault(key, set()).add((kind, value))
    return found
