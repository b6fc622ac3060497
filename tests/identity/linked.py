"""A small county's mentions with their truth, and the model trained on them, made once for each process."""

from functools import cache
from unittest.mock import patch

import polars as pl

from peelian.county.mentions import mentions
from peelian.identity import model, training
from peelian.identity.standardise import MENTION, standardise


@cache
def people() -> pl.DataFrame:
    """Mentions of a county of 3,000 people as their sources wrote them, with `person` and `heritage`."""
    return mentions(3_000, 3_600, seed=3)


@cache
def compared() -> pl.DataFrame:
    """Their link columns."""
    return standardise(people().select(*MENTION))


@cache
def trained() -> training.Frozen:
    """The declared model, trained on them."""
    return frozen(fitted(compared()))


def fitted(mentions: pl.DataFrame) -> dict:
    """The declared model fitted to mentions, from few pairs: quick."""
    with patch.object(training, "U_PAIRS", 1e6):
        return training.fit(mentions, seed=1)


def frozen(saved: dict) -> training.Frozen:
    """A fitted model with the frequencies of the county's names."""
    frequencies = {column: training.shares(compared()[column]) for column in model.FREQUENCIES}
    return training.frozen(
        saved, model.KEYS, frequencies, size=len(compared()), lower=model.LOWER, upper=model.UPPER
    )  # fmt: skip
