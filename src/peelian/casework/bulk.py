"""Many cases written at once, such as the years that a force brings with it: the same entries, log and caches as one after the other.

Within `at_once` the acts of `store` are checked and entered in the log one by one, as ever; what is cached of their cases is written
when somebody reads a case, and at the end. All of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from peelian.access.actor import Actor, allowed_classes
from peelian.core.clock import london_day
from peelian.core.kinds import Around, Entry, Kind, State, Who, fold

from .caches import caches_of, write
from .entries import as_entry
from .local_values import History, history
from .measured import keep
from .models import Case, JournalEntry
from .sight import no_such_case, who_is
from .writing import enter


@dataclass
class _Held:
    """A case in hand: its journal, of which the last rows may not be written yet."""

    case: Case
    kind: Kind
    rows: list[JournalEntry]
    around: Around
    subject: str
    written: int = 0

    @property
    def entries(self) -> list[Entry]:
        return [as_entry(row) for row in self.rows]


@dataclass
class Bulk:
    """The cases in hand, by ref."""

    held: dict[str, _Held] = field(default_factory=dict)
    values: dict[str, History] = field(default_factory=dict)
    known_as: dict[tuple[str, str, date], Who] = field(default_factory=dict)
    writing: bool = False

    def who(self, actor: Actor, at: datetime) -> Who:
        """Somebody as the engine asks of them; asked once for each day."""
        key = (actor.user.username, actor.purpose, london_day(at))
        if key not in self.known_as:
            self.known_as[key] = who_is(actor, at)
        return self.known_as[key]

    def values_of(self, kind: Kind) -> History:
        """The force's own values; asked once for each kind."""
        if kind.name not in self.values:
            self.values[kind.name] = history(kind.all_locals)
        return self.values[kind.name]

    def case(self, ref: str, actor: Actor | None) -> Case | None:
        """A case in hand; None where it is not. Denied where `actor` may not see it; without one nobody asks."""
        if (one := self.held.get(ref)) is None:
            return None
        if actor is not None and one.case.record_class_id not in allowed_classes(actor):
            raise no_such_case()
        return one.case

    def begin(self, case: Case, kind: Kind, entry: Entry, *, actor: Actor, around: Around, subject: str) -> None:
        """Take a new case in hand with its first entry."""
        self.held[case.ref] = one = _Held(case, kind, [], around, subject)
        self._enter(one, entry, actor, "")

    def add(
        self, ref: str, make: Callable[[State, Who, Around], Entry], *, actor: Actor, at: datetime, around: Around, recipient: str
    ) -> Case:  # fmt: skip
        """Enter one act upon a case in hand."""
        one = self.held[ref]
        one.around = around
        self._enter(one, make(fold(one.kind, one.entries), self.who(actor, at), around), actor, recipient)
        return one.case

    def _enter(self, one: _Held, entry: Entry, actor: Actor, recipient: str) -> None:
        row = enter(one.case, one.kind, one.rows, entry, actor=actor, recipient=recipient, subject=one.subject)
        one.rows.append(row)
        one.case.seq = row.seq  # by which the rows that an act adds are named

    def leave(self, ref: str) -> None:
        """Write a case, and let go of it."""
        self.flush()
        self.held.pop(ref, None)

    def flush(self) -> None:
        """Write what is in hand, so that it can be read. Journals come first: what is cached of one case may rest on another's."""
        changed = [one for one in self.held.values() if one.written < len(one.rows)]
        if not changed or self.writing:
            return
        self.writing = True
        for one in changed:  # in the order of their opening: a parent stands before its children
            if not one.written:
                one.case.save(force_insert=True)
        JournalEntry.objects.bulk_create([row for one in changed for row in one.rows[one.written :]])
        for one in changed:
            found = caches_of(one.kind, one.entries, one.around)
            write(one.case, found, new=not one.written)
            keep(one.case, found.state, found.reckoned, one.around)
            one.written = len(one.rows)
        self.writing = False


_now: ContextVar[Bulk | None] = ContextVar("bulk", default=None)


def in_hand() -> Bulk | None:
    """The cases in hand, within `at_once`."""
    return _now.get()


def settled() -> None:
    """Write what is in hand before somebody reads."""
    if (bulk := _now.get()) is not None:
        bulk.flush()


@contextmanager
def at_once() -> Iterator[Bulk]:
    """Write the cases of many acts together; all of it or, where one is refused, nothing."""
    bulk = Bulk()
    token = _now.set(bulk)
    try:
        with transaction.atomic():
            yield bulk
            bulk.flush()
    finally:
        _now.reset(token)
