"""Link columns: equal where records mean the same, null where nothing is said."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.identity.standardise import MENTION, plain, roots, standardise
from peelian.identity.things.normalise import phone


def one(**said):
    row = {**dict.fromkeys(MENTION), "key": "f/1", "feed": "f", "reference": "1", **said}
    return standardise(pl.DataFrame([row], schema=MENTION)).row(0, named=True)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("O'Brien", "obrien"),
        ("Łukasiewicz", "lukasiewicz"),
        ("Ştefănescu-Popa", "stefanescu popa"),
        ("Мария", "mariya"),
        ("MRS  SMITH", "smith"),
        ("Mr", "mr"),
        ("José  María", "jose maria"),
    ],
)
def test_names_come_out_in_plain_latin_letters(name, letters):
    """Transliterations are those of the library anyascii; a title alone is kept, since it may be a name."""
    assert plain(name) == letters


@given(st.text(max_size=30))
def test_plain_names_stay_as_they_are(name):
    assert plain(plain(name)) == plain(name)
    assert set(plain(name)) <= set("abcdefghijklmnopqrstuvwxyz ")


def test_a_short_form_shares_a_root_with_the_long_one():
    assert set(roots("bill")) & set(roots("william"))
    assert set(roots("liz")) & set(roots("elizabeth"))
    assert not set(roots("susan")) & set(roots("elizabeth"))


def test_what_is_not_said_stays_null():
    row = one(surname="", forenames="", phone="", address="", postcode="", sex="")
    assert {k: v for k, v in row.items() if k not in ("key", "event")} == dict.fromkeys(set(row) - {"key", "event"})


@pytest.mark.parametrize(
    ("address", "house", "street"),
    [
        ("12 High Street, Cornminster", "12", "high st"),
        ("12 HIGH ST", "12", "high st"),
        ("Flat 3, 12 High St., Cornminster", "3/12", "high st"),
        ("Alder Lodge Care Home, 9a Mill Lane", "9a", "mill ln"),
        ("Rose Cottage, Mill Lane", None, "rose cottage"),
        ("no fixed abode", None, "no fixed abode"),
    ],
)
def test_an_address_is_read_into_numbers_and_street(address, house, street):
    row = one(address=address)
    assert (row["house"], row["street"]) == (house, street)


def test_days_and_months_are_exchanged_only_where_that_is_another_date():
    assert one(born_on=date(1990, 3, 4))["swapped"] == "1990-04-03"
    assert one(born_on=date(1990, 3, 3))["swapped"] is None
    assert one(born_on=date(1990, 3, 13))["swapped"] is None


def test_names_are_the_same_whichever_stands_first():
    assert one(surname="Adam", forenames="Paul")["names"] == one(surname="PAUL", forenames="Adam")["names"]


@given(
    st.one_of(
        st.from_regex(r"(\+44 ?|0|0044)?(\(0\))?[1-9][0-9 ()-]{6,12}", fullmatch=True),
        st.from_regex(r"0[1-9]\d{9}", fullmatch=True),
        st.from_regex(r"0(\d)\1{9}", fullmatch=True),
        st.text("0123456789+() -x/", max_size=16),
    )
)
def test_the_quick_way_reads_a_telephone_number_as_the_slow_one_does(said):
    assert one(phone=said)["phone"] == (phone(said) or None)
