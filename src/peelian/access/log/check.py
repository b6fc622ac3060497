"""The check of the log: it names the first entry that was changed, dropped, moved or put in, or the batch that was made over."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import django
from django.db import connection, transaction

from peelian.access.models import Entry, Seal

from .sealer import as_head
from .signing import SEPARATOR, Head
from .text import entry_text, subjects_by_number
from .tree import root

CHUNK = 20_000
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Bad:
    """The first place where the log is not what was sealed; `number` counts entries, `entry` is the id in the store."""

    what: str
    seal: int | None = None
    number: int | None = None
    entry: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the check found. `entries` are those that seals cover; `unsealed` came after the last seal."""

    entries: int
    seals: int
    unsealed: int
    ok: bool
    first_bad: Bad | None
    checkpoint: str  # what was said of it; empty where none was given

    def as_dict(self) -> dict[str, Any]:
        """As JSON prints it."""
        return asdict(self)


def check(
    trusted: Collection[str],
    *,
    against: Mapping[str, Any] | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Verdict:
    """Check every sealed entry, every seal and the chain; nothing is loaded as a whole.

    Parameters
    ----------
    trusted : collection of str
        Public keys (raw, in hex) that may have signed.
    against : mapping, optional
        A checkpoint that was kept elsewhere: `head` and `signature`, as `checkpoint.read` returns them.
    processes : int, default 1
        How many hash at once.

    Notes
    -----
    A valid signature of the last seal vouches, through the chain of hashes, for every seal before it; only where it fails is each
    signature checked, to name the first bad one. Whoever holds the private key can make all of it over: only a checkpoint
    kept elsewhere shows that.
    """
    total = Entry.objects.count()
    chain = _Chain(trusted)
    bad: Bad | None = None
    with _hashing(processes) as submit:
        pending: deque[tuple[int, Callable[[], Bad | None]]] = deque()
        for batches in _groups(chain):
            pending.append((batches[-1].last, submit(batches)))
            while not bad and len(pending) > 2 * processes:
                done, result = pending.popleft()
                bad = result()
                if progress:
                    progress(done, total, "entries")
            if bad:
                break
        while not bad and pending:
            bad = pending.popleft()[1]()
    bad = bad or chain.bad or _uncovered()
    told = ""
    if against is not None:
        missing = _against(against, trusted)
        told = missing.what if missing else "the log holds all that the checkpoint knows"
        bad = bad or missing
    unsealed = Entry.objects.filter(sealed=False).count()
    return Verdict(chain.entries, chain.seals, unsealed, bad is None, bad, told)


class _Chain:
    """The seals in order, as far as each follows the one before; `bad` says where that ends."""

    def __init__(self, trusted: Collection[str]) -> None:
        self.trusted, self.entries, self.seals = trusted, 0, 0
        self.bad: Bad | None = None

    def __iter__(self) -> Iterator[Head]:
        last = Seal.objects.order_by("-number").first()
        each = last is not None and not as_head(last).signed(last.signature, self.trusted)
        before: tuple[Head, str] | None = None
        for held in _seals():
            head = as_head(held)
            self.bad = self._fault(head, before) or (
                Bad("the seal was made over: its signature is of no key that is trusted", seal=head.number)
                if each and not head.signed(held.signature, self.trusted)
                else None
            )
            if self.bad:
                return
            yield head
            before, self.seals, self.entries = (head, held.signature), head.number, head.last

    def _fault(self, head: Head, before: tuple[Head, str] | None) -> Bad | None:
        number = self.seals + 1
        if head.number != number:
            return Bad("a seal was dropped", seal=number)
        if head.previous != (before[0].hash if before else ""):
            # One of the two was made over: the one before, if its signature is not good, or this.
            if before and not before[0].signed(before[1], self.trusted):
                return Bad("the seal was made over", seal=before[0].number)
            return Bad("the seal does not follow the one before", seal=number)
        if head.first != self.entries + 1:
            return Bad("the seal begins at another entry", seal=number)
        return None


def _seals() -> Iterator[Seal]:
    after = 0
    while page := list(Seal.objects.filter(number__gt=after).order_by("number")[:1000]):
        yield from page
        after = page[-1].number


def _groups(heads: Iterable[Head]) -> Iterator[list[Head]]:
    group: list[Head] = []
    for head in heads:
        if group and head.last - group[0].first >= CHUNK:
            yield group
            group = []
        group.append(head)
    if group:
        yield group


@contextmanager
def _hashing(processes: int) -> Iterator[Callable[[list[Head]], Callable[[], Bad | None]]]:
    """What starts the check of some batches, here or in another process, and gives what waits for its result."""
    if processes == 1:
        yield lambda batches: partial(_leaves, batches)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=django.setup) as pool:
        try:
            yield lambda batches: pool.submit(_leaves, batches).result
        finally:
            pool.shutdown(cancel_futures=True)


def _leaves(batches: list[Head]) -> Bad | None:
    """The first fault of the entries of some batches that follow one another."""
    first, last = batches[0].first, batches[-1].last
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Left to itself the planner reads the whole table of entries for each part.
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(
            f"SELECT l.number, l.entry, {entry_text('e', subjects=False)}, l.hash, e.id FROM access_leaf l"
            " LEFT JOIN access_entry e ON e.id = l.entry WHERE l.number BETWEEN %s AND %s ORDER BY l.number",
            [first, last],
        )
        rows = cursor.fetchall()
        concerned = subjects_by_number(first, last).get
    stored = [bytes(row[3]) for row in rows]
    made = [
        sha256(f"\0{row[0]}{SEPARATOR}{row[2]}{SEPARATOR}{concerned(row[0], '')}".encode()).digest() for row in rows
    ]
    whole = len(rows) == last - first + 1 and made == stored
    for head in batches:
        part = slice(head.first - first, head.last - first + 1)
        if not whole and (bad := _entry(head, rows[part], made[part], stored[part])):
            return bad
        if root(stored[part]).hex() != head.root:
            return Bad("entries of this batch were made over, and their hashes too", seal=head.number)
    return None


def _entry(head: Head, rows: list[Any], made: list[bytes], stored: list[bytes]) -> Bad | None:
    """The first fault among the entries of one batch. `rows` may run on into the next one where some are gone."""
    for n, expected in enumerate(range(head.first, head.last + 1)):
        if n >= len(rows) or rows[n][0] != expected:
            return Bad("an entry was dropped, and its place", seal=head.number, number=expected)
        entry = rows[n][1]
        if rows[n][4] is None:
            return Bad("the entry was dropped", seal=head.number, number=expected, entry=entry)
        if made[n] != stored[n]:
            return Bad("the entry was changed or moved", seal=head.number, number=expected, entry=entry)
    return None


def _uncovered() -> Bad | None:
    """What no seal covers, though it stands among what is sealed. Each question is one statement: sealing goes on meanwhile."""
    covered = "(SELECT coalesce(max(first + count - 1), 0) FROM access_seal)"
    joined = "SELECT min(e.id) FROM access_entry e LEFT JOIN access_leaf l ON l.entry = e.id WHERE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, entry FROM access_leaf WHERE number > {covered} ORDER BY number LIMIT 1")
        if over := cursor.fetchone():
            return Bad("the entry was put in behind the last seal", number=over[0], entry=over[1])
        cursor.execute(f"{joined} NOT e.sealed AND l.number IS NOT NULL")
        if (entry := cursor.fetchone()[0]) is not None:
            return Bad("a sealed entry lost its mark", entry=entry)
        # Every place is now known to be taken by a marked entry of its own: more marked ones were put in.
        cursor.execute(
            "SELECT (SELECT count(*) FROM access_entry) - (SELECT count(*) FROM access_entry WHERE NOT sealed)"
            f" - {covered}"
        )
        if cursor.fetchone()[0]:
            cursor.execute(f"{joined} e.sealed AND l.number IS NULL")
            return Bad("the entry was put in: no seal covers it", entry=cursor.fetchone()[0])
    return None


def _against(checkpoint: Mapping[str, Any], trusted: Collection[str]) -> Bad | None:
    told: Head = checkpoint["head"]
    if not told.signed(checkpoint["signature"], trusted):
        return Bad("the checkpoint is not of this log: another key signed it")
    held = Seal.objects.filter(number=told.number).first()
    if held is None:
        last = Seal.objects.order_by("-number").first()
        number = last.first + last.count if last else 1
        return Bad(
            f"the log was cut: the checkpoint knows {told.last} entries",
            seal=last.number + 1 if last else 1,
            number=number,
        )
    if as_head(held) != told:
        return Bad("the log was made over: the checkpoint knows another seal", seal=told.number)
    return None
