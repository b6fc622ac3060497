"""The lines of a report's page: what is text, what is a bullet, and what the website left in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peelian.core.errors import PeelianError

_BULLET = re.compile(r"^[-•*–]\s+")
_DEBRIS = ("skip to content", "print this document", "contents", "download the full report", "(pdf document)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z‘“'\"])")
MOST = 400_000  # characters; the longest page of a pillar has some 100,000


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something: its number in the file, its text without the bullet, and whether it had one."""

    n: int
    text: str
    bullet: bool = False


def damaged(found: str, where: str = "", fix: str = "take the page again from where it was published") -> PeelianError:
    """The refusal of a page that is not whole."""
    return PeelianError(
        "this page is not whole, so it is not read", where=where, found=found,
        matters="areas for improvement or grades could be lost, or put under the wrong question", fix=fix, id="peelian.E771",
    )  # fmt: skip


def foreign(found: str, fix: str = "give the page of one force, one year, on effectiveness") -> PeelianError:
    """The refusal of a page of another kind."""
    return PeelianError(
        "this is no report that can be read in", found=found, matters="it has no questions that could be filed", fix=fix,
        id="peelian.E770",
    )  # fmt: skip


def lines(text: str) -> list[Line]:
    """Lines that hold text; without byte-order mark, blank lines and what the website adds.

    Raises
    ------
    PeelianError
        ``peelian.E770`` for what is no text.
    """
    if len(text) > MOST:
        raise foreign(f"{len(text):,} characters", f"give one page of at most {MOST:,} characters")
    if "\0" in text or "\ufffd" in text:
        raise foreign("bytes that are no text", "save the page as text (UTF-8)")
    found = []
    for n, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        told = " ".join(raw.split())
        if told and told.lower() not in _DEBRIS:
            bare = _BULLET.sub("", told)
            found.append(Line(n, bare, bare != told))
    return found


def full_form(text: str) -> bool:
    """Whether the page came with the website's own lines: there, grades stand on lines of their own."""
    return text.lstrip("\ufeff \n").lower().startswith("skip to content") or "\n\n" in text.strip()


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph.

    Examples
    --------
    >>> sentences("It is good. It should go on.")
    ['It is good.', 'It should go on.']
    """
    return _SENTENCE.split(text)


def plain(text: str) -> str:
    """Words alone, in small letters: both kinds of apostrophe are one."""
    return " ".join(re.sub(r"[^a-z0-9 ]", "", text.lower().replace("’", "'").replace("-", " ")).split())


def heads(rows: list[Line]) -> Iterator[tuple[int, Line]]:
    """Lines that are worded as a question, with where they stand."""
    for at, line in enumerate(rows):
        if line.text.endswith("?") and line.text.startswith(("How ", "To what extent ", "Does ")) and not line.bullet:
            yield at, line
