"""Mentions put straight into the projection, as `peelian link` would make them; every person is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from peelian.access.actor import Actor
from peelian.access.models import Agency, Posting, RecordClass, User
from peelian.access.refs import ref_of
from peelian.identity import names_held, persons
from peelian.identity.models import Component, Known, Seen
from peelian.identity.standardise import plain, sound
from peelian.identity.things import normalise
from peelian.records.models import Batch, Event

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class World:
    """A force, a council that sees open data only, and mentions of classes that both or one may see."""

    def __init__(self) -> None:
        names_held.forget()
        persons._held.clear()  # a test that was rolled back may have left a state that looks the same
        self.force = Agency.objects.create(code="example", name="Example Police", kind="police")
        self.council = Agency.objects.create(code="council", name="Example Council", kind="partner")
        told = {
            "source": "force",
            "category": "person",
            "controller": "The Chief Constable",
            "regime": "part3",
            "onward": "-",
        }
        self.police = RecordClass.objects.create(code="force-person-police", handling="police", **told)
        self.open = RecordClass.objects.create(code="made-up-open", handling="open", **told)
        self.ann = User.objects.create_user("ann", agency=self.force)
        self.pat = User.objects.create_user("pat", agency=self.council)
        for user, roles in ((self.ann, ["neighbourhood-officer"]), (self.pat, ["hub-worker"])):
            Posting.objects.create(user=user, roles=roles, start=date(2020, 1, 1), by="set up", at=AT)
        self.batches: dict[tuple[str, str], Batch] = {}
        self.lines = 0

    def actor(self, user: User | None = None) -> Actor:
        return Actor.of(user or self.ann, "prevention")

    def batch(self, feed: str, record_class: RecordClass, known_from: datetime = AT) -> Batch:
        held = self.batches.get((feed, record_class.code))
        if held is None:
            held = self.batches[feed, record_class.code] = Batch.objects.create(
                digest=f"{len(self.batches):064x}", feed=feed, file=f"{feed}.csv", state=Batch.LANDED, record_class=record_class,
                by="ann", purpose="records", known_from=known_from, landed_at=known_from,
            )  # fmt: skip
        return held

    def mention(
        self,
        surname: str = "",
        forenames: str = "",
        born: str = "",
        *,
        feed: str = "force-people",
        reference: str = "",
        open: bool = False,
        known_from: datetime = AT,
        phone: str = "",
        address: str = "",
        postcode: str = "",
        **more: Any,
    ) -> Known:
        self.lines += 1
        record_class = self.open if open else self.police
        batch = self.batch(feed, record_class)
        own = f"M{self.lines:05d}"
        key, reference = f"{feed}/{own}", reference or f"EX/{self.lines}"
        stated = {
            "reference": reference, "surname": surname, "forenames": forenames, "born_on": date.fromisoformat(born) if born else None,
            "phone": phone, "address": address, "postcode": postcode, "sex": "", "ethnicity": "", "role": "victim", **more,
        }  # fmt: skip
        held = Known.objects.create(
            key=key, ref=ref_of(key), record_class=record_class, batch=batch, line=self.lines, feed=feed, known_from=known_from,
            surname_key=plain(surname), forenames_key=plain(forenames), sounds=sound(plain(surname)), **stated,
        )  # fmt: skip
        things = (
            ("phone", phone, normalise.phone(phone)),
            ("address", address, normalise.address(address, postcode).key),
        )
        for kind, said, value in things:
            if value:
                self.seen(kind, value, said, held)
        return held

    def seen(self, kind: str, value: str, said: str, held: Known) -> None:
        Seen.objects.create(
            kind=kind, value=value, ref=ref_of(f"{kind}/{value}"), said=said, key=held.key, feed=held.feed, reference=held.reference, record_class=held.record_class,
            batch=held.batch, line=held.line, known_from=held.known_from,
        )  # fmt: skip

    def join(self, *mentions: Known, weight: int = 20_000) -> None:
        """Link mentions in a chain."""
        keys = [m.key for m in mentions]
        component = Component.objects.create(links=[[a, b, weight] for a, b in pairwise(keys)])
        Known.objects.filter(key__in=keys).update(component=component)

    def event(self, reference: str, *, open: bool = False, feed: str = "force-crimes", **more: Any) -> Event:
        self.lines += 1
        record_class = self.open if open else self.police
        told = {
            "kind": "crime", "category": "burglary", "offence": "Burglary", "ho_class": "", "start": AT, "end": AT, "precision": "minute",
            "place_precision": "none", "place": "", "location_type": "", "area": "", "outcome": "", **more,
        }  # fmt: skip
        return Event.objects.create(
            batch=self.batch(feed, record_class), line=self.lines, identity=f"{self.lines:032x}", content=f"{self.lines:032x}",
            record_class=record_class, known_from=AT, reference=reference, **told,
        )  # fmt: skip
