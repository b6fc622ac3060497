"""The journal as rows, and its digests: each covers its entry and the one before, so that no line can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from peelian.core.kinds import Entry

from .models import Case, JournalEntry

FIELDS = ("seq", "at", "known", "by", "verb", "name", "agency", "item", "to", "given", "proposal", "reason")


def as_entry(row: JournalEntry) -> Entry:
    """A row as the engine reads it."""
    return Entry(**{name: getattr(row, name) for name in FIELDS}, version=row.kind_version)


def as_row(case: Case, entry: Entry, before: str) -> JournalEntry:
    """An entry as it is stored, with its digest; `before` is the digest of the entry before, empty for the first."""
    told = {name: getattr(entry, name) for name in FIELDS}
    return JournalEntry(case=case, **told, kind_version=entry.version, digest=digest_of(case.ref, entry, before))


def digest_of(ref: str, entry: Entry, before: str) -> str:
    """SHA-256 over the case, the digest before, and everything that the entry says; numbers and instants in one form only."""
    told: dict[str, Any] = {name: getattr(entry, name) for name in FIELDS}
    told |= {"at": _instant(entry.at), "known": _instant(entry.known), "version": entry.version}
    text = json.dumps([ref, before, told], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def rows_of(case: Case) -> list[JournalEntry]:
    """The journal of a case in order."""
    return list(JournalEntry.objects.filter(case=case).order_by("seq"))
