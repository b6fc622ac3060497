"""Fetching police.uk's published archives, for users who are online: resumed where a line was cut, unpacked by force and month.

The publisher packs every force into one zip a month, and each zip reaches back several years
(`standards`: about three, general knowledge), so a few zips cover a long span.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any

import urllib3
from urllib3.util import Retry

from peelian.core.errors import PeelianError

from .failures import plain_failures

ARCHIVE = "https://data.police.uk/data/archive"
REACH = 36  # months that one archive covers (general knowledge: a fact of the publisher's, not ours)
KINDS = ("street", "outcomes", "stop-and-search")
BLOCK = 1 << 16
FIRST = "2010-12"  # the first month published
_FORCE = re.compile(r"[a-z][a-z-]{2,40}")
Progress = Callable[[int, int, str], None]


class DownloadFault(PeelianError):
    """The archive could not be fetched; what came so far is kept and goes on where it stopped."""

    id = "peelian.E426"


@dataclass(frozen=True)
class Fetched:
    """One file taken out of an archive.

    Attributes
    ----------
    feed : str
        The feed that reads it.
    published : date or None
        The day on which the publisher last changed the archive: the edition's date.
    """

    path: Path
    feed: str
    month: str
    published: date | None


def download(
    force: str,
    first: str,
    last: str,
    folder: Path,
    *,
    archive: str = ARCHIVE,
    progress: Progress | None = None,
    retries: Retry | None = None,
) -> list[Fetched]:
    """Fetch the archives that cover the months and unpack one force's files.

    Parameters
    ----------
    force : str
        The publisher's name of the force, such as ``essex``.
    first, last : str
        Months as YYYY-MM, both included.
    folder : Path
        Where the files go, in a folder a month; archives are kept in ``archive`` beside them, so that nothing is fetched twice.
    archive : str
        Where the zips are.

    Returns
    -------
    list of Fetched
        In the order of month and kind.

    Raises
    ------
    PeelianError
        If a name or month cannot be used, an archive cannot be fetched or is damaged, or it holds nothing of the force.
    """
    _check(force, first, last)
    pool = urllib3.PoolManager(
        retries=retries or Retry(total=5, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504)),
        timeout=urllib3.Timeout(connect=20, read=60),
    )
    found: dict[tuple[str, str], Fetched] = {}
    with pool, plain_failures(str(folder)):
        (folder / "archive").mkdir(parents=True, exist_ok=True)
        for month in covering(first, last):
            path, published = _fetch(pool, f"{archive}/{month}.zip", folder / "archive" / f"{month}.zip", progress)
            for one in _unpack(path, force, first, last, folder, published):
                found[one.month, one.feed] = one
    if not found:
        raise PeelianError(
            "the archives hold nothing of this force and these months", where=f"{force}, {first} to {last}",
            fix="check the publisher's name of the force; some months of some forces were never published", id="peelian.E426",
        )  # fmt: skip
    return [found[key] for key in sorted(found)]


def covering(first: str, last: str) -> list[str]:
    """The archives (as months) that cover a span: the last month's own, then each that reaches where the one after ends.

    >>> covering("2018-01", "2018-07"), covering("2012-01", "2018-07")
    (['2018-07'], ['2018-07', '2015-07', '2012-07'])
    """
    number, least = _number(last), _number(first)
    months = [number]
    while months[-1] - REACH + 1 > least:
        months.append(months[-1] - REACH)
    return [f"{n // 12}-{n % 12 + 1:02}" for n in months]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _check(force: str, first: str, last: str) -> None:
    if not _FORCE.fullmatch(force):
        raise PeelianError(
            "this is not a force's name at the publisher",
            found=repr(force),
            fix="give it as the publisher does, such as essex or avon-and-somerset",
            id="peelian.E426",
        )
    for month in (first, last):
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month) or month < FIRST:
            raise PeelianError(
                "this is not a published month", found=repr(month), fix=f"give YYYY-MM, from {FIRST}", id="peelian.E426"
            )
    if last < first:
        raise PeelianError("the last month lies before the first", found=f"{first} to {last}", id="peelian.E426")


def _fetch(pool: urllib3.PoolManager, url: str, path: Path, progress: Progress | None) -> tuple[Path, date | None]:
    """Fetch one archive unless it is there whole; go on where an earlier run stopped, if the publisher's copy is the same."""
    told = path.with_suffix(".json")
    if path.exists():
        return path, _day(json.loads(told.read_text()).get("modified", "")) if told.exists() else None
    part = path.with_suffix(".part")
    known: dict[str, str] = json.loads(told.read_text()) if told.exists() and part.exists() else {}
    for _ in range(20):  # each time the line is cut; a run with nothing new ends it
        before = part.stat().st_size if part.exists() else 0
        known, whole = _go_on(pool, url, part, told, known, progress)
        if whole:
            part.rename(path)
            return path, _day(known.get("modified", ""))
        if part.stat().st_size <= before:
            break
    raise DownloadFault(
        "the line was cut before the archive had come", where=path.name,
        matters="what came so far is kept", fix="run the command again: it goes on where it stopped",
    )  # fmt: skip


def _go_on(
    pool: urllib3.PoolManager, url: str, part: Path, told: Path, known: dict[str, str], progress: Progress | None
) -> tuple[dict[str, str], bool]:
    """Ask for what is missing; whether the file is whole now."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if have and known.get("tag"):
        headers |= {"Range": f"bytes={have}-", "If-Range": known["tag"]}
    try:
        answer = pool.request("GET", url, headers=headers, preload_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise DownloadFault(
            "the publisher cannot be reached", where=part.stem, found=type(error).__name__,
            fix="check the line; what came before is kept, and the command goes on where it stopped",
        ) from None  # fmt: skip
    try:
        if answer.status == 416 and have:  # nothing is missing
            return known, True
        if answer.status not in (200, 206):
            raise DownloadFault(
                "the publisher does not give this archive", where=f"{part.stem}.zip", found=f"HTTP {answer.status}",
                fix="the newest month comes about two months late; choose an earlier one" if answer.status == 404 else "try again later",
            )  # fmt: skip
        start = have if answer.status == 206 else 0
        known = {"tag": answer.headers.get("ETag", ""), "modified": answer.headers.get("Last-Modified", "")}
        told.write_text(json.dumps(known))
        size = start + int(answer.headers.get("Content-Length", 0) or 0)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            done = start
            try:
                for block in answer.stream(BLOCK):
                    done += file.write(block)
                    if progress:
                        progress(done, max(size, done), f"fetching {part.stem}.zip")
            except urllib3.exceptions.HTTPError:
                return known, False
        return known, not size or done >= size
    finally:
        answer.close()


def _day(modified: str) -> date | None:
    try:
        return parsedate_to_datetime(modified).date()
    except ValueError:
        return None


def _unpack(path: Path, force: str, first: str, last: str, folder: Path, published: date | None) -> list[Fetched]:
    """Take one force's files of the months out of an archive."""
    wanted = re.compile(rf"(20\d\d-\d\d)-{re.escape(force)}-({'|'.join(KINDS)})\.csv")
    found = []
    try:
        with zipfile.ZipFile(path) as packed:
            for info in packed.infolist():
                match = wanted.fullmatch(PurePosixPath(info.filename).name)
                if not match or not first <= match[1] <= last:
                    continue
                goal = folder / match[1] / match[0]
                goal.parent.mkdir(exist_ok=True)
                with packed.open(info) as source, goal.with_suffix(".part").open("wb") as file:
                    while block := source.read(BLOCK):
                        file.write(block)
                goal.with_suffix(".part").rename(goal)
                found.append(Fetched(goal, f"police-uk-{match[2]}", match[1], published))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        path.unlink()
        raise DownloadFault(
            "the archive is damaged", where=path.name, fix="it was removed; run the command again to fetch it anew"
        ) from None
    return found


def as_rows(found: list[Fetched]) -> list[dict[str, Any]]:
    """For a table of what came."""
    return [
        {
            "file": str(f.path),
            "feed": f.feed,
            "month": f.month,
            "published": f.published.isoformat() if f.published else "not told",
        }
        for f in found
    ]
