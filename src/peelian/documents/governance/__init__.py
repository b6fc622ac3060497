"""Documents that the law asks of whoever runs Peelian, drawn up from what the program declares, each to be reviewed and signed.

They say what is true of this installation today. What a machine cannot know is left open and listed; signing takes two people,
and holds until the declarations change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from peelian.access import changes
from peelian.access.models import Change
from peelian.core.document import Document

from .agreement import agreement_template
from .equality import equality_assessment
from .impact import impact_assessment
from .sensitive import appropriate_policy


@dataclass(frozen=True)
class Kind:
    """One of the documents: how it is called in addresses, its title, and what draws it up as of a day."""

    slug: str
    title: str
    build: Callable[[date], Document]


KINDS: dict[str, Kind] = {}


def _digest_text(text: str) -> str:
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise ValueError("the digest of an edition, 64 hexadecimal digits")
    return text


def register(kind: Kind) -> None:
    """Take a document into use; its signature becomes a setting that two people change. An upper floor registers its own."""
    KINDS[kind.slug] = kind
    changes.declare(
        f"signed.{kind.slug}", f"Edition of the document: {kind.title.lower()}", owner="data-protection officer", read=_digest_text
    )  # fmt: skip


for _kind in (
    Kind("data-protection", "Data-protection impact assessment", impact_assessment),
    Kind("appropriate-policy", "Appropriate policy document", appropriate_policy),
    Kind("equality", "Equality assessment", equality_assessment),
    Kind("sharing-agreement", "Sharing agreement: template", agreement_template),
):
    register(_kind)


def digest(document: Document) -> str:
    """SHA-256 of what a document says, whatever the day on which it was drawn up."""
    said = asdict(document)
    del said["edition"], said["meta"]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Signature:
    """How a document stands: `state` is ``signed``, ``changed`` since it was signed, ``proposed`` or ``unsigned``."""

    state: str
    change: Change | None = None


def signature(kind: Kind, document: Document) -> Signature:
    """How the edition at hand stands."""
    name, own = f"signed.{kind.slug}", digest(document)
    held = changes.approved(name)
    if held is not None and held.after == own:
        return Signature("signed", held)
    waits = changes.waiting().filter(name=name, after=own).first()
    if waits is not None:
        return Signature("proposed", waits)
    return Signature("changed", held) if held is not None else Signature("unsigned")
