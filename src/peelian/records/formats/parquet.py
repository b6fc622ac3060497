"""Parquet: typed columns as the text that a feed's CSV would hold; a row's line is its number in the file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..feeds.declare import Feed, cell, quoted
from ..headers import MOST_COLUMNS, match
from ..reading import MARKED, Block, Form, Layout, Refused, Source, from_numpy, scan
from .typed import Shape, shapes

ROWS = 20_000  # a block
_WIDEST = 256 << 20  # bytes of one block; a dictionary of long values can unfold without end


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    """The file; one that is packed is unpacked to a nameless file of the disk, since Parquet is read from its end."""
    import pyarrow.parquet as pq

    with source.open() as raw, tempfile.TemporaryFile() as own:
        file: IO[bytes] = raw
        if source.member or type(raw).__name__ == "GzipFile":
            while part := raw.read(1 << 20):
                own.write(part)
            own.seek(0)
            file = own
        try:
            with pq.ParquetFile(file, pre_buffer=False) as opened:
                yield opened
        except (ValueError, pa.ArrowException, OSError) as error:  # a name in it may be no text
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the machine's failure, not the file's
            raise Refused(
                "the Parquet file is damaged or written in a way that is not read here",
                where=source.name,
                fix="write it again, or export it as CSV",
                id="peelian.E407",
            ) from None


def look(source: Source, feed: Feed, layout: Layout) -> Form:
    """Hash, columns and types."""
    sha256, size, _, _ = scan(source)
    with _opened(source) as file:
        schema = file.schema_arrow
    if len(schema) > MOST_COLUMNS:
        raise Refused(f"the file has more than {MOST_COLUMNS:,} columns", where=source.name)
    columns, notes = match(tuple(schema.names), f"{source.name} (its columns)", feed)
    bad = [f"{f.name} ({f.type})" for f in schema if _sql(f.type, "x", Shape()) is None]
    if bad:
        raise Refused(
            "a column holds no plain values",
            where=source.name,
            found=", ".join(bad[:5])[:300],
            matters="a list or a record inside a cell cannot be checked as one value",
            fix="write it out as columns of text, numbers, times or yes and no",
            id="peelian.E407",
        )
    zoned = [f.name for f in schema if pa.types.is_timestamp(f.type) and f.type.tz]
    if zoned:
        notes.append("instants written as local time (Europe/London): " + ", ".join(zoned))
    return Form(
        sha256, size, "", "", 0, tuple(schema.names), columns, ("read as Parquet", *source.notes, *notes), kind="parquet",
        shapes=shapes(feed, columns),
    )  # fmt: skip


def blocks(source: Source, form: Form) -> Iterator[Block]:
    """All rows in order."""
    names = [str(i) for i in range(len(form.header))]
    line = 1
    with _opened(source) as file, duckdb.connect() as con:
        con.execute("LOAD icu; SET TimeZone = 'Europe/London'")
        picked = ", ".join(
            f"coalesce({_sql(field.type, cell(name), shape)}, '') AS {cell(name)}"
            for name, field, shape in zip(names, file.schema_arrow, form.shapes, strict=True)
        )
        share = form.size / max(file.metadata.num_rows, 1)
        for batch in file.iter_batches(batch_size=ROWS):
            if batch.nbytes > _WIDEST:
                raise Refused(
                    f"{ROWS:,} rows of the file hold more than {_WIDEST >> 20} MB",
                    where=source.name,
                    fix="check what the file holds",
                )
            batch.validate(full=True)  # Arrow takes text as it stands, DuckDB trusts that it is UTF-8
            con.register("_typed", batch.rename_columns(names))
            table = con.sql(f"SELECT {picked} FROM _typed").to_arrow_table()
            con.unregister("_typed")
            lines = from_numpy(np.arange(line, line + len(table), dtype=np.int64))
            line += len(table)
            yield _unmarked(table.add_column(0, "_line", lines), round(share * len(batch)))


def _unmarked(table: pa.Table, size: int) -> Block:
    """A block in which no cell holds a mark that the store cannot keep; rows with one are odd."""
    marked = np.zeros(len(table), bool)
    for column in table.columns[1:]:
        marked |= pc.match_substring_regex(column, r"[\x00\x1f]").to_numpy()
    if not marked.any():
        return Block(table, bytes=size)
    odd = table.filter(from_numpy(marked.astype(np.int8)).cast(pa.bool_())).to_pylist()
    kept = table.filter(from_numpy((~marked).astype(np.int8)).cast(pa.bool_()))
    return Block(kept, [(int(row.pop("_line")), list(row.values()), MARKED) for row in odd], size)


def _sql(kind: pa.DataType, x: str, shape: Shape) -> str | None:
    """SQL for the text of a column of this type; None for one that is not read."""
    t = pa.types
    if t.is_dictionary(kind):
        return _sql(kind.value_type, x, shape)
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind):
        return x
    if t.is_null(kind):
        return "''"
    if t.is_boolean(kind):
        return f"CASE WHEN {x} THEN {quoted(shape.flag[0])} WHEN NOT {x} THEN {quoted(shape.flag[1])} END"
    if t.is_integer(kind):
        return f"CAST({x} AS VARCHAR)"
    if t.is_decimal(kind):
        return f"regexp_replace(CAST({x} AS VARCHAR), '\\.0+$', '')"
    if t.is_floating(kind):
        d = f"CAST({x} AS DOUBLE)" if t.is_float64(kind) else f"CAST(CAST({x} AS FLOAT) AS VARCHAR)::DOUBLE"
        whole = f"CAST(CAST({d} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN isnan({d}) THEN '' WHEN abs({d}) < 1e15 AND {d} = floor({d}) THEN {whole} "
            f"ELSE CAST({d} AS VARCHAR) END"
        )
    if t.is_date(kind):
        return _time(f"CAST({x} AS TIMESTAMP)", shape, dated=True)
    if t.is_timestamp(kind):
        # In a session of London's time the cast of an instant gives London's clock.
        return _time(f"CAST({x} AS TIMESTAMP)", shape, dated=False)
    if t.is_time(kind):
        return f"regexp_replace(strftime(DATE '2000-01-01' + {x}, '%H:%M:%S'), ':00$', '')"
    return None


def _time(x: str, shape: Shape, *, dated: bool) -> str:
    """SQL: a timestamp as `typed.text` writes it."""
    day = f"strftime({x}, '%Y-%m-%d')"
    clock = f"regexp_replace(strftime({x}, '%Y-%m-%d %H:%M:%S'), ':00$', '')"
    midnight = f"{x} = date_trunc('day', {x})"
    if shape.time == "minute":
        return clock
    if shape.time == "day":
        return f"CASE WHEN {midnight} THEN {day} ELSE {clock} END"
    if shape.time == "month":
        month = f"strftime({x}, '%Y-%m')"
        return f"CASE WHEN {x} = date_trunc('month', {x}) THEN {month} WHEN {midnight} THEN {day} ELSE {clock} END"
    return day if dated else clock
