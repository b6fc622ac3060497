"""Who stands within two steps of a person: by an event, a stated relationship, a telephone, an address or a vehicle.

Only what the reader may see makes a tie. What many people share (a hostel, a riot) ties nobody to anybody; it is named instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import rustworkx as rx
from django.db.models import Q

from peelian.access.actor import Actor, visible
from peelian.records.models import Relationship
from peelian.records.query import current

from .models import Known, Seen
from .persons import SAFETY, Person, known, persons_of, source_of

WIDE = 12  # people; what more than that share ties nobody [DESIGN]
FIRST, ALL = 24, 60  # people drawn within one step, and at all
WIDTH, HEIGHT, MARGIN = 1_000, 700, 90  # of the drawing
ROWS = 2_000  # of one question
SAME = {"phone": "telephone", "plate": "vehicle", "email": "e-mail address", "device": "device", "address": "address"}


@dataclass(frozen=True)
class Node:
    """A person of the network: how many steps away, and where drawn, in `WIDTH` by `HEIGHT`."""

    number: int
    person: Person
    step: int
    x: int
    y: int


@dataclass(frozen=True)
class Tie:
    """Two persons, by number, and all that ties them."""

    a: int
    b: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Persons, ties, what too many people share to tie them, and whether there was no room for somebody."""

    nodes: list[Node]
    ties: list[Tie]
    wide: list[str]
    more: bool

    @property
    def lines(self) -> list[tuple[Node, Node, str]]:
        """Each tie with the persons at its ends, and why, in words."""
        return [(self.nodes[tie.a], self.nodes[tie.b], "; ".join(tie.why)) for tie in self.ties]

    @property
    def named(self) -> bool:
        """Whether there is room to write names in the picture."""
        return len(self.nodes) <= 30


def network(person: Person, *, actor: Actor, known_on: datetime | None = None) -> Network:
    """The network of a person, two steps out. The number of queries does not grow with it."""
    people, edge, wide, more = [person], [person], set[str](), False
    steps, why = {person.ref: 0}, defaultdict[tuple[str, str], set[str]](set)
    for step, room in ((1, FIRST), (2, ALL)):
        found, ties, shared, cut = _beside(edge, people, room - len(people) + 1, actor, known_on)
        wide, more = wide | shared, more or cut
        edge = [p for p in found if p.ref not in steps]
        steps |= {p.ref: step for p in edge}
        people += edge
        for pair, words in ties.items():
            why[pair] |= words
    number = {p.ref: n for n, p in enumerate(people)}
    drawn = [
        Tie(min(number[a], number[b]), max(number[a], number[b]), tuple(sorted(words))) for (a, b), words in why.items()
    ]
    drawn.sort(key=lambda tie: (tie.a, tie.b))
    return Network(_placed(people, steps, drawn), drawn, sorted(wide), more)


def _beside(
    edge: list[Person], people: list[Person], room: int, actor: Actor, known_on: datetime | None
) -> tuple[list[Person], dict[tuple[str, str], set[str]], set[str], bool]:
    """Persons tied to those of `edge`, those with most ties first, as many as there is room for; the ties by (ref, ref) in order;
    what is too wide to tie anybody; and whether somebody is left out.
    """
    said = {m.key: m for p in edge for m in p.mentions if m.feed != SAFETY}
    ends = [*_by_event(said, actor), *_by_thing(said, actor), *_by_relationship(said, actor, known_on)]
    person = {key: p for p in people for key in p.keys}
    others = known(actor).filter(key__in={key for _, key, _, _ in ends} - person.keys()).exclude(feed=SAFETY)
    group = {key: str(component or key) for key, component in others.values_list("key", "component")}
    group |= {key: p.ref for key, p in person.items()}
    sharing: dict[str, set[str]] = defaultdict(set)
    for a, b, bond, _ in ends:
        sharing[bond] |= {group[key] for key in (a, b) if key in group}
    ends = [end for end in ends if len(sharing[end[2]]) <= WIDE and end[1] in group]
    tied: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for a, b, bond, _ in ends:
        if b not in person:
            tied[group[b]][b].add(f"{group[a]} {bond}")
    order = sorted(tied, key=lambda g: (-len(set().union(*tied[g].values())), min(tied[g])))
    asked = [key for g in order[:room] for key in tied[g]]
    found = persons_of(known(actor).filter(key__in=asked).order_by("key"), actor=actor, known_on=known_on)
    person |= {key: p for p in found for key in p.keys}
    ties: dict[tuple[str, str], set[str]] = defaultdict(set)
    for a, b, _, words in ends:
        if b in person and person[a].ref != person[b].ref:
            first, second = sorted((person[a].ref, person[b].ref))
            ties[first, second].add(words)
    reached = {ref for pair in ties for ref in pair}
    found = [p for p in found if p.ref in reached]
    return found, ties, {bond for bond, who in sharing.items() if len(who) > WIDE}, len(order) > room


# Both ends (keys), the bond that others may share, and what to say of this tie.
_End = tuple[str, str, str, str]


def _by_event(said: dict[str, Known], actor: Actor) -> Iterable[_End]:
    """Other mentions of the same records; two sources may use one reference for different things."""
    source = source_of(actor)
    own: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for m in said.values():
        if m.reference:
            own[source[m.record_class_id], m.reference].append(m)
    rows = known(actor).filter(reference__in=sorted({reference for _, reference in own})).order_by("key")
    for key, reference, record_class, role in rows.values_list("key", "reference", "record_class", "role")[:ROWS]:
        for m in own.get((source[record_class], reference), ()):
            if m.key != key:
                roles = sorted(filter(None, (m.role, role)))
                bond = f"event {reference}"
                yield m.key, key, bond, f"{bond} ({' and '.join(roles)})" if roles else bond


def _by_thing(said: dict[str, Known], actor: Actor) -> Iterable[_End]:
    """Mentions that state the same telephone, address or vehicle."""
    own: dict[str, list[str]] = defaultdict(list)
    bonds: dict[str, str] = {}
    stated = visible(Seen.objects, actor).filter(key__in=list(said)).order_by("key", "kind", "value")
    for ref, key, kind, value in stated.values_list("ref", "key", "kind", "value")[:ROWS]:
        own[ref].append(key)
        bonds[ref] = f"{SAME[kind]} {value}"
    rows = visible(Seen.objects, actor).filter(ref__in=sorted(own)).exclude(key="").order_by("key", "ref")
    for other, ref in rows.values_list("key", "ref")[:ROWS]:
        for key in own[ref]:
            if key != other:
                yield key, other, bonds[ref], f"same {bonds[ref]}"


def _by_relationship(said: dict[str, Known], actor: Actor, known_on: datetime | None) -> Iterable[_End]:
    """Mentions that records state to be related."""
    keys = {key.partition("/")[2] for key in said}
    rows = Relationship.objects.filter(Q(mention__in=keys) | Q(to__in=keys)).select_related("batch")
    for row in current(rows, actor, known_on=known_on).order_by("mention", "to", "kind")[:ROWS]:
        a, b = (f"{row.batch.feed}/{key}" for key in (row.mention, row.to))
        if a in said:
            yield a, b, f"{a} {b}", f"stated {row.kind}"
        elif b in said:
            yield b, a, f"{a} {b}", f"stated {row.kind}"


def _placed(people: list[Person], steps: dict[str, int], ties: list[Tie]) -> list[Node]:
    """Rings around the person: each of the outer ring as near as may be to whom it is tied to."""
    graph = rx.PyGraph()
    graph.add_nodes_from(range(len(people)))
    near: dict[int, list[int]] = defaultdict(list)
    for tie in ties:
        near[tie.a].append(tie.b)
        near[tie.b].append(tie.a)
    first = [n for n, p in enumerate(people) if steps[p.ref] == 1]
    place = {n: i / len(first) for i, n in enumerate(first)}
    second = [n for n, p in enumerate(people) if steps[p.ref] == 2]
    second.sort(key=lambda n: (min((place[m] for m in near[n] if m in place), default=1.0), n))
    rings = [ring for ring in (first, second) if ring]
    at = {0: (0.0, 0.0)} | (dict(rx.shell_layout(graph, nlist=rings).items()) if rings else {})
    return [
        Node(
            n,
            p,
            steps[p.ref],
            round(WIDTH / 2 + at[n][0] * (WIDTH / 2 - MARGIN)),
            round(HEIGHT / 2 + at[n][1] * (HEIGHT / 2 - MARGIN / 2)),
        )
        for n, p in enumerate(people)
    ]
