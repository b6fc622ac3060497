"""Hits between two encoded files, and nothing else.

Candidates are found by locality-sensitive hashing of the bits (two records meet where a sample of their bits is equal; Indyk and
Motwani 1998), then held to a Dice threshold. The samples are public chance: the side that matches has no key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.core.errors import InvalidInput

from .encoding import Encoded

THRESHOLD = 0.66  # chosen on a made-up county of its own (docs/adr/0012)
FOUND = (
    0.95  # share of the pairs that lie right at the threshold which the search must find; of nearer ones it finds more
)
CHUNK = 500_000  # pairs compared at a time


@dataclass(frozen=True)
class Hits:
    """Pairs of records that look like one person, the surest first.

    Attributes
    ----------
    first, second : array of str
        Each side's own record numbers.
    score : array of float
        Dice coefficient of the two encodings, 0 to 1.
    agreed : list of str
        Of a separate scheme, the fields that are equal, by name; "" otherwise.
    """

    first: NDArray[np.str_]
    second: NDArray[np.str_]
    score: NDArray[np.float64]
    agreed: list[str]

    def __len__(self) -> int:
        return len(self.first)


def match(
    first: Encoded,
    second: Encoded,
    *,
    threshold: float = THRESHOLD,
    progress: Callable[[int, int, str], None] | None = None,
) -> Hits:
    """Pairs of records whose encodings have a Dice coefficient of at least `threshold`.

    Parameters
    ----------
    first, second : Encoded
        Of one scheme and key; `files.comparable` makes sure.
    threshold : float
        Above 0.6, where encodings of strangers begin, and at most 1.
    progress : callable, optional
        Called with (samples done, samples in all, what is done).

    Raises
    ------
    InvalidInput
        If the threshold is out of range.
    """
    if not 0.6 < threshold <= 1:
        raise InvalidInput(
            "the threshold is above 0.6 and at most 1", found=f"{threshold}", matters="below it strangers look alike"
        )
    columns = [np.unpackbits(e.filters.view(np.uint8), axis=1).T.copy() for e in (first, second)]
    ones = [np.bitwise_count(e.filters).sum(axis=1, dtype=np.int64) for e in (first, second)]
    width, samples = _plan(columns, threshold)
    chance = np.random.default_rng(0)  # public: it hides nothing and decides only which samples are taken
    found: NDArray[np.int64] = np.empty(0, np.int64)
    for n in range(samples):
        places = chance.choice(len(columns[0]), width, replace=False)
        a, b = (_sample(c, places) for c in columns)
        near = [
            i[keep] * len(second) + j[keep]
            for i, j in _equal(a, b, 1 << width)
            if (keep := _dice(first, second, ones, i, j) >= threshold).any()
        ]
        found = np.unique(np.concatenate([found, *near]))
        if progress:
            progress(n + 1, samples, "comparing")
    i, j = np.divmod(found, len(second))
    score = _dice(first, second, ones, i, j)
    order = np.lexsort((second.numbers[j], first.numbers[i], -score))
    i, j, score = i[order], j[order], score[order]
    return Hits(first.numbers[i], second.numbers[j], score, _agreed(first, second, i, j))


def _plan(columns: list[NDArray[np.uint8]], threshold: float) -> tuple[int, int]:
    """How many bits a sample has, and how many samples find `FOUND` of the pairs at the threshold."""
    apart = (
        2 * float(np.mean([c.mean() for c in columns])) * (1 - threshold)
    )  # share of bits in which such a pair differs
    width = min(16, max(6, math.ceil(math.log2(max(c.shape[1] for c in columns)))))
    meets = (1 - apart) ** width
    return width, 1 if meets >= FOUND else math.ceil(math.log(1 - FOUND) / math.log(1 - meets))


def _sample(columns: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint16]:
    sample = np.zeros(columns.shape[1], dtype=np.uint16)
    for n, place in enumerate(places):
        sample |= columns[place].astype(np.uint16) << np.uint16(n)
    return sample


def _equal(
    a: NDArray[np.uint16], b: NDArray[np.uint16], size: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Every pair of places at which two samples are equal, `CHUNK` or so at a time."""
    order = np.argsort(b, kind="stable")
    many = np.bincount(b, minlength=size)
    begins = np.cumsum(many) - many
    each = many[a]
    ends = np.cumsum(each)
    cuts = np.searchsorted(ends, np.arange(CHUNK, max(1, int(ends[-1])) + CHUNK, CHUNK), side="left") + 1
    for start, stop in zip([0, *cuts[:-1]], cuts, strict=True):
        rows = np.arange(start, min(stop, len(a)))
        i = np.repeat(rows, each[rows])
        within = np.arange(len(i)) - np.repeat(np.cumsum(each[rows]) - each[rows], each[rows])
        yield i, order[begins[a[i]] + within]


def _dice(
    first: Encoded, second: Encoded, ones: list[NDArray[np.int64]], i: NDArray[np.int64], j: NDArray[np.int64]
) -> NDArray[np.float64]:
    both = np.bitwise_count(first.filters[i] & second.filters[j]).sum(axis=1, dtype=np.int64)
    return np.asarray(2 * both / (ones[0][i] + ones[1][j]))


def _agreed(first: Encoded, second: Encoded, i: NDArray[np.int64], j: NDArray[np.int64]) -> list[str]:
    words = [""] * len(i)
    for field, tags in first.tags.items():
        equal = (tags[i] != 0) & (tags[i] == second.tags[field][j])
        words = [f"{w} {field}".strip() if yes else w for w, yes in zip(words, equal, strict=True)]
    return words
