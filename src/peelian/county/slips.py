"""Slips of those who write: a share of the values goes wrong as keys and ears do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl


def some(rng: np.random.Generator, size: int, share: float | np.ndarray) -> pl.Series:
    """Which of `size` values are among a share of them, chosen at random."""
    return pl.Series(rng.random(size) < share)


def _change(values: pl.Series, rows: np.ndarray, change: Callable[[str], str]) -> pl.Series:
    """`values` with a Python function put to a few rows."""
    if len(rows) == 0:
        return values
    return values.scatter(rows.tolist(), [change(v) for v in values.gather(rows.tolist()).to_list()])


def slips(values: pl.Series, rng: np.random.Generator, share: float | np.ndarray) -> pl.Series:
    """Typing slips in a share of the values: two letters change places, one is lost, doubled or hit beside."""
    rows = np.flatnonzero(rng.random(len(values)) < share)
    kinds, places = rng.integers(4, size=len(values)), rng.random(len(values))
    beside = {
        "a": "s",
        "e": "r",
        "i": "o",
        "o": "p",
        "n": "m",
        "m": "n",
        "r": "t",
        "t": "y",
        "s": "a",
        "l": "k",
        "u": "i",
        "d": "f",
    }
    turns = iter(rows.tolist())

    def slip(text: str) -> str:
        row = next(turns)
        if len(text) < 3:
            return text
        at, kind = 1 + int(places[row] * (len(text) - 2)), kinds[row]
        if kind == 0:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if kind == 1:
            return text[:at] + text[at + 1 :]
        if kind == 2:
            return text[: at + 1] + text[at:]
        return text[:at] + beside.get(text[at], "e") + text[at + 1 :]

    return _change(values, rows, slip)
