"""The same frozen model on Spark, for a nation's mentions, which one machine cannot hold. Needs the extra `spark` and Java 17.

Splink scores there with the same declaration and the same m, u and frequencies. Spark is for size, never for speed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from peelian.core.errors import PeelianError

from . import model as declared
from . import scores
from .reasons import Reason, explain
from .training import Frozen

PARTITIONS = 8  # of a shuffle; Spark's own 200 are for a cluster


@contextmanager
def local_session(folder: Path, *, memory: str = "4g") -> Iterator[Any]:
    """A Spark session on two cores of this machine, for tests; a cluster brings its own with Splink's jar and a checkpoint folder.

    Raises
    ------
    PeelianError
        If Spark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise PeelianError(
            "Spark is not installed", fix="install the extra `spark`, and Java 17", id="peelian.E605"
        ) from None
    from splink.backends.spark import similarity_jar_location

    session = (
        SparkSession.builder.master("local[2]")
        .appName("peelian")
        .config("spark.jars", similarity_jar_location())
        .config("spark.driver.memory", memory)
        .config("spark.sql.shuffle.partitions", PARTITIONS)
        .config("spark.default.parallelism", PARTITIONS)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
    try:
        yield session
    finally:
        session.stop()


def score_all(model: Frozen, mentions: pl.DataFrame, *, session: Any) -> pl.DataFrame:
    """As `scores.score_all`, by Splink on a Spark session.

    Raises
    ------
    PeelianError
        If the model was trained with another declaration than this release's: only DuckDB has its conditions then.
    """
    from splink import Linker
    from splink.backends.spark import SparkAPI

    with tempfile.TemporaryDirectory() as place:
        backend: Any = SparkAPI  # Splink ships no types for it
        api = backend(spark_session=session, break_lineage_method="parquet", num_partitions_on_repartition=PARTITIONS)

        def on_spark(name: str, frame: pl.DataFrame) -> Any:
            frame.write_parquet(Path(place) / f"{name}.parquet")
            return api.register(session.read.parquet(f"{place}/{name}.parquet"), dataset_display_name=name)

        linker = Linker(
            on_spark("mentions", scores.prepared(model, mentions)),
            settings_for(model, "spark"),
            validate_settings=False,
        )
        for column, table in model.frequencies.items():
            unmet = mentions.select(pl.col(column).drop_nulls().unique()).join(table, on=column, how="anti")
            whole = pl.concat([table, unmet.with_columns(share=1 / model.size)]).rename({"share": f"tf_{column}"})
            linker.table_management.register_term_frequency_lookup(on_spark(f"shares_{column}", whole), column)
        # A little lower than the threshold, which is of rounded weights.
        found = linker.inference.predict(threshold_match_weight=model.lower / 1000 - 0.1, warning_mode="never")
        found.as_spark_dataframe().select("key_l", "key_r", "match_weight").write.parquet(f"{place}/pairs")
        pairs = pl.read_parquet(f"{place}/pairs/*.parquet")
    content = mentions.select("key", "content")
    first, second = (pl.min_horizontal("key_l", "key_r"), pl.max_horizontal("key_l", "key_r"))
    return (
        pairs.select(a=first, b=second, weight=(pl.col("match_weight") * 1000).round().cast(pl.Int32))
        .join(content.rename({"key": "a", "content": "content_a"}), on="a")
        .join(content.rename({"key": "b", "content": "content_b"}), on="b")
        .select(list(scores.SCORES))
        .filter(pl.col("weight") >= model.lower)
        .sort("a", "b")
    )


def settings_for(model: Frozen, dialect: str) -> dict[str, Any]:
    """The declaration in an engine's SQL, with the model's m and u."""
    keys = tuple(model.keys)
    settings: dict[str, Any] = declared.declaration(keys).create_settings_dict(dialect)
    same = _labels(settings) == _labels(dict(model.settings))
    if not same:
        raise PeelianError(
            "the model was trained with another declaration",
            found=model.version,
            matters="its comparisons exist in DuckDB's SQL alone",
            fix="train a new model: peelian link --model new",
            id="peelian.E604",
        )
    for mine, theirs in zip(settings["comparisons"], model.comparisons, strict=True):
        for level, learnt in zip(mine["comparison_levels"], theirs["comparison_levels"], strict=True):
            if not level.get("is_null_level"):
                level |= {name: learnt[name] for name in ("m_probability", "u_probability")}
    share = model.settings["probability_two_random_records_match"]
    return {**settings, "probability_two_random_records_match": share}


def _labels(settings: dict[str, Any]) -> list[list[str]]:
    return [[v.get("label_for_charts", "") for v in c["comparison_levels"]] for c in settings["comparisons"]]


def differences(
    model: Frozen, mentions: pl.DataFrame, here: pl.DataFrame, there: pl.DataFrame
) -> list[tuple[str, str, int | None, int | None, list[Reason]]]:
    """Pairs whose weights differ by more than rounding can: keys, both weights (None below the threshold), and DuckDB's reasons."""
    slack = math.ceil((len(model.comparisons) + len(model.frequencies) + 2) / 2)
    both = here.select("a", "b", here="weight").join(
        there.select("a", "b", there="weight"), on=["a", "b"], how="full", coalesce=True
    )
    edge = model.lower + slack
    other = both.filter(
        ((pl.col("here") - pl.col("there")).abs() > slack)
        | (pl.col("here").is_null() & (pl.col("there") > edge))
        | (pl.col("there").is_null() & (pl.col("here") > edge))
    ).sort("a", "b")
    row = {key: n for n, key in enumerate(mentions["key"])}
    return [
        (a, b, h, t, explain(model, mentions[row[a]], mentions[row[b]])) for a, b, h, t in other.iter_rows()
    ]  # fmt: skip
