"""How good a partition of mentions is against the truth: counts of pairs, and B-cubed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Agreement:
    """A partition set against the truth.

    Parameters
    ----------
    found, true, both : int
        Pairs that the partition joins, pairs of one true person, pairs that are both.
    b_precision, b_recall : float
        B-cubed: over mentions, the mean share of its cluster that is its person's, and of its person's that is in its cluster.
    """

    found: int
    true: int
    both: int
    b_precision: float
    b_recall: float

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are one person; 1 where none is joined."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are joined; 1 where there is none."""
        return self.both / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall over pairs."""
        return harmonic(self.precision, self.recall)

    @property
    def b_cubed(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return harmonic(self.b_precision, self.b_recall)


def harmonic(a: float, b: float) -> float:
    """The harmonic mean of two shares, 0 where either is."""
    return 2 * a * b / (a + b) if a and b else 0.0


def agreement(partition: pl.DataFrame, *, of: pl.Expr | None = None) -> Agreement:
    """Set a partition against the truth.

    Parameters
    ----------
    partition : polars.DataFrame
        A row a mention: `cluster` and `person` of any type.
    of : polars.Expr, optional
        Count only what touches these mentions: their pairs (each counted by its ends that are of them, halves added) and means.

    References
    ----------
    Amigo, E., Gonzalo, J., Artiles, J. and Verdejo, F. (2009). A comparison of extrinsic clustering evaluation metrics based on
    formal constraints. Information Retrieval 12(4), 461-486.
    """
    sized = ends(partition)
    if of is not None:
        sized = sized.filter(of)
    counts = sized.select(
        pl.col("found", "true", "both").sum(),
        b_precision=((pl.col("both") + 1) / (pl.col("found") + 1)).mean(),
        b_recall=((pl.col("both") + 1) / (pl.col("true") + 1)).mean(),
    ).row(0, named=True)
    # Each pair was counted at both its ends.
    whole = {name: counts[name] // 2 for name in ("found", "true", "both")}
    return Agreement(**whole, b_precision=counts["b_precision"] or 1.0, b_recall=counts["b_recall"] or 1.0)


def ends(partition: pl.DataFrame) -> pl.DataFrame:
    """A partition with, for each mention, the other mentions of its cluster (`found`), of its person (`true`) and of both."""
    return partition.with_columns(
        found=pl.len().over("cluster").cast(pl.Int64) - 1,
        true=pl.len().over("person").cast(pl.Int64) - 1,
        both=pl.len().over("cluster", "person").cast(pl.Int64) - 1,
    )
