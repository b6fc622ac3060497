"""Randomness of the made-up county: one independent generator for each purpose, so that order never matters."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """The generator of one purpose, the same whatever was drawn for others before it.

    Parameters
    ----------
    seed : int
        The county's seed; zero or more.
    purpose : str or int
        What the numbers are for, such as ``"events", 7``.

    Returns
    -------
    numpy.random.Generator
        Seeded by ``SeedSequence(seed, spawn_key=...)``; the key is a hash of the purpose.

    Examples
    --------
    >>> bool(stream(1, "homes").integers(100) == stream(1, "homes").integers(100))
    True
    """
    digest = hashlib.sha256("/".join(map(str, purpose)).encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def pick(rng: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """Draw one column of ``weights[row]`` for each row, with chances in proportion to the weights.

    Parameters
    ----------
    rng : numpy.random.Generator
    weights : ndarray of float, shape (k, c)
        Each row has a positive sum.
    rows : ndarray of int, shape (n,)
        Which row of weights each draw uses.

    Returns
    -------
    ndarray of int, shape (n,)
        Columns, 0 to c - 1.
    """
    cumulative = np.cumsum(weights, axis=1)
    cumulative /= cumulative[:, -1:]
    cumulative[:, -1] = 1.0
    # Row r occupies the interval (r, r + 1], so that one sorted search serves all rows.
    flat = (cumulative + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(flat, rng.random(len(rows)) + rows, side="right")
    return np.asarray(np.minimum(found - rows * weights.shape[1], weights.shape[1] - 1))


def within(rng: np.random.Generator, start: Ints, count: Ints) -> Ints:
    """Draw one index of ``start[i] .. start[i] + count[i] - 1`` for each i; every count is at least one."""
    return start + np.minimum((rng.random(len(start)) * count).astype(np.int64), count - 1)
