"""How good a model is where the truth is known: against each true person, against the ceiling, and by the origin of names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import numpy as np
import polars as pl

from peelian.core.document import Estimate
from peelian.county.mentions import mentions
from peelian.county.streams import stream

from . import model as declared
from . import scores
from .fold import fold
from .measures import Agreement, agreement, ends
from .standardise import MENTION, standardise
from .training import Frozen, folder

PEOPLE, SIZE, SEED = 20_000, 16_000, 11  # of the made-up county that every model is tried on
FEWEST = 100  # mentions of an origin; of fewer, an interval tells nothing
DRAWS = 200


@dataclass(frozen=True)
class Origin:
    """How a model does for people whose names are of one origin; F1 over pairs, with its 95 % interval."""

    name: str
    mentions: int
    f1: Estimate
    precision: float
    recall: float
    ceiling: float


@dataclass(frozen=True)
class Evaluation:
    """A model set against a truth.

    Parameters
    ----------
    mentions, people : int
    found, best : Agreement
        What the model's links make, and what the best possible ones of the pairs looked at would make: the ceiling.
    origins : tuple of Origin
        Largest first.
    """

    mentions: int
    people: int
    found: Agreement
    best: Agreement
    origins: tuple[Origin, ...]

    def told(self) -> dict[str, Any]:
        """As JSON, for the row of the model."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Evaluation:
        """From `told`."""
        origins = tuple(Origin(**{**o, "f1": Estimate(**o["f1"])}) for o in told["origins"])
        held = {**told, "found": Agreement(**told["found"]), "best": Agreement(**told["best"]), "origins": origins}
        return cls(**held)


def evaluate(
    model: Frozen,
    compared: pl.DataFrame,
    truth: pl.DataFrame,
    *,
    links: pl.DataFrame | None = None,
    rng: np.random.Generator,
) -> Evaluation:
    """Set a model's links against the truth.

    Parameters
    ----------
    compared : polars.DataFrame
        From `standardise.standardise`.
    truth : polars.DataFrame
        key, person, origin of each of these mentions.
    links : polars.DataFrame, optional
        Scores of them, where they are there already.
    rng : numpy.random.Generator
        Draws the people of the intervals' bootstrap samples.
    """
    links = scores.score_all(model, compared) if links is None else links
    found = clustered(truth, links.filter(pl.col("weight") >= model.upper))
    best = clustered(truth, reachable(model, compared, truth))
    origins = tuple(
        _origin(name, found, best, rng)
        for name, n in truth["origin"].value_counts(sort=True).iter_rows()
        if n >= FEWEST
    )  # fmt: skip
    return Evaluation(len(truth), truth["person"].n_unique(), agreement(found), agreement(best), origins)


def on_made_up_county(model: Frozen) -> Evaluation:
    """A model on the mentions of a made-up county, drawn apart from all that it learnt from: the same for every model."""
    made = mentions(PEOPLE, SIZE, seed=SEED)
    truth = made.select("key", "person", origin="heritage")
    return evaluate(model, standardise(made.select(*MENTION)), truth, rng=stream(SEED, "evaluation"))


def clustered(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The truth with `cluster`, the partition that the fold makes of links."""
    folded = fold(links.select("a", "b", "weight"), [], [], upper=-(2**31)).frame.select("key", cluster="person")
    return truth.join(folded, on="key", how="left").with_columns(pl.col("cluster").fill_null(pl.col("key")))


def reachable(model: Frozen, compared: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The pairs of one true person that agree in one of the model's keys: no scoring can link more."""
    con = duckdb.connect()
    con.register("m", scores.prepared(model, compared).join(truth.select("key", "person"), on="key").to_arrow())
    met = " OR ".join(f"({scores.agree(key)})" for key in model.keys)
    return con.sql(
        f"SELECT l.key AS a, r.key AS b, CAST(0 AS INTEGER) AS weight FROM m l JOIN m r ON l.person = r.person "
        f"WHERE l.key < r.key AND {declared.APART} AND ({met})"
    ).pl()


def _origin(name: str, found: pl.DataFrame, best: pl.DataFrame, rng: np.random.Generator) -> Origin:
    own = pl.col("origin") == name
    told = agreement(found, of=own)
    counts = ends(found).filter(own).group_by("person").agg(pl.col("found", "true", "both").sum()).sort("person")
    each = counts.select("found", "true", "both").to_numpy()
    # People, not mentions, are drawn again: the mentions of one person hang together.
    drawn = each[rng.integers(len(each), size=(DRAWS, len(each)))].sum(axis=1)
    f1 = 2 * drawn[:, 2] / np.maximum(drawn[:, 0] + drawn[:, 1], 1)
    low, high = np.quantile(f1, (0.025, 0.975))
    return Origin(
        name,
        int(found.select(own.sum()).item()),
        Estimate(told.f1, float(low), float(high)),
        told.precision,
        told.recall,
        agreement(best, of=own).f1,
    )


def tried(model: Frozen) -> Evaluation:
    """`on_made_up_county` of a model; worked out once and kept beside its tables, since it can never change."""
    path = folder(model.version) / "tried.json"
    if path.exists():
        return Evaluation.of(json.loads(path.read_text("utf-8")))
    found = on_made_up_county(model)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(found.told()), "utf-8")
    part.replace(path)
    return found
