"""Feed files in the sources' own formats, one module a source.

A source is added as one module here and one entry of ``making.SOURCES``. It draws from streams of its own, so that no other
source's bytes change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..filing import Month
from ..world import World
from .writing import Log


class Source(Protocol):
    """Writes the files of one feed into a folder, month by month."""

    feed: str

    def __init__(self, world: World, folder: Path, log: Log) -> None: ...

    def write(self, month: Month) -> None:
        """Write what the source tells of a month."""

    def close(self) -> None:
        """Finish the files that are open."""
