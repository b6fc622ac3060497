"""Rows that were not accepted: seen with their faults, mended by a person, replayed by `landing.replay`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from peelian.access.actor import Actor, record_act, require_police, visible
from peelian.core.clock import london_day
from peelian.core.errors import PeelianError

from .feeds import feed_named
from .landing import check_cells
from .mapping import feed_of
from .models import Batch, Quarantined
from .reading import MARKS

TOLD = 300  # characters of a cell


class NotFound(PeelianError):
    """There is no such thing, or not for this reader."""

    id = "peelian.E404"


def waiting(actor: Actor, *, feed: str = "", batch: str = "") -> QuerySet[Quarantined]:
    """Quarantined rows of landed batches that were not replayed yet, oldest first, as far as `actor` may see them."""
    rows = visible(Quarantined.objects.filter(batch__state=Batch.LANDED, replayed_in=None), actor)
    if feed:
        rows = rows.filter(batch__feed=feed)
    if batch:
        rows = rows.filter(batch__digest__startswith=batch)
    return rows.select_related("batch").order_by("batch_id", "line")


def one(actor: Actor, batch: str, line: int) -> Quarantined:
    """One quarantined row by its batch (or the beginning of its digest) and line; NotFound where there is none to see."""
    rows = visible(
        Quarantined.objects.filter(batch__state=Batch.LANDED, batch__digest__startswith=batch, line=line), actor
    )
    row = rows.select_related("batch").first() if len(batch) >= 6 else None
    if row is None:
        raise NotFound("there is no such quarantined row", fix="see `peelian quarantine list`")
    return row


def explain(row: Quarantined) -> list[dict[str, str]]:
    """Each fault as column, what was found, what is allowed."""
    cells = row.mended or row.cells
    told = []
    for fault in row.faults:
        found = fault.get("found") or "; ".join(_short(cells[c]) for c in fault["columns"])
        column = " and ".join(fault["columns"]) or "(whole row)"
        told.append({"column": column, "found": found, "allowed": fault["allowed"]})
    return told


def _short(value: str) -> str:
    """A cell as it is told: quoted, with what a screen would obey written out, and its beginning alone where it is long."""
    if not value:
        return "nothing"
    return repr(value) if len(value) <= TOLD else f"{value[:TOLD]!r} and {len(value) - TOLD:,} more characters"


def as_cells(row: Quarantined) -> dict[str, str]:
    """The cells to start mending from, by column; a record that was no row is laid out in the feed's order."""
    if row.mended is not None:
        return dict(row.mended)
    if isinstance(row.cells, dict):
        return dict(row.cells)
    if row.batch.mapping_id is not None:
        return {}  # its cells stand in the source's order, not in the feed's
    names = [c.name for c in feed_named(row.batch.feed).columns]
    return dict(zip(names, [*row.cells, *[""] * len(names)], strict=False))


def mend(
    row: Quarantined, cells: Mapping[str, str], *, reason: str, actor: Actor, at: datetime
) -> list[dict[str, Any]]:
    """Record new cells for a quarantined row; the original stays as it came.

    Parameters
    ----------
    row : Quarantined
        A row that was not replayed yet.
    cells : mapping of str to str
        New values by column; columns left out keep theirs.
    reason : str
        Why the new values are right; it is kept with the row.

    Returns
    -------
    list of dict
        The faults that are left; empty when the row would be accepted.
    """
    require_police(actor)
    feed = feed_of(row.batch)
    unknown = sorted(set(cells) - {c.name for c in feed.columns})
    if unknown:
        raise PeelianError(
            "the feed has no such column",
            found=", ".join(unknown),
            fix="use: " + ", ".join(c.name for c in feed.columns),
        )
    if not reason.strip():
        raise PeelianError(
            "a reason is needed", matters="the next reader must see why the values were changed", fix="say why"
        )
    if any(mark.decode() in value for value in cells.values() for mark in MARKS):
        raise PeelianError("a zero byte or a unit separator stands in a cell", fix="type the value again")
    with transaction.atomic():
        fresh = Quarantined.objects.select_for_update().get(pk=row.pk)
        if any(fault.get("spill") for fault in fresh.faults):
            raise PeelianError(
                "nothing of this row is held",
                found="a marking above the ceiling",
                fix="ask the sender for the record at a marking that may be held here, and read that file",
                id="peelian.E428",
            )
        if fresh.replayed_in_id is not None:
            raise PeelianError("the row was replayed already", fix="look it up in the batch that took it in")
        if fresh.batch.replays.filter(state=Batch.INTENT).exists():
            raise PeelianError("the row is being taken in at this moment", fix="look it up again in a minute")
        fresh.mended = {**as_cells(fresh), **cells}
        left = check_cells(feed, [(fresh.line, fresh.mended)], london_day(at)).get(fresh.line, [])
        fresh.mended_by, fresh.mended_at, fresh.reason = actor.user.username, at, reason.strip()[:300]
        if left:
            fresh.faults = left
        fresh.save()
        detail = {"batch": fresh.batch.digest, "line": fresh.line, "columns": sorted(cells)}
        record_act(actor, "alteration", "quarantined row", detail=detail, at=at)
    row.refresh_from_db()
    return left
