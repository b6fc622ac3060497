"""Named instants of writing and sealing at which a test may kill the process: PEELIAN_FAILPOINT names one."""

from __future__ import annotations

import os
import signal

NAMES = (
    "leaves",  # numbered and hashed, not signed
    "seal",  # signed, entries not marked
    "marked",  # all written, not committed
    "entry",  # an entry written, its transaction not committed
    "case-entry",  # a case's journal entry written, its caches not
    "case-written",  # all of an act written, not committed
)


def failpoint(name: str) -> None:
    """Die here, as by a power cut, if this failpoint is the one asked for."""
    if os.environ.get("PEELIAN_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
