"""What an attacker without the key learns: published attacks, on encodings that fall to them and on those that are shipped.

The figures of docs/explanation/blind-matching.md are those of this file. Surnames are drawn with the frequencies of England and Wales,
households keep one, and all else is a made-up county's; the attacker knows the frequencies exactly.
"""

import csv
import hmac
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.identity.blind_attacks import (
    by_frequency,
    by_known,
    by_likeness,
    by_neighbours,
    by_positions,
    components,
    patterns,
    right,
)

from peelian.county.addresses import address_of
from peelian.county.calendar import Calendar
from peelian.county.making import _found
from peelian.county.names import pools
from peelian.identity.blind.encoding import bigrams, diffused, encode, plain
from peelian.identity.blind.keys import FIELDS, Key, make_key
from peelian.identity.blind.matching import match
from peelian.identity.blind.people import People, name, postcode

SIZE = 4_000
KEY = make_key(
    bytes(range(32)), agreement="x", until=date(2027, 1, 1), on=date(2026, 11, 23), fields=tuple(FIELDS), separate=True
)
OWN = Key(KEY.scheme, bytes(32))  # the attacker's


def filters(people, key=KEY, *, spread=KEY.scheme.spread, **changed):
    key = replace(key, scheme=replace(key.scheme, spread=spread or 1, **changed))
    return np.concatenate(
        [diffused(b, key) if spread else np.packbits(b, axis=1).view(np.uint64) for b in plain(people, key)]
    )


@pytest.fixture(scope="module")
def public(shared):
    """Surnames of England and Wales with their frequencies."""
    with (shared / "data/names-addresses/surnames_england_wales.csv").open(encoding="utf-8") as file:
        return Counter({name(row["surname"]): float(row["percent"]) for row in csv.DictReader(file)})


@pytest.fixture(scope="module")
def many(public):
    """Which surname each of 100,000 people has, and a list of each surname once."""
    share = np.array(list(public.values()))
    drawn = np.random.default_rng(4).choice(len(share), 100_000, p=share / share.sum())
    names = list(public)
    return drawn, People(names, {f: names if f == "surname" else [""] * len(names) for f in FIELDS}, {})


@pytest.fixture(scope="module")
def county(public):
    """Everybody of a county, in no order."""
    world, _ = _found(SIZE, 21, Calendar(1, date(2025, 12, 31)), False, None)
    who, rng = np.random.default_rng(3).permutation(SIZE), np.random.default_rng(4)
    share = np.array(list(public.values()))
    surnames = np.array(list(public))[
        rng.choice(len(share), int(world.people.surname.max()) + 1, p=share / share.sum())
    ]
    home = address_of(world.ground, world.people.homes, world.people.home[who])
    fields = {
        "surname": surnames[world.people.surname[who]].tolist(),
        "forenames": [name(n) for n in pools().forenames.gather(world.people.forename[who])],
        "born_on": pl.Series(world.people.born[who]).cast(pl.Int32).cast(pl.Date).cast(pl.String).to_list(),
        "sex": ["fm"[s] for s in world.people.sex[who]],
        "postcode": [postcode(p) for p in home["postcode"]],
    }
    return People([str(n) for n in who], fields, {})


def some(people, count):
    return People(people.references[:count], {f: v[:count] for f, v in people.fields.items()}, {})


def commonest(values):
    """What guessing the commonest surname for everybody gets right."""
    return Counter(values).most_common(1)[0][1] / len(values)


# A single field falls


@pytest.mark.parametrize(("spread", "reads"), [(0, 0.8), (KEY.scheme.spread, 0.3)])
def test_a_single_field_falls_by_frequency_and_pattern(many, public, spread, reads):
    drawn, names = many
    truth = [names.references[n] for n in drawn]
    encoded = filters(names, spread=spread, hashes={"surname": 10})
    assert right(by_frequency(encoded[drawn], public), truth) > 0.15 > 5 * commonest(truth)
    assert right(by_positions(encoded[drawn], public), truth) > reads
    own = filters(names, OWN, spread=spread, hashes={"surname": 10})
    assert (
        right(by_likeness(encoded[drawn], public, own), truth) > 0.99
    )  # diffused or not: so no field is ever sent alone


# The shipped encoding


def test_frequency_tells_no_more_than_the_commonest_name(county, public):
    truth = county.fields["surname"]
    assert right(by_frequency(filters(county), public), truth) < commonest(truth) + 0.005


def test_patterns_are_found_in_plain_encodings_and_not_in_the_shipped_ones(county):
    assert len(patterns(filters(county, spread=0))) > 5
    assert patterns(filters(county)) == []


def test_what_comes_often_is_hardly_told_by_components(county):
    """Sums of bits still lean a little to the commonest pairs of letters; sex, which half of all share, is keyed so that it does not show."""
    pairs = [
        Counter(p for v in county.fields[f] for p in set(bigrams(v))).most_common(8) for f in ("surname", "forenames")
    ]
    facts = {"sex": [s == "f" for s in county.fields["sex"]]}
    for field, often in zip(("surname", "forenames"), pairs, strict=True):
        facts |= {f"{field} {p}": [p in bigrams(v) for v in county.fields[field]] for p, _ in often}
    told = np.array(list(facts.values()), float).T
    bare, shipped = components(filters(county, spread=0), told), components(filters(county), told)
    assert bare.max() > 0.5
    assert shipped[0] < 0.1 and shipped.max() < 0.25


def test_likeness_to_others_gives_away_few_even_to_who_knows_everybody(county):
    people = some(county, 2_000)
    found = {
        s: (by_neighbours(filters(people, spread=s), filters(people, OWN, spread=s)) == np.arange(2_000)).mean()
        for s in (0, KEY.scheme.spread)
    }
    assert found[0] > 0.02 and found[KEY.scheme.spread] < 0.01


def test_who_knows_one_in_twenty_reads_surnames_of_relatives(county):
    """What remains: likeness is kept, so that a known person tells of those who share surname and home. Salting ends it."""
    truth, known = county.fields["surname"], np.arange(SIZE // 20)
    guesses, others = by_known(filters(county), known, truth)
    assert commonest(truth) < right(guesses, others) < 0.08
    salted, others = by_known(filters(county, salt="year"), known, truth)
    assert right(salted, others) < commonest(truth) + 0.02


def test_tags_of_separate_fields_cannot_be_counted(county, public):
    truth = county.fields["surname"]
    tags = encode(county, KEY, rng=np.random.default_rng(1))[0].tags["surname"]
    order = np.random.default_rng(1).permutation(SIZE)
    assert right(by_frequency(tags[:, None], public), [truth[n] for n in order]) < commonest(truth) + 0.005
    countable = np.array(
        [[int.from_bytes(hmac.digest(KEY.secret, s.encode(), "sha512")[:8], "big")] for s in truth], np.uint64
    )
    assert right(by_frequency(countable, Counter(truth)), truth) > 0.3  # the same without the date of birth


# The key leaks


def test_with_the_key_everybody_on_a_list_is_found(county):
    """The dictionary attack: no encoding withstands who has the key, so the side that matches must not."""
    rng = np.random.default_rng(6)
    stolen, references = encode(some(county, 1_000), KEY, rng=rng)
    roll, of_roll = encode(county, KEY, rng=rng)
    owner, listed = dict(zip(stolen.numbers, references, strict=True)), dict(zip(roll.numbers, of_roll, strict=True))
    hits = match(stolen, roll, threshold=0.999)
    assert {owner[a] for a, b in zip(hits.first, hits.second, strict=True) if owner[a] == listed[b]} == set(references)
