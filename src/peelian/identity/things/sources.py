"""Where the feeds state phones, addresses and vehicles: columns of every mention, and cells that only some feeds have.

No feed has a column of e-mail addresses or of a device's own number: logs of examinations name the kind of device alone. The
force's own fleet is not among the vehicles: nobody was seen with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peelian.records.feeds import FEEDS
from peelian.records.feeds.declare import Feed, cell


@dataclass(frozen=True)
class Stated:
    """One thing that a feed's rows state: its kind, SQL over the feed's cells, and whether it is the named person's.

    What is not a person's belongs to the event, and an address of an event has the event's point.
    """

    kind: str
    said: str
    postcode: str = "''"
    of_person: bool = True


# Feeds whose events have an address of their own, with the cells of it and of its postcode.
_PLACES = {
    **dict.fromkeys(("force-crimes", "force-incidents", "council-asb", "ambulance", "fire"), ("Location", "Postcode")),
    "force-missing": ("Care Home Address", "Care Home Postcode"),
}
_VEHICLES = {"force-intelligence": "Vehicle", "border-force-intelligence": "Vehicle"}


def stated(feed: Feed) -> tuple[Stated, ...]:
    """The things that rows of a feed state."""
    found = []
    if "phone" in feed.maps:
        found.append(Stated("phone", feed.maps["phone"]))
    if "address" in feed.maps:
        found.append(Stated("address", feed.maps["address"], feed.maps["postcode"]))
    if feed.name in _PLACES:
        place, postcode = map(cell, _PLACES[feed.name])
        found.append(Stated("address", place, postcode, of_person=False))
    if feed.name in _VEHICLES:
        found.append(Stated("plate", cell(_VEHICLES[feed.name])))
    return tuple(found)


def feeds_with_things() -> Iterator[tuple[Feed, tuple[Stated, ...]]]:
    """Every feed that states a thing, with what it states."""
    for feed in FEEDS.values():
        if told := stated(feed):
            yield feed, told
