"""All that is held of one person, as one reader may see it: each line with who said so, when, and in which row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from peelian.access.actor import Actor, record_act, visible
from peelian.access.models import RecordClass
from peelian.records.models import Event, Relationship
from peelian.records.query import current

from .markers import Stated, markers_of
from .models import Known, Seen
from .network import Network, network
from .persons import SAFETY, SEXES, Person, known, name_of, person_of, persons_of, source_of
from .search import ELSEWHERE
from .sources import Source, sources

EVENTS = 300  # of one person; the newest
THINGS = {"phone": "Telephone", "plate": "Vehicle", "email": "E-mail address", "device": "Device", "address": "Address"}


@dataclass(frozen=True)
class Said:
    """A row that says something: its feed, batch and line, its class, and since when it is held.

    A sanitised marker has neither batch nor line: they are those of the record that must not be known by it.
    """

    feed: str
    batch: str  # digest
    line: int
    record_class: str
    known_from: datetime

    @classmethod
    def of(cls, row: Known | Event | Relationship) -> Said:
        """Of a row of the store or the projection, whose batch was fetched with it."""
        if getattr(row, "feed", "") == SAFETY:
            return cls(SAFETY, "", 0, row.record_class_id, row.known_from)
        return cls(row.batch.feed, row.batch.digest, row.line, row.record_class_id, row.known_from)


@dataclass(frozen=True)
class Fact:
    """What rows say, in words, and the rows, the newest first."""

    words: str
    said: tuple[Said, ...]
    kind: str = ""
    ref: str = ""  # of a thing: its own page is named so


@dataclass(frozen=True)
class Happened:
    """An event with the roles that the person has in it."""

    event: Event
    roles: tuple[str, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Related:
    """How another person stands to this one, as a record states it."""

    person: Person
    words: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Picture:
    """The person page. `classes` are those of its lines; `timeline` are (when, what, row), the newest first."""

    person: Person
    names: list[Fact]
    born: list[Fact]
    details: list[Fact]
    things: list[Fact]
    safety: list[Fact]
    markers: list[Fact]
    relationships: list[Related]
    events: list[Happened]
    more_events: bool
    timeline: list[tuple[datetime | date, str, Said]]
    network: Network
    classes: list[RecordClass]
    sources: list[Source]
    elsewhere: str = ELSEWHERE


def picture(
    ref: str, *, actor: Actor, at: datetime, known_on: datetime | None = None, reason: str = ""
) -> Picture | None:
    """The person of whom `ref` names a mention, with the log entry of the look; None for one whom the actor may not see.

    Parameters
    ----------
    ref : str
        Of any mention of the person.
    at : datetime
        The instant of the look.
    known_on : datetime, optional
        As this installation knew it at that instant.
    reason : str, optional
        Why, in the reader's words; kept in the log.

    Notes
    -----
    The number of queries does not grow with what is held. The log entry names everybody whom the page names: of the person and of
    each of the network the mention known first. The entry is written before anything is given.
    """
    actor = actor.for_one_look()
    person = person_of(ref, actor=actor, known_on=known_on)
    if person is None:
        return None
    prefetch_related_objects(list(person.mentions), "batch")
    drawn = network(person, actor=actor, known_on=known_on)
    said = person.said
    events, more = _events(person, actor, known_on)
    names = _facts(said, name_of)
    born = _facts(said, lambda m: f"{m.born_on.day} {m.born_on:%B %Y}" if m.born_on else "")
    things = _things(person, actor, known_on)
    relationships = _relationships(person, actor, known_on)
    timeline = sorted(
        [
            *(
                (h.event.start or h.event.known_from, f"{_words(h.event)}: {', '.join(h.roles)}", h.said[0])
                for h in events
            ),
            *(
                (f.said[-1].known_from, f"First held: {f.kind or 'name'} {f.words}", f.said[-1])
                for f in [*names, *things]
            ),
        ],
        key=lambda line: (line[0], line[1]),
        reverse=True,
    )
    concerned = [person, *(r.person for r in relationships), *(node.person for node in drawn.nodes)]
    with transaction.atomic():
        record_act(
            actor,
            "consultation",
            "person",
            detail={"known on": known_on.date().isoformat()} if known_on else {},
            at=at,
            subjects={p.mentions[0].key for p in concerned},
            reason=reason,
        )
    stated = markers_of([person], actor=actor, known_on=known_on)[person.ref]
    shown = {m.record_class_id for m in person.mentions} | {h.event.record_class_id for h in events}
    return Picture(
        person=person,
        names=names,
        born=born,
        details=[
            *_facts(said, lambda m: SEXES.get(m.sex, ""), kind="Sex"),
            *_facts(said, lambda m: m.ethnicity, kind="Ethnicity"),
        ],
        things=things,
        safety=_marked(m for m in stated if m.safety),
        markers=_marked(m for m in stated if not m.safety),
        relationships=relationships,
        events=events,
        more_events=more,
        timeline=timeline,
        network=drawn,
        classes=list(RecordClass.objects.filter(pk__in=shown).order_by("code")),
        sources=sources(actor),
    )


def _facts(mentions: Iterable[Known], words: Callable[[Known], str], *, kind: str = "") -> list[Fact]:
    """Each thing said once, with all who say it; the newest said first."""
    by_words: dict[str, list[Said]] = defaultdict(list)
    for m in mentions:
        if told := words(m):
            by_words[told].append(Said.of(m))
    return _newest_first(Fact(told, _ordered(rows), kind) for told, rows in by_words.items())


def _marked(markers: Iterable[Stated]) -> list[Fact]:
    """Each marker once, with all who state it."""
    by_kind: dict[str, list[Said]] = defaultdict(list)
    for marker in markers:
        by_kind[marker.kind].append(Said.of(marker.mention))
    return _newest_first(Fact(kind, _ordered(rows)) for kind, rows in by_kind.items())


def _things(person: Person, actor: Actor, known_on: datetime | None) -> list[Fact]:
    """Telephones, vehicles, addresses and the like that the person's records state."""
    rows = visible(Seen.objects, actor).filter(key__in=person.keys).select_related("batch")
    held = {m.key: m for m in person.mentions}
    by_value: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for row in rows:
        # Of a past version other things may have been seen: only what its own row says stands.
        if known_on is None or (held[row.key].batch_id, held[row.key].line) == (row.batch_id, row.line):
            by_value[row.kind, row.value].append(row)
    facts = []
    for (kind, _), seen in by_value.items():
        words = max(seen, key=lambda s: (s.known_from, s.said)).said
        facts.append(Fact(words, _ordered(map(Said.of, seen)), THINGS[kind], seen[0].ref))
    stated = {(row.key, row.kind) for seen in by_value.values() for row in seen}
    for kind, name in (("phone", "phone"), ("address", "address")):
        unread = [m for m in person.said if getattr(m, name) and (m.key, kind) not in stated]
        facts += _facts(unread, lambda m, name=name: _stated(m, name), kind=THINGS[kind])  # type: ignore[misc]
    return _newest_first(facts)


def _stated(mention: Known, name: str) -> str:
    return ", ".join(filter(None, (mention.address, mention.postcode))) if name == "address" else mention.phone


def _events(person: Person, actor: Actor, known_on: datetime | None) -> tuple[list[Happened], bool]:
    """Events of the person's records, the newest first, and whether there are more than are shown.

    Two sources may use one reference for different things, so an event counts only for mentions of its own source.
    """
    mentions: dict[str, list[Known]] = defaultdict(list)
    for m in person.mentions:
        mentions[m.reference].append(m)
    source = source_of(actor)
    rows = current(Event.objects.filter(reference__in=list(mentions)), actor, known_on=known_on)
    found = []
    for event in rows.select_related("batch").order_by("-start", "reference", "pk")[: EVENTS + 1]:
        own = [m for m in mentions[event.reference] if source[m.record_class_id] == source[event.record_class_id]]
        if own:
            roles = tuple(sorted({m.role for m in own if m.role}))
            found.append(Happened(event, roles or ("named",), (Said.of(event), *(Said.of(m) for m in own))))
    return found[:EVENTS], len(found) > EVENTS


def _relationships(person: Person, actor: Actor, known_on: datetime | None) -> list[Related]:
    """Who is stated to be what to the person, of those that the actor may see."""
    own = {key.partition("/")[2] for key in person.keys}
    rows = Relationship.objects.filter(Q(mention__in=own) | Q(to__in=own)).select_related("batch")
    ends = []
    for row in current(rows, actor, known_on=known_on):
        a, b = (f"{row.batch.feed}/{key}" for key in (row.mention, row.to))
        if a in person.keys:
            ends.append((b, f"{row.kind}, as this person's record states", row))
        if b in person.keys:
            ends.append((a, f"{row.kind}, as the other's record states", row))
    others = known(actor).filter(key__in={key for key, _, _ in ends})
    by_key = {key: p for p in persons_of(others, actor=actor, known_on=known_on) for key in p.keys}
    related = [Related(by_key[key], words, (Said.of(row),)) for key, words, row in ends if key in by_key]
    return sorted(related, key=lambda r: (r.person.name, r.person.ref, r.words, r.said[0].batch, r.said[0].line))


def _words(event: Event) -> str:
    return str(event.offence or event.category.replace("-", " ") or event.kind).capitalize()


def _ordered(said: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(sorted(said, key=lambda s: (-s.known_from.timestamp(), s.feed, s.batch, s.line)))


def _newest_first(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda f: (f.kind, -f.said[0].known_from.timestamp(), f.words))
