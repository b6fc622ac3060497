"""Files on their way in: one process a load, so that a page never waits for a file and a fault never stops the site.

A load is a folder under the uploads: the files, `load.json` (what is read, for whom) and, at the end, `result.json`. The
process holds a kernel lock on `lock` while it lives, so any worker of the site can tell a running load from a dead one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from peelian.access.actor import Actor
from peelian.access.models import User
from peelian.core.errors import PeelianError
from peelian.records import landing
from peelian.records.models import Batch

KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Load:
    """Where one load stands: `running`, `done`, `stopped` (by its owner) or `died`."""

    id: str
    user: str
    feed: str
    files: tuple[str, ...]
    started: datetime
    state: str
    file: int
    done: float
    what: str
    results: list[dict[str, Any]]

    @property
    def current(self) -> str:
        """The file being read."""
        return self.files[self.file - 1]

    @property
    def share(self) -> float:
        """How much has been read, of all files alike."""
        return (max(self.file - 1, 0) + min(self.done, 1)) / len(self.files)

    @property
    def refused(self) -> int:
        """How many files were refused."""
        return sum("error" in result for result in self.results)


def start(actor: Actor, feed: str, files: Sequence[UploadedFile], published: date | None, *, at: datetime) -> str:
    """Keep the files, start reading them in a process of their own, and return the load's id."""

    def told(folder: Path) -> dict[str, Any]:
        names = [_keep(file, folder / str(number)) for number, file in enumerate(files)]
        return {"feed": feed, "files": names, "published": published.isoformat() if published else None}

    return _start(actor, told, at)


def start_replay(actor: Actor, batches: Sequence[Batch], *, at: datetime) -> str:
    """Start reading the mended rows of these batches again, and return the load's id."""
    return _start(
        actor,
        lambda folder: {
            "feed": "",
            "files": [f"mended rows of {b.file}" for b in batches],
            "batches": [b.digest for b in batches],
        },
        at,
    )


def _start(actor: Actor, tell: Callable[[Path], dict[str, Any]], at: datetime) -> str:
    _forget(at)
    load = uuid.uuid4().hex
    folder: Path = settings.UPLOADS / load
    folder.mkdir(mode=0o700)
    # The child inherits the lock: it is never free between the start and the end of the process.
    with (folder / "lock").open("w") as lock, (folder / "log").open("wb") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        who = {"user": actor.user.username, "purpose": actor.purpose, "started": at.isoformat()}
        _write(folder / "load.json", {**who, **tell(folder)})
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "read_upload", load],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "peelian.settings", "PEELIAN_HOME": str(settings.HOME)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
        _write(folder / "process.json", {"pid": process.pid})
    threading.Thread(target=process.wait, daemon=True).start()
    return load


def find(load: str, user: str) -> Load | None:
    """The load of that id, if it is this user's."""
    folder: Path = settings.UPLOADS / load
    if not load.isalnum() or not (folder / "load.json").exists():
        return None
    told = json.loads((folder / "load.json").read_text())
    if told["user"] != user:
        return None
    running = _running(folder)  # asked first: what the process wrote before it ended is then there to read
    reached = json.loads((folder / "progress.json").read_text()) if (folder / "progress.json").exists() else {}
    done = (folder / "result.json").exists()
    state = "running" if running else "done" if done else "stopped" if (folder / "stopped").exists() else "died"
    return Load(
        load,
        user,
        told["feed"],
        tuple(told["files"]),
        datetime.fromisoformat(told["started"]),
        state,
        reached.get("file", 0),
        reached.get("done", 0) / max(reached.get("total", 1), 1),
        reached.get("what", ""),
        json.loads((folder / "result.json").read_text()) if done else [],
    )


def of(user: str) -> list[Load]:
    """This user's loads that are kept, newest first."""
    found = [find(folder.name, user) for folder in settings.UPLOADS.iterdir() if folder.is_dir()]
    return sorted((load for load in found if load), key=lambda load: load.started, reverse=True)


def stop(load: Load) -> None:
    """End the process. A batch that had not landed leaves nothing; one that had stays."""
    folder: Path = settings.UPLOADS / load.id
    if _running(folder):
        (folder / "stopped").touch()
        os.kill(json.loads((folder / "process.json").read_text())["pid"], signal.SIGKILL)
        _drop_files(folder)


def work(load: str) -> None:
    """Read the files of a load, or mended rows again: the body of the process."""
    folder: Path = settings.UPLOADS / load
    told = json.loads((folder / "load.json").read_text())
    actor = Actor.of(User.objects.get(username=told["user"]), told["purpose"])
    results: list[dict[str, Any]] = []
    for number, name in enumerate(told["files"]):
        progress = _Progress(folder / "progress.json", number + 1)
        try:
            if "batches" in told:
                results.append({**_again(told["batches"][number], actor), "file": name})
            else:
                published = date.fromisoformat(told["published"]) if told["published"] else None
                found = landing.ingest(
                    told["feed"],
                    [folder / str(number) / name],
                    actor=actor,
                    at=datetime.now(UTC),
                    published=published,
                    progress=progress,
                )
                results += [result.as_dict() for result in found]
        except PeelianError as error:
            results.append({"file": name, "error": str(error)})
    _write(folder / "result.json", results)
    _drop_files(folder)


def _again(digest: str, actor: Actor) -> dict[str, Any]:
    result, left = landing.replay(Batch.objects.get(digest=digest), actor=actor, at=datetime.now(UTC))
    return {
        **(result.as_dict() if result else {"read": 0, "accepted": 0, "quarantined": 0, "repeats": 0}),
        "left": left,
    }


class _Progress:
    """Write how far a file is, a few times a second."""

    def __init__(self, path: Path, file: int) -> None:
        self.path, self.file, self.last = path, file, 0.0
        self(0, 1, "waiting")

    def __call__(self, done: int, total: int, what: str) -> None:
        if time.monotonic() - self.last > 0.3:
            _write(self.path, {"file": self.file, "done": done, "total": total, "what": what})
            self.last = time.monotonic()


def _keep(file: UploadedFile, folder: Path) -> str:
    folder.mkdir()
    # Bytes, not characters, are what a folder counts.
    name = Path(file.name or "file").name.encode(errors="replace")[:200].decode(errors="ignore").replace("\0", "")
    with (folder / name).open("wb") as out:
        for chunk in file.chunks(1 << 20):
            out.write(chunk)
    return name


def _running(folder: Path) -> bool:
    if not (folder / "lock").exists():
        return False
    with (folder / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _drop_files(folder: Path) -> None:
    for sub in folder.iterdir():
        if sub.is_dir():
            shutil.rmtree(sub)


def _forget(at: datetime) -> None:
    limit = (at - KEPT).timestamp()
    for folder in settings.UPLOADS.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < limit and not _running(folder):
            shutil.rmtree(folder)


def _write(path: Path, value: Any) -> None:
    """Whole or not at all, since a page may read at any moment."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(value))
    draft.replace(path)
