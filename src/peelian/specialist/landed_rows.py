"""Rows of a landed feed of the force's own people and vehicles, as far as policy lets the reader see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import pyarrow as pa

from peelian.access.actor import Actor, allowed_classes, hidden
from peelian.casework.roster import DUTIES
from peelian.records import lake

WEEK = timedelta(weeks=1)


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


def as_landed(actor: Actor, at: datetime) -> timedelta:
    """How far back the landed roster must be read for an instant: nought where it reaches so far, else whole weeks.

    Where the roster ends before the instant, the force is read as it stood whole weeks before, on the last day that was worked; whoever
    shows it says so.
    """
    sql = """SELECT max(epoch("end")), max(epoch("start")) FILTER (outcome <> 'planned') FROM {source}"""
    [(last, worked)] = rows(actor, DUTIES, sql)
    if last is None or worked is None or instant(last) >= at:
        return timedelta(0)
    return ceil((at - instant(worked)) / WEEK) * WEEK


def instant(epoch: float) -> datetime:
    """An instant from its seconds."""
    return datetime.fromtimestamp(epoch, UTC)
