"""From a path to the bytes of a file: on its own, gzipped, or a member of a zip; never more of them than its size can hold."""

from __future__ import annotations

import fnmatch
import gzip
import lzma
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from peelian.core.errors import PeelianError

from .feeds import FEEDS
from .feeds.declare import Feed

# Tables of text pack to a tenth, the most repetitive to a fiftieth; a file made to fill a disk packs to a thousandth.
TIGHTEST = 200
FREE = 256 << 20  # bytes that may be unpacked whatever the file's size
LARGEST_DIRECTORY = 32 << 20  # bytes of a zip's list of members: some 400,000 of them
TYPED = (".jsonl", ".ndjson", ".parquet", ".xlsx", ".xlsm", ".xls")
TABLES = (".csv", ".txt", *TYPED)
WORKBOOK = "xl/workbook.xml"
NO_FILE = "peelian.E416"
BOMB = "peelian.E417"
# Characters that turn the direction of the text after them, or hide: a name would not read as it is stored.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")


class Refused(PeelianError):
    """A file that cannot be read; nothing of it was kept."""

    id = "peelian.E402"


def printable(text: str) -> str:
    """`text` with a mark for each character that a screen would obey (a line end, a terminal's command, a turn of direction)."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if c in TURNING or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c
        for c in text
    )


def shown(path: Path) -> str:
    """A file's name as text that can be stored and shown; bytes of it that are not UTF-8 become marks."""
    return printable(os.fsencode(path.name).decode(errors="replace"))


@contextmanager
def whole(where: str, said: str = "the file is cut short or damaged") -> Iterator[None]:
    """Raise what the unpackers raise on damaged bytes as a refusal; they have no common error."""
    try:
        yield
    except PeelianError:
        raise
    except (
        EOFError,
        OSError,
        ValueError,
        OverflowError,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        zipfile.BadZipFile,
    ) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the machine's failure, not the file's
        raise Refused(
            said,
            where=where,
            matters="the rows after the cut would be lost without a word",
            fix="fetch the file again",
        ) from None


@dataclass(frozen=True)
class Source:
    """One readable file: on its own, gzipped, a member of a zip, or a sheet of a workbook; `notes` on what stands beside it."""

    path: Path
    member: str = ""
    sheet: str = ""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a user calls it."""
        return "/".join(part for part in (shown(self.path), printable(self.member), printable(self.sheet)) if part)

    def state(self) -> tuple[int, int, int]:
        """What changes when somebody writes to the file."""
        now = self.path.stat()
        return now.st_ino, now.st_size, now.st_mtime_ns

    def open(self) -> IO[bytes]:
        """The decompressed bytes."""
        if self.member:
            try:
                return zipfile.ZipFile(self.path).open(self.member)
            except (RuntimeError, NotImplementedError):
                raise Refused(
                    "the zip is locked by a password or packed in a way that is not read here",
                    where=self.name,
                    fix="unpack it and give the file itself",
                ) from None
            except KeyError:
                raise EOFError from None  # another file took its place
        with self.path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return gzip.open(self.path) if packed else self.path.open("rb")  # type: ignore[return-value]

    def packed(self) -> int:
        """Bytes that it takes on the disk."""
        if self.member:
            with zipfile.ZipFile(self.path) as file:
                return file.getinfo(self.member).compress_size
        return self.path.stat().st_size

    def bounded(self, unpacked: int, packed: int) -> None:
        """Refuse a file that unpacks to more than any table of its size does."""
        if unpacked > FREE and unpacked > TIGHTEST * packed:
            raise Refused(
                "the file unpacks to far more than a table of its size holds",
                where=self.name,
                found=f"more than {unpacked >> 20:,} MB from {max(packed >> 10, 1):,} kB",
                matters="such a file is made to fill the disk or the memory",
                fix="ask the sender; if it is sound, unpack it and give the file itself",
                id=BOMB,
            )


def sources(path: Path, feed: Feed) -> list[Source]:
    """The files to read at `path`: itself, or the members of a zip that are this feed's.

    Raises
    ------
    Refused
        If there is no such file, it is none (a folder, a pipe), or the zip holds none of this feed's files.
    """
    name = shown(path)
    if not path.is_file():
        raise _no_file(path)
    with path.open("rb") as file:
        start = file.read(4)
    if start not in (b"PK\x03\x04", b"PK\x05\x06"):
        return [Source(path)]
    members = _members(path)
    if WORKBOOK in members:  # an Excel file is a zip of XML
        return [Source(path)]
    # A Mac packs a shadow of each file beside it.
    tables = [m for m in members if m.lower().endswith(TABLES) and not m.startswith("__MACOSX/")]
    ours = [m for m in tables if _of(m, feed)]
    if not ours and len(tables) == 1:
        ours = tables
    if not ours:
        inner = [m for m in members if m.lower().endswith((".zip", ".gz", ".7z", ".rar"))]
        raise Refused(
            "the zip holds no file of this feed",
            where=name,
            found=printable(", ".join(members[:5])) + (" ..." if len(members) > 5 else "")
            if members
            else "an empty zip",
            fix="unpack it and give the packed files in it"
            if inner
            else f"a file of {feed.name} is named like {feed.members}",
        )
    if twice := sorted({m for m in ours if ours.count(m) > 1}):
        raise Refused(
            "the zip holds two files of one name",
            where=name,
            found=printable(", ".join(twice[:5])),
            matters="only one of them could be read",
            fix="unpack it and give the files themselves",
        )
    notes = _left([m for m in tables if m not in set(ours)])
    return [Source(path, m, notes=() if n else notes) for n, m in enumerate(ours)]


def _of(member: str, feed: Feed) -> bool:
    """Whether a member is named like the feed's; the pattern is written for CSV, other kinds differ in their ending alone."""
    name = member.rsplit("/", 1)[-1].lower()
    stem, dot, ending = name.rpartition(".")
    return fnmatch.fnmatch(f"{stem}.csv" if dot + ending in TYPED else name, feed.members)


def _no_file(path: Path) -> Refused:
    if path.is_dir():
        found, fix = "a folder", "give the files in it, one after another"
    elif path.exists():
        mode = path.stat().st_mode
        found = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        fix = "write what comes from it into a file first"
    elif path.is_symlink():
        found, fix = "a link that leads to no file", "give the file itself"
    else:
        return Refused("there is no such file", where=shown(path), fix="check the name; a folder is read file by file")
    return Refused("this is no file", where=shown(path), found=found, matters="it may never end", fix=fix, id=NO_FILE)


def _members(path: Path) -> Sequence[str]:
    """Names of a zip's files."""
    with whole(shown(path), "the zip is damaged or cut short"), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (66 << 10)))
        end = file.read()
        at, far = end.rfind(b"PK\x05\x06"), end.rfind(b"PK\x06\x06")
        size = struct.unpack_from("<I", end, at + 12)[0] if at >= 0 else 0
        if size == 0xFFFFFFFF and far >= 0:
            (size,) = struct.unpack_from("<Q", end, far + 40)
        if size > LARGEST_DIRECTORY:
            raise Refused(
                "the zip holds more files than can be read at once",
                where=shown(path),
                found=f"a list of files of {size >> 20:,} MB",
                fix="unpack it and give the files themselves",
                id=BOMB,
            )
        try:
            return sorted(i.filename for i in zipfile.ZipFile(path).infolist() if not i.is_dir())
        except NotImplementedError:
            raise Refused(
                "the zip is packed in a way that is not read here",
                where=shown(path),
                fix="unpack it and give the files",
            ) from None


def _left(members: Sequence[str]) -> tuple[str, ...]:
    """A note on each feed whose files lie unread in the same zip, and on tables of none."""
    notes, known = [], set()
    for feed in FEEDS.values():
        theirs = [m for m in members if _of(m, feed) and feed.members != "*.csv"]
        known.update(theirs)
        if theirs:
            notes.append(_said(len(theirs), f"of {feed.name}", f"read with `peelian ingest {feed.name}`"))
    if rest := len([m for m in members if m not in known]):
        notes.append(_said(rest, "that no feed is named for", "unpack the zip to look at"))
    return tuple(notes)


def _said(n: int, which: str, how: str) -> str:
    return f"left in the zip: {n:,} file{'s' * (n != 1)} {which}; {how} {'them' if n != 1 else 'it'}"
