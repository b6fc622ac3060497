"""Pre-scored pairs of mentions with decisions about them, and folds that are wrong on purpose."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from peelian.identity.fold import LINKS, Decided, Fold, Link, fold

UPPER, LOWER = 8_000, 2_000
START = datetime(2026, 1, 1, tzinfo=UTC)
Persons = set[frozenset[str]]
Folder = Callable[[Sequence[Link], Sequence[Decided], Sequence[Collection[str]]], Persons]


@dataclass
class World:
    """A set of events."""

    links: list[Link]
    decisions: list[Decided]
    issued: list[frozenset[str]]


def frame(links: Iterable[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame([tuple(link) for link in links], schema=LINKS, orient="row")


def persons_of(folded: Fold) -> Persons:
    """Persons of two mentions or more, as sets of mention keys."""
    groups = defaultdict(set)
    for key, person in folded.frame.select("key", "person").iter_rows():
        groups[person].add(key)
    return {frozenset(g) for g in groups.values() if len(g) > 1}


def right(links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]) -> Persons:
    """The fold that is tested."""
    return persons_of(fold(frame(links), decisions, issued, upper=UPPER))


def _groups(keys: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Plain transitive closure, slowly."""
    groups = [{key} for key in keys]
    for a, b in pairs:
        one, other = (next(g for g in groups if key in g) for key in (a, b))
        if one is not other:
            one |= other
            groups = [g for g in groups if g is not other]
    return groups


def _named(links: Sequence[Link], decisions: Sequence[Decided]) -> list[str]:
    return sorted({k for x in links for k in x[:2]} | {k for d in decisions for k in d.named()})


def _active(decisions: Sequence[Decided]) -> list[Decided]:
    gone = {d.keys[0] for d in decisions if d.kind == "void"}
    return [d for d in decisions if d.kind != "void" and d.uid not in gone]


def naive(
    links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]
) -> tuple[Persons, set[str]]:
    """The text of the design (section 5, c to g), word by word and slowly: persons, and the uids set aside.

    Before each step the whole is worked out anew from what has been taken; nothing is kept up as it goes.
    """
    keys = _named(links, decisions)
    same: list[tuple[str, str]] = []
    different: list[tuple[str, str]] = []
    aside: set[str] = set()

    def consistent(joined: list[tuple[str, str]], apart: list[tuple[str, str]]) -> bool:
        groups = _groups(keys, joined)
        return not any(a in g and b in g for g in groups for a, b in apart)

    for one in sorted(_active(decisions), key=lambda d: (d.at, d.uid), reverse=True):
        s, d = one.says()
        if consistent(same + s, different + d):
            same, different = same + s, different + d
        else:
            aside.add(one.uid)
    sets = [set(i) for i in issued]

    def order(link: Link) -> tuple[bool, int, str, str]:
        return (not any(link.a in i and link.b in i for i in sets), -link.weight, link.a, link.b)

    for link in sorted((x for x in links if x.weight >= UPPER), key=order):
        if consistent([*same, link[:2]], different):
            same.append(link[:2])
    return {frozenset(g) for g in _groups(keys, same) if len(g) > 1}, aside


def in_order_of_arrival(
    links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]
) -> Persons:
    """Wrong: plain union as events come; a link joins if nothing denies it yet, a denial parts nothing that stands."""
    pairs = [pair for d in _active(decisions) for pair in d.says()[0]]
    apart = [pair for d in _active(decisions) for pair in d.says()[1]]
    groups = _groups(_named(links, decisions), pairs)
    for link in links:
        one, other = (next(g for g in groups if key in g) for key in link[:2])
        denied = any((a in one and b in other) or (b in one and a in other) for a, b in apart)
        if link.weight >= UPPER and one is not other and not denied:
            groups = [g for g in groups if g is not one and g is not other] + [one | other]
    return {frozenset(g) for g in groups if len(g) > 1}


def less_denied_edges(
    links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]
) -> Persons:
    """Wrong: connected components of all links but those that somebody denied."""
    apart = {frozenset(pair) for d in _active(decisions) for pair in d.says()[1]}
    pairs = [x[:2] for x in links if x.weight >= UPPER and frozenset(x[:2]) not in apart]
    pairs += [pair for d in _active(decisions) for pair in d.says()[0]]
    return {frozenset(g) for g in _groups(_named(links, decisions), pairs) if len(g) > 1}


def oldest_first(links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]) -> Persons:
    """Wrong: people's decisions are taken in the order in which they were made."""
    turned = [d._replace(at=START - (d.at - START), uid=str(10**9 - int(d.uid))) for d in _active(decisions)]
    return right(links, turned, issued)


def without_issued(links: Sequence[Link], decisions: Sequence[Decided], issued: Sequence[Collection[str]]) -> Persons:
    """Wrong: new scores take apart what a product was issued on."""
    return right(links, decisions, [])


def made(seed: int, mentions: int) -> World:
    """Mentions in persons of one to nine, with true, false and grey pairs, coarse weights (ties), decisions and issued sets."""
    rng = random.Random(seed)
    keys = [f"feed-{n % 3}/{n:05d}" for n in range(mentions)]
    rng.shuffle(keys)
    persons, left = [], keys[:]
    while left:
        size = rng.randint(1, 9)
        persons.append(left[:size])
        left = left[size:]
    found: dict[tuple[str, str], int] = {}
    for person in persons:
        for n, key in enumerate(person):
            for other in rng.sample(person[:n], min(n, 2)):
                a, b = sorted((key, other))
                found[a, b] = rng.choice((3_000, 8_000, 9_000, 12_000, 15_000))
    for _ in range(mentions // 4):  # false links
        a, b = sorted(rng.sample(keys, 2))
        found.setdefault((a, b), rng.choice((2_500, 4_000, 8_000, 8_500, 9_000)))
    decisions: list[Decided] = []
    uids = rng.sample(range(10**8, 10**9), mentions)

    def say(kind: str, told: Sequence[object]) -> None:
        # Few instants, so that several fall together and the uid decides.
        at = START + timedelta(hours=rng.randint(0, 20))
        decisions.append(Decided(str(uids[len(decisions)]), kind, told, at))

    linked = list(found)
    for _ in range(mentions // 20):
        say(rng.choice(("deny", "unlink", "confirm", "link")), rng.choice(linked))
        if rng.random() < 0.3:
            say(rng.choice(("deny", "link")), decisions[-1].keys)  # somebody disagrees
    many = [p for p in persons if len(p) >= 4]
    for _ in range(mentions // 60):
        person, other = rng.choice(many), rng.choice(many)
        say("merge", rng.sample(person, 3))
        say("split", [person[:2], person[2:4]])
        say("deny", (person[0], person[-1]))
        if other is not person:
            say("deny", (person[1], other[1]))
            say("merge", [person[1], other[0], other[2]])
    for one in rng.sample(decisions, len(decisions) // 10):
        say("void", [one.uid])
    links = [Link(a, b, w) for (a, b), w in found.items()]
    before = sorted(map(sorted, right([x for x in links if rng.random() < 0.7], decisions[::2], [])))
    issued = [frozenset(p) for p in rng.sample(before, min(len(before), mentions // 25))]
    return World(links, decisions, issued)
