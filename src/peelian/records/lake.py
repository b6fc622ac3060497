"""The lake: one Delta table a feed, one commit a batch, a line for every row read. Every reader sees landed batches only.

Delta's own versions answer nothing here: what was known on a day follows from the landed editions (ADR 1).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pyarrow as pa
from django.conf import settings
from django.db.models import Q

from peelian.core.errors import PeelianError

from .feeds import FEEDS
from .feeds.declare import Feed, cell, quoted
from .models import Batch, Edition, Standing, Withdrawal
from .spill import spill_folder

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from peelian.access.sight import Hidden

# Canonical columns of an event, of a mention and of a published figure, with their types in the lake.
EVENT = {
    "kind": "VARCHAR", "reference": "VARCHAR", "category": "VARCHAR", "offence": "VARCHAR", "ho_class": "VARCHAR",
    "start": "TIMESTAMPTZ", "end": "TIMESTAMPTZ", "precision": "VARCHAR", "reported": "TIMESTAMPTZ", "easting": "DOUBLE",
    "northing": "DOUBLE", "place_precision": "VARCHAR", "place": "VARCHAR", "location_type": "VARCHAR", "area": "VARCHAR", "outcome": "VARCHAR",
    "domestic": "BOOLEAN",
}  # fmt: skip
MENTION = {
    "key": "VARCHAR", "reference": "VARCHAR", "role": "VARCHAR", "surname": "VARCHAR", "forenames": "VARCHAR",
    "sex": "VARCHAR", "born_on": "DATE", "ethnicity": "VARCHAR", "phone": "VARCHAR", "address": "VARCHAR",
    "postcode": "VARCHAR", "markers": "VARCHAR", "related_to": "VARCHAR", "relationship": "VARCHAR",
}  # fmt: skip
FIGURE = {"force": "VARCHAR", "period": "VARCHAR", "dimension": "VARCHAR", "value": "DOUBLE"}
CANONICAL = {"event": EVENT, "mention": MENTION, "figure": FIGURE}
REPEATING = ["batch", "verdict", "slice", "kind", "category", "precision", "place_precision", "location_type"]
# Delta's log keeps no statistics on personal columns either, and an erasure may purge it at once.
CONFIGURATION = {"delta.dataSkippingStatsColumns": "line", "delta.logRetentionDuration": "interval 0 seconds"}
# `line` of a mended row is its line in the file that it came from; `cells` are the source's own, by column name.
KEYS = {
    "batch": "VARCHAR", "line": "BIGINT", "verdict": "VARCHAR", "identity": "VARCHAR", "content": "VARCHAR",
    "has_id": "BOOLEAN", "slice": "VARCHAR", "known_from": "TIMESTAMPTZ", "faults": "VARCHAR", "odd": "VARCHAR",
}  # fmt: skip


def canonical(feed: Feed) -> dict[str, str]:
    """The canonical columns of a feed's rows with their types: of an event, of a mention, or of both."""
    return {name: kind for part in feed.becomes for name, kind in CANONICAL[part].items()}


def cells_type(feed: Feed) -> str:
    """The SQL type of a row's own cells."""
    return "STRUCT(" + ", ".join(f"{cell(c.name)} VARCHAR" for c in feed.columns) + ")"


def folder(feed: Feed) -> Path:
    """Where the feed's Delta table stands."""
    return Path(settings.HOME) / "lake" / feed.name


_OWN_NAME = re.compile(r"[0-9a-f]{64}-[0-9]+\.parquet")
_handles = threading.local()  # a handle is no thing to share between threads


def table(feed: Feed) -> DeltaTable | None:
    """The feed's Delta table as it stands now, or None before its first batch.

    Opening a table reads its whole log; a handle that was opened before reads only what came since.
    """
    from deltalake import DeltaTable

    path = str(folder(feed))
    own: dict[str, DeltaTable] = _handles.__dict__
    if not DeltaTable.is_deltatable(path):
        own.pop(path, None)
        return None
    if path in own:
        own[path].update_incremental()
    else:
        own[path] = DeltaTable(path)
    return own[path]


def holds(feed: Feed, digest: str) -> int | None:
    """The lake version in which the batch was committed, or None."""
    delta = table(feed)
    if delta is None or delta.transaction_version(digest) is None:
        return None
    return delta.version()


def append(feed: Feed, digest: str, parts: Sequence[pa.RecordBatchReader]) -> int:
    """Commit a batch whole, with its digest as application transaction id; the new lake version.

    Arrow writes a file for each part, all at the same time, since delta-rs's own writer panics on a full disk; delta-rs
    commits them.
    """
    from deltalake import CommitProperties, Schema, Transaction
    from deltalake.transaction import AddAction, create_table_with_add_actions

    folder(feed).mkdir(parents=True, exist_ok=True)
    paths = [folder(feed) / f"{digest}-{n}.parquet" for n in range(len(parts))]
    try:
        with ThreadPoolExecutor(len(parts)) as writers:
            counts = list(writers.map(_write, paths, parts))
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise
    actions = []
    for path, count in zip(paths, counts, strict=True):
        known = path.stat()
        stats = json.dumps({"numRecords": count})
        actions.append(AddAction(path.name, known.st_size, {}, int(known.st_mtime * 1000), True, stats))
    once = CommitProperties(app_transactions=[Transaction(digest, 1)])
    schema = Schema.from_arrow(parts[0].schema)
    delta = table(feed)
    if delta is None:
        create_table_with_add_actions(
            str(folder(feed)), schema, actions, configuration=CONFIGURATION, commit_properties=once
        )
    else:
        delta.create_write_transaction(actions, "append", schema, commit_properties=once)
    delta = table(feed)
    assert delta is not None
    return delta.version()


def _write(path: Path, rows: pa.RecordBatchReader) -> int:
    """Write rows to a Parquet file that a power cut does not take back; how many there were."""
    import pyarrow.parquet as pq

    count = 0
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            rows.schema,
            compression="zstd",
            compression_level=1,
            # A dictionary of values that hardly repeat costs half the writing and saves 7 % of the size.
            use_dictionary=REPEATING,
            # No column statistics on personal columns: they would keep names after an erasure.
            write_statistics=False,
        ) as writer:
            for batch in rows:
                writer.write_batch(batch)
                count += len(batch)
        file.flush()
        os.fsync(file.fileno())
    return count


def sweep(feed: Feed) -> None:
    """Remove the files of writes that never were committed. Under the landing lock only."""
    delta = table(feed)
    if delta is None:
        shutil.rmtree(folder(feed), ignore_errors=True)
    else:
        delta.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)


def session(memory: str = "512MB") -> duckdb.DuckDBPyConnection:
    """A DuckDB session in UTC that spills to the installation's own folder."""
    con = duckdb.connect(config={"memory_limit": memory, "temp_directory": str(spill_folder()), "threads": 2})
    # DuckDB would write a bar of progress on standard output beside a query of more than two seconds, and spoil --json.
    con.execute("LOAD icu; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return con


def cursor(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second way into the same session, for a result that is read beside another."""
    own = con.cursor()
    own.execute("SET TimeZone = 'UTC'")
    return own


def relation(feed: Feed, digests: Iterable[str] | None = None) -> str:
    """SQL for the rows of landed batches (or of just these `digests`); an empty relation before the first commit."""
    if digests is None:
        digests = Batch.objects.filter(feed=feed.name, state=Batch.LANDED).values_list("digest", flat=True)
    wanted = list(digests)
    delta = table(feed) if wanted else None
    if delta is None:
        kinds = {**KEYS, **canonical(feed), "cells": cells_type(feed), "extra": "VARCHAR"}
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {cell(name)}" for name, kind in kinds.items())
        return f"(SELECT {columns} WHERE false)"
    # Delta escapes the folder's name in a URI; its own names of files need none. A file that `append` wrote is named after its
    # batch, so that the others need not be opened; one that was rewritten since has another name and may hold any.
    names = [uri.rsplit("/", 1)[-1] for uri in delta.file_uris()]
    own = set(wanted)
    names = [name for name in names if name[:64] in own or not _OWN_NAME.fullmatch(name)] or names[:1]
    paths = ", ".join(quoted(str(folder(feed) / name)) for name in names)
    return (
        f"(SELECT * FROM read_parquet([{paths}], union_by_name = true, hive_partitioning = false) "
        f"WHERE batch IN ({', '.join(map(quoted, wanted))}))"
    )


def standing(
    con: duckdb.DuckDBPyConnection, name: str, *, feeds: Iterable[str], known_on: datetime | None = None
) -> None:
    """Make the temporary table `name` (batch, line) of the versions that are not current as known on an instant."""
    rows = Standing.objects.filter(edition__landed=True, version_batch__feed__in=list(feeds)).order_by("edition_id")
    if known_on is not None:
        rows = rows.filter(edition__known_from__lte=known_on)
    last: dict[tuple[str, int], bool] = {}
    for digest, line, current in rows.values_list("version_batch__digest", "version_line", "current").iterator():
        last[digest, line] = current
    gone = [key for key, current in last.items() if not current]
    # Not `pa.array`: it would first import Pandas, where that is installed, and take a second of a short command.
    con.register("_gone", pl.DataFrame(gone, schema={"batch": pl.String, "line": pl.Int64}, orient="row").to_arrow())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _gone")
    con.unregister("_gone")


def feeds_of(kind: str, feeds: Iterable[str] | None = None) -> list[str]:
    """Names of the feeds that become `kind`, or of those of `feeds` that do.

    Raises
    ------
    PeelianError
        If none of `feeds` does.
    """
    asked = None if feeds is None else list(feeds)
    chosen = [f.name for f in FEEDS.values() if kind in f.becomes and (asked is None or f.name in asked)]
    if not chosen:
        raise PeelianError(
            f"none of these feeds holds {kind}s",
            found=", ".join(asked or []),
            fix="use one of: " + ", ".join(f.name for f in FEEDS.values() if kind in f.becomes),
            id="peelian.E401",
        )
    return chosen


def current(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    *,
    classes: Iterable[str],
    hidden: Hidden | None = None,
    feeds: Iterable[str] | None = None,
    known_on: datetime | None = None,
    cells: bool = False,
) -> str:
    """SQL for the current versions of every feed that becomes `kind`, as known on an instant, of the given record classes.

    Without `hidden`, rows that are restricted to some are among them: only for what no reader sees, such as linkage.

    The columns are batch, line, feed, record_class, identity, known_from and the canonical ones; with `cells`, for one
    feed alone, its own cells as a struct beside them.
    """
    chosen = [FEEDS[name] for name in feeds_of(kind, feeds)]
    classes = list(classes)
    standing(con, "gone", feeds=[f.name for f in chosen], known_on=known_on)
    columns = ", ".join([*map(cell, CANONICAL[kind]), *(["cells"] if cells else [])])
    taken_back = withdrawn_feeds(known_on)
    whole = "verdict = 'accepted'" + (" AND key <> ''" if kind == "mention" else "")  # a row may name nobody
    parts = []
    for feed in chosen:
        landed = Batch.objects.filter(feed=feed.name, state=Batch.LANDED, record_class__in=classes)
        if known_on is not None:
            landed = landed.filter(known_from__lte=known_on)
        # A mapping file may give a batch a class of its own.
        by_class: dict[str, list[str]] = {feed.record_class.code: []}
        for digest, code in landed.values_list("digest", "record_class_id") if feed.name not in taken_back else ():
            by_class.setdefault(code, []).append(digest)
        parts += [
            f"SELECT batch, line, {quoted(feed.name)} AS feed, {quoted(code)} AS record_class, "
            f"identity, known_from, {columns} FROM {relation(feed, digests)} r "
            f"WHERE {whole} AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.batch = r.batch AND g.line = r.line)"
            f"{_not_hidden(feed, hidden)}"
            for code, digests in by_class.items()
        ]
    return "(" + " UNION ALL ".join(parts) + ")"


def _not_hidden(feed: Feed, hidden: Hidden | None) -> str:
    """SQL that leaves out the feed's hidden rows, whole: a row of custody is the event and the person in it."""
    if not hidden:
        return ""
    tests = ""
    for column, keys in (("key", hidden.mentions.get(feed.name)), ("reference", hidden.records.get(feed.name))):
        if keys and column in canonical(feed):
            tests += f" AND coalesce({cell(column)}, '') NOT IN ({', '.join(map(quoted, sorted(keys)))})"
    return tests


def withdrawn_feeds(known_on: datetime | None = None) -> set[str]:
    """Feeds that their owner has taken back: nothing of them is current, now or as known on an instant."""
    held = Withdrawal.objects.all()
    if known_on is None:
        held = held.filter(restored_at=None)
    else:
        held = held.filter(since__lte=known_on).filter(Q(restored_at=None) | Q(restored_at__gt=known_on))
    return set(held.values_list("feed", flat=True))


def editions(feed: Feed) -> list[dict[str, Any]]:
    """Every landed edition of a feed with its batch, for working out what is current."""
    return [
        {"batch": digest, "published": published, "told": "" if stated else known.isoformat()}
        for digest, published, stated, known in Edition.objects.filter(batch__feed=feed.name, landed=True).values_list(
            "batch__digest", "published", "stated", "known_from"
        )
    ]
