"""Who is one person: the partition of mentions as a pure function of a set of events (design, section 5; ADR 9).

Decisions of people come first, the newest before the older; one that contradicts those already taken is set aside. Then the
score links at or above the upper threshold, by weight descending and then by key pair; one that would join a denied pair is
skipped. Grey pairs join nothing. Where mentions were issued on as one person, the links among them go before other links, so
that no new score takes them apart unasked: the cut that plain order would make is a *re-cut*, for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from .events import LINKS, Decided, Link, Parts, Recut, SetAside, in_force

__all__ = [
    "LINKS", "Decided", "Fold", "Link", "Recut", "SetAside", "Settled", "beside", "fold", "in_force", "refold", "settle",
]  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """The outcome for some mentions: each one's person, named by the person's smallest mention key."""

    person: dict[str, str]
    set_aside: tuple[SetAside, ...]
    recuts: tuple[Recut, ...]

    def persons(self) -> list[list[str]]:
        """The mentions of each person, sorted."""
        groups = defaultdict(list)
        for key in sorted(self.person):
            groups[self.person[key]].append(key)
        return list(groups.values())


class _Forest:
    """Union-find over keys, with the roots that may never be joined."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.apart: dict[str, set[str]] = defaultdict(set)
        self.uids: dict[str, set[str]] = defaultdict(set)

    def find(self, key: str) -> str:
        root = key
        while (up := self.parent.setdefault(root, root)) != root:
            root = up
        while self.parent[key] != root:
            self.parent[key], key = root, self.parent[key]
        return root

    def join(self, a: str, b: str) -> None:
        """Make one of two; nothing where they are denied. The root is the smaller key, so that order leaves no mark."""
        root, other = sorted((self.find(a), self.find(b)))
        if root == other or other in self.apart.get(root, ()):
            return
        self.parent[other] = root
        for foe in self.apart.pop(other, ()):
            self.apart[foe].discard(other)
            self.apart[foe].add(root)
            self.apart[root].add(foe)
        if other in self.uids:
            self.uids[root] |= self.uids.pop(other)

    def take(self, decided: Decided) -> SetAside | None:
        """Take a decision whole, or set it aside."""
        same, different = decided.says()
        local = _Forest()
        for a, b in same:
            local.join(self.find(a), self.find(b))
        classes = defaultdict(set)
        for root in {self.find(key) for key in decided.named()}:
            classes[local.find(root)].add(root)
        against: set[str] = set()
        for roots in classes.values():
            for root in roots:
                if foes := self.apart.get(root, set()) & roots:
                    against |= {root, *foes}
        for a, b in different:
            if local.find(self.find(a)) == local.find(self.find(b)):
                against |= {self.find(a), self.find(b)}
        if against:
            return SetAside(decided.uid, tuple(sorted({uid for root in against for uid in self.uids[root]})))
        for a, b in same:
            self.join(a, b)
        for a, b in different:
            root, other = self.find(a), self.find(b)
            self.apart[root].add(other)
            self.apart[other].add(root)
        for key in decided.named():
            self.uids[self.find(key)].add(decided.uid)
        return None

    def cut(self, keys: Iterable[str]) -> Parts:
        groups = defaultdict(list)
        for key in sorted(keys):
            groups[self.find(key)].append(key)
        return tuple(tuple(group) for group in groups.values())


def settle(
    links: Iterable[tuple[str, str, int]],
    decisions: Iterable[Decided] = (),
    issued: Iterable[Collection[str]] = (),
    *,
    upper: int,
) -> Settled:
    """Fold events one by one: the rule itself, for a component or a few.

    Parameters
    ----------
    links : iterable of (a, b, weight)
        Scored pairs in any order; weights in thousandths of a bit.
    decisions : iterable of Decided
        What people said, in any order, voids among them.
    issued : iterable of collections of keys
        Mention sets that a product was issued on as one person.
    upper : int
        Pairs of this weight or more are links; the others join nothing.

    Returns
    -------
    Settled
        The same for the same set of events, in whatever order they came.
    """
    strong = sorted(((a, b, w) for a, b, w in links if w >= upper), key=lambda x: (-x[2], x[0], x[1]))
    sets = sorted({tuple(sorted(keys)) for keys in issued})
    decided = in_force(decisions)
    forest, aside = _Forest(), []
    for one in decided:
        if (left := forest.take(one)) is not None:
            aside.append(left)
    denied = bool(forest.apart)
    held: dict[str, set[int]] = defaultdict(set)
    for n, keys in enumerate(sets):
        for key in keys:
            held[key].add(n)
    outside = [held.get(a, set()).isdisjoint(held.get(b, ())) for a, b, _ in strong] if held and denied else []
    plain = forest
    if not all(outside):
        plain = _Forest()
        for one in decided:
            plain.take(one)
        for a, b, _ in strong:
            plain.join(a, b)
        strong = [x for _, x in sorted(zip(outside, strong, strict=True), key=lambda pair: pair[0])]
    for a, b, _ in strong:
        forest.join(a, b)
    recuts = []
    for keys in sets:
        stands, proposed = forest.cut(keys), plain.cut(keys)
        if len(stands) > 1 or proposed != stands:
            recuts.append(Recut(keys, stands, proposed if proposed != stands else None))
    return Settled({key: forest.find(key) for key in list(forest.parent)}, tuple(sorted(aside)), tuple(recuts))


@dataclass(frozen=True)
class Fold:
    """The partition of every mention that an event names; any other mention is a person of its own.

    `frame` has the columns key, person (the smallest key of the person) and component (the smallest key of all that has to be
    folded together), sorted by key.
    """

    frame: pl.DataFrame
    set_aside: tuple[SetAside, ...]
    recuts: tuple[Recut, ...]


def fold(
    links: pl.DataFrame,
    decisions: Iterable[Decided] = (),
    issued: Iterable[Collection[str]] = (),
    *,
    upper: int,
) -> Fold:
    """Fold all events; equal to `settle` of them, and quick for millions.

    Mentions belong to one component where a link at or above `upper` joins them, or where one decision or one issued set names
    both. Components share no event, so each can be folded alone; one without a decision is plainly connected or not.

    Parameters
    ----------
    links : polars.DataFrame
        Columns a, b (keys) and weight (thousandths of a bit); others are left alone.
    decisions, issued, upper
        As for `settle`.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    strong = links.filter(pl.col("weight") >= upper).select("a", "b", "weight")
    decided, sets = in_force(decisions), sorted({tuple(sorted(keys)) for keys in issued})
    named = [d.named() for d in decided]
    ties = [pair for keys in [*named, *sets] for pair in pairwise(keys)]
    alone = pl.Series([key for keys in [*named, *sets] for key in keys], dtype=pl.String)
    keys = pl.concat([strong["a"], strong["b"], alone]).unique().sort()
    n = len(keys)
    if n == 0:
        return Fold(pl.DataFrame(schema={"key": pl.String, "person": pl.String, "component": pl.String}), (), ())
    code = pl.DataFrame({"key": keys}).with_row_index("code")

    def codes(column: pl.Series) -> Any:
        joined = column.to_frame("key").join(code, on="key", how="left", maintain_order="left")
        return joined["code"].to_numpy().astype(np.int32)

    def connected(a: Any, b: Any, nodes: int) -> Any:
        graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes)).tocsr()
        _, labels = connected_components(graph, directed=False)
        _, first, where = np.unique(labels, return_index=True, return_inverse=True)
        return first[where]  # keys are sorted, so the first of a label is its smallest

    a, b = codes(strong["a"]), codes(strong["b"])
    person = connected(a, b, n)
    component = person
    if ties:
        ta, tb = (codes(pl.Series([t[i] for t in ties], dtype=pl.String)) for i in (0, 1))
        component = connected(np.concatenate([a, ta]), np.concatenate([b, tb]), n)
    frame = pl.DataFrame({"key": keys, "person": keys.gather(person), "component": keys.gather(component)})
    if not decided and not sets:
        return Fold(frame, (), ())
    slow = np.zeros(n, bool)
    slow[component[codes(alone)]] = True
    told = settle(strong.filter(slow[component[a]]).iter_rows(), decided, sets, upper=upper)
    own = pl.DataFrame(
        {"key": list(told.person), "settled": list(told.person.values())},
        schema={"key": pl.String, "settled": pl.String},
    )
    frame = frame.join(own, on="key", how="left", maintain_order="left")
    frame = frame.select("key", pl.coalesce("settled", "person").alias("person"), "component")
    return Fold(frame, told.set_aside, told.recuts)


def beside(keys: Collection[str], decisions: Iterable[Decided], issued: Iterable[Collection[str]]) -> set[str]:
    """`keys` with the mentions that a decision or an issued set names together with one of them."""
    named = [*(d.named() for d in decisions), *issued]
    return {*keys, *(key for told in named if any(k in keys for k in told) for key in told)}


def refold(
    region: Collection[str],
    links: pl.DataFrame,
    decisions: Iterable[Decided],
    issued: Iterable[Collection[str]],
    *,
    upper: int,
) -> Fold:
    """Fold again only the components that new or gone events touch; the others stand as they are.

    Parameters
    ----------
    region : set of keys
        Whole components as they stand: those of every mention that a new or gone event names, of a mention that came or went,
        and of what stands `beside` these.
    links, decisions, issued
        Events that are good now; only what they say of the region counts.

    Returns
    -------
    Fold
        Of the region alone, and equal there to the fold of everything.
    """
    held = pl.Series(list(region), dtype=pl.String).implode()
    near = links.filter(pl.col("a").is_in(held) & pl.col("b").is_in(held))
    told = [left for d in in_force(decisions) if (left := d.among(region)) is not None]
    sets = [own for keys in issued if len(own := [k for k in keys if k in region]) > 1]
    return fold(near, told, sets, upper=upper)
