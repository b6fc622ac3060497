"""The network of a person: ties of every kind, two steps and no further, and nothing through what may not be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.made_people import AT, World

from peelian.identity import network as module
from peelian.identity.models import Known
from peelian.identity.network import HEIGHT, WIDTH, Network, network
from peelian.identity.persons import Person, person_of
from peelian.records.models import Relationship


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    settings.HOME = tmp_path
    return World()


def of(world: World, mention: Known, user: Any = None) -> Network:
    actor = world.actor(user)
    person = person_of(mention.ref, actor=actor)
    assert person is not None
    return network(person, actor=actor)


def told(found: Network) -> set[tuple[str, str, str]]:
    return {(*sorted((a.person.name, b.person.name)), why) for a, b, why in found.lines}  # type: ignore[misc]


def test_ties_by_event_thing_and_statement_two_steps_out(world: World) -> None:
    a = world.mention("A", "", reference="EX/1", role="victim")
    b = world.mention("B", "", reference="EX/1", role="suspect", phone="07700 900123")
    c = world.mention("C", "", phone="0770 0900123", address="12 High Street", postcode="CM1 1AA")
    d = world.mention("D", "", address="12 high st", postcode="CM1 1AA")
    e = world.mention("E", "")
    Relationship.objects.create(
        batch=a.batch, line=a.line, identity="-", content="-", record_class=world.police, known_from=a.known_from,
        mention=a.key.partition("/")[2], to=e.key.partition("/")[2], kind="partner",
    )  # fmt: skip
    found = of(world, a)

    assert told(found) == {
        ("A", "B", "event EX/1 (suspect and victim)"),
        ("A", "E", "stated partner"),
        ("B", "C", "same telephone +447700900123"),
    }
    assert {n.person.ref: n.step for n in found.nodes} == {a.ref: 0, b.ref: 1, c.ref: 2, e.ref: 1}
    assert told(of(world, d)) == {
        ("C", "D", "same address 12 high street, CM1 1AA"),
        ("B", "C", "same telephone +447700900123"),
    }


def test_mentions_of_one_person_are_one_node(world: World) -> None:
    a = world.mention("A", "", reference="EX/1")
    b = world.mention("B", "", reference="EX/1", known_from=AT - timedelta(days=1))
    other = world.mention("B", "", reference="EX/2")
    world.join(b, other)
    c = world.mention("C", "", reference="EX/2")

    assert {n.person.ref: n.step for n in of(world, a).nodes} == {a.ref: 0, b.ref: 1, c.ref: 2}


def test_nothing_through_what_may_not_be_seen(world: World) -> None:
    a = world.mention("A", "", reference="EX/1", open=True)
    hidden = world.mention("B", "", reference="EX/1", phone="07700 900123")
    world.mention("C", "", phone="07700 900123", open=True)

    before = of(world, a, world.pat)
    assert (before.nodes[0].person.ref, before.ties, before.wide, before.more) == (a.ref, [], [], False)
    assert {n.person.ref for n in of(world, a).nodes} >= {a.ref, hidden.ref}


def test_what_many_share_ties_nobody_and_is_named(world: World) -> None:
    rows = [world.mention(f"P{n}", "", address="1 Hostel Road", postcode="CM1 1AA") for n in range(module.WIDE + 1)]
    found = of(world, rows[0])

    assert found.ties == []
    assert found.wide == ["address 1 hostel road, CM1 1AA"]


def test_hidden_people_do_not_make_a_thing_wide(world: World) -> None:
    a, b = (world.mention(f"P{n}", "", address="1 Hostel Road", postcode="CM1 1AA", open=True) for n in range(2))
    for n in range(module.WIDE + 1):
        world.mention(f"Q{n}", "", address="1 Hostel Road", postcode="CM1 1AA")

    assert told(of(world, a, world.pat)) == {("P0", "P1", "same address 1 hostel road, CM1 1AA")}
    assert b.ref in {n.person.ref for n in of(world, a, world.pat).nodes}


def test_those_with_most_ties_are_drawn_and_it_says_that_more_are_tied(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST", 2)
    rows = [world.mention("A", "", reference=f"EX/{n}") for n in range(5)]
    world.join(*rows)
    for n in range(4):
        world.mention(f"P{n}", "", reference=f"EX/{n}")
    close = [world.mention("Close", "", reference=f"EX/{n}") for n in range(3)]
    world.join(*close)
    found = of(world, rows[0])

    assert found.more
    assert {n.person.name for n in found.nodes if n.step == 1} >= {"CLOSE"}
    assert len([n for n in found.nodes if n.step == 1]) == 2


@given(st.integers(1, 24), st.integers(0, 36), st.randoms(use_true_random=False))
def test_rings_keep_people_apart_and_within_the_picture(first: int, second: int, rng: Any) -> None:
    people = [Person((Known(key=f"f/{n}", ref=f"{n:024}"),)) for n in range(1 + first + second)]
    steps = {p.ref: 0 if n == 0 else 1 if n <= first else 2 for n, p in enumerate(people)}
    ties = [module.Tie(0, n, ("x",)) for n in range(1, first + 1)]
    ties += [module.Tie(rng.randint(1, first), n, ("y",)) for n in range(first + 1, len(people))]
    nodes = module._placed(people, steps, ties)

    assert [n.number for n in nodes] == list(range(len(people)))
    assert all(0 < n.x < WIDTH and 0 < n.y < HEIGHT for n in nodes)
    assert len({(n.x, n.y) for n in nodes}) == len(nodes)
    assert nodes == module._placed(people, steps, ties)
