"""What each source of people last said. One that is silent is UNKNOWN, never nil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from peelian.access.actor import Actor, allowed_classes, visible
from peelian.records.feeds import FEEDS
from peelian.records.lake import withdrawn_feeds
from peelian.records.models import Batch


@dataclass(frozen=True)
class Source:
    """A feed of people, and when it was last heard; `silent` says why nothing follows from its saying nothing."""

    feed: str
    title: str
    last: datetime | None
    silent: str


def sources(actor: Actor) -> list[Source]:
    """Feeds that name people and that the actor may see, by title."""
    allowed = set(allowed_classes(actor))
    landed = visible(Batch.objects.filter(state=Batch.LANDED), actor).order_by()
    last = dict(landed.values("feed").annotate(last=Max("landed_at")).values_list("feed", "last"))
    gone = withdrawn_feeds()
    told = []
    for name, feed in FEEDS.items():
        if "mention" in feed.becomes and (name in last or feed.record_class.code in allowed):
            silent = "withdrawn by its owner" if name in gone else "" if name in last else "nothing has come from it"
            told.append(Source(name, feed.title, last.get(name), silent))
    return sorted(told, key=lambda s: s.title)
