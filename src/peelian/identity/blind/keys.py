"""The shared secret of two agencies, and the public scheme by which both encode."""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from peelian.core.errors import PeelianError

FIELDS = {"surname": 13, "forenames": 13, "born_on": 18, "sex": 8, "postcode": 10}  # bits that one token of each sets
SALTS = ("none", "year", "area")
KIND = "peelian blind key 1"


@dataclass(frozen=True)
class Scheme:
    """What both sides must share, and anyone may read: it stands in the header of every encoded file.

    Parameters
    ----------
    agreement : str
        Code of the sharing agreement that the match rests on.
    until : str
        The last day (ISO) on which encodings of this key may be matched.
    hashes : dict
        The fields that are encoded, and how many bits one token of each sets: its weight.
    salt : str
        ``year``: tokens of names are keyed by the year of birth too; ``area``: by the postcode area; ``none``.
    separate : bool
        Whether a tag for each field goes with the bits, so that a hit tells which fields agreed.
    bits, spread : int
        Length of an encoding, and how many secret positions are added modulo 2 into each of its bits (diffusion).
    """

    agreement: str
    until: str
    hashes: dict[str, int]
    salt: str = "none"
    separate: bool = False
    bits: int = 1024
    spread: int = 4


@dataclass(frozen=True)
class Key:
    """A scheme and its 256-bit secret."""

    scheme: Scheme
    secret: bytes

    def derive(self, *parts: object) -> bytes:
        """64 bytes (HMAC-SHA-512) of the secret and of what they are for."""
        return hmac.digest(self.secret, "\x1f".join(map(str, parts)).encode(), "sha512")

    @property
    def check(self) -> str:
        """Tells whether two files were made with one key and one scheme; of a 256-bit secret it tells nothing else."""
        return self.derive("check", json.dumps(asdict(self.scheme), sort_keys=True)).hex()[:32]


def make_key(
    secret: bytes, *, agreement: str, until: date, on: date, fields: tuple[str, ...], salt: str = "none", separate: bool = False
) -> Key:  # fmt: skip
    """A key from 32 secret bytes.

    Raises
    ------
    PeelianError
        If the last day is past, or the fields and the salt do not go together.
    """
    if until < on:
        raise PeelianError(
            "the key would be past its last day",
            found=until.isoformat(),
            fix="give --until a later day",
            id="peelian.E661",
        )
    needed = {"surname", "forenames", "born_on"} | ({"postcode"} if salt == "area" else set())
    if salt not in SALTS or not set(fields) <= set(FIELDS) or not needed <= set(fields):
        raise PeelianError(
            "the key cannot encode these fields so",
            found=f"fields {', '.join(fields)}; salt {salt}",
            fix=f"choose from {', '.join(FIELDS)}, with {', '.join(sorted(needed))}; salt one of {', '.join(SALTS)}",
            id="peelian.E662",
        )
    hashes = {name: weight for name, weight in FIELDS.items() if name in fields}
    return Key(Scheme(agreement, until.isoformat(), hashes, salt, separate), secret)


def write_key(key: Key, path: Path) -> None:
    """Write a key that its owner alone can read; PeelianError where a file stands already."""
    keep(path, json.dumps({"kind": KIND, **asdict(key.scheme), "secret": key.secret.hex()}, indent=1) + "\n")


def vacant(path: Path) -> None:
    """Refuse a name that is taken, before the work and before the log says that something was sent."""
    if path.exists():
        raise PeelianError(
            "a file of that name stands there already",
            where=str(path),
            matters="what it holds cannot be made again, and hits could not be read without it",
            fix="choose another name, or remove the old file",
            id="peelian.E663",
        )


def keep(path: Path, text: str) -> None:
    """Write what must not leave this side: its owner alone can read it, and no file of that name is written over."""
    vacant(path)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)


def read_key(path: Path) -> Key:
    """Read a key; PeelianError for what is none, or for one that other accounts can read."""
    try:
        told = kept(path, KIND)
        secret = bytes.fromhex(told.pop("secret"))
        if len(secret) != 32:
            raise ValueError
        return Key(scheme_of(told), secret)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PeelianError(
            "this is no key of blind matching",
            where=str(path),
            fix="give the file that `peelian blind key` made, unchanged",
            id="peelian.E665",
        ) from None


def kept(path: Path, kind: str) -> dict[str, Any]:
    """What `keep` wrote, as JSON; ValueError for another kind of file, PeelianError where other accounts can read it."""
    if path.stat().st_mode & 0o077:
        raise PeelianError(
            "other accounts of this machine can read a secret",
            where=str(path),
            matters="whoever has it can find out who is in the files that travel",
            fix=f"chmod 600 {path.name}; if others may have read it, begin again with a new one",
            id="peelian.E664",
        )
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if told.pop("kind") != kind:
        raise ValueError(kind)
    return told


def scheme_of(told: Any) -> Scheme:
    """The scheme that a header states; ValueError or TypeError for anything else."""
    scheme = Scheme(**told)
    date.fromisoformat(scheme.until)
    right = (
        scheme.salt in SALTS
        and set(scheme.hashes) <= set(FIELDS)
        and all(0 < k <= 32 for k in scheme.hashes.values())
        and scheme.bits in (512, 1024, 2048, 4096)
        and 1 <= scheme.spread <= 16
    )
    if not right:
        raise ValueError(sorted(f.name for f in fields(Scheme)))
    return scheme
