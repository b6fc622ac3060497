"""Locks of an installation: one writer at a time, released by the kernel or the server when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import filelock
from django.conf import settings
from django.db import connection

_ADVISORY = {"landing": 0x7065656C, "ledger": 0x7065656D}  # "peel" and the next


def landing_lock() -> AbstractContextManager[None]:
    """Hold the installation's one lock of those who write records: landing and migration take it."""
    return _exclusive("landing")


def ledger_lock() -> AbstractContextManager[None]:
    """Hold the lock of those who write what is made from the identity ledger. Taken after the landing lock, never before it."""
    return _exclusive("ledger")


@contextmanager
def _exclusive(name: str) -> Iterator[None]:
    """A file lock (flock) beside SQLite; with PostgreSQL an advisory lock of the session as well, since writers may sit on
    other machines."""
    with filelock.FileLock(Path(settings.HOME) / f"{name}.lock"):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY[name]])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY[name]])
