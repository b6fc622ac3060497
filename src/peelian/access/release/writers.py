"""Who writes a shareable edition from what the ledger keeps: each kind of document brings its own writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from peelian.core.document import Document

from .knowledge import Release

Writer = Callable[[Mapping[str, Any], Release], Document]
WRITERS: dict[str, Writer] = {}


def written_by(name: str, writer: Writer) -> None:
    """Let `writer` write the editions whose content says ``"document": name``; it reads the content and the planned release, and nothing else."""
    WRITERS[name] = writer
