"""What a person typed into the one box of the search: names, dates, ages, phones, plates, postcodes, addresses, references.

Each kind of word is taken out of the text in turn, the surest first; what is left are names. The parser tells how it
understood the words, so that a reader sees at once where it did not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .query_dates import Born, ages, dates, lone_number
from .standardise import plain
from .things import normalise

MOST_WORDS = 300  # characters; nobody's particulars are longer

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.-])(?:\+\s*\d{1,3}|00\d{2}|\(?0\d{2,4}\)?|7\d{3})[\d ()-]{5,}")
_PLATE = re.compile(
    r"\b(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} [A-Z]{3}|[A-Z]\d{2,3}[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b", re.I
)
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.I)
_WAYS = (
    "road|rd|street|st|avenue|ave|lane|ln|close|drive|way|court|crescent|place|terrace|gardens|green|hill|square|park|view"
    "|walk|row|mews|grove|rise|end|parade|gate|chase|mead|field|fields|rd|path|wharf|quay|broadway"
)
_ADDRESS = re.compile(
    rf"(?:\b(?:flat|apartment|unit|room) ?\w{{1,4}},? +)?\b\d{{1,4}}[a-z]?,? +(?:[a-z'’-]+ +){{1,3}}?(?:{_WAYS})\b\.?",
    re.I,
)
_DEVICE = re.compile(r"(?:\b(?:imei|imsi)\b[ :#]*)?\b\d{15}\b", re.I)
_REF = re.compile(r"\b[a-z2-7]{24}\b")
_REFERENCE = re.compile(r"(?<![\w/.-])(?=[^\s,;]*\d)[A-Za-z0-9][A-Za-z0-9/_.-]{2,79}(?![\w/-])")


@dataclass
class Asked:
    """The words as understood. `names` are plain Latin letters in the order typed; `surname` is set where a comma tells it."""

    names: list[str] = field(default_factory=list)
    surname: str = ""
    born: Born | None = None
    phones: list[str] = field(default_factory=list)
    plates: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    postcodes: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)

    @property
    def understood(self) -> list[tuple[str, str]]:
        """(kind, words) of each thing that was asked for."""
        told = [("name", " ".join(self.names))] if self.names else []
        if self.surname:
            told = [("surname", self.surname), ("forenames", " ".join(self.names[len(self.surname.split()) :]))]
        if self.born:
            told.append((self.born.kind, self.born.words))
        lists = {
            "phone": self.phones, "number plate": self.plates, "e-mail address": self.emails, "device": self.devices, "address": self.addresses,
            "postcode": self.postcodes, "reference": self.references, "person's address here": self.refs,
        }  # fmt: skip
        return [(k, w) for k, w in told if w] + [(kind, word) for kind, words in lists.items() for word in words]

    @property
    def kinds(self) -> list[str]:
        """Which kinds of word were asked, for the log: it never holds the words themselves."""
        return sorted({kind for kind, _ in self.understood})


def read_words(words: str, *, on: date) -> Asked:
    """Read what was typed.

    Parameters
    ----------
    words : str
        Any mix of particulars, in any order; what is beyond `MOST_WORDS` characters is left out.
    on : date
        The day of the search; ages count back from it.
    """
    text = " ".join(unicodedata.normalize("NFKC", words[:MOST_WORDS]).replace("’", "'").split())
    asked = Asked()
    text = _take(_REF, text, lambda found: _kept(asked.refs, found[0]))
    text = _take(_EMAIL, text, lambda found: _kept(asked.emails, normalise.email(found[0])))
    text = _take(_DEVICE, text, lambda found: _kept(asked.devices, normalise.device(found[0])))
    text = _phones(text, asked)
    text, born = dates(text, on=on)
    text = _take(_ADDRESS, text, lambda found: _kept(asked.addresses, found[0].strip(" .,")))
    text = _take(_PLATE, text, lambda found: _kept(asked.plates, normalise.plate(found[0])))
    text = _take(_POSTCODE, text, lambda found: _kept(asked.postcodes, normalise.postcode(found[0])))
    if born is None:
        text, born = ages(text, on=on)
    text = _take(_REFERENCE, text, lambda found: not found[0].isdigit() and _kept(asked.references, found[0]))
    if born is None:
        text, born = lone_number(text, on=on)
    text = _take(_REFERENCE, text, lambda found: _kept(asked.references, found[0]))
    asked.born = born
    before, comma, after = text.partition(",")
    surname = plain(before) if comma else ""
    asked.names = plain(f"{before} {after}").split()
    if surname and plain(after):
        asked.surname = surname
    return asked


def _kept(held: list[str], value: str) -> bool:
    """Put `value` with the others; False where it is empty, so that the words stay for another kind."""
    if value and value not in held:
        held.append(value)
    return bool(value)


def _take(pattern: re.Pattern[str], text: str, use: Callable[[re.Match[str]], bool]) -> str:
    """`text` without the matches that `use` took."""
    return pattern.sub(lambda found: " " if use(found) else found[0], text)


def _phones(text: str, asked: Asked) -> str:
    """Take out telephone numbers: of ten or eleven digits from a nought, or of ten to fifteen with a country's code."""

    def use(found: re.Match[str]) -> str:
        most = 15 if found[0][0] == "+" or found[0].startswith("00") else 11
        if found[0].replace(" ", "").startswith(("+44", "0044")):
            most = 12 if found[0][0] == "+" else 14
        kept, digits, end = [], 0, 0
        for place, letter in enumerate(found[0]):
            if letter.isdigit():
                digits += 1
                kept.append(letter)
            if digits == most:
                end = place + 1
                break
        end = end or len(found[0])
        if digits < 10 or found[0][end : end + 1].isdigit():
            return found[0]
        number = normalise.phone(("+" if found[0][0] == "+" else "") + "".join(kept))
        if not number:
            return found[0]
        asked.phones.append(number)
        return " " + found[0][end:]

    return _PHONE.sub(use, text)
