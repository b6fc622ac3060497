"""Where DuckDB puts what does not fit into memory: a folder for each process, and none of a process that has died.

DuckDB removes its files when a session ends, but one that is killed leaves them, gigabytes of people's records among them.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from itertools import count
from pathlib import Path
from uuid import uuid4

import filelock
from django.conf import settings

_SESSIONS = count(1)


def spill_folder() -> Path:
    """A folder of its own for one session; DuckDB makes and removes it.

    The first call of a process clears the folders of processes that live no more.
    """
    own, _ = _of_process(Path(settings.HOME) / "spill", os.getpid())
    return own / str(next(_SESSIONS))


@cache
def _of_process(spill: Path, pid: int) -> tuple[Path, filelock.BaseFileLock]:
    """The process's folder, and the lock that says that it lives: the kernel lets it go with the process, however that ends."""
    spill.mkdir(parents=True, exist_ok=True)
    # One at a time: else a folder that another process has just made and not yet locked would be taken for a dead one's.
    with filelock.FileLock(spill / "sweep.lock"):
        for folder in [path for path in spill.iterdir() if path.suffix != ".lock"]:
            _clear(folder)
        own = spill / f"{pid}-{uuid4().hex}"
        held = filelock.FileLock(own.with_suffix(".lock"), thread_local=False)
        held.acquire()
        own.mkdir()
    return own, held


def _clear(folder: Path) -> None:
    """Remove a folder whose process is dead, or a file that belongs to none."""
    told = folder.with_suffix(".lock")
    lock = filelock.FileLock(told)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
    lock.release()
    told.unlink(missing_ok=True)
