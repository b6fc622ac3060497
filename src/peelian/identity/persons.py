"""Persons as one reader sees them: folded from the mentions, links and decisions that this reader may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet

from peelian.access.actor import Actor, visible
from peelian.access.sight import classes_held
from peelian.records.feeds import FEEDS
from peelian.records.lake import withdrawn_feeds
from peelian.records.models import Mention
from peelian.records.query import current

from .fold import Decided, in_force, settle
from .models import Component, Decision, Known
from .standardise import plain

ANY = -(1 << 31)  # a component holds links alone, whatever the threshold was
STATED = (
    "record_class_id", "batch_id", "line", "reference", "role", "surname", "forenames", "sex", "born_on", "ethnicity", "phone",
    "address", "postcode", "known_from",
)  # fmt: skip
SEXES = {"F": "female", "M": "male"}
SAFETY = "safety-markers"  # the feed of sanitised markers: danger to life, weapons, child at risk, officer safety


@dataclass(frozen=True)
class Person:
    """Mentions that are one person for a reader, the earliest known first."""

    mentions: tuple[Known, ...]

    @cached_property
    def ref(self) -> str:
        """The person's name in addresses: the ref of the mention known first."""
        return str(self.mentions[0].ref)

    @cached_property
    def keys(self) -> list[str]:
        """Keys of the mentions."""
        return [m.key for m in self.mentions]

    @property
    def said(self) -> list[Known]:
        """What records say of the person, without the sanitised markers; all of it where there is nothing else."""
        return [m for m in self.mentions if m.feed != SAFETY] or list(self.mentions)

    @cached_property
    def name(self) -> str:
        """The name used most, the newest of those used as often."""
        used: dict[str, list[datetime]] = defaultdict(list)
        for m in self.said:
            if told := name_of(m):
                used[told].append(m.known_from)
        return max(used, key=lambda n: (len(used[n]), max(used[n]), n)) if used else "Name not stated"

    @property
    def births(self) -> list[date]:
        """Dates of birth stated, the one stated most first."""
        used = Counter(m.born_on for m in self.said if m.born_on)
        return sorted(used, key=lambda day: (-used[day], day))

    @property
    def sexes(self) -> str:
        """Sexes stated, in words."""
        return " and ".join(sorted({SEXES[m.sex] for m in self.said if m.sex in SEXES}))

    @property
    def places(self) -> str:
        """The postcode stated last; several people of one name are told apart by it."""
        stated = [m.postcode for m in self.said if m.postcode]
        return stated[-1] if stated else ""


def name_of(mention: Known) -> str:
    """A mention's name as people write it: SURNAME, Forenames."""
    return ", ".join(filter(None, (mention.surname.upper(), mention.forenames)))


def known(actor: Actor) -> QuerySet[Known]:
    """The mentions that `actor` may see, of feeds that their owner has not taken back."""
    rows: QuerySet[Known] = actor.once("known", _known)
    return rows.all()


def _known(actor: Actor) -> QuerySet[Known]:
    rows = visible(Known.objects, actor)
    gone = actor.once("withdrawn feeds", lambda _: withdrawn_feeds())
    return rows.exclude(feed__in=gone) if gone else rows


def source_of(actor: Actor) -> dict[str, str]:
    """The source of each class of record: two sources may use one reference for different things."""
    return dict(actor.once("sources", lambda _: {one["code"]: one["source"] for one in classes_held(actor)}))


def person_of(ref: str, *, actor: Actor, known_on: datetime | None = None) -> Person | None:
    """The person of whom `ref` names a mention; None alike for what is not there, was not there then, or may not be seen."""
    found = persons_of(known(actor).filter(ref=ref), actor=actor, known_on=known_on)
    return found[0] if found else None


def persons_of(mentions: Iterable[Known], *, actor: Actor, known_on: datetime | None = None) -> list[Person]:
    """The persons to whom visible mentions belong, in the order in which the mentions name them; few queries, however many.

    A link counts where both its ends may be seen, a decision and what was issued on as far as they are about mentions that may
    be seen. As known on a past day, mentions are as their records stated them then, a score counts where both were held, a
    decision where it was taken.
    """
    asked = list(mentions)
    components = {m.component_id for m in asked if m.component_id is not None}
    held = {m.key: m for m in asked}
    if components:
        held |= {m.key: m for m in known(actor).filter(component__in=components)}
    if known_on is not None:
        held = as_known_on(held.values(), actor=actor, known_on=known_on)
    groups: dict[str, list[str]] = {key: [key] for key in held}
    if components:
        links, issued = [], []
        for told, sets in Component.objects.filter(pk__in=components).values_list("links", "issued"):
            links += [(a, b, weight) for a, b, weight in told if a in held and b in held]
            issued += [keys for one in sets if len(keys := [key for key in one if key in held]) > 1]
        taken = [left for d in decisions_on(held, until=known_on) if (left := d.among(held.keys()))]
        for keys in settle(links, taken, issued, upper=ANY).persons():
            groups |= dict.fromkeys(keys, keys)
    found: dict[int, Person] = {}
    for key in [m.key for m in asked if m.key in held]:
        keys = groups[key]
        if id(keys) not in found:
            found[id(keys)] = Person(tuple(sorted((held[k] for k in keys), key=lambda m: (m.known_from, m.ref))))
    return list(found.values())


def as_known_on(mentions: Iterable[Known], *, actor: Actor, known_on: datetime) -> dict[str, Known]:
    """Of mentions held now, those that were held on an instant, by key, as their records stated them then."""
    now = {m.key: m for m in mentions}
    rows = Mention.objects.filter(reference__in={m.reference for m in now.values()}).select_related("batch")
    then = {f"{m.batch.feed}/{m.key}": m for m in current(rows, actor, known_on=known_on)}
    held = {}
    for key, m in now.items():
        if (past := then.get(key)) is not None:
            told = {name: getattr(past, name) for name in STATED}
            names = {"surname_key": plain(past.surname), "forenames_key": plain(past.forenames)}
            same = {"key": key, "ref": m.ref, "feed": m.feed, "component_id": m.component_id}
            held[key] = Known(**same, **told, **names)
            held[key].batch = past.batch
        elif m.feed not in FEEDS and m.known_from <= known_on:  # made here, of no source's row
            held[key] = m
    return held


@dataclass(frozen=True)
class _Decisions:
    """Every decision, and which name a mention, as of a state of the table."""

    state: tuple[Any, ...]
    told: list[Decided]
    by_key: dict[str, list[int]]


_held: dict[str, _Decisions] = {}


def _decisions() -> _Decisions:
    """The decisions as they stand. The process keeps them until the table has another state: few are made, and all are asked."""
    place = str(connection.settings_dict["NAME"])
    state = tuple(Decision.objects.aggregate(Count("pk"), Max("pk"), Max("uid"), Max("at")).values())
    held = _held.get(place)
    if held is None or held.state != state:
        rows = Decision.objects.order_by("pk").values_list("uid", "kind", "keys", "at")
        held = _Decisions(state, [Decided(*row) for row in rows], defaultdict(list))
        for n, one in enumerate(held.told):
            for key in one.named():
                held.by_key[key].append(n)
        _held[place] = held
    return held


def decisions_on(keys: Collection[str], *, until: datetime | None = None) -> list[Decided]:
    """Decisions in force that name one of `keys`, the newest first."""
    held = _decisions()
    near = {n for key in keys for n in held.by_key.get(key, ())}
    if not near:
        return []
    voids = [d for d in held.told if d.kind == "void"]
    return in_force(d for d in [*(held.told[n] for n in sorted(near)), *voids] if until is None or d.at <= until)
