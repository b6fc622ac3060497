"""Failures of the machine (no room, no right to write) told as refusals that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from django.db import DatabaseError

from peelian.core.errors import PeelianError

# SQLite, DuckDB and the kernel have no common code for these; each says it in its own words.
NO_ROOM = (
    "no space left", "disk is full", "disk full", "failed to offload", "max_temp_directory_size", "file too large",
    "could not write", "disk i/o error",
)  # fmt: skip
NO_MEMORY = ("out of memory", "failed to allocate", "bad allocation", "malloc of size")
NO_RIGHT = ("permission denied", "read-only", "readonly", "unable to open database file", "operation not permitted")


def told(error: BaseException, where: str) -> PeelianError | None:
    """The refusal that `error` stands for, or None where it is none of the machine's failures."""
    from deltalake.exceptions import DeltaError

    if isinstance(error, UnicodeEncodeError) and error.encoding == "utf-8":
        return PeelianError(
            "a name or a value is not UTF-8 text",
            where=where,
            fix="type it again, or give the file another name",
            id="peelian.E406",
        )
    if isinstance(error, MemoryError):
        return _no_memory(where)
    if not isinstance(error, OSError | DatabaseError | duckdb.Error | DeltaError):
        return None
    text = str(error).lower()
    if any(words in text for words in NO_ROOM):
        return PeelianError(
            "there is no room left on the disk",
            where=where,
            matters="nothing of this file was kept; what had landed before is whole",
            fix="make room in the data folder and try again",
            id="peelian.E403",
        )
    if any(words in text for words in NO_MEMORY):
        return _no_memory(where)
    if any(words in text for words in NO_RIGHT):
        return PeelianError(
            "the file or the data folder may not be read or written",
            where=where,
            fix="check its owner and rights",
            id="peelian.E406",
        )
    if isinstance(error, OSError) and error.strerror:
        return PeelianError(
            "a file or folder cannot be used",
            where=where,
            found=error.strerror,
            fix="check its name and the folders above it",
            id="peelian.E406",
        )
    return None


def _no_memory(where: str) -> PeelianError:
    return PeelianError(
        "the memory is used up",
        where=where,
        matters="nothing of this file was kept; what had landed before is whole",
        fix="end other programs, or divide the file into parts, each with the header",
        id="peelian.E418",
    )


@contextmanager
def plain_failures(where: str) -> Iterator[None]:
    """Raise such a failure as its refusal."""
    try:
        yield
    except Exception as error:
        refusal = told(error, where)
        if refusal is None:
            raise
        raise refusal from error
