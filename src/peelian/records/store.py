"""Loading the store from the lake: rows that no reader sees before their batch has landed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import duckdb
from django.db import connection, models, transaction

from . import lake
from .failpoints import failpoint
from .feeds.declare import Feed, cell
from .models import Batch, Edition, Event, Marker, Mention, Place, Quarantined, Relationship, Standing
from .staging import SPILL, Progress, checks

CHUNK = 4_000  # rows a transaction: a longer one on SQLite blocks every logged page view for too long
TABLES: tuple[type[models.Model], ...] = (Event, Mention, Place, Marker, Relationship, Quarantined)
_STAMP = "strftime({} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S')"


def load(
    con: duckdb.DuckDBPyConnection, feed: Feed, batch: Batch, *, on: date, progress: Progress | None = None
) -> None:
    """Bring the accepted and the quarantined rows of a batch from the lake into the store, a chunk at a time."""
    source = lake.relation(feed, [batch.digest])
    loaders: dict[str, Callable[[duckdb.DuckDBPyConnection, str, Feed, Batch], None]] = {
        "event": _events,
        "mention": _mentions,
    }
    for part in feed.becomes:
        if part in loaders:  # a published figure stays in the lake
            loaders[part](con, source, feed, batch)
    _quarantine(con, source, feed, batch, on)
    if progress:
        progress(1, 1, "loading")


def _fixed(batch: Batch) -> dict[str, Any]:
    return {
        "batch_id": batch.pk,
        "record_class_id": batch.record_class_id,
        "known_from": str(batch.known_from.replace(tzinfo=None)),
    }


def _events(con: duckdb.DuckDBPyConnection, source: str, feed: Feed, batch: Batch) -> None:
    columns = ["line", "identity", "content", *lake.EVENT]
    picked = [_STAMP.format(cell(c)) if lake.EVENT.get(c) == "TIMESTAMPTZ" else cell(c) for c in columns]
    con.execute(f"SELECT {', '.join(picked)} FROM {source} WHERE verdict = 'accepted' ORDER BY line")
    insert(Event, columns, _chunks(con), _fixed(batch))


def _mentions(con: duckdb.DuckDBPyConnection, source: str, feed: Feed, batch: Batch) -> None:
    own = [c for c in lake.MENTION if c not in ("markers", "related_to", "relationship")]
    picked = [f"CAST({c} AS VARCHAR)" if c == "born_on" else cell(c) for c in own]
    accepted = f"FROM {source} WHERE verdict = 'accepted' AND key <> ''"  # a row may name nobody
    con.execute(f"SELECT line, identity, content, {', '.join(picked)} {accepted} ORDER BY line")
    insert(Mention, ["line", "identity", "content", *own], _chunks(con), _fixed(batch))
    con.execute(f"""
        SELECT line, identity, content, upper(regexp_replace(address || '|' || postcode, '[^0-9A-Za-z|]+', ' ', 'g')),
        address, postcode, '' {accepted} AND address <> '' ORDER BY line
    """)
    insert(Place, ["line", "identity", "content", "key", "address", "postcode", "area"], _chunks(con), _fixed(batch))
    con.execute(f"""
        SELECT DISTINCT line, identity, content, key, trim(kind) FROM (SELECT line, identity, content, key,
        unnest(string_split(markers, ';')) AS kind {accepted} AND markers <> '') WHERE trim(kind) <> '' ORDER BY ALL
    """)
    insert(Marker, ["line", "identity", "content", "mention", "kind"], _chunks(con), _fixed(batch))
    con.execute(
        f"SELECT line, identity, content, key, related_to, relationship {accepted} AND related_to <> '' ORDER BY line"
    )
    insert(Relationship, ["line", "identity", "content", "mention", "to", "kind"], _chunks(con), _fixed(batch))


def _quarantine(con: duckdb.DuckDBPyConnection, source: str, feed: Feed, batch: Batch, on: date) -> None:
    rules = list(checks(feed, on))
    names = [c.name for c in feed.columns]
    con.execute(f"SELECT line, faults, odd, cells FROM {source} WHERE verdict = 'quarantined' ORDER BY line")
    for chunk in _chunks(con):
        rows = []
        for line, faults, odd, cells in chunk:
            if odd:
                told = json.loads(odd)
                held: Any = [str(c).replace("\x00", "\N{SYMBOL FOR NULL}") for c in json.loads(told["cells"])]
                why: list[dict[str, Any]] = [
                    {"columns": [], "found": told["why"], "allowed": "one cell for each column of the header"}
                ]
                if told["why"] == SPILL:
                    why[0]["spill"] = True
            else:
                held = {name: cells[name] for name in names}
                why = [{"columns": list(rules[int(i)][0]), "allowed": rules[int(i)][1]} for i in faults.split(",")]
                if feed.marking and int(faults.split(",")[-1]) == len(rules) - 1:
                    why[-1]["spill"] = True
            rows.append(Quarantined(batch=batch, line=line, cells=held, faults=why))
        Quarantined.objects.bulk_create(rows)


def spilt(feed: Feed, batch: Batch) -> int:
    """Rows of a loaded batch that were refused for a marking above the ceiling."""
    if not feed.marking:
        return 0
    told = Quarantined.objects.filter(batch=batch).values_list("faults", flat=True)
    return sum(any(fault.get("spill") for fault in faults) for faults in told.iterator(chunk_size=CHUNK))


def _chunks(con: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := con.fetchmany(CHUNK):
        yield rows


def insert(
    model: type[models.Model], columns: Sequence[str], chunks: Iterator[list[tuple[Any, ...]]], fixed: dict[str, Any]
) -> None:
    """Insert rows by `executemany` (SQLite) or COPY (PostgreSQL), a transaction a chunk."""
    names = [connection.ops.quote_name(c) for c in (*fixed, *columns)]
    name = connection.ops.quote_name(model._meta.db_table)
    same = tuple(fixed.values())
    for rows in chunks:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {name} ({', '.join(names)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(same + row)
            else:
                marks = ", ".join(["%s"] * len(names))
                cursor.executemany(
                    f"INSERT INTO {name} ({', '.join(names)}) VALUES ({marks})", [same + row for row in rows]
                )
        failpoint("first-chunk")


def standings(con: duckdb.DuckDBPyConnection, feed: Feed, batch: Batch, editions: Sequence[Edition]) -> None:
    """Write which versions cease or resume to be current once these editions of a batch have landed.

    Of an id, the version in the latest edition is current. Of rows without one, those sighted by the latest day on which
    their force and month were stated (ADR 1). Nothing is written where nothing changes.
    """
    import polars as pl

    landed = lake.editions(feed)
    own = [
        {"batch": batch.digest, "published": e.published, "told": "" if e.stated else e.known_from.isoformat()}
        for e in editions
    ]
    kinds = {"batch": pl.String, "published": pl.Date, "told": pl.String}
    con.register("editions", pl.DataFrame([*landed, *own], schema=kinds).to_arrow())
    digest, edition = batch.digest, editions[-1]
    keys = lake.relation(feed, {e["batch"] for e in landed} | {digest})
    # Only what this batch can change: its own identities, and the forces and months that it states.
    mine = f"FROM {lake.relation(feed, [digest])} WHERE"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE keys AS SELECT batch, line, verdict, identity, content, has_id, slice FROM {keys}
        WHERE has_id AND identity IN (SELECT identity {mine} has_id AND verdict <> 'quarantined')
        OR slice IN (SELECT slice {mine} slice <> '')
    """)
    lake.standing(con, "gone", feeds=[feed.name])
    con.execute("""
        CREATE OR REPLACE TEMP TABLE touched AS SELECT identity FROM keys WHERE has_id AND verdict IN ('accepted', 'withdrawn') AND identity IN
        (SELECT identity FROM keys WHERE batch = $1 AND has_id AND verdict <> 'quarantined') GROUP BY identity HAVING count(*) > 1
    """, [digest])  # fmt: skip
    changed = con.execute("""
        WITH sighted AS (
            SELECT k.identity, k.content, max((e.published, e.told, e.batch, k.line)) AS word
            FROM keys k JOIN editions e USING (batch) WHERE k.identity IN (SELECT identity FROM touched) AND k.verdict <> 'quarantined'
            GROUP BY k.identity, k.content),
        winner AS (SELECT identity, arg_max(content, word) AS content FROM sighted GROUP BY identity),
        stated AS (SELECT slice, max(e.published) AS top FROM keys k JOIN editions e USING (batch)
            WHERE slice IN (SELECT slice FROM keys WHERE batch = $1 AND slice <> '') GROUP BY slice),
        last AS (SELECT identity, max(e.published) AS top FROM keys k JOIN editions e USING (batch)
            WHERE NOT has_id AND verdict <> 'quarantined' AND slice IN (SELECT slice FROM stated) GROUP BY identity),
        wanted AS (
            SELECT k.batch, k.line, k.content = w.content AS is_current FROM keys k JOIN winner w USING (identity)
            WHERE k.verdict IN ('accepted', 'withdrawn')
            UNION ALL
            SELECT k.batch, k.line, l.top = s.top FROM keys k JOIN stated s USING (slice) JOIN last l USING (identity)
            WHERE k.verdict = 'accepted' AND NOT k.has_id)
        SELECT w.batch, w.line, w.is_current FROM wanted w LEFT JOIN gone g ON g.batch = w.batch AND g.line = w.line
        WHERE w.is_current = (g.batch IS NOT NULL) ORDER BY w.batch, w.line
    """, [digest])  # fmt: skip
    pks = dict(Batch.objects.filter(feed=feed.name).values_list("digest", "pk"))
    while rows := changed.fetchmany(CHUNK):
        Standing.objects.bulk_create(
            Standing(edition=edition, version_batch_id=pks[batch], version_line=line, current=current)
            for batch, line, current in rows
        )
    failpoint("standing")


def clear(batch: Batch) -> None:
    """Take out what a killed landing left in the store, a chunk at a time."""
    for model in TABLES:
        rows = model._default_manager.filter(batch=batch).order_by("pk")
        while pks := list(rows.values_list("pk", flat=True)[:CHUNK]):
            rows.filter(pk__lte=pks[-1])._raw_delete(rows.db)
    clear_editions(batch)


def clear_editions(batch: Batch) -> None:
    """Take out what a killed landing said of standing."""
    Standing.objects.filter(edition__batch=batch, edition__landed=False).delete()
