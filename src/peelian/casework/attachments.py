"""Documents and photographs of a case: kept by their hash, known by their content, scanned, and every opening logged.

What a file is called says nothing of what it is, so its bytes are looked at, and only kinds of file on a short list are taken.
A file is only ever sent as a download. One in which a virus was found is kept, as evidence, and never opened again.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shlex
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import puremagic
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from peelian.access.actor import Actor, Denied, record_act
from peelian.access.models import User
from peelian.core.errors import PeelianError

from .models import Attachment
from .reading import found as case_of
from .sight import cases

# What the bytes say -> (ending of the download, words). Scripts, web pages and programs are not on it.
KINDS = {
    "application/pdf": (".pdf", "PDF document"),
    "image/jpeg": (".jpg", "photograph"),
    "image/png": (".png", "picture"),
    "image/heif": (".heic", "photograph"),
    "image/tiff": (".tif", "picture"),
    "video/mp4": (".mp4", "video"),
    "video/quicktime": (".mov", "video"),
    "audio/mpeg": (".mp3", "sound"),
    "audio/wave": (".wav", "sound"),
    "text/plain": (".txt", "text"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", "Word document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", "Excel workbook"),
}
OFFICE = {"word/document.xml": "wordprocessingml.document", "xl/workbook.xml": "spreadsheetml.sheet"}
HEAD = 1 << 16
SCAN_SECONDS = 120
CLEAN, INFECTED, NOT_SCANNED = "clean", "refused", "not scanned"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that may be sent: where it lies, what it is, and by which name it is saved (no word of the sender's)."""

    path: Path
    kind: str
    name: str
    size: int


def kind_of(head: bytes, whole: IO[bytes]) -> str:
    """What a file is, by its bytes; PeelianError (E492) for what is not on the list.

    Parameters
    ----------
    head : bytes
        The first 64 KiB.
    whole : file
        Read further only where a container must be opened to tell.
    """
    if head[:4] == b"PK\x03\x04":
        return _office(whole)
    found = {_plain(match.mime_type) for match in _matches(head)}
    for known in KINDS:
        if known in found and known != "text/plain":
            return known
    if not found and _is_text(head):
        return "text/plain"
    raise _refused_kind()


def attach(ref: str, file: IO[bytes], *, title: str, actor: Actor, at: datetime) -> Attachment:
    """Keep a file with a case.

    Parameters
    ----------
    ref : str
        Of the case.
    file : binary file, positioned anywhere
    title : str
        What the reader sees, such as ``body map``: part of the case's record, as private as it is.

    Returns
    -------
    Attachment
        With its hash, kind and what the scan said.

    Raises
    ------
    PeelianError
        ``peelian.E491`` for a file that is empty or too large, ``peelian.E492`` for one of a kind that is not taken.
    Denied
        Where `actor` may not see the case; it reads as if there were none.
    """
    case = case_of(ref, actor)
    path, digest, size, kind = _kept(file)
    scan = scanned(path)
    with transaction.atomic():
        one = Attachment.objects.create(
            case=case, name=" ".join(title.split())[:200] or KINDS[kind][1], type=kind, size=size, sha256=digest,
            scanned=scan, by=actor.user.username, at=at,
        )  # fmt: skip
        told = {"case": case.ref, "sha256": digest, "type": kind, "size": size, "scanned": scan}
        record_act(actor, "collection", "attachment", at=at, detail=told)
    return one


def attached(ref: str, actor: Actor) -> QuerySet[Attachment]:
    """What is attached to a case and may be listed, the newest first: a partner sees what its own people attached."""
    rows = Attachment.objects.filter(case=case_of(ref, actor), removed_at=None)
    if actor.agency.kind != "police":
        rows = rows.filter(by__in=User.objects.filter(agency=actor.agency).values("username"))
    return rows.order_by("-at", "-pk")


def opened(name: str, *, actor: Actor, at: datetime) -> Opened:
    """The file of an attachment, to be sent as a download; the look is logged before the first byte.

    Raises
    ------
    PeelianError
        ``peelian.E493`` where a virus was found, or the bytes are not those that were attached.
    Denied
        For an attachment that is not there or may not be seen, which read the same.
    """
    one = found(name, actor)
    path = path_of(one.sha256)
    if one.scanned == INFECTED:
        raise PeelianError(
            "a virus was found in this file", matters="opening it could harm this computer and others",
            fix="tell your information-security officer; the file is kept as evidence", id="peelian.E493",
        )  # fmt: skip
    if not path.is_file() or _digest(path) != one.sha256:
        raise PeelianError(
            "the file is not what was attached", found="its hash differs, or it is gone",
            matters="what stands in a case must be what was put there", fix="restore it from the backup", id="peelian.E493",
        )  # fmt: skip
    record_act(actor, "consultation", "attachment", at=at, detail={"case": one.case.ref, "sha256": one.sha256})
    return Opened(path, one.type, f"attachment-{one.sha256[:12]}{KINDS[one.type][0]}", one.size)


def remove(name: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take an attachment off the case's page, with a reason. The row and the bytes stay: a disclosure still lists it."""
    one = found(name, actor)
    if not reason.strip():
        raise PeelianError("taking a file off a case needs a reason", fix="say why", id="peelian.E491")
    with transaction.atomic():
        one.removed_by, one.removed_at, one.removed_why = actor.user.username, at, reason.strip()[:300]
        one.save(update_fields=["removed_by", "removed_at", "removed_why"])
        record_act(
            actor, "alteration", "attachment: removed", at=at, detail={"case": one.case.ref, "sha256": one.sha256},
            reason=reason,
        )  # fmt: skip


def found(name: str, actor: Actor) -> Attachment:
    """An attachment that `actor` may see."""
    one = Attachment.objects.select_related("case").filter(ref=name).first()
    if one is None or not cases(actor).filter(pk=one.case_id).exists():
        raise unseen()
    if not attached(one.case.ref, actor).filter(pk=one.pk).exists():
        raise unseen()
    return one


def unseen() -> Denied:
    """What is said of a file that is not there, or may not be seen."""
    return Denied("there is no such file here that you may see", fix="check the address, and the purpose you stated")


def path_of(digest: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.HOME) / "attachments" / digest[:2] / digest


def scanned(path: Path) -> str:
    """What the force's virus scanner says of a file: ``clean``, ``infected`` or ``not scanned``.

    The scanner is a command (`PEELIAN_VIRUS_SCAN`, such as ``clamdscan --no-summary``); the file's name is put behind it. It ends
    with 0 where nothing was found and 1 where a virus was; anything else, and no command, means that nobody looked.
    """
    command = shlex.split(settings.VIRUS_SCAN)
    if not command:
        return NOT_SCANNED
    try:
        done = subprocess.run([*command, str(path)], capture_output=True, timeout=SCAN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return NOT_SCANNED
    return {0: CLEAN, 1: INFECTED}.get(done.returncode, NOT_SCANNED)


def scan_again(*, at: datetime) -> int:
    """Scan whatever nobody has looked at yet, such as what came while the scanner was down; how many were looked at."""
    looked = 0
    for one in Attachment.objects.filter(scanned=NOT_SCANNED).order_by("pk").iterator():
        says = scanned(path_of(one.sha256))
        looked += Attachment.objects.filter(pk=one.pk).exclude(scanned=says).update(scanned=says)
    return looked


def _kept(file: IO[bytes]) -> tuple[Path, str, int, str]:
    """Write the bytes under their hash, whole or not at all; the same file twice lies there once."""
    most = settings.ATTACHMENT_MB << 20
    folder = Path(settings.HOME) / "attachments"
    folder.mkdir(exist_ok=True, mode=0o700)
    file.seek(0)
    with NamedTemporaryFile(dir=folder, prefix="coming-") as own:
        digest, size = hashlib.sha256(), 0
        while chunk := file.read(1 << 20):
            size += len(chunk)
            if size > most:
                raise PeelianError(
                    "the file is too large", found=f"more than {settings.ATTACHMENT_MB} MB",
                    fix="shorten it, or store it with the evidence system and note its reference", id="peelian.E491",
                )  # fmt: skip
            digest.update(chunk)
            own.write(chunk)
        if not size:
            raise PeelianError("the file is empty", fix="choose the file again", id="peelian.E491")
        own.flush()
        os.fsync(own.fileno())
        own.seek(0)
        head = own.read(HEAD)
        own.seek(0)
        kind = kind_of(head, own)
        path = path_of(digest.hexdigest())
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if not path.exists():
            beside = path.with_suffix(f".{secrets.token_hex(4)}")
            os.link(own.name, beside)  # the temporary name goes with its file object
            beside.replace(path)
    return path, digest.hexdigest(), size, kind


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _matches(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return puremagic.magic_string(head)
    except puremagic.PureError:
        return []


def _plain(mime: str) -> str:
    same = {
        "image/pjpeg": "image/jpeg",
        "image/heic": "image/heif",
        "audio/x-wav": "audio/wave",
        "audio/wav": "audio/wave",
    }
    return same.get(mime, mime)


def _office(whole: IO[bytes]) -> str:
    """A Word or Excel file without macros; anything else that is zipped is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(whole.read())) as inside:
            names = inside.namelist()
    except (zipfile.BadZipFile, OSError):
        raise _refused_kind() from None
    for name, ending in OFFICE.items():
        if name in names and not any(n.rsplit("/", 1)[-1].startswith("vba") for n in names):
            return f"application/vnd.openxmlformats-officedocument.{ending}"
    raise _refused_kind()


def _is_text(head: bytes) -> bool:
    try:
        text = head[: -4 if len(head) == HEAD else None].decode()
    except UnicodeDecodeError:
        return False
    return all(c >= " " or c in "\r\n\t" for c in text) and not text.lstrip("﻿ \r\n\t").startswith(("<", "#!", "{\\rtf"))


def _refused_kind() -> PeelianError:
    return PeelianError(
        "a file of this kind is not taken", matters="it could run as a program on a colleague's computer",
        fix="attach a PDF, photograph, video, sound, plain text, Word or Excel file without macros", id="peelian.E492",
    )  # fmt: skip
