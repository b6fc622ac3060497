"""Networks of people: who stands between others, what falls apart without them, whom a message must reach, and what groups show.

A tie says that records put two people together, and how often; it is no proof that they act together. A strong tie is a short way, so
distance is 1 / strength. Betweenness: Freeman 1977, by Brandes 2001; Katz 1953; collective influence: Morone and Makse 2015; removal one
by one or in blocks, as Cavallaro and others 2020; the call-in as a dominating set, as Wheeler and others 2019; communities: Leiden
(Traag and others 2019).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
import rustworkx as rx

from peelian.core.errors import InvalidInput

P = TypeVar("P", bound=Hashable)
Ties = Mapping[P, Mapping[P, float]]
Measure = Callable[[Ties[P]], dict[P, float]]
KATZ = 0.1  # attenuation of the published tables
_ALIKE = 9  # decimals: scores nearer than that are a draw, not an order


def ties_of(pairs: Iterable[tuple[P, P, float]], people: Iterable[P] = ()) -> dict[P, dict[P, float]]:
    """Undirected ties by person, in the order in which people are first named; of a pair named twice the last holds.

    Parameters
    ----------
    pairs : iterable of (person, person, strength)
        Strength above zero; a tie of a person to themselves is refused.
    people : iterable
        Those who come first in the order, and those whom no tie names.

    Raises
    ------
    InvalidInput
        ``peelian.E742``
    """
    found: dict[P, dict[P, float]] = {person: {} for person in people}
    for a, b, strength in pairs:
        if a == b or not strength > 0:
            raise InvalidInput(
                "this is no tie between two people", matters="distances in the network would mean nothing",
                fix="name two people, and a strength above zero", id="peelian.E742",
            )  # fmt: skip
        found.setdefault(a, {})[b] = strength
        found.setdefault(b, {})[a] = strength
    return found


def without(ties: Ties[P], gone: Collection[P]) -> dict[P, dict[P, float]]:
    """The network without some of its people."""
    return {a: {b: s for b, s in near.items() if b not in gone} for a, near in ties.items() if a not in gone}


def components(ties: Ties[P]) -> list[list[P]]:
    """People who reach each other, the most first."""
    seen: set[P] = set()
    found = []
    for start in ties:
        if start in seen:
            continue
        reached, edge = [start], [start]
        seen.add(start)
        while edge:
            for other in ties[edge.pop()]:
                if other not in seen:
                    seen.add(other)
                    reached.append(other)
                    edge.append(other)
        found.append(reached)
    return sorted(found, key=len, reverse=True)


def degree(ties: Ties[P], *, weighted: bool = False) -> dict[P, float]:
    """How many others each is tied to; or the sum of the strengths."""
    return {a: float(sum(near.values()) if weighted else len(near)) for a, near in ties.items()}


def betweenness(
    ties: Ties[P], *, distance: Literal["none", "1/strength", "strength"] = "none"
) -> dict[P, float]:  # fmt: skip
    """On how many shortest ways between others each stands, not normalised.

    Parameters
    ----------
    distance : str
        ``none``: every tie is as long as every other. ``1/strength``: a strong tie is short. ``strength``: a strong tie is long, which is
        odd, and here only to reproduce what was published so.
    """
    if distance == "none":
        graph, people = _graph(ties)
        told = rx.graph_betweenness_centrality(graph, normalized=False, parallel_threshold=1_000)
        return {person: float(told[n]) for n, person in enumerate(people)}
    found = dict.fromkeys(ties, 0.0)
    for start in ties:
        for person, share in _depends_on(ties, start, distance == "strength").items():
            found[person] += share
    return {person: value / 2 for person, value in found.items()}


def _depends_on(ties: Ties[P], start: P, strong_is_long: bool) -> dict[P, float]:
    """How far the shortest ways from one person depend on each other person (Brandes)."""
    ways, before, reached, order = {start: 1.0}, defaultdict[P, list[P]](list), dict[P, float](), list[P]()
    best, queue, turn = {start: 0.0}, [(0.0, 0, start)], 0
    while queue:
        far, _, person = heapq.heappop(queue)
        if person in reached:
            continue
        reached[person] = far
        order.append(person)
        for other, strength in ties[person].items():
            length = far + (strength if strong_is_long else 1 / strength)
            if other not in reached and length < best.get(other, np.inf):
                best[other], ways[other], before[other], turn = length, 0.0, [], turn + 1
                heapq.heappush(queue, (length, turn, other))
            if other not in reached and length == best[other]:
                ways[other] += ways[person]
                before[other].append(person)
    share = dict.fromkeys(order, 0.0)
    for person in reversed(order):
        for earlier in before[person]:
            share[earlier] += ways[earlier] / ways[person] * (1 + share[person])
    share.pop(start)
    return share


def closeness(ties: Ties[P]) -> dict[P, float]:
    """How near each is to all whom they reach, as Wasserman and Faust: 0 to 1."""
    graph, people = _graph(ties)
    told = rx.graph_closeness_centrality(graph, wf_improved=True)
    return {person: float(told[n]) for n, person in enumerate(people)}


def katz(ties: Ties[P], *, weighted: bool = False, attenuation: float = KATZ) -> dict[P, float]:
    """Ways of every length that lead to each, the longer the less; of one sign, where the attenuation is too large to converge."""
    place = {person: n for n, person in enumerate(ties)}
    matrix = np.zeros((len(place), len(place)))
    for a, near in ties.items():
        for b, strength in near.items():
            matrix[place[a], place[b]] = strength if weighted else 1.0
    told = np.linalg.solve(np.eye(len(place)) - attenuation * matrix, np.ones(len(place)))
    told *= np.sign(told.sum()) or 1.0
    return dict(zip(ties, told.tolist(), strict=True))


def collective_influence(ties: Ties[P], *, weighted: bool = False) -> dict[P, float]:
    """A person's ties less one, times the ties less one of those beside them, summed."""
    own = {person: value - 1 for person, value in degree(ties, weighted=weighted).items()}
    return {a: own[a] * sum(own[b] for b in near) for a, near in ties.items()}


def _graph(ties: Ties[P]) -> tuple[rx.PyGraph[P, float], list[P]]:
    people = list(ties)
    place = {person: n for n, person in enumerate(people)}
    graph: rx.PyGraph[P, float] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(people)
    graph.add_edges_from(
        [(place[a], place[b], s) for a, near in ties.items() for b, s in near.items() if place[a] < place[b]]
    )
    return graph, people


@dataclass(frozen=True, slots=True)
class Removal(Generic[P]):
    """What is left after some people are gone: whom this step took, and the share of the largest component that remains."""

    gone: tuple[P, ...]
    left: float


def dismantle(ties: Ties[P], measure: Measure[P], *, block: int = 1, steps: int | None = None) -> list[Removal[P]]:
    """Take away whoever stands highest, measure again, and so on: how soon a network comes apart.

    Parameters
    ----------
    measure : callable
        Ties to a score of each; asked anew after every step.
    block : int
        People taken at one step.
    steps : int, optional
        At most so many.

    Returns
    -------
    list of Removal
        The whole network first. Of those who score alike, the one who comes first in the order of `ties` goes.
    """
    held: Ties[P] = ties
    whole = len(components(held)[0])
    found: list[Removal[P]] = [Removal((), 1.0)]
    while len(held) > block and (steps is None or len(found) <= steps):
        score = measure(held)
        gone = tuple(sorted(score, key=lambda p: -round(score[p], _ALIKE))[:block])
        held = without(held, gone)
        found.append(Removal(gone, len(components(held)[0]) / whole))
    return found


@dataclass(frozen=True, slots=True)
class CallIn(Generic[P]):
    """Whom to ask to a meeting so that everybody is there, or tied to somebody who is.

    Attributes
    ----------
    chosen : tuple
        In the order in which they were chosen.
    least : int
        No smaller number could reach everybody.
    """

    chosen: tuple[P, ...]
    least: int


def reaches(ties: Ties[P], people: Collection[P]) -> set[P]:
    """Those who are among some people, or tied to one of them."""
    return set(people) | {b for a in people for b in ties[a]}


def call_in(ties: Ties[P]) -> CallIn[P]:
    """Choose whoever reaches most who are not reached yet, until all are; of equals, the first in the order of `ties`."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    chosen: list[P] = []
    left = dict.fromkeys(ties)
    while left:
        one = max(ties, key=lambda a: (a in left) + sum(b in left for b in ties[a]))
        chosen.append(one)
        for person in reaches(ties, [one]):
            left.pop(person, None)
    place = {person: n for n, person in enumerate(ties)}
    covers = np.eye(len(place))
    for a, near in ties.items():
        covers[place[a], [place[b] for b in near]] = 1.0
    if not chosen:
        return CallIn((), 0)
    solved = milp(
        np.ones(len(place)),
        constraints=LinearConstraint(covers, lb=1.0),
        integrality=np.ones(len(place)),
        bounds=Bounds(0, 1),
    )
    return CallIn(tuple(chosen), round(float(solved.fun)))


@dataclass(frozen=True, slots=True)
class Together:
    """People whom almost every run of the search puts together.

    Attributes
    ----------
    people : tuple of str
        Those with most ties inside first.
    stability : float
        Of the ties inside, the mean share of runs that kept both ends together: 0 to 1.
    inside, outside : float
        Strength of the ties among them, and to others.
    """

    people: tuple[str, ...]
    stability: float
    inside: float
    outside: float


def together(
    ties: Ties[str], seeds: Sequence[int], *, resolution: float = 1.0, agree: float = 0.8, least: int = 3, most: int = 60
) -> list[Together]:  # fmt: skip
    """Sets of people that Leiden finds again and again.

    One run gives an answer for any network, of chance ties too; so it runs once for each seed, and a tie counts as inside where a share
    `agree` of the runs puts both ends together.

    Parameters
    ----------
    seeds : sequence of int
        At least two.
    resolution : float
        Higher gives smaller sets.
    least, most : int
        How many people a set may have.

    Returns
    -------
    list of Together
        The most stable first, then the largest.
    """
    from graspologic_native import leiden

    if len(set(seeds)) < 2:
        raise InvalidInput(
            "one run cannot show how stable a set is", matters="a set found once may be chance", fix="give two seeds or more",
            id="peelian.E743",
        )  # fmt: skip
    edges = [(a, b, float(s)) for a, near in ties.items() for b, s in near.items() if a < b]
    if not edges:
        return []
    kept = dict.fromkeys(((a, b) for a, b, _ in edges), 0)
    for seed in seeds:
        _, of = leiden(edges, resolution=resolution, seed=seed)
        for a, b in kept:
            kept[a, b] += of[a] == of[b]
    share = {pair: count / len(seeds) for pair, count in kept.items()}
    firm = ties_of((a, b, share[a, b]) for a, b in share if share[a, b] >= agree)
    found = []
    for people in components(firm):
        if not least <= len(people) <= most:
            continue
        held = set(people)
        inner = {p: sum(s for b, s in ties[p].items() if b in held) for p in people}
        pairs = [share[a, b] for a in people for b in ties[a] if b in held and a < b]
        inside = sum(inner.values()) / 2
        outside = sum(sum(ties[p].values()) for p in people) - 2 * inside
        order = tuple(sorted(people, key=lambda p: (-inner[p], p)))
        found.append(Together(order, sum(pairs) / len(pairs), inside, outside))
    return sorted(found, key=lambda t: (-round(t.stability, _ALIKE), -len(t.people), t.people))
