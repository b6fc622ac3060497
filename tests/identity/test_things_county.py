"""Addresses and phones of a made-up county as its agencies write them, against the homes and numbers that are true."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from peelian.county import mentions as county
from peelian.county.addresses import phone_of
from peelian.county.people_view import homes_as_written, phones
from peelian.identity.models import Seen
from peelian.identity.things.normalise import address, addresses, each, phone
from peelian.identity.things.places import same_place

PEOPLE = 3_000


@pytest.fixture(scope="module")
def world():
    return county._world(PEOPLE, 5)


@pytest.fixture(scope="module")
def written(world):
    """Homes written three times each: home, Address, Postcode."""
    home = np.repeat(np.arange(len(world.people.homes.area)), 3)
    told = homes_as_written(world, np.random.default_rng(2), home, np.zeros(len(home), dtype=bool))
    return told.with_columns(home=pl.Series(home))


def pairs(groups):
    return sum(n * (n - 1) // 2 for n in groups)


def test_spellings_with_a_postcode_come_together_and_nothing_else_does(written):
    """The county slips in 2 of 100 addresses; the rest differ in short forms, capitals and the town."""
    both = written.filter(pl.col("Postcode") != "")
    key = addresses(both["Address"], both["Postcode"])["key"]
    true = pairs(Counter(both["home"].to_list()).values())
    joined = Counter(zip(key.to_list(), both["home"].to_list(), strict=True))
    homes_of = Counter(k for k, _ in joined)
    right = pairs(joined.values())
    wrong = sum(pairs([n]) for k, n in Counter(key.to_list()).items() if homes_of[k] > 1)
    assert right / true > 0.95
    assert wrong == 0


def test_reasons_join_what_a_slip_or_a_missing_postcode_parted(world, written):
    """Spellings of one home that both state a postcode, or both a town, against each other and against neighbouring homes."""
    towns = tuple({t.upper() for t in world.ground.town})

    def row(said, code):
        told = address(said, code)
        return Seen(said=said, uprn="", at_postcode=told.at_postcode, at_street=told.at_street, value=told.key)

    told = [
        (home, row(said, code), code != "", said.upper().endswith(towns))
        for said, code, home in written.select("Address", "Postcode", "home").iter_rows()
    ]
    same, other = [], []
    for i in range(0, len(told) - 6, 2):
        home, a, code, town = told[i]
        for home_b, b, code_b, town_b in told[i + 1 : i + 6]:
            if home == home_b and ((code and code_b) or (town and town_b)):
                same.append(bool(same_place(a, b)))
            elif home != home_b:
                other.append(bool(same_place(a, b)))
    assert len(same) > 1_000 and len(other) > 5_000
    assert np.mean(same) > 0.98
    assert not any(other)


def test_numbers_come_together_by_their_subscriber(world):
    person = np.arange(PEOPLE)
    said = phones(world, np.random.default_rng(2), person, np.zeros(PEOPLE, dtype=bool))
    mine = [each(phone_of(world.people, person, line=line), phone) for line in (0, 1)]
    found = each(said, phone)
    assert (found != "").all()
    assert ((found == mine[0]) | (found == mine[1])).all()
