"""Names for records that tell nothing: not serial, not guessable, the same each time."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from contextlib import suppress
from functools import cache

from django.conf import settings


@cache
def _key() -> bytes:
    """Made once and kept beside the data; two first starts at once agree on it. Without it old addresses and log subjects mean nothing."""
    path = settings.HOME / "ref-key"
    if not path.exists():
        own = settings.HOME / f"ref-key.{os.getpid()}"
        own.touch(mode=0o600)
        own.write_bytes(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return bytes(path.read_bytes())


def ref_of(key: str) -> str:
    """The 24 letters and digits by which addresses and the log name the record `key` (HMAC-SHA-256, 120 bits)."""
    return base64.b32encode(hmac.digest(_key(), key.encode(), "sha256")[:15]).decode().lower()
