"""The sealer: it numbers, hashes, chains and signs what stands in the log, a batch at a time.

One transaction takes a batch, and only one can run at a time: SQLite lets one writer in (a lock of the kernel on the file),
PostgreSQL an advisory lock of the transaction; both go when their holder dies. An entry is taken by its own mark, not by its
id, so one that commits late or out of order is sealed like the rest; numbers are primary keys, so none is sealed twice.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction

from peelian.access.models import Entry, Seal

from . import signing
from .failpoints import failpoint
from .signing import SEPARATOR, Head
from .text import entry_text
from .tree import leaf_hash, root

BATCH = 4_000  # one transaction of SQLite: longer ones keep page views waiting
EVERY = 0.5  # seconds; a seal is due within one
LOOKS = 3600.0  # seconds between two looks of the rules on unusual looking
_ADVISORY = 0x7365616C  # "seal"


def key_file() -> Path:
    """Where the private key lies."""
    return Path(settings.HOME) / "log-key"


def log_key() -> Ed25519PrivateKey:
    """The installation's signing key, made once and kept beside the data, for its owner alone; two first starts agree on it."""
    return _key(str(key_file()))


@cache
def _key(name: str) -> Ed25519PrivateKey:
    path = Path(name)
    if not path.exists():
        own = path.with_name(f"{path.name}.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_bytes(signing.new_private_pem())
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return signing.private_key(path.read_bytes())


def waiting() -> bool:
    """Whether any entry is not sealed."""
    return bool(Entry.objects.filter(sealed=False).exists())


def seal(*, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Seal all that waits, in batches of at most `BATCH`; how many entries were sealed."""
    done = 0
    while waiting() and (sealed := _seal_batch(clock())):
        done += sealed
    return done


@transaction.atomic
def _seal_batch(at: datetime) -> int:
    key = log_key()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY])
        last = Seal.objects.order_by("-number").first()
        before = as_head(last) if last else None
        cursor.execute(
            f"SELECT e.id, {entry_text('e')} FROM access_entry e WHERE NOT e.sealed ORDER BY e.id LIMIT %s", [BATCH]
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        first = before.last + 1 if before else 1
        leaves = [
            (number, entry, leaf_hash(f"{number}{SEPARATOR}{text}".encode()))
            for number, (entry, text) in enumerate(rows, start=first)
        ]
        if connection.vendor == "postgresql":
            with cursor.copy("COPY access_leaf (number, entry, hash) FROM STDIN") as copy:
                for leaf in leaves:
                    copy.write_row(leaf)
        else:
            cursor.executemany("INSERT INTO access_leaf (number, entry, hash) VALUES (%s, %s, %s)", leaves)
        failpoint("leaves")
        head = Head(
            number=before.number + 1 if before else 1,
            first=first,
            count=len(leaves),
            root=root([h for _, _, h in leaves]).hex(),
            previous=before.hash if before else "",
            at=instant(at),
            key=signing.public_hex(key),
        )
        Seal.objects.create(
            number=head.number, first=head.first, count=head.count, root=head.root, previous=head.previous, at=at, key=head.key,
            signature=signing.sign(key, head),
        )  # fmt: skip
        failpoint("seal")
        cursor.execute(
            "UPDATE access_entry SET sealed = %s WHERE NOT sealed"
            " AND id IN (SELECT entry FROM access_leaf WHERE number BETWEEN %s AND %s)",
            [True, first, head.last],
        )
        if cursor.rowcount != len(leaves):
            raise DatabaseError("entries vanished while they were being sealed")
    failpoint("marked")
    return len(leaves)


def instant(at: datetime) -> str:
    """An instant as seals and entries state it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def as_head(held: Seal) -> Head:
    """A row of the store as it was signed."""
    return Head(
        number=held.number, first=held.first, count=held.count, root=held.root, previous=held.previous, at=instant(held.at), key=held.key
    )  # fmt: skip


def keep_sealing(stop: threading.Event, failed: Callable[[Exception], None]) -> None:
    """Seal until told to stop, and once an hour let the rules on unusual looking look.

    A failure is told and tried again: what waits stays waiting.
    """
    from .alerts import propose

    looked = monotonic()
    while not stop.wait(EVERY):
        try:
            close_old_connections()
            seal()
            if monotonic() - looked >= LOOKS:
                looked = monotonic()
                with suppress(IntegrityError):  # another process raised the same alert
                    propose(at=datetime.now(UTC))
        except Exception as error:
            failed(error)


def start() -> threading.Event:
    """Seal in a thread of this process as long as it lives; setting the event stops it."""
    import logging

    stop = threading.Event()
    tell = logging.getLogger("django").error
    run = threading.Thread(
        target=keep_sealing,
        args=(stop, lambda error: tell("the log could not be sealed: %s", type(error).__name__)),
        name="sealer",
        daemon=True,
    )
    run.start()
    return stop
