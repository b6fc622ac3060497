"""The mentions of all feeds as they stand now, read out of the lake: what linkage compares and `Known` shows."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from peelian.access.models import RecordClass
from peelian.records import lake
from peelian.records.models import Batch

from .standardise import MENTION, plain, sound

# What is compared; a mention whose hash of these is another is scored anew.
COMPARED = [name for name in MENTION if name not in ("key", "content", "feed")]
_SAID = [name for name in lake.MENTION if name not in ("key", "related_to", "relationship")]
SCHEMA = {
    "key": pl.String, "content": pl.String, "feed": pl.String, "record_class": pl.String, "batch": pl.Int64, "line": pl.Int64,
    "known_from": pl.String, **{name: pl.Date if name == "born_on" else pl.String for name in _SAID},
}  # fmt: skip


def current_mentions() -> pl.DataFrame:
    """Every current mention of every class of record; no reader sees this, linkage does.

    Returns
    -------
    polars.DataFrame
        Columns `SCHEMA`, sorted by `key`, which is `feed/key` of the source; `batch` is the batch's number in the store.
        Where a source without ids states a key twice, the latest line stands for it.
    """
    classes = list(RecordClass.objects.values_list("code", flat=True))
    held = set(Batch.objects.filter(state=Batch.LANDED).order_by().values_list("feed", flat=True).distinct())
    pks = dict(Batch.objects.filter(state=Batch.LANDED).values_list("digest", "pk"))
    batches = pl.DataFrame({"batch": list(pks), "pk": list(pks.values())}, schema={"batch": pl.String, "pk": pl.Int64})
    hashed = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in COMPARED)
    frames = [pl.DataFrame(schema=SCHEMA)]
    for name in (n for n in lake.feeds_of("mention") if n in held):
        con = lake.session()
        try:
            rows = con.sql(f"""
                SELECT feed || '/' || key AS key, md5(concat_ws(chr(31), {hashed})) AS content, feed, record_class, batch, line,
                strftime(known_from AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f') AS known_from,
                {", ".join("born_on" if n == "born_on" else f"coalesce({n}, '') AS {n}" for n in _SAID)}
                FROM {lake.current(con, "mention", classes=classes, feeds=[name])}
                QUALIFY row_number() OVER (PARTITION BY feed, key ORDER BY known_from DESC, batch, line DESC) = 1
            """).pl()
        finally:
            con.close()
        rows = rows.join(batches, on="batch", how="left").with_columns(batch="pk")
        frames.append(rows.select(list(SCHEMA)).cast(SCHEMA))
    return pl.concat(frames).sort("key")


def search_keys(mentions: pl.DataFrame) -> pl.DataFrame:
    """`mentions` with surname_key, forenames_key and sounds: each distinct name is worked out once."""

    def each(column: str, function: Callable[[str], str]) -> pl.Expr:
        distinct = mentions[column].unique().to_list()
        return pl.col(column).replace_strict(distinct, [function(v) for v in distinct], return_dtype=pl.String)

    return mentions.with_columns(
        surname_key=each("surname", plain).str.slice(0, 120),
        forenames_key=each("forenames", plain).str.slice(0, 160),
        sounds=each("surname", lambda name: sound(plain(name))).str.slice(0, 20),
    )
