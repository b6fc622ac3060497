"""One way of writing a phone, a plate, an e-mail address, a device and a postcode; '' for what is none.

Addresses have their own module and are given here as well. Each rule is a pure function of the text; a column of millions
goes through `each`, which asks a rule once for each distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import phonenumbers
import polars as pl

from .addresses import Address, address, addresses
from .postcodes import postcode

__all__ = ["Address", "address", "addresses", "device", "each", "email", "phone", "plate", "plates_like", "postcode"]

_BETWEEN_PHONES = re.compile(r"[/;,|\n]|\bor\b|\band\b", re.IGNORECASE)
_USUAL = re.compile(r"(?:\+44|0)([1-9]\d{9})")  # every number of ten figures is possible in Britain
_EXTENSION = re.compile(r"(?:\bext(?:ension)?\b|\bx(?=\s*\d)|#).*", re.IGNORECASE)
_IN_PHONE = re.compile(r"[+\d][\d\s().\-\u2010-\u2015]*")
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
# Marks of Great Britain and Northern Ireland by generation (DVLA INF104; secondary evidence): L letter, 9 figure.
_MARKS = (
    "LL99LLL",  # since September 2001
    *("L" + "9" * n + "LLL" for n in (1, 2, 3)),  # 1983 to 2001, and Q
    *("LLL" + "9" * n + "L" for n in (1, 2, 3)),  # 1963 to 1983
    *("L" * a + "9" * n for a in (1, 2, 3) for n in (1, 2, 3, 4)),  # before 1963, Northern Ireland
    *("9" * n + "L" * a for a in (1, 2, 3) for n in (1, 2, 3, 4) if a + n < 7),
    "999L999",  # diplomats: D or X
    "99LL99",  # the armed forces
)
_AS_LETTER, _AS_FIGURE = str.maketrans("01", "OI"), str.maketrans("OI", "01")
_NO_PLATE = re.compile(r"[^A-Z0-9]")
_FOREIGN = re.compile(r"(?=.*[A-Z])(?=.*\d.*\d)[A-Z0-9]{4,9}")
_UK_NETWORKS = ("234", "235")  # mobile country codes of the United Kingdom (ITU-T E.212)


def phone(text: str) -> str:
    """Return a telephone number in E.164 (`+447700900123`), or '' where `text` holds none.

    A number without a country code is British. Of several in one cell the first counts; extensions and words beside it do not.
    A number need only be possible, not allocated: ranges kept for drama are numbers too.
    """
    usual = _USUAL.fullmatch(text.replace(" ", ""))
    if usual and usual[1].isascii():
        return f"+44{usual[1]}" if len(set(usual[1])) > 1 else ""
    for part in _BETWEEN_PHONES.split(text):
        for said in _IN_PHONE.findall(_EXTENSION.sub("", part)):
            try:
                number = phonenumbers.parse(said.replace("(0)", ""), "GB")
            except phonenumbers.NumberParseException:
                continue
            whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
            if whole and len(set(str(number.national_number))) > 1:
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


def plate(text: str) -> str:
    """Return a registration mark in capitals without blanks (`AB51ABC`), or '' where `text` is none.

    Where the text is no British mark but would be with O for 0 or I for 1 (or the reverse) in their places, it is read so. A mark
    of another country is kept as it stands if it has four to nine letters and figures, at least two of them figures.
    """
    bare = _NO_PLATE.sub("", text.upper())
    for shape in _MARKS:
        if _shape(bare) == shape:
            return bare
    read = _read_as_marks(bare)
    if read:
        return read[0]
    return bare if _FOREIGN.fullmatch(bare) and len(bare) >= len(text.strip()) - 3 else ""


def plates_like(text: str) -> list[str]:
    """Return every mark that `text` may stand for when O and 0, I and 1 are confused: the search key of a plate.

    The mark as `plate` reads it comes first; the list is empty where `text` is none.
    """
    first = plate(text)
    if not first:
        return []
    swaps = [{"O": "O0", "0": "0O", "I": "I1", "1": "1I"}.get(c, c) for c in first]
    others = ("".join(way) for way in product(*swaps))
    return [first, *sorted(o for o in others if o != first and _shape(o) in _MARKS)]


def _shape(bare: str) -> str:
    return "".join("9" if c.isdigit() else "L" for c in bare)


def _read_as_marks(bare: str) -> list[str]:
    """British marks that `bare` is with O, 0, I and 1 read as their places ask, newest kind first."""
    found = []
    for shape in _MARKS:
        if len(shape) == len(bare):
            as_read = "".join(
                c.translate(_AS_FIGURE if place == "9" else _AS_LETTER) for c, place in zip(bare, shape, strict=True)
            )
            if _shape(as_read) == shape:
                found.append(as_read)
    return found


def email(text: str) -> str:
    """Return an e-mail address in lower case, or '' where `text` holds none.

    Google ignores dots before the @ and what follows a plus sign, and calls gmail.com googlemail.com too (its help pages,
    general knowledge); other providers' addresses are kept as they stand.
    """
    found = _EMAIL.search(text.lower())
    if not found:
        return ""
    box, _, host = found[0].partition("@")
    box = box.strip(".'")
    if host in ("gmail.com", "googlemail.com"):
        box, host = box.split("+")[0].replace(".", ""), "gmail.com"
    return f"{box}@{host}" if box else ""


def device(text: str) -> str:
    """Return `imei:` with 15 digits, `imsi:` with 15, `serial:` with letters and figures, or ''.

    An IMEI of 15 digits must pass its check digit (3GPP TS 23.003, annex B: Luhn); 14 digits are given theirs, and of 16
    (IMEISV) the software version is replaced by it. Fifteen digits are an IMSI if the text says so or they begin with a British
    network's country code. A serial number is one word of letters and at least three figures, or has "serial" before it.
    """
    said = text.lower()
    figures = re.sub(r"[\s\-/.]", "", re.sub(r"imei(?:sv)?|imsi|[:#]|\bno\b|number", "", said))
    if figures.isascii() and figures.isdigit() and len(set(figures)) > 1:
        if len(figures) == 15 and "imei" not in said and ("imsi" in said or figures.startswith(_UK_NETWORKS)):
            return f"imsi:{figures}"
        body = figures[:14]
        if len(figures) in (14, 16) or (len(figures) == 15 and figures[14] == _luhn(body)):
            return f"imei:{body}{_luhn(body)}"
    label = re.match(r"\s*(?:serial(?:\s*(?:no|number))?|s/n|sn)\b[\s.:#]*", said)
    bare = re.sub(r"[\s\-/]", "", said[label.end() :] if label else said).upper()
    mixed = re.fullmatch(r"(?=.*[A-Z])(?=(?:.*\d){3})[A-Z0-9]{6,20}", bare) and " " not in text.strip()
    named = label and re.fullmatch(r"(?=.*\d)[A-Z0-9]{4,20}", bare)
    return f"serial:{bare}" if mixed or named else ""


def _luhn(body: str) -> str:
    """The check digit of `body`."""
    total = 0
    for i, c in enumerate(reversed(body)):
        doubled = int(c) * (2 if i % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def each(values: pl.Series, rule: Callable[[str], str]) -> pl.Series:
    """Return `rule` of every value, worked out once for each distinct one; null counts as ''."""
    values = values.fill_null("").alias("said")
    distinct = values.unique()
    ruled = pl.DataFrame({"said": distinct, "value": pl.Series([rule(v) for v in distinct.to_list()], dtype=pl.String)})
    return values.to_frame().join(ruled, on="said", how="left", maintain_order="left")["value"].alias(values.name)
