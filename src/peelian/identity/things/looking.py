"""Who and what events go with a phone, a vehicle or an address; every line with its source and date, of visible rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from peelian.access.actor import Actor, record_act, visible
from peelian.access.models import RecordClass
from peelian.access.refs import ref_of
from peelian.records.lake import withdrawn_feeds
from peelian.records.models import Event
from peelian.records.query import current

from ..models import HiddenHit, Known, Seen
from ..persons import Person, known, persons_of
from .addresses import address
from .normalise import plates_like
from .places import Candidates, Reasons, parted, whole, widened

SHARED = 4  # a phone of more people than this is a shared one; a local setting [DESIGN]
MOST = 1_000  # rows of one thing that are looked through, the newest
WORDS = {
    "phone": "a telephone",
    "plate": "a vehicle",
    "address": "an address",
    "email": "an e-mail address",
    "device": "a device",
}
ALERTS = 100  # hidden records whose owners learn of one look
Events = dict[tuple[str, str], Event]


@dataclass(frozen=True)
class Line:
    """One record's word of a thing: who had it, or what happened there."""

    row: Seen
    why: str  # how it is known to be the same place; '' where it is written the same
    event: Event | None
    people: tuple[tuple[str, Person], ...]  # (role, person): whose it is, or at an event's address who was in the event

    @property
    def date(self) -> datetime:
        """When it happened; where the event does not say, when the record came."""
        told = (self.event.start or self.event.reported) if self.event else None
        return told or self.row.known_from


@dataclass(frozen=True)
class Thing:
    """A phone, a plate or a place with every line about it, the newest first."""

    kind: str
    value: str
    lines: tuple[Line, ...]
    more: bool  # whether there are lines beyond the newest `MOST`

    @property
    def ref(self) -> str:
        """Its name in addresses."""
        return ref_of(f"{self.kind}/{self.value}")

    @property
    def persons(self) -> list[Person]:
        """Whose it is, each person once, the newest line first."""
        own = [p for line in self.lines if line.row.key for _, p in line.people]
        return list({p.ref: p for p in own}.values())

    @property
    def shared(self) -> bool:
        """Whether so many people have it that it tells nothing of who is who: a shelter's phone, a hostel's. Homes are shared anyway."""
        return self.kind != "address" and len(self.persons) > SHARED

    @property
    def vague(self) -> bool:
        """Whether the address is a number and a street alone, which may be several places."""
        return self.kind == "address" and not any(whole(line.row) for line in self.lines)

    @property
    def concerned(self) -> list[Person]:
        """Everyone whom a look at it shows, each once: whose it is, and who was in an event at it."""
        return list({p.ref: p for line in self.lines for _, p in line.people}.values())

    @property
    def events(self) -> list[Line]:
        """A line of each event, the newest first; where people are named, the line that names them."""
        best: dict[int, Line] = {}
        for line in self.lines:
            if line.event and (line.event.pk not in best or len(line.people) > len(best[line.event.pk].people)):
                best[line.event.pk] = line
        return sorted(best.values(), key=lambda line: (line.date, line.row.pk), reverse=True)


def seen(actor: Actor) -> QuerySet[Seen]:
    """The rows that `actor` may see, of feeds that their owner has not taken back."""
    rows = visible(Seen.objects.select_related("batch", "record_class"), actor)
    taken_back = withdrawn_feeds()
    return rows.exclude(feed__in=taken_back) if taken_back else rows


def thing_of(ref: str, *, actor: Actor) -> Thing | None:
    """The thing that addresses name by `ref`; None alike for what is not there and what may not be seen."""
    return _of_ref(ref, actor.for_one_look())


def look(ref: str, *, actor: Actor, at: datetime, reason: str = "") -> Thing | None:
    """`thing_of` with the log entry of the look, and word to the owners of hidden records that state the same thing."""
    actor = actor.for_one_look()
    thing = _of_ref(ref, actor)
    if thing is None:
        return None
    mine = visible(Seen.objects.filter(pk=OuterRef("pk")), actor)
    hidden = Seen.objects.filter(~Q(key=""), ~Exists(mine), ref=ref).values_list("key", "record_class_id")[:ALERTS]
    by = {"by": actor.user.username, "agency": actor.agency.code, "purpose": actor.purpose, "at": at}
    with transaction.atomic():
        record_act(
            actor, "consultation", WORDS[thing.kind], detail={"lines": len(thing.lines)}, at=at, reason=reason,
            subjects=[person.mentions[0].key for person in thing.concerned],
        )  # fmt: skip
        HiddenHit.objects.bulk_create(HiddenHit(record_class_id=code, ref=ref_of(key), **by) for key, code in hidden)
    return thing


def connected(kind: str, value: str, *, actor: Actor) -> Thing | None:
    """A phone, a plate or an address with the people and events that records connect with it.

    Parameters
    ----------
    kind : str
        phone, plate or address.
    value : str
        As `normalise` writes it.

    Returns
    -------
    Thing or None
        An address holds every line about the same place, however it was written. None where nothing is visible.
    """
    return _connected(kind, value, actor.for_one_look())


def _of_ref(ref: str, actor: Actor) -> Thing | None:
    row = seen(actor).filter(ref=ref).first()
    return _connected(row.kind, row.value, actor) if row else None


def _connected(kind: str, value: str, actor: Actor) -> Thing | None:
    rows = seen(actor)
    own = list(rows.filter(ref=ref_of(f"{kind}/{value}")).order_by("-known_from", "-pk")[: MOST + 1])
    if not own:
        return None
    reasons: Reasons = {}
    if kind == "address" and any(map(whole, own)):
        own, reasons = widened(own, Candidates(rows))
    return _things(kind, [(value, own, reasons)], actor)[0]


def at_address(text: str, postcode: str = "", *, actor: Actor) -> list[Thing]:
    """What is held of an address as somebody says it, within milliseconds: the place, or the places that it may be.

    With a postcode or a town one place comes back, if anything is held of it; a number and a street alone give every such place
    that is held, the one with most lines first.
    """
    told = address(text, postcode)
    asked = Seen(
        kind="address", value=told.key, said=text, uprn=told.uprn, at_postcode=told.at_postcode, at_street=told.at_street
    )  # fmt: skip
    if not told.key:
        return []
    actor = actor.for_one_look()
    rows = seen(actor)
    candidates = Candidates(rows)
    if told.postcode or told.uprn or told.locality:
        place, reasons = widened([asked], candidates)
        places = [(place, reasons)] if place else []
    else:
        named = rows.filter(~Q(at_street=""), at_street=told.at_street).order_by("-known_from", "-pk")
        places = parted(named[:MOST], candidates)
    return _things("address", [(_written(place), place, reasons) for place, reasons in places], actor)


def alike(plate: str, *, actor: Actor) -> list[str]:
    """Other plates that are held and may be this one with O and 0, or I and 1, confused."""
    others = plates_like(plate)[1:]
    return sorted(set(seen(actor).filter(kind="plate", value__in=others).values_list("value", flat=True)))


def things_of(keys: Collection[str], *, actor: Actor) -> list[Seen]:
    """Every phone, plate and address that these mentions are said to have, by kind and value, the oldest line first."""
    return list(seen(actor).filter(key__in=keys).order_by("kind", "value", "known_from", "pk"))


def _written(rows: Iterable[Seen]) -> str:
    """The way of writing a place that most of its lines use, a whole address before a part of one."""
    told = [r.value for r in rows]
    with_postcode = [r.value for r in rows if r.at_postcode] or told
    return max(sorted(set(with_postcode)), key=with_postcode.count)


def _things(kind: str, told: list[tuple[str, list[Seen], Reasons]], actor: Actor) -> list[Thing]:
    """Things with their lines, of (value, rows, reasons); people and events of all of them are asked for at once."""
    newest = [sorted(rows, key=lambda r: (r.known_from, r.pk), reverse=True)[:MOST] for _, rows, _ in told]
    every = [r for rows in newest for r in rows]
    source = dict(RecordClass.objects.values_list("code", "source"))
    events = _events(every, source, actor)
    own = Q(key__in={r.key for r in every if r.key})
    of_events = Q(reference__in={r.reference for r in every if not r.key and r.reference})
    mentions = list(known(actor).filter(own | of_events)) if every else []
    person = {key: p for p in persons_of(mentions, actor=actor) for key in p.keys}
    by_key = {m.key: m for m in mentions}
    in_event: dict[tuple[str, str], list[Known]] = {}
    for m in mentions:
        in_event.setdefault((source[m.record_class_id], m.reference), []).append(m)

    def line(row: Seen, value: str, reasons: Reasons) -> Line:
        said = (source[row.record_class_id], row.reference)
        concerned = [by_key[row.key]] if row.key in by_key else [] if row.key else in_event.get(said, [])
        why = reasons.get(row.pk, "") if row.value != value else ""
        return Line(row, why, events.get(said), tuple((m.role, person[m.key]) for m in concerned))

    things = []
    for (value, rows, reasons), shown in zip(told, newest, strict=True):
        lines = [line(row, value, reasons) for row in shown]
        lines.sort(key=lambda told: (told.date, told.row.pk), reverse=True)
        things.append(Thing(kind, value, tuple(lines), len(rows) > MOST))
    return things


def _events(rows: Iterable[Seen], source: dict[str, str], actor: Actor) -> Events:
    """The current events that rows refer to, by source and reference: two sources may use one reference for different things."""
    references = {r.reference for r in rows if r.reference}
    found = current(Event.objects.filter(reference__in=references), actor).order_by("pk")
    return {(source[e.record_class_id], e.reference): e for e in found}
