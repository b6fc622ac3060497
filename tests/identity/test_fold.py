"""The partition as a fold of a set of events: design, section 5, (a) to (g).

Expected values come from properties, and from `scored.naive`: the design's text word by word. Folds that are wrong on
purpose must fail the same checks, or the checks would be worth nothing.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity import scored
from tests.identity.scored import START, UPPER, Folder, Persons, World, frame, persons_of, right

from peelian.identity.fold import Decided, Link, beside, fold, in_force, refold, settle


@pytest.fixture(scope="module")
def world() -> World:
    return scored.made(20_261_123, 2_000)


def small(seed: int) -> World:
    return scored.made(seed, 60)


# --- checks that any fold must pass --------------------------------------------------------------------------------------


def same_in_every_order(folder: Folder, world: World, orders: int) -> None:
    rng = random.Random(7)
    seen = set()
    for _ in range(orders):
        links, decisions, issued = (rng.sample(x, len(x)) for x in (world.links, world.decisions, world.issued))
        seen.add(frozenset(folder(links, decisions, issued)))
    assert len(seen) == 1


def as_the_design_says(folder: Folder, world: World) -> None:
    assert (
        folder(world.links, world.decisions, world.issued)
        == scored.naive(world.links, world.decisions, world.issued)[0]
    )


def denials_hold(folder: Folder, world: World) -> None:
    persons = folder(world.links, world.decisions, world.issued)
    _, aside = scored.naive([], world.decisions, [])
    for one in in_force(world.decisions):
        if one.uid not in aside:
            for a, b in one.says()[1]:
                assert not any(a in p and b in p for p in persons)


def fails(check: object, folder: Folder, *worlds: World) -> bool:
    for world in worlds:
        try:
            check(folder, world)  # type: ignore[operator]
        except AssertionError:
            return True
    return False


# --- the fold ------------------------------------------------------------------------------------------------------------


def test_a_hundred_random_orders_and_batch_sizes_give_one_partition(world: World) -> None:
    rng = random.Random(1)
    seen, told = set(), set()
    for _ in range(100):
        links, decisions, issued = (rng.sample(x, len(x)) for x in (world.links, world.decisions, world.issued))
        whole = fold(frame(links), decisions, issued, upper=UPPER)
        seen.add(frozenset(persons_of(whole)))
        told.add((whole.set_aside, whole.recuts))
        store = Held(links[: (n := rng.randint(0, len(links)))], decisions, issued)
        while n < len(links):
            size = rng.choice((1, 2_000, 3_000, 3_000))
            store.come(links[n : n + size])
            n += size
        assert store.persons() == persons_of(whole)
    assert len(seen) == len(told) == 1
    assert any(len(p) > 1 for p in next(iter(seen)))


@given(st.integers(0, 10**6))
def test_the_fold_is_what_the_design_says(seed: int) -> None:
    world = small(seed)
    expected, aside = scored.naive(world.links, world.decisions, world.issued)
    folded = fold(frame(world.links), world.decisions, world.issued, upper=UPPER)
    plain = settle(world.links, world.decisions, world.issued, upper=UPPER)

    assert persons_of(folded) == expected == {frozenset(p) for p in plain.persons() if len(p) > 1}
    assert {s.uid for s in folded.set_aside} == aside
    assert (folded.set_aside, folded.recuts) == (plain.set_aside, plain.recuts)
    same_in_every_order(right, world, 3)
    denials_hold(right, world)


def test_denials_hold_among_two_thousand(world: World) -> None:
    denials_hold(right, world)


@pytest.mark.parametrize(
    "folder, check",
    [
        (scored.in_order_of_arrival, as_the_design_says),
        (scored.in_order_of_arrival, lambda f, w: same_in_every_order(f, w, 5)),
        (scored.less_denied_edges, as_the_design_says),
        (scored.less_denied_edges, denials_hold),
        (scored.oldest_first, as_the_design_says),
        (scored.without_issued, as_the_design_says),
    ],
)
def test_a_wrong_fold_is_caught(folder: Folder, check: object) -> None:
    worlds = [small(n) for n in range(10)]
    assert fails(check, folder, *worlds)
    assert not fails(check, right, *worlds)


# --- undo, replay, incremental -------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.data())
def test_undone_is_never_said(seed: int, data: st.DataObject) -> None:
    world = small(seed)
    keys = sorted({k for x in world.links for k in x[:2]})
    kind = data.draw(st.sampled_from(("link", "unlink", "confirm", "deny", "merge", "split")))
    some = data.draw(st.lists(st.sampled_from(keys), min_size=4, max_size=6, unique=True))
    told: Sequence[object] = [some[:2], some[2:]] if kind == "split" else some if kind == "merge" else some[:2]
    wrong = Decided("1", kind, told, START + timedelta(hours=data.draw(st.integers(-5, 30))))
    void = Decided("2", "void", ["1"], START + timedelta(hours=data.draw(st.integers(-5, 30))))
    before = fold(frame(world.links), world.decisions, world.issued, upper=UPPER)
    after = fold(frame(world.links), [void, *world.decisions, wrong], world.issued, upper=UPPER)

    assert persons_of(after) == persons_of(before)
    assert (after.set_aside, after.recuts) == (before.set_aside, before.recuts)


class Held:
    """A store that folds again only what is touched, as the projection in SQL does."""

    def __init__(self, links: list[Link], decisions: list[Decided], issued: list[frozenset[str]]) -> None:
        self.decisions, self.issued = list(decisions), list(issued)
        self.component: dict[str, str] = {}
        self.person: dict[str, str] = {}
        self.links: dict[str, list[Link]] = {}
        self._fold(links, {k for d in decisions for k in d.named()} | {k for i in issued for k in i})

    def come(self, links: Sequence[Link]) -> None:
        self._fold(links, set())

    def say(self, *decisions: Decided) -> None:
        named = {d.uid: d for d in self.decisions}
        self.decisions += decisions
        self._fold([], {k for d in decisions for k in (named[d.keys[0]] if d.kind == "void" else d).named()})

    def issue(self, keys: frozenset[str]) -> None:
        self.issued.append(keys)
        self._fold([], keys)

    def go(self, key: str) -> None:
        """A record changed: its old scores no longer count."""
        for held in self.links.values():
            held[:] = [x for x in held if key not in x[:2]]
        self._fold([], {key})

    def _fold(self, links: Sequence[Link], touched: Collection[str]) -> None:
        near = beside({*touched, *(k for x in links for k in x[:2])}, self.decisions, self.issued)
        asked = {self.component[k] for k in near if k in self.component}
        region = near | {k for k, c in self.component.items() if c in asked}
        good = [*(x for c in asked for x in self.links.pop(c, [])), *links]
        again = refold(region, frame(good), self.decisions, self.issued, upper=UPPER)
        for key in region:
            self.component.pop(key, None)
            self.person.pop(key, None)
        for key, person, component in again.frame.iter_rows():
            self.component[key], self.person[key] = component, person
        for link in good:
            if link.weight >= UPPER:
                self.links.setdefault(self.component[link.a], []).append(link)

    def persons(self) -> Persons:
        groups: dict[str, set[str]] = {}
        for key, person in self.person.items():
            groups.setdefault(person, set()).add(key)
        return {frozenset(g) for g in groups.values() if len(g) > 1}


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_folded_piece_by_piece_is_folded_at_once(seed: int) -> None:
    """Incremental = full, and the state is the replay of its events: links, decisions, voids, issued sets, changed records."""
    world, rng = small(seed), random.Random(seed)
    events: list[object] = [*world.links, *(d for d in world.decisions if d.kind != "void"), *world.issued]
    rng.shuffle(events)
    events += [d for d in world.decisions if d.kind == "void"]
    store, links, lump = Held([], [], []), [], []
    for n, event in enumerate(events):
        if isinstance(event, Link):
            lump.append(event)
            links.append(event)
        elif isinstance(event, Decided):
            store.say(event)
        else:
            store.issue(event)  # type: ignore[arg-type]
        if rng.random() < 0.05 or event is events[-1]:
            store.come(lump)
            lump = []
        if n % 40 == 39:
            key = rng.choice(links).a
            store.go(key)
            links, lump = ([x for x in held if key not in x[:2]] for held in (links, lump))
    assert store.persons() == right(links, world.decisions, world.issued)
    assert store.persons() == Held(links, world.decisions, world.issued).persons()


@given(st.integers(0, 10**6), st.data())
def test_a_reader_folds_what_the_reader_sees(seed: int, data: st.DataObject) -> None:
    """Whatever is added to, or taken from, mentions that a reader may not see, the reader's fold is the same."""
    world = small(seed)
    keys = sorted({k for x in world.links for k in x[:2]})
    seen = data.draw(st.sets(st.sampled_from(keys), min_size=2))

    def read(links: Sequence[Link], decisions: Sequence[Decided]) -> Persons:
        mine = [x for x in links if x.a in seen and x.b in seen]
        said = [left for d in in_force(decisions) if (left := d.among(seen)) is not None]
        return {frozenset(p) for p in settle(mine, said, upper=UPPER).persons() if len(p) > 1}

    hidden = next((k for k in keys if k not in seen), None)
    if hidden is None:
        return
    more = [Link(*sorted((hidden, k)), 50_000) for k in sorted(seen)]  # type: ignore[misc]
    less = [x for x in world.links if hidden not in x[:2]]
    said = Decided("1", "deny", [hidden, min(seen)], START + timedelta(days=9))
    assert read([*world.links, *more], [*world.decisions, said]) == read(less, world.decisions)


# --- what a person has to look at ----------------------------------------------------------------------------------------

CASES = """
a-b:9 b-c:8                       | deny a c                 |     | a b         | no heavier link than a-b
a-b:9 b-c:10                      | deny a c                 |     | b c         | b-c is heavier now
a-b:9 b-c:10                      | deny a c                 | a b | a b         | a pack was issued on a and b: they stay, and it is asked
a-b:9 b-c:10                      | deny a c; deny a b       | a b | b c         | a person's word parts what was issued on
a-b:9 a-b:3                       |                          |     | a b         | one pair scored twice: the heavier counts
a-b:7                             |                          |     |             | a grey pair joins nothing
a-b:9                             | deny a b                 |     |             | a denied pair
a-b:9                             | link a b; deny a b       |     |             | the newer word holds
                                  | deny a b; link a b       |     | a b         | the newer word holds
a-b:9 b-c:9 c-d:9                 | split a+b c+d            |     | a b; c d    | a split
a-c:9 b-d:9                       | split a+b c+d            |     | a b; c d    | each part of a split is one person
a-b:9 b-c:9 c-d:9                 | split a+b c+d; link a c  |     | a b c d     | a newer word sets the split aside
                                  | merge a b c; void 0      |     |             | what was voided was never said
a-b:9                             |                          | a c | a b         | to be issued on is no evidence
"""


@pytest.mark.parametrize("row", CASES.strip().splitlines())
def test_golden(row: str) -> None:
    """Persons after some links (in bits), decisions (oldest first) and one issued set."""
    told_links, said, issued, expected, why = (part.strip() for part in row.split("|"))
    links = [Link(*x.split(":")[0].split("-"), int(x.split(":")[1]) * 1_000) for x in told_links.split()]  # type: ignore[misc]
    decisions = []
    for n, words in enumerate(filter(None, (w.strip() for w in said.split(";")))):
        kind, *keys = words.split()
        told: list[object] = [k.split("+") for k in keys] if kind == "split" else list(keys)
        decisions.append(Decided(str(n), kind, told, START + timedelta(hours=n)))
    persons = right(links, decisions, [frozenset(issued.split())] if issued else [])
    assert persons == {frozenset(p.split()) for p in expected.split(";") if p.strip()}, why


def test_a_recut_says_what_stands_and_what_is_proposed() -> None:
    links = [Link("a", "b", 9_000), Link("b", "c", 10_000)]
    deny = Decided("1", "deny", ["a", "c"], START)
    (recut,) = fold(frame(links), [deny], [{"a", "b"}], upper=UPPER).recuts

    assert recut.stands == (("a", "b"),)
    assert recut.proposed == (("a",), ("b",))


def test_a_decision_set_aside_names_the_newer_one() -> None:
    old = Decided("7", "merge", ["a", "b", "c"], START)
    new = Decided("8", "deny", ["a", "c"], START + timedelta(days=1))
    (aside,) = fold(frame([]), [old, new], upper=UPPER).set_aside

    assert aside == ("7", ("8",))
