"""Fit the declared model to the installation's mentions, and freeze it: a version never changes what it says of a pair."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings as django_settings
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from peelian.core.errors import PeelianError

from . import model as declared
from .models import LinkModel

U_PAIRS, EM_PAIRS = (
    5e6,
    1e6,
)  # pairs from which u and m are learnt; more change the weights by less than a tenth of a bit
FEWEST = 500  # mentions


@dataclass(frozen=True)
class Frozen:
    """A trained model, as it scores.

    Parameters
    ----------
    version : str
        Hash of the settings and the frequencies.
    settings : mapping
        Splink's own saved model: every comparison's steps as DuckDB conditions, with m and u, and the prior.
    keys : sequence of sequence of str
        Columns that a pair has to agree in to be looked at.
    frequencies : mapping of str to polars.DataFrame
        For each column whose frequency counts: its values and `share`, of the mentions that state one.
    size : int
        Mentions that it was trained on: a name that it never met counts as one in so many.
    lower, upper : int
        Thresholds in thousandths of a bit.
    """

    version: str
    settings: Mapping[str, Any]
    keys: tuple[tuple[str, ...], ...]
    frequencies: Mapping[str, pl.DataFrame]
    size: int
    lower: int
    upper: int

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """The comparisons, each with its steps."""
        return list(self.settings["comparisons"])

    @property
    def prior(self) -> float:
        """Log2 of the odds that two mentions taken at random are of one person."""
        share = self.settings["probability_two_random_records_match"]
        return math.log2(share / (1 - share))

    @cached_property
    def rarity(self) -> dict[str, pl.DataFrame]:
        """For each value of a column whose frequency counts: thousandths of a bit to add where both mentions state it."""
        return {
            column: table.select(
                column, (1000 * (math.log2(self._u_exact(column)) - pl.col("share").log(2))).round().cast(pl.Int32).alias("add")
            )
            for column, table in self.frequencies.items()
        }  # fmt: skip

    def rarest(self, column: str) -> int:
        """The same for a value that was not met in training."""
        return round(1000 * (math.log2(self._u_exact(column)) + math.log2(self.size)))

    def _u_exact(self, column: str) -> float:
        return next(
            float(level["u_probability"])
            for c in self.comparisons
            for level in c["comparison_levels"]
            if level.get("tf_adjustment_column") == column
        )


def fit(
    mentions: pl.DataFrame,
    *,
    seed: int,
    declaration: SettingsCreator | None = None,
    sure: tuple[tuple[str, ...], ...] = declared.SURE,
    sure_share: float = declared.SURE_SHARE,
    learn_from: tuple[tuple[str, ...], ...] = declared.LEARN_FROM,
) -> dict[str, Any]:
    """Splink's saved model, fitted to mentions.

    Parameters
    ----------
    mentions : polars.DataFrame
        What the declaration compares; `standardise.standardise` gives it for the model of `model.py`.
    seed : int
        The same mentions and seed give the same model.
    declaration : SettingsCreator, optional
        Another declaration, for records with other columns; `sure`, `sure_share` and `learn_from` are then its own.
    """
    api = DuckDBAPI()
    linker = Linker(
        api.register(mentions.sort("key").to_arrow(), dataset_display_name="mentions"),
        declaration or declared.declaration(keys=()),
        validate_settings=False,
    )
    logging.getLogger("splink").setLevel(logging.ERROR)  # its messages are for those who declare models
    learn = linker.training
    learn.estimate_probability_two_random_records_match([block_on(*k) for k in sure], recall=sure_share)
    learn.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed)
    for key in learn_from:
        learn.estimate_parameters_using_expectation_maximisation(
            block_on(*key), estimate_without_term_frequencies=True, max_pairs=EM_PAIRS
        )
    return settled(linker.misc.save_model_to_json())


def settled(saved: dict[str, Any]) -> dict[str, Any]:
    """A saved model in which every step has its m and u, rounded.

    A step never met by two people has the least u. One never or hardly met by one person speaks against them no louder than
    `LEAST_M` allows; one that was never learnt speaks for nobody.
    """
    for comparison in saved["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            u = max(float(level.get("u_probability") or 0), declared.LEAST_U)
            m = max(float(level.get("m_probability") or 0), min(declared.LEAST_M, u))
            level["m_probability"], level["u_probability"] = float(f"{m:.9g}"), float(f"{u:.9g}")
    saved.pop("linker_uid", None)
    return saved


def train(mentions: pl.DataFrame, *, by: str, at: datetime, seed: int) -> LinkModel:
    """Fit the declared model to mentions, save it, and record it; the same model again is the same row.

    Parameters
    ----------
    mentions : polars.DataFrame
        From `standardise.standardise`.
    by : str
        Who trains it.

    Raises
    ------
    PeelianError
        If there are too few mentions to learn from.
    """
    if len(mentions) < FEWEST:
        raise PeelianError(
            "too few people are mentioned to learn from",
            found=f"{len(mentions):,} mentions",
            matters="how often two people agree by chance cannot be told from so few",
            fix=f"load records that mention at least {FEWEST} people",
            id="peelian.E601",
        )
    saved = fit(mentions, seed=seed)
    frequencies = {column: shares(mentions[column]) for column in declared.FREQUENCIES}
    model = frozen(saved, declared.KEYS, frequencies, size=len(mentions), lower=declared.LOWER, upper=declared.UPPER)
    return keep(model, by=by, at=at, trained_on={"mentions": len(mentions), "seed": seed})


def keep(model: Frozen, *, by: str, at: datetime, trained_on: Mapping[str, Any]) -> LinkModel:
    """Save a model: its tables first, then its row; one that is kept already stays as it is."""
    own = folder(model.version)
    own.mkdir(parents=True, exist_ok=True)
    for column, table in model.frequencies.items():
        path = own / f"{column}.parquet"
        table.write_parquet(path.with_suffix(".part"), statistics=False)
        path.with_suffix(".part").replace(path)
    return LinkModel.objects.get_or_create(
        version=model.version,
        defaults={
            "settings": {"splink": model.settings, "keys": [list(k) for k in model.keys], "size": model.size},
            "lower": model.lower,
            "upper": model.upper,
            "trained_at": at,
            "trained_by": by,
            "trained_on": dict(trained_on),
        },
    )[0]


def cut(model: Frozen, lower: int, upper: int, *, by: str, at: datetime) -> LinkModel:
    """The same weights with other thresholds, as a version of its own, so that every link tells under which it was made."""
    own = frozen(model.settings, model.keys, model.frequencies, size=model.size, lower=lower, upper=upper)
    return keep(own, by=by, at=at, trained_on={"thresholds of": model.version})


def shares(values: pl.Series) -> pl.DataFrame:
    """The distinct values of a column and the share of the stated ones that each has."""
    counts = values.drop_nulls().value_counts(name="n").sort(values.name)
    return counts.select(values.name, share=pl.col("n") / pl.col("n").sum())


def frozen(
    saved: Mapping[str, Any],
    keys: tuple[tuple[str, ...], ...],
    frequencies: Mapping[str, pl.DataFrame],
    *,
    size: int,
    lower: int,
    upper: int,
) -> Frozen:
    """A fitted model with its version: the hash of all that decides a weight."""
    what = hashlib.sha256(json.dumps([saved, keys, size, lower, upper], sort_keys=True).encode())
    for column, table in sorted(frequencies.items()):
        what.update(column.encode())
        what.update(table.sort(column).write_csv().encode())
    return Frozen(what.hexdigest()[:16], saved, keys, frequencies, size, lower, upper)


def load(version: str) -> Frozen:
    """The model of a version, as it was trained.

    Raises
    ------
    PeelianError
        If there is no such version, or its frequency tables are lost.
    """
    row = LinkModel.objects.filter(pk=version).first()
    if row is None:
        raise PeelianError("there is no such model", found=version, fix="run: peelian link", id="peelian.E602")
    own = folder(version)
    if not all((own / f"{column}.parquet").exists() for column in declared.FREQUENCIES):
        raise PeelianError(
            "the tables of names of a model are lost",
            where=f"identity/models/{version}",
            matters="its weights cannot be worked out again",
            fix="restore the folder, or train a new model",
            id="peelian.E603",
        )
    return _read(version, own, row.lower, row.upper)


@lru_cache(maxsize=4)
def _read(version: str, own: Path, lower: int, upper: int) -> Frozen:
    held = LinkModel.objects.get(pk=version).settings
    frequencies = {column: pl.read_parquet(own / f"{column}.parquet") for column in declared.FREQUENCIES}
    return Frozen(
        version, held["splink"], tuple(map(tuple, held["keys"])), frequencies, held["size"], lower, upper
    )  # fmt: skip


def folder(version: str) -> Path:
    """Where a model's tables are kept."""
    return Path(django_settings.HOME) / "identity" / "models" / version
