"""How quick the fold is, beside plain connected components of rustworkx in the same run.

Run: python benchmarks/fold.py [--mentions 1000000] [--denials 20000]

Twice as many links as mentions, in persons of about eight; then the same with denials and issued sets, which plain components cannot
honour. Aim: 2 million links of 1 million mentions in about 3 s. Then 10,000 new links folded into what stands.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np
import polars as pl
import rustworkx

from peelian.identity.fold import LINKS, Decided, beside, fold, refold

UPPER = 6_000
AT = datetime(2026, 11, 1, tzinfo=UTC)


def made(mentions: int, seed: int) -> pl.DataFrame:
    """Two links a mention within groups of eight, and a few between neighbours."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, mentions, 4 * mentions)
    b = np.minimum(mentions - 1, a // 8 * 8 + rng.integers(0, 8, len(a)) + 8 * (rng.random(len(a)) < 0.01))
    pairs = (
        pl.DataFrame({"x": np.minimum(a, b), "y": np.maximum(a, b)})
        .filter(pl.col("x") != pl.col("y"))
        .unique(maintain_order=True)[: 2 * mentions]
    )
    key = pl.format("force-people/M{}", pl.col("x").cast(pl.String).str.zfill(8))
    other = pl.format("force-people/M{}", pl.col("y").cast(pl.String).str.zfill(8))
    weights = pl.Series("weight", rng.integers(UPPER, 30_000, len(pairs)))
    return pairs.select(a=key, b=other).with_columns(weights).cast(LINKS)  # type: ignore[arg-type]


def main() -> None:
    """Time each."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--mentions", type=int, default=1_000_000)
    ask.add_argument("--denials", type=int, default=20_000)
    told = ask.parse_args()
    links = made(told.mentions, 1)
    since = perf_counter()
    graph = rustworkx.PyGraph()
    keys = pl.concat([links["a"], links["b"]]).unique().to_list()
    number = dict(zip(keys, graph.add_nodes_from(keys), strict=True))
    graph.add_edges_from_no_data([(number[a], number[b]) for a, b in links.select("a", "b").iter_rows()])
    plain = rustworkx.connected_components(graph)
    peer = perf_counter() - since

    since = perf_counter()
    whole = fold(links, upper=UPPER)
    print(f"{len(links):,} links of {told.mentions:,} mentions: {perf_counter() - since:.1f} s; rustworkx {peer:.1f} s")
    assert whole.frame["person"].n_unique() == len(plain)

    rows = links[: 2 * told.denials].select("a", "b").rows()
    denials = [
        Decided(str(n), "deny", list(pair), AT + timedelta(seconds=n)) for n, pair in enumerate(rows[: told.denials])
    ]
    issued = rows[told.denials :]
    since = perf_counter()
    fold(links, denials, issued, upper=UPPER)
    print(f"with {len(denials):,} denials and {len(issued):,} issued sets: {perf_counter() - since:.1f} s")

    new = links.sample(10_000, seed=1)
    held = dict(whole.frame.select("key", "component").iter_rows())
    since = perf_counter()
    near = beside({*new["a"], *new["b"]}, denials, issued)
    asked = {held[key] for key in near if key in held}
    region = near | {key for key, component in held.items() if component in asked}
    refold(region, links, denials, issued, upper=UPPER)
    print(f"10,000 new links folded in: {perf_counter() - since:.1f} s")


if __name__ == "__main__":
    main()
