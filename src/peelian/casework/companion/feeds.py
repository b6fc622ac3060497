"""Following the force's own extracts as they are read: for a force whose system cannot be asked, but writes files.

What was decided is laid down as one file each for the other system to fetch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet

from peelian.access.actor import Actor
from peelian.records.feeds import FEEDS
from peelian.records.models import Batch, Event
from peelian.records.query import current

from .contract import Change, Page

FIELDS = (
    "category", "offence", "ho_class", "start", "end", "reported", "place", "location_type", "area", "outcome", "domestic",
)  # fmt: skip


@dataclass(frozen=True)
class FeedAdapter:
    """Events of one feed, by the batches in which they came.

    Attributes
    ----------
    feed : str
        ``force-incidents`` or ``force-crimes``.
    actor : Actor
        Sees what the service account may see; nothing else is followed.
    outbox : Path, optional
        Where files are laid down; ``outbox/`` and the name in the data folder without it.
    """

    name: str
    feed: str
    actor: Actor
    outbox: Path | None = None

    @property
    def title(self) -> str:
        """What pages call it."""
        return FEEDS[self.feed].title

    def changes(self, cursor: str, *, limit: int) -> Page:
        """Current rows of batches landed since; a row equal to the one before it has the same version."""
        batch, line = (int(part) for part in (cursor or "0/0").split("/"))
        rows = self._rows()
        after = rows.filter(batch=batch, line__gt=line) | rows.filter(batch__gt=batch)
        found = list(after.order_by("batch_id", "line")[: limit + 1])
        taken = found[:limit]
        last = f"{taken[-1].batch_id}/{taken[-1].line}" if taken else cursor
        landed = Batch.objects.filter(feed=self.feed, state=Batch.LANDED).aggregate(at=Max("landed_at"))["at"]
        return Page(
            tuple(_change(row) for row in taken), last, landed or datetime(1970, 1, 1, tzinfo=UTC), len(found) > limit
        )

    def write_back(self, reference: str, key: str, body: Mapping[str, Any]) -> None:
        """Lay one file down, whole or not at all; its name is the key and tells nothing."""
        folder = self.outbox or Path(settings.HOME) / "outbox" / self.name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = folder / f"{key}.{os.getpid()}"
        beside.write_text(json.dumps({"reference": reference, **body}, ensure_ascii=False, default=str) + "\n")
        beside.replace(folder / f"{key}.json")

    def _rows(self) -> QuerySet[Event]:
        rows: QuerySet[Event] = current(Event.objects.filter(batch__feed=self.feed), self.actor)
        return rows.select_related("batch")


def _change(row: Event) -> Change:
    told = {name: getattr(row, name) for name in FIELDS}
    fields = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
    return Change(row.reference, row.content, row.known_from, fields)
