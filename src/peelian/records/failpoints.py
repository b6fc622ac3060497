"""Named instants of landing, linkage and erasure at which a test may kill the process: PEELIAN_FAILPOINT names one."""

from __future__ import annotations

import os
import signal

NAMES = (  # of landing
    "staged",  # rows checked, nothing written
    "intent",  # intent stands in SQL
    "lake",  # committed to the lake, not loaded
    "first-chunk",  # some of the store's rows loaded, unseen
    "standing",  # changes of standing written, unseen
    "store",  # all loaded, the last transaction not begun
    "landing",  # inside the last transaction
    "landed",  # after it
)
LINKAGE = (
    "scored",  # scores kept, nothing folded
    "projected",  # some persons written anew, others not
    "linking",  # inside the last transaction
)
ERASURE = (
    "erasure",  # approved, nothing erased
    "erasure-store",  # out of the store, still in the lake
    "erasure-lake",  # out of both, not told
)


def failpoint(name: str) -> None:
    """Die here, as by a power cut, if this failpoint is the one asked for."""
    if os.environ.get("PEELIAN_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
