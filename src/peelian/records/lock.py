"""The landing lock: one writer at a time per installation, released by the kernel or the server when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from django.conf import settings
from django.db import connection

_ADVISORY = 0x7065656C  # "peel"


@contextmanager
def landing_lock() -> Iterator[None]:
    """Hold the installation's one exclusive lock: landing and migration take it.

    A file lock (flock) beside SQLite; with PostgreSQL an advisory lock of the session as well, since writers may sit on
    other machines.
    """
    with filelock.FileLock(Path(settings.HOME) / "landing.lock"):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])
