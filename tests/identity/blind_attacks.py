"""Published attacks on Bloom filter encodings, as an attacker without the key would run them.

Each takes encodings and what is public (how often each surname comes) and gives the attacker's guess of every record's surname.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from peelian.identity.blind.encoding import bigrams


def bits_of(filters):
    """Packed filters as 0 and 1, shape (records, bits)."""
    return np.unpackbits(filters.view(np.uint8), axis=1)


def grouped(filters):
    """(group of each record, one filter a group, records of each group), the commonest group first."""
    rows, inverse, many = np.unique(filters, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-many, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[inverse.ravel()], rows[order], many[order]


def by_frequency(filters, public):
    """Frequency alignment: the commonest encoding is the commonest name, and so on (Kuzu et al. 2011; Niedermeyer et al. 2014)."""
    group, rows, _ = grouped(filters)
    names = [name for name, _ in public.most_common(len(rows))]
    return [names[g] if g < len(names) else public.most_common(1)[0][0] for g in group]


def by_positions(filters, public, *, rounds=8):
    """Pattern attack (after Christen et al. 2017): learn which bits stand for which pair of letters, and read every name by them.

    Names are aligned first by how often they come and by how many bits they set. A bit then stands for a pair of letters if it is set in most
    encodings aligned with names that hold the pair; who fits best is aligned anew, and teaches the next round.
    """
    group, rows, many = grouped(filters)
    bits = bits_of(rows).astype(np.float32)
    names = list(public)
    pairs = {pair: n for n, pair in enumerate(sorted({p for name in names for p in bigrams(name)}))}
    holds = np.zeros((len(names), len(pairs)), np.float32)
    for n, name in enumerate(names):
        holds[n, [pairs[p] for p in bigrams(name)]] = 1
    ones, length = bits.sum(axis=1), holds.sum(axis=1)
    scale = np.sort(ones)[::-1].mean() / length.mean()
    cost = _rarity(many, public) + (ones[:, None] - scale * length[None]) ** 2 / (2 * scale)
    for _ in range(rounds):
        g, n = linear_sum_assignment(cost)
        share = holds[n].T @ bits[g] / np.maximum(holds[n].sum(axis=0), 1)[:, None]
        clear = np.clip((share - bits.mean(axis=0)) / (1 - bits.mean(axis=0)), 0.001, 0.99)
        off = np.exp(holds @ np.log(1 - clear))  # chance that a bit is not set by any pair of the name
        fits = bits @ np.log(1 - 0.98 * off).T + (1 - bits) @ np.log(0.01 + 0.98 * off).T
        cost = _rarity(many, public) - fits
    names_of = dict(zip(*linear_sum_assignment(cost), strict=True))
    commonest = public.most_common(1)[0][0]
    return [names[names_of[g]] if g in names_of else commonest for g in group]


def by_likeness(filters, public, simulated, *, sure=40, rounds=10):
    """Graph attack with frequencies (after Vidanage et al. 2020): names are known by how like they are to other names.

    `simulated` has the encodings of the public names under a key of the attacker's own: likenesses are the same under every key.
    """
    group, rows, many = grouped(filters)
    names = list(public)
    a, b = (bits_of(r).astype(np.float32) for r in (rows, simulated))
    real, own = (2 * (x @ x.T) / (x.sum(axis=1)[:, None] + x.sum(axis=1)[None]) for x in (a, b))
    cost = rare = _rarity(many, public)
    for turn in range(rounds):
        g, n = linear_sum_assignment(cost)
        chosen = np.argsort(cost[g, n] if turn else g)[: sure * (turn + 1)]
        g, n = g[chosen], n[chosen]
        x, y = real[:, g], own[:, n]
        far = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1)[None] - 2 * x @ y.T
        cost = rare + far / (2 * 0.05**2)
    names_of = dict(zip(*linear_sum_assignment(cost), strict=True))
    commonest = public.most_common(1)[0][0]
    return [names[names_of[g]] if g in names_of else commonest for g in group]


def _rarity(many, public):
    """How badly the count of each encoding goes with the frequency of each name (half of chi squared)."""
    expected = np.array(list(public.values())) / sum(public.values()) * many.sum()
    return (many[:, None] - expected[None]) ** 2 / (2 * np.maximum(expected[None], 1))


def patterns(filters, *, least=0.5):
    """Groups of bits that come and go together, each of which stands for one token (pattern mining, after Christen et al. 2018)."""
    bits = bits_of(filters).astype(np.float32)
    bits = bits - bits.mean(axis=0)
    spread = bits.std(axis=0) + 1e-9
    together = bits.T @ bits / len(bits) / spread[:, None] / spread[None]
    np.fill_diagonal(together, 0)
    groups, free = [], np.ones(len(together), bool)
    for start in np.argsort(-together.max(axis=1)):
        near = np.flatnonzero((together[start] > least) & free)
        if free[start] and len(near):
            groups.append([start, *near])
            free[groups[-1]] = False
    return groups


def components(filters, facts, *, first=8):
    """How strongly the first principal components of the bits go with facts about the people: the greatest correlation of each fact.

    `facts` has a column of 0 and 1 for each; which fact a component tells would still have to be guessed.
    """
    bits = bits_of(filters).astype(np.float64)
    bits = (bits - bits.mean(axis=0)) / (bits.std(axis=0) + 1e-9)
    directions = np.linalg.eigh(bits.T @ bits)[1][:, -first:]
    told = bits @ directions
    told /= told.std(axis=0)
    facts = (facts - facts.mean(axis=0)) / facts.std(axis=0)
    return np.abs(told.T @ facts / len(bits)).max(axis=0)


def by_neighbours(filters, simulated, *, near=20):
    """Graph attack (after Vidanage et al. 2020): who knows all the people encodes them with a key of their own and aligns by likeness to others.

    Returns for each record the number of the person in `simulated` whose `near` greatest likenesses are most like the record's.
    """
    shapes = []
    for packed in (filters, simulated):
        bits = bits_of(packed).astype(np.float32)
        ones = bits.sum(axis=1)
        likeness = 2 * (bits @ bits.T) / (ones[:, None] + ones[None])
        np.fill_diagonal(likeness, 0)
        shapes.append(np.sort(np.partition(likeness, -near, axis=1)[:, -near:], axis=1))
    a, b = shapes
    return (((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None]) - 2 * a @ b.T).argmin(axis=1)


def by_known(filters, known, truth):
    """Who knows some of the people in the file gives every other record the surname of the most alike that is known."""
    bits = bits_of(filters).astype(np.float32)
    ones = bits.sum(axis=1)
    rest = np.setdiff1d(np.arange(len(bits)), known)
    likeness = 2 * (bits[rest] @ bits[known].T) / (ones[rest][:, None] + ones[known][None])
    return [truth[known[n]] for n in likeness.argmax(axis=1)], [truth[n] for n in rest]


def right(guesses, truth):
    """Share of records guessed rightly."""
    return sum(g == t for g, t in zip(guesses, truth, strict=True)) / len(truth)
