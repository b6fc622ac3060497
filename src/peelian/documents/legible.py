"""Text that shows what it is: no character of a record may vanish, hide others or turn the order of reading round."""

from __future__ import annotations

import unicodedata

# What the fonts inside the typst wheel can draw in every style used: Latin, Greek, Cyrillic, Hebrew letters,
# punctuation, currency, common arrows and signs of comparison. A test draws every one of them.
_PRINTED = (
    range(0x20, 0x7F),
    range(0xA0, 0xAD),
    range(0xAE, 0x2B0),
    range(0x300, 0x34F),
    range(0x370, 0x400),
    range(0x400, 0x460),
    range(0x5D0, 0x5EB),
    range(0x1E00, 0x1E9C),
    range(0x1EA0, 0x1EFA),
    range(0x1F00, 0x1FFF),
    range(0x2010, 0x2028),
    range(0x2030, 0x2038),
    range(0x2039, 0x203F),
    range(0x20A0, 0x20C0),
    range(0x2190, 0x2194),
    range(0x2212, 0x2213),
    range(0x2248, 0x2249),
    range(0x2260, 0x2266),
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """`text` with each control, formatting, private or unassigned character as its number: ``[U+202E]``.

    White space stays. Meant for HTML, where the reader's own fonts draw every assigned character.
    """
    return "".join(_number(c) if unicodedata.category(c) in _HIDDEN and not c.isspace() else c for c in text)


def printable(text: str) -> str:
    """`text` in the characters that the PDF's own fonts can draw; any other as its number: ``[U+6F22]``.

    PDF/UA forbids a character that no font draws, and a blank box would hide what stood there. Composed first, since
    most accents exist as one character; runs of white space become one space.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c if _is_printed(c) else _number(c) for c in composed)


def _is_printed(character: str) -> bool:
    return any(ord(character) in part for part in _PRINTED) and unicodedata.category(character) not in _HIDDEN


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"
