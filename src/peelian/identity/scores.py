"""Weights of pairs of mentions under a frozen model, in whole thousandths of a bit.

One SQL expression, made from the model's own conditions, weighs every pair: in bulk, new against held, and one typed record. Each
step's weight is rounded before the sum, so that no engine and no order of addition changes it.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from django.conf import settings as django_settings

from . import model as declared
from .models import LinkModel, ScoreBatch
from .training import Frozen

SCORES = {"a": pl.String, "b": pl.String, "content_a": pl.String, "content_b": pl.String, "weight": pl.Int32}


def weight_of(level: dict[str, Any]) -> int:
    """The weight of a step, without the rarity of what agrees, in thousandths of a bit."""
    if level.get("is_null_level"):
        return 0
    return round(1000 * math.log2(level["m_probability"] / level["u_probability"]))


def prepared(model: Frozen, mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions with what the model adds for the rarity of each name, and `rare`: `names` where they alone reach the lower threshold."""
    frame = mentions
    for column, table in model.rarity.items():
        add = pl.col(f"add_{column}")
        frame = frame.join(
            table.rename({"add": f"add_{column}"}), on=column, how="left", maintain_order="left"
        ).with_columns(pl.when(pl.col(column).is_not_null()).then(add.fill_null(model.rarest(column))))
    if "names" in frame.columns:
        alone = pl.lit(round(1000 * model.prior))
        for column in model.rarity:
            alone = alone + pl.col(f"add_{column}") + _exact(model, column)
        frame = frame.with_columns(rare=pl.when(alone >= model.lower).then("names"))
    return frame


def _exact(model: Frozen, column: str) -> int:
    """The weight of the same value of a column, before its rarity."""
    levels = (level for c in model.comparisons for level in c["comparison_levels"])
    return next(weight_of(level) for level in levels if level.get("tf_adjustment_column") == column)


def score_all(model: Frozen, mentions: pl.DataFrame) -> pl.DataFrame:
    """Every pair of mentions that a key brings together and that reaches the lower threshold.

    Parameters
    ----------
    mentions : polars.DataFrame
        From `standardise.standardise`, a row a mention.

    Returns
    -------
    polars.DataFrame
        a, b (keys, a < b), content_a, content_b, weight (int32, thousandths of a bit); sorted by a and b.
    """
    return _scored(model, _keyed(model, mentions.with_columns(new=True)))


def score_new(model: Frozen, new: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which at least one mention is new; each has the weight that `score_all` gives it.

    A mention of `held` whose key is among the new ones is an older version: it is left out.
    """
    fresh = _keyed(model, new.with_columns(new=True))
    old = _keyed(model, held.join(new.select("key"), on="key", how="anti").with_columns(new=False))
    near = pl.any_horizontal(pl.col(k).is_in(fresh[k].drop_nulls().unique().implode()) for k in _hashes(model))
    return _scored(model, pl.concat([fresh, old.filter(near)]))


def _hashes(model: Frozen) -> list[str]:
    return [f"k{n}" for n in range(len(model.keys))]


def _keyed(model: Frozen, mentions: pl.DataFrame) -> pl.DataFrame:
    """`prepared`, with a hash of each key, null where a part of it is: to join by (of a million mentions, one pair in 10 million runs
    meets by a hash alone).
    """
    frame = prepared(model, mentions)
    return frame.with_columns(
        *(
            pl.when(pl.all_horizontal(pl.col(c).is_not_null() for c in key))
            .then(pl.struct(key).hash(seed=1))
            .alias(name)
            for name, key in zip(_hashes(model), model.keys, strict=True)
        )
    )


def _scored(model: Frozen, mentions: pl.DataFrame) -> pl.DataFrame:
    """The pairs of which one is `new`, weighed."""
    con = duckdb.connect(config={"threads": 2})
    con.execute("SET enable_progress_bar = false")
    frame = mentions.sort("key").with_row_index("n")
    con.register("_mentions", frame.to_arrow())
    con.execute("CREATE TEMP TABLE mentions AS SELECT * FROM _mentions")
    # Joined by numbers alone and weighed afterwards: names and addresses are moved once for each pair, not for each key.
    met = " UNION ".join(
        f"SELECT l.n AS a, r.n AS b FROM mentions l JOIN mentions r ON l.{k} = r.{k} AND l.n < r.n"
        for k in _hashes(model)
    )
    con.execute(f"CREATE TEMP TABLE pairs AS {met}")
    wide = [c for c in frame.columns if c not in ("n", "key", "content", *_hashes(model))]
    both = (
        f"SELECT a, b, {columns(wide)} FROM pairs JOIN mentions l ON l.n = a JOIN mentions r ON r.n = b "
        f"WHERE (l.new OR r.new) AND {declared.APART}"
    )
    con.execute(
        f"CREATE TEMP TABLE found AS SELECT * FROM (SELECT a, b, {total(model)} AS weight FROM ({both})) WHERE weight >= {model.lower}"
    )
    found = con.sql(
        "SELECT l.key AS a, r.key AS b, l.content AS content_a, r.content AS content_b, weight "
        "FROM found JOIN mentions l ON l.n = found.a JOIN mentions r ON r.n = found.b ORDER BY found.a, found.b"
    ).pl()
    con.close()
    return found.cast(SCORES)


def agree(key: Sequence[str]) -> str:
    """SQL: a pair agrees in all columns of a key."""
    return " AND ".join(f"l.{c} = r.{c}" for c in key)


def columns(columns: Sequence[str]) -> str:
    """Both sides' columns, named as Splink's conditions name them."""
    return ", ".join(f"{side}.{c} AS {c}_{side}" for side in "lr" for c in columns)


def step_of(comparison: dict[str, Any]) -> str:
    """SQL for the number of the step, from 0, that a pair meets in a comparison."""
    levels = comparison["comparison_levels"]
    steps = " ".join(f"WHEN {v['sql_condition']} THEN {n}" for n, v in enumerate(levels[:-1]))
    return f"CASE {steps} ELSE {len(levels) - 1} END"


def bits(comparison: dict[str, Any]) -> str:
    """SQL for the weight of a pair in a comparison."""
    levels = comparison["comparison_levels"]
    weights = [
        str(weight_of(level)) if not (column := level.get("tf_adjustment_column"))
        # The commoner of two values decides, where a step takes unlike ones.
        else f"{weight_of(level)} + least(add_{column}_l, add_{column}_r)"
        for level in levels
    ]  # fmt: skip
    steps = " ".join(f"WHEN {v['sql_condition']} THEN {w}" for v, w in zip(levels[:-1], weights, strict=False))
    return f"CASE {steps} ELSE {weights[-1]} END"


def total(model: Frozen) -> str:
    """SQL for the weight of a pair."""
    return " + ".join([str(round(1000 * model.prior)), *(bits(c) for c in model.comparisons)])


def save(model: Frozen, scores: pl.DataFrame, *, mentions: int, at: datetime) -> ScoreBatch:
    """Keep scores: the file first, named after its content, then its row. The same scores again are the same file and row.

    Parameters
    ----------
    scores : polars.DataFrame
        From `score_all` or `score_new`.
    mentions : int
        How many mentions were scored.
    """
    folder = Path(django_settings.HOME) / "identity" / "scores"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{os.getpid()}.part"
    # No statistics: they would keep keys after an erasure.
    scores.write_parquet(part, compression="zstd", statistics=False)
    with part.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    part.replace(folder / f"{digest}.parquet")
    return ScoreBatch.objects.get_or_create(
        digest=digest,
        defaults={
            "model": LinkModel.objects.get(pk=model.version),
            "pairs": len(scores),
            "mentions": mentions,
            "made_at": at,
        },
    )[0]


def read(digest: str) -> pl.DataFrame:
    """The scores that a row names."""
    return pl.read_parquet(Path(django_settings.HOME) / "identity" / "scores" / f"{digest}.parquet")
