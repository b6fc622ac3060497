"""Making `Seen` from the lake: what came is added, what is current no more is taken out, the rest stays.

It compares lines, so it needs no note of what it did before: killed at any instant and run again, it ends the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db import connection, transaction

from peelian.access.models import RecordClass
from peelian.access.refs import ref_of
from peelian.records import lake
from peelian.records.feeds.declare import Feed
from peelian.records.models import Batch
from peelian.records.staging import Progress
from peelian.records.store import CHUNK, insert

from ..models import Seen
from .addresses import addresses
from .normalise import each, phone, plate
from .sources import Stated, feeds_with_things

LINES = 100_000  # of the lake at a time
LONGEST = 300  # letters of a value
_RULES = {"phone": phone, "plate": plate}
_COLUMNS = (
    "batch_id", "line", "kind", "value", "ref", "said", "key", "feed", "reference", "record_class_id", "easting", "northing",
    "known_from", "uprn", "at_postcode", "at_street",
)  # fmt: skip


def project(*, progress: Progress | None = None) -> int:
    """Bring `Seen` up to the records that are current.

    Parameters
    ----------
    progress : callable, optional
        Called with feeds done, feeds in all and a word.

    Returns
    -------
    int
        Rows added and taken out.

    Notes
    -----
    Rows of all classes are projected; who may see which is decided when they are read.
    """
    held = _held()
    if not len(held):
        _indexes(False)
    feeds = list(feeds_with_things())
    changed = 0
    for n, (feed, things) in enumerate(feeds):
        changed += _refresh(feed, things, held)
        if progress:
            progress(n + 1, len(feeds), "phones, addresses and vehicles")
    _indexes(True)
    return changed


def rebuild(*, progress: Progress | None = None) -> int:
    """Make `Seen` anew, as after a change of a rule by which a thing is written."""
    _take_out(list(Seen.objects.order_by("pk").values_list("pk", flat=True)))
    return project(progress=progress)


def _indexes(wanted: bool) -> None:
    """Make the indexes of `Seen`, or drop them before an empty table is filled: with them, that takes several times as long.

    A run that was killed may leave them dropped; every run ends with them made.
    """
    editor = connection.schema_editor()  # for its words alone: what it does itself, SQLite refuses inside a transaction
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a transaction left to check would stop a new index
        held = connection.introspection.get_constraints(cursor, Seen._meta.db_table)
        for index in Seen._meta.indexes:
            if wanted != (index.name in held):
                drop = f"DROP INDEX {connection.ops.quote_name(index.name)}"
                cursor.execute(str(index.create_sql(Seen, editor)) if wanted else drop)


def _held() -> pl.DataFrame:
    """The lines that are projected already: id, batch_id and line."""
    rows = Seen.objects.order_by("pk").values_list("pk", "batch_id", "line").iterator(chunk_size=50_000)
    return pl.DataFrame(rows, schema={"id": pl.Int64, "batch_id": pl.Int64, "line": pl.Int64}, orient="row")


def _refresh(feed: Feed, things: Sequence[Stated], held: pl.DataFrame) -> int:
    pks = dict(Batch.objects.filter(feed=feed.name).values_list("digest", "pk"))
    if not pks:
        return 0
    con = lake.session()
    kinds = {"digest": pl.String, "batch_id": pl.Int64}
    con.register("pks", pl.DataFrame(list(pks.items()), schema=kinds, orient="row").to_arrow())
    con.register("held", held.filter(pl.col("batch_id").is_in(list(pks.values()))).to_arrow())
    classes = RecordClass.objects.values_list("code", flat=True)
    source = lake.current(con, feed.becomes[0], classes=classes, feeds=[feed.name], cells=True)
    gone = con.execute(f"""
        SELECT id FROM held h ANTI JOIN (SELECT p.batch_id, s.line FROM {source} s JOIN pks p ON p.digest = s.batch) c
        ON c.batch_id = h.batch_id AND c.line = h.line ORDER BY id
    """).fetchall()  # fmt: skip
    _take_out([pk for (pk,) in gone])
    added = 0
    for batch in con.sql(_new_lines(feed, things, source)).to_arrow_reader(LINES):
        said = pl.from_arrow(batch)
        assert isinstance(said, pl.DataFrame)
        rows = _rows(feed, things, said)
        insert(Seen, _COLUMNS, _by_whole_lines(rows), {})
        added += len(rows)
    con.close()
    return added + len(gone)


def _new_lines(feed: Feed, things: Sequence[Stated], source: str) -> str:
    """SQL for the lines that are not projected yet, with what each states as text."""
    places = "_easting, _northing" if "event" in feed.becomes else "NULL AS _easting, NULL AS _northing"
    points = ", easting AS _easting, northing AS _northing" if "event" in feed.becomes else ""
    said = ", ".join(f"{t.said} AS _said{i}, {t.postcode} AS _postcode{i}" for i, t in enumerate(things))
    return f"""
        SELECT _batch AS batch_id, _line AS line, strftime(_known, '%Y-%m-%d %H:%M:%S.%f') AS known_from,
        _class AS record_class_id, _reference AS reference, {feed.maps.get("key", "''")} AS key, {places}, {said} FROM (
            SELECT p.batch_id AS _batch, line AS _line, known_from AS _known, record_class AS _class, reference AS _reference
            {points}, unnest(cells) FROM {source} s JOIN pks p ON p.digest = s.batch
            ANTI JOIN held h ON h.batch_id = p.batch_id AND h.line = s.line)
        WHERE {" OR ".join(f"_said{i} <> ''" for i in range(len(things)))} ORDER BY batch_id, line
    """


def _rows(feed: Feed, things: Sequence[Stated], said: pl.DataFrame) -> pl.DataFrame:
    """What lines state, normalised, as rows of `Seen` in the order of their lines; each thing of a line once."""
    parts = []
    for i, thing in enumerate(things):
        part = said.filter(pl.col(f"_said{i}") != "").select(
            "batch_id", "line", "known_from", "record_class_id", "reference", pl.col(f"_said{i}").alias("said"),
            pl.col(f"_postcode{i}").alias("_postcode"), _key(feed, thing),
            *(pl.lit(None, pl.Float64).alias(c) if thing.of_person else pl.col(f"_{c}").cast(pl.Float64).alias(c) for c in ("easting", "northing")),
            kind=pl.lit(thing.kind), feed=pl.lit(feed.name),
        )  # fmt: skip
        parts.append(part.with_columns(_values(thing.kind, part)))
    rows = pl.concat(parts).filter((pl.col("value") != "") & (pl.col("value").str.len_chars() <= LONGEST))
    distinct = rows.select("kind", "value").unique()
    refs = [ref_of(f"{kind}/{value}") for kind, value in distinct.iter_rows()]
    rows = rows.join(distinct.with_columns(pl.Series("ref", refs, dtype=pl.String)), on=["kind", "value"])
    rows = rows.with_columns(pl.col("said").str.replace_all("\x00", " ", literal=True).str.slice(0, LONGEST))
    return rows.sort("batch_id", "line", "kind", "value", "key").unique(
        ["batch_id", "line", "kind", "value", "key"], keep="first", maintain_order=True
    )


def _key(feed: Feed, thing: Stated) -> pl.Expr:
    """The key of the mention whose thing it is; empty for an event's own and where the row names nobody."""
    if not thing.of_person:
        return pl.lit("").alias("key")
    return pl.when(pl.col("key") == "").then(pl.lit("")).otherwise(pl.lit(f"{feed.name}/") + pl.col("key")).alias("key")


def _values(kind: str, part: pl.DataFrame) -> list[pl.Series]:
    """The value of each row, and for addresses the keys by which rows of one place meet."""
    if kind != "address":
        blank = pl.repeat("", len(part), eager=True, dtype=pl.String)
        return [
            each(part["said"], _RULES[kind]).alias("value"),
            *(blank.alias(c) for c in ("uprn", "at_postcode", "at_street")),
        ]
    apart = addresses(part["said"], part["_postcode"])
    return apart.select(pl.col("key").alias("value"), "uprn", "at_postcode", "at_street").get_columns()


def _by_whole_lines(rows: pl.DataFrame) -> Iterator[list[tuple[Any, ...]]]:
    """Chunks of at most `CHUNK` rows that part no line: a line that is there at all is there whole."""
    told = rows.select(_COLUMNS)
    begins = (told["line"].diff().fill_null(1) != 0) | (told["batch_id"].diff().fill_null(1) != 0)
    starts = [*begins.arg_true().to_list(), len(told)]
    first = last = 0
    for start in starts:
        if start - first > CHUNK and last > first:
            yield told[first:last].rows()
            first = last
        last = start
    if first < len(told):
        yield told[first:].rows()


def _take_out(pks: Sequence[int]) -> None:
    """Delete rows by id, a chunk a transaction."""
    for first in range(0, len(pks), CHUNK):
        with transaction.atomic():
            Seen.objects.filter(pk__in=pks[first : first + CHUNK])._raw_delete(Seen.objects.db)
