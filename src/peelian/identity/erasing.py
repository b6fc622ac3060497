"""What goes here when records are erased: the projections, and the scores of their pairs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl
from django.conf import settings

from peelian.records.erasers import Row

from .models import Component, Known, ScoreBatch, Seen
from .pack_tables import erase_lines
from .scores import read, save
from .training import load

AT_ONCE = 500


def erase(rows: Collection[Row]) -> Mapping[str, int]:
    """Take out `Known`, `Seen`, links and scores of these rows; how many went of each. In the caller's transaction.

    What is left of a person is folded when it is read, so that nobody is joined any more through what is gone. Decisions and
    issued products keep keys, which are references of the source and say nothing once the source's record is gone.
    """
    by_batch: dict[int, list[int]] = {}
    for batch, line in rows:
        by_batch.setdefault(batch, []).append(line)
    gone: dict[str, int | None] = {}  # key, component
    counts = {"known": 0, "seen": 0}
    for batch, lines in by_batch.items():
        for start in range(0, len(lines), AT_ONCE):
            some = lines[start : start + AT_ONCE]
            held = Known.objects.filter(batch=batch, line__in=some)
            gone |= dict(held.values_list("key", "component_id"))
            counts["known"] += held.delete()[0]
            counts["seen"] += Seen.objects.filter(batch=batch, line__in=some).delete()[0]
    for component in Component.objects.filter(pk__in={c for c in gone.values() if c is not None}):
        component.links = [link for link in component.links if link[0] not in gone and link[1] not in gone]
        component.save(update_fields=["links"])
    counts["scores"] = _forget(set(gone))
    return {**counts, **erase_lines(rows)}


def _forget(keys: Collection[str]) -> int:
    """Write the files of scores anew without the pairs of these mentions; how many pairs went."""
    mine, went = pl.Series(sorted(keys), dtype=pl.String).implode(), 0
    for held in ScoreBatch.objects.order_by("made_at", "digest"):
        scores = read(held.digest)
        left = scores.filter(~(pl.col("a").is_in(mine) | pl.col("b").is_in(mine)))
        if len(left) == len(scores):
            continue
        went += len(scores) - len(left)
        made = save(load(held.model_id), left, mentions=held.mentions, at=held.made_at)
        ScoreBatch.objects.filter(pk=made.pk).update(folded_at=held.folded_at)
        old = Path(settings.HOME) / "identity" / "scores" / f"{held.digest}.parquet"
        held.delete()
        old.unlink(missing_ok=True)
    return went
