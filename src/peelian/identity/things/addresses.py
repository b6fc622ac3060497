"""Addresses as people type them, taken apart into flat, number, street and place, and written in one way.

There is no gazetteer in it: where a postcode is known, number, street and postcode name the place and the town is noise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl
from anyascii import anyascii

from .postcodes import SHAPE, postcode

# Words of a street's name in their short forms (Royal Mail's common abbreviations: general knowledge).
SHORT = {
    "rd": "road", "str": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "cl": "close", "clo": "close",
    "dr": "drive", "drv": "drive", "cres": "crescent", "cresc": "crescent", "crs": "crescent", "gdns": "gardens",
    "gdn": "gardens", "grdns": "gardens", "ct": "court", "crt": "court", "terr": "terrace", "ter": "terrace", "tce": "terrace",
    "pl": "place", "gr": "grove", "gro": "grove", "grv": "grove", "sq": "square", "pk": "park", "ms": "mews", "wy": "way", "hl": "hill",
    "grn": "green", "wlk": "walk", "blvd": "boulevard", "est": "estate", "pde": "parade", "hse": "house", "bldg": "building",
    "bldgs": "buildings", "ldg": "lodge", "ctg": "cottage", "nr": "near", "nth": "north", "sth": "south", "upr": "upper", "lwr": "lower",
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth",
}  # fmt: skip
# Words with which a street's name ends. The second kind are names of towns too: they end one only as the last word.
ENDINGS = frozenset((
    "road", "street", "avenue", "lane", "close", "drive", "crescent", "gardens", "court", "terrace", "place", "grove",
    "square", "mews", "way", "walk", "boulevard", "parade", "chase", "row", "hill", "rise", "broadway", "esplanade",
    "causeway",
))  # fmt: skip
_WEAK = frozenset((
    "green", "park", "view", "end", "field", "fields", "mead", "meadow", "vale", "croft", "gate", "wood", "heath",
    "common", "cross", "north", "south", "east", "west",
))  # fmt: skip
_HOUSES = frozenset((
    "house", "lodge", "cottage", "court", "tower", "towers", "building", "buildings", "mansions", "hotel", "hostel",
    "home",
))  # fmt: skip

_UPRN = re.compile(r"\buprn\b[\s:.#]*(\d{1,12})\b")  # at most 12 digits (BS 7666)
_FLOOR = re.compile(
    r"\b(basement|ground|first|second|third|fourth|top|1st|2nd|3rd|4th) floor(?: flat)?\b|\b(basement|garden|top) flat\b|\b(gff|fff|tff)\b"
)
_FLOORS = {
    "gff": "ground",
    "fff": "first",
    "tff": "top",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
}
_FLAT = re.compile(
    r"\b(?:flat|flt|apartment|apt|appartment|room|rm|unit|bedsit|studio|suite)\s*(?:number |no )?(\d+\s?[a-z]?|[a-z]|basement|ground|first|second|third|fourth|top|garden)\b(?! ?/)"
)
_NUMBER = r"\d+(?:\s?[a-z])?(?:\s?[-/]\s?\d+[a-z]?)?"
_FIRST = re.compile(rf"^(?:number |no )?({_NUMBER})(?:\s+(.*))?$")
_INSIDE = re.compile(rf"^(\D+?) ({_NUMBER}) (\D.*)$")
_LAST = re.compile(rf"^(\D+?) ({_NUMBER})$")
_COUNTRIES = frozenset(
    ("uk", "united kingdom", "gb", "great britain", "england", "wales", "scotland", "northern ireland")
)


@dataclass(frozen=True)
class Address:
    """An address taken apart; every part is in lower case but the postcode, and '' where the text gives none."""

    number: str  # of the house, such as 14, 14a or 12-14
    street: str
    locality: str
    postcode: str
    uprn: str
    flat: str = ""
    building: str = ""  # the name of a house or a firm

    @property
    def key(self) -> str:
        """The one way of writing it: two addresses with one key are one place. '' for a street or a town alone."""
        door = self.number or self.building
        if not door or not (self.postcode or len(self.street) > 2) or (self.number and len(self.street) < 3):
            return ""
        flat = f"flat {self.flat}" if self.flat else ""
        first = f"{door} {self.street}".rstrip() if self.number else f"{door}, {self.street}".rstrip(", ")
        return ", ".join(filter(None, (flat, first, self.postcode or self.locality)))

    @property
    def at_postcode(self) -> str:
        """Flat, number and postcode, '' without a postcode: by it one place is found under another way of writing its street."""
        return f"{self.flat}/{self.number or self.building}/{self.postcode}" if self.key and self.postcode else ""

    @property
    def at_street(self) -> str:
        """Flat, number and street, '' without a street: by it one place is found under another or no postcode."""
        return f"{self.flat}/{self.number or self.building}/{self.street}" if self.key and self.street else ""


def address(text: str, code: str = "") -> Address:
    """Take an address apart.

    Parameters
    ----------
    text : str
        As it was typed: `Flat 2, 14 Mill Rd`, `14a MILL ROAD CHELMSFORD CM1 1AA`, `Oak House, Mill Road`.
    code : str, optional
        Its postcode, where it stands apart; else the one in the text.

    Returns
    -------
    Address
        Of empty parts where the text is no address. The same for what `Address.key` gives as for the text itself.
    """
    plain = anyascii(text).lower().replace("'", "").replace("&", " and ").replace("no.", "no ").replace("#", " no ")
    uprn = _UPRN.search(plain)
    plain = _UPRN.sub(" ", plain)
    inside = re.search(rf"\b{SHAPE}\b", plain.upper())
    if inside:
        plain = plain[: inside.start()] + "," + plain[inside.end() :]
    parts = [" ".join(re.sub(r"[^a-z0-9/ -]", " ", part).split()) for part in re.split(r"[,;\n\r|]", plain)]
    flat, parts = _flat([part for part in parts if part and part not in _COUNTRIES])
    number, building, street, rest = _door([_words(part) for part in parts])
    street, beside = _street(street)
    locality = beside or next(iter(rest), "")
    return Address(
        number, street, locality, postcode(code) or postcode(inside[0] if inside else ""), uprn[1].lstrip("0") if uprn else "", flat, building
    )  # fmt: skip


def _flat(parts: list[str]) -> tuple[str, list[str]]:
    """The flat, and the parts without it."""
    for pattern in (_FLAT, _FLOOR):
        for i, part in enumerate(parts):
            found = pattern.search(part)
            if found:
                said = next(g for g in found.groups() if g).replace(" ", "")
                left = [part[: found.start()].strip(" -/"), part[found.end() :].strip(" -/")]
                return _FLOORS.get(said, said), [*parts[:i], *(p for p in left if p), *parts[i + 1 :]]
    return "", parts


def _words(part: str) -> str:
    """A part with its words in full; `st` is a saint at the beginning or before a street's ending, else a street."""
    words = [SHORT.get(word, word) for word in part.split()]
    first = next((i for i, word in enumerate(words) if not re.fullmatch(_NUMBER, word)), 0)
    for i, word in enumerate(words):
        if word == "st":
            saint = i + 1 < len(words) and (i == first or not ENDINGS.isdisjoint(words[i + 1 :]))
            words[i] = "saint" if saint else "street"
    return " ".join(words)


def _door(parts: list[str]) -> tuple[str, str, str, list[str]]:
    """Number, building, street as said, and the parts after them."""
    for i, part in enumerate(parts):
        building = parts[i - 1] if i else ""
        if found := _FIRST.match(part):
            number = re.sub(r"\s", "", found[1])
            if found[2]:
                return number, building, found[2], parts[i + 1 :]
            return number, building, *(_next(parts[i + 1 :]))
        found = _INSIDE.match(part)
        if found and _ends_street(found[3]):
            return re.sub(r"\s", "", found[2]), found[1], found[3], parts[i + 1 :]
        found = _LAST.match(part)
        if found and _ends_street(found[1]):
            return re.sub(r"\s", "", found[2]), building, found[1], parts[i + 1 :]
    if not parts:
        return "", "", "", []
    if len(parts) > 1 and (not _ends_street(parts[0]) or _ends_house(parts[0])):
        return "", parts[0], *(_next(parts[1:]))
    return ("", parts[0], "", []) if _ends_house(parts[0]) else ("", "", parts[0], parts[1:])


def _next(parts: list[str]) -> tuple[str, list[str]]:
    return (parts[0], parts[1:]) if parts else ("", [])


def _ends_street(said: str) -> bool:
    words = said.split()
    return not ENDINGS.isdisjoint(words) or (bool(words) and words[-1] in _WEAK)


def _ends_house(said: str) -> bool:
    return said.split()[-1] in _HOUSES


def _street(said: str) -> tuple[str, str]:
    """The street, and the town that was written behind it without a comma."""
    words = said.split()
    last = max((i for i, word in enumerate(words) if word in ENDINGS and i), default=len(words) - 1)
    return " ".join(words[: last + 1]), " ".join(words[last + 1 :])


def addresses(text: pl.Series, code: pl.Series) -> pl.DataFrame:
    """Take a column of addresses apart, each distinct (text, postcode) once.

    Returns
    -------
    polars.DataFrame
        Columns number, street, locality, postcode, uprn, flat, building, key, at_postcode and at_street, a row for each of `text`.
    """
    said = pl.DataFrame({"text": text.fill_null(""), "code": code.fill_null("")})
    distinct = said.unique()
    apart = [address(t, c) for t, c in distinct.iter_rows()]
    names = ("number", "street", "locality", "postcode", "uprn", "flat", "building", "key", "at_postcode", "at_street")
    columns = [pl.Series(name, [getattr(a, name) for a in apart], dtype=pl.String) for name in names]
    return said.join(distinct.with_columns(columns), on=["text", "code"], how="left", maintain_order="left").select(
        names
    )
