"""What leaves the installation about its log: the signed head, and the proof that one disclosure stands in it.

A partner reads both with no database: this module needs none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from peelian.core.errors import PeelianError

from .signing import FIELDS, SEPARATOR, Head
from .tree import leaf_hash, path, root_by_path

CHECKPOINT, PROOF = "log checkpoint 1", "log proof 1"


def checkpoint(head: Head, signature: str) -> dict[str, Any]:
    """The signed head of the log, as its file holds it; `entries` is how many entries the log holds up to there."""
    return {"peelian": CHECKPOINT, "entries": head.last, "seal": asdict(head), "signature": signature}


def proof(texts: Sequence[str], leaves: Sequence[bytes], index: int, head: Head, signature: str) -> dict[str, Any]:
    """The proof of one entry, as its file holds it.

    Parameters
    ----------
    texts : sequence of str
        The entry's fields, as `FIELDS` orders them.
    leaves : sequence of bytes
        Leaf hashes of the whole batch; `index` is the entry's place in it.
    """
    way = [h.hex() for h in path(leaves, index)]
    return {
        "peelian": PROOF,
        "entry": dict(zip(FIELDS, texts, strict=True)),
        "path": way,
        "seal": asdict(head),
        "signature": signature,
    }


def read(file: Path, kind: str) -> dict[str, Any]:
    """What a checkpoint or a proof states, with its seal as `head`.

    Raises
    ------
    PeelianError
        ``peelian.E331`` if the file is none of that kind.
    """
    try:
        told = json.loads(file.read_text("utf-8"))
        if told["peelian"] != kind:
            raise ValueError
        return {**told, "head": Head.of(told["seal"]), "signature": str(told["signature"])}
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError):
        raise PeelianError(
            f"the file holds no {kind.rsplit(' ', 1)[0].removeprefix('log ')} of a log",
            where=str(file),
            fix="give the file as it was handed over",
            id="peelian.E331",
        ) from None


def proved(told: Mapping[str, Any], trusted: Collection[str]) -> dict[str, str]:
    """The entry that a proof proves, by field.

    Parameters
    ----------
    told : mapping
        As `read` returns it.
    trusted : collection of str
        Public keys (raw, in hex) of the force whose log it is.

    Raises
    ------
    PeelianError
        ``peelian.E332`` if the proof does not hold.
    """
    head: Head = told["head"]
    try:
        texts = [str(told["entry"][name]) for name in FIELDS]
        way = [bytes.fromhex(h) for h in told["path"]]
        number = int(texts[0])
    except (KeyError, TypeError, ValueError):
        raise _unproved("the proof is not complete") from None
    if not head.signed(told["signature"], trusted):
        raise _unproved("the seal is not signed with this key")
    found = root_by_path(leaf_hash(SEPARATOR.join(texts).encode()), number - head.first, head.count, way)
    if found is None or found.hex() != head.root:
        raise _unproved("the entry is not among those that the seal covers, or a word of it was changed")
    return dict(zip(FIELDS, texts, strict=True))


def _unproved(found: str) -> PeelianError:
    return PeelianError(
        "the proof does not hold",
        found=found,
        matters="nothing shows that this disclosure stands in the force's log as it is told here",
        fix="ask the force for a new proof, and for its key by another way",
        id="peelian.E332",
    )
