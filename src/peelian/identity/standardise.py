"""Mentions -> link columns: what of a name, a date, a telephone number and an address two records can be compared by.

Names come out as plain Latin letters in lower case, from any script; missing stays null. Each Python function is called once for
each distinct value, so that a million mentions take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import jellyfish
import polars as pl
from anyascii import anyascii
from nicknames import NickNamer

# What a mention brings; `key` is `feed/key`, the same for every version of one mention.
MENTION = {
    "key": pl.String, "content": pl.String, "feed": pl.String, "reference": pl.String, "role": pl.String, "surname": pl.String,
    "forenames": pl.String, "sex": pl.String, "born_on": pl.Date, "phone": pl.String, "address": pl.String, "postcode": pl.String,
}  # fmt: skip
_TITLES = {"mr", "mrs", "ms", "miss", "dr", "master", "mstr", "rev", "sir", "lady"}
# Short forms of the words that end a street's name (common abbreviations of British addresses; general knowledge).
_STREETS = {
    "road": "rd", "street": "st", "avenue": "ave", "av": "ave", "close": "cl", "lane": "ln", "drive": "dr", "crescent": "cres",
    "gardens": "gdns", "court": "ct", "place": "pl", "terrace": "ter", "grove": "gr", "square": "sq",
}  # fmt: skip


def plain(name: str) -> str:
    """A name in plain Latin letters: lower case, single spaces, no title. ``O'Brien-Łuk`` is ``obrien luk``."""
    text = name if name.isascii() else anyascii(name)
    words = re.sub(r"[^a-z]+", " ", re.sub(r"['`.]", "", text.lower())).split()
    return " ".join([w for w in words if w not in _TITLES] or words)


@cache
def _short_forms() -> NickNamer:
    return NickNamer()


def roots(forename: str) -> list[str]:
    """The names that a forename may stand for, itself among them: ``bob`` may be ``robert``."""
    return sorted({forename, *_short_forms().canonicals_of(forename)})


def sound(surname: str) -> str:
    """How a surname sounds (Metaphone of its words together)."""
    return str(jellyfish.metaphone(surname.replace(" ", "")))


def standardise(mentions: pl.DataFrame) -> pl.DataFrame:
    """The link columns of mentions.

    Parameters
    ----------
    mentions : polars.DataFrame
        Columns `MENTION`, a row a mention. An empty text is the same as a missing one.

    Returns
    -------
    polars.DataFrame
        A row a mention, in the same order: `key`, `content`; `event` (which record of which feed) and `role`; `surname`, `head` (its
        first word), `forename`, `second` (initial of a second forename), `roots` (what the forename may be short for), `names`
        (forename and surname in alphabetical order), `sounds`; `born` (ISO date), `swapped` (with day and month exchanged; null where
        that is no date, or the same), `year`; `sex`; `phone` (E.164); `postcode`, `house` (numbers of
        flat and house), `street`.
    """
    said = mentions.select(
        "key",
        "content",
        "role",
        "sex",
        event=pl.col("feed") + "/" + pl.col("reference"),
        surname=_once(mentions["surname"], plain),
        forenames=_once(mentions["forenames"], plain),
        date="born_on",
        phone=_phone(mentions["phone"]),
        postcode=pl.col("postcode").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", ""),
    ).with_columns(pl.col(pl.String).replace("", None))
    year, month, day = pl.col("date").dt.year(), pl.col("date").dt.month(), pl.col("date").dt.day()
    said = said.with_columns(
        head=pl.col("surname").str.extract(r"^(\S+)"),
        forename=pl.col("forenames").str.extract(r"^(\S+)"),
        second=pl.col("forenames").str.extract(r"^\S+ (\S)"),
        born=pl.col("date").dt.strftime("%Y-%m-%d"),
        swapped=pl.when((day <= 12) & (day != month)).then(pl.date(year, day, month).dt.strftime("%Y-%m-%d")),
        year=year,
        **_homes(mentions["address"]).select("house", "street").to_dict(),
    )
    return said.select(
        "key", "content", "event", "role", "surname", "head", "forename", "second",
        _once(said["forename"], roots, pl.List(pl.String)).alias("roots"),
        pl.when(pl.col("surname") <= pl.col("forename")).then(pl.col("surname") + " " + pl.col("forename"))
        .otherwise(pl.col("forename") + " " + pl.col("surname")).alias("names"),
        _once(said["surname"], sound).alias("sounds"),
        "born", "swapped", "year", "sex", "phone", "postcode", "house", "street",
    )  # fmt: skip


def _once(values: pl.Series, function: Callable[[str], Any], kind: Any = pl.String) -> pl.Series:
    """`function` of every value, called once for each distinct one; null where the value or the result is empty."""
    distinct = values.drop_nulls().unique()
    made = pl.Series([function(v) or None for v in distinct.to_list()], dtype=kind)
    frame = pl.DataFrame({"value": distinct, "made": made})
    return pl.DataFrame({"value": values}).join(frame, on="value", how="left", maintain_order="left")["made"]


def _phone(said: pl.Series) -> pl.Series:
    """Telephone numbers as `things.normalise.phone` writes them; the usual British form takes a way of its own, a hundred times as fast."""
    from .things.normalise import phone  # `things` reads persons, whose names are made plain here

    bare = said.str.replace_all(r"[ ()-]", "")
    alike = [f"0{digit * 10}" for digit in "123456789"]  # no number
    usual = bare.str.contains(r"^0[1-9][0-9]{9}$") & ~bare.is_in(alike)
    rest = pl.DataFrame({"said": said, "usual": usual}).select(pl.when(~pl.col("usual")).then("said")).to_series()
    return ("+44" + bare.str.slice(1)).zip_with(usual.fill_null(False), _once(rest, phone))


def _homes(addresses: pl.Series) -> pl.DataFrame:
    """`house` and `street` of addresses: the part with the last number is its line of the street."""
    distinct = addresses.drop_nulls().unique().to_frame("address")
    plain = pl.col("address").str.to_lowercase().str.replace_all(r"[.']", "")
    line = plain.str.extract(r"([^,]*\d[^,]*)(?:,[^\d]*)?$").fill_null(plain.str.extract(r"^([^,]+)"))
    words = line.str.replace(r"^.*\d[a-z]?\b", "").str.replace_all(r"[^a-z]+", " ").str.strip_chars()
    last = pl.col("words").str.extract(r" (\S+)$")
    read = distinct.with_columns(words=words, house=plain.str.extract_all(r"\d+[a-z]?\b").list.join("/")).select(
        "address",
        pl.col("house").replace("", None),
        street=pl.when(last.is_in(list(_STREETS)))
        .then(pl.col("words").str.replace(r"\S+$", "") + last.replace(_STREETS))
        .otherwise("words")
        .replace("", None),
    )
    return addresses.to_frame("address").join(read, on="address", how="left", maintain_order="left")
