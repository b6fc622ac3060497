"""How a report says its grade: a line of its own, or the first sentence under the question; and what only sounds like one.

"Good plans" is no grade, nor is a grade for a part of a question, nor the grade of an earlier year. Where none is stated, none is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from .report_lines import Line, plain, sentences

_GRADE = r"(?P<grade>outstanding|good|adequate|requires improvement|inadequate)"
_SUBJECT = r"(?:the force|the constabulary|the service|[A-Z][\w’'. &-]{1,60}?)"
_START = rf"^(?:we found that |by its own assessment,? )?(?P<subject>{_SUBJECT})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_START} (?:is|remains|has been (?:assessed|judged|graded) as|is (?:assessed|judged|graded) (?:as|to be)) {_GRADE} (?:at|in respect of|in|with) (?P<object>.+)",
        rf"{_START} requires improvement (?:at|in respect of|in|with) (?P<object>.+)",
        rf"{_START} (?:is|has been) (?:judged|assessed) (?:to require|as requires) improvement (?:at|in respect of|in|with) (?P<object>.+)",
        rf"{_START}['’]s? (?:approach to|effectiveness (?:at|in)) (?P<object>.+?) (?:is {_GRADE}|requires improvement)[.]?$",
        rf"^(?P<subject>the extent to which {_SUBJECT} is effective) (?:at|in) (?P<object>.+?) (?:is:? {_GRADE}|requires improvement)[.]?$",
    )
)
_ALONE = re.compile(rf"^(?:{_GRADE}|ungraded|to be graded|not yet graded|not being graded)$", re.IGNORECASE)
_EARLIER = re.compile(
    rf"\b(?P<year>20\d\d)\b[^.]{{0,80}}?\b(?:graded|judged|assessed)\b[^.]{{0,50}}?\b(?:as|to be) {_GRADE}\b",
    re.IGNORECASE,
)
_CARRIED = re.compile(r"judg(?:e)?ment from the (20\d\d)[^.]* carried over", re.IGNORECASE)
_NOT_INSPECTED = re.compile(r"this question was not inspected in (20\d\d)\b", re.IGNORECASE)
_EARLIER_AFI = re.compile(r"had an area for improvement in our (20\d\d)", re.IGNORECASE)
# What a question asks only in part, by the words of its diagnostics: a grade for one of these is not the question's.
PARTS = {
    "prevention": ("understanding", "analysing", "engaging", "problem solving"),
    "investigation": ("initial", "subsequent", "digital", "keeping victims", "catching", "identifying"),
    "vulnerability": ("identifying", "missing", "initial", "domestic abuse", "assessing", "investigating"),
    "organised_crime": ("understanding", "assessing", "identifying", "intelligence"),
    "specialist": (),
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A grade as it was found: none where none is stated, with where it was looked for and the words."""

    grade: str | None
    source: str
    words: str = ""
    line: int = 0


@dataclass(frozen=True)
class Partial:
    """A grade for a part of a question, which is not the question's."""

    grade: str
    of: str
    line: int


def alone(line: Line) -> str:
    """The grade that a line is, or ``ungraded`` and the like; empty for any other line."""
    return line.text.lower() if not line.bullet and _ALONE.match(line.text) else ""


def stated(text: str) -> tuple[str, str] | None:
    """The grade and its object, where a sentence states one for the force itself.

    Examples
    --------
    >>> stated("Essex Police is good at tackling serious and organised crime.")
    ('good', 'tackling serious and organised crime')
    >>> stated("Essex Police has good plans to mobilise.")
    >>> stated("The force's approach to investigating crime requires improvement.")
    ('requires improvement', 'investigating crime')
    """
    for pattern in _PATTERNS:
        if found := pattern.match(text.strip()):
            grade = found.groupdict().get("grade") or "requires improvement"
            return grade.lower(), found["object"].strip(" .")
    return None


def is_part(key: str, object_: str, heading: str) -> bool:
    """Whether the object is narrower than the question: a part of it by name, and not the heading's own words."""
    told = plain(object_)
    return fuzz.token_set_ratio(told, plain(heading)) < 90 and any(
        re.search(rf"\b{plain(word)}", told) for word in PARTS.get(key, ())
    )


def sentence_grade(key: str, heading: str, narrative: list[Line]) -> tuple[Judged | None, list[Partial]]:
    """The grade of the first sentence under a question, if it is the whole question's; and grades for parts of it."""
    whole, parts = None, []
    first = True
    for line in narrative:
        for said in sentences(line.text):
            told = stated(said)
            if told is not None and first and not is_part(key, told[1], heading):
                whole = Judged(told[0], "sentence", said, line.n)
            elif told is not None and said != (whole.words if whole else ""):
                parts.append(Partial(told[0], told[1], line.n))
            first = False
    return whole, parts


def earlier(narrative: list[Line], year: str) -> list[tuple[str, str]]:
    """Grades of earlier years that are named in passing: (year, grade)."""
    found = [(m["year"], m["grade"].lower()) for line in narrative for m in _EARLIER.finditer(line.text)]
    return [(when, grade) for when, grade in found if when < year[:4]]


def carried_over(narrative: list[Line]) -> str:
    """The year from which the judgement was carried over; empty where it was not."""
    return next((m[1] for line in narrative if (m := _CARRIED.search(line.text))), "")


def not_inspected(narrative: list[Line]) -> str:
    """The year whose findings still stand, where the question was not inspected."""
    found = next((m[1] for line in narrative if (m := _NOT_INSPECTED.search(line.text))), "")
    return str(int(found) - 1) if found else ""


def earlier_afis(narrative: list[Line]) -> list[tuple[str, str]]:
    """Areas for improvement of an earlier year that the text retells: (year, what it was); they are no new ones."""
    found = []
    for line in narrative:
        said = sentences(line.text)
        for at, sentence in enumerate(said):
            if m := _EARLIER_AFI.search(sentence):
                found.append((m[1], said[at + 1] if at + 1 < len(said) else sentence))
    return found
