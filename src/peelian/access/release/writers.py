"""Who writes a shareable edition from what the ledger keeps: each kind of document brings its own writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from peelian.core.document import Document

from .knowledge import Release

if TYPE_CHECKING:
    from peelian.access.actor import Actor

Writer = Callable[[Mapping[str, Any], Release], Document]
Issuer = Callable[[Mapping[str, Any], "Actor", datetime], None]
WRITERS: dict[str, Writer] = {}
ISSUERS: dict[str, Issuer] = {}


def written_by(name: str, writer: Writer, *, issued: Issuer | None = None) -> None:
    """Let `writer` write the editions whose content says ``"document": name``; it reads the content and the planned release, and nothing else.

    `issued` is done with the approval, in one step or not at all: for a document that must not leave the force by itself.
    """
    WRITERS[name] = writer
    if issued is not None:
        ISSUERS[name] = issued
