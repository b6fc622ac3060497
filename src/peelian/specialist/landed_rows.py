"""Rows of a landed feed of the force's own people and vehicles, as far as policy lets the reader see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from peelian.access.actor import Actor, allowed_classes, hidden
from peelian.records import lake


def rows(
    actor: Actor, feed: str, sql: str, values: Sequence[Any] = (), *, words: Iterable[str] = (), kind: str = "event"
) -> list[tuple[Any, ...]]:
    """Ask a feed in SQL: ``{source}`` stands for its current rows, the table ``_words`` (column `w`) for `words`.

    Instants are asked for as ``epoch()``: a driver without time zones gives them so.
    """
    con = lake.session()
    con.register("_words", pa.table({"w": pa.array(sorted(words), pa.string())}))
    source = lake.current(con, kind, classes=allowed_classes(actor), hidden=hidden(actor), feeds=[feed], cells=True)
    found: list[tuple[Any, ...]] = con.execute(sql.format(source=source), list(values)).fetchall()
    con.close()
    return found


def instant(epoch: float) -> datetime:
    """An instant from its seconds."""
    return datetime.fromtimestamp(epoch, UTC)
