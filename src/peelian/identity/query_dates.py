"""Dates of birth and ages as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    m: n
    for n, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_BORN = r"(?:\b(?:d\.?o\.?b\.?|date of birth|born(?: on| in)?)[: ]*)?"
_YEAR = r"((?:19|20)\d\d|'?\d\d)"
_FORMS = (
    ("ymd", re.compile(_BORN + r"(?<![\w/.-])((?:19|20)\d\d)[-/. ](\d{1,2})[-/. ](\d{1,2})\b", re.I)),
    ("dmy", re.compile(_BORN + r"(?<![\w/.-])(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d|\d\d)\b", re.I)),
    ("dmy", re.compile(_BORN + r"(?<![\w/.-])(\d{1,2}) (\d{1,2}) ((?:19|20)\d\d)\b", re.I)),
    ("dmy", re.compile(_BORN + rf"\b(\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?{_MONTH}\b[ ,.-]*{_YEAR}\b", re.I)),
    ("mdy", re.compile(_BORN + rf"\b{_MONTH}\b[ .]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,]+((?:19|20)\d\d)\b", re.I)),
    ("my", re.compile(_BORN + rf"\b{_MONTH}[ .,-]*((?:19|20)\d\d)\b", re.I)),
    ("my", re.compile(_BORN + r"(?<![\w/.-])(\d{1,2})[/-]((?:19|20)\d\d)\b", re.I)),
    ("dmy", re.compile(_BORN + r"(?<![\w/.-])(\d\d)(\d\d)((?:19|20)\d\d)\b", re.I)),
    ("ymd", re.compile(_BORN + r"(?<![\w/.-])((?:19|20)\d\d)(\d\d)(\d\d)\b", re.I)),
)
_AGES = (
    re.compile(r"\b(?:aged?|about|around|circa|approx(?:imately)?)\.? *(?:aged? *)?(\d{1,3})(?: *(?:-|–|to|or) *(\d{1,3}))?(?: *(?:years?(?: old)?|yrs?|yo))?\b", re.I),
    re.compile(r"\b(\d{1,3})(?: *(?:-|–|to|or) *(\d{1,3}))? *(?:years?(?: old)?|yrs?(?: old)?|yo|y/o)\b", re.I),
    re.compile(r"\b([1-9]0)'?s()\b", re.I),
    re.compile(r"(?<![\w/.-])(\d{2})(?:-|–| to )(\d{2})(?![\w/.-])", re.I),
)  # fmt: skip
_LONE_YEAR = re.compile(_BORN + r"(?<![\w/.-])((?:19|20)\d\d)(?![\w/.-])", re.I)
_LONE_AGE = re.compile(r"(?<![\w/.-])(\d{1,3})(?![\w/.-])")
_ABOUT = re.compile(r"\b(?:about|around|circa|approx)", re.I)
OLDEST = 115


@dataclass(frozen=True)
class Born:
    """When somebody was born: a day, or a span of days, both ends in it. `words` tells how it was understood."""

    first: date
    last: date
    kind: str  # date of birth, year of birth, month of birth, age
    words: str

    @property
    def day(self) -> date | None:
        """The day, where one is known."""
        return self.first if self.first == self.last else None


def dates(text: str, *, on: date) -> tuple[str, Born | None]:
    """Take the first date of birth out of `text`; day before month, as people here write it."""
    for form, pattern in _FORMS:
        for found in pattern.finditer(text):
            parts = dict(zip(form, found.groups(), strict=True))
            born = _born(parts.get("d", ""), parts["m"], parts["y"], on)
            if born is not None:
                return f"{text[: found.start()]} {text[found.end() :]}", born
    return text, None


def ages(text: str, *, on: date) -> tuple[str, Born | None]:
    """Take an age, or a span of ages, out of `text`."""
    for pattern in _AGES:
        found = pattern.search(text)
        if found is None or not 0 <= int(found[1]) <= OLDEST:
            continue
        low = high = int(found[1])
        if found[2]:
            low, high = sorted((low, int(found[2])))
        elif found[2] == "":
            high = low + 9
        elif _ABOUT.match(found[0]):
            low, high = low - 5, high + 5
        if high <= OLDEST + 5:
            return f"{text[: found.start()]} {text[found.end() :]}", _aged(max(low, 0), high, on)
    return text, None


def lone_number(text: str, *, on: date) -> tuple[str, Born | None]:
    """Take a number that stands alone as a year of birth or as an age, where letters stand beside it."""
    if found := _LONE_YEAR.search(text):
        year = int(found[1])
        if on.year - OLDEST <= year <= on.year:
            rest = f"{text[: found.start()]} {text[found.end() :]}"
            return rest, Born(date(year, 1, 1), date(year, 12, 31), "year of birth", str(year))
    found = _LONE_AGE.search(text)
    if found and int(found[1]) <= OLDEST and re.search("[^\\W\\d]", text):
        return f"{text[: found.start()]} {text[found.end() :]}", _aged(int(found[1]), int(found[1]), on)
    return text, None


def _born(day: str, month: str, year: str, on: date) -> Born | None:
    n = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    y = int(year.strip("'"))
    if y < 100:
        y += 2000 if y <= on.year % 100 else 1900
    if not on.year - OLDEST <= y <= on.year:
        return None
    try:
        if not day:
            first = date(y, n, 1)
            last = date(y + n // 12, n % 12 + 1, 1) - timedelta(days=1)
            return Born(first, last, "month of birth", f"{first:%B %Y}")
        told = date(y, n, int(day))
    except ValueError:
        if not day or not 1 <= int(day) <= 12 or not 1 <= n <= 31:
            return None
        told = date(y, int(day), n)  # month before day: there is no such month
    return Born(told, told, "date of birth", f"{told.day} {told:%B %Y}") if told <= on else None


def _aged(low: int, high: int, on: date) -> Born:
    """Born so that the age on `on` lies between `low` and `high`, both in it."""
    words = f"{low}" if low == high else f"{low} to {high}"
    return Born(
        _years_before(on, high + 1) + timedelta(days=1), _years_before(on, low), "age", f"{words} on {on:%-d %B %Y}"
    )


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
