"""The events that the fold takes: scored links, what people decided; and what it says of those that it could not follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import polars as pl

Pair = tuple[str, str]
Parts = tuple[tuple[str, ...], ...]
SAME, DIFFERENT = ("link", "confirm", "merge"), ("unlink", "deny")
LINKS = {"a": pl.String, "b": pl.String, "weight": pl.Int32}


class Link(NamedTuple):
    """A scored pair of mention keys; the weight in thousandths of a bit."""

    a: str
    b: str
    weight: int


class Decided(NamedTuple):
    """What a person said of mentions.

    `keys` is a pair for link, confirm, unlink and deny; all keys for merge; a list of groups for split, which says that each
    group is one person and no two are; for void the uid of the decision that it voids.
    """

    uid: str
    kind: str
    keys: Sequence[Any]
    at: datetime

    def named(self) -> list[str]:
        """The mentions that the decision is about."""
        if self.kind == "void":
            return []
        return [key for group in self.keys for key in group] if self.kind == "split" else list(self.keys)

    def says(self) -> tuple[list[Pair], list[Pair]]:
        """Pairs that are one person, and pairs that are not; what follows from them is left to the fold."""
        if self.kind == "split":
            firsts = [group[0] for group in self.keys]
            return [pair for group in self.keys for pair in pairwise(group)], list(combinations(firsts, 2))
        pairs = list(pairwise(self.keys)) if self.kind != "void" else []
        return ([], pairs) if self.kind in DIFFERENT else (pairs, [])

    def among(self, keys: Collection[str]) -> Decided | None:
        """What is left of the decision for somebody who sees these mentions alone; None where nothing is."""
        if self.kind == "split":
            groups = [left for group in self.keys if (left := [k for k in group if k in keys])]
            return self._replace(keys=groups) if sum(map(len, groups)) > 1 else None
        left = [k for k in self.keys if k in keys]
        return self._replace(keys=left) if len(left) > 1 else None


class SetAside(NamedTuple):
    """A decision that contradicts newer ones, and the newer ones about the same people."""

    uid: str
    because: tuple[str, ...]


class Recut(NamedTuple):
    """Mentions that were issued on as one person and would not, or do not, stay so.

    `stands` is how they are cut now; `proposed` how plain order of weights would cut them, where that is another cut.
    """

    issued: tuple[str, ...]
    stands: Parts
    proposed: Parts | None


def in_force(decisions: Iterable[Decided]) -> list[Decided]:
    """Decisions that no void names, the newest first. A void is not voided itself: who was wrong decides again."""
    told = list(decisions)
    voided = {d.keys[0] for d in told if d.kind == "void"}
    return sorted(
        (d for d in told if d.kind != "void" and d.uid not in voided), key=lambda d: (d.at, d.uid), reverse=True
    )
